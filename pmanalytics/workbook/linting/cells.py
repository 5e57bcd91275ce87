"""The rows of a sheet, read a piece at a time: what stands in their cells, and what must not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import unescape

import numpy as np

from pmanalytics.errors import InputError
from pmanalytics.workbook.linting.formulas import formula_faults, in_row
from pmanalytics.workbook.linting.package import ENTITIES, Package, letters
from pmanalytics.workbook.linting.sound import SoundRows
from pmanalytics.workbook.linting.tables import Table

__all__ = ["MAXIMUM_TEXT", "Limits", "Reading", "read_sheet"]

MAXIMUM_ROWS: Final = 1_048_576
MAXIMUM_TEXT: Final = 32_767
AT_ONCE: Final = 1 << 20
TOGETHER: Final = 500  # rows that are looked at more closely when one of them is not sound
BEGIN: Final = b"<sheetData>"
END: Final = b"</sheetData>"
ROW_END: Final = b"</row>"
ROW: Final = re.compile(rb'<row [^>]*?\br="(\d+)"')
ADDRESS: Final = re.compile(rb'<c [^>]*?\br="([A-Z]+\d+)"')
STYLE: Final = re.compile(rb'<(?:c|row|col) [^>]*?\bs="(\d+)"')
STRING: Final = re.compile(rb'<c [^>]*?\bt="s"[^>]*><v>(\d*)</v>')
FORMULA: Final = re.compile(rb'<c [^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<f([^>]*)>([^<]*)<')
NUMBER: Final = re.compile(rb"<v>(-?(?:nan|inf))</v>", re.IGNORECASE)
LONG: Final = re.compile(rb"<(?:v|t)[^>]*>([^<]{%d,})<" % (MAXIMUM_TEXT + 1))


@dataclass(frozen=True)
class Limits:
    """How many styles and shared texts the book has."""

    styles: int
    strings: int


@dataclass
class Reading:
    """What was found in a sheet: its faults, its header cells, and all around its rows.

    `headers` holds, by row and column, the numbers of shared texts, or the texts themselves.
    """

    faults: list[str] = field(default_factory=list)
    headers: dict[tuple[int, int], int | str | None] = field(default_factory=dict)
    around: bytes = b""
    last_row: int = 0


class _Rows:
    """The checks of one sheet, piece by piece; each kind of fault is told once."""

    def __init__(self, sheet: str, tables: list[Table], limits: Limits, package: Package) -> None:
        self.sheet, self.part, self.limits = sheet, package.sheets[sheet], limits
        self.tables = [table for table in tables if table.where]
        self.sheets = tuple(package.sheets)
        self.tops = {table.where.top for table in self.tables if table.where}
        self.found = Reading()
        self.told: set[str] = set()
        self.sound = SoundRows(tables, styles=limits.styles, strings=limits.strings)
        self.parser = ParserCreate()
        self.parser.StartDoctypeDeclHandler = _refuse

    def tell(self, kind: str, fault: str) -> None:
        if kind not in self.told:
            self.told.add(kind)
            self.found.faults.append(f"On sheet {self.sheet!r} {fault}.")

    def parse(self, piece: bytes, *, last: bool = False) -> None:
        """See that the sheet is well-formed; sound rows are, and need not come by."""
        try:
            self.parser.Parse(piece, last)
        except ExpatError as problem:
            raise self._malformed(problem) from problem

    def _malformed(self, problem: Exception) -> InputError:
        return InputError(f"{self.part} of the workbook is not well-formed ({problem}).")

    def look(self, piece: bytes) -> None:
        """Look closely at the rows of a piece among which some are not sound."""
        *rows, rest = piece.split(ROW_END)
        numbers = self.sound.numbers(rows)
        for start in range(0, len(rows), TOGETHER):
            some = numbers[start : start + TOGETHER]
            if (np.diff(some, prepend=self.found.last_row) > 0).all():
                self.found.last_row = int(some[-1])
            else:
                self._look(ROW_END.join([*rows[start : start + TOGETHER], b""]))
        self._look(rest)

    def _look(self, piece: bytes) -> None:
        self.parse(piece)
        self._numbers(piece)
        self._addresses(piece)
        for found in FORMULA.finditer(piece):
            self._formula(found[1].decode(), int(found[2]), found[3], found[4])
        number = NUMBER.search(piece)
        if number:
            self.tell("number", f"a cell holds {number[1].decode()}, which is no number")
        for text in LONG.findall(piece):
            if len(unescape(text.decode()).encode("utf-16-le")) // 2 > MAXIMUM_TEXT:
                self.tell("text", f"a text is longer than {MAXIMUM_TEXT:,} characters")

    def _numbers(self, piece: bytes) -> None:
        styles = max(map(int, set(STYLE.findall(piece))), default=-1)
        if styles >= self.limits.styles:
            self.tell("style", f"a cell has style {styles}, of {self.limits.styles}")
        strings = max((int(text or -1) for text in STRING.findall(piece)), default=-1)
        if strings >= self.limits.strings:
            self.tell("string", f"a cell has shared text {strings}, of {self.limits.strings}")

    def _addresses(self, piece: bytes) -> None:
        for text in ROW.findall(piece):
            row = int(text)
            if row <= self.found.last_row:
                self.tell("order", f"row {row} comes after row {self.found.last_row}")
            self.found.last_row = row
            if row in self.tops:
                self._header(piece, row)
        if self.found.last_row > MAXIMUM_ROWS:
            self.tell("rows", f"there are more than {MAXIMUM_ROWS:,} rows")
        addresses = ADDRESS.findall(piece)
        if len(set(addresses)) < len(addresses):
            again = next(cell for cell in addresses if addresses.count(cell) > 1)
            self.tell("twice", f"cell {again.decode()} occurs more than once")

    def _header(self, piece: bytes, row: int) -> None:
        found = re.search(rb'<row [^>]*?\br="%d".*?</row>' % row, piece, re.DOTALL)
        if not found:
            return
        try:
            header = ElementTree.fromstring(found[0])  # noqa: S314
        except ElementTree.ParseError as problem:
            raise self._malformed(problem) from problem
        for cell in header.iter("c"):
            address = re.fullmatch(r"([A-Z]+)\d+", cell.get("r", ""))
            value = cell.findtext("v") if cell.get("t") == "s" else None
            written = "".join(part.text or "" for part in cell.iter("t")) or None
            if address:
                place = (row, letters(address[1]))
                self.found.headers[place] = int(value) if value else written

    def _formula(self, column: str, row: int, kind: bytes, text: bytes) -> None:
        where = f"cell {column}{row}"
        if b" t=" in kind:
            self.tell("kind", f"{where} holds a formula for several cells")
            return
        formula = unescape(text.decode(), {"&quot;": '"', "&apos;": "'"})
        if formula != self._declared(column, row):
            self.tell("formula", f"{where} holds a formula that no column of a table declares")

    def _declared(self, column: str, row: int) -> str | None:
        place = letters(column)
        for table in self.tables:
            where = table.where
            if where and where.top < row <= where.bottom and where.left <= place <= where.right:
                declared = table.formulas[place - where.left]
                return in_row(declared, str(row)) if declared else None
        return None


def read_sheet(package: Package, sheet: str, tables: list[Table], limits: Limits) -> Reading:
    """Look at all rows of a sheet; what is around them comes back, for it is small."""
    rows = _Rows(sheet, tables, limits, package)
    for table in tables:
        for header, formula in zip(table.headers, table.formulas, strict=True):
            for fault in formula_faults(formula, sheets=rows.sheets) if formula else ():
                rows.tell(formula, f"the formula of column {header!r} {fault}")
    around = []
    for inside, piece in _pieces(package, rows.part):
        if inside:
            rows.look(piece)
        else:
            rows.parse(piece)
            around.append(piece)
    rows.parse(b"", last=True)
    rows.found.around = b"".join(around)
    return rows.found


def _pieces(package: Package, part: str) -> Iterator[tuple[bool, bytes]]:
    """The text before the rows, whole rows, and the text after them; each with where it lies."""
    inside, kept = False, b""
    with package.parts.open(part) as stream:
        while piece := stream.read(AT_ONCE):
            kept += piece
            if not inside and BEGIN in kept:
                before, _, kept = kept.partition(BEGIN)
                inside = True
                yield False, before + BEGIN
            if inside and END not in kept:
                whole, cut, rest = kept.rpartition(ROW_END)
                if cut:
                    yield True, whole + cut
                    kept = rest
    if inside:
        whole, end, after = kept.partition(END)
        yield True, whole
        kept = end + after
    yield False, kept


def _refuse(*_: object) -> None:
    raise InputError(ENTITIES)
