"""An edited workbook, read: what its readers answered, and what cannot be read."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pmanalytics.answers.finding import answer_sheets, role_cell
from pmanalytics.answers.given_out import AGAIN, Baseline, read_baseline
from pmanalytics.answers.model import Answered, Edited, Remark
from pmanalytics.answers.opening import open_edited
from pmanalytics.answers.rowwise import named, where
from pmanalytics.answers.sheetwise import Reading, read_sheet
from pmanalytics.answers.values import UnreadableError, cell_value
from pmanalytics.errors import InputError
from pmanalytics.reading.sheets import Sheet
from pmanalytics.words import counted
from pmanalytics.workbook.layout import ANSWERS, ROLE_LABEL, SheetColumn

__all__ = ["Answered", "Edited", "Remark", "read_edited"]

NOTE: Final = next(column.header for column in ANSWERS if column.name == "note")
COMMENTS: Final = Remark(
    "", 0, f"Comments beside cells are not read; write what counts under {NOTE!r}.", refused=False
)


def read_edited(path: str | Path, *, zone: str) -> Edited:
    """Read what was answered in a workbook that came back.

    `zone` is the time zone in which the day of its last saving is told. The file is only read.
    Rows may be sorted, filtered, hidden, moved or deleted, sheets renamed, reordered or added, and
    columns moved or inserted; what cannot be told for sure is refused with a remark that names the
    row. A row of which there are several copies counts once when they agree, and not when they do
    not. Whether the answers fit the data of the day on which they come back is not looked at.
    Raises InputError when the file is none of our workbooks, or its baseline was lost or changed.
    """
    opened = open_edited(Path(path), zone=zone)
    baseline = read_baseline(opened.sheets, name=str(path))
    others = [sheet for sheet in opened.sheets if sheet is not baseline.sheet]
    sheets = tuple(answer_sheets(others))
    if not sheets:
        raise InputError(
            f"{path} has no sheet with the columns of 'Actions' or 'Repeats'; {AGAIN}."
        )
    readings = [read_sheet(sheet, baseline.rows) for sheet in sheets]
    rows = [row for reading in readings for row in reading.rows]
    kept, clashes = _once(rows, baseline)
    remarks = [remark for reading in readings for remark in reading.remarks]
    role, notes = _role(others)
    beside = (COMMENTS,) if opened.comments else ()
    return Edited(
        name=opened.name,
        sha256=opened.sha256,
        saved_on=opened.saved_on,
        role=role,
        about=baseline.about,
        baseline=baseline.rows,
        rows=kept,
        remarks=(*notes, *beside, *remarks, *clashes, *_deleted(readings, baseline)),
    )


def _role(sheets: Sequence[Sheet]) -> tuple[str, tuple[Remark, ...]]:
    column = SheetColumn("role", ROLE_LABEL)
    try:
        return cell_value(role_cell(sheets), column), ()
    except UnreadableError as problem:
        return "", (Remark("", 0, f"{column.header!r} {problem}.", refused=True),)


def _once(
    rows: Sequence[Answered], baseline: Baseline
) -> tuple[tuple[Answered, ...], tuple[Remark, ...]]:
    """Each key once, and remarks on those whose rows do not agree."""
    by_key: dict[str, list[Answered]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    agreed = {key for key, copies in by_key.items() if _agree(copies)}
    kept = tuple(copies[0] for key, copies in by_key.items() if key in agreed)
    clashes = tuple(
        _clash(copies, named(baseline.rows[key]))
        for key, copies in by_key.items()
        if key not in agreed
    )
    return kept, clashes


def _agree(copies: Sequence[Answered]) -> bool:
    return all(row.answers == copies[0].answers for row in copies)


def _clash(copies: Sequence[Answered], name: str) -> Remark:
    first, *others = copies
    places = [f"{row.sheet!r} row {row.row}" for row in others]
    also = f"{', '.join(places[:-1])} and {places[-1]}" if len(places) > 1 else places[0]
    sentence = (
        f"{where(first.sheet, first.row, name)}: it stands on {also} too with other answers, so "
        "that neither is read; leave one of them."
    )
    return Remark(first.sheet, first.row, sentence, refused=True, key=first.key)


def _deleted(readings: Iterable[Reading], baseline: Baseline) -> Iterator[Remark]:
    """How many rows were given out and did not come back, which takes nothing back."""
    seen = frozenset[str]().union(*(reading.seen for reading in readings))
    for record, what in (("item", "Actions"), ("repeat", "Repeats")):
        gone = [k for k, row in baseline.rows.items() if row["record"] == record and k not in seen]
        if gone:
            said = f"{counted(len(gone), 'row')} of {what} did not come back; nothing is applied"
            yield Remark("", 0, f"{said} to what they stand for.", refused=False)
