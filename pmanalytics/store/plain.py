"""The columns of parts: our tables in the plain types that every engine knows, and back."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from pmanalytics.tables import DTYPES, TABLES, Column, Table, conform

__all__ = ["KEPT", "POSITION", "ROW", "as_arrow", "as_frame", "as_plain"]

_PERSON = Column("person", "text", "who came, as the export writes it")
_NAME = Column("name", "text", "what items call it")
_INCIDENT = Column("incident_id", "text", "the incident")
# What an export may hold: tables of ours, and two that only reading needs.
KEPT: Final[Mapping[str, Table]] = {
    **{name: TABLES[name] for name in ("items", "incidents", "events", "attendance", "rejects")},
    "attendees": Table("attendees", "one row per person at a review", (_INCIDENT, _PERSON)),
    "incident_names": Table("incident_names", "other names of incidents", (_INCIDENT, _NAME)),
}
# Which export says it, the place of the row among its rows, and the row in the file.
EXPORT: Final = "export"
POSITION: Final = "position"
ROW: Final = "row"
_PLAIN: Final[Mapping[str, pa.DataType]] = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "moment": pa.timestamp("us", "UTC"),
    "day": pa.date32(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
}
_DAY: Final = pa.timestamp("us")
_OURS: Final = {
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.list_(pa.string()): DTYPES["texts"],
}


def _columns(table: str) -> dict[str, str]:
    """The columns of a part by name, with their types; `row` is the file's own for most tables."""
    told = {column.name: column.type for column in KEPT[table].columns}
    return {**told, ROW: "integer", POSITION: "integer"}


def as_arrow(frame: pd.DataFrame, table: str, *, export: str) -> pa.Table:
    """A table of an export as its parts hold it, in the order of the export."""
    held = conform(frame, KEPT[table])
    rows = frame[ROW] if ROW in frame else pd.Series(pd.NA, frame.index, dtype="Int64")
    held[ROW] = pd.to_numeric(rows).astype("Int64")
    held[POSITION] = pd.array(np.arange(len(held)), dtype="Int64")
    arrays = {
        name: _whole(pa.array(held[name], from_pandas=True)).cast(_PLAIN[kind])
        for name, kind in _columns(table).items()
    }
    said = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(held), np.int32)), [export])
    return pa.table({**arrays, EXPORT: said})


def _whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def as_plain(parts: pa.Table, table: str) -> pa.Table:
    """The columns of a table that parts of exports have, in the types that they must have.

    Raises KeyError, and pyarrow's errors, when they lack a column or hold another type.
    """
    return pa.table(
        {name: parts[name].cast(_PLAIN[kind]) for name, kind in _columns(table).items()}
    )


def as_frame(parts: pa.Table, table: str) -> pd.DataFrame:
    """Parts of exports in the order of their rows, as reading the exports gave them.

    There is one more column `row`. Raises what `as_plain` raises.
    """
    plain = as_plain(parts, table).drop_columns([POSITION])
    for place, field in enumerate(plain.schema):
        if field.type == _PLAIN["day"]:
            plain = plain.set_column(place, field.name, plain[place].cast(_DAY))
    frame = plain.to_pandas(types_mapper=_OURS.get)
    rows = frame[ROW]
    return conform(frame, KEPT[table]).assign(**{ROW: rows})
