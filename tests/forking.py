"""Work in forks of the process of the tests, which has everything loaded already."""

import os
from collections.abc import Callable

__all__ = ["at_once", "forked", "succeeded"]


def forked(work: Callable[[], object]) -> int:
    """Begin some work in a process of its own; returns the number of it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def succeeded(child: int) -> bool:
    """Wait for the end of a process; whether its work was done."""
    return os.waitpid(child, 0)[1] == 0


def at_once(*works: Callable[[], object]) -> None:
    """Do each work in a process of its own, all at the same time; none may fail."""
    children = [forked(work) for work in works]
    assert [succeeded(child) for child in children] == [True] * len(works)
