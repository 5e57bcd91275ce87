"""Pagure: issues as its interface lists them, with the reason of closing beside the status.

The status says whether an issue is open; of a closed one the close_status says how: Invalid,
Duplicate, Insufficient data and the like are dropped, and everything else is done, also where
nothing is said. Every project may name these words as it likes. A key is the number of the issue
alone, which another project may have as well; where the issue gives its address, that tells them
apart, and the project is taken from it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from pmanalytics.reading.nested import named_values, text_of
from pmanalytics.reading.records import records_of
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_NEEDED: Final = frozenset(("id", "title", "status", "date_created"))
_TELLING: Final = frozenset(("close_status", "blocks", "depends", "last_updated", "private"))
_FEWEST: Final = 3
_ADDRESS: Final = re.compile(r"^https?://[^/]+/(.+)/issue/[0-9]+")
_DROPPED: Final = ("insufficient data", "deferred", "upstream", "works as expected")


def _is_issue(record: Record) -> bool:
    return record.keys() >= _NEEDED and len(_TELLING & record.keys()) >= _FEWEST


def _unpack(documents: Sequence[object]) -> list[Record | None]:
    """The issues, with their project, custom fields by name, and what they depend on and block."""
    found: list[Record | None] = list(records_of(documents))
    return [issue and (_whole(issue) if _is_issue(issue) else issue) for issue in found]


def _whole(issue: Record) -> Record:
    address = _ADDRESS.match(text_of(issue.get("full_url")))
    before = f"{address[1]}#" if address else ""
    others = [issue.get(name) for name in ("depends", "blocks")]
    keys = [text_of(key) for keys in others if isinstance(keys, list) for key in keys]
    return {
        **issue,
        "project": address[1] if address else "",
        "custom": named_values(issue, "custom_fields", ("value",)),
        "linked": [before + key for key in keys if key],
    }


def _table_of_records(records: Sequence[Record]) -> str:
    some = records[:1_000]
    return "items" if 2 * sum(map(_is_issue, some)) > len(some) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    judged = closing(export, columns)
    said = columns.get("resolution", missing(export)).fillna("").map(fold_word)
    duplicate = judged.state.eq("dropped") & said.eq("duplicate")
    other = missing(export).mask(duplicate.fillna(value=False), "unknown")
    number = columns.get("number", missing(export))
    key = number.where(number.str.fullmatch("[0-9]+").fillna(value=False))
    project = columns.get("project", missing(export))
    named = (project + "#" + key).fillna(key)
    return judged.completed(key=named, duplicate_of=other)


TRACKER: Final = Tracker(
    name="pagure",
    title="Pagure, JSON of issues",
    system="pagure",
    forms=("json",),
    export="https://pagure.io/api/0/PROJECT/issues?status=all&per_page=100, all its pages",
    verified="the vendor's documentation and what others describe of a real file; none was at hand",
    silent="due dates, who owned an issue before, and reopenings, which only its comments tell",
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "number": ("id",),
        "title": ("title",),
        "project": ("project",),
        "status": ("status",),
        "resolution": ("close_status",),
        "priority": ("priority",),
        "severity": ("custom.Severity", "custom.severity"),
        "owners": ("assignee.name",),
        "planned": ("milestone",),
        "labels": ("tags",),
        "links": ("linked",),
        "created_at": ("date_created",),
        "updated_at": ("last_updated",),
        "closed_at": ("closed_at",),
        "url": ("full_url",),
    },
    words=Words(
        resolutions=dict.fromkeys(_DROPPED, "dropped"),
        order=("status", "resolution", "dates"),
    ),
    dates=("epoch", "iso"),
    limits=(20, 100),
    complete=_complete,
)
