"""Records: what a postmortem says, as flat records for the incident and for each action item."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pmanalytics.errors import InputError
from pmanalytics.trackers.documents.facts import facts_of, front_matter
from pmanalytics.trackers.documents.incidents import incident_record, stem_of
from pmanalytics.trackers.documents.items import items_of
from pmanalytics.trackers.documents.markdown import blocks_of
from pmanalytics.trackers.documents.outline import Part, parts_of
from pmanalytics.trackers.documents.recognising import (
    INCIDENT_HEADING,
    incidents_in,
    is_postmortem,
    may_be_postmortem,
    title_of,
)

__all__ = ["document_records"]

Records = list[dict[str, Any]]
Facts = Mapping[str, Sequence[str]]

# A document of more is no document that somebody wrote, and the parser takes a second for 20,000.
_MOST_CHARACTERS: Final = 2_000_000
_MOST_LINES: Final = 30_000
_MOST_CELLS: Final = 100_000
_LOOKED_AT: Final = 200_000
_SLUG_WORDS: Final = 8


def document_records(text: str, name: str) -> Records | None:
    """The incident and the action items of a postmortem document, or None when it is none.

    `name` is the path of the file. Every record has `record`: "incident", "item", or "left out" for
    what stands where items stand and is none, with the reason. All belong to the incident whose id
    they carry as `incident_id`. Values are texts, lists of texts, or None. Raises InputError for a
    postmortem that is too large to be one document.

    Examples:
        >>> lines = ["# Outage of 2026-03-12", "## Timeline", "## Action items"]
        >>> text = chr(10).join([*lines, "- [x] Add an alert (@ada)"])
        >>> incident, item = document_records(text, "INC-7.md")
        >>> incident["incident_id"], incident["started"]
        ('INC-7', '2026-03-12')
        >>> item["title"], item["mark"], item["owner"], item["item"]
        ('Add an alert', 'done', ['ada'], 'INC-7/add-an-alert')
        >>> document_records("# Change log", "CHANGELOG.md") is None
        True
    """
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
    if not may_be_postmortem(text[:_LOOKED_AT]):
        return None
    _refuse_too_large(text, name)
    front, body = front_matter(text)
    parts = parts_of(blocks_of(body))
    facts = facts_of(parts, front)
    if not is_postmortem(parts, title_of(parts, front), facts, name):
        return None
    several = incidents_in(parts)
    if len(several) < 2:
        return _records(parts, front, title_of(parts, front), name)
    return [record for part in several for record in _of_log(part, name)]


def _refuse_too_large(text: str, name: str) -> None:
    sizes = {
        "characters": (len(text), _MOST_CHARACTERS),
        "lines": (text.count("\n"), _MOST_LINES),
        "cells of tables": (text.count("|"), _MOST_CELLS),
    }
    for what, (size, most) in sizes.items():
        if size > most:
            raise InputError(
                f"{name} is a postmortem document of {size:,} {what}, and not more than {most:,} "
                "are read; split it into one file for each incident."
            )


def _of_log(parts: Sequence[Part], name: str) -> Records:
    """One incident of a log; its id is the name of the file and the rest of its heading."""
    title = parts[0].title
    found = INCIDENT_HEADING.match(title)
    about = title[found.end() :] if found else title
    return _records(parts, {}, title, f"{stem_of(name)}/{_slug(about)}", in_log=True)


def _records(
    parts: Sequence[Part], front: Facts, title: str, name: str, *, in_log: bool = False
) -> Records:
    incident = incident_record(parts, facts_of(parts, front), title=title, name=name, in_log=in_log)
    number = incident["incident_id"]
    found = items_of(parts)
    taken: Counter[str] = Counter()
    items = []
    for item in found.items:
        slug = _slug(item["title"]) or _slug(" ".join(item["ticket"])) or "item"
        taken[slug] += 1
        again = f"-{taken[slug]}" if taken[slug] > 1 else ""
        names = {"record": "item", "incident_id": number, "item": f"{number}/{slug}{again}"}
        items.append(names | item)
    left = [{"record": "left out", "incident_id": number} | entry for entry in found.left_out]
    return [_plain(record) for record in (incident, *items, *left)]


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(v) if type(v) is int else v or None for key, v in record.items()}


def _slug(text: str) -> str:
    """The first words of a title as a name, the same whatever is added behind them."""
    words = re.findall(r"[^\W_]+", text.casefold())[:_SLUG_WORDS]
    return "-".join(words)[:80]
