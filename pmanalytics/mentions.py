"""Mentions: which incidents a text names.

A title is free text and an incident id may look like anything, so the words of a text are looked up
in a table of known ids. That costs one pass over the text, however many incidents there are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Directory"]

_WORD: Final = re.compile(r"\w+")
_LONGER: Final = re.compile(r"[-.][0-9]")
_BARE_NUMBER: Final = re.compile(r"[0-9]+")
_OUTSIDE: Final = re.compile(r"^\W+|\W+$")
_BEFORE_NUMBER: Final = re.compile(r"(?:#|\b(?:incident|inc|outage|postmortem)\W{0,3})$")
_MOST_SHAPES: Final = 20


@dataclass(frozen=True)
class Directory:
    """The known incidents, found by their ids and addresses.

    `exact` leads from an id or address as written to the incident_id, `folded` does so whatever
    the case. `starts` leads from the first word of an id to the numbers of words that ids
    beginning with it have. `shape` is a regular expression, with `[0-9]+` for any digits, that
    fits the ids, and is empty when they have no shape in common.
    """

    exact: Mapping[str, str] = field(default_factory=dict)
    folded: Mapping[str, str] = field(default_factory=dict)
    starts: Mapping[str, Sequence[int]] = field(default_factory=dict)
    shape: str = ""

    @classmethod
    def of(cls, incidents: pd.DataFrame) -> "Directory":
        """Enter the incidents of a table; the last one that was entered is at hand."""
        ids = sorted(incidents["incident_id"].dropna().unique().tolist())
        addresses: dict[str, str] = {}
        for column in ("postmortem_url", "url"):
            known = incidents[["incident_id", column]].dropna().drop_duplicates()
            single = known[~known[column].duplicated(keep=False)]
            leads = zip(single[column].tolist(), single["incident_id"].tolist(), strict=True)
            addresses = dict(leads) | addresses
        return _entered(tuple(ids), tuple(addresses.items()))

    @classmethod
    def entered(cls, ids: Sequence[str], addresses: Mapping[str, str]) -> "Directory":
        """Enter incidents by their ids, in order, and by addresses that lead to one of them."""
        exact = {**addresses, **{name: name for name in ids}}
        folded: dict[str, str] = {}
        for name, incident in exact.items():
            folded.setdefault(name.casefold(), incident)
        for name in ids:
            folded.setdefault(_OUTSIDE.sub("", name.casefold()), name)
        starts: dict[str, set[int]] = {}
        for name in ids:
            words = _WORD.findall(name.casefold())
            if words:
                starts.setdefault(words[0], set()).add(len(words))
        lengths = {word: sorted(numbers, reverse=True) for word, numbers in starts.items()}
        return cls(exact, folded, lengths, _shape(ids))

    def whole(self, text: str) -> tuple[str, ...]:
        """The incident that the whole text names, if it does.

        Examples:
            >>> incidents = pd.DataFrame({"incident_id": ["INC-7"], "url": [None]})
            >>> Directory.of(incidents.assign(postmortem_url=None)).whole("inc-7 ")
            ('INC-7',)
        """
        bare = text.strip()
        found = self.exact.get(bare) or self.folded.get(bare.casefold())
        return (found,) if found else ()

    def named(self, text: str) -> tuple[str, ...]:
        """The incident that the whole text names, else those that it mentions."""
        return self.whole(text) or self.mentioned(text)

    def spelt(self, text: str) -> tuple[str, ...]:
        """The incidents that a text names, else the text itself."""
        return self.named(text) or (text.strip(),)

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The incidents whose ids stand in the text as whole words.

        An id that goes on with a further number is another id: `INC-7` is not in `INC-7-2`. A bare
        number counts only after `#` or a word such as incident, for most numbers are limits.
        """
        folded = text.casefold()
        words = list(_WORD.finditer(folded))
        found: dict[str, None] = {}
        for first, word in enumerate(words):
            for number in self.starts.get(word.group(), ()):
                if first + number > len(words):
                    continue
                end = words[first + number - 1].end()
                incident = self.folded.get(folded[word.start() : end])
                if incident and _stands_alone(folded, word.start(), end):
                    found[incident] = None
        return tuple(found)

    def possible(self, texts: pd.Series) -> np.ndarray:
        """Tell quickly which texts can mention an incident at all."""
        if not self.starts:
            return np.zeros(len(texts), dtype=bool)
        if not self.shape:
            return texts.notna().to_numpy()
        arrow = pa.array(texts, type=pa.large_string(), from_pandas=True)
        fits = pc.match_substring_regex(arrow, self.shape, ignore_case=True)
        return pc.fill_null(fits, False).to_numpy(zero_copy_only=False)  # noqa: FBT003


@lru_cache(maxsize=1)
def _entered(ids: tuple[str, ...], addresses: tuple[tuple[str, str], ...]) -> Directory:
    # Older copies of items, and parts of them, are linked with the same incidents.
    return Directory.entered(ids, dict(addresses))


def _stands_alone(text: str, start: int, end: int) -> bool:
    if _LONGER.match(text, end):
        return False
    bare_number = _BARE_NUMBER.fullmatch(text, start, end)
    return not bare_number or bool(_BEFORE_NUMBER.search(text, 0, start))


def _shape(ids: Iterable[str]) -> str:
    words = [_OUTSIDE.sub("", name) for name in ids]
    shapes = {re.sub("[0-9]+", "[0-9]+", re.escape(word)) for word in words if word}
    simple = len(shapes) <= _MOST_SHAPES and all(map(str.isascii, shapes))
    return "|".join(sorted(shapes)) if simple else ""
