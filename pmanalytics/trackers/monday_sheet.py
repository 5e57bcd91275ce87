"""The sheet of a monday.com board: rows of several kinds, brought into one table.

A board's sheet begins with its name and, if it has one, its description. Every group follows: a row
with its title, a header, its items, and a row that sums them up. Below an item with sub-items stand
a header of theirs, which begins with Subitems, and a row for each, one cell further right. Titles,
headers and sums are no rows of the table; all others keep the number that the sheet gives them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pmanalytics.reading.sheets import Sheet

__all__ = ["ADDED", "arrange"]

# Columns that the table has besides those of the board: what stands around an item.
ADDED: Final = ("monday name", "monday board", "monday group", "monday parent", "monday link")
_SUBITEMS: Final = "Subitems"
_NUMBERS: Final = ("item id (auto generated)", "item id")
# The header of the first group stands so far down at most.
_FIRST: Final = 20
Row = Sequence[str]
Column = tuple[str, int]


@dataclass
class _Place:
    """Where in the sheet a row stands: below which titles and headers."""

    board: str = ""
    group: str = ""
    parent: str = ""
    link: str = ""
    header: Row = ()
    below: Row = ()
    columns: dict[Column, None] = field(default_factory=dict)


def arrange(sheet: Sheet) -> Sheet:
    """The sheet of a board as one table; any other sheet as it is.

    The table has the columns of all headers, each once or as often as one header repeats it, and
    those of `ADDED`.

    Examples:
        >>> rows = [["Board"], ["Next"], ["Name", "Subitems", "Status"], ["Retry", "", "Done"],
        ...         ["Subitems", "Name", "Status"], ["", "Test", "Stuck"], ["", "", "2"]]
        >>> table = arrange(Sheet("x", "board", rows, [1, 2, 3, 4, 5, 6, 7]))
        >>> table.numbers
        [3, 4, 6]
        >>> table.rows[2]
        ['Test', '', 'Stuck', 'Test', 'Board', 'Next', 'Retry', 'Retry']
    """
    first = _first_header(sheet.rows)
    if first is None:
        return sheet
    place = _Place(board=_cell(sheet.rows[0], 0))
    found = list(_table(sheet, place))
    header = [*(name for name, _ in place.columns), *ADDED]
    rows = [_laid(values, added, rest, place) for _, values, added, rest in found]
    numbers = [sheet.numbers[first], *(number for number, *_ in found)]
    return Sheet(sheet.name, sheet.title, [header, *rows], numbers)


def _first_header(rows: Sequence[Row]) -> int | None:
    """Where the header of the first group stands, if the sheet is one of a board."""
    titles = 0
    for number, row in enumerate(rows[:_FIRST]):
        if _is_title(row):
            titles += 1
        elif any(row):
            # Without a mark of monday's own, a title above a header is what many tables have.
            told = _is_header(row) or (_cell(row, 0) == "Name" and titles > 1)
            return number if told and titles else None
    return None


def _table(
    sheet: Sheet, place: _Place
) -> Iterator[tuple[int, dict[Column, str], Row, Sequence[str]]]:
    rows = sheet.rows
    for number, row in enumerate(rows):
        before = rows[number - 1] if number else ()
        following = rows[number + 1] if number + 1 < len(rows) else ()
        if _is_header(row) or (_cell(row, 0) == "Name" and _is_title(before)):
            place.header, place.below = row, ()
            place.columns |= dict.fromkeys(_columns(row))
        elif _cell(row, 0) == _SUBITEMS and _cell(row, 1):
            place.below = row[1:]
            place.columns |= dict.fromkeys(_columns(row[1:]))
        elif _is_title(row) and _heads(place, following):
            place.group, place.below = _cell(row, 0), ()
        elif _cell(row, 0):
            values = _values(row, place.header)
            place.parent, place.link = _cell(row, 0), _number(values) or _cell(row, 0)
            added = (place.parent, place.board, place.group, "", "")
            yield sheet.numbers[number], values, added, row[len(place.header) :]
        elif place.below and _cell(row, 1) and _is_whole(row[1:], place.below):
            added = (_cell(row, 1), place.board, place.group, place.parent, place.link)
            values = _values(row[1:], place.below)
            yield sheet.numbers[number], values, added, row[1 + len(place.below) :]


def _heads(place: _Place, following: Row) -> bool:
    """Whether a row with one cell is a title: a header follows, or items have numbers."""
    titled = _is_header(following) or _cell(following, 0) == "Name"
    return not place.header or titled or _number_at(place.header) is not None


def _is_whole(row: Row, header: Row) -> bool:
    """Whether a row below an item is a sub-item and not a sum: it has a number if they have any."""
    at = _number_at(header)
    return at is None or bool(_cell(row, at))


def _is_title(row: Row) -> bool:
    return bool(_cell(row, 0)) and not any(cell.strip() for cell in row[1:])


def _is_header(row: Row) -> bool:
    """Whether a row is the header of a group, by what only monday writes."""
    if _cell(row, 0) in ("", _SUBITEMS):
        return False
    marked = [cell.strip().casefold() for cell in row]
    return _cell(row, 1) == _SUBITEMS or _NUMBERS[0] in marked


def _columns(header: Row) -> list[Column]:
    """The names of a header, each with how often it stood before."""
    names = [name.strip() for name in header]
    return [(name, names[:place].count(name)) for place, name in enumerate(names) if name]


def _values(row: Row, header: Row) -> dict[Column, str]:
    names = [name.strip() for name in header]
    return {
        (name, names[:place].count(name)): _cell(row, place)
        for place, name in enumerate(names)
        if name
    }


def _laid(values: dict[Column, str], added: Row, rest: Row, place: _Place) -> list[str]:
    """A row in the columns of the table, and behind it what stood beside every column."""
    row = [*(values.get(column, "") for column in place.columns), *added]
    return [*row, *rest] if any(cell.strip() for cell in rest) else row


def _number_at(header: Row) -> int | None:
    names = [name.strip().casefold() for name in header]
    return next((names.index(name) for name in _NUMBERS if name in names), None)


def _number(values: dict[Column, str]) -> str:
    found = (value for (name, _), value in values.items() if name.casefold() in _NUMBERS)
    return next(filter(None, found), "")


def _cell(row: Row, place: int) -> str:
    return row[place].strip() if place < len(row) else ""
