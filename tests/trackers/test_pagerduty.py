"""PagerDuty: incidents, with priorities as severities."""

from pathlib import Path

import pandas as pd

from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import read_file

SAMPLE = Path(__file__).parent.parent / "exports" / "pagerduty.csv"


def test_all_columns_of_the_sample() -> None:
    found = read_file(SAMPLE, source=Source(), settings=Settings(timezone="Asia/Tokyo"), name="x")
    incidents = found.tables["incidents"]
    assert incidents["incident_id"].tolist() == ["4711", "4712", "4713"]
    assert incidents["severity"].fillna("").tolist() == ["sev1", "", "sev2"]
    assert incidents["service"].tolist() == ["checkout", "reports", "checkout"]
    assert incidents["team"].tolist() == ["Shop", "Data", "Shop"]
    assert incidents["started_at"].iloc[0] == pd.Timestamp("2026-01-10 03:12:45", tz="UTC")
    assert incidents["resolved_at"].isna().tolist() == [False, False, True]
    assert (found.warnings, found.source) == ((), "pagerduty")


def test_a_priority_can_mean_another_severity() -> None:
    source = Source(severities={"P1": "sev0"}, fields={"incident_id": "id"})
    incidents = read_file(SAMPLE, source=source, settings=Settings(), name="x").tables["incidents"]
    assert incidents["severity"].fillna("").tolist() == ["sev0", "", "sev2"]
    assert incidents["incident_id"].iloc[0] == "Q1AAAAAAAAAAA1"
