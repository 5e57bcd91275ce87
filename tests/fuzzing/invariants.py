"""What holds whatever a file holds: a sentence or sound tables, every row in one, and an end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from pmanalytics.datasets import Dataset
from pmanalytics.errors import PmanalyticsError
from pmanalytics.trackers import FileTables

# The time of the processor, which a busy machine does not lengthen. Nothing small takes as long.
LONGEST = 20.0
COUNTED = ("items", "incidents", "filtered", "duplicates", "rejects")


class HangError(Exception):
    """Work on one small input took longer than any input may."""


@contextmanager
def refused_in_a_sentence(*names: str) -> Iterator[None]:
    """Let an error of ours pass when it is one sentence, and it has one of the names in it."""
    try:
        yield
    except PmanalyticsError as problem:
        sentence = str(problem)
        assert "\n" not in sentence.strip(), sentence
        assert sentence.strip().endswith((".", "?")), sentence
        assert not names or any(name in sentence for name in names), sentence


@contextmanager
def in_time(seconds: float = LONGEST) -> Iterator[None]:
    """Raise HangError in what takes more of the processor's time than that."""

    def stop(signal_number: int, frame: FrameType | None) -> None:
        raise HangError(f"more than {seconds} seconds of the processor")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def keeps_its_rows(found: FileTables) -> None:
    """Every row of a file is in a table, filtered or rejected."""
    kept = sum(map(len, found.tables.values()))
    assert found.rows == kept + found.filtered + len(found.rejects)


def keeps_all_rows(data: Dataset) -> None:
    """Every row of every file is in a table, filtered, a duplicate or rejected."""
    files = data.files[data.files["format"].notna()]
    assert (files["rows"] == files[list(COUNTED)].sum(axis=1)).all()
    assert files["items"].sum() == len(data.items)
    assert files["rejects"].sum() == data.rejects["rule"].ne("unreadable").sum()
    assert files["duplicates"].sum() >= len(data.observations)
