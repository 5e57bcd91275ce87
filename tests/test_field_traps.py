"""Traps into which products of the field have fallen: one test each, through the public functions.

Where a product was seen to do so is named in the test: project, commit and file.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics import metrics
from pmanalytics.datasets import Dataset
from pmanalytics.exchange import title_of

Build = Callable[..., Dataset]
Rows = dict[str, Any]

ZERO = pd.Timestamp("2026-01-01T10:00Z")
INCIDENT: Rows = {
    "incident_id": "INC-1",
    "severity": "sev1",
    "started_at": ZERO,
    "resolved_at": ZERO,
    "service": "queue",
}  # due on 16 January


def day(number: int) -> pd.Timestamp:
    return ZERO + pd.Timedelta(days=number)


def item(number: int, closed: int | None = None, **more: Any) -> Rows:
    """An item of the incident, closed some days after it, or open."""
    state = "open" if closed is None else "done"
    at = None if closed is None else day(closed)
    written: Rows = {"created_at": ZERO, "state": state, "closed_at": at, "incident_id": "INC-1"}
    return {"item_id": f"x:{number}", **written, **more}


def judged(dataset: Build, *items: Rows, as_of: str = "2026-03-01", **more: Any) -> pma.Snapshot:
    data = dataset(items=list(items), **{"incidents": [INCIDENT]} | more)
    return pma.snapshot(data, as_of=as_of)


def test_1_open_items_count_in_the_time_to_close(dataset: Build) -> None:
    # github/issue-metrics@d70b1a0 time_to_close.py: one of four is done, in 3 days.
    row = pma.speed(judged(dataset, item(1, 3), item(2), item(3), item(4))).iloc[0]
    assert (row["n"], row["open"], row["done_by_30"]) == (4, 3, 0.25)
    assert pd.isna(row["median_days"])


def test_2_open_items_are_not_finished_today(dataset: Build) -> None:
    # Netflix/dispatch@dd2837e82 TaskActiveTimeCard.vue: the answer must not change overnight.
    items = [item(1, 3), item(2)]
    for as_of in ("2026-03-01", "2026-03-02"):
        curve = pma.completion_curve(judged(dataset, *items, as_of=as_of))
        assert curve.query("outcome == 'done'")["events"].sum() == 1
        assert pma.speed(judged(dataset, *items, as_of=as_of))["median_days"].item() == 3


def test_3_a_month_of_one_year_is_not_that_of_another(dataset: Build) -> None:
    # dispatch TaskOverview.vue
    old = item(1, created_at="2025-01-10T10:00Z", incident_id=None)
    data = dataset(items=[old, item(2)], incidents=[INCIDENT])
    table = pma.flow(pma.snapshot(data, as_of="2026-01-20", period="2026-01"))
    assert table["period"].tolist()[0] == "2025-01"
    assert table.set_index("period")["new"][["2025-01", "2026-01"]].tolist() == [1, 1]
    assert table["closing"].iloc[-1] == 2


def test_4_a_later_edit_does_not_move_the_closing_and_reopening_shows(dataset: Build) -> None:
    # dispatch src/dispatch/task/models.py
    edited = judged(dataset, item(1, 5, updated_at=day(50))).items.iloc[0]
    assert edited["days"] == 5
    stamped = item(1, 40, observed_at=day(41))
    first = item(1, 5, observed_at=day(6))
    snapshot = judged(dataset, stamped, observations=[first])
    again = snapshot.items.iloc[0]
    assert (again["first_closed_on"] - again["clock_on"]).days == 5
    assert (again["closed_on"] - again["clock_on"]).days == 40
    assert pma.flow(snapshot)[["done", "reopened"]].sum().tolist() == [2, 1]


def test_5_nobody_is_made_the_owner_of_what_has_none(dataset: Build) -> None:
    # dispatch task/service.py
    snapshot = judged(dataset, item(1, service=None), people=[{"person": "Ada", "team": "core"}])
    assert snapshot.items["team"].isna().all()
    assert snapshot.items["owners"].isna().all()
    assert "no_owner" in pma.ownership_gaps(snapshot)["code"].tolist()


def test_6_what_will_not_be_done_is_not_completed(dataset: Build) -> None:
    # incident.io, recipe for follow-up policies
    snapshot = judged(dataset, item(1, 3), item(2, 3, state="dropped"))
    counts = pma.standings(snapshot).iloc[0]
    assert (counts["met"], counts["dropped_in_time"]) == (1, 1)
    row = pma.speed(snapshot).iloc[0]
    assert (row["done"], row["dropped"], row["done_by_15"]) == (1, 1, 0.5)


def test_7_an_open_item_has_overdue_days(dataset: Build) -> None:
    # OCA/management-system@e3f0711 mgmtsystem_action_report.py: 16 January to 1 March
    assert judged(dataset, item(1)).items["days_over"].item() == 44


def test_8_age_stops_at_the_closing(dataset: Build) -> None:
    # the same report
    ages = [
        judged(dataset, item(1, 20), item(2), as_of=as_of).items["days"].tolist()
        for as_of in ("2026-03-01", "2026-04-01")
    ]
    assert ages == [[20, 59], [20, 90]]


def test_9_the_due_day_of_the_policy_and_the_promised_date_are_two(dataset: Build) -> None:
    # Rootly, sla-policies
    both = judged(dataset, item(1, promised_on="2026-02-20")).items.iloc[0]
    assert str(both["due_on"].date()) == "2026-01-16"
    assert str(both["promised_on"].date()) == "2026-02-20"


def test_10_a_closing_without_a_date_is_said_and_not_invented(dataset: Build) -> None:
    # rootlyhq/rootly-python@4baa10f incident_action_item.py, firehydrant-go-sdk@bc883b0
    silent = item(1, state="done")
    snapshot = judged(dataset, silent, item(2, 3))
    assert snapshot.items["standing"].tolist() == ["unknown", "met"]
    assert snapshot.items["closed_on"].isna().tolist() == [True, False]
    row = pma.attainment(snapshot).iloc[0]
    assert (row["due"], row["unknown"], row["bound_low"], row["bound_high"]) == (1, 1, 0.5, 1)
    found = pma.check(dataset(items=[silent], incidents=[INCIDENT]))
    assert found.set_index("rule")["items"]["closed_without_date"] == 1


def test_11_without_a_due_day_nothing_is_in_time(dataset: Build) -> None:
    # incident.io, follow-ups v2: the end of the incident, from which days count, is not known.
    endless = INCIDENT | {"resolved_at": None}
    snapshot = judged(dataset, item(1, 3), item(2), incidents=[endless])
    assert snapshot.items["due_on"].isna().all()
    assert pma.standings(snapshot)["unknown"].item() == 2
    assert pd.isna(pma.attainment(snapshot)["attainment"].item())


def test_12_overlapping_exports_hold_each_item_once(tmp_path: Path) -> None:
    # FireHydrant, CSV data export
    header = "item_id,key,state,created_at,updated_at\n"
    first = "x:A-1,A-1,open,2026-01-02T10:00Z,2026-01-05T10:00Z\n"
    (tmp_path / "1.csv").write_text(header + first)
    second = "x:A-1,A-1,open,2026-01-02T10:00Z,2026-02-05T10:00Z\n"
    (tmp_path / "2.csv").write_text(header + second + second.replace("A-1", "A-2"))
    data = pma.read(tmp_path)
    assert data.items["key"].tolist() == ["A-1", "A-2"]
    assert data.files["duplicates"].sum() == 1
    # What was there before the first export began is not known, and the first period says when.
    assert pma.flow(pma.snapshot(data, as_of="2026-03-01"))["period"].iloc[0] == "2026Q1"


def test_13_the_clock_stays_where_it_was_when_the_severity_changes(dataset: Build) -> None:
    # GitLab triage-ops
    relabelled = INCIDENT | {"severity": "sev2"}
    before, after = (
        judged(dataset, item(1, updated_at=day(20)), incidents=[incident]).items.iloc[0]
        for incident in (INCIDENT, relabelled)
    )
    assert before["clock_on"] == after["clock_on"] == pd.Timestamp("2026-01-01")
    assert after["clock_basis"] == "incident_resolved"
    assert (after["due_on"] - before["due_on"]).days == 15


def test_14_the_day_decides_what_is_overdue_not_the_milestone(dataset: Build) -> None:
    # GitLab triage-ops#671
    planned = item(1, planned="Milestone of 2027")
    assert judged(dataset, planned, as_of="2026-01-16").items["standing"].item() == "pending"
    assert judged(dataset, planned, as_of="2026-01-17").items["standing"].item() == "overdue"


def test_15_a_document_that_contradicts_its_ticket_is_listed(tmp_path: Path) -> None:
    # DataDog/documentation@2357cd8 follow-ups page; FireHydrant
    (tmp_path / "INC-7.md").write_text(
        "# INC-7: Disk full\n\nDate of incident: 2026-03-12\n\n## Root cause\n\n## Impact\n\n"
        "## Action items\n\n- [x] Add an alert (PAY-1)\n"
    )
    (tmp_path / "items.csv").write_text(
        "item_id,key,title,state,created_at\njira:PAY-1,PAY-1,Add an alert,open,2026-03-13T10:00Z\n"
    )
    data = pma.read(tmp_path)
    found = pma.check(data).query("rule == 'state_differs'")
    assert found["subject"].tolist() == ["PAY-1"]
    assert data.items["state"].tolist() == ["open"]


def test_16_all_who_are_assigned_stay(dataset: Build) -> None:
    # Datadog keeps the first one; here the first one has left, and the item is not orphaned.
    left = {"person": "Ada", "team": "core", "until": "2026-01-31"}
    snapshot = judged(
        dataset,
        item(1, owners=["Ada", "Bob"]),
        item(2, owners=["Ada"]),
        people=[left, {"person": "Bob", "team": "core"}],
    )
    assert snapshot.items["owners"].tolist() == [["Ada", "Bob"], ["Ada"]]
    gaps = pma.ownership_gaps(snapshot)
    assert gaps.loc[gaps["code"] == "owner_inactive", "item_id"].tolist() == ["x:2"]


def test_17_every_rate_says_of_which_items(dataset: Build) -> None:
    # apache/incubator-devlake@420e494b4, chaoss/wg-evolution@2c6a6d9, issue-metrics: the same
    # share of what was created and of what was closed differ, and no title says which it is.
    snapshot = judged(
        dataset,
        item(1, 100, created_at="2026-01-02T10:00Z"),
        item(2, created_at="2026-01-02T10:00Z"),
        item(3, 10, created_at="2026-01-02T10:00Z"),
        as_of="2026-06-01",
    )
    by = {
        name: pma.attainment(snapshot, by=name).set_index(name)["attainment"]
        for name in ("created_period", "closed_period")
    }
    assert by["created_period"]["2026Q1"] == pytest.approx(1 / 3)
    assert by["closed_period"]["2026Q1"] == 1
    words = {
        "attainment": "due action items",
        "speed": "the open ones counted",
        "gap_rates": "among open items and in the period's cohort",
        "discoverability": "open action items",
    }
    assert set(words) <= set(metrics.__all__)
    for name, population in words.items():
        assert population in title_of(getattr(pma, name))


def test_18_the_open_items_of_a_finished_incident_are_listed(dataset: Build) -> None:
    # dispatch scheduled.py
    snapshot = judged(dataset, item(1))
    assert snapshot.incidents["resolved_at"].notna().all()
    assert pma.backlog(snapshot)["items"].sum() == 1
    assert pma.ownership_gaps(snapshot)["item_id"].tolist().count("x:1") >= 1
    narrowed = replace(snapshot, incidents=snapshot.incidents.iloc[:0])
    assert pma.backlog(narrowed)["items"].sum() == 1
