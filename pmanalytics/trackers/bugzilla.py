"""Bugzilla: the CSV of a list of bugs, and the JSON of its REST interface, with histories.

The CSV names its columns as the database does (bug_id, short_desc, ...), as the page does (Bug
ID, Summary, ...), or, where a script wrote the answers of REST into it, as REST does; then lists
may stand as Python writes them, such as [u'regression'].

A bug is closed when `is_open` says no, else when it has a resolution, for no closed bug is without
one. The resolution tells how: FIXED is done; DUPLICATE, WORKSFORME, WONTFIX, INVALID, INCOMPLETE
and the like are dropped, whether or not somebody VERIFIED it. The moment of the last resolution
stays when a bug is opened again, so it is no signal.

Of the words for severities only S1 to S4 plainly are some. A file that holds histories and no bugs
fills the table events, and says nothing without the bugs.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from pmanalytics.reading.nested import mostly
from pmanalytics.trackers.bugzilla_history import NOBODY, changes_of, unpack
from pmanalytics.trackers.closing import Closing, closing
from pmanalytics.trackers.histories import Change, events_of, history_only, last_closings
from pmanalytics.trackers.interpreting import as_lists, as_text, extracted, missing
from pmanalytics.trackers.model import Completed, Export, Header, Record, Tracker, Words
from pmanalytics.trackers.vocabulary import distinct, fold_word

__all__ = ["TRACKER"]

_DATABASE: Final = frozenset(
    ("short_desc", "bug_status", "bug_severity", "changeddate", "opendate", "assigned_to")
)
_PAGE: Final = frozenset(
    ("product", "component", "assignee", "status", "resolution", "summary", "changed", "opened")
)
_REST: Final = frozenset(("id", "summary", "status"))
_CHANGE: Final = frozenset(("bug", "when", "field_name", "field"))
_TELLING: Final = frozenset(
    ("is_open", "creation_time", "last_change_time", "product", "component")
)
_LINKS: Final = r"(?i:depends[_ ]?on|blocks|blocked|see[_ ]also)"
_NAMES: Final = r"(?i:assigned_to_detail\.real_name|assigned_to_realname|assignee real name)"
# What columns say that say nothing.
_LISTED: Final = r"""^\[\s*(?:u?['"])?|['"]?\s*\]$|['"]?[,;]\s*(?:u?['"])?"""
_NOTHING: Final = ("--", "---", "n/a", "unspecified")
_DROPPED: Final = (
    "worksforme", "incomplete", "notabug", "not_a_bug", "notourbug", "cantfix", "deferred", "later",
    "remind", "expired", "moved", "upstream", "insufficient_data", "inactive", "intentional", "eol",
)  # fmt: skip
_WORDS: Final = Words(
    states={
        **dict.fromkeys(("unconfirmed", "confirmed", "in_progress", "needinfo"), "open"),
        # In a history the resolution stands for the state.
        **dict.fromkeys(_DROPPED, "dropped"),
    },
    resolutions=dict.fromkeys(_DROPPED, "dropped"),
    categories={"true": "open", "false": "done"},
    order=("category", "resolution", "status"),
)


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    database = "bug_id" in names and names & _DATABASE
    page = "bug id" in names and len(names & _PAGE) >= 3
    rest = names >= _REST and len(names & _TELLING) >= 3
    return "items" if database or page or rest else ""


def _table_of_records(records: Sequence[Record]) -> str:
    """Bugs are told by what hardly another tracker says of its tickets."""
    if mostly(records, _CHANGE.issubset):
        return "events"
    return "items" if mostly(records, _is_bug) else ""


def _is_bug(record: Record) -> bool:
    if "bug_id" in record:
        return "short_desc" in record or "bug_status" in record
    return "id" in record and "summary" in record and len(_TELLING & record.keys()) >= 2


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    if export.table == "events":
        return history_only(export, columns)
    key = columns.get("key", missing(export))
    key = key.where(key.str.fullmatch(r"[0-9]+").fillna(value=False))
    events, doubts = events_of(_changes(export), export)
    past = (
        {"state_changed_at": last_closings(events, export.system + ":" + key)}
        if len(events)
        else {}
    )
    judged = closing(export, {**columns, **past, "category": _is_open(export, columns)})
    found = judged.completed(
        key=key,
        duplicate_of=_duplicates(export, columns, judged),
        **_owners(export),
        **_links(export),
        **{name: _said(columns[name]) for name in _SILENT if name in columns},
    )
    return replace(found, events=events, warnings=(*found.warnings, *doubts))


_SILENT: Final = ("priority", "severity", "planned")


def _said(column: pd.Series) -> pd.Series:
    return column.mask(column.str.lower().isin(_NOTHING))


def _is_open(export: Export, columns: Mapping[str, pd.Series]) -> pd.Series:
    """Whether a bug is open: as it says itself, else as its resolution does."""
    said = columns.get("category", missing(export))
    if "resolution" not in columns:
        return said
    resolved = columns["resolution"].fillna("").map(fold_word).isin(_WORDS.unresolved)
    return said.fillna(resolved.map({True: "true", False: "false"}).astype("str"))


def _duplicates(export: Export, columns: Mapping[str, pd.Series], judged: Closing) -> pd.Series:
    closed = judged.each(
        lambda _, resolution, ours: (
            "unknown" if ours == "dropped" and fold_word(resolution) == "duplicate" else None
        )
    )
    other = extracted(columns.get("duplicate_of", missing(export)), "^(?P<number>[0-9]+)$")
    return closed.mask(closed.notna() & other.notna(), export.system + ":" + other)


def _owners(export: Export) -> dict[str, pd.Series]:
    """The owners, without those who are somebody else's name for nobody."""
    names = export.columns.get("owners", ())
    if not names or "owners" in export.source.fields:
        return {}
    logins = [as_text(export.cells.text(name)).fillna("") for name in names]
    people = [name for name in export.cells.columns if re.fullmatch(_NAMES, name.strip())]
    shown = [as_text(export.cells.text(name)).fillna("") for name in people]
    nobody = {
        login
        for said in logins
        for login, *others in distinct(said, *shown).words
        if any(NOBODY.fullmatch(each) for each in (login, *others))
    }
    return {"owners": as_lists(export.cells.texts(names, without=sorted(nobody)))}


def _links(export: Export) -> dict[str, pd.Series]:
    names = [name for name in export.cells.columns if re.fullmatch(_LINKS, name.strip())]
    if not names or "links" in export.source.fields:
        return {}
    return {"links": as_lists(export.cells.texts(names, separator=_LISTED))}


def _changes(export: Export) -> Iterator[Change]:
    for bug in export.records:
        for change in changes_of(bug):
            if change["field"]:
                words = (change[name] for name in ("field", "before", "after"))
                yield Change(change["bug"], change["when"], *words)


TRACKER: Final = Tracker(
    name="bugzilla",
    title="Bugzilla, CSV of a list, and JSON of REST with histories",
    system="bugzilla",
    forms=("csv", "xlsx", "json"),
    export=(
        "the search's list of bugs, CSV below it, with the columns Opened and Severity; or "
        "/rest/bug?id=... and /rest/bug/ID/history"
    ),
    verified=(
        "real files of the CSV with database names and of REST with history; the names of the page "
        "after the vendor's source"
    ),
    silent="when a bug was closed, in CSV; the incident; the address of the server",
    table_of=_table_of,
    table_of_records=_table_of_records,
    unpack=unpack,
    columns={
        "key": ("id", "bug_id", "Bug ID"),
        "title": ("summary", "short_desc"),
        "project": ("product",),
        "status": ("status", "bug_status"),
        "resolution": ("resolution",),
        "category": ("is_open",),
        "severity": ("severity", "bug_severity"),
        "priority": ("priority",),
        "owners": ("assigned_to", "assignee"),
        "created_at": ("creation_time", "opendate", "Opened", "creation_ts"),
        "updated_at": ("last_change_time", "changeddate", "Changed", "delta_ts"),
        "closed_at": ("cf_last_resolved", "Last Resolved"),
        "promised_on": ("deadline",),
        "planned": ("target_milestone", "Target Milestone"),
        "labels": ("keywords",),
        "duplicate_of": ("dupe_of", "dup_id"),
        "subject": ("bug",),
        "at": ("when",),
        "field": ("field",),
        "before": ("before",),
        "after": ("after",),
    },
    more=rf"^(?:{_LINKS}|{_NAMES})$",
    words=_WORDS,
    severities={f"S{number}": f"sev{number}" for number in range(1, 5)},
    separators={"labels": _LISTED},
    nothing=("None",),
    limits=(500, 10_000),
    complete=_complete,
)
