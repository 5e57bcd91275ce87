"""From cells to our tables: every row becomes a row of a table, is filtered, or is a reject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.errors import InputError, nearest
from pmanalytics.reading.cells import TEXT, merged
from pmanalytics.settings import Settings, Source
from pmanalytics.tables import TABLES, conform, empty
from pmanalytics.trackers.interpreting import Fault, in_one_line, typed_columns, worded
from pmanalytics.trackers.model import Completed, Export, FileTables
from pmanalytics.trackers.naming import identity, nameless
from pmanalytics.trackers.opening import open_export
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["read_file"]

_UNREAD: Final = "rejects"

# What a ticket's columns are called when the ticket is an incident.
_AS_INCIDENT: Final[Mapping[str, str]] = {
    "incident_id": "key",
    "started_at": "created_at",
    "resolved_at": "closed_at",
}


@dataclass(frozen=True, eq=False)
class _Judged:
    """All rows of a file in the columns of a table, and which of them are not for the table.

    `incidents` marks the rows that are incidents, where the others are items.
    """

    table: str
    columns: Mapping[str, pd.Series]
    filtered: np.ndarray
    incidents: np.ndarray
    faults: Sequence[Fault]
    completed: Completed
    warnings: tuple[str, ...]


def read_file(path: Path, *, source: Source, settings: Settings, name: str) -> FileTables:
    """Read one export file into tables.

    The format is told from the content. `source` holds the mappings for this file, `settings` the
    time zone, and `name` is how messages call it. Raises InputError with one sentence when the file
    cannot be read, and ConfigurationError when the source names no known tracker.
    """
    export = open_export(path, source=source, settings=settings, name=name)
    judged = _judged(export)
    rejects, refused = _rejects(export, judged)
    observed_at = _observed_at(export, judged, ~refused)
    tables = _tables(export, judged, ~refused & ~judged.filtered, observed_at)
    return FileTables(
        name=name,
        format=export.tracker.name,
        source=export.system,
        sha256=export.sha256,
        rows=len(export.cells) + len(export.cells.rejects),
        tables=tables,
        filtered=int(judged.filtered.sum()),
        rejects=rejects,
        warnings=judged.warnings,
        observed_at=observed_at,
        events=_of_kept(judged.completed.events, tables),
        attendees=_pairs(judged.completed.attendees, "person"),
        incident_names=_pairs(judged.completed.names, "name"),
        unread=tuple(name for name in export.header if name not in export.used),
    )


def _judged(export: Export) -> _Judged:
    draft = typed_columns(export)
    completed = export.tracker.complete(export, draft.columns)
    columns = {**draft.columns, **completed.columns}
    warnings = [*export.cells.warnings, *draft.warnings, *completed.warnings, *_cut_off(export)]
    table = export.table
    nothing = np.zeros(len(export.cells), dtype=bool)
    if table in ("items", "incidents"):
        changed, unknown = worded(export, columns)
        columns |= changed
        warnings += unknown
        table = export.source.table or table
    incidents = nothing if completed.incidents is None else completed.incidents
    if table == "incidents" and export.table == "items":
        incidents = ~nothing
    if incidents.any():
        columns |= _as_incidents(columns, incidents)
    if table == "items":
        columns |= identity(export, columns)
    filtered = nothing if completed.filtered is None else completed.filtered
    if table == _UNREAD:
        return _Judged(table, columns, ~nothing, nothing, (), completed, tuple(warnings))
    filtered = filtered | ~_wanted(export, columns)
    incidents = incidents | (table == "incidents")
    faults = [*nameless(export, table, columns, incidents), *draft.faults]
    return _Judged(table, columns, filtered, incidents, faults, completed, tuple(warnings))


def _cut_off(export: Export) -> Sequence[str]:
    """A suspicion, where the file has just as many rows as the tool writes at most."""
    rows = len(export.cells)
    if rows not in export.tracker.limits:
        return ()
    return (
        f"The file holds exactly {rows:,} rows, the number at which {export.tracker.system} cuts "
        "off an export; export a shorter range of dates and compare.",
    )


def _as_incidents(columns: Mapping[str, pd.Series], incidents: np.ndarray) -> dict[str, pd.Series]:
    """What a ticket's columns are called when it is an incident."""
    renamed = {}
    for ours, theirs in _AS_INCIDENT.items():
        told = columns.get(ours)
        said = columns[theirs].where(incidents) if theirs in columns else None
        if told is None and said is not None:
            renamed[ours] = said
        elif told is not None and said is not None:
            renamed[ours] = told.fillna(said)
    return renamed


def _tables(
    export: Export, judged: _Judged, kept: np.ndarray, observed_at: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    if judged.table == _UNREAD:
        return {}
    tables = {}
    if judged.table != "incidents":
        chosen = kept & ~judged.incidents
        tables[judged.table] = _frame(export, judged, judged.table, chosen, observed_at)
    if judged.incidents.any() or judged.table == "incidents":
        chosen = kept & judged.incidents
        tables["incidents"] = _frame(export, judged, "incidents", chosen, observed_at)
    return tables


def _of_kept(events: pd.DataFrame | None, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The events of the rows that were kept."""
    if events is None or events.empty:
        return empty("events")
    subjects = [
        tables[table][column]
        for table, column in (("items", "item_id"), ("incidents", "incident_id"))
        if table in tables
    ]
    known = events["subject"].isin(pd.concat(subjects)) if subjects else []
    return conform(events[known].reset_index(drop=True), "events")


def _pairs(found: pd.DataFrame | None, other: str) -> pd.DataFrame:
    columns = ["incident_id", other]
    return pd.DataFrame(found if found is not None else [], columns=columns).astype("str")


def _wanted(export: Export, columns: Mapping[str, pd.Series]) -> np.ndarray:
    """The rows whose columns hold one of the values that [source.where] names."""
    wanted = np.ones(len(export.cells), dtype=bool)
    for name, values in export.source.where.items():
        chosen = {fold_word(value) for value in values}
        parents, texts = _values(export, columns, name)
        fits = [fold_word(text) in chosen for text in texts.unique()]
        found = texts.map(dict(zip(texts.unique(), fits, strict=True))).to_numpy(dtype=bool)
        wanted &= np.bincount(parents[found], minlength=len(wanted)).astype(bool)
    return wanted


def _values(
    export: Export, columns: Mapping[str, pd.Series], name: str
) -> tuple[np.ndarray, pd.Series]:
    """Row and text of every filled cell of a column, ours or the export's."""
    if name in columns and not isinstance(columns[name].dtype, pd.DatetimeTZDtype):
        column = pa.array(columns[name].astype(columns[name].dtype))
        lists = merged([column if pa.types.is_list(column.type) else column.cast(TEXT)])
    else:
        known = [c for c in export.cells.columns if fold_word(c) == fold_word(name)]
        if not known:
            hint = nearest(name, in_one_line((*export.header, *columns)))
            raise InputError(
                f"{export.name} has no column {name!r}, which [source.where] names{hint}"
            )
        lists = export.cells.texts(known)
    parents = pc.list_parent_indices(lists).to_numpy()
    return parents, pd.Series(pc.list_flatten(lists).to_pandas(), dtype="str")


def _rejects(export: Export, judged: _Judged) -> tuple[pd.DataFrame, np.ndarray]:
    """The rejects table of a file, and which rows are refused; a row is refused once."""
    refused = np.zeros(len(export.cells), dtype=bool)
    rows: list[tuple[int, str, str]] = list(export.cells.rejects)
    for fault in judged.faults:
        fresh = ~refused[fault.places] & ~judged.filtered[fault.places]
        numbers = export.cells.row[fault.places]
        found = zip(numbers, fault.details, fresh, strict=True)
        rows += [(int(row), fault.rule, detail) for row, detail, new in found if new]
        refused[fault.places[fresh]] = True
    frame = pd.DataFrame(sorted(rows), columns=["row", "rule", "detail"])
    return conform(frame.assign(file=export.name), "rejects"), refused


def _observed_at(export: Export, judged: _Judged, readable: np.ndarray) -> pd.Timestamp:
    """When the export was made: as configured, else its latest update, else its latest moment."""
    if export.source.observed_at is not None:
        configured = pd.Timestamp(export.source.observed_at)
        if configured.tzinfo is None:
            configured = configured.tz_localize(export.timezone)
        return configured.tz_convert("UTC").as_unit("us")
    if export.tracker.timeless:
        return pd.NaT
    tables = {judged.table, *(["incidents"] if judged.incidents.any() else [])}
    moments = {c.name for table in tables for c in TABLES[table].columns if c.type == "moment"}
    latest = {
        name: column[readable].max()
        for name, column in judged.columns.items()
        if name in moments and isinstance(column.dtype, pd.DatetimeTZDtype)
    }
    for name in ("observed_at", "updated_at"):
        if pd.notna(latest.get(name)):
            return latest[name]
    return max((moment for moment in latest.values() if pd.notna(moment)), default=pd.NaT)


def _frame(
    export: Export, judged: _Judged, table: str, kept: np.ndarray, observed_at: pd.Timestamp
) -> pd.DataFrame:
    names = [name for name in TABLES[table].names if name in judged.columns]
    everything = pd.DataFrame({name: judged.columns[name] for name in names})
    row = export.cells.row
    if not kept.all():
        everything, row = everything[kept].reset_index(drop=True), row[kept]
    if table == "items":
        said = everything.get("observed_at")
        told = pd.Series(observed_at, index=everything.index, dtype="datetime64[us, UTC]")
        everything["observed_at"] = told if said is None else said.fillna(told)
    return conform(everything, table).assign(row=row)
