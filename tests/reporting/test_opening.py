import json
from dataclasses import replace

import pandas as pd
import pytest

from pmanalytics.errors import UsageError
from pmanalytics.metrics.completion import attainment
from pmanalytics.metrics.recurrence import repeats
from pmanalytics.reporting.opening import Report, open_report
from pmanalytics.reporting.showing.media import ABOUT_TYPE
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
        "incidents": 0,
        "rows": 2,
        "observed_at": observed_at,
        "format": "jira_csv",
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


def test_the_findings_of_check_are_warnings_and_no_person_is_named(dataset):
    data = dataset(
        items=[
            {**item(1), "team": "phoenix", "owners": ["Ada Byron", "Max Muster"]},
            item(2, "inc-9"),
        ],
        incidents=[{"incident_id": "inc-1"}],
        teams=[{"team": "core"}],
        people=[{"person": "somebody", "team": "core"}],
        files=[{**file("2026-10-12T06:00:00Z"), "warnings": []}],
    )
    report = Report(data, snapshot(data, as_of="2026-10-12", period="2026Q3"))
    said = report.about()["warnings"]
    assert "phoenix (1 item): The registry knows no team 'phoenix'." in said
    assert "inc-9 (1 item): No export holds this incident." in said
    assert "2 names of persons are not in the registry." in said
    assert "Byron" not in "".join(said)


def test_whole_files_and_rows_are_counted_apart(dataset):
    data = dataset(
        items=[item(1)],
        rejects=[
            {"file": "incidents.csv", "rule": "unreadable", "detail": "It is empty."},
            {"file": "x.csv", "row": 3, "rule": "bad_date", "detail": "31/31/26"},
        ],
    )
    about = Report(data, snapshot(data, as_of="2026-10-12")).about()
    assert (about["unread_files"], about["reject_count"]) == (["incidents.csv"], 1)


@pytest.mark.parametrize(
    ("period", "remark"),
    [("2026Q3", ""), ("2026Q4", "The period is not over: it is counted up to 2026-10-12.")],
)
def test_a_period_that_is_not_over_is_remarked(period, remark):
    about = open_report(period=period, as_of="2026-10-12").about()
    assert about["period_remark"] == remark
    assert (remark in about["warnings"]) == bool(remark)


def test_a_period_that_lies_ahead_is_refused():
    with pytest.raises(UsageError, match=r"^The period 2027Q1 begins after .* 2026-10-12,.*\.$"):
        open_report(period="2027Q1", as_of="2026-10-12")


def test_each_past_period_is_what_attainment_says_of_it_alone(sample):
    report = Report(sample, snapshot(sample, as_of="2026-10-12", period="2026Q3"))
    past = report.past_attainment()
    assert past["due_period"].tolist()[-1] == "2026Q3"
    for name, row in past.set_index("due_period").iterrows():
        alone = snapshot(sample, as_of="2026-10-12", period=name)
        expected = attainment(alone, interval=report.interval).iloc[0]
        pd.testing.assert_series_equal(row.astype(float), expected.astype(float), check_names=False)


def test_returns_say_since_when_and_how_many_in_the_period(dataset):
    incidents = [
        {
            "incident_id": "a",
            "started_at": "2024-07-03T00:00:00Z",
            "resolved_at": "2024-07-03T01:00:00Z",
        },
        {"incident_id": "b", "started_at": "2026-01-03T00:00:00Z", "repeat_of": "a"},
        {"incident_id": "c", "started_at": "2026-08-03T00:00:00Z", "repeat_of": "a"},
    ]
    data = dataset(incidents=incidents, items=[item(1, "a")])
    report = Report(data, snapshot(data, as_of="2026-10-12", period="2026Q3"))
    assert report.returns_in_short(repeats(report.snapshot)) == (
        "Since 2024-07, 2 incidents were the return of an earlier one; 1 of them in the period."
    )


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


def test_the_period_before_is_known_as_long_after_its_end():
    # 2026Q3 ends on 09-30, twelve days before the as-of date; 2026Q2 on 06-30.
    report = open_report(period="2026Q3", as_of="2026-10-12")
    assert (report.previous.period.name, str(report.previous.as_of)) == ("2026Q2", "2026-07-12")
    assert (report.previous.items["created_at"].dt.date.astype("str") <= "2026-07-12").all()


def test_the_period_before_is_narrowed_alike():
    report = open_report(period="2026Q3", as_of="2026-10-12")
    team = report.snapshot.items["team"].dropna().iloc[0]
    narrowed = report.narrowed(team=team)
    assert set(narrowed.previous.items["team"]) == {team}
    assert len(narrowed.previous.items) < len(report.previous.items)


def test_without_a_period_there_is_none_before():
    report = open_report(period="2026Q3", as_of="2026-10-12")
    with pytest.raises(UsageError, match="no period before it"):
        _ = replace(report, snapshot=replace(report.snapshot, period=None)).previous
