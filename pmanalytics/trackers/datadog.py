"""Datadog: incidents and their todos, in the form of JSON:API that its interface gives.

People call an incident IR- and its public id, which is its id here; todos name it by the id of the
database. The incidents of any file that is read along lead from one to the other.

A todo is an action item; it is done when it has a time of completion, and nothing drops one. An
incident begins when its customers felt it, else when it was detected, else when it was created.
Services and teams are fields that each organisation sets up; the fields `services` and `teams` are
read, and of several values the first counts. Tests are set apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from pmanalytics.reading.nested import first_text, inner, mostly, text_of
from pmanalytics.trackers.answers import attributes, records_under, told_apart
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words

__all__ = ["TRACKER"]

_BEGINNINGS: Final = ("customer_impact_start", "detected", "declared", "created")
_UNKNOWN: Final = "unknown"


def _is_incident(record: Record) -> bool:
    told = attributes(record)
    known = told.keys() & {"customer_impacted", "customer_impact_start", "public_id", "fields"}
    return record.get("type") == "incidents" and "created" in told and bool(known)


def _is_todo(record: Record) -> bool:
    return record.get("type") == "incident_todos" and "content" in attributes(record)


def _is_known(record: Record) -> bool:
    return _is_incident(record) or _is_todo(record)


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    found = records_under(documents, ("data",), known=_is_known)
    return [record and _shaped(record) for record in found]


def _shaped(record: Record) -> Record:
    """A record with the same names for the same things in incidents and todos."""
    told = attributes(record)
    if not _is_incident(record):
        return {**told, "title": told.get("content"), "people": _people(told.get("assignees"))}
    return {**told, "of_incident": _story(told)}


def _story(told: Record) -> dict[str, Any]:
    number = text_of(told.get("public_id"))
    severity = first_text([told.get("severity"), _field(told, "severity")])
    return {
        "name": f"IR-{number}" if number else text_of(told.get("id")),
        "severity": None if (severity or "").casefold() == _UNKNOWN else severity,
        "started": first_text(told.get(name) for name in _BEGINNINGS),
        "minutes": _minutes(told),
        "service": _field(told, "services"),
        "team": _field(told, "teams"),
        "is_test": "test" if told.get("is_test") is True else None,
    }


def _field(told: Record, name: str) -> str | None:
    value = inner(told, "fields", name, "value")
    return first_text(value if isinstance(value, list) else [value])


def _minutes(told: Record) -> float | None:
    seconds = told.get("customer_impact_duration")
    known = told.get("customer_impacted") is True and told.get("customer_impact_end")
    return seconds / 60 if known and type(seconds) is int else None


def _people(value: Any) -> list[str]:
    """Assignees by their handles, which begin with an @, or by the names of other tools."""
    people = value if isinstance(value, list) else []
    names = [first_text([each, inner(each, "name"), inner(each, "id")]) for each in people]
    return [name.removeprefix("@") for name in names if name]


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_known) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    nothing = missing(export)
    name = columns.get("name", nothing)
    incidents = name.notna().to_numpy(dtype=bool)
    found = told_apart(export, columns, called=name, incidents=incidents)
    test = columns.get("is_test", nothing).notna().to_numpy(dtype=bool)
    return replace(found, filtered=test)


TRACKER: Final = Tracker(
    name="datadog",
    title="Datadog, incidents and todos as JSON",
    system="datadog",
    forms=("json",),
    export=(
        "the interface's /api/v2/incidents, and /api/v2/incidents/ID/relationships/todos of each, "
        "one answer after the other in a file"
    ),
    verified="vendor documentation and the vendor's client libraries; no real file was seen",
    silent="dropped todos, reopenings and other history, and addresses of incidents",
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "key": ("id",),
        "title": ("title",),
        "summary": ("customer_impact_scope",),
        "name": ("of_incident.name",),
        "is_test": ("of_incident.is_test",),
        "severity": ("of_incident.severity",),
        "owners": ("people",),
        "incident_id": ("incident_id",),
        "service": ("of_incident.service",),
        "team": ("of_incident.team",),
        "created_at": ("created",),
        "updated_at": ("modified",),
        "closed_at": ("completed",),
        "started_at": ("of_incident.started",),
        "resolved_at": ("resolved",),
        "promised_on": ("due_date",),
        "impact_minutes": ("of_incident.minutes",),
    },
    words=Words(dated=True),
    complete=_complete,
)
