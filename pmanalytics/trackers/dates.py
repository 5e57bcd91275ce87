"""Dates: each distinct day, time or text is parsed once, in the formats that a tracker declares.

A tracker declares formats of strptime, and words for ways of writing that no format can describe:

- `iso`: ISO 8601 with four digits of the year, such as 2026-01-12, 2026-01-12 10:36 or
  2026-01-12T10:36:26.123+0200; 1 to 9 digits after the second, a zone as Z, UTC, +02, +0200 or
  +02:00, or none.
- `epoch` and `epoch_ms`: seconds or milliseconds since 1970 in UTC, as digits with or without a
  fraction.
- `javascript`: Sat Feb 11 2023 01:51:47 GMT+0000, with or without the name of the zone in brackets.
- `long`: October 22, 2021 or Oct 22, 2021 3:00 PM (EST). The zone counts if it is UTC, GMT or a
  distance from them; other names are ambiguous, and then the time is local.
- `range`: of two dates with an arrow between them, the first.
- `no_date`: the years 1 and 9999 say that there is no date.

Months may have their names in any language of `months`, under any locale of the process. Years
before 1900 and after 2199 are no dates. Nothing is guessed but one thing, and that is said: dates
such as 11/01/2023, in a locale that nobody names, as spreadsheets make them of an export.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.trackers.formats import (
    ZONE,
    Dates,
    parse_format,
    parse_halves,
    parse_seconds,
)
from pmanalytics.trackers.spreadsheet import parse_spreadsheet

__all__ = ["Moments", "parse_dates"]

ISO: Final = "iso"
_EARLIEST: Final = np.datetime64("1900-01-01")
_LATEST: Final = np.datetime64("2200-01-01")
_NOWHERE: Final = np.datetime64("NaT", "us")
_ISO_DAY: Final = "^(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})$"
_ISO_TIME: Final = (
    "^(?:[T ](?P<H>[0-9]{2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2})(?:[.,](?P<f>[0-9]{1,9}))?)?"
    f"(?: ?(?P<z>{ZONE}))?)?$"
)
_ISO_DAY_LENGTH: Final = 10
_LONG: Final = (
    "%b %d, %Y",
    "%b %d, %Y %I:%M %p",
    "%b %d, %Y, %I:%M %p",
    "%b %d, %Y %H:%M",
    "%b %d, %Y %I:%M %p (%Z)",
    "%b %d, %Y %H:%M (%Z)",
)
_JAVASCRIPT: Final = "%a %b %d %Y %H:%M:%S GMT%z"
_RANGE: Final = r"\s*(?:→|->).*$"
_NO_DATE: Final = (1, 9999)


@dataclass(frozen=True, eq=False)
class Moments:
    """Parsed dates: `written` as they stand there, and `known` in UTC where they name their zone.

    Both are arrays of datetime64[us]; a text that names a zone has both, one that fits no format
    has neither. `unread` says where there is a text that is no date: not where the text is empty
    or says that there is no date.
    """

    written: np.ndarray
    known: np.ndarray
    unread: np.ndarray

    def take(self, places: np.ndarray) -> "Moments":
        """Those at the given places."""
        return Moments(self.written[places], self.known[places], self.unread[places])

    def in_utc(self, timezone: str) -> pd.Series:
        """As moments in UTC; what names no zone was written in `timezone`.

        A time that was skipped when the clocks went forward becomes the first one after it, and one
        that came twice is the first of the two.
        """
        local = pd.Series(self.written)
        first = np.ones(len(local), dtype=bool)
        utc = local.dt.tz_localize(timezone, ambiguous=first, nonexistent="shift_forward")
        utc = utc.dt.tz_convert("UTC")
        known = pd.Series(self.known).dt.tz_localize("UTC")
        if known.notna().any():
            utc = utc.where(known.isna(), known)
        return utc.astype("datetime64[us, UTC]")

    def as_days(self, timezone: str) -> pd.Series:
        """As days; what names its zone is the day in `timezone`."""
        known = pd.Series(self.known).dt.tz_localize("UTC").dt.tz_convert(timezone)
        local = pd.Series(self.written)
        days = local.where(known.isna(), known.dt.tz_localize(None))
        return days.dt.normalize().astype("datetime64[us]")

    @property
    def missing(self) -> np.ndarray:
        """Where there is no date."""
        return np.isnat(self.written)


def parse_dates(
    columns: Mapping[str, pa.Array], *, formats: Sequence[str]
) -> tuple[dict[str, Moments], tuple[str, ...]]:
    """Parse columns of text that share their formats, and say what was guessed.

    `formats` are those of strptime or words of this module, tried in their order. Empty texts and
    texts that fit no format are missing in the result. Raises ConfigurationError when a format
    cannot be understood.

    Examples:
        >>> parsed, _ = parse_dates({"a": pa.array(["12/Jan/26"])}, formats=["%d/%b/%y"])
        >>> parsed["a"].written.astype("datetime64[D]").astype(str).tolist()
        ['2026-01-12']
    """
    parsed = {name: _Column(texts, formats) for name, texts in columns.items()}
    rest = [column.rest() for column in parsed.values()]
    texts = pa.chunked_array(rest, pa.large_string()).combine_chunks()
    warnings: tuple[str, ...] = ()
    if len(texts):
        # All columns together, for they were written by the same spreadsheet.
        distinct = texts.dictionary_encode()
        found, warnings = parse_spreadsheet(distinct.dictionary)
        written, known = _spread(found, distinct)
        ends = np.cumsum([len(part) for part in rest])[:-1]
        parts = zip(np.split(written, ends), np.split(known, ends), strict=True)
        for column, part in zip(parsed.values(), parts, strict=True):
            column.take_over(part)
    return {name: column.moments() for name, column in parsed.items()}, warnings


class _Column:
    """A column of text that is being parsed: one format after the other takes what fits it."""

    def __init__(self, column: pa.Array, formats: Sequence[str]) -> None:
        texts = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
        if "range" in formats:
            texts = pc.replace_substring_regex(texts, _RANGE, "")
        self.texts = texts
        self.written = np.full(len(texts), _NOWHERE)
        self.known = np.full(len(texts), _NOWHERE)
        self.unread = pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
        self.no_date = "no_date" in formats
        for form in formats:
            if form not in ("range", "no_date") and self.unread.any():
                self.take_over(_parsed(self.rest(), form))

    def rest(self) -> pa.Array:
        """The texts that no format has fitted yet."""
        return self.texts if self.unread.all() else self.texts.filter(pa.array(self.unread))

    def take_over(self, found: Dates) -> None:
        """Believe what was found for the rest, where it can be believed."""
        written, known = found
        places = np.flatnonzero(self.unread)
        believable = (written >= _EARLIEST) & (written < _LATEST)
        chosen = places[believable]
        self.written[chosen] = written[believable]
        self.known[chosen] = known[believable]
        self.unread[chosen] = False
        if self.no_date:
            self.unread[places[_says_none(written)]] = False

    def moments(self) -> Moments:
        """What was found."""
        return Moments(self.written, self.known, self.unread)


def _parsed(texts: pa.Array, form: str) -> Dates:
    if form == ISO:
        return _iso(texts)
    if form not in _WORDS:
        return parse_format(texts, form)
    distinct = texts.dictionary_encode()
    return _spread(_WORDS[form](distinct.dictionary), distinct)


def _spread(found: Dates, distinct: pa.DictionaryArray) -> Dates:
    """What was found for the distinct texts, for all of them."""
    codes = distinct.indices.to_numpy()
    return found[0][codes], found[1][codes]


def _says_none(written: np.ndarray) -> np.ndarray:
    years = written.astype("datetime64[Y]")
    return np.isin(years, [np.datetime64(f"{year:04}", "Y") for year in _NO_DATE])


def _iso(texts: pa.Array) -> Dates:
    lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    return parse_halves(texts, np.minimum(lengths, _ISO_DAY_LENGTH), _ISO_DAY, _ISO_TIME)


def _epoch(texts: pa.Array) -> Dates:
    return parse_seconds(texts)


def _epoch_ms(texts: pa.Array) -> Dates:
    return parse_seconds(texts, digits=3)


def _javascript(texts: pa.Array) -> Dates:
    return parse_format(pc.replace_substring_regex(texts, r"\s*\([^)]*\)$", ""), _JAVASCRIPT)


def _long(texts: pa.Array) -> Dates:
    written, known = np.full(len(texts), _NOWHERE), np.full(len(texts), _NOWHERE)
    for form in _LONG:
        found = parse_format(texts, form)
        written = np.where(np.isnat(written), found[0], written)
        known = np.where(np.isnat(known), found[1], known)
    return written, known


_WORDS: Final[Mapping[str, Callable[[pa.Array], Dates]]] = {
    "epoch": _epoch,
    "epoch_ms": _epoch_ms,
    "javascript": _javascript,
    "long": _long,
}
