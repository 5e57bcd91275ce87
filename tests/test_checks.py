"""Checks: each rule finds its fault once, and nothing in sound data."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from pmanalytics.checks import check
from pmanalytics.datasets import Dataset
from pmanalytics.settings import Labels, Settings

Build = Callable[..., Dataset]

ITEM = {
    "item_id": "jira:PAY-1", "key": "PAY-1", "state": "open", "team": "Core", "service": "queue",
    "owners": ["Ada"], "incident_id": "INC-1", "labels": ["sev1", "20260312"],
}  # fmt: skip
INCIDENT = {
    "incident_id": "INC-1",
    "started_at": "2026-03-12T10:00:00Z",
    "resolved_at": "2026-03-12T11:00:00Z",
}
LATER = {
    "incident_id": "INC-2",
    "started_at": "2026-03-12T12:00:00Z",
    "resolved_at": "2026-03-12T13:00:00Z",
}
FILE = {"path": "x.csv", "format": "jira_csv", "items": 1, "incidents": 0}
SOUND: dict[str, list[dict[str, Any]]] = {
    "items": [ITEM],
    "incidents": [INCIDENT],
    "teams": [{"team": "Core"}],
    "services": [{"service": "queue", "team": "Core"}],
    "people": [{"person": "Ada", "team": "Core"}],
    "files": [FILE],
}


def waiver(subject: str | None, kind: str = "waiver") -> dict[str, Any]:
    return {"decided_on": "2026-04-01", "subject": subject, "kind": kind, "until": "2026-05-01"}


def test_an_item_that_was_kept_after_all_is_no_finding(dataset: Build) -> None:
    keep = waiver("PAY-1", "keep") | {"decided_on": "2026-04-02"}
    assert check(dataset(**SOUND, decisions=[keep, waiver("jira:PAY-1", "drop")])).empty


def test_a_repeat_that_is_named_in_another_case_is_no_finding(dataset: Build) -> None:
    later = LATER | {"repeat_of": "inc-1"}
    assert check(dataset(**SOUND | {"incidents": [INCIDENT, later]})).empty


def test_a_decided_repeat_of_what_was_over_is_no_finding(dataset: Build) -> None:
    decided = [waiver("inc-2", kind) | {"value": "INC-1"} for kind in ("repeat", "not_repeat")]
    assert check(dataset(**SOUND | {"incidents": [INCIDENT, LATER]}, decisions=decided)).empty


def test_sound_data_have_no_findings(dataset: Build) -> None:
    known = [waiver("PAY-1"), waiver("jira:PAY-1"), waiver("anything", "commitment")]
    found = check(dataset(**SOUND, decisions=known))
    assert found.empty
    assert list(found) == ["level", "rule", "subject", "items", "detail"]


FAULTS: dict[str, tuple[dict[str, Any], tuple[str, str, str, int]]] = {
    "a row that could not be read": (
        {"rejects": [{"file": "x.csv", "row": 3, "rule": "short_row", "detail": "two cells"}]},
        ("error", "short_row", "x.csv", 1),
    ),
    "a doubt about a file": (
        {"files": [FILE | {"warnings": ["Times have no zone."]}]},
        ("warning", "file", "x.csv", 1),
    ),
    "a team that nobody knows": (
        {"items": [ITEM | {"team": "Cor"}]},
        ("warning", "unknown_team", "Cor", 1),
    ),
    "a service that nobody knows": (
        {"items": [ITEM | {"service": "queu"}]},
        ("warning", "unknown_service", "queu", 1),
    ),
    "a person whom nobody knows": (
        {"items": [ITEM | {"owners": ["Bob"]}]},
        ("warning", "unknown_person", "Bob", 1),
    ),
    "an item without an incident": (
        {"items": [ITEM | {"incident_id": None}]},
        ("warning", "no_incident", "items without an incident", 1),
    ),
    "an incident that nobody knows": (
        {"items": [ITEM | {"incident_id": "INC-2"}]},
        ("warning", "unknown_incident", "INC-2", 1),
    ),
    "a closing without a date": (
        {"items": [ITEM | {"state": "done"}]},
        ("warning", "closed_without_date", "closed items without a date", 1),
    ),
    "an item without a state": (
        {"items": [ITEM | {"state": None}]},
        ("warning", "no_state", "items without a state", 1),
    ),
    "a repeat of what was not over": (
        {
            "incidents": [
                INCIDENT,
                INCIDENT
                | {
                    "incident_id": "INC-2",
                    "started_at": "2026-03-12T10:30:00Z",
                    "repeat_of": "INC-1",
                },
            ]
        },
        ("warning", "false_repeat", "INC-2", 0),
    ),
    "a source that lags behind": (
        # The others were seen 15 days later; the item is the only one of its source.
        {
            "items": [ITEM | {"source": "jira"}],
            "files": [
                FILE | {"source": "jira", "observed_at": "2026-03-01T00:00:00Z"},
                FILE | {"source": "github", "observed_at": "2026-03-16T00:00:00Z"},
            ],
        },
        ("warning", "stale_source", "jira", 1),
    ),
    "a ticket in two sources": (
        {
            "items": [
                ITEM | {"url": "https://x/PAY-1", "source": "jira"},
                ITEM | {"url": "https://x/PAY-1", "source": "b", "item_id": "b:PAY-1"},
            ]
        },
        ("warning", "same_ticket", "https://x/PAY-1", 2),
    ),
    "two tickets of one key": (
        # Copies of one ticket agree on the day of its creation, but for the zones of exports.
        {
            "items": [
                ITEM | {"source": "jira", "created_at": "2026-03-13T01:00:00Z"},
                ITEM
                | {"item_id": "jira:PAY-2", "source": "jira", "created_at": "2026-03-13T01:00:00Z"},
            ],
            "observations": [
                ITEM | {"source": "jira", "created_at": "2025-01-01T00:00:00Z"},
                ITEM
                | {"item_id": "jira:PAY-2", "source": "jira", "created_at": "2026-03-12T08:00:00Z"},
            ],
        },
        ("warning", "same_key", "jira", 1),
    ),
    "another severity than the incident's": (
        {"incidents": [INCIDENT | {"severity": "sev2"}]},
        ("warning", "severity_differs", "sev1 items", 1),
    ),
    "an item that was closed before it was created": (
        {
            "items": [
                ITEM
                | {
                    "state": "done",
                    "created_at": "2026-03-14T00:00:00Z",
                    "closed_at": "2026-03-13T00:00:00Z",
                }
            ]
        },
        ("warning", "times_reversed", "items", 1),
    ),
    "an item that was closed before its incident": (
        # The incident began on 12 March at 10:00.
        {
            "items": [
                ITEM | {"state": "done", "closed_at": "2026-03-12T09:59:00Z"},
                ITEM | {"item_id": "2", "state": "done", "closed_at": "2026-03-12T10:00:00Z"},
            ]
        },
        ("warning", "done_before_incident", "items", 1),
    ),
    "an incident that was over before it began": (
        {"incidents": [INCIDENT | {"resolved_at": "2026-03-12T09:00:00Z"}]},
        ("warning", "times_reversed", "INC-1", 1),
    ),
    "a waiver for nothing": (
        {"decisions": [waiver("PAY-9"), waiver("PAY-1")]},
        ("warning", "idle_waiver", "PAY-9", 0),
    ),
    "a waiver without a subject": (
        {"decisions": [waiver(None)]},
        ("warning", "bad_decision", "waiver", 0),
    ),
    "a decision of a kind that nobody knows": (
        {"decisions": [waiver("PAY-1", "wavier")]},
        ("warning", "bad_decision", "wavier of PAY-1", 0),
    ),
    "a decision without a day": (
        {"decisions": [waiver("PAY-1") | {"decided_on": None}]},
        ("warning", "bad_decision", "waiver of PAY-1", 0),
    ),
    "a decision that lacks what its kind needs": (
        {"decisions": [waiver("PAY-1", "owner_team")]},
        ("warning", "bad_decision", "owner_team of PAY-1", 0),
    ),
    "a decision about an item that nobody knows": (
        {"decisions": [waiver("PAY-9", "drop")]},
        ("warning", "idle_decision", "PAY-9", 0),
    ),
    "a note about an item that nobody knows": (
        {"decisions": [waiver("PAY-9", "note") | {"value": "ask again"}]},
        ("warning", "idle_decision", "PAY-9", 0),
    ),
    "a repeat of an incident that nobody knows": (
        {"decisions": [waiver("inc-1", "repeat") | {"value": "INC-0"}]},
        ("warning", "idle_decision", "INC-0", 0),
    ),
    "a decided repeat that began before the other one was over": (
        {
            "incidents": [INCIDENT, LATER],
            "decisions": [waiver("INC-1", "repeat") | {"value": "inc-2"}],
        },
        ("warning", "idle_decision", "INC-1", 0),
    ),
    "a decided team that the registry does not know": (
        {"decisions": [waiver("PAY-1", "owner_team") | {"value": "Nowhere"}]},
        ("warning", "unknown_team", "Nowhere", 1),
    ),
    "an item that was dropped by a decision and is open": (
        {"items": [ITEM | {"state": "open"}], "decisions": [waiver("PAY-1", "drop")]},
        ("warning", "open_although_dropped", "jira:PAY-1", 1),
    ),
    "a pattern that fits no label": (
        {"settings": Settings(labels=Labels(severity="severity-([0-5])"))},
        ("warning", "idle_pattern", "severity", 1),
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_each_rule_finds_its_fault_once(dataset: Build, case: str) -> None:
    changes, expected = FAULTS[case]
    found = check(dataset(**SOUND | changes))
    assert [tuple(row) for row in found.iloc[:, :4].itertuples(index=False)] == [expected]
    assert found["detail"].iloc[0].strip()


def test_a_registry_may_be_checked_before_there_are_items(dataset: Build) -> None:
    registry = {name: SOUND[name] for name in ("services", "teams", "people")}
    assert check(dataset(**registry)).empty


def test_a_default_pattern_is_idle_only_where_it_was_needed(dataset: Build) -> None:
    items = [ITEM | {"labels": ["urgent"]}]
    assert check(dataset(**SOUND | {"items": items})).empty
    lost = [items[0] | {"incident_id": None}]
    found = check(dataset(**SOUND | {"items": lost}))
    assert found["subject"].tolist() == ["items without an incident", "severity", "date"]
    unlabelled = [lost[0] | {"labels": []}]
    assert check(dataset(**SOUND | {"items": unlabelled}))["rule"].tolist() == ["no_incident"]


@pytest.mark.parametrize(
    ("sentence", "items"),
    [
        ("Unknown status 'Wobbling' (2 rows), 'Odd (7 rows)' (1 row) counts as open; say it.", 3),
        ("No closed row says when it was closed (4 of 9 are closed); export a column.", 4),
        ("Priorities count as severities ('P1' as sev1; 3 incidents); confirm that.", 3),
        ("2 rows contradict themselves about being closed (such as 'Done'); settle it.", 2),
        ("The search found 1,600 issues, of which the file holds 4; export the others.", 20),
        ("5 changes in the history have no date that can be read; left out.", 20),
        ("Times like '12/01/2026' are read with the day first.", 20),
    ],
)
def test_a_doubt_concerns_the_rows_that_it_counts(
    dataset: Build, sentence: str, items: int
) -> None:
    """The file holds 20 rows, which a sentence without a count of rows is about."""
    files = [FILE | {"items": 15, "incidents": 5, "warnings": [sentence]}]
    assert check(dataset(**SOUND | {"files": files}))["items"].tolist() == [items]


def test_errors_come_first_then_what_concerns_most(dataset: Build) -> None:
    items = [ITEM | {"item_id": str(n), "key": str(n), "team": "Cor"} for n in range(2)]
    rejects = [{"file": "x.csv", "row": 3, "rule": "short_row", "detail": "two cells"}]
    lone = ITEM | {"service": "queu"}
    found = check(dataset(**SOUND | {"items": [lone, *items], "rejects": rejects}))
    assert found["rule"].tolist() == ["short_row", "unknown_team", "unknown_service"]
    assert found["items"].tolist() == [1, 2, 1]
    assert isinstance(found["items"].dtype, type(pd.Series([1]).dtype))


def test_a_source_lags_only_by_more_than_a_fortnight(dataset: Build) -> None:
    files = [
        FILE | {"source": "jira", "observed_at": "2026-03-01T00:00:00Z"},
        FILE | {"source": "github", "observed_at": "2026-03-15T00:00:00Z"},
        # What has no items, and what is older than a newer export of the same source, is no matter.
        FILE | {"source": "table", "observed_at": "2020-03-15T00:00:00Z", "items": 0},
        FILE | {"source": "jira", "observed_at": "2020-03-15T00:00:00Z"},
        FILE | {"source": "gitlab"},
    ]
    assert check(dataset(**SOUND | {"files": files})).empty
