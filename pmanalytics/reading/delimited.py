"""Delimited text: a CSV read twice as fast as it is safe, or as carefully as it needs.

A regular file goes through pyarrow. As soon as a row has another number of fields than the header,
a quote stays open or a line is blank, the file is read again by the `csv` module, record by record,
and every irregular one is rejected with its row.
"""

import csv
import io
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from pmanalytics.errors import InputError
from pmanalytics.reading.sheets import Rejected, Sheet

__all__ = ["Delimited", "read_header", "read_sheet"]

DELIMITERS: Final = (",", ";", "\t")
LARGEST_CELL: Final = min(200_000_000, sys.maxsize)

Wanted = Callable[[str], bool]


@dataclass(frozen=True)
class Delimited:
    """A delimited text whose header is known: the names, the delimiter, and where the body is."""

    names: tuple[str, ...]
    delimiter: str
    body: str
    first_row: int


def read_header(text: str, *, name: str, known: Callable[[tuple[str, ...]], bool]) -> Delimited:
    """Find delimiter and header: the delimiter that gives a header somebody knows.

    Where nobody knows any, the delimiter with the most columns. A first line `sep=;` decides by
    itself. Raises InputError when there is no header.
    """
    text = text.lstrip("\ufeff")
    row = 1
    candidates: Collection[str] = DELIMITERS
    if text[:4].lower() == "sep=" and len(text) > 4:
        line, _, text = text.partition("\n")
        candidates, row = (line.strip()[4:] or ",",), 2
    text, blank = _without_blank_lines(text)
    headers = [_header(text, delimiter, row + blank) for delimiter in candidates]
    for header in headers:
        if known(header.names):
            return header
    widest = max(headers, key=lambda header: len(header.names))
    if not any(widest.names):
        raise InputError(f"{name} has no header row; export it again.")
    return widest


def _without_blank_lines(text: str) -> tuple[str, int]:
    stripped = text.lstrip("\r\n")
    return stripped, text[: len(text) - len(stripped)].count("\n")


def _header(text: str, delimiter: str, row: int) -> Delimited:
    stream = io.StringIO(text, newline="")
    csv.field_size_limit(LARGEST_CELL)
    try:
        names = next(csv.reader(stream, delimiter=delimiter), [])
    except csv.Error:
        names = []
    return Delimited(
        tuple(name.strip() for name in names), delimiter, text[stream.tell() :], row + 1
    )


def read_sheet(found: Delimited, *, wanted: Wanted) -> Sheet:
    """Read the body below a header: the wanted columns of the regular rows, and the rejects."""
    places = [place for place, name in enumerate(found.names) if name and wanted(name)]
    table = None if len(found.names) < 2 else _fast(found, places)
    if table is None:
        return _careful(found, places)
    columns = [
        table.column(number).to_pandas(types_mapper=_as_text) for number in range(len(places))
    ]
    rows = np.arange(found.first_row, found.first_row + table.num_rows)
    return Sheet(_by_name(found, places, columns), rows)


def _as_text(kind: pa.DataType) -> pd.StringDtype | None:  # noqa: ARG001 - pandas calls it so
    return pd.StringDtype(na_value=np.nan)


def _fast(found: Delimited, places: list[int]) -> pa.Table | None:
    """The body through pyarrow, or nothing as soon as anything is irregular."""
    if not places or not found.body.strip() or found.body.count('"') % 2:
        return None
    irregular: list[object] = []

    def handler(row: object) -> str:
        irregular.append(row)
        return "skip"

    names = [str(place) for place in range(len(found.names))]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(found.body.encode("utf-8", errors="replace")),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=1 << 24),
            parse_options=arrow_csv.ParseOptions(
                delimiter=found.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=handler,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[names[place] for place in places],
                strings_can_be_null=False,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    return None if irregular else table


def _careful(found: Delimited, places: list[int]) -> Sheet:
    """The body record by record."""
    width = len(found.names)
    cells: list[list[str]] = []
    rows: list[int] = []
    rejects: list[Rejected] = []
    cut = found.body.count('"') % 2 == 1
    records = list(_records(found))
    for number, (row, record) in enumerate(records):
        fault = _fault(record, width, last=cut and number == len(records) - 1)
        if fault:
            rejects.append((row, *fault))
        else:
            cells.append([record[place] for place in places])
            rows.append(row)
    warnings = ("It ends inside a quoted cell: it was cut off.",) if cut and records else ()
    turned = list(zip(*cells, strict=True)) if cells else [()] * len(places)
    columns = [pd.Series(column, dtype="str") for column in turned]
    return Sheet(
        _by_name(found, places, columns), np.array(rows, dtype=np.int64), tuple(rejects), warnings
    )


def _records(found: Delimited) -> Iterator[tuple[int, list[str]]]:
    """Every record that is not a blank line, with its row."""
    reader = csv.reader(io.StringIO(found.body, newline=""), delimiter=found.delimiter)
    row = found.first_row - 1
    while True:
        row += 1
        try:
            record = next(reader, None)
        except csv.Error as problem:
            yield row, [str(problem)] * 0 or ["", str(problem)]
            continue
        if record is None:
            return
        if record and (len(record) > 1 or record[0].strip()):
            yield row, record


def _fault(record: list[str], width: int, *, last: bool) -> tuple[str, str] | None:
    if last:
        return "cut_off", "the file ends inside this record"
    if len(record) == width:
        return None
    if record[0].startswith("Generated at ") and not any(record[1:]):
        return "footer", record[0][:60]
    if len(record) < width:
        return "short_row", f"{len(record)} fields where the header has {width}"
    if any(cell.strip() for cell in record[width:]):
        return "long_row", f"{len(record)} fields where the header has {width}"
    return None


def _by_name(
    found: Delimited, places: list[int], columns: list[pd.Series]
) -> dict[str, tuple[pd.Series, ...]]:
    named: dict[str, list[pd.Series]] = defaultdict(list)
    for place, column in zip(places, columns, strict=True):
        named[found.names[place]].append(column)
    return {name: tuple(equal) for name, equal in named.items()}
