"""Linear: the CSV of issues in all its generations, and issues as JSON of its GraphQL interface.

A ticket has three ends. Completed is done and Canceled is dropped; of the two the later counts.
Archived alone, on a ticket that was still open, is dropped: nobody sees it on a board any more, and
its status still says Todo, which is counted. The type of the status, which JSON has, outranks the
dates, which outrank the name of the status; a name that nobody knows is open where no date says
otherwise.

A team of Linear is the team that owns the ticket. It is the column team, and its key, the part of
the ticket's key before the number, is the project. Due dates are midnight in UTC, and are the day
that is written there, in whatever zone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd
import pyarrow.compute as pc

from pmanalytics.reading.nested import mostly, nested, texts_at
from pmanalytics.trackers.closing import closing, meaning_of
from pmanalytics.trackers.dates import parse_dates
from pmanalytics.trackers.histories import Change, events_of
from pmanalytics.trackers.interpreting import as_lists, as_text, missing, without_apostrophe
from pmanalytics.trackers.model import Completed, Export, Header, Record, Tracker, Words
from pmanalytics.trackers.vocabulary import distinct, fold_word, folded

__all__ = ["TRACKER"]

_KEY: Final = r"^[A-Za-z0-9]+-[0-9]+$"
_NEEDED: Final = frozenset(("id", "title", "status"))
_TELLING: Final = frozenset(
    ("cycle number", "cycle name", "cycle start", "canceled", "archived", "parent issue",
     "project milestone", "triaged", "roadmaps", "initiatives", "sla status")
)  # fmt: skip
_LINKS: Final = (
    r"(?i)^(related to|blocked by|blocks|duplicate of|parent issue|parent\.identifier"
    r"|(inverse)?relations\..*\.identifier)$"
)
_MORE: Final = (
    rf"{_LINKS}|^(cycle (name|number)|(project )?milestone|cycle\.(name|number)"
    r"|projectmilestone\.name)$"
)
_PLANNED: Final = ("cycle name", "cycle.name", "cycle number", "cycle.number", "project milestone",
                   "projectmilestone.name", "milestone")  # fmt: skip
_TYPES: Final[Mapping[str, str]] = {
    "backlog": "open",
    "unstarted": "open",
    "started": "open",
    "triage": "open",
    "completed": "done",
    "canceled": "dropped",
    "duplicate": "dropped",
    "archived": "dropped",
}
_MIDNIGHT: Final = r"(?: GMT[+-]\d{4}.*|T00:00:00(?:\.0+)?Z)$"
_WITHOUT_ZONE: Final = "%a %b %d %Y %H:%M:%S"
_CHANGES: Final = (
    ("owner", "fromAssignee", "toAssignee"),
    ("team", "fromTeam", "toTeam"),
    ("promised_on", "fromDueDate", "toDueDate"),
)


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    return "items" if names >= _NEEDED and len(names & _TELLING) >= 2 else ""


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_issue) else ""


def _is_issue(record: Record) -> bool:
    if not all(isinstance(record.get(name), str) for name in ("identifier", "title")):
        return False
    return not {"fields", "iid", "html_url"} & record.keys()


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    key = columns["key"].where(columns["key"].str.match(_KEY).fillna(value=False))
    judged = closing(export, {**columns, **_ends(export, columns)})
    found = judged.completed(key=key, **_named(export, columns))
    others = _duplicates(export, columns, judged.state)
    events, doubts = events_of(_changes(export, key), export)
    return replace(
        found,
        columns={**found.columns, "duplicate_of": others},
        warnings=(*found.warnings, *doubts),
        events=events,
    )


def _ends(export: Export, columns: Mapping[str, pd.Series]) -> dict[str, pd.Series]:
    """The type of each status, else what the dates say, and when tickets were dropped."""
    nowhere = missing(export, "datetime64[us, UTC]")
    completed, canceled, archived = (
        columns.get(name, nowhere) for name in ("closed_at", "dropped_at", "archived_at")
    )
    by_dates = missing(export).mask(completed.notna(), "completed")
    by_dates = by_dates.mask(canceled.notna() & ~completed.gt(canceled), "canceled")
    category = columns.get("category", missing(export)).str.lower().fillna(by_dates)
    state, words = meaning_of(export), distinct(columns.get("status", missing(export)))
    named = words.spread([state(word) for (word,) in words.words])
    still_open = category.map(_TYPES).fillna(named).eq("open") & completed.isna() & canceled.isna()
    category = category.mask(still_open & archived.notna(), "archived")
    dropped = canceled.fillna(archived.where(category.eq("archived")))
    return {"category": category, "dropped_at": dropped}


def _named(export: Export, columns: Mapping[str, pd.Series]) -> dict[str, pd.Series]:
    """Title, plan, due date and links, each from whichever columns hold it."""
    cells, given, found = export.cells, export.source.fields, {}
    if "title" in columns and not export.records:
        found["title"] = without_apostrophe(columns["title"])
    if "planned" not in given:
        found["planned"] = _planned(export)
    if "promised_on" in columns:
        found["promised_on"] = _days(export, export.columns["promised_on"][0])
    links = [name for name in cells.columns if re.match(_LINKS, name)]
    if links and "links" not in given:
        found["links"] = as_lists(cells.texts(links, separator=",", like=_KEY))
    return found


def _planned(export: Export) -> pd.Series:
    known = {fold_word(name): name for name in export.cells.columns}
    planned = missing(export)
    for name in (name for name in _PLANNED if name in known):
        text = as_text(export.cells.text(known[name]))
        planned = planned.fillna("Cycle " + text if name.endswith("number") else text)
    return planned


def _days(export: Export, name: str) -> pd.Series:
    texts = pc.replace_substring_regex(export.cells.text(name), _MIDNIGHT, "")
    formats = (*export.source.date_formats, _WITHOUT_ZONE, *export.tracker.dates)
    parsed, _ = parse_dates({name: texts}, formats=formats)
    return parsed[name].as_days(export.settings.timezone)


def _duplicates(export: Export, columns: Mapping[str, pd.Series], state: pd.Series) -> pd.Series:
    """The ticket that a dropped one is a duplicate of, or the word unknown."""
    status, kind = (columns.get(name, missing(export)) for name in ("status", "category"))
    duplicate = status.str.lower().eq("duplicate") | kind.str.lower().eq("duplicate")
    other = missing(export).mask(duplicate, "unknown")
    for name in export.cells.columns:
        if fold_word(name) == "duplicate of":
            first = as_text(export.cells.text(name)).str.extract(r"^([^,\s]+)", expand=False)
            other = (export.system + ":" + first).fillna(other)
    places, relations = nested(export.records, "relations")
    kinds, named = texts_at(relations, "type"), texts_at(relations, "relatedIssue.identifier")
    for place, word, key in zip(places, kinds, named, strict=True):
        if word == "duplicate" and key:
            other.iloc[place] = f"{export.system}:{key}"
    return other.where(state.eq("dropped"))


def _changes(export: Export, key: pd.Series) -> Iterator[Change]:
    places, history = nested(export.records, "history")
    keys = ["" if pd.isna(name) else name for name in key.iloc[places]]
    moments = texts_at(history, "createdAt")
    given = folded(export.source.states)
    sides = [
        [
            name if fold_word(name) in given else _TYPES.get(kind, name)
            for name, kind in zip(
                texts_at(history, f"{side}.name"), texts_at(history, f"{side}.type"), strict=True
            )
        ]
        for side in ("fromState", "toState")
    ]
    plain = [("state", sides[0], sides[1])]
    plain += [(name, texts_at(history, old), texts_at(history, new)) for name, old, new in _CHANGES]
    for name, before, after in plain:
        for subject, at, old, new in zip(keys, moments, before, after, strict=True):
            if subject and old != new:
                yield Change(subject, at, name, old, new)


TRACKER: Final = Tracker(
    name="linear",
    title="Linear, CSV of issues and JSON of GraphQL",
    system="linear",
    forms=("csv", "xlsx", "json"),
    export=(
        "Settings, Administration, Import / Export, Export data; or, of a view, its menu, Export "
        "issues as CSV; history only by GraphQL (issues with state, assignee, history)"
    ),
    verified=(
        "the vendor's import tool and the headers of exports from 2021, 2023 and 2025 to 2026; "
        "JSON by the vendor's schema; no real file was at hand"
    ),
    silent="history in the CSV, and why a ticket was canceled",
    table_of=_table_of,
    table_of_records=_table_of_records,
    columns={
        "key": ("ID", "identifier"),
        "title": ("Title",),
        "url": ("URL",),
        "status": ("Status", "state.name"),
        "category": ("state.type",),
        "team": ("team.name", "Team"),
        "priority": ("priorityLabel", "Priority"),
        "owners": ("Assignee",),
        "labels": ("labels.nodes.name", "Labels"),
        "created_at": ("Created", "createdAt"),
        "updated_at": ("Updated", "updatedAt"),
        "closed_at": ("Completed", "completedAt"),
        "dropped_at": ("Canceled", "canceledAt"),
        "archived_at": ("Archived", "archivedAt"),
        "promised_on": ("Due Date", "dueDate"),
    },
    more=_MORE,
    words=Words(categories=_TYPES, order=("category", "status", "dates"), dated=True),
    dates=("javascript", "iso"),
    separators={"labels": ","},
    complete=_complete,
)
