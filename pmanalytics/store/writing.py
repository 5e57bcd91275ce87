"""Writing to a store: whole exports or nothing, whatever happens meanwhile.

Every file is written beside its place, brought to the disk and renamed; the ledger comes last. One
process at a time writes, and the next one that does removes what a killed one left behind. Readers
need no lock: they see what ledgers name.
"""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyarrow as pa
from filelock import FileLock, Timeout

from pmanalytics.errors import UsageError
from pmanalytics.store.layout import MANIFEST, NEW, Store, is_store, open_store
from pmanalytics.store.ledgers import Ledger, kept_exports
from pmanalytics.store.parts import held_tables, parquet, parts_of
from pmanalytics.trackers.model import FileTables
from pmanalytics.writing import to_disk, whole_file

__all__ = ["door", "keep_export", "made_store"]

LOCK: Final = ".lock"
WAIT: Final = 600  # seconds that a second writer waits for a first one
AT_ONCE: Final = 2  # parts that are written at a time
_OURS: Final = re.compile(r"[0-9a-f]{64}-[0-9a-f]{8}\.parquet")


@contextmanager
def door(folder: Path) -> Iterator[None]:
    """Let one process at a time write to a store, whose folder is made when it is missing.

    Raises UsageError when another one does not let go, and when the disk refuses; what the store
    held before is then as it was.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=WAIT):
            yield
    except Timeout as problem:
        raise UsageError(
            f"Another program has been writing to the store {str(folder)!r} for {WAIT} seconds; "
            "end it, or try again later."
        ) from problem
    except (OSError, pa.ArrowException) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise UsageError(
            f"The store {str(folder)!r} cannot be written ({reason}); make room or make it "
            "writable, and ingest again; what it held is as it was."
        ) from problem


def made_store(folder: Path, *, buckets: int) -> Store:
    """Open a store, or make it, and remove what killed writers left. Needs the door.

    Raises UsageError when the folder holds something else.
    """
    if not is_store(folder):
        strange = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
        if strange:
            raise UsageError(
                f"{str(folder)!r} holds {strange[0]!r} and is no store; name an empty folder, or "
                "one that does not exist."
            )
        made = Store(folder, buckets)
        _put(folder, Path(MANIFEST), made.written().encode())
    store = open_store(folder)
    _heal(store)
    return store


def _heal(store: Store) -> None:
    """Remove the files that were not finished, and the parts that no ledger names."""
    for left in store.folder.rglob(f"{NEW}-*"):
        left.unlink(missing_ok=True)
    named = {
        place
        for ledger in kept_exports(store.folder)
        for places in ledger.parts.values()
        for place in places
    }
    for part in store.folder.rglob("*.parquet"):
        # What somebody else put there does not count either, but it stays.
        if _OURS.fullmatch(part.name) and part.relative_to(store.folder).as_posix() not in named:
            part.unlink(missing_ok=True)


def keep_export(store: Store, tables: FileTables, ledger: Ledger) -> Ledger:
    """Keep an export: its parts, and at last its ledger, which is returned with them.

    Needs the door. Parts of an earlier reading of the same file go once they are no longer named.
    """
    stem = f"{ledger.sha256}-{ledger.reading}"
    places: dict[str, tuple[str, ...]] = {}
    try:
        for table, frame in held_tables(tables).items():
            parts = dict(parts_of(frame, table, store=store, export=ledger.sha256, stem=stem))
            places[table] = tuple(parts)
            _put_parts(store.folder, parts)
    except BaseException:
        # Room is wanted at once where the disk is full; what is left after all is healed later.
        for place in (place for found in places.values() for place in found):
            with suppress(OSError):
                (store.folder / place).unlink(missing_ok=True)
        raise
    whole = replace(ledger, parts=places)
    _put(store.folder, whole.place, whole.written().encode("utf-8", "surrogatepass"))
    return whole


def _put_parts(folder: Path, parts: Mapping[str, pa.Table]) -> None:
    """Write parts, one of them while another one is on its way to the disk."""

    def put(place: str) -> None:
        _put(folder, Path(place), parquet(parts[place]))

    with ThreadPoolExecutor(AT_ONCE) as hands:
        # The first one that fails is raised here, and those not yet begun are given up.
        list(hands.map(put, parts))


def _put(folder: Path, place: Path, content: bytes | pa.Buffer) -> None:
    """Write a file beside its place, bring it to the disk, and rename it into its place."""
    target = folder / place
    _make(target.parent)
    with whole_file(target, beside=target.with_name(f"{NEW}-{target.name}")) as written:
        written.write_bytes(content)


def _make(folder: Path) -> None:
    """Make a folder, each of its new parents known to the disk."""
    if not folder.exists():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        to_disk(folder.parent)
