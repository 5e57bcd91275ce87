"""What a worker read and opened before it forked for the notebooks of a batch.

All of it is kept by the folder that this process is in, because a path of a configuration means
something else in another one. In every other process there is nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pmanalytics.datasets import Dataset, read
from pmanalytics.reporting.beside import begun
from pmanalytics.reporting.shipped import SAMPLE_FOLDER, shipped_folder

if TYPE_CHECKING:
    from pmanalytics.reporting.opening import Report

__all__ = ["keep_opened", "opened_ahead", "read_ahead"]

_READ: Final[dict[tuple[str, str], Dataset]] = {}
_OPENED: Final[dict[tuple[str, str, str, str], "Report"]] = {}


def read_ahead(config: str) -> Dataset | None:
    """The data, where they were read ahead."""
    return _READ.get((str(Path.cwd()), config))


def opened_ahead(config: str, period: str, as_of: str) -> "Report | None":
    """The report, where it was opened ahead."""
    return _OPENED.get((str(Path.cwd()), config, period, as_of))


def keep_opened(openings: Iterable[Mapping[str, str]]) -> None:
    """Open reports ahead, for the forks of this process that open the same ones.

    Each of `openings` holds config, period and as_of, and something under `several` where more than
    one notebook opens it. The same files are read and checked once.
    """
    from pmanalytics.checks import check
    from pmanalytics.reporting.opening import open_report

    here, checked = str(Path.cwd()), {}
    for opening in openings:
        config, period, as_of = (opening[name] for name in ("config", "period", "as_of"))
        if config not in checked:
            _READ[here, config] = read(config or shipped_folder(SAMPLE_FOLDER))
            # The check takes about as long as the snapshot, and needs none.
            checking = begun(partial(check, _READ[here, config]))
        report = open_report(config, period=period, as_of=as_of)
        if config not in checked:
            checked[config] = checking()
        report = replace(report, found=checked[config])
        _OPENED[here, config, period, as_of] = _ready(report) if opening.get("several") else report


def _ready(report: "Report") -> "Report":
    """The report with what each of several notebooks would work out again."""
    from pmanalytics.metrics.gap_rules import gap_flags
    from pmanalytics.metrics.pairing import find_pairs

    gap_flags(report.snapshot)
    find_pairs(report.snapshot)
    if not report.has_previous:
        return report
    find_pairs(report.previous)
    return replace(report, before=report.previous)
