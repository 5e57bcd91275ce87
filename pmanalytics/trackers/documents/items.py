"""Items: the action items of a postmortem, from lists, tables and labels.

What is an item, and what belongs to one:
- Every bullet of a list in a part about actions is an item. What is nested under it are its notes,
  unless the nested bullets have check boxes, which are items of their own. A bullet that only
  introduces others (it ends with a colon, or is wholly bold, and has no box) is no item, and what
  is nested under it are items; so is one whose nested bullets all have boxes while it has none and
  names no ticket.
- Every row of a table in such a part, and of a table elsewhere whose header names an action and one
  of owner, ticket, status, type or due date.
- The text on the line of a label, as in `- **Review actions**: raise the limit`.
- `N/A`, `None`, `TBD`, sentences of a template, and bullets that are italic throughout are left out
  and listed with the reason. So is prose in a part about actions that has no list and no table,
  unless it links to a ticket or a change of the code: such a paragraph is an item.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pmanalytics.trackers.documents.markdown import Block, Entry, Words
from pmanalytics.trackers.documents.outline import Part
from pmanalytics.trackers.documents.rows import add_rows, names_actions
from pmanalytics.trackers.documents.tickets import leads_to_work, tickets_of
from pmanalytics.trackers.documents.titles import says_nothing
from pmanalytics.trackers.documents.wording import Found, add_item

__all__ = ["items_of"]

_BULLET: Final = re.compile(
    "(?:\\[[ xX]\\]|[\N{WHITE HEAVY CHECK MARK}\N{BULLET}\N{WHITE LARGE SQUARE}\N{BALLOT BOX}])\\s"
)
# Parts in which a table names what was done, and not what is to be done.
_WITHOUT: Final = ("timeline", "taken", "attendees")


def items_of(parts: Sequence[Part]) -> Found:
    """Every action item of the parts of a document, in their order."""
    found = Found()
    above: list[Block] = []
    for part in parts:
        acting = part.kind == "actions"
        if not (acting and part.group):
            _add_prose(above, found)
            above = []
        if acting:
            before = len(found.items)
            prose = _from_part(part, found)
            if len(found.items) > before:
                # What introduces items, here or under a sub-heading, is none.
                above = []
            elif part.group:
                _add_prose(prose, found)
            else:
                above = prose
        elif part.kind not in _WITHOUT:
            for block in part.blocks:
                if block.kind == "table" and names_actions(block):
                    add_rows(found, block, acting=False, group="")
    _add_prose(above, found)
    found.items.sort(key=lambda item: item["line"])
    return found


def _from_part(part: Part, found: Found) -> list[Block]:
    """Add the items of a part about actions; returns its prose."""
    group = part.group
    prose: list[Block] = []
    for block in part.blocks:
        if block.kind == "list":
            _from_entries(block.entries, found, group=group)
        elif block.kind == "table":
            add_rows(found, block, acting=True, group=group)
        elif block.kind != "paragraph" or not block.words.text:
            continue
        elif block.words.all_of("strong") or block.words.text.endswith(":"):
            group = block.words.text.strip(" :")
        elif part.level > 6 and block is part.blocks[0]:
            add_item(found, block.words, line=block.line, group=group)
        else:
            prose.append(block)
    return prose


def _add_prose(blocks: Sequence[Block], found: Found) -> None:
    """Sentences about actions: what links to a ticket or a change is an item, the rest left out."""
    for block in blocks:
        bullets = [line for line in block.words.lines if _BULLET.match(line.text)]
        if not bullets and any(map(leads_to_work, block.words.links)):
            bullets = [block.words]
        for line in bullets:
            add_item(found, line, line=block.line)
        if not bullets:
            reason = "none" if says_nothing(block.words.text) else "prose"
            entry = {"title": block.words.text, "reason": reason, "line": block.line}
            found.left_out.append(entry)


def _from_entries(entries: Iterable[Entry], found: Found, *, group: str) -> None:
    for entry in entries:
        for table in entry.tables:
            add_rows(found, table, acting=True, group=group)
        if _introduces(entry):
            _from_entries(entry.nested, found, group=entry.words.text.strip(" :"))
            continue
        boxed = [child for child in entry.nested if child.checked is not None]
        notes = [block.words for block in entry.more]
        notes += _noted(child for child in entry.nested if child.checked is None)
        line, checked = entry.line, entry.checked
        add_item(found, entry.words, line=line, group=group, checked=checked, notes=notes)
        _from_entries(boxed, found, group=group)


def _introduces(entry: Entry) -> bool:
    """Whether a bullet only says what the bullets below it are about."""
    if not entry.nested or entry.checked is not None:
        return False
    words = entry.words
    if words.text.endswith(":") or words.all_of("strong") or not words.text:
        return True
    return all(child.checked is not None for child in entry.nested) and not tickets_of(words)


def _noted(notes: Iterable[Entry]) -> Iterator[Words]:
    for note in notes:
        yield note.words
        yield from (block.words for block in note.more)
        yield from _noted(note.nested)
