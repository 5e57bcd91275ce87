"""Rootly: incident action items and incidents, in the form of JSON:API that its interface gives.

People call an incident INC- and its number, which is its id here; action items name it by the id of
the database, where they name it at all: the documented answer for a list of action items does not
say which incident they are of, so their export has to bring it along (`incident_id`, or
`relationships`). The incidents of any file that is read along lead from one to the other.

An action item of the kind task was to be done while the incident ran, and is set apart, like
cancelled incidents, planned maintenance, tests and examples. Nothing says when an action item was
done: `updated_at` also moves for later edits, so it is not taken for it. Successive exports tell
within which time it happened. Of several affected services and teams the first counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.reading.nested import first_text, inner, mostly, objects, text_of
from pmanalytics.trackers.answers import attributes, records_under, told_apart
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words

__all__ = ["TRACKER"]

_LISTS: Final = ("data", "incidents", "action_items")
_TRACKERS: Final = (
    "jira_issue", "linear_issue", "github_issue", "gitlab_issue", "asana_task", "shortcut_story",
    "trello_card", "zendesk_ticket", "clickup_task", "motion_task", "freshservice_ticket",
)  # fmt: skip
_NONE: Final = r"^(cancelled|canceled|(test|example|scheduled)(_sub)?)$"


def _is_incident(record: Record) -> bool:
    told = attributes(record)
    known = told.keys() & {"started_at", "mitigated_at", "in_triage_at", "slug", "status"}
    return "sequential_id" in told and "title" in told and bool(known)


def _is_item(record: Record) -> bool:
    told = attributes(record)
    known = {"summary", "status", "kind"} <= told.keys()
    return known and (told.get("type") == "incident_action_items" or "due_date" in told)


def _is_known(record: Record) -> bool:
    return _is_incident(record) or _is_item(record)


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    found = records_under(documents, _LISTS, known=_is_known)
    return [shaped for record in found for shaped in _shaped(record)]


def _shaped(record: Record | None) -> Iterator[Record | None]:
    """A record, and the action items within it, with the same names for the same things."""
    if record is None or not _is_known(record):
        yield record
        return
    told = attributes(record)
    if not _is_incident(record):
        yield {**told, "title": told.get("summary"), **_links(told), "of_incident": None}
        return
    yield {
        **told,
        "status": None,
        "created": first_text([told.get("started_at"), told.get("created_at")]),
        "of_incident": _story(told),
    }
    for item in objects(told.get("action_items")):
        yield from _shaped({"incident_id": told.get("id"), **item})


def _links(told: Record) -> dict[str, Any]:
    """The ticket that an action item was handed on to, and the incident that it names."""
    tickets = [told.get(f"{name}_{part}") for name in _TRACKERS for part in ("key", "url")]
    relation = inner(told, "relationships", "incident", "data", "id")
    return {
        "tickets": [ticket for ticket in map(text_of, tickets) if ticket],
        "url": first_text(told.get(f"{name}_url") for name in _TRACKERS),
        "incident": first_text([told.get("incident_id"), inner(told, "incident", "id"), relation]),
    }


def _story(told: Record) -> dict[str, Any]:
    number = text_of(told.get("sequential_id"))
    return {
        "name": f"INC-{number}" if number else text_of(told.get("id")),
        "ended": first_text([told.get("status")]),
        "kind": first_text([told.get("kind")]),
        "severity": _named(told.get("severity")),
        "service": _named(told.get("services")),
        "team": _named(told.get("groups")),
    }


def _named(value: Any) -> str | None:
    """The name of what stands there, which may be wrapped as in JSON:API, or of the first."""
    held = value.get("data", value) if isinstance(value, dict) else value
    several = objects(held) if isinstance(held, list) else objects([held])
    each = [inner(one, "data") or one for one in several]
    return first_text([held, *(attributes(one).get("name") for one in objects(each))])


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_known) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    nothing = missing(export)
    name = columns.get("name", nothing)
    incidents = name.notna().to_numpy(dtype=bool)
    ended, kind = columns.get("ended", nothing), columns.get("incident_kind", nothing)
    none = _fits(ended, _NONE) | _fits(kind, _NONE)
    task = _fits(columns.get("item_kind", nothing), "task")
    found = told_apart(export, columns, called=name, incidents=incidents)
    return replace(found, filtered=np.where(incidents, none, task))


def _fits(texts: pd.Series, pattern: str) -> np.ndarray:
    return texts.str.fullmatch(pattern, case=False).fillna(value=False).to_numpy(dtype=bool)


TRACKER: Final = Tracker(
    name="rootly",
    title="Rootly, action items and incidents as JSON",
    system="rootly",
    forms=("json",),
    export="the interface's /v1/action_items and /v1/incidents, all pages, as one file each",
    verified="vendor documentation and the vendor's client library; no real file was seen",
    silent=(
        "when an action item was done, reopenings, and in the documented answer which incident it "
        "came out of"
    ),
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "key": ("id",),
        "title": ("title",),
        "summary": ("summary",),
        "name": ("of_incident.name",),
        "item_kind": ("kind",),
        "incident_kind": ("of_incident.kind",),
        "ended": ("of_incident.ended",),
        "status": ("status",),
        "severity": ("of_incident.severity",),
        "priority": ("priority",),
        "owners": ("assigned_to",),
        "incident_id": ("incident",),
        "service": ("of_incident.service",),
        "team": ("of_incident.team",),
        "created_at": ("created_at",),
        "updated_at": ("updated_at",),
        "started_at": ("created",),
        "resolved_at": ("resolved_at",),
        "promised_on": ("due_date",),
        "links": ("tickets",),
        "url": ("url",),
    },
    words=Words(states={"in_progress": "open"}),
    complete=_complete,
)
