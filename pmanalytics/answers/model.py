"""What an edited workbook says: its sound rows, and what is to be said about the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pmanalytics.workbook.layout import ANSWERS, VERDICT_ANSWERS, SheetColumn

__all__ = ["ANSWERS_OF", "GROUPS", "Answered", "Edited", "Remark"]

# The columns that the rows of a record take answers in.
ANSWERS_OF: Final[Mapping[str, tuple[SheetColumn, ...]]] = {
    "item": ANSWERS,
    "repeat": VERDICT_ANSWERS,
}
# Answers that become one decision, and are kept or refused together.
GROUPS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "item": {
        "promised": ("new_promised_on",),
        "team": ("new_team",),
        "decision": ("decision", "waiver_until", "reason"),
        "note": ("note",),
    },
    "repeat": {"verdict": ("verdict", "reason")},
}


@dataclass(frozen=True)
class Answered:
    """One sound row of a sheet that takes answers.

    `sheet` is what the reader's file calls it, `row` the number that a spreadsheet shows, `key` its
    hidden key and `record` "item" or "repeat". `answers` has a text for every column of
    `ANSWERS_OF[record]`, days in ISO form, choices as they were offered, "" where a cell is empty.
    An answer that was refused, and one that was cleared, stands there as it was given out, so that
    it compares as unchanged; a remark says so.
    """

    sheet: str
    row: int
    key: str
    record: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Remark:
    """A sentence for the reader about a row, about a sheet (row 0) or about the file (no sheet).

    `refused` says that something that the reader wrote is not applied; other remarks only inform.
    `key` is "" where a row has none, `group` one of `GROUPS` when only these answers are meant.
    """

    sheet: str
    row: int
    sentence: str
    refused: bool
    key: str = ""
    group: str = ""


@dataclass(frozen=True)
class Edited:
    """A workbook as it came back.

    `name` is that of the file, `sha256` the hash of its bytes, `saved_on` the day on which it was
    last saved as it says itself (none if it does not), `role` who answers ("" if not said), and
    `about` what the baseline says of the report (organisation, sample, as_of, period, subject).
    `baseline` has for every key the record, the facts of BASELINE_FACTS and the answers as they
    were given out, all as texts. `rows` are the sound rows in the order of the file.
    """

    name: str
    sha256: str
    saved_on: date | None
    role: str
    about: Mapping[str, str]
    baseline: Mapping[str, Mapping[str, str]]
    rows: tuple[Answered, ...]
    remarks: tuple[Remark, ...]
