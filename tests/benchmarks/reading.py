"""Reading exports, everything checked, against making nothing of them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import read_file
from tests.benchmarks import worlds
from tests.benchmarks.measures import Line, peak, seconds

__all__ = ["floors_of", "reading"]

JIRA_ROWS = 1_000_000
GITHUB_ISSUES = 100_000
READING = (
    "from pathlib import Path\n"
    "from pmanalytics.settings import Settings, Source\n"
    "from pmanalytics.trackers import read_file"
)


def reading(folder: Path) -> Iterator[Line]:
    """A large CSV and a large JSON, with the memory that each takes."""
    file = folder / "jira.csv"
    worlds.write_jira(file, rows=JIRA_ROWS)
    cost = seconds(_reads(file), times=3)
    yield Line(f"read {JIRA_ROWS:,} Jira rows of 60 columns", cost, floors_of(file))
    yield _memory(f"memory: read {JIRA_ROWS:,} Jira rows", file)
    file.unlink()
    file = folder / "github.json"
    worlds.write_github(file, issues=GITHUB_ISSUES)
    floor = seconds(lambda: json.loads(file.read_bytes()), times=3)
    cost = seconds(_reads(file), times=3)
    yield Line(f"read {GITHUB_ISSUES:,} GitHub issues", cost, {"json.load": floor})
    yield _memory(f"memory: read {GITHUB_ISSUES:,} GitHub issues", file)


def floors_of(file: Path, *, times: int = 2) -> dict[str, float]:
    """What pandas takes to read a CSV and make nothing of it: as text, and as it guesses."""
    return {
        "read_csv(dtype=str)": seconds(
            lambda: pd.read_csv(file, dtype=str, keep_default_na=False), times=times
        ),
        "read_csv": seconds(lambda: pd.read_csv(file, low_memory=False), times=times),
    }


def _reads(file: Path) -> Callable[[], object]:
    return lambda: read_file(file, source=Source(), settings=Settings(), name=file.name)


def _memory(what: str, file: Path) -> Line:
    """How much memory reading a file takes at most, against the size of the file."""
    work = f"read_file(Path({str(file)!r}), source=Source(), settings=Settings(), name='x')"
    used = peak(READING, work) - peak(READING, "pass")
    return Line(what, used, {"the file": file.stat().st_size / 1e6}, unit="MB")
