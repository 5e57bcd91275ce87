"""Completion: the naive errors of the method that this package does not make."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.tables import conform

Build = Callable[..., Dataset]


def world(dataset: Build, groups: list[dict[str, Any]]) -> Dataset:
    """Items of one sev1 incident each: `n` of them, resolved and closed on given days."""
    items, incidents = [], []
    for number, group in enumerate(groups):
        for copy in range(group.get("n", 1)):
            name = f"{number}-{copy}"
            moment = f"{group['resolved']}T10:00Z"
            incidents.append(
                {
                    "incident_id": name,
                    "severity": "sev1",
                    "started_at": moment,
                    "resolved_at": moment,
                }
            )
            closed = group.get("closed")
            items.append(
                {
                    "item_id": f"x:{name}",
                    "incident_id": group.get("incident", name),
                    "team": group.get("team"),
                    "state": group.get("state", "done" if closed else "open"),
                    "closed_at": f"{closed}T10:00Z" if closed else None,
                }
            )
    return dataset(items=items, incidents=incidents)


def test_pending_items_neither_fail_nor_pass(dataset: Build) -> None:
    """B2 to B4 (W04): 100 matured, 60 of them met; 100 pending, 30 of them done already: 60 %."""
    data = world(
        dataset,
        [
            {"n": 60, "resolved": "2026-01-01", "closed": "2026-01-10"},
            {"n": 40, "resolved": "2026-01-01"},
            {"n": 30, "resolved": "2026-02-25", "closed": "2026-02-27"},
            {"n": 70, "resolved": "2026-02-25"},
        ],
    )
    row = pma.attainment(pma.snapshot(data, as_of="2026-03-01")).iloc[0]
    assert (row["due"], row["attainment"]) == (100, 0.6)


def test_the_due_day_itself_is_in_time(dataset: Build) -> None:
    """B8: the incident day is day 0, so day 15 is 16 January."""
    data = world(
        dataset,
        [
            {"resolved": "2026-01-01", "closed": "2026-01-16"},
            {"resolved": "2026-01-01", "closed": "2026-01-17"},
        ],
    )
    q1 = pma.snapshot(data, as_of="2026-01-20")
    assert q1.items["standing"].tolist() == ["met", "late"]
    # On the due day nothing has matured yet, and an open item is not overdue.
    early = pma.snapshot(data, as_of="2026-01-16")
    assert early.items["standing"].tolist() == ["met", "pending"]
    assert pma.attainment(early)["due"].iloc[0] == 0


def test_dropped_late_counts_against_and_dropped_in_time_stays_out(dataset: Build) -> None:
    """Won't-do is not completed (incident.io's recipe), and dropping late is no way out."""
    data = world(
        dataset,
        [
            {"n": 6, "resolved": "2026-01-01", "closed": "2026-01-10"},
            {"n": 3, "resolved": "2026-01-01", "closed": "2026-01-10", "state": "dropped"},
            {"n": 2, "resolved": "2026-01-01", "closed": "2026-02-10", "state": "dropped"},
        ],
    )
    row = pma.attainment(pma.snapshot(data, as_of="2026-03-01")).iloc[0]
    assert (row["due"], row["met"], row["dropped_in_time"], row["dropped_late"]) == (8, 6, 3, 2)


def test_clusters_widen_the_interval(dataset: Build) -> None:
    """W07 from data: 8 incidents of 5 items, 5 5 5 4 4 3 2 2 met: n_eff 23.83, [.550, .880]."""
    incidents = [
        {
            "incident_id": str(n),
            "severity": "sev1",
            "started_at": "2026-01-01T10:00Z",
            "resolved_at": "2026-01-01T10:00Z",
        }
        for n in range(8)
    ]
    items = [
        {
            "item_id": f"{n}-{place}",
            "incident_id": str(n),
            "state": "done" if place < met else "open",
            "closed_at": "2026-01-05T10:00Z" if place < met else None,
        }
        for n, met in enumerate([5, 5, 5, 4, 4, 3, 2, 2])
        for place in range(5)
    ]
    q1 = pma.snapshot(dataset(items=items, incidents=incidents), as_of="2026-03-01")
    plain = pma.attainment(q1).iloc[0]
    wide = pma.attainment(q1, interval="cluster").iloc[0]
    assert (plain["low"], plain["high"]) == pytest.approx((0.59806, 0.858129), abs=1e-5)
    assert (wide["low"], wide["high"]) == pytest.approx((0.55025, 0.880329), abs=1e-5)
    with pytest.raises(UsageError, match="use 'wilson' or 'cluster'"):
        pma.attainment(q1, interval="bootstrap")  # type: ignore[arg-type]


def test_the_cluster_interval_covers_what_it_says(dataset: Build) -> None:
    """500 invented organisations of 60 incidents: the true share lies in 95 % of the intervals.

    Each incident has a share of its own (beta 3, 1; mean .75, correlation 1/5) and 1 to 8 items.
    Each organisation is a team, so that one snapshot holds them all.
    """
    dice = np.random.default_rng(20260101)
    sizes = dice.integers(1, 9, 500 * 60)
    met = dice.binomial(sizes, dice.beta(3, 1, 500 * 60))
    incident = np.repeat(np.arange(500 * 60), sizes)
    done = np.arange(len(incident)) - np.repeat(np.cumsum(sizes) - sizes, sizes) < met[incident]
    moment = pd.Timestamp("2026-01-01T10:00Z")
    items = pd.DataFrame({"incident_id": incident.astype(str), "team": incident // 60})
    items = items.assign(
        item_id=np.arange(len(items)).astype(str),
        team=items["team"].astype(str),
        state=np.where(done, "done", "open"),
        closed_at=pd.Series(moment + pd.Timedelta(days=3), index=items.index).where(done),
    )
    incidents = pd.DataFrame({"incident_id": np.arange(500 * 60).astype(str), "severity": "sev1"})
    incidents = incidents.assign(started_at=moment, resolved_at=moment)
    data = replace(
        dataset(), items=conform(items, "items"), incidents=conform(incidents, "incidents")
    )
    snapshot = pma.snapshot(data, as_of="2026-03-01")
    cover = {}
    for interval in ("cluster", "wilson"):
        table = pma.attainment(snapshot, by="team", interval=interval)
        cover[interval] = table["low"].le(0.75).mul(table["high"].ge(0.75)).mean()
    # Three standard errors of 95 % in 500 runs are 2.9 points; ignoring the clusters misses far.
    assert cover["cluster"] == pytest.approx(0.95, abs=0.029)
    assert cover["wilson"] < 0.9


def test_running_waivers_stay_out_of_the_adjusted_share(dataset: Build) -> None:
    data = world(
        dataset,
        [
            {"resolved": "2026-01-01", "closed": "2026-01-10"},
            {"resolved": "2026-01-01", "closed": "2026-02-01"},
            {"resolved": "2026-01-01"},
        ],
    )
    # x:1-0 has until 5 February and was done on the 1st; x:2-0 has until 1 April, not past yet.
    waivers = [
        {"decided_on": "2026-01-10", "subject": "x:1-0", "kind": "waiver", "until": "2026-02-05"},
        {"decided_on": "2026-01-10", "subject": "x:2-0", "kind": "waiver", "until": "2026-04-01"},
    ]
    data = replace(data, decisions=dataset(decisions=waivers).decisions)
    row = pma.attainment(pma.snapshot(data, as_of="2026-03-01")).iloc[0]
    assert (row["due"], row["met"], row["waived"]) == (3, 1, 2)
    assert row["attainment_adjusted"] == 1.0
    # On 5 January neither waiver was known.
    early = pma.snapshot(data, as_of="2026-01-05").items
    assert not early["waived"].any()


def test_months_are_not_merged_across_years(dataset: Build) -> None:
    data = world(
        dataset,
        [
            {"resolved": "2025-01-01", "closed": "2025-01-10"},
            {"resolved": "2026-01-01", "closed": "2026-01-10"},
        ],
    )
    q1 = pma.snapshot(data, as_of="2026-03-01", period="2026-01")
    table = pma.standings(q1, by="due_period")
    assert table["due_period"].tolist() == ["2025-01", "2026-01"]


def test_the_policy_due_day_and_the_promised_day_are_two_columns(dataset: Build) -> None:
    """Rootly's policy overwrites the promised date; here both stay."""
    data = world(dataset, [{"resolved": "2026-01-01"}])
    data.items["promised_on"] = pd.Timestamp("2026-03-01")
    item = pma.snapshot(data, as_of="2026-03-01").items.iloc[0]
    assert (str(item["promised_on"].date()), str(item["due_on"].date())) == (
        "2026-03-01",
        "2026-01-16",
    )


def test_the_age_of_a_closed_item_stops_growing(dataset: Build) -> None:
    data = world(dataset, [{"resolved": "2026-01-01", "closed": "2026-01-11"}])
    days = [
        pma.snapshot(data, as_of=day).items["days"].iloc[0] for day in ("2026-02-01", "2026-06-01")
    ]
    assert days == [10, 10]
