"""Discoverability: each component on items that have it and that do not."""

from collections.abc import Callable
from typing import Any

import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset

Build = Callable[..., Dataset]
INCIDENT = {
    "incident_id": "A",
    "started_at": "2026-06-12T10:00Z",
    "resolved_at": "2026-06-12T12:00Z",
}


def shares(dataset: Build, *, severity: str = "sev2", **item: Any) -> dict[str, float]:
    given = {
        "item_id": "x:PAY-1",
        "key": "PAY-1",
        "state": "open",
        "incident_id": "A",
        "project": "PAY",
        "team": "pay",
        "created_at": "2026-06-13T10:00Z",
    } | item
    data = dataset(
        items=[given],
        incidents=[INCIDENT | {"severity": severity}],
        teams=[{"team": "pay", "project": "PAY"}],
    )
    table = pma.discoverability(pma.snapshot(data, as_of="2026-07-01"))
    return table.iloc[0].to_dict()


@pytest.mark.parametrize(
    ("item", "component", "share"),
    [
        ({}, "ticketed", 1),
        ({"key": None}, "ticketed", 0),
        ({}, "right_project", 1),
        ({"project": "WEB"}, "right_project", 0),
        ({"labels": ["sev2", "20260612"]}, "labelled", 1),
        ({"labels": ["SEV-2", "20260613"]}, "labelled", 1),  # one day is allowed
        ({"labels": ["sev2", "20260614"]}, "labelled", 0),
        ({"labels": ["sev2"]}, "labelled", 0),
        ({"labels": ["20260612"]}, "labelled", 0),
        ({}, "linked", 1),
        ({"incident_id": "Z"}, "linked", 0),
        ({"updated_at": "2026-06-02T10:00Z"}, "fresh", 1),
        ({"updated_at": "2026-05-30T10:00Z"}, "fresh", 0),
        ({"severity": "sev1", "updated_at": "2026-06-17T10:00Z"}, "fresh", 1),
        ({"severity": "sev1", "updated_at": "2026-06-16T10:00Z"}, "fresh", 0),
        ({"updated_at": "2026-07-05T10:00Z"}, "fresh", 1),  # later than the as-of date: creation
        ({"planned": "Sprint 4"}, "planned", 1),
    ],
)
def test_component(dataset: Build, item: dict[str, Any], component: str, share: float) -> None:
    severity = item.pop("severity", "sev2")
    assert shares(dataset, severity=severity, **item)[component] == share


def test_planned_is_missing_when_no_export_says_so(dataset: Build) -> None:
    found = shares(dataset)
    assert found["items"] == 1
    assert found["planned"] != found["planned"]


def test_any_of_several_date_labels_will_do(dataset: Build) -> None:
    assert shares(dataset, labels=["sev2", "20260101", "20260612"])["labelled"] == 1
