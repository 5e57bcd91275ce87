"""Phabricator and Phorge: tasks as maniphest.search gives them, with transactions where known.

The status decides: resolved is done; wontfix, invalid, duplicate, declined and spite are dropped.
The moment of closing (dateClosed) is cleared when a task is opened again; servers before 2018 have
none, and then the transactions tell it, if they stand in the file. A file that holds transactions
and no tasks fills the table events, and says nothing without the tasks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.histories import Change, events_of, history_only, last_closings
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words
from pmanalytics.trackers.nested import mostly
from pmanalytics.trackers.phabricator_json import unpack

__all__ = ["TRACKER"]

_CHANGE: Final = frozenset(("task", "changed_at", "transaction"))
_WORDS: Final = Words(
    states={
        "stalled": "open",
        "progress": "open",
        "resolved": "done",
        "spite": "dropped",
        "declined": "dropped",
    },
    order=("status", "dates"),
)


def _table_of_records(records: Sequence[Record]) -> str:
    if mostly(records, _CHANGE.issubset):
        return "events"
    return "items" if mostly(records, _is_task) else ""


def _is_task(record: Record) -> bool:
    phid = str(record.get("phid", "")).startswith("PHID-TASK-")
    return isinstance(record.get("fields"), dict) and (phid or record.get("type") == "TASK")


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    if export.table == "events":
        return history_only(export, {**columns, "subject": columns.get("key", missing(export))})
    key = columns.get("key", missing(export))
    events, doubts = events_of(_changes(export), export)
    past = (
        {"state_changed_at": last_closings(events, export.system + ":" + key)}
        if len(events)
        else {}
    )
    judged = closing(export, {**columns, **past})
    status = columns.get("status", missing(export)).str.lower()
    duplicate = judged.state.eq("dropped") & status.eq("duplicate")
    found = judged.completed(
        key=key, duplicate_of=missing(export).mask(duplicate.fillna(value=False), "unknown")
    )
    if any(task.get("followed") is True for task in export.records[:1]):
        doubts += ("Further tasks follow the last page of the file; export them too.",)
    return replace(
        found, events=events, warnings=(*found.warnings, *doubts, *_nameless(export, columns))
    )


def _changes(export: Export) -> list[Change]:
    return [
        Change(each["task"], each["changed_at"], each["field"], each["before"], each["after"])
        for task in export.records
        for each in task.get("past", ())
        if each["field"]
    ]


def _nameless(export: Export, columns: Mapping[str, pd.Series]) -> list[str]:
    """A sentence about owners of whom only the PHID is known."""
    if "owners" not in columns or "owners" in export.source.fields:
        return []
    people = columns["owners"].explode().dropna()
    nameless = int(people[people.astype("str").str.startswith("PHID-")].index.nunique())
    if not nameless:
        return []
    return [
        f"{nameless:,} tasks name their owner by a PHID only; paste the answer of user.search "
        "behind the tasks."
    ]


TRACKER: Final = Tracker(
    name="phabricator",
    title="Phabricator and Phorge, JSON of maniphest.search",
    system="phabricator",
    forms=("json",),
    export=(
        "the Conduit console, maniphest.search with the attachment projects; paste the answers of "
        "user.search, project.search and transaction.search behind it"
    ),
    verified=(
        "a real file without names and closing dates; these, the statuses and the transactions "
        "after the vendor's source"
    ),
    silent="links, the project of a task other than its tags, the address, and custom fields",
    table_of_records=_table_of_records,
    unpack=unpack,
    columns={
        "key": ("task",),
        "title": ("fields.name", "fields.title"),
        "status": ("fields.status.name", "fields.status.value"),
        "priority": ("fields.priority.name",),
        "owners": ("owner",),
        "labels": ("tags",),
        "created_at": ("fields.dateCreated",),
        "updated_at": ("fields.dateModified",),
        "closed_at": ("fields.dateClosed",),
        "promised_on": ("fields.custom.deadline.due",),
        "at": ("changed_at",),
        "field": ("field",),
        "before": ("before",),
        "after": ("after",),
    },
    words=_WORDS,
    dates=("epoch",),
    complete=_complete,
)
