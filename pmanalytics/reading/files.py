"""Opening a file: what is no export is refused with one sentence that says what to do."""

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pmanalytics.errors import InputError

__all__ = ["LARGEST_FILE", "RawFile", "open_file", "web_page"]

# Everything is read in memory. The largest export that a tracker is known to write is far smaller.
LARGEST_FILE: Final = 4_000_000_000
_MAGIC: Final = (
    (
        b"\xd0\xcf\x11\xe0",
        "is an old or a password-protected workbook",
        "save it as .xlsx or CSV without a password",
    ),
    (b"\x1f\x8b", "is compressed with gzip", "unpack it first"),
    (b"BZh", "is compressed with bzip2", "unpack it first"),
    (b"\xfd7zXZ", "is compressed with xz", "unpack it first"),
    (b"%PDF", "is a PDF document", "export the data as CSV or JSON instead"),
    (b"\x89PNG", "is a picture", "export the data as CSV or JSON instead"),
)
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class RawFile:
    """The bytes of a file, how people call it, and the hash of the bytes.

    The hash is made beside whatever else is done, and waited for when it is asked for.
    """

    name: str
    content: bytes
    hashing: Future[str]

    @property
    def sha256(self) -> str:
        """The hash of the bytes, as hexadecimal digits."""
        return self.hashing.result()


def open_file(path: Path, *, name: str, remedy: str = "") -> RawFile:
    """Read the bytes of an export.

    `name` is how messages call the file, `remedy` what they advise when it is of another kind, in
    place of the advice that holds for exports. Raises InputError when it is missing, no plain file,
    empty, too large, an old workbook, a document or compressed. Workbooks (zip archives) and web
    pages are opened: `workbooks` and `markup` look for tables in them.
    """
    content = _bytes(path, name)
    start = content[:4096].removeprefix(_BYTE_ORDER_MARK)
    if not start.strip():
        raise InputError(f"{name} is empty; {remedy or 'export it again'}.")
    for magic, meaning, advice in _MAGIC:
        if content.startswith(magic):
            raise InputError(f"{name} {meaning}; {remedy or advice}.")
    return RawFile(name, content, _hashing(content))


def _hashing(content: bytes) -> Future[str]:
    beside = ThreadPoolExecutor(max_workers=1)
    found = beside.submit(lambda: hashlib.sha256(content).hexdigest())
    beside.shutdown(wait=False)
    return found


def web_page(name: str) -> InputError:
    """The error of a web page that holds no table of a tracker."""
    return InputError(
        f"{name} is a web page and not an export, often the login page of the tracker; "
        "log in there and export it again as CSV or JSON."
    )


def _bytes(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"{name} is a folder; name a file in it.")
        if path.exists() and not path.is_file():
            raise InputError(f"{name} is not a plain file; name an export.")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise InputError(
                f"{name} is larger than {LARGEST_FILE / 1e9:.0f} GB; export a shorter range of "
                "dates, in several files."
            )
        return path.read_bytes()
    except OSError as problem:
        raise InputError(
            f"{name} cannot be read ({problem.strerror}); check the path and its permissions."
        ) from problem
