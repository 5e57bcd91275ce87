"""From a file to its cells: opened, decoded, recognised, and the needed columns read.

A file is a grid of text (CSV, a sheet of a workbook, a table of a web page), a list of records
(JSON, or what a document says), or a table with types (Parquet). Which of them it is shows in its
first bytes; who wrote it shows in its header, its keys or its headings.
"""

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.errors import InputError
from pmanalytics.reading.cells import TEXT, Cells
from pmanalytics.reading.collecting import without_collector
from pmanalytics.reading.delimited import headers, read_cells
from pmanalytics.reading.encodings import as_utf8
from pmanalytics.reading.files import open_file, web_page
from pmanalytics.reading.markup import looks_like_markup, read_markup
from pmanalytics.reading.parquet import looks_like_parquet, read_parquet
from pmanalytics.reading.paths import columns_of, found_paths, sampled_paths
from pmanalytics.reading.records import looks_like_json, read_documents
from pmanalytics.reading.sheets import Sheet, Titled, sheet_cells, stacked, titled
from pmanalytics.reading.workbooks import looks_like_workbook, read_workbook
from pmanalytics.settings import Settings, Source
from pmanalytics.trackers.interpreting import exported_columns
from pmanalytics.trackers.model import Export, Form, Header, Record
from pmanalytics.trackers.recognition import (
    TRACKERS,
    Recognised,
    recognise_headers,
    recognise_records,
    recognise_text,
)
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["open_export"]

_LISTS: Final = pa.large_list(TEXT)


@dataclass(frozen=True)
class _File:
    """A file that is being opened, and what the configuration says of it.

    With `everything`, all its columns are laid out, not only those that its tracker needs.
    """

    name: str
    hashing: Future[str]
    size: int
    source: Source
    settings: Settings
    everything: bool

    def needed(self, recognised: Recognised, header: Header) -> tuple[set[str], "_Columns"]:
        """The columns to read, and which of them hold ours."""
        tracker = recognised.tracker
        columns, warnings = exported_columns(tracker, self.source, header, name=self.name)
        needed = {column for names in columns.values() for column in names}
        if tracker.more:
            needed |= {column for column in header if re.search(tracker.more, column.strip())}
        chosen = set(map(fold_word, self.source.where))
        needed |= {column for column in header if fold_word(column) in chosen}
        return set(header) if self.everything else needed, _Columns(columns, warnings)

    def export(
        self,
        recognised: Recognised,
        header: Header,
        cells: Cells,
        columns: "_Columns",
        records: Sequence[Record] = (),
    ) -> Export:
        """The file with its cells."""
        return Export(
            name=self.name,
            sha256=self.hashing.result(),
            size=self.size,
            tracker=recognised.tracker,
            table=recognised.table,
            source=self.source,
            settings=self.settings,
            header=header,
            cells=cells.warned(columns.warnings),
            columns=columns.found,
            records=records,
        )


@dataclass(frozen=True)
class _Columns:
    """Which of the export's columns hold ours, and which were named in vain."""

    found: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...]


def open_export(
    path: Path, *, source: Source, settings: Settings, name: str, everything: bool = False
) -> Export:
    """Open a file and lay out the cells that its tracker needs, or all with `everything`.

    Raises InputError when the file cannot be read, is written by no known tracker or by several, or
    lacks a column that the configuration names for the key.
    """
    raw = open_file(path, name=name)
    file = _File(name, raw.hashing, len(raw.content), source, settings, everything)
    if looks_like_parquet(raw.content):
        return _from_parquet(raw.content, file)
    if looks_like_workbook(raw.content):
        sheets, warnings = read_workbook(raw.content, name=name)
        return _warned(_from_sheets(sheets, "xlsx", file), warnings)
    content, warnings = as_utf8(raw.content, name=name)
    # A large file is held once.
    del raw
    return _warned(_from_content(content, file), warnings)


def _warned(export: Export, warnings: tuple[str, ...]) -> Export:
    if not warnings:
        return export
    return replace(export, cells=export.cells.warned(warnings))


def _from_content(content: bytes, file: _File) -> Export:
    """The file in the form that its first letters suggest, else as a document."""
    form = (
        _from_json
        if looks_like_json(content)
        else _from_markup
        if looks_like_markup(content)
        else _from_delimited
    )
    try:
        return form(content, file)
    except InputError:
        found = recognise_text(content.decode(), file.source, name=file.name)
        if found is None:
            raise
    return _from_records(*found, file)


def _from_parquet(content: bytes, file: _File) -> Export:
    table = read_parquet(content, name=file.name)
    header = tuple(table.column_names)
    ((recognised, _), *_) = recognise_headers(
        [_Header(header)], file.source, form="parquet", name=file.name
    )
    _, columns = file.needed(recognised, header)
    # Numbered as if it were a sheet, below a header.
    cells = Cells(_from_arrow(table, file.name), np.arange(table.num_rows) + 2)
    return file.export(recognised, header, cells, columns)


@dataclass(frozen=True)
class _Header:
    """A header that stands above everything."""

    header: Header
    above: int = 0


def _from_delimited(content: bytes, file: _File) -> Export:
    candidates = tuple(headers(content, name=file.name))
    ((recognised, text), *_) = recognise_headers(
        candidates, file.source, form="csv", name=file.name
    )
    needed, columns = file.needed(recognised, text.header)
    cells = read_cells(text, sorted(needed), footer=recognised.tracker.footer)
    return file.export(recognised, text.header, cells.warned(_skipped(text.above)), columns)


def _skipped(above: int) -> tuple[str, ...]:
    if not above:
        return ()
    lines = "A line" if above == 1 else f"{above:,} lines"
    return (f"{lines} above the header {'was' if above == 1 else 'were'} left out.",)


def _from_markup(content: bytes, file: _File) -> Export:
    sheets = read_markup(content, name=file.name)
    if not sheets:
        raise web_page(file.name)
    return _from_sheets(sheets, "html", file)


def _from_sheets(sheets: Sequence[Sheet], form: Form, file: _File) -> Export:
    """All sheets that one tracker knows, one below the other; the others are named."""
    arranged = [_arranged(sheet, form) for sheet in sheets]
    candidates = [taken for sheet in arranged for taken in titled(sheet)]
    found = recognise_headers(candidates, file.source, form=form, name=file.name)
    (recognised, first), *others = found
    # Rows of a table may look like a header; the first one of a sheet is it.
    each: dict[str, Titled] = {}
    for _, taken in found:
        each.setdefault(taken.sheet.title, taken)
    if any(other.table != recognised.table for other, _ in others):
        raise InputError(
            f"{file.name} has sheets with different tables; save each as a file of its own."
        )
    whole = stacked(list(each.values())) if len(each) > 1 else first
    needed, columns = file.needed(recognised, whole.header)
    cells = sheet_cells(whole, sorted(needed), footer=recognised.tracker.footer)
    warnings = _skipped(first.above)
    left = [sheet.title for sheet in sheets if sheet.title not in each and len(sheet.rows) > 1]
    if left and form == "xlsx":
        shown = ", ".join(repr(title) for title in left)
        warnings += (f"Sheets that hold no such table were left out: {shown}.",)
    if len(each) > 1:
        warnings += ("Its rows are numbered on through all sheets.",)
    return file.export(recognised, whole.header, cells.warned(warnings), columns)


def _arranged(sheet: Sheet, form: Form) -> Sheet:
    """A sheet as the first tracker has it that knows its arrangement."""
    for tracker in TRACKERS:
        if form in tracker.forms:
            other = tracker.arrange(sheet)
            if other is not sheet:
                return other
    return sheet


def _from_json(content: bytes, file: _File) -> Export:
    with without_collector():
        documents = read_documents(content, name=file.name)
        recognised, records = recognise_records(documents, file.source, name=file.name)
        return _from_records(recognised, records, file)


def _from_records(recognised: Recognised, records: Sequence[Record | None], file: _File) -> Export:
    whole = [record for record in records if record is not None]
    tracker = recognised.tracker
    asked = [path for paths in tracker.columns.values() for path in paths]
    asked += [*file.source.fields.values(), *file.source.where]
    header = tuple(dict.fromkeys([*sampled_paths(whole), *found_paths(whole, asked)]))
    needed, columns = file.needed(recognised, header)
    columns_read = columns_of(whole, [path for path in header if path in needed])
    laid = {path: (column,) for path, column in columns_read.items()}
    row = np.flatnonzero([record is not None for record in records]) + 1
    rejects = [
        (number, "no_record", "the element is no object")
        for number, record in enumerate(records, start=1)
        if record is None
    ]
    return file.export(recognised, header, Cells(laid, row, rejects), columns, whole)


def _from_arrow(table: pa.Table, name: str) -> Mapping[str, tuple[pa.Array, ...]]:
    columns: dict[str, tuple[pa.Array, ...]] = {}
    try:
        for column, values in zip(table.column_names, table.columns, strict=True):
            columns[column] = (*columns.get(column, ()), _arrow_text(values))
    except (pa.ArrowException, NotImplementedError, TypeError) as problem:
        raise InputError(
            f"{name} has a column {column!r} of a type that no table of ours has; write it as text."
        ) from problem
    return columns


def _arrow_text(values: pa.ChunkedArray) -> pa.Array:
    whole = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    if pa.types.is_list(whole.type) or pa.types.is_large_list(whole.type):
        return whole.cast(_LISTS)
    return pc.fill_null(whole.cast(TEXT), "")
