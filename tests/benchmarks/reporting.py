"""Whole reports on 100,000 rows, against an empty notebook and the plain read; and the help."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import nbformat
import pandas as pd

from tests.benchmarks import worlds
from tests.benchmarks.measures import Line, seconds

__all__ = ["helping", "reporting", "teams"]

ROWS = 100_000
TEAM_REPORTS = """
import sys
from pmanalytics.reporting import Job, make_reports
config, output, *teams = sys.argv[1:]
jobs = [Job("team", settings={"team": team}, period="2026Q3") for team in teams]
done = make_reports(*jobs, config=config, output=output, force=True)
assert len(done.made) == len(teams), done.failed
"""
QUARTER = ("pmanalytics", "report", "quarterly", "--period", "2026Q3", "--force", "--output")


def reporting(folder: Path) -> Iterator[Line]:
    """The quarterly report on a large company and on the sample."""
    config = worlds.write_company(folder / "company", rows=ROWS)
    empty = folder / "empty.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")]), empty)
    papermill = ["papermill", "--no-progress-bar", "-k", "python3", empty, folder / "out.ipynb"]
    bare = _started(*papermill)
    export = folder / "company" / "jira.csv"
    plain = seconds(lambda: pd.read_csv(export, low_memory=False), times=2)
    cost = _started(*QUARTER, folder / "reports", "--config", config)
    what = f"quarterly report on {ROWS:,} rows"
    yield Line(what, cost, {"papermill + read_csv": bare + plain})
    cost = _started(*QUARTER, folder / "reports", "--sample")
    yield Line("quarterly report on the sample", cost, {"papermill": bare})


def teams(folder: Path) -> Iterator[Line]:
    """Twenty reports on one team each, in one batch, against one such report."""
    config = worlds.write_company(folder / "company", rows=ROWS)

    def batch(number: int) -> None:
        asked = [config, folder / "reports", *worlds.TEAMS[:number]]
        command = [sys.executable, "-c", TEAM_REPORTS, *asked]
        subprocess.run(command, check=True, capture_output=True)

    one = seconds(lambda: batch(1))
    yield Line("20 team reports", seconds(lambda: batch(20), times=2), {"one team report": one})


def helping(_: Path) -> Iterator[Line]:
    """The help of the command line, against a Python that does nothing."""
    cost = _started("pmanalytics", "--help", times=5)
    yield Line("pmanalytics --help", cost, {"python -m this": _started("this", times=5)})


def _started(*command: object, times: int = 3) -> float:
    """The best time of a module that is run as a program."""
    whole = [sys.executable, "-m", *map(str, command)]
    work = partial(subprocess.run, whole, check=True, capture_output=True)
    return seconds(work, times=times)
