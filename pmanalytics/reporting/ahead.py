"""What a worker read and opened before it forked for the notebooks of a batch.

All of it is kept by the folder that this process is in, because a path of a configuration means
something else in another one. In every other process there is nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pmanalytics.datasets import Dataset, read
from pmanalytics.reporting.beside import begun
from pmanalytics.reporting.shipped import SAMPLE_FOLDER, shipped_folder

if TYPE_CHECKING:
    from pmanalytics.reporting.opening import Report

__all__ = ["keep_opened", "opened_ahead", "read_ahead", "read_all"]

Openings = Iterable[Mapping[str, str]]

_READ: Final[dict[tuple[str, str], Dataset]] = {}
_OPENED: Final[dict[tuple[str, str, str, str], "Report"]] = {}


def read_ahead(config: str) -> Dataset | None:
    """The data, where they were read ahead."""
    return _READ.get((str(Path.cwd()), config))


def opened_ahead(config: str, period: str, as_of: str) -> "Report | None":
    """The report, where it was opened ahead."""
    return _OPENED.get((str(Path.cwd()), config, period, as_of))


def read_all(openings: Openings) -> dict[str, Dataset]:
    """The data of each configuration that is named, read once; none for what cannot be read."""
    found = {}
    for config in dict.fromkeys(opening["config"] for opening in openings):
        # What is wrong will be said by the cell that reads it again.
        with suppress(Exception):
            found[config] = read(config or shipped_folder(SAMPLE_FOLDER))
    return found


def keep_opened(openings: Openings, data: Mapping[str, Dataset]) -> None:
    """Open reports ahead, for the forks of this process that open the same ones.

    Each of `openings` holds config, period and as_of, and is that of one report; `data` are what
    `read_all` gave for them. The same data are checked once.
    """
    from pmanalytics.checks import check

    here = str(Path.cwd())
    _READ.update({(here, config): known for config, known in data.items()})
    # The check takes about as long as the snapshot, and needs none.
    checking = {config: begun(partial(check, known)) for config, known in data.items()}
    opened = {}
    for way, reports in Counter(_Way(**opening) for opening in openings).items():
        # What is wrong will be said by the cell that opens it again; others are well.
        with suppress(Exception):
            opened[way] = _opened(data[way.config], way, several=reports > 1)
    found = {config: checked() for config, checked in checking.items()}
    for way, report in opened.items():
        _OPENED[here, *way] = replace(report, found=found[way.config])


class _Way(NamedTuple):
    """How a report is opened."""

    config: str
    period: str
    as_of: str


def _opened(data: Dataset, way: _Way, *, several: bool) -> "Report":
    """The report, with what its notebook and the workbook beside it would both work out.

    Where several reports are opened so, also with what each of their workbooks would.
    """
    from pmanalytics.metrics.gap_rules import gap_flags
    from pmanalytics.metrics.recurrence import owed_before
    from pmanalytics.metrics.similarity import similar_incidents
    from pmanalytics.reporting.behind.spans import known_before
    from pmanalytics.reporting.opening import open_report

    # It takes as long as the snapshot, and nearly every report compares the two.
    before = begun(partial(known_before, data, period=way.period, as_of=way.as_of))
    report = open_report(way.config, period=way.period, as_of=way.as_of)
    gap_flags(report.snapshot)
    if several:
        similar_incidents(report.snapshot)
    report = replace(report, before=before())
    for known in filter(None, (report.snapshot, report.before)):
        owed_before(known)
    return report
