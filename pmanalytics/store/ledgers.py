"""Ledgers: one small JSON file for each export that a store keeps, which names its parts.

A ledger is written when all its parts are there, and replaced in one step; so an export is in the
store as a whole or not at all.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from pmanalytics.errors import InputError
from pmanalytics.settings import Source
from pmanalytics.store.layout import LEDGERS

__all__ = [
    "Ledger",
    "kept_exports",
    "ledger_files",
    "read_ledger",
    "read_source",
    "reading_of",
]

SCHEMA: Final = 1


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What a store keeps of one export.

    `number` is its place in the order in which exports came, `path` what people call the file,
    `reading` the digest of the mappings that it was read with (`source` holds them), `rows` to
    `unread` what reading it gave, and `parts` leads from each table that it holds to the places of
    its parts, which may be none.
    """

    number: int
    sha256: str
    path: str
    reading: str
    format: str
    system: str
    observed_at: str | None
    rows: int
    filtered: int
    warnings: tuple[str, ...]
    unread: tuple[str, ...]
    source: Mapping[str, Any]
    parts: Mapping[str, tuple[str, ...]]
    schema: int = SCHEMA

    @property
    def place(self) -> Path:
        """Where the ledger lies, relative to the store."""
        return Path(LEDGERS, f"{self.sha256}.json")

    def written(self) -> str:
        """The text of the ledger."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


def reading_of(source: Source, timezone: str) -> tuple[str, dict[str, Any]]:
    """What a file is read with, but for its place: a short digest, and the mappings themselves."""
    mappings = _checked(Source).dump_python(replace(source, path=()), mode="json")
    told = json.dumps([mappings, timezone], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:8], mappings


@cache
def _checked(kind: type) -> TypeAdapter[Any]:
    """What checks a value of a kind; it takes longer to make than to use."""
    return TypeAdapter(kind)


def read_source(ledger: Ledger) -> Source:
    """The mappings that an export was read with; raises InputError when they are damaged."""
    try:
        found: Source = _checked(Source).validate_python(ledger.source)
    except ValueError as problem:
        raise _damaged(ledger.place) from problem
    return found


def ledger_files(folder: Path) -> list[Path]:
    """The files of the ledgers of a store."""
    return sorted((folder / LEDGERS).glob("[!.]*.json"))


def read_ledger(file: Path) -> Ledger:
    """Read a ledger; raises InputError when it is damaged or of another version."""
    try:
        said = json.loads(file.read_text("utf-8"))
        ledger = _checked(Ledger).validate_python(said)
    except (OSError, ValueError, RecursionError) as problem:
        raise _damaged(file) from problem
    if ledger.schema != SCHEMA or file.stem != ledger.sha256:
        raise InputError(
            f"The ledger {file.name} of the store was written by another version of pmanalytics; "
            "use that one, or remove the ledger and ingest its export again."
        )
    return ledger


def _damaged(file: Path) -> InputError:
    return InputError(
        f"The ledger {file.name} of the store is damaged; remove it and ingest its export again."
    )


def kept_exports(folder: Path) -> list[Ledger]:
    """The ledgers of a store, in the order in which their exports came."""
    ledgers = [read_ledger(file) for file in ledger_files(folder)]
    return sorted(ledgers, key=lambda ledger: (ledger.number, ledger.sha256))
