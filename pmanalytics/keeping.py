"""Keeping what was worked out from a snapshot, for as long as the snapshot lives.

A snapshot never changes, and a report asks several times for the same costly thing: which incidents
are pairs, which items have gaps.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from pmanalytics.snapshots import Snapshot

__all__ = ["kept"]

T = TypeVar("T")


def kept(function: Callable[[Snapshot], T]) -> Callable[[Snapshot], T]:
    """Work something out once per snapshot; whoever gets it must not change it.

    Examples:
        >>> import pmanalytics as pma
        >>> calls = []
        >>> counted = kept(lambda q: calls.append(q) or q.items[["state"]])
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> counted(q3) is counted(q3), len(calls)
        (True, 1)
    """
    known: WeakKeyDictionary[Snapshot, T] = WeakKeyDictionary()

    @wraps(function)
    def once(snapshot: Snapshot) -> T:
        found = known.get(snapshot)
        if found is None:
            found = known[snapshot] = function(snapshot)
        return found

    return once
