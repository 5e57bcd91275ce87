"""Asana: the CSV of a project, and the JSON of REST."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_sample, sample_text, states

TASK: dict[str, Any] = {
    "gid": "1211430012345671",
    "resource_type": "task",
    "name": "a",
    "completed": True,
    "completed_at": "2026-01-19T23:30:00.000Z",
    "created_at": "2026-01-12T10:00:00.000Z",
    "modified_at": "2026-01-20T10:00:00.000Z",
    "due_on": "2026-01-25",
    "due_at": None,
    "assignee": {"gid": "7", "name": "Ada Example"},
    "memberships": [
        {"project": {"gid": "1", "name": "Queues"}, "section": {"gid": "2", "name": "Shipped"}},
        {"project": {"gid": "3", "name": "Other"}, "section": {"gid": "4", "name": "Backlog"}},
    ],
    "tags": [{"gid": "5", "name": "postmortem"}],
    "parent": {"gid": "1211430012345600"},
    "dependencies": [{"gid": "1211430012345601"}],
    "custom_fields": [
        {"name": "Severity", "display_value": "SEV2", "enum_value": {"name": "SEV2"}},
        {"name": "Team", "display_value": None, "text_value": "Payments"},
    ],
    "permalink_url": "https://app.asana.com/0/1/1211430012345671",
    "stories": [
        {"created_at": "2026-01-15T09:00:00.000Z", "resource_subtype": "marked_complete"},
        {"created_at": "2026-01-16T09:00:00.000Z", "resource_subtype": "marked_incomplete"},
        {"created_at": "2026-01-19T23:30:00.000Z", "resource_subtype": "marked_complete"},
        {"created_at": "2026-01-19T23:31:00.000Z", "resource_subtype": "comment_added"},
    ],
}


def test_the_tick_counts_and_not_the_section() -> None:
    """Ticked 671 and 673, of which 673 lies in Won't do; 674 lies in Done and is not ticked."""
    found = read_sample("asana")
    assert states(found) == ["done", "open", "dropped", "open"]
    assert [w for w in found.warnings if "1 row contradicts" in w and "'Done'" in w]


def test_all_columns_of_a_row() -> None:
    row = read_sample("asana").tables["items"].iloc[0]
    assert row["item_id"] == "asana:1211430012345671"
    assert (row["project"], row["planned"], row["status"]) == ("Queues", "Done", "Done")
    assert (row["severity"], row["priority"]) == ("sev2", "High")
    assert row["owners"] == ["Ada Example"]
    assert row["labels"] == ["postmortem", "sev2"]
    assert pd.isna(row["links"])
    assert row["closed_at"] == pd.Timestamp("2026-01-19", tz="UTC")
    assert row["promised_on"] == pd.Timestamp("2026-01-25")


def test_the_older_columns_below_other_lines(read: Callable[..., FileTables]) -> None:
    """A title above the header, no sections, and dates that a spreadsheet wrote."""
    found = read(
        "Postmortem actions of 2025\n\n"
        "Task ID,Created At,Completed At,Last Modified,Name,Assignee,Due Date,Tags,Projects,Parent Task\n"
        "1211430012345671,20/9/2025,22/9/2025,22/9/2025,a,Ada,30/9/2025,,Queues,\n"
        "1211430012345672,20/9/2025,,20/9/2025,b,,,,Queues,\n"
    )
    items = found.tables["items"]
    assert items["state"].tolist() == ["done", "open"]
    assert items["closed_at"].iloc[0] == pd.Timestamp("2025-09-22", tz="UTC")
    assert items["promised_on"].iloc[0] == pd.Timestamp("2025-09-30")
    assert [w for w in found.warnings if "above the header" in w]
    assert [w for w in found.warnings if "day first" in w]


def test_a_number_that_a_spreadsheet_shortened_names_no_task(
    read: Callable[..., FileTables],
) -> None:
    found = read(sample_text("asana").replace("1211430012345672", "1.21143E+15"))
    assert found.rejects[["row", "rule", "detail"]].to_numpy().tolist() == [
        [3, "no_key", "Task ID: '1.21143E+15'"]
    ]
    assert [w for w in found.warnings if "shortened 1 task ids (such as '1.21143E+15')" in w]


def test_numbers_that_a_spreadsheet_rounded_are_told(read: Callable[..., FileTables]) -> None:
    def warned(numbers: list[int]) -> bool:
        rows = "".join(f"{number},2026-01-12,,2026-01-12,a,To do\n" for number in numbers)
        header = "Task ID,Created At,Completed At,Last Modified,Name,Section/Column\n"
        return any("end with 0" in w for w in read(header + rows).warnings)

    rounded = [1211430012345600 + 10 * n for n in range(5)]
    assert [warned(rounded), warned(rounded[:4]), warned([*rounded, 1211430012345671])] == [
        True,
        False,
        False,
    ]


def test_json(read: Callable[..., FileTables]) -> None:
    row = read({"data": [TASK]}).tables["items"].iloc[0]
    assert (row["key"], row["state"]) == ("1211430012345671", "done")
    assert (row["status"], row["planned"], row["project"]) == ("Shipped", "Shipped", "Queues")
    assert (row["severity"], row["url"]) == ("sev2", TASK["permalink_url"])
    assert row["owners"] == ["Ada Example"]
    assert row["labels"] == ["postmortem"]
    assert sorted(row["links"]) == ["1211430012345600", "1211430012345601"]
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")


def test_a_custom_field_can_be_mapped(read: Callable[..., FileTables]) -> None:
    found = read({"data": [TASK]}, fields={"team": "custom.Team"})
    assert found.tables["items"]["team"].tolist() == ["Payments"]


def test_stories_are_the_history(read: Callable[..., FileTables]) -> None:
    events = read({"data": [TASK]}).events
    assert events[["field", "before", "after"]].to_numpy().tolist() == [
        ["state", "open", "done"],
        ["state", "done", "open"],
        ["state", "open", "done"],
    ]


def test_owners_and_due_dates_of_the_history(read: Callable[..., FileTables]) -> None:
    stories = [
        {"created_at": "2026-01-12T10:00:00.000Z", "resource_subtype": "assigned",
         "assignee": {"name": "Ada Example"}},
        {"created_at": "2026-01-13T10:00:00.000Z", "resource_subtype": "assigned",
         "assignee": {"name": "Grace Sample"}},
        {"created_at": "2026-01-14T10:00:00.000Z", "resource_subtype": "unassigned"},
        {"created_at": "2026-01-15T10:00:00.000Z", "resource_subtype": "due_date_changed",
         "old_dates": {"due_on": "2026-01-20"}, "new_dates": {"due_on": "2026-01-25"}},
    ]  # fmt: skip
    events = read({"data": [{**TASK, "stories": stories}]}).events
    assert events[["field", "before", "after"]].fillna("").to_numpy().tolist() == [
        ["owner", "", "Ada Example"],
        ["owner", "Ada Example", "Grace Sample"],
        ["owner", "Grace Sample", ""],
        ["promised_on", "2026-01-20", "2026-01-25"],
    ]


def test_a_bulk_export_holds_other_things_than_tasks(read: Callable[..., FileTables]) -> None:
    """One task among two projects and a section, a line each."""
    others = [
        {"gid": "1", "resource_type": "project", "name": "Queues"},
        {"gid": "3", "resource_type": "project", "name": "Other"},
        {"gid": "2", "resource_type": "section", "name": "Shipped"},
    ]
    found = read("\n".join(json.dumps(record) for record in [*others, TASK]))
    assert (found.format, found.rows, found.filtered) == ("asana", 4, 3)
    assert found.tables["items"]["title"].tolist() == ["a"]


def test_an_open_task(read: Callable[..., FileTables]) -> None:
    task = {**TASK, "completed": False, "completed_at": None}
    items = read({"data": [task]}).tables["items"]
    assert items["state"].tolist() == ["open"]
    assert items["closed_at"].isna().all()


@pytest.mark.parametrize(
    "strange",
    [
        {"memberships": None}, {"memberships": [3, {"section": "x"}, {"section": None}]},
        {"custom_fields": {"name": "x"}}, {"custom_fields": [None, {"name": 3}, {"name": "x"}]},
        {"tags": "postmortem"}, {"gid": 12}, {"name": None}, {"completed": "yes"},
        {"completed_at": {}}, {"stories": [{"resource_subtype": ["x"]}]}, {"assignee": []},
        {"parent": "x"}, {"dependencies": {}},
    ],
)  # fmt: skip
def test_strange_values_cost_no_record(
    strange: dict[str, Any], read: Callable[..., FileTables]
) -> None:
    found = read({"data": [{**TASK, **strange}, None, TASK, TASK]})
    assert found.rows == 4 == len(found.tables["items"]) + len(found.rejects)
