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
from pmanalytics.reading.records import records_of
from pmanalytics.reading.sheets import Sheet
from pmanalytics.settings import Settings, Source
from pmanalytics.tables import empty

__all__ = ["Completed", "Export", "FileTables", "Form", "Signal", "Tracker", "Words"]

Form = Literal["csv", "xlsx", "html", "json", "markdown", "parquet"]
Signal = Literal["resolution", "category", "status", "dates"]
Header = tuple[str, ...]
Record = Mapping[str, Any]
Documents = Sequence[Any]


@dataclass(frozen=True, eq=False)
class FileTables:
    """One file, read: its tables, and what became of every row.

    `name` is the path as shown to people, `format` the tracker's name, `source` the system. Each
    table has one more column `row`: the row as a spreadsheet shows it, or the number of a JSON
    record from 1. `rejects` has the columns file, row, rule and detail. The rows of all tables,
    `filtered` and the rejects add up to `rows`.

    `events` are what the rows tell of their past, `attendees` (incident_id, person) who came to a
    review, and `incident_names` (incident_id, name) what else incidents are called by the items
    that came out of them; none of these counts as rows. `unread` are the columns of the file that
    hold none of ours.
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
    events: pd.DataFrame = field(default_factory=lambda: empty("events"))
    attendees: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["incident_id", "person"], dtype="str")
    )
    incident_names: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["incident_id", "name"], dtype="str")
    )
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Export:
    """A file on its way to tables: its cells, and whose words they are.

    `header` holds the names of all its columns (of JSON the paths, such as fields.status.name),
    `cells` those that are needed; `columns` leads from our column to the names of the export's
    columns that hold it. `settings` and `source` are what the configuration says, `size` the
    number of bytes, and `records` what JSON and documents consist of, in the order of the cells.
    """

    name: str
    sha256: str
    size: int
    tracker: "Tracker"
    table: str
    source: Source
    settings: Settings
    header: Header
    cells: Cells
    columns: Mapping[str, tuple[str, ...]]
    records: Sequence[Record] = ()

    @property
    def system(self) -> str:
        """The system that the items come from."""
        return self.source.name or self.tracker.system

    @property
    def timezone(self) -> str:
        """The zone of times that are written without one."""
        return self.source.timezone or self.tracker.timezone or self.settings.timezone

    @property
    def used(self) -> frozenset[str]:
        """The names of the columns that hold ours; that of the priority may hold more."""
        return frozenset(
            name for ours, held in self.columns.items() if ours != "priority" for name in held
        )

    def has(self, name: str) -> bool:
        """Whether the export has a column of this name."""
        return name in self.cells.columns


@dataclass(frozen=True, eq=False)
class Completed:
    """What only the tracker knows: columns that follow from several, and rows that are no items.

    `filtered` are the rows left aside on purpose, `incidents` those that are incidents although the
    others are items; both are flags, one a row. `events` is the table of that name, its subjects
    being item ids; `attendees` has the columns incident_id and person, and `names` incident_id and
    name: by which other name items name an incident, such as the id of a database.
    """

    columns: Mapping[str, pd.Series]
    warnings: tuple[str, ...] = ()
    filtered: np.ndarray | None = None
    incidents: np.ndarray | None = None
    events: pd.DataFrame | None = None
    attendees: pd.DataFrame | None = None
    names: pd.DataFrame | None = None


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a tracker's words mean for the state of a ticket.

    - `states`, `resolutions` and `categories` lead from a word to open, done or dropped. Words that
      `states` and `resolutions` lack have their common meaning; a resolution without one is done.
    - `unresolved` are the words for a resolution that is none, `reopened` the beginnings of
      statuses that were set after a resolution which the tracker keeps.
    - `order` says which signal is believed first; "dates" is a closing date.
    - With `dated`, a ticket without a closing date is open, whatever its status says.
    """

    states: Mapping[str, str] = field(default_factory=dict)
    resolutions: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    unresolved: tuple[str, ...] = ("", "unresolved", "none", "---", "-")
    reopened: tuple[str, ...] = ("reopen", "re-open")
    order: tuple[Signal, ...] = ("resolution", "category", "status", "dates")
    dated: bool = False


def _judged_only(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    # The judgement needs this module's values, so it can only be asked for when it is needed.
    from pmanalytics.trackers.closing import closing

    return closing(export, columns).completed()


def _no_table(header: Header) -> str:  # noqa: ARG001
    return ""


def _no_records(records: Sequence[Record]) -> str:  # noqa: ARG001
    return ""


def _no_text(text: str, name: str) -> Sequence[Record] | None:  # noqa: ARG001
    return None


def _as_it_is(sheet: Sheet) -> Sheet:
    return sheet


@dataclass(frozen=True, kw_only=True)
class Tracker:
    """One export format: how it is recognised, what its columns mean, and what it cannot say.

    - `name` is what the configuration calls it, `title` what people read, and `system` the name of
      the source when the configuration gives none.
    - `forms` are those that the tool writes, `export` says how a person makes such a file,
      `verified` how well the format is known, and `silent` what it cannot say.
    - `table_of` recognises a header: it names the table that the file fills, or nothing.
      `table_of_records` does so for JSON, and `reads_text` takes the text of a document and its
      name, and gives its records, or None when it is none of this tracker's.
    - `unpack` finds the records in the values of a JSON file, None in the place of what is no
      object. `arrange` brings a sheet in which rows of several kinds stand into one table.
    - `columns` gives for each of our columns the export's, of which the first that exists is read;
      of JSON they are paths such as fields.status.name. Further names that `complete` needs fit
      `more`. The names status, resolution and category are signals of the state, and names that
      end in `_at` or `_on` are moments and days, whether or not a table of ours has them:
      `dropped_at` is when a ticket was dropped, `state_changed_at` stands in for a missing date.
    - `words` are what the words for the state mean, `severities` words for severities that need no
      configuration.
    - `dates` are the formats of dates as `parse_dates` has them; `timezone` is that of times
      without one.
    - `separators` are regular expressions that split a cell with several values, `nobody` the words
      for a ticket without owner, `nothing` those for a cell that is empty, and `footer` fits the
      first cell of rows that are no records.
    - `limits` are the numbers of rows at which the tool cuts an export off.
    - `complete` derives what follows from several columns; without one the state does, from the
      signals that are there.
    - `titled` trackers name a row without a key by its title.
    - `fallback` trackers are asked only when no other knows the file.
    - The files of `timeless` trackers do not say when they were written: none of their dates is
      that of an observation.
    """

    name: str
    title: str
    system: str
    forms: tuple[Form, ...]
    export: str
    verified: str
    silent: str
    table_of: Callable[[Header], str] = _no_table
    table_of_records: Callable[[Sequence[Record]], str] = _no_records
    reads_text: Callable[[str, str], Sequence[Record] | None] = _no_text
    unpack: Callable[[Documents], Sequence[Record | None]] = records_of
    arrange: Callable[[Sheet], Sheet] = _as_it_is
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    more: str = ""
    words: Words = field(default_factory=Words)
    severities: Mapping[str, str] = field(default_factory=dict)
    dates: Sequence[str] = ("iso",)
    timezone: str | None = None
    separators: Mapping[str, str] = field(default_factory=dict)
    nobody: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    footer: str = ""
    limits: tuple[int, ...] = ()
    complete: Callable[[Export, Mapping[str, pd.Series]], Completed] = _judged_only
    titled: bool = False
    fallback: bool = False
    timeless: bool = False
