"""The rare cases, each planted on an item that fits it: waivers, reopenings, lost dates, copies.

Chosen after the standings, so that a case never has to bend one: an item that was to be late is
the one that is found reopened, an item that was dropped becomes the duplicate.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from pmanalytics.samples.belonging import DOCUMENTS
from pmanalytics.samples.dice import Dice
from pmanalytics.samples.promises import Item, certain
from pmanalytics.samples.rules import (
    AS_OF,
    OBSERVED_BEFORE,
    PERIOD_END,
    PERIOD_START,
    ZONE,
    days_after,
)

__all__ = ["PlannedWaiver", "Specials", "plant_specials"]

Fits = Callable[[Item], bool]

KEPT_REASON: Final = "waits for the change freeze of a partner to end"
LATER_REASON: Final = "needs hardware that is delivered in November"
BROKEN_REASON: Final = "vendor fix announced for the week after"
VAIN_REASON: Final = "forgotten in the last planning"


@dataclass(frozen=True)
class PlannedWaiver:
    """A waiver, and whether it was granted in time; a configured one stands in the settings."""

    item: Item
    granted: date
    until: date
    reason: str
    valid: bool
    configured: bool = False


@dataclass(frozen=True)
class Specials:
    """What was planted beyond the plain items."""

    waivers: tuple[PlannedWaiver, ...]
    merged: Item


def plant_specials(items: list[Item]) -> Specials:
    """Change some items into the rare cases, and add a ticket that is the copy of another one."""
    order = Dice("specials").shuffled(items)
    waivers = _waive(order)
    _leave_undated(order)
    _close_at_the_edges(order)
    _close_before_the_clock(order)
    _reopen(order)
    _close_as_duplicate_of_unknown(order)
    return Specials(waivers, _duplicate(order))


def _take(order: list[Item], special: str, *fits: Fits) -> Item:
    """The first item that no other case has taken; there always is one, or the sample is wrong."""
    free = (each for each in order if not each.special and each.incident)
    item = next(each for each in free if all(fit(each) for fit in fits))
    item.special = special
    return item


def _from(source: str) -> Fits:
    return lambda item: item.source == source


def _stands(*standings: str) -> Fits:
    return lambda item: item.standing in standings


def _of(severity: str) -> Fits:
    return lambda item: item.severity == severity


def _closed_before(day: date) -> Fits:
    return lambda item: item.closed is not None and item.closed.date() < day


def _due_in_period(item: Item) -> bool:
    return item.due is not None and PERIOD_START <= item.due <= PERIOD_END


def _fresh(item: Item) -> bool:
    """Created after the first export, which therefore does not know it."""
    return item.created > OBSERVED_BEFORE


def _long(item: Item) -> bool:
    return certain(item.incident).name == "ag1"


def _ordinary(item: Item) -> bool:
    """Of an incident without a part in the script, so that no return is touched."""
    return not certain(item.incident).name


def _leave_undated(order: list[Item]) -> None:
    closed = _stands("met", "late")
    cases: tuple[tuple[Fits, ...], ...] = (
        (_stands("met"), _from("jira"), _due_in_period, _fresh),
        (closed, _from("jira"), _closed_before(date(2025, 9, 1)), _ordinary),
        (closed, _from("jira"), _closed_before(date(2025, 3, 1)), _ordinary),
        (_stands("met"), _from("gitlab"), _ordinary),
        (closed, _from(DOCUMENTS), _ordinary),
    )
    for case in cases:
        item = _take(order, "undated", *case)
        item.dated, item.standing = False, "unknown"


def _close_at_the_edges(order: list[Item]) -> None:
    """Half an hour before the last midnight is in time, half an hour after it is not."""
    for special, standing, hour, days in (
        ("closed at 23:30", "met", 23, 0),
        ("closed at 00:30", "late", 0, 1),
    ):
        item = _take(order, special, _from("jira"), _stands(standing), _due_in_period)
        day = days_after(certain(item.due), days)
        item.closed = datetime.combine(day, time(hour, 30), ZONE)


def _close_before_the_clock(order: list[Item]) -> None:
    """Repaired while the incident was still going on: zero days, and in time."""
    item = _take(order, "done before the clock", _stands("met"), _long)
    started = certain(item.incident).started
    item.created, item.closed = started + timedelta(hours=1), started + timedelta(hours=2)


def _reopen(order: list[Item]) -> None:
    """Closed in the first export, and by the second one open again or closed a second time."""
    for standing in ("overdue", "overdue", "late", "late"):
        item = _take(order, "reopened", _from("jira"), _stands(standing), _reopenable, _ordinary)
        first = min(certain(item.due), days_after(OBSERVED_BEFORE.date(), -9))
        item.first_closed = datetime.combine(first, time(11, 15), ZONE)
        if item.closed:
            again = date(2026, 8, first.day % 28 + 1)
            item.closed = datetime.combine(again, time(16, 40), ZONE)


def _reopenable(item: Item) -> bool:
    """Long enough ago to be closed before the first export, yet in the memory of people."""
    known = item.created < OBSERVED_BEFORE - timedelta(days=25)
    due = certain(item.due)
    recent = due > days_after(OBSERVED_BEFORE.date(), -200) and due < PERIOD_START
    return known and recent and item.created.date() < days_after(due, -3)


def _close_as_duplicate_of_unknown(order: list[Item]) -> None:
    item = _take(
        order,
        "duplicate of an unknown ticket",
        _from("jira"),
        _stands("dropped_in_time"),
        _due_in_period,
    )
    item.standing = "unknown"


def _waive(order: list[Item]) -> tuple[PlannedWaiver, ...]:
    def taken(special: str, severity: str, standing: str) -> tuple[Item, date]:
        item = _take(order, special, _of(severity), _stands(standing), _due_in_period)
        return item, certain(item.due)

    kept, kept_due = taken("waived", "sev2", "late")
    later, later_due = taken("waived", "sev2", "overdue")
    broken, broken_due = taken("waived", "sev1", "overdue")
    vain, vain_due = taken("waived too late", "sev2", "overdue")
    kept_until = days_after(certain(kept.closed).date(), 2)
    return (
        PlannedWaiver(kept, days_after(kept_due, -4), kept_until, KEPT_REASON, valid=True),
        PlannedWaiver(later, later_due, days_after(AS_OF, 49), LATER_REASON, valid=True),
        PlannedWaiver(
            broken,
            days_after(broken_due, -2),
            days_after(broken_due, 5),
            BROKEN_REASON,
            valid=True,
            configured=True,
        ),
        PlannedWaiver(
            vain, days_after(vain_due, 2), days_after(AS_OF, 18), VAIN_REASON, valid=False
        ),
    )


def _duplicate(order: list[Item]) -> Item:
    """A second ticket for work that another ticket of the same incident already holds."""
    first = _take(
        order, "has a duplicate", _from("jira"), _stands("met"), _due_in_period, _ordinary
    )
    created = first.created + timedelta(hours=3)
    return replace(
        first,
        created=created,
        closed=created + timedelta(hours=20),
        standing="",
        state="dropped",
        special="duplicate of a known ticket",
        duplicates=first,
        gaps=(),
    )
