"""Objecting: what the trackers, the registry and the calendar say against an answer."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

import pandas as pd

from pmanalytics.answers.current import Current, Fact
from pmanalytics.answers.differing import Asked
from pmanalytics.workbook.layout import DECISIONS, key_of

__all__ = ["objection"]

Objection = tuple[str, str]
_LONG_PAST: Final = timedelta(days=31)
_FAR: Final = timedelta(days=3653)


def objection(ask: Asked, current: Current, day: date) -> Objection | None:
    """Why an answer of a day is known, in conflict or refused although nobody decided otherwise.

    Returns the outcome and the reason, or None where nothing speaks against it.
    """
    return _RULES[ask.group](ask, current, day)


def _promised(ask: Asked, current: Current, day: date) -> Objection | None:
    fact, new = current.facts[ask.row.key], ask.answered[0]
    if closed := _closed(fact):
        return "refused", closed
    if _will_be_dropped(ask, current):
        return "refused", "a dropped item has no promised date; keep it, and promise then"
    given_out = ask.facts["promised_on"]
    if new == fact.promised_on:
        return "known", "Its ticket has this date already."
    if fact.promised_on != given_out:
        return "conflict", _moved("date", given_out, fact.promised_on)
    return _no_promise(fact, new, day) or _too_far(new, day)


def _no_promise(fact: Fact, new: str, day: date) -> Objection | None:
    if fact.created_on and new < fact.created_on.isoformat():
        return "refused", f"it lies before the item was created on {fact.created_on}"
    if new < (day - _LONG_PAST).isoformat():
        return "refused", f"a promise of {day} cannot be for a day so long past"
    return None


def _team(ask: Asked, current: Current, day: date) -> Objection | None:  # noqa: ARG001
    fact, new = current.facts[ask.row.key], ask.answered[0]
    if current.teams.names and current.teams.find(pd.Series([new], dtype="str")).isna().all():
        return "refused", f"the registry knows no such team{_nearest_team(new, current)}"
    given_out, now = current.spelled(ask.facts["team"]), current.spelled(fact.team)
    if new == now and (now != given_out or fact.team_rule == "item"):
        return "known", "It is its team already."
    if now != given_out:
        return "conflict", _moved("team", given_out, now)
    return None


def _decision(ask: Asked, current: Current, day: date) -> Objection | None:
    fact, (word, until, _) = current.facts[ask.row.key], ask.answered
    if word == "drop" and fact.tracker_state == "dropped":
        return "known", "Its tracker has dropped it."
    if closed := _closed(fact):
        return "refused", closed
    if word == "drop" and ask.row.key != key_of(fact.item_id):
        # Whoever drops a duplicate does not mean the work that goes on.
        return "refused", f"it is one with {fact.item_id} now; drop that one if it is meant"
    if DECISIONS[word] != "waiver":
        return None
    if until < day.isoformat():
        return "refused", f"such a waiver would be over before {day}, when it was asked for"
    return _too_far(until, day)


def _verdict(ask: Asked, current: Current, day: date) -> Objection | None:  # noqa: ARG001
    later, earlier = current.pairs[ask.row.key]
    began = current.incidents["started_at"][later]
    over = current.incidents["resolved_at"][earlier]
    if not began >= over:
        return "refused", f"{earlier} was not over when {later} began"
    if ask.answered[0] == "confirm" and current.incidents["repeat_of"][later] == earlier:
        return "known", "The incident itself names the earlier one."
    return None


def _note(ask: Asked, current: Current, day: date) -> Objection | None:  # noqa: ARG001
    return None


_RULES: Final[Mapping[str, Callable[[Asked, Current, date], Objection | None]]] = {
    "promised": _promised,
    "team": _team,
    "decision": _decision,
    "note": _note,
    "verdict": _verdict,
}


def _closed(fact: Fact) -> str:
    if fact.tracker_state not in ("done", "dropped"):
        return ""
    on = f" on {fact.closed_on}" if fact.closed_on else ""
    return f"its tracker closed it as {fact.tracker_state}{on}; reopen its ticket if that is wrong"


def _will_be_dropped(ask: Asked, current: Current) -> bool:
    """Whether the item is dropped by a decision once its row is applied."""
    said = ask.row.answers["decision"]
    given_out = ask.book.baseline[ask.row.key].get("decision", "")
    stands = current.answers.get(("decision", current.facts[ask.row.key].item_id), ("",))[0]
    return (said if said != given_out else stands) == "drop"


def _moved(what: str, given_out: str, now: str) -> str:
    before = f"its {what} was {given_out} then" if given_out else f"it had no {what} then"
    return f"{before} and is {now} now" if now else f"{before} and it has none now"


def _too_far(new: str, day: date) -> Objection | None:
    if new > (day + _FAR).isoformat():
        return "refused", "it lies more than ten years ahead; check the year"
    return None


def _nearest_team(name: str, current: Current) -> str:
    # Only a mistyped name needs the matcher.
    from difflib import get_close_matches

    known = sorted(set(current.teams.names.values()))
    matches = get_close_matches(name, known, n=1)
    return f"; the nearest is {matches[0]!r}" if matches else "; choose one of the sheet Lists"
