"""Judging and measuring a million items of 50,000 incidents, against reading them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

import pmanalytics as pma
from pmanalytics import metrics
from tests.benchmarks import worlds
from tests.benchmarks.measures import Line, peak, seconds
from tests.benchmarks.reading import floors_of

__all__ = ["growing", "measuring"]

ITEMS = 1_000_000
ASKED = {"as_of": "2026-10-12", "period": "2026Q3"}
# Comparing titles has no limit of its own; it grows with the contested items.
TIMED = [name for name in metrics.__all__ if name != "candidate_teams"]
# The tables that the design lists, which together have a limit of time.
LISTED = (
    "standings", "attainment", "speed", "completion_curve", "backlog", "flow", "attainment_trend",
    "funnel", "ownership_gaps", "gap_rates", "unowned_services", "repeats", "repeat_rate",
    "weak_services", "discoverability", "participation",
)  # fmt: skip
MEASURING = (
    "import pmanalytics as pma\n"
    "from tests.benchmarks import worlds\n"
    f"data = worlds.large_dataset({ITEMS})\n"
    f"q3 = pma.snapshot(data, **{ASKED})"
)
THE_TABLES = f"for name in {LISTED}: getattr(pma, name)(q3)"


def measuring(folder: Path) -> Iterator[Line]:
    """A snapshot, and every metric over everything and by team; the sums are of the former."""
    data = worlds.large_dataset(ITEMS)
    file = folder / "items.csv"
    data.items.drop(columns=["owners", "labels", "links", "other_incidents"]).to_csv(
        file, index=False
    )
    floors = floors_of(file, times=1)
    judging = seconds(lambda: pma.snapshot(data, **ASKED), times=2)
    yield Line(f"snapshot of {ITEMS:,} items", judging, floors)
    q3 = pma.snapshot(data, **ASKED)
    total = {}
    for name in TIMED:
        metric = getattr(pma, name)
        total[name] = seconds(lambda metric=metric: metric(q3), times=1)
        yield Line(f"  {name}", total[name], floors)
        cost = seconds(lambda metric=metric: metric(q3, by="team"), times=1)
        yield Line("    by team", cost, floors)
    of_the_design = sum(total[name] for name in LISTED)
    yield Line(f"the 16 tables of the design, {ITEMS:,} items", of_the_design, floors)
    yield Line("all metrics", sum(total.values()), floors)
    yield from _counting(data)
    yield Line("memory: snapshot and these tables", peak(MEASURING, THE_TABLES), unit="MB")


def _counting(data: pma.Dataset) -> Iterator[Line]:
    """Flow by week from cumulative counts, against a mask over all items for every week."""
    weekly = pma.snapshot(data, as_of="2026-10-12", period="2026-W30")
    items, weeks = weekly.items, pd.unique(pma.flow(weekly)["period"])
    ends = [pma.parse_period(week).end for week in weeks]
    began, closed = items["started_on"], items["closed_on"]

    def masks(chosen: pd.Series | None = None) -> list[int]:
        mine = pd.Series(data=True, index=items.index) if chosen is None else chosen
        days = map(pd.Timestamp, ends)
        return [(mine & (began <= day) & ~(closed <= day)).sum() for day in days]

    # A copy knows nothing yet of what a snapshot keeps once it was worked out.
    week = seconds(masks, times=2)
    cost = seconds(lambda: pma.flow(replace(weekly)))
    yield Line("flow by week", cost, {"one mask a week": week})
    team = items["team"].unique()
    each = seconds(lambda: masks(items["team"] == team[0]), times=1) * len(team)
    cost = seconds(lambda: pma.flow(replace(weekly), by="team"))
    yield Line("flow by team and week", cost, {"one mask a team and week": each})


def growing(_: Path) -> Iterator[Line]:
    """What a million items would cost at the price of one among so many, snapshot and metrics.

    A constant ratio means that nothing is quadratic.
    """
    smaller: dict[str, float] = {}
    for size in (10_000, 100_000, 1_000_000):
        data = worlds.large_dataset(size)

        def work(data: pma.Dataset = data) -> None:
            q3 = pma.snapshot(data, **ASKED)
            for name in TIMED:
                getattr(pma, name)(q3)

        cost = seconds(work, times=1) / size * 1_000_000
        yield Line(f"cost of an item among {size:,}", cost, smaller)
        smaller = {f"among {size:,}": cost, **smaller}
