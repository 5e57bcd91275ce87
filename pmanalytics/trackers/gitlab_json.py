"""GitLab: issues as its REST interface writes them, alone, collected, or with their history.

An issue is open or closed, and that its state alone says: closed issues that are old or were moved
have no closing date, which then comes from the notes of the system or the events of states, where
they were exported. A closed issue that was moved or marked as a duplicate was not done: it is
dropped, and lives on in the other one. Issues of type incident are incidents, which begin when they
are created; merge requests are left aside. The severity of an incident is S1 to S4 on GitLab's own
pages; of other tickets a scoped label such as severity::2 says it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from pmanalytics.reading.nested import inner, listed, mostly, objects, text_of
from pmanalytics.reading.records import records_of
from pmanalytics.tables import conform
from pmanalytics.trackers.closing import closing, joint_meaning_of
from pmanalytics.trackers.gitlab_history import Origin, changes_of, origin_of
from pmanalytics.trackers.histories import Change, events_of, last_closings
from pmanalytics.trackers.interpreting import as_lists, missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words
from pmanalytics.trackers.scoped_labels import scoped_columns
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_ADDRESS: Final = re.compile(
    r"https?://[^/]+/(.+?)/(?:-/)?(?:issues|work_items|incidents)/(?:incident/)?([0-9]+)"
)
_REFERENCE: Final = re.compile(r"([^#!&\s]+)#([0-9]+)")
_WORDS: Final = Words(
    states={"opened": "open", "open": "open", "closed": "done", "merged": "done", "all": "open"},
    resolutions={"moved": "dropped", "duplicate": "dropped"},
    order=("status", "dates"),
)
# The words of the field, which pages show as Critical - S1 to Low - S4.
_SEVERITIES: Final = {"critical": "sev1", "high": "sev2", "medium": "sev3", "low": "sev4"}
_LINKS: Final = ("links", "issue_links", "related_issues")
_BRANCHES: Final = ("source_branch", "target_branch", "merge_status")


def _unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The records; of an answer of GraphQL with the names of REST."""
    return [record and _renamed(record) for record in records_of(documents)]


def _renamed(record: Record) -> Record:
    record = listed(record, one="assignee", many="assignees")
    if "webUrl" not in record and "createdAt" not in record:
        return record
    plain = {re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower(): record[name] for name in record}
    for name in ("labels", "assignees", "notes"):
        nodes = inner(record, name, "nodes")
        if isinstance(nodes, list):
            plain[name] = nodes
    return {**plain, **record, **{n: plain[n] for n in ("labels", "assignees") if n in plain}}


def _table_of_records(records: Sequence[Record]) -> str:
    """Issues of GitLab count twice: on the whole server, and in their project as iid."""
    return "items" if mostly(records, _is_ticket) else ""


def _is_ticket(record: Record) -> bool:
    return text_of(record.get("iid")).isdigit() and isinstance(record.get("title"), str)


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    places = [_place(record) for record in export.records]
    keys = [f"{project}#{number}" if number else None for project, number in places]
    key = pd.Series(keys, dtype="str")
    incidents = np.array([_is_incident(record) for record in export.records], dtype=bool)
    incidents |= export.source.table == "incidents"
    origins = [origin_of(record) for record in export.records]
    reasons = pd.Series([origin.reason or None for origin in origins], dtype="str")
    columns = {**columns, "resolution": columns.get("resolution", missing(export)).fillna(reasons)}
    subjects = (f"{export.system}:" + key).mask(incidents, key)
    events, doubts = _events(export, columns, key, incidents)
    judged = closing(export, {**columns, "state_changed_at": last_closings(events, subjects)})
    found = judged.completed(
        key=key,
        project=pd.Series([project or None for project, _ in places], dtype="str"),
        duplicate_of=_elsewhere(export, judged.state, origins, places),
        links=_links(export, columns),
        **_severity(columns),
    )
    pulls = np.array([_is_merge_request(record) for record in export.records], dtype=bool)
    return replace(
        found,
        filtered=pulls,
        incidents=incidents & ~pulls,
        events=events,
        warnings=(*found.warnings, *doubts),
    )


def _place(record: Record) -> tuple[str, str]:
    """The project of an issue and its number there, from what names both if there is anything."""
    told = _REFERENCE.fullmatch(text_of(inner(record, "references", "full")))
    told = told or _ADDRESS.match(text_of(record.get("web_url")))
    if told:
        return told[1], told[2]
    number = text_of(record.get("iid"))
    return "", number if re.fullmatch("[0-9]+", number) else ""


def _is_incident(record: Record) -> bool:
    words = (text_of(record.get(name)) for name in ("issue_type", "type"))
    return any(fold_word(word) == "incident" for word in words)


def _is_merge_request(record: Record) -> bool:
    named = text_of(record.get("category")) == "merge_request"
    return (
        named
        or any(name in record for name in _BRANCHES)
        or ("/merge_requests/" in text_of(record.get("web_url")))
    )


def _events(
    export: Export, columns: Mapping[str, pd.Series], key: pd.Series, incidents: np.ndarray
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    joint = joint_meaning_of(export)

    def meaning(word: str, reason: str = "") -> str:
        return joint(word, reason, "") or "open"

    changes: tuple[list[Change], list[Change]] = ([], [])
    reasons = columns["resolution"].fillna("")
    for number, record in enumerate(export.records):
        if isinstance(key[number], str) and not _is_merge_request(record):
            closed = meaning("closed", reasons[number])
            found = changes_of(record, key[number], closed=closed, meaning=meaning)
            changes[int(incidents[number])].extend(found)
    of_items, doubts = events_of(changes[0], export, judged=True)
    of_incidents, more = events_of(changes[1], export, prefix="", judged=True)
    if of_incidents.empty:
        return of_items, doubts
    both = pd.concat([of_items, of_incidents], ignore_index=True)
    return conform(both.sort_values(["subject", "at"], kind="stable"), "events"), (*doubts, *more)


def _elsewhere(
    export: Export,
    state: pd.Series,
    origins: Sequence[Origin],
    places: Sequence[tuple[str, str]],
) -> pd.Series:
    """The issue in which a moved one or a duplicate lives on, or the word unknown."""
    known = {
        text_of(record.get("id")): f"{project}#{number}"
        for record, (project, number) in zip(export.records, places, strict=True)
    }
    ends = {text_of(inner(r, "_links", "self")): text_of(r.get("id")) for r in export.records}
    known.pop("", None)
    ends.pop("", None)
    found: list[str | None] = []
    for record, ours, origin, (project, _) in zip(
        export.records, state, origins, places, strict=True
    ):
        if ours != "dropped" or not origin.reason:
            found.append(None)
            continue
        duplicated = ends.get(text_of(inner(record, "_links", "closed_as_duplicate_of")))
        other = known.get(text_of(record.get("moved_to_id")) or duplicated or "")
        other = other or _absolute(origin.elsewhere, project)
        found.append(f"{export.system}:{other}" if other else "unknown")
    return pd.Series(found, dtype="str")


def _absolute(reference: str, project: str) -> str:
    """A reference with the whole path of its project; what has no slash lies beside this one."""
    path, _, number = reference.rpartition("#")
    if not number or not project:
        return ""
    if not path:
        return f"{project}#{number}"
    group = project.rpartition("/")[0]
    return reference if "/" in path or not group else f"{group}/{reference}"


def _links(export: Export, columns: Mapping[str, pd.Series]) -> pd.Series:
    if "links" in columns:
        return columns["links"]
    found = []
    for record in export.records:
        others = [_place(other) for name in _LINKS for other in objects(record.get(name))]
        keys = [f"{project}#{number}" for project, number in others if number]
        said = any(isinstance(record.get(name), list) for name in _LINKS)
        found.append(list(dict.fromkeys(keys)) if said else None)
    return as_lists(pa.array(found, type=pa.large_list(pa.large_string())))


def _severity(columns: Mapping[str, pd.Series]) -> dict[str, pd.Series]:
    """What the field says, else the scoped label; the word unknown says nothing."""
    if "severity" in columns:
        said = columns["severity"]
        columns = {**columns, "severity": said.mask(said.str.lower().eq("unknown"))}
    told = scoped_columns(columns)
    return {"severity": columns["severity"], **told} if "severity" in columns else told


TRACKER: Final = Tracker(
    name="gitlab_json",
    title="GitLab, issues and incidents as JSON (REST)",
    system="gitlab",
    forms=("json",),
    export=(
        "glab api --paginate 'projects/:id/issues?scope=all&per_page=100'; for the history add the "
        "answer of issues/:iid/resource_state_events to each issue under that name"
    ),
    verified=(
        "real files of the REST interface of 2017 to 2020; incidents, events and references by "
        "vendor documentation"
    ),
    silent="without notes or events: when old and moved issues were closed, reopenings and owners",
    table_of_records=_table_of_records,
    unpack=_unpack,
    columns={
        "title": ("title",),
        "status": ("state",),
        "severity": ("severity",),
        "owners": ("assignees", "assignee"),
        "labels": ("labels",),
        "planned": ("milestone.title",),
        "created_at": ("created_at",),
        "updated_at": ("updated_at",),
        "closed_at": ("closed_at",),
        "promised_on": ("due_date",),
        "url": ("web_url",),
    },
    words=_WORDS,
    severities=_SEVERITIES,
    limits=(20, 100),
    complete=_complete,
)
