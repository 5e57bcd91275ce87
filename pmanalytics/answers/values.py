"""The cells of an edited workbook: what a reader wrote, as a day, a choice or a text."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from pmanalytics.answers.opening import UNCOMPUTED
from pmanalytics.words import plain
from pmanalytics.workbook.cells import MAXIMUM_TEXT, cell_text
from pmanalytics.workbook.entries import FIRST_ANSWER, LAST_ANSWER
from pmanalytics.workbook.layout import DECISIONS, VERDICTS, SheetColumn

__all__ = ["UnreadableError", "cell_value", "cleaned", "folded", "quoted"]

# What the column `choices` of the layout offers, where only these words are known.
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "decision": tuple(DECISIONS),
    "verdict": tuple(VERDICTS),
}
ERRORS: Final = frozenset(
    (
        "#BLOCKED!", "#BUSY!", "#CALC!", "#CONNECT!", "#DIV/0!", "#EXTERNAL!", "#FIELD!",
        "#GETTING_DATA", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#SPILL!", "#UNKNOWN!",
        "#VALUE!",
    )
)  # fmt: skip
# How Excel writes signs that XML has no place for, such as half of a line break of Windows.
_ESCAPED: Final = re.compile(r"_x00[01][0-9A-Fa-f]_")
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9:.]+Z?)?")


class UnreadableError(ValueError):
    """A cell that is refused; its text is the rest of a sentence that begins with the header."""


def cleaned(text: str) -> str:
    r"""A text as our writer would have written it, without white space around it.

    Examples:
        >>> cleaned(" two\n lines ")
        'two lines'
    """
    return cell_text(text).strip()


def folded(text: str) -> str:
    """A text as it is compared with words of ours: in any case, and with any blanks.

    Examples:
        >>> folded(" Ask  for a WAIVER ")
        'ask for a waiver'
    """
    return cleaned(text).casefold()


def quoted(text: str) -> str:
    """A text in a sentence, cut where it is long."""
    return repr(text if len(text) <= 60 else f"{text[:59]}…")


def cell_value(text: str, column: SheetColumn) -> str:
    """What a cell of a column that takes answers says, "" when it is empty.

    Raises UnreadableError for errors and formulas without a value, for a day that is none, a word
    that is not among the choices, and a text longer than a cell of ours can hold.

    Examples:
        >>> cell_value("2026-09-01T00:00:00", SheetColumn("until", "Until", "day"))
        '2026-09-01'
        >>> cell_value("Drop ", SheetColumn("decision", "Decision", choices="decision"))
        'drop'
    """
    if text == UNCOMPUTED:
        raise UnreadableError("holds a formula that was saved without a value; write a value")
    text = _ESCAPED.sub(" ", text)
    said = cleaned(text)
    if not any(sign.isprintable() for sign in said):
        return ""  # marks alone, of which nobody would see that they took the place of an answer
    if said.upper() in ERRORS:
        raise UnreadableError(f"holds the error {said}; write a value in its place")
    if column.kind == "day" and said:
        return _day(said)
    if column.choices in CHOICES and said:
        return _choice(said, CHOICES[column.choices])
    if plain(text) != said:
        raise UnreadableError(
            f"holds more than {MAXIMUM_TEXT:,} signs, which is more than a cell of Excel can hold; "
            "write a shorter text"
        )
    return said


def _day(said: str) -> str:
    found = _DAY.fullmatch(said)
    try:
        # The whole is asked too, for a time that is none makes no day.
        day = date.fromisoformat(found[1]) if found and datetime.fromisoformat(said) else None
    except ValueError:
        day = None
    if day is None:
        raise UnreadableError(f"says {quoted(said)}, which is no date; write it like 2026-09-30")
    if not FIRST_ANSWER <= day <= LAST_ANSWER:
        limits = f"{FIRST_ANSWER} to {LAST_ANSWER}"
        raise UnreadableError(f"says {said}, which is no day from {limits}; write the day anew")
    return day.isoformat()


def _choice(said: str, choices: tuple[str, ...]) -> str:
    word = said.casefold()
    if word in choices:
        return word
    offered = ", ".join(repr(choice) for choice in choices)
    raise UnreadableError(f"says {quoted(said)}; choose one of {offered}")
