"""Datadog: incidents with the fields of their organisation, and todos."""

import json
from pathlib import Path

import pandas as pd

import pmanalytics as pma
from tests.trackers.samples import read_path, read_sample, sample_json


def test_todos_are_done_when_they_have_a_date() -> None:
    found = read_sample("datadog")
    items = found.tables["items"]
    assert items["state"].tolist() == ["done", "open"]
    assert items.loc[0, "closed_at"] == pd.Timestamp("2026-01-20 09:15:30Z")
    assert items["owners"].tolist() == [["ada@example.invalid", "Bo Example"], []]
    assert str(items.loc[0, "promised_on"].date()) == "2026-01-25"
    assert found.warnings == ()


def test_incidents_begin_when_customers_felt_them() -> None:
    found = read_sample("datadog")
    incidents = found.tables["incidents"].set_index("incident_id")
    assert incidents.index.tolist() == ["IR-42", "IR-43"]
    assert incidents["severity"].fillna("").tolist() == ["sev2", ""]
    started = incidents["started_at"].dt.strftime("%d %H:%M").tolist()
    assert started == ["10 03:10", "11 07:01"]
    assert incidents.loc["IR-42", "resolved_at"] == pd.Timestamp("2026-01-10 05:00Z")
    # 6000 seconds of impact; the other had none, which is not the same as a short one.
    assert incidents["impact_minutes"].fillna(-1).tolist() == [100, -1]
    assert incidents["service"].fillna("").tolist() == ["checkout", ""]
    assert incidents["team"].fillna("").tolist() == ["Shop", ""]


def test_answers_of_both_kinds_in_one_file_are_linked(tmp_path: Path) -> None:
    records = sample_json("datadog")["data"]
    pages = [{"data": records[2:], "included": []}, {"data": records[:2]}]
    (tmp_path / "x.json").write_text("\n".join(map(json.dumps, pages)))
    data = pma.read(tmp_path)
    assert data.items["incident_id"].tolist() == ["IR-42", "IR-42"]
    assert data.files["format"].tolist() == ["datadog"]


def test_a_test_is_set_apart(tmp_path: Path) -> None:
    incident = sample_json("datadog")["data"][1]
    incident["attributes"]["is_test"] = True
    (tmp_path / "x.json").write_text(json.dumps({"data": [incident]}))
    found = read_path(tmp_path / "x.json")
    assert (found.filtered, len(found.tables["incidents"])) == (1, 0)
