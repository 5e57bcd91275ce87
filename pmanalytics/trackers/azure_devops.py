"""Azure DevOps: the CSV of a query, and work items as JSON of its REST interface.

What a state means is for each process to say. Removed is dropped in all of them, Closed, Done and
Completed are done, and Resolved is open, for somebody has yet to verify it. The state outranks a
closing date, which stays behind when a work item is opened again; a state that nobody knows is
closed when there is such a date. A reason that drops (Duplicate, Won't Fix, Deferred, ...) makes a
closed work item a dropped one, even if its state is Done.

The rows of a tree are children of the last row above them whose title stands further left, and are
linked to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.reading.cells import TEXT
from pmanalytics.reading.nested import mostly, nested, texts_at
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.histories import Change, days_of, events_of
from pmanalytics.trackers.interpreting import as_lists, as_text, missing
from pmanalytics.trackers.model import Completed, Export, Header, Record, Tracker, Words
from pmanalytics.trackers.vocabulary import DROPPING_RESOLUTIONS, distinct, fold_word

__all__ = ["TRACKER"]

_TREE: Final = re.compile(r"title ([0-9]+)", re.IGNORECASE)
_KEY: Final = r"^[0-9]+$"
# Where a link leads: the number at the end of the address of a work item.
_LINKED: Final = r"(?i)^(?:.*/workitems/)?([0-9]+)$"
_LINKS: Final = ("Parent", "fields.System.Parent", "relations.url")
_REASONS: Final = (
    "Closed Reason",
    "Resolved Reason",
    "fields.Microsoft.VSTS.Common.ResolvedReason",
    "Reason",
    "fields.System.Reason",
)
_MORE: Final = (
    r"(?i)^(title [0-9]+|parent|(closed |resolved )?reason|relations\.url"
    r"|fields\.(system\.(parent|reason)|microsoft\.vsts\.common\.resolvedreason))$"
)
_TELLING: Final = frozenset(("area path", "iteration path", "team project"))
_MAIL: Final = r"\s*<[^<>]*>\s*$"
_DROPPING: Final = (
    "deferred", "cut", "overtaken by events", "removed from the backlog", "will not fix",
    "not a defect", "not reproducible", "out of date", "copied to store",
)  # fmt: skip
_WORDS: Final = Words(
    states={
        "resolved": "open",
        "proposed": "open",
        "approved": "open",
        "committed": "open",
        "requested": "open",
        "design": "open",
        "inactive": "done",
        "completed": "done",
    },
    resolutions=dict.fromkeys(_DROPPING, "dropped"),
    order=("status", "dates"),
)
_CHANGES: Final = (
    ("state", "System.State"),
    ("owner", "System.AssignedTo"),
    ("promised_on", "Microsoft.VSTS.Scheduling.DueDate"),
    ("promised_on", "Microsoft.VSTS.Scheduling.TargetDate"),
    ("severity", "Microsoft.VSTS.Common.Severity"),
)


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    if "id" not in names or not names & {"title", "title 1"}:
        return ""
    known = "work item type" in names or names & _TELLING or names >= {"assigned to", "state"}
    return "items" if known else ""


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, _is_work_item) else ""


def _is_work_item(record: Record) -> bool:
    fields = record.get("fields")
    return "id" in record and isinstance(fields, dict) and "System.Title" in fields


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    key = columns["key"].where(columns["key"].str.match(_KEY).fillna(value=False))
    given = export.source.fields
    found = closing(export, {**columns, "resolution": _reason(export)}).completed(key=key)
    added: dict[str, pd.Series] = {}
    if "title" not in given:
        added["title"] = _title(export, columns)
    if "owners" in columns:
        added["owners"] = _people(columns["owners"])
    if "planned" in columns and "planned" not in given:
        # An iteration without a path below it is the project itself, where everything begins.
        planned = columns["planned"]
        added["planned"] = planned.where(
            planned.str.contains("\\", regex=False).fillna(value=False)
        )
    if "links" not in given:
        added |= _links(export, key)
    if "duplicate_of" not in columns:
        reason = _reason(export)
        duplicate = reason.str.lower().eq("duplicate") & found.columns["state"].eq("dropped")
        added["duplicate_of"] = missing(export).mask(duplicate, "unknown")
    events, doubts = events_of(_changes(export, key), export)
    return replace(
        found,
        columns={**found.columns, **added},
        warnings=(*found.warnings, *doubts),
        events=events,
    )


def _reason(export: Export) -> pd.Series:
    """Of several reasons the first that drops, else the first that is filled."""
    known = {fold_word(name): name for name in export.cells.columns}
    names = [known[fold_word(name)] for name in _REASONS if fold_word(name) in known]
    if not names:
        return missing(export)
    words = distinct(*(as_text(export.cells.text(name)) for name in names))
    chosen = []
    for said in words.words:
        dropping = [word for word in said if fold_word(word) in {*DROPPING_RESOLUTIONS, *_DROPPING}]
        chosen.append(next(filter(None, (*dropping, *said)), None))
    return words.spread(chosen)


def _levels(export: Export) -> list[str]:
    """The columns of titles of a tree, from its root on."""
    found = {name: _TREE.fullmatch(name.strip()) for name in export.cells.columns}
    numbered = [(int(match[1]), name) for name, match in found.items() if match]
    return [name for _, name in sorted(numbered)]


def _title(export: Export, columns: Mapping[str, pd.Series]) -> pd.Series:
    title = columns.get("title", missing(export))
    for name in _levels(export):
        title = title.fillna(as_text(export.cells.text(name)))
    return title


def _people(owners: pd.Series) -> pd.Series:
    """Names without the address or account that stands behind them."""
    lists = pa.array(owners).cast(pa.large_list(TEXT))
    names = pc.replace_substring_regex(lists.flatten(), _MAIL, "")
    return as_lists(pa.LargeListArray.from_arrays(lists.offsets, names, mask=lists.is_null()))


def _links(export: Export, key: pd.Series) -> dict[str, pd.Series]:
    known = {fold_word(name): name for name in export.cells.columns}
    names = [known[fold_word(name)] for name in _LINKS if fold_word(name) in known]
    if names:
        lists = export.cells.texts(names, like=_LINKED)
        numbers = pc.replace_substring_regex(lists.flatten(), _LINKED, r"\1")
        return {"links": as_lists(pa.LargeListArray.from_arrays(lists.offsets, numbers))}
    levels = _levels(export)
    if len(levels) < 2:
        return {}
    titles = [export.cells.text(name).to_pylist() for name in levels]
    above: dict[int, str] = {}
    parents: list[list[str]] = []
    for place, name in enumerate(key):
        level = next((n for n, column in enumerate(titles) if column[place]), 0)
        parent = next((above[n] for n in range(level - 1, -1, -1) if n in above), None)
        parents.append([parent] if parent else [])
        above = {n: found for n, found in above.items() if n < level}
        if isinstance(name, str):
            above[level] = name
    return {"links": as_lists(pa.array(parents, type=pa.large_list(TEXT)))}


def _changes(export: Export, key: pd.Series) -> Iterator[Change]:
    """What the updates of each work item say; an update lasts until its date of revision."""
    places, updates = nested(export.records, "updates")
    keys = key.tolist()
    moments = texts_at(updates, "fields.System.ChangedDate.newValue")
    ended = texts_at(updates, "revisedDate")
    for number, place in enumerate(places):
        if not moments[number] and number and places[number - 1] == place:
            moments[number] = ended[number - 1]
    for ours, name in _CHANGES:
        before, after = (
            _plain(export, ours, texts_at(updates, f"fields.{name}.{side}"))
            for side in ("oldValue", "newValue")
        )
        for place, at, old, new in zip(places, moments, before, after, strict=True):
            subject = keys[place]
            if old != new and isinstance(subject, str):
                yield Change(subject, at, ours, old, new)


def _plain(export: Export, field: str, texts: Sequence[str]) -> list[str]:
    if field == "owner":
        return [re.sub(_MAIL, "", text) for text in texts]
    return days_of(export, texts) if field == "promised_on" else list(texts)


TRACKER: Final = Tracker(
    name="azure_devops",
    title="Azure DevOps, CSV of a query and JSON of REST",
    system="azure_devops",
    forms=("csv", "xlsx", "json"),
    export=(
        "Boards, Queries, the query, Export to CSV, with the columns Closed Date, Changed Date and "
        "Due Date added to it; or GET _apis/wit/workitems, with /updates of each as `updates`"
    ),
    verified=(
        "a real file of a flat query; trees and other locales unverified; JSON by the vendor's "
        "documentation"
    ),
    silent="team (map the area path or a field), addresses, and in the CSV the history",
    table_of=_table_of,
    table_of_records=_table_of_records,
    columns={
        "key": ("ID",),
        "title": ("fields.System.Title", "Title"),
        "status": ("fields.System.State", "State"),
        "priority": ("fields.Microsoft.VSTS.Common.Priority", "Priority"),
        "severity": ("fields.Microsoft.VSTS.Common.Severity", "Severity"),
        "owners": ("fields.System.AssignedTo", "Assigned To"),
        "project": ("fields.System.TeamProject", "Team Project"),
        "planned": ("fields.System.IterationPath", "Iteration Path"),
        "labels": ("fields.System.Tags", "Tags"),
        "created_at": ("fields.System.CreatedDate", "Created Date"),
        "updated_at": ("fields.System.ChangedDate", "Changed Date"),
        "closed_at": ("fields.Microsoft.VSTS.Common.ClosedDate", "Closed Date"),
        "state_changed_at": (
            "fields.Microsoft.VSTS.Common.StateChangeDate",
            "State Change Date",
        ),
        "promised_on": (
            "fields.Microsoft.VSTS.Scheduling.DueDate",
            "Due Date",
            "fields.Microsoft.VSTS.Scheduling.TargetDate",
            "Target Date",
        ),
    },
    more=_MORE,
    words=_WORDS,
    severities={
        "1 - Critical": "sev1",
        "2 - High": "sev2",
        "3 - Medium": "sev3",
        "4 - Low": "sev4",
    },
    dates=("iso", "no_date"),
    separators={"labels": ";"},
    nobody=("Unassigned",),
    limits=(1_000, 20_000),
    complete=_complete,
)
