"""Rates: events per time under observation, and whether two of them differ by more than chance.

Exact limits, because events are few. A ratio of two rates that both fall with time is confounded
by that time, so it is taken within strata of it (Mantel and Haenszel). Arrays go in and come out;
limits are at 95 %.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from pmanalytics.statistics.proportions import Z_95

__all__ = [
    "MantelHaenszel",
    "Rate",
    "RateRatio",
    "attributable_fraction",
    "event_rate",
    "expected_by_chance",
    "mantel_haenszel",
    "rate_ratio",
    "rate_ratio_p",
]

Numbers = NDArray[np.float64]

TAIL: Final = 0.025


class Rate(NamedTuple):
    """Events per unit of exposure with limits at 95 %."""

    rate: Numbers
    low: Numbers
    high: Numbers


class RateRatio(NamedTuple):
    """One rate divided by another, with limits at 95 %."""

    ratio: Numbers
    low: Numbers
    high: Numbers


class MantelHaenszel(NamedTuple):
    """A rate ratio over strata, the standard error of its logarithm, and limits at 95 %."""

    ratio: Numbers
    standard_error: Numbers
    low: Numbers
    high: Numbers


def event_rate(events: ArrayLike, exposure: ArrayLike) -> Rate:
    """Events per unit of exposure, with exact limits at 95 %.

    Takes arrays that broadcast; NaN where the exposure is 0. Raises ValueError for negative
    numbers. Formula: Garwood 1936, the limits of `poisson.test` in R.

    Examples:
        >>> rate, low, high = event_rate([0, 10], [1, 2])
        >>> low.round(3).tolist(), high.round(3).tolist()
        ([0.0, 2.398], [3.689, 9.195])
    """
    x, t = np.broadcast_arrays(*map(_counted, (events, exposure)))
    time = np.where(t > 0, t, np.nan)
    # The shape must be above 0; the lower limit of no event is 0 anyway.
    low = np.where(x > 0, special.gammaincinv(np.maximum(x, 1.0), TAIL), 0.0)
    return Rate(x / time, low / time, special.gammaincinv(x + 1, 1 - TAIL) / time)


def rate_ratio(x1: ArrayLike, t1: ArrayLike, x0: ArrayLike, t0: ArrayLike) -> RateRatio:
    """The first rate, x1 per t1, divided by the second, x0 per t0, with exact limits.

    Takes arrays that broadcast. Given all events, those of the first arm are binomial, so the
    limits are those of Clopper and Pearson turned into a ratio. Without events or without exposure
    in an arm everything is NaN; a ratio to a rate of 0 is NaN too, and so is its upper limit.
    Raises ValueError for negative numbers. Formula: as in R's `poisson.test` of two samples.

    Examples:
        >>> ratio, low, high = rate_ratio([12, 12], [1800, 600], [8, 8], [1200, 2400])
        >>> ratio.tolist(), low.round(2).tolist(), high.round(2).tolist()
        ([1.0, 6.0], [0.38, 2.26], [2.82, 16.92])
    """
    a, t, b, s = np.broadcast_arrays(*map(_counted, (x1, t1, x0, t0)))
    known = (t > 0) & (s > 0) & (a + b > 0)
    scale = np.where(known, s, np.nan) / np.where(t > 0, t, 1.0)
    low = np.where(a > 0, special.betaincinv(np.maximum(a, 1.0), b + 1, TAIL), 0.0)
    # Without an event in the second arm the ratio has no upper limit.
    high = np.where(b > 0, special.betaincinv(a + 1, np.maximum(b, 1.0), 1 - TAIL), np.nan)
    ratio = a / np.where(b > 0, b, np.nan)
    return RateRatio(ratio * scale, low / (1 - low) * scale, high / (1 - high) * scale)


def rate_ratio_p(x1: int, t1: float, x0: int, t0: float) -> float:
    """How probable a ratio at least so unusual would be if both rates were the same.

    Exact, two-sided, conditional on the number of events; NaN without events or exposure.

    Examples:
        >>> round(rate_ratio_p(12, 600, 8, 2400), 6)
        0.000102
    """
    if x1 + x0 == 0 or t1 <= 0 or t0 <= 0:
        return float("nan")
    # The exact binomial test; scipy.stats has it, and takes a second to load.
    n, share = x1 + x0, t1 / (t1 + t0)
    k = np.arange(n + 1)
    ways = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    chance = np.exp(ways + special.xlogy(k, share) + special.xlog1py(n - k, -share))
    # Numbers that are equal but for rounding count as equally unusual.
    return float(min(chance[chance <= chance[x1] * (1 + 1e-7)].sum(), 1.0))


def expected_by_chance(events: ArrayLike, t1: ArrayLike, t0: ArrayLike) -> Numbers:
    """How many of all events would fall into the time t1 if they fell evenly on t1 and t0.

    Takes arrays that broadcast, one entry per stratum; their sum is the expectation over strata.
    NaN where there is no time at all. Raises ValueError for negative numbers.

    Examples:
        >>> expected_by_chance([20, 20], [1800, 600], [1200, 2400]).tolist()
        [12.0, 4.0]
    """
    x, t, s = np.broadcast_arrays(*map(_counted, (events, t1, t0)))
    whole = t + s
    return np.asarray(x * t / np.where(whole > 0, whole, np.nan))


def mantel_haenszel(x1: ArrayLike, t1: ArrayLike, x0: ArrayLike, t0: ArrayLike) -> MantelHaenszel:
    """The ratio of two rates within strata, pooled over the strata, with limits at 95 %.

    Takes arrays that broadcast, strata along the last axis; a stratum without exposure in one arm
    says nothing and adds nothing. NaN where an arm has no event that counts. Raises ValueError for
    negative numbers. Formula: Mantel-Haenszel for person-time; the variance of the logarithm is
    that of Greenland and Robins 1985.

    Examples:
        >>> found = mantel_haenszel([6, 3], [900, 500], [1, 2], [100, 400])
        >>> f"{found.ratio:.3f} {found.low:.3f} {found.high:.3f}"
        '0.961 0.247 3.735'
    """
    a, t, b, s = np.broadcast_arrays(*map(_counted, (x1, t1, x0, t0)))
    whole = np.where(t + s > 0, t + s, 1.0)
    first, second = (a * s / whole).sum(axis=-1), (b * t / whole).sum(axis=-1)
    known = (first > 0) & (second > 0)
    first, second = np.where(known, first, np.nan), np.where(known, second, np.nan)
    variance = ((a + b) * t * s / whole**2).sum(axis=-1) / (first * second)
    ratio, error = first / second, np.sqrt(variance)
    return MantelHaenszel(ratio, error, ratio * np.exp(-Z_95 * error), ratio * np.exp(Z_95 * error))


def attributable_fraction(ratio: ArrayLike, low: ArrayLike) -> Numbers:
    """The share of the first arm's events beyond what the second arm's rate would give.

    (ratio - 1) / ratio, and only where the lower limit of the ratio is above 1; NaN elsewhere. It
    describes an association, also where the name suggests a cause.

    Examples:
        >>> attributable_fraction([6.0, 1.5], [2.3, 0.6]).round(3).tolist()
        [0.833, nan]
    """
    known = np.asarray(low, dtype=np.float64) > 1
    value = np.where(known, np.asarray(ratio, dtype=np.float64), np.nan)
    return np.asarray((value - 1) / value)


def _counted(values: ArrayLike) -> Numbers:
    numbers = np.asarray(values, dtype=np.float64)
    if np.any(numbers < 0):
        raise ValueError("Events and exposure cannot be below 0; check which days were subtracted.")
    return numbers
