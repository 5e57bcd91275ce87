"""Our own tables, as CSV, workbook or Parquet: files with the columns of the design.

Such files are written by hand, by a script, or by `pmanalytics read`. Several values in a cell are
joined by `;`. Times without a zone are in the configured one.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from pmanalytics.tables import TABLES
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.interpreting import missing, without_apostrophe
from pmanalytics.trackers.model import Completed, Export, Header, Tracker

__all__ = ["TRACKER"]

# For each table: columns it must have, columns of which it must have one, columns it has not. The
# first that fits is it, so that a table comes after those whose columns it shares.
_SHAPES: Final[Mapping[str, tuple[set[str], set[str], set[str]]]] = {
    "rejects": ({"file", "row", "rule", "detail"}, {"file"}, set()),
    "events": ({"subject", "at", "field"}, {"before", "after"}, set()),
    "decisions": ({"decided_on", "subject"}, {"kind", "value", "until"}, set()),
    "attendance": ({"incident_id", "role"}, {"role"}, {"title", "state", "severity", "started_at"}),
    "incidents": (
        {"incident_id"},
        {"started_at", "resolved_at", "repeat_of", "postmortem_url", "reviewed_at", "causes"},
        {"item_id", "key", "state"},
    ),
    "items": (
        set(),
        {"item_id", "key", "title"},
        {"subject", "started_at"},
    ),
    "services": ({"service"}, {"team", "role", "path", "product"}, {"title", "person", "state"}),
    "people": ({"person"}, {"team"}, {"title", "state"}),
    "teams": (
        {"team"},
        {"project", "parent", "engineering_manager", "product_manager", "aliases"},
        {"title", "state", "service", "person"},
    ),
}
# A bare list of names may be one of these, where it has no columns but theirs.
_REGISTRY: Final = ("services", "people", "teams")
_ITEM_SIGNS: Final = {"state", "created_at", "closed_at", "owners", "incident_id", "promised_on"}


def _table_of(header: Header) -> str:
    """The table whose columns a header has, written as we write them."""
    names = set(header)
    if names & {"number", "closer", "closed_by"} and not names & {"item_id", "key"}:
        # Issues of GitHub, as scripts write them.
        return ""
    for table, (needed, one_of, never) in _SHAPES.items():
        bare = table in _REGISTRY and names <= set(TABLES[table].names)
        fits = names >= needed and (names & one_of or bare) and not names & never
        if fits and (table != "items" or "item_id" in names or len(names & _ITEM_SIGNS) >= 2):
            return table
    return ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    found = {
        name: without_apostrophe(column)
        for name, column in columns.items()
        if isinstance(column.dtype, pd.StringDtype)
    }
    # A column of lists that no row fills does not say nobody, it says nothing.
    silent = {n: c for n, c in columns.items() if n in _LISTS and not c.list.len().any()}
    found |= {name: missing(export, column.dtype) for name, column in silent.items()}
    if export.table != "items":
        return Completed(found, _strangers(export))
    # Our own state may stand beside the tracker's word for it, and is what counts.
    said = columns.get("state", columns.get("status", missing(export)))
    judged = closing(export, {**columns, "status": said})
    done = judged.completed(**found | {"state": judged.state, "closed_at": judged.closed_at})
    return replace(done, warnings=(*_strangers(export), *done.warnings))


def _strangers(export: Export) -> tuple[str, ...]:
    unknown = [
        name
        for name in export.header
        if name.strip() and name not in TABLES[export.table].names and name != "row"
    ]
    mapped = {name for names in export.columns.values() for name in names}
    strange = [repr(name) for name in unknown if name not in mapped]
    if not strange:
        return ()
    return (f"The table {export.table} has no column {', '.join(strange[:5])}; it was left out.",)


_LISTS: Final = tuple(
    column.name for table in TABLES.values() for column in table.columns if column.type == "texts"
)

TRACKER: Final = Tracker(
    name="table",
    title="Our own tables, CSV, XLSX or Parquet",
    system="table",
    forms=("csv", "xlsx", "parquet"),
    export="pmanalytics read --output DIR, or any file with our column names",
    verified="written and read by the tests",
    silent="nothing: every column that the design knows can be in it",
    table_of=_table_of,
    columns={column.name: (column.name,) for table in TABLES.values() for column in table.columns},
    separators=dict.fromkeys(_LISTS, ";"),
    titled=True,
    complete=_complete,
)
