"""The workbook: what product managers open, filter, answer in and send back.

About says what this is, Summary what was kept and what is open, Actions has a row for each item to
act on, Gaps for each way in which it is unclear who answers, Repeats for each incident that came
back, Data quality for what is doubtful, and Lists the words that may be chosen. A hidden sheet
remembers what was given out. Every table is a real one; the same input gives the same bytes.
"""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from pmanalytics.errors import ReportError
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook.actions import actions_table
from pmanalytics.workbook.assembling import write_sheets
from pmanalytics.workbook.books import new_book
from pmanalytics.workbook.counting import Count, counted_anew
from pmanalytics.workbook.lint import lint_workbook
from pmanalytics.workbook.totals import summary_table
from pmanalytics.writing import whole_file

__all__ = ["actions_table", "lint_workbook", "summary_table", "write_workbook"]


def write_workbook(
    snapshot: Snapshot,
    path: str | Path,
    *,
    about: Mapping[str, Any],
    findings: pd.DataFrame | None = None,
    count: Count = counted_anew,
) -> Path:
    """Write the workbook of a report.

    `about` is what the page says at its head (title, subject, organisation, sample, period_label,
    policy, warnings, counts, reject_count, unread_files), `findings` is what `check` found in the
    data, `count` gives the tables of metrics, as `Report.table` does. Shares have the kind of
    interval that fits the data, as on the page. The file appears whole or not at all. Raises
    ReportError when it cannot be written, or when Excel would have to repair it.
    """
    content = _written(snapshot, about, findings=findings, count=count)
    faults = lint_workbook(content)
    if faults:
        raise ReportError(f"Excel would repair the workbook {path}: {faults[0]}")
    return _replace(Path(path), content.getvalue())


def _written(snapshot: Snapshot, about: Mapping[str, Any], **more: Any) -> BytesIO:
    """The finished workbook; what it was made of is gone when it is looked through."""
    content = BytesIO()
    with new_book(content) as book:
        write_sheets(book, snapshot, about, **more)
    return content


def _replace(path: Path, content: bytes) -> Path:
    try:
        with whole_file(path) as written:
            written.write_bytes(content)
    except OSError as problem:
        raise ReportError(
            f"The workbook cannot be written to {path} ({problem.strerror}); close it where it is "
            "open, or choose another folder."
        ) from problem
    return path
