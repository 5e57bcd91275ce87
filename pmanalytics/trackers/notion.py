"""Notion: the CSV of a database.

People name the properties of a database as they like, so a file is recognised only by the names
that Notion itself gives (Created time, Last edited time); for others say tracker = "notion" and map
the columns. The title is the property Name, else the first column. Without an ID property, which
few databases have, a row is named by its title.

A status outranks a check box, which is not ticked until somebody does so, and a check box outranks
a date; a row with none of them filled is open. Of a due date that is a range the end counts, of
other dates the beginning. Of relations the name is kept and the address left out.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd
import pyarrow.compute as pc

from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.dates import parse_dates
from pmanalytics.trackers.interpreting import as_text
from pmanalytics.trackers.model import Completed, Export, Header, Tracker, Words

__all__ = ["TRACKER"]

# Written just so; other tools write Created Time, or created_time.
_TELLING: Final = frozenset(("Created time", "Last edited time"))
_FEWEST: Final = 3
_KEY: Final = r"^(?:[A-Za-z0-9_]+-)?[0-9]+$"
_ADDRESS: Final = r"\s*\((?:https?://(?:www\.|app\.)?notion\.(?:so|site|com)/[^()\s]*|[^()]*\.md)\)"
_BEFORE_ARROW: Final = r"^.*(?:→|->)\s*"
_AS_WRITTEN: Final = frozenset(("title", "url", "key"))
_SIGNALS: Final = ("status", "category", "closed_at")


def _table_of(header: Header) -> str:
    named = {name.strip("\ufeff ") for name in header if name.strip()}
    return "items" if named & _TELLING and len(named) >= _FEWEST else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    plain = {
        name: column.str.replace(_ADDRESS, "", regex=True)
        for name, column in columns.items()
        if pd.api.types.is_string_dtype(column.dtype) and name not in _AS_WRITTEN
    }
    judged = closing(export, {**columns, **plain})
    if "key" in columns and "key" not in export.source.fields:
        plain["key"] = columns["key"].where(columns["key"].str.match(_KEY).fillna(value=False))
    if "title" not in columns and export.header and export.has(export.header[0]):
        plain["title"] = as_text(export.cells.text(export.header[0]))
    if "promised_on" in columns:
        plain["promised_on"] = _ends(export, columns["promised_on"])
    if columns.keys() & set(_SIGNALS):
        plain["state"] = judged.state.fillna("open")
    return judged.completed(**plain)


def _ends(export: Export, days: pd.Series) -> pd.Series:
    """The ends of ranges of days; where it is only a time of the same day, that day."""
    texts = export.cells.text(export.columns["promised_on"][0])
    ends = pc.replace_substring_regex(texts, _BEFORE_ARROW, "")
    formats = (*export.source.date_formats, *export.tracker.dates)
    parsed, _ = parse_dates({"end": ends}, formats=formats)
    return parsed["end"].as_days(export.settings.timezone).fillna(days)


TRACKER: Final = Tracker(
    name="notion",
    title="Notion, CSV of a database",
    system="notion",
    forms=("csv", "xlsx"),
    export=(
        "the database's menu, Export, Markdown & CSV; add the properties Created time and Last "
        "edited time before, and take the file that ends with _all.csv"
    ),
    verified=(
        "the forms of dates and relations from exports that others describe; property names are "
        "free; no real file was at hand"
    ),
    silent="keys (unless there is an ID property), addresses, history, and what no property holds",
    table_of=_table_of,
    columns={
        "key": ("ID", "Task ID", "Ticket"),
        "title": ("Name", "Task name", "Task", "Title", "Action item", "Action", "Item"),
        "url": ("URL", "Link"),
        "status": ("Status", "State", "Stage"),
        "category": ("Done", "Done?", "Completed", "Completed?", "Complete", "Checkbox"),
        "kind": ("Kind",),
        "priority": ("Priority",),
        "severity": ("Severity",),
        "owners": ("Assignee", "Assigned to", "Assign", "Owner", "Person", "Responsible", "DRI"),
        "team": ("Team",),
        "service": ("Service",),
        "planned": ("Sprint", "Milestone"),
        "labels": ("Tags", "Labels"),
        "created_at": ("Created time", "Created", "Date created", "Created at"),
        "updated_at": ("Last edited time", "Last updated", "Updated"),
        "closed_at": (
            "Completed on",
            "Completed at",
            "Closed on",
            "Closed at",
            "Completion date",
            "Date completed",
        ),
        "promised_on": ("Due date", "Due", "Deadline", "Due on"),
    },
    # The title may stand in a column of any name.
    more=".",
    words=Words(
        states={
            "not started": "open",
            "to-do": "open",
            "up next": "open",
            "idea": "open",
            "icebox": "open",
        },
        categories={"yes": "done", "no": "open"},
        order=("status", "category", "dates"),
    ),
    dates=("long", "iso", "range", "%Y/%m/%d %I:%M %p", "%Y/%m/%d %H:%M", "%Y/%m/%d"),
    separators={"owners": ",", "labels": ","},
    titled=True,
    complete=_complete,
)
