"""Jira's changelog: what happened to each issue, as changes.

An entry holds what changed at one moment, so that a status and a resolution of one entry are judged
together: Closed and Won't Fix is dropped. A story is followed backwards from what the issue is now,
which needs neither a beginning nor an order of the entries: Cloud writes the newest first, Server
the oldest. Statuses are told by their ids, for their names change.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pmanalytics.reading.nested import inner, objects, text_of
from pmanalytics.settings import Source
from pmanalytics.trackers.closing import joint_meaning_of
from pmanalytics.trackers.histories import Change, seconds_of
from pmanalytics.trackers.model import Export, Record
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["Standing", "Told", "told_by"]

Item = Mapping[str, Any]
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "owner": ("assignee",),
    "promised_on": ("duedate", "due date"),
    "severity": ("severity",),
}
# Fields whose changes a configuration can ask for, by our column.
_CONFIGURED: Final = {"promised_on": "promised_on", "severity": "severity", "team": "team"}
_DAY: Final = len("2026-01-31")


@dataclass(frozen=True)
class Standing:
    """Where an issue stands: the word of its status, the status's category, and its resolution."""

    status: str = ""
    category: str = ""
    resolution: str = ""


@dataclass(frozen=True, eq=False)
class Told:
    """What all changelogs tell: the changes, and for each issue where its story ends.

    `cut` is the number of issues whose changelog holds less than it says, and `unknown` are the
    words for a status that nobody knows, with the number of issues that had it.
    """

    changes: Sequence[Change]
    ends: Sequence[Standing]
    cut: int
    unknown: Mapping[str, int]


def told_by(export: Export, keys: Iterable[str | None]) -> Told:
    """Read the changelogs of all issues; those without a key tell no changes."""
    reader = _Reader(_statuses(export.records), _tracked(export.source), joint_meaning_of(export))
    changes: list[Change] = []
    ends: list[Standing] = []
    cut = 0
    for key, record in zip(keys, export.records, strict=True):
        changelog = record.get("changelog")
        entries = _entries(changelog)
        said = inner(changelog, "total")
        cut += isinstance(said, int) and said > len(entries)
        found, end = reader.story(record, entries, key if isinstance(key, str) else "")
        changes += found if isinstance(key, str) else ()
        ends.append(end)
    return Told(changes, ends, cut, reader.unknown)


@dataclass(frozen=True, eq=False)
class _Reader:
    """What is needed to read a changelog: known statuses, fields to follow, and what words mean."""

    statuses: Mapping[str, tuple[str, str]]
    tracked: Mapping[str, str]
    meaning: Callable[[str, str, str], str]
    unknown: Counter[str] = field(default_factory=Counter)

    def story(
        self, record: Record, entries: Sequence[Item], key: str
    ) -> tuple[list[Change], Standing]:
        """The changes of one issue, newest first, and where it stands at their end."""
        standing = _now(record)
        end = standing
        changes: list[Change] = []
        strange: set[str] = set()
        for entry in entries:
            at = text_of(entry.get("created"))
            items = {fold_word(text_of(i.get("field"))): i for i in objects(entry.get("items"))}
            after, before = self._step(standing, items)
            if after is not None and before is not None:
                end = after if not (end.status or end.resolution) else end
                states = (self._state(before, strange), self._state(after, strange))
                changes.append(Change(key, at, "state", *states))
                standing = before
            changes += self._others(key, at, items.values())
        self.unknown.update(strange)
        return changes, end

    def _state(self, standing: Standing, strange: set[str]) -> str:
        state = self.meaning(standing.status, standing.resolution, standing.category)
        if not state and standing.status:
            strange.add(standing.status)
        return state or "open"

    def _step(
        self, standing: Standing, items: Mapping[str, Item]
    ) -> tuple[Standing | None, Standing | None]:
        """Where an issue stood after an entry, and before it; nothing if the entry says neither."""
        status, resolution = items.get("status"), items.get("resolution")
        if status is None and resolution is None:
            return None, None
        sides = []
        for number, name in (("to", "toString"), ("from", "fromString")):
            word, category = standing.status, standing.category
            if status is not None:
                word, category = self._status(status.get(number), status.get(name))
            said = standing.resolution
            if resolution is not None:
                said = text_of(resolution.get(name))
            sides.append(Standing(word, category, said))
        return sides[0], sides[1]

    def _status(self, number: Any, name: Any) -> tuple[str, str]:
        """A status as it is called now, with its category; by name where its id is unknown."""
        told = text_of(name)
        by_name = self.statuses.get(fold_word(told), (told, ""))
        return self.statuses.get(f"#{text_of(number)}", by_name)

    def _others(self, key: str, at: str, items: Iterable[Item]) -> Iterator[Change]:
        for item in items:
            names = (text_of(item.get("field")), text_of(item.get("fieldId")))
            field = next((f for n in names if (f := self.tracked.get(fold_word(n)))), None)
            before, after = text_of(item.get("from")), text_of(item.get("to"))
            if field is None or (before and before == after):
                continue
            if field == "promised_on":
                yield Change(key, at, field, _day(item, "from"), _day(item, "to"))
            else:
                texts = (text_of(item.get(side)) for side in ("fromString", "toString"))
                yield Change(key, at, field, *texts)


def _now(record: Record) -> Standing:
    fields = record.get("fields")
    return Standing(
        text_of(inner(fields, "status", "name")),
        text_of(inner(fields, "status", "statusCategory", "key")),
        text_of(inner(fields, "resolution", "name")),
    )


def _entries(changelog: Any) -> list[dict[str, Any]]:
    """The entries of a changelog, newest first, whatever their order in the file."""
    lists = (inner(changelog, "histories"), inner(changelog, "values"), changelog)
    listed = next((objects(found) for found in lists if isinstance(found, list)), [])
    return sorted(listed, key=_moment, reverse=True)


def _moment(entry: Item) -> tuple[float, int]:
    """When an entry was made; of two at one moment the one with the larger number is later."""
    number = text_of(entry.get("id"))
    at = seconds_of(entry.get("created"))
    return at, int(number) if number.isascii() and number.isdigit() else 0


def _day(item: Item, side: str) -> str:
    """A day as ISO writes it; the longer text may hold a midnight."""
    return (text_of(item.get(side)) or text_of(item.get(f"{side}String")))[:_DAY]


def _statuses(records: Sequence[Record]) -> dict[str, tuple[str, str]]:
    """Name and category of all statuses that the file knows, by # and id, and by folded name."""
    known: dict[str, tuple[str, str]] = {}
    for record in records:
        for fields in _known_fields(record.get("fields")):
            status = inner(fields, "status")
            name = text_of(inner(status, "name"))
            if name:
                told = name, text_of(inner(status, "statusCategory", "key"))
                known.setdefault(fold_word(name), told)
                known.setdefault(f"#{text_of(inner(status, 'id'))}", told)
    known.pop("#", None)
    return known


def _known_fields(fields: Any) -> Iterator[Any]:
    """The fields of an issue, and those that Jira writes of its parent and its sub-tasks."""
    yield fields
    yield inner(fields, "parent", "fields")
    for task in objects(inner(fields, "subtasks")):
        yield task.get("fields")
    for link in objects(inner(fields, "issuelinks")):
        yield inner(link, "inwardIssue", "fields")
        yield inner(link, "outwardIssue", "fields")


def _tracked(source: Source) -> dict[str, str]:
    """Which names of fields in a changelog are changes of which of ours."""
    tracked = {}
    for ours, names in _FIELDS.items():
        if _CONFIGURED.get(ours) not in source.fields:
            tracked.update(dict.fromkeys(names, ours))
    for column, ours in _CONFIGURED.items():
        written = source.fields.get(column, "")
        for name in (written, *(written.removeprefix(f"{p}.") for p in ("fields", "named"))):
            tracked[fold_word(name)] = ours
            tracked[fold_word(name.split(".")[0])] = ours
    # What a configuration leaves out leaves nothing to follow.
    for nothing in ("", "fields", "named"):
        tracked.pop(nothing, None)
    return tracked
