"""Jira's relations: what an issue is linked to, what it duplicates, and its sprint, from JSON."""

import re
from typing import Final

from pmanalytics.reading.nested import inner, objects, text_of
from pmanalytics.trackers.model import Record

__all__ = ["CUSTOM", "KEY", "links_of", "original_of", "sprint_of"]

KEY: Final = r"^[A-Za-z][A-Za-z0-9_]*-[0-9]+$"
CUSTOM: Final = "customfield_"
_DUPLICATES: Final = re.compile(r"duplicates?", re.IGNORECASE)
_OLD_SPRINT: Final = re.compile(r"[\[,]name=(.*?)(?:,[a-zA-Z]+=|\]$)")


def original_of(record: Record) -> str:
    """The issue that this one duplicates: the outward end of a link of that type."""
    for link in objects(inner(record, "fields", "issuelinks")):
        names = (inner(link, "type", "name"), inner(link, "type", "outward"))
        other = text_of(inner(link, "outwardIssue", "key"))
        if other and any(_DUPLICATES.fullmatch(text_of(name)) for name in names):
            return other
    return ""


def links_of(record: Record) -> list[str] | None:
    """The keys of linked issues, in both directions, of the parent and of the epic."""
    fields = record.get("fields")
    if not isinstance(fields, dict):
        return None
    keys = [
        text_of(inner(link, side, "key"))
        for link in objects(fields.get("issuelinks"))
        for side in ("inwardIssue", "outwardIssue")
    ]
    keys += [text_of(inner(fields, "parent", "key")), text_of(inner(record, "named", "Epic Link"))]
    return [key for key in dict.fromkeys(keys) if re.match(KEY, key)]


def sprint_of(record: Record) -> str:
    """The last of an issue's sprints, which Cloud writes as objects and Server as text."""
    fields = record.get("fields")
    for field, value in fields.items() if isinstance(fields, dict) else ():
        if not (field.startswith(CUSTOM) and isinstance(value, list) and value):
            continue
        last = value[-1]
        if isinstance(last, dict) and {"boardId", "state", "name"} <= last.keys():
            return text_of(last["name"])
        if isinstance(last, str) and "greenhopper.service.sprint" in last:
            name = _OLD_SPRINT.search(last)
            return text_of(name[1]) if name else ""
    named = inner(record, "named", "Sprint")
    last = named[-1] if isinstance(named, list) and named else named
    return text_of(inner(last, "name")) or text_of(last)
