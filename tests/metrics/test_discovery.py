"""Discoverability: each component on items that have it and that do not."""

from collections.abc import Callable
from typing import Any

import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.settings import Labels

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


def lists(dataset: Build, *items: dict[str, Any], **options: Any) -> tuple[Any, Any]:
    """The share that is findable, and what the review list says of each item."""
    common = {"state": "open", "team": "pay", "project": "PAY", "created_at": "2026-06-13T10:00Z"}
    rows = [common | {"item_id": f"x:{n}", "key": f"P-{n}"} | item for n, item in enumerate(items)]
    data = dataset(
        items=rows,
        incidents=[INCIDENT | {"severity": "sev2"}],
        teams=[{"team": "pay", "project": "PAY"}],
    )
    q = pma.snapshot(data, as_of="2026-07-01")
    return pma.findable(q, **options), pma.undiscoverable_items(q, **options)


MARKED = {"incident_id": "A", "labels": ["sev2", "20260612"]}


def test_findable_needs_all_four_marks_at_once(dataset: Build) -> None:
    """Each of the other four items lacks one mark: 1 of 5 is found, not the product of shares.

    Wilson of 1 of 5: (0.0362, 0.6245).
    """
    found, listed = lists(
        dataset,
        MARKED,
        MARKED | {"key": None},
        MARKED | {"project": "WEB"},
        MARKED | {"labels": ["sev2"]},
        MARKED | {"created_at": "2026-05-30T10:00Z"},
    )
    assert found.iloc[0].tolist() == pytest.approx([5, 0.2, 0.0362, 0.6245], abs=1e-4)
    assert listed["item_id"].tolist() == ["x:1", "x:2", "x:3", "x:4"]
    assert listed["missing"].tolist() == [
        "ticket", "owning team's project", "date label", "recent update",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "missing"),
    [
        ({"labels": None}, "severity label; date label"),
        ({"labels": ["sev1", "sev2", "20260612"]}, "severity label"),  # they contradict each other
        ({"labels": ["sev2", "20260620"]}, "date label that fits the incident"),
        ({"incident_id": "Z"}, "date label that fits the incident; incident"),
        ({"labels": ["sev2"], "planned": "Sprint 4"}, "date label"),
    ],
)
def test_the_list_names_everything_that_is_missing(
    dataset: Build, item: dict[str, Any], missing: str
) -> None:
    _, listed = lists(dataset, MARKED | item)
    assert listed["missing"].tolist() == [missing]


def test_a_plan_is_missed_only_where_some_item_has_one(dataset: Build) -> None:
    """An item that lacks a plan alone is found all the same."""
    planned = MARKED | {"planned": "Sprint 4"}
    found, listed = lists(dataset, planned, MARKED, MARKED | {"labels": ["sev2"]}, by="planned")
    assert listed["missing"].tolist() == ["date label; sprint or milestone"]
    assert found["planned"].isna().tolist() == [False, True]
    assert found["findable"].tolist() == [1, 0.5]


def test_own_patterns_decide_what_a_label_is(dataset: Build) -> None:
    labels = pma.Settings(labels=Labels(severity="prio-([0-5])", date=r"day-(\d{8})"))
    data = dataset(
        items=[
            {"item_id": "x:1", "key": "P-1", "state": "open", "incident_id": "A"}
            | {"created_at": "2026-06-13T10:00Z", "labels": ["prio-2", "day-20260612"]},
            {"item_id": "x:2", "key": "P-2", "state": "open", "incident_id": "A"}
            | {"created_at": "2026-06-13T10:00Z", "labels": ["sev2", "20260612"]},
        ],
        incidents=[INCIDENT],
        settings=labels,
    )
    listed = pma.undiscoverable_items(pma.snapshot(data, as_of="2026-07-01"))
    assert listed["item_id"].tolist() == ["x:2"]
    assert listed["missing"].tolist() == ["severity label; date label"]
