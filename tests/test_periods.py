"""Periods: how people write them, and which day lies in which."""

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.errors import UsageError
from pmanalytics.periods import parse_period, period_names, periods_between, previous_period


@pytest.mark.parametrize(
    ("text", "start", "end", "label"),
    [
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30), "third quarter of 2026"),
        ("2024-q4", date(2024, 10, 1), date(2024, 12, 31), "fourth quarter of 2024"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        ("2026-W38", date(2026, 9, 14), date(2026, 9, 20), "week of 2026-09-14"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("2026-01-05..2026-02-03", date(2026, 1, 5), date(2026, 2, 3), "2026-01-05 to 2026-02-03"),
    ],
)
def test_forms(text: str, start: date, end: date, label: str) -> None:
    period = parse_period(text)
    assert (period.start, period.end, period.label) == (start, end, label)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("last-quarter", "2025Q4"),
        ("last-month", "2025-12"),
        ("last-week", "2026-W01"),
        ("last-year", "2025"),
    ],
)
def test_the_last_one_before_a_day(text: str, name: str) -> None:
    # 2026-01-07 is a Wednesday of ISO week 2026-W02.
    assert parse_period(text, as_of=date(2026, 1, 7)).name == name


@pytest.mark.parametrize(
    "text", ["", "Q3", "2026Q5", "2026-13", "2026-W60", "last-decade", "2026-02-30..2026-03-01"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a period"):
        parse_period(text, as_of=date(2026, 1, 1))


def test_a_backward_range_and_a_relative_period_without_a_day_are_refused() -> None:
    with pytest.raises(UsageError, match="ends before it starts"):
        parse_period("2026-03-01..2026-02-01")
    with pytest.raises(UsageError, match="give the as-of date"):
        parse_period("last-week")


@given(
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["quarter", "month", "week", "year"]),
)
def test_a_day_lies_in_the_period_that_names_it(day: date, kind: str) -> None:
    name = period_names(pd.Series([pd.Timestamp(day)]), kind=kind).iloc[0]
    period = parse_period(name)
    assert period.name == name
    assert period.start <= day <= period.end


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 900))
def test_periods_follow_each_other_without_gap(first: date, days: int) -> None:
    found = periods_between(first, first + timedelta(days=days), kind="week")
    for one, following in pairwise(found):
        assert following.start == one.end + timedelta(days=1)
    assert found[0].start <= first
    assert found[-1].end >= first + timedelta(days=days)


@pytest.mark.parametrize(
    ("given", "before"),
    [("2026Q1", "2025Q4"), ("2026-03", "2026-02"), ("2026-W01", "2025-W52"), ("2026", "2025"),
     ("2026-03-01..2026-03-10", "2026-02-19..2026-02-28")],
)  # fmt: skip
def test_the_period_before_is_of_the_same_kind_and_ends_the_day_before(given, before):
    # 2025 has 52 ISO weeks; ten days before the first of March 2026 begin on 19 February.
    assert previous_period(parse_period(given)).name == before
