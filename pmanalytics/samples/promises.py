"""What became of every action item: its due day, its closing day, its standing.

The standing is decided first, by quotas, and the days are drawn to fit it. A judgement that
differs from the one kept here is therefore wrong about days, zones or rules, never about luck.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from pmanalytics.samples.dice import Dice
from pmanalytics.samples.outages import Incident, incidents
from pmanalytics.samples.rules import (
    AS_OF,
    ZONE,
    business_days_after,
    days_after,
    quarter,
    version_on,
)

__all__ = ["Item", "at", "certain", "promises"]

Value = TypeVar("Value")

LINKED_ITEMS: Final = 492
LOOSE_ITEMS: Final = 8
LAST_DAY: Final = days_after(AS_OF, -1)
# Days over for late work: most of it comes soon, some of it very late.
LATENESS: Final = (1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 13, 17, 24, 33, 50, 80, 140)
SIZES: Final = (2, 3, 3, 4, 4, 4, 5, 5, 6)
# The share kept, first and last quarter; between them it moves in equal steps.
KEPT: Final[Mapping[str, tuple[float, float]]] = {
    "sev1": (0.58, 0.74),
    "sev2": (0.48, 0.58),
    "sev3": (0.55, 0.60),
}
DROPPED_IN_TIME: Final = 0.10
DROPPED_LATE: Final = 0.06
QUARTERS: Final = tuple(
    f"{year}Q{number}" for year in (2024, 2025, 2026) for number in (1, 2, 3, 4)
)[2:11]


@dataclass
class Item:
    """One action item while it is being decided; later parts of the generator fill it in."""

    incident: Incident | None
    severity: str
    created: datetime
    due: date | None
    standing: str
    state: str = "open"
    closed: datetime | None = None
    first_closed: datetime | None = None
    dated: bool = True
    special: str = ""
    # filled in by `belonging`
    service: str = ""
    service_written: str = ""
    team_written: str = ""
    project: str = ""
    source: str = ""
    owner: str = ""
    gaps: tuple[str, ...] = ()
    # filled in by `traces`
    rule: str = ""
    other: tuple[Incident, ...] = ()
    labels: tuple[str, ...] = ()
    incident_field: str = ""
    linked_keys: tuple[str, ...] = ()
    parent: str = ""
    duplicates: "Item | None" = None
    # filled in by `titles`
    title: str = ""
    kind: str = ""
    kind_written: bool = True
    key: str = ""
    item_id: str = ""
    planned: str = ""
    promised: date | None = None
    touched: datetime | None = None

    @property
    def closed_on(self) -> date | None:
        """The local day on which it was last closed, where that is known."""
        return self.closed.date() if self.closed and self.dated else None


def certain(value: Value | None) -> Value:
    """A value that the generator knows to be there."""
    if value is None:
        raise LookupError("The sample decided on nothing here; its script is at fault.")
    return value


def at(day: date, dice: Dice) -> datetime:
    """A moment in the working hours of a local day."""
    hour, minute = dice.between(9, 17), dice.between(0, 59)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def promises() -> list[Item]:
    """Every action item with its days and its standing, in the order of creation."""
    dice = Dice("promises")
    items = [_created(incident, dice) for incident, size in _sizes(dice) for _ in range(size)]
    _decide(items, dice)
    _leave_open_before_return(items, dice)
    items += _loose(dice)
    return sorted(items, key=lambda item: item.created)


def _sizes(dice: Dice) -> list[tuple[Incident, int]]:
    counts = [dice.pick(SIZES) for _ in incidents()]
    place = 0
    while sum(counts) != LINKED_ITEMS:
        step = 1 if sum(counts) < LINKED_ITEMS else -1
        counts[place] += step if 2 < counts[place] < 6 else 0
        place = (place + 7) % len(counts)
    return list(zip(incidents(), counts, strict=True))


def _created(incident: Incident, dice: Dice) -> Item:
    last = incident.published or incident.resolved or incident.started
    day = days_after(last.date(), dice.between(0, 2))
    created = max(at(day, dice), last + timedelta(minutes=dice.between(10, 90)))
    due, standing = _target(incident)
    return Item(incident, incident.severity, created, due, standing)


def _target(incident: Incident) -> tuple[date | None, str]:
    """The due day, or the reason why there is none; an empty standing is still to be decided."""
    version = version_on(incident.day)
    if version is None or incident.severity not in version.days:
        return None, "no_target"
    published = version.clock == "postmortem_published"
    clock = incident.published if published else incident.resolved
    if clock is None:
        return None, "unknown"
    count = version.days[incident.severity]
    business = incident.severity in version.business
    return (business_days_after if business else days_after)(clock.date(), count), ""


def _decide(items: list[Item], dice: Dice) -> None:
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        if item.due is None:
            _decide_without_target(item, dice)
        elif item.due < AS_OF:
            groups.setdefault((quarter(item.due), item.severity), []).append(item)
        else:
            _decide_early(item, dice)
    for (label, severity), members in sorted(groups.items()):
        for item, standing in zip(
            dice.shuffled(members), _quotas(label, severity, len(members)), strict=True
        ):
            _set(item, standing, dice)


def _quotas(label: str, severity: str, count: int) -> list[str]:
    first, last = KEPT[severity]
    step = min(QUARTERS.index(label), 8) if label in QUARTERS else 8
    dropped_in_time = round(DROPPED_IN_TIME * count)
    dropped_late = round(DROPPED_LATE * count)
    met = round((first + (last - first) * step / 8) * (count - dropped_in_time))
    late = max(count - dropped_in_time - dropped_late - met, 0)
    # Some promises are never kept, fewer of the old ones than of the recent ones.
    overdue = round(late * (0.15 + 0.5 * (step / 8) ** 2))
    standings = ["met"] * met + ["late"] * (late - overdue) + ["overdue"] * overdue
    standings += ["dropped_in_time"] * dropped_in_time + ["dropped_late"] * dropped_late
    return standings[:count]


def _set(item: Item, standing: str, dice: Dice, over: int | None = None) -> None:
    """Give an item with a due day in the past a standing, and the days that make it true."""
    due = certain(item.due)
    item.state, item.closed, item.standing = "open", None, standing
    if standing == "overdue":
        return
    item.state = "dropped" if standing.startswith("dropped") else "done"
    if standing in ("met", "dropped_in_time"):
        item.closed = _between(item, min(due, LAST_DAY), dice)
        return
    day = _workday(days_after(due, over or dice.pick(LATENESS)), due)
    if day > LAST_DAY:
        item.state, item.standing = "open", "overdue"
        return
    # An incident of long ago can give an item that was created after it was due.
    item.closed = max(at(day, dice), item.created + timedelta(hours=dice.between(20, 90)))


def _between(item: Item, last: date, dice: Dice) -> datetime:
    room = (last - item.created.date()).days
    if room < 1:
        return item.created + timedelta(minutes=15)
    day = days_after(item.created.date(), max(dice.between(1, room), dice.between(1, room)))
    return at(_workday(day, item.created.date()), dice)


def _workday(day: date, after: date) -> date:
    """The Friday before a weekend, where that still lies after a given day."""
    friday = days_after(day, -max(day.weekday() - 4, 0))
    return friday if friday > after else day


def _decide_early(item: Item, dice: Dice) -> None:
    draw = dice.between(1, 100)
    item.standing = "pending"
    if draw <= 30 and item.created.date() < days_after(LAST_DAY, -2):
        item.standing = "dropped_in_time" if draw <= 5 else "met"
        item.state = "dropped" if draw <= 5 else "done"
        item.closed = _between(item, LAST_DAY, dice)


def _decide_without_target(item: Item, dice: Dice) -> None:
    draw = dice.between(1, 100)
    room = (LAST_DAY - item.created.date()).days
    if draw > 85 or room < 10:
        return
    item.state = "dropped" if draw <= 12 else "done"
    last = days_after(item.created.date(), min(room, 120))
    item.closed = _between(item, last, dice)


def _leave_open_before_return(items: list[Item], dice: Dice) -> None:
    """Two returns find a preventive item of the earlier incident overdue."""
    returned = {each.name: each.started.date() for each in incidents()}
    for earlier, later, standing in (("lp6", "lp7", "late"), ("lp9", "lp10", "overdue")):
        item = next(each for each in items if each.incident and each.incident.name == earlier)
        over = (returned[later] - certain(item.due)).days + 20
        _set(item, standing, dice, over)
        item.special, item.kind = "preventive left open", "prevent"


def _loose(dice: Dice) -> list[Item]:
    """Items that no incident can be found for; those with a severity lack the clock of its rule."""
    severities = ("sev2", "sev2", "sev2", "sev1", "sev3", "", "", "")
    days = (
        date(2026, 7, 28),
        date(2026, 7, 30),
        date(2026, 9, 3),
        date(2026, 8, 11),
        date(2026, 3, 5),
        date(2026, 8, 20),
        date(2025, 11, 13),
        date(2026, 6, 2),
    )
    items = [
        Item(None, severity, at(day, dice), None, "unknown" if severity else "no_target")
        for severity, day in zip(severities, days, strict=True)
    ]
    for item in items[1::3]:
        item.state, item.closed = "done", at(days_after(item.created.date(), 12), dice)
    items[0].special = items[1].special = "two incidents fit"
    return items
