"""Launchpad: bug tasks as its web service gives them, with their bug where Perceval adds it.

The status decides: Fix Released is done; Invalid, Won't Fix, Opinion, Expired and Does Not Exist
are dropped. Fix Committed is open, as it is to Launchpad: the fix is not out yet. Of the dates of
its statuses a task keeps date_closed only while it is closed. A bug that is a duplicate of another
one is dropped, whatever the status of its tasks.

A bug has a task for each project that it concerns, so a key is the project and the number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from pmanalytics.reading.nested import object_of, objects, text_of
from pmanalytics.reading.records import records_of
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.histories import Change, events_of
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words
from pmanalytics.trackers.nested import mostly
from pmanalytics.trackers.pages import announced, missing_pages

__all__ = ["TRACKER"]

_TELLING: Final = frozenset(("bug_target_name", "date_left_new", "date_fix_released", "importance"))
_FIELDS: Final[Mapping[str, str]] = {"status": "state", "assignee": "owner"}
_OPEN: Final = ("confirmed", "triaged", "incomplete", "fix committed", "deferred")


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The tasks, which a collection of the web service has under entries.

    A task gets the keys key, such as ubuntu/+source/shop#12, duplicate, assignee and milestone.
    """
    found: list[Record | None] = []
    for record in records_of(documents):
        entries = record.get("entries") if record else None
        if isinstance(entries, list):
            found += [each if isinstance(each, dict) else None for each in entries]
        else:
            found.append(record)
    tasks = [task and (_whole(task) if "bug_link" in task else task) for task in found]
    return announced(tasks, documents, total="total_size")


def _whole(task: Record) -> Record:
    place = text_of(task.get("self_link")) or text_of(task.get("web_link"))
    project, _, number = place.rpartition("/+bug/")
    # What stands before the project: the server, and the version of the interface.
    project = project.partition("://")[2].partition("/")[2]
    version, _, rest = project.partition("/")
    project = rest if version in ("1.0", "devel", "beta") else project
    bug = object_of(task.get("bug_data"))
    other = _end(bug.get("duplicate_of_link"))
    return {
        **task,
        "key": f"{project}#{number}" if project and number.isdigit() else "",
        "project": project,
        "duplicate": f"{project}#{other}" if other else "",
        "assignee": _end(task.get("assignee_link")).removeprefix("~"),
        "milestone": _end(task.get("milestone_link")),
        "name": text_of(bug.get("title")) or _title(text_of(task.get("title"))),
    }


def _end(link: Any) -> str:
    return text_of(link).rpartition("/")[2]


def _title(title: str) -> str:
    """The title of a bug in that of its task: Bug #12 in shop: "Retry with a limit"."""
    before, found, name = title.partition(": ")
    return name.strip('"') if found and before.startswith("Bug #") else title


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_task) else ""


def _is_task(record: Record) -> bool:
    return "bug_link" in record and len(_TELLING & record.keys()) >= 2


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    other = columns.get("other", missing(export))
    resolution = missing(export).mask(other.notna(), "duplicate")
    judged = closing(export, {**columns, "resolution": resolution})
    dropped = judged.state.eq("dropped").fillna(value=False)
    found = judged.completed(duplicate_of=(export.system + ":" + other).where(dropped))
    events, doubts = events_of(_changes(export), export)
    return replace(
        found, events=events, warnings=(*found.warnings, *doubts, *missing_pages(export))
    )


def _changes(export: Export) -> Iterator[Change]:
    """The activity of a bug that concerns its task."""
    for task in export.records:
        target = text_of(task.get("bug_target_name"))
        for change in objects(task.get("activity_data")):
            place, _, name = text_of(change.get("whatchanged")).rpartition(": ")
            if place == target and name in _FIELDS:
                words = (text_of(change.get(end)) for end in ("oldvalue", "newvalue"))
                before, after = ("" if word == "None" else word for word in words)
                at = text_of(change.get("datechanged"))
                yield Change(text_of(task.get("key")), at, _FIELDS[name], before, after)


TRACKER: Final = Tracker(
    name="launchpad",
    title="Launchpad, JSON of bug tasks",
    system="launchpad",
    forms=("json",),
    export="https://api.launchpad.net/1.0/PROJECT?ws.op=searchTasks, all its pages",
    verified="a real file, without activity of interest; the statuses after the vendor's source",
    silent="due dates, and without the activity of the bug every change before the last",
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "key": ("key",),
        "title": ("name",),
        "project": ("project",),
        "status": ("status",),
        "priority": ("importance",),
        "owners": ("assignee",),
        "planned": ("milestone",),
        "labels": ("bug_data.tags",),
        "created_at": ("date_created",),
        "updated_at": ("bug_data.date_last_updated",),
        "closed_at": ("date_closed",),
        "url": ("web_link",),
        "other": ("duplicate",),
    },
    words=Words(
        states={
            **dict.fromkeys(_OPEN, "open"),
            "fix released": "done",
            **dict.fromkeys(("opinion", "expired", "does not exist"), "dropped"),
        },
        order=("resolution", "status", "dates"),
    ),
    complete=_complete,
)
