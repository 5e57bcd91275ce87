"""The naive errors of the field: what each answers, and what this package answers.

The numbers B1 to B15 are those of the method; the cases (W) are in `reference_values.json`.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.policy import PolicyVersion, Rule
from pmanalytics.settings import Settings
from pmanalytics.statistics import (
    DONE,
    OPEN,
    cumulative_incidence,
    incidence_at,
    kaplan_meier,
    life_table,
    median_with_limits,
    restricted_mean,
    wilson,
)

Build = Callable[..., Dataset]
Reference = Callable[[str], dict[str, Any]]
Row = tuple[int, int | None, str]

AS_OF = date(2026, 6, 30)
DAY_15 = (PolicyVersion(rules=(Rule(severity="sev1", days=15),)),)


def told(
    dataset: Build, rows: Iterable[Row], *, versions: tuple[PolicyVersion, ...] = DAY_15
) -> pma.Snapshot:
    """Items of one sev1 incident each: days from its end to the as-of date and to closing, state."""
    items, incidents = [], []
    for number, (age, took, state) in enumerate(rows):
        began = pd.Timestamp(AS_OF - timedelta(days=age), tz="UTC") + pd.Timedelta(hours=10)
        closed = None if took is None else began + pd.Timedelta(days=took)
        incident = f"INC-{number}"
        items.append(
            {"item_id": f"x:{number}", "incident_id": incident, "state": state, "closed_at": closed}
        )
        incidents.append(
            {
                "incident_id": incident,
                "severity": "sev1",
                "started_at": began,
                "resolved_at": began,
            }
        )
    data = dataset(items=items, incidents=incidents, settings=Settings(versions=versions))
    return pma.snapshot(data, as_of=AS_OF)


def attained(snapshot: pma.Snapshot) -> float:
    return float(pma.attainment(snapshot)["attainment"].iloc[0])


def test_b1_the_mean_of_closed_items_leaves_out_the_slow_ones(
    dataset: Build, reference: Reference
) -> None:
    case = reference("W01")
    closed, ages = case["inputs"]["closed"], case["inputs"]["open_age"]
    rows = [(100, took, "done") for took in closed] + [(age, None, "open") for age in ages]
    snapshot = told(dataset, rows)
    finished = snapshot.items.loc[snapshot.items["state"] == "done", "days"]
    row = pma.speed(snapshot).iloc[0]
    assert finished.mean() == case["expected"]["naive_mean"]
    assert (finished <= 15).mean() == case["expected"]["naive_share_15"]
    assert row["median_days"] == case["expected"]["km_median"]
    assert row["done_by_15"] == pytest.approx(case["expected"]["F_done_15"])


@pytest.mark.parametrize(("name", "median"), [("B1b", 25), ("B1c", 60)])
def test_b1_simulated(reference: Reference, name: str, median: float) -> None:
    # 400 runs of 150 items, begun evenly over 180 days; in tenths of a day, which are whole.
    expected = reference("W14")["expected"][name]
    dice = np.random.default_rng(14)
    took = np.ceil(dice.lognormal(np.log(median), 1.2, (400, 150)) * 10).astype(int)
    seen = dice.integers(1, 1800, (400, 150))
    shut = took <= seen
    runs = [life_table(days, done) for days, done in zip(np.minimum(took, seen), shut, strict=True)]
    mean_of_closed = np.mean([days[done].mean() for days, done in zip(took, shut, strict=True)])
    share_of_closed = np.mean([(d[s] <= 150).mean() for d, s in zip(took, shut, strict=True)])
    shares = [incidence_at(cumulative_incidence(table, DONE), 150) for table in runs]
    medians = [median_with_limits(table).days for table in runs]
    assert mean_of_closed / 10 == pytest.approx(expected["closed_mean"], rel=0.03)
    assert share_of_closed == pytest.approx(expected["closed_share_15"], rel=0.03)
    assert np.nanmean(medians) / 10 == pytest.approx(expected["km_median"], rel=0.03)
    assert np.mean(shares) == pytest.approx(expected["km_share_15"], rel=0.03)


def test_b2_to_b4_what_is_not_due_yet_neither_fails_nor_passes(
    dataset: Build, reference: Reference
) -> None:
    case = reference("W04")
    given, expected = case["inputs"], case["expected"]
    met, early = given["matured_met"], given["pending_already_done"]
    rows = [(100, 5, "done")] * met + [(100, None, "open")] * (given["matured"] - met)
    rows += [(10, 2, "done")] * early + [(10, None, "open")] * (given["pending"] - early)
    snapshot = told(dataset, rows)
    counts = pma.standings(snapshot).iloc[0]
    judged = counts["total"] - counts["pending"]
    assert counts["met"] / counts["total"] == expected["B2_pending_as_failure"]
    assert counts["met"] / judged == pytest.approx(expected["B3_keep_early_finishers"], abs=1e-6)
    assert 1 - counts["overdue"] / counts["total"] == expected["B4_not_in_breach"]
    assert attained(snapshot) == expected["right"]


def test_b5_what_was_dropped_is_neither_unfinished_nor_done(
    dataset: Build, reference: Reference
) -> None:
    case = reference("W02")
    days, code = np.array(case["inputs"]["time"]), np.array(case["inputs"]["code"])
    words = {0: "open", 1: "done", 2: "dropped"}
    rows = [
        (day, None, "open") if word == 0 else (40, day, words[word])
        for day, word in zip(days.tolist(), code.tolist(), strict=True)
    ]
    snapshot, expected = told(dataset, rows), case["expected"]
    censored = kaplan_meier(life_table(days, np.where(code == 2, OPEN, code)))
    assert 1 - incidence_at(censored, 15) == pytest.approx(expected["naive_one_minus_km_15"])
    left = code[code != 2]
    assert (left == 1).mean() == pytest.approx(expected["naive_drop_cancelled"], abs=1e-6)
    assert (code > 0).mean() == expected["naive_cancel_as_done"]
    assert pma.speed(snapshot)["done_by_15"].iloc[0] == pytest.approx(expected["aj_done_15"])
    curve = pma.completion_curve(snapshot).query("day <= 15")
    by_15 = curve.groupby("outcome")["cumulative_incidence"].last()
    assert by_15["dropped"] == pytest.approx(expected["aj_cancel_15"])
    assert 1 - by_15.sum() == pytest.approx(expected["S_15"])


def test_b6_a_clock_that_starts_with_the_ticket_hides_the_lag(
    dataset: Build, reference: Reference
) -> None:
    expected = reference("W14")["expected"]["B6"]
    dice = np.random.default_rng(6)
    lag, work = (dice.lognormal(np.log(median), 0.8, 100_000) for median in (4, 9))
    assert (work <= 15).mean() == pytest.approx(expected["ticket_clock"], abs=0.01)
    assert (lag + work <= 15).mean() == pytest.approx(expected["incident_clock"], abs=0.01)
    # The ticket was written on day 4 and took 12 days: done on day 16 after the incident.
    incident = {
        "incident_id": "A",
        "severity": "sev1",
        "started_at": "2026-01-01T10:00Z",
        "resolved_at": "2026-01-01T10:00Z",
    }
    item = {
        "item_id": "x:1",
        "incident_id": "A",
        "state": "done",
        "created_at": "2026-01-05T10:00Z",
        "closed_at": "2026-01-17T10:00Z",
    }
    data = dataset(items=[item], incidents=[incident])
    naive = pma.Policy((PolicyVersion(rules=DAY_15[0].rules, clock="item_created"),))
    assert pma.snapshot(data, as_of=AS_OF, policy=naive).items["standing"].item() == "met"
    assert pma.snapshot(data, as_of=AS_OF).items["standing"].item() == "late"


def test_b7_the_first_closing_does_not_count_when_the_item_was_reopened(dataset: Build) -> None:
    zero = pd.Timestamp("2026-01-01T10:00Z")
    incident = {"incident_id": "A", "severity": "sev1", "started_at": zero, "resolved_at": zero}
    changes = [(10, "done"), (20, "open"), (40, "done")]
    events = [
        {"subject": "x:1", "at": zero + pd.Timedelta(days=day), "field": "state", "after": word}
        for day, word in changes
    ]
    item = {
        "item_id": "x:1",
        "incident_id": "A",
        "state": "done",
        "closed_at": zero + pd.Timedelta(days=40),
    }
    data = dataset(items=[item], incidents=[incident], events=events)
    judged = pma.snapshot(data, as_of=AS_OF).items.iloc[0]
    assert judged["first_closed_on"] <= judged["due_on"]  # the naive answer: met
    assert judged["standing"] == "late"
    assert (judged["closed_on"] - judged["first_closed_on"]).days == 30


def test_b8_the_day_of_the_incident_is_day_0(dataset: Build) -> None:
    # Of 1000 items 470 were done by day 14 and 79 on day 15, the due day.
    rows = [(100, 9, "done")] * 470 + [(100, 15, "done")] * 79 + [(100, None, "open")] * 451
    day_1 = (PolicyVersion(rules=(Rule(severity="sev1", days=14),)),)
    assert attained(told(dataset, rows, versions=day_1)) == 0.47
    assert attained(told(dataset, rows)) == 0.549


@pytest.mark.parametrize(
    ("zone", "hours", "wrong"),
    [("Etc/GMT+8", (9, 18), 2 / 9), ("Etc/GMT-10", (9, 18), 1 / 9), ("Etc/GMT+8", (0, 24), 1 / 3)],
    ids=["UTC-8", "UTC+10", "UTC-8 at any hour"],
)
def test_b9_dates_of_utc_are_wrong_dates(
    dataset: Build, zone: str, hours: tuple[int, int], wrong: float
) -> None:
    minutes = np.arange(hours[0] * 60 + 3, hours[1] * 60, 6)
    local = pd.Timestamp("2026-03-10", tz=zone) + pd.to_timedelta(minutes, unit="min")
    items = [
        {"item_id": f"x:{n}", "state": "done", "closed_at": at, "created_at": "2026-03-01T12:00Z"}
        for n, at in enumerate(local.tz_convert("UTC"))
    ]
    closed = {
        name: pma.snapshot(
            dataset(items=items, settings=Settings(timezone=name)), as_of=AS_OF
        ).items["closed_on"]
        for name in ("UTC", zone)
    }
    assert (closed["UTC"] != pd.Timestamp("2026-03-10")).mean() == pytest.approx(wrong)
    assert (closed[zone] == pd.Timestamp("2026-03-10")).all()


def test_b10_fifteen_business_days_are_no_fifteen_days(
    dataset: Build, reference: Reference
) -> None:
    case = reference("W05")
    found = []
    for began, days, unit in case["inputs"]["cases"]:
        rule = Rule(severity="sev1", days=days, unit=unit)
        age = (AS_OF - date.fromisoformat(began)).days
        snapshot = told(dataset, [(age, None, "open")], versions=(PolicyVersion(rules=(rule,)),))
        found.append(str(snapshot.items["due_on"].item().date()))
    assert found == case["expected"]["due"]
    assert found[0] != found[1]  # the naive answer to the second is the first


def test_b11_old_items_are_judged_by_the_policy_of_their_day(
    dataset: Build, reference: Reference
) -> None:
    case = reference("W06")
    given, expected = case["inputs"], case["expected"]
    old = PolicyVersion(
        rules=(Rule(severity="sev1", days=given["policy_in_force"]),), effective=date(2025, 1, 1)
    )
    new = PolicyVersion(
        rules=(Rule(severity="sev1", days=given["policy_today"]),), effective=date(2026, 4, 1)
    )
    rows = [(100, took, "done") for took in given["days_taken"]]  # begun on 22 March
    today = (PolicyVersion(rules=new.rules),)
    assert attained(told(dataset, rows, versions=today)) == expected["naive_today"]
    assert attained(told(dataset, rows, versions=(old, new))) == expected["in_force"]


def test_b12_a_mean_of_team_shares_is_no_share_of_items(
    dataset: Build, reference: Reference
) -> None:
    case = reference("W06")
    rows, teams = [], []
    for number, (met, due) in enumerate(case["inputs"]["teams"]):
        rows += [(100, 5, "done")] * met + [(100, None, "open")] * (due - met)
        teams += [f"team {number}"] * due
    snapshot = told(dataset, rows)
    items = snapshot.items.assign(team=pd.array(teams, dtype="str"))
    by_team = pma.attainment(pma.Snapshot(**{**vars(snapshot), "items": items}), by="team")
    naive = by_team["attainment"].mean()
    assert naive == case["expected"]["naive_mean_of_team_shares"]
    assert attained(snapshot) == pytest.approx(case["expected"]["pooled"], abs=1e-6)


def test_b13_the_age_of_open_items_is_no_duration() -> None:
    # Gamma with mean 20 and coefficient of variation 2. What is open on a day is long by
    # selection: mean total E[T^2] / E[T] = 20 (1 + 4) = 100, of which half is past.
    dice = np.random.default_rng(13)
    took = np.ceil(dice.gamma(0.25, 800, 400_000)).astype(int)  # in tenths of a day
    age = dice.integers(0, 30_000, 400_000)
    still_open = took > age
    assert took[still_open].mean() / 10 == pytest.approx(100, rel=0.05)
    assert age[still_open].mean() / 10 == pytest.approx(50, rel=0.05)
    table = life_table(np.minimum(took, age), np.where(still_open, OPEN, DONE))
    assert restricted_mean(table, 20_000).days / 10 == pytest.approx(20, rel=0.02)


@pytest.mark.parametrize(("place", "wald"), [(2, "0/20"), (3, "1/29")])
def test_b14_the_textbook_interval_is_none(
    dataset: Build, reference: Reference, place: int, wald: str
) -> None:
    case = reference("R06")
    met, due = case["inputs"]["cases"][place]
    share = met / due
    half = 1.959964 * (share * (1 - share) / due) ** 0.5
    assert [share - half, share + half] == pytest.approx(
        case["expected"]["wald_wrong"][wald], abs=6e-5
    )
    rows = [(100, 5, "done")] * met + [(100, None, "open")] * (due - met)
    row = pma.attainment(told(dataset, rows)).iloc[0]
    assert [row["low"], row["high"]] == pytest.approx(case["expected"]["wilson"][place], abs=6e-5)


def test_b15_items_of_one_incident_share_its_fate(dataset: Build, reference: Reference) -> None:
    case = reference("W07")
    met, size = case["inputs"]["met_per_incident"], case["inputs"]["items_per_incident"]
    rows = [(100, 5, "done") if n < k else (100, None, "open") for k in met for n in range(size)]
    snapshot = told(dataset, rows)
    cluster = pd.Series(np.repeat([f"INC-{n}" for n in range(len(met))], size), dtype="str")
    shared = pma.Snapshot(**{**vars(snapshot), "items": snapshot.items.assign(incident_id=cluster)})
    naive = pma.attainment(shared).iloc[0]
    ours = pma.attainment(shared, interval="cluster").iloc[0]
    given, expected = case["expected"]["given_icc"], case["expected"]["from_data"]
    assert [naive["low"], naive["high"]] == pytest.approx(given["wilson_plain"], abs=1e-5)
    assert [ours["low"], ours["high"]] == pytest.approx(expected["wilson_n_eff"], abs=1e-5)
    total, effect = sum(met), given["deff"]
    assert wilson(total / effect, given["n_eff"]) == pytest.approx(given["wilson_n_eff"], abs=1e-5)
