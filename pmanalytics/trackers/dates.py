"""Dates: each distinct text is parsed once, in the formats that a tracker declares.

Nothing is guessed but one thing, and that is said: dates such as 11/01/2023 that a spreadsheet made
when somebody saved the export again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Moments", "parse_dates"]

ISO: Final = "iso"
_ISO_PATTERN: Final = (
    r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?$"
)
_ZONED_PATTERN: Final = r":\d{2}([.,]\d+)? ?(Z|UTC|[+-]\d{2}:?\d{2})$"
_SPREADSHEET: Final = re.compile(
    r"^(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}:\d{2})(:\d{2})?( [AaPp][Mm])?)?$"
)
_EARLIEST: Final = np.datetime64("1900-01-01")
_LATEST: Final = np.datetime64("2200-01-01")
_NOWHERE: Final = np.datetime64("NaT", "us")
_DAY_ONLY: Final = re.compile(r"(?=.*%[yY])(?=.*%[mbB])(?=.*%d)[^ ]+")
_TIME_ONLY: Final = re.compile(r"(%[HIMSpf]|[^%])+")
# Below this number it is not worth while to parse days and times apart.
_FEW: Final = 20
_ZONE_AT_END: Final = r" ?(Z|[+-]\d{2}:?\d{2})$"


@dataclass(frozen=True, eq=False)
class Moments:
    """Parsed dates: `written` as they stand there, and `known` in UTC where they name their zone.

    Both are arrays of datetime64[us]; a text that names a zone has both, one that fits no format
    has neither.
    """

    written: np.ndarray
    known: np.ndarray

    def take(self, places: np.ndarray) -> "Moments":
        """Those at the given places."""
        return Moments(self.written[places], self.known[places])

    def in_utc(self, timezone: str) -> pd.Series:
        """As moments in UTC; what names no zone was written in `timezone`.

        A time that was skipped when the clocks went forward becomes the first one after it, and one
        that came twice is the first of the two.
        """
        local = pd.Series(self.written)
        first = np.ones(len(local), dtype=bool)
        utc = local.dt.tz_localize(timezone, ambiguous=first, nonexistent="shift_forward")
        known = pd.Series(self.known).dt.tz_localize("UTC")
        return utc.dt.tz_convert("UTC").where(known.isna(), known).astype("datetime64[us, UTC]")

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

    `formats` are those of strptime, or "iso". Empty texts and texts that fit no format are missing
    in the result.

    Examples:
        >>> parsed, _ = parse_dates({"a": pa.array(["12/Jan/26"])}, formats=["%d/%b/%y"])
        >>> parsed["a"].written.astype("datetime64[D]").astype(str).tolist()
        ['2026-01-12']
    """
    if not columns:
        return {}, ()
    texts = pa.chunked_array([column.cast(pa.large_string()) for column in columns.values()])
    encoded = texts.combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy()
    distinct = pc.utf8_trim_whitespace(encoded.dictionary)
    parsed, warnings = _parsed(distinct, formats)
    ends = np.cumsum([len(column) for column in columns.values()])
    parts = np.split(codes, ends[:-1])
    return {name: parsed.take(part) for name, part in zip(columns, parts, strict=True)}, warnings


def _parsed(texts: pa.Array, formats: Sequence[str]) -> tuple[Moments, tuple[str, ...]]:
    parsed = Moments(np.full(len(texts), _NOWHERE), np.full(len(texts), _NOWHERE))
    filled = pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
    warnings: tuple[str, ...] = ()
    for form in (*formats, None):
        open_places = np.flatnonzero(parsed.missing & filled)
        if not len(open_places):
            break
        rest = texts.take(pa.array(open_places))
        if form is None:
            found, warnings = _from_spreadsheet(rest.to_pylist())
        else:
            found = _iso(rest) if form == ISO else _by_format(rest, form)
        believable = (found.written >= _EARLIEST) & (found.written < _LATEST)
        parsed.written[open_places[believable]] = found.written[believable]
        parsed.known[open_places[believable]] = found.known[believable]
    return parsed, warnings


def _iso(texts: pa.Array) -> Moments:
    shaped = pc.match_substring_regex(texts, _ISO_PATTERN)
    zoned = pc.and_(shaped, pc.match_substring_regex(texts, _ZONED_PATTERN))
    plain = pc.replace_substring_regex(texts, r" ?UTC$", "Z")
    known = _strings_to_dates(plain, zoned, utc=True)
    bare = pc.replace_substring_regex(plain, _ZONE_AT_END, "")
    written = _strings_to_dates(pc.if_else(zoned, bare, plain), shaped)
    return Moments(np.where(np.isnat(known) & _array(zoned), _NOWHERE, written), known)


def _strings_to_dates(texts: pa.Array, where: pa.Array, *, utc: bool = False) -> np.ndarray:
    chosen = _array(where)
    result = np.full(len(texts), _NOWHERE)
    found = pd.to_datetime(
        pd.Series(texts.filter(where).to_pandas()), format="ISO8601", errors="coerce", utc=utc
    )
    result[chosen] = (found.dt.tz_localize(None) if utc else found).to_numpy("datetime64[us]")
    return result


def _by_format(texts: pa.Array, form: str) -> Moments:
    """Parse by a format; a date and a time with a blank between them are parsed apart.

    Minutes over years are many, but days and times of day are few.
    """
    day, _, time = form.partition(" ")
    if "%z" in form:
        known = _strptime(texts, form, utc=True)
        bare = pc.replace_substring_regex(texts, _ZONE_AT_END, "")
        written = _strptime(bare, form.replace(" %z", "").replace("%z", ""))
        return Moments(np.where(np.isnat(known), _NOWHERE, written), known)
    if len(texts) < _FEW or not (_DAY_ONLY.fullmatch(day) and _TIME_ONLY.fullmatch(time)):
        written = _strptime(texts, form)
    else:
        parts = pc.split_pattern_regex(texts, r"\s+", max_splits=1)
        whole = pc.equal(pc.list_value_length(parts), 2)
        written = np.full(len(texts), _NOWHERE)
        halves = pc.list_flatten(parts.filter(whole))
        first = np.arange(len(halves)) % 2 == 0
        days = _each(halves.filter(pa.array(first)), day)
        times = _each(halves.filter(pa.array(~first)), time)
        written[_array(whole)] = days + (times - times.astype("datetime64[D]"))
    return Moments(written, np.full(len(texts), _NOWHERE))


def _each(texts: pa.Array, form: str) -> np.ndarray:
    encoded = texts.dictionary_encode()
    return _strptime(encoded.dictionary, form)[encoded.indices.to_numpy()]


def _strptime(texts: pa.Array, form: str, *, utc: bool = False) -> np.ndarray:
    found = pd.to_datetime(
        pd.Series(texts.to_pylist(), dtype=object), format=form, errors="coerce", utc=utc
    )
    if utc:
        found = found.dt.tz_localize(None)
    return found.to_numpy("datetime64[us]")


def _from_spreadsheet(texts: Sequence[str]) -> tuple[Moments, tuple[str, ...]]:
    """Dates like 11/01/2023 15:22, which no tracker writes and every spreadsheet does.

    Where all of them can be read either way, the clock decides: a clock of 12 hours goes with the
    month first, one of 24 hours with the day first.
    """
    nowhere = np.full(len(texts), _NOWHERE)
    matches = [_SPREADSHEET.match(text) for text in texts]
    found = [match for match in matches if match]
    if not found:
        return Moments(nowhere, nowhere), ()
    month_first = _month_first(found)
    date = "%m/%d/%Y" if month_first else "%d/%m/%Y"
    written = nowhere.copy()
    shaped = pa.array([match[0] if match else "" for match in matches])
    for clock in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"):
        parsed = _strptime(shaped, date + clock)
        written = np.where(np.isnat(written), parsed, written)
    order = "month" if month_first else "day"
    other = date.replace("%m", "%x").replace("%d", "%m").replace("%x", "%d")
    warning = (
        f"Dates like {found[0][0]!r} were written by a spreadsheet and read with the {order} "
        f'first; if that is wrong, set date_formats = ["{other} %H:%M"] for the source.'
    )
    return Moments(written, nowhere), (warning,)


def _month_first(found: Sequence[re.Match[str]]) -> bool:
    day_leads = any(int(match[1]) > 12 for match in found)
    month_leads = any(int(match[2]) > 12 for match in found)
    if day_leads != month_leads:
        return month_leads
    return any(match[6] for match in found)


def _array(flags: pa.Array) -> np.ndarray:
    return flags.to_numpy(zero_copy_only=False)
