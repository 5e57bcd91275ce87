"""Ahead of the deadline: what became of comparable items, by hand."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.policy import Policy, PolicyVersion, Rule

Build = Callable[..., Dataset]
AS_OF = pd.Timestamp("2026-06-01")
Item = tuple[int, int | None, str]


def on(day: int) -> str:
    """Noon of a day counted back from the as-of day."""
    return (AS_OF - pd.Timedelta(days=day)).strftime("%Y-%m-%dT12:00Z")


def world(
    build: Build, items: list[Item], *, severity: str = "sev1", team: str = "core"
) -> Dataset:
    """Items as (age of the incident on the as-of day, days to closing, state)."""
    incidents = [
        {
            "incident_id": f"{severity}{n}",
            "severity": severity,
            "started_at": on(age),
            "resolved_at": on(age),
        }
        for n, (age, _, _) in enumerate(items)
    ]
    rows = [
        {
            "item_id": f"{severity}:{team}{n:03}",
            "title": "Add an alert",
            "team": team,
            "incident_id": f"{severity}{n}",
            "created_at": on(age),
            "state": state,
            "closed_at": None if took is None else on(age - took),
        }
        for n, (age, took, state) in enumerate(items)
    ]
    return build(items=rows, incidents=incidents)


def together(build: Build, *parts: Dataset) -> Dataset:
    from dataclasses import replace

    return replace(
        parts[0],
        items=pd.concat([part.items for part in parts], ignore_index=True),
        incidents=pd.concat([part.incidents for part in parts], ignore_index=True),
    )


def judged(data: Dataset, policy: Policy | None = None) -> pma.Snapshot:
    return pma.snapshot(data, as_of=AS_OF.date(), policy=policy)


# Thirty items of long ago: 5 done on day 3, 3 on day 5, 8 on day 10, 2 dropped on day 12, 12 late.
PAST: list[Item] = (
    [(200, 3, "done")] * 5
    + [(200, 5, "done")] * 3
    + [(200, 10, "done")] * 8
    + [(200, 12, "dropped")] * 2
    + [(200, 40, "done")] * 6
    + [(200, None, "open")] * 6
)


def test_what_became_of_those_still_open_at_the_same_age(dataset: Build) -> None:
    """Age 5, due on day 15: of 30, 8 were gone by the end of day 5; of the 22 left, 8 made it."""
    row = pma.at_risk(judged(world(dataset, [*PAST, (5, None, "open")]))).iloc[0]
    assert (row["age"], row["days_left"]) == (5, 10)
    assert (row["like_it"], row["made_it"]) == (22, 8)
    assert row["chance"] == pytest.approx(12 / 22)
    # Wilson for 12 of 22, by the formula: centre .5385, half width .1915.
    assert (row["low"], row["high"]) == pytest.approx((0.3466, 0.7307), abs=1e-3)
    assert row["comparable"] == "sev1, team core, 15 days"
    expected = "Of 22 like it still open after day 5, 8 made it and 2 were dropped."
    assert row["reading"] == expected


def test_items_that_are_still_open_short_of_the_day_count_as_far_as_they_go(dataset: Build) -> None:
    """Age 5, and four more that are open at age 10 like PAST was: "about".

    By hand, from day 6 on: 26 at risk; on day 10 8 of 26 are done and then 4 are lost; on day 12
    2 of 14 are dropped. Still open after day 15: 18/26 * 12/14 = .59341; done: 8/26 = .30769.
    """
    lost: list[Item] = [(10, None, "open")] * 4
    table = pma.at_risk(judged(world(dataset, [*PAST, *lost, (5, None, "open")])))
    row = table[table["age"] == 5].iloc[0]
    assert (row["like_it"], row["made_it"]) == (26, 8)
    assert row["chance"] == pytest.approx(18 / 26 * 12 / 14)
    expected = "Of 26 like it still open after day 5, about 8 made it and 3 were dropped."
    # Dropped: 18/26 * 2/14 = .0989 of 26 is 2.57.
    assert row["reading"] == expected
    # Wilson on the 22 of them whose end is known.
    from pmanalytics.statistics.proportions import wilson

    low, high = wilson(row["chance"] * 22, 22)
    assert (row["low"], row["high"]) == pytest.approx((float(low), float(high)))


def test_at_day_0_it_is_what_attainment_leaves(dataset: Build) -> None:
    """With nothing dropped and everything followed, the chance is 1 - attainment."""
    past: list[Item] = (
        [(200, 10, "done")] * 14 + [(200, 20, "done")] * 6 + [(200, None, "open")] * 5
    )
    snapshot = judged(world(dataset, [*past, (0, None, "open")]))
    row = pma.at_risk(snapshot).iloc[0]
    kept = pma.attainment(snapshot).iloc[0]
    assert kept["due"] == row["like_it"] == 25
    assert row["chance"] == pytest.approx(1 - kept["attainment"])
    assert (row["low"], row["high"]) == pytest.approx((1 - kept["high"], 1 - kept["low"]))


def test_few_like_it_are_compared_with_more(dataset: Build) -> None:
    """A team of three items is compared with its severity, a new severity with all."""
    core = world(dataset, PAST)
    web = world(dataset, [(100, 30, "done")] * 3 + [(4, None, "open")], team="web")
    web = _renamed(web, "w")
    table = pma.at_risk(judged(together(dataset, core, web)))
    assert table["comparable"].tolist() == ["sev1, 15 days"]
    assert table["like_it"].tolist() == [25 + 3]
    rare = world(dataset, [(4, None, "open")], severity="sev2")
    row = pma.at_risk(judged(together(dataset, core, rare))).iloc[0]
    # Of the 25 open after day 4, 6 are open after its own 30 days without an end, 6 until day 40.
    assert (row["comparable"], row["like_it"]) == ("all with a target", 25)
    assert row["chance"] == pytest.approx(12 / 25)


def test_work_that_was_never_promised_a_day_is_no_comparison(dataset: Build) -> None:
    """Thirty sev3 items, which have no target, were all done at once; they say nothing here."""
    quick = world(dataset, [(200, 6, "done")] * 30, severity="sev3")
    rare = world(dataset, [(5, None, "open")], severity="sev2")
    row = pma.at_risk(judged(together(dataset, world(dataset, PAST), quick, rare))).iloc[0]
    assert (row["comparable"], row["like_it"]) == ("all with a target", 22)


def _renamed(data: Dataset, prefix: str) -> Dataset:
    from dataclasses import replace

    return replace(
        data,
        items=data.items.assign(incident_id=prefix + data.items["incident_id"]),
        incidents=data.incidents.assign(incident_id=prefix + data.incidents["incident_id"]),
    )


def test_another_target_is_another_comparison(dataset: Build) -> None:
    """Under a target of 20 business days nobody of the 15-day items is compared at first hand."""
    effective = (AS_OF - pd.Timedelta(days=50)).date()
    policy = Policy(
        (
            PolicyVersion(rules=(Rule(severity="sev1", days=15),)),
            PolicyVersion(
                effective=effective, rules=(Rule(severity="sev1", days=20, unit="business"),)
            ),
        )
    )
    snapshot = judged(world(dataset, [*PAST, (5, None, "open")]), policy)
    row = pma.at_risk(snapshot).iloc[0]
    assert row["comparable"] == "sev1"
    # 2026-05-27 and 20 business days on: 2026-06-24, which is calendar day 28.
    assert row["age"] + row["days_left"] == 28
    assert row["chance"] == pytest.approx(12 / 22)


def test_due_today_and_nothing_like_it_are_said_in_words(dataset: Build) -> None:
    due = pma.at_risk(judged(world(dataset, [*PAST, (15, None, "open")]))).iloc[0]
    assert due["reading"] == "It is due on the as-of day."
    assert due[["like_it", "made_it", "chance", "low", "high", "comparable"]].isna().all()
    alone = pma.at_risk(judged(world(dataset, [(3, None, "open")]))).iloc[0]
    assert alone["reading"] == "Nothing like it was followed to its due day."
    assert alone["like_it"] == 0
    assert alone[["made_it", "chance", "low", "high"]].isna().all()


def test_only_what_is_open_and_not_overdue_is_listed_by_due_day(dataset: Build) -> None:
    items = [*PAST, (2, None, "open"), (9, None, "open"), (15, None, "open"), (16, None, "open"), (4, 1, "done")]  # fmt: skip
    snapshot = judged(world(dataset, items))
    table = pma.at_risk(snapshot)
    assert table["days_left"].tolist() == [0, 6, 13]
    assert len(table) == pma.standings(snapshot)["pending"].iloc[0]


def test_narrowing_changes_what_is_listed_not_what_it_is_compared_with(q3: pma.Snapshot) -> None:
    whole = pma.at_risk(q3)
    team = whole["team"].dropna().iloc[0]
    own = pma.at_risk(q3.where(team=team))
    expected = whole[(whole["team"] == team).to_numpy(dtype=bool)].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, expected)


def test_shares_add_up_and_the_sentence_says_the_counts(q3: pma.Snapshot) -> None:
    table = pma.at_risk(q3).dropna(subset=["chance"])
    assert len(table) > 5
    assert table["chance"].between(0, 1).all()
    assert (table["low"] <= table["chance"]).all()
    assert (table["chance"] <= table["high"]).all()
    assert (table["made_it"] <= table["like_it"]).all()
    for row in table.itertuples():
        assert row.reading.startswith(f"Of {row.like_it} like it still open after day {row.age}, ")
        assert f" {row.made_it} made it" in row.reading


TARGET = {"sev1": 15, "sev2": 30}


def one_by_one(rows: list[tuple[str, str | None, int, str]], row: tuple[str, str | None, int, str]) -> tuple[int, float]:  # fmt: skip
    """The closest group that knows 20 to their end, and Kaplan-Meier of its members, by loops."""
    severity, team, age, _ = row
    due = TARGET[severity]
    answer = (0, float("nan"))
    for same in (
        lambda other: other[:2] == (severity, team),
        lambda other: other[0] == severity,
        lambda other: True,
    ):
        passed = [(days, state) for *who, days, state in rows if same(tuple(who)) and days > age]
        left = 1.0
        for day in range(age + 1, due + 1):
            there = sum(days >= day for days, _ in passed)
            ended = sum(days == day and state != "open" for days, state in passed)
            if not there and left > 0:
                left = float("nan")
            elif there:
                left *= 1 - ended / there
        known = [days for days, state in passed if state != "open" or days >= due]
        answer = (len(passed), left if passed else float("nan"))
        if len(known) >= 20 and not math.isnan(left):
            break
    return answer


@given(st.integers(0, 10_000), st.integers(5, 160))
@settings(max_examples=12)
def test_every_item_is_compared_as_one_by_one(dataset: Build, seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = zip(
        rng.choice(["sev1", "sev2"], size).tolist(),
        rng.choice(np.array(["core", "core", "web", None], dtype=object), size),
        rng.integers(0, 60, size).tolist(),
        rng.integers(0, 60, size).tolist(),
        rng.choice(["open", "done", "done", "dropped"], size).tolist(),
        strict=True,
    )
    rows, incidents, items = [], [], []
    for n, (severity, team, age, took, wished) in enumerate(drawn):
        state = wished if took <= age else "open"
        days = age if state == "open" else took
        rows.append((severity, team, days, state))
        incidents.append({"incident_id": f"I{n}", "severity": severity, "started_at": on(age), "resolved_at": on(age)})  # fmt: skip
        items.append(
            {
                "item_id": f"x:{n:03}",
                "team": team,
                "incident_id": f"I{n}",
                "created_at": on(age),
                "state": state,
                "closed_at": None if state == "open" else on(age - days),
            }
        )
    table = pma.at_risk(judged(dataset(items=items, incidents=incidents)))
    pending = [n for n, row in enumerate(rows) if row[3] == "open" and row[2] <= TARGET[row[0]]]
    assert sorted(table["item_id"]) == [f"x:{n:03}" for n in pending]
    found = table.set_index("item_id")
    for n in pending:
        item = found.loc[f"x:{n:03}"]
        if item["days_left"] == 0:
            assert pd.isna(item["chance"])
            continue
        like_it, chance = one_by_one(rows, rows[n])
        assert item["like_it"] == like_it
        assert item["chance"] == pytest.approx(chance, nan_ok=True)
