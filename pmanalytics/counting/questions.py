"""Questions: what is asked of every part of a store, and the tables of what they answer.

Whoever counts the parts, the processes of a machine or a cluster, asks the same question of each.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

import pandas as pd

from pmanalytics.counting.kin import Kin
from pmanalytics.counting.parts import Whole, read_part
from pmanalytics.errors import UsageError
from pmanalytics.metrics import ADDITIVE
from pmanalytics.metrics.additive import Counts, context_of
from pmanalytics.metrics.grouping import By, group_columns
from pmanalytics.snapshots import Snapshot, as_day, default_as_of, demand_data, snapshot_of_part
from pmanalytics.store.parts import Selection

__all__ = [
    "NOTHING",
    "Asked",
    "Question",
    "Task",
    "ask",
    "counted_part",
    "judged_part",
    "known_names",
]

# What is done with each part: a function of the store and the part.
Task = Callable[[Whole, Selection], Mapping[str, Counts]]

NOTHING: Final = Selection()


@dataclass(frozen=True)
class Question:
    """What is asked of every part: the names of metrics, the day, the period, and the groups."""

    names: tuple[str, ...]
    as_of: date
    period: str | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Asked:
    """A question to a store, with the snapshot of it that has no items."""

    question: Question
    whole: Whole
    kin: Kin
    unasked: Snapshot

    @property
    def task(self) -> Task:
        """What counts one part."""
        return partial(counted_part, question=self.question, derived=self.kin.derived)

    def counted_nothing(self) -> Mapping[str, Counts]:
        """The counts of no items, which have the columns and types of all others.

        An unfit question is told here, before a part was counted.
        """
        return self.task(self.whole, NOTHING)

    def tables(self, sums: Mapping[str, Counts]) -> dict[str, pd.DataFrame]:
        """The tables of the counts of all parts together."""
        by, context = list(self.question.by), context_of(self.unasked)
        return {name: ADDITIVE[name].table(sums[name], by, context) for name in self.question.names}


def ask(
    whole: Whole,
    kin: Kin,
    names: Sequence[str],
    *,
    as_of: str | date | None = None,
    period: str | None = None,
    by: By = None,
) -> Asked:
    """Ask for the tables of some metrics.

    Raises UsageError for groups, a day or a period that do not fit.
    """
    data = read_part(whole, NOTHING, derived=kin.derived)
    # The number of items that each file gives in all.
    nothing = replace(data, files=data.files.assign(items=pd.array(kin.items, dtype="Int64")))
    day = as_day(as_of) if as_of else default_as_of(nothing)
    demand_data(kin.created, day, zone=whole.settings.timezone)
    unasked = snapshot_of_part(nothing, as_of=day, period=period)
    groups = tuple(group_columns(by, unasked.items))
    return Asked(Question(tuple(names), day, period, groups), whole, kin, unasked)


def counted_part(
    whole: Whole, part: Selection, *, question: Question, derived: pd.DataFrame
) -> dict[str, Counts]:
    """The counts of one part for every metric that is asked for, by its name.

    `derived` are the incidents that labels made of all items. Counts of parts of which each item is
    in exactly one (see `Kin.parts`) add up to those of the whole.
    """
    judged = judged_part(whole, part, question=question, derived=derived)
    return {name: ADDITIVE[name].counts(judged, list(question.by)) for name in question.names}


def judged_part(
    whole: Whole, part: Selection, *, question: Question, derived: pd.DataFrame
) -> Snapshot:
    """The snapshot of one part on the day, and for the period, of a question."""
    data = read_part(whole, part, derived=derived)
    return snapshot_of_part(data, as_of=question.as_of, period=question.period)


def known_names(names: Iterable[str], *, of: Iterable[str]) -> tuple[str, ...]:
    """The names of metrics, each once, or all that there are; raises UsageError for others."""
    possible, chosen = tuple(of), tuple(dict.fromkeys(names))
    for name in chosen:
        if name not in possible:
            raise UsageError(
                f"{name!r} is no metric that is counted in parts; these are {', '.join(possible)}."
            )
    return chosen or possible
