"""Parts: some buckets of a store, read as the whole of it is.

A part goes through the ordinary pipeline. What that needs beside the items of the part is this:

- Incidents, the registry, attendance and decisions are read whole, and once for all parts.
- All copies and events of an item lie in its bucket, so that the latest copy, its observations, its
  changes of state and its incident follow from the part. Events are told once there as well.
- Incidents that labels make are made by the items of other parts, too, and older copies may name
  them: a part is given all of them.
- Lines of documents become tickets of other buckets, tickets with one title are one piece of work,
  duplicates live on in others, and a decision may name a key that several items have. All of these
  are kin, and are read together (see `kin`).
- Not sound in a part are: what became of the rows of a file, the rejects, which items are gone from
  an export, and differences of owner, team, date and severity, for what an export says at all shows
  in its other items. No table that is counted in parts needs them.

A file that cannot be read is an error here, for an export that is left out, be it in some parts
only, would make counts of nothing in particular.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import pyarrow as pa

from pmanalytics.datasets import Dataset, assembled, read_inputs, stacked_tables
from pmanalytics.errors import UsageError
from pmanalytics.inputs import Input, Location, inputs_at
from pmanalytics.settings import Settings
from pmanalytics.store.layout import BUCKETED, Store, open_store
from pmanalytics.store.ledgers import Ledger
from pmanalytics.store.parts import Selection, misplaced, plain_rows, selected_rows, tells_rows
from pmanalytics.tables import empty
from pmanalytics.trackers import FileTables, postmortem_md

__all__ = ["Each", "Whole", "read_part", "read_whole"]

# How a function of a `Whole` and a part of it is called for many parts, in any order.
Each = Callable[[Callable[["Whole", Any], Any], Iterable[Any]], Iterator[Any]]


@dataclass(frozen=True, eq=False)
class Whole:
    """All that a part needs beside its items, read once; it can be sent to other processes.

    `files` are all that were read, without their tables, `ledgers` the exports that the store
    keeps, by their place among the files, and `tables` what `stacked_tables` makes of everything
    but the items and events of the store.
    """

    settings: Settings
    store: Store
    ledgers: Mapping[int, Ledger]
    files: tuple[FileTables, ...]
    tables: Mapping[str, pd.DataFrame]

    @property
    def documents(self) -> frozenset[int]:
        """The places of the files that are postmortem documents."""
        written = postmortem_md.TRACKER.name
        return frozenset(n for n, file in enumerate(self.files) if file.format == written)

    @property
    def filled(self) -> tuple[int, ...]:
        """The buckets in which there is anything, at least one; a small store may have many."""
        folders = {folder for ledger in self.ledgers.values() for folder in _folders(ledger)}
        every = range(self.store.buckets)
        return tuple(
            n for n in every if folders & {self.store.bucket_folder(t, n) for t in BUCKETED}
        ) or (0,)

    def rows(self, table: str, selection: Selection, files: frozenset[int]) -> pd.DataFrame:
        """The selected rows of some of the exports that the store keeps."""
        return selected_rows(self.store, self._ledgers(files), table, selection)

    def plain_rows(
        self, table: str, selection: Selection, files: frozenset[int]
    ) -> pa.Table | None:
        """The same as parts hold them, in any order; None where there are none."""
        return plain_rows(self.store, self._ledgers(files), table, selection)

    def _ledgers(self, files: frozenset[int]) -> dict[int, Ledger]:
        return {number: ledger for number, ledger in self.ledgers.items() if number in files}


def read_whole(path: Location) -> Whole:
    """Read everything but the items of a store, which a path names itself or by a configuration.

    Raises what `read` raises, InputError also where one file of several cannot be read or a part
    lies in no bucket, and UsageError where there is no store, or where items lie outside.
    """
    settings, inputs = inputs_at([path], None)
    kept = {entry.name: entry for entry in inputs if entry.ledger}
    stores = {entry.store for entry in kept.values() if entry.store}
    if len(stores) != 1:
        raise UsageError(
            f"{str(path)!r} names no store; keep the exports with 'pmanalytics ingest', and name "
            "the store, or a configuration that does."
        )
    files, failures = read_inputs(inputs, settings, selection=Selection())
    for problem in failures.values():
        raise problem
    ledgers = {
        number: ledger
        for number, file in enumerate(files)
        if (ledger := _ledger(kept.get(file.name))) and ledger.sha256 == file.sha256
    }
    for number, file in enumerate(files):
        if number not in ledgers and set(BUCKETED) & set(file.tables):
            raise UsageError(
                f"{file.name} is not in the store; keep it there with 'pmanalytics ingest', "
                "because what is counted part by part lies in the store."
            )
    nothing = {name: empty(name) for name in ("events", "rejects")}
    bare = tuple(replace(file, tables={}, **nothing) for file in files)
    store = open_store(stores.pop())
    for ledger in ledgers.values():
        _demand_buckets(store, ledger)
    return Whole(settings, store, ledgers, bare, stacked_tables(files))


def _demand_buckets(store: Store, ledger: Ledger) -> None:
    """Rows in a folder that is no bucket would be in no part."""
    folders = {store.bucket_folder(name, n) for name in BUCKETED for n in range(store.buckets)}
    if not _folders(ledger) <= folders:
        raise misplaced(ledger)


def _folders(ledger: Ledger) -> set[str]:
    """The folders of the buckets in which an export has items or events."""
    places = [place for name in BUCKETED for place in ledger.parts.get(name, ())]
    return {place.rpartition("/")[0] for place in places}


def _ledger(entry: Input | None) -> Ledger | None:
    return entry.ledger if entry else None


def read_part(whole: Whole, part: Selection, *, derived: pd.DataFrame | None = None) -> Dataset:
    """The dataset of some of the items of a store.

    `derived` are the incidents that the labels of other items make, as far as they are known.
    Raises InputError when a part of the store is gone or damaged.
    """
    written = frozenset(n for n, ledger in whole.ledgers.items() if tells_rows(ledger, "events"))
    rows = {
        "items": whole.rows("items", part, frozenset(whole.ledgers)),
        "events": whole.rows("events", part, written),
        "told": whole.rows("events", part, frozenset(whole.ledgers) - written),
    }
    rows["told"] = rows["told"].drop(columns="_file")
    return assembled(
        {**whole.tables, **rows},
        whole.files,
        {},
        whole.settings,
        derived=empty("incidents") if derived is None else derived,
    )
