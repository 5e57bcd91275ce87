"""The JSON of Bugzilla: bugs, their histories, and the two brought together.

Histories come with the bugs (as Perceval writes them), after them in the same file, or alone. One
entry of a history holds several changes; what it does to the state follows from the changes of the
status and of the resolution together.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pmanalytics.reading.nested import objects, text_of
from pmanalytics.reading.records import records_of
from pmanalytics.trackers.model import Record

__all__ = ["NOBODY", "changes_of", "unpack"]

# Logins and names that stand for nobody, and columns that say that there is nothing.
NOBODY: Final = re.compile(r"(?:nobody|unassigned)(?:[@;,].*|\s+-\s.*)?", re.IGNORECASE)
_UNRESOLVED: Final = "---"
_FIELDS: Final[Mapping[str, str]] = {
    "status": "state",
    "bug_status": "state",
    "resolution": "state",
    "assigned_to": "owner",
    "assignedto": "owner",
    "assignee": "owner",
    "deadline": "promised_on",
    "severity": "severity",
    "bug_severity": "severity",
}
_STATUS: Final = ("status", "bug_status")
_ZONE: Final = re.compile(r"\s+(?!UTC$)[A-Z]{2,5}$")
_NAMED: Final = ("summary", "short_desc", "status", "bug_status")


def unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The bugs with their histories, or the changes of a file that holds nothing but histories."""
    records: list[Record | None] = list(records_of(documents))
    if not any("history" in record or "bug_id" in record for record in records if record):
        return records
    records = [record and _plain(record) for record in records]
    told = {text_of(record.get("id")): record for record in records if record and _alone(record)}
    bugs = [record for record in records if record is None or not _alone(record)]
    if any(bugs):
        return [bug and {**told.get(text_of(bug.get("id")), {}), **bug} for bug in bugs]
    return [change for record in records if record for change in _told(record)]


def _told(history: Record) -> list[Record]:
    """The changes of a history, or one that says nothing when there is none."""
    nothing = dict.fromkeys(("when", "field_name", "field", "before", "after"), "")
    return changes_of(history) or [{"bug": text_of(history.get("id")), **nothing}]


def _alone(record: Record) -> bool:
    """Whether a record is a history without its bug."""
    return isinstance(record.get("history"), list) and not any(name in record for name in _NAMED)


def _plain(record: Record) -> Record:
    """A record of XML, in which every value is a list of elements with a text, as plain values."""
    if not isinstance(record.get("bug_id"), list):
        return record
    return {name: _element(value) for name, value in record.items()}


def _element(value: Any) -> Any:
    elements = objects(value)
    if not elements or any(key not in ("__text__", "name") for key in set().union(*elements)):
        return value
    texts = [text_of(element.get("__text__")) for element in elements]
    return texts[0] if len(texts) == 1 else texts


def changes_of(bug: Record) -> list[Record]:
    """The changes in the history of a bug, one record each.

    A record says the bug, when, the tracker's name of the field, and, where the change is one of
    ours, field, before and after: of the state, the resolution if there is one, else the status.
    """
    key = text_of(bug.get("id", bug.get("bug_id")))
    found: list[Record] = []
    if isinstance(bug.get("history"), list):
        for entry in objects(bug["history"]):
            found += _entry(key, text_of(entry.get("when")), list(_changes(entry)))
        return found
    # The page of a bug's activity has a row for each change; those of one moment belong together.
    moments: dict[str, list[tuple[str, str, str]]] = {}
    for row in objects(bug.get("activity")):
        what = text_of(row.get("What")).casefold().replace(" ", "_")
        words = text_of(row.get("Removed")), text_of(row.get("Added"))
        moments.setdefault(text_of(row.get("When")), []).append((what, *words))
    for when, changes in moments.items():
        found += _entry(key, _ZONE.sub("", when), changes)
    return found


def _changes(entry: Record) -> Iterator[tuple[str, str, str]]:
    for change in objects(entry.get("changes")):
        name, *words = (text_of(change.get(key)) for key in ("field_name", "removed", "added"))
        yield name.casefold(), words[0], words[1]


def _entry(key: str, when: str, changes: Sequence[tuple[str, str, str]]) -> list[Record]:
    status = any(name in _STATUS for name, *_ in changes)
    resolution = next((words for name, *words in changes if name == "resolution"), ["", ""])
    records: list[Record] = []
    for name, removed, added in changes:
        field = _FIELDS.get(name, "")
        before, after = removed, added
        if name in _STATUS:
            before, after = (
                resolved if resolved not in ("", _UNRESOLVED) else word
                for resolved, word in zip(resolution, (removed, added), strict=True)
            )
        elif name == "resolution" and status:
            # The status of the same entry tells it already.
            field = ""
        elif field == "owner":
            before, after = (_somebody(word) for word in (removed, added))
        change = {"field_name": name, "field": field, "before": before, "after": after}
        records.append({"bug": key, "when": when, **change})
    return records


def _somebody(person: str) -> str:
    return "" if NOBODY.fullmatch(person) else person
