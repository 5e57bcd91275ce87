"""Incidents: what a postmortem says about its incident, as one record."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from pmanalytics.trackers.documents.dates import (
    dates_in,
    first_date,
    minutes_in,
    moment_in,
    span_in,
)
from pmanalytics.trackers.documents.facts import attendees_of, is_placeholder, timeline_days
from pmanalytics.trackers.documents.headings import fold_heading
from pmanalytics.trackers.documents.markdown import Block
from pmanalytics.trackers.documents.outline import Part, labelled
from pmanalytics.trackers.documents.tickets import incident_number

__all__ = ["incident_record", "stem_of"]

Facts = Mapping[str, Sequence[str]]

_UNDATED: Final = (
    "It does not say on which day the incident was; write a line such as "
    "'Date of incident: 2026-03-12'."
)
_LONGEST_SUMMARY: Final = 1_000
_LONGEST_CAUSE: Final = 80
_COMMON_NAMES: Final = frozenset(
    ("readme", "index", "postmortem", "post mortem", "report", "incident", "incident report",
     "document", "review", "rca")
)  # fmt: skip
_SEVERITY: Final = re.compile(r"\b(?:sev|severity)[\s:_-]*([0-5])\b", re.IGNORECASE)


def incident_record(
    parts: Sequence[Part], facts: Facts, *, title: str, name: str, in_log: bool = False
) -> dict[str, Any]:
    """The record of the incident that the parts of a document are about.

    `name` is the path of the file, or, of an incident in a log of several, its id.
    """
    doubts: list[str] = []
    file = "" if in_log else stem_of(name)
    started = _started(parts, facts, title, file, doubts)
    services = [part for value in facts.get("service", ()) for part in _listed(value)]
    if len(services) > 1:
        doubts.append(
            f"It names {len(services)} services, and only the first, {services[0]!r}, is its own."
        )
    return {
        "record": "incident",
        "incident_id": _incident_id(facts, title, file) or name,
        "title": _first(facts, "title") or title,
        "summary": _summary(parts),
        "severity": _severity(facts, title),
        "started": started,
        "resolved": _resolved(parts, facts, started, doubts),
        "service": services[0] if services else None,
        "services": services,
        **{name: _first(facts, name) for name in ("team", "product", "category")},
        "causes": [cause for cause in facts.get("causes", ()) if len(cause) <= _LONGEST_CAUSE],
        **{name: _address(facts, name) for name in ("url", "postmortem_url")},
        **{name: first_date(_first(facts, name) or "") for name in ("published", "reviewed")},
        "customers": _number(_first(facts, "customers") or ""),
        "minutes": _minutes(facts),
        "attendees": attendees_of(parts, facts),
        "doubts": doubts,
        "line": parts[0].line or 1,
    }


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split("[,;]", text) if part.strip()]


def _first(facts: Facts, fact: str) -> str | None:
    return next(iter(facts.get(fact, ())), None)


def _address(facts: Facts, fact: str) -> str | None:
    written = _first(facts, fact) or ""
    return written if re.fullmatch(r"https?://\S+", written) else None


def _number(text: str) -> str | None:
    """A count at the beginning of a value, if it is one: `1,200 customers`, not `2 % of them`."""
    found = re.match(
        r"[~\N{ALMOST EQUAL TO}]?\s*([0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(?![\w.,%])(?!\s*%)", text
    )
    return re.sub("[, ]", "", found[1]) if found else None


def _minutes(facts: Facts) -> str | None:
    written = _first(facts, "minutes") or ""
    return (written if written.isdigit() else minutes_in(written)) or None


def _severity(facts: Facts, title: str) -> str | None:
    """The severity of the facts, else of the title; several numbers are those of a template."""
    written = _first(facts, "severity") or ""
    numbers = set(_SEVERITY.findall(written))
    if len(numbers) == 1:
        return f"sev{numbers.pop()}"
    if numbers or is_placeholder(written):
        return None
    bare = re.sub(r"\s*[(\N{EN DASH}\N{EM DASH}].*$|\s-\s.*$", "", written).strip()
    if bare and len(bare) <= 40:
        return bare
    titled = _SEVERITY.search(title)
    return f"sev{titled[1]}" if titled else None


def _incident_id(facts: Facts, title: str, file: str) -> str:
    """The id that is written in the facts, the title or the name of the file, else that name."""
    written = _first(facts, "incident_id") or ""
    number = incident_number(written)
    if not number and re.fullmatch(r"#?[\w./#-]{0,80}[0-9][\w./-]{0,80}", written):
        number = written.removeprefix("#")
    return number or incident_number(title) or incident_number(file) or file


def stem_of(name: str) -> str:
    """The name of a file without its ending, or of its folder when every file is called so."""
    path = PurePosixPath(name.replace("\\", "/"))
    stem = re.sub(r"(?:\.html?)?\.(?:md|markdown|mdx|txt)(?:\.erb)?$", "", path.name) or path.name
    common = fold_heading(stem.replace("_", " ").replace("-", " ")) in _COMMON_NAMES
    return path.parent.name if common and path.parent.name else stem


def _started(parts: Sequence[Part], facts: Facts, title: str, file: str, doubts: list[str]) -> str:
    """When the incident began, by the rule of the package's docstring."""
    first, _ = timeline_days(parts)
    told = {
        "the facts": span_in(_first(facts, "date") or "")[0],
        "the title": first_date(title),
        "the name of the file": first_date(file.replace("_", " ")),
    }
    # A time alone is of the day that is written elsewhere.
    day = next(filter(None, told.values()), "")[:10]
    told["the facts"] = moment_in(_first(facts, "started") or "", day) or told["the facts"]
    days = {place: found[:10] for place, found in told.items() if found and "/" not in found}
    chosen = next((place for place, found in told.items() if found), "")
    in_name = days.get("the name of the file")
    if chosen == "the title" and first and in_name == first != days.get(chosen):
        chosen = "the name of the file"
    if len(set(days.values())) > 1:
        listed = ", ".join(f"{place} {day}" for place, day in days.items())
        doubts.append(
            f"It gives several days for the incident ({listed}); that of {chosen} counts."
        )
    if not chosen and not first:
        doubts.append(_UNDATED)
    return told[chosen] if chosen else first


def _resolved(parts: Sequence[Part], facts: Facts, started: str, doubts: list[str]) -> str:
    """When the incident ended: a fact with a date, else the last day of the time line."""
    written = moment_in(_first(facts, "resolved") or "", started[:10])
    if not first_date(_first(facts, "resolved") or "") and written < started:
        # A time alone that is none of the same day.
        written = ""
    if not written and _first(facts, "date"):
        date = _first(facts, "date") or ""
        ends = [found for found, _, _ in dates_in(date)][1:2]
        written = ends[0] if ends else span_in(date)[1]
    if written and "/" not in written + started and written[:10] < started[:10]:
        doubts.append(f"It says that the incident ended on {written[:10]}, before it began.")
        written = ""
    if written or "/" in started:
        return written
    _, last = timeline_days(parts)
    if not last or last < started[:10]:
        return ""
    # Known by the day only: it ended not before it began.
    return started if last == started[:10] else last


def _summary(parts: Sequence[Part]) -> str:
    """The first paragraph of the summary, else the first one of the document."""
    chosen = [part for part in parts if part.kind == "summary"] or parts[:2]
    for part in chosen:
        for block in part.blocks:
            if _is_prose(block):
                return block.words.text[:_LONGEST_SUMMARY]
    return ""


def _is_prose(block: Block) -> bool:
    """Whether a block is a sentence, and no line of facts such as who wrote the document."""
    text = block.words.text
    if block.kind != "paragraph" or len(text) <= 20 or is_placeholder(text):
        return False
    label, rest = labelled(block.words.lines[0])
    return not label or len(rest.text) > 2 * len(label) + 20
