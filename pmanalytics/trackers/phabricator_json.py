"""The JSON of Phabricator: tasks, their transactions, and the tables of names beside them.

Phabricator names people and projects by PHIDs. What they are called stands in answers of other
questions (user.search, project.search, phid.query), which may be pasted into the same file, or
within the task (as Perceval writes it). The past of a task is a list of transactions, from
transaction.search or from maniphest.gettasktransactions, beside the tasks or alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pmanalytics.reading.nested import inner, object_of, objects, text_of
from pmanalytics.reading.records import records_of
from pmanalytics.trackers.model import Record

__all__ = ["FIELDS", "unpack"]

FIELDS: Final[Mapping[str, str]] = {"status": "state", "reassign": "owner", "owner": "owner"}
_NAMES: Final = ("username", "userName", "name", "realName", "fullName")


@dataclass(frozen=True)
class _Beside:
    """What stands beside the tasks: names by PHID, and transactions by the number of the task."""

    names: Mapping[str, str]
    told: Mapping[str, Sequence[Record]]

    def name(self, phid: Any) -> str:
        """What a person or a project is called, else the PHID."""
        return self.names.get(text_of(phid)) or text_of(phid)


def unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The tasks with names and their past, or the changes of a file of transactions alone.

    A task gets the keys task (such as T69), owner, tags, past and followed (whether further pages
    follow); a change has task, changed_at, transaction, field, before and after.
    """
    answers = list(_answers(documents))
    records = [record for part in answers for record in records_of([part])]
    if not any(map(_concerns, records)):
        return list(records)
    tasks: list[Record | None] = [r for r in records if r is None or not _is_beside(r)]
    beside = _beside([record for record in records if record is not None])
    if not any(tasks):
        return [change for key in beside.told for change in _changes(key, beside.told[key], beside)]
    followed = _followed(answers)
    return [task and {**_whole(task, beside), "followed": followed} for task in tasks]


def _followed(answers: Sequence[Any]) -> bool:
    """Whether the last answer with tasks says that further ones follow."""
    pages = [
        answer
        for answer in answers
        if any(each.get("type") == "TASK" for each in objects(inner(answer, "result", "data")))
    ]
    return bool(pages) and inner(pages[-1], "result", "cursor", "after") is not None


def _answers(documents: Sequence[Any]) -> Iterator[Any]:
    """The documents, and of lists of answers each answer."""
    for document in documents:
        listed = isinstance(document, list) and any("result" in a for a in objects(document[:9]))
        yield from document if listed else [document]


def _concerns(record: Record | None) -> bool:
    return record is not None and (
        "phid" in record
        or record.get("type") == "TASK"
        or (isinstance(record.get("result"), dict) and _is_beside(record))
    )


def _is_beside(record: Record) -> bool:
    """Whether a record is no task, but tells something about tasks."""
    result = object_of(record.get("result"))
    if record.get("type") in ("USER", "PROJ") or "objectPHID" in record:
        return True
    return any(
        key.startswith("PHID-") or any("transactionType" in each for each in objects(value))
        for key, value in result.items()
    )


def _beside(records: Sequence[Record]) -> _Beside:
    names: dict[str, str] = {}
    told: dict[str, list[Record]] = {}
    numbers = {text_of(r.get("phid")): text_of(r.get("id")) for r in records if "phid" in r}
    for record in records:
        if record.get("type") in ("USER", "PROJ"):
            names[text_of(record.get("phid"))] = _named(object_of(record.get("fields")))
        elif "objectPHID" in record:
            phid = text_of(record.get("objectPHID"))
            told.setdefault(numbers.get(phid, phid), []).append(record)
        for key, value in object_of(record.get("result")).items():
            if key.startswith("PHID-"):
                names[key] = _named(object_of(value))
            else:
                told.setdefault(key, []).extend(objects(value))
    return _Beside({**names, **_within(records)}, told)


def _within(records: Sequence[Record]) -> dict[str, str]:
    """The names that stand within tasks."""
    found = {}
    for record in records:
        fields = object_of(record.get("fields"))
        people = [object_of(fields.get(key)) for key in ("ownerData", "authorData")]
        for each in (*people, *objects(record.get("projects"))):
            if "phid" in each:
                found[text_of(each.get("phid"))] = _named(each)
    return found


def _named(value: Mapping[str, Any]) -> str:
    return next(filter(None, (text_of(value.get(key)) for key in _NAMES)), "")


def _whole(task: Record, beside: _Beside) -> Record:
    fields, number = object_of(task.get("fields")), text_of(task.get("id"))
    attached = object_of(object_of(task.get("attachments")).get("projects")).get("projectPHIDs")
    tags = [text_of(phid) for phid in attached] if isinstance(attached, list) else []
    tags += [text_of(each.get("phid")) for each in objects(task.get("projects"))]
    past = [*objects(task.get("transactions")), *beside.told.get(number, ())]
    return {
        **task,
        "task": f"T{number}" if number else "",
        "owner": beside.name(fields.get("ownerPHID")),
        "tags": [beside.name(phid) for phid in dict.fromkeys(tags)],
        "past": list(_changes(number, past, beside)),
    }


def _changes(key: str, past: Sequence[Record], beside: _Beside) -> Iterator[Record]:
    """Transactions of either kind as changes; what is no change of ours has no field."""
    for each in past:
        kind = text_of(each.get("transactionType", each.get("type")))
        words = object_of(each.get("fields"))
        before, after = (
            text_of(words.get(new, each.get(old)))
            for new, old in (("old", "oldValue"), ("new", "newValue"))
        )
        field = FIELDS.get(kind, "")
        if field == "owner":
            before, after = beside.name(before), beside.name(after)
        change = {"transaction": kind, "field": field, "before": before, "after": after}
        # Without its task, a transaction of transaction.search names it by its PHID.
        task = f"T{key}" if key.isdigit() else key
        yield {"task": task, "changed_at": text_of(each.get("dateCreated")), **change}
