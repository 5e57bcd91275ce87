"""Writing: files appear whole or not at all, whatever ends the program that writes them.

They are written under hidden names beside their places and put there at the end. A full disk or a
killed program leaves the older files as they were. What a killed program left beside them is known
by its lock, which ended with the program, and is cleared away by the next one that writes there.
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

__all__ = ["new_file", "to_disk", "whole_file", "whole_files"]

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:
    LOCKS = False  # what killed programs left stays there
else:
    LOCKS = True

LOCK: Final = ".pmanalytics.lock"


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
    with _replacing([path], (lambda _: _removed(beside)) if beside else _beside) as (written,):
        yield written


@contextmanager
def whole_files(paths: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """Give places to write several files to, which belong together, and replace all at the end.

    Each is as with `whole_file`. All are on the disk before the first is seen, so that an error
    before then changes none; whoever is killed between two leaves whole files, of which some are
    older. Of two programs that write the same files, one puts all of its own there before the
    other. Raises OSError when a place cannot be written.
    """
    with _replacing(paths, _beside) as written:
        yield written


@contextmanager
def _replacing(
    paths: Sequence[Path], beside: Callable[[Path], AbstractContextManager[Path]]
) -> Iterator[tuple[Path, ...]]:
    places = [Path(os.path.realpath(path)) for path in paths]
    with ExitStack() as parts:
        written = tuple(parts.enter_context(beside(place)) for place in places)
        yield written
        for part, place in zip(written, places, strict=True):
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            with suppress(FileNotFoundError):
                shutil.copymode(place, part)
            # Nothing takes the place of a folder; after the first renaming that would be too late.
            if place.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
        with _alone(places[0].parent):
            for part, place in zip(written, places, strict=True):
                part.replace(place)
    for folder in {place.parent for place in places}:
        to_disk(folder)


@contextmanager
def _removed(part: Path) -> Iterator[Path]:
    """A place that nobody else writes to, where nothing is left at the end."""
    try:
        yield part
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """A new hidden file, of a name that no other program has chosen; what killed ones left goes."""
    with ExitStack() as held:
        with _alone(place.parent):
            _clear(place)
            part = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
            number = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
            held.callback(os.close, number)
            if LOCKS:
                _lock(number)
            else:
                held.close()  # there, what is open cannot be renamed
        with _removed(part):
            yield part


def _clear(place: Path) -> None:
    """Remove what killed programs left beside a place: what nobody holds the lock of any more."""
    ours = re.compile(rf"\.{re.escape(place.name)}\.[0-9a-f]{{8}}\.part")
    for left in place.parent.iterdir() if LOCKS else ():
        if ours.fullmatch(left.name):
            with suppress(OSError), _opened(left) as number:
                flock(number, LOCK_EX | LOCK_NB)
                left.unlink()


@contextmanager
def _opened(place: Path, flags: int = 0) -> Iterator[int]:
    """Open what lies in a place to lock it, without waiting for the other end of a pipe."""
    number = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | flags, 0o666)
    try:
        yield number
    finally:
        os.close(number)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other programs from beginning and from renaming in a folder; that takes a moment only.

    The folder itself is not locked: whoever starts this program may have done so.
    """
    place = folder / LOCK
    with ExitStack() as held:
        # A lock that another user's killed program left may be out of reach.
        with suppress(PermissionError):
            if LOCKS:
                held.enter_context(_locked(place))
                held.enter_context(_removed(place))
        yield


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Hold the lock on a file that its holders remove, so that it may be gone when it is had."""
    while True:
        with _opened(place, os.O_CREAT) as number:
            _lock(number)
            if _leads_to(place, number):
                yield
                return


def _leads_to(place: Path, number: int) -> bool:
    """Whether a path is that of an open file; a file system in a network may miscount its links."""
    try:
        return os.path.samestat(os.fstat(number), place.lstat())
    except FileNotFoundError:
        return False


def _lock(number: int) -> None:
    with suppress(OSError):  # a file system without locks
        flock(number, LOCK_EX)


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
    with _beside(path) as written:
        written.write_bytes(content)
        _link(written, path, content)


def _link(written: Path, path: Path, content: bytes) -> None:
    """A link is made only where there is nothing, which a renaming does not look at."""
    try:
        os.link(written, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        with path.open("xb") as file:
            file.write(content)
