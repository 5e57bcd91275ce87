"""Parts: the tables of one export as Parquet, and the export back from them."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pmanalytics.errors import InputError
from pmanalytics.store.layout import BUCKETED, Store, buckets_of
from pmanalytics.store.ledgers import Ledger
from pmanalytics.store.plain import KEPT, POSITION, ROW, as_arrow, as_frame
from pmanalytics.tables import conform, empty
from pmanalytics.trackers.model import FileTables

__all__ = ["held_tables", "parquet", "parts_of", "restored"]

# What a file says beside its rows.
BESIDE: Final = ("rejects", "attendees", "incident_names")
# Columns in which nearly every row has a value of its own.
DISTINCT: Final = frozenset({"item_id", "key", "url", "title", ROW, POSITION})


def held_tables(tables: FileTables) -> dict[str, pd.DataFrame]:
    """All that reading a file gave, by the table in which a store keeps it.

    The events that the rows of a file tell are no rows; a file whose rows are events tells no
    others.
    """
    told = {"events": tables.events} if len(tables.events) else {}
    beside = {name: getattr(tables, name) for name in BESIDE if len(getattr(tables, name))}
    return {**told, **beside, **tables.tables}


def parts_of(
    frame: pd.DataFrame, table: str, *, store: Store, export: str, stem: str
) -> Iterator[tuple[str, pa.Table]]:
    """The parts of one table of an export: where each lies in the store, and its rows."""
    whole = as_arrow(frame, table, export=export)
    if table not in BUCKETED:
        if whole.num_rows:
            yield store.place_of(table, 0, stem).as_posix(), whole
        return
    bucket = buckets_of(frame[BUCKETED[table]], store.buckets).astype(np.uint16)
    order = np.argsort(bucket, kind="stable")
    ends = np.searchsorted(bucket[order], np.arange(store.buckets + 1))
    for number, (start, end) in enumerate(pairwise(ends)):
        if end > start:
            part = whole.take(pa.array(order[start:end]))
            yield store.place_of(table, number, stem).as_posix(), part


def parquet(part: pa.Table) -> pa.Buffer:
    """A part as the bytes of a Parquet file."""
    # Without the schema of Arrow, every engine finds the plain types of Parquet and nothing else.
    # Where a value rarely comes again, a dictionary of values only takes room and time.
    repeating = [name for name in part.column_names if name not in DISTINCT]
    stream = pa.BufferOutputStream()
    pq.write_table(part, stream, compression="zstd", store_schema=False, use_dictionary=repeating)
    return stream.getvalue()


def restored(store: Store, ledger: Ledger) -> FileTables:
    """The export that a ledger stands for, as reading the file gave it.

    Raises InputError when a part is gone or damaged.
    """
    held = {name: _table(store.folder, ledger, name) for name in ledger.parts}
    rejects = held.pop("rejects", None)
    beside: dict[str, pd.DataFrame] = {
        name: held.pop(name).drop(columns=ROW) for name in BESIDE[1:] if name in held
    }
    if "events" in held and len(held) > 1:
        beside["events"] = held.pop("events").drop(columns=ROW)
    return FileTables(
        name=ledger.path,
        format=ledger.format,
        source=ledger.system,
        sha256=ledger.sha256,
        rows=ledger.rows,
        tables=held,
        filtered=ledger.filtered,
        rejects=empty("rejects") if rejects is None else rejects.assign(file=ledger.path),
        warnings=ledger.warnings,
        observed_at=pd.NaT if ledger.observed_at is None else pd.Timestamp(ledger.observed_at),
        unread=ledger.unread,
        **beside,
    )


def _table(folder: Path, ledger: Ledger, table: str) -> pd.DataFrame:
    places = ledger.parts[table]
    if not places:
        return conform(pd.DataFrame(), KEPT[table]).assign(**{ROW: pd.Series(dtype="Int64")})
    try:
        # Opened one by one: a reader of folders would take their names for columns.
        parts = [pq.ParquetFile(folder / place).read() for place in places]
        return as_frame(pa.concat_tables(parts), table)
    except (OSError, KeyError, pa.ArrowException) as problem:
        raise InputError(
            f"The parts of {ledger.path} in the store are damaged or were replaced meanwhile; read "
            f"again, else remove {ledger.place.as_posix()} there and ingest the export again."
        ) from problem
