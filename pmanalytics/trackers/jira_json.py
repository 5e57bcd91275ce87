"""Jira: what its REST interface answers to a search, one page or many, with or without changelog.

Whether an issue is closed stands in up to three places that may disagree: a filled resolution
outranks the category of the status, which outranks its name; but a status that says reopened was
set after the resolution, which Jira keeps. An issue that is closed without a resolution date was
closed when its category last changed, else when its changelog says so. An issue of which the file
holds nothing but a changelog stands where that ends.

Fields of a site's own are told by their names where the search was asked for them (expand=names):
`Severity` is the severity, and a configuration may name them either way.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from pmanalytics.reading.nested import inner, text_of
from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.histories import events_of, last_closings
from pmanalytics.trackers.interpreting import as_lists, missing
from pmanalytics.trackers.jira_history import Told, told_by
from pmanalytics.trackers.jira_relations import CUSTOM, KEY, links_of, original_of, sprint_of
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words
from pmanalytics.trackers.vocabulary import fold_word, unknown_words

__all__ = ["TRACKER"]

_SELF: Final = r"^(https?://.+?)/rest/api/[0-9a-z]+/issue/[^/]+/?$"
_GATEWAY: Final = r"^https?://api\.atlassian\.com/"
# So many records tell what the others are.
_SOME: Final = 1_000
_CATEGORIES: Final[Mapping[str, str]] = {"new": "open", "indeterminate": "open", "done": "done"}
_DUPLICATE: Final = frozenset(("duplicate", "duplicated"))


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The issues of all pages, with the names of their fields and what their page says of it."""
    found: list[Record | None] = []
    for value in documents:
        for page in value if isinstance(value, list) else [value]:
            issues = inner(page, "issues")
            issues = inner(issues, "nodes") if isinstance(issues, dict) else issues
            if isinstance(issues, list):
                records = [_issue(issue, inner(page, "names")) for issue in issues]
                found += _paged(records, page)
            else:
                found.append(_issue(page, None))
    return found


def _paged(records: list[Record | None], page: Any) -> list[Record | None]:
    """The records of a page; the last of them keeps what the page says of its place."""
    said = {name: page[name] for name in ("total", "isLast", "nextPageToken") if name in page}
    if said and records and records[-1] is not None:
        records[-1] = {**records[-1], "page": said}
    return records


def _issue(value: Any, names: Any) -> Record | None:
    if not isinstance(value, dict):
        return None
    if "backend_name" in value and isinstance(value.get("data"), dict):
        value = value["data"]
    fields = value.get("fields")
    if not isinstance(fields, dict):
        return value
    own = _own_fields(fields, names if isinstance(names, dict) else inner(value, "names"))
    if not own:
        return value
    named: dict[str, Any] = {}
    for _, name, content in own:
        # Two fields may have one name; the one that is filled counts.
        if named.get(name) is None:
            named[name] = content
    plain = {field: content for field, _, content in own}
    return {**value, "fields": {**fields, **plain}, "named": named}


def _own_fields(fields: Record, names: Any) -> list[tuple[str, str, Any]]:
    """The fields of a site's own that have a name: their id, their name, and what they hold."""
    own = []
    for field in fields:
        if field.startswith(CUSTOM):
            content, name = fields[field], inner(names, field)
            # Some collectors put the name of a field beside its value.
            if (
                isinstance(content, dict)
                and content.keys() == {"id", "name", "value"}
                and (content["id"] == field)
            ):
                name, content = content["name"], content["value"]
            if isinstance(name, str):
                own.append((field, name, content))
    return own


def _table_of_records(records: Sequence[Record]) -> str:
    some = records[:_SOME]
    alike = [record for record in some if _is_issue(record)]
    return "items" if 2 * len(alike) > len(some) else ""


def _is_issue(record: Record) -> bool:
    key = record.get("key")
    told = isinstance(record.get("fields"), dict) or isinstance(record.get("changelog"), dict)
    told = told or re.match(_SELF, text_of(record.get("self"))) is not None
    return told and isinstance(key, str) and re.match(KEY, key.strip()) is not None


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    key = columns.get("key", missing(export))
    key = key.where(key.str.match(KEY).fillna(value=False))
    told = told_by(export, key)
    prefix = "" if export.source.table == "incidents" else f"{export.system}:"
    events, doubts = events_of(told.changes, export, prefix=prefix, judged=True)
    columns = {**columns, **_ends(export, columns, told)}
    closed = last_closings(events, prefix + key)
    changed = columns.get("state_changed_at", closed)
    judged = closing(export, {**columns, "state_changed_at": changed.fillna(closed)})
    found = judged.completed(
        key=key,
        project=key.str.replace(r"-[0-9]+$", "", regex=True),
        status=columns["status"],
        duplicate_of=_duplicates(export, columns, judged.state),
        url=_page(export, key),
        **_lists(export, columns),
    )
    warnings = (*found.warnings, *doubts, *_doubts(export, key, told))
    return replace(found, events=events, warnings=warnings)


def _ends(export: Export, columns: Mapping[str, pd.Series], told: Told) -> dict[str, pd.Series]:
    """Status, category and resolution; without fields they are those that a changelog ends in."""
    filled = {}
    alone = pd.Series([not isinstance(r.get("fields"), dict) for r in export.records], dtype=bool)
    for name in ("status", "category", "resolution"):
        column = columns.get(name, missing(export))
        ends = pd.Series([getattr(end, name) or None for end in told.ends], dtype="str")
        filled[name] = column.fillna(ends.where(alone))
    return filled


def _duplicates(export: Export, columns: Mapping[str, pd.Series], state: pd.Series) -> pd.Series:
    """The issue that each duplicate was closed in favour of, or the word unknown."""
    found: list[str | None] = []
    words = zip(columns["status"], columns["resolution"], state, export.records, strict=True)
    for status, resolution, ours, record in words:
        said = {fold_word(word) for word in (status, resolution) if isinstance(word, str)}
        if ours != "dropped" or not said & _DUPLICATE:
            found.append(None)
            continue
        other = original_of(record)
        found.append(f"{export.system}:{other}" if other else "unknown")
    return pd.Series(found, dtype="str")


def _page(export: Export, key: pd.Series) -> pd.Series:
    """Addresses that a person can open, from those of the interface."""
    told = pd.Series(
        [text_of(record.get("self")) or None for record in export.records], dtype="str"
    )
    site = told.where(~told.str.match(_GATEWAY).fillna(value=False))
    return site.str.extract(_SELF, expand=False) + "/browse/" + key


def _lists(export: Export, columns: Mapping[str, pd.Series]) -> dict[str, pd.Series]:
    """Links and sprints; and no owners where nothing is said, which is not the same as nobody."""
    given = export.source.fields
    found: dict[str, pd.Series] = {}
    if "links" not in given:
        links = [links_of(record) for record in export.records]
        found["links"] = as_lists(pa.array(links, type=pa.large_list(pa.large_string())))
    if "planned" not in given:
        sprints = [sprint_of(record) or None for record in export.records]
        found["planned"] = pd.Series(sprints, dtype="str")
    if "owners" in columns and "owners" not in given:
        said = [
            isinstance(fields := record.get("fields"), dict) and "assignee" in fields
            for record in export.records
        ]
        found["owners"] = columns["owners"].where(pd.Series(said, dtype=bool))
    return found


def _doubts(export: Export, key: pd.Series, told: Told) -> list[str]:
    doubts = []
    pages = [page for record in export.records if isinstance(page := record.get("page"), dict)]
    totals = [page["total"] for page in pages if type(page.get("total")) is int]
    held = key.nunique()
    if max(totals, default=0) > held:
        doubts.append(
            f"The search found {max(totals):,} issues, of which the file holds {held:,}; export "
            "the other pages too."
        )
    elif pages and (pages[-1].get("isLast") is False or pages[-1].get("nextPageToken")):
        doubts.append("A further page follows the last one of the file; export it too.")
    if told.cut:
        doubts.append(
            f"The changelogs of {told.cut:,} issues hold less than they say, so their history is "
            "incomplete; export the changelog of each issue."
        )
    if told.unknown:
        doubts.append(
            unknown_words(
                told.unknown,
                what="status in changelogs",
                effect="counts as open",
                section="states",
                example="done",
            )
        )
    bare = sum(not isinstance(record.get("fields"), dict) for record in export.records)
    if bare:
        doubts.append(
            f"Issues without fields and so without a title: {bare:,}; export them with fields=*all."
        )
    return doubts


TRACKER: Final = Tracker(
    name="jira_json",
    title="Jira, JSON of the REST search, with changelog",
    system="jira",
    forms=("json",),
    export=(
        "GET /rest/api/2/search?jql=...&fields=*all&expand=names,changelog&maxResults=100, all "
        "pages, startAt by startAt; on Cloud /rest/api/3/search/jql, by nextPageToken"
    ),
    verified=(
        "real files of Cloud in 2018 with changelog and of Server in 2016; names, capped "
        "changelogs and nextPageToken by vendor documentation"
    ),
    silent="changes before the oldest entry of a capped changelog; without expand=changelog all",
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "key": ("key",),
        "title": ("fields.summary",),
        "priority": ("fields.priority.name", "fields.priority"),
        "severity": ("named.Severity",),
        "status": ("fields.status.name", "fields.status"),
        "resolution": ("fields.resolution.name", "fields.resolution"),
        "category": ("fields.status.statusCategory.key",),
        "state_changed_at": ("fields.statuscategorychangedate",),
        "owners": ("fields.assignee.displayName", "fields.assignee.name", "fields.assignee"),
        "created_at": ("fields.created",),
        "updated_at": ("fields.updated",),
        "closed_at": ("fields.resolutiondate",),
        "promised_on": ("fields.duedate",),
        "labels": ("fields.labels",),
    },
    words=Words(categories=_CATEGORIES),
    limits=(50, 100, 1000),
    complete=_complete,
)
