"""Writing: a file appears whole or not at all, whatever ends the program that writes it.

It is written under a hidden name beside its place and put there at the end. A full disk or a killed
program leaves the older file as it was.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["new_file", "to_disk", "whole_file"]


@contextmanager
def whole_file(path: Path, *, beside: Path | None = None) -> Iterator[Path]:
    """Give a place to write a file to, which takes the place of `path` at the end.

    What was written is on the disk before it is seen. After an error nothing has changed. An older
    file hands its permissions down, and where `path` is a link, what it leads to is replaced. The
    place is `beside`, for those who let one program write at a time and clear away what a killed
    one left there; else a name that no other program has chosen. Raises OSError when the place
    cannot be written.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     place = Path(folder) / "a.txt"
        ...     with whole_file(place) as written:
        ...         _ = written.write_text("new")
        ...     place.read_text(), len(list(Path(folder).iterdir()))
        ('new', 1)
    """
    place = Path(os.path.realpath(path))
    written = beside or _beside(place)
    try:
        yield written
        with written.open("rb+") as file:
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            shutil.copymode(place, written)
        written.replace(place)
    except BaseException:
        with suppress(OSError):
            written.unlink(missing_ok=True)
        raise
    to_disk(place.parent)


def to_disk(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system lets a folder be opened."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def new_file(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole; raises FileExistsError when it is there."""
    written = _beside(path)
    try:
        written.write_bytes(content)
        _link(written, path, content)
    finally:
        written.unlink(missing_ok=True)


def _link(written: Path, path: Path, content: bytes) -> None:
    """A link is made only where there is nothing, which a renaming does not look at."""
    try:
        os.link(written, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        with path.open("xb") as file:
            file.write(content)


def _beside(path: Path) -> Path:
    """A hidden name that no other program has chosen."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
