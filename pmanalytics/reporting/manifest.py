"""The manifest: what a report was made from, with which versions, and what its folder holds.

Its fingerprint says whether the report would be the same if it were made again. It names no clock
and no path of the machine, so that the same input gives the same manifest.
"""

import hashlib
import json
import platform
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pmanalytics
from pmanalytics.reporting.showing.story import Story

__all__ = ["MANIFEST", "is_whole", "manifest_json", "read_manifest", "versions"]

MANIFEST: Final = "manifest.json"
SCHEMA: Final = 1
PACKAGES: Final = (
    "pandas", "numpy", "pyarrow", "scipy", "plotly", "papermill", "ipython", "jinja2", "mistune",
    "xlsxwriter", "holidays",
)  # fmt: skip
COUNTED: Final = (
    "path", "format", "source", "sha256", "observed_at", "rows", "items", "incidents", "filtered",
    "duplicates", "rejects",
)  # fmt: skip


def manifest_json(
    story: Story, folder: Path, *, name: str, options: Mapping[str, Any], fingerprint: str = ""
) -> str:
    """Describe a report and every file in its folder, as JSON text.

    `options` are what was set for this report alone. It is written last: a folder with a manifest
    is whole.
    """
    about = story.about
    described: dict[str, Any] = {
        "schema": SCHEMA,
        "status": "complete",
        "report": name,
        "title": story.title,
        "subject": about.get("subject", ""),
        "options": dict(options),
        "fingerprint": fingerprint,
        "parameters": dict(story.parameters),
        **{
            key: about.get(key)
            for key in ("organisation", "sample", "period", "as_of", "timezone", "policy", "counts")
        },
        "inputs": [{key: file.get(key) for key in COUNTED} for file in about.get("files", ())],
        "warnings": about.get("warnings", []),
        "reject_count": about.get("reject_count", 0),
        "unread_files": about.get("unread_files", []),
        "versions": versions(),
        "files": [_file(path, folder) for path in _written(folder)],
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def versions() -> dict[str, str]:
    """The versions of Python, of this package, and of the libraries that a report depends on."""
    found = {"python": platform.python_version(), "pmanalytics": pmanalytics.__version__}
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a report's folder, or None where there is none that can be read."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("status") == "complete" else None


def is_whole(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether a folder holds every file of its manifest, each to the byte."""
    try:
        return all(_told(file, folder) == file for file in manifest["files"])
    except (OSError, KeyError, TypeError, ValueError):
        return False


def _told(file: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What a folder holds in the place of a file; raises ValueError for a place elsewhere."""
    place = folder / file["path"]
    if not place.resolve().is_relative_to(folder.resolve()) or not place.is_file():
        raise ValueError(file["path"])
    return _file(place, folder)


def _written(folder: Path) -> list[Path]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in files if not path.name.startswith(".") and path.name != MANIFEST]


def _file(path: Path, folder: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {
        "path": path.relative_to(folder).as_posix(),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
