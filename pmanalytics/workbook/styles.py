"""How cells look: the format of each kind of column, and the colours with their meaning.

A colour never speaks alone: the header of a column to answer in says so in words, and a cell that
is filled because of its word still shows the word.
"""

from collections.abc import Mapping
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from pmanalytics.workbook.layout import SheetColumn

__all__ = ["ALERT_FILL", "ANSWER_FILL", "CALM_FILL", "NOTICE_FILL", "TEXT_KINDS", "Styles"]

ALERT_FILL: Final = "#fbe0cf"  # something to act on
NOTICE_FILL: Final = "#fff2cc"  # something to look at
CALM_FILL: Final = "#e2efda"  # settled
ANSWER_FILL: Final = "#fffbea"
ANSWER_HEADER_FILL: Final = "#ffe08a"
LINE_COLOUR: Final = "#d9d9d9"
LINK_COLOUR: Final = "#0563c1"

TEXT_KINDS: Final = ("text", "link", "formula")
# kind of a column: the number format that shows it; `_)` is a gap as wide as a bracket, because a
# number would touch the text in the next cell (LibreOffice forgets an indent beside a percentage)
NUMBER_FORMATS: Final[Mapping[str, str]] = {
    "text": "@",
    # A formula in a cell for text turns into text once somebody edits it.
    "formula": "General",
    "link": "@",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
    "integer": "#,##0_)_)",
    "number": "#,##0.0_)_)",
    "share": "0%_)_)",
    "change": "+0%_)_);-0%_)_);0%_)_)",
    "ratio": "#,##0.00_)_)",
    "days": '#,##0" over"_)_);#,##0" left"_)_);"due today"_)_)',
}


class Styles:
    """The formats of one column, made in the book as they are asked for."""

    def __init__(self, book: Workbook, column: SheetColumn) -> None:
        """Work out what all cells of the column share."""
        self.book, self.column = book, column
        self.shared: dict[str, object] = {
            "valign": "top",
            "num_format": NUMBER_FORMATS[column.kind],
            "bottom": 1,
            "bottom_color": LINE_COLOUR,
        }
        if column.kind in TEXT_KINDS:
            self.shared["text_wrap"] = True
        elif column.kind not in ("day", "moment"):
            self.shared["align"] = "right"
        if column.kind in ("day", "moment"):
            # On the right a date would touch the text of the next column.
            self.shared["align"] = "left"
        if column.editable:
            self.shared |= {"bg_color": ANSWER_FILL, "locked": False, "left": 4, "right": 4}
            self.shared |= {"left_color": LINE_COLOUR, "right_color": LINE_COLOUR}

    def plain(self) -> Format:
        """The format of an ordinary cell."""
        return self.book.add_format(self.shared)

    def guarded(self) -> Format:
        """That of a text which a spreadsheet would take for a formula once its cell is edited."""
        return self.book.add_format({**self.shared, "quote_prefix": True})

    def link(self) -> Format:
        """That of a cell with a link."""
        return self.book.add_format({**self.shared, "font_color": LINK_COLOUR, "underline": 1})

    def header(self) -> Format:
        """That of the header."""
        style: dict[str, object] = {
            "bold": True,
            "text_wrap": True,
            "valign": "top",
            "bottom": 1,
            "num_format": "@",
        }
        if self.shared.get("align") == "right":
            # Two steps from the edge, because the button of the filter stands there.
            style |= {"align": "right", "indent": 2}
        if self.column.editable:
            style |= {"bg_color": ANSWER_HEADER_FILL}
        return self.book.add_format(style)
