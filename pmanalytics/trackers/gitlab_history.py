"""GitLab's history: the notes that the system writes, and the events of states and labels.

A story is told forwards from an open issue; telling the same closing twice, in a note and in an
event, tells it once.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pmanalytics.reading.nested import inner, objects, text_of
from pmanalytics.trackers.histories import Change, seconds_of
from pmanalytics.trackers.model import Record
from pmanalytics.trackers.months import month_of
from pmanalytics.trackers.vocabulary import severity_of

__all__ = ["Origin", "changes_of", "origin_of"]

_NOTES: Final = ("notes_data", "notes", "system_notes")
_STATES: Final = ("resource_state_events", "state_events")
_LABELS: Final = ("resource_label_events", "label_events")
_CLOSED: Final = re.compile(r"(?:status changed to )?closed\b|moved to \S", re.IGNORECASE)
_REOPENED: Final = re.compile(r"(?:status changed to )?(?:reopened|opened)\b", re.IGNORECASE)
_DUE: Final = re.compile(r"changed due date to (\w+) (\d{1,2}), (\d{4})", re.IGNORECASE)
_NOT_DUE: Final = re.compile(r"removed due date", re.IGNORECASE)
_SEVERITY: Final = re.compile(r"changed the severity to \**[\w ]+ - S(\d)", re.IGNORECASE)
_ASSIGNED: Final = re.compile(r"(un)?assigned(?: to)?((?:[ ,]+(?:and )?@[\w.-]+)+)")
_PERSON: Final = re.compile(r"@([\w.-]*\w)")
_REFERENCE: Final = r"([\w./-]*#\d+)"
_MOVED: Final = re.compile(rf"moved to {_REFERENCE}", re.IGNORECASE)
_DUPLICATE: Final = re.compile(rf"marked this \w+ as a duplicate of {_REFERENCE}", re.IGNORECASE)
_SCOPED: Final = re.compile(r"\s*severity::\s*(.+)", re.IGNORECASE)
# Between things of one moment, what comes first: a closing before a reopening.
_STEPS: Final = {"closed": "closed", "merged": "closed", "reopened": "opened", "opened": "opened"}


@dataclass(frozen=True)
class Origin:
    """Why an issue was closed without being done: moved or duplicate, and where it lives on."""

    reason: str = ""
    elsewhere: str = ""


def origin_of(record: Record) -> Origin:
    """What an issue says of having been moved or being a duplicate; the last note counts."""
    found = Origin()
    if text_of(record.get("moved_to_id")):
        found = Origin("moved")
    elif text_of(inner(record, "_links", "closed_as_duplicate_of")):
        found = Origin("duplicate")
    for note in _notes(record):
        body = text_of(note.get("body"))
        for reason, pattern in (("moved", _MOVED), ("duplicate", _DUPLICATE)):
            if told := pattern.match(body):
                found = Origin(reason, told[1])
    return found


def changes_of(
    record: Record, key: str, *, closed: str, meaning: Callable[[str], str]
) -> list[Change]:
    """The changes of one issue, in the order of time.

    `closed` is the state that it has when it was closed for the last time, `meaning` leads from
    the words opened and closed to states.
    """
    steps = sorted(_steps(record), key=lambda step: seconds_of(step[0]))
    final = max((n for n, (_, _, word) in enumerate(steps) if word == "closed"), default=-1)
    now = {"state": meaning("opened"), "promised_on": "", "severity": ""}
    changes = []
    for number, (at, field, word) in enumerate(steps):
        if field == "owner":
            before, _, after = word.partition("\n")
            changes.append(Change(key, at, field, before, after))
            continue
        value = word
        if field == "state":
            value = closed if number == final else meaning(word)
        if value != now[field]:
            changes.append(Change(key, at, field, now[field], value))
            now[field] = value
    return changes


def _notes(record: Record) -> list[dict[str, Any]]:
    """The notes that the system wrote, oldest first."""
    notes = [note for name in _NOTES for note in objects(record.get(name))]
    for talk in objects(record.get("discussions")):
        notes += objects(talk.get("notes"))
    written = [note for note in notes if note.get("system") is True]
    return sorted(written, key=lambda note: seconds_of(note.get("created_at")))


def _steps(record: Record) -> Iterator[tuple[str, str, str]]:
    """Moment, field and word of everything that is told."""
    for note in _notes(record):
        for field, word in _told(text_of(note.get("body"))):
            yield text_of(note.get("created_at")), field, word
    for event in (event for name in _STATES for event in objects(record.get(name))):
        step = _STEPS.get(text_of(event.get("state")).lower())
        if step:
            yield text_of(event.get("created_at")), "state", step
    for event in (event for name in _LABELS for event in objects(record.get(name))):
        scoped = _SCOPED.fullmatch(text_of(inner(event, "label", "name")))
        if scoped and event.get("action") == "add":
            word = severity_of(scoped[1]) or scoped[1]
            yield text_of(event.get("created_at")), "severity", word


def _told(body: str) -> Iterator[tuple[str, str]]:
    """What a note of the system tells, as field and word."""
    if _CLOSED.match(body):
        yield "state", "closed"
    elif _REOPENED.match(body):
        yield "state", "opened"
    elif due := _DUE.search(body):
        month = month_of(due[1])
        if month:
            yield "promised_on", f"{due[3]}-{month:02}-{int(due[2]):02}"
    elif _NOT_DUE.match(body):
        yield "promised_on", ""
    elif severity := _SEVERITY.match(body):
        yield "severity", f"sev{severity[1]}"
    else:
        persons: Mapping[str, list[str]] = {"": [], "un": []}
        for side, names in _ASSIGNED.findall(body):
            persons[side].extend(_PERSON.findall(names))
        if any(persons.values()):
            yield "owner", f"{', '.join(persons['un'])}\n{', '.join(persons[''])}"
