"""Parts: the tables of one export as Parquet, and the export back from them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import feather

from pmanalytics.errors import InputError
from pmanalytics.store.layout import BUCKETED, Store, buckets_of
from pmanalytics.store.ledgers import Ledger
from pmanalytics.store.plain import KEPT, POSITION, ROW, as_arrow, as_frame, as_plain
from pmanalytics.tables import conform, empty
from pmanalytics.trackers.model import FileTables

__all__ = [
    "Selection",
    "held_tables",
    "keep_aside",
    "misplaced",
    "parquet",
    "parts_of",
    "plain_rows",
    "restored",
    "selected_rows",
    "tells_rows",
]

FILE: Final = "_file"
# What a file says beside its rows.
BESIDE: Final = ("rejects", "attendees", "incident_names")
# Columns in which nearly every row has a value of its own.
DISTINCT: Final = frozenset({"item_id", "key", "url", "title", ROW, POSITION})


@dataclass(frozen=True, eq=False)
class Selection:
    """Some of the items of a store, with all that is known of them.

    They are those of some buckets: all but the `named` ones, or with `only` none but these.
    `named` has the item_ids by their bucket, so that a bucket is compared with its own alone.
    Or they are those whose rows were set `aside` in a folder (see `keep_aside`).
    """

    buckets: tuple[int, ...] = ()
    named: Mapping[int, pa.Array] = field(default_factory=dict)
    only: bool = False
    aside: Path | None = None

    def rows(self, part: pa.Table, table: str, bucket: int) -> pa.Table:
        """The rows of a part that are about the items."""
        if bucket not in self.named:
            return part.slice(0, 0) if self.only else part
        about = pc.is_in(part[BUCKETED[table]], value_set=self.named[bucket])
        return part.filter(about if self.only else pc.invert(about))


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


def restored(store: Store, ledger: Ledger, selection: Selection | None = None) -> FileTables:
    """The export that a ledger stands for, as reading the file gave it.

    With a `selection` its items and events are those that are selected. Raises InputError when a
    part is gone or damaged.
    """
    held = {name: _table(store, ledger, name, selection) for name in ledger.parts}
    rejects = held.pop("rejects", None)
    beside: dict[str, pd.DataFrame] = {
        name: held.pop(name).drop(columns=ROW) for name in BESIDE[1:] if name in held
    }
    if "events" in held and not tells_rows(ledger, "events"):
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


def tells_rows(ledger: Ledger, table: str) -> bool:
    """Whether a table of an export are its rows; events may be what other rows tell beside them."""
    return table in ledger.parts and set(ledger.parts) - {*BESIDE, table} == set()


def selected_rows(
    store: Store, ledgers: Mapping[int, Ledger], table: str, selection: Selection
) -> pd.DataFrame:
    """The selected rows of a bucketed table of many exports, in their order.

    The column `_file` has the number by which `ledgers` lead to the export. Raises InputError when
    a part is gone or damaged.
    """
    found = plain_rows(store, ledgers, table, selection)
    if found is None:
        return empty(table).assign(**{FILE: pd.Series(dtype="int64")})
    # Brought into our types at once: each of a hundred exports has little in a bucket.
    ordered = found.sort_by([(FILE, "ascending"), (POSITION, "ascending")])
    rows = as_frame(ordered, table).drop(columns=ROW)
    return rows.assign(**{FILE: ordered[FILE].to_numpy()})


def plain_rows(
    store: Store, ledgers: Mapping[int, Ledger], table: str, selection: Selection
) -> pa.Table | None:
    """The selected rows of a table of many exports as their parts hold them, in any order.

    Beside the columns of parts there is `_file`, as in `selected_rows`. None where there is no row.
    """
    found: list[pa.Table] = []
    if selection.aside is not None:
        ours = pa.array(ledgers, pa.int64())
        for file in sorted(selection.aside.glob(f"{table}-*")):
            rows = feather.read_table(file, memory_map=False)
            found.append(rows.filter(pc.is_in(rows[FILE], value_set=ours)))
        return pa.concat_tables(found) if found else None
    for number, ledger in ledgers.items():
        with _readable(ledger):
            parts = list(_selected(store, ledger, table, selection))
            if parts:
                # Kin are few rows of each of many parts, whose frames take far more memory.
                rows = as_plain(pa.concat_tables(parts), table).combine_chunks()
                found.append(rows.append_column(FILE, pa.array(np.full(rows.num_rows, number))))
    return pa.concat_tables(found) if found else None


def keep_aside(rows: pa.Table, folder: Path, table: str, bucket: int) -> None:
    """Set rows of a table (see `plain_rows`) aside in a folder, where a selection finds them."""
    feather.write_feather(rows, str(folder / f"{table}-{bucket}"))


def _table(store: Store, ledger: Ledger, table: str, selection: Selection | None) -> pd.DataFrame:
    with _readable(ledger):
        parts = list(_selected(store, ledger, table, selection))
        if parts:
            return as_frame(pa.concat_tables(parts).sort_by(POSITION), table)
    return conform(pd.DataFrame(), KEPT[table]).assign(**{ROW: pd.Series(dtype="Int64")})


@contextmanager
def _readable(ledger: Ledger) -> Iterator[None]:
    """Say which export is concerned when its parts cannot be read."""
    try:
        yield
    except (OSError, KeyError, pa.ArrowException) as problem:
        raise InputError(
            f"The parts of {ledger.path} in the store are damaged or were replaced meanwhile; read "
            f"again, else remove {ledger.place.as_posix()} there and ingest the export again."
        ) from problem


def _selected(
    store: Store, ledger: Ledger, table: str, selection: Selection | None
) -> Iterator[pa.Table]:
    """The parts of a table, opened one by one: a reader of folders takes their names for columns.

    Empty ones are left out, because they cost as much as others to bring into our types.
    """
    places = ledger.parts.get(table, ())
    if table not in BUCKETED or selection is None:
        for place in places:
            yield _opened(store.folder / place)
        return
    wanted = {store.bucket_folder(table, number): number for number in selection.buckets}
    for place in places:
        bucket = wanted.get(place.rpartition("/")[0])
        if bucket is not None:
            whole = _opened(store.folder / place)
            belongs = buckets_of(whole[BUCKETED[table]].to_pandas(), store.buckets) == bucket
            if not belongs.all():
                raise misplaced(ledger)
            part = selection.rows(whole, table, bucket)
            if part.num_rows:
                yield part


def misplaced(ledger: Ledger) -> InputError:
    """The error for parts in a bucket that their items do not belong to: these would be missed."""
    return InputError(
        f"Parts of {ledger.path} lie in the wrong bucket of the store; bring its manifest and "
        "ledgers back from a backup, or ingest the exports into a new one."
    )


def _opened(file: Path) -> pa.Table:
    part = pq.ParquetFile(file).read()
    # Text that is not UTF-8 would be read as it is.
    part.validate(full=True)
    return part
