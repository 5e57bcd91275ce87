"""ClickUp: the CSV of tasks, of the whole workspace or of a list.

The state is what the status says, whose names every list may choose; a date in Date Closed or Date
Done closes a task whose status nobody knows. The number of the task is its key, not the custom id,
which a workspace may switch on and off. A list is where a task is planned, a space its project.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.interpreting import as_lists, missing
from pmanalytics.trackers.model import Completed, Export, Header, Tracker, Words
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_NEEDED: Final = frozenset(("task id", "task name"))
_TELLING: Final = frozenset(
    ("task custom id", "task content", "date created", "date created text", "list name",
     "folder name", "folder name/path", "space name", "parent id", "subtask ids",
     "rolled up time")
)  # fmt: skip
# Lists are written [A, B]; the brackets are taken off by splitting at them too.
_LISTED: Final = r"[\[\],]"
_LINKS: Final = ("parent id", "linked tasks", "dependencies")
_SPOILT: Final = r"^[0-9]+[.,]?[0-9]*E[+][0-9]+$"


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    return "items" if names >= _NEEDED and len(names & _TELLING) >= 2 else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    # A spreadsheet takes 86693e12 for a number and writes 8.67E+16, which names no task.
    key = columns["key"].mask(columns["key"].str.match(_SPOILT).fillna(value=False))
    dates = {}
    if "done_at" in columns:
        closed = columns.get("closed_at", missing(export, "datetime64[us, UTC]"))
        dates["closed_at"] = closed.fillna(columns["done_at"])
    found = closing(export, {**columns, **dates}).completed(key=key)
    added: dict[str, pd.Series] = {}
    known = {fold_word(name): name for name in export.cells.columns}
    links = [known[name] for name in _LINKS if name in known]
    if links and "links" not in export.source.fields:
        lists = export.cells.texts(links, separator=_LISTED, without=("null",))
        added["links"] = as_lists(lists)
    return replace(found, columns={**found.columns, **added})


TRACKER: Final = Tracker(
    name="clickup",
    title="ClickUp, CSV of tasks",
    system="clickup",
    forms=("csv", "xlsx"),
    export="Settings, Imports / Exports, Export (all items); or the menu of a list view, Export",
    verified=(
        "the columns from exports that others describe; columns with closing dates and the CSV of "
        "views unverified; no real file was at hand"
    ),
    silent="when tasks were closed (unless Date Closed or Date Done is there), and history",
    table_of=_table_of,
    columns={
        "key": ("Task ID",),
        "title": ("Task Name",),
        "url": ("Task Link", "Task URL", "URL"),
        "status": ("Status",),
        "priority": ("Priority",),
        "severity": ("Severity",),
        "owners": ("Assignees", "Assignee"),
        "labels": ("Tags",),
        "planned": ("List Name", "List"),
        "project": ("Space Name", "Folder Name/Path", "Folder Name"),
        "created_at": ("Date Created",),
        "updated_at": ("Date Updated",),
        "closed_at": ("Date Closed",),
        "done_at": ("Date Done",),
        "promised_on": ("Due Date",),
    },
    more="(?i)^(parent id|linked tasks|dependencies)$",
    words=Words(order=("status", "dates")),
    dates=("epoch_ms", "iso", "long"),
    separators={"owners": _LISTED, "labels": _LISTED},
    nothing=("null",),
    complete=_complete,
)
