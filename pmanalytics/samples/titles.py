"""The words of every action item: title, kind, key, plan and promise, and when it was touched."""

from datetime import timedelta
from typing import Final

from pmanalytics.samples.belonging import DOCUMENTS
from pmanalytics.samples.causes import CAUSES
from pmanalytics.samples.dice import Dice
from pmanalytics.samples.promises import Item
from pmanalytics.samples.rules import OBSERVED, OBSERVED_BEFORE, days_after, quarter
from pmanalytics.samples.wording import GENERIC_ACTIONS, NASTY_DOCUMENT_TITLE, NASTY_TITLES

__all__ = ["finish_titles", "number_tickets", "write_titles"]

FIRST_NUMBER: Final = 100


def write_titles(items: list[Item]) -> None:
    """Give every item a title of its own within its incident, a kind, a plan and a promise."""
    dice = Dice("titles")
    left: dict[str, list[tuple[str, str]]] = {}
    for item in items:
        name = item.incident.incident_id if item.incident else ""
        if name not in left:
            left[name] = _ideas(item, dice)
        kind, text = _next_idea(left[name], item.kind)
        item.kind, item.title = kind, text.format(service=item.service or "the office network")
        item.kind_written = bool(item.special) or dice.chance(0.88)
        _plan(item, dice)


def finish_titles(items: list[Item]) -> None:
    """Put the incident's id into the titles where no label holds it, and plant the nasty ones."""
    for item in items:
        if item.rule == "id" and item.incident and item.incident.incident_id not in item.labels:
            item.title = f"[{item.incident.incident_id}] {item.title}"
    _make_nasty(items)
    for item in items:
        if item.duplicates:
            item.title = f"{item.duplicates.title} (from the review notes)"


def number_tickets(items: list[Item]) -> None:
    """Number the tickets of each project in the order of creation."""
    last: dict[str, int] = {}
    for item in sorted(items, key=lambda each: each.created):
        place = item.project or (item.incident.incident_id if item.incident else "")
        last[place] = last.get(place, 0 if item.source == DOCUMENTS else FIRST_NUMBER) + 1
        if item.source == DOCUMENTS:
            item.item_id = f"{DOCUMENTS}:{place}/{last[place]}"
            continue
        mark = "-" if item.source == "jira" else "#"
        item.key = f"{item.project}{mark}{last[place]}"
        item.item_id = f"{item.source}:{item.key}"


def _ideas(item: Item, dice: Dice) -> list[tuple[str, str]]:
    """What was said in the review: first what the cause suggests, then what always helps."""
    generic = dice.shuffled(GENERIC_ACTIONS)
    if item.incident is None:
        return generic
    return [*dice.shuffled(CAUSES[item.incident.causes[0]].actions), *generic]


def _next_idea(ideas: list[tuple[str, str]], kind: str) -> tuple[str, str]:
    place = next(at for at, idea in enumerate(ideas) if not kind or idea[0] == kind)
    return ideas.pop(place)


def _plan(item: Item, dice: Dice) -> None:
    if item.source != DOCUMENTS and dice.chance(0.55):
        end = item.closed.date() if item.closed else days_after(item.created.date(), 30)
        week = int(days_after(end, dice.between(0, 10)).strftime("%W")) // 2 + 1
        planned = f"{item.project} Sprint {end.year}-{week:02}"
        item.planned = planned if item.source == "jira" else quarter(end)
    if dice.chance(0.5):
        end = item.due or days_after(item.created.date(), 40)
        item.promised = days_after(end, dice.pick((0, 0, 0, -3, -7, 7, 14)))
    last = item.closed or item.created
    room = (OBSERVED - last).days - 1
    touched = last + timedelta(minutes=dice.between(1, 50))
    if item.state == "open" and room > 1:
        ago = dice.pick((1, 2, 4, 6, 9, 12, 16, 20, 26, 34, 50, 70, 110))
        minutes = dice.between(30, 560)
        touched = max(touched, OBSERVED - timedelta(days=ago) + timedelta(minutes=minutes))
    if item.state == "open" and item.first_closed:
        touched = max(touched, OBSERVED_BEFORE + timedelta(days=9))
    item.touched = touched


def _make_nasty(items: list[Item]) -> None:
    """Half of them on overdue items, which every page lists, the others spread over the years."""
    plain = [item for item in items if not item.special and item.rule in ("field", "label")]
    tickets = [item for item in plain if item.source != DOCUMENTS]
    overdue = [item for item in tickets if item.standing == "overdue"]
    closed = [item for item in tickets if item.state != "open"]
    for number, title in enumerate(NASTY_TITLES):
        among = closed if number % 2 else overdue
        step = len(among) // len(NASTY_TITLES)
        among[-1 - number * step].title = title
    document = next(item for item in reversed(plain) if item.source == DOCUMENTS)
    document.title = NASTY_DOCUMENT_TITLE
