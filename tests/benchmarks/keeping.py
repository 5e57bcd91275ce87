"""Keeping an export in a store, and reading it from there, against making nothing of the export."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pmanalytics as pma
from tests.benchmarks import worlds
from tests.benchmarks.measures import Line, seconds
from tests.benchmarks.reading import JIRA_ROWS, floors_of

__all__ = ["keeping"]


def keeping(folder: Path) -> Iterator[Line]:
    """A large CSV on its way into a store, and back."""
    file = folder / "jira.csv"
    worlds.write_jira(file, rows=JIRA_ROWS)
    floors = floors_of(file)
    store = folder / "store"

    def keep() -> None:
        shutil.rmtree(store, ignore_errors=True)
        pma.ingest(store, file)

    yield Line(f"keep {JIRA_ROWS:,} Jira rows in a store", seconds(keep, times=2), floors)
    cost = seconds(lambda: pma.read(store), times=2)
    yield Line(f"read {JIRA_ROWS:,} Jira rows from a store", cost, floors)
