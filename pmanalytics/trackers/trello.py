"""Trello: the JSON of a board, with the past that its actions tell.

Trello has no state, only lists. What counts, in this order: a card that is marked complete
(dueComplete) is done; a card on a list whose name says done or dropped is so, archived or not; any
other card that is archived, itself or with its list, is dropped, for nobody works on it and nobody
said that it is done; all others are open. That a card is not marked complete says nothing, for most
people only move their cards. Names of lists are read without what decorates them, such as Done! or
Done - March. Cards that say different things are counted.

A card is created when its number was made. When it was closed is told by the actions only: it is
the last move onto a list of done, the mark, or the archiving. Check items are part of their card.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from pmanalytics.reading.nested import object_of, text_of
from pmanalytics.trackers.closing import CLOSED, closing
from pmanalytics.trackers.histories import Change, events_of, last_closings
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Record, Tracker, Words
from pmanalytics.trackers.nested import mostly
from pmanalytics.trackers.trello_board import is_card, unpack
from pmanalytics.trackers.vocabulary import distinct, fold_word, folded, known_state

__all__ = ["TRACKER"]

_MOST_ACTIONS: Final = 1_000
_DECORATION: Final = re.compile(r"^[\W_]+|[\W_]+$")
_DONE: Final = re.compile(r"(done|completed|finished|shipped)\b.*")
_OPEN: Final = re.compile(
    r"(to[\s-]?do|doing|in progress|wip|backlog|next|ideas?|inbox|ice ?box|blocked|waiting|review"
    r"|in review|on hold|this week|today)\b.*"
)
_WORDS: Final = Words(
    resolutions={"complete": "done"},
    categories={"archived": "dropped"},
    order=("resolution", "category", "status"),
)


@dataclass(frozen=True)
class _Lists:
    """What the names of lists mean: as configured, else by their words."""

    given: Mapping[str, str]

    def meaning(self, name: str) -> str:
        """Open, done or dropped, or the empty text for a name that nobody knows."""
        word = fold_word(name)
        plain = _DECORATION.sub("", word)
        said = "done" if _DONE.fullmatch(plain) else "open" if _OPEN.fullmatch(plain) else ""
        return self.given.get(word) or known_state(plain) or said

    def state(self, card: Mapping[str, Any]) -> str:
        """The state of a card by its list and whether it is marked complete and archived."""
        configured = self.given.get(fold_word(text_of(card.get("list"))))
        if configured:
            return configured
        if card.get("dueComplete") is True:
            return "done"
        said = self.meaning(text_of(card.get("list")))
        if card.get("closed") is True and said not in CLOSED:
            return "dropped"
        return said or "open"


def _table_of_records(records: Sequence[Record]) -> str:
    return "items" if mostly(records, is_card) else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    lists = _Lists(folded(export.source.states))
    key = columns.get("key", missing(export))
    events, doubts = events_of(_changes(export, lists), export, judged=True)
    signals = {**columns, **_signals(export, columns, lists)}
    when = last_closings(events, export.system + ":" + key)
    if when.notna().any():
        signals["state_changed_at"] = when
    found = closing(export, signals).completed()
    return replace(
        found, events=events, warnings=(*found.warnings, *doubts, *_doubts(export, signals))
    )


def _signals(
    export: Export, columns: Mapping[str, pd.Series], lists: _Lists
) -> dict[str, pd.Series]:
    """The signals of the state, each in a word, where it has something to say."""
    name = columns.get("status", missing(export))
    words = distinct(name)
    meanings = [lists.meaning(word) for (word,) in words.words]
    # A name that only its decoration hides is given as what it means.
    status = words.spread(
        [
            meaning if meaning and not _is_plain(word, lists) else word or None
            for (word,), meaning in zip(words.words, meanings, strict=True)
        ]
    )
    closed = words.spread([meaning if meaning in CLOSED else None for meaning in meanings]).notna()
    complete = columns.get("resolution", missing(export)).eq("true").fillna(value=False)
    shelved = columns.get("category", missing(export)).eq("true").fillna(value=False)
    nothing = missing(export)
    return {
        "status": status,
        "resolution": nothing.mask(complete, "complete"),
        "category": nothing.mask(shelved & ~closed & ~complete, "archived"),
    }


def _is_plain(word: str, lists: _Lists) -> bool:
    """Whether a name says by itself, or by the configuration, what it means."""
    return fold_word(word) in lists.given or known_state(word) is not None


def _changes(export: Export, lists: _Lists) -> Iterator[Change]:
    for card in export.records:
        past = card.get("past", ())
        key = text_of(card.get("key"))
        now = _at_first(card, past)
        for action in past:
            before = lists.state(now)
            now = {**now, **action["after"]}
            after = lists.state(now)
            yield from _change(key, action, before, after)


def _at_first(card: Record, past: Sequence[Record]) -> dict[str, Any]:
    """A card as it was before the first action: what an action changed as it was before that."""
    first: dict[str, Any] = {}
    for action in past:
        for name in ("list", "closed", "dueComplete"):
            if name in action["after"]:
                first.setdefault(name, action["before"].get(name))
    return {name: card.get(name) for name in ("list", "closed", "dueComplete")} | first


def _change(key: str, action: Record, before: str, after: str) -> Iterator[Change]:
    when, kind = action["when"], action["kind"]
    if before != after:
        yield Change(key, when, "state", before, after)
    if kind == "addMemberToCard":
        yield Change(key, when, "owner", "", action["person"])
    if kind == "removeMemberFromCard":
        yield Change(key, when, "owner", action["person"], "")
    if "due" in action["before"]:
        days = (text_of(action[end].get("due"))[:10] for end in ("before", "after"))
        yield Change(key, when, "promised_on", *days)


def _doubts(export: Export, columns: Mapping[str, pd.Series]) -> Iterator[str]:
    held = [object_of(card.get("board")).get("actions") for card in export.records]
    if _MOST_ACTIONS in held:
        yield (
            "The board holds exactly 1,000 actions, where Trello stops; what happened before them "
            "is missing, and so may be closing dates."
        )
    shelved = int(columns["category"].notna().sum())
    if shelved:
        yield (
            f"{shelved:,} cards are archived, and their list does not say that they are done; they "
            "count as dropped. Say under [source.states] what the list means, if it is something "
            "else."
        )
    if columns["status"].isna().all() and len(export.cells):
        yield "The file does not say what the lists are called; export the whole board."


TRACKER: Final = Tracker(
    name="trello",
    title="Trello, JSON of a board",
    system="trello",
    forms=("json",),
    export="the board's menu, Print, export, and share, Export as JSON",
    verified=(
        "a real file of 2016 whose actions move no card; moves, marks and archiving after the "
        "vendor's documentation of actions"
    ),
    silent=(
        "closing dates older than the newest 1,000 actions, severities other than those of labels "
        "and custom fields, and check items, which are part of their card"
    ),
    table_of_records=_table_of_records,
    unpack=unpack,
    columns={
        "key": ("key",),
        "title": ("name",),
        "project": ("board.name",),
        "status": ("list",),
        "planned": ("list",),
        "resolution": ("dueComplete",),
        "category": ("shelved",),
        "severity": ("custom.Severity",),
        "priority": ("custom.Priority",),
        "owners": ("people",),
        "labels": ("tags",),
        "links": ("linked",),
        "created_at": ("made",),
        "updated_at": ("dateLastActivity",),
        "dropped_at": ("list_shelved_at",),
        "promised_on": ("due",),
        "url": ("shortUrl", "url"),
    },
    words=_WORDS,
    dates=("iso", "epoch"),
    complete=_complete,
)
