"""Work done beside: in a fork where a process may fork, else when its result is asked for.

Only a process that runs a notebook for a report may: it has no threads of its own, and nobody else
uses it.
"""

import os
import pickle
from collections.abc import Callable
from threading import Event, Thread
from typing import Any, Final, TypeVar

__all__ = ["allow_forks", "begun", "forks_allowed"]

T = TypeVar("T")
_ALLOWED: list[bool] = []
SECONDS_BETWEEN_LOOKS: Final = 0.2


def allow_forks() -> None:
    """From now on, work that is begun in this process is done beside it."""
    _ALLOWED.append(True)


def forks_allowed() -> bool:
    """Whether work that is begun in this process is done beside it."""
    return bool(_ALLOWED)


def begun(work: Callable[[], T]) -> Callable[[], T]:
    """Begin some work, and return what waits for its result.

    Work that fails beside is done again here, so that its error is raised where it is asked for.

    Examples:
        >>> result = begun(lambda: 6 * 7)
        >>> result()
        42
    """
    if not forks_allowed():
        return work
    reading, writing = os.pipe()
    parent, number = os.getpid(), os.fork()
    if number == 0:
        Thread(target=_end_without, args=(parent,), daemon=True).start()
        _do(work, reading, writing)
    os.close(writing)

    def result() -> T:
        with os.fdopen(reading, "rb") as stream:
            content = stream.read()
        _, status = os.waitpid(number, 0)
        # It is the word of our own fork.
        return pickle.loads(content) if status == 0 else work()  # noqa: S301

    return result


def _end_without(parent: int) -> None:
    """End when the process is gone that asks for the result, as a notebook that was ended."""
    while os.getppid() == parent:
        Event().wait(SECONDS_BETWEEN_LOOKS)
    os._exit(1)


def _do(work: Callable[[], Any], reading: int, writing: int) -> None:
    status = 1
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as stream:
            pickle.dump(work(), stream)
        status = 0
    finally:
        os._exit(status)
