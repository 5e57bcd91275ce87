"""What the pages of teams, services and incidents say beside the metrics, worked by hand."""

from dataclasses import replace

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.reporting.opening import Report
from tests.reporting.worlds import INCIDENTS, ITEMS, SERVICES


@pytest.fixture(scope="module")
def report(dataset):
    """The small organisation of the answers, as of 2026-10-12: `pay` is core's, `web` nobody's."""
    rows = [row | {"impact_minutes": 30} if row["incident_id"] != "B" else row for row in INCIDENTS]
    attendance = [
        {"incident_id": "A", "role": "product_manager", "team": "core"},
        {"incident_id": "A", "role": "engineer"},
    ]
    data = dataset(
        incidents=rows,
        items=ITEMS,
        services=SERVICES,
        teams=[{"team": "core"}],
        attendance=attendance,
    )
    return Report(data, pma.snapshot(data, as_of="2026-10-12", period="2026Q3"))


def test_items_are_listed_by_team_and_due_day_without_persons(report):
    q = report.snapshot
    table = pma.item_list(q, q.items["state"] == "open")
    # a2 is the one item that is open: due on 2026-07-16, 88 days before 2026-10-12.
    assert table["item_id"].tolist() == ["a2"]
    assert table["days_over"].tolist() == [88]
    assert "owners" not in table
    assert len(pma.item_list(q)) == 5


def test_incidents_are_listed_with_what_they_return_and_what_is_open(report):
    table = pma.incident_list(report.snapshot).set_index("incident_id")
    assert table.index.tolist() == ["O", "A", "C", "B"]
    assert table.loc["B", "repeat_of"] == "A"
    assert table["repeat_of"].notna().sum() == 1
    assert table.loc["A", ["items", "open_items", "overdue_items"]].tolist() == [2, 1, 1]
    assert pd.isna(table.loc["B", "impact_minutes"])


def test_due_next_counts_from_the_as_of_date_on(report):
    data = report.data
    day = Report(data, pma.snapshot(data, as_of="2026-07-10", period="2026Q2"))
    # a2 is due on 07-16 (six days ahead), c1 on 08-09; a1 was done on this very day.
    (answer,) = pma.due_answers(day, days=7)
    assert (answer.figure, answer.items, answer.detail) == ("1", ("a2",), "the first on 2026-07-16")
    (none,) = pma.due_answers(day, days=6)
    assert (none.figure, none.detail) == ("0", "")


def test_owners_are_told_in_words(report):
    web = pma.owners_in_words(report.on(service="web"))
    assert web[["gap", "incidents"]].to_numpy().tolist() == [["nobody owns it", 2]]
    pay = pma.owners_in_words(report.on(team="core"))
    assert pay[["service", "team", "role"]].to_numpy().tolist() == [
        ["pay", "core", "build and operate"],
    ]
    assert pma.owners_in_words(report.on(incident="C"))["service"].tolist() == ["web"]
    # A service that only incidents name is nobody's, too.
    lost = Report(report.data, replace(report.snapshot, services=report.snapshot.services.iloc[:1]))
    assert pma.owners_in_words(lost.on(service="web"))["service"].tolist() == ["web"]


def test_what_the_period_cost_is_said_with_what_is_unknown(report):
    # In 2026Q3 began A (30 minutes), C (30) and B, of which nothing is said.
    minutes, customers = pma.threat_answers(report)
    assert (minutes.figure, minutes.detail) == ("60", "2 incidents; unknown for 1 more")
    assert minutes.incidents == ("A", "C", "B")
    assert customers.figure == "unknown"
    assert pma.began_in_period(report.snapshot).items["item_id"].tolist() == [
        "a1",
        "a2",
        "b1",
        "c1",
    ]


def test_the_facts_of_an_incident_say_what_is_not_known(report):
    facts = pma.incident_facts(report.on(incident="A")).set_index("fact")["said"]
    assert facts["minutes customers were affected"] == "30"
    assert facts["customers affected"] == "not known"
    assert facts["who came to the review"] == "engineer; product manager of core"
    assert facts["from, to"] == "2026-07-01 10:00, 2026-07-01 11:00"
    assert facts["action items"] == "2 items, 1 open, 1 of these overdue"
    assert pma.incident_returns(report.on(incident="A"))["incident_id"].tolist() == ["B"]
    assert pma.incident_returns(report.on(incident="B"))["repeat_of"].tolist() == ["A"]
    assert pma.incident_returns(report.on(incident="C")).empty


def test_a_team_reads_what_others_will_read(report):
    said = pma.published_about(report.on(team="core")).set_index("where")["shown"]
    # core's a1, a2 and b1 fell due in the quarter, and a1 alone was in time.
    assert said["promises due in the period, by team"] == (
        "1 of 3 kept; so few items give no share and no interval"
    )
    assert said["preventive items that are overdue longest"] == "a2"
    assert said["incidents that returned"] == "B"
    assert pma.published_about(report.on(team="")).empty
    assert pma.published_about(report).empty


def test_an_item_may_be_a_teams_where_much_speaks_for_it(sample):
    whole = Report(sample, pma.snapshot(sample, as_of="2026-10-12", period="2026Q3"))
    found = pma.candidate_teams(whole.snapshot)
    best = found.groupby("item_id")["score"].max()
    seen = 0
    for team in found["team"].unique():
        table = pma.may_be_theirs(whole.on(team=team))
        assert (2 * table["score"] >= best[table["item_id"]].array).all()
        first = found[(found["rank"] == 1) & (found["team"] == team)]
        assert set(first["item_id"]) <= set(table["item_id"])
        seen += len(table)
    # Fewer than all that anything speaks for.
    assert found["item_id"].nunique() <= seen < len(found)


@pytest.mark.parametrize("kind", ["team", "service", "product", "incident"])
def test_a_page_without_a_named_subject_says_how_to_name_one(report, kind):
    assert f"--set {kind}=NAME" in pma.subject_remark(report.on(**{kind: ""}), "")


def test_an_agenda_is_a_section_and_never_the_title(report):
    text = pma.incident_agenda(report.on(incident="A")).text
    assert text.startswith("## Who owns the action items of A?")
    assert not [line for line in text.splitlines() if line.startswith("# ")]
    assert "### Whom to invite" in text
