"""The whole sample, decided: every incident and every action item, before anything is written."""

from dataclasses import dataclass
from functools import cache

from pmanalytics.samples.belonging import belong
from pmanalytics.samples.outages import Incident, incidents
from pmanalytics.samples.promises import Item, promises
from pmanalytics.samples.specials import Specials, plant_specials
from pmanalytics.samples.titles import finish_titles, number_tickets, write_titles
from pmanalytics.samples.traces import leave_traces

__all__ = ["World", "world"]


@dataclass(frozen=True)
class World:
    """What happened in the sample company, as only its generator knows."""

    incidents: tuple[Incident, ...]
    items: tuple[Item, ...]
    specials: Specials

    @property
    def tickets(self) -> tuple[Item, ...]:
        """The items, and the ticket that was closed as a copy of one of them."""
        return (*self.items, self.specials.merged)


@cache
def world() -> World:
    """Decide everything; the same on every call and every machine.

    Examples:
        >>> len(world().incidents), len(world().items)
        (120, 500)
    """
    items = promises()
    belong(items)
    specials = plant_specials(items)
    tickets = [*items, specials.merged]
    write_titles(tickets)
    leave_traces(tickets)
    finish_titles(tickets)
    number_tickets(tickets)
    return World(incidents(), tuple(items), specials)
