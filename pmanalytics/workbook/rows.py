"""The rows of a sheet, written as text a thousand at a time.

XlsxWriter looks at every cell on its own, which for a hundred thousand items takes longer than
reading and judging them, and keeps all of them until the end. Here each distinct text is looked at
once, a column is kept as numbers, and its cells exist only while their thousand rows are written;
headers, styles, checks of what is entered and the file itself stay with XlsxWriter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.format import Format
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from pmanalytics.workbook.cells import cell_text

__all__ = [
    "Block",
    "Cells",
    "Place",
    "RowsSheet",
    "date_cells",
    "formula_cells",
    "number_cells",
    "style_number",
    "text_cells",
]

# The day from which Excel counts, for all days but those of the first two months.
EPOCH: Final = pd.Timestamp("1899-12-30")
FIRST_DAY: Final = pd.Timestamp("1900-03-01")  # Excel has a day before it that never was
LAST_YEAR: Final = 9999
LARGEST: Final = 9.99e307
AT_ONCE: Final = 1000  # rows written at once
LINE_HEIGHT: Final = 15.0
MOST_LINES: Final = 8
ROW_MARK: Final = "\0"  # stands in a formula for the number of its row


@dataclass(frozen=True)
class Place:
    """Where a column of a table begins below its header (from 0), and the number of its style."""

    column: int
    row: int
    style: int

    def attributes(self, style: int | None = None) -> str:
        """What stands behind the address of a cell; the style is that of the place or another.

        Examples:
            >>> Place(2, 1, 7).attributes(), Place(2, 1, 0).attributes()
            ('" s="7"', '"')
        """
        chosen = self.style if style is None else style
        return f'" s="{chosen}"' if chosen else '"'


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a column, of which each kind is kept once.

    `codes` say of which kind the cell of each row is; a kind is what stands in XML behind the
    address of the cell, or missing where none is written. `formula` is what stands between the
    address and the kind, in pieces with the number of the row between them.
    """

    column: int
    codes: np.ndarray
    kinds: pa.Array
    formula: Sequence[str] = ()

    def written(self, start: int, stop: int, rows: pa.Array) -> pa.Array:
        """The cells from one position up to another, which are in the rows with these numbers."""
        kinds = self.kinds.take(pa.array(self.codes[start:stop]))
        begun = f'<c r="{xl_col_to_name(self.column)}'
        return pc.binary_join_element_wise(begun, *self.formula, kinds, rows)


@dataclass(frozen=True, eq=False)
class Block:
    """The rows of one table: where they begin (from 0), their columns, their heights in lines.

    `sources` are what the cells were made from, column by column, for charts.
    """

    first: int
    columns: Sequence[Cells]
    lines: np.ndarray
    sources: Sequence[pd.Series] = ()

    def holds(self, first: int, last: int) -> bool:
        """Whether rows, counted from 0, are all in here."""
        return self.first <= first <= last < self.first + len(self.lines)

    def written(self, start: int, stop: int) -> str:
        """The rows from one position up to another."""
        numbers = np.arange(start, stop) + self.first + 1
        rows = pa.array(numbers).cast(pa.string())
        heights = _heights(len(self.columns)).take(pa.array(self.lines[start:stop]))
        cells = [column.written(start, stop, rows) for column in self.columns]
        pieces = ['<row r="', rows, heights, *cells, "</row>", ""]
        return "".join(pc.binary_join_element_wise(*pieces, null_handling="skip").to_pylist())


def _heights(columns: int) -> pa.Array:
    """What stands behind the number of a row, by its height in lines."""
    tall = [f' ht="{lines * LINE_HEIGHT:g}" customHeight="1"' for lines in range(2, MOST_LINES + 1)]
    return pa.array([f'" spans="1:{columns}"{height}>' for height in ("", "", *tall)])


class RowsSheet(Worksheet):
    """A sheet with tables whose rows are given as blocks, in their order from top to bottom.

    `columns` counts those that have a width. `links` are row and column, from 0, and address; on a
    sheet that has some, the links that XlsxWriter was told of are not written.
    """

    def __init__(self) -> None:
        """Begin without rows."""
        super().__init__()
        self.blocks: list[Block] = []
        self.columns = 0
        self.links: list[tuple[int, int, str]] = []

    def add_long_table(self, first: int, last: int, options: dict[str, Any]) -> None:
        """Add a table from the first column on, without remembering each of its cells."""
        right = len(options["columns"]) - 1
        self.add_table(first, 0, first + 1, right, options)
        whole = xl_range(first, 0, last, right)
        self.tables[-1] |= {"range": whole, "a_range": whole, "autofilter": whole}
        self._check_dimensions(last, right)

    def shared(self, texts: Iterable[str]) -> list[str]:
        """The ends of cells with texts of those that the sheets of the book share."""
        number = self.str_table._get_shared_string_index
        return [f' t="s"><v>{number(text)}</v></c>' for text in texts]

    def _write_rows(self) -> None:
        """Write what XlsxWriter holds, such as headers, and the blocks where they belong."""
        begin, end = self.dim_rowmin, self.dim_rowmax
        for block in self.blocks:
            self._write_held(begin, block.first - 1)
            rows = len(block.lines)
            for start in range(0, rows, AT_ONCE):
                self.fh.write(block.written(start, min(start + AT_ONCE, rows)))
            begin = block.first + rows
        self._write_held(begin, end)

    def refuse_cells_in_blocks(self) -> None:
        """Raise ValueError where a cell was written that a table would hide."""
        for row, cells in self.table.items():
            if cells and any(block.holds(row, row) for block in self.blocks):
                raise ValueError(f"Row {row + 1} of sheet {self.name} is written by its table.")

    def _get_range_data(self, first: int, left: int, last: int, right: int) -> Sequence[object]:
        """The values that a chart remembers of the cells it shows, for programs without others."""
        for block in self.blocks:
            if block.sources and block.holds(first, last) and left == right:
                shown = block.sources[left].iloc[first - block.first : last - block.first + 1]
                return [None if pd.isna(value) else _remembered(value) for value in shown]
        return super()._get_range_data(first, left, last, right)

    def _write_held(self, first: int, last: int) -> None:
        self.dim_rowmin, self.dim_rowmax = first, last
        super()._write_rows()

    def _write_hyperlinks(self) -> None:
        """Write the links, each only looked at when it is written."""
        if not self.links:
            super()._write_hyperlinks()
            return
        self._xml_start_tag("hyperlinks")
        for row, column, address in self.links:
            url = Url(address)
            self.rel_count += 1
            self._write_hyperlink_external(row, column, self.rel_count, url)
            self.external_hyper_links.append(["/hyperlink", url._target(), "External"])
        self._xml_end_tag("hyperlinks")


def text_cells(
    place: Place,
    codes: np.ndarray,
    texts: Sequence[str],
    page: RowsSheet,
    styles: Sequence[int] | None = None,
) -> Cells:
    """Text cells, given by which of the texts each one has; a negative code is an empty cell.

    `styles` are those of the texts where they differ from that of the place.
    """
    chosen = styles or [place.style] * len(texts)
    begun = {style: place.attributes(style) for style in {*chosen}}
    kinds = [begun[style] + end for style, end in zip(chosen, page.shared(texts), strict=True)]
    return _cells(place, codes, kinds)


def number_cells(place: Place, values: pd.Series) -> Cells:
    """Number cells; what is missing, or no number that Excel can hold, is blank."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    codes, distinct = pd.factorize(np.where(np.abs(numbers) < LARGEST, numbers, np.nan))
    return _cells(place, codes, [_number(place, value) for value in distinct.tolist()])


def date_cells(place: Place, values: pd.Series, page: RowsSheet) -> Cells:
    """Cells of days or moments; those outside of Excel's calendar are texts in ISO form."""
    moments = pd.to_datetime(values)
    if isinstance(moments.dtype, pd.DatetimeTZDtype):
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    codes, distinct = pd.factorize(moments)
    since = distinct - EPOCH
    days = since.days + (since.seconds + since.microseconds / 1e6) / 86_400
    kinds = [_number(place, day) for day in days.tolist()]
    for odd in np.flatnonzero((distinct < FIRST_DAY) | (distinct.year > LAST_YEAR)).tolist():
        (end,) = page.shared([distinct[odd].isoformat()[:10]])
        kinds[odd] = place.attributes() + end
    return _cells(place, codes, kinds)


def formula_cells(place: Place, formula: str, codes: np.ndarray, texts: Sequence[str]) -> Cells:
    """Cells of a formula that gives text, each with the value that it has now.

    `formula` has ROW_MARK for the number of the row, and no sign of equality; `codes` say which of
    the texts is the value of each row, a negative one that it is empty.
    """
    begun = f'{place.attributes()} t="str"><f>{escape(formula, quote=False)}</f><v>'
    *pieces, last = begun.split(ROW_MARK)
    kinds = [f"{last}{escape(text, quote=False)}</v></c>" for text in [*texts, ""]]
    return _cells(place, np.where(codes < 0, len(texts), codes), kinds, pieces)


def _cells(place: Place, codes: np.ndarray, kinds: list[str], formula: Sequence[str] = ()) -> Cells:
    """The cells of a column, a negative code being an empty one."""
    chosen = np.where(codes < 0, len(kinds), codes).astype("int32")
    return Cells(place.column, chosen, pa.array([*kinds, _empty(place)], pa.string()), formula)


def _number(place: Place, value: float) -> str:
    return f"{place.attributes()}><v>{value:.16G}</v></c>"


def _empty(place: Place) -> str | None:
    """An empty cell, which is there only to have a style."""
    return f"{place.attributes()}/>" if place.style else None


def _remembered(value: object) -> str:
    return f"{value:.16g}" if isinstance(value, (int, float)) else cell_text(value)


def style_number(style: Format) -> int:
    """The number of a style among those of the book."""
    return int(style._get_xf_index())
