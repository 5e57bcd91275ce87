"""Rootly: action items with and without their incident, and incidents as JSON:API has them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

import pmanalytics as pma
from pmanalytics.trackers import FileTables
from tests.trackers.samples import SAMPLES, read_sample

ID = "b0000000-0000-4000-8000-000000000019"
INCIDENT: dict[str, Any] = {
    "sequential_id": 19,
    "title": "Card payments wait",
    "slug": "card-payments-wait",
    "kind": "normal",
    "summary": "Payments by card took minutes.",
    "status": "resolved",
    "url": "https://rootly.invalid/account/incidents/19-card-payments-wait",
    "severity": {
        "data": {"id": "s", "type": "severities", "attributes": {"name": "SEV1", "slug": "sev1"}}
    },
    "services": {"data": [{"id": "s1", "type": "services", "attributes": {"name": "checkout"}}]},
    "groups": [{"data": {"id": "g1", "type": "groups", "attributes": {"name": "Shop"}}}],
    "started_at": "2026-01-09T19:10:00.000-08:00",
    "detected_at": None,
    "mitigated_at": "2026-01-09T20:30:00.000-08:00",
    "resolved_at": "2026-01-09T21:00:00.000-08:00",
    "created_at": "2026-01-09T19:41:00.000-08:00",
    "updated_at": "2026-01-13T01:00:00.000-08:00",
}


def wrapped(**changed: Any) -> dict[str, Any]:
    return {"id": ID, "type": "incidents", "attributes": {**INCIDENT, **changed}}


def test_follow_ups_are_action_items_and_tasks_are_not() -> None:
    found = read_sample("rootly")
    items = found.tables["items"]
    assert (found.rows, found.filtered) == (4, 1)
    assert items["state"].tolist() == ["done", "open", "dropped"]
    assert items["owners"].tolist() == [["Ada Example"], [], ["Bo Example"]]
    assert items["priority"].tolist() == ["high", "medium", "low"]
    assert items["incident_id"].fillna("").tolist() == [ID, "", ID]
    assert items.loc[0, "created_at"] == pd.Timestamp("2026-01-11 10:00Z")
    assert str(items.loc[0, "promised_on"].date()) == "2026-01-25"
    address = "https://example.atlassian.invalid/browse/PAY-12"
    assert (items.loc[0, "url"], items.loc[0, "links"]) == (address, ["PAY-12", address])
    assert items["closed_at"].isna().all()
    assert found.warnings[0].startswith("No closed row says when it was closed")


def test_an_incident_of_json_api(read: Callable[..., FileTables]) -> None:
    others = [wrapped(status="cancelled"), wrapped(kind="test"), wrapped(kind="scheduled")]
    found = read({"data": [wrapped(), *others], "links": {"next": None}})
    assert (len(found.tables["incidents"]), found.filtered) == (1, 3)
    incident = found.tables["incidents"].iloc[0]
    assert incident["incident_id"] == "INC-19"
    assert (incident["severity"], incident["service"], incident["team"]) == (
        "sev1",
        "checkout",
        "Shop",
    )
    assert incident["started_at"] == pd.Timestamp("2026-01-10 03:10Z")
    assert incident["resolved_at"] == pd.Timestamp("2026-01-10 05:00Z")


def test_an_event_brings_the_action_items_of_its_incident_along(
    read: Callable[..., FileTables],
) -> None:
    """The form in which Rootly tells other programs of an incident."""
    item = {"id": "a1", "incident_id": ID, "summary": "Mend", "kind": "follow_up",
            "status": "open", "due_date": None}  # fmt: skip
    event = {"event": {"id": "e", "type": "incident.updated"},
             "data": {"id": ID, **INCIDENT, "severity": None, "action_items": [item]}}  # fmt: skip
    found = read(event)
    assert found.tables["incidents"]["incident_id"].tolist() == ["INC-19"]
    assert found.tables["items"]["title"].tolist() == ["Mend"]


def test_items_find_the_incident_by_the_id_that_only_programs_see(tmp_path: Path) -> None:
    (tmp_path / "items.json").write_bytes(SAMPLES["rootly"].read_bytes())
    (tmp_path / "incidents.json").write_text(json.dumps({"data": [wrapped()]}))
    data = pma.read(tmp_path)
    assert data.items["incident_id"].fillna("").tolist() == ["INC-19", "", "INC-19"]
