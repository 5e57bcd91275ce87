"""The rules that the sample was decided by, worked out day by day.

The library has its own policy and calendar. The sample must not ask them, or it could not find
their faults, so due days are counted here in the plainest way there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

__all__ = [
    "AS_OF",
    "HOLIDAYS",
    "OBSERVED",
    "OBSERVED_BEFORE",
    "PERIOD",
    "PERIOD_END",
    "PERIOD_START",
    "VERSIONS",
    "ZONE",
    "Version",
    "business_days_after",
    "days_after",
    "quarter",
    "version_on",
]

ZONE: Final = ZoneInfo("Europe/Berlin")
PERIOD: Final = "2026Q3"
PERIOD_START: Final = date(2026, 7, 1)
PERIOD_END: Final = date(2026, 9, 30)
AS_OF: Final = date(2026, 10, 12)
OBSERVED_BEFORE: Final = datetime(2026, 7, 8, 8, 0, tzinfo=ZONE)
OBSERVED: Final = datetime(2026, 10, 12, 8, 0, tzinfo=ZONE)

_FEASTS: Final = (
    "2025-01-01 2025-03-08 2025-04-18 2025-04-21 2025-05-01 2025-05-29 2025-06-09 2025-10-03 "
    "2025-12-25 2025-12-26 2026-01-01 2026-03-08 2026-04-03 2026-04-06 2026-05-01 2026-05-14 "
    "2026-05-25 2026-10-03 2026-12-25 2026-12-26"
)
HOLIDAYS: Final = tuple(date.fromisoformat(day) for day in _FEASTS.split())


@dataclass(frozen=True)
class Version:
    """One version of the policy: from when, by which clock, how many days by severity."""

    effective: date
    clock: str
    days: Mapping[str, int]
    business: tuple[str, ...] = ()


VERSIONS: Final = (
    Version(date(2024, 8, 1), "postmortem_published", {"sev1": 20, "sev2": 45}),
    Version(
        date(2025, 7, 1),
        "incident_resolved",
        {"sev1": 15, "sev2": 30, "sev3": 20},
        business=("sev3",),
    ),
)


def version_on(day: date) -> Version | None:
    """The version in force on a day.

    Examples:
        >>> version_on(date(2024, 7, 31)) is None
        True
    """
    found = [version for version in VERSIONS if version.effective <= day]
    return found[-1] if found else None


def days_after(day: date, count: int) -> date:
    """The day so many calendar days later."""
    return day + timedelta(days=count)


def business_days_after(day: date, count: int) -> date:
    """The day so many business days later, counted from the first business day there is.

    Examples:
        >>> business_days_after(date(2026, 9, 30), 2)
        datetime.date(2026, 10, 2)
        >>> business_days_after(date(2026, 3, 31), 3)
        datetime.date(2026, 4, 7)
    """
    while not _business(day):
        day = days_after(day, 1)
    while count:
        day = days_after(day, 1)
        count -= _business(day)
    return day


def quarter(day: date) -> str:
    """The quarter of a day.

    Examples:
        >>> quarter(date(2026, 9, 30))
        '2026Q3'
    """
    return f"{day.year}Q{(day.month + 2) // 3}"


def _business(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS
