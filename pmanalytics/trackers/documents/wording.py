"""Wording: one action item from its words, its check box and its notes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pmanalytics.trackers.documents.dates import first_date
from pmanalytics.trackers.documents.facts import is_placeholder
from pmanalytics.trackers.documents.headings import fold_heading
from pmanalytics.trackers.documents.markdown import Span, Words
from pmanalytics.trackers.documents.marks import Marks, kind_word, marks_of, state_of
from pmanalytics.trackers.documents.outline import labelled
from pmanalytics.trackers.documents.tickets import key_of_address, tickets_of
from pmanalytics.trackers.documents.titles import gapped, reason_to_leave_out, ungapped
from pmanalytics.trackers.vocabulary import KINDS

__all__ = ["Found", "add_item", "people_in", "record_of"]

_DONE_GROUP: Final = re.compile(r"^(?:already )?(?:done|completed?|finished|closed|implemented)\b")
_DONE_NOTE: Final = re.compile(
    r"^(?:DONE|COMPLETED?|FIXED)\b|^(?:done|completed|fixed)(?:\s+(?:in|by|on|via|with|see)\b|\W*$|[:,.])",
    re.IGNORECASE,
)

_NOTE_FIELDS: Final = {
    **dict.fromkeys(("owner", "owners", "assignee", "assignees", "assigned to", "dri"), "owner"),
    **dict.fromkeys(("due", "due date", "deadline", "eta", "target date"), "due"),
    **dict.fromkeys(("status", "state"), "status"),
    **dict.fromkeys(("priority", "prio"), "priority"),
    **dict.fromkeys(("type", "kind"), "kind"),
    **dict.fromkeys(("ticket", "tickets", "jira", "issue", "bug", "tracking"), "ticket"),
    "team": "team",
}  # fmt: skip


_BRACKETS: Final = re.compile(r"[(\[](?P<inside>[^()\[\]]{3,300})[)\]]")
_FIELD: Final = re.compile(r"\W{0,3}(?P<label>[A-Za-z ]{2,20})\s*:\s*(?P<value>.{1,80})")
# One field alone is left to the marks, which know more ways to write it.
_SEVERAL: Final = 2


@dataclass(frozen=True)
class Found:
    """The items of a document as records, and as such what stands between them and is none."""

    items: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[dict[str, Any]] = field(default_factory=list)


def add_item(
    found: Found,
    words: Words,
    *,
    line: int,
    group: str = "",
    checked: bool | None = None,
    notes: Sequence[Words] = (),
) -> None:
    """Add one item from its words and notes, or what they are when they say nothing."""
    reason = reason_to_leave_out(words)
    if reason:
        if words.text:
            found.left_out.append({"title": words.text, "reason": reason, "line": line})
        return
    record = record_of(words, notes) | {"line": line, "section": group}
    kind = kind_word(group)
    record["kind"] = record["kind"] or (kind if kind in KINDS else None)
    if checked is not None:
        record |= _by_box(record["mark"], checked=checked)
    elif not record["mark"] and _DONE_GROUP.match(fold_heading(group)):
        record["mark"] = "done"
    found.items.append(record)


def _by_box(mark: str | None, *, checked: bool) -> dict[str, Any]:
    """What a check box says, which outranks a word, but for one that says how it was closed."""
    if checked and mark == "dropped":
        return {}
    told = {"status": "[x]", "mark": "done"} if checked else {"status": "[ ]", "mark": "open"}
    return told | {"contradicts": mark is not None and mark != told["mark"]}


def record_of(words: Words, notes: Sequence[Words]) -> dict[str, Any]:
    """The fields of an item that its words and its notes say."""
    words, notes = _without_fields(words, notes)
    text, inside = _fields_inside(gapped(words))
    said = _noted_fields(notes) | inside
    marks = marks_of(text)
    status, mark = _state(words, marks, said.get("status", ""), notes)
    tickets = tickets_of(words)
    noted = list(dict.fromkeys(key for note in notes for key in tickets_of(note)))
    if not tickets and len(noted) == 1:
        tickets = (noted[0],)
    return {
        "title": ungapped(marks.text, words) or words.text,
        "status": status or None,
        "mark": mark or None,
        "owner": list(marks.owners) or people_in(said.get("owner", "")),
        "team": said.get("team"),
        "due": marks.due or first_date(said.get("due", "")) or None,
        "closed": marks.closed or None,
        "ticket": list(tickets),
        "url": _page(words, tickets),
        "priority": marks.priority or said.get("priority"),
        "kind": marks.kind or None,
        "notes": [note.text for note in notes if note.text],
    }


def _state(words: Words, marks: Marks, noted: str, notes: Sequence[Words]) -> tuple[str, str]:
    """The word for the status, and the state that it means, by the first mark there is."""
    status = marks.status or noted
    state = state_of(status) if status else ""
    if not state and _struck(words):
        return "struck", "done"
    if not state and any(_DONE_NOTE.match(note.text) for note in notes):
        return "done", "done"
    return status, state


def _struck(words: Words) -> bool:
    """Whether the words are struck through, but for what points at a ticket or adds a word."""
    seen = [span for span in words.spans if re.search(r"\w", span.text)]
    struck = sum(len(span.text) for span in seen if span.struck)
    return bool(seen) and seen[0].struck and 2 * struck > sum(len(span.text) for span in seen)


def _without_fields(words: Words, notes: Sequence[Words]) -> tuple[Words, Sequence[Words]]:
    """Words without the lines that say a field, such as `Owner: Ada`, which become notes."""
    first, *lines = words.lines
    fields = [line for line in lines if _field_of(line)]
    if not fields:
        return words, notes
    kept = [first, *(line for line in lines if not _field_of(line))]
    spans = [span for line in kept for span in (Span("\n"), *line.spans)]
    return Words(tuple(spans[1:])), [*fields, *notes]


def _field_of(line: Words) -> str:
    label, rest = labelled(line)
    return _NOTE_FIELDS.get(fold_heading(label), "") if label and rest.text else ""


def _fields_inside(text: str) -> tuple[str, dict[str, str]]:
    """Text without fields in one pair of brackets, or behind upright lines, and these fields."""
    said: dict[str, str] = {}

    def taken(found: re.Match[str]) -> str:
        parts = [_FIELD.fullmatch(part.strip()) for part in re.split("[;|,]", found["inside"])]
        names = [_NOTE_FIELDS.get(fold_heading(part["label"])) if part else None for part in parts]
        if len(parts) < _SEVERAL or None in names:
            return found[0]
        for name, part in zip(names, parts, strict=True):
            if name and part and not is_placeholder(part["value"]):
                said.setdefault(name, part["value"].strip("*_ "))
        return " "

    if " | " in text:
        first, _, inside = text.partition(" | ")
        text = f"{first} ({inside})" if ":" in inside else text
    return _BRACKETS.sub(taken, text), said


def _noted_fields(notes: Sequence[Words]) -> dict[str, str]:
    """What notes such as `Owner: Ada` say."""
    said: dict[str, str] = {}
    for note in notes:
        label, rest = labelled(note)
        name = _NOTE_FIELDS.get(fold_heading(label)) if label else None
        if name and rest.text and not is_placeholder(rest.text):
            said.setdefault(name, rest.text)
    return said


def _page(words: Words, tickets: Sequence[str]) -> str | None:
    """The address of the first ticket, where it is written."""
    return next((a for a in words.links if tickets and key_of_address(a) == tickets[0]), None)


def people_in(text: str) -> list[str]:
    """The names in a cell or note that says who owns an item."""
    parts = re.split(r"[,;/&\n]|\s+and\s+|\s*\+\s*", text)
    names = (" ".join(part.split()).strip("@*_ ") for part in parts)
    return [name for name in names if name and not is_placeholder(name)]
