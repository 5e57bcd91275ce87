"""Summary: the organisation, its severities and its teams in numbers."""

import pandas as pd

from pmanalytics.metrics.completion import attainment, standings
from pmanalytics.metrics.ownership import gap_rates
from pmanalytics.publication import publishable
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import group_name

__all__ = ["summary_table"]


def summary_table(snapshot: Snapshot, *, interval: str = "wilson") -> pd.DataFrame:
    """The organisation, its severities and its teams in one table, ready for publication.

    One row each with level (organisation, severity or team), group, due, met, attainment, low,
    high, overdue, open_items and with_gap. Shares of teams with few items are left out, as
    `publishable` does.
    """
    # The gaps are looked for once: those of a severity are the sum of its teams'.
    gaps = gap_rates(snapshot, by=["severity", "team"])
    gaps = gaps[gaps["population"] == "open"].rename(columns={"items": "open_items"})
    parts = [_summary(snapshot, by, interval, gaps) for by in (None, "severity", "team")]
    return pd.concat(parts, ignore_index=True)


def _summary(snapshot: Snapshot, by: str | None, interval: str, gaps: pd.DataFrame) -> pd.DataFrame:
    kept = publishable(attainment(snapshot, by=by, interval=interval))  # type: ignore[arg-type]
    stands = standings(snapshot, by=by)
    counts = ["open_items", "with_gap"]
    if by is None:
        joined = pd.concat(
            [
                kept[["due", "met", "attainment", "low", "high"]],
                stands[["overdue"]],
                gaps[counts].sum().to_frame().T,
            ],
            axis=1,
        )
        return _levelled(joined, "organisation", pd.Series(["all items"]))
    joined = kept[[by, "due", "met", "attainment", "low", "high"]]
    joined = joined.merge(stands[[by, "overdue"]], on=by, how="left")
    sums = gaps.groupby(by, dropna=False)[counts].sum().reset_index()
    joined = joined.merge(sums, on=by, how="left")
    names = [group_name(value, by) for value in joined[by]]
    return _levelled(joined.drop(columns=by), by, pd.Series(names, dtype="str"))


def _levelled(table: pd.DataFrame, level: str, names: pd.Series) -> pd.DataFrame:
    counts = ["due", "met", "overdue", "open_items", "with_gap"]
    shares = ["attainment", "low", "high"]
    types = dict.fromkeys(counts, "Int64") | dict.fromkeys(shares, "Float64")
    typed = table.fillna({"open_items": 0, "with_gap": 0, "overdue": 0}).astype(types)
    typed.insert(0, "level", pd.Series([level] * len(table), dtype="str"))
    typed.insert(1, "group", names)
    return typed
