"""Writers that die: `python dying.py STORE EXPORT STEP` ingests in processes that are killed.

Each dies before one of its changes to the folder of the store, the first before the first, the next
before the one STEP further on, until one lives. After each death the store is read.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pmanalytics as pma
from pmanalytics.errors import PmanalyticsError

CHANGES = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir")
KILLED = 9


def dying_before(number: int, folder: Path) -> Callable[[str, tuple[Any, ...]], None]:
    """Count the changes below a folder, and end the process before the given one."""
    counted = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal counted
        if event not in CHANGES or str(folder) not in str(arguments[0]):
            return
        if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            return
        counted += 1
        if counted == number:
            os._exit(KILLED)

    return hook


def died(store: Path, export: Path, number: int) -> bool:
    """Ingest in a process of its own that dies before a change; whether it did."""
    process = os.fork()
    if process == 0:
        sys.addaudithook(dying_before(number, store))
        pma.ingest(store, export)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert code in (0, KILLED), code
    return code == KILLED


def held(store: Path) -> int:
    """How many items somebody who reads now finds; no store yet is none."""
    try:
        return len(pma.read(store).items)
    except PmanalyticsError:
        return 0


def main(store: Path, export: Path, step: int) -> None:
    """Print the numbers of items that were found after the deaths, each once, and the deaths."""
    seen, number, deaths = set(), 1, 0
    while died(store, export, number):
        seen.add(held(store))
        number += step
        deaths += 1
    print(sorted(seen), held(store), deaths)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
