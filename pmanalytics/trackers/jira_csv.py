"""Jira: the CSV of Cloud and of Server or Data Center, in English.

All fields or those of a view, and the old export whose key column is called `Key`. Whether a ticket
is closed stands in up to four columns that may disagree: a filled resolution outranks the category,
which outranks the name of the status, which outranks a date; but a status that says reopened was
set after the resolution, which Jira keeps.
"""

import re
from collections.abc import Mapping
from typing import Final

import pandas as pd

from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.interpreting import as_lists, as_text, missing
from pmanalytics.trackers.model import Completed, Export, Header, Tracker, Words
from pmanalytics.trackers.vocabulary import distinct, fold_word

__all__ = ["TRACKER"]

_KEY: Final = r"^[A-Za-z][A-Za-z0-9_]*-[0-9]+$"
_LINKS: Final = (
    r"(?i)^((in|out)ward issue link \(.*|parent key|custom field \(epic link\)|epic link)$"
)
_DUPLICATES: Final = re.compile(r"outward issue link \(duplicates?\s*\)", re.IGNORECASE)
_VIEW: Final = frozenset(
    ("summary", "issue type", "status", "assignee", "reporter", "created", "updated", "resolution",
     "priority")
)  # fmt: skip
_CATEGORIES: Final[Mapping[str, str]] = {
    "to do": "open",
    "new": "open",
    "in progress": "open",
    "indeterminate": "open",
    "done": "done",
    "complete": "done",
}
_DUPLICATE: Final = frozenset(("duplicate", "duplicated"))


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    if "issue key" in names and names & {*_VIEW, "issue id"}:
        return "items"
    # Our own tables have a column `key` too, but none of the others of a view with a capital.
    written = {fold_word(name) for name in header if name[:1].isupper()}
    return "items" if "key" in written and len(written & _VIEW) >= 3 else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    judged = closing(export, columns)
    key = columns["key"]
    return judged.completed(
        key=key.where(key.str.match(_KEY).fillna(value=False)),
        project=key.str.replace(r"-[0-9]+$", "", regex=True),
        duplicate_of=_duplicates(export, columns, judged.state),
        **_multiples(export),
    )


def _duplicates(export: Export, columns: Mapping[str, pd.Series], state: pd.Series) -> pd.Series:
    """The ticket that each duplicate was closed in favour of, or the word unknown."""
    nothing = missing(export)
    words = distinct(columns.get("status", nothing), columns.get("resolution", nothing), state)
    closed = words.spread(
        [
            "unknown" if ours == "dropped" and {fold_word(s), fold_word(r)} & _DUPLICATE else None
            for s, r, ours in words.words
        ]
    )
    for name in export.cells.columns:
        if _DUPLICATES.fullmatch(name.strip()):
            other = as_text(export.cells.text(name))
            closed = closed.mask(closed.notna() & other.notna(), export.system + ":" + other)
    return closed


def _multiples(export: Export) -> dict[str, pd.Series]:
    """Links from all the columns that hold some, and the last of several sprints."""
    cells, found = export.cells, {}
    links = [name for name in cells.columns if re.match(_LINKS, name.strip())]
    if links and "links" not in export.source.fields:
        found["links"] = as_lists(cells.texts(links, like=_KEY))
    for name in export.columns.get("planned", ())[:1]:
        sprint = missing(export)
        for column in cells.columns[name]:
            sprint = as_text(column).fillna(sprint)
        found["planned"] = sprint
    return found


TRACKER: Final = Tracker(
    name="jira_csv",
    title="Jira, CSV of Cloud and Server in English",
    system="jira",
    forms=("csv",),
    export="Filters, advanced search, Export, CSV (all fields); with English as the language",
    verified="real files of Jira Cloud 2025, Server 8 and Server 6.2",
    silent="reopenings and earlier closings; when a status changed before the last change",
    table_of=_table_of,
    columns={
        "key": ("Issue key", "Key"),
        "title": ("Summary",),
        "priority": ("Priority",),
        "severity": ("Custom field (Severity)", "Severity"),
        "status": ("Status",),
        "resolution": ("Resolution",),
        "category": ("Status Category",),
        "state_changed_at": ("Status Category Changed",),
        "owners": ("Assignee", "Assignees"),
        "created_at": ("Created",),
        "updated_at": ("Updated",),
        "closed_at": ("Resolved",),
        "promised_on": ("Due date",),
        "planned": ("Sprint",),
        "labels": ("Labels",),
    },
    more=_LINKS,
    words=Words(categories=_CATEGORIES),
    dates=("%d/%b/%y %I:%M %p", "%d/%b/%y %H:%M", "%d/%b/%y", "iso"),
    nobody=("Unassigned",),
    limits=(100, 1000, 5000),
    footer=r"Generated at \w{3} \w{3} \d",
    complete=_complete,
)
