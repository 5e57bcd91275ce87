"""Sheets: grids of text, from a workbook or a web page, and the columns that are wanted of them.

Which row is the header is for those to say who know the trackers: `titled` names the rows that can
be one. Rows are judged as those of delimited text are, so that both give the same cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pmanalytics.reading.careful import LAST, Judge, Plan, grouped
from pmanalytics.reading.cells import TEXT, Cells

__all__ = ["Sheet", "Titled", "sheet_cells", "stacked", "titled"]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A grid of text: one sheet of a workbook, or one table of a web page.

    `name` is how messages call the file, `title` the name of the sheet ("" on a web page). `rows`
    holds the cells as text, "" where one is empty, and `numbers` the number that a spreadsheet
    shows beside each row, from 1. `merged` has the ranges of cells that were made one, each as its
    first row and column and its last ones, from 1; all but the first cell are read as empty.
    """

    name: str
    title: str
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    merged: Sequence[tuple[int, int, int, int]] = ()


@dataclass(frozen=True, eq=False)
class Titled:
    """A sheet of which one row is taken for the header: that at `place` in `sheet.rows`.

    `above` counts the filled rows that stand above it.
    """

    sheet: Sheet
    header: tuple[str, ...]
    place: int
    above: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that have one, each once."""
        return tuple(dict.fromkeys(name for name in self.header if name.strip()))


def titled(sheet: Sheet, *, most: int = 20) -> Iterator[Titled]:
    """Each filled row among the first `most` as a possible header, in order.

    Examples:
        >>> sheet = Sheet("a.xlsx", "Items", [["Made on Monday"], ["Key", "Team"]], [1, 3])
        >>> [file.header for file in titled(sheet)]
        [('Made on Monday',), ('Key', 'Team')]
    """
    above = 0
    for place, row in enumerate(sheet.rows[:most]):
        if _filled(row):
            yield Titled(sheet, tuple(row), place, above)
            above += 1


def stacked(parts: Sequence[Titled]) -> Titled:
    """Several sheets as one, with the columns of all; their rows are numbered on.

    Examples:
        >>> first = next(titled(Sheet("x", "a", [["Name"], ["one"]], [1, 2])))
        >>> second = next(titled(Sheet("x", "b", [["State", "Name"], ["open", "two"]], [1, 2])))
        >>> whole = stacked([first, second])
        >>> whole.header, whole.sheet.rows[1:], whole.sheet.numbers
        (('Name', 'State'), [['one', ''], ['two', 'open']], [1, 2, 4])
    """
    columns = list(dict.fromkeys(column for part in parts for column in _counted(part.header)))
    header = tuple(name for name, _ in columns)
    rows: list[Sequence[str]] = [header]
    numbers, begun = [parts[0].sheet.numbers[parts[0].place]], 0
    for part in parts:
        sheet, first, own = part.sheet, part.place + 1, _counted(part.header)
        places = [own.index(column) if column in own else None for column in columns]
        for row in sheet.rows[first:]:
            known = [row[p] if p is not None and p < len(row) else "" for p in places]
            rows.append([*known, *row[len(own) :]])
        numbers += [begun + number for number in sheet.numbers[first:]]
        begun += max(sheet.numbers, default=0)
    return Titled(Sheet(parts[0].sheet.name, parts[0].sheet.title, rows, numbers), header, 0)


def _counted(header: Sequence[str]) -> list[tuple[str, int]]:
    """Names of columns, each with how often it stands before, for a name may come again."""
    return [(name, header[:place].count(name)) for place, name in enumerate(header)]


def sheet_cells(titled: Titled, names: Sequence[str], *, footer: str = "") -> Cells:
    """The columns of these names, as `delimited.read_cells` gives them for the same table.

    A row may be shorter than the header, for a sheet keeps no empty cells at its end; blank rows
    are no rows. Rules of the rejects: long_row, footer.

    Examples:
        >>> sheet = Sheet("a.xlsx", "", [["Key", "Team"], ["A-1"], ["A-2", "x", "y"]], [1, 2, 5])
        >>> cells = sheet_cells(next(titled(sheet)), ["Key", "Team"])
        >>> cells.text("Key").to_pylist(), cells.row.tolist(), cells.rejects
        (['A-1'], [2], [(5, 'long_row', "3 cells where the header names 2: 'A-2 x y'")])
    """
    wanted = set(names)
    plan = Plan(
        wanted=tuple(i for i, cell in enumerate(titled.header) if cell in wanted),
        needed=max((i for i, cell in enumerate(titled.header) if cell.strip()), default=-1) + 1,
        footer=footer,
        name=titled.sheet.name,
    )
    judge = Judge(plan)
    kept = list(judge.kept(_records(titled, plan.needed)))
    number = titled.sheet.numbers[titled.place + 1 :]
    columns = [pa.array([record[i] for _, record in kept], type=TEXT) for i in plan.wanted]
    return Cells(
        grouped(titled.header, plan, columns),
        np.array([number[position] for position, _ in kept], dtype=np.int64),
        [(number[position], rule, detail) for position, rule, detail in judge.rejects],
        judge.warnings,
    )


def _records(titled: Titled, needed: int) -> Iterator[list[str]]:
    """The rows below the header as wide as its names, blank ones empty, and at last our mark."""
    for row in titled.sheet.rows[titled.place + 1 :]:
        yield [*row, *[""] * (needed - len(row))] if _filled(row) else []
    yield LAST


def _filled(row: Sequence[str]) -> bool:
    return any(cell.strip() for cell in row)
