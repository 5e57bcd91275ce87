"""Proposals: the exports of one system as one [[source]], and what a person is asked about it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pmanalytics.candidates import SOUGHT, Candidate
from pmanalytics.drafting.looking import Mark, Seen

__all__ = ["Group", "Proposal", "grouped", "guessed"]

_MOST_PROPOSED: Final = 3
_LEAST_FILLED: Final = 0.05
# What a word most likely means; a person confirms it by taking away the #.
_GUESSES: Final[Mapping[str, Mapping[str, str]]] = {
    "states": {
        r"^(resol|clos|done|complet|finish|fixed)": "done",
        r"(reject|cancel|won.?t|duplicate|obsolete|abandon|invalid|accepted risk|risk accepted)": (
            "dropped"
        ),
    },
    "kinds": {
        r"prevent|avoid|eliminat": "prevent",
        r"detect|monitor|alert|observ": "detect",
        r"mitigat|limit|reduc|contain|recover": "mitigate",
        r"process|document|train|improve how|runbook|communicat": "process",
    },
    "severities": {
        r"catastroph|disaster|fatal|critical|blocker|highest|urgent|emergency": "sev1",
        r"major|high|severe|significant": "sev2",
        r"moderate|medium|normal|minor": "sev3",
        r"low|trivial|info": "sev4",
    },
}
_UNGUESSED: Final = {"states": "open", "kinds": "other", "severities": "sev2"}


@dataclass(frozen=True)
class Proposal:
    """A column that may hold one of ours: how full it is, what is in it, and whether it is sure."""

    column: str
    written: str
    filled: int
    rows: int
    examples: tuple[str, ...]
    sure: bool
    needs_words: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Group:
    """The files of one system that are alike, and so share a [[source]]."""

    files: tuple[Seen, ...]

    @property
    def first(self) -> Seen:
        """The file that tells the format, the system and the table of all."""
        return self.files[0]

    @property
    def rows(self) -> int:
        """The rows of all files."""
        return sum(file.rows for file in self.files)

    @property
    def zoneless(self) -> int:
        """The times without a zone in all files."""
        return sum(file.zoneless for file in self.files)

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """The likeliest columns for each of ours."""
        pairs = [(c.column, c.written) for c in self.first.candidates]
        made = [_proposal(self.files, *pair) for pair in dict.fromkeys(pairs)]
        return tuple(
            proposal
            for column in SOUGHT
            for proposal in [p for p in made if p.column == column][:_MOST_PROPOSED]
        )

    @property
    def chosen(self) -> tuple[Proposal, ...]:
        """The columns that are mapped without asking: one sure column, and no word to settle."""
        sure = [p for p in self.proposals if p.sure and p.filled >= _LEAST_FILLED * p.rows]
        return tuple(
            p for p in sure if not p.needs_words and [q.column for q in sure].count(p.column) == 1
        )

    @property
    def words(self) -> dict[str, dict[str, int]]:
        """The words to settle, by section: unknown ones, and those of likely columns."""
        found: dict[str, dict[str, int]] = {}
        for file in self.files:
            for section, counts in file.words.items():
                _add(found.setdefault(section, {}), counts)
        for proposal in self.proposals:
            if proposal.sure and proposal.needs_words:
                section = {"severity": "severities", "kind": "kinds"}[proposal.column]
                _add(found.setdefault(section, {}), proposal.needs_words)
        return found

    @property
    def mark(self) -> Mark | None:
        """What keeps the postmortem work, if most rows are none."""
        marks = [file.mark for file in self.files if file.mark]
        if not marks or len(marks) < len(self.files) or len({m.column for m in marks}) > 1:
            return None
        values = dict.fromkeys(value for mark in marks for value in mark.values)
        return Mark(marks[0].column, tuple(values), sum(mark.rows for mark in marks))


def grouped(files: Iterable[Seen]) -> tuple[Group, ...]:
    """Put the files together that one [[source]] can name: same format, table and columns."""
    groups: dict[object, list[Seen]] = {}
    for file in files:
        columns = frozenset((c.column, c.written) for c in file.candidates)
        groups.setdefault((file.format, file.system, file.table, columns), []).append(file)
    return tuple(Group(tuple(alike)) for alike in groups.values())


def guessed(section: str, word: str) -> str:
    """What a word most likely means, for a line that a person confirms.

    Examples:
        >>> guessed("kinds", "Detect faster"), guessed("states", "Closed by vendor")
        ('detect', 'done')
    """
    for pattern, meaning in _GUESSES[section].items():
        if re.search(pattern, word.casefold()):
            return meaning
    return _UNGUESSED[section]


def _proposal(files: tuple[Seen, ...], column: str, written: str) -> Proposal:
    same = [
        candidate
        for file in files
        for candidate in file.candidates
        if (candidate.column, candidate.written) == (column, written)
    ]
    needed: dict[str, int] = {}
    for candidate in same:
        _add(needed, _counted_words(candidate))
    return Proposal(
        column=column,
        written=written,
        filled=sum(candidate.filled for candidate in same),
        rows=sum(len(candidate.said) for candidate in same),
        examples=tuple(dict.fromkeys(e for candidate in same for e in candidate.examples))[:4],
        sure=same[0].sure,
        needs_words=needed,
    )


def _counted_words(candidate: Candidate) -> dict[str, int]:
    counts = candidate.words
    return {word: int(counts[word]) for word in candidate.needs_words}


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for word, number in more.items():
        counts[word] = counts.get(word, 0) + number
