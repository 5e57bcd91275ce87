"""PagerDuty: incidents, with priorities as severities."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

import pmanalytics as pma
from tests.trackers.samples import read_sample


def test_all_columns_of_the_sample() -> None:
    found = read_sample("pagerduty", at_home="Asia/Tokyo")
    incidents = found.tables["incidents"]
    assert incidents["incident_id"].tolist() == ["4711", "4712", "4713"]
    assert incidents["severity"].fillna("").tolist() == ["sev1", "", "sev2"]
    assert incidents["service"].tolist() == ["checkout", "reports", "checkout"]
    assert incidents["team"].tolist() == ["Shop", "Data", "Shop"]
    assert incidents["started_at"].iloc[0] == pd.Timestamp("2026-01-10 03:12:45", tz="UTC")
    assert incidents["resolved_at"].isna().tolist() == [False, False, True]
    assert found.source == "pagerduty"


def test_that_priorities_are_taken_for_severities_is_said() -> None:
    (sentence,) = read_sample("pagerduty").warnings
    assert sentence == (
        "Priorities count as severities ('P1' as sev1, 'P2' as sev2; 2 incidents); confirm or "
        'change that under [source.severities], for example "P1" = "sev1".'
    )
    settled = read_sample("pagerduty", severities={"P1": "sev1", "p2": "sev2"})
    assert settled.warnings == ()


def test_a_priority_can_mean_another_severity() -> None:
    found = read_sample("pagerduty", severities={"P1": "sev0"}, fields={"incident_id": "id"})
    incidents = found.tables["incidents"]
    assert incidents["severity"].fillna("").tolist() == ["sev0", "", "sev2"]
    assert incidents["incident_id"].iloc[0] == "Q1AAAAAAAAAAA1"


def record(number: int, **changed: Any) -> dict[str, Any]:
    """An incident as the interface gives it."""
    return {
        "id": f"PT4KHL{number}",
        "type": "incident",
        "summary": f"[#{number}] The shop is down",
        "self": f"https://api.pagerduty.invalid/incidents/PT4KHL{number}",
        "html_url": f"https://example.pagerduty.invalid/incidents/PT4KHL{number}",
        "incident_number": number,
        "title": "The shop is down",
        "created_at": "2026-01-10T03:12:45Z",
        "updated_at": "2026-01-10T05:00:00Z",
        "status": "resolved",
        "incident_key": "baf7cf21b1da41b4b0221008339ff357",
        "service": {"id": "PIJ90N7", "type": "service_reference", "summary": "checkout"},
        "assignments": [],
        "resolved_at": "2026-01-10T04:59:01Z",
        "teams": [
            {"id": "PQ9K7I8", "type": "team_reference", "summary": "Shop"},
            {"id": "PQ9K7I9", "type": "team_reference", "summary": "Data"},
        ],
        "priority": {"id": "P53ZZH5", "type": "priority_reference", "summary": "P2"},
        "urgency": "high",
        **changed,
    }


def test_incidents_of_the_interface(tmp_path: Path) -> None:
    still = record(4712, resolved_at=None, status="triggered", priority=None, teams=[])
    page = {"incidents": [record(4711), still], "limit": 25, "offset": 0, "more": False}
    (tmp_path / "incidents.json").write_text(json.dumps(page))
    data = pma.read(tmp_path)
    assert data.files["format"].tolist() == ["pagerduty"]
    incidents = data.incidents.set_index("incident_id")
    assert incidents.index.tolist() == ["4711", "4712"]
    assert incidents["severity"].fillna("").tolist() == ["sev2", ""]
    assert incidents["service"].tolist() == ["checkout", "checkout"]
    assert incidents["team"].fillna("").tolist() == ["Shop", ""]
    assert incidents["resolved_at"].isna().tolist() == [False, True]
    assert incidents.loc["4711", "url"] == "https://example.pagerduty.invalid/incidents/PT4KHL4711"


def test_a_ticket_that_names_the_id_of_the_database_finds_the_incident(tmp_path: Path) -> None:
    (tmp_path / "incidents.json").write_text(json.dumps({"incidents": [record(4711)]}))
    (tmp_path / "items.csv").write_text(
        "key,title,state,created_at,incident_id\nA-1,Mend,open,2026-01-11,PT4KHL4711\n"
    )
    assert pma.read(tmp_path).items["incident_id"].tolist() == ["4711"]
