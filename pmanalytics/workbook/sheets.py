"""Sheets: tables of values written so that Excel opens them without a word of complaint.

XlsxWriter writes them, because its files are the same bytes for the same input. Text stays text
whatever it begins with: nothing here is a formula. What Excel would cut or repair is cut or cleaned
before it is written.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pmanalytics.words import plain
from pmanalytics.workbook.cells import cell_text
from pmanalytics.workbook.layout import SheetColumn
from pmanalytics.workbook.rows import RowsSheet, cells, date_tails, number_tails, text_tails

__all__ = [
    "Sheet",
    "left_out",
    "line_count",
    "midnight",
    "print_setup",
    "write_table",
]

MAXIMUM_ROWS: Final = 100_000
MAXIMUM_LINKS: Final = 65_530
LINE_HEIGHT: Final = 15.0
MAXIMUM_LINES: Final = 8
ALERT_FILL: Final = "#fbe0cf"

# kind of a column: the number format that shows it
NUMBER_FORMATS: Final[Mapping[str, str]] = {
    "text": "@",
    "formula": "@",
    "link": "@",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
    "integer": "#,##0",
    "number": "#,##0.0",
    "share": "0%",
    "change": "+0%;-0%;0%",
    "ratio": "#,##0.00",
    "days": '#,##0" over";#,##0" left";"due today"',
}


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table on one sheet: its columns, its rows, and what marks a cell or a link.

    `links` are addresses, one per row, for the column of kind link. `alerts` says which values of
    which column are filled with colour; the words in the cell say the same.
    """

    name: str
    columns: Sequence[SheetColumn]
    frame: pd.DataFrame
    empty: str = "Nothing to list."
    links: Sequence[str | None] = ()
    alerts: Mapping[str, frozenset[str]] = field(default_factory=dict)


def left_out(sheet: Sheet) -> str:
    """What a sheet does not hold because nobody could use it, in one sentence, or nothing.

    Examples:
        >>> left_out(Sheet("Actions", (), pd.DataFrame(index=range(100_002))))
        'Actions holds the first 100,000 of 100,002 rows; a report on one team holds all its own.'
    """
    rows = len(sheet.frame)
    if rows <= MAXIMUM_ROWS:
        return ""
    return (
        f"{sheet.name} holds the first {MAXIMUM_ROWS:,} of {rows:,} rows; a report on one team "
        "holds all its own."
    )


def write_table(book: Workbook, sheet: Sheet) -> Worksheet:
    """Write one sheet: a real table from A1 on, frozen header, filters, ready to print."""
    sheet = replace(
        sheet, frame=sheet.frame.head(MAXIMUM_ROWS), links=list(sheet.links)[:MAXIMUM_ROWS]
    )
    page = book.add_worksheet(sheet.name, RowsSheet)
    headers = _unique([column.header for column in sheet.columns])
    rows = max(len(sheet.frame), 1)
    header_format = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "num_format": "@"}
    )
    page.add_table(
        0, 0, rows, len(headers) - 1,
        {
            "name": _table_name(len(book.worksheets()), sheet.name),
            "style": "Table Style Light 1",
            "columns": [{"header": text, "header_format": header_format} for text in headers],
        },
    )  # fmt: skip
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width, None, {"hidden": column.hidden})
        page.body.append(_column_cells(book, page, place, column, sheet))
    if sheet.frame.empty:
        page.write_string(1, 0, sheet.empty)
    page.set_row(0, LINE_HEIGHT * max(line_count(c.header, c.width - 3) for c in sheet.columns))
    _set_heights(page, sheet)
    page.freeze_panes(1, 1)
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{rows + 1}"})
    page.repeat_rows(0)
    return page


def line_count(text: str, width: float) -> int:
    """How many lines a text needs in a cell of that width."""
    return len(textwrap.wrap(text, max(int(width), 4))) or 1


def _set_heights(page: RowsSheet, sheet: Sheet) -> None:
    """Give rows with wrapped text their height, because not every program finds it out itself."""
    lines = np.ones(len(sheet.frame))
    for column in sheet.columns:
        if column.kind in ("text", "link", "formula"):
            lengths = sheet.frame[column.name].astype("str").str.len().fillna(0)
            lines = np.maximum(
                lines, np.ceil(lengths.to_numpy(dtype=float) / (column.width * 1.05))
            )
    for row in np.flatnonzero(lines > 1):
        page.heights[int(row) + 1] = LINE_HEIGHT * min(lines[row], MAXIMUM_LINES)


def _unique(headers: Sequence[str]) -> list[str]:
    used: set[str] = set()
    found = []
    for header in headers:
        base = cell_text(header)[:240] or "column"
        candidate, number = base, 1
        while candidate.casefold() in used:
            number += 1
            candidate = f"{base} {number}"
        used.add(candidate.casefold())
        found.append(candidate)
    return found


def _table_name(number: int, sheet: str) -> str:
    # The number, because two sheets may differ in signs only; the word before it, because a table
    # may not be named like a cell.
    return f"table_{number}_" + re.sub(r"\W", "_", sheet, flags=re.ASCII)


def _column_cells(
    book: Workbook, page: RowsSheet, place: int, column: SheetColumn, sheet: Sheet
) -> list[str]:
    """The cells of a column below its header."""
    values = sheet.frame[column.name]
    style: dict[str, object] = {
        "valign": "top",
        "num_format": NUMBER_FORMATS[column.kind],
        "bottom": 1,
        "bottom_color": "#d9d9d9",
    }
    if column.kind in ("text", "link", "formula"):
        style["text_wrap"] = True
    plain_format = book.add_format(style)
    if column.kind == "link":
        return cells(place, _link_tails(book, page, place, values, sheet.links, style))
    if column.kind in ("day", "moment"):
        return cells(place, date_tails(page, values, plain_format))
    if column.kind not in ("text", "formula"):
        return cells(place, number_tails(values, plain_format))
    guarded_format = book.add_format({**style, "quote_prefix": True})
    alerted = sheet.alerts.get(column.name, frozenset())
    alert_format = book.add_format({**style, "bg_color": ALERT_FILL, "bold": True})

    def style_of(text: str) -> Format:
        ordinary = guarded_format if _like_formula(text) else plain_format
        return alert_format if text in alerted else ordinary

    return cells(place, text_tails(page, _cleaned(values), style_of, plain_format))


def _like_formula(value: object) -> bool:
    """Whether a spreadsheet would take the text for a formula once somebody edits its cell."""
    return isinstance(value, str) and value.startswith(("=", "+", "-", "@"))


def _cleaned(values: pd.Series) -> pd.Series:
    """Every text as a cell can hold it, each distinct one cleaned once; an empty one is missing."""
    known = {value: cell_text(value) or None for value in values.dropna().unique()}
    return values.map(known).astype("str")


def _link_tails(
    book: Workbook,
    page: RowsSheet,
    place: int,
    values: pd.Series,
    links: Sequence[str | None],
    style: Mapping[str, Any],
) -> list[str]:
    """Text cells of which some are links, as many as a sheet may have."""
    text_format = book.add_format(dict(style))
    link_format = book.add_format({**style, "font_color": "#0563c1", "underline": 1})
    linked = [row for row, link in enumerate(links) if link][:MAXIMUM_LINKS]
    texts = _cleaned(values)
    for row in linked:
        page.write_url(row + 1, place, links[row], link_format, texts.iloc[row])
        # The link is kept; its cell is written with all others.
        del page.table[row + 1]
    tails = text_tails(page, texts, lambda text: text_format, text_format)  # noqa: ARG005
    as_links = text_tails(page, texts.iloc[linked], lambda text: link_format, text_format)  # noqa: ARG005
    for row, tail in zip(linked, as_links, strict=True):
        tails[row] = tail
    return tails


def print_setup(page: Worksheet, *, heading: str, footing: str) -> None:
    """Landscape, one page wide, with a heading and page numbers."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.5)
    page.set_header(f"&L{_printed(heading)}&R&A")
    page.set_footer(f"&L{_printed(footing)}&R&P / &N")


def _printed(text: str) -> str:
    return plain(text)[:110].replace("&", "&&")


def midnight(day: date) -> datetime:
    """The day as the moment that is written into the file's properties."""
    return datetime(day.year, day.month, day.day)
