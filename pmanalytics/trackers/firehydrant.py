"""FireHydrant: tickets and incidents, as its interface lists them.

A ticket of the type follow_up is an action item. Tasks are what was to be done while the incident
ran, and tickets of the type incident mirror the incident itself: both are set apart, as are
archived incidents. The tickets within an incident are read like those that are listed on their own.

Nothing says when a follow-up was done: `updated_at` also moves for later edits, so it is not taken
for it. Successive exports tell within which time it happened. An incident is over at its milestone
`resolved`. Of several affected services and assigned teams the first counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.reading.nested import first_text, inner, mostly, objects
from pmanalytics.trackers.answers import records_under
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_TYPES: Final = ("follow_up", "task", "incident")
_OVER: Final = "resolved"


def _is_incident(record: Record) -> bool:
    known = record.keys() & {"current_milestone", "milestones", "lifecycle_phases", "incident_url"}
    return "name" in record and "number" in record and bool(known)


def _is_ticket(record: Record) -> bool:
    told = record.keys() & {"incident_id", "incident_name", "incident_current_milestone", "task_id"}
    return {"id", "summary", "state"} <= record.keys() and bool(told)


def _is_known(record: Record) -> bool:
    return _is_incident(record) or _is_ticket(record)


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    found = records_under(documents, ("data",), known=_is_known)
    return [shaped for record in found for shaped in _shaped(record)]


def _shaped(record: Record | None) -> Iterator[Record | None]:
    """A record, and the tickets within it, with the same names for the same things."""
    if record is None or not _is_incident(record):
        yield record and {**record, "title": record.get("summary"), "url": _address(record)}
        return
    yield {
        **record,
        "title": record.get("name"),
        "url": record.get("incident_url"),
        "type": "incident",
        "incident_id": record.get("id"),
        "of_incident": {
            "is_one": "true",
            "resolved": _resolved(record),
            "service": first_text(each.get("name") for each in objects(record.get("services"))),
            "team": first_text(
                inner(each, "team", "name") for each in objects(record.get("team_assignments"))
            ),
        },
    }
    for ticket in objects(record.get("incident_tickets")):
        yield from _shaped({"incident_id": record.get("id"), **ticket})


def _address(ticket: Record) -> Any:
    return inner(ticket, "link", "href_url") or inner(ticket, "link", "href")


def _resolved(record: Record) -> str | None:
    """When the milestone was reached, which older answers list apart from the phases."""
    phases = objects(record.get("lifecycle_phases"))
    within = [each for phase in phases for each in objects(phase.get("milestones"))]
    reached = [*objects(record.get("milestones")), *within]
    return first_text(
        each.get("occurred_at")
        for each in reached
        if fold_word(first_text(map(each.get, ("type", "slug", "name"))) or "") == _OVER
    )


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_known) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    nothing = missing(export)
    incidents = columns.get("is_one", nothing).notna().to_numpy(dtype=bool)
    kind = columns.get("type", nothing)
    archived = columns.get("discarded_at", nothing).notna().to_numpy(dtype=bool)
    other = kind.isin(set(_TYPES) - {"follow_up"}).to_numpy(dtype=bool)
    judged = closing(export, columns)
    return replace(
        judged.completed(project=nothing),
        filtered=np.where(incidents, archived, other),
        incidents=incidents,
    )


TRACKER: Final = Tracker(
    name="firehydrant",
    title="FireHydrant, tickets and incidents as JSON",
    system="firehydrant",
    forms=("json",),
    export="the interface's /v1/ticketing/tickets and /v1/incidents, all pages, as one file each",
    verified="the vendor's client library; no real file was seen",
    silent="when a follow-up was done, reopenings, and what stands in retrospectives",
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "key": ("id",),
        "title": ("title",),
        "summary": ("summary",),
        "type": ("type",),
        "is_one": ("of_incident.is_one",),
        "status": ("state",),
        "severity": ("severity",),
        "priority": ("priority",),
        "owners": ("assignees",),
        "incident_id": ("incident_id",),
        "service": ("of_incident.service",),
        "team": ("of_incident.team",),
        "created_at": ("created_at",),
        "updated_at": ("updated_at",),
        "started_at": ("started_at",),
        "resolved_at": ("of_incident.resolved",),
        "discarded_at": ("discarded_at",),
        "promised_on": ("due_at",),
        "labels": ("tag_list",),
        "customers_affected": ("customers_impacted",),
        "url": ("url",),
    },
    words=Words(states={"in_progress": "open"}),
    complete=_complete,
)
