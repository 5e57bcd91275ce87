"""Opening a workbook that came back: never written to, and never trusted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from pmanalytics.errors import InputError
from pmanalytics.reading.files import open_file
from pmanalytics.reading.sheets import Sheet
from pmanalytics.reading.workbooks import (
    has_comments,
    looks_like_workbook,
    read_workbook,
    saved_at,
)

__all__ = ["UNCOMPUTED", "Opened", "open_edited"]

REMEDY: Final = "save the workbook as .xlsx, without a password and without macros"
# Stands where a formula has no value. No cell can hold a text with this sign.
UNCOMPUTED: Final = "\0a formula without a value"


@dataclass(frozen=True, eq=False)
class Opened:
    """A file: the hash of its bytes, when it was saved, its sheets, and if it has comments."""

    name: str
    sha256: str
    saved_at: datetime | None
    sheets: tuple[Sheet, ...]
    comments: bool


def open_edited(path: Path, *, skipped: Callable[[Sequence[str]], bool]) -> Opened:
    """Read the sheets of a workbook, hidden ones too.

    A sheet is left out when `skipped` says so of its first filled row. A formula without a saved
    value is read as UNCOMPUTED. Raises InputError when the file is missing, a folder, empty,
    damaged, encrypted, of another format, with macros, or larger than any workbook.
    """
    name = str(path)
    raw = open_file(path, name=name, remedy=REMEDY)
    if not looks_like_workbook(raw.content):
        raise InputError(f"{name} is no .xlsx workbook, whatever its name says; {REMEDY}.")
    if path.suffix.lower() in (".xlsm", ".xltm", ".xlam"):
        raise InputError(f"{name} is a workbook that may hold macros; {REMEDY}.")
    sheets, _ = read_workbook(
        raw.content, name=name, remedy=REMEDY, uncomputed=UNCOMPUTED, skipped=skipped
    )
    moment, comments = saved_at(raw.content), has_comments(raw.content)
    return Opened(path.name, raw.sha256, moment, tuple(sheets), comments)
