"""What must come of an edited workbook, worked out from plain rows without the library.

An ending says what may become of the answers of one group in one row. Where the issue leaves a
choice (to refuse a doubtful answer, or to take it and to say so), both are allowed; what is never
allowed is that an answer is lost in silence, or that a change appears that nobody made.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from tests.answers.editing import (
    DECISION,
    NOTE,
    PROMISED,
    REASON,
    TEAM,
    UNTIL,
    VERDICT,
    Book,
    Formula,
    Row,
    Table,
)

__all__ = ["GROUPS", "Ending", "endings", "shown", "squeezed", "strays"]

Values = tuple[str, ...]
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "promised": (PROMISED,),
    "team": (TEAM,),
    "decision": (DECISION, UNTIL, REASON),
    "note": (NOTE,),
    "verdict": (VERDICT, REASON),
}
OF_ITEMS: Final = ("promised", "team", "decision", "note")
DAYS: Final = (PROMISED, UNTIL)
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    DECISION: ("keep", "drop", "ask for a waiver"),
    VERDICT: ("confirm", "deny"),
}
TEAMS: Final = ("payments", "search", "mail")
REFUSED: Final = "\0"
CLOSED: Final = ("closed: done", "closed: dropped")


@dataclass(frozen=True)
class Ending:
    """`change` is the value that may be applied, if any; `said` that it may be left to a sentence,
    `silent` that nothing need come of it, `told` that a sentence must be there in any case."""

    change: Values | None = None
    said: bool = False
    silent: bool = False
    told: bool = False


NOTHING: Final = Ending(silent=True)
SAID: Final = Ending(said=True, told=True)
# Said or not, but never a change: what was not answered in this row.
QUIET: Final = Ending(silent=True, said=True)


def squeezed(value: Any) -> str:
    """A text without blanks and marks that nobody sees, because cells hold one line each."""
    kept = [sign for sign in str(value) if unicodedata.category(sign)[0] not in "CZ"]
    return "".join(kept)


def _read(header: str, value: Any) -> str:
    """What a cell says, "" when it is empty, REFUSED when it says nothing that can be used."""
    if value is None or squeezed(value) == "":
        return ""
    if isinstance(value, Formula):
        return REFUSED
    if header in DAYS:
        return _read_day(value)
    if header in WORDS:
        word = " ".join(str(value).casefold().split())
        return word if word in WORDS[header] else REFUSED
    if header == TEAM:
        return squeezed(value).casefold()
    return squeezed(value)


def _read_day(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    try:
        return date.fromisoformat(str(value).strip()[:10]).isoformat()
    except ValueError:
        return REFUSED


def endings(book: Book, given: Book) -> dict[tuple[str, str], Ending]:
    """The ending of every group of answers that was given out, by hidden key and group."""
    found: dict[tuple[str, str], Ending] = {}
    for name, groups, naming in (
        ("Actions", OF_ITEMS, ("Item", "Title")),
        ("Repeats", ("verdict",), ("Incident", "Earlier incident", "Title")),
    ):
        rows = [*book.table(name).rows, *(book.copies() if name == "Actions" else ())]
        for base in given.table(name).rows:
            same = [row for row in rows if row.get("Key") == base["Key"]]
            each = {g: [_ending(row, base, g, naming) for row in same] for g in groups}
            # Copies of a row that differ in one answer may be refused with all of them.
            apart = any(len(set(several)) > 1 for several in each.values())
            for group, several in each.items():
                ending = _together(several)
                refusable = apart and ending.change is not None
                found[base["Key"], group] = replace(ending, said=True) if refusable else ending
    return found


def shown(row: Row, group: str) -> Values:
    """What the cells of a group say."""
    return tuple(_read(header, row[header]) for header in GROUPS[group])


def _together(each: list[Ending]) -> Ending:
    """What becomes of several rows with one key: the same answer once, different ones never."""
    if len(set(each)) <= 1:
        return each[0] if each else NOTHING
    if all(ending.silent for ending in each):
        return QUIET
    changes = {ending.change for ending in each if ending.change is not None}
    # Beside copies that say nothing, an answer may be taken, or be refused with them.
    told = len(changes) > 1 or any(ending.told for ending in each)
    return Ending(changes.pop() if len(changes) == 1 else None, said=True, told=told)


def _ending(row: Row, base: Row, group: str, naming: tuple[str, ...]) -> Ending:
    headers = GROUPS[group]
    before = shown(base, group)
    after = tuple(_read(header, row.get(header)) for header in headers)
    *names, title = naming
    if any(row.get(name) != base[name] for name in names):
        # The row is no row any more, so that nobody knows whom its answers are about.
        return QUIET if after == before or not any(after) else SAID
    ending = _of_group(group, after, before)
    if row.get(title) != base[title] and after != before:
        return replace(ending, said=True)
    if row.get("State") in CLOSED or base.get("State") in CLOSED:
        return replace(ending, said=ending.said or ending.change is not None)
    return ending


def _of_group(group: str, after: Values, before: Values) -> Ending:
    if after == before:
        return NOTHING
    if REFUSED in after:
        return SAID
    if group == "decision":
        return _of_decision(after, before)
    if not after[0]:
        # Cleared, or a reason of no verdict: a decision once made is taken back by another one.
        return SAID
    doubtful = {
        # What its ticket says already, or what lies too far away.
        "promised": True,
        "team": True,
        "note": False,
        # That one is a return may be known from the incident itself, and a reason may be cleared.
        "verdict": after[0] == "confirm" or bool(before[-1] and not after[-1]),
    }[group]
    return Ending(after, said=doubtful, told=group == "team" and after[0] not in TEAMS)


def _of_decision(after: Values, before: Values) -> Ending:
    (word, until, reason), (_, until_before, reason_before) = after, before
    if not word:
        restored = (before[0], until or until_before, reason or reason_before)
        # As it was given out it says nothing, beside a copy that says something too.
        changed = before[0] and restored != before
        return Ending(restored if changed else None, said=True, told=True)
    if word == "ask for a waiver":
        if not until:
            return SAID
        cleared = bool(reason_before and not reason)
        return Ending((word, until, reason or reason_before), said=cleared or not reason)
    # The day belongs to a waiver alone; beside another word it may be refused, but not forgotten.
    odd = bool(until and until != until_before)
    lacking = word == "drop" and not reason
    cleared = bool(reason_before and not reason)
    return Ending((word, "", reason), said=odd or lacking or cleared or bool(until), told=odd)


def strays(table: Table, keys: Iterable[str]) -> list[tuple[int, Row]]:
    """The rows that hold answers and no known key, with the numbers that the file gives them."""
    headers = {PROMISED, TEAM, DECISION, UNTIL, NOTE}
    known = set(keys)
    return [
        (number, row)
        for number, row in enumerate(table.rows, start=2)
        if row.get("Key") not in known and any(_read(h, row.get(h)) for h in headers)
    ]
