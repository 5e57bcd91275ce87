"""The careful way to read rows: one after the other, with everything that can be wrong with one.

It is slower than `fast` and never gives up: a row that is no record is refused with its number and
the rule it broke, and the rows after it are read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import numpy as np
import pyarrow as pa

from pmanalytics.errors import InputError
from pmanalytics.reading.cells import TEXT, Reject

__all__ = ["END", "LAST", "Judge", "Plan", "Read", "grouped", "read_rows", "records"]

# A last record of our own: when it does not come back, an open quote has swallowed it.
END: Final = "\x1fend of the export\x1f"
LAST: Final[list[str]] = [END, END]
_BLOCK: Final = 20_000
_LONGEST_DETAIL: Final = 60

# A cell may be as large as a file: what follows a quote that was never closed ends up in one.
csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True)
class Plan:
    """What to read: the positions wanted, how many cells a row needs, and what a footer is like.

    `blanks` says that a blank follows each delimiter, and is no part of the cell.
    """

    wanted: tuple[int, ...]
    needed: int
    footer: str = ""
    name: str = "The file"
    blanks: bool = False


@dataclass(frozen=True)
class Read:
    """Columns of text, with the number of each row counted from 0 and the rows refused."""

    columns: Sequence[pa.Array]
    row: np.ndarray
    rejects: Sequence[Reject] = ()
    warnings: tuple[str, ...] = ()


def records(
    lines: Iterable[str], delimiter: str, name: str, *, blanks: bool = False
) -> Iterator[list[str]]:
    """The records of delimited lines; a blank line is an empty record.

    With `blanks` a cell begins, or its quote opens, after the blanks that follow a delimiter.
    """
    try:
        yield from csv.reader(lines, delimiter=delimiter, skipinitialspace=blanks)
    except csv.Error as problem:
        raise InputError(f"{name} is not valid CSV ({problem}); export it again.") from problem


def read_rows(content: bytes, start: int, delimiter: str, plan: Plan) -> Read:
    """Read the rows of a delimited file from a byte on."""
    stream = io.BytesIO(content)
    stream.seek(start)
    lines = io.TextIOWrapper(stream, "utf-8", newline="")
    judge = Judge(plan)
    ended = chain(lines, [delimiter.join(LAST)])
    kept = judge.kept(records(ended, delimiter, plan.name, blanks=plan.blanks))
    blocks, rows = [], []
    while block := list(islice(kept, _BLOCK)):
        rows.append(np.array([number for number, _ in block], dtype=np.int64))
        blocks.append([[record[i] for _, record in block] for i in plan.wanted])
    columns = [
        pa.concat_arrays(
            [pa.array(block[i], type=TEXT) for block in blocks] or [pa.array([], TEXT)]
        )
        for i in range(len(plan.wanted))
    ]
    row = np.concatenate(rows) if rows else np.array([], dtype=np.int64)
    if not content.endswith((b"\n", b"\r")):
        judge.suspect_last()
    return Read(columns, row, judge.rejects, judge.warnings)


def grouped(
    header: Sequence[str], plan: Plan, columns: Sequence[pa.Array]
) -> dict[str, tuple[pa.Array, ...]]:
    """The columns that were wanted by their name, those of one name together, as written."""
    found: dict[str, tuple[pa.Array, ...]] = {}
    for position, column in zip(plan.wanted, columns, strict=True):
        found[header[position]] = (*found.get(header[position], ()), column)
    return found


class Judge:
    """Tells records from rows that are none, and remembers why.

    What it judges ends with `LAST`; when that does not come back, the rows were cut off.
    """

    def __init__(self, plan: Plan) -> None:
        """A judge who has seen no row yet."""
        self.plan = plan
        self.footer = re.compile(plan.footer) if plan.footer else None
        self.rejects: list[Reject] = []
        self.warnings: tuple[str, ...] = ()
        self.last = -1

    def kept(self, found: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
        """The records with their number, from 0; blank lines count and are left out."""
        waiting: tuple[int, list[str]] | None = None
        for numbered in enumerate(found):
            if waiting and waiting[1] and self._is_record(*waiting):
                yield waiting
            waiting = numbered
            self.last = numbered[0] - (numbered[1] == LAST)
        # What comes last is our own mark, unless a quote was never closed.
        if waiting and waiting[1] != LAST:
            text = shortened(" ".join(waiting[1]).split(END)[0])
            self.rejects.append(
                (waiting[0], "cut_off", f"the file ends within a quoted cell: {text!r}")
            )
            self.warnings = (
                "The file ends within a quoted cell, so it was cut off; export it again.",
            )

    def suspect_last(self) -> None:
        """Take a last row with too few cells, whose line does not end, for one that was cut off."""
        if self.rejects and self.rejects[-1][:2] == (self.last, "short_row"):
            number, _, detail = self.rejects[-1]
            self.rejects[-1] = (number, "cut_off", f"the file ends within a row of {detail}")
            self.warnings = ("The file ends within a row, so it was cut off; export it again.",)

    def _is_record(self, number: int, record: list[str]) -> bool:
        if self.footer and self.footer.match(record[0]):
            self.rejects.append((number, "footer", shortened(record[0])))
        elif len(record) < self.plan.needed:
            self.rejects.append((number, "short_row", _counted(record, self.plan)))
        elif any(record[self.plan.needed :]):
            self.rejects.append((number, "long_row", _counted(record, self.plan)))
        else:
            return True
        return False


def _counted(record: list[str], plan: Plan) -> str:
    text = shortened(" ".join(filter(None, record)))
    return f"{len(record)} cells where the header names {plan.needed}: {text!r}"


def shortened(text: str) -> str:
    """The beginning of a text that may be long."""
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 3] + "..."
