"""Words: what trackers call a state, a severity or a kind, and what we call it.

Each distinct word is looked up once, however many rows have it. A word that nobody knows is kept or
counts as open, and a sentence says so with the line of the configuration that settles it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.words import counted

__all__ = [
    "DROPPING_RESOLUTIONS",
    "KINDS",
    "Distinct",
    "distinct",
    "fold_word",
    "folded",
    "known_state",
    "quoted",
    "severity_of",
    "unknown_words",
]

KINDS: Final = ("prevent", "detect", "mitigate", "process", "other")
STATES: Final = ("open", "done", "dropped")
_OPEN: Final = (
    "open", "opened", "reopened", "re-opened", "to do", "todo", "in progress", "backlog", "new",
    "selected for development", "in review", "under review", "in code review", "code review",
    "review", "in test", "in testing", "testing", "in qa", "qa", "ready for test", "on hold",
    "blocked", "waiting", "pending", "planned", "scheduled", "triage", "needs triage", "accepted",
    "assigned", "active", "started", "in development", "ready for development", "ready",
    "ready for review", "ready for release", "patch available", "awaiting feedback", "draft",
    "waiting for support", "waiting for customer", "work in progress", "doing", "next", "unstarted",
    "acknowledged", "investigating", "escalated", "on-hold", "in-progress", "outstanding",
)  # fmt: skip
_DONE: Final = (
    "done", "closed", "resolved", "fixed", "complete", "completed", "finished", "released",
    "deployed", "deployed to production", "live", "implemented", "verified", "shipped", "merged",
)  # fmt: skip
_DROPPED: Final = (
    "dropped", "cancelled", "canceled", "won't do", "wont do", "will not do", "won't fix",
    "wont fix", "wontfix", "rejected", "declined", "abandoned", "duplicate", "duplicated",
    "invalid", "obsolete", "not planned", "not_planned", "withdrawn", "removed", "deleted",
    "not doing", "not_doing",
)  # fmt: skip
DROPPING_RESOLUTIONS: Final = frozenset(_DROPPED) | {
    "cannot reproduce", "can't reproduce", "not reproducible", "not a problem", "not a bug",
    "incomplete", "later", "remind", "auto closed", "known error", "works for me", "worksforme",
    "won't implement", "not an issue", "not applicable", "works as designed", "by design",
    "as designed", "working as intended", "expired", "timeout", "suspended", "no longer required",
    "out of scope", "invalid request", "superseded", "spam",
}  # fmt: skip
_KNOWN: Final[Mapping[str, str]] = {
    **dict.fromkeys(_OPEN, "open"),
    **dict.fromkeys(_DONE, "done"),
    **dict.fromkeys(_DROPPED, "dropped"),
}
_SEVERITY: Final = re.compile(r"(?:severity|sev)?[\s:_#-]*([0-9])", re.IGNORECASE)
_MOST_NAMED: Final = 5


def fold_word(word: str) -> str:
    """A word as it is compared: without case, outer blanks and typographic apostrophes."""
    return " ".join(word.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold().split())


def folded(words: Mapping[str, str]) -> dict[str, str]:
    """A mapping of the configuration with its words folded."""
    return {fold_word(word): ours for word, ours in words.items()}


def known_state(word: str) -> str | None:
    """The state that a word for a status commonly means, or None.

    Examples:
        >>> known_state("Won't Do"), known_state("In Progress"), known_state("Verified - UAT")
        ('dropped', 'open', None)
    """
    return _KNOWN.get(fold_word(word))


def severity_of(word: str) -> str | None:
    """A severity in the form sev2, or None when the word has no number.

    Examples:
        >>> [severity_of(word) for word in ("SEV-2", "sev 2", "severity::2", "2", "Major")]
        ['sev2', 'sev2', 'sev2', 'sev2', None]
    """
    number = _SEVERITY.fullmatch(word.strip())
    return f"sev{number[1]}" if number else None


@dataclass(frozen=True, eq=False)
class Distinct:
    """The distinct combinations of values in some columns, and which rows have which.

    `words` are the combinations, a missing value being the empty text; `counts` says how many
    rows have each.
    """

    codes: np.ndarray
    words: Sequence[tuple[str, ...]]
    counts: np.ndarray

    def spread(self, results: Sequence[str | None]) -> pd.Series:
        """One text for each combination, as a column of all rows."""
        return pd.Series(pd.array(list(results), dtype="str").take(self.codes))

    def count(self, chosen: Iterable[int]) -> int:
        """How many rows have one of the combinations with these numbers."""
        return int(sum(self.counts[number] for number in chosen))


def distinct(*columns: pd.Series) -> Distinct:
    """The distinct combinations of values in columns of text.

    Examples:
        >>> words = distinct(pd.Series(["a", "b", "a"], dtype="str"))
        >>> words.words, words.counts.tolist()
        ([('a',), ('b',)], [2, 1])
        >>> words.spread([word.upper() for word, in words.words]).tolist()
        ['A', 'B', 'A']
    """
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    coded = []
    for column in columns:
        code, level = pd.factorize(column.fillna(""))
        # Numbered anew each time, so that the product of many columns stays small.
        codes = pd.factorize(codes * max(len(level), 1) + code)[0]
        coded.append((code, level.tolist()))
    counts = np.bincount(codes)
    first = np.zeros(len(counts), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    words = [[level[place] for place in code[first]] for code, level in coded]
    return Distinct(codes, list(zip(*words, strict=True)), counts)


def quoted(word: str) -> str:
    r"""A word as the configuration has it.

    Examples:
        >>> print(quoted('the "new" one'))
        "the \"new\" one"
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def unknown_words(
    counts: Mapping[str, int], *, what: str, effect: str, section: str, example: str
) -> str:
    """A sentence about words that nobody knows, the most frequent first.

    Examples:
        >>> print(unknown_words({"Odd": 2}, what="status", effect="counts as open",
        ...                     section="states", example="done"))
        Unknown status 'Odd' (2 rows) counts as open; say what is meant under [source.states],
        for example "Odd" = "done".
    """
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    named = [f"{word!r} ({counted(count, 'row')})" for word, count in ordered]
    listed = ", ".join(named[:_MOST_NAMED])
    if len(named) > _MOST_NAMED:
        listed += f" and {len(named) - _MOST_NAMED:,} more"
    return (
        f"Unknown {what} {listed} {effect}; say what is meant under [source.{section}], "
        f'for example {quoted(ordered[0][0])} = "{example}".'
    )
