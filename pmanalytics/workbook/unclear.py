"""Gaps: every way in which it is unclear who answers for an item, with what shows it."""

import pandas as pd

from pmanalytics.changes import among
from pmanalytics.publication import publishable
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import GAPS, STANDINGS, group_name
from pmanalytics.workbook.actions import by_harm
from pmanalytics.workbook.counting import Count, counted_anew
from pmanalytics.workbook.layout import GAPS_SHEET

__all__ = ["gaps_table"]


def gaps_table(snapshot: Snapshot, *, count: Count = counted_anew) -> pd.DataFrame:
    """Open items whose ownership is unclear, one row per item and gap.

    The rows of the metric `ownership_gaps` with the columns of GAPS_SHEET and url, items in the
    order of Actions and the gaps of one item in the order of their codes.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> len(gaps_table(q3)) == len(pma.ownership_gaps(q3))
        True
    """
    gaps = count("ownership_gaps", of=snapshot)
    items = snapshot.items[among(snapshot.items["item_id"], gaps["item_id"])]
    items = items.iloc[by_harm(snapshot, items, count=count)]
    names = pd.Index(items["item_id"])
    # A stable sort leaves the gaps of one item in the order of their codes.
    gaps = gaps.iloc[names.get_indexer(gaps["item_id"]).argsort(kind="stable")]
    known = items.set_index("item_id")[["url", "title"]].reindex(gaps["item_id"])
    severities = {name: group_name(name, "severity") for name in gaps["severity"].dropna().unique()}
    table = gaps.assign(
        url=known["url"].array,
        title=known["title"].array,
        gap=gaps["code"].map(GAPS),
        severity=gaps["severity"].map(severities),
        standing=gaps["standing"].map(STANDINGS),
    )
    shown = table[["url", *(column.name for column in GAPS_SHEET)]].reset_index(drop=True)
    return publishable(shown)
