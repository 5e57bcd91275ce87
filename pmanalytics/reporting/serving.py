"""The process that runs notebooks: it imports everything once, then forks for every report.

A fork begins with the packages loaded and, if it was asked for, with the data read; it ends with
its report, so that nothing that a notebook changes reaches another one. This process starts no
thread of its own, and what pandas and pyarrow start survives a fork.
"""

import gc
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Final

from pmanalytics.datasets import Dataset
from pmanalytics.reporting.ahead import Openings, keep_opened, read_all
from pmanalytics.reporting.beside import allow_forks, begun

__all__ = ["serve", "serve_alone"]

# What the notebooks use that ship with the package.
LOADED: Final = (
    "metrics", "publication", "exchange", "prospects", "charts", "workbook",
    "reporting.showing.exhibits", "reporting.showing.fronts", "reporting.contents.choices",
    "reporting.behind.measures", "reporting.saving",
)  # fmt: skip

ORDER: Final = "order.json"  # in the folder for temporary files


def serve(number: int, folder: str) -> None:
    """Fork a child for each channel that comes through the socket of this number.

    The order to begin with is JSON on standard input. When the other end is closed, this process
    and all its children end at once, and the folder for its temporary files goes: whoever made it
    may have been killed.
    """
    control = socket.socket(fileno=number)
    # Whatever is made until the first fork stays: looking through it for garbage finds none.
    gc.disable()
    allow_forks()
    # Reading takes as long as loading the rest, and needs none of it.
    reading = begun(partial(_read, Path(folder, ORDER)))
    _load()
    ordered = reading()
    if ordered is not None:  # else whoever started this is gone already
        _leave_terminal()
        _open(*ordered)
        _fork_for_each(control)
    _end_all(folder)


def _end_all(folder: str) -> None:
    """End this process and its children, and then remove the folder, when nobody writes there."""
    group = os.getpgrp()
    if os.fork() == 0:
        os.setsid()
        os.killpg(group, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)
    signal.pause()


def _fork_for_each(control: socket.socket) -> None:
    """Fork for each channel until the other end is closed."""
    gc.freeze()
    gc.enable()
    # Children that ended are nobody's business: their channel says so.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while (channel := _received(control)) is not None:
        if os.fork() == 0:
            _be_child(control, channel)
        os.close(channel)


def serve_alone() -> None:
    """Run one notebook in this process, for systems that cannot fork."""
    # Not through sys.stdin, which would read on beyond the first line.
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _load()
    order = json.loads(incoming.readline())
    _leave_terminal()
    _open(order, read_all(order))
    _talk(incoming, outgoing)


def _read(kept: Path) -> tuple[Openings, dict[str, Dataset]] | None:
    """The order, and the data that it names, if there is an order.

    It can be heard once only, and is kept in a file for the case that the fork which heard it died.
    """
    line = kept.read_text("utf-8") if kept.is_file() else sys.stdin.readline()
    if not line:
        return None
    kept.write_text(line, "utf-8")
    order = json.loads(line)
    return order, read_all(order)


def _received(control: socket.socket) -> int | None:
    message, channels, _, _ = socket.recv_fds(control, 1, 1)
    return channels[0] if message and channels else None


def _be_child(control: socket.socket, number: int) -> None:
    status = 1
    try:
        control.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.set_inheritable(number, False)  # noqa: FBT003 it takes no name
        import numpy as np

        np.random.seed()  # otherwise every report would throw the same dice
        with socket.socket(fileno=number) as channel:
            # A process that a notebook forks has no part in this: the end of the notebook's own
            # process shows, whoever stays.
            os.register_at_fork(after_in_child=partial(_lead_nowhere, number))
            _talk(channel.makefile("rb"), channel.makefile("wb"))
        status = 0
    finally:
        os._exit(status)


def _leave_terminal() -> None:
    """What a library prints past Python's streams reaches nobody."""
    _lead_nowhere(0, 1)


def _lead_nowhere(*numbers: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in numbers:
        os.dup2(nowhere, number)
    os.close(nowhere)


def _load() -> None:
    """Load what notebooks use."""
    from pmanalytics.reporting.shells import new_shell

    new_shell()
    for name in LOADED:
        import_module(f"pmanalytics.{name}")


def _open(openings: Openings, data: Mapping[str, Dataset]) -> None:
    """Open the reports that notebooks will open."""
    # What is wrong will be said by the cell that opens it again.
    with suppress(Exception):
        keep_opened(openings, data)


def _talk(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Run the cells that come in, one JSON text a line; the first line says where."""
    from pmanalytics.reporting.shells import Shell, keep_prints, run_cell

    shell = Shell.instance()
    keep_prints(shell)

    def tell(line: str) -> None:
        outgoing.write(line.encode() + b"\n")
        outgoing.flush()

    os.chdir(json.loads(incoming.readline()))
    sys.path.insert(0, "")
    tell(json.dumps(os.getpid()))
    for line in incoming:
        tell(run_cell(shell, json.loads(line)))
