"""Edits of a workbook as people make them, performed through openpyxl on a copy.

Every edit is made twice, by two roads that know nothing of each other: in the cells of the file, and
in plain rows (header -> value), from which `expecting` works out what must come of it. Nothing here
uses the library.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

__all__ = [
    "ANSWERS",
    "DECISION",
    "FACTS",
    "NOTE",
    "PROMISED",
    "REASON",
    "TEAM",
    "UNTIL",
    "VERDICT",
    "AddSheet",
    "Answer",
    "AnswerOf",
    "Backup",
    "Book",
    "ClearKeys",
    "CopyRow",
    "Delete",
    "DeleteColumn",
    "Edit",
    "FillDown",
    "Filter",
    "Formula",
    "Hide",
    "InsertBlank",
    "InsertColumn",
    "InsertStray",
    "MoveColumn",
    "PartialSort",
    "PasteFact",
    "RenameSheet",
    "ReorderSheets",
    "Resave",
    "Role",
    "Row",
    "Sort",
    "Table",
    "Verdict",
    "edited_copy",
]

PROMISED: Final = "New promised date (answer)"
TEAM: Final = "New owner team (answer)"
DECISION: Final = "Decision (answer)"
UNTIL: Final = "Waiver until (answer)"
REASON: Final = "Reason (answer)"
NOTE: Final = "Note (answer)"
VERDICT: Final = "Is it a return? (answer)"
ANSWERS: Final = (PROMISED, TEAM, DECISION, UNTIL, REASON, NOTE)
FACTS: Final = (
    "Item", "Title", "Product area", "Minutes affected", "Incident", "Severity", "Team", "Service",
    "State", "Standing", "Policy date", "Waived until", "Days over or left", "Promised date", "Closed",
)  # fmt: skip
SPARE: Final = ("Product area", "Customers affected", "Severity", "Items like it")
Row = dict[str, Any]


@dataclass(frozen=True)
class Formula:
    """A formula that a person typed; a text that only looks like one is a str."""

    text: str


@dataclass(eq=False)
class Table:
    """The table of a sheet: its cells in the file, and beside them its rows as they must be."""

    page: Worksheet
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        header, *rows = self.page.iter_rows(values_only=True)
        self.rows = [dict(zip(header, row, strict=True)) for row in rows]

    def place(self, header: str) -> int:
        """The column of a header, counted from 1, or 0 where it was deleted."""
        return next((cell.column for cell in self.page[1] if cell.value == header), 0)

    def turn(self, row: int) -> int:
        return row % len(self.rows)

    def set(self, row: int, header: str, value: Any) -> None:
        if not self.rows or not self.place(header):
            return
        self.rows[self.turn(row)][header] = value
        write(self.page.cell(self.turn(row) + 2, self.place(header)), value)

    def get(self, row: int, header: str) -> Any:
        return self.rows[self.turn(row)].get(header) if self.rows else None

    def permute(self, order: Sequence[int], headers: Iterable[str]) -> None:
        """Put the cells of some columns into another order of rows."""
        for header in headers:
            place = self.place(header)
            if not place:
                continue
            cells = [self.page.cell(row + 2, place) for row in range(len(order))]
            held = [(cells[row].value, cells[row].data_type, cells[row].hyperlink) for row in order]
            for cell, (value, kind, link) in zip(cells, held, strict=True):
                cell.value, cell.data_type, cell._hyperlink = value, kind, link
        before = [dict(row) for row in self.rows]
        for row, source in enumerate(order):
            self.rows[row] |= {header: before[source].get(header) for header in headers}

    def delete(self, row: int) -> None:
        if self.rows:
            self.page.delete_rows(self.turn(row) + 2)
            del self.rows[self.turn(row)]

    def insert(self, row: int, cells: Row) -> None:
        row %= len(self.rows) + 1
        self.page.insert_rows(row + 2)
        self.rows.insert(row, dict(cells))
        for header, value in cells.items():
            if self.place(header):
                write(self.page.cell(row + 2, self.place(header)), value)

    def headers(self) -> list[str]:
        return [cell.value for cell in self.page[1] if cell.value is not None]

    def close(self) -> None:
        """Let the real table and the links follow their cells, as they do in Excel."""
        for cell in (cell for row in self.page.iter_rows() for cell in row if cell.hyperlink):
            cell.hyperlink.ref = cell.coordinate
        for name in list(self.page.tables):
            table = self.page.tables.pop(name)
            width = openpyxl.utils.get_column_letter(self.page.max_column)
            table.ref = f"A1:{width}{max(len(self.rows), 1) + 1}"
            table.autoFilter.ref = table.ref
            table.tableColumns = []
            self.page.add_table(table)


def write(cell: Any, value: Any) -> None:
    cell.value = value.text if isinstance(value, Formula) else value
    if isinstance(value, str):
        cell.data_type = "s"


@dataclass(eq=False)
class Book:
    """A copy of the workbook under the hands of a reader."""

    file: Path
    book: openpyxl.Workbook
    actions: Table
    repeats: Table
    role: str = ""
    backups: list[list[Row]] = field(default_factory=list)

    @classmethod
    def opened(cls, file: Path) -> "Book":
        book = openpyxl.load_workbook(file)
        return cls(file, book, Table(book["Actions"]), Table(book["Repeats"]))

    @property
    def tables(self) -> tuple[Table, Table]:
        return self.actions, self.repeats

    def table(self, name: str) -> Table:
        return self.repeats if name == "Repeats" else self.actions

    def copies(self) -> list[Row]:
        """The rows on the copies of the sheet of actions, as they were when it was copied."""
        return [row for rows in self.backups for row in rows]

    def row_at(self, sheet: str, number: int) -> Row:
        """The row that a spreadsheet shows under this number."""
        tables = {table.page.title: table.rows for table in (self.actions, self.repeats)}
        tables |= {f"Backup {place}": rows for place, rows in enumerate(self.backups, start=1)}
        return tables[sheet][number - 2]

    def save(self) -> None:
        self.actions.close()
        self.repeats.close()
        self.book.save(self.file)

    def resave(self) -> None:
        """Save and open again: what openpyxl does not know is lost."""
        names = self.actions.page.title, self.repeats.page.title
        self.save()
        self.book = openpyxl.load_workbook(self.file)
        self.actions.page, self.repeats.page = (self.book[name] for name in names)


class Edit:
    """One thing that a person does."""

    def make(self, book: Book) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Answer(Edit):
    """Type an answer, or clear it with None."""

    row: int
    header: str
    value: Any

    def make(self, book: Book) -> None:
        book.actions.set(self.row, self.header, self.value)


@dataclass(frozen=True)
class AnswerOf(Edit):
    """Type an answer beside an item or an incident, wherever its row is by now."""

    name: str
    header: str
    value: Any

    def make(self, book: Book) -> None:
        for table, first in ((book.actions, "Item"), (book.repeats, "Incident")):
            for place, row in enumerate(table.rows):
                if row.get(first) == self.name:
                    table.set(place, self.header, self.value)


@dataclass(frozen=True)
class Verdict(Edit):
    row: int
    header: str
    value: Any

    def make(self, book: Book) -> None:
        book.repeats.set(self.row, self.header, self.value)


@dataclass(frozen=True)
class Role(Edit):
    text: str

    def make(self, book: Book) -> None:
        page = book.book["About"]
        for (cell,) in page.iter_rows(min_col=1, max_col=1):
            if cell.value == "Your role":
                write(page.cell(cell.row, 2), self.text)
                book.role = self.text


@dataclass(frozen=True)
class Sort(Edit):
    """Sort the whole table by a column."""

    header: str
    descending: bool
    sheet: str = "Actions"

    def make(self, book: Book) -> None:
        table = book.table(self.sheet)
        table.permute(order_by(table, self.header, self.descending), table.headers())


@dataclass(frozen=True)
class PartialSort(Edit):
    """Sort only some columns: the classical mistake, after which rows are no rows any more."""

    header: str
    headers: tuple[str, ...]
    descending: bool

    def make(self, book: Book) -> None:
        order = order_by(book.actions, self.header, self.descending)
        book.actions.permute(order, self.headers)


def order_by(table: Table, header: str, descending: bool) -> list[int]:  # noqa: FBT001
    def rank(row: int) -> tuple[bool, str]:
        value = table.rows[row].get(header)
        return value is None, str(value)

    filled = [row for row in range(len(table.rows)) if not rank(row)[0]]
    blank = [row for row in range(len(table.rows)) if rank(row)[0]]
    return [*sorted(filled, key=rank, reverse=descending), *blank]


@dataclass(frozen=True)
class Delete(Edit):
    rows: tuple[int, ...]
    sheet: str = "Actions"

    def make(self, book: Book) -> None:
        for row in self.rows:
            book.table(self.sheet).delete(row)


@dataclass(frozen=True)
class InsertBlank(Edit):
    row: int
    sheet: str = "Actions"

    def make(self, book: Book) -> None:
        book.table(self.sheet).insert(self.row, {})


@dataclass(frozen=True)
class InsertStray(Edit):
    """A row of its own, with an answer and without a key."""

    row: int
    header: str
    value: Any

    def make(self, book: Book) -> None:
        book.actions.insert(self.row, {self.header: self.value})


@dataclass(frozen=True)
class CopyRow(Edit):
    """Copy a whole row over another one, its hidden key with it."""

    source: int
    target: int

    def make(self, book: Book) -> None:
        for header in book.actions.headers():
            book.actions.set(self.target, header, book.actions.get(self.source, header))


@dataclass(frozen=True)
class FillDown(Edit):
    """Copy the answers of a row to the rows below it, which is a way to answer."""

    row: int
    count: int
    headers: tuple[str, ...]

    def make(self, book: Book) -> None:
        if not book.actions.rows:
            return
        first = book.actions.turn(self.row)
        for row in range(first + 1, min(first + 1 + self.count, len(book.actions.rows))):
            for header in self.headers:
                book.actions.set(row, header, book.actions.get(first, header))


@dataclass(frozen=True)
class PasteFact(Edit):
    row: int
    header: str
    value: Any

    def make(self, book: Book) -> None:
        book.actions.set(self.row, self.header, self.value)


@dataclass(frozen=True)
class ClearKeys(Edit):
    """Clear the hidden keys of some rows, for example by clearing whole rows and typing anew."""

    rows: tuple[int, ...]

    def make(self, book: Book) -> None:
        for row in self.rows:
            book.actions.set(row, "Key", None)


@dataclass(frozen=True)
class RenameSheet(Edit):
    sheet: str
    name: str

    def make(self, book: Book) -> None:
        if self.name not in book.book.sheetnames:
            book.table(self.sheet).page.title = self.name


@dataclass(frozen=True)
class ReorderSheets(Edit):
    shift: int

    def make(self, book: Book) -> None:
        book.book.move_sheet(book.actions.page, self.shift)


@dataclass(frozen=True)
class AddSheet(Edit):
    """A sheet of one's own."""

    name: str

    def make(self, book: Book) -> None:
        page = book.book.create_sheet(self.name)
        page.append(["My notes", "Item"])
        page.append(["ask Search", "own:SEA-1"])


@dataclass(frozen=True)
class Backup(Edit):
    """Copy the whole sheet within the file, before going on."""

    def make(self, book: Book) -> None:
        book.book.copy_worksheet(book.actions.page).title = f"Backup {len(book.backups) + 1}"
        book.backups.append([dict(row) for row in book.actions.rows])


@dataclass(frozen=True)
class InsertColumn(Edit):
    at: int
    header: str

    def make(self, book: Book) -> None:
        table = book.actions
        if table.place(self.header):
            return
        at = self.at % table.page.max_column + 1
        table.page.insert_cols(at)
        table.page.cell(1, at).value = self.header
        for row in range(len(table.rows)):
            table.set(row, self.header, f"mine {row}")


@dataclass(frozen=True)
class MoveColumn(Edit):
    """Cut a column and put it at the end of the table."""

    header: str

    def make(self, book: Book) -> None:
        page, place = book.actions.page, book.actions.place(self.header)
        if not place:
            return
        last = page.max_column + 1
        for row in range(1, page.max_row + 1):
            source, target = page.cell(row, place), page.cell(row, last)
            target.value, target.number_format = source.value, source.number_format
            target.data_type = source.data_type
        page.delete_cols(place)


@dataclass(frozen=True)
class DeleteColumn(Edit):
    """Delete a column of facts that nobody needs."""

    header: str

    def make(self, book: Book) -> None:
        place = book.actions.place(self.header)
        if place:
            book.actions.page.delete_cols(place)
            for row in book.actions.rows:
                row.pop(self.header, None)


@dataclass(frozen=True)
class Filter(Edit):
    """Filter by a column: the rows that do not fit are hidden."""

    header: str
    value: str

    def make(self, book: Book) -> None:
        table = book.actions
        table.page.auto_filter.ref = table.page.dimensions
        table.page.auto_filter.add_filter_column(table.place(self.header) - 1, [self.value])
        for row, cells in enumerate(table.rows):
            hidden = cells.get(self.header) != self.value
            table.page.row_dimensions[row + 2].hidden = hidden


@dataclass(frozen=True)
class Hide(Edit):
    rows: tuple[int, ...]
    columns: tuple[str, ...]

    def make(self, book: Book) -> None:
        for row in self.rows:
            book.actions.page.row_dimensions[row % 20 + 2].hidden = True
        for header in self.columns:
            place = book.actions.place(header)
            if place:
                letter = openpyxl.utils.get_column_letter(place)
                book.actions.page.column_dimensions[letter].hidden = True


@dataclass(frozen=True)
class Resave(Edit):
    def make(self, book: Book) -> None:
        book.resave()


def edited_copy(workbook: Path, file: Path, edits: Iterable[Edit]) -> Book:
    """A copy of a workbook after some edits."""
    file.write_bytes(workbook.read_bytes())
    book = Book.opened(file)
    for edit in edits:
        edit.make(book)
    book.save()
    return book
