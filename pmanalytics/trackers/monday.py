"""monday.com: the workbook of a board, with its groups, items and sub-items.

Boards have the columns that people give them, so those here have the common names; others are
mapped with [source.fields]. The status decides; a task whose status is empty was not begun, and is
open. Sub-items are rows of their own, linked to their item. The group is what an item is planned
on, the board its project. What monday logs (Creation log, Last updated) may name a person before
the moment; only the moment is read.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd
import pyarrow as pa

from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.dates import parse_dates
from pmanalytics.trackers.model import Completed, Export, Header, Tracker, Words
from pmanalytics.trackers.monday_sheet import ADDED, arrange

__all__ = ["TRACKER"]

_LOGGED: Final = r"([A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4}(?: [0-9]{1,2}:[0-9]{2} [AP]M)?)$"
_DATES: Final = ("iso", "long", "%d/%b/%Y %I:%M:%S %p")
_OPEN: Final = (
    "working on it", "stuck", "not started", "waiting for review", "ready to start",
    "pending deploy", "awaiting review", "future steps",
)  # fmt: skip


def _table_of(header: Header) -> str:
    return "items" if set(header) >= set(ADDED) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    status = columns.get("status")
    signals = {**columns, "status": status.fillna("Not started")} if status is not None else columns
    logged = {
        ours: _logged(export, columns[name])
        for ours, name in (("created_at", "created"), ("updated_at", "updated"))
        if name in columns and ours not in export.source.fields
    }
    return closing(export, signals).completed(**logged)


def _logged(export: Export, written: pd.Series) -> pd.Series:
    """The moments of a log, without the person before them."""
    texts = written.str.extract(_LOGGED, expand=False).fillna(written).fillna("")
    column = pa.array(texts.tolist(), type=pa.large_string())
    parsed, _ = parse_dates({"at": column}, formats=(*export.source.date_formats, *_DATES))
    return parsed["at"].in_utc(export.timezone)


TRACKER: Final = Tracker(
    name="monday",
    title="monday.com, workbook of a board",
    system="monday",
    forms=("xlsx",),
    export="the board's three dots, More actions, Export board to Excel, with sub-items",
    verified="unverified: after programs that read such workbooks; no real file was seen",
    silent=(
        "every change before the last, closing dates unless a column has them, and items without "
        "the column Item ID are named by their title"
    ),
    table_of=_table_of,
    arrange=arrange,
    columns={
        "key": ("Item ID (auto generated)", "Item ID"),
        "title": ("monday name",),
        "project": ("monday board",),
        "planned": ("monday group",),
        "links": ("monday link",),
        "status": ("Status", "State", "Stage"),
        "owners": ("Owner", "Person", "People", "Assignee", "Assigned to", "Responsible"),
        "priority": ("Priority",),
        "severity": ("Severity",),
        "kind": ("Kind",),
        "team": ("Team",),
        "service": ("Service",),
        "labels": ("Tags", "Labels"),
        "promised_on": ("Due date", "Deadline", "Due", "Timeline - End", "Target date", "Date"),
        "closed_at": (
            "Completion date",
            "Date completed",
            "Completed on",
            "Done date",
            "Closed date",
        ),
        "created": ("Creation log", "Created at", "Date created", "Created"),
        "updated": ("Last updated", "Updated at"),
    },
    words=Words(states=dict.fromkeys(_OPEN, "open"), order=("status", "dates")),
    dates=_DATES,
    separators={"owners": r",\s*", "labels": r",\s*"},
    complete=_complete,
    titled=True,
)
