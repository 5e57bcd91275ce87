"""Sheets: tables of values written so that Excel opens them without a word of complaint.

XlsxWriter writes them, because its files are the same bytes for the same input and it is three
times as fast as openpyxl at half the memory. Text stays text whatever it begins with: nothing here
is a formula. What Excel would cut or repair is cut or cleaned before it is written.
"""

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
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

__all__ = [
    "Sheet",
    "SheetColumn",
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


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet: the frame's column, its header, its kind and its width."""

    name: str
    header: str
    kind: str = "text"
    width: float = 12


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
    page = book.add_worksheet(sheet.name)
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
        page.set_column(place, place, column.width)
        _write_column(book, page, place, column, sheet)
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


def _set_heights(page: Worksheet, sheet: Sheet) -> None:
    """Give rows with wrapped text their height, because not every program finds it out itself."""
    lines = np.ones(len(sheet.frame))
    for column in sheet.columns:
        if column.kind in ("text", "link"):
            lengths = sheet.frame[column.name].astype("str").str.len().fillna(0)
            lines = np.maximum(
                lines, np.ceil(lengths.to_numpy(dtype=float) / (column.width * 1.05))
            )
    for row in np.flatnonzero(lines > 1):
        page.set_row(int(row) + 1, LINE_HEIGHT * min(lines[row], MAXIMUM_LINES))


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


def _write_column(
    book: Workbook, page: Worksheet, place: int, column: SheetColumn, sheet: Sheet
) -> None:
    values = sheet.frame[column.name]
    style: dict[str, object] = {
        "valign": "top",
        "num_format": NUMBER_FORMATS[column.kind],
        "bottom": 1,
        "bottom_color": "#d9d9d9",
    }
    if column.kind in ("text", "link"):
        style["text_wrap"] = True
    plain_format = book.add_format(style)
    if column.kind == "link":
        _write_links(book, page, place, values, sheet.links, style)
        return
    if column.kind == "text":
        values = _cleaned(values)
    write = _WRITERS.get(column.kind, _write_number)
    guarded_format = book.add_format({**style, "quote_prefix": True})
    alerted = sheet.alerts.get(column.name, frozenset())
    alert_format = book.add_format({**style, "bg_color": ALERT_FILL, "bold": True})
    cells = zip(values.tolist(), values.isna().tolist(), strict=True)
    for row, (value, missing) in enumerate(cells, start=1):
        if missing:
            page.write_blank(row, place, None, plain_format)
        else:
            ordinary = guarded_format if _like_formula(value) else plain_format
            write(page, row, place, value, alert_format if value in alerted else ordinary)


def _like_formula(value: object) -> bool:
    """Whether a spreadsheet would take the text for a formula once somebody edits its cell."""
    return isinstance(value, str) and value.startswith(("=", "+", "-", "@"))


def _cleaned(values: pd.Series) -> pd.Series:
    """Every text as a cell can hold it, each distinct one cleaned once; an empty one is missing."""
    known = {value: cell_text(value) or None for value in values.dropna().unique()}
    return values.map(known).astype("str")


def _write_links(
    book: Workbook,
    page: Worksheet,
    place: int,
    values: pd.Series,
    links: Sequence[str | None],
    style: Mapping[str, Any],
) -> None:
    text_format = book.add_format(dict(style))
    link_format = book.add_format({**style, "font_color": "#0563c1", "underline": 1})
    left = MAXIMUM_LINKS
    for row, (value, link) in enumerate(zip(values, links, strict=True), start=1):
        if link and left:
            left -= 1
            page.write_url(row, place, link, link_format, cell_text(value))
        else:
            page.write_string(row, place, cell_text(value), text_format)


def _write_text(page: Worksheet, row: int, place: int, value: object, style: Format) -> None:
    page.write_string(row, place, str(value), style)


def _write_number(page: Worksheet, row: int, place: int, value: Any, style: Format) -> None:
    page.write_number(row, place, float(value), style)


def _write_day(page: Worksheet, row: int, place: int, value: Any, style: Format) -> None:
    moment = pd.Timestamp(value)
    # Excel's calendar begins in 1900 and counts a day that never was before March.
    if date(1900, 3, 1) <= moment.date() <= date(9999, 12, 31):
        naive = moment.tz_convert("UTC").tz_localize(None) if moment.tzinfo else moment
        page.write_datetime(row, place, naive.to_pydatetime(), style)
    else:
        page.write_string(row, place, moment.isoformat()[:10], style)


_WRITERS: Final[Mapping[str, Callable[[Worksheet, int, int, Any, Format], None]]] = {
    "text": _write_text,
    "day": _write_day,
    "moment": _write_day,
}


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
