"""Markup: the tables of a web page, which old Jira servers call a workbook.

Only tags are told from text: nothing is fetched and no script runs. Every step goes forward, so
that a page takes time in proportion to its length, however it is broken.
"""

import html
import re
from collections.abc import Iterator
from typing import Final

from pmanalytics.errors import InputError
from pmanalytics.reading.sheets import Sheet

__all__ = ["LARGEST_TABLE", "looks_like_markup", "read_markup"]

LARGEST_TABLE: Final = 20_000_000
_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[a-zA-Z!?]")
# The parser of the standard library takes hours on some broken pages in older versions of Python.
# A quoted value may hold angle brackets, but a long one that does is an open quote.
_TAG: Final = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][^\s<>/\"']*+)"
    r"(?P<more>(?:[^<>\"']++|\"(?:[^\"<]*\"|[^\"]{0,500}\")|'(?:[^'<]*'|[^']{0,500}'))*+)>"
    r"|<[!?][^<>]*>"
)
_SPAN: Final = r"\b{}\s*=\s*[\"']?\s*(\d{{1,4}})"
_COLUMNS: Final = re.compile(_SPAN.format("colspan"), re.IGNORECASE)
_ROWS: Final = re.compile(_SPAN.format("rowspan"), re.IGNORECASE)
# What stands in these is no text of the page.
_HIDDEN: Final = {
    name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in ("script", "style", "title")
}
_BLOCKS: Final = frozenset(("p", "div", "li", "ul", "ol", "tt", "pre", "hr"))


def looks_like_markup(content: bytes) -> bool:
    """Whether a text begins like a web page: with a tag.

    Examples:
        >>> looks_like_markup(b" <!DOCTYPE html>"), looks_like_markup(b"a,b < c")
        (True, False)
    """
    return bool(_START.match(content[:4096]))


def read_markup(content: bytes, *, name: str) -> list[Sheet]:
    """Every table of a page (in UTF-8) that has at least two rows and two columns, in order.

    White space in a cell is folded and `<br>` is a line break. A cell that spans columns or rows
    stands in the first of them, and the others are empty. A table within a table is one of its own.
    Raises InputError when the tables have more cells than any export.

    Examples:
        >>> page = b"<table><tr><th>Key<th>Team<tr><td>A-1</td><td>R &amp; D</table>"
        >>> [sheet.rows for sheet in read_markup(page, name="a.xls")]
        [[['Key', 'Team'], ['A-1', 'R & D']]]
    """
    page = _Page(name)
    for tag, more, text in _pieces(content.decode("utf-8", "replace")):
        page.take(tag, more, text)
    return [sheet for table in page.tables if (sheet := table.sheet(name))]


def _pieces(text: str) -> Iterator[tuple[str, str, str]]:
    """The tags of a page ("/td" for the end of one) with what they say, and the text between."""
    at = 0
    while (start := text.find("<", at)) >= 0:
        if start > at:
            yield "", "", text[at:start]
        if text.startswith("<!--", start):
            at = _after(text.find("-->", start + 4), 3, text)
        elif tag := _TAG.match(text, start):
            at = tag.end()
            name = (tag["name"] or "").lower()
            if name in _HIDDEN and not tag["end"]:
                closed = _HIDDEN[name].search(text, at)
                at = closed.start() if closed else len(text)
            elif name:
                yield tag["end"] + name, tag["more"], ""
        else:
            yield "", "", "<"
            at = start + 1
    yield "", "", text[at:]


def _after(place: int, length: int, text: str) -> int:
    return place + length if place >= 0 else len(text)


class _Table:
    """A table that is being read: its rows, and the cell that is open."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.open: list[str] | None = None
        self.size = 0
        self._span = (1, 1)
        # The last row that a cell above reaches down to, by column.
        self._reach: dict[int, int] = {}

    def row(self) -> None:
        self.close()
        self.rows.append([])
        self.size += 1

    def cell(self, more: str) -> None:
        self.close()
        if not self.rows:
            self.row()
        self.open = []
        self._span = (_number(_COLUMNS, more), _number(_ROWS, more))

    def close(self) -> None:
        """End the open cell, if there is one."""
        if self.open is None:
            return
        row, place = self.rows[-1], len(self.rows) - 1
        before = len(row)
        while self._reach.get(len(row), -1) >= place:
            row.append("")
        columns, rows = self._span
        if rows > 1:
            reached = dict.fromkeys(range(len(row), len(row) + columns), place + rows - 1)
            self._reach |= reached
        row += [_folded("".join(self.open)), *[""] * (columns - 1)]
        self.size += len(row) - before
        self.open = None

    def sheet(self, name: str) -> Sheet | None:
        """The table when it is one, and no means to lay out a page."""
        self.close()
        if len(self.rows) < 2 or max(map(len, self.rows)) < 2:
            return None
        return Sheet(name, "", self.rows, range(1, len(self.rows) + 1))


class _Page:
    """The tables of a page, and those of them that are open."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._size = 0

    def take(self, tag: str, more: str, text: str) -> None:
        """Take the next tag or text."""
        if tag == "table":
            self.tables.append(_Table())
            self._open.append(self.tables[-1])
        elif not self._open:
            return
        elif tag == "/table":
            self._open.pop().close()
        else:
            self._within(self._open[-1], tag, more, text)

    def _within(self, table: _Table, tag: str, more: str, text: str) -> None:
        before = table.size
        if tag == "tr":
            table.row()
        elif tag in {"td", "th"}:
            table.cell(more)
        elif tag in {"/td", "/th", "/tr"}:
            table.close()
        elif table.open is not None:
            table.open.append(text or {"br": "\0"}.get(tag, " " * (tag.strip("/") in _BLOCKS)))
        self._size += table.size - before
        if self._size > LARGEST_TABLE:
            raise InputError(
                f"{self.name} holds a table of more than {LARGEST_TABLE:,} cells; "
                "export it as CSV instead."
            )


def _number(pattern: re.Pattern[str], more: str) -> int:
    found = pattern.search(more) if more else None
    return min(max(int(found[1]), 1), 1000) if found else 1


def _folded(text: str) -> str:
    """Text with its entities decoded, its white space folded, and a line for every break."""
    lines = (" ".join(html.unescape(line).split()) for line in text.split("\0"))
    return "\n".join(lines).strip("\n")
