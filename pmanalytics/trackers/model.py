"""What a tracker is, and what reading one file gives: the two values everything here is about.

A `Tracker` says how its export is recognised and what its columns, words and dates mean. Adding a
tracker is writing one; the code that reads knows none of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from pmanalytics.reading.cells import Cells
from pmanalytics.settings import Settings, Source

__all__ = ["Completed", "Export", "FileTables", "Tracker"]

Form = Literal["csv", "json", "parquet"]
Header = tuple[str, ...]
Record = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class FileTables:
    """One file, read: its tables, and what became of every row.

    `name` is the path as shown to people, `format` the tracker's name, `source` the system. Each
    table has one more column `row`: the row as a spreadsheet shows it, or the number of a JSON
    record from 1. `rejects` has the columns file, row, rule and detail. The rows of all tables,
    `filtered` and the rejects add up to `rows`.
    """

    name: str
    format: str
    source: str
    sha256: str
    rows: int
    tables: Mapping[str, pd.DataFrame]
    filtered: int
    rejects: pd.DataFrame
    warnings: tuple[str, ...]
    observed_at: Any


@dataclass(frozen=True, eq=False)
class Export:
    """A file on its way to tables: its cells, and whose words they are.

    `header` holds the names of all its columns, `cells` those that are needed; `columns` leads from
    our column to the names of the export's columns that hold it. `settings` and `source` are what
    the configuration says.
    """

    name: str
    sha256: str
    tracker: "Tracker"
    table: str
    source: Source
    settings: Settings
    header: Header
    cells: Cells
    columns: Mapping[str, tuple[str, ...]]

    @property
    def system(self) -> str:
        """The system that the items come from."""
        return self.source.name or self.tracker.system

    @property
    def timezone(self) -> str:
        """The zone of times that are written without one."""
        return self.source.timezone or self.tracker.timezone or self.settings.timezone

    def has(self, name: str) -> bool:
        """Whether the export has a column of this name."""
        return name in self.cells.columns


@dataclass(frozen=True, eq=False)
class Completed:
    """What only the tracker knows: columns that follow from several, and rows that are no items."""

    columns: Mapping[str, pd.Series]
    warnings: tuple[str, ...] = ()
    filtered: np.ndarray | None = None


def _nothing(export: Export, columns: Mapping[str, pd.Series]) -> Completed:  # noqa: ARG001
    return Completed({})


def _no_table(header: Header) -> str:  # noqa: ARG001
    return ""


def _no_records(records: Sequence[Record]) -> bool:  # noqa: ARG001
    return False


def _no_cells(records: Sequence[Record]) -> Mapping[str, list[Any]]:  # noqa: ARG001
    return {}


@dataclass(frozen=True, kw_only=True)
class Tracker:
    """One export format: how it is recognised, what its columns mean, and what it cannot say.

    - `system` is the name of the source when the configuration gives none.
    - `table_of` recognises a header: it names the table that the file fills, or nothing. `holds`
      recognises JSON records, which `cells_of` lays out in columns.
    - `columns` gives for each of our columns the export's, of which the first that exists is read;
      `more` fits the names of further columns that `complete` needs.
    - `dates` are the formats of dates, "iso" being ISO 8601; `timezone` is that of times without.
    - `separators` are regular expressions that split a cell with several values, `nobody` the words
      for a ticket without owner, and `footer` fits the first cell of rows that are no records.
    - `severities` are words for severities that need no configuration.
    - `complete` derives what follows from several columns, such as the state.
    - `titled` trackers name a row without a key by its title.
    - `fallback` trackers are asked only when no other knows the file.
    """

    name: str
    title: str
    system: str
    forms: tuple[Form, ...]
    export: str
    verified: str
    silent: str
    table_of: Callable[[Header], str] = _no_table
    holds: Callable[[Sequence[Record]], bool] = _no_records
    cells_of: Callable[[Sequence[Record]], Mapping[str, list[Any]]] = _no_cells
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    more: str = ""
    severities: Mapping[str, str] = field(default_factory=dict)
    dates: Sequence[str] = ("iso",)
    timezone: str | None = None
    separators: Mapping[str, str] = field(default_factory=dict)
    nobody: tuple[str, ...] = ()
    footer: str = ""
    complete: Callable[[Export, Mapping[str, pd.Series]], Completed] = _nothing
    titled: bool = False
    fallback: bool = False
