"""Waivers and commitments: what was decided, and what became of it by a day."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.settings import Settings
from pmanalytics.snapshots import Snapshot

Build = Callable[..., Dataset]

PROMISE = {
    "decided_on": "2026-01-20",
    "subject": "Label printing",
    "kind": "commitment",
    "value": "Two engineers until it holds",
    "until": "2026-06-30",
    "role": "Head of Engineering",
}


@pytest.fixture(scope="module")
def reference_waivers(dataset: Build, reference: Callable[[str], Any]) -> pd.DataFrame:
    """The waivers of reference case W03, as `waivers` lists them."""
    case = reference("W03")["inputs"]
    items = [each for each in case["items"] if "waiver" in each]
    data = dataset(
        items=[
            {
                "item_id": each["id"],
                "incident_id": each["id"],
                "state": "done",
                "closed_at": each["events"][0]["at"],
            }
            for each in items
        ],
        incidents=[
            {
                "incident_id": each["id"],
                "severity": f"sev{each['severity']}",
                "started_at": each["resolved_at"],
                "resolved_at": each["resolved_at"],
            }
            for each in items
        ],
        decisions=[
            {
                "decided_on": each["waiver"]["granted_on"],
                "subject": each["id"],
                "kind": "waiver",
                "until": each["waiver"]["new_due"],
            }
            for each in items
        ],
        settings=Settings(timezone=case["tz"]),
    )
    return pma.waivers(pma.snapshot(data, as_of=case["as_of"])).set_index("item_id")


def test_the_waivers_of_the_reference_case(reference_waivers: pd.DataFrame) -> None:
    # I13: due 03-12, granted on 03-01. I15: due 02-01, granted two days after it.
    assert reference_waivers["in_time"].to_dict() == {"I13": True, "I15": False}
    assert reference_waivers["due_on"].dt.strftime("%m-%d").to_dict() == {
        "I13": "03-12",
        "I15": "02-01",
    }
    assert reference_waivers["standing"].tolist() == ["late", "late"]


def waiver(granted: str, until: str | None, subject: str = "x:1") -> dict[str, Any]:
    return {"decided_on": granted, "subject": subject, "kind": "waiver", "until": until}


@pytest.fixture
def item(dataset: Build) -> Callable[..., Snapshot]:
    """One open item that is due on 2026-06-16, with waivers: `item(waiver(...), as_of=...)`."""

    def build(*decisions: dict[str, Any], as_of: str = "2026-09-01") -> Snapshot:
        resolved = "2026-06-01T08:00Z"
        incident = {
            "incident_id": "A",
            "severity": "sev1",
            "started_at": resolved,
            "resolved_at": resolved,
        }
        data = dataset(
            items=[
                {"item_id": "x:1", "key": "1", "incident_id": "A", "state": "open", "team": "core"}
            ],
            incidents=[incident],
            decisions=list(decisions),
        )
        return pma.snapshot(data, as_of=as_of)

    return build  # fmt: skip


def test_a_waiver_is_in_time_up_to_the_day_that_is_in_force(item: Callable[..., Snapshot]) -> None:
    days = ["2026-06-16", "2026-07-10", "2026-07-11", "2026-07-20", "2026-08-02"]
    until = ["2026-07-10", "2026-07-20", "2026-08-01", "2026-08-01", "2026-09-30"]
    snapshot = item(*[waiver(day, end) for day, end in zip(days, until, strict=True)])
    table = pma.waivers(snapshot)
    # The third is in time by the second (07-20), the fourth by the third (08-01); the fifth is late.
    assert table["in_time"].tolist() == [True, True, True, True, False]
    assert table["due_on"].dt.strftime("%m-%d").unique().tolist() == ["06-16"]
    assert str(snapshot.items["adjusted_due_on"].iloc[0])[:10] == "2026-08-01"


def test_a_waiver_takes_nothing_away(item: Callable[..., Snapshot]) -> None:
    """Until the 10th, where the policy gives until the 16th: a waiver only ever gives more days."""
    snapshot = item(waiver("2026-06-02", "2026-06-10"), waiver("2026-06-15", "2026-07-10"))
    assert pma.waivers(snapshot)["in_time"].tolist() == [True, True]
    early = item(waiver("2026-06-02", "2026-06-10"), as_of="2026-06-12").items.iloc[0]
    assert str(early["adjusted_due_on"])[:10] == "2026-06-16"
    assert str(snapshot.items["adjusted_due_on"].iloc[0])[:10] == "2026-07-10"


def test_a_retroactive_waiver_is_listed_and_changes_nothing(item: Callable[..., Snapshot]) -> None:
    snapshot = item(waiver("2026-06-17", "2026-07-30"))
    assert pma.waivers(snapshot)["in_time"].tolist() == [False]
    kept = pma.attainment(snapshot).iloc[0]
    assert (kept["waived"], kept["attainment"], kept["attainment_adjusted"]) == (0, 0.0, 0.0)
    assert pma.waivers(item(waiver("2026-06-17", "2026-07-30"), as_of="2026-06-16")).empty


def test_waivers_for_nothing_are_listed_without_a_verdict(item: Callable[..., Snapshot]) -> None:
    snapshot = item(waiver("2026-06-02", "2026-07-01", "x:9"), waiver("2026-06-03", None))
    table = pma.waivers(snapshot)
    assert table["item_id"].tolist() == ["x:9", "x:1"]
    assert table["in_time"].isna().all()
    assert pma.waivers(snapshot.where(team="core"))["item_id"].tolist() == ["x:1"]
    assert pma.waivers(snapshot.where(team="web")).empty


def test_a_waiver_of_a_ticket_that_was_merged_is_one_of_its_survivor(dataset: Build) -> None:
    """A line of a document lives on in its ticket, due on 2026-06-16, and x:3 in x:2 as a duplicate.

    The second waiver of the one piece of work is measured by the day that the first one gave.
    """
    resolved = "2026-06-01T08:00Z"
    incident = {"incident_id": "A", "severity": "sev1", "resolved_at": resolved}
    base = {"incident_id": "A", "state": "open", "team": "core"}
    data = dataset(
        items=[
            base | {"item_id": "doc:1", "title": "Add an alert.", "source": "doc"},
            base | {"item_id": "x:1", "key": "1", "title": "Add an alert", "source": "x"},
            base | {"item_id": "x:2", "key": "2", "title": "Test failover", "source": "x"},
            base | {"item_id": "x:3", "key": "3", "state": "dropped", "duplicate_of": "x:2"},
        ],
        incidents=[incident | {"started_at": resolved}],
        decisions=[
            waiver("2026-06-10", "2026-07-10", "x:1"),
            waiver("2026-07-01", "2026-08-10", "doc:1"),
            waiver("2026-07-02", "2026-08-10", "3"),
        ],
    )
    snapshot = pma.snapshot(data, as_of="2026-09-01")
    table = pma.waivers(snapshot)
    assert table["item_id"].tolist() == ["x:1", "x:1", "x:2"]
    assert table["in_time"].tolist() == [True, True, False]
    assert table["standing"].tolist() == ["overdue"] * 3
    assert pma.waivers(snapshot.where(team="core"))["item_id"].tolist() == ["x:1", "x:1", "x:2"]
    late = pma.sentinels(snapshot).set_index("sentinel").loc["waived_after_due"]
    assert late[["count", "of"]].tolist() == [1, 3]


def committed(dataset: Build, as_of: str, *decisions: dict[str, Any]) -> pd.DataFrame:
    services = [
        {"service": "label-printing", "team": "Depots"},
        {"service": "other", "team": "Web"},
    ]
    data = dataset(decisions=[PROMISE, *decisions], services=services)
    return pma.commitments(pma.snapshot(data, as_of=as_of))


def test_a_commitment_is_open_up_to_its_day(dataset: Build) -> None:
    assert committed(dataset, "2026-01-19").empty
    for as_of, state, over in [
        ("2026-01-20", "open", -161),
        ("2026-06-30", "open", 0),
        ("2026-07-01", "overdue", 1),
    ]:
        row = committed(dataset, as_of).iloc[0]
        assert (row["state"], row["days_over"]) == (state, over)


@pytest.mark.parametrize(
    ("kind", "state"), [("commitment_kept", "kept"), ("commitment_dropped", "dropped")]
)
@pytest.mark.parametrize("value", ["two engineers until it holds", None])
def test_it_is_closed_by_a_decision(
    dataset: Build, kind: str, state: str, value: str | None
) -> None:
    closing = {
        "decided_on": "2026-07-10",
        "subject": "label-printing",
        "kind": kind,
        "value": value,
    }
    assert committed(dataset, "2026-07-09", closing)["state"].tolist() == ["overdue"]
    row = committed(dataset, "2026-09-01", closing).iloc[0]
    assert (row["state"], row["days_over"]) == (state, 10)
    other = closing | {"value": "something else"}
    assert committed(dataset, "2026-09-01", other)["state"].tolist() == ["overdue"]


def test_the_last_decision_about_one_commitment_counts(dataset: Build) -> None:
    moved = PROMISE | {"decided_on": "2026-06-25", "until": "2026-12-31"}
    kept = {"decided_on": "2026-03-01", "subject": "label-printing", "kind": "commitment_kept"}
    table = committed(dataset, "2026-09-01", moved, kept)
    assert table["state"].tolist() == ["open"]
    assert str(table["decided_on"].iloc[0])[:10] == "2026-01-20"
    assert str(table["until"].iloc[0])[:10] == "2026-12-31"


def test_subjects_that_are_services_can_be_grouped_and_narrowed(dataset: Build) -> None:
    services = [{"service": "label-printing", "team": "Depots"}, {"service": "web", "team": "Web"}]
    general = PROMISE | {"subject": "tickets of everybody"}
    items = [{"item_id": "x:1", "team": "Web", "service": "web", "state": "open"}]
    data = dataset(decisions=[PROMISE, general], services=services, items=items)
    snapshot = pma.snapshot(data, as_of="2026-09-01")
    table = pma.commitments(snapshot, by=["service", "team"])
    assert list(table)[:3] == ["service", "team", "decided_on"]
    assert table["service"].fillna("").tolist() == ["label-printing", ""]
    assert pma.commitments(snapshot.where(team="Web"))["subject"].tolist() == [
        "tickets of everybody"
    ]
