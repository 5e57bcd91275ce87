"""Completion counts add up: parts of the data, counted apart, give the tables of the whole.

This is how data too large for one process are measured: judge the parts, which must not split an
incident, keep their counts, add the counts up, and make the table from the sums.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.metrics import completion, durations
from pmanalytics.metrics.grouping import typed
from pmanalytics.snapshots import Snapshot
from tests.benchmarks.worlds import large_dataset

PARTS = 7
DAY = {"as_of": "2026-10-12", "period": "2026Q3"}
GROUPS = [[], ["severity"], ["team", "kind"]]

Parts = tuple[Snapshot, list[Snapshot]]


@pytest.fixture(scope="module")
def invented() -> Parts:
    """Five thousand items, and seven datasets with the items of every seventh incident."""
    data = large_dataset(5_000)
    number = data.items["incident_id"].str.removeprefix("INC-").astype("int64") % PARTS
    parts = [
        replace(data, items=data.items[number == part].reset_index(drop=True))
        for part in range(PARTS)
    ]
    return pma.snapshot(data, **DAY), [pma.snapshot(part, **DAY) for part in parts]


@pytest.fixture(scope="module")
def narrowed(q3: Snapshot) -> Parts:
    """The sample, with its faults and gaps, narrowed to the items of every seventh incident."""
    together = q3.items["incident_id"].fillna(q3.items["item_id"])
    number = pd.Series(pd.factorize(together)[0] % PARTS, index=q3.items.index)
    return q3, [q3.where(number == part) for part in range(PARTS)]


@pytest.fixture(params=["invented", "narrowed"])
def parts(request: pytest.FixtureRequest) -> Parts:
    whole, divided = request.getfixturevalue(request.param)
    assert len(divided) == PARTS
    assert sum(len(part.items) for part in divided) == len(whole.items)
    assert all(len(part.items) for part in divided)
    return whole, divided


def added(parts: Parts, count: Callable[[Snapshot], pd.DataFrame], by: list[str]) -> pd.DataFrame:
    """The counts of all parts, added up per group."""
    counts = pd.concat([count(part) for part in parts[1]], ignore_index=True)
    if not by:
        return counts.sum().to_frame().T.astype(counts.dtypes.to_dict())
    return counts.groupby(by, dropna=False, sort=True).sum().reset_index()


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9)


@pytest.mark.parametrize("by", GROUPS, ids=str)
def test_standings_add_up(parts: Parts, by: list[str]) -> None:
    found = added(parts, lambda part: pma.standings(part, by=by), by)
    assert_same(found, pma.standings(parts[0], by=by))


@pytest.mark.parametrize("interval", ["wilson", "cluster"])
@pytest.mark.parametrize("by", GROUPS, ids=str)
def test_attainment_is_made_of_counts_that_add_up(
    parts: Parts, by: list[str], interval: completion.Interval
) -> None:
    counts = added(parts, lambda part: completion._counted(part, by, interval=interval), by)
    found = completion._attained(counts, by, interval=interval)
    expected = pma.attainment(parts[0], by=by, interval=interval)
    assert expected["due"].sum() > 50
    assert_same(found, expected)


@pytest.mark.parametrize("entry", get_args(durations.Entry))
@pytest.mark.parametrize("by", GROUPS, ids=str)
def test_speed_and_curves_are_made_of_counts_that_add_up(
    parts: Parts, by: list[str], entry: durations.Entry
) -> None:
    names = [*by, *durations.TARGET, "_entry", "_day", "_outcome"]
    counts = added(parts, lambda part: durations._counts(part, by, entry=entry)[0], names)
    own = [*by, *durations.TARGET, "_own"]
    targets = added(parts, lambda part: durations._own_targets(part, by), own)
    whole = parts[0]
    rows = durations._speed_rows(counts, targets, by)
    assert_same(
        typed(rows, by, whole.items, durations.SPEED_TYPES),
        pma.speed(whole, by=by, entry=entry),
    )
    assert_same(
        typed(durations._curves(counts, by), by, whole.items, durations.CURVE_TYPES),
        pma.completion_curve(whole, by=by, entry=entry),
    )


@pytest.mark.parametrize("by", GROUPS, ids=str)
def test_backlog_adds_up(parts: Parts, by: list[str]) -> None:
    names = [*by, "age_band"]
    found = added(parts, lambda part: pma.backlog(part, by=by), names).set_index(names)
    expected = pma.backlog(parts[0], by=by).set_index(names)
    assert_same(found.reindex(expected.index), expected)


@pytest.mark.parametrize("by", GROUPS, ids=str)
def test_flow_adds_up(parts: Parts, by: list[str]) -> None:
    names = [*by, "period"]
    moves = ["new", "done", "dropped", "reopened"]
    expected = pma.flow(parts[0], by=by).set_index(names)
    found = added(parts, lambda part: pma.flow(part, by=by), names).set_index(names)
    assert_same(found.reindex(expected.index)[moves].fillna(0), expected[moves])
    # Parts begin with the first of their own items; what is open adds up where they all run.
    last = expected.index.get_level_values("period") == "2026Q4"
    assert_same(found.reindex(expected.index)[last], expected[last])


def test_the_parts_are_not_all_alike(parts: Parts) -> None:
    shares = [pma.attainment(part)["attainment"].item() for part in parts[1]]
    assert np.ptp(shares) > 0.01
