"""Deaths: work that is done in a process which is ended before one of its changes to a folder."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHANGES = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir")
KILLED = 9


def dying_before(number: int, folder: Path) -> Callable[[str, tuple[Any, ...]], None]:
    """Count the changes below a folder, and end the process before the given one."""
    counted = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal counted
        if event not in CHANGES:
            return
        # A tree is removed by names relative to open folders.
        within = event in ("os.remove", "os.rmdir") and arguments[1] != -1
        if not within and str(folder) not in str(arguments[0]):
            return
        if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            return
        counted += 1
        if counted == number:
            os._exit(KILLED)

    return hook


def died(work: Callable[[], object], folder: Path, number: int) -> bool:
    """Do some work in a process of its own that dies before a change; whether it did."""
    process = os.fork()
    if process == 0:
        sys.addaudithook(dying_before(number, folder))
        work()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert code in (0, KILLED), code
    return code == KILLED
