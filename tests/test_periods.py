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
        ("2026-Q3", "2026Q3"),
        ("2026q3", "2026Q3"),
        ("2026 Q3", "2026Q3"),
        ("Q3 2026", "2026Q3"),
        ("q3/2026", "2026Q3"),
        (" 2026Q3\n", "2026Q3"),
        ("2026/09", "2026-09"),
        ("2026-9", "2026-09"),
        ("2026W38", "2026-W38"),
        ("2026-w38", "2026-W38"),
        ("2026-W5", "2026-W05"),
        ("2026-07-01 2026-09-30", "2026-07-01..2026-09-30"),
        ("2026-07-01,2026-09-30", "2026-07-01..2026-09-30"),
        ("2026-07-01, 2026-09-30", "2026-07-01..2026-09-30"),
        ("2026-07-01 to 2026-09-30", "2026-07-01..2026-09-30"),
        ("2026-07-01/2026-09-30", "2026-07-01..2026-09-30"),
        ("2026-07-01 .. 2026-09-30", "2026-07-01..2026-09-30"),
        ("2026-07-01...2026-09-30", "2026-07-01..2026-09-30"),
        ("2026-07-01..2026-07-01", "2026-07-01..2026-07-01"),
    ],
)
def test_what_people_type_means_the_same_and_has_one_name(text: str, name: str) -> None:
    assert parse_period(text) == parse_period(name)
    assert parse_period(text).name == name


# The first and last days of ISO weeks at the turn of a year, from the calendar in ISO 8601 and
# `date -d ... +%G-W%V`: 2026 and 2020 have 53 weeks, 2025 has 52.
@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2027-W01", date(2027, 1, 4), date(2027, 1, 10)),
        ("2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
    ],
)
def test_weeks_at_the_turn_of_a_year(text: str, start: date, end: date) -> None:
    assert (parse_period(text).start, parse_period(text).end) == (start, end)


@pytest.mark.parametrize(
    ("text", "as_of", "name"),
    [
        # 2026-01-07 is a Wednesday of ISO week 2026-W02.
        ("last-quarter", date(2026, 1, 7), "2025Q4"),
        ("last-month", date(2026, 1, 7), "2025-12"),
        ("last-week", date(2026, 1, 7), "2026-W01"),
        ("last-year", date(2026, 1, 7), "2025"),
        # On its last day a period is not over yet, on the day after it is the last one.
        ("last-quarter", date(2026, 9, 30), "2026Q2"),
        ("last-quarter", date(2026, 10, 1), "2026Q3"),
        ("last-month", date(2024, 2, 29), "2024-01"),
        ("last-month", date(2024, 3, 1), "2024-02"),
        # 2026-10-11 is a Sunday, 2027-01-03 the Sunday of 2026-W53.
        ("last-week", date(2026, 10, 11), "2026-W40"),
        ("last-week", date(2026, 10, 12), "2026-W41"),
        ("last-week", date(2027, 1, 3), "2026-W52"),
        ("last-week", date(2027, 1, 4), "2026-W53"),
        ("last-week", date(2026, 1, 1), "2025-W52"),
        ("Last Quarter", date(2026, 10, 1), "2026Q3"),
        ("LAST_WEEK", date(2026, 10, 12), "2026-W41"),
    ],
)
def test_the_last_one_that_was_over_before_a_day(text: str, as_of: date, name: str) -> None:
    assert parse_period(text, as_of=as_of).name == name


@pytest.mark.parametrize(
    "text",
    [
        "", "Q3", "2026Q5", "2026Q0", "2026-13", "2026-00", "last-decade", "last", "last-", "20266",
        "0026Q3", "2026Q3 2026Q4", "2026-02-30..2026-03-01", "2026-02-30", "2026-07-01..",
        "2026-07-012026-07-02", "2026-07-01to2026-07-02", "2026-9-1..2026-9-30", "09-2026",
        "\u0662\u0660\u0662\u0666Q\u0663", "2026Q\u00b3", "next-week", "2026-W", "2026\x00Q3",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="is not a period; write it like") as refused:
        parse_period(text, as_of=date(2026, 1, 1))
    assert "\n" not in str(refused.value)


def test_very_long_text_is_quoted_in_short() -> None:
    with pytest.raises(UsageError) as refused:
        parse_period("2026" * 100_000)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-W53", "2025 has the weeks 1 to 52, and no week 53"),
        ("2026-W60", "2026 has the weeks 1 to 53, and no week 60"),
        ("2026-W0", "no week 0"),
        ("2026-09-30", "write 2026-09-30..2026-09-30 for the one day"),
    ],
)
def test_a_near_miss_is_refused_with_what_would_do(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("..", r"\.\.")):
        parse_period(text)


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
