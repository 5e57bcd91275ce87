"""Life tables: counting once, counting in parts, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.statistics import DONE, DROPPED, OPEN, LifeTable, add_tables, life_table

COLUMNS = ("day", "at_risk", "done", "dropped", "censored", "entered")

rows = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from([OPEN, DONE, DROPPED]),
        st.integers(0, 40),
        st.integers(0, 3),
        st.integers(0, 4),
    ),
    max_size=50,
)


def columns(table: LifeTable) -> dict[str, list[int]]:
    return {name: getattr(table, name).tolist() for name in COLUMNS}


def test_one_row_per_day_on_which_something_ends() -> None:
    table = life_table([4, 2, 4, 9, 9], [DONE, DONE, OPEN, DROPPED, OPEN])
    assert columns(table) == {
        "day": [2, 4, 9],
        "at_risk": [5, 4, 2],
        "done": [1, 1, 0],
        "dropped": [0, 0, 1],
        "censored": [0, 1, 1],
        "entered": [0, 0, 0],
    }


def test_what_enters_late_is_at_risk_from_then_on() -> None:
    table = life_table([5, 9, 9], [DONE, DONE, OPEN], entry=[0, 3, 6])
    assert columns(table) == {
        "day": [3, 5, 6, 9],
        "at_risk": [2, 2, 2, 2],
        "done": [0, 1, 0, 1],
        "dropped": [0, 0, 0, 0],
        "censored": [0, 0, 0, 1],
        "entered": [1, 0, 1, 0],
    }


def test_what_enters_after_its_end_was_never_at_risk() -> None:
    assert columns(life_table([5, 9], [DONE, OPEN], entry=[7, 0])) == columns(
        life_table([9], [OPEN])
    )


def test_weights_stand_for_repeated_rows() -> None:
    counted = life_table([3, 3, 8], [DONE, OPEN, DONE], weight=[2, 1, 0])
    assert columns(counted) == columns(life_table([3, 3, 3], [DONE, DONE, OPEN]))


@pytest.mark.parametrize("late", [60, 60_000])
def test_days_may_lie_a_century_apart(late: int) -> None:
    table = life_table([late, 2, late], [DONE, DROPPED, OPEN], entry=[0, 0, 1])
    assert table.day.tolist() == [1, 2, late]
    assert table.at_risk.tolist() == [3, 3, 2]
    assert columns(add_tables([table, table]))["day"] == [1, 2, late]


def test_no_tables_add_up_to_the_empty_one() -> None:
    assert columns(add_tables([])) == {name: [] for name in COLUMNS}


@given(rows)
def test_parts_add_up_to_the_whole(items: list[tuple[int, int, int, int, int]]) -> None:
    days, outcome, entry, weight, part = np.array(items, dtype=int).reshape(-1, 5).T
    whole = life_table(days, outcome, entry=entry, weight=weight)
    parts = [
        life_table(
            days[part == number],
            outcome[part == number],
            entry=entry[part == number],
            weight=weight[part == number],
        )
        for number in range(5)
    ]
    assert columns(add_tables(parts)) == columns(whole)


@given(rows)
def test_at_risk_is_what_entered_and_has_not_ended(items: list[tuple[int, ...]]) -> None:
    days, outcome, entry, _, _ = np.array(items, dtype=int).reshape(-1, 5).T
    table = life_table(days, outcome, entry=entry)
    by_hand = [int(((entry <= day) & (day <= days)).sum()) for day in table.day]
    assert table.at_risk.tolist() == by_hand


@pytest.mark.parametrize("days", [[-1], [float("nan")], [1.5], [float("inf")]])
def test_days_that_are_no_whole_days_are_refused(days: list[float]) -> None:
    with pytest.raises(ValueError, match="Days must be whole numbers of 0 or more"):
        life_table(days, [DONE])


def test_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match="Outcomes must be 0"):
        life_table([3], [3])
