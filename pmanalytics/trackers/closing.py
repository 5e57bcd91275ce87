"""Closing: whether a ticket is open, done or dropped, when its columns do not agree about it.

Up to four signals tell the state: a resolution, a category that groups the statuses, the word of
the status, and a closing date. Each distinct combination is judged once. What the configuration
says of a word outranks everything; then the first signal of the tracker's order that says anything
decides, and a signal that contradicts it about being closed is counted in a warning. Closed is done
unless a word says dropped: a ticket whose category is Done and whose status is Won't do is dropped.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Signal, Words
from pmanalytics.trackers.vocabulary import (
    DROPPING_RESOLUTIONS,
    Distinct,
    distinct,
    fold_word,
    folded,
    known_state,
    quoted,
    unknown_words,
)

__all__ = ["CLOSED", "Closing", "closing", "joint_meaning_of", "meaning_of"]

CLOSED: Final = ("done", "dropped")
_SIGNALS: Final = ("status", "resolution", "category")
_MOMENT: Final = "datetime64[us, UTC]"


@dataclass(frozen=True, eq=False)
class Closing:
    """The state of every row, when it was closed, and what is doubtful about that.

    `words` are the combinations of status, resolution, category and dates that were judged.
    """

    state: pd.Series
    closed_at: pd.Series
    warnings: tuple[str, ...]
    words: Distinct
    states: Sequence[str | None]

    def completed(self, **columns: pd.Series) -> Completed:
        """As what a tracker adds, with further columns that it knows."""
        return Completed(
            {"state": self.state, "closed_at": self.closed_at, **columns}, self.warnings
        )

    def each(self, judge: Callable[[str, str, str | None], str | None]) -> pd.Series:
        """What follows from status, resolution and the state in our words, as a column."""
        said = zip(self.words.words, self.states, strict=True)
        return self.words.spread([judge(status, res, ours) for (status, res, *_), ours in said])


@dataclass(frozen=True)
class _Verdict:
    """The state of one combination of words, and what is doubtful about it.

    `strange` is a resolution that decides, and that nobody knows.
    """

    state: str | None
    doubt: str = ""
    strange: bool = False


def closing(export: Export, columns: Mapping[str, pd.Series]) -> Closing:
    """Judge every row by the signals that the export has.

    `columns` may hold status, resolution and category (text), closed_at, dropped_at and
    state_changed_at (moments, UTC). Returns the states in our words, and the closing dates of those
    that are closed.
    """
    ended, dropped = (columns.get(name, missing(export, _MOMENT)) for name in _DATES)
    signals = [columns.get(name, missing(export)) for name in _SIGNALS]
    words = distinct(*signals, _dated(ended, dropped))
    verdicts = _verdicts(words, export, columns)
    states = [verdict.state for verdict in verdicts]
    state = words.spread(states)
    closed = state.isin(CLOSED)
    at = dropped.where(state.eq("dropped")).fillna(ended).fillna(dropped)
    if "state_changed_at" in columns:
        at = at.fillna(columns["state_changed_at"])
    at = at.where(closed)
    undated = export.tracker.words.dated and "closed_at" in columns
    doubts = [*_unknown(words, verdicts), *_contradictions(words, verdicts, undated=undated)]
    if not columns.keys() & {*_SIGNALS, *_DATES} and len(closed):
        doubts.append(
            "No column says which rows are closed, so their state is unknown; export the status "
            "too."
        )
    if closed.any() and at.isna().all():
        doubts.append(
            f"No closed row says when it was closed ({int(closed.sum()):,} of {len(closed):,} are "
            "closed); export a column with the closing date, or the history."
        )
    return Closing(state, at, tuple(doubts), words, states)


def _dated(ended: pd.Series, dropped: pd.Series) -> pd.Series:
    """The state that the closing dates tell, as words."""
    told = np.where(ended.notna(), 0, np.where(dropped.notna(), 1, 2))
    return pd.Series(pd.array(["done", "dropped", ""], dtype="str").take(told))


# Resolutions of finished work, beside the words that are states themselves.
_FINISHED: Final = frozenset(
    ("workaround", "workaround provided", "answered", "delivered", "approved", "solved", "success",
     "information provided", "accepted", "merged", "released", "patched", "closed (resolved)",
     "resolved by caller", "solved (permanently)", "solved (work around)")
)  # fmt: skip
_DATES: Final = ("closed_at", "dropped_at")


def meaning_of(export: Export) -> Callable[[str], str]:
    """What a word for the state means in a tracker's history: open, done or dropped.

    A word that nobody knows is open, as it is in the rows themselves.
    """
    given, words = folded(export.source.states), export.tracker.words
    states = folded(words.states)

    def state(word: str) -> str:
        name = fold_word(word)
        return given.get(name) or states.get(name) or known_state(name) or "open"

    return state


def joint_meaning_of(export: Export) -> Callable[[str, str, str], str]:
    """What status, resolution and category mean together in a tracker's history.

    As in the rows themselves, what the configuration says of a word outranks everything; the empty
    text is what nobody knows.
    """
    given = folded(export.source.states)
    judge = _Judge(export.tracker.words, dates=False)

    @cache
    def state(status: str, resolution: str, category: str) -> str:
        words = (fold_word(status), fold_word(resolution), fold_word(category))
        said = next((given[word] for word in words if word in given), None)
        if said:
            return said
        verdict = judge.verdict(*words, "")
        return "" if verdict.doubt == "unknown" else verdict.state or ""

    return state


def _verdicts(words: Distinct, export: Export, columns: Mapping[str, pd.Series]) -> list[_Verdict]:
    given = folded(export.source.states)
    judge = _Judge(export.tracker.words, dates="closed_at" in columns)
    # Where there is no status at all, an empty resolution or closing date says that it is open.
    told = {"resolution", "closed_at", "dropped_at"} & columns.keys()
    silent = "open" if told and "status" not in columns else None
    verdicts = []
    for *said, dated in words.words:
        status, resolution, category = map(fold_word, said)
        state = given.get(status) or given.get(resolution) or given.get(category)
        verdict = _Verdict(state) if state else judge.verdict(status, resolution, category, dated)
        verdicts.append(replace(verdict, state=verdict.state or silent))
    return verdicts


class _Judge:
    """A tracker's words, folded once."""

    def __init__(self, words: Words, *, dates: bool) -> None:
        self.order = words.order
        self.states = folded(words.states)
        self.categories = folded(words.categories)
        self.resolutions = folded(words.resolutions)
        self.unresolved = frozenset(map(fold_word, words.unresolved)) | {""}
        self.reopened = words.reopened
        self.undated = "open" if words.dated and dates else None

    def verdict(self, status: str, resolution: str, category: str, dated: str) -> _Verdict:
        """The state that the words mean together; the words are folded."""
        named = self.states.get(status) or known_state(status)
        signals: dict[Signal, str | None] = {
            "resolution": self._resolution(resolution),
            "category": self.categories.get(category),
            "status": named,
            "dates": dated or self.undated,
        }
        if signals["resolution"] and status.startswith(self.reopened):
            return _Verdict("open", "disagrees")
        decisive = next((name for name in self.order if signals[name]), None)
        if decisive is None:
            return _Verdict("open", "unknown") if status else _Verdict(None)
        state = signals[decisive]
        if state == "done" and decisive != "resolution" and "dropped" in signals.values():
            state = "dropped"
        others = [other for name, other in signals.items() if other and name in self.order]
        disagrees = any((other == "open") != (state == "open") for other in others)
        # Only a resolution outranks a status that says dropped.
        disagrees |= state == "done" and named == "dropped"
        strange = decisive == "resolution" and not self._knows(resolution)
        return _Verdict(state, "disagrees" if disagrees else "", strange)

    def _knows(self, resolution: str) -> bool:
        said = self.states.get(resolution) or self.categories.get(resolution)
        finished = said in CLOSED or known_state(resolution) in CLOSED
        listed = self.resolutions.keys() | DROPPING_RESOLUTIONS | _FINISHED
        return finished or resolution in listed

    def _resolution(self, word: str) -> str | None:
        if word in self.unresolved:
            return None
        return self.resolutions.get(word) or ("dropped" if word in DROPPING_RESOLUTIONS else "done")


def _unknown(words: Distinct, verdicts: Sequence[_Verdict]) -> Iterable[str]:
    counts: dict[str, int] = {}
    for number, ((status, *_), verdict) in enumerate(zip(words.words, verdicts, strict=True)):
        if verdict.doubt == "unknown":
            counts[status] = counts.get(status, 0) + int(words.counts[number])
    if counts:
        yield unknown_words(
            counts, what="status", effect="counts as open", section="states", example="done"
        )
    strange: dict[str, int] = {}
    for number, ((_, resolution, *_), verdict) in enumerate(
        zip(words.words, verdicts, strict=True)
    ):
        if verdict.strange:
            strange[resolution] = strange.get(resolution, 0) + int(words.counts[number])
    if strange:
        yield unknown_words(
            strange,
            what="resolution",
            effect="counts as done",
            section="states",
            example="dropped",
        )


def _contradictions(
    words: Distinct, verdicts: Sequence[_Verdict], *, undated: bool
) -> Iterable[str]:
    contradicting = [n for n, verdict in enumerate(verdicts) if verdict.doubt == "disagrees"]
    if contradicting:
        most = max(contradicting, key=lambda n: words.counts[n])
        *named, date = words.words[most]
        said = [repr(word) for word in named if word]
        said += ["a closing date"] if date else ["no closing date"] if undated else []
        number = words.count(contradicting)
        rows = (
            "1 row contradicts itself" if number == 1 else f"{number:,} rows contradict themselves"
        )
        example = next((word for word in named if word), "")
        yield (
            f"{rows} about being closed (such as {', '.join(said)}); settle what counts in "
            f'[source.states], for example {quoted(example)} = "{verdicts[most].state}".'
        )
