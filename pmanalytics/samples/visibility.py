"""Whether the owning team can see each open item where it looks for work, as it was planted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pmanalytics.samples.belonging import DOCUMENTS
from pmanalytics.samples.promises import Item
from pmanalytics.samples.rules import AS_OF
from pmanalytics.samples.whole import world

__all__ = ["PlantedVisibility", "visibility"]

FRESH_DAYS: Final = {"sev1": 14}
FRESH_DAYS_OTHERS: Final = 30


@dataclass(frozen=True)
class PlantedVisibility:
    """How many of the open items can be found in which way."""

    items: int
    ticketed: int
    right_project: int
    labelled: int
    linked: int
    fresh: int
    planned: int


def visibility() -> PlantedVisibility:
    """Count the open items of the sample.

    Examples:
        >>> visibility().items > visibility().linked > 0
        True
    """
    opened = [item for item in world().items if item.state == "open"]
    return PlantedVisibility(
        items=len(opened),
        ticketed=sum(item.source != DOCUMENTS for item in opened),
        right_project=sum("wrong_project" not in item.gaps for item in opened),
        labelled=sum(_labelled(item) for item in opened),
        linked=sum(item.incident is not None for item in opened),
        fresh=sum(_fresh(item) for item in opened),
        planned=sum(bool(item.planned) for item in opened),
    )


def _labelled(item: Item) -> bool:
    """Both labels are there, and the date is at most a day off."""
    severities = [label for label in item.labels if label.lower().startswith("sev")]
    days = [_day(label) for label in item.labels if label.isdigit()]
    if item.incident is None or not severities or not days:
        return False
    return abs((days[0] - item.incident.day).days) <= 1


def _day(label: str) -> date:
    return date(int(label[:4]), int(label[4:6]), int(label[6:]))


def _fresh(item: Item) -> bool:
    """Touched lately; a document does not say when, so that its creation counts."""
    touched: datetime = item.created
    if item.source != DOCUMENTS and item.touched:
        touched = item.touched
    return (AS_OF - touched.date()).days <= FRESH_DAYS.get(item.severity, FRESH_DAYS_OTHERS)
