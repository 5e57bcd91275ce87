"""From a file to its cells: opened, decoded, recognised, and the needed columns read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.errors import InputError
from pmanalytics.reading.cells import TEXT, Cells
from pmanalytics.reading.delimited import read_cells
from pmanalytics.reading.encodings import as_utf8
from pmanalytics.reading.files import open_file
from pmanalytics.reading.parquet import looks_like_parquet, read_parquet
from pmanalytics.reading.records import looks_like_json, read_records
from pmanalytics.settings import Settings, Source
from pmanalytics.trackers.interpreting import exported_columns
from pmanalytics.trackers.model import Export, Header
from pmanalytics.trackers.recognition import (
    Recognised,
    recognise_header,
    recognise_records,
    recognise_text,
)
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["open_export"]

_LISTS: Final = pa.large_list(TEXT)


@dataclass(frozen=True)
class _File:
    """A file that is being opened: its name and hash, and what the configuration says of it."""

    name: str
    sha256: str
    source: Source
    settings: Settings

    def export(self, recognised: Recognised, header: Header, cells: Cells) -> Export:
        """The file with its cells."""
        columns = exported_columns(recognised.tracker, self.source, header, name=self.name)
        return Export(
            name=self.name,
            sha256=self.sha256,
            tracker=recognised.tracker,
            table=recognised.table,
            source=self.source,
            settings=self.settings,
            header=header,
            cells=cells,
            columns=columns,
        )


def open_export(path: Path, *, source: Source, settings: Settings, name: str) -> Export:
    """Open a file and lay out the cells that its tracker needs.

    Raises InputError when the file cannot be read, is written by no known tracker or by several, or
    lacks a column that the configuration names.
    """
    raw = open_file(path, name=name)
    file = _File(name, raw.sha256, source, settings)
    if looks_like_parquet(raw.content):
        return _from_parquet(raw.content, file)
    content, warnings = as_utf8(raw.content, name=name)
    # A large file is held once.
    del raw
    export = (_from_json if looks_like_json(content) else _from_text)(content, file)
    if not warnings:
        return export
    cells = replace(export.cells, warnings=(*warnings, *export.cells.warnings))
    return replace(export, cells=cells)


def _from_parquet(content: bytes, file: _File) -> Export:
    table = read_parquet(content, name=file.name)
    header = tuple(table.column_names)
    recognised = recognise_header(header, file.source, name=file.name)
    # Numbered as if it were a sheet, below a header.
    cells = Cells(_from_arrow(table, file.name), np.arange(table.num_rows) + 2)
    return file.export(recognised, header, cells)


def _from_text(content: bytes, file: _File) -> Export:
    recognised, text = recognise_text(content, file.source, name=file.name)
    tracker, source = recognised.tracker, file.source
    columns = exported_columns(tracker, source, text.header, name=file.name)
    needed = {column for names in columns.values() for column in names}
    if tracker.more:
        needed |= {column for column in text.header if re.search(tracker.more, column.strip())}
    chosen = set(map(fold_word, source.where))
    needed |= {column for column in text.header if fold_word(column) in chosen}
    cells = read_cells(text, sorted(needed), footer=tracker.footer)
    return file.export(recognised, text.header, cells)


def _from_json(content: bytes, file: _File) -> Export:
    records = read_records(content, name=file.name)
    whole = [record for record in records if record is not None]
    recognised = recognise_records(whole, file.source, name=file.name)
    laid = recognised.tracker.cells_of(whole)
    row = np.flatnonzero([record is not None for record in records]) + 1
    rejects = [
        (number, "no_record", "the element is no object")
        for number, record in enumerate(records, start=1)
        if record is None
    ]
    columns = {column: (_json_column(values),) for column, values in laid.items()}
    return file.export(recognised, tuple(laid), Cells(columns, row, rejects))


def _json_column(values: Sequence[Any]) -> pa.Array:
    """Texts, or lists of texts when one of the values is a list."""
    if any(isinstance(value, list) for value in values):
        return pa.array([_as_list(value) for value in values], type=_LISTS)
    return pa.array([_letters(value) for value in values], type=TEXT)


def _as_list(value: str | list[str]) -> list[str]:
    texts: Iterable[str] = value if isinstance(value, list) else [value] if value else []
    return [_letters(text) for text in texts]


def _letters(text: str) -> str:
    """Text without halves of surrogate pairs, which JSON can write and nothing can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


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
