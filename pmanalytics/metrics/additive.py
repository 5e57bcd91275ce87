"""Additive metrics: those whose tables are made of counts that add up over parts of the items.

Such a metric is two functions. The first one counts a part of the items, the second one makes the
table of the sum, so that data too large for one process are measured part by part, and one part is
the whole. Of every frame of counts all columns but the last one are keys; a part that lacks a key
has counted nothing there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.metrics.grouping import By, group_columns, sums
from pmanalytics.periods import Kind
from pmanalytics.snapshots import Snapshot

__all__ = [
    "COUNT",
    "Additive",
    "Context",
    "Counts",
    "add_counts",
    "context_of",
    "counted",
    "flagged",
    "flags_of",
]

# The one column of counts. Marks of our own begin with the same stroke: no group column does.
COUNT: Final = "_count"
FLAGS: Final = "_flags"

# Frames of counts by name, the same names and columns for every part, also for an empty one.
Counts = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Context:
    """What a table needs to know beside the counts: the same for all parts, also for empty ones."""

    as_of: date
    kind: Kind


@dataclass(frozen=True)
class Additive:
    """A metric by its two functions: the counts of a part, and the table of their sum.

    `counts` takes a snapshot, the group columns, and the options of the metric as keywords; `table`
    takes counts, the group columns and a `Context`.
    """

    name: str
    counts: Callable[..., Counts]
    table: Callable[[Counts, list[str], Context], pd.DataFrame]

    def measure(self, snapshot: Snapshot, by: By, **options: Any) -> pd.DataFrame:
        """The table of a snapshot that is in memory: counted as one part."""
        names = group_columns(by, snapshot.items)
        counts = self.counts(snapshot, names, **options)
        return self.table(counts, names, context_of(snapshot))


def context_of(snapshot: Snapshot) -> Context:
    """The context of a snapshot; its items do not matter, and it may have none."""
    kind = snapshot.period.grouping if snapshot.period else "quarter"
    return Context(snapshot.as_of, kind)


def counted(groups: pd.DataFrame, marks: Mapping[str, np.ndarray | pd.Series]) -> pd.DataFrame:
    """How many rows there are of each group and combination of marks.

    `groups` holds the group columns, `marks` one value for each of its rows, by names that begin
    with a stroke. Without either there is one row, even of nothing.

    Examples:
        >>> counted(pd.DataFrame({"team": ["b", "a", "b"]}), {"_late": np.array([1, 0, 1])})
          team  _late  _count
        0    a      0       1
        1    b      1       2
    """
    # As arrays of pandas, because texts become costly objects as those of NumPy.
    keys = groups.assign(**{name: getattr(each, "array", each) for name, each in marks.items()})
    return sums(keys, {COUNT: np.ones(len(keys), dtype=np.int64)})


def flagged(groups: pd.DataFrame, flags: Mapping[str, np.ndarray | pd.Series]) -> pd.DataFrame:
    """How many rows there are of each group and combination of flags, of which 60 may be given.

    Examples:
        >>> counts = flagged(pd.DataFrame(index=range(3)), {"met": [1, 0, 1], "late": [0, 0, 1]})
        >>> {name: flag.tolist() for name, flag in flags_of(counts, ["met", "late"]).items()}
        {'met': [False, True, True], 'late': [False, False, True]}
    """
    combination = np.zeros(len(groups), dtype=np.int64)
    for place, values in enumerate(flags.values()):
        combination |= np.asarray(values, dtype=np.int64) << place
    return counted(groups, {FLAGS: combination})


def flags_of(counts: pd.DataFrame, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Which rows of counts have which flags, by the names that were given in this order."""
    combination = counts[FLAGS].to_numpy()
    return {name: (combination >> place & 1).astype(bool) for place, name in enumerate(names)}


def add_counts(parts: Iterable[Counts]) -> Counts:
    """Add up the counts of parts, in any order; sums may be added again.

    Examples:
        >>> part = {"items": pd.DataFrame({"team": ["a", None], "_count": [2, 1]})}
        >>> add_counts([part, part])["items"]["_count"].tolist()
        [4, 2]
    """
    frames: dict[str, list[pd.DataFrame]] = {}
    for part in parts:
        for name, frame in part.items():
            frames.setdefault(name, []).append(frame)
    together = {name: pd.concat(each, ignore_index=True) for name, each in frames.items()}
    return {
        name: sums(frame.drop(columns=COUNT), {COUNT: frame[COUNT]})
        for name, frame in together.items()
    }
