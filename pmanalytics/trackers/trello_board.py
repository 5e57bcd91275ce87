"""The JSON of a Trello board: its cards, with what lists, members, labels and fields are called.

A card has numbers only; the board says beside its cards what they stand for, and its actions, of
which an export holds the newest 1,000, tell the past of every card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pmanalytics.reading.nested import object_of, objects, text_of
from pmanalytics.reading.records import records_of
from pmanalytics.trackers.model import Record

__all__ = ["is_card", "unpack"]

_NAMES: Final = ("fullName", "username", "name", "id")
_DIGITS: Final = 8
Table = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class _Board:
    """What stands beside the cards of a board, by number; the past from the oldest action on."""

    name: str
    lists: Table
    members: Table
    fields: Table
    past: Mapping[str, Sequence[Record]]
    held: int


def is_card(record: Record) -> bool:
    """Whether a record looks like a card."""
    return "idList" in record and "name" in record and bool({"idShort", "idBoard"} & record.keys())


def unpack(documents: Sequence[Any]) -> list[Record | None]:
    """The cards of boards, with names in the place of numbers.

    A card gets the keys key, board (name, and how many actions the export holds), list, people,
    tags, made (when it was created, in seconds since 1970), shelved (archived, or on an archived
    list), custom, linked and past.
    """
    found: list[Record | None] = []
    for record in records_of(documents):
        cards = record.get("cards") if record else None
        if record and isinstance(cards, list) and ("lists" in record or "actions" in record):
            board = _board(record)
            found += [_whole(card, board) if isinstance(card, dict) else None for card in cards]
        else:
            found.append(_whole(record, _board({})) if record and is_card(record) else record)
    return found


def _board(board: Record) -> _Board:
    actions = objects(board.get("actions"))
    past: dict[str, list[Record]] = {}
    for action in sorted(actions, key=lambda action: text_of(action.get("date"))):
        data = object_of(action.get("data"))
        for subject in ("card", "list"):
            number = text_of(object_of(data.get(subject)).get("id"))
            past.setdefault(number, []).append(action)
    return _Board(
        text_of(board.get("name")),
        _by_number(board.get("lists")),
        _by_number(board.get("members")),
        _by_number(board.get("customFields")),
        past,
        len(actions),
    )


def _by_number(table: Any) -> Table:
    return {text_of(each.get("id")): each for each in objects(table)}


def _whole(card: Record, board: _Board) -> Record:
    number, place = text_of(card.get("id")), text_of(card.get("idList"))
    column = board.lists.get(place, {})
    members = card.get("idMembers") if isinstance(card.get("idMembers"), list) else ()
    return {
        **card,
        "key": text_of(card.get("shortLink")) or number,
        "board": {"name": board.name, "actions": board.held},
        "list": text_of(column.get("name")),
        "people": [_person(each, board) for each in members or ()],
        "tags": [
            text_of(tag.get("name")) or text_of(tag.get("color"))
            for tag in objects(card.get("labels"))
        ],
        "made": _made(number),
        "shelved": card.get("closed") is True or column.get("closed") is True,
        "custom": dict(_custom(card, board)),
        "linked": [_linked(each.get("url")) for each in objects(card.get("attachments"))],
        "past": [_action(action, board) for action in board.past.get(number, ())],
        "list_shelved_at": _list_shelved_at(place, board),
    }


def _person(number: Any, board: _Board) -> str:
    person = board.members.get(text_of(number), {})
    return next(filter(None, (text_of(person.get(name)) for name in _NAMES)), text_of(number))


def _made(number: str) -> str:
    """A number begins with the second of its making, in eight digits of base 16."""
    try:
        return str(int(number[:_DIGITS], 16)) if len(number) > _DIGITS else ""
    except ValueError:
        return ""


def _custom(card: Record, board: _Board) -> list[tuple[str, Any]]:
    found = []
    for item in objects(card.get("customFieldItems")):
        field = board.fields.get(text_of(item.get("idCustomField")), {})
        chosen = _by_number(field.get("options")).get(text_of(item.get("idValue")), {})
        value = object_of(item.get("value")) or object_of(chosen.get("value"))
        found.append((text_of(field.get("name")), next(iter(value.values()), None)))
    return found


def _linked(address: Any) -> str:
    """The key of a card that an attachment leads to, else the address."""
    _, found, rest = text_of(address).partition("trello.com/c/")
    return rest.split("/")[0] if found else text_of(address)


def _list_shelved_at(number: str, board: _Board) -> str:
    """When the list was archived, if it is and the actions tell."""
    if board.lists.get(number, {}).get("closed") is not True:
        return ""
    changes = [a for a in board.past.get(number, ()) if a.get("type") == "updateList"]
    closing = [a for a in changes if "closed" in object_of(object_of(a.get("data")).get("old"))]
    return text_of(closing[-1].get("date")) if closing else ""


def _action(action: Record, board: _Board) -> Record:
    """An action on a card: kind, when, what was before (old) and after (new), by attribute."""
    data = object_of(action.get("data"))
    card, old = object_of(data.get("card")), object_of(data.get("old"))
    before, after = dict(old), {name: card.get(name) for name in old}
    person = data.get("idMember") or object_of(data.get("member")).get("id")
    if "listBefore" in data and "listAfter" in data:
        before["list"], after["list"] = (
            _list_name(data.get(end), board) for end in ("listBefore", "listAfter")
        )
    elif not old and "list" in data:
        after["list"] = _list_name(data.get("list"), board)
    return {
        "kind": text_of(action.get("type")),
        "when": text_of(action.get("date")),
        "before": before,
        "after": after,
        "person": _person(person, board),
    }


def _list_name(place: Any, board: _Board) -> str:
    """What a list is called now, or was when it still was on the board."""
    known = board.lists.get(text_of(object_of(place).get("id")), {})
    return text_of(known.get("name")) or text_of(object_of(place).get("name"))
