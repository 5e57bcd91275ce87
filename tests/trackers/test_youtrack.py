"""YouTrack: the JSON of REST, and its CSV."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.trackers import FileTables
from tests.trackers.samples import sample_json, states

HEADER = (
    "Issue Id,Project,Tags,Summary,Reporter,Created,Updated,Resolved,Priority,Type,State,Assignee\n"
)


@pytest.fixture
def issues() -> list[dict[str, Any]]:
    return sample_json("youtrack")


def test_a_date_closes_and_the_state_tells_how(
    read: Callable[..., FileTables], issues: list[Any]
) -> None:
    found = read(issues)
    items = found.tables["items"]
    assert items["state"].tolist() == ["done", "open", "dropped"]
    assert items["duplicate_of"].fillna("").tolist() == ["", "", "unknown"]
    assert found.warnings == ()


def test_all_columns_of_an_issue(read: Callable[..., FileTables], issues: list[Any]) -> None:
    """The milliseconds are 2026-01-12 10:19:26, 2026-01-19 23:30 and 2026-01-25 12:00 (by date -u)."""
    items = read(issues).tables["items"]
    row = items.iloc[0]
    assert (row["key"], row["project"], row["status"]) == ("PAY-12", "PAY", "Shipped")
    assert (row["priority"], row["severity"], row["planned"]) == ("Major", "sev2", "Sprint 1")
    assert row["labels"] == ["postmortem", "sev2"]
    assert items["owners"].map(list).tolist()[0::2] == [["Ada Example"], ["grace"]]
    assert row["links"] == ["OPS-4"]
    assert row["created_at"] == pd.Timestamp("2026-01-12 10:19:26", tz="UTC")
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    assert row["promised_on"] == pd.Timestamp("2026-01-25")


def test_activities_are_the_history(read: Callable[..., FileTables], issues: list[Any]) -> None:
    events = read(issues).events
    assert events[["field", "before", "after"]].fillna("").to_numpy().tolist() == [
        ["owner", "", "Ada Example"],
        ["promised_on", "", "2026-01-25"],
        ["state", "open", "done"],
    ]
    assert set(events["subject"]) == {"youtrack:PAY-12"}
    assert events["at"].iloc[2] == pd.Timestamp("2026-01-16 13:00", tz="UTC")


def test_any_custom_field_can_be_mapped(read: Callable[..., FileTables], issues: list[Any]) -> None:
    found = read(issues, fields={"team": "custom.Estimation"})
    assert found.tables["items"]["team"].fillna("").tolist() == ["1w 2d", "", ""]


@pytest.mark.parametrize("resolved", ["1768865400000", "2026-01-19 23:30", "19 Jan 2026 23:30"])
def test_csv(resolved: str, read: Callable[..., FileTables]) -> None:
    found = read(
        HEADER
        + f'PAY-1,Payments,"postmortem,sev2",a,lin,,,{resolved},Major,Bug,Fixed,Ada Example\n'
        + "PAY-2,Payments,,b,lin,,,,Major,Bug,Submitted,Unassigned\n"
        + f"PAY-3,Payments,,c,lin,,,{resolved},Major,Bug,Can't Reproduce,\n"
    )
    items = found.tables["items"]
    assert (found.format, items["state"].tolist()) == ("youtrack", ["done", "open", "dropped"])
    assert items["closed_at"].iloc[0] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    assert items["owners"].map(list).tolist() == [["Ada Example"], [], []]
    assert items["labels"].iloc[0] == ["postmortem", "sev2"]


def test_a_state_that_disagrees_with_the_date_is_counted(
    read: Callable[..., FileTables],
) -> None:
    found = read(HEADER + "PAY-1,Payments,,a,lin,,,,Major,Bug,Fixed,\n")
    assert states(found) == ["open"]
    assert [warning for warning in found.warnings if "1 row contradicts" in warning]


def test_without_that_date_the_state_decides(read: Callable[..., FileTables]) -> None:
    found = read("Issue Id,Summary,State,Assignee\nPAY-1,a,Fixed,\nPAY-2,b,Open,\n")
    assert states(found) == ["done", "open"]


def test_a_list_of_jira_is_none_of_youtrack(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError, match="'Issue id'"):
        read("Issue id,Summary,Status,Assignee,Reporter,Project\n1,a,Done,,,\n")


@pytest.mark.parametrize(
    "strange",
    [
        {"customFields": None}, {"customFields": [None, 3, {"name": 3}, {"value": {}}]},
        {"customFields": [{"name": "State", "value": [[{"name": "x"}]]}]}, {"tags": 3},
        {"customFields": {"State": "Open"}}, {"resolved": "soon"}, {"idReadable": 12},
        {"links": [{"issues": [3, {"idReadable": None}]}, 4]}, {"project": []},
        {"activities": [{"field": "State", "added": {"x": 1}, "removed": 4}, {"timestamp": {}}]},
        {"created": 1e300}, {"summary": None},
    ],
)  # fmt: skip
def test_strange_values_cost_no_record(
    strange: dict[str, Any], read: Callable[..., FileTables], issues: list[Any]
) -> None:
    found = read([{**issues[0], **strange}, None, *issues[1:]])
    assert found.rows == 4 == len(found.tables["items"]) + len(found.rejects)
