"""Jira: the CSV of Cloud and of Server or Data Center, in English.

All fields or those of a view, and the old export whose key column is called `Key`. Whether a ticket
is closed stands in up to four columns that may disagree; `_state` says which one wins.
"""

import re
from collections.abc import Mapping
from typing import Final

import pandas as pd

from pmanalytics.trackers.interpreting import as_lists, as_text, missing
from pmanalytics.trackers.model import Completed, Export, Header, Tracker
from pmanalytics.trackers.vocabulary import (
    DROPPING_RESOLUTIONS,
    Distinct,
    distinct,
    fold_word,
    folded,
    known_state,
    unknown_words,
)

__all__ = ["TRACKER"]

_KEY: Final = r"^[A-Za-z][A-Za-z0-9_]*-[0-9]+$"
_LINKS: Final = (
    r"(?i)^((in|out)ward issue link \(.*|parent key|custom field \(epic link\)|epic link)$"
)
_DUPLICATES: Final = re.compile(r"outward issue link \(duplicates?\s*\)", re.IGNORECASE)
_VIEW: Final = frozenset(
    ("summary", "issue type", "status", "assignee", "reporter", "created", "updated", "resolution",
     "priority")
)  # fmt: skip
_CATEGORIES: Final[Mapping[str, str]] = {
    "to do": "open",
    "new": "open",
    "in progress": "open",
    "indeterminate": "open",
    "done": "done",
    "complete": "done",
}
_UNRESOLVED: Final = ("", "unresolved", "none")
_REOPENED: Final = ("reopened", "re-opened", "reopen")
_DUPLICATE: Final = ("duplicate", "duplicated")
_LIMIT: Final = 1000
_OLD_LIMIT: Final = 100


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    if "issue key" in names and names & {*_VIEW, "issue id"}:
        return "items"
    # Our own tables have a column `key` too, but none of the others of a view with a capital.
    written = {fold_word(name) for name in header if name[:1].isupper()}
    return "items" if "key" in written and len(written & _VIEW) >= 3 else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    status, resolution, category = (
        columns.get(name, missing(export)) for name in ("status", "resolution", "category")
    )
    ended = columns.get("closed_at", missing(export, "datetime64[us, UTC]"))
    dated = ended.notna().map({True: "dated", False: ""}).astype("str")
    words = distinct(status, resolution, category, dated)
    unanswered = None if "status" in columns or "resolution" not in columns else "open"
    judged = _judged(words, folded(export.source.states), unanswered)
    state = words.spread([state for state, _ in judged])
    ended = (
        ended.fillna(columns["category_changed_at"]) if "category_changed_at" in columns else ended
    )
    key = columns["key"]
    found = {
        "key": key.where(key.str.match(_KEY).fillna(value=False)),
        "project": key.str.replace(r"-[0-9]+$", "", regex=True),
        "state": state,
        "closed_at": ended.where(state.isin(["done", "dropped"])),
        "duplicate_of": _duplicates(export, words, judged),
        **_multiples(export),
    }
    return Completed(found, (*_doubts(words, judged), *_suspicions(export)))


def _judged(
    words: Distinct, given: Mapping[str, str], unanswered: str | None
) -> list[tuple[str | None, str]]:
    """State and doubt for each combination of status, resolution, category and a closing date."""
    judged = []
    for status, resolution, category, dated in words.words:
        named = (fold_word(status), fold_word(resolution))
        said = given.get(named[0]) or given.get(named[1])
        state, doubt = (said, "") if said else _state(*named, fold_word(category), dated)
        judged.append((state or unanswered, doubt))
    return judged


def _state(status: str, resolution: str, category: str, dated: str) -> tuple[str | None, str]:
    """What a ticket's words mean together: its state, and what is doubtful about it.

    A filled resolution outranks the category, which outranks the name of the status; but a status
    that says reopened was set after the resolution, which Jira keeps.
    """
    if resolution not in _UNRESOLVED:
        if status.startswith(_REOPENED):
            return "open", "disagrees"
        state = "dropped" if resolution in DROPPING_RESOLUTIONS else "done"
        return state, "disagrees" if _CATEGORIES.get(category) == "open" else ""
    named = known_state(status)
    by_category = _CATEGORIES.get(category)
    if by_category == "done" and named == "dropped":
        return "dropped", ""
    found = by_category or named
    if found:
        return found, "disagrees" if dated and found == "open" else ""
    if dated:
        return "done", ""
    return ("open", "unknown") if status else (None, "")


def _duplicates(export: Export, words: Distinct, judged: list[tuple[str | None, str]]) -> pd.Series:
    """The ticket that each duplicate was closed in favour of, or the word unknown."""
    closed = words.spread(
        [
            "unknown"
            if state == "dropped" and {fold_word(s), fold_word(r)} & set(_DUPLICATE)
            else None
            for (s, r, _, _), (state, _) in zip(words.words, judged, strict=True)
        ]
    )
    for name in export.cells.columns:
        if _DUPLICATES.fullmatch(name.strip()):
            other = as_text(export.cells.text(name))
            closed = closed.mask(closed.notna() & other.notna(), export.system + ":" + other)
    return closed


def _multiples(export: Export) -> dict[str, pd.Series]:
    """Links from all the columns that hold some, and the last of several sprints."""
    cells, found = export.cells, {}
    links = [name for name in cells.columns if re.match(_LINKS, name.strip())]
    if links and "links" not in export.source.fields:
        found["links"] = as_lists(cells.texts(links, like=_KEY))
    for name in export.columns.get("planned", ())[:1]:
        sprint = missing(export)
        for column in cells.columns[name]:
            sprint = as_text(column).fillna(sprint)
        found["planned"] = sprint
    return found


def _doubts(words: Distinct, judged: list[tuple[str | None, str]]) -> list[str]:
    doubts = []
    unknown: dict[str, int] = {}
    for number, ((status, *_), (_, doubt)) in enumerate(zip(words.words, judged, strict=True)):
        if doubt == "unknown":
            unknown[status] = unknown.get(status, 0) + int(words.counts[number])
    if unknown:
        doubts.append(
            unknown_words(
                unknown, what="status", effect="counts as open", section="states", example="done"
            )
        )
    contradicting = [n for n, (_, doubt) in enumerate(judged) if doubt == "disagrees"]
    if contradicting:
        most = words.words[max(contradicting, key=lambda n: words.counts[n])]
        said = ", ".join(repr(word) for word in most[:3] if word)
        doubts.append(
            f"{words.count(contradicting):,} rows contradict themselves about being closed (such "
            f"as {said}); settle what counts in [source.states]."
        )
    return doubts


def _suspicions(export: Export) -> list[str]:
    limit = _LIMIT if "Key" not in export.cells.columns else _OLD_LIMIT
    if len(export.cells) not in (limit, _LIMIT):
        return []
    return [
        f"The file holds exactly {len(export.cells):,} rows, the number at which Jira cuts off an "
        "export; export a shorter range of dates and compare."
    ]


TRACKER: Final = Tracker(
    name="jira_csv",
    title="Jira, CSV of Cloud and Server in English",
    system="jira",
    forms=("csv",),
    export="Filters, advanced search, Export, CSV (all fields); with English as the language",
    verified="real files of Jira Cloud 2025, Server 8 and Server 6.2",
    silent="reopenings and earlier closings; when a status changed before the last change",
    table_of=_table_of,
    columns={
        "key": ("Issue key", "Key"),
        "title": ("Summary",),
        "priority": ("Priority",),
        "severity": ("Custom field (Severity)", "Severity"),
        "status": ("Status",),
        "resolution": ("Resolution",),
        "category": ("Status Category",),
        "category_changed_at": ("Status Category Changed",),
        "owners": ("Assignee", "Assignees"),
        "created_at": ("Created",),
        "updated_at": ("Updated",),
        "closed_at": ("Resolved",),
        "promised_on": ("Due date",),
        "planned": ("Sprint",),
        "labels": ("Labels",),
    },
    more=_LINKS,
    dates=("%d/%b/%y %I:%M %p", "%d/%b/%y %H:%M", "%d/%b/%y", "iso"),
    nobody=("Unassigned",),
    footer=r"Generated at \w{3} \w{3} \d",
    complete=_complete,
)
