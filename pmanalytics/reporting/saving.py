"""The last cell of a report: its tables as CSV, the workbook, and what its counts lead to."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pmanalytics.reporting.behind.bundling import ItemLists, item_lists
from pmanalytics.reporting.behind.entries import Shown
from pmanalytics.reporting.behind.itemfiles import write_item_files
from pmanalytics.reporting.showing.exhibits import Exhibit
from pmanalytics.reporting.showing.fronts import Front

if TYPE_CHECKING:
    from pmanalytics.reporting.opening import Report

__all__ = ["save_report"]


def save_report(report: "Report", *shown: Exhibit | Front, output: str | Path) -> ItemLists | None:
    """Write the tables of a report and the workbook into a folder, and say what counts lead to.

    Takes the exhibits, and the front if there is one. Writes `tables/NAME.csv` for each exhibit,
    `tables/files.csv`, `tables/rejects.csv`, `tables/measures.csv` (how each table was measured,
    for `restatements`), `tables/items.csv` and `tables/incidents.csv` (all that the report counts,
    without persons) and `workbook.xlsx`, which has no sheet for a completion curve. In CSV, text
    that a spreadsheet would take for a formula gets an apostrophe in front. Returns the lists
    behind the counts of the exhibits that were given `behind`, which the page shows. With an empty
    `output` nothing is written, so that a notebook can be tried in JupyterLab.
    """
    if not str(output):
        return None
    exhibits = tuple(one for one in shown if isinstance(one, Exhibit))
    fronts = tuple(one for one in shown if isinstance(one, Front))
    _write(report, exhibits, Path(output))
    return item_lists(
        [
            Shown(exhibit.name, exhibit.table, exhibit.behind)
            for exhibit in exhibits
            if exhibit.behind is not None
        ],
        report.snapshot,
        answers=[answer for front in fronts for answer in front.answers],
    )


def _write(report: "Report", exhibits: tuple[Exhibit, ...], folder: Path) -> None:
    from pmanalytics.exchange import as_csv
    from pmanalytics.reporting.behind.measures import measures
    from pmanalytics.reporting.beside import begun
    from pmanalytics.workbook import write_workbook

    tables = {exhibit.name: exhibit.table for exhibit in exhibits}
    # It takes about as long as all cells of the report, and nothing here waits for it.
    measured = begun(
        lambda: measures(report.snapshot, tables, interval=report.interval, count=report.table)
    )
    foundations = {"files": report.data.files, "rejects": report.data.rejects}
    beside = folder / "tables"
    beside.mkdir(parents=True, exist_ok=True)

    def keep(name: str, table: pd.DataFrame) -> None:
        (beside / f"{name}.csv").write_text(as_csv(table), encoding="utf-8", newline="\n")

    for name, table in (tables | foundations).items():
        keep(name, table)
    write_item_files(report.snapshot, beside)
    write_workbook(
        report.snapshot,
        folder / "workbook.xlsx",
        about=report.about(),
        tables={exhibit.name: exhibit.table for exhibit in exhibits if exhibit.on_sheet},
        titles={exhibit.name: exhibit.title for exhibit in exhibits},
        interval=report.interval,
    )
    keep("measures", measured())
