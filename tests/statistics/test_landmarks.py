"""Landmarks: the curve from a day on, against the curve of those who are left on that day."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.statistics.landmarks import fates_after
from pmanalytics.statistics.survival import (
    DONE,
    DROPPED,
    cumulative_incidence,
    incidence_at,
    life_table,
)

Row = tuple[int, int, int]
ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 2)), min_size=1, max_size=60
)
QUESTIONS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 14), st.integers(0, 14)), min_size=1, max_size=20
)


def columns(rows: list[Row]) -> list[np.ndarray]:
    return [np.array(column) for column in zip(*rows, strict=True)]


@given(ROWS, QUESTIONS)
def test_it_is_the_curve_of_those_who_are_left(rows: list[Row], questions: list[Row]) -> None:
    """Oracle: the estimate from a landmark is the curve of the subset that passed it."""
    group, day, outcome = columns(rows)
    asked, age, left = columns(questions)
    until = age + left
    fates = fates_after((group, day, outcome, np.ones_like(day)), asked, age, until)
    for n in range(len(asked)):
        passed = (group == asked[n]) & (day > age[n])
        assert fates.followed[n] == passed.sum()
        lost = passed & (outcome == 0) & (day < until[n])
        assert fates.known[n] == passed.sum() - lost.sum()
        table = life_table(day[passed], outcome[passed])
        done, dropped = (
            float(incidence_at(cumulative_incidence(table, code), until[n]))
            for code in (DONE, DROPPED)
        )
        found = [fates.done[n], fates.dropped[n], fates.still_open[n]]
        assert found == pytest.approx([done, dropped, 1 - done - dropped], nan_ok=True)


@given(ROWS, QUESTIONS)
def test_rows_that_were_counted_before_give_the_same(rows: list[Row], questions: list[Row]) -> None:
    group, day, outcome = columns(rows)
    asked, age, left = columns(questions)
    distinct, weight = np.unique(np.array(rows), axis=0, return_counts=True)
    one = fates_after((group, day, outcome, np.ones_like(day)), asked, age, age + left)
    other = fates_after((*distinct.T, weight), asked, age, age + left)
    for mine, theirs in zip(one, other, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_published_curves_from_a_landmark(reference: Callable[[str], dict[str, Any]]) -> None:
    """R15: what the published curves say of those who are left after day 3 (and 0)."""
    case = reference("R15")
    time, cause = case["inputs"]["time"], case["inputs"]["cause"]
    counted = ([0] * len(time), time, cause, [1] * len(time))
    first, second = case["expected"]["F1"], case["expected"]["F2"]
    for start, until in ((0, 3), (3, 72)):
        begin, end = str(start), str(until)
        left = 1 - first[begin] - second[begin]
        fates = fates_after(counted, [0], [start], [until])
        assert fates.done[0] == pytest.approx((first[end] - first[begin]) / left, abs=1e-7)
        assert fates.dropped[0] == pytest.approx((second[end] - second[begin]) / left, abs=1e-7)


def test_nothing_asked_and_nothing_counted() -> None:
    nothing: tuple[list[int], ...] = ([], [], [], [])
    assert fates_after(nothing, [], [], []).done.tolist() == []  # type: ignore[arg-type]
    fates = fates_after(nothing, [0], [3], [9])  # type: ignore[arg-type]
    assert fates.followed.tolist() == [0]
    assert np.isnan(fates.still_open).all()


def test_many_groups_do_not_wear_the_precision_out() -> None:
    """2,000 groups of 1,000, each left by 999: in the last, as in the first, 1 of 10 is left."""
    groups = np.arange(2000)
    group = np.repeat(groups, 3)
    day, outcome = np.tile([1, 5, 9], 2000), np.tile([1, 1, 0], 2000)
    weight = np.tile([990, 9, 1], 2000)
    fates = fates_after((group, day, outcome, weight), groups, groups * 0 + 1, groups * 0 + 6)
    np.testing.assert_allclose(fates.done, 0.9, rtol=1e-9)
    np.testing.assert_allclose(fates.still_open, 0.1, rtol=1e-9)
