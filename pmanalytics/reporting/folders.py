"""Folders that appear whole or not at all.

A report is written into a folder of its own beside the final one, the old report is renamed away
and the new one renamed in. A run that was killed leaves hidden folders behind; the next run finds
out by their locks, which end with a process however it ends, and puts things right. Every rename
below one output folder is made under one lock, because reports on subjects lie within others.
"""

import glob
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

__all__ = ["door", "heal", "publish", "slug", "staging", "tidy"]

LOCK: Final = ".lock"
NEW: Final = ".new-"
OLD: Final = ".old-"
MARK: Final = "manifest.json"
WAIT: Final = 300  # seconds that a second run waits for the renames of a first one
LONGEST_NAME: Final = 60
OLD_REPORT: Final = "report"
_OURS: Final = re.compile(r"\.(?:new|old)-[a-z0-9_]{8}$")  # as mkdtemp ends a name


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
def door(output: Path) -> Iterator[None]:
    """Let one run at a time rename below an output folder.

    Raises UsageError when another run does not let go, or when the folder cannot be written.
    """
    try:
        with FileLock(output / LOCK, timeout=WAIT):
            yield
    except Timeout as problem:
        raise UsageError(
            f"Another run has been writing into {str(output)!r} for {WAIT} seconds; try again."
        ) from problem
    except OSError as problem:
        raise _unwritable(output, problem) from problem


@contextmanager
def staging(output: Path, name: str) -> Iterator[Path]:
    """Give a new hidden folder in `output` to write a report into; it is gone afterwards.

    Makes `output` when it is missing. What killed runs left there is put right first. Raises
    UsageError in one sentence when the folder cannot be written, before any work is done.
    """
    made = _make(output)
    # Two runs that start at once must not take each other's new folder for a stale one.
    with door(output):
        _put_right(output)
        folder = Path(tempfile.mkdtemp(prefix=f".{name}{NEW}", dir=output))
        lock = FileLock(folder / LOCK)
        lock.acquire()
        # The umask decides who may read a report, not the private mode of mkdtemp.
        folder.chmod(0o777 & ~_umask())
    try:
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)
        _unmake(made)


def _unmake(made: list[Path]) -> None:
    """Remove the folders that were made for a report that did not come about."""
    for folder in made:
        # Another run that made the same ones at the same time may have removed them.
        with suppress(OSError):
            if all(left.name == LOCK for left in folder.iterdir()):
                (folder / LOCK).unlink(missing_ok=True)
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


def tidy(output: Path) -> None:
    """Put right what killed runs left below an output folder, which need not exist."""
    if output.is_dir():
        with door(output):
            _put_right(output)


def _put_right(output: Path) -> None:
    for left in _left(output, f".*{NEW}*"):
        lock = FileLock(left / LOCK, timeout=0)
        with suppress(Timeout, OSError), lock:
            shutil.rmtree(left, ignore_errors=True)
    # A report on a subject may have been left within a report that was left itself.
    for depth in ("*", "*/*"):
        for left in _left(output, f"{depth}/.*{OLD}*"):
            if {held.name for held in left.iterdir()} <= {OLD_REPORT}:
                heal(left.parent / left.name[1:].rpartition(OLD)[0])


def _left(output: Path, pattern: str) -> list[Path]:
    """The hidden folders that bear a name of ours: an output folder may hold others as well.

    Hidden folders are not looked into, and folders may vanish meanwhile: other runs clear away
    their own whenever they are done.
    """
    found = sorted(output / name for name in glob.glob(pattern, root_dir=output))  # noqa: PTH207
    return [path for path in found if _OURS.search(path.name) and path.is_dir()]


def publish(written: Path, folder: Path) -> None:
    """Put a folder that `staging` gave in the place of `folder`, which may hold an older report.

    Reports on subjects, in folders beneath the older one, are kept. Raises UsageError when the
    place cannot be written; the older report is then still there.
    """
    with door(written.parent):
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            heal(folder)
            _swap(written, folder)
            (folder / LOCK).unlink(missing_ok=True)
        except OSError as problem:
            raise _unwritable(folder, problem) from problem


def _swap(written: Path, folder: Path) -> None:
    if not folder.exists():
        written.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}{OLD}", dir=folder.parent)) / OLD_REPORT
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
    for left in sorted(folder.parent.glob(f".{folder.name}{OLD}*")):
        old = left / OLD_REPORT
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
