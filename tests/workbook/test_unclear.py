"""Gaps: the rows of the metric, in the words of readers and in the order of the harm."""

import pandas as pd

import pmanalytics as pma
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import GAPS
from pmanalytics.workbook.actions import actions_table
from pmanalytics.workbook.layout import GAPS_SHEET
from pmanalytics.workbook.unclear import gaps_table


def test_every_gap_of_the_metric_is_there_in_words(q3: Snapshot) -> None:
    table, gaps = gaps_table(q3), pma.ownership_gaps(q3)
    said = gaps.assign(gap=gaps["code"].map(GAPS))
    shared = ["item_id", "gap", "evidence", "team", "service", "project"]
    order = ["item_id", "gap"]
    pd.testing.assert_frame_equal(
        table[shared].sort_values(order, ignore_index=True),
        said[shared].sort_values(order, ignore_index=True),
    )
    titles = q3.items.set_index("item_id")["title"]
    assert table["title"].tolist() == titles.reindex(table["item_id"]).tolist()
    assert set(table["severity"].dropna()) <= {"Sev-1", "Sev-2", "Sev-3", "Sev-4"}
    assert list(table) == ["url", *(column.name for column in GAPS_SHEET)]


def test_items_are_in_the_order_of_actions_and_gaps_in_that_of_their_codes(q3: Snapshot) -> None:
    table = gaps_table(q3)
    with_gap = table["item_id"].drop_duplicates().tolist()
    shown = actions_table(q3)["item_id"]
    assert with_gap == [name for name in shown if name in set(with_gap)]
    place = table["gap"].map({said: place for place, said in enumerate(GAPS.values())})
    assert place.groupby(table["item_id"]).agg(lambda places: places.is_monotonic_increasing).all()
    assert table["item_id"].duplicated().any()
