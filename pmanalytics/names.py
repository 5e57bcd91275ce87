"""Names: one spelling for what people write in many ways.

Trackers, registries and incident tools write the same team as `Core Platform`, `core-platform` or
`core_platform`, or by a former name. A registry says which spelling is right, and a `Spelling`
finds it. Names that match nothing are kept as written, so that a check can list them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

__all__ = ["Spelling", "as_written", "fold", "spelling_of"]

_BETWEEN_WORDS: Final = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")


def fold(name: str) -> str:
    """A name without what people vary: case, and spaces, dashes and underscores between words.

    Examples:
        >>> fold(" Core  Platform"), fold("core_platform"), fold("CORE-Platform")
        ('core-platform', 'core-platform', 'core-platform')
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _BETWEEN_WORDS.sub("-", plain).strip("-")


def as_written(names: pd.Series, known: pd.Series) -> pd.Series:
    """Names as a list of known ones writes them: to the letter, else in any case.

    A name that is not among them stays as it is.

    Examples:
        >>> known = pd.Series(["INC-1", "inc-2", "INC-2"])
        >>> as_written(pd.Series(["inc-1", "INC-2", "x"]), known).tolist()
        ['INC-1', 'INC-2', 'x']
    """
    exact = known.dropna().tolist() if len(names) else []
    found = {name.casefold(): name for name in reversed(exact)} | {name: name for name in exact}
    spelled = [
        name if pd.isna(name) else found.get(name, found.get(name.casefold(), name))
        for name in names
    ]
    return pd.Series(spelled, index=names.index, dtype="str")


@dataclass(frozen=True)
class Spelling:
    """The names of a registry, found from any way to write them.

    `names` leads from a folded name or alias to the registry's spelling; `joined` does so from
    names whose words are written together, for those that only one name can mean.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, str] = field(default_factory=dict)

    def find(self, written: pd.Series) -> pd.Series:
        """The registry's spelling of each name, missing where the registry knows no such name.

        Examples:
            >>> teams = spelling_of([("Core Platform", ["infra"])])
            >>> teams.find(pd.Series(["core-platform", "Infra", "CorePlatform", "web"])).tolist()
            ['Core Platform', 'Core Platform', 'Core Platform', nan]
        """
        codes, distinct = pd.factorize(written)
        found = np.array([*map(self._one, distinct), None], dtype=object)
        return pd.Series(found[codes], index=written.index, name=written.name, dtype="str")

    def spell(self, written: pd.Series) -> pd.Series:
        """The registry's spelling of each name, and the name as written where it knows none.

        Examples:
            >>> teams = spelling_of([("Core Platform", [])])
            >>> teams.spell(pd.Series(["core-platform", "web"])).tolist()
            ['Core Platform', 'web']
        """
        return self.find(written).fillna(written)

    def unmatched(self, written: pd.Series) -> pd.Series:
        """How often each name is written that the registry does not know, most frequent first.

        Examples:
            >>> teams = spelling_of([("core", [])])
            >>> teams.unmatched(pd.Series(["web", "core", "web", None])).to_dict()
            {'web': 2}
        """
        unknown = written[written.notna() & self.find(written).isna()]
        counts = unknown.value_counts().sort_index()
        return counts.sort_values(ascending=False, kind="stable")

    def _one(self, written: str) -> str | None:
        folded = fold(written)
        return self.names.get(folded) or self.joined.get(folded.replace("-", ""))


def spelling_of(
    names: Iterable[tuple[str, Iterable[str]]], *, more: Iterable[str] = ()
) -> Spelling:
    """Learn the spellings of a registry from its names, each with its aliases.

    A name outranks an alias, and an alias outranks `more`: names that stand elsewhere, and that are
    taken as they are when the registry does not know them. An alias that several names claim means
    none of them, since a wrong match cannot be seen and a missing one is listed by `check`. Names
    that differ only in what is folded are one; the first of the alphabet is its spelling.

    Examples:
        >>> spelling_of([("web", ["ui"]), ("apps", ["ui", "mobile"])]).names
        {'mobile': 'apps', 'web': 'web', 'apps': 'apps'}
    """
    entries = [(name, tuple(aliases)) for name, aliases in names]
    known = {fold(name): name for name in sorted((name for name, _ in entries), reverse=True)}
    claims = ((fold(alias), known[fold(name)]) for name, aliases in entries for alias in aliases)
    elsewhere = {fold(name): name for name in sorted(more, reverse=True)}
    found = elsewhere | _unclaimed(claims) | known
    found.pop("", None)
    joined = _unclaimed((folded.replace("-", ""), name) for folded, name in found.items())
    return Spelling(found, joined)


def _unclaimed(claims: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each word means, for the words that mean one name only."""
    meant: dict[str, set[str]] = {}
    for word, name in claims:
        meant.setdefault(word, set()).add(name)
    return {word: min(names) for word, names in sorted(meant.items()) if len(names) == 1}
