"""Facts: what a postmortem says about its incident, outside of its prose.

They stand in the front matter, in lines such as `Date of incident: 6th November, 2022`, in a table
of two columns, in the title, in the name of the file, and in the time line.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from pmanalytics.trackers.documents.dates import dates_in, first_date
from pmanalytics.trackers.documents.headings import fold_heading
from pmanalytics.trackers.documents.markdown import Block, Entry, Words
from pmanalytics.trackers.documents.outline import Part, labelled

__all__ = ["attendees_of", "facts_of", "front_matter", "is_placeholder", "timeline_days"]

_LONGEST_FRONT: Final = 10_000
_LONGEST_VALUE: Final = 500
_LONGEST_HEADED: Final = 80
_FRONT: Final = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)

# What the labels of facts mean, once folded like headings.
_LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "incident_id": ("incident id", "incident number", "incident no", "incident", "incident key",
                    "incident ref", "incident reference", "id", "reference", "postmortem id",
                    "ticket"),
    "title": ("title", "incident title", "incident name", "name"),
    "date": ("date", "date of incident", "date of the incident", "incident date", "outage date",
             "date of outage", "occurred", "occurred on", "date occurred", "event date", "when",
             "date and time", "day", "incident day", "date time", "dates", "incident on"),
    "started": ("start", "started", "started at", "start time", "start date", "incident start",
                "incident start time", "incident started", "time started", "began", "began at",
                "impact start", "outage start", "from", "date started", "start of incident",
                "incident began", "start date time"),
    "resolved": ("end", "ended", "ended at", "end time", "end date", "resolved", "resolved at",
                 "resolved on", "incident end", "incident end time", "incident ended",
                 "incident resolved", "time resolved", "date resolved", "impact end", "outage end",
                 "restored", "recovered", "repaired", "resolution time", "resolution date", "to",
                 "end of incident", "end date time", "until"),
    "severity": ("severity", "sev", "severity level", "incident severity", "sev level",
                 "incident level"),
    "service": ("service", "services", "affected service", "affected services", "service affected",
                "services affected", "impacted service", "impacted services", "services impacted",
                "system", "systems", "affected system", "affected systems", "systems affected",
                "impacted systems", "component", "components", "affected components",
                "components affected", "application"),
    "team": ("team", "owning team", "responsible team", "owner team", "team owner"),
    "product": ("product", "products", "affected product", "products affected"),
    "category": ("category", "incident category", "incident type"),
    "causes": ("cause", "causes", "cause category", "root cause category", "cause code",
               "cause type",
               "cause class"),
    "attendees": ("attendees", "atendees", "participants", "review attendees", "attendance",
                  "in attendance", "present", "meeting attendees", "review participants"),
    "published": ("published", "published on", "published at", "date published", "publication date",
                  "postmortem published", "postmortem date", "report date", "date of report",
                  "date of postmortem", "postmortem published at"),
    "reviewed": ("reviewed", "reviewed on", "reviewed at", "review date", "date of review",
                 "review meeting", "postmortem review", "postmortem meeting", "meeting date",
                 "postmortem review date", "review meeting date", "date reviewed"),
    "customers": ("customers affected", "affected customers", "customers impacted",
                  "impacted customers", "number of customers affected", "users affected",
                  "affected users", "users impacted"),
    "minutes": ("duration", "incident duration", "outage duration", "downtime", "total downtime",
                "impact duration", "duration of impact", "impact minutes", "duration of incident",
                "duration of outage", "impact time"),
    "url": ("incident url", "incident link", "link to incident", "incident page", "incident issue",
            "incident ticket", "tracking issue", "url", "status page", "jira"),
    "postmortem_url": ("postmortem url", "postmortem link", "link to postmortem", "postmortem",
                       "document", "permalink"),
}  # fmt: skip
_MEANING: Final = {label: fact for fact, labels in _LABELS.items() for label in labels}
# Parts whose lines may be facts; elsewhere a word with a colon is prose.
_FACTUAL: Final = frozenset(("", "facts", "summary", "impact", "services", "resolution"))
_PLACEHOLDER: Final = re.compile(
    r"(?:\{\{.*\}\}|\[[^\]]*\]|<[^>]*>|\([^)]*\)|\$\{.*\}"
    r"|[-_.?\N{EN DASH}\N{EM DASH}*\s]*|n/?a|tbd|tba|none|nil|unknown|todo|xxx*|yyyy.*|optional"
    r"|to be (?:determined|defined|added|decided|done|completed)|not applicable"
    r"|\N{HORIZONTAL ELLIPSIS}|\.\.\.)[.!]?",
    re.IGNORECASE,
)
_NAMES: Final = re.compile(r"[,;/|]|\s+(?:and|&)\s+|\n")
_INITIALS: Final = re.compile(r"[A-Z]{2,3}(?:\s+[A-Z]{2,3})+")
# The key events of a time line that are facts, the word that counts most first.
_EVENTS: Final = {
    **dict.fromkeys(("resolved", "ended", "restored", "repaired"), "resolved"),
    **dict.fromkeys(("started", "began", "fault occurs", "fault occurred"), "started"),
    **dict.fromkeys(("first detected", "detected", "fault detected"), "started"),
}
_EVENT: Final = re.compile(
    rf"(?:incident )?(?P<word>{'|'.join(_EVENTS)})(?: (?:at|on))?:?\s+(?P<value>[0-9].{{0,39}})",
    re.IGNORECASE,
)
# What may stand before the date of an entry of a time line.
_BEFORE_DATE: Final = re.compile(r"[^\w]*(?:\w+ ?){0,3}[^\w]*")


def is_placeholder(text: str) -> bool:
    """Whether a text stands where something has not been filled in.

    Examples:
        >>> [is_placeholder(text) for text in ("TBD", "{{ date }}", "[Name]", "N/A", "None yet")]
        [True, True, True, True, False]
    """
    return bool(_PLACEHOLDER.fullmatch(text.strip()))


def front_matter(text: str) -> tuple[dict[str, list[str]], str]:
    """The YAML between two lines of dashes at the top, by its folded keys, and the rest.

    As many empty lines stand in its place, so that lines keep their numbers. What is no mapping of
    short texts and lists of them is left out.
    """
    found = _FRONT.match(text[: _LONGEST_FRONT + 10])
    if not found:
        return {}, text
    rest = "\n" * found[0].count("\n") + text[found.end() :]
    try:
        loaded = yaml.load(found[1], Loader=yaml.BaseLoader)  # noqa: S506 - texts and lists only
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}, rest
    if not isinstance(loaded, dict):
        return {}, rest
    return {
        fold_heading(str(key).replace("_", " ")): values
        for key, value in loaded.items()
        if (values := _texts(value))
    }, rest


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text.strip() for text in values if isinstance(text, str) and text.strip()]


def facts_of(parts: Sequence[Part], front: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The facts of a document by our names, the first place that says one deciding.

    The front matter comes first, then lines and tables in the order of the document. Values that
    are placeholders say nothing.
    """
    facts: dict[str, list[str]] = {}
    written = ((label, list(values)) for label, values in front.items())
    for label, values in (*written, *_labels_of(parts)):
        fact = _MEANING.get(label)
        values = [value for value in values if not is_placeholder(value)]  # noqa: PLW2901
        if fact and values and fact not in facts:
            facts[fact] = values
    return facts


def _labels_of(parts: Sequence[Part]) -> Iterator[tuple[str, list[str]]]:
    for part in parts:
        if part.kind == "services" and part.blocks:
            names = [text for block in part.blocks for text in _listed(block)]
            yield "services", names
        elif part.kind == "impact" and part.level > 6 and part.blocks:
            yield "impact", [part.blocks[0].words.text]
        if part.blocks and part.kind != "attendees":
            yield from _headed(part)
        if part.kind in _FACTUAL:
            for block in part.blocks:
                yield from _labels_in(block)
        elif part.kind == "timeline":
            events = [event for block in part.blocks for event in _events_in(block)]
            order = list(_EVENTS)
            for word, values in sorted(events, key=lambda event: order.index(event[0])):
                yield _EVENTS[word], values


def _headed(part: Part) -> Iterator[tuple[str, list[str]]]:
    """A fact that is headed by its name, such as a date below the heading `Date`."""
    label, value = fold_heading(part.title), part.blocks[0].words.text
    fact = _MEANING.get(label)
    dated = fact in ("date", "started", "resolved") and bool(first_date(value[:_LONGEST_HEADED]))
    if dated or (fact in ("severity", "minutes", "service", "team") and value):
        yield label, [value] if len(value) <= _LONGEST_HEADED else []


def _labels_in(block: Block) -> Iterator[tuple[str, list[str]]]:
    lines: Iterable[Words] = block.words.lines if block.kind == "paragraph" else ()
    if block.kind == "list":
        lines = [entry.words for entry in _all(block.entries)]
    for line in lines:
        label, rest = labelled(line)
        value = rest.text or ""
        if label and value and len(value) <= _LONGEST_VALUE:
            yield fold_heading(label), [rest.links[0] if _only_link(rest) else value]
    if block.kind == "table":
        yield from _labels_in_table(block)


def _events_in(block: Block) -> Iterator[tuple[str, list[str]]]:
    """The lines of a time line that say nothing but when the incident began or ended."""
    for text in _entries(block):
        found = _EVENT.fullmatch(text[:_LONGEST_VALUE])
        if found and first_date(found["value"]):
            yield found["word"].casefold(), [found["value"]]


def _only_link(words: Words) -> bool:
    """Whether a value is one link and nothing else; its address says more than its text."""
    seen = [span for span in words.spans if span.text.strip()]
    return len(seen) == 1 and bool(seen[0].address) and not re.search("[0-9]", seen[0].text)


def _labels_in_table(block: Block) -> Iterator[tuple[str, list[str]]]:
    """A table of facts has labels in its first column, or in its header above one row."""
    header, *rows = block.rows
    known = [fold_heading(cell.text) in _MEANING for cell in header]
    pairs: Iterable[tuple[Words, Words]] = ()
    if len(rows) == 1 and sum(known) >= 2:
        pairs = zip(header, rows[0], strict=False)
    elif len(header) == 2:
        pairs = ((row[0], row[1]) for row in block.rows if len(row) > 1)
    for label, value in pairs:
        yield fold_heading(label.text.strip(": ")), [value.text]


def _all(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        yield from _all(entry.nested)


def _listed(block: Block) -> list[str]:
    if block.kind == "list":
        return [entry.words.text for entry in block.entries]
    return [part.strip() for part in re.split("[,;]", block.words.text) if part.strip()]


def attendees_of(parts: Sequence[Part], facts: Mapping[str, Sequence[str]]) -> list[str]:
    """Who came to the review, as written: names, handles without `@`, or initials."""
    texts = [text for value in facts.get("attendees", ()) for text in _names(value)]
    for part in parts:
        for block in part.blocks if part.kind == "attendees" else ():
            lines = [entry.words.raw for entry in _all(block.entries)] or [block.words.raw]
            lines += [row[0].text for row in block.rows[1:] if row]
            texts += [name for line in lines for name in _names(line)]
    return list(dict.fromkeys(texts))


def _names(text: str) -> list[str]:
    if _INITIALS.fullmatch(text.strip()):
        return text.split()
    plain = re.sub(r"\([^)]*\)", "", text)
    names = (" ".join(name.split()).strip("@ .:-*") for name in _NAMES.split(plain))
    return [name for name in names if name and len(name) <= 80 and not is_placeholder(name)]


def timeline_days(parts: Sequence[Part]) -> tuple[str, str]:
    """The first and the last day that the entries of the time line begin with, or nothing.

    Only dates with a year count, since a time of day says little without its zone.
    """
    days = []
    for part in parts:
        if part.kind != "timeline":
            continue
        for text in (part.title, *(text for block in part.blocks for text in _entries(block))):
            found = next(dates_in(text[:80]), None)
            if found and "/" not in found[0] and _BEFORE_DATE.fullmatch(text[: found[1]]):
                days.append(found[0][:10])
    return (min(days), max(days)) if days else ("", "")


def _entries(block: Block) -> Iterator[str]:
    if block.kind == "list":
        yield from (entry.words.text for entry in _all(block.entries))
    elif block.kind == "table":
        yield from (row[0].text for row in block.rows[1:] if row)
    else:
        yield from (line.text for line in block.words.lines)
