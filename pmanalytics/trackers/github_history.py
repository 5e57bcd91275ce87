"""GitHub's timeline: closings, reopenings, owners and severities, in any of its forms.

The REST interface writes events under `timeline` or `events`, GraphQL under `timelineItems`, and
scripts under names of their own. Some dumps have one row per event with the issue inside it, so the
events of one issue are gathered from all its rows before its story is told.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from pmanalytics.reading.nested import inner, objects, text_of
from pmanalytics.trackers.histories import Change, seconds_of
from pmanalytics.trackers.model import Record
from pmanalytics.trackers.vocabulary import severity_of

__all__ = ["HISTORIES", "issue_of_event", "original_of", "timeline_changes", "was_pull_request"]

HISTORIES: Final = ("timeline", "events", "timelineItems", "timeline_items")
_KINDS: Final = ("event", "event_type", "__typename", "eventType")
_MOMENTS: Final = ("created_at", "event_date", "createdAt", "created_date")
# Only pull requests have events of these kinds.
_PULLS: Final = frozenset(
    ("committed", "reviewed", "reviewrequested", "merged", "readyforreview", "converttodraft",
     "headrefdeleted", "headrefforcepushed", "pullrequestcommit", "pullrequestreview")
)  # fmt: skip
_SEVERITY: Final = re.compile(r"\s*sev", re.IGNORECASE)

# The moment in seconds and as written, the kind of the event, and what it concerns.
Step = tuple[float, str, str, str]


def issue_of_event(record: Record) -> Record | None:
    """The issue that a row about one event holds, with the event; None if the row is no event."""
    issue = record.get("issue")
    if not isinstance(issue, dict) or "number" in record:
        return None
    if not any(isinstance(record.get(name), str) for name in _KINDS):
        return None
    event = {name: value for name, value in record.items() if name != "issue"}
    return {**issue, "timeline": [event]}


def was_pull_request(record: Record) -> bool:
    """Whether events tell that the record is a pull request."""
    return any(_kind(event) in _PULLS for event in _events(record))


def original_of(record: Record) -> str:
    """The address of the issue that this one was marked as a duplicate of, or the empty text."""
    found = text_of(inner(record, "duplicateOf", "url"))
    for event in _events(record):
        if _kind(event) == "markedasduplicate":
            found = text_of(inner(event, "canonical", "url")) or found
    return found


def timeline_changes(
    records: Sequence[Record],
    keys: Sequence[str | None],
    reasons: Sequence[str],
    *,
    meaning: Callable[[str, str], str],
) -> list[Change]:
    """The changes of all issues.

    `reasons` say why each issue is closed now, for closings that do not say it themselves, and
    `meaning` leads from open or closed and a reason to a state.
    """
    steps: dict[str, set[Step]] = {}
    last_reason: dict[str, str] = {}
    for record, key, reason in zip(records, keys, reasons, strict=True):
        if key is not None:
            steps.setdefault(key, set()).update(_steps(record))
            last_reason[key] = reason
    return [
        change
        for key, told in steps.items()
        for change in _story(key, sorted(told), last_reason[key], meaning)
    ]


def _story(
    key: str, steps: Sequence[Step], reason: str, meaning: Callable[[str, str], str]
) -> Iterator[Change]:
    last = max((n for n, step in enumerate(steps) if step[2] == "closed"), default=-1)
    state, severity = meaning("open", ""), ""
    for number, (_, at, kind, word) in enumerate(steps):
        if kind in ("closed", "reopened"):
            why = word or (reason if number == last else "")
            after = meaning("closed", why) if kind == "closed" else meaning("open", "")
            if after != state:
                yield Change(key, at, "state", state, after)
                state = after
        elif kind == "assigned":
            yield Change(key, at, "owner", "", word)
        elif kind == "unassigned":
            yield Change(key, at, "owner", word, "")
        elif kind == "labeled" and word != severity:
            yield Change(key, at, "severity", severity, word)
            severity = word
        elif kind == "unlabeled" and word == severity:
            yield Change(key, at, "severity", severity, "")
            severity = ""


def _steps(record: Record) -> Iterator[Step]:
    for event in _events(record):
        kind = _kind(event)
        at = next((text for name in _MOMENTS if (text := text_of(event.get(name)))), "")
        if kind in ("closed", "reopened"):
            why = text_of(event.get("state_reason")) or text_of(event.get("stateReason"))
            yield seconds_of(at), at, kind, why if kind == "closed" else ""
        elif kind in ("assigned", "unassigned"):
            whom = event.get("assignee")
            login = text_of(inner(whom, "login")) or text_of(inner(whom, "name")) or text_of(whom)
            if login:
                yield seconds_of(at), at, kind, login
        elif kind in ("labeled", "unlabeled"):
            label = event.get("label")
            name = text_of(inner(label, "name")) or text_of(label)
            severity = severity_of(name) if _SEVERITY.match(name) else None
            if severity:
                yield seconds_of(at), at, kind, severity


def _events(record: Record) -> list[dict[str, Any]]:
    found = []
    for name in HISTORIES:
        value = record.get(name)
        if isinstance(value, dict):
            edges = [edge.get("node") for edge in objects(value.get("edges"))]
            value = value.get("nodes") or edges
        found += objects(value)
    return found


def _kind(event: Record) -> str:
    """The kind of an event in one spelling: ClosedEvent and closed, AssignedEvent and assigned."""
    named = next((text for name in _KINDS if (text := text_of(event.get(name)))), "")
    return named.lower().replace("_", "").replace("-", "").removesuffix("event")
