"""Facts: the data as the questions look at them, and the words for what an input would buy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from pmanalytics.candidates import SOUGHT
from pmanalytics.changes import among
from pmanalytics.datasets import Dataset
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import counted

__all__ = ["Answer", "Facts", "Gain", "flags"]


@dataclass(frozen=True)
class Gain:
    """One input that would answer more, for how many, and what would then be so.

    `effect` follows the number, in the plural, then behind `|` in the singular.
    """

    input: str
    gain: int
    effect: str
    noun: str = "more item"
    at_most: bool = True

    @property
    def sentence(self) -> str:
        """What to do, and what it buys."""
        plural, _, single = self.effect.partition("|")
        bound = "up to " if self.at_most else ""
        effect = single if self.gain == 1 and single else plural
        return f"{self.input}: {bound}{counted(self.gain, self.noun)} {effect}."


@dataclass(frozen=True)
class Answer:
    """How far a question is answered: for how many of those it is about, and what would help."""

    known: int
    concerned: int
    gains: tuple[Gain, ...] = ()


@dataclass(frozen=True, eq=False)
class Facts:
    """The data as several questions look at them, and what mappings would do.

    `mapped` leads from our column to the item ids that mapping a column would fill;
    `incident_field` is the export's column for the incident, and `unheld` are the items for which
    it names one that no export holds.
    """

    data: Dataset
    snapshot: Snapshot
    mapped: Mapping[str, pd.Series] = field(default_factory=dict)
    unheld: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))
    incident_field: str = ""

    @property
    def items(self) -> pd.DataFrame:
        """The items as judged."""
        return self.snapshot.items

    def lacking(self, column: str) -> np.ndarray:
        """Items without a value in a column that no mapping would give them either."""
        return self._lacking[column]

    @cached_property
    def _lacking(self) -> dict[str, np.ndarray]:
        lacking = {}
        for column in SOUGHT:
            silent = flags(self.items[column].isna())
            if column in self.mapped and silent.any():
                silent = silent & ~among(self.items["item_id"], self.mapped[column])
            lacking[column] = silent
        return lacking

    @cached_property
    def on_trial(self) -> np.ndarray:
        """Items for which a field names an incident that no export holds."""
        return among(self.items["item_id"], self.unheld)

    @property
    def held(self) -> pd.DataFrame:
        """The incidents that an export holds, not those that labels made."""
        incidents = self.snapshot.incidents
        return incidents[~flags(incidents["derived"])]

    @cached_property
    def open(self) -> np.ndarray:
        """Open items."""
        return flags(self.items["state"] == "open")

    @cached_property
    def linked(self) -> np.ndarray:
        """Items whose incident is known."""
        return among(self.items["incident_id"], self.snapshot.incidents["incident_id"])

    @cached_property
    def undated(self) -> np.ndarray:
        """Closed items of which no export says when."""
        closed = self.items["state"].isin(["done", "dropped"])
        return flags(closed & self.items["closed_on"].isna())


def flags(values: Iterable[object]) -> np.ndarray:
    """A column of truths as an array, what is missing being false."""
    return pd.Series(values).fillna(value=False).to_numpy(dtype=bool)
