import json

import pandas as pd
import pytest

from pmanalytics.reporting.media import ABOUT_TYPE
from pmanalytics.reporting.opening import Report
from pmanalytics.settings import Settings
from pmanalytics.snapshots import snapshot


def item(number, incident="inc-1"):
    return {
        "item_id": f"jira:PAY-{number}",
        "source": "jira",
        "state": "open",
        "incident_id": incident,
        "created_at": "2026-07-01T10:00:00Z",
        "observed_at": "2026-10-01T06:00:00Z",
    }


def file(observed_at):
    return {
        "path": f"{observed_at[:10]}.csv",
        "source": "jira",
        "items": 2,
        "rows": 2,
        "observed_at": observed_at,
        "warnings": ["two\nlines"],
    }


@pytest.fixture
def report(dataset):
    data = dataset(
        items=[item(1), item(2), item(3, "inc-2")],
        incidents=[{"incident_id": "inc-1"}, {"incident_id": "inc-2"}],
        files=[file("2026-07-08T06:00:00Z"), file("2026-10-01T06:00:00Z")],
        rejects=[{"file": "x.csv", "row": 3, "rule": "unknown_date", "detail": "31/31/26"}],
        settings=Settings(organisation="Example\nLtd", timezone="Europe/Berlin", sample=True),
    )
    return Report(data, snapshot(data, as_of="2026-10-12", period="2026Q3"))


def test_the_head_of_a_report_is_json(report):
    about = report._repr_mimebundle_()[ABOUT_TYPE]
    json.dumps(about, allow_nan=False)
    assert about["organisation"] == "Example Ltd"
    assert (about["period"], about["as_of"], about["sample"]) == ("2026Q3", "2026-10-12", True)
    assert about["counts"] == {"action items": 3, "incidents": 2, "services": 0, "teams": 0}
    assert about["rejects"] == [
        {"file": "x.csv", "row": 3, "rule": "unknown_date", "detail": "31/31/26"}
    ]


def test_warnings_name_the_file_and_only_the_newest_export_of_a_source_can_be_stale(report):
    assert report.about()["warnings"] == [
        "2026-07-08.csv: two lines",
        "2026-10-01.csv: two lines",
        "The newest export of jira is from 2026-10-01: what was closed between then and "
        "2026-10-12 looks open, and perhaps overdue.",
    ]


def test_intervals_are_widened_above_one_and_a_half_items_per_incident(report):
    # Three items of two incidents are 1.5, which is not more.
    assert report.interval == "wilson"
    more = report.snapshot.where(report.snapshot.items["incident_id"] == "inc-1")
    assert Report(report.data, more).interval == "cluster"


def test_what_is_shown_in_a_notebook_is_escaped(dataset):
    data = dataset(
        items=[item(1)], files=[file("2026-10-12T06:00:00Z")], settings=Settings(organisation="<b>")
    )
    shown = Report(data, snapshot(data, as_of=pd.Timestamp("2026-10-12").date()))
    assert "<b>" not in shown._repr_mimebundle_()["text/html"]
