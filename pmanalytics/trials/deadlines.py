"""Backtests: what was said ahead of time, held against what came of it.

A chance is worth as much as it was right before. The past is taken as it was known then, one
snapshot a month, so that nothing of what came later is in what was said.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.metrics.deadlines import at_risk
from pmanalytics.periods import parse_period
from pmanalytics.rewinding import end_of
from pmanalytics.snapshots import Snapshot, snapshot
from pmanalytics.statistics.proportions import wilson

__all__ = ["at_risk_calibration"]

BANDS: Final = ("0 to 20 %", "20 to 40 %", "40 to 60 %", "60 to 80 %", "80 to 100 %")
ALL: Final = "all"
ROUNDING: Final = 1e-9
COLUMNS: Final = ("band", "items", "predicted", "missed", "share", "low", "high")


def at_risk_calibration(data: Dataset, *, as_of: str | date, periods: int = 12) -> pd.DataFrame:
    """How many items missed their due day, beside the chance that was given ahead of it.

    Takes the ends of the last `periods` months before the as-of date, each as known then, and what
    `at_risk` said on them of every item. An item counts once, with the first chance that it was
    given, because what is said of it later is not independent. It counts when the due day that it
    had then lies before the as-of date and its end is known. One row per band of the chance, the
    lower end included, and the row `all`: band, items, predicted (the mean chance), missed (still
    open after the due day; dropped in time is not missed), share (of items) with low and high at 95
    % (Wilson; too narrow where many items share an incident). Where predicted lies between low and
    high, the chances have been right as far as one can tell. Shares are between 0 and 1, missing
    without items.

    It takes as many snapshots as there are months. What an export does not date, or what has no
    history in it, such as a later change of severity, is in the past as it is today. Raises
    UsageError for fewer than one month, and for an as-of date as `snapshot` does.

    Examples:
        >>> import pmanalytics as pma
        >>> table = pma.at_risk_calibration(pma.sample(), as_of="2026-10-12", periods=2)
        >>> table["band"].iloc[-1]
        'all'
    """
    if periods < 1:
        raise UsageError(f"A backtest over {periods} months tells nothing; give 1 or more.")
    now = snapshot(data, as_of=as_of)
    said = _said(data, now.as_of, periods).drop_duplicates("item_id")
    came = now.items.drop_duplicates("item_id").set_index("item_id")
    came = came.reindex(said["item_id"])[["state", "closed_on"]].set_axis(said.index)
    ended = (came["state"] == "open") | came["closed_on"].notna()
    counts = (said["due_on"] < pd.Timestamp(now.as_of)) & ended
    missed = ~(came["closed_on"] <= said["due_on"])[counts]
    return _table(said["chance"][counts].to_numpy(), missed.to_numpy(dtype=bool))


def _said(data: Dataset, day: date, periods: int) -> pd.DataFrame:
    """What was said at the end of each month that has data, the oldest first."""
    first = data.items["created_at"].min()
    ends: list[date] = []
    while len(ends) < periods:
        ends.append(parse_period("last-month", as_of=ends[-1] if ends else day).end)
    known = [end for end in ends if pd.isna(first) or end_of(end, data.settings.timezone) > first]
    tables = [_chances(snapshot(data, as_of=end)) for end in reversed(known)]
    nothing = pd.DataFrame(
        {
            "item_id": pd.Series(dtype="str"),
            "due_on": pd.Series(dtype="datetime64[us]"),
            "chance": pd.Series(dtype="float64"),
        }
    )
    return pd.concat([nothing, *tables], ignore_index=True)


def _chances(then: Snapshot) -> pd.DataFrame:
    return at_risk(then)[["item_id", "due_on", "chance"]].dropna(subset=["chance"])


def _table(chance: np.ndarray, missed: np.ndarray) -> pd.DataFrame:
    """Counts and shares per band of the chance, and of all."""
    # A chance of 0.6 that misses 0.6 by a rounding error belongs to the band that starts there.
    band = np.minimum((chance * len(BANDS) + ROUNDING).astype(np.int64), len(BANDS) - 1)
    size = len(BANDS)
    items, misses, summed = (
        np.bincount(band, weights=weights, minlength=size)
        for weights in (np.ones(len(chance)), missed, chance)
    )
    items, misses, summed = (np.append(part, part.sum()) for part in (items, misses, summed))
    told = np.where(items > 0, items, np.nan)
    low, high = wilson(misses, items)
    columns = (
        pd.Series([*BANDS, ALL], dtype="str"), items.astype(np.int64), summed / told,
        misses.astype(np.int64), misses / told, low, high,
    )  # fmt: skip
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
