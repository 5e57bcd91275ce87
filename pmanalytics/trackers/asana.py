"""Asana: the CSV of a project, and tasks as JSON of its REST interface.

A task is done when it is ticked off, which Asana remembers with a date; its section is only where
it lies. So a task in a section Done that is not ticked is open, and counted as contradicting
itself, and a ticked one in a section such as Won't do is dropped.

In the CSV, parents and dependencies are the names of tasks, not their numbers, and are left out.
The numbers have 16 digits: a spreadsheet writes them as 1.21143E+15, which names no task, so such
rows are refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.reading.nested import mostly, named_values, nested, texts_at
from pmanalytics.reading.records import records_of
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.histories import Change, events_of
from pmanalytics.trackers.interpreting import as_lists, as_text, missing
from pmanalytics.trackers.model import Completed, Export, Header, Record, Tracker, Words
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_KEY: Final = r"^[0-9]+$"
_SHORTENED: Final = r"^[0-9][.,]?[0-9]*[eE]\+?[0-9]+$"
_LONG: Final = r"^[0-9]{15}0$"
_FEW: Final = 5
# A task may lie in several projects.
_FIRST: Final = r"^\s*([^,;]*[^,;\s])"
_NEEDED: Final = frozenset(("task id", "name"))
_TELLING: Final = frozenset(
    ("completed at", "last modified", "section/column", "assignee email", "projects",
     "parent task", "blocked by (dependencies)")
)  # fmt: skip
_TOLD: Final = frozenset(
    ("completed", "memberships", "assignee_status", "resource_subtype", "permalink_url")
)
_LINKS: Final = ("parent.gid", "dependencies.gid")
_VALUES: Final = ("display_value", "enum_value", "text_value", "number_value")
_TICKS: Final[Mapping[str, tuple[str, str]]] = {
    "marked_complete": ("open", "done"),
    "marked_incomplete": ("done", "open"),
}


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    return "items" if names >= _NEEDED and len(names & _TELLING) >= 2 else ""


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The tasks, with their section and their custom fields as plain values."""
    records = records_of(documents)
    if not mostly(records, _is_resource):
        return list(records)
    return [record and _plain(record) for record in records]


def _plain(record: Record) -> Record:
    _, memberships = nested([record], "memberships")
    section = next(filter(None, texts_at(memberships, "section.name")), "")
    custom = named_values(record, "custom_fields", _VALUES)
    return {**record, "section": section or None, "custom": custom}


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_resource) and any(map(_is_task, records)) else ""


def _is_resource(record: Record) -> bool:
    """Bulk exports hold projects and sections beside the tasks, and say what each is."""
    named = isinstance(record.get("gid"), str)
    return named and (isinstance(record.get("resource_type"), str) or _is_task(record))


def _is_task(record: Record) -> bool:
    if record.get("resource_type", "task") != "task" or not record.keys() & _TOLD:
        return False
    return isinstance(record.get("gid"), str) and isinstance(record.get("name"), str)


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    key = columns["key"].where(columns["key"].str.match(_KEY).fillna(value=False))
    found = closing(export, columns).completed(key=key)
    added = {}
    links = [name for name in _LINKS if export.has(name)]
    if links and "links" not in export.source.fields:
        added["links"] = as_lists(export.cells.texts(links))
    if "project" in columns and "project" not in export.source.fields:
        added["project"] = columns["project"].str.extract(_FIRST, expand=False)
    events, doubts = events_of(_changes(export, key), export)
    return replace(
        found,
        columns={**found.columns, **added},
        warnings=(*found.warnings, *_spoilt(columns["key"]), *doubts),
        events=events,
        filtered=_others(export),
    )


def _others(export: Export) -> np.ndarray:
    """The records that are no tasks."""
    kind = missing(export)
    if export.has("resource_type"):
        kind = as_text(export.cells.text("resource_type"))
    return kind.fillna("task").ne("task").to_numpy(dtype=bool)


def _spoilt(key: pd.Series) -> Iterator[str]:
    """What a spreadsheet did to the numbers of the tasks."""
    shortened = key[key.str.match(_SHORTENED).fillna(value=False)]
    if len(shortened):
        yield (
            f"A spreadsheet shortened {len(shortened):,} task ids (such as {shortened.iloc[0]!r}), "
            "which then name no task; use the export as Asana wrote it."
        )
    whole = key[key.str.fullmatch(r"[0-9]{16}").fillna(value=False)]
    if len(whole) >= _FEW and whole.str.match(_LONG).all():
        yield (
            "All task ids end with 0, as a spreadsheet rounds them, so different tasks may seem "
            "the same; use the export as Asana wrote it."
        )


def _changes(export: Export, key: pd.Series) -> Iterator[Change]:
    """Ticks, owners and due dates as the stories of a task tell them, the oldest first."""
    places, stories = nested(export.records, "stories")
    keys = key.tolist()
    kinds, moments = texts_at(stories, "resource_subtype", "type"), texts_at(stories, "created_at")
    owners = texts_at(stories, "assignee.name", "assignee")
    before, after = (texts_at(stories, f"{side}_dates.due_on") for side in ("old", "new"))
    owner: dict[int, str] = {}
    for number, (place, kind, at) in enumerate(zip(places, kinds, moments, strict=True)):
        subject = keys[place]
        if not isinstance(subject, str):
            continue
        if kind in _TICKS:
            yield Change(subject, at, "state", *_TICKS[kind])
        elif kind == "due_date_changed":
            yield Change(subject, at, "promised_on", before[number], after[number])
        elif kind in ("assigned", "unassigned"):
            now = owners[number] if kind == "assigned" else ""
            yield Change(subject, at, "owner", owner.get(place, ""), now)
            owner[place] = now


TRACKER: Final = Tracker(
    name="asana",
    title="Asana, CSV of a project and JSON of REST",
    system="asana",
    forms=("csv", "xlsx", "json"),
    export=(
        "the project's menu, Export / Print, CSV; or GET /projects/{gid}/tasks with opt_fields "
        "(name, completed, completed_at, due_on, assignee.name, memberships.section.name, ...); or "
        "POST /exports/resource, which has the stories of each task"
    ),
    verified=(
        "the columns of the CSV from the import tools of others, the JSON from the vendor's "
        "documentation; no real file was at hand"
    ),
    silent=(
        "dropped tasks (they are ticked like the others), history, and in the CSV parents and "
        "dependencies (they are names)"
    ),
    table_of=_table_of,
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "key": ("Task ID", "gid"),
        "title": ("Name",),
        "url": ("permalink_url",),
        "status": ("Section/Column", "section"),
        "planned": ("Section/Column", "section"),
        "category": ("completed",),
        "priority": ("Priority", "custom.Priority"),
        "severity": ("Severity", "custom.Severity"),
        "owners": ("Assignee", "Assignee Email"),
        "project": ("Projects", "memberships.project.name", "projects.name"),
        "labels": ("tags.name", "Tags"),
        "created_at": ("Created At", "created_at"),
        "updated_at": ("Last Modified", "modified_at"),
        "closed_at": ("Completed At", "completed_at"),
        "promised_on": ("Due Date", "due_on"),
    },
    more=r"^((parent|dependencies)\.gid|resource_type)$",
    words=Words(
        states={"not started": "open", "completed": "done"},
        categories={"true": "done", "false": "open"},
        order=("category", "dates", "status"),
        dated=True,
    ),
    dates=("iso",),
    separators={"labels": ","},
    complete=_complete,
)
