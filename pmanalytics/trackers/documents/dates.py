"""Dates as people write them in documents, brought to ISO 8601 without guessing.

A date names its year, month and day. Numbers such as 03/04/2023, which can be read either way, are
left as they stand, and the reader decides for the whole file and says so.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

__all__ = ["dates_in", "first_date", "minutes_in", "moment_in", "span_in"]

_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_MONTH: Final = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY: Final = re.compile(
    r"(?<![\w.])(?:"
    r"(?P<y1>[0-9]{4})[-/.](?P<m1>[0-9]{1,2})[-/.](?P<d1>[0-9]{1,2})(?![0-9])"
    r"|(?P<y2>(?:19|20)[0-9]{2})(?P<m2>[0-9]{2})(?P<d2>[0-9]{2})(?![0-9])"
    r"|(?P<d3>[0-9]{1,2})(?:st|nd|rd|th)?\.?(?:\s+of)?[\s-]+" + _MONTH.format("m3")
    + r",?[\s-]+(?P<y3>[0-9]{4})(?![0-9])"
    r"|" + _MONTH.format("m4")
    + r"\s+(?P<d4>[0-9]{1,2})(?:st|nd|rd|th)?,?\s+(?P<y4>[0-9]{4})(?![0-9])"
    r"|(?P<a5>[0-9]{1,2})[./-](?P<b5>[0-9]{1,2})[./-](?P<y5>[0-9]{4})(?![0-9])"
    r")", re.IGNORECASE,
)  # fmt: skip
_TIME: Final = re.compile(
    r"(?:T|,?\s+(?:at\s+)?)~?(?P<h>[0-9]{1,2})(?::|\.(?=[0-9]{2}(?![0-9.])))(?P<m>[0-9]{2})"
    r"(?::(?P<s>[0-9]{2}))?(?:\.[0-9]+)?"
    r"\s*(?P<half>[ap]\.?m\b\.?)?\s*\(?(?P<zone>Z\b|[A-Z]{2,4}\b(?![-a-z])|)(?P<shift>[+-][0-9]{1,2}"
    r"(?::?[0-9]{2})?(?![0-9-]))?",
    re.IGNORECASE,
)  # fmt: skip
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_CLOCK: Final = r"~?[0-9]{1,2}:[0-9]{2}(?:\s*[ap]\.?m\b\.?)?"
# The zone stands behind the end alone; without one, 10:00-07:00 is a time with its offset.
_HOURS: Final = re.compile(
    rf"(?P<first>{_CLOCK})(?:\s*\(?[A-Z]{{3,4}}\)?)?"
    rf"\s*(?:-|\N{{EN DASH}}|\N{{EM DASH}}|to|until|till)\s*(?P<last>{_CLOCK})"
    r"(?P<zone>\s*\(?(?:[A-Z]{3,4}\b|Z\b)(?:[+-][0-9:]{1,5})?)",
    re.IGNORECASE,
)
# Hours from UTC of the names that mean one zone; BST, IST or CST mean several.
_ZONES: Final = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3,
    "est": -5, "edt": -4, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
_UNITS: Final = {"d": 1440, "h": 60, "m": 1, "s": 0}
_SPAN: Final = re.compile(
    r"(?P<n>[0-9]+(?:\.[0-9]+)?)\s*(?P<u>d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)\b",
    re.IGNORECASE,
)  # fmt: skip


def dates_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Every date in a text, in ISO 8601, with the place where it begins and ends.

    A time of day belongs to it when its zone is written as well, or none is; in a zone of unknown
    name only the day is certain.

    Examples:
        >>> [found for found, _, _ in dates_in("6th November, 2022 and 2023-01-23 10:05 UTC")]
        ['2022-11-06', '2023-01-23 10:05Z']
        >>> [found for found, _, _ in dates_in("20230123, 20202-01-16, Feb 30 2020, 3/4/2023")]
        ['2023-01-23', '3/4/2023']
    """
    for match in _DAY.finditer(text):
        day = _day(match)
        if day:
            time = _TIME.match(text, match.end())
            written = _time(time) if time and "/" not in day else ""
            yield day + written, match.start(), time.end() if time and written else match.end()


def first_date(text: str) -> str:
    """The first date of a text, or nothing."""
    return next((found for found, _, _ in dates_in(text)), "")


def moment_in(text: str, day: str) -> str:
    """The first date of a text, or the time of day that it begins with, on a given day.

    Examples:
        >>> moment_in("10:05 UTC", "2024-03-05"), moment_in("2024-03-06 10:05", "2024-03-05")
        ('2024-03-05 10:05Z', '2024-03-06 10:05')
    """
    timed = re.match(_CLOCK, text.strip(), re.IGNORECASE) if _ISO_DAY.fullmatch(day) else None
    return first_date(text) or (first_date(f"{day} {text.strip()}") if timed else "")


def span_in(text: str) -> tuple[str, str]:
    """The first date of a text, and the end where hours of the same day follow it.

    Examples:
        >>> span_in("2024-03-05 10:00 - 12:30 UTC"), span_in("2024-03-05 10:00-07:00")
        (('2024-03-05 10:00Z', '2024-03-05 12:30Z'), ('2024-03-05 10:00-07:00', ''))
    """
    first = first_date(text)
    hours = _HOURS.search(text)
    if not hours or not _ISO_DAY.fullmatch(first[:10]):
        return first, ""
    start, end = (
        first_date(f"{first[:10]} {hours[at]}{hours['zone']}") for at in ("first", "last")
    )
    return start, end if len(end) > len(first[:10]) and start <= end else ""


_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(match: re.Match[str]) -> str:
    found = {name: value for name, value in match.groupdict().items() if value}
    number = next(iter(found))[1]
    year = int(found[f"y{number}"])
    if number == "5":
        return _numbers(int(found["a5"]), int(found["b5"]), year, match[0])
    month = found[f"m{number}"]
    named = int(month) if month.isdigit() else _MONTHS.index(month[:3].casefold()) + 1
    return _iso(year, named, int(found[f"d{number}"]))


def _numbers(first: int, second: int, year: int, text: str) -> str:
    if first > 12:
        return _iso(year, second, first)
    if second > 12:
        return _iso(year, first, second)
    return re.sub("[.-]", "/", text) if first and second else ""


def _iso(year: int, month: int, day: int) -> str:
    try:
        found = date(year, month, day)
    except ValueError:
        return ""
    # Other years are those of templates, which no incident has.
    return found.isoformat() if _FIRST_YEAR <= year <= _LAST_YEAR else ""


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match["h"]), int(match["m"])
    if match["half"] and hour <= 12:
        hour = hour % 12 + (12 if match["half"].casefold().startswith("p") else 0)
    if hour > 23 or minute > 59 or int(match["s"] or 0) > 59:
        return ""
    zone = _zone(match["zone"], match["shift"])
    second = f":{match['s']}" if match["s"] else ""
    return "" if zone is None else f" {hour:02}:{minute:02}{second}{zone}"


def _zone(name: str, shift: str | None) -> str | None:
    """The offset from UTC as text; empty when no zone is written, None when it is unknown."""
    if not name and not shift:
        return ""
    base = _ZONES.get(name.casefold(), None if name else 0)
    if base is None:
        return None
    hours, minutes = base, 0
    if shift:
        digits = re.sub("[^0-9]", "", shift)
        far = int(digits[:2]) if len(digits) != 3 else int(digits[0])
        minutes = int(digits[-2:]) if len(digits) > 2 else 0
        hours = -far if shift[0] == "-" else far
        if abs(hours) > 14 or minutes > 59:
            return None
    return (
        "Z"
        if not hours and not minutes
        else f"{'-' if hours < 0 else '+'}{abs(hours):02}:{minutes:02}"
    )


def minutes_in(text: str) -> str:
    """A span of time in minutes, or nothing.

    Examples:
        >>> minutes_in("2h 30m"), minutes_in("~19 hours 43 minutes."), minutes_in("unknown")
        ('150', '1183', '')
    """
    parts = [(float(m["n"]), m["u"][0].casefold()) for m in _SPAN.finditer(text[:200])]
    total = sum(number * _UNITS[unit] for number, unit in parts)
    return str(round(total)) if total and total < 1e7 else ""
