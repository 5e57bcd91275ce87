"""Delimited text: finding the header, then reading the columns that are wanted.

Whoever knows the trackers chooses among the headers that the possible delimiters give; nothing is
sniffed. Rows are read by `fast`, and by `careful` when anything about them is irregular; both give
the same on regular files.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pmanalytics.reading import careful, fast
from pmanalytics.reading.cells import Cells

__all__ = ["DELIMITERS", "Delimited", "headers", "read_cells"]

DELIMITERS: Final = (",", ";", "\t")
# A header is shorter; one that is not has an open quote.
_SAMPLE: Final = 1 << 20
# Among so many filled records the header is looked for; below the first one, with so many cells.
_HIGHEST: Final = 10
_FEWEST: Final = 3
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)


@dataclass(frozen=True)
class Delimited:
    """A delimited file whose header was read.

    `content` is valid UTF-8, `start` the byte at which the first record begins and `first_row` its
    number in a spreadsheet, where the first record is row 1. `above` counts the filled records that
    stand above the header.
    """

    name: str
    content: bytes
    delimiter: str
    header: tuple[str, ...]
    start: int
    first_row: int
    above: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that have one, each once."""
        return tuple(dict.fromkeys(name for name in self.header if name.strip()))


def headers(content: bytes, *, name: str) -> Iterator[Delimited]:
    r"""The rows that may be the header, as each possible delimiter gives them.

    First the first filled record of each delimiter, then those after it that have at least three
    filled cells, for some tools write lines of their own above the header. A first line `sep=;`
    leaves one delimiter.

    Examples:
        >>> [file.header for file in headers(b"a;b\n1;2\n", name="x.csv")]
        [('a;b',), ('a', 'b'), ('a;b',)]
        >>> found = headers(b"Our list\na,b,c\n1,2,3\n", name="x.csv")
        >>> [(file.header, file.above) for file in found if file.above == 1]
        [(('a', 'b', 'c'), 1)]
    """
    sample = content[:_SAMPLE].decode("utf-8", "ignore")
    said = _SEPARATOR_LINE.match(sample)
    skipped = said.end() if said else 0
    delimiters = (said[1],) if said else DELIMITERS
    found = [_candidates(content, sample, skipped, delimiter, name) for delimiter in delimiters]
    for candidates in found:
        yield from islice(candidates, 1)
    for candidates in found:
        yield from candidates


def _candidates(
    content: bytes, sample: str, skipped: int, delimiter: str, name: str
) -> Iterator[Delimited]:
    """The first filled record, and of those after it the ones that can be a header."""
    lines = _Counted(sample[skipped:])
    before, above = len(sample[:skipped].encode()), 0
    for number, record in enumerate(careful.records(lines, delimiter, name), start=1):
        filled = sum(bool(cell.strip()) for cell in record)
        start = before + lines.consumed
        if start >= _SAMPLE or above >= _HIGHEST:
            return
        if filled >= (_FEWEST if above else 1):
            header = tuple(cell.strip("\ufeff") for cell in record)
            yield Delimited(name, content, delimiter, header, start, number + 1, above)
        above += bool(filled)


def read_cells(file: Delimited, names: Sequence[str], *, footer: str = "") -> Cells:
    """The columns of these names, as text, with the rows that are no records among the rejects.

    `footer` is a regular expression for the first cell of a row that is no record. Rules of the
    rejects: short_row, long_row, cut_off (the file ends within a quoted cell), footer. Blank lines
    are no rows, but they count in the numbers.
    """
    # Files with a text in a column without a name have shifted rows: look at those columns too.
    last = max((i for i, cell in enumerate(file.header) if cell.strip()), default=-1) + 1
    plan = careful.Plan(
        wanted=tuple(i for i, cell in enumerate(file.header) if cell in set(names)),
        needed=last,
        footer=footer,
        name=file.name,
        # A quote after a blank opens none in plain CSV, but it does where all cells begin so.
        blanks=last > 1 and all(cell[:1] == " " for cell in file.header[1:last]),
    )
    found = fast.read_columns(file.content, file.start, file.delimiter, len(file.header), plan)
    if found is None:
        found = careful.read_rows(file.content, file.start, file.delimiter, plan)
    return _assembled(file, found, plan)


def _assembled(file: Delimited, read: careful.Read, plan: careful.Plan) -> Cells:
    columns = careful.grouped(file.header, plan, read.columns)
    rejects = [(row + file.first_row, rule, detail) for row, rule, detail in read.rejects]
    return Cells(columns, read.row + file.first_row, rejects, read.warnings)


class _Counted:
    """The lines of a text, counting the bytes of those that were taken."""

    def __init__(self, text: str) -> None:
        self._lines = iter(io.StringIO(text, newline=""))
        self.consumed = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.consumed += len(line.encode())
        return line
