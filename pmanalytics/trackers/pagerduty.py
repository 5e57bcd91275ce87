"""PagerDuty: incidents, as the CSV of its analytics and as JSON of its interface.

Action items are in neither. Its priorities P1 to P5 stand for the severities 1 to 5 unless
`[source.severities]` says otherwise; as every organisation may name and rank them as it likes, a
warning says so until the configuration settles it. People call an incident by its number, which is
its id here; programs call it by the id of the database, which leads to the same incident. Of
several teams the first counts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.reading.nested import first_text, inner, mostly, objects
from pmanalytics.trackers.answers import other_names, priorities_said, records_under
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Header, Record, Tracker
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_NEEDED: Final = frozenset(("incident_number", "created_at"))
_TELLING: Final = frozenset(
    ("service_name", "service_id", "escalation_policy_name", "urgency", "seconds_to_resolve")
)
_TELLING_JSON: Final = frozenset(("service", "urgency", "escalation_policy", "incident_key"))


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    return "incidents" if names >= _NEEDED and names & _TELLING else ""


def _is_incident(record: Record) -> bool:
    return record.keys() >= _NEEDED and bool(record.keys() & _TELLING_JSON)


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    found = records_under(documents, ("incidents", "incident"), known=_is_incident)
    return [record and {**record, "team": _team(record)} for record in found]


def _team(record: Record) -> str | None:
    return first_text(inner(team, "summary") for team in objects(record.get("teams")))


def _table_of_records(records: Sequence[Record]) -> str:
    return "incidents" if mostly(records, _is_incident) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    every = np.ones(len(export.cells), dtype=bool)
    nothing = missing(export)
    number, name = columns.get("incident_id", nothing), columns.get("database_id", nothing)
    return Completed(
        {},
        warnings=priorities_said(export, columns, every),
        names=other_names(number, name, incidents=every),
    )


TRACKER: Final = Tracker(
    name="pagerduty",
    title="PagerDuty, CSV and JSON of incidents",
    system="pagerduty",
    forms=("csv", "json"),
    export="Analytics, Incidents, Download CSV; or the interface's /incidents, all pages",
    verified="the vendor's schema and the example of its documentation; no real file was seen",
    silent="action items, causes, reviews and the impact on customers",
    table_of=_table_of,
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "incident_id": ("incident_number",),
        "database_id": ("id",),
        "title": ("title", "description"),
        "severity": ("priority_name", "priority.summary", "priority"),
        "started_at": ("created_at",),
        "resolved_at": ("resolved_at",),
        "updated_at": ("updated_at",),
        "service": ("service_name", "service.summary"),
        "team": ("team_name", "team"),
        "url": ("html_url", "url"),
    },
    severities={f"P{number}": f"sev{number}" for number in range(1, 6)},
    timezone="UTC",
    complete=_complete,
)
