"""incident.io: follow-ups, incidents, and how the two find each other."""

import json
from pathlib import Path

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_path, read_sample, sample_json


@pytest.fixture
def found() -> FileTables:
    return read_sample("incident_io")


def test_states_of_follow_ups(found: FileTables) -> None:
    items = found.tables["items"]
    assert items["state"].tolist() == ["done", "open", "dropped", "dropped"]
    assert items["status"].tolist() == ["completed", "outstanding", "not_doing", "deleted"]
    assert items.loc[0, "closed_at"] == pd.Timestamp("2026-01-20 09:15:30.801578", tz="UTC")
    assert items["closed_at"].isna().tolist() == [False, True, True, True]
    assert items.loc[0, "owners"] == ["Ada Example"]
    assert items["priority"].fillna("").tolist() == ["Urgent", "", "", ""]
    assert items.loc[0, "labels"] == ["detect", "queue"]
    assert items["project"].isna().all()


def test_a_ticket_that_a_follow_up_became_is_its_address(found: FileTables) -> None:
    items = found.tables["items"]
    assert items.loc[0, "url"] == "https://example.atlassian.invalid/browse/PAY-12"
    assert items.loc[0, "links"] == ["PAY-12"]


def test_incidents_with_their_moments(found: FileTables) -> None:
    incidents = found.tables["incidents"].set_index("incident_id")
    assert incidents.index.tolist() == ["INC-12", "INC-13"]
    started = incidents["started_at"].dt.strftime("%d %H:%M").tolist()
    # The impact of the first; the report of the second, which has no other moment.
    assert started == ["10 03:10", "11 07:00"]
    assert incidents.loc["INC-12", "resolved_at"] == pd.Timestamp("2026-01-10 05:00Z")
    assert pd.isna(incidents.loc["INC-13", "resolved_at"])
    assert (
        incidents.loc["INC-12", "postmortem_url"] == "https://docs.example.invalid/postmortems/12"
    )
    assert incidents["severity"].tolist() == ["sev1", "Minor"]
    assert (found.filtered, found.rows) == (1, 7)
    (sentence,) = found.warnings
    assert sentence.startswith("Unknown severity 'Minor' (1 row) is kept as it is")


@pytest.mark.parametrize("apart", [False, True])
def test_follow_ups_find_the_incident_by_the_id_that_only_programs_see(
    tmp_path: Path, *, apart: bool
) -> None:
    whole = sample_json("incident_io")
    if apart:
        for name in ("follow_ups", "incidents"):
            (tmp_path / f"{name}.json").write_text(json.dumps({name: whole[name]}))
    else:
        pages = [{"follow_ups": whole["follow_ups"]}, {"incidents": whole["incidents"]}]
        (tmp_path / "both.json").write_text("\n".join(map(json.dumps, pages)))
    data = pma.read(tmp_path)
    assert data.items["incident_id"].tolist() == ["INC-12", "INC-12", "INC-13", "INC-13"]
    assert data.items["incident_rule"].tolist() == ["field"] * 4
    assert data.files["format"].unique().tolist() == ["incident_io"]


def test_a_test_is_no_incident(tmp_path: Path) -> None:
    incident = {"id": "01", "reference": "INC-1", "name": "a", "created_at": "2026-01-01T00:00:00Z"}
    modes = ["standard", "retrospective", "test", "tutorial"]
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"incidents": [{**incident, "mode": mode} for mode in modes]}))
    found = read_path(path)
    assert (len(found.tables["incidents"]), found.filtered) == (2, 2)
