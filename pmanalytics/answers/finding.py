"""The sheets of an edited workbook that take answers, found by what they say and not by names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pmanalytics.answers.model import ANSWERS_OF
from pmanalytics.answers.values import folded
from pmanalytics.reading.sheets import Sheet
from pmanalytics.workbook.layout import (
    ACTIONS,
    ANSWERS,
    GAPS_SHEET,
    KEY,
    QUALITY,
    REPEATS,
    ROLE_LABEL,
    VERDICT_ANSWERS,
    SheetColumn,
)

__all__ = ["AnswerSheet", "Line", "answer_sheets", "role_cell", "takes_no_answers"]

# The columns of the sheets that are looked at: what names a row, the facts that are compared with
# the baseline, and the answers.
NAMING: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("item_id", "title", "state", "promised_on", "team"),
    "repeat": ("incident_id", "repeat_of"),
}
_LAYOUT: Final[Mapping[str, tuple[SheetColumn, ...]]] = {"item": ACTIONS, "repeat": REPEATS}
# Headers that only this sheet has, and how many of them are enough to know it by.
_SHARED: Final = {column.header for column in ANSWERS} & {c.header for c in VERDICT_ANSWERS}
_MARKS: Final[Mapping[str, frozenset[str]]] = {
    "item": frozenset(folded(c.header) for c in ANSWERS if c.header not in _SHARED),
    "repeat": frozenset(
        folded(column.header)
        for column in REPEATS
        if column.name in ("repeat_of", "earlier_title", "verdict")
    ),
}
_ENOUGH: Final[Mapping[str, int]] = {"item": 3, "repeat": 2}
# The headers of our long sheets that only show something.
_SHOWING: Final = tuple(
    frozenset(folded(column.header) for column in sheet) for sheet in (GAPS_SHEET, QUALITY)
)


@dataclass(frozen=True)
class Line:
    """A row of a sheet that takes answers: its number and the text of each known column."""

    row: int
    texts: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class AnswerSheet:
    """A sheet that takes answers.

    `record` is "item" or "repeat", `places` where each known column stands, `missing` and `twice`
    the columns that no header names and that several do.
    """

    sheet: Sheet
    record: str
    header: int
    places: Mapping[str, int]
    missing: tuple[SheetColumn, ...]
    twice: tuple[SheetColumn, ...]

    @property
    def title(self) -> str:
        """What the file calls the sheet."""
        return self.sheet.title

    @property
    def number(self) -> int:
        """The row of the header, as a spreadsheet counts it."""
        return self.sheet.numbers[self.header]

    def lines(self, keys: Iterable[str]) -> Iterator[Line]:
        """The rows below the header, and those above it that have one of the keys.

        A header that is repeated further down is no row.
        """
        known, repeated = frozenset(keys), folded(KEY.header)
        for place, (number, cells) in enumerate(
            zip(self.sheet.numbers, self.sheet.rows, strict=True)
        ):
            line = Line(number, {name: _cell(cells, at) for name, at in self.places.items()})
            key = line.texts.get(KEY.name, "").strip()
            above = place < self.header and key not in known
            if place != self.header and not above and folded(key) != repeated:
                yield line


def answer_sheets(sheets: Iterable[Sheet]) -> Iterator[AnswerSheet]:
    """Every sheet that has a row with headers of Actions or Repeats, in the order of the file.

    The first such row of a sheet is its header, wherever it stands and in whatever order its
    columns are.
    """
    for sheet in sheets:
        for place, cells in enumerate(sheet.rows):
            record = _record(cells)
            if record:
                yield _answer_sheet(sheet, record, place)
                break


def takes_no_answers(cells: Sequence[str]) -> bool:
    """Whether a row is the header of a sheet of ours that only shows something.

    Examples:
        >>> takes_no_answers([column.header for column in GAPS_SHEET])
        True
        >>> takes_no_answers(["Item", "Title"])
        False
    """
    texts = {folded(cell) for cell in cells}
    return not _record(cells) and any(headers <= texts for headers in _SHOWING)


def role_cell(sheets: Iterable[Sheet]) -> str:
    """The cell beside the label of the role, on whatever sheet it stands; "" when there is none.

    The label is the first filled cell of its row, and at most the role stands there beside it: a
    list whose header says the same is another thing.
    """
    label = folded(ROLE_LABEL)
    for sheet in sheets:
        for cells in sheet.rows:
            filled = [place for place, cell in enumerate(cells) if cell.strip()]
            if 0 < len(filled) <= 2 and folded(cells[filled[0]]) == label:
                return _cell(cells, filled[0] + 1)
    return ""


def _record(cells: Sequence[str]) -> str:
    # Few rows have a cell of the length of a header; those that do are looked at in full.
    texts = {folded(cell) for cell in cells if 0 < len(cell) < 100}
    found = (record for record, marks in _MARKS.items() if len(texts & marks) >= _ENOUGH[record])
    return next(found, "")


def _answer_sheet(sheet: Sheet, record: str, header: int) -> AnswerSheet:
    found: dict[str, list[int]] = {}
    for place, cell in enumerate(sheet.rows[header]):
        found.setdefault(folded(cell), []).append(place)
    names = {KEY.name, *NAMING[record], *(column.name for column in ANSWERS_OF[record])}
    wanted = [column for column in _LAYOUT[record] if column.name in names]
    at = {column: found.get(folded(column.header), []) for column in wanted}
    return AnswerSheet(
        sheet,
        record,
        header,
        {column.name: places[0] for column, places in at.items() if len(places) == 1},
        tuple(column for column, places in at.items() if not places),
        tuple(column for column, places in at.items() if len(places) > 1),
    )


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""
