"""Opsgenie: incidents, and the task lists of postmortems, as its interface gives them.

An incident has a short number that people see, which is its id here. It begins when its impact did,
else when it was created, and is over when its impact ended; without an end of the impact nothing
says when, for `updatedAt` also moves later. The interface names services by their ids only, which
are left out. Its priorities P1 to P5 stand for the severities 1 to 5 unless `[source.severities]`
says otherwise, and a warning says so.

A postmortem tells of its incident, and its text may hold task lists: each task is an action item,
whose state is TODO or DONE, and whose owners are the people mentioned in it. Action items written
in any other way are not told from the rest of the text; those that became Jira issues are in Jira's
export.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from pmanalytics.reading.nested import first_text, inner, mostly, objects, text_of
from pmanalytics.trackers.answers import priorities_said, records_under, told_apart
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker

__all__ = ["TRACKER"]

_DEEPEST: Final = 50


def _is_incident(record: Record) -> bool:
    known = record.keys() & {"impactStartDate", "impactedServices", "ownerTeam", "extraProperties"}
    return {"id", "tinyId", "message", "createdAt"} <= record.keys() and bool(known)


def _is_postmortem(record: Record) -> bool:
    return "postmortemId" in record and isinstance(record.get("rootIncident"), dict)


def _is_known(record: Record) -> bool:
    return "of_incident" in record or _is_incident(record) or _is_postmortem(record)


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    found = records_under(documents, ("data",), known=_is_known)
    return [shaped for record in found for shaped in _shaped(record)]


def _shaped(record: Record | None) -> Iterator[Record | None]:
    if record is None or not _is_known(record):
        yield record
    elif _is_postmortem(record):
        yield from _postmortem(record)
    else:
        started = first_text([record.get("impactStartDate"), record.get("createdAt")])
        number = first_text([record.get("tinyId"), record.get("id")])
        yield {
            "title": record.get("message"),
            "summary": record.get("description"),
            "url": inner(record, "links", "web"),
            "id": record.get("id"),
            "updated": record.get("updatedAt"),
            "of_incident": {
                "number": number,
                "started": started,
                "resolved": record.get("impactEndDate"),
                "priority": record.get("priority"),
                "team": first_text([record.get("ownerTeam"), inner(record, "ownerTeam", "name")]),
            },
        }


def _postmortem(record: Record) -> Iterator[Record]:
    """The incident that a postmortem tells of, and the tasks in its text."""
    incident = record.get("rootIncident")
    number = first_text([inner(incident, "tinyId"), inner(incident, "id")])
    yield {
        "title": first_text([inner(incident, "message"), record.get("title")]),
        "id": inner(incident, "id"),
        "of_incident": {
            "number": number,
            "started": first_text([record.get("startTime"), inner(incident, "creationTime")]),
            "resolved": first_text([record.get("resolveTime"), record.get("endTime")]),
            "priority": first_text([record.get("severity"), inner(incident, "priority")]),
        },
    }
    name = text_of(record.get("postmortemId"))
    for place, task in enumerate(_tasks(record.get("content")), start=1):
        told = list(_nodes(task))
        yield {
            "id": f"{name}-{first_text([inner(task, 'attrs', 'localId')]) or place}",
            "title": "".join(_text(node) for node in told).strip(" :,-"),
            "state": inner(task, "attrs", "state"),
            "people": [_person(node) for node in told if node.get("type") == "mention"],
            "tickets": [
                text_of(inner(n, "attrs", "url")) for n in told if n.get("type") == "inlineCard"
            ],
            "created": record.get("createdAtTime"),
            "incident": number,
            "of_incident": None,
        }


def _tasks(value: Any) -> Iterator[dict[str, Any]]:
    return (node for node in _nodes(value) if node.get("type") == "taskItem")


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The nodes of a document in their order, each before those within it."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    yield value
    for node in objects(value.get("content")):
        yield from _nodes(node, depth + 1)


def _text(node: Record) -> str:
    text = node.get("text")
    return text if node.get("type") == "text" and isinstance(text, str) else ""


def _person(node: Record) -> str:
    return text_of(inner(node, "attrs", "text")).removeprefix("@")


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_known) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    number = columns.get("number", missing(export))
    incidents = number.notna().to_numpy(dtype=bool)
    found = told_apart(export, columns, called=number, incidents=incidents)
    said = priorities_said(export, columns, incidents)
    return replace(found, warnings=(*found.warnings, *said))


TRACKER: Final = Tracker(
    name="opsgenie",
    title="Opsgenie, incidents and postmortems as JSON",
    system="opsgenie",
    forms=("json",),
    export="the interface's /v1/incidents, and /v2/postmortem/ID of each postmortem",
    verified=(
        "vendor documentation of both answers; unverified: how the tool writes task lists, and the "
        "times of an incident's impact"
    ),
    silent=(
        "when a task was done, due dates, the names of services, and action items that are not in "
        "a task list"
    ),
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "key": ("id",),
        "title": ("title",),
        "summary": ("summary",),
        "number": ("of_incident.number",),
        "status": ("state",),
        "severity": ("of_incident.priority",),
        "owners": ("people",),
        "team": ("of_incident.team",),
        "incident_id": ("incident",),
        "created_at": ("created",),
        "updated_at": ("updated",),
        "started_at": ("of_incident.started",),
        "resolved_at": ("of_incident.resolved",),
        "links": ("tickets",),
        "url": ("url",),
    },
    severities={f"P{number}": f"sev{number}" for number in range(1, 6)},
    complete=_complete,
)
