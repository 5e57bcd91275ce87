"""Our own tables, as CSV or Parquet: columns with the names that `pma.columns()` lists.

Which table a file holds follows from its columns. Several values in a cell are joined by `;`,
moments and days are in ISO form. An items file without a `key` column has the key in its item_id;
with one, an empty key says that there is no ticket.
"""

from typing import Final

import pandas as pd

from pmanalytics.reading.sheets import Sheet
from pmanalytics.tables import TABLES
from pmanalytics.trackers.model import Findings, Tracker
from pmanalytics.trackers.vocabulary import STATE_WORDS, translated

__all__ = ["TABLE", "canonical_table"]

# The columns that tell a table, the most telling first.
MARKS: Final = (
    ("items", {"item_id"}),
    ("decisions", {"decided_on", "subject"}),
    ("events", {"subject", "at", "field"}),
    ("attendance", {"incident_id", "role"}),
    ("incidents", {"incident_id"}),
    ("services", {"service"}),
    ("people", {"person"}),
    ("teams", {"team"}),
)


def canonical_table(header: frozenset[str]) -> str | None:
    """The name of the table that a header belongs to, if it is one of ours.

    Examples:
        >>> canonical_table(frozenset({"team", "project"})), canonical_table(frozenset({"Key"}))
        ('teams', None)
    """
    for table, marks in MARKS:
        if marks <= header and len(header & set(TABLES[table].names)) * 2 > len(header):
            return table
    return None


def _states(sheet: Sheet, rows: pd.DataFrame) -> Findings:
    words = sheet.text("state") if "state" in sheet else rows["status"]
    state = translated(words, STATE_WORDS)
    unknown = (words.notna() & state.isna()).to_numpy(dtype=bool)
    key = rows["key"]
    if "key" not in sheet:
        key = rows["item_id"].str.replace(r"^[^:]*:", "", regex=True)
    source = rows["source"].fillna(rows["item_id"].str.extract(r"^([^:]+):", expand=False))
    return Findings(
        state=state.mask(unknown, "open"),
        unknown=unknown,
        columns={"key": key.astype("str"), "source": source.astype("str")},
    )


TABLE: Final = Tracker(
    name="table",
    title="our own tables, CSV or Parquet",
    system="table",
    form="csv",
    recognise=lambda header: canonical_table(header) is not None,
    columns={name: (name,) for table in TABLES.values() for name in table.names},
    states=_states,
    needs=lambda name: name == "state",
    dates=("ISO8601",),
    how_to_export="pmanalytics read --output DIR",
    verified="this package",
    cannot_say="nothing that the tables do not hold",
)
