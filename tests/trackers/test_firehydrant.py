"""FireHydrant: follow-ups apart from tasks, and incidents with the tickets in them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

import pmanalytics as pma
from pmanalytics.trackers import FileTables
from tests.trackers.samples import SAMPLES, read_sample, sample_json

ID = "0f0c1d1e-0000-4000-8000-000000000012"
INCIDENT: dict[str, Any] = {
    "id": ID,
    "name": "Card payments wait",
    "number": 12,
    "summary": "Payments by card took minutes.",
    "created_at": "2026-01-10T03:41:00.000Z",
    "started_at": "2026-01-10T03:10:00.000Z",
    "discarded_at": None,
    "severity": "SEV1",
    "priority": "P1",
    "current_milestone": "retrospective_completed",
    "milestones": [
        {"id": "m-1", "type": "started", "occurred_at": "2026-01-10T03:10:00.000Z"},
        {"id": "m-2", "type": "mitigated", "occurred_at": "2026-01-10T04:30:00.000Z"},
        {"id": "m-3", "type": "resolved", "occurred_at": "2026-01-10T05:00:00.000Z"},
    ],
    "services": [{"id": "s-1", "name": "checkout"}, {"id": "s-2", "name": "payments"}],
    "team_assignments": [{"id": "a-1", "status": "active", "team": {"id": "t", "name": "Shop"}}],
    "customers_impacted": 210,
    "incident_url": "https://app.firehydrant.invalid/incidents/12",
}


def test_only_follow_ups_are_action_items() -> None:
    found = read_sample("firehydrant")
    items = found.tables["items"]
    assert (found.rows, found.filtered) == (4, 1)
    assert items["state"].tolist() == ["done", "open", "dropped"]
    assert items["incident_id"].tolist() == [ID] * 3
    assert items["owners"].tolist() == [["Ada Example"], [], ["Bo Example", "Cy Example"]]
    assert str(items.loc[0, "promised_on"].date()) == "2026-01-25"
    assert items.loc[0, "url"] == "https://example.atlassian.invalid/browse/PAY-12"


def test_when_a_follow_up_was_done_is_not_guessed() -> None:
    found = read_sample("firehydrant")
    assert found.tables["items"]["closed_at"].isna().all()
    (sentence,) = found.warnings
    assert sentence.startswith("No closed row says when it was closed")


def test_an_incident_and_the_tickets_in_it(read: Callable[..., FileTables]) -> None:
    ticket = {"id": "t-1", "summary": "Mend", "state": "open", "type": "follow_up"}
    task = {"id": "t-2", "summary": "Call", "state": "open", "type": "task"}
    old = {**INCIDENT, "id": "x", "discarded_at": "2026-01-11T00:00:00Z"}
    nested = {**INCIDENT, "incident_tickets": [ticket, task]}
    found = read({"data": [nested, old], "pagination": {"count": 2}})
    assert (found.rows, found.filtered) == (4, 2)
    incident = found.tables["incidents"].iloc[0]
    assert (incident["incident_id"], incident["severity"]) == (ID, "sev1")
    assert (incident["service"], incident["team"]) == ("checkout", "Shop")
    assert incident["resolved_at"] == pd.Timestamp("2026-01-10 05:00Z")
    assert incident["started_at"] == pd.Timestamp("2026-01-10 03:10Z")
    assert incident["customers_affected"] == 210
    assert incident["url"] == "https://app.firehydrant.invalid/incidents/12"
    items = found.tables["items"]
    assert items[["title", "incident_id"]].to_numpy().tolist() == [["Mend", ID]]
    assert items["severity"].isna().all()


def test_the_end_may_stand_in_a_phase(read: Callable[..., FileTables]) -> None:
    reached = {
        "id": "m",
        "name": "Resolved",
        "slug": "resolved",
        "occurred_at": "2026-01-10T05:00Z",
    }
    phases = [{"id": "p", "name": "Closed", "type": "closed", "milestones": [reached]}]
    found = read([{**INCIDENT, "milestones": [], "lifecycle_phases": phases}])
    assert found.tables["incidents"].loc[0, "resolved_at"] == pd.Timestamp("2026-01-10 05:00Z")


def test_two_files_of_one_day_are_linked(tmp_path: Path) -> None:
    (tmp_path / "tickets.json").write_bytes(SAMPLES["firehydrant"].read_bytes())
    (tmp_path / "incidents.json").write_text(json.dumps({"data": [INCIDENT]}))
    data = pma.read(tmp_path)
    assert data.files["format"].tolist() == ["firehydrant", "firehydrant"]
    assert data.items["incident_id"].tolist() == [ID] * 3
    assert data.incidents["incident_id"].tolist() == [ID]


def test_successive_exports_date_what_one_cannot(tmp_path: Path) -> None:
    """In January the first follow-up was open; the sample saw it done, updated on 20 February."""
    content = sample_json("firehydrant")
    before = {**content["data"][0], "state": "open", "updated_at": "2026-01-12T00:00:00.000Z"}
    (tmp_path / "january.json").write_text(json.dumps({"data": [before]}))
    (tmp_path / "february.json").write_text(json.dumps({"data": content["data"]}))
    (tmp_path / "incidents.json").write_text(json.dumps({"data": [INCIDENT]}))
    data = pma.read(tmp_path)
    item = pma.snapshot(data, as_of="2026-03-01").items.iloc[0]
    assert (item["state"], str(item["closed_on"].date())) == ("done", "2026-02-20")
    assert "derived_closing" in pma.check(data)["rule"].tolist()
