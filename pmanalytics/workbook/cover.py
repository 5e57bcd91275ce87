"""About, the first sheet: what this is, how to read it, and who answers in it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pmanalytics.workbook.books import protect
from pmanalytics.workbook.cells import cell_text
from pmanalytics.workbook.layout import ROLE_LABEL, SHEETS
from pmanalytics.workbook.sheets import LINE_HEIGHT, line_count
from pmanalytics.workbook.styles import ANSWER_FILL

__all__ = ["write_about"]

SAMPLE_MARK: Final = "SAMPLE DATA: an invented organisation, no real incidents"
WIDTH: Final = 104
ROLE_HINT: Final = (
    "Choose one or write your own. It stands beside each of your answers; your name does not."
)


def write_about(
    book: Workbook, about: Mapping[str, Any], lines: Iterable[tuple[str, str]], *, roles: str
) -> Worksheet:
    """Write the sheet: a title, the place for the role, then headings with their texts.

    `roles` is the range of the list that is offered as roles, such as `=Lists!$A$2:$A$6`.
    """
    page = book.add_worksheet(SHEETS[0])
    page.hide_gridlines(2)
    page.set_column(0, 0, 18)
    page.set_column(1, 1, WIDTH)
    title = book.add_format({"bold": True, "font_size": 16})
    page.write_string(0, 0, cell_text(_title(about)), title)
    page.set_row(0, 26)
    row = 1
    if about.get("sample"):
        mark = book.add_format({"bold": True, "bg_color": "#ffe699", "border": 1})
        page.write_string(row, 1, SAMPLE_MARK, mark)
        row += 2
    _write_role(book, page, roles, row)
    _write_lines(book, page, lines, row + 3)
    protect(page)
    return page


def _title(about: Mapping[str, Any]) -> str:
    parts = [about.get("title") or "Action items", about.get("subject")]
    return ": ".join(str(part) for part in parts if part)


def _write_role(book: Workbook, page: Worksheet, roles: str, row: int) -> None:
    """The one cell that a reader fills in; any role may be written, those of Lists are offered."""
    head = book.add_format({"bold": True, "valign": "top"})
    hint = book.add_format({"font_color": "#5b5f66", "valign": "top"})
    entry = book.add_format(
        {"bg_color": ANSWER_FILL, "locked": False, "border": 1, "border_color": "#bfbfbf",
         "num_format": "@"}
    )  # fmt: skip
    page.write_string(row, 0, ROLE_LABEL, head)
    page.write_blank(row, 1, None, entry)
    page.write_string(row + 1, 1, ROLE_HINT, hint)
    page.data_validation(row, 1, row, 1, {"validate": "list", "source": roles, "show_error": False})


def _write_lines(
    book: Workbook, page: Worksheet, lines: Iterable[tuple[str, str]], row: int
) -> None:
    head = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    for place, (heading, said) in enumerate(lines, start=row):
        if heading:
            page.write_string(place, 0, cell_text(heading), head)
        if said:
            page.write_string(place, 1, cell_text(said), text)
            page.set_row(place, LINE_HEIGHT * line_count(said, WIDTH * 1.18))
