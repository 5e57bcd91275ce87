"""The parts of sentences: groups, sums and intervals as readers see them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from pmanalytics import words
from pmanalytics.words import percent_range

__all__ = ["MAXIMUM_GROUPS", "Said", "Sentences", "group_names", "interval_words", "total_of"]

Sentences = tuple[str, ...]
# A metric, and what gives the sentences of its table.
Said = Mapping[str, Callable[[pd.DataFrame], Sentences]]
MAXIMUM_GROUPS: Final = 4


def group_names(table: pd.DataFrame, first: str) -> pd.Series:
    """The group of each row in words; `first` is the column behind those of groups."""
    columns = [str(name) for name in table.columns]
    grouping = columns[: columns.index(first)] if first in columns else []
    names = [", ".join(_named(row, grouping)) for _, row in table.iterrows()]
    return pd.Series(names, index=table.index, dtype=object)


def _named(row: pd.Series, grouping: list[str]) -> list[str]:
    return [words.group_name(row[column], column) for column in grouping]


def total_of(table: pd.DataFrame, column: str) -> int:
    """The sum of a column of counts, the missing ones left out."""
    return int(table[column].fillna(0).sum())


def interval_words(low: Any, high: Any) -> str:
    """A comma and an interval, to stand behind a share; nothing where a limit is missing."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return f", 95% interval {percent_range(low, high)}"
