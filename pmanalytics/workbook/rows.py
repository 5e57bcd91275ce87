"""The rows of a sheet, written as text a thousand at a time.

XlsxWriter looks at every cell on its own, which for a hundred thousand items takes longer than
reading and judging them, and keeps all of them until the end. Here each distinct text is looked at
once, a column is kept as numbers, and its cells exist only while their thousand rows are written;
headers, styles, checks of what is entered and the file itself stay with XlsxWriter.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd
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

# The cells of a column in the rows from one position up to another.
Cells = Callable[[int, int], list[str]]


@dataclass(frozen=True)
class Place:
    """Where a column of a table begins, and how its cells look.

    `column` counts from 0, `row` is the number of the first row below the header as Excel counts.

    Examples:
        >>> Place(2, 2, 0).begun(2, 4)
        ['<c r="C4"', '<c r="C5"']
    """

    column: int
    row: int
    style: int

    def rows(self, start: int, stop: int) -> range:
        """The numbers of the rows from one position up to another."""
        return range(self.row + start, self.row + stop)

    def begun(self, start: int, stop: int) -> list[str]:
        """The beginnings of the cells of these rows."""
        letter = xl_col_to_name(self.column)
        return [f'<c r="{letter}{row}"' for row in self.rows(start, stop)]


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

    def rows(self, start: int, stop: int) -> Iterator[str]:
        """The rows from one position up to another."""
        spans = f'spans="1:{len(self.columns)}"'
        held = zip(*(column(start, stop) for column in self.columns), strict=True)
        lines = self.lines[start:stop].tolist()
        for row, (tall, cells) in enumerate(zip(lines, held, strict=True), self.first + start + 1):
            height = f' ht="{tall * LINE_HEIGHT:g}" customHeight="1"' if tall > 1 else ""
            yield f'<row r="{row}" {spans}{height}>{"".join(cells)}</row>'


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

    def string_number(self, text: str) -> int:
        """The number of a text among those that the sheets of the book share."""
        return int(self.str_table._get_shared_string_index(text))

    def _write_rows(self) -> None:
        """Write what XlsxWriter holds, such as headers, and the blocks where they belong."""
        begin, end = self.dim_rowmin, self.dim_rowmax
        for block in self.blocks:
            self._write_held(begin, block.first - 1)
            rows = len(block.lines)
            for start in range(0, rows, AT_ONCE):
                self.fh.write("".join(block.rows(start, min(start + AT_ONCE, rows))))
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


def text_cells(place: Place, numbers: np.ndarray, styles: np.ndarray | None = None) -> Cells:
    """Text cells, given by the number of each text; a negative one is an empty cell.

    `styles` are those of the cells where they differ from that of the place.
    """

    def cells(start: int, stop: int) -> list[str]:
        begun = place.begun(start, stop)
        shown = styles[start:stop].tolist() if styles is not None else [place.style] * len(begun)
        return [
            f'{cell} s="{style}" t="s"><v>{number}</v></c>'
            if number >= 0
            else f'{cell} s="{style}"/>'
            for cell, style, number in zip(begun, shown, numbers[start:stop].tolist(), strict=True)
        ]

    return cells


def number_cells(place: Place, values: pd.Series) -> Cells:
    """Number cells; what is missing, or no number that Excel can hold, is blank."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)

    def cells(start: int, stop: int) -> list[str]:
        some = numbers[start:stop]
        held = zip(
            place.begun(start, stop), some.tolist(), (np.abs(some) < LARGEST).tolist(), strict=True
        )
        begun, empty = f' s="{place.style}"><v>', f' s="{place.style}"/>'
        return [
            f"{cell}{begun}{number:.16G}</v></c>" if finite else f"{cell}{empty}"
            for cell, number, finite in held
        ]

    return cells


def date_cells(place: Place, values: pd.Series, page: RowsSheet) -> Cells:
    """Cells of days or moments; those outside of Excel's calendar are texts in ISO form."""
    moments = pd.to_datetime(values)
    if isinstance(moments.dtype, pd.DatetimeTZDtype):
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    odd = (moments < FIRST_DAY) | (moments.dt.year > LAST_YEAR)
    since = (moments - EPOCH).dt
    days = since.days + (since.seconds + since.microseconds / 1e6) / 86_400
    ordinary = number_cells(place, days.mask(odd))
    texts = {
        int(row): page.string_number(moments.iloc[row].isoformat()[:10])
        for row in np.flatnonzero(odd.to_numpy(dtype=bool))
    }
    if not texts:
        return ordinary

    def cells(start: int, stop: int) -> list[str]:
        held = ordinary(start, stop)
        for row in range(start, stop):
            if row in texts:
                (begun,) = place.begun(row, row + 1)
                held[row - start] = f'{begun} s="{place.style}" t="s"><v>{texts[row]}</v></c>'
        return held

    return cells


def formula_cells(
    place: Place, formula: Callable[[int], str], codes: np.ndarray, texts: Sequence[str]
) -> Cells:
    """Cells of a formula that gives text, each with the value that it has now.

    `formula` gives that of a row by the number of the row, without the sign of equality; `codes`
    say which of the texts is the value of each row, a negative one that it is empty.
    """
    values = [*(escape(text, quote=False) for text in texts), ""]

    def cells(start: int, stop: int) -> list[str]:
        numbers = place.rows(start, stop)
        held = zip(place.begun(start, stop), numbers, codes[start:stop].tolist(), strict=True)
        return [
            f'{cell} s="{place.style}" t="str"><f>{escape(formula(row), quote=False)}</f>'
            f"<v>{values[code]}</v></c>"
            for cell, row, code in held
        ]

    return cells


def _remembered(value: object) -> str:
    return f"{value:.16g}" if isinstance(value, (int, float)) else cell_text(value)


def style_number(style: Format) -> int:
    """The number of a style among those of the book."""
    return int(style._get_xf_index())
