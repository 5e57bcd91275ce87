"""The manifest: what a report was made from, with which versions, and what its folder holds.

It names no clock and no path of the machine, so that the same input gives the same manifest.
"""

import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pmanalytics
from pmanalytics.reporting.story import Story

__all__ = ["MANIFEST", "manifest_json"]

MANIFEST: Final = "manifest.json"
SCHEMA: Final = 1
PACKAGES: Final = ("pandas", "numpy", "pyarrow", "plotly", "papermill", "nbclient", "ipykernel")
COUNTED: Final = (
    "path", "format", "source", "sha256", "observed_at", "rows", "items", "incidents", "filtered",
    "duplicates", "rejects",
)  # fmt: skip


def manifest_json(story: Story, folder: Path, *, name: str) -> str:
    """Describe a report and every file in its folder, as JSON text.

    It is written last: a folder with a manifest is whole.
    """
    about = story.about
    described: dict[str, Any] = {
        "schema": SCHEMA,
        "status": "complete",
        "report": name,
        "title": story.title,
        "subject_name": about.get("subject", ""),
        "parameters": dict(story.parameters),
        **{
            key: about.get(key)
            for key in ("organisation", "sample", "period", "as_of", "timezone", "policy", "counts")
        },
        "inputs": [{key: file.get(key) for key in COUNTED} for file in about.get("files", ())],
        "warnings": about.get("warnings", []),
        "reject_count": about.get("reject_count", 0),
        "unread_files": about.get("unread_files", []),
        "versions": _versions(),
        "files": [_file(path, folder) for path in _written(folder)],
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "pmanalytics": pmanalytics.__version__}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


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
