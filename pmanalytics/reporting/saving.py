"""The last cell of a report: its tables as CSV, and the workbook, from what the page shows."""

from pathlib import Path
from typing import TYPE_CHECKING

from pmanalytics.reporting.exhibits import Exhibit

if TYPE_CHECKING:
    from pmanalytics.reporting.opening import Report

__all__ = ["save_report"]


def save_report(report: "Report", *exhibits: Exhibit, output: str | Path) -> None:
    """Write the tables of the exhibits and the workbook into a folder.

    Writes `tables/NAME.csv` for each exhibit, `tables/files.csv`, `tables/rejects.csv`,
    `tables/measures.csv` (how each table was measured, for `restatements`) and `workbook.xlsx`,
    which has no sheet for a completion curve. In CSV, text that a spreadsheet would take for a
    formula gets an apostrophe in front. With an empty `output` nothing is written, so that a
    notebook can be tried in JupyterLab.
    """
    from pmanalytics.exchange import as_csv
    from pmanalytics.reporting.measures import measures
    from pmanalytics.workbook import write_workbook

    if not str(output):
        return
    tables = {exhibit.name: exhibit.table for exhibit in exhibits}
    foundations = {
        "files": report.data.files,
        "rejects": report.data.rejects,
        "measures": measures(report.snapshot, tables, interval=report.interval, count=report.table),
    }
    folder = Path(output) / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (tables | foundations).items():
        (folder / f"{name}.csv").write_text(as_csv(table), encoding="utf-8", newline="\n")
    write_workbook(
        report.snapshot,
        Path(output) / "workbook.xlsx",
        about=report.about(),
        tables={exhibit.name: exhibit.table for exhibit in exhibits if exhibit.on_sheet},
        titles={exhibit.name: exhibit.title for exhibit in exhibits},
        interval=report.interval,
    )
