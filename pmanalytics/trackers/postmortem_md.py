"""Postmortem documents in Markdown: the incident, and its action items from lists and tables.

What of a document is what, and which of several places decides, is written in `documents` and
`documents.items`. An item has no key; its id is made of that of the incident and of the
first words of its title, and its `links` hold the tickets that it names. Where it has neither a
check box nor a word for its state, it is open when it names no ticket, since nothing else can say
that it is done; when it names one, its state is the ticket's and the document does not say. What
stands in the place of items and is none, such as `N/A` or a sentence of the template, is filtered.

A document does not say when it was written, so that none of its dates is that of an observation.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.errors import InputError
from pmanalytics.reading.careful import shortened
from pmanalytics.reading.encodings import as_utf8
from pmanalytics.reading.files import open_file
from pmanalytics.tables import DTYPES
from pmanalytics.trackers.documents import document_records
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker
from pmanalytics.trackers.vocabulary import fold_word, folded, unknown_words

__all__ = ["TRACKER", "is_postmortem_file"]

_LISTS: Final = {"owners": "owner", "links": "ticket", "causes": "causes"}
_DOUBTFUL: Final[Mapping[str, str]] = {
    "prose": "sentences outside of a list",
    "template": "sentences of a template",
    "italic": "items in italics",
    "table": "tables without a column for the action",
}


def is_postmortem_file(path: Path) -> bool:
    """Whether a file is a postmortem document, or one that reading will refuse with a reason."""
    try:
        told = path.stat()
    except OSError:
        return False
    return _is_postmortem_file(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=10_000)
def _is_postmortem_file(path: Path, changed: int, size: int) -> bool:  # noqa: ARG001
    """A folder is searched for every one of its files; each is looked into once."""
    try:
        content, _ = as_utf8(open_file(path, name=path.name).content, name=path.name)
        return document_records(content.decode(), path.name) is not None
    except InputError:
        return True


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    records = export.records
    kinds = np.array([record["record"] for record in records], dtype=object)
    items, incidents = kinds == "item", kinds == "incident"
    state, unknown = _states(export, records)
    names = [f"{export.system}:{r['item']}" if r.get("item") else None for r in records]
    closed = columns.get("closed_at", missing(export, "datetime64[us, UTC]"))
    found = {
        "item_id": pd.Series(names, dtype="str"),
        "state": state,
        "closed_at": closed.where(state.isin(["done", "dropped"])),
        # A list that nobody wrote says nothing, not that there is nobody.
        **{
            ours: _listed(records, name)
            for ours, name in _LISTS.items()
            if ours not in export.source.fields
        },
    }
    warnings = [*_doubts(records), *_left_out(records), *_contradictions(records)]
    if unknown:
        warnings.append(
            unknown_words(
                unknown, what="status", effect="counts as open", section="states", example="done"
            )
        )
    filtered = ~items & ~incidents
    if export.source.table == "incidents":
        filtered |= items
    return Completed(
        found,
        tuple(warnings),
        filtered,
        incidents=incidents,
        attendees=_attendees(records),
    )


def _listed(records: Sequence[Record], name: str) -> pd.Series:
    return pd.Series([record.get(name) for record in records], dtype=DTYPES["texts"])


def _states(export: Export, records: Sequence[Record]) -> tuple[pd.Series, dict[str, int]]:
    """The state of every record, and how often a word stands there that nobody knows."""
    given = folded(export.source.states)
    states: list[str | None] = []
    unknown: Counter[str] = Counter()
    for record in records:
        word = record.get("status") or ""
        state = given.get(fold_word(word)) or record.get("mark")
        if record["record"] == "item" and not state:
            unknown.update([word] if word else [])
            state = "open" if word or not record.get("ticket") else None
        states.append(state)
    return pd.Series(states, dtype="str"), dict(unknown)


def _doubts(records: Iterable[Record]) -> Iterable[str]:
    incidents = [record for record in records if record["record"] == "incident"]
    for record in incidents:
        about = f"{record['incident_id']}: " if len(incidents) > 1 else ""
        for doubt in record["doubts"] or ():
            yield about + doubt


def _contradictions(records: Iterable[Record]) -> Iterable[str]:
    found = [record["title"] for record in records if record.get("contradicts")]
    if found:
        yield (
            f"{len(found)} items contradict themselves about being closed (such as "
            f"{shortened(found[0])!r}); their check box counts."
        )


def _left_out(records: Iterable[Record]) -> Iterable[str]:
    """What was left out and could be an item, in one sentence for each reason."""
    left: dict[str, list[Record]] = {}
    for record in records:
        if record.get("reason") in _DOUBTFUL:
            left.setdefault(record["reason"], []).append(record)
    for reason, found in left.items():
        first = found[0]
        yield (
            f"Left out where action items stand: {_DOUBTFUL[reason]} ({len(found)}, the first in "
            f"line {first['line']}: {shortened(first['title'])!r}); write action items as a list."
        )


def _attendees(records: Iterable[Record]) -> pd.DataFrame:
    rows: list[tuple[Any, str]] = [
        (record["incident_id"], person)
        for record in records
        if record["record"] == "incident"
        for person in record["attendees"] or ()
    ]
    return pd.DataFrame(rows, columns=["incident_id", "person"])


TRACKER: Final = Tracker(
    name="postmortem_md",
    title="Postmortem documents, Markdown",
    system="postmortem_md",
    forms=("markdown",),
    export="the documents as they are, such as a clone of their repository",
    verified="real documents of two organisations, and the structure of three more",
    silent="when an item was written, promised or done, unless the document says so",
    reads_text=document_records,
    columns={
        "incident_id": ("incident_id",),
        "title": ("title",),
        "summary": ("summary",),
        "severity": ("severity",),
        "started_at": ("started",),
        "resolved_at": ("resolved",),
        "service": ("service",),
        "team": ("team",),
        "product": ("product",),
        "causes": ("causes",),
        "impact_minutes": ("minutes",),
        "customers_affected": ("customers",),
        "url": ("url",),
        "postmortem_url": ("postmortem_url",),
        "postmortem_published_at": ("published",),
        "reviewed_at": ("reviewed",),
        "status": ("status",),
        "kind": ("kind",),
        "priority": ("priority",),
        "owners": ("owner",),
        "promised_on": ("due",),
        "closed_at": ("closed",),
        "links": ("ticket",),
    },
    severities={f"{letter}{number}": f"sev{number}" for letter in "PS" for number in range(1, 6)},
    complete=_complete,
    timeless=True,
)
