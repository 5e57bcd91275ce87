"""YouTrack: the CSV of issues, and issues as JSON of its REST interface.

YouTrack gives an issue a date when it comes into a state that is resolved, and takes it away when
it leaves it: so an issue is closed when it has one, and its state tells whether it was dropped.
Without a column for that date the state decides alone. In JSON all but the dates and the summary
are custom fields, which are read as custom.State, custom.Assignee, ...
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from pmanalytics.reading.cells import TEXT
from pmanalytics.reading.nested import mostly, nested, texts_at
from pmanalytics.reading.records import records_of
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.histories import Change, days_of, events_of
from pmanalytics.trackers.interpreting import as_lists, missing
from pmanalytics.trackers.model import Completed, Export, Header, Record, Tracker, Words
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_KEY: Final = r"^[A-Za-z0-9_]+-[0-9]+$"
_TELLING: Final = frozenset(
    ("project", "tags", "reporter", "state", "assignee", "resolved", "fix versions", "type")
)
# How a value of a custom field is called, the first that it has.
_CALLED: Final = ("name", "fullName", "login", "presentation", "text")
_DROPPING: Final = (
    "can't reproduce", "cannot reproduce", "incomplete", "obsolete", "as designed", "not an issue",
    "not a bug", "by design", "third party problem", "won't implement", "answered",
)  # fmt: skip
_HISTORY: Final[Mapping[str, str]] = {
    "state": "state",
    "assignee": "owner",
    "due date": "promised_on",
    "severity": "severity",
    "team": "team",
}


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    # Jira has a column `Issue id` too, beside its key, and a status where YouTrack has a state.
    if not names >= {"issue id", "summary"} or names & {"issue key", "key", "status"}:
        return ""
    return "items" if len(names & _TELLING) >= 2 else ""


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The issues, with their custom fields as plain values."""
    records = records_of(documents)
    if not mostly(records, _is_issue):
        return list(records)
    return [record and {**record, "custom": _custom(record)} for record in records]


def _custom(record: Record) -> dict[str, Any]:
    _, fields = nested([record], "customFields")
    names = texts_at(fields, "name", "projectCustomField.field.name")
    values = [_called(field.get("value")) for field in fields]
    return {
        name: value
        for name, value in zip(names, values, strict=True)
        if name and value not in (None, [])
    }


def _called(value: Any) -> Any:
    """A value of a custom field as text or number, a list of them as a list."""
    if isinstance(value, list):
        return [called for called in map(_called, value) if called is not None]
    if isinstance(value, dict):
        return next((value[key] for key in _CALLED if isinstance(value.get(key), str)), None)
    return value


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_issue) else ""


def _is_issue(record: Record) -> bool:
    return all(isinstance(record.get(name), str) for name in ("idReadable", "summary"))


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    key = columns["key"].where(columns["key"].str.match(_KEY).fillna(value=False))
    found = closing(export, columns).completed(key=key)
    state = columns.get("status", missing(export)).str.lower()
    duplicate = found.columns["state"].eq("dropped") & state.eq("duplicate")
    added = {"duplicate_of": missing(export).mask(duplicate, "unknown")}
    places, linked = nested(export.records, "links")
    if places and "links" not in export.source.fields:
        added["links"] = _links(export, places, linked)
    events, doubts = events_of(_changes(export, key), export)
    return replace(
        found,
        columns={**found.columns, **added},
        warnings=(*found.warnings, *doubts),
        events=events,
    )


def _links(export: Export, places: Sequence[int], linked: Sequence[Record]) -> pd.Series:
    links: list[list[str]] = [[] for _ in range(len(export.cells))]
    inner, issues = nested(linked, "issues")
    for number, other in zip(inner, texts_at(issues, "idReadable"), strict=True):
        if other:
            links[places[number]].append(other)
    return as_lists(pa.array(links, type=pa.large_list(TEXT)))


def _changes(export: Export, key: pd.Series) -> Iterator[Change]:
    """The changes of the fields that count, as the activities of an issue tell them."""
    places, activities = nested(export.records, "activities")
    keys = key.tolist()
    names = texts_at(
        activities, "field.name", "field.customField.name", "field.presentation", "targetMember"
    )
    moments = texts_at(activities, "timestamp")
    said = [
        {side: _called(activity.get(side)) for side in ("removed", "added")}
        for activity in activities
    ]
    before, after = texts_at(said, "removed"), texts_at(said, "added")
    days = [days_of(export, side) if side else [] for side in (before, after)]
    for number, (place, name, at) in enumerate(zip(places, names, moments, strict=True)):
        field, subject = _HISTORY.get(fold_word(name)), keys[place]
        sides = days if field == "promised_on" else (before, after)
        if field and isinstance(subject, str) and before[number] != after[number]:
            yield Change(subject, at, field, sides[0][number], sides[1][number])


TRACKER: Final = Tracker(
    name="youtrack",
    title="YouTrack, CSV of issues and JSON of REST",
    system="youtrack",
    forms=("csv", "xlsx", "json"),
    export=(
        "the list of issues, its menu, Export, Issues in CSV; or GET /api/issues with fields="
        "idReadable,summary,created,updated,resolved,project(shortName),tags(name),"
        "customFields(name,value(name,login,presentation))"
    ),
    verified="JSON by the vendor's documentation; the CSV, and above all its dates, unverified",
    silent="of what a duplicate is one, and in the CSV history and links",
    table_of=_table_of,
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "key": ("Issue Id", "idReadable"),
        "title": ("Summary",),
        "project": ("project.shortName", "Project"),
        "status": ("State", "custom.State", "custom.Status"),
        "priority": ("Priority", "custom.Priority"),
        "severity": ("Severity", "custom.Severity"),
        "owners": ("Assignee", "custom.Assignee", "Assignees", "custom.Assignees"),
        "planned": ("Sprints", "custom.Sprints", "Fix versions", "custom.Fix versions"),
        "labels": ("tags.name", "Tags"),
        "created_at": ("Created",),
        "updated_at": ("Updated",),
        "closed_at": ("Resolved",),
        "promised_on": ("Due Date", "custom.Due Date"),
    },
    words=Words(
        states={
            "submitted": "open",
            "to be discussed": "open",
            "to verify": "open",
            "without verification": "done",
            **dict.fromkeys(_DROPPING, "dropped"),
        },
        order=("dates", "status"),
        dated=True,
    ),
    dates=("epoch_ms", "iso", "%d %b %Y %H:%M", "%d %b %Y %H:%M:%S", "%d %b %Y"),
    separators={"labels": ",", "owners": ","},
    nobody=("Unassigned",),
    complete=_complete,
)
