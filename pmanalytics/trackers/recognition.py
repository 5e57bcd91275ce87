"""Recognition: which format a file has, by what is in it, and reading it as that."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from pmanalytics.errors import ConfigurationError, InputError, nearest
from pmanalytics.reading.delimited import Delimited, read_header, read_sheet
from pmanalytics.reading.files import OpenedFile, open_file
from pmanalytics.reading.records import read_records
from pmanalytics.reading.sheets import Rejected, Sheet
from pmanalytics.reading.text import decode
from pmanalytics.settings import Settings, Source
from pmanalytics.tables import conform
from pmanalytics.trackers.github import GITHUB
from pmanalytics.trackers.gitlab_csv import GITLAB_CSV
from pmanalytics.trackers.jira_csv import JIRA_CSV
from pmanalytics.trackers.mapped import MAPPED
from pmanalytics.trackers.mapping import Reading, columns_by_name, map_sheet, wanted_columns
from pmanalytics.trackers.model import FileTables, Tracker
from pmanalytics.trackers.pagerduty import PAGERDUTY
from pmanalytics.trackers.table import TABLE, canonical_table

__all__ = ["TRACKERS", "list_trackers", "read_file"]

TRACKERS = (JIRA_CSV, GITHUB, GITLAB_CSV, PAGERDUTY, TABLE, MAPPED)
LOOKED_AT = 200


def list_trackers() -> pd.DataFrame:
    """The export formats that are read.

    One row per format: name, title, how well it is verified, and how a person exports it.

    Examples:
        >>> list_trackers()["tracker"].tolist()[:2]
        ['jira_csv', 'github']
    """
    rows = [(t.name, t.title, t.verified, t.how_to_export) for t in TRACKERS]
    return pd.DataFrame(rows, columns=["tracker", "format", "verified", "how to export"]).astype(
        "str"
    )


def read_file(path: Path, *, source: Source, settings: Settings, name: str) -> FileTables:
    """Read one export file into tables.

    Recognises the format from the content, unless `source.tracker` says it. Raises InputError for a
    file that cannot be read as any format, or that several formats claim.
    """
    opened = open_file(path, name=name)
    if opened.is_parquet:
        sheet, tracker, header = _parquet(opened), TABLE, None
        text_warnings: tuple[str, ...] = ()
        header = frozenset(sheet.names)
        if canonical_table(header) is None:
            raise InputError(f"{name} is Parquet with none of our tables; see pma.columns().")
        wanted = None
    else:
        text, text_warnings = decode(opened.data, name=name)
        is_json = text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{")
        read = _json if is_json else _csv
        sheet, tracker, header, wanted = read(text, source, name)
    reading = _reading(tracker, source, settings, header)
    if callable(wanted):
        sheet = wanted(reading)
    mapped = map_sheet(sheet, reading)
    frame = mapped.frame
    observed = _observed(frame, source)
    if reading.table == "items":
        known = (
            frame["observed_at"].fillna(observed) if pd.notna(observed) else frame["observed_at"]
        )
        frame = frame.assign(observed_at=known)
    rejects = [(name, *reject) for reject in sorted(mapped.rejects, key=lambda r: r[0] or 0)]
    return FileTables(
        name=name,
        format=tracker.name,
        source=reading.system,
        sha256=opened.sha256,
        rows=len(frame) + mapped.filtered + len(mapped.rejects),
        tables={reading.table: frame},
        filtered=mapped.filtered,
        rejects=conform(
            pd.DataFrame(rejects, columns=["file", "row", "rule", "detail"]), "rejects"
        ),
        warnings=(*text_warnings, *mapped.warnings),
        observed_at=observed,
    )


Later = Callable[[Reading], Sheet]
Found = tuple[Sheet, Tracker, frozenset[str], Later | None]


def _csv(text: str, source: Source, name: str) -> Found:
    def known(names: tuple[str, ...]) -> bool:
        return bool(_claims(frozenset(names), "csv", source))

    found: Delimited = read_header(text, name=name, known=known)
    header = frozenset(found.names)
    tracker = _only(_claims(header, "csv", source), found.names, source, name)

    def body(reading: Reading) -> Sheet:
        columns = wanted_columns(reading)
        return read_sheet(found, wanted=lambda n: n in columns or tracker.needs(n))

    return Sheet({}, np.array([], dtype=np.int64)), tracker, header, body


def _json(text: str, source: Source, name: str) -> Found:
    records = read_records(text, name=name)
    objects = [record for record in records if isinstance(record, dict)]
    fields = frozenset(field for record in objects[:LOOKED_AT] for field in record)
    tracker = _only(_claims(fields, "json", source), tuple(sorted(fields)), source, name)
    good = [number for number, record in enumerate(records, start=1) if isinstance(record, dict)]
    rejects: tuple[Rejected, ...] = tuple(
        (number, "no_record", f"{str(record)[:40]} is no object")
        for number, record in enumerate(records, start=1)
        if not isinstance(record, dict)
    )
    flat: dict[str, list[Any]] = tracker.flatten(objects) if tracker.flatten else {}
    sheet = Sheet(columns_by_name(flat), np.array(good, dtype=np.int64), rejects)
    return sheet, tracker, fields, None


def _claims(header: frozenset[str], form: str, source: Source) -> list[Tracker]:
    if source.tracker:
        forced = [tracker for tracker in TRACKERS if tracker.name == source.tracker]
        if not forced:
            hint = nearest(source.tracker, [tracker.name for tracker in TRACKERS])
            raise ConfigurationError(f"There is no tracker {source.tracker!r}{hint}")
        return [tracker for tracker in forced if tracker.form == form]
    found = [tracker for tracker in TRACKERS if tracker.form == form and tracker.recognise(header)]
    if not found and form == "csv" and _mapped(source, header):
        return [MAPPED]
    return found


def _mapped(source: Source, header: frozenset[str]) -> bool:
    names = {source.fields.get(column) for column in ("key", "item_id", "title", "incident_id")}
    return bool((names - {None}) & header)


def _only(claims: list[Tracker], header: tuple[str, ...], source: Source, name: str) -> Tracker:
    if len(claims) == 1:
        return claims[0]
    if claims:
        names = " or ".join(tracker.name for tracker in claims)
        raise InputError(f"{name} may be {names}; say which with tracker = in its [[source]].")
    if source.tracker:
        raise InputError(f"{name} is no {source.tracker}; mend tracker = in its [[source]].")
    seen = ", ".join(repr(column[:40]) for column in header[:6] if column)
    raise InputError(
        f"{name} has a header that no known format has ({seen}); map its columns under "
        "[source.fields], or see 'pmanalytics list trackers'."
    )


def _reading(
    tracker: Tracker, source: Source, settings: Settings, header: frozenset[str]
) -> Reading:
    table: str = source.table or tracker.table
    if tracker is TABLE:
        table = canonical_table(header) or table
    return Reading(
        tracker=tracker,
        source=source,
        system=source.name or tracker.system,
        zone=tracker.zone or source.timezone or settings.timezone,
        table=table,
    )


def _parquet(opened: OpenedFile) -> Sheet:
    """A Parquet file as text, so that one way of reading serves both forms."""
    try:
        table = parquet.read_table(pa.BufferReader(opened.data))
    except (pa.ArrowInvalid, OSError) as problem:
        raise InputError(f"{opened.name} is no valid Parquet file; write it again.") from problem
    columns: dict[str, list[Any]] = {}
    for name in table.column_names:
        column = table.column(name)
        if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            values = [
                None if cell is None else ";".join(map(str, cell)) for cell in column.to_pylist()
            ]
        elif pa.types.is_temporal(column.type):
            values = [None if cell is None else cell.isoformat() for cell in column.to_pylist()]
        else:
            values = [None if cell is None else str(cell) for cell in column.to_pylist()]
        columns[name] = values
    return Sheet(columns_by_name(columns), np.arange(1, table.num_rows + 1))


def _observed(frame: pd.DataFrame, source: Source) -> pd.Timestamp:
    """When the export was made: as configured, else its latest update, else its latest moment."""
    if source.observed_at:
        moment = pd.Timestamp(source.observed_at)
        return (
            moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
        ).as_unit("us")
    if "observed_at" in frame and frame["observed_at"].notna().any():
        return frame["observed_at"].max()
    if "updated_at" in frame and frame["updated_at"].notna().any():
        return frame["updated_at"].max()
    moments = frame.select_dtypes("datetimetz")
    return moments.max().max() if moments.notna().any(axis=None) else pd.NaT
