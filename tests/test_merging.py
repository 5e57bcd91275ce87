"""Merging by title: which item survives, and that nothing is lost with the others."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.policy import Policy, PolicyVersion, Rule

Build = Callable[..., Dataset]
INCIDENT = {
    "incident_id": "A",
    "severity": "sev1",
    "started_at": "2026-01-01T10:00Z",
    "resolved_at": "2026-01-01T10:00Z",
}
SAME = {"incident_id": "A", "title": "Add an alert", "created_at": "2026-01-02T10:00Z"}
LINE = SAME | {"item_id": "docs:A-1", "source": "docs", "state": "open"}
OPEN = SAME | {"item_id": "jira:P-3", "key": "P-3", "source": "jira", "state": "open"}
DONE = OPEN | {
    "item_id": "jira:P-2", "key": "P-2", "state": "done", "closed_at": "2026-01-08T10:00Z",
}  # fmt: skip
LATER = DONE | {"item_id": "jira:P-4", "key": "P-4", "closed_at": "2026-01-20T10:00Z"}
UNDATED = DONE | {"item_id": "jira:P-5", "key": "P-5", "closed_at": None}
DROPPED = DONE | {"item_id": "jira:P-1", "key": "P-1", "state": "dropped"}
OLDER = OPEN | {"item_id": "jira:P-9", "key": "P-9", "created_at": "2026-01-01T12:00Z"}


def judged(dataset: Build, *items: dict[str, Any], **more: Any) -> pd.DataFrame:
    data = dataset(items=list(items), incidents=[INCIDENT], **more)
    return pma.snapshot(data, as_of="2026-02-01").items


@pytest.mark.parametrize(
    ("items", "survivor", "standing"),
    [
        ((LINE, DONE), DONE, "met"),  # the tracker knows the state, the document does not
        ((LINE, DROPPED), DROPPED, "dropped_in_time"),
        ((OPEN, DONE), OPEN, "overdue"),  # not all of it is done
        ((OPEN, DROPPED, DONE), OPEN, "overdue"),
        ((DONE, DROPPED), DONE, "met"),
        ((DONE, LATER), LATER, "late"),  # done when the last of it was
        ((DONE, UNDATED), DONE, "met"),
        ((OPEN, OLDER), OLDER, "overdue"),
        ((LINE, OPEN, OLDER, DONE, DROPPED), OLDER, "overdue"),
    ],
)
def test_which_item_survives(
    dataset: Build, items: tuple[dict[str, Any], ...], survivor: dict[str, Any], standing: str
) -> None:
    for order in list(permutations(items))[:6]:
        left = judged(dataset, *order)
        assert left["item_id"].tolist() == [survivor["item_id"]]
        assert left["standing"].tolist() == [standing]


def test_what_is_alone_stays(dataset: Build) -> None:
    others = [DONE | {"title": "Add another alert"}, OPEN | {"title": None}, LINE]
    assert len(judged(dataset, *others)) == 3


def test_the_state_is_that_of_the_day(dataset: Build) -> None:
    """On 5 January the ticket that was done later was open, and both were there."""
    data = dataset(items=[DONE, DROPPED], incidents=[INCIDENT])
    early = pma.snapshot(data, as_of="2026-01-05").items
    assert early[["item_id", "state"]].to_numpy().tolist() == [["jira:P-1", "open"]]
    late = pma.snapshot(data, as_of="2026-02-01").items
    assert late[["item_id", "state"]].to_numpy().tolist() == [["jira:P-2", "done"]]


def test_the_earliest_promise_and_the_waivers_of_what_is_gone(dataset: Build) -> None:
    """The line is preventive and due after 10 days, the ticket after 30; the line was waived."""
    policy = Policy((PolicyVersion(rules=(Rule(days=30), Rule(kind="prevent", days=10))),))
    waiver = {"decided_on": "2026-01-05", "subject": "docs:A-1", "kind": "waiver"}
    data = dataset(
        items=[LINE | {"kind": "prevent"}, OPEN],
        incidents=[INCIDENT],
        decisions=[waiver | {"until": "2026-03-01"}],
    )
    item = pma.snapshot(data, as_of="2026-02-01", policy=policy).items.iloc[0]
    assert item["item_id"] == "jira:P-3"
    assert (item["target_days"], str(item["due_on"].date())) == (10, "2026-01-11")
    assert (item["waived"], str(item["adjusted_due_on"].date())) == (True, "2026-03-01")


@pytest.mark.parametrize("subject", ["jira:P-3", "copy:P-3", "P-3"])
def test_a_waiver_is_listed_with_the_item_that_is_left(dataset: Build, subject: str) -> None:
    """By the item_id of either copy, and by the key that both of them have."""
    waiver = {"decided_on": "2026-01-05", "subject": subject, "kind": "waiver"}
    data = dataset(
        items=[OPEN, OPEN | {"item_id": "copy:P-3", "source": "copy"}],
        incidents=[INCIDENT],
        decisions=[waiver | {"until": "2026-03-01"}, waiver | {"kind": "drp"}],
    )
    snapshot = pma.snapshot(data, as_of="2026-02-01")
    row, left = pma.waivers(snapshot).iloc[0], snapshot.items.iloc[0]
    assert (row["item_id"], row["in_time"], row["standing"]) == (left["item_id"], True, "overdue")
    assert left["waived"]


def test_a_chain_of_a_duplicate_and_a_title(dataset: Build) -> None:
    """P-8 was closed as a duplicate of P-2, which has the title of P-3 and its own incident."""
    other = INCIDENT | {"incident_id": "B", "resolved_at": "2025-12-25T10:00Z"}
    duplicate = DROPPED | {
        "item_id": "jira:P-8", "key": "P-8", "title": "Alert!", "incident_id": "B",
        "duplicate_of": "jira:P-2",
    }  # fmt: skip
    waiver = {"decided_on": "2026-01-05", "subject": "P-8", "kind": "waiver"}
    data = dataset(
        items=[duplicate, DONE, OPEN],
        incidents=[INCIDENT, other],
        decisions=[waiver | {"until": "2026-03-01"}],
    )
    left = pma.snapshot(data, as_of="2026-02-01").items
    assert left["item_id"].tolist() == ["jira:P-3"]
    item = left.iloc[0]
    assert str(item["due_on"].date()) == "2026-01-09"  # 25 December and 15 days
    assert item["other_incidents"] == ["B"]
    assert item["waived"]


def test_what_was_merged_can_be_seen(dataset: Build) -> None:
    data = dataset(items=[LINE, OPEN, DONE], incidents=[INCIDENT])
    found = pma.check(data).set_index("rule").loc["same_title"]
    assert found[["level", "subject", "items"]].tolist() == ["warning", "A", 3]
    assert "docs:A-1, jira:P-2, jira:P-3" in found["detail"]
    gone = found["items"] - len(pma.snapshot(data, as_of="2026-02-01").items)
    assert gone == 2


def test_teams_as_the_registry_writes_them(dataset: Build) -> None:
    """One team written in two ways is one team; the team of a project is not told by the ticket."""
    rows = [OPEN | {"team": "Core Pay"}, DONE | {"team": "core-pay"}]
    teams = [{"team": "Core Pay", "project": "P"}, {"team": "Web", "project": "Q"}]
    assert len(judged(dataset, *rows, teams=teams)) == 1
    apart = [OPEN | {"team": "Core Pay"}, DONE | {"team": "Web"}]
    assert len(judged(dataset, *apart, teams=teams)) == 2
    mirrored = [
        OPEN | {"project": "P"},
        DONE | {"project": "Q", "source": "github", "item_id": "github:Q-1", "key": "Q-1"},
    ]
    assert len(judged(dataset, *mirrored, teams=teams)) == 1
