"""Survival: how long things take when some are not finished and some never will be.

Everything is estimated from a life table, which is made of counts. Done and dropped compete: to
treat a dropped item as censored would claim that it may yet be done.
"""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmanalytics.statistics.life_tables import (
    DONE,
    DROPPED,
    OPEN,
    Counts,
    LifeTable,
    add_tables,
    life_table,
)
from pmanalytics.statistics.proportions import Z_95

__all__ = [
    "DONE",
    "DROPPED",
    "OPEN",
    "Curve",
    "LifeTable",
    "Median",
    "RestrictedMean",
    "add_tables",
    "cumulative_incidence",
    "first_day_reaching",
    "incidence_at",
    "kaplan_meier",
    "life_table",
    "median_with_limits",
    "restricted_mean",
]

Numbers = NDArray[np.float64]

# One half is often missed by a rounding error, as with 10 items of which 5 are done.
GUARD: Final = 1e-9
# A larger exponent changes nothing in double precision, but overflows.
LARGEST_EXPONENT: Final = 700.0


@dataclass(frozen=True, eq=False)
class Curve:
    """A share by day: a step function with its standard errors and limits at 95 %.

    The value holds from its day to the day before the next one; before the first day it is
    `start`. `ended` says that nobody is left open on the last day, so that the curve stays known
    for ever after. A limit that the data do not give is NaN: the upper one of a share of 0, the
    lower one of a share of 1.
    """

    day: Counts
    value: Numbers
    standard_error: Numbers
    low: Numbers
    high: Numbers
    start: float
    ended: bool


class Median(NamedTuple):
    """A median in days with its limits at 95 %, each NaN where it was not reached."""

    days: float
    low: float
    high: float


class RestrictedMean(NamedTuple):
    """The mean number of days open within the first `tau` days, and its standard error."""

    days: float
    standard_error: float
    tau: float


def kaplan_meier(table: LifeTable) -> Curve:
    """The share still open by day, whatever the outcome.

    One value per row of the table. Standard error: Greenwood; limits: log-log, which is
    `conf.type = "log-log"` in R's survfit. With delayed entry the share stays 0 once nobody was
    left, even when others enter later. Formula: Kaplan and Meier 1958.

    Examples:
        >>> kaplan_meier(life_table([9, 1, 1, 6, 6, 8], [1, 1, 0, 1, 1, 0])).value.round(3).tolist()
        [0.833, 0.417, 0.417, 0.0]
    """
    share = _survival(table)
    error = share * np.sqrt(np.cumsum(_greenwood(table)))
    return Curve(table.day, share, error, *_limits(share, error), 1.0, _ended(share))


def cumulative_incidence(table: LifeTable, outcome: int) -> Curve:
    """The share that has come to one outcome by day, the other outcome competing.

    `outcome` is DONE or DROPPED; raises ValueError for another one. One value per row of the
    table. Formula: Aalen and Johansen 1978; variance by the delta method after Dinse and Larson
    1986 (with a single outcome it is Greenwood's); log-log limits on the share itself.

    Examples:
        >>> table = life_table([5, 7, 10, 40], [DONE, DROPPED, DONE, OPEN], weight=[3, 4, 2, 1])
        >>> cumulative_incidence(table, DONE).value.round(2).tolist()
        [0.3, 0.3, 0.5, 0.5]
    """
    if outcome not in (DONE, DROPPED):
        raise ValueError(f"The outcome must be {DONE} (done) or {DROPPED} (dropped).")
    ended = (table.done if outcome == DONE else table.dropped).astype(np.float64)
    at_risk = table.at_risk.astype(np.float64)
    share = _survival(table)
    before = np.concatenate([[1.0], share[:-1]])[: share.size]
    # A sum of such parts may end a last digit above 1.
    incidence = np.minimum(np.cumsum(before * ended / at_risk), 1)
    # The variance on day t sums (F(t) - F(j))^2 a_j + b_j - 2 (F(t) - F(j)) c_j over days j up to
    # t. Multiplied out, each part is a running sum, so the whole is linear in the days.
    a = _greenwood(table)
    b = before**2 * ended * (at_risk - ended) / at_risk**3
    c = before * ended / at_risk**2
    variance = (
        incidence**2 * np.cumsum(a)
        - 2 * incidence * np.cumsum(a * incidence + c)
        + np.cumsum(a * incidence**2 + b + 2 * c * incidence)
    )
    error = np.sqrt(np.maximum(variance, 0.0))
    return Curve(table.day, incidence, error, *_limits(incidence, error), 0.0, _ended(share))


def incidence_at(
    curve: Curve,
    days: ArrayLike,
    *,
    figure: Literal["value", "standard_error", "low", "high"] = "value",
) -> Numbers:
    """A curve, or its error or limits, read on the days asked for.

    NaN beyond the last follow-up, unless nobody was left open there, and where the day asked for
    is missing; NaN everywhere when the table was empty.

    Examples:
        >>> curve = cumulative_incidence(life_table([5, 9, 20], [DONE, DONE, OPEN]), DONE)
        >>> incidence_at(curve, [0, 15, 30]).round(3).tolist()
        [0.0, 0.667, nan]
    """
    asked = np.asarray(days, dtype=np.float64)
    if not curve.day.size:
        return np.full(asked.shape, np.nan)
    no_error = np.zeros(1)
    low, high = _limits(np.array([curve.start]), no_error)
    first = {"value": [curve.start], "standard_error": no_error, "low": low, "high": high}
    steps = np.concatenate([first[figure], getattr(curve, figure)])
    found = steps[np.searchsorted(curve.day, asked, side="right")]
    known = ~np.isnan(asked) & (curve.ended | (asked <= curve.day[-1]))
    return np.where(known, found, np.nan)


def first_day_reaching(days: ArrayLike, values: ArrayLike, *, level: float = 0.5) -> float:
    """The first day on which values reach a level, NaN when they never do.

    Takes two arrays of one length, days ascending; missing values reach nothing.

    Examples:
        >>> first_day_reaching([3, 8, 12], [0.2, 0.5, 0.9])
        8.0
        >>> first_day_reaching([3, 8, 12], [0.1, 0.2, 0.4])
        nan
    """
    reached = np.flatnonzero(np.asarray(values, dtype=np.float64) >= level - GUARD)
    return float(np.asarray(days)[reached[0]]) if reached.size else float("nan")


def median_with_limits(table: LifeTable, outcome: int = DONE) -> Median:
    """The day by which half of all items have come to an outcome, with its limits.

    The limits are the first days on which the upper and the lower limit of the cumulative
    incidence reach one half. Formula: Brookmeyer and Crowley 1982, on the cumulative incidence.

    Examples:
        >>> median_with_limits(life_table([2, 3, 5, 8, 9], [1, 1, 1, 1, 0], weight=[4] * 5))
        Median(days=5.0, low=3.0, high=8.0)
    """
    curve = cumulative_incidence(table, outcome)
    return Median(*(first_day_reaching(curve.day, v) for v in (curve.value, curve.high, curve.low)))


def restricted_mean(table: LifeTable, tau: float) -> RestrictedMean:
    """The mean number of days that an item is open within its first tau days.

    It is the area under the share still open, and unlike a mean of finished items it counts the
    unfinished ones. When the longest follow-up is shorter than tau and somebody was still open,
    that follow-up is the tau used. NaN when the table is empty. Formula: Irwin 1949; variance as
    in R's `survfit(..., rmean = tau)`.

    Examples:
        >>> restricted_mean(life_table([10, 20, 60], [DONE, DONE, OPEN]), 40)
        RestrictedMean(days=23.33..., standard_error=7.20..., tau=40.0)
    """
    if not table.day.size:
        return RestrictedMean(float("nan"), float("nan"), float(tau))
    share = _survival(table)
    used = float(tau) if _ended(share) else min(float(tau), float(table.day[-1]))
    corners = np.minimum(np.concatenate([[0.0], table.day, [used]]), used)
    areas = np.diff(corners) * np.concatenate([[1.0], share])
    beyond = areas.sum() - np.cumsum(areas)[:-1]
    inside = table.day <= used
    variance = np.sum(beyond[inside] ** 2 * _greenwood(table)[inside])
    return RestrictedMean(float(areas.sum()), float(np.sqrt(variance)), used)


def _survival(table: LifeTable) -> Numbers:
    return np.cumprod(1.0 - (table.done + table.dropped) / table.at_risk, dtype=np.float64)


def _greenwood(table: LifeTable) -> Numbers:
    """Greenwood's terms d / (n (n - d)), 0 where everybody at risk ended and the share is 0."""
    ended = table.done + table.dropped
    left = table.at_risk - ended
    product = table.at_risk.astype(np.float64) * left
    return np.where(left > 0, ended / np.where(left > 0, product, 1.0), 0.0)


def _ended(share: Numbers) -> bool:
    return bool(share.size and share[-1] == 0)


def _limits(share: Numbers, error: Numbers) -> tuple[Numbers, Numbers]:
    """Log-log limits share^exp(+-z error / (share ln share))."""
    # A share of 1 that was added up may miss 1 by a rounding error, and its error is noise then.
    none, whole = share == 0, share >= 1 - GUARD
    inner = np.where(none | whole, 0.5, share)
    exponent = np.minimum(-Z_95 * error / (inner * np.log(inner)), LARGEST_EXPONENT)
    low = np.where(whole, np.nan, np.where(none, 0.0, inner ** np.exp(exponent)))
    high = np.where(none, np.nan, np.where(whole, 1.0, inner ** np.exp(-exponent)))
    return low, high
