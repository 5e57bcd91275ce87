"""Workbooks: the sheets of an Excel file as grids of text.

A workbook is a zip archive of XML, which can be made to fill any memory, so its size is looked at
before it is opened, and its cells are counted while they are read. No formula is computed and no
macro runs.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from pmanalytics.errors import InputError
from pmanalytics.reading.sheet_parts import SheetPart, sheet_part
from pmanalytics.reading.sheets import Sheet

__all__ = [
    "LARGEST_WORKBOOK",
    "MOST_CELLS",
    "has_comments",
    "looks_like_workbook",
    "read_workbook",
    "saved_at",
]

LARGEST_WORKBOOK: Final = 200_000_000
MOST_CELLS: Final = 20_000_000
# Excel has no more; a row beyond is made up.
_MOST_ROWS: Final = 1_048_576
# XML packs well, but never so well. A small archive may, and does no harm.
_MOST_PACKED: Final = 200
_SMALL: Final = 10_000_000
_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# Whether a sheet is left out, by its first filled row.
Skipped = Callable[[Sequence[str]], bool] | None
_AS_CSV: Final = "save it as CSV instead"
_COMMENTS: Final = re.compile(r"xl/(?:comments|threadedcomments)[^/]*(?:/[^/]+)?\.xml$")
_STRICT: Final = b"http://purl.oclc.org/ooxml/spreadsheetml"
_PROPERTIES: Final = "docprops/core.xml"
_MODIFIED: Final = re.compile(rb"<(?:\w+:)?modified\b[^<>]*>([^<>]{1,40})<")


def looks_like_workbook(content: bytes) -> bool:
    """Whether a file begins like a zip archive, as every workbook does.

    An archive that is no workbook is told by `read_workbook`, which says what to do with it.
    """
    return content.startswith(_STARTS)


def read_workbook(
    content: bytes,
    *,
    name: str,
    remedy: str = "",
    uncomputed: str = "",
    skipped: Skipped = None,
) -> tuple[list[Sheet], tuple[str, ...]]:
    """The sheets that hold something, hidden ones too, and what to warn of.

    Rows that are blank are left out, and the others keep their number. Numbers, dates and truth
    values become text: `3`, `0.5`, `2026-01-12T11:19:00`, `2026-01-12` at midnight, `true`. A
    formula that was saved without its value is read as the text `uncomputed`, one whose value is
    the empty text as an empty cell. A sheet is left out when `skipped` says so of its first filled
    row. Raises InputError when the file is no workbook, damaged, encrypted, or larger than any
    export; `remedy` is what it advises in place of what holds for exports.
    """
    archive = _archive(content, name, remedy)
    try:
        parts = {part.lstrip("/"): sheet_part(archive.read(part)) for part in _parts(archive)}
        formulas = sum(part.uncomputed for part in parts.values())
        marks = uncomputed if formulas else ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = list(_sheets(content, parts, marks, skipped, _Limit(name, remedy)))
    except InputError:
        raise
    except Exception as problem:
        # The library raises whatever a broken part leads to.
        raise _damaged(name, remedy) from problem
    sheets = [
        Sheet(name, title, rows, numbers, part.merged)
        for title, rows, numbers, part in found
        if rows
    ]
    if not formulas:
        return sheets, ()
    return sheets, (
        f"{formulas:,} formulas were saved without their value and are read as empty cells; "
        "open the workbook in a spreadsheet and save it there.",
    )


def saved_at(content: bytes) -> datetime | None:
    """When a workbook that `read_workbook` accepts was last saved, in UTC, if it says so.

    Spreadsheets write the moment into the properties of the document; some programs do not.
    """
    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = [part for part in archive.namelist() if part.lstrip("/").lower() == _PROPERTIES]
    try:
        found = _MODIFIED.search(archive.read(parts[0])) if parts else None
        moment = datetime.fromisoformat(found[1].decode().strip()) if found else None
        if moment is None or moment.tzinfo is None:
            return moment and moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except Exception:
        # The moment is a help and no data: a broken one is as good as none.
        return None


def has_comments(content: bytes) -> bool:
    """Whether somebody wrote comments into a workbook, which stand beside cells and in none."""
    names = (name.lstrip("/").lower() for name in zipfile.ZipFile(io.BytesIO(content)).namelist())
    return any(_COMMENTS.match(name) for name in names)


def _archive(content: bytes, name: str, remedy: str) -> zipfile.ZipFile:
    """The archive, when it is a workbook of an ordinary size."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except Exception as problem:
        raise _damaged(name, remedy) from problem
    entries = archive.infolist()
    # A part is never unpacked beyond the size that the archive says.
    size = sum(entry.file_size for entry in entries)
    if size > LARGEST_WORKBOOK:
        most = f"{LARGEST_WORKBOOK / 1e6:.0f} MB"
        raise InputError(f"{name} unpacks to more than {most}; {remedy or _AS_CSV}.")
    if size > max(_SMALL, _MOST_PACKED * len(content)):
        raise InputError(
            f"{name} unpacks to more than {_MOST_PACKED} times its size, as no workbook does; "
            "check where it comes from."
        )
    if reason := _no_workbook(entries) or _strict(archive):
        what, advice = reason
        raise InputError(f"{name} {what}; {remedy or advice}.")
    return archive


def _no_workbook(entries: Sequence[zipfile.ZipInfo]) -> tuple[str, str] | None:
    """Why an archive is no workbook that can be read, and what to do; None when it is one."""
    names = {entry.filename.lstrip("/").lower() for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        return "is encrypted", "save it without a password"
    if "xl/workbook.bin" in names:
        return "is a binary workbook", "save it as .xlsx or CSV"
    if "xl/vbaproject.bin" in names:
        return "is a workbook with macros", "save it as .xlsx or CSV, without them"
    if "content.xml" in names and "mimetype" in names:
        return "is an OpenDocument file", "save it as .xlsx or CSV"
    if "[content_types].xml" not in names or not any(n.startswith("xl/") for n in names):
        return "is a zip archive and no workbook", "unpack it first"
    return None


def _strict(archive: zipfile.ZipFile) -> tuple[str, str] | None:
    """The same for the strict form of Open XML, whose cells the library does not see."""
    parts = [part for part in archive.namelist() if part.lstrip("/") == "xl/workbook.xml"]
    try:
        strict = any(_STRICT in archive.read(part) for part in parts)
    except Exception:
        # What is damaged is said when it is opened.
        return None
    return ("is a strict Open XML workbook", "save it as an ordinary .xlsx") if strict else None


def _parts(archive: zipfile.ZipFile) -> list[str]:
    names = (entry.filename for entry in archive.infolist())
    return [part for part in names if re.fullmatch(r"/?xl/worksheets/[^/]+\.xml", part)]


class _Limit:
    """How many cells may still be read, and what is said when there are more."""

    def __init__(self, name: str, remedy: str) -> None:
        self.left = MOST_CELLS
        self.sentence = f"{name} has more than {MOST_CELLS:,} cells; {remedy or _AS_CSV}."

    def counted(self, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Sequence[Any]]]:
        """The rows with their numbers, as long as there are not too many cells."""
        for number, values in enumerate(rows, start=1):
            self.left -= max(len(values), 1)
            if self.left < 0 or number > _MOST_ROWS:
                raise InputError(self.sentence)
            yield number, values


def _sheets(
    content: bytes, parts: Mapping[str, SheetPart], marks: str, skipped: Skipped, limit: _Limit
) -> Iterator[tuple[str, list[list[str]], list[int], SheetPart]]:
    """The title, the filled rows and their numbers of each sheet, and what its part says."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    twin = _formulas(content) if marks else None
    try:
        for place, worksheet in enumerate(book.worksheets):
            part = parts.get(worksheet._worksheet_path.lstrip("/"), SheetPart())
            # The size that a sheet says it has is often wrong.
            worksheet.reset_dimensions()
            rows = worksheet.iter_rows(values_only=True)
            if twin and part.uncomputed:
                rows = _marked(rows, twin.worksheets[place], marks, part.saying_nothing)
            filled, numbers = _filled(limit.counted(rows), skipped)
            yield worksheet.title, filled, numbers, part
    finally:
        book.close()


def _filled(
    rows: Iterable[tuple[int, Sequence[Any]]], skipped: Skipped
) -> tuple[list[list[str]], list[int]]:
    """The rows that are not blank as text, and their numbers; none when the first is skipped."""
    filled: list[list[str]] = []
    numbers: list[int] = []
    for number, values in rows:
        if cells := _cells(values):
            if skipped and not filled and skipped(cells):
                break
            filled.append(cells)
            numbers.append(number)
    return filled, numbers


def _formulas(content: bytes) -> Any:
    """The workbook once more, with formulas in place of their values."""
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(content), read_only=True, keep_links=False)


def _marked(
    rows: Iterable[Sequence[Any]], sheet: Any, mark: str, saying_nothing: Container[str]
) -> Iterator[Sequence[Any]]:
    """The rows of a sheet with a mark in each cell that has a formula and no value."""
    sheet.reset_dimensions()
    for values, cells in zip(rows, sheet.iter_rows(), strict=True):
        yield [
            mark
            if value is None and cell.data_type == "f" and cell.coordinate not in saying_nothing
            else value
            for value, cell in zip(values, cells, strict=True)
        ]


def _cells(values: Sequence[Any]) -> list[str]:
    """The cells of a row as text, without the empty ones at its end; none when it is blank."""
    if not any(value is not None for value in values):
        return []
    cells = [value if type(value) is str else _text(value) for value in values]
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return _clock(value) if isinstance(value, timedelta) else str(value)


def _number(value: float) -> str:
    """A number as it is written out: no exponent, and no point when it is whole."""
    if value.is_integer():
        return str(int(value))
    # Numbers that are none have no digits to write out.
    return format(Decimal(repr(value)), "f") if value - value == 0 else repr(value)


def _clock(value: timedelta) -> str:
    """A span as hours, minutes and seconds, hours beyond a day counted on."""
    seconds = round(abs(value).total_seconds())
    sign = "-" if value < timedelta() else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _damaged(name: str, remedy: str) -> InputError:
    advice = remedy or "save it again, or as CSV"
    return InputError(f"{name} is a damaged workbook or zip archive; {advice}.")
