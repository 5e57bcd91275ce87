"""Naming: what a row is called, and the rows that do not say what they are about."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from pmanalytics.reading.careful import shortened
from pmanalytics.trackers.interpreting import Fault, missing
from pmanalytics.trackers.model import Export

__all__ = ["identity", "nameless"]

# The column that names a row, in the tables where a row without a name says nothing.
_NAMED: Final[Mapping[str, str]] = {
    "items": "item_id",
    "incidents": "incident_id",
    "attendance": "incident_id",
    "events": "subject",
    "services": "service",
    "teams": "team",
    "people": "person",
}
_KEY: Final = r"^(.+)[-#][0-9]+$"
_SYSTEM: Final = r"^([^:]+):"


def identity(export: Export, columns: Mapping[str, pd.Series]) -> dict[str, pd.Series]:
    """Source, item_id and project; where a ticket is none, its title names it."""
    nothing = missing(export)
    key, item = columns.get("key", nothing), columns.get("item_id")
    source = columns.get("source", nothing)
    if item is not None and not export.source.name:
        source = source.fillna(item.str.extract(_SYSTEM, expand=False))
    source = source.fillna(export.system)
    named = source + ":" + key
    item = named if item is None else item.fillna(named)
    if export.tracker.titled and item.isna().any():
        item = item.fillna(source + ":" + _numbered(columns.get("title", nothing)))
    project = columns.get("project")
    if project is None or export.tracker.titled:
        found = key.str.extract(_KEY, expand=False)
        project = found if project is None else project.fillna(found)
    return {"source": source, "item_id": item, "project": project}


def _numbered(title: pd.Series) -> pd.Series:
    """Titles as names: those that come again get a number."""
    again = title.groupby(title, dropna=False).cumcount()
    return title.where(again.eq(0), title + " (" + (again + 1).astype("str") + ")").where(
        title.notna()
    )


def nameless(
    export: Export, table: str, columns: Mapping[str, pd.Series], incidents: np.ndarray
) -> list[Fault]:
    """The rows that say not what they are about."""
    name = _NAMED.get(table)
    if name is None:
        return []
    nothing = columns.get(name, missing(export)).isna().to_numpy(dtype=bool)
    if incidents.any():
        unnamed = columns.get("incident_id", missing(export)).isna().to_numpy(dtype=bool)
        nothing = np.where(incidents, unnamed, nothing)
    places = np.flatnonzero(nothing)
    ours = next((c for c in ("key", "number", name) if c in export.columns), name)
    written = export.columns.get(ours, (ours,))[0]
    if not export.has(written):
        return [Fault("no_key", places, [f"no column for {name!r}"] * len(places))]
    texts = export.cells.text(written).take(pa.array(places)).to_pylist()
    details = [f"{written}: {shortened(t)!r}" if t else f"{written} is empty" for t in texts]
    return [Fault("no_key", places, details)]
