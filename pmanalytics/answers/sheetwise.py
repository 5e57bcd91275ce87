"""The rows of one sheet that takes answers: which are sound, and what is wrong with the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmanalytics.answers.finding import AnswerSheet, Line
from pmanalytics.answers.merged import merged_answers
from pmanalytics.answers.model import GROUPS, Answered, Remark
from pmanalytics.answers.rowwise import Origin, has_answers, judged, listed, other_record, where
from pmanalytics.answers.values import cleaned
from pmanalytics.words import counted
from pmanalytics.workbook.layout import BASELINE_FACTS, KEY, SheetColumn

__all__ = ["Reading", "read_sheet"]

Given = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Reading:
    """The sound rows of a sheet, the remarks on it, and every known key that stands on it."""

    rows: tuple[Answered, ...]
    remarks: tuple[Remark, ...]
    seen: frozenset[str]


def read_sheet(sheet: AnswerSheet, given: Given) -> Reading:
    """Judge every row of a sheet; `given` is the baseline, by key."""
    own = {key for key, row in given.items() if row["record"] == sheet.record}
    lines = list(sheet.lines(own))
    faults = tuple(_header_faults(sheet, lines))
    if not all(name in sheet.places for name in _needed(sheet.record)):
        return Reading((), faults, frozenset())
    rows: list[Answered] = []
    remarks = [*faults, *merged_answers(sheet)]
    aside: dict[str, list[int]] = {}
    seen = set()
    for line in lines:
        key = cleaned(line.texts[KEY.name])
        seen |= {key} & own
        fault = _fault(line, key, given, sheet.record)
        if not fault:
            row, notes = judged(line, Origin(sheet.title, line.row, key, sheet.record), given[key])
            rows.append(row)
            remarks += notes
        elif has_answers(line, sheet.record):
            sentence = f"{where(sheet.title, line.row)}: {fault[1]}, so that it is not read."
            remarks.append(Remark(sheet.title, line.row, sentence, refused=True, key=key))
        elif own or key:
            aside.setdefault(fault[0], []).append(line.row)
    remarks += [_aside(sheet.title, what, numbers) for what, numbers in aside.items()]
    return Reading(tuple(rows), tuple(remarks), frozenset(seen))


def _needed(record: str) -> tuple[str, ...]:
    """The columns without which no row of a sheet can be told."""
    named = ("item_id",) if record == "item" else BASELINE_FACTS[record]
    return (KEY.name, *named)


def _fault(line: Line, key: str, given: Given, record: str) -> tuple[str, str] | None:
    """Why a row cannot be read, shortly for many rows and at length for one; None if it can."""
    if not key:
        return "and without a hidden key", "has no hidden key, as a row that was inserted"
    if key not in given or given[key]["record"] != record:
        unknown = "has a hidden key that this workbook did not give out, as a row from another one"
        return "and with a hidden key that this workbook did not give out", unknown
    other = other_record(line, given[key])
    return ("and with the hidden key of another record", other) if other else None


def _aside(sheet: str, what: str, numbers: Sequence[int]) -> Remark:
    """One remark for all rows that hold no answers and cannot be read for the same reason."""
    said = f"Sheet {sheet!r}: {counted(len(numbers), 'row')} without answers {what}"
    sentence = f"{said} (row {listed([*map(str, numbers)])}); nothing is read there."
    return Remark(sheet, numbers[0], sentence, refused=False)


def _header_faults(sheet: AnswerSheet, lines: Iterable[Line]) -> Iterator[Remark]:
    """What is said about columns that no header names, or several do."""
    answered = any(has_answers(line, sheet.record) for line in lines)
    for column, how in _lost(sheet):
        start = f"Sheet {sheet.title!r} {how}"
        if column.name in _needed(sheet.record):
            said = f"{start}, so that no answer on it is read; take a new workbook, and bring"
            yield Remark(sheet.title, 0, f"{said} the answers over into it.", refused=answered)
            return
        group = _group_of(column, sheet.record)
        if group:
            said = f"{start}, so that answers that belong to it are not read; give the column"
            said = f"{said} the header {column.header!r} again."
            yield Remark(sheet.title, 0, said, refused=True, group=group)


def _lost(sheet: AnswerSheet) -> Iterator[tuple[SheetColumn, str]]:
    needed = _needed(sheet.record)
    ordered = sorted(sheet.missing, key=lambda column: column.name not in needed)
    yield from ((column, f"has no column {column.header!r}") for column in ordered)
    yield from ((column, f"has several columns {column.header!r}") for column in sheet.twice)


def _group_of(column: SheetColumn, record: str) -> str:
    return next((group for group, names in GROUPS[record].items() if column.name in names), "")
