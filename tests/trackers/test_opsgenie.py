"""Opsgenie: incidents, and the tasks in the text of postmortems."""

import json
from pathlib import Path

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.trackers import FileTables
from tests.trackers.samples import SAMPLES, read_sample, sample_json


@pytest.fixture
def found() -> FileTables:
    return read_sample("opsgenie")


def test_tasks_of_a_postmortem_are_action_items(found: FileTables) -> None:
    items = found.tables["items"]
    assert items["title"].tolist() == ["Alert when the queue grows", "Rehearse the failover"]
    assert items["state"].tolist() == ["done", "open"]
    assert items["owners"].tolist() == [["Ada Example"], []]
    assert items["incident_id"].tolist() == ["1791", "1791"]
    assert items.loc[0, "links"] == ["https://example.atlassian.invalid/browse/PAY-12"]
    assert items["project"].isna().all()
    assert items["closed_at"].isna().all()


def test_an_incident_ends_with_its_impact(found: FileTables) -> None:
    incidents = found.tables["incidents"]
    assert incidents["incident_id"].tolist() == ["1791", "1792", "1791"]
    assert incidents["severity"].tolist() == ["sev1", "sev3", "sev1"]
    assert incidents.loc[0, "started_at"] == pd.Timestamp("2026-01-10 03:10Z")
    assert incidents["resolved_at"].isna().tolist() == [False, True, False]
    assert incidents["team"].fillna("").tolist() == ["Shop", "", ""]
    assert any("'P1' as sev1, 'P3' as sev3" in warning for warning in found.warnings)


def test_a_postmortem_alone_tells_of_its_incident(tmp_path: Path) -> None:
    postmortem = sample_json("opsgenie")[1]
    (tmp_path / "postmortem.json").write_text(json.dumps(postmortem))
    data = pma.read(tmp_path)
    assert data.incidents["incident_id"].tolist() == ["1791"]
    assert data.incidents.loc[0, "title"] == "Card payments wait"
    assert data.items["incident_rule"].tolist() == ["field", "field"]


def test_the_same_incident_twice_is_counted(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(SAMPLES["opsgenie"].read_bytes())
    file = pma.read(tmp_path).files.iloc[0]
    assert (file["rows"], file["items"], file["incidents"], file["duplicates"]) == (5, 2, 2, 1)
