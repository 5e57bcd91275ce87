"""Writers that die: `python -m tests.store.dying STORE EXPORT STEP` ingests in processes that are killed.

Each dies before one of its changes to the folder of the store, the first before the first, the next
before the one STEP further on, until one lives. After each death the store is read.
"""

import sys
from functools import partial
from pathlib import Path

import pmanalytics as pma
from pmanalytics.errors import PmanalyticsError
from tests.deaths import died


def held(store: Path) -> int:
    """How many items somebody who reads now finds; no store yet is none."""
    try:
        return len(pma.read(store).items)
    except PmanalyticsError:
        return 0


def main(store: Path, export: Path, step: int) -> None:
    """Print the numbers of items that were found after the deaths, each once, and the deaths."""
    seen, number, deaths = set(), 1, 0
    while died(partial(pma.ingest, store, export), store, number):
        seen.add(held(store))
        number += step
        deaths += 1
    print(sorted(seen), held(store), deaths)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
