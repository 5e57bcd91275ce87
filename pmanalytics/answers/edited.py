"""An edited workbook, read: what its readers answered, and what cannot be read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from pmanalytics.answers.copied import each_once
from pmanalytics.answers.finding import answer_sheets, role_cell, takes_no_answers
from pmanalytics.answers.given_out import AGAIN, Baseline, read_baseline
from pmanalytics.answers.model import Answered, Edited, Remark
from pmanalytics.answers.opening import open_edited
from pmanalytics.answers.sheetwise import Reading, read_sheet
from pmanalytics.answers.values import UnreadableError, cell_value
from pmanalytics.errors import InputError
from pmanalytics.periods import YEARS
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
    row. Of several copies of a row, those that stand as it was given out say nothing beside one
    that was answered; of two that were answered, neither counts unless they agree. Whether the
    answers fit the data of the day on which they come back is not looked at.
    Raises InputError when the file is none of our workbooks, or its baseline was lost or changed.
    """
    opened = open_edited(Path(path), skipped=takes_no_answers)
    baseline = read_baseline(opened.sheets, name=str(path))
    others = [sheet for sheet in opened.sheets if sheet is not baseline.sheet]
    sheets = tuple(answer_sheets(others))
    if not sheets:
        raise InputError(
            f"{path} has no sheet with the columns of 'Actions' or 'Repeats'; {AGAIN}."
        )
    readings = [read_sheet(sheet, baseline.rows) for sheet in sheets]
    rows = [row for reading in readings for row in reading.rows]
    kept, copies = each_once(rows, baseline.rows)
    remarks = [remark for reading in readings for remark in reading.remarks]
    role, notes = _role(others)
    beside = (COMMENTS,) if opened.comments else ()
    return Edited(
        name=opened.name,
        sha256=opened.sha256,
        saved_on=_saved_on(opened.saved_at, baseline.about.get("as_of", ""), zone),
        role=role,
        about=baseline.about,
        baseline=baseline.rows,
        rows=kept,
        remarks=(*notes, *beside, *remarks, *copies, *_deleted(readings, baseline)),
    )


def _saved_on(moment: datetime | None, as_of: str, zone: str) -> date | None:
    """The day of the last saving in a time zone; that of the report when nobody saved it since.

    A workbook is given out with midnight of its day in UTC, which is the day before in the west.
    """
    if moment is None:
        return None
    untouched = moment.isoformat() == f"{as_of}T00:00:00+00:00"
    try:
        day = moment.date() if untouched else moment.astimezone(ZoneInfo(zone)).date()
    except OverflowError:
        # The first day of all has no day before it.
        return None
    # As of other days nothing can be judged; such a clock says nothing.
    return day if day.year in YEARS else None


def _role(sheets: Sequence[Sheet]) -> tuple[str, tuple[Remark, ...]]:
    column = SheetColumn("role", ROLE_LABEL)
    try:
        return cell_value(role_cell(sheets), column), ()
    except UnreadableError as problem:
        return "", (Remark("", 0, f"{column.header!r} {problem}.", refused=True),)


def _deleted(readings: Iterable[Reading], baseline: Baseline) -> Iterator[Remark]:
    """How many rows were given out and did not come back, which takes nothing back."""
    seen = frozenset[str]().union(*(reading.seen for reading in readings))
    for record, what in (("item", "Actions"), ("repeat", "Repeats")):
        gone = [k for k, row in baseline.rows.items() if row["record"] == record and k not in seen]
        if gone:
            said = f"{counted(len(gone), 'row')} of {what} did not come back; nothing is applied"
            yield Remark("", 0, f"{said} to what they stand for.", refused=False)
