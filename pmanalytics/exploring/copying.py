"""The exploration notebooks, copied into a folder of the user's, where they are hers to change.

A copy remembers in its metadata the hash of the cells it was made with. As long as they still have
it nobody changed them, however often they were run, and a newer version of the notebook may take
their place; otherwise the copy is never touched.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Final

from pmanalytics.errors import UsageError
from pmanalytics.reporting.notebooks import PARAMETERS_TAG
from pmanalytics.reporting.shipped import shipped_folder
from pmanalytics.writing import whole_file

__all__ = ["copy_notebooks"]

FOLDER: Final = "notebooks/lab"
MARK: Final = "pmanalytics"
CONFIG: Final = 'config: str = ""'


def copy_notebooks(
    folder: str | Path = "lab", *, config: str | Path | None = None
) -> dict[str, str]:
    """Copy the exploration notebooks into a folder, and never over an edited one.

    `config` is the configuration, or the folder of exports, that the copies open; without one they
    open the sample organisation. It is written into their cell of parameters, relative to `folder`
    where it lies above it. Gives for each notebook what became of it: `added`, `refreshed` (an
    older copy that nobody had edited), `unchanged`, or `edited` (left as it is). Raises UsageError
    when the folder cannot be written.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     copy_notebooks(folder)["explore_completion.ipynb"]
        'added'
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        address = _address(config, place)
        sources = sorted(shipped_folder(FOLDER).glob("*.ipynb"))
        return {source.name: _copy(source, place / source.name, address) for source in sources}
    except OSError as problem:
        reason = (problem.strerror or "it is no folder").lower()
        raise UsageError(
            f"The folder {str(folder)!r} cannot be written ({reason}); name another one."
        ) from problem


def _copy(source: Path, copy: Path, config: str) -> str:
    notebook = json.loads(source.read_text(encoding="utf-8"))
    if config:
        _configure(notebook, config)
    made = _fingerprint(notebook)
    notebook["metadata"][MARK] = {"cells": made}
    if copy.is_symlink() or copy.exists():
        now, then = _known(copy)
        if now == made:
            return "unchanged"
        if now is None or now != then:
            return "edited"
        _write(copy, notebook)
        return "refreshed"
    _write(copy, notebook)
    return "added"


def _configure(notebook: dict[str, Any], config: str) -> None:
    """Let a notebook open another configuration: its value is written as a Python literal."""
    for cell in notebook["cells"]:
        if PARAMETERS_TAG in cell["metadata"].get("tags", ()):
            text = "".join(cell["source"]).replace(CONFIG, f"config: str = {config!r}", 1)
            cell["source"] = text.splitlines(keepends=True)


def _known(copy: Path) -> tuple[str | None, str | None]:
    """The hash that the cells of a copy have, and the one they had when it was made."""
    try:
        notebook = json.loads(copy.read_text(encoding="utf-8"))
        return _fingerprint(notebook), notebook["metadata"].get(MARK, {}).get("cells")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None, None


def _fingerprint(notebook: dict[str, Any]) -> str:
    """What a person may have edited: kinds and texts of the cells, without outputs and counts."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _address(config: str | Path | None, folder: Path) -> str:
    """The configuration as the notebooks name it: their working folder is their own."""
    if not config:
        return ""
    named, below = Path(config).resolve(), folder.resolve()
    if below.is_relative_to(named.parent):
        return Path(os.path.relpath(named, below)).as_posix()
    return str(named)


def _write(copy: Path, notebook: dict[str, Any]) -> None:
    """Write a copy as a whole, so that a run that is stopped leaves no half of one."""
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    with whole_file(copy) as written:
        written.write_text(text, encoding="utf-8", newline="\n")
