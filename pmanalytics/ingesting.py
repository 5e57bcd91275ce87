"""Ingesting: exports become part of a store, each one once, and stay known when they are gone.

What is kept is what the exports say: items, incidents, their history, who came to reviews, and the
rows that could not be read. The registry and the decisions are no exports. They are looked up in
their own files whenever a store is read, because the newest one is the whole truth about them.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pandas as pd

from pmanalytics.catalogs import open_catalog
from pmanalytics.errors import InputError, UsageError
from pmanalytics.inputs import Input, Location, exports_of, inputs_at
from pmanalytics.settings import Settings
from pmanalytics.store.layout import LEDGERS, MOST_BUCKETS, Store
from pmanalytics.store.ledgers import Ledger, ledger_files, read_ledger, reading_of
from pmanalytics.store.writing import door, keep_export, made_store
from pmanalytics.trackers import FileTables, read_file

__all__ = ["ingest"]

BUCKETS: Final = 8
COLUMNS: Final = {
    "path": "str", "outcome": "str", "rows": "Int64", "items": "Int64", "incidents": "Int64",
    "rejects": "Int64", "detail": "str",
}  # fmt: skip
OF_EXPORTS: Final = ("items", "incidents", "events")
NO_EXPORT: Final = (
    "It holds no items, incidents or events; the registry, attendance and decisions are read from "
    "their own files each time, so name them in the configuration."
)


@dataclass(frozen=True)
class _Writer:
    """A store that exports are kept in, and the settings that they are read with.

    `numbers` are those of the exports that were looked at, by their hash.
    """

    store: Store
    settings: Settings
    numbers: dict[str, int] = field(default_factory=dict)

    def known(self, sha256: str, reading: str) -> bool:
        """Whether a file is kept as it would be read now."""
        file = self.store.folder / LEDGERS / f"{sha256}.json"
        return file.is_file() and read_ledger(file).reading == reading

    def keep(self, tables: FileTables, entry: Input) -> str:
        """Keep a file that was read; says what became of it."""
        reading, mappings = reading_of(entry.source, self.settings.timezone)
        with door(self.store.folder):
            if self.known(tables.sha256, reading):
                return "known"
            number, anew = self._place_of(tables.sha256)
            ledger = Ledger(
                number=number,
                sha256=tables.sha256,
                path=entry.name,
                reading=reading,
                format=tables.format,
                system=tables.source,
                observed_at=None if pd.isna(tables.observed_at) else tables.observed_at.isoformat(),
                rows=tables.rows,
                filtered=tables.filtered,
                warnings=tables.warnings,
                unread=tables.unread,
                source=mappings,
                parts={},
            )
            keep_export(self.store, tables, ledger)
        return "read anew" if anew else "kept"

    def _place_of(self, sha256: str) -> tuple[int, bool]:
        """The number for an export, and whether the store has it already, as read otherwise."""
        files = ledger_files(self.store.folder)
        # Of many exports, those are looked at that another writer has added meanwhile.
        for file in files:
            if file.stem not in self.numbers:
                self.numbers[file.stem] = read_ledger(file).number
        if sha256 in {file.stem for file in files}:
            return self.numbers[sha256], True
        self.numbers[sha256] = max(self.numbers.values(), default=0) + 1
        return self.numbers[sha256], False


def ingest(
    store: Location, *paths: Location, config: Location | None = None, buckets: int = BUCKETS
) -> pd.DataFrame:
    """Keep exports in a store, each one once, so that what they say outlives them.

    `store` is a folder, which is made when it does not exist. `paths` are files, folders or globs,
    `config` the configuration whose mappings hold for them; without a path its exports are
    ingested. `buckets` says into how many folders the items of a new store are divided; a store
    keeps the number that it began with. Read a store with `pma.read`.

    Returns one row per file: path, outcome, rows, items, incidents, rejects and detail. The outcome
    is kept, known (the store has it), read anew (the store had it, as other mappings read it), left
    out (no export) or unreadable. Raises InputError when no file could be read, and UsageError when
    the store cannot be written; what it held before is then as it was.

    Examples:
        >>> import tempfile
        >>> import pmanalytics as pma
        >>> export = pma.sample_folder() / "gitlab-issues.csv"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     first = ingest(f"{folder}/store", export)
        ...     again = ingest(f"{folder}/store", export)
        >>> first["outcome"].tolist(), again["outcome"].tolist()
        (['kept'], ['known'])
    """
    if not 1 <= buckets <= MOST_BUCKETS:
        raise UsageError(f"A store has 1 to {MOST_BUCKETS:,} buckets, not {buckets:,}.")
    settings, inputs = _named(paths, config)
    folder = Path(store)
    with door(folder):
        writer = _Writer(made_store(folder, buckets=buckets), settings)
    rows, failures = [], []
    for entry in inputs:
        try:
            rows.append(_ingested(entry, writer))
        except InputError as problem:
            failures.append(problem)
            rows.append({"path": entry.name, "outcome": "unreadable", "detail": str(problem)})
    if failures and len(failures) == len(rows):
        raise failures[0]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _named(paths: tuple[Location, ...], config: Location | None) -> tuple[Settings, list[Input]]:
    if not paths and config is None:
        raise UsageError("Name the exports to ingest, or a configuration that does.")
    if paths:
        settings, inputs = inputs_at(list(paths), config)
    else:
        settings, inputs = exports_of(Path(str(config)))
    inputs = [entry for entry in inputs if entry.ledger is None]
    if not inputs:
        places = ", ".join(map(str, paths)) or str(config)
        raise InputError(f"There is no export in {places}; name a file, a folder or a glob.")
    return settings, inputs


def _ingested(entry: Input, writer: _Writer) -> dict[str, object]:
    """What became of one file."""
    reading, _ = reading_of(entry.source, writer.settings.timezone)
    digest = _digest(entry.path)
    if digest and writer.known(digest, reading):
        return {"path": entry.name, "outcome": "known"}
    if not entry.source.tracker and open_catalog(entry.path, name=entry.name):
        return {"path": entry.name, "outcome": "left out", "detail": NO_EXPORT}
    tables = read_file(entry.path, source=entry.source, settings=writer.settings, name=entry.name)
    if not set(OF_EXPORTS) & set(tables.tables):
        return {"path": entry.name, "outcome": "left out", "detail": NO_EXPORT}
    return {
        "path": entry.name,
        "outcome": writer.keep(tables, entry),
        "rows": tables.rows,
        "items": len(tables.tables.get("items", ())),
        "incidents": len(tables.tables.get("incidents", ())),
        "rejects": len(tables.rejects),
        "detail": " ".join(tables.warnings) or None,
    }


def _digest(path: Path) -> str:
    """The hash of a file, or nothing where it cannot be read: reading it will say why."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
