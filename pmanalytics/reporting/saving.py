"""The last cell of a report: its tables as CSV, the workbook, and what its counts lead to.

No table of the page is in the workbook, so that it may be begun when the report is opened.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from pmanalytics.errors import PmanalyticsError
from pmanalytics.reporting.behind.bundling import ItemLists, item_lists
from pmanalytics.reporting.behind.entries import Shown
from pmanalytics.reporting.behind.itemfiles import write_item_files
from pmanalytics.reporting.beside import begun, forks_allowed
from pmanalytics.reporting.showing.exhibits import Exhibit
from pmanalytics.reporting.showing.fronts import Front

if TYPE_CHECKING:
    from pmanalytics.reporting.opening import Report

__all__ = ["begin_saving", "save_report"]

# The workbooks that are being made, by the folder, with the report that each is of.
_BEGUN: Final[dict[Path, tuple["Report", Callable[[], None]]]] = {}


def begin_saving(report: "Report", *, output: str | Path) -> None:
    """Begin the part of `save_report` that needs no table of the page, beside what follows.

    Stands in the cell that opens the report. With an empty `output`, and in JupyterLab, nothing is
    begun; a notebook without it is saved just the same, and later.
    """
    if str(output) and forks_allowed():
        # What the notebook needs as well is worked out once, before the two part.
        report.about()
        _BEGUN[Path(output)] = (report, _workbook_begun(report, Path(output)))


def save_report(report: "Report", *shown: Exhibit | Front, output: str | Path) -> ItemLists | None:
    """Write the tables of a report and the workbook into a folder, and say what counts lead to.

    Takes the exhibits, and the front if there is one. Writes `tables/NAME.csv` for each exhibit,
    `tables/files.csv`, `tables/rejects.csv`, `tables/measures.csv` (how each table was measured,
    for `restatements`), `tables/items.csv` and `tables/incidents.csv` (all that the report counts,
    without persons) and `workbook.xlsx`. In CSV, text that a spreadsheet would take for a formula
    gets an apostrophe in front. Returns the lists behind the counts of the exhibits that were given
    `behind`, which the page shows. With an empty `output` nothing is written, so that a notebook
    can be tried in JupyterLab.
    """
    if not str(output):
        return None
    exhibits = tuple(one for one in shown if isinstance(one, Exhibit))
    fronts = tuple(one for one in shown if isinstance(one, Front))
    folder = Path(output)
    workbook = _workbook_of(report, folder)
    written = _write(report, exhibits, folder)
    lists = item_lists(
        [
            Shown(exhibit.name, exhibit.table, exhibit.behind)
            for exhibit in exhibits
            if exhibit.behind is not None
        ],
        report.snapshot,
        answers=[answer for front in fronts for answer in front.answers],
    )
    written()
    workbook()
    return lists


def _workbook_of(report: "Report", folder: Path) -> Callable[[], None]:
    """What waits for the workbook of a report: the one that was begun, if it is of this report."""
    begun_for, workbook = _BEGUN.pop(folder, (None, None))
    if workbook is None:
        return _workbook_begun(report, folder)
    if begun_for is report:
        return workbook
    with suppress(PmanalyticsError):  # nobody wants it, and it must not come later
        workbook()
    return _workbook_begun(report, folder)


def _write(report: "Report", exhibits: tuple[Exhibit, ...], folder: Path) -> Callable[[], None]:
    """Write the tables of a report; what is returned waits for the last of them."""
    from pmanalytics.exchange import as_csv
    from pmanalytics.reporting.behind.measures import measures

    tables = {exhibit.name: exhibit.table for exhibit in exhibits}
    beside = folder / "tables"
    beside.mkdir(parents=True, exist_ok=True)
    # It takes about as long as the lists, and nothing here waits for it.
    written = begun(partial(write_item_files, report.snapshot, beside))
    foundations = {"files": report.data.files, "rejects": report.data.rejects}

    def keep(name: str, table: pd.DataFrame) -> None:
        (beside / f"{name}.csv").write_text(as_csv(table), encoding="utf-8", newline="\n")

    for name, table in (tables | foundations).items():
        keep(name, table)
    keep(
        "measures",
        measures(report.snapshot, tables, interval=report.interval, count=report.table),
    )
    return written


def _workbook_begun(report: "Report", folder: Path) -> Callable[[], None]:
    return begun(partial(_write_workbook, report, folder / "workbook.xlsx"))


def _write_workbook(report: "Report", path: Path) -> None:
    from pmanalytics.workbook import write_workbook

    write_workbook(
        report.snapshot,
        path,
        about=report.about(),
        findings=report.findings,
        count=report.table,
    )
