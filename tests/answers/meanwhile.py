"""What somebody else decides while a workbook is out, and readers who answer in the same places."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.answers.editing import DECISION, NOTE, PROMISED, REASON, TEAM, VERDICT, AnswerOf, Edit

__all__ = ["MEANWHILE", "Decided"]

DAY: Final = "2026-10-13"


@dataclass(frozen=True)
class Decided:
    """A line of decisions.csv, the answer that it is, and edits that give it or another one."""

    line: str
    stands: tuple[str, ...]
    same: tuple[Edit, ...]
    other: tuple[Edit, ...]


def _answers(item: str, cells: Mapping[str, str]) -> tuple[Edit, ...]:
    return tuple(AnswerOf(item, header, value) for header, value in cells.items())


# By item or incident, and group of answers.
MEANWHILE: Final[Mapping[tuple[str, str], Decided]] = {
    ("own:PAY-2", "promised"): Decided(
        f"{DAY},own:PAY-2,promised,,2026-12-24,,,",
        ("2026-12-24",),
        _answers("own:PAY-2", {PROMISED: "2026-12-24"}),
        _answers("own:PAY-2", {PROMISED: "2026-12-23"}),
    ),
    ("own:PAY-2", "decision"): Decided(
        f"{DAY},PAY-2,drop,,,no use,,",
        ("drop", "", "nouse"),
        _answers("own:PAY-2", {DECISION: "Drop", REASON: "no use"}),
        _answers("own:PAY-2", {DECISION: "drop", REASON: "too late"}),
    ),
    ("own:SEA-2", "team"): Decided(
        f"{DAY},own:SEA-2,owner_team,Mail,,,,",
        ("mail",),
        _answers("own:SEA-2", {TEAM: "mail "}),
        _answers("own:SEA-2", {TEAM: "Payments"}),
    ),
    ("own:BOOK-1", "note"): Decided(
        f"{DAY},own:BOOK-1,note,see the plan,,,,",
        ("seetheplan",),
        _answers("own:BOOK-1", {NOTE: "see the plan"}),
        _answers("own:BOOK-1", {NOTE: "see the other plan"}),
    ),
    ("own:MAIL-1", "decision"): Decided(
        f"{DAY},own:MAIL-1,keep,,,our customers wait,,",
        ("keep", "", "ourcustomerswait"),
        _answers("own:MAIL-1", {DECISION: "KEEP", REASON: "our customers wait"}),
        _answers("own:MAIL-1", {DECISION: "keep", REASON: "letters go on"}),
    ),
    ("INC-2", "verdict"): Decided(
        f"{DAY},INC-2,not_repeat,INC-1,,,,",
        ("deny", ""),
        _answers("INC-2", {VERDICT: "deny"}),
        _answers("INC-2", {VERDICT: "deny", REASON: "another cause"}),
    ),
}
