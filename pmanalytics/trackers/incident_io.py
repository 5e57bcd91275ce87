"""incident.io: follow-ups and incidents, as its interface lists them.

People call an incident by its reference, such as INC-123, which is its id here; follow-ups name it
by the id of the database. The incidents of any file that is read along lead from one to the other.
A follow-up that was handed on to an issue tracker has that ticket's address, and its key as a link,
so that work which is exported twice can be seen.

An incident begins when its impact did, else when it was reported, else when it was created, and is
over when it was resolved or fixed, else closed; the organisation may name these timestamps as it
likes, and other names are not known. Deleted follow-ups are dropped like those that nobody will
do. Declined, cancelled and merged incidents, tests and tutorials are none, and are set apart.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.reading.nested import first_text, inner, mostly, objects, text_of
from pmanalytics.trackers.answers import records_under, told_apart
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker

__all__ = ["TRACKER"]

_LISTS: Final = ("follow_ups", "incidents", "follow_up", "incident")
_STATUSES: Final = frozenset(("outstanding", "completed", "deleted", "not_doing"))
_STARTED: Final = ("impact started", "started", "reported")
_RESOLVED: Final = ("resolved", "fixed", "closed")
_NONE: Final = r"^(?:declined|cancelled|canceled|merged) | (?:test|tutorial)$"


def _is_incident(record: Record) -> bool:
    known = record.keys() & {"incident_status", "permalink", "slack_channel_id", "mode"}
    return isinstance(record.get("reference"), str) and bool(known)


def _is_follow_up(record: Record) -> bool:
    told = record.keys() & {"completed_at", "external_issue_reference", "assignee", "creator"}
    known = {"id", "title", "incident_id"} <= record.keys() and bool(told)
    return known and first_text([record.get("status")]) in _STATUSES


def _is_known(record: Record) -> bool:
    return _is_incident(record) or _is_follow_up(record)


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    found = records_under(documents, _LISTS, known=_is_known)
    return [record and _shaped(record) for record in found]


def _shaped(record: Record) -> Record:
    """A record in which incidents and follow-ups call the same thing by the same name."""
    if not _is_incident(record):
        return {**record, "url": inner(record, "external_issue_reference", "issue_permalink")}
    named = {"title": record.get("name"), "url": record.get("permalink"), "status": None}
    return {**record, **named, "of_incident": _story(record)}


def _story(record: Record) -> dict[str, str | None]:
    """When an incident began and was over, and in which way it ended."""
    values = {
        re.sub(r" at$", "", text_of(inner(each, "incident_timestamp", "name")).casefold()): inner(
            each, "value", "value"
        )
        for each in objects(record.get("incident_timestamp_values"))
    }
    return {
        "started": first_text(values.get(name) for name in _STARTED),
        "resolved": first_text(values.get(name) for name in _RESOLVED),
        "ended": first_text([inner(record, "incident_status", "category"), record.get("status")]),
    }


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_known) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    nothing = missing(export)
    reference = columns.get("reference", nothing)
    incidents = np.array([_is_incident(record) for record in export.records], dtype=bool)
    found = told_apart(export, columns, called=reference, incidents=incidents)
    told = columns.get("ended", nothing).fillna("") + " " + columns.get("mode", nothing).fillna("")
    none = told.str.contains(_NONE, case=False).to_numpy(dtype=bool)
    return replace(found, filtered=incidents & none)


TRACKER: Final = Tracker(
    name="incident_io",
    title="incident.io, follow-ups and incidents as JSON",
    system="incident_io",
    forms=("json",),
    export=(
        "the interface's /v2/follow_ups and /v2/incidents, all pages, as one file each or together"
    ),
    verified="the vendor's interface description and its clients; no real file was seen",
    silent="due dates, reopenings and other history, and which service an incident concerns",
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "key": ("id",),
        "reference": ("reference",),
        "title": ("title",),
        "summary": ("summary",),
        "status": ("status",),
        "ended": ("of_incident.ended",),
        "mode": ("mode",),
        "severity": ("severity.name",),
        "priority": ("priority.name",),
        "owners": ("assignee",),
        "incident_id": ("incident_id",),
        "created_at": ("created_at",),
        "updated_at": ("updated_at",),
        "closed_at": ("completed_at",),
        "started_at": ("of_incident.started",),
        "resolved_at": ("of_incident.resolved",),
        "labels": ("labels",),
        "links": ("external_issue_reference.issue_name",),
        "url": ("url",),
        "postmortem_url": ("postmortem_document_url",),
    },
    complete=_complete,
)
