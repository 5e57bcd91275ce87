"""The CSV files of all judged items and all incidents of a report, made for filtering.

They hold the columns by which the report counts, and no persons. They are written by Arrow, because
a hundred thousand items would otherwise take longer than the rest of the report.
"""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from pmanalytics.exchange import FORMULA
from pmanalytics.reporting.behind.marks import INCIDENT_MARKS, ITEM_MARKS, marked
from pmanalytics.snapshots import Snapshot

__all__ = ["write_item_files"]

ITEM_COLUMNS: Final = (
    "item_id", "title", "severity", "team", "service", "project", "kind", "source", "incident_id",
    "state", "standing", "started_on", "clock_on", "target_days", "unit", "due_on",
    "adjusted_due_on", "closed_on", "days", "days_over", "waived", "matured", "in_period",
    "incident_period", "due_period", "created_period", "closed_period", *ITEM_MARKS, "url",
)  # fmt: skip
INCIDENT_COLUMNS: Final = (
    "incident_id", "title", "severity", "service", "team", "product", "started_on", "resolved_on",
    "incident_period", "impact_minutes", "customers_affected", "repeat_of", *INCIDENT_MARKS, "url",
)  # fmt: skip


def write_item_files(snapshot: Snapshot, folder: Path) -> None:
    """Write `items.csv` and `incidents.csv`, one row for each that the snapshot holds.

    Text that a spreadsheet would take for a formula gets an apostrophe in front, as in `as_csv`;
    flags are true or false, days are in ISO form, missing values are empty.
    """
    for of, names in (("items", ITEM_COLUMNS), ("incidents", INCIDENT_COLUMNS)):
        frame = marked(snapshot, of, names)[list(names)]
        table = pa.Table.from_pandas(frame, preserve_index=False)
        flat = [_flat(column) for column in table.columns]
        csv.write_csv(pa.table(flat, names=list(names)), folder / f"{of}.csv")


def _flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as a spreadsheet can hold it."""
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.date32())
    if pa.types.is_dictionary(column.type) or pa.types.is_large_string(column.type):
        column = column.cast(pa.string())
    if not pa.types.is_string(column.type):
        return column
    armed = pc.match_substring_regex(column, FORMULA.pattern)
    if not pc.any(armed).as_py():
        return column
    return pc.if_else(armed, pc.binary_join_element_wise("'", column, ""), column)
