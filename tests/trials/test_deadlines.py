"""Backtests: what was said ahead of time, in an organisation whose chances are known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.policy import PolicyVersion, Rule
from pmanalytics.settings import Settings

Build = Callable[..., Dataset]
BANDS = ["0 to 20 %", "20 to 40 %", "40 to 60 %", "60 to 80 %", "80 to 100 %", "all"]
COLUMNS = ["band", "items", "predicted", "missed", "share", "low", "high"]
# The chance of each team to finish an open item on any day: the truth of the organisation.
DAILY = {"auth": 0.35, "core": 0.12, "data": 0.06, "edge": 0.03, "feed": 0.004}


def organisation(build: Build, *, seed: int, incidents: int = 2500) -> Dataset:
    """Items of which each day a fixed share of the open ones is done, another share dropped."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2024-01-01T12:00Z") + pd.to_timedelta(
        np.sort(rng.integers(0, 900, incidents)), "D"
    )
    team = rng.choice(list(DAILY), incidents)
    done = rng.geometric([DAILY[name] for name in team])
    dropped = rng.geometric(0.005, incidents)
    closed = start + pd.to_timedelta(np.minimum(done, dropped), "D")
    shut = closed < pd.Timestamp("2026-07-01T00:00Z")
    items = [
        {
            "item_id": f"x:{n:04}",
            "incident_id": f"INC-{n}",
            "team": team[n],
            "created_at": start[n],
            "state": ("done" if done[n] <= dropped[n] else "dropped") if shut[n] else "open",
            "closed_at": closed[n] if shut[n] else None,
        }
        for n in range(incidents)
    ]
    known = [
        {
            "incident_id": f"INC-{n}",
            "severity": "sev1",
            "started_at": start[n],
            "resolved_at": start[n],
        }
        for n in range(incidents)
    ]
    return build(items=items, incidents=known)


@pytest.fixture(scope="module")
def simulated(dataset: Build) -> Dataset:
    return organisation(dataset, seed=4)


def test_where_the_truth_is_steady_the_chances_come_true(simulated: Dataset) -> None:
    table = pma.at_risk_calibration(simulated, as_of="2026-06-30", periods=18)
    assert table["band"].tolist() == BANDS
    assert (table["items"] >= 20).all()
    assert (table["low"] <= table["predicted"]).all()
    assert (table["predicted"] <= table["high"]).all()
    five, whole = table.iloc[:-1], table.iloc[-1]
    assert five[["items", "missed"]].sum().tolist() == [whole["items"], whole["missed"]]
    assert np.average(five["predicted"], weights=five["items"]) == pytest.approx(whole["predicted"])


def test_nothing_that_came_later_is_in_what_was_said(simulated: Dataset) -> None:
    """All that was done after the day of the one prediction is undone: only `missed` changes."""
    honest = pma.at_risk_calibration(simulated, as_of="2026-06-30", periods=1)
    items = simulated.items
    later = (items["closed_at"] >= pd.Timestamp("2026-06-01", tz="UTC")).to_numpy(dtype=bool)
    undone = items.assign(
        state=items["state"].mask(later, "open"), closed_at=items["closed_at"].mask(later)
    )
    other = pma.at_risk_calibration(replace(simulated, items=undone), as_of="2026-06-30", periods=1)
    said = ["band", "items", "predicted"]
    pd.testing.assert_frame_equal(honest[said], other[said])
    assert other["missed"].iloc[-1] == other["items"].iloc[-1]
    assert honest["missed"].iloc[-1] < honest["items"].iloc[-1]


def by_hand(build: Build, rows: list[tuple[str, int | None]], *, days: int) -> Dataset:
    """Items as (start, days to being done), all under one target in days."""
    incidents, items = [], []
    for n, (start, took) in enumerate(rows):
        began = pd.Timestamp(f"{start}T12:00Z")
        closed = None if took is None else began + pd.Timedelta(days=took)
        incidents.append({"incident_id": f"I{n}", "started_at": began, "resolved_at": began})
        items.append(
            {
                "item_id": f"x:{n}",
                "incident_id": f"I{n}",
                "created_at": began,
                "state": "done" if took else "open",
                "closed_at": closed,
            }
        )
    rule = PolicyVersion(rules=(Rule(days=days),))
    return build(items=items, incidents=incidents, settings=Settings(versions=(rule,)))


# Of 25 past items 10 were done on day 10 and 15 on day 60.
PAST: list[tuple[str, int | None]] = [("2025-10-01", 10 if n < 10 else 60) for n in range(25)]


def test_an_item_counts_only_when_its_due_day_is_past(dataset: Build) -> None:
    """One is 5 days old on 31 March and done in time, one of that age stays open; of 25 like them
    15 were open after day 15. The third is 5 days old on 30 April, and due after the as-of day.
    """
    rows = [*PAST, ("2026-03-26", 9), ("2026-03-26", None), ("2026-04-25", None)]
    table = pma.at_risk_calibration(by_hand(dataset, rows, days=15), as_of="2026-05-02", periods=2)
    row = table.set_index("band").loc["60 to 80 %"]
    assert (row["items"], row["missed"], row["share"]) == (2, 1, 0.5)
    assert row["predicted"] == pytest.approx(0.6)
    assert table["items"].tolist() == [0, 0, 0, 2, 0, 2]


def test_an_item_counts_once_with_what_was_said_first(dataset: Build) -> None:
    """Due after 45 days: at the end of March 15 of 25 like it were missed, in April 15 of 15."""
    data = by_hand(dataset, [*PAST, ("2026-03-28", None)], days=45)
    first = pma.at_risk_calibration(data, as_of="2026-05-20", periods=2)
    assert first["items"].tolist() == [0, 0, 0, 1, 0, 1]
    later = pma.at_risk_calibration(data, as_of="2026-05-20", periods=1)
    assert later["items"].tolist() == [0, 0, 0, 0, 1, 1]


def test_what_became_another_ticket_tells_nothing(dataset: Build) -> None:
    """A second item is closed as a duplicate of an old one in April, and is not there any more."""
    data = by_hand(dataset, [*PAST, ("2026-03-26", None), ("2026-03-26", 20)], days=15)
    last = data.items["item_id"] == "x:26"
    merged = data.items.assign(
        state=data.items["state"].mask(last, "dropped"),
        duplicate_of=data.items["duplicate_of"].mask(last, "x:0"),
    )
    table = pma.at_risk_calibration(replace(data, items=merged), as_of="2026-05-02", periods=2)
    assert table["items"].tolist() == [0, 0, 0, 1, 0, 1]
    assert pma.at_risk_calibration(data, as_of="2026-05-02", periods=2)["items"].iloc[-1] == 2


def test_without_data_it_has_its_rows_and_types(dataset: Build, simulated: Dataset) -> None:
    empty = pma.at_risk_calibration(dataset(), as_of="2026-04-10")
    assert empty["band"].tolist() == BANDS
    assert empty["items"].tolist() == [0] * 6
    assert empty[["predicted", "share", "low", "high"]].isna().all(axis=None)
    full = pma.at_risk_calibration(simulated, as_of="2024-06-30", periods=12)
    assert list(full) == COLUMNS
    pd.testing.assert_series_equal(empty.dtypes, full.dtypes)
    with pytest.raises(UsageError, match="give 1 or more"):
        pma.at_risk_calibration(dataset(), as_of="2026-04-10", periods=0)
