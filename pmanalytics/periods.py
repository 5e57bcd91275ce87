"""Periods: the quarter, month, week, year or range of days that a report is about."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
import pandas as pd

from pmanalytics.errors import UsageError

__all__ = ["Period", "parse_period", "period_names", "periods_between", "previous_period"]

Kind = Literal["quarter", "month", "week", "year", "range"]

YEARS: Final = range(1000, 3000)  # of periods and as-of dates, around which there is room
FORMS: Final = "2026Q3, 2026-09, 2026-W38, 2026, 2026-07-01..2026-09-30, or last-quarter"


@dataclass(frozen=True)
class Period:
    """A span of whole local days, both ends included."""

    name: str
    kind: Kind
    start: date
    end: date

    @property
    def grouping(self) -> Kind:
        """The kind of period that tables are grouped by: its own, or quarters for a range."""
        return "quarter" if self.kind == "range" else self.kind

    @property
    def label(self) -> str:
        """The period as a reader would say it.

        Examples:
            >>> parse_period("2026Q3").label
            'third quarter of 2026'
        """
        if self.kind == "quarter":
            ordinal = ("first", "second", "third", "fourth")[int(self.name[-1]) - 1]
            return f"{ordinal} quarter of {self.start.year}"
        if self.kind == "month":
            return f"{self.start:%B %Y}"
        if self.kind == "week":
            return f"week of {self.start:%Y-%m-%d}"
        return self.name if self.kind == "year" else f"{self.start} to {self.end}"


def parse_period(text: str | Period, *, as_of: date | None = None) -> Period:
    """Read a period from the way people write it.

    Takes `2026Q3`, `2026-09`, `2026-W38`, `2026`, two days joined by `..`, and `last-quarter`,
    `last-month`, `last-week` or `last-year`: the last one that was over before `as_of`. Case does
    not matter, `2026-q3`, `Q3 2026`, `2026/9` and `2026W38` mean the same, and two days may also
    stand with a comma, a slash, `to` or a blank between them. Weeks are those of ISO 8601: they
    begin on a Monday, and the first one holds the year's first Thursday. Raises UsageError for
    anything else.

    Examples:
        >>> parse_period("2026Q3").start, parse_period("2026Q3").end
        (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
        >>> parse_period("last-week", as_of=date(2026, 10, 12)).name
        '2026-W41'
        >>> parse_period("2026-07-01 to 2026-07-14").name
        '2026-07-01..2026-07-14'
    """
    if isinstance(text, Period):
        return text
    written = str(text).strip()
    relative = _LAST.fullmatch(written)
    if relative:
        return _last(relative[1].lower(), as_of=as_of)
    for pattern, build in _FORMS:
        found = pattern.fullmatch(written)
        if found:
            try:
                return build(**found.groupdict())
            except ValueError:
                break
    raise UsageError(f"{written[:60]!r} is not a period; write it like {FORMS}.")


def _last(kind: str, *, as_of: date | None) -> Period:
    if as_of is None:
        raise UsageError(f"'last-{kind}' is relative to a day; give the as-of date too.")
    running = parse_period(_name(as_of, kind))
    return parse_period(_name(running.start - timedelta(days=1), kind))


def previous_period(period: Period) -> Period:
    """Name the period of the same kind, or of as many days, that ends before this one begins.

    Examples:
        >>> previous_period(parse_period("2026Q1")).name
        '2025Q4'
        >>> previous_period(parse_period("2026-07-11..2026-07-20")).name
        '2026-07-01..2026-07-10'
    """
    last = period.start - timedelta(days=1)
    if period.kind != "range":
        return parse_period(_name(last, period.kind))
    return parse_period(f"{last - (period.end - period.start)}..{last}")


def _quarter(year: str, number: str) -> Period:
    first = date(int(year), 3 * int(number) - 2, 1)
    return Period(f"{year}Q{number}", "quarter", first, _month_end(first.year, first.month + 2))


def _month(year: str, number: str) -> Period:
    first = date(int(year), int(number), 1)
    return Period(_name(first, "month"), "month", first, _month_end(first.year, first.month))


def _week(year: str, number: str) -> Period:
    last = date(int(year), 12, 28).isocalendar().week  # this day is always in the last week
    if not 1 <= int(number) <= last:
        raise UsageError(f"{year} has the weeks 1 to {last}, and no week {int(number)}.")
    first = date.fromisocalendar(int(year), int(number), 1)
    return Period(_name(first, "week"), "week", first, first + timedelta(days=6))


def _year(year: str) -> Period:
    return Period(year, "year", date(int(year), 1, 1), date(int(year), 12, 31))


def _range(first: str, last: str) -> Period:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if end < start:
        raise UsageError(f"The period {first}..{last} ends before it starts; swap the two days.")
    return Period(f"{first}..{last}", "range", start, end)


def _one_day(day: str) -> Period:
    date.fromisoformat(day)
    raise UsageError(f"A period has two days; write {day}..{day} for the one day {day}.")


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


_YEAR: Final = "(?P<year>[12][0-9]{3})"
_DAY: Final = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
_JOINT: Final = r"(?: *(?:\.\.\.?|,|/|\bto\b) *| +)"
_LAST: Final = re.compile("last[-_ ]?(quarter|month|week|year)", re.IGNORECASE)
_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[..., Period]], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), build)
    for pattern, build in (
        (f"{_YEAR}[-/ ]?Q(?P<number>[1-4])", _quarter),
        (f"Q(?P<number>[1-4])[-/ ]?{_YEAR}", _quarter),
        (f"{_YEAR}[-/](?P<number>[0-9]{{1,2}})", _month),
        (f"{_YEAR}[-/ ]?W(?P<number>[0-9]{{1,2}})", _week),
        (_YEAR, _year),
        (f"(?P<first>{_DAY}){_JOINT}(?P<last>{_DAY})", _range),
        (f"(?P<day>{_DAY})", _one_day),
    )
)


def _name(day: date, kind: str) -> str:
    if kind == "quarter":
        return f"{day.year}Q{(day.month + 2) // 3}"
    if kind == "month":
        return f"{day:%Y-%m}"
    if kind == "year":
        return f"{day:%Y}"
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def period_names(days: pd.Series, *, kind: Kind = "quarter") -> pd.Series:
    """Name the period in which each day lies; missing days have none.

    Takes naive local days, gives text such as `2026Q3`, `2026-09`, `2026-W38` or `2026`.

    Examples:
        >>> period_names(pd.Series(pd.to_datetime(["2026-09-30", None]))).tolist()
        ['2026Q3', nan]
    """
    codes, distinct = pd.factorize(days)
    names = [_name(day, kind) for day in pd.DatetimeIndex(distinct)]
    lookup = np.array([*names, None], dtype=object)
    return pd.Series(lookup[codes], index=days.index, dtype="str")


def periods_between(first: date, last: date, *, kind: Kind = "quarter") -> tuple[Period, ...]:
    """List the periods of one kind from the one that holds `first` to the one that holds `last`.

    Examples:
        >>> [p.name for p in periods_between(date(2025, 12, 31), date(2026, 4, 1))]
        ['2025Q4', '2026Q1', '2026Q2']
    """
    found = [parse_period(_name(first, kind))]
    while found[-1].end < last:
        found.append(parse_period(_name(found[-1].end + timedelta(days=1), kind)))
    return tuple(found)
