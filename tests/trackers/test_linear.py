"""Linear: its CSV of all generations, and the JSON of its GraphQL interface."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_sample, states

OLDEST = (
    "Id,Team,Title,Description,Status,Estimate,Priority,Project,Creator,Assignee,Labels,"
    "Cycle Number,Cycle Name,Cycle Start,Cycle End,Created,Updated,Started,Completed,Canceled,"
    "Archived\n"
)
CREATED = "Sat Feb 11 2023 01:51:47 GMT+0000 (GMT)"
ISSUE: dict[str, Any] = {
    "identifier": "PAY-1",
    "title": "a",
    "url": "https://linear.app/example/issue/PAY-1",
    "createdAt": "2026-01-12T10:00:00.000Z",
    "updatedAt": "2026-01-20T10:00:00.000Z",
    "completedAt": "2026-01-19T23:30:00.000Z",
    "canceledAt": None,
    "archivedAt": None,
    "dueDate": "2026-01-25",
    "state": {"name": "Shipped", "type": "completed"},
    "assignee": {"name": "Ada Example", "email": "ada@example.com"},
    "team": {"key": "PAY", "name": "Payments"},
    "cycle": {"number": 7, "name": None},
    "labels": {"nodes": [{"name": "postmortem"}, {"name": "sev2, maybe"}]},
    "relations": {"nodes": [{"type": "related", "relatedIssue": {"identifier": "OPS-4"}}]},
    "parent": {"identifier": "PAY-3"},
    "history": {
        "nodes": [
            {
                "createdAt": "2026-01-19T23:30:00.000Z",
                "fromState": {"name": "In Staging", "type": "started"},
                "toState": {"name": "Shipped", "type": "completed"},
            },
            {
                "createdAt": "2026-01-13T09:00:00.000Z",
                "fromAssignee": None,
                "toAssignee": {"name": "Ada Example"},
                "fromDueDate": None,
                "toDueDate": "2026-01-25",
            },
            {"createdAt": "2026-01-13T09:01:00.000Z", "fromState": None, "toState": None},
        ]
    },
}


def graphql(*issues: Any) -> dict[str, Any]:
    return {"data": {"issues": {"nodes": list(issues), "pageInfo": {"hasNextPage": False}}}}


def test_the_three_ends() -> None:
    """Completed is done, canceled is dropped, and so is what was archived while it was to do."""
    found = read_sample("linear")
    items = found.tables["items"].set_index("key")
    assert items["state"].to_dict() == {
        "PAY-12": "done", "PAY-13": "open", "PAY-14": "dropped", "PAY-15": "dropped",
    }  # fmt: skip
    assert items.loc["PAY-14", "closed_at"] == pd.Timestamp("2026-02-01 08:00", tz="UTC")
    assert items["duplicate_of"].dropna().to_dict() == {"PAY-15": "linear:PAY-12"}
    assert [w for w in found.warnings if "1 row contradicts" in w and "'Todo', 'archived'" in w]
    # `In Staging` is nobody's common word, but there is no date, so it is open without a question.
    assert not [w for w in found.warnings if "Unknown" in w]


def test_all_columns_of_a_row() -> None:
    row = read_sample("linear").tables["items"].iloc[0]
    assert (row["team"], row["project"], row["planned"]) == ("Payments", "PAY", "Cycle 7")
    assert (row["priority"], row["status"]) == ("High", "Done")
    assert row["owners"] == ["ada@example.com"]
    assert row["labels"] == ["postmortem", "sev2"]
    assert row["links"] == ["PAY-3", "PAY-9", "OPS-4"]
    assert row["created_at"] == pd.Timestamp("2026-01-12 10:19:26", tz="UTC")
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")


def test_a_milestone_or_a_numbered_cycle_is_a_plan() -> None:
    planned = read_sample("linear").tables["items"]["planned"]
    assert planned.fillna("").tolist() == ["Cycle 7", "Beta", "Cycle 8", ""]


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Tokyo"])
def test_a_due_date_is_the_day_that_is_written(zone: str) -> None:
    """Midnight in UTC is the evening before in California."""
    items = read_sample("linear", at_home=zone).tables["items"]
    assert items["promised_on"].iloc[0] == pd.Timestamp("2026-01-25")


def test_the_mark_against_formulas_is_taken_off() -> None:
    assert (
        read_sample("linear").tables["items"]["title"].iloc[1] == "=SUM of all retries is not shown"
    )


def test_the_generation_of_2021(read: Callable[..., FileTables]) -> None:
    row = f"ENG-1,Eng,a,,Done,,High,,l@example.com,a@example.com,bug,3,,,,{CREATED},{CREATED},,{CREATED},,\n"
    items = read(OLDEST + row).tables["items"]
    assert items[["key", "state", "planned"]].iloc[0].tolist() == ["ENG-1", "done", "Cycle 3"]
    assert items["closed_at"].iloc[0] == pd.Timestamp("2023-02-11 01:51:47", tz="UTC")


def test_exports_with_iso_dates(read: Callable[..., FileTables]) -> None:
    row = "ENG-1,Eng,a,,Done,,High,,,,,,,,,2024-05-14T08:53:33Z,2024-05-23T16:06:19Z,,2024-05-23T16:06:19Z,,\n"
    items = read(OLDEST + row).tables["items"]
    assert items["closed_at"].iloc[0] == pd.Timestamp("2024-05-23 16:06:19", tz="UTC")


@pytest.mark.parametrize(
    ("status", "completed", "canceled", "archived", "state"),
    [
        ("Done", "", "", "", "done"),
        ("Done", "", "", "2", "done"),
        ("Shipped", "2", "", "", "done"),
        ("Parked", "", "2", "", "dropped"),
        ("Parked", "", "", "2", "dropped"),
        ("Done", "2", "1", "", "done"),
        ("Canceled", "1", "2", "", "dropped"),
        ("In Progress", "", "", "", "open"),
        ("Done", "2", "", "3", "done"),
    ],
)
def test_of_several_ends_one_counts(
    status: str,
    completed: str,
    canceled: str,
    archived: str,
    state: str,
    read: Callable[..., FileTables],
) -> None:
    def on(day: str) -> str:
        return day and f"Wed Feb 0{day} 2023 01:00:00 GMT+0000 (GMT)"

    ends = ",".join(map(on, (completed, canceled, archived)))
    row = f"ENG-1,Eng,a,,{status},,,,,,,,,,,{CREATED},{CREATED},,{ends}\n"
    assert states(read(OLDEST + row)) == [state]


def test_graphql(read: Callable[..., FileTables]) -> None:
    found = read(graphql(ISSUE))
    row = found.tables["items"].iloc[0]
    assert (row["key"], row["state"], row["status"]) == ("PAY-1", "done", "Shipped")
    assert (row["team"], row["planned"], row["url"]) == ("Payments", "Cycle 7", ISSUE["url"])
    assert row["owners"] == ["Ada Example"]
    assert row["labels"] == ["postmortem", "sev2, maybe"]
    assert sorted(row["links"]) == ["OPS-4", "PAY-3"]
    assert row["promised_on"] == pd.Timestamp("2026-01-25")


def test_the_history_of_graphql(read: Callable[..., FileTables]) -> None:
    events = read(graphql(ISSUE)).events
    assert events[["subject", "field", "before", "after"]].fillna("").to_numpy().tolist() == [
        ["linear:PAY-1", "owner", "", "Ada Example"],
        ["linear:PAY-1", "promised_on", "", "2026-01-25"],
        ["linear:PAY-1", "state", "open", "done"],
    ]
    assert events["at"].iloc[2] == pd.Timestamp("2026-01-19 23:30", tz="UTC")


def test_a_word_of_the_configuration_counts_in_rows_and_history(
    read: Callable[..., FileTables],
) -> None:
    found = read(graphql(ISSUE), states={"shipped": "open"})
    assert states(found) == ["open"]
    assert "state" not in found.events["field"].tolist()


def test_a_relation_says_of_what_it_is_a_duplicate(read: Callable[..., FileTables]) -> None:
    relation = {"type": "duplicate", "relatedIssue": {"identifier": "PAY-9"}}
    issue = {
        **ISSUE,
        "state": {"name": "Duplicate", "type": "duplicate"},
        "completedAt": None,
        "canceledAt": "2026-01-19T23:30:00.000Z",
        "relations": {"nodes": [relation]},
    }
    items = read(graphql(issue)).tables["items"]
    assert items[["state", "duplicate_of"]].iloc[0].tolist() == ["dropped", "linear:PAY-9"]


@pytest.mark.parametrize(
    "strange",
    [
        {"state": "Done"}, {"state": []}, {"history": [{"createdAt": 5, "toState": "Done"}, 3]},
        {"history": {"nodes": None}}, {"labels": {"nodes": [None, 3]}}, {"relations": 4},
        {"assignee": ["ada"]}, {"team": None}, {"cycle": {"number": None}}, {"identifier": None},
        {"dueDate": 20260125}, {"relations": {"nodes": [{"type": "duplicate", "relatedIssue": []}]}},
    ],
)  # fmt: skip
def test_strange_values_cost_no_record(
    strange: dict[str, Any], read: Callable[..., FileTables]
) -> None:
    found = read(graphql({**ISSUE, **strange}, None, ISSUE, ISSUE))
    assert found.rows == 4 == len(found.tables["items"]) + len(found.rejects)
