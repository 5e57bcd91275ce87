"""Differing: which answers of a workbook differ from what was given out with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from pmanalytics.answers.model import ANSWERS_OF, GROUPS, Answered, Edited
from pmanalytics.words import plain
from pmanalytics.workbook.cells import cell_text
from pmanalytics.workbook.layout import BASELINE_FACTS

__all__ = ["WAIVER", "Asked", "Values", "asked", "header_of", "in_words", "kept", "values_of"]

Values = tuple[str, ...]

WAIVER: Final = "ask for a waiver"
# The header says that it is the place of an answer, which a list of answers need not repeat.
_HEADERS: Final = {
    record: {column.name: column.header.removesuffix(" (answer)") for column in columns}
    for record, columns in ANSWERS_OF.items()
}


@dataclass(frozen=True)
class Asked:
    """One answer that differs from what was given out: a group of cells in a row of a workbook."""

    book: Edited
    row: Answered
    group: str
    given_out: Values
    answered: Values

    @property
    def place(self) -> str:
        """Where the answer stands: the file, the sheet and the row."""
        return f"{plain(self.book.name)}, {plain(self.row.sheet)} row {self.row.row}"

    @property
    def facts(self) -> Mapping[str, str]:
        """What the row was about when it was given out."""
        told = self.book.baseline[self.row.key]
        return {name: told.get(name, "") for name in BASELINE_FACTS[self.row.record]}


def asked(book: Edited) -> Iterator[Asked]:
    """The answers of a workbook that differ from its baseline, in the order of its rows."""
    for row in book.rows:
        for group in GROUPS[row.record]:
            given_out = values_of(book.baseline[row.key], group, record=row.record)
            answered = values_of(row.answers, group, record=row.record)
            if answered != given_out and answered[0]:
                yield Asked(book, row, group, given_out, answered)


def values_of(cells: Mapping[str, Any], group: str, *, record: str) -> Values:
    """The values of a group as they are compared: nothing beside an empty answer.

    Only a waiver has a last day.

    Examples:
        >>> cells = {"decision": "drop", "waiver_until": "2026-08-31", "reason": " no use "}
        >>> values_of(cells, "decision", record="item")
        ('drop', '', 'no use')
    """
    first, *others = (kept(cells.get(name)) for name in GROUPS[record][group])
    if group == "decision" and first != WAIVER:
        others[0] = ""
    return (first, *(others if first else [""] * len(others)))


def kept(value: Any) -> str:
    """A value as a cell shows it and as a decision keeps it; a day in ISO form, missing as "".

    Examples:
        >>> kept(pd.Timestamp("2026-08-31")), kept(" two  words"), kept(pd.NA)
        ('2026-08-31', 'two words', '')
    """
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return cell_text(value).strip()


def header_of(group: str, *, record: str) -> str:
    """The header over the first cell of a group."""
    return _HEADERS[record][GROUPS[record][group][0]]


def in_words(values: Values, group: str) -> str:
    """The values of a group in a sentence.

    Examples:
        >>> in_words(("ask for a waiver", "2026-08-31", "waits"), "decision")
        'ask for a waiver until 2026-08-31 (waits)'
        >>> in_words(("",), "note")
        'nothing'
    """
    first, *others = values
    if not first:
        return "nothing"
    until = f" until {others[0]}" if group == "decision" and others[0] else ""
    return first + until + (f" ({others[-1]})" if others and others[-1] else "")
