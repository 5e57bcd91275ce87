"""Recognising: whether a text is a postmortem, told from its parts and its title."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pmanalytics.trackers.documents.dates import dates_in, first_date
from pmanalytics.trackers.documents.headings import (
    EXCLUDED_TITLE,
    TELLING,
    fold_heading,
    section_of,
)
from pmanalytics.trackers.documents.outline import Part
from pmanalytics.trackers.documents.tickets import incident_number

__all__ = ["INCIDENT_HEADING", "incidents_in", "is_postmortem", "may_be_postmortem", "title_of"]

Facts = Mapping[str, Sequence[str]]

_SHORTEST, _LONGEST_LINE = 3, 160
_SIGNS: Final = 3
# Parts that documents of every sort have.
_COMMON_PARTS: Final = frozenset(("", "summary", "facts", "attendees"))
_DATED: Final = frozenset(("date", "started", "resolved"))
_SIGNED_TITLE: Final = re.compile(
    r"\b(?:post ?mortems?|incidents?|outages?|root cause analysis|rca|pir|disruption|down ?time|"
    r"post incident|service interruption)\b"
)
INCIDENT_HEADING: Final = re.compile(
    r"^(?:incident|outage|post[ -]?mortem)(?: report| review)?(?:\s+(?:on|of|from))?\W+",
    re.IGNORECASE,
)


def may_be_postmortem(text: str) -> bool:
    """Tell quickly whether a text can be a postmortem: some short lines name parts of one."""
    kinds: set[str] = set()
    for line in text.split("\n"):
        bare = line.strip(" #*_-|>:\t.0123456789")
        if len(bare) > _SHORTEST and len(line) <= _LONGEST_LINE:
            kind = section_of(bare) or section_of(bare.partition(":")[0].strip(" *_"))
            severe = fold_heading(bare.partition(":")[0]).split(" ", 1)[0] in ("severity", "sev")
            said = severe or _SIGNED_TITLE.search(fold_heading(bare))
            kinds |= {kind or ("title" if said else "")}
    return len(kinds - _COMMON_PARTS) >= 2


def title_of(parts: Sequence[Part], front: Facts) -> str:
    """The title: of the front matter, else the first heading that names no part."""
    for value in front.get("title", ())[:1]:
        return value
    headed = [part for part in parts if part.title and part.level <= 6]
    first = min((part.level for part in headed), default=0)
    top = next((part.title for part in headed if part.level == first), "")
    if top and not section_of(top):
        return top
    named = (part.title for part in headed if not section_of(part.title) and not part.group)
    return next(named, top or _bold_title(parts))


def _bold_title(parts: Sequence[Part]) -> str:
    """The first line of a document without headings, when all of it is bold."""
    first = next((block for part in parts[:1] for block in part.blocks), None)
    line = first.words.lines[0] if first and first.words.spans else None
    return line.text if line and line.all_of("strong") and not section_of(line.text) else ""


def is_postmortem(parts: Sequence[Part], title: str, facts: Facts, name: str) -> bool:
    """Three signs make a postmortem: its parts, what the title says, a severity, and a date.

    The parts alone suffice only with one that no proposal or report of a meeting has; a date in the
    name of the file is a sign, and tells nothing by itself.
    """
    if EXCLUDED_TITLE.search(title.casefold()) or EXCLUDED_TITLE.search(fold_heading(title)):
        return False
    kinds = {section_of(part.title) for part in parts} - _COMMON_PARTS
    if not kinds:
        return False
    said = bool(_SIGNED_TITLE.search(fold_heading(title)))
    severe = "severity" in facts
    numbered = bool(incident_number(title))
    dated = bool(first_date(title))
    told = said or severe or numbered or dated
    told = told or bool(kinds & TELLING) or {"timeline", "lessons"} <= kinds
    day = dated or bool(first_date(name)) or not _DATED.isdisjoint(facts)
    return told and len(kinds) + said + severe + day + numbered >= _SIGNS


def incidents_in(parts: Sequence[Part]) -> list[tuple[Part, ...]]:
    """A log of incidents, cut into them: two or more headings such as `Incident on 2024-05-01`."""
    headed = [
        place
        for place, part in enumerate(parts)
        if part.level and (found := INCIDENT_HEADING.match(part.title))
        and next((start for _, start, _ in dates_in(part.title[found.end() :])), 1) == 0
    ]  # fmt: skip
    if not headed:
        return []
    level = parts[headed[0]].level
    starts = [place for place in headed if parts[place].level == level]
    ends = [
        next((p for p in range(start + 1, len(parts)) if parts[p].level <= level), len(parts))
        for start in starts
    ]
    return [tuple(parts[start:end]) for start, end in zip(starts, ends, strict=True)]
