"""Redmine: the JSON of its REST interface, with journals where exported, and the CSV of a list.

What a status means is for each server to say. Newer servers say whether it is closed, and that
decides; else the name of the status does, and for names that nobody knows the date of closing,
which Redmine keeps when an issue is opened again. Resolved is closed in some servers and not in
others: it is where the issue has a date of closing, or the file has no such dates at all.

Journals name statuses and people by numbers. What these mean is learned from the issues. A number
that no issue has is taken for the status that Redmine installs with it, as long as the issues do
not contradict that; a change to any other is left out. Both are said. How much of an issue is done
says nothing about its state.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from pmanalytics.reading.nested import object_of, objects, text_of
from pmanalytics.reading.records import records_of
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.histories import Change, events_of, last_closings
from pmanalytics.trackers.interpreting import as_lists, missing
from pmanalytics.trackers.model import Completed, Export, Header, Record, Tracker, Words
from pmanalytics.trackers.nested import mostly
from pmanalytics.trackers.pages import announced, missing_pages
from pmanalytics.trackers.redmine_words import HEADERS, RESOLVED, STATES
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_TELLING: Final = frozenset(
    ("tracker", "done_ratio", "created_on", "project", "author", "priority")
)
_VIEW: Final = frozenset(fold_word(name) for names in HEADERS.values() for name in names)
_TITLES: Final = frozenset(map(fold_word, HEADERS["title"]))
_PARENT: Final = r"Parent task|Übergeordnete Aufgabe|Tarea padre|Tâche parente"
_RELATED: Final = r"Related issues|Zugehörige Tickets|Peticiones relacionadas|Demandes liées"
_FIELDS: Final[Mapping[str, str]] = {
    "status_id": "state",
    "assigned_to_id": "owner",
    "due_date": "promised_on",
}

# The numbers of New, In Progress, Resolved, Feedback, Closed and Rejected as they are installed.
_DEFAULTS: Final[Mapping[str, str]] = {
    "1": "open",
    "2": "open",
    "3": "done",
    "4": "open",
    "5": "done",
    "6": "dropped",
}


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The issues, with their custom fields by name and the numbers of related issues."""
    found: list[Record | None] = [
        record and (_with_links(record) if "subject" in record else record)
        for record in records_of(documents)
    ]
    return announced(found, documents, total="total_count")


def _with_links(issue: Record) -> Record:
    own = text_of(issue.get("id"))
    ends = [
        text_of(relation.get(end))
        for relation in objects(issue.get("relations"))
        for end in ("issue_id", "issue_to_id")
    ]
    links = [text_of(object_of(issue.get("parent")).get("id")), *ends]
    named = {
        text_of(field.get("name")): field.get("value")
        for field in objects(issue.get("custom_fields"))
    }
    return {**issue, "custom": named, "linked": [key for key in links if key not in ("", own)]}


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    return "items" if "#" in names and names & _TITLES and len(names & _VIEW) >= 4 else ""


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_issue) else ""


def _is_issue(record: Record) -> bool:
    return "subject" in record and "id" in record and len(_TELLING & record.keys()) >= 3


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    number = columns.get("number", missing(export))
    key = number.where(number.str.fullmatch("[0-9]+").fillna(value=False))
    signals = {**columns, "category": _is_closed(export, columns)}
    judged = closing(export, signals)
    changes, doubts = _changes(export, judged.state)
    events, more = events_of(changes, export, judged=True)
    if len(events):
        when = last_closings(events, export.system + ":" + key)
        judged = closing(export, {**signals, "state_changed_at": when})
    found = judged.completed(key=key, **_links(export))
    return replace(
        found, events=events, warnings=(*found.warnings, *doubts, *more, *missing_pages(export))
    )


def _is_closed(export: Export, columns: Mapping[str, pd.Series]) -> pd.Series:
    """Whether the status is a closed one, where the server says so or a date of closing must."""
    said = columns.get("category", missing(export))
    if "closed_at" not in columns or "status" not in columns:
        return said
    resolved = columns["status"].fillna("").map(fold_word).isin(RESOLVED)
    dated = columns["closed_at"].notna().map({True: "true", False: "false"}).astype("str")
    return said.fillna(dated.where(resolved))


def _links(export: Export) -> dict[str, pd.Series]:
    """Parents and related issues of a CSV, such as Blocks #12."""
    if export.records or "links" in export.source.fields:
        return {}
    names = [name for name in export.cells.columns if fold_word(name) in _LINKS]
    if not names:
        return {}
    texts = export.cells.texts(names, separator="[,#]", like="^[0-9]+$")
    return {"links": as_lists(texts)}


_LINKS: Final = frozenset(map(fold_word, f"{_PARENT}|{_RELATED}".split("|")))


def _changes(export: Export, state: pd.Series) -> tuple[list[Change], list[str]]:
    """The journals as changes, and a sentence about statuses that the file does not name."""
    people, named = _people(export.records), _states(export, state)
    states = {**_DEFAULTS, **named} if _as_installed(named) else named
    taken: set[str] = set()
    unnamed: Counter[str] = Counter()
    changes = []
    for key, at, detail in _details(export.records):
        field = _FIELDS[text_of(detail.get("name"))]
        before, after = (text_of(detail.get(end)) for end in ("old_value", "new_value"))
        if field == "state":
            if after not in states:
                unnamed[after] += 1
                continue
            taken |= {before, after} & (_DEFAULTS.keys() - named.keys())
            before, after = states.get(before, ""), states[after]
        elif field == "owner":
            before, after = people.get(before, before), people.get(after, after)
        changes.append(Change(key, at, field, before, after))
    return changes, list(_unnamed(taken, unnamed))


def _unnamed(taken: Iterable[str], unnamed: Counter[str]) -> Iterator[str]:
    if taken:
        yield (
            "The journals name statuses that no issue of the file has (number "
            f"{', '.join(sorted(taken))}); taken for those that Redmine installs."
        )
    if unnamed:
        yield (
            f"{unnamed.total():,} changes lead to a status that no issue of the file has (number "
            f"{', '.join(sorted(unnamed))}), so nobody knows what it means; left out."
        )


def _as_installed(named: Mapping[str, str]) -> bool:
    """Whether the statuses are those that Redmine installs, as far as the issues show."""
    numbers = named.keys() & (_DEFAULTS.keys() - {"3"})
    return bool(named) and all(named[number] == _DEFAULTS[number] for number in numbers)


def _details(issues: Sequence[Record]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for issue in issues:
        for journal in objects(issue.get("journals")):
            for detail in objects(journal.get("details")):
                if detail.get("property") == "attr" and text_of(detail.get("name")) in _FIELDS:
                    yield text_of(issue.get("id")), text_of(journal.get("created_on")), detail


def _states(export: Export, state: pd.Series) -> dict[str, str]:
    """The state that the issues of each status are mostly in, by the number of the status."""
    found: dict[str, Counter[str]] = {}
    for issue, ours in zip(export.records, state if export.records else (), strict=True):
        number = text_of(object_of(issue.get("status")).get("id"))
        if number and isinstance(ours, str):
            found.setdefault(number, Counter())[ours] += 1
    return {number: counts.most_common(1)[0][0] for number, counts in found.items()}


def _people(issues: Sequence[Record]) -> dict[str, str]:
    found = {}
    for issue in issues:
        journals = objects(issue.get("journals"))
        named = [issue.get("author"), issue.get("assigned_to"), *(j.get("user") for j in journals)]
        for person in map(object_of, named):
            found[text_of(person.get("id"))] = text_of(person.get("name"))
    return found


TRACKER: Final = Tracker(
    name="redmine",
    title="Redmine, JSON of REST with journals, and CSV of a list",
    system="redmine",
    forms=("json", "csv"),
    export=(
        "/issues.json?status_id=*&limit=100&offset=0, and /issues/ID.json?include=journals,"
        "relations; or below the list of issues CSV, all columns, UTF-8"
    ),
    verified=(
        "a real file of REST with journals, in Spanish; the CSV after the vendor's source, no real "
        "file of it was seen"
    ),
    silent="labels, the address, and in CSV every change before the last",
    table_of=_table_of,
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "number": ("id", "#"),
        **{ours: (path, *HEADERS[ours]) for ours, path in {
            "title": "subject",
            "project": "project.name",
            "status": "status.name",
            "priority": "priority.name",
            "owners": "assigned_to.name",
            "created_at": "created_on",
            "updated_at": "updated_on",
            "closed_at": "closed_on",
            "promised_on": "due_date",
            "planned": "fixed_version.name",
        }.items()},
        "category": ("status.is_closed",),
        "severity": ("custom.Severity", "Severity"),
        "links": ("linked",),
    },
    more=rf"(?i)^(?:{_PARENT}|{_RELATED})$",
    words=Words(
        states=STATES,
        categories={"true": "done", "false": "open"},
        order=("category", "status", "dates"),
    ),
    dates=("iso", "%m/%d/%Y %I:%M %p"),
    limits=(500,),
    complete=_complete,
)  # fmt: skip
