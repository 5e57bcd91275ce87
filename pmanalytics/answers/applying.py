"""Applying: the answers of edited workbooks become decisions.

A dry run compares and writes nothing. Recording adds the changes to the end of the decisions file,
from which they enter every snapshot from their day on. The workbooks are never written to.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pmanalytics import registry
from pmanalytics.answers.comparing import Compared, Made, compared_answers
from pmanalytics.answers.current import current_state, with_recorded
from pmanalytics.answers.differing import asked, header_of, in_words
from pmanalytics.answers.gathering import Gathered, gathered
from pmanalytics.answers.model import Edited, Remark
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.recording import record_decisions
from pmanalytics.tables import TABLES, Column, Table, conform, empty
from pmanalytics.words import plain

__all__ = ["apply_answers", "recorded_changes", "workbook_changes"]

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
        Column("outcome", "text", "change, known, conflict, refused or remark"),
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
    change the columns of its decision. `outcome` is change (to be written), known (it stands so
    already), conflict (somebody decided otherwise since it was given out), refused or remark.
    A waiver is asked for by its reader, and granted with `on`: without it, its decided_on is
    missing.

    Raises InputError for a workbook that cannot be read or was made from other data (of several,
    it is refused), UsageError for a wrong day or role, and where a day is missing.

    Examples:
        >>> import pmanalytics as pma
        >>> pma.workbook_changes(pma.sample())["outcome"].tolist()
        []
    """
    granted_on, said_role = _given_day(on), _given_role(role, data)
    data = with_recorded(data)
    files = gathered(paths, data)
    asks = [ask for book in files.books for ask in asked(book)]
    days = {ask.book.sha256: _day_of(ask.book, granted_on) for ask in asks}
    results: list[Compared] = []
    if asks:
        current = current_state(data, asks, day=max(days.values()))
        results = compared_answers(asks, current, days=days, granted=granted_on is not None)
    roles = {book.sha256: _role_of(book, data) or said_role for book in files.books}
    return conform(pd.DataFrame(list(_rows(files, results, roles, data))), CHANGES)


def apply_answers(
    data: Dataset,
    *paths: str | Path,
    on: str | date | None = None,
    role: str | None = None,
) -> pd.DataFrame:
    """Record the answers of edited workbooks as decisions, and return those that were written.

    Takes what `workbook_changes` takes, and adds its changes to the end of the decisions file of
    the configuration; what is known, in conflict or refused is not written. Returns the table of
    decisions; applying a workbook again writes nothing. Raises what `workbook_changes` and
    `record_decisions` raise, and UsageError for waivers without `on`, and then writes nothing.

    Examples:
        >>> import pmanalytics as pma
        >>> len(pma.apply_answers(pma.sample()))
        0
    """
    return recorded_changes(data, workbook_changes(data, *paths, on=on, role=role))


def recorded_changes(data: Dataset, changes: pd.DataFrame) -> pd.DataFrame:
    """Record the changes of a list of changes; see `apply_answers`."""
    made = changes[changes["outcome"].eq("change").to_numpy(dtype=bool)]
    if made.empty:
        return empty("decisions")
    waiting = made[made["decided_on"].isna().to_numpy(dtype=bool)]
    if len(waiting):
        rows = waiting.drop_duplicates(["file", "sheet", "row"])
        places = [f"{row.file}, {row.sheet} row {row.row}" for row in rows.itertuples()]
        raise UsageError(
            f"Waivers are asked for in {'; '.join(places)}; grant them with --on DATE, the day on "
            "which they are granted, or take them out of the workbook."
        )
    return record_decisions(data, made[list(TABLES["decisions"].names)])


def _given_day(on: str | date | None) -> date | None:
    try:
        return date.fromisoformat(on) if isinstance(on, str) else on
    except ValueError as problem:
        raise UsageError(f"{on!r} is no day for --on; write it like 2026-10-20.") from problem


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


def _role_of(book: Edited, data: Dataset) -> str:
    return "" if _names_a_person(book.role, data) else plain(book.role)


def _names_a_person(role: str, data: Dataset) -> bool:
    """Whether a role is the name or the address of a person: decisions are made in roles."""
    names = pd.Series([role], dtype="str")
    return "@" in role or bool(registry.known_people(names, data.people)[0])


def _rows(
    files: Gathered, results: list[Compared], roles: Mapping[str, str], data: Dataset
) -> Iterator[dict[str, Any]]:
    for book in files.books:
        theirs = [result for result in results if result.ask.book is book]
        for result in theirs:
            yield from _of_result(result, roles[book.sha256])
        for remark in book.remarks:
            yield _of_remark(remark, book)
        if book.role and _names_a_person(book.role, data):
            sentence = f"{plain(book.name)}: the cell of the role names a person; it is left out."
            yield {"file": plain(book.name), "outcome": "remark", "detail": sentence}
    for name, sentence in files.unread.items():
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
        "outcome": result.outcome,
        "detail": result.detail,
    }
    if not result.decisions:
        yield cells
    for made in result.decisions:
        yield cells | _decision(made, result, role)


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
