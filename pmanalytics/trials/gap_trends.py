"""Gaps of ownership over time, each period as it was known at its end.

What a past day knew of an item is in an export of that day. Where there is none, the item stands as
the next export described it, and may have got its owner in between: how many are described by an
export of their time is counted beside the gaps, so that a trend is not read into the files.
"""

from datetime import date
from typing import Any, Final

import pandas as pd

from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.metrics.gap_rules import CODES
from pmanalytics.metrics.ownership import gap_rates
from pmanalytics.periods import Kind, periods_between
from pmanalytics.rewinding import end_of
from pmanalytics.snapshots import snapshot

__all__ = ["gap_trend"]

COUNTS: Final = ("items", "with_gap", "rate", "low", "high", "described")
TYPES: Final = {
    "period": "str", "items": "int64", "with_gap": "int64", "rate": "float64", "low": "float64",
    "high": "float64", "described": "int64", **dict.fromkeys(CODES, "int64"),
}  # fmt: skip


def gap_trend(
    data: Dataset, *, as_of: str | date, kind: Kind = "quarter", periods: int = 8
) -> pd.DataFrame:
    """How often ownership was unclear at the end of each period, and how well that is known.

    One row per period, from that of the first item on and not more than `periods` of them, the
    running one last, as of the as-of date. items (open at the end of the period), with_gap (any
    code), rate with low and high at 95 % (Wilson), described (items of which an export of that day
    or an earlier one was read; the others are as the next export described them, and may have got
    an owner since), and how many items have each code. Services, teams and people are those of the
    registry on that day, where it says since when.

    It takes as many snapshots as there are periods. Raises UsageError for fewer than one period,
    and for an as-of date as `snapshot` does.

    Examples:
        >>> import pmanalytics as pma
        >>> table = pma.gap_trend(pma.sample(), as_of="2026-10-12", periods=2)
        >>> table[["period", "items", "described"]].to_numpy().tolist()
        [['2026Q3', 75, 32], ['2026Q4', 75, 75]]
    """
    if periods < 1:
        raise UsageError(f"A trend of {periods} periods shows nothing; ask for at least 1.")
    now = snapshot(data, as_of=as_of).as_of
    rows = [
        _known_on(data, min(period.end, now)) | {"period": period.name}
        for period in _periods(data, now, kind)[-periods:]
    ]
    return pd.DataFrame(rows, columns=[*TYPES]).astype(TYPES)


def _periods(data: Dataset, now: date, kind: Kind) -> list[Any]:
    created = data.items["created_at"].dropna()
    if data.items.empty:
        return []
    zone = data.settings.timezone
    first = created.min().tz_convert(zone).date() if len(created) else now
    return list(periods_between(min(first, now), now, kind=kind))


def _known_on(data: Dataset, day: date) -> dict[str, object]:
    """The gaps of the items that were open on a day, as known on it."""
    then = snapshot(data, as_of=day)
    rates = gap_rates(then)
    counts: dict[str, object] = rates[rates["population"] == "open"].iloc[0].to_dict()
    still_open = (then.items["state"] == "open").to_numpy(dtype=bool)
    seen = then.items["observed_at"] < end_of(day, data.settings.timezone)
    return counts | {"described": int((still_open & seen.to_numpy(dtype=bool)).sum())}
