"""What may be entered where the reader answers, and which words fill their cells with colour."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pmanalytics.workbook.layout import SheetColumn

__all__ = ["fill_words", "offer"]

FIRST_ANSWER: Final = date(2000, 1, 1)
LAST_ANSWER: Final = date(2099, 12, 31)
DAYS: Final[Mapping[str, Any]] = {
    "validate": "date",
    "criteria": "between",
    "minimum": FIRST_ANSWER,
    "maximum": LAST_ANSWER,
    "input_title": "Your answer: a day",
    "input_message": "A day such as 2026-09-30, or nothing. Nothing changes nothing.",
    "error_title": "Not a day",
    "error_message": (
        f"Enter a day from {FIRST_ANSWER} to {LAST_ANSWER}, such as 2026-09-30, or leave the cell "
        "empty."
    ),
}
LIST: Final[Mapping[str, Any]] = {
    "validate": "list",
    "input_title": "Your answer: one of a list",
    "input_message": "Choose from the list, or leave the cell as it is.",
    "error_title": "Not in the list",
    "error_message": "Choose one of the list, or leave the cell empty.",
}


def offer(
    page: Worksheet, place: int, rows: tuple[int, int], column: SheetColumn, choices: str | None
) -> None:
    """Hold an editable column to days or to a list, where it is one of them; blank is allowed.

    `rows` are the first and the last row, from 0; `choices` is the range of the list with its
    sheet, such as `=Lists!$A$2:$A$40`.
    """
    if column.kind == "day":
        rule = dict(DAYS)
    elif choices:
        rule = {**LIST, "source": choices}
    else:
        return
    page.data_validation(rows[0], place, rows[1], place, rule)


def fill_words(
    book: Workbook,
    page: Worksheet,
    place: int,
    rows: tuple[int, int],
    fills: Mapping[str, str],
) -> None:
    """Fill the cells of a column that equal a word with a colour, whatever is entered later."""
    for word, colour in fills.items():
        quoted = word.replace('"', '""')
        rule = {
            "type": "cell",
            "criteria": "==",
            "value": f'"{quoted}"',
            "format": book.add_format({"bg_color": colour, "bold": True}),
        }
        page.conditional_format(rows[0], place, rows[1], place, rule)
