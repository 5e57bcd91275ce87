"""Sheets: tables of values written so that Excel opens them without a word of complaint.

XlsxWriter writes them, because its files are the same bytes for the same input. Text stays text
whatever it begins with: a formula stands only in a column that its sheet gives one for. What Excel
would cut or repair is cut or cleaned before it is written.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from pmanalytics.workbook.books import protect
from pmanalytics.workbook.cells import cell_text, distinct_texts
from pmanalytics.workbook.entries import fill_words, offer
from pmanalytics.workbook.layout import SheetColumn
from pmanalytics.workbook.rows import (
    LINE_HEIGHT,
    MOST_LINES,
    ROW_MARK,
    Block,
    Cells,
    Place,
    RowsSheet,
    date_cells,
    formula_cells,
    number_cells,
    style_number,
    text_cells,
)
from pmanalytics.workbook.styles import TEXT_KINDS, Styles

__all__ = [
    "LINE_HEIGHT",
    "Sheet",
    "left_out",
    "line_count",
    "write_table",
]

MAXIMUM_ROWS: Final = 100_000
MAXIMUM_LINKS: Final = 65_530


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table on one sheet: its columns, its rows, and what a reader may do there.

    `links` are addresses, one per row, for the column of kind link. `formulas` gives to a column of
    kind formula the formula of its rows, in which `{name}` is the cell of a column in the same row;
    the frame holds the texts that it gives now. `choices` gives to a name in `SheetColumn.choices`
    the range of its list, such as `=Lists!$A$2:$A$40`. `fills` gives to a column the words that
    fill their cells with a colour. The first `frozen` columns stay in view; the first `printed`
    columns are printed (all, if 0). `protect` locks all cells but the editable ones.
    """

    name: str
    columns: Sequence[SheetColumn]
    frame: pd.DataFrame
    empty: str = "Nothing to list."
    links: Sequence[str | None] = ()
    formulas: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    fills: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    protect: bool = False
    frozen: int = 1
    printed: int = 0
    tab: str = ""


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


def write_table(
    book: Workbook, sheet: Sheet, *, page: RowsSheet | None = None, first_row: int = 0
) -> RowsSheet:
    """Write a real table with filters, on a new sheet or on one that has some above.

    A new sheet has a frozen header and is ready to print. `first_row` counts from 0 and holds the
    headers; the next free row is `first_row + 1 + max(rows, 1)`.
    """
    sheet = replace(
        sheet, frame=sheet.frame.head(MAXIMUM_ROWS), links=list(sheet.links)[:MAXIMUM_ROWS]
    )
    last = first_row + max(len(sheet.frame), 1)
    if page is None:
        page = _new_page(book, sheet, first_row)
    # Columns that a table above has keep its widths.
    for place, column in list(enumerate(sheet.columns))[page.columns :]:
        page.set_column(place, place, column.width, None, {"hidden": column.hidden})
    page.columns = max(page.columns, len(sheet.columns))
    _add_table(book, page, sheet, (first_row, last))
    if sheet.frame.empty:
        page.write_string(first_row + 1, 0, cell_text(sheet.empty))
    else:
        page.blocks.append(_block(book, page, sheet, first_row + 1))
        _add_rules(book, page, sheet, (first_row + 1, last))
    widths = [(column.header, column.width - 3) for column in sheet.columns if not column.hidden]
    page.set_row(first_row, LINE_HEIGHT * max(line_count(*header) for header in widths))
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
    if sheet.printed:
        page.print_area(0, 0, last, sheet.printed - 1)
    return page


def _new_page(book: Workbook, sheet: Sheet, first_row: int) -> RowsSheet:
    page = book.add_worksheet(sheet.name, RowsSheet)
    page.freeze_panes(first_row + 1, sheet.frozen)
    page.repeat_rows(first_row)
    if sheet.tab:
        page.set_tab_color(sheet.tab)
    if sheet.protect:
        protect(page)
    return page


def _add_table(book: Workbook, page: RowsSheet, sheet: Sheet, rows: tuple[int, int]) -> None:
    headers = _unique([column.header for column in sheet.columns])
    columns = [
        {"header": text, "header_format": Styles(book, column).header()}
        for text, column in zip(headers, sheet.columns, strict=True)
    ]
    tables = sum(len(other.tables) for other in book.worksheets())
    name = _table_name(tables + 1, sheet.name)
    page.add_long_table(*rows, {"name": name, "style": "Table Style Light 1", "columns": columns})
    if not sheet.frame.empty:
        for place, column in enumerate(sheet.columns):
            if column.name in sheet.formulas:
                formula = _formula(sheet, column).replace(ROW_MARK, str(rows[0] + 2))
                page.tables[-1]["columns"][place]["formula"] = formula


def _add_rules(book: Workbook, page: RowsSheet, sheet: Sheet, rows: tuple[int, int]) -> None:
    for place, column in enumerate(sheet.columns):
        if column.editable:
            offer(page, place, rows, column, sheet.choices.get(column.choices))
        fill_words(book, page, place, rows, sheet.fills.get(column.name, {}))


def line_count(text: str, width: float) -> int:
    """How many lines a text needs in a cell of that width."""
    return len(textwrap.wrap(text, max(int(width), 4))) or 1


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


def _block(book: Workbook, page: RowsSheet, sheet: Sheet, first: int) -> Block:
    """The rows below a header, with heights, because not every program finds those out itself."""
    columns: list[Cells] = []
    lines = np.ones(len(sheet.frame))
    for place, column in enumerate(sheet.columns):
        styles = Styles(book, column)
        at = Place(place, first, style_number(styles.plain()))
        values = sheet.frame[column.name]
        if column.kind in ("day", "moment"):
            columns.append(date_cells(at, values, page))
        elif column.kind not in TEXT_KINDS:
            columns.append(number_cells(at, values))
        else:
            codes, texts = distinct_texts(values)
            if not column.hidden:
                needed = np.array([*map(len, texts), 0]) / (column.width * 1.05)
                lines = np.maximum(lines, np.ceil(needed)[codes])
            columns.append(_text_column(page, at, sheet, styles, codes, texts))
    sources = [sheet.frame[column.name] for column in sheet.columns]
    return Block(first, columns, np.minimum(lines, MOST_LINES).astype("uint8"), sources)


def _text_column(
    page: RowsSheet, at: Place, sheet: Sheet, styles: Styles, codes: np.ndarray, texts: list[str]
) -> Cells:
    column = sheet.columns[at.column]
    if column.name in sheet.formulas:
        return formula_cells(at, _formula(sheet, column), codes, texts)
    if column.kind == "link":
        return _linked(page, at, sheet, codes, texts, style_number(styles.link()))
    guarded = [text.startswith(("=", "+", "-", "@")) for text in texts]
    if not any(guarded):
        return text_cells(at, codes, texts, page)
    chosen = np.where(guarded, style_number(styles.guarded()), at.style)
    return text_cells(at, codes, texts, page, chosen.tolist())


def _linked(
    page: RowsSheet, at: Place, sheet: Sheet, codes: np.ndarray, texts: list[str], style: int
) -> Cells:
    """A column of links, of which a sheet may have only so many; none is without a text."""
    rows = np.flatnonzero([bool(link) for link in sheet.links])[: MAXIMUM_LINKS - len(page.links)]
    page.links += [(at.row + row, at.column, str(sheet.links[row])) for row in rows.tolist()]
    for row in rows[codes[rows] < 0].tolist():
        codes[row] = len(texts)
        texts.append(cell_text(sheet.links[row]))
    codes[rows] += len(texts)
    both = [at.style] * len(texts) + [style] * len(texts)
    return text_cells(at, codes, [*texts, *texts], page, both)


def _formula(sheet: Sheet, column: SheetColumn) -> str:
    """The formula of a column, with a mark where the number of the row stands."""
    letters = enumerate(sheet.columns)
    cells = {other.name: xl_col_to_name(place) + ROW_MARK for place, other in letters}
    return sheet.formulas[column.name].removeprefix("=").format_map(cells)
