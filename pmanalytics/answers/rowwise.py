"""The rows of an edited workbook, judged one by one against what was given out with them.

Answers that become one decision form a group (`model.GROUPS`). A group is read whole or refused
whole, and never takes the other groups of its row with it. A group that stands as it was given out
is not judged: nobody is asked to defend what was decided before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pmanalytics.answers.finding import Line
from pmanalytics.answers.model import ANSWERS_OF, GROUPS, Answered, Remark
from pmanalytics.answers.values import UnreadableError, cell_value, cleaned, quoted
from pmanalytics.workbook.layout import (
    ACTIONS,
    BASELINE_FACTS,
    DECISIONS,
    OPEN_ALTHOUGH_DROPPED,
    REPEATS,
    STATE_WORDS,
    SheetColumn,
)

__all__ = ["Origin", "has_answers", "judged", "listed", "named", "other_record", "where"]

# How many places a sentence names.
SHOWN: Final = 5
# Sentences about a group, each with whether it refuses the group.
Notes = list[tuple[str, bool]]
# What is to be done by a reader who wanted to take an answer back.
TAKE_BACK: Final[Mapping[str, str]] = {
    "promised": "write the date that is promised now",
    "team": "write the team that answers for it now",
    "decision": "choose 'keep' to take a decision back",
    "note": "write what is to be noted instead",
    "verdict": "choose the other verdict to take one back",
}
# The fact that a group answers, which some readers change in its place.
FACT_OF: Final[Mapping[str, str]] = {"promised": "promised_on", "team": "team", "decision": "state"}
_COLUMNS: Final[Mapping[str, Mapping[str, SheetColumn]]] = {
    "item": {column.name: column for column in ACTIONS},
    "repeat": {column.name: column for column in REPEATS},
}
_NAMED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("item_id", "title"),
    "repeat": ("incident_id", "repeat_of"),
}


@dataclass(frozen=True)
class Origin:
    """Where a row stands, its key, and the record of the sheet: "item" or "repeat"."""

    sheet: str
    row: int
    key: str
    record: str


def where(sheet: str, row: int, name: str = "") -> str:
    """The beginning of a sentence about a row."""
    return f"Sheet {sheet!r}, row {row}" + (f" ({name})" if name else "")


def listed(places: Sequence[str]) -> str:
    """Places in a sentence, the first few of many.

    Examples:
        >>> listed("ab"), listed("abcdefg")
        ('a, b', 'a, b, c, d, e and 2 more')
    """
    more = f" and {len(places) - SHOWN:,} more" if len(places) > SHOWN else ""
    return ", ".join(places[:SHOWN]) + more


def named(given: Mapping[str, str]) -> str:
    """What a row of the baseline is called: an item, or two incidents."""
    names = [given[name] for name in _NAMED_BY[given["record"]]]
    return names[0] if given["record"] == "item" else " and ".join(names)


def has_answers(line: Line, record: str) -> bool:
    """Whether anything stands in the columns that take answers."""
    return any(line.texts.get(column.name, "").strip() for column in ANSWERS_OF[record])


def other_record(line: Line, given: Mapping[str, str]) -> str:
    """Why a row shows another record than its key means, as the end of a sentence; "" if not."""
    for name in _NAMED_BY[given["record"]]:
        shown = cleaned(line.texts[name]) if name in line.texts else given[name]
        if shown != given[name]:
            header = _COLUMNS[given["record"]][name].header
            means = quoted(given[name])
            return f"shows {quoted(shown)} as {header!r}, but its hidden key means {means}"
    return ""


def judged(
    line: Line, origin: Origin, given: Mapping[str, str]
) -> tuple[Answered, tuple[Remark, ...]]:
    """The answers of a row and what is to be said about them.

    `given` is the row of the baseline that has its key. Every group that is refused or was only
    cleared stands as it was given out.
    """
    answers: dict[str, str] = {}
    remarks: list[Remark] = []
    for group in GROUPS[origin.record]:
        found, notes = _group(line, group, given)
        answers |= found
        notes += _changed_fact(line, group, given)
        start = where(origin.sheet, origin.row, named(given))
        remarks += [
            Remark(origin.sheet, origin.row, f"{start}: {said}.", refused, origin.key, group)
            for said, refused in notes
        ]
    row = Answered(origin.sheet, origin.row, origin.key, origin.record, answers)
    return row, tuple(remarks)


def _group(line: Line, group: str, given: Mapping[str, str]) -> tuple[dict[str, str], Notes]:
    """The answers of one group, and sentences with whether they refuse it."""
    record = given["record"]
    names = GROUPS[record][group]
    before = {name: given[name] for name in names}
    if not all(name in line.texts for name in names):
        return before, []
    if all(cleaned(line.texts[name]) == before[name] for name in names):
        return before, []
    columns = [_COLUMNS[record][name] for name in names]
    after = {}
    for column in columns:
        try:
            after[column.name] = cell_value(line.texts[column.name], column)
        except UnreadableError as problem:
            return before, [(f"{column.header!r} {problem}", True)]
    changed = [column for column in columns if after[column.name] != before[column.name]]
    if changed and not any(after[column.name] for column in changed):
        was = "was" if len(changed) == 1 else "were"
        headers = " and ".join(repr(column.header) for column in changed) + f" {was}"
        said = f"{headers} cleared, which takes nothing back; {TAKE_BACK[group]}"
        return before, [(said, False)]
    return _ruled(group, before, after)


def _ruled(
    group: str, before: dict[str, str], after: dict[str, str]
) -> tuple[dict[str, str], Notes]:
    """The answers of a group if they say enough together."""
    notes: Notes = []
    if group == "decision" and _left_over(before, after):
        # Whoever chooses another decision need not empty the cell of the former one.
        after = after | {"waiver_until": ""}
        notes = [(f"{UNTIL} is that of the former decision, and is not read", False)]
    fault = next(_faults(group, after), "")
    return (before, [(fault, True)]) if fault else (after, notes)


def _left_over(before: dict[str, str], after: dict[str, str]) -> bool:
    """Whether the last day of a waiver stands unchanged beside another decision."""
    until = after["waiver_until"]
    return bool(until) and until == before["waiver_until"] and after["decision"] in ("keep", "drop")


def _faults(group: str, after: dict[str, str]) -> Iterator[str]:
    """What a group of answers lacks, or says too much."""
    if group == "verdict" and after["reason"] and not after["verdict"]:
        yield f"{REASON} stands beside no verdict; choose one under {_header('repeat', 'verdict')}"
    if group != "decision":
        return
    decision, until, reason = after["decision"], after["waiver_until"], after["reason"]
    waiver = DECISIONS.get(decision) == "waiver"
    if not decision:
        yield (
            f"{UNTIL if until else REASON} stands beside no decision; choose one under "
            f"{_header('item', 'decision')}, or write it under {_header('item', 'note')}"
        )
    if decision and decision != "keep" and not reason:
        yield f"{decision!r} needs a reason; write it under {REASON}"
    if waiver and not until:
        yield f"{decision!r} needs its last day; write it under {UNTIL}"
    if until and not waiver:
        yield f"{UNTIL} is for waivers only; empty it, or choose the waiver"


def _changed_fact(line: Line, group: str, given: Mapping[str, str]) -> Notes:
    """A fact that was changed where it stands, though its answer has a place of its own."""
    record, fact = given["record"], FACT_OF.get(group, "")
    if fact not in BASELINE_FACTS[record] or fact not in line.texts:
        return []
    shown, expected = cleaned(line.texts[fact]), given[fact]
    if fact == "state":
        expected = STATE_WORDS.get(expected, expected)
        shown = STATE_WORDS["dropped"] if shown == OPEN_ALTHOUGH_DROPPED else shown
    if shown == expected:
        return []
    answer = _header(record, GROUPS[record][group][0])
    return [(f"{_header(record, fact)} was changed, and is not read; answer under {answer}", False)]


def _header(record: str, name: str) -> str:
    return repr(_COLUMNS[record][name].header)


UNTIL: Final = _header("item", "waiver_until")
REASON: Final = _header("item", "reason")
