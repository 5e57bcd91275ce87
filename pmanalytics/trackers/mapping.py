"""Mapping: from a sheet of text to a canonical table, every row kept, filtered or rejected."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmanalytics.errors import nearest
from pmanalytics.reading.dates import parse_days, parse_moments
from pmanalytics.reading.sheets import TEXTS, Rejected, Sheet
from pmanalytics.settings import Source
from pmanalytics.tables import TABLES, Column, Table, conform
from pmanalytics.trackers.model import Findings, Tracker
from pmanalytics.trackers.vocabulary import (
    kinds_of,
    severities_of,
    translated,
    unknown_words,
)

__all__ = ["Mapped", "map_sheet", "wanted_columns"]

CLOSED = ("done", "dropped")
MANY = 10
PROJECT = r"^(.+?)(?:-|#)\d+$"
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# An item of a tracker that keeps incidents as tickets, read as an incident.
AS_INCIDENT = {"key": "incident_id", "created_at": "started_at", "closed_at": "resolved_at"}


@dataclass(frozen=True, eq=False)
class Mapped:
    """A canonical table with the column `row`, and what became of the other rows."""

    table: str
    frame: pd.DataFrame
    filtered: int
    rejects: tuple[Rejected, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """What is needed to read a sheet: the tracker, the configuration, and the zone of its times."""

    tracker: Tracker
    source: Source
    system: str
    zone: str
    table: str

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The export's columns for each canonical column; the configuration comes first."""
        configured = {name: (column,) for name, column in self.source.fields.items()}
        return {**self.tracker.columns, **configured}

    @property
    def formats(self) -> tuple[str, ...]:
        """The date formats, those of the configuration first."""
        return (*self.source.date_formats, *self.tracker.dates)


def wanted_columns(reading: Reading) -> frozenset[str]:
    """The columns of the export that mean something."""
    named = {column for columns in reading.columns.values() for column in columns}
    return frozenset(named | set(reading.source.where))


def map_sheet(sheet: Sheet, reading: Reading) -> Mapped:
    """Turn a sheet into the table that it holds."""
    rows = len(sheet)
    warnings = [*sheet.warnings, *reading.tracker.limits(rows + len(sheet.rejects), sheet)]
    warnings += _missing_fields(sheet, reading)
    if reading.tracker.aside:
        sheet = sheet.keep(~reading.tracker.aside(sheet))
    asked = (
        "items"
        if reading.table == "incidents" and reading.tracker.table == "items"
        else reading.table
    )
    if reading.tracker.name in ("table", "mapped"):
        asked = reading.table
    frame, faults = _typed(sheet, reading, TABLES[asked].columns)
    if asked == "items":
        frame, said = _as_items(sheet, frame, reading)
        warnings += said
    frame, said = _in_our_words(frame, reading)
    warnings += said
    if asked != reading.table:
        frame, more = _as_incidents(sheet, frame, reading)
        faults += more
    frame = frame.assign(row=sheet.rows)
    faults += _keyless(frame, reading)
    warnings += [
        f"The column {fault.column!r} holds no date or number that fits and was "
        "left out; say how they are written with date_formats = in its [[source]]."
        for fault in faults
        if fault.no_such_column
    ]
    kept, rejects = _without(frame, faults)
    chosen = _chosen(sheet, kept, frame, reading)
    filtered = rows - len(sheet) + int((~chosen).sum())
    kept = kept[chosen]
    table = conform(kept, reading.table).assign(row=kept["row"]).reset_index(drop=True)
    return Mapped(reading.table, table, filtered, sheet.rejects + rejects, tuple(warnings))


@dataclass(frozen=True, eq=False)
class Fault:
    """Cells of one column that break a rule: where, which rule, and what was written."""

    bad: np.ndarray
    rule: str
    column: str
    written: pd.Series | None = None

    @property
    def no_such_column(self) -> bool:
        """Not one of many cells fits: the column holds something else than its name says."""
        said = 0 if self.written is None else int(self.written.notna().sum())
        return said >= MANY and int(self.bad.sum()) == said

    def detail(self, place: int) -> str:
        """What is wrong with one row, in words."""
        if self.written is None:
            return f"no {self.column}"
        return f"{self.column} is {str(self.written.iloc[place])[:60]!r}"


def _missing_fields(sheet: Sheet, reading: Reading) -> list[str]:
    return [
        f"It has no column {column!r} for {name}, which stays empty"
        f"{nearest(column, list(sheet.names))}"
        for name, column in reading.source.fields.items()
        if column not in sheet
    ]


def _typed(
    sheet: Sheet, reading: Reading, columns: tuple[Column, ...]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Every canonical column that the sheet has, in its type, and the cells that do not fit."""
    extra = tuple(
        Column(name, "moment", "a tracker's own")
        for name in reading.tracker.columns
        if name[0] == "_"
    )
    found: dict[str, pd.Series] = {}
    faults: list[Fault] = []
    for column in (*columns, *extra):
        name = next((n for n in reading.columns.get(column.name, ()) if n in sheet), None)
        values = _cells(sheet, name, column, reading)
        found[column.name] = values
        if name and column.type in ("moment", "day", "integer", "number"):
            written = sheet.text(name)
            bad = (written.notna() & values.isna()).to_numpy(dtype=bool)
            rule = "bad_date" if column.type in ("moment", "day") else "bad_number"
            faults.append(Fault(bad, rule, name, written))
    return pd.DataFrame(found, index=pd.RangeIndex(len(sheet))), faults


def _cells(sheet: Sheet, name: str | None, column: Column, reading: Reading) -> pd.Series:
    index = pd.RangeIndex(len(sheet))
    if name is None:
        return conform(pd.DataFrame(index=index), _single(column))[column.name]
    if column.type == "moment":
        return parse_moments(sheet.text(name), formats=reading.formats, zone=reading.zone)
    if column.type == "day":
        return parse_days(sheet.text(name), formats=reading.formats)
    if column.type == "texts":
        return _lists(sheet, name, split=reading.tracker.name in ("table", "mapped"))
    text = sheet.text(name)
    if column.type in ("integer", "number"):
        return _numbers(text, whole=column.type == "integer")
    return text.str.casefold().map(FLAGS).astype("boolean") if column.type == "flag" else text


def _numbers(text: pd.Series, *, whole: bool) -> pd.Series:
    numbers = pd.to_numeric(text, errors="coerce")
    return numbers.where(numbers % 1 == 0).astype("Int64") if whole else numbers.astype("Float64")


def _single(column: Column) -> Table:
    return Table(column.name, "", (column,))


def _lists(sheet: Sheet, name: str, *, split: bool) -> pd.Series:
    if not split:
        return sheet.texts(name)
    parts = sheet.text(name).fillna("").str.split(";")
    return pd.Series([[p.strip() for p in cell if p.strip()] for cell in parts], dtype=TEXTS)


def _as_items(
    sheet: Sheet, frame: pd.DataFrame, reading: Reading
) -> tuple[pd.DataFrame, list[str]]:
    """State, key, project and source of items."""
    found: Findings = reading.tracker.states(sheet, frame)
    derived = {
        name: values
        for name, values in found.columns.items()
        if name not in reading.source.fields or name in ("key", "owners", "labels")
    }
    frame = frame.assign(**derived)
    configured = translated(frame["status"], reading.source.states)
    state = configured.fillna(found.state)
    odd = frame["status"][found.unknown & configured.isna().to_numpy()]
    closed = state.isin(CLOSED).to_numpy(dtype=bool)
    project = frame["project"].fillna(frame["key"].str.extract(PROJECT, expand=False))
    source = frame["source"].fillna(reading.system)
    made = (source + ":" + frame["key"]).astype("str")
    pointed = frame["duplicate_of"]
    prefix = (
        pointed.notna()
        & ~pointed.str.contains(":", regex=False).fillna(value=False)
        & (pointed != "unknown")
    )
    frame = frame.assign(
        state=state,
        closed_at=frame["closed_at"].where(closed),
        project=project.astype("str"),
        source=source.astype("str"),
        item_id=frame["item_id"].fillna(made).astype("str"),
        duplicate_of=pointed.mask(prefix, (reading.system + ":" + pointed).astype("str")).astype(
            "str"
        ),
    )
    warnings = [*found.warnings, *unknown_words(odd, "status", "states", "open")]
    return frame, warnings


def _in_our_words(frame: pd.DataFrame, reading: Reading) -> tuple[pd.DataFrame, list[str]]:
    warnings: list[str] = []
    changed = {}
    if "severity" in frame:
        changed["severity"], said = severities_of(
            frame["severity"], configured=reading.source.severities
        )
        warnings += said
    if reading.table in ("items", "incidents") and "kind" in frame:
        changed["kind"], said = kinds_of(frame["kind"], configured=reading.source.kinds)
        warnings += said
    if "priority" in frame:
        priority = translated(frame["priority"], reading.source.priorities)
        changed["priority"] = priority.fillna(frame["priority"])
    return frame.assign(**changed), warnings


def _as_incidents(
    sheet: Sheet, frame: pd.DataFrame, reading: Reading
) -> tuple[pd.DataFrame, list[Fault]]:
    """Tickets that are incidents: created when they began, closed when they were over."""
    named = {name for name in reading.source.fields if name in TABLES["incidents"].names}
    own = tuple(column for column in TABLES["incidents"].columns if column.name in named)
    typed, faults = _typed(sheet, reading, own)
    renamed = frame.rename(
        columns={old: new for old, new in AS_INCIDENT.items() if new not in named}
    )
    kept = renamed[
        [name for name in TABLES["incidents"].names if name in renamed and name not in typed]
    ]
    merged = pd.concat([kept, typed[[name for name in named if name not in ("severity",)]]], axis=1)
    return merged.assign(severity=frame["severity"]), faults


def _keyless(frame: pd.DataFrame, reading: Reading) -> list[Fault]:
    key = {"items": "item_id", "incidents": "incident_id"}.get(reading.table)
    if key is None:
        return []
    return [Fault(frame[key].isna().to_numpy(dtype=bool), "no_key", key)]


def _without(frame: pd.DataFrame, faults: list[Fault]) -> tuple[pd.DataFrame, tuple[Rejected, ...]]:
    """The rows without a fault; a row with several is rejected for the first one."""
    rejects: list[Rejected] = []
    gone = np.zeros(len(frame), dtype=bool)
    rows = frame["row"].to_numpy()
    for fault in faults:
        if fault.no_such_column:
            continue
        fresh = np.flatnonzero(fault.bad & ~gone)
        rejects += [(int(rows[place]), fault.rule, fault.detail(int(place))) for place in fresh]
        gone |= fault.bad
    return frame[~gone], tuple(rejects)


def _chosen(sheet: Sheet, kept: pd.DataFrame, frame: pd.DataFrame, reading: Reading) -> np.ndarray:
    """The rows that the configured `where` keeps."""
    chosen = np.ones(len(kept), dtype=bool)
    for name, words in reading.source.where.items():
        values = _values(sheet, frame, name).loc[kept.index]
        allowed = {word.casefold() for word in words}
        said = values.explode().astype("str").str.strip().str.casefold().isin(allowed)
        chosen &= (
            said.groupby(level=0).any().reindex(kept.index, fill_value=False).to_numpy(dtype=bool)
        )
    return chosen


def _values(sheet: Sheet, frame: pd.DataFrame, name: str) -> pd.Series:
    if name in frame:
        return frame[name]
    if name in sheet:
        return sheet.texts(name)
    return pd.Series(index=frame.index, dtype="str")


def columns_by_name(flat: Mapping[str, list[object]]) -> dict[str, tuple[pd.Series, ...]]:
    """Columns of a sheet from lists: of text, or of lists of text."""
    columns = {}
    for name, values in flat.items():
        is_list = any(isinstance(value, list) for value in values)
        columns[name] = (pd.Series(values, dtype=TEXTS if is_list else "str"),)
    return columns
