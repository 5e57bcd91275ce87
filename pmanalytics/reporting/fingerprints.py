"""The fingerprint of a report: one text for everything that a report is made from.

Two reports with the same fingerprint have the same bytes, so that a report need not be made again.
What was asked for counts as it was asked: the same files give the same last quarter.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import pmanalytics
from pmanalytics.reporting.manifest import MANIFEST, versions
from pmanalytics.reporting.notebooks import Notebook
from pmanalytics.reporting.shipped import SAMPLE_FOLDER, shipped_folder

__all__ = ["Inputs", "fingerprint"]

UNREADABLE: Final = "unreadable"


@dataclass(frozen=True)
class Inputs:
    """The files that a report would be made from now; `config` as in `open_report`."""

    config: str | None = None

    @cached_property
    def hashes(self) -> tuple[tuple[str, str], ...]:
        """The name and the SHA-256 of each file, the configuration included, in order.

        Raises what finding the files raises: ConfigurationError, and InputError where a pattern
        fits nothing.
        """
        # This brings pandas; until here a report needs none.
        from pmanalytics.inputs import configuration_at, inputs_at

        place = Path(self.config) if self.config else shipped_folder(SAMPLE_FOLDER)
        _, inputs = inputs_at([place], None)
        files = [
            (entry.name, entry.ledger.sha256 if entry.ledger else _hash(entry.path))
            for entry in inputs
        ]
        if configured := configuration_at(place):
            files.append((configured.name, _hash(configured)))
        return tuple(sorted(files))

    def find(self) -> None:
        """Look at the files now; raises what `hashes` raises."""
        _ = self.hashes

    def hold(self, files: Iterable[Mapping[str, Any]]) -> bool:
        """Whether all that a report read is still what it was when it was looked at here."""
        known = {digest for _, digest in self.hashes}
        return {file["sha256"] for file in files if file.get("sha256")} <= known


def fingerprint(
    notebook: Notebook, asked: Mapping[str, Any], inputs: Inputs, *, paths: Iterable[Path] = ()
) -> str:
    """Say in one text what a report is made from.

    `asked` is what was asked for, as JSON values; `paths` are further files, or folders of earlier
    reports, that it depends on. Raises what `Inputs.hashes` raises.
    """
    made_from = {
        "report": notebook.name,
        "notebook": _hash(notebook.path),
        "asked": dict(asked),
        "inputs": inputs.hashes,
        "paths": [_hash(path / MANIFEST if path.is_dir() else path) for path in paths],
        "versions": versions(),
        "code": _code(),
    }
    return _digest(json.dumps(made_from, sort_keys=True).encode())


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return UNREADABLE


@cache
def _code() -> str:
    """What this package itself is: in a checkout it changes without a new version."""
    package = Path(pmanalytics.__file__).parent
    files = [path for path in sorted(package.rglob("*")) if path.suffix != ".pyc"]
    return _digest("".join(_hash(path) for path in files if path.is_file()).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
