"""Files: opened once, hashed, and refused when they are not what exports are."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pmanalytics.errors import InputError

__all__ = ["OpenedFile", "open_file"]

LARGEST: Final = 4 * 1024**3
WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
PARQUET: Final = b"PAR1"


@dataclass(frozen=True)
class OpenedFile:
    """The bytes of a file, what people call it, and the hash that names its content."""

    name: str
    data: bytes
    sha256: str

    @property
    def is_parquet(self) -> bool:
        """The bytes are a Parquet file."""
        return self.data.startswith(PARQUET)


def open_file(path: Path, *, name: str) -> OpenedFile:
    """Read the bytes of an export.

    Raises InputError for what cannot be opened, is empty, too large, a workbook or a web page: each
    would otherwise be read as a table of nonsense.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{name} is larger than 4 GB; export it in several parts.")
        data = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror
        raise InputError(f"{name} cannot be read ({reason}); check the path.") from problem
    if not data.strip():
        raise InputError(f"{name} is empty; export it again.")
    if data.startswith(WORKBOOKS):
        raise InputError(f"{name} is an Excel workbook, which is not read; save it as CSV.")
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        raise InputError(
            f"{name} holds a web page and no export, perhaps a login page; sign in and export it "
            "again."
        )
    return OpenedFile(name, data, hashlib.sha256(data).hexdigest())
