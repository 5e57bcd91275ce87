"""Appending: decisions are added to the end of their file; nothing that stands there is changed.

The file is the memory of what was decided, and people also write in it by hand. So its own columns,
separator and line ends are kept, a row that is there already is not written again, and a file that
cannot be read whole is not written to. The longer file is written beside it, read back, and put in
its place, so that a full disk or a lost process leaves either the old file or the whole new one.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import pandas as pd
from filelock import FileLock, Timeout

from pmanalytics.datasets import Dataset
from pmanalytics.decisions import faults
from pmanalytics.errors import InputError, UsageError, nearest
from pmanalytics.exchange import as_csv
from pmanalytics.settings import Settings, Source
from pmanalytics.tables import TABLES, conform, empty
from pmanalytics.trackers import read_file
from pmanalytics.writing import whole_file

__all__ = ["Rows", "recorder", "sound_rows"]

COLUMNS: Final = TABLES["decisions"].names
NEEDED: Final = ("decided_on", "subject", "kind")
SEPARATORS: Final = (",", ";", "\t")
# Where the sample lies, as `sample_folder` looks for it.
PACKAGE: Final = Path(__file__).resolve().parent
SHIPPED: Final = tuple(folder / "data" / "sample" for folder in (PACKAGE, PACKAGE.parent))
WAIT: Final = 60  # seconds that a second writer waits for a first one
Rows: TypeAlias = pd.DataFrame | Iterable[Mapping[str, Any]]


@contextmanager
def recorder(place: Dataset | str | Path) -> Iterator[Callable[[Rows], pd.DataFrame]]:
    """Keep all others from writing to the decisions file, and hand out what adds decisions to it.

    Whoever reads the file inside this context and then adds to it knows that nothing came between.
    What is handed out takes decisions, and takes, returns and raises what `record_decisions` does.
    """
    file, settings = _file(place)
    with _saying_why(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(file.with_name(f".{file.name}.lock"), timeout=WAIT)
        lock.acquire()
    try:
        yield partial(_added, file, settings=settings)
    finally:
        lock.release()


@contextmanager
def _saying_why(file: Path) -> Iterator[None]:
    """Turn what the system says against writing to a file into a sentence."""
    try:
        yield
    except Timeout as problem:
        raise InputError(
            f"Another program has been writing to {file.name} for {WAIT} seconds; end it, or try "
            "again later."
        ) from problem
    except OSError as problem:
        raise InputError(
            f"The decisions cannot be written to {file.name} ({problem.strerror}); make it "
            "writable, or name another file."
        ) from problem


def _file(place: Dataset | str | Path) -> tuple[Path, Settings]:
    if not isinstance(place, Dataset):
        return Path(place), Settings()
    if not place.settings.decisions:
        raise UsageError(
            "The configuration names no file for decisions; write decisions = "
            '"decisions.csv" into it.'
        )
    if place.settings.folder.resolve() in SHIPPED:
        raise UsageError(
            "The sample is a part of pmanalytics and stays as it is; write one of your own with "
            "'pmanalytics sample DIR', and decide there."
        )
    return place.settings.folder / place.settings.decisions, place.settings


def sound_rows(decisions: Rows) -> pd.DataFrame:
    """The rows as the table, each one saying all that its kind needs."""
    frame = decisions if isinstance(decisions, pd.DataFrame) else pd.DataFrame(list(decisions))
    for name in frame:
        if name not in COLUMNS:
            raise UsageError(f"Decisions have no column {name!r}{nearest(str(name), COLUMNS)}")
    rows = conform(frame.reset_index(drop=True), "decisions")
    for place, detail in faults(rows):
        raise UsageError(f"Decision {place + 1} cannot be recorded: {detail}")
    return rows


def _added(file: Path, decisions: Rows, *, settings: Settings) -> pd.DataFrame:
    rows = sound_rows(decisions)
    with _saying_why(file):
        held = file.read_bytes() if file.exists() else b""
        if held.strip():
            text, header, separator = _layout(held, file)
            known = _known(file, settings, name=file.name)
        else:
            held, text, header, separator, known = b"", "", COLUMNS, ",", empty("decisions")
        _check_columns(rows, header, file)
        fresh = _fresh(rows, known)
        if len(fresh):
            lines = _added_text(text, fresh, header, separator=separator)
            _replace(file, held + lines, settings=settings, known=known, fresh=fresh)
    return fresh


def _check_columns(rows: pd.DataFrame, header: Iterable[str], file: Path) -> None:
    for name in COLUMNS:
        if name not in header and rows[name].notna().any():
            raise InputError(
                f"{file.name} has no column {name}, which these decisions need; add it to its "
                "first line."
            )


def _added_text(text: str, fresh: pd.DataFrame, header: Sequence[str], *, separator: str) -> bytes:
    """What comes behind the text of a file."""
    end = next((end for end in ("\r\n", "\n", "\r") if end in text), "\n")
    start = "" if not text or text.endswith(("\n", "\r")) else end
    head = "" if text else separator.join(header) + end
    return (start + head + _lines(fresh, header, separator=separator, end=end)).encode("utf-8")


def _replace(
    file: Path, content: bytes, *, settings: Settings, known: pd.DataFrame, fresh: pd.DataFrame
) -> None:
    """Put a longer file in the place of the old one, if it is read as it is meant."""
    if file.exists():
        # What cannot be written to is not replaced either.
        file.open("ab").close()
    with whole_file(file) as beside:
        beside.write_bytes(content)
        found = _known(beside, settings, name=file.name)
        if len(found) != len(known) + len(fresh) or len(_fresh(fresh, found)):
            raise InputError(
                f"{file.name} would not be read as these decisions mean it; look for quotes in its "
                "last rows that are not closed, and mend them."
            )


def _layout(held: bytes, file: Path) -> tuple[str, list[str], str]:
    """The text of the file, its columns and its separator."""
    try:
        text = held.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError(f"{file.name} is not in UTF-8; save it as CSV in UTF-8.") from problem
    for separator in SEPARATORS:
        header = next(csv.reader(io.StringIO(text, newline=None), delimiter=separator), [])
        if set(NEEDED) <= set(header):
            if _ends_quoted(text, separator):
                raise InputError(f"{file.name} ends inside a quoted cell; mend its last row first.")
            return text, header, separator
    raise InputError(
        f"{file.name} does not begin with the columns of decisions; its first line must hold "
        f"{', '.join(NEEDED)}."
    )


def _ends_quoted(text: str, separator: str) -> bool:
    """Whether a line that comes next would be a part of the last cell.

    Quotes are not counted, because one inside a cell, as in 5" disk, opens nothing.
    """
    rows = csv.reader(io.StringIO(f"{text}\n{NEEDED[0]}", newline=""), delimiter=separator)
    return deque(rows, maxlen=1)[0] != [NEEDED[0]]


def _known(file: Path, settings: Settings, *, name: str) -> pd.DataFrame:
    """The decisions that the file holds, as reading takes them."""
    found = read_file(file, source=Source(), settings=settings, name=name)
    if "decisions" not in found.tables:
        raise InputError(f"{name} is no table of decisions; name another file.")
    return conform(found.tables["decisions"], "decisions")


def _fresh(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The rows that are not known, each once."""
    together = pd.concat([known, rows], ignore_index=True)
    said = together.assign(**{n: together[n].str.strip() for n in COLUMNS if n not in _DAYS})
    new = ~said.fillna({n: "" for n in COLUMNS if n not in _DAYS}).duplicated()
    return rows[new.to_numpy()[len(known) :]].reset_index(drop=True)


_DAYS: Final = ("decided_on", "until")


def _lines(rows: pd.DataFrame, header: Sequence[str], *, separator: str, end: str) -> str:
    """The rows in the order of a header; columns that are not ours stay empty."""
    written = csv.DictReader(io.StringIO(as_csv(rows)))
    lines = io.StringIO()
    writer = csv.DictWriter(
        lines, header, restval="", extrasaction="ignore", delimiter=separator, lineterminator=end
    )
    writer.writerows(written)
    return lines.getvalue()
