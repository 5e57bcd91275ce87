"""Azure DevOps: the CSV of a query, and the JSON of REST."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_path, read_sample, states

REAL = "azure_devops/kipkorirc_untitled-query_bom.csv"
ITEM: dict[str, Any] = {
    "id": 2082,
    "rev": 4,
    "fields": {
        "System.Title": "a",
        "System.State": "Closed",
        "System.Reason": "Fixed and verified",
        "System.TeamProject": "Shop",
        "System.AssignedTo": {"displayName": "Ada Example", "uniqueName": "ada@example.com"},
        "System.CreatedDate": "2026-01-12T10:19:26.1234567Z",
        "System.ChangedDate": "2026-01-19T23:30:00.1Z",
        "System.IterationPath": "Shop\\Sprint 1",
        "System.Tags": "postmortem; sev2",
        "Microsoft.VSTS.Common.ClosedDate": "2026-01-19T23:30:00Z",
        "Microsoft.VSTS.Common.Severity": "2 - High",
        "Microsoft.VSTS.Scheduling.DueDate": "2026-01-25T00:00:00Z",
    },
    "relations": [
        {
            "rel": "System.LinkTypes.Hierarchy-Reverse",
            "url": "https://dev.azure.com/example/_apis/wit/workItems/77",
        },
        {"rel": "AttachedFile", "url": "https://dev.azure.com/example/_apis/wit/attachments/8"},
    ],
    "updates": {
        "count": 3,
        "value": [
            {
                "rev": 1,
                "revisedDate": "2026-01-13T09:00:00Z",
                "fields": {
                    "System.State": {"newValue": "New"},
                    "System.ChangedDate": {"newValue": "2026-01-12T10:19:26Z"},
                },
            },
            {
                "rev": 2,
                "revisedDate": "2026-01-19T23:30:00Z",
                "fields": {
                    "System.State": {"oldValue": "New", "newValue": "Resolved"},
                    "System.AssignedTo": {"newValue": "Ada Example <ada@example.com>"},
                    "Microsoft.VSTS.Scheduling.DueDate": {"newValue": "2026-01-25T00:00:00Z"},
                },
            },
            {
                "rev": 3,
                "revisedDate": "9999-01-01T00:00:00Z",
                "fields": {
                    "System.State": {"oldValue": "Resolved", "newValue": "Closed"},
                    "System.ChangedDate": {"newValue": "2026-01-19T23:30:00Z"},
                },
            },
        ],
    },
}


def batch(*items: Any) -> dict[str, Any]:
    return {"count": len(items), "value": list(items)}


def test_states() -> None:
    """Closed is done; Done with the reason Duplicate and Removed are dropped; Resolved is open."""
    items = read_sample("azure_devops").tables["items"]
    assert items["state"].tolist() == ["done", "open", "dropped", "open", "dropped"]
    assert items["duplicate_of"].fillna("").tolist() == ["", "", "unknown", "", ""]
    assert items["closed_at"].notna().tolist() == [True, False, True, False, False]


def test_all_columns_of_a_row() -> None:
    found = read_sample("azure_devops")
    row = found.tables["items"].iloc[0]
    assert row["item_id"] == "azure_devops:2082"
    assert row["owners"] == ["Ada Example"]
    assert row["labels"] == ["postmortem", "sev2"]
    assert (row["severity"], row["planned"]) == ("sev2", "Shop\\Sprint 1")
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    assert row["promised_on"] == pd.Timestamp("2026-01-25")
    assert [warning for warning in found.warnings if "month first" in warning]


def test_accounts_are_no_part_of_names() -> None:
    owners = read_sample("azure_devops").tables["items"]["owners"].tolist()
    assert owners == [["Ada Example"], [], ["Grace Sample"], ["Ada Example"], ["Ada Example"]]


def test_the_iteration_of_the_whole_project_is_no_plan() -> None:
    planned = read_sample("azure_devops").tables["items"]["planned"]
    assert planned.notna().tolist() == [True, False, True, True, False]


def test_the_year_9999_is_no_date() -> None:
    found = read_sample("azure_devops")
    assert found.tables["items"]["promised_on"].notna().tolist() == [True] + [False] * 4
    assert found.rejects.empty


def test_a_british_locale(read: Callable[..., FileTables]) -> None:
    header = "ID,Work Item Type,Title,State,Closed Date\n"
    found = read(
        header + "1,Bug,a,Closed,24/12/2025 11:53:24\n2,Bug,b,Closed,01/02/2026 10:00:00\n"
    )
    assert found.tables["items"]["closed_at"].dt.strftime("%m-%d").tolist() == ["12-24", "02-01"]


def test_a_tree(read: Callable[..., FileTables]) -> None:
    """2 and 4 are children of 1, 3 is a child of 2; 5 is a root of its own."""
    found = read(
        "ID,Work Item Type,Title 1,Title 2,Title 3,State\n"
        "1,Epic,root,,,New\n2,Feature,,child,,New\n3,Bug,,,grandchild,New\n"
        "4,Feature,,child,,New\n5,Epic,root,,,New\n"
    )
    items = found.tables["items"]
    assert items["title"].tolist() == ["root", "child", "grandchild", "child", "root"]
    assert items["links"].tolist() == [[], ["1"], ["2"], ["1"], []]


def test_the_parent_is_a_link(read: Callable[..., FileTables]) -> None:
    items = read("ID,Work Item Type,Title,State,Parent\n1,Bug,a,New,7\n2,Bug,b,New,\n").tables[
        "items"
    ]
    assert items["links"].tolist() == [["7"], []]


@pytest.mark.parametrize(
    ("state", "closed_reason", "resolved_reason", "closed", "ours"),
    [
        ("Done", "", "", "", "done"),
        ("Done", "Won't Fix", "", "", "dropped"),
        ("Closed", "Verified", "Duplicate", "2026-01-02", "dropped"),
        ("Active", "", "Duplicate", "2026-01-02", "open"),
        ("Ready for Retest", "", "", "", "open"),
        ("Ready for Retest", "", "", "2026-01-02", "done"),
        ("triage", "", "", "", "open"),
        ("Removed", "", "", "", "dropped"),
    ],
)
def test_states_and_reasons(
    state: str,
    closed_reason: str,
    resolved_reason: str,
    closed: str,
    ours: str,
    read: Callable[..., FileTables],
) -> None:
    header = "ID,Work Item Type,Title,State,Closed Reason,Resolved Reason,Closed Date\n"
    found = read(f"{header}1,Bug,a,{state},{closed_reason},{resolved_reason},{closed}\n")
    assert states(found) == [ours]


def test_rest(read: Callable[..., FileTables]) -> None:
    row = read(batch(ITEM)).tables["items"].iloc[0]
    assert (row["key"], row["state"], row["project"]) == ("2082", "done", "Shop")
    assert (row["severity"], row["planned"]) == ("sev2", "Shop\\Sprint 1")
    assert row["owners"] == ["Ada Example"]
    assert row["labels"] == ["postmortem", "sev2"]
    assert row["links"] == ["77"]
    assert row["created_at"] == pd.Timestamp("2026-01-12 10:19:26.123456", tz="UTC")
    assert row["promised_on"] == pd.Timestamp("2026-01-25")


def test_updates_are_the_history(read: Callable[..., FileTables]) -> None:
    """Revision 2 has no date of its own and begins where the first one ends."""
    events = read(batch(ITEM)).events
    assert events[["field", "before", "after"]].fillna("").to_numpy().tolist() == [
        ["state", "", "open"],
        ["owner", "", "Ada Example"],
        ["promised_on", "", "2026-01-25"],
        ["state", "open", "done"],
    ]
    assert events["at"].dt.strftime("%m-%d %H:%M").tolist() == [
        "01-12 10:19",
        "01-13 09:00",
        "01-13 09:00",
        "01-19 23:30",
    ]


@pytest.mark.parametrize(
    "strange",
    [
        {"fields": None}, {"fields": {"System.Title": 3}}, {"relations": "x"}, {"id": "x"},
        {"relations": [{"url": None}, 3]}, {"updates": [{"fields": {"System.State": "x"}}, 4]},
        {"updates": {"value": None}}, {"updates": [{"fields": None}]},
        {"fields": {**ITEM["fields"], "System.AssignedTo": ["x"]}},
        {"fields": {**ITEM["fields"], "System.Tags": {"x": 1}}},
        {"fields": {**ITEM["fields"], "Microsoft.VSTS.Common.ClosedDate": 5}},
    ],
)  # fmt: skip
def test_strange_values_cost_no_record(
    strange: dict[str, Any], read: Callable[..., FileTables]
) -> None:
    found = read(batch({**ITEM, **strange}, None, ITEM, ITEM))
    assert found.rows == 4 == len(found.tables["items"]) + len(found.rejects)


@pytest.mark.real
def test_a_real_query(shared_exports: Path) -> None:
    """262 rows by csv.reader, their states by a Counter over the column State: Closed 122 and
    Removed 12; the other 128 have twelve words, of which New (19) and Blocked (16) are common. One
    row has nobody in Assigned To. 36 rows have tags, 90 when split at "; "; all 262 ids differ.
    """
    found = read_path(shared_exports / REAL)
    items = found.tables["items"]
    assert (found.format, found.rows, len(items), len(found.rejects)) == (
        "azure_devops",
        262,
        262,
        0,
    )
    assert items["state"].value_counts().to_dict() == {"open": 128, "done": 122, "dropped": 12}
    owners = items["owners"].map(list)
    assert owners.map(len).value_counts().to_dict() == {1: 261, 0: 1}
    assert not owners.map("".join).str.contains("[<@]").any()
    labels = items["labels"].map(list).map(len)
    assert ((labels > 0).sum(), labels.sum()) == (36, 90)
    assert items["key"].nunique() == 262
    (unknown,) = [warning for warning in found.warnings if "Unknown status" in warning]
    assert "'Deployment' (25 rows), 'PIR' (17 rows)" in unknown
