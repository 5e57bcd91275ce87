"""GitHub: issues as JSON of the REST interface, of `gh` and of GraphQL, and as tables.

They write the same things with different names, and scripts mix them. Pull requests are issues to
GitHub, and are left aside here. A milestone is what an issue is planned on; its date is that of the
milestone and no promise about one issue, so it is read only where a configuration asks for it with
promised_on = "milestone.due_on".
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.reading.nested import listed, mostly
from pmanalytics.reading.records import records_of
from pmanalytics.trackers.closing import Closing, closing, joint_meaning_of
from pmanalytics.trackers.github_history import (
    HISTORIES,
    issue_of_event,
    timeline_changes,
    was_pull_request,
)
from pmanalytics.trackers.github_relations import ADDRESS, originals, related
from pmanalytics.trackers.github_tables import drafts, table_of, united_labels
from pmanalytics.trackers.histories import events_of, last_closings
from pmanalytics.trackers.interpreting import as_text, extracted, missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words
from pmanalytics.trackers.vocabulary import folded

__all__ = ["TRACKER"]

_PULL: Final = r"/pulls?/[0-9]+/?$"
_SAME: Final[Mapping[str, str]] = {
    "state_reason": "stateReason",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
    "closed_at": "closedAt",
    "html_url": "url",
    "type": "issueType",
}
_CONNECTIONS: Final = ("labels", "assignees")
# An issue is closed or not; the reason only tells how. A reason outlives a reopening.
_WORDS: Final = Words(
    states={"open": "open", "closed": "done", "merged": "done"},
    resolutions={"not_planned": "dropped", "duplicate": "dropped", "completed": "done"},
    unresolved=("", "reopened"),
    order=("status", "dates"),
)
_LIMIT: Final = 30
# What stands under the mark of a pull request in an issue.
_UNMARKED: Final = (None, False)


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The records, with the names of REST where gh has others; some files mix the two."""
    records = records_of(documents)
    return [record and _renamed(issue_of_event(record) or record) for record in records]


def _renamed(record: Record) -> Record:
    record = listed(record, one="assignee", many="assignees")
    if "created_at" in record and "html_url" in record:
        return record
    other = {
        ours: record[theirs]
        for ours, theirs in _SAME.items()
        if theirs in record and record.get(ours) is None
    }
    for name in _CONNECTIONS:
        if type(record.get(name)) is dict and isinstance(record[name].get("nodes"), list):
            other[name] = record[name]["nodes"]
    if "closed" in record:
        # gh says true or false there, which tells the state where that was not exported.
        other["state"] = record.get("state") or ("closed" if record["closed"] is True else "open")
        other["closed"] = None
    return {**record, **other} if other else record


def _table_of_records(records: Sequence[Record]) -> str:
    """Issues have a number and a title; GitLab's have an iid too, Linear's an identifier."""
    others = any("iid" in record or "identifier" in record for record in records[:10])
    return "items" if not others and mostly(records, _is_issue) else ""


def _is_issue(record: Record) -> bool:
    number, state = record.get("number"), record.get("state")
    counted = isinstance(number, int) and not isinstance(number, bool)
    return counted and isinstance(record.get("title"), str) and not isinstance(state, dict)


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    repository = _repository(export)
    key = repository.fillna("") + "#" + _number(columns, export)
    events, unread = _events(export, columns, key)
    closed = last_closings(events, f"{export.system}:" + key)
    judged = _judged(export, {**columns, "state_changed_at": closed})
    found = judged.completed(
        key=key,
        project=repository,
        duplicate_of=originals(export, columns, judged.state),
        url=_page(columns.get("url", missing(export))),
        planned=_planned(export, columns),
        **related(export, repository),
    )
    doubts = [*unread, *_doubts(export, judged.state, repository)]
    if not export.records:
        found, more = _tabular(export, columns, found)
        doubts += more
    return replace(
        found,
        filtered=_pulls(export, columns),
        events=events,
        warnings=(*found.warnings, *doubts),
    )


def _judged(export: Export, columns: Mapping[str, pd.Series]) -> Closing:
    """The state of every row; the view of a project has a column, and perhaps when it was closed.

    There a closing outranks the column in which a card was left.
    """
    judged = closing(export, columns)
    if "number" in columns or not {"status", "closed_at"} <= columns.keys():
        return judged
    left = judged.state.eq("open") & columns["closed_at"].notna()
    left &= ~columns["status"].str.lower().isin(set(folded(export.source.states)))
    status = columns["status"].mask(left, "closed")
    again = closing(export, {**columns, "status": status})
    return replace(again, warnings=judged.warnings)


def _tabular(
    export: Export, columns: Mapping[str, pd.Series], found: Completed
) -> tuple[Completed, list[str]]:
    """What only tables have: drafts, an issue in several rows, and -1 for no priority."""
    key, more, doubts = found.columns["key"], dict(found.columns), []
    if "number" not in columns:
        more["item_id"] = drafts(export.system, key, columns.get("title", missing(export)))
    if "priority" in columns:
        more["priority"] = columns["priority"].mask(columns["priority"].eq("-1"))
    if "labels" in columns:
        more["labels"], repeated = united_labels(columns["labels"], key)
        if repeated:
            doubts.append(
                f"{repeated:,} rows repeat an issue with another value under "
                f"{export.columns['labels'][0]!r}; the labels of the issue hold all of them."
            )
    return replace(found, columns=more), doubts


def _number(columns: Mapping[str, pd.Series], export: Export) -> pd.Series:
    if "number" in columns:
        # A library that takes numbers for fractions writes 7.0.
        return extracted(columns["number"], r"^(?P<number>[0-9]+)(?:\.0)?$")
    address = columns.get("url", missing(export))
    return extracted(address, r"/(?:issues|pull)/(?P<number>[0-9]+)/?(?:[?#].*)?$")


def _events(
    export: Export, columns: Mapping[str, pd.Series], key: pd.Series
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if not set(HISTORIES) & set(export.header) or not export.records:
        return events_of((), export)
    joint = joint_meaning_of(export)
    reasons = columns.get("resolution", missing(export)).fillna("")
    changes = timeline_changes(
        export.records,
        [word if isinstance(word, str) else None for word in key],
        reasons.tolist(),
        meaning=lambda word, reason: joint(word, reason, "") or "open",
    )
    return events_of(changes, export, judged=True)


def _repository(export: Export) -> pd.Series:
    """owner/repo from whichever address a record has."""
    found = missing(export)
    for name in ("html_url", "url", *export.columns.get("url", ()), "repository_url"):
        if export.has(name) and found.isna().any():
            address = as_text(export.cells.text(name))
            found = found.fillna(extracted(address, ADDRESS))
    return found


def _page(address: pd.Series) -> pd.Series:
    """Addresses that a person can open; those of the interface are left out."""
    return address.mask(address.str.contains(r"//api\.|/api/v3/", regex=True).fillna(value=False))


def _planned(export: Export, columns: Mapping[str, pd.Series]) -> pd.Series:
    planned = columns.get("planned", missing(export))
    if export.has("projectItems") and "planned" not in export.source.fields:
        planned = planned.fillna(as_text(export.cells.text("projectItems")))
    return planned


def _pulls(export: Export, columns: Mapping[str, pd.Series]) -> np.ndarray:
    """The rows that are pull requests, as a mark, the address or events tell."""
    marks = ("pull_request", "isPullRequest")
    pulls = np.zeros(len(export.cells), dtype=bool)
    if export.records:
        mark, other = marks
        told = [
            record.get(mark) not in _UNMARKED
            or record.get(other) not in _UNMARKED
            or record.get("category") == "pull_request"
            for record in export.records
        ]
        pulls |= np.array(told, dtype=bool)
        if set(HISTORIES) & set(export.header):
            pulls |= np.array([was_pull_request(record) for record in export.records], dtype=bool)
    for name in marks if not export.records else ():
        if export.has(name):
            words = pc.utf8_lower(export.cells.text(name))
            nothing = pc.is_in(words, value_set=pa.array(["", "false"], type=words.type))
            pulls |= ~nothing.to_numpy(zero_copy_only=False)
    if "url" in columns:
        pulls |= columns["url"].str.contains(_PULL, regex=True).fillna(value=False).to_numpy(bool)
    return pulls


def _doubts(export: Export, state: pd.Series, repository: pd.Series) -> list[str]:
    doubts = []
    homeless = int(repository.isna().sum())
    if homeless and "number" in export.columns:
        doubts.append(
            f"{homeless:,} issues have no address, so their keys lack the repository; export the "
            "field 'url' too, or give each repository a name of its own under [[source]]."
        )
    if not {"number", "url"} & export.columns.keys():
        doubts.append(
            "The file has neither numbers nor addresses, so that titles name the issues; export "
            "the field 'url' too."
        )
    if len(export.cells) == _LIMIT and state.eq("open").all():
        doubts.append(
            "The file holds exactly 30 open issues, where 'gh issue list' and a page of the "
            "interface stop; export it again with --state all --limit 10000."
        )
    return doubts


TRACKER: Final = Tracker(
    name="github",
    title="GitHub, issues as JSON (REST, gh or GraphQL) and as tables, views of projects",
    system="github",
    forms=("json", "csv", "xlsx"),
    export=(
        "gh issue list --state all --limit 10000 --json number,title,state,stateReason,labels,"
        "assignees,milestone,createdAt,updatedAt,closedAt,url"
    ),
    verified=(
        "real files of the REST interface, of gh and of a script around it; timelines and the "
        "views of projects by vendor documentation"
    ),
    silent="due dates; without a timeline reopenings, and of what a duplicate is one",
    table_of=table_of,
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "number": ("number",),
        "title": ("title",),
        "status": ("state", "status"),
        "resolution": ("state_reason", "stateReason"),
        "severity": ("severity",),
        "priority": ("priority",),
        "owners": ("assignees", "assignee", "assigness"),
        "team": ("team",),
        "labels": ("labels", "label", "area", "areas"),
        "planned": ("milestone", "iteration", "sprint"),
        "created_at": ("created_at", "createdAt", "created_date", "created"),
        "updated_at": ("updated_at", "updatedAt", "updated_date", "updated"),
        "closed_at": ("closed_at", "closedAt", "closed_date", "closed"),
        "promised_on": ("due date", "target date"),
        "parent": ("parent_issue_url", "parent"),
        "url": ("html_url", "url"),
    },
    more=r"^(html_url|url|repository_url|pull_request|isPullRequest|projectItems|\w+edAt)$",
    words=_WORDS,
    dates=("iso", "long"),
    separators={"owners": ",", "labels": ","},
    limits=(100,),
    complete=_complete,
)
