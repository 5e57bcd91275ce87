"""Books: how a workbook begins, how its sheets are printed, and how they are locked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import IO, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pmanalytics.words import plain
from pmanalytics.workbook.packing import Book
from pmanalytics.workbook.rows import RowsSheet

__all__ = ["midnight", "new_book", "print_setup", "protect"]

A4: Final = 9  # the number that Excel gives to this paper


@contextmanager
def new_book(content: IO[bytes]) -> Iterator[Workbook]:
    """Give out a book that is written to `content` at the end, and not after an error.

    Raises ValueError where a cell was written that a table would hide.
    """
    book = Book(content)
    yield book
    for page in book.worksheets():
        if isinstance(page, RowsSheet):
            page.refuse_cells_in_blocks()
    book.close()


def print_setup(page: Worksheet, *, heading: str, footing: str) -> None:
    """Landscape on A4, one page wide, with a heading and page numbers."""
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.5)
    page.set_header(f"&L{_printed(heading)}&R&A")
    page.set_footer(f"&L{_printed(footing)}&R&P / &N")


def _printed(text: str) -> str:
    return plain(text)[:110].replace("&", "&&")


def protect(page: Worksheet) -> None:
    """Lock what is no place to answer, without a password; filters and widths stay free."""
    page.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})


def midnight(day: date) -> datetime:
    """The day as the moment that is written into the file's properties."""
    return datetime(day.year, day.month, day.day)
