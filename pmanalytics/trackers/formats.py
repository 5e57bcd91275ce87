"""Formats: from one declared way of writing dates to moments, many texts at once.

A format is that of strptime, read here so that it means the same under every locale and so that the
names of months may be of any language we know. Minutes over years are many, but days and times of
day are few: both are looked at apart, and each of them once.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.errors import ConfigurationError
from pmanalytics.trackers.months import month_of

__all__ = ["CLOCK", "ZONE", "Dates", "parse_format", "parse_halves", "parse_seconds", "until_blank"]

# As written, and in UTC where a zone is written; both are datetime64[us] and may be missing.
Dates = tuple[np.ndarray, np.ndarray]

_BLANK: Final = r"[\s\x{a0}\x{202f}]"
_HALF: Final = rf"(?P<p>[AaPp])\.?{_BLANK}?[Mm]\.?"
ZONE: Final = "Z|UTC|GMT|[+-][01][0-9](?::?[0-5][0-9])?"
_DIRECTIVES: Final = {
    "Y": "(?P<Y>[0-9]{4})",
    "y": "(?P<y>[0-9]{2})",
    "m": "(?P<m>[0-9]{1,2})",
    "b": r"(?P<b>[\pL\pM]{3,}\.?)",
    "d": "(?P<d>[0-9]{1,2})",
    "H": "(?P<H>[0-9]{1,2})",
    "M": "(?P<M>[0-9]{1,2})",
    "S": "(?P<S>[0-9]{1,2})",
    "f": "(?P<f>[0-9]{1,9})",
    "p": _HALF,
    "z": f"(?P<z>{ZONE})",
    "Z": r"(?P<z>\pL[\pL0-9+:-]*)",
    "a": r"\pL+\.?",
    "%": "%",
}
_SAME: Final = {"B": "b", "A": "a", "I": "H"}
_DAY: Final = frozenset("YymbBdaA")
_TIME: Final = frozenset("HIMSfpzZ")
CLOCK: Final = (
    rf"(?:{_BLANK}*(?P<H>[0-9]{{1,2}}):(?P<M>[0-9]{{2}})(?::(?P<S>[0-9]{{2}}))?"
    rf"(?:{_BLANK}*{_HALF})?)?"
)
_ZONE: Final = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
_SECOND: Final = 1_000_000
_NEVER: Final = np.timedelta64("NaT", "us")
# Digits of a second that any date we believe has; more would not fit into 64 bits.
_LONGEST: Final = 11
# Years of two digits: 69 is 1969 and 68 is 2068, as in strptime.
_PIVOT: Final = 69


def parse_format(texts: pa.Array, form: str) -> Dates:
    """Parse texts by a format of strptime; those that do not fit are missing.

    Knows %Y %y %m %b %B %d %a %A, %H %I %M %S %f %p and %z %Z. Raises ConfigurationError for any
    other, and when year, month or day are not there or one of them is there twice.

    Examples:
        >>> written, _ = parse_format(pa.array(["6/abr/26 7:00 PM", "-"]), "%d/%b/%y %I:%M %p")
        >>> written.astype("datetime64[m]").astype(str).tolist()
        ['2026-04-06T19:00', 'NaT']
    """
    whole, day, time = _patterns(form)
    if time:
        return parse_halves(texts, until_blank(texts), day, time)
    encoded = texts.dictionary_encode()
    codes = encoded.indices.to_numpy()
    since, ahead = _read(encoded.dictionary, whole)
    return _dates(since[codes], ahead[codes])


def parse_halves(texts: pa.Array, ends: np.ndarray, day: str, time: str) -> Dates:
    """Parse days and times by regular expressions whose groups are directives.

    `ends` says how many bytes of each text the day takes; what follows is the time.
    """
    encoded = _cut(texts, ends).dictionary_encode()
    first, second = encoded.indices.to_numpy().reshape(-1, 2).T
    days, _ = _read(encoded.dictionary, day)
    times, ahead = _read(encoded.dictionary, time)
    return _dates(days[first] + times[second], ahead[second])


def until_blank(texts: pa.Array) -> np.ndarray:
    """How many bytes of each text stand before its first blank."""
    found = pc.find_substring(texts, " ").to_numpy(zero_copy_only=False)
    lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    return np.where(found < 0, lengths, found)


def _cut(texts: pa.Array, ends: np.ndarray) -> pa.Array:
    """Both parts of every text, one after the other, without copying a letter."""
    texts = texts.cast(pa.large_string())
    _, offsets, letters = texts.buffers()
    begins = np.frombuffer(offsets, np.int64)[texts.offset :][: len(texts) + 1]
    places = np.empty(2 * len(texts) + 1, np.int64)
    places[0::2], places[1::2] = begins, begins[:-1] + ends
    return pa.LargeStringArray.from_buffers(2 * len(texts), pa.py_buffer(places), letters)


@lru_cache(maxsize=64)
def _patterns(form: str) -> tuple[str, str, str]:
    """Regular expressions for a whole format and, where they can be told apart, for its halves."""
    named = re.findall(r"%(.?)", form)
    asked = [_SAME.get(name, name) for name in named if name != "%"]
    unknown = [name for name in asked if name not in _DIRECTIVES]
    if unknown:
        raise ConfigurationError(
            f"The date format {form!r} has %{unknown[0]}, which is not known; use "
            "%Y %y %m %b %d %H %I %M %S %f %p %z %Z."
        )
    dated = [name for name in asked if name in "YymbdHMSfpzZ"]
    kinds = [{"Y": "y", "b": "m", "Z": "z"}.get(name, name) for name in dated]
    if len(set(kinds)) < len(kinds) or not {"y", "m", "d"} <= set(kinds):
        raise ConfigurationError(
            f"The date format {form!r} must have a year, a month and a day, each of them once."
        )
    day, _, time = form.partition(" ")
    in_day, in_time = (set(re.findall(r"%(.)", half)) for half in (day, time))
    whole = f"(?i)^{_pattern(form)}$"
    if not time or in_day & _TIME or in_time & _DAY:
        return whole, "", ""
    return whole, f"(?i)^{_pattern(day)}$", f"(?i)^{_BLANK}*{_pattern(time)}$"


def _pattern(form: str) -> str:
    parts = re.findall(r"%.|\s+|[^%\s]+", form)
    return "".join(
        _DIRECTIVES[_SAME.get(part[1], part[1])]
        if part[0] == "%"
        else f"{_BLANK}+"
        if part.isspace()
        else re.escape(part)
        for part in parts
    )


def parse_seconds(texts: pa.Array, *, digits: int = 0) -> Dates:
    """Parse counts of seconds since 1970 in UTC; milliseconds have three more `digits`."""
    fields = _fields(texts, f"^(?P<s>[0-9]{{1,{_LONGEST + digits}}})(?:[.](?P<f>[0-9]{{1,9}}))?$")
    unit = 10 ** (6 - digits)
    parts = fields.number("s", 0) * unit + fields.fraction() // 10**digits
    since = np.where(fields.fit, parts.astype("timedelta64[us]"), _NEVER)
    return _dates(since, np.zeros_like(since))


def _dates(since: np.ndarray, ahead: np.ndarray) -> Dates:
    written = np.datetime64(0, "us") + since
    return written, written - ahead


def _read(texts: pa.Array, pattern: str) -> Dates:
    """The time since 1970 as it is written, and how far its zone is ahead of UTC.

    Both are timedelta64[us], missing where the text does not fit or names no zone.
    """
    fields = _fields(texts, pattern)
    since = np.where(fields.fit, _days(fields) + _times(fields), _NEVER)
    return since, fields.each("z", _ahead, absent=None).astype("timedelta64[us]")


@dataclass(frozen=True, eq=False)
class _Fields:
    """What the groups of a pattern found: text by directive, empty where there is none."""

    groups: Mapping[str, pa.Array]
    fit: np.ndarray

    def number(self, name: str, absent: int) -> np.ndarray:
        """A group as whole numbers."""
        if name not in self.groups:
            return np.full(len(self.fit), absent)
        found = self.groups[name]
        filled = pc.if_else(pc.equal(found, ""), str(absent), found)
        return filled.cast(pa.int64()).to_numpy(zero_copy_only=False)

    def each(
        self, name: str, meaning: Callable[[str], int | None], *, absent: int | None
    ) -> np.ndarray:
        """What the words of a group mean, as float64; few of them are distinct."""
        if name not in self.groups:
            return np.full(len(self.fit), np.nan if absent is None else absent, dtype=np.float64)
        encoded = self.groups[name].dictionary_encode()
        values = [meaning(word) if word else absent for word in encoded.dictionary.to_pylist()]
        return np.array(values, dtype=np.float64)[encoded.indices.to_numpy()]

    def fraction(self) -> np.ndarray:
        """Microseconds; further digits are left out."""
        if "f" not in self.groups:
            return np.zeros(len(self.fit), dtype=np.int64)
        padded = pc.utf8_rpad(self.groups["f"], 6, "0")
        six = pc.utf8_slice_codeunits(padded, 0, 6)
        return six.cast(pa.int64()).to_numpy(zero_copy_only=False)


def _fields(texts: pa.Array, pattern: str) -> _Fields:
    found = pc.extract_regex(texts, pattern)
    fit = found.is_valid().to_numpy(zero_copy_only=False)
    return _Fields(
        {f.name: pc.fill_null(pc.struct_field(found, f.name), "") for f in found.type}, fit
    )


def _days(fields: _Fields) -> np.ndarray:
    """Midnights of the days since 1970; those that no calendar has are missing."""
    if "d" not in fields.groups:
        return np.zeros(len(fields.fit), dtype="timedelta64[us]")
    short = fields.number("y", 0)
    year = fields.number("Y", 0) if "Y" in fields.groups else short + 1900 + 100 * (short < _PIVOT)
    named = fields.each("b", month_of, absent=0).astype(np.int64)
    month = named if "b" in fields.groups else fields.number("m", 0)
    day = fields.number("d", 0)
    begun = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = begun.astype("datetime64[D]") + (day - 1)
    exists = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == begun)
    since = (days - np.datetime64(0, "D")).astype("timedelta64[us]")
    return np.where(exists, since, _NEVER)


def _times(fields: _Fields) -> np.ndarray:
    """Times of day; those that no clock shows are missing."""
    hour, minute, second = (fields.number(name, 0) for name in "HMS")
    half = fields.each("p", lambda word: 12 * (word in "Pp"), absent=None)
    twelve = ~np.isnan(half)
    shown = np.where(twelve, (hour >= 1) & (hour <= 12), hour <= 23)
    shown &= (minute <= 59) & (second <= 59)
    hour = np.where(twelve, hour % 12 + np.nan_to_num(half).astype(np.int64), hour)
    since = ((hour * 60 + minute) * 60 + second) * _SECOND + fields.fraction()
    return np.where(shown, since.astype("timedelta64[us]"), _NEVER)


def _ahead(zone: str) -> int | None:
    """How many microseconds a zone is ahead of UTC; None for a name that is not known."""
    if zone.upper() in ("Z", "UTC", "GMT"):
        return 0
    found = _ZONE.fullmatch(zone)
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return (-minutes if found[1] == "-" else minutes) * 60 * _SECOND
