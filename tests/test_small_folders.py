"""Reports on data that hardly are any: none at all, and one item."""

from pathlib import Path

import pmanalytics as pma


def test_an_empty_folder_is_read_and_judged(empty_folder: Path) -> None:
    report = pma.open_report(str(empty_folder))
    assert (len(report.snapshot.items), len(report.snapshot.incidents)) == (0, 0)
    assert report.snapshot.as_of.isoformat() == "2026-10-12"
    assert report.data.rejects.empty


def test_one_item_is_overdue_since_the_day_that_the_policy_gives(one_item_folder: Path) -> None:
    # The incident ended on 2026-08-03; Sev-1 has 15 days; 2026-08-18 to 2026-10-12 are 55 days.
    item = pma.open_report(str(one_item_folder)).snapshot.items.iloc[0]
    assert (item["standing"], f"{item['due_on']:%Y-%m-%d}", item["days_over"]) == (
        "overdue",
        "2026-08-18",
        55,
    )
