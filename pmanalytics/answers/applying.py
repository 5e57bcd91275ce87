"""Applying: the answers of edited workbooks become decisions.

A dry run compares and writes nothing. Recording adds the changes to the end of the decisions file,
from which they enter every snapshot from their day on. The workbooks are never written to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pmanalytics import registry
from pmanalytics.answers.comparing import Compared, Made, compared_answers
from pmanalytics.answers.current import KINDS_OF, current_state, with_recorded
from pmanalytics.answers.differing import asked, header_of, in_words
from pmanalytics.answers.gathering import Gathered, gathered
from pmanalytics.answers.model import GROUPS, Edited, Remark
from pmanalytics.appending import recorder
from pmanalytics.datasets import Dataset
from pmanalytics.decisions import resolved
from pmanalytics.errors import UsageError
from pmanalytics.periods import YEARS
from pmanalytics.tables import TABLES, Column, Table, conform
from pmanalytics.words import plain, whole_letters

__all__ = ["apply_answers", "told_decisions", "workbook_changes", "written_changes"]

# The kinds of decision that are made under the header of an answer.
_KINDS_UNDER: Final = {
    header_of(group, record=record): KINDS_OF[group]
    for record, groups in GROUPS.items()
    for group in groups
}
DECIDED: Final = ("decided_on", "kind", "value", "until", "reason", "role", "origin")
CHANGES: Final = Table(
    "workbook_changes",
    "one row per answer that differs from what was given out, and per remark",
    (
        Column("file", "text", "the workbook"),
        Column("sheet", "text", "the sheet, as the workbook calls it"),
        Column("row", "integer", "the row, as a spreadsheet counts it"),
        Column("subject", "text", "the item_id or incident_id that it is about"),
        Column("title", "text", "its title"),
        Column("answer", "text", "the header over the answer"),
        Column("given_out", "text", "what was given out, in words"),
        Column("now", "text", "what stands now, in words"),
        Column("answered", "text", "what the reader says, in words"),
        Column("outcome", "text", "change, waiting, known, conflict, refused or remark"),
        Column("detail", "text", "what that means, in a sentence"),
        *(column for column in TABLES["decisions"].columns if column.name in DECIDED),
    ),
)


def workbook_changes(
    data: Dataset,
    *paths: str | Path,
    on: str | date | None = None,
    role: str | None = None,
) -> pd.DataFrame:
    """Compare edited workbooks with the data of now, and write nothing.

    `paths` are workbooks, or folders of them. `on` is the day of the decisions, like 2026-10-20;
    without one it is the day on which each workbook was last saved. `role` says who decided, where
    a workbook does not. One row per answer that differs from what was given out, and per remark:
    file, sheet, row, subject, title, answer, given_out, now, answered, outcome, detail, and for a
    change the columns of its decision. `outcome` is change (to be written), waiting (a waiver that
    its reader asks for and that is granted with `on` only; its decided_on is missing), known (it
    stands so already), conflict (somebody decided otherwise since it was given out), refused or
    remark.

    Raises InputError for a workbook that cannot be read or was made from other data (of several,
    it is refused), UsageError for a wrong day or role, and where a day is missing.

    Examples:
        >>> import pmanalytics as pma
        >>> pma.workbook_changes(pma.sample())["outcome"].tolist()
        []
    """
    return _changes(with_recorded(data), _handed_in(data, paths, on=on, role=role))


def apply_answers(
    data: Dataset,
    *paths: str | Path,
    on: str | date | None = None,
    role: str | None = None,
) -> pd.DataFrame:
    """Record the answers of edited workbooks as decisions, and return those that were written.

    Takes what `workbook_changes` takes, and adds its changes to the end of the decisions file of
    the configuration; what is waiting, known, in conflict or refused is not written. Returns the
    table of decisions; applying a workbook again writes nothing. Raises what `workbook_changes` and
    `record_decisions` raise, and then writes nothing.

    Examples:
        >>> import pmanalytics as pma
        >>> len(pma.apply_answers(pma.sample()))
        0
    """
    changes = written_changes(data, *paths, on=on, role=role)
    return _decisions_of(changes, "written")


def written_changes(
    data: Dataset,
    *paths: str | Path,
    on: str | date | None = None,
    role: str | None = None,
) -> pd.DataFrame:
    """Record the answers of edited workbooks, and return the list of changes.

    The outcome of what was recorded is written; see `workbook_changes` and `apply_answers`. What
    is recorded was compared with what stands then: nobody else can record anything in between.
    """
    handed_in, known = _handed_in(data, paths, on=on, role=role), with_recorded(data)
    changes = _changes(known, handed_in)
    if not changes["outcome"].eq("change").any():
        return changes
    with recorder(data) as add:
        now = with_recorded(data)
        if not now.decisions.equals(known.decisions):
            changes = _changes(now, handed_in)
        add(_decisions_of(changes, "change"))
    return changes.assign(outcome=changes["outcome"].replace("change", "written"))


def told_decisions(data: Dataset, changes: pd.DataFrame) -> pd.DataFrame:
    """The decisions that a list of changes is about: those that it makes, and those it found made.

    Takes what `workbook_changes` or `written_changes` returns. Tickets are told of them whether or
    not they were written already.
    """
    made = _decisions_of(changes, "change", "written")
    known = changes[changes["outcome"].eq("known").to_numpy(dtype=bool)]
    held = resolved(with_recorded(data).decisions, data.items)
    kinds = {
        (subject, kind)
        for subject, answer in zip(known["subject"], known["answer"], strict=True)
        for kind in _KINDS_UNDER.get(answer, ())
    }
    asked = [(row.subject, row.kind) in kinds for row in held.itertuples()]
    return conform(pd.concat([held[asked], made]).drop_duplicates(ignore_index=True), "decisions")


def _decisions_of(changes: pd.DataFrame, *outcomes: str) -> pd.DataFrame:
    """The decisions of a list of changes, as the table."""
    made = changes[changes["outcome"].isin(outcomes).to_numpy(dtype=bool)]
    return conform(made[list(TABLES["decisions"].names)].reset_index(drop=True), "decisions")


@dataclass(frozen=True)
class _HandedIn:
    """The workbooks that came back, and what is said beside them."""

    files: Gathered
    granted_on: date | None
    roles: Mapping[str, str]
    persons: frozenset[str]


def _handed_in(
    data: Dataset, paths: tuple[str | Path, ...], *, on: str | date | None, role: str | None
) -> _HandedIn:
    granted_on, said_role = _given_day(on), _given_role(role, data)
    files = gathered(paths, data)
    persons = frozenset(book.sha256 for book in files.books if _names_a_person(book.role, data))
    roles = {
        book.sha256: ("" if book.sha256 in persons else plain(book.role)) or said_role
        for book in files.books
    }
    return _HandedIn(files, granted_on, roles, persons)


def _changes(data: Dataset, handed_in: _HandedIn) -> pd.DataFrame:
    """The list of changes, by what stands in a dataset with all decisions."""
    granted_on = handed_in.granted_on
    asks = [ask for book in handed_in.files.books for ask in asked(book)]
    days = {ask.book.sha256: _day_of(ask.book, granted_on) for ask in asks}
    results: list[Compared] = []
    if asks:
        current = current_state(data, asks, day=max(days.values()))
        results = compared_answers(asks, current, days=days, granted=granted_on is not None)
    return conform(pd.DataFrame(list(_rows(handed_in, results))), CHANGES)


def _given_day(on: str | date | None) -> date | None:
    try:
        day = date.fromisoformat(on) if isinstance(on, str) else on
    except ValueError as problem:
        raise _no_day(on) from problem
    if day is not None and day.year not in YEARS:
        raise _no_day(on)
    return day


def _no_day(on: str | date | None) -> UsageError:
    return UsageError(f"{str(on)!r} is no day for --on; write it like 2026-10-20.")


def _day_of(book: Edited, on: date | None) -> date:
    """The day of the answers of a workbook."""
    day, name = on or book.saved_on, plain(book.name)
    if day is None:
        raise UsageError(
            f"{name} does not say when it was saved; give the day of its answers with --on DATE."
        )
    as_of = book.about.get("as_of", "")
    if day.isoformat() < as_of:
        said = f"--on {day}" if on else f"{name}, saved on {day},"
        raise UsageError(
            f"{said} lies before {as_of}, as of which {name} was made; give the day of its answers "
            "with --on DATE."
        )
    return day


def _given_role(role: str | None, data: Dataset) -> str:
    if role and _names_a_person(role, data):
        raise UsageError(
            f"--role {plain(role)!r} names a person; give a role, like 'product manager'."
        )
    return plain(role or "")


def _names_a_person(role: str, data: Dataset) -> bool:
    """Whether a role is the name or the address of a person: decisions are made in roles."""
    names = pd.Series([whole_letters(role)], dtype="str")
    return "@" in role or bool(registry.known_people(names, data.people)[0])


def _rows(handed_in: _HandedIn, results: list[Compared]) -> Iterator[dict[str, Any]]:
    for book in handed_in.files.books:
        theirs = [result for result in results if result.ask.book is book]
        for result in theirs:
            yield from _of_result(result, handed_in.roles[book.sha256])
        for remark in book.remarks:
            yield _of_remark(remark, book)
        if book.sha256 in handed_in.persons:
            sentence = f"{plain(book.name)}: the cell of the role names a person; it is left out."
            yield {"file": plain(book.name), "outcome": "remark", "detail": sentence}
    for name, sentence in handed_in.files.unread.items():
        yield {"file": plain(name), "outcome": "refused", "detail": sentence}


def _of_result(result: Compared, role: str) -> Iterator[dict[str, Any]]:
    ask = result.ask
    cells = {
        "file": plain(ask.book.name),
        "sheet": plain(ask.row.sheet),
        "row": ask.row.row,
        "subject": result.about[0],
        "title": result.title,
        "answer": header_of(ask.group, record=ask.row.record),
        "given_out": in_words(ask.given_out, ask.group),
        "now": in_words(result.now, ask.group) if result.now else None,
        "answered": in_words(ask.answered, ask.group),
        "outcome": "waiting" if _waits(result) else result.outcome,
        "detail": result.detail,
    }
    if not result.decisions:
        yield cells
    for made in result.decisions:
        yield cells | _decision(made, result, role)


def _waits(result: Compared) -> bool:
    return result.outcome == "change" and result.decided_on is None


def _decision(made: Made, result: Compared, role: str) -> dict[str, Any]:
    book = result.ask.book
    return {
        "decided_on": result.decided_on,
        "kind": made.kind,
        "value": made.value or None,
        "until": made.until or None,
        "reason": made.reason or None,
        "role": role or None,
        "origin": f"workbook {plain(book.name)}, {book.sha256[:12]}",
    }


def _of_remark(remark: Remark, book: Edited) -> dict[str, Any]:
    told = book.baseline.get(remark.key, {})
    record = "item" if "item_id" in told else "repeat"
    return {
        "file": plain(book.name),
        "sheet": plain(remark.sheet) or None,
        "row": remark.row or None,
        "subject": told.get("item_id") or told.get("incident_id"),
        "title": told.get("title"),
        "answer": header_of(remark.group, record=record) if remark.group else None,
        "outcome": "refused" if remark.refused else "remark",
        "detail": f"{plain(book.name)}: {plain(remark.sentence)}",
    }
