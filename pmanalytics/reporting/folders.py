"""Folders that appear whole or not at all.

A report is written into a folder of its own beside the final one, the old report is renamed away
and the new one renamed in. A run that was killed leaves hidden folders behind; the next run finds
out by their locks, which end with a process however it ends, and puts things right.
"""

import hashlib
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from pmanalytics.errors import UsageError

__all__ = ["heal", "publish", "slug", "staging"]

LOCK: Final = ".lock"
NEW: Final = ".{name}.new-"
OLD: Final = ".{name}.old-"
MARK: Final = "manifest.json"
WAIT: Final = 300  # seconds that a second run waits for the renames of a first one
LONGEST_NAME: Final = 60


def slug(text: str) -> str:
    """A name for a folder, made of letters, digits, dots, dashes and underscores only.

    Text that is such a name already stays as it is. All else gets a short hash, so that different
    texts never share a folder, and no text leads out of its folder.

    Examples:
        >>> slug("2026Q3"), slug("../../etc")
        ('2026Q3', 'etc-74ccf3c5')
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    cleaned = re.sub(r"[^A-Za-z0-9._-]+", "-", folded).strip(".-")[:LONGEST_NAME].rstrip(".-")
    if cleaned and cleaned == text:
        return cleaned
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{cleaned}-{digest}" if cleaned else digest


@contextmanager
def staging(output: Path, name: str) -> Iterator[Path]:
    """Give a new hidden folder in `output` to write a report into; it is gone afterwards.

    Makes `output` when it is missing. What killed runs left there is removed first. Raises
    UsageError in one sentence when the folder cannot be written, before any work is done.
    """
    made = _make(output)
    door = FileLock(output / LOCK, timeout=WAIT)
    try:
        # Two runs that start at once must not take each other's new folder for a stale one.
        with door:
            _remove_stale(output, name)
            folder = Path(tempfile.mkdtemp(prefix=NEW.format(name=name), dir=output))
            lock = FileLock(folder / LOCK)
            lock.acquire()
        # The umask decides who may read a report, not the private mode of mkdtemp.
        folder.chmod(0o777 & ~_umask())
    except OSError as problem:
        raise _unwritable(output, problem) from problem
    try:
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)
        _unmake(made)


def _unmake(made: list[Path]) -> None:
    """Remove the folders that were made for a report that did not come about."""
    for folder in made:
        if all(left.name == LOCK for left in folder.iterdir()):
            (folder / LOCK).unlink(missing_ok=True)
            with suppress(OSError):
                folder.rmdir()


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def _make(output: Path) -> list[Path]:
    """Make a folder and say which of its parents were made, innermost first."""
    missing = [place for place in (output, *output.parents) if not place.exists()]
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise _unwritable(output, problem) from problem
    return missing


def _unwritable(output: Path, problem: OSError) -> UsageError:
    reason = (problem.strerror or "it is no folder").lower()
    return UsageError(
        f"The folder {str(output)!r} cannot be written ({reason}); name another one with --output."
    )


def _remove_stale(output: Path, name: str) -> None:
    for left in output.glob(NEW.format(name=name) + "*"):
        lock = FileLock(left / LOCK, timeout=0)
        with suppress(Timeout, OSError), lock:
            shutil.rmtree(left, ignore_errors=True)


def publish(written: Path, folder: Path) -> None:
    """Put a written folder in the place of `folder`, which may hold an older report.

    Reports on subjects, in folders beneath the older one, are kept. Raises UsageError when the
    place cannot be written; the older report is then still there.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{folder.name}{LOCK}", timeout=WAIT):
            heal(folder)
            _swap(written, folder)
            (folder / LOCK).unlink(missing_ok=True)
    except Timeout as problem:
        raise UsageError(
            f"Another run has been writing {folder.name!r} for {WAIT} seconds; try again."
        ) from problem
    except OSError as problem:
        raise _unwritable(folder, problem) from problem


def _swap(written: Path, folder: Path) -> None:
    if not folder.exists():
        written.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=OLD.format(name=folder.name), dir=folder.parent)) / "report"
    folder.rename(old)
    try:
        written.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    _adopt(old, folder)
    shutil.rmtree(old.parent, ignore_errors=True)


def heal(folder: Path) -> None:
    """Finish what a killed run left half done: an old report comes back, or is cleared away."""
    for left in sorted(folder.parent.glob(OLD.format(name=folder.name) + "*")):
        old = left / "report"
        if old.exists() and not folder.exists():
            old.rename(folder)
        elif old.exists():
            _adopt(old, folder)
        shutil.rmtree(left, ignore_errors=True)
    (folder / LOCK).unlink(missing_ok=True)


def _adopt(old: Path, folder: Path) -> None:
    """Take over the reports on subjects that lie beneath an older report."""
    for mark in sorted(old.glob(f"*/{MARK}")):
        place = folder / mark.parent.name
        if not place.exists():
            mark.parent.rename(place)
