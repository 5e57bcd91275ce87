"""Rows: the action items in a table, by what its columns are called."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pmanalytics.trackers.documents.dates import first_date
from pmanalytics.trackers.documents.facts import is_placeholder
from pmanalytics.trackers.documents.headings import fold_heading
from pmanalytics.trackers.documents.markdown import Block, Words
from pmanalytics.trackers.documents.marks import kind_word, state_of
from pmanalytics.trackers.documents.tickets import key_of_address, tickets_of
from pmanalytics.trackers.documents.titles import reason_to_leave_out
from pmanalytics.trackers.documents.wording import Found, people_in, record_of

__all__ = ["add_rows", "names_actions"]

# What the columns of a table of items are called.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("action item", "action items", "action", "actions", "corrective action",
              "preventive action", "follow up", "followup", "follow up item", "follow up action",
              "action required", "action to take", "item", "items", "task", "tasks", "todo",
              "to do", "work item", "improvement", "measure", "remediation", "recommendation",
              "what",
              "title", "summary", "description", "action description", "details", "name", "step"),
    "owner": ("owner", "owners", "assignee", "assignees", "assigned to", "assigned", "who", "dri",
              "responsible", "responsible person", "accountable", "poc", "action owner", "by whom",
              "lead", "person", "owned by", "responsibility"),
    "team": ("team", "owning team", "owner team", "responsible team", "squad"),
    "due": ("due", "due date", "due by", "deadline", "target", "target date", "eta", "when",
            "by when", "date due", "target completion", "target completion date", "complete by",
            "expected date", "expected completion", "completion target", "timeline", "date"),
    "closed": ("completed on", "completed at", "closed", "closed on", "date completed", "done on",
               "completion date", "date closed", "closed date", "completed date", "resolved on"),
    "status": ("status", "state", "done", "progress", "completed", "complete", "current status"),
    "ticket": ("bug", "bugs", "ticket", "tickets", "issue", "issues", "jira", "jira key",
               "jira ticket", "jira issue", "link", "links", "tracking", "tracking ticket",
               "tracking issue", "tracking bug", "tracker", "ticket link", "issue link",
               "ticket id", "github issue", "github", "pr", "reference", "ref", "url", "story",
               "ticket url",
               "tracked in", "issue or pr", "pr issue", "bug id", "bug ticket"),
    "kind": ("type", "kind", "category", "action type", "class"),
    "priority": ("priority", "prio", "importance", "urgency", "p"),
    "number": ("id", "no", "nr", "number", "sr no", "s no", "ai", "item no", "action id", "index"),
    "notes": ("notes", "note", "comment", "comments", "remarks", "expected outcome", "why",
              "success criteria", "rationale"),
    "time": ("time", "timestamp", "time utc", "event", "events", "what happened", "date and time"),
}  # fmt: skip
_MEANING: Final = {name: column for column, names in _COLUMNS.items() for name in names}
# The last of these names a title only where none of the first does.
_PLAIN_ACTION: Final = frozenset(_COLUMNS["title"][:9])
_TELLING: Final = frozenset(("owner", "ticket", "status", "kind", "due"))


def names_actions(block: Block) -> bool:
    """Whether the header of a table says that its rows are action items."""
    names = [fold_heading(cell.text) for cell in block.rows[0]]
    columns = {_MEANING.get(name) for name in names}
    acts = any(name in _PLAIN_ACTION for name in names)
    return acts and bool(columns & _TELLING) and "time" not in columns


def add_rows(found: Found, block: Block, *, acting: bool, group: str) -> None:
    """Add the rows of a table; `acting` says that it stands in a part about actions."""
    names = [fold_heading(cell.text) for cell in block.rows[0]]
    places = _places(names)
    if places is None:
        if len(block.rows) > 1 and acting:
            what = f"a table of {len(block.rows) - 1} rows: {', '.join(names)}"
            found.left_out.append({"title": what, "reason": "table", "line": block.line})
        return
    for row, line in zip(block.rows[1:], block.row_lines[1:], strict=True):
        cells = {name: row[place] for name, place in places.items() if place < len(row)}
        _add_row(found, cells, line=line, group=group)


def _places(names: Sequence[str]) -> dict[str, int] | None:
    """Which column holds what; nothing for a table whose rows are no items."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        column = _MEANING.get(name)
        if column and column not in places:
            places[column] = place
    order = [names.index(name) for name in _COLUMNS["title"] if name in names]
    if order:
        places["title"] = order[0]
    else:
        free = [place for place, name in enumerate(names) if name not in _MEANING]
        if not free or "time" in places:
            return None
        places["title"] = free[0]
    return None if "time" in places and not order else places


def _add_row(found: Found, cells: Mapping[str, Words], *, line: int, group: str) -> None:
    title = cells.get("title", Words())
    if not any(re.search(r"\w", cell.text) for cell in cells.values()):
        return
    reason = reason_to_leave_out(title)
    if reason:
        told = title.text or " | ".join(cell.text for cell in cells.values())
        found.left_out.append({"title": told, "reason": reason, "line": line})
        return
    notes = [cells["notes"]] if "notes" in cells else []
    record = record_of(title, notes) | {"line": line, "section": group}
    found.items.append(record | _stated(cells) | _pointing(cells, record) | _told(cells))


def _said(cells: Mapping[str, Words], name: str) -> str:
    text = cells[name].text if name in cells else ""
    return "" if is_placeholder(text) else text


def _stated(cells: Mapping[str, Words]) -> dict[str, Any]:
    """The state by the column for it, else by a word beside the ticket, else by a closing date."""
    status = _said(cells, "status")
    if status:
        return {"status": status, "mark": state_of(status) or None}
    beside = state_of(cells["ticket"].text) if "ticket" in cells else ""
    if beside:
        return {"status": beside, "mark": beside}
    closed = first_date(_said(cells, "closed"))
    return {"mark": "done", "closed": closed} if closed else {}


def _pointing(cells: Mapping[str, Words], record: Mapping[str, Any]) -> dict[str, Any]:
    """The tickets by their column, then by links in the columns for numbers and notes."""
    pointed = [
        key
        for name in ("ticket", "number", "notes")
        if name in cells
        for key in _pointed(cells[name], whole=name == "ticket")
    ]
    if not pointed:
        return {}
    pages = (a for cell in cells.values() for a in cell.links if key_of_address(a) == pointed[0])
    tickets = list(dict.fromkeys((*pointed, *record["ticket"])))
    return {"ticket": tickets, "url": next(pages, None)}


def _told(cells: Mapping[str, Words]) -> dict[str, Any]:
    """The columns that hold what they say, where they say anything."""
    told: dict[str, Any] = {name: _said(cells, name) for name in ("team", "priority")}
    told |= {name: first_date(_said(cells, name)) for name in ("due", "closed")}
    told |= {"owner": people_in(_said(cells, "owner")), "kind": kind_word(_said(cells, "kind"))}
    return {name: value for name, value in told.items() if value}


def _pointed(cell: Words, *, whole: bool) -> tuple[str, ...]:
    """The tickets in a cell; elsewhere than in their own column only addresses count."""
    if whole:
        return tickets_of(cell)
    return tuple(key for key in map(key_of_address, cell.links) if key)
