"""Interpreting: from columns of text to the typed columns of our tables.

Everything that trackers have in common happens here: which column of the export holds which of
ours, text, lists, dates and numbers, and the words of the configuration. What a tracker alone knows
it adds by its function `complete`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.errors import InputError, nearest
from pmanalytics.reading.careful import shortened
from pmanalytics.settings import Source
from pmanalytics.tables import DTYPES, TABLES
from pmanalytics.trackers.dates import parse_dates
from pmanalytics.trackers.model import Export, Header, Tracker
from pmanalytics.trackers.vocabulary import (
    KINDS,
    distinct,
    fold_word,
    folded,
    severity_of,
    unknown_words,
)

__all__ = [
    "Draft",
    "Fault",
    "as_lists",
    "as_text",
    "exported_columns",
    "extracted",
    "in_one_line",
    "missing",
    "typed_columns",
    "without_apostrophe",
    "worded",
]

# Without these a row cannot be named, so a file that lacks them cannot be read as configured.
_NAMING: Final = ("key", "title", "item_id", "incident_id")
_LARGEST_NUMBER: Final = 1e15
_FLAGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, eq=False)
class Fault:
    """Rows that break a rule: where they are, and what was found there."""

    rule: str
    places: np.ndarray
    details: Sequence[str]


@dataclass(frozen=True, eq=False)
class Draft:
    """Columns of a table before its rows are chosen."""

    columns: Mapping[str, pd.Series]
    faults: Sequence[Fault] = ()
    warnings: tuple[str, ...] = ()


def exported_columns(
    tracker: Tracker, source: Source, header: Header, *, name: str
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Which of the export's columns hold each of ours, and what the configuration asks in vain.

    The configuration's `fields` outrank the tracker's columns; of a path it may name the end alone.
    A column that `fields` names and the file has not is a warning, because trackers leave out
    columns that nobody filled. Raises InputError when it would hold the key or the title.
    """
    known = {fold_word(column): column for column in reversed(header)}
    found = {}
    for ours, candidates in tracker.columns.items():
        column = next((known[c] for c in map(fold_word, candidates) if c in known), None)
        if column is not None:
            found[ours] = tuple(
                dict.fromkeys(c for c in header if fold_word(c) == fold_word(column))
            )
    warnings = []
    for ours, written in source.fields.items():
        column = _as_written(written, header, known)
        if column is not None:
            found[ours] = (column,)
            continue
        sentence = (
            f"no column {written!r}, which [source.fields] names for "
            f"{ours!r}{nearest(written, in_one_line(header))}"
        )
        if ours in _NAMING and ours not in found:
            raise InputError(f"{name} has {sentence}")
        warnings.append(f"The file has {sentence}")
    return found, tuple(warnings)


def _as_written(written: str, header: Header, known: Mapping[str, str]) -> str | None:
    if written in header:
        return written
    ends = [column for column in header if column.endswith(f".{written}")]
    return known.get(fold_word(written)) or (ends[0] if len(ends) == 1 else None)


def typed_columns(export: Export) -> Draft:
    """The columns that stand in the export as they are, with the types of our tables."""
    types = _types(export.table)
    columns: dict[str, pd.Series] = {}
    dated: dict[str, pa.Array] = {}
    faults: list[Fault] = []
    for ours, names in export.columns.items():
        kind = types.get(ours) or _kind_by_name(ours)
        if kind == "texts":
            separator = export.tracker.separators.get(ours, "")
            without = export.tracker.nothing + (export.tracker.nobody if ours == "owners" else ())
            lists = export.cells.texts(names, separator=separator, without=without)
            columns[ours] = as_lists(lists)
        elif kind in ("moment", "day"):
            dated[ours] = _filled(export, names[0])
        elif kind in ("integer", "number", "flag"):
            columns[ours], fault = _numbers(_filled(export, names[0]), kind, names[0])
            faults.append(fault)
        else:
            columns[ours] = as_text(_filled(export, names[0]))
    formats = (*export.source.date_formats, *export.tracker.dates)
    parsed, warnings = parse_dates(dated, formats=formats)
    for ours, moments in parsed.items():
        faults.append(_undated(dated[ours], moments.unread, export.columns[ours][0]))
        day = (types.get(ours) or _kind_by_name(ours)) == "day"
        zone = export.settings.timezone if day else export.timezone
        columns[ours] = moments.as_days(zone) if day else moments.in_utc(zone)
    return Draft(columns, faults, warnings)


def in_one_line(names: Sequence[str]) -> list[str]:
    """Names as they can stand in a sentence."""
    return list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))


def as_text(column: pa.Array) -> pd.Series:
    """Text as a column of ours: the empty text is missing."""
    filled = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.large_string()), column)
    return pd.Series(
        pd.StringDtype("pyarrow", na_value=np.nan).__from_arrow__(pa.chunked_array([filled]))
    )


def extracted(column: pd.Series, pattern: str) -> pd.Series:
    """What the only group of a pattern holds, missing where the text does not fit."""
    found = pc.extract_regex(pa.array(column, pa.large_string(), from_pandas=True), pattern)
    return as_text(pc.struct_field(found, 0))


def as_lists(column: pa.Array) -> pd.Series:
    """Lists as a column of ours."""
    lists = column.cast(pa.list_(pa.string()))
    return pd.Series(pd.arrays.ArrowExtensionArray(lists), dtype=DTYPES["texts"])


def _filled(export: Export, name: str) -> pa.Array:
    """The text of a column, with the empty text for words that mean an empty cell."""
    texts, nothing = export.cells.text(name), export.tracker.nothing
    if not nothing:
        return texts
    empty = pc.is_in(texts, value_set=pa.array(nothing, type=texts.type))
    return pc.if_else(empty, pa.scalar("", texts.type), texts)


def _types(table: str) -> dict[str, str]:
    """The types of our columns; a ticket that is an incident may fill columns of both tables."""
    tables = ("incidents", "items", table)
    return {column.name: column.type for name in tables for column in TABLES[name].columns}


def _kind_by_name(ours: str) -> str:
    """The type of a column that a tracker needs, and that no table of ours has."""
    return "moment" if ours.endswith("_at") else "day" if ours.endswith("_on") else "text"


def _undated(texts: pa.Array, unread: np.ndarray, name: str) -> Fault:
    places = np.flatnonzero(unread)
    found = texts.take(pa.array(places)).to_pylist()
    return Fault("bad_date", places, [f"{name}: {shortened(text)!r}" for text in found])


def _numbers(texts: pa.Array, kind: str, name: str) -> tuple[pd.Series, Fault]:
    written = distinct(as_text(texts))
    read = {"integer": _integer, "number": _number, "flag": _flag}[kind]
    values = [read(word) for (word,) in written.words]
    dtype = {"integer": "Int64", "number": "Float64", "flag": "boolean"}[kind]
    column = pd.Series(pd.array(values, dtype=dtype).take(written.codes))
    filled = pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
    places = np.flatnonzero(filled & column.isna().to_numpy())
    found = texts.take(pa.array(places)).to_pylist()
    return column, Fault("bad_number", places, [f"{name}: {shortened(text)!r}" for text in found])


def _integer(word: str) -> int | None:
    number = _number(word)
    return int(number) if number is not None and number.is_integer() else None


def _number(word: str) -> float | None:
    try:
        number = float(word.replace("_", "x"))
    except ValueError:
        return None
    return number if abs(number) < _LARGEST_NUMBER else None


def _flag(word: str) -> bool | None:
    return _FLAGS.get(fold_word(word))


def missing(export: Export, dtype: str = "str") -> pd.Series:
    """A column that the export has not: nothing in every row."""
    return pd.Series(index=range(len(export.cells)), dtype=dtype)


def without_apostrophe(column: pd.Series) -> pd.Series:
    """Text without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return column.str.replace(r"^'('*[=+\-@\t\r\n])", r"\1", regex=True)


def worded(
    export: Export, columns: Mapping[str, pd.Series]
) -> tuple[dict[str, pd.Series], list[str]]:
    """Severities, kinds and priorities in our words, and a sentence for words that nobody knows."""
    source, tracker = export.source, export.tracker
    given: dict[str, tuple[dict[str, str], Callable[[str], str | None]]] = {
        "severity": (folded(tracker.severities) | folded(source.severities), severity_of),
        "kind": (folded(source.kinds), _kind_of),
        "priority": (folded(source.priorities), str),
    }
    changed, warnings = {}, []
    for column in given.keys() & columns.keys():
        mapping, otherwise = given[column]
        words = distinct(columns[column])
        ours = [mapping.get(fold_word(word)) or otherwise(word) for (word,) in words.words]
        effect, section, instead, example = _UNKNOWN[column]
        unknown = {
            word: int(words.counts[number])
            for number, ((word,), found) in enumerate(zip(words.words, ours, strict=True))
            if word and found is None
        }
        results = [
            found or (word and (instead or word)) or None
            for (word,), found in zip(words.words, ours, strict=True)
        ]
        changed[column] = words.spread(results)
        if unknown:
            warnings.append(
                unknown_words(unknown, what=column, effect=effect, section=section, example=example)
            )
    return changed, warnings


def _kind_of(word: str) -> str | None:
    return fold_word(word) if fold_word(word) in KINDS else None


_UNKNOWN: Final = {
    "severity": ("is kept as it is", "severities", "", "sev2"),
    "kind": ("counts as other", "kinds", "other", "prevent"),
    "priority": ("", "priorities", "", ""),
}
