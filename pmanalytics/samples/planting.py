"""The planted truth: what every metric must find in the sample, told by its generator.

Counted from what was decided, item by item, and never by asking the library; a test holds the two
against each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from pmanalytics.samples.belonging import ORDER
from pmanalytics.samples.code_hosts import GITHUB_FILE, GITLAB_FILE, github_records, gitlab_table
from pmanalytics.samples.company import SERVICES
from pmanalytics.samples.jira_files import (
    FIRST_EXPORT,
    SECOND_EXPORT,
    JiraExport,
    first_export,
    second_export,
)
from pmanalytics.samples.outages import Incident, incidents, returns
from pmanalytics.samples.own_files import documents_table
from pmanalytics.samples.promises import Item, certain
from pmanalytics.samples.rules import AS_OF, PERIOD, PERIOD_END, PERIOD_START
from pmanalytics.samples.visibility import PlantedVisibility, visibility
from pmanalytics.samples.whole import world
from pmanalytics.samples.wording import ORDINARY_ISSUES, PULL_REQUESTS

__all__ = [
    "PlantedAttainment",
    "PlantedFile",
    "PlantedItem",
    "PlantedRepeat",
    "PlantedService",
    "Truth",
    "truth",
]

DENOMINATOR: Final = ("met", "late", "overdue", "dropped_late")


@dataclass(frozen=True)
class PlantedItem:
    """One action item as it must be judged; texts are empty where there is nothing."""

    item_id: str
    title: str
    severity: str
    state: str
    standing: str
    due_on: date | None
    closed_on: date | None
    first_closed_on: date | None
    incident_id: str
    incident_rule: str
    other_incidents: tuple[str, ...]
    service: str
    gaps: tuple[str, ...]
    special: str


@dataclass(frozen=True)
class PlantedAttainment:
    """The promises due in the period; `adjusted` and `adjusted_due` grant the waivers."""

    due: int
    met: int
    late: int
    overdue: int
    dropped_late: int
    dropped_in_time: int
    unknown: int
    waived: int
    adjusted: int
    adjusted_due: int


@dataclass(frozen=True)
class PlantedRepeat:
    """An incident that came back, and how many items of the earlier one were open by then."""

    incident_id: str
    repeat_of: str
    level: str
    days_between: int
    open_before: int
    overdue_before: int
    preventive_open_before: int | None
    preventive_overdue_before: int | None


@dataclass(frozen=True)
class PlantedService:
    """A service that nobody owns."""

    service: str
    incidents: int
    open_items: int
    overdue_items: int


@dataclass(frozen=True)
class PlantedFile:
    """What one export holds; every row is one of these."""

    rows: int
    tickets: int
    filtered: int = 0
    rejected: tuple[int, ...] = ()


@dataclass(frozen=True)
class Truth:
    """Everything that was planted, as of one day and for one period."""

    as_of: date
    period: str
    items: tuple[PlantedItem, ...]
    attainment: Mapping[str, PlantedAttainment]
    repeats: tuple[PlantedRepeat, ...]
    unowned_services: tuple[PlantedService, ...]
    visibility: PlantedVisibility
    files: Mapping[str, PlantedFile]
    incidents: int
    overlap: int
    repeated_rows: int
    merged: str
    survivor: str
    waived: tuple[str, ...]
    waived_too_late: tuple[str, ...]

    def standings(self) -> dict[str, Counter[str]]:
        """How many items stand where, by severity; an empty severity is a missing one."""
        found: dict[str, Counter[str]] = {}
        for item in self.items:
            found.setdefault(item.severity, Counter())[item.standing] += 1
        return found

    def gaps(self) -> dict[str, tuple[str, ...]]:
        """The open items that each gap code must name."""
        opened = [item for item in self.items if item.state == "open"]
        return {
            code: tuple(sorted(item.item_id for item in opened if code in item.gaps))
            for code in ORDER
        }

    def special(self, name: str) -> tuple[str, ...]:
        """The items that carry one rare case, such as `reopened` or `undated`."""
        return tuple(sorted(item.item_id for item in self.items if item.special == name))

    def without_incident(self) -> tuple[str, ...]:
        """The items for which no incident can be found."""
        return tuple(sorted(item.item_id for item in self.items if not item.incident_id))


@cache
def truth() -> Truth:
    """Tell what was planted in the sample, as of 2026-10-12 and for 2026Q3.

    Examples:
        >>> sum(truth().standings()["sev1"].values()) > 100
        True
    """
    specials = world().specials
    first, second = first_export(), second_export()
    known = {item.key for item in first.items}
    survivor = certain(specials.merged.duplicates)
    return Truth(
        as_of=AS_OF,
        period=PERIOD,
        items=tuple(_planted(item) for item in world().items),
        attainment={name: _attainment(name) for name in ("sev1", "sev2", "sev3")},
        repeats=_repeats(),
        unowned_services=tuple(
            _unowned_service(each.name) for each in SERVICES if each.nature == "unowned"
        ),
        visibility=visibility(),
        files=_files(first, second),
        incidents=len(incidents()),
        overlap=sum(item.key in known for item in second.items),
        repeated_rows=second.repeated,
        merged=specials.merged.item_id,
        survivor=survivor.item_id,
        waived=tuple(sorted(each.item.item_id for each in specials.waivers if each.valid)),
        waived_too_late=tuple(each.item.item_id for each in specials.waivers if not each.valid),
    )


def _planted(item: Item) -> PlantedItem:
    first = item.first_closed.date() if item.first_closed else item.closed_on
    return PlantedItem(
        item_id=item.item_id,
        title=item.title,
        severity=item.severity,
        state=item.state,
        standing=item.standing,
        due_on=item.due,
        closed_on=item.closed_on,
        first_closed_on=first,
        incident_id=item.incident.incident_id if item.incident else "",
        incident_rule=item.rule,
        other_incidents=tuple(each.incident_id for each in item.other),
        service=item.service,
        gaps=item.gaps,
        special=item.special,
    )


def _attainment(severity: str) -> PlantedAttainment:
    members = [item for item in world().items if item.severity == severity]
    cohort = [item for item in members if item.due and _inside(item.due) and item.due < AS_OF]
    counts = Counter(item.standing for item in cohort)
    waivers = {id(each.item): each for each in world().specials.waivers if each.valid}
    waived = [item for item in cohort if id(item) in waivers]
    ahead = [item for item in waived if waivers[id(item)].until >= AS_OF]
    saved = [
        item
        for item in waived
        if item.standing == "late" and item.closed and item.closed.date() <= waivers[id(item)].until
    ]
    due = sum(counts[name] for name in DENOMINATOR)
    return PlantedAttainment(
        due=due,
        **{name: counts[name] for name in (*DENOMINATOR, "dropped_in_time")},
        unknown=sum(item.standing == "unknown" and _inside(_belongs(item)) for item in members),
        waived=len(waived),
        adjusted=counts["met"] + len(saved),
        adjusted_due=due - len(ahead),
    )


def _inside(day: date) -> bool:
    return PERIOD_START <= day <= PERIOD_END


def _belongs(item: Item) -> date:
    """The day that puts an item which cannot be judged into a period."""
    if item.due:
        return item.due
    published = item.incident.published if item.incident else None
    return (published or item.created).date()


def _repeats() -> tuple[PlantedRepeat, ...]:
    named = {each.name: each for each in incidents() if each.name}
    return tuple(_repeat(named[each.later], named[each.earlier], each.level) for each in returns())


def _repeat(later: Incident, earlier: Incident, level: str) -> PlantedRepeat:
    members = [item for item in world().items if earlier is item.incident or earlier in item.other]
    opened = [item for item in members if _open_at(item, later.started)]
    preventive = [item for item in opened if item.kind == "prevent" and item.kind_written]
    told = any(item.kind_written for item in members)
    return PlantedRepeat(
        incident_id=later.incident_id,
        repeat_of=earlier.incident_id,
        level=level,
        days_between=(later.day - certain(earlier.resolved).date()).days,
        open_before=len(opened),
        overdue_before=_overdue(opened, later.day),
        preventive_open_before=len(preventive) if told else None,
        preventive_overdue_before=_overdue(preventive, later.day) if told else None,
    )


def _open_at(item: Item, moment: datetime) -> bool:
    return item.created <= moment and (item.closed is None or item.closed > moment)


def _overdue(items: Iterable[Item], day: date) -> int:
    return sum(item.due is not None and item.due < day for item in items)


def _unowned_service(name: str) -> PlantedService:
    opened = [item for item in world().items if item.service == name and item.state == "open"]
    return PlantedService(
        service=name,
        incidents=sum(each.service == name for each in incidents()),
        open_items=len(opened),
        overdue_items=sum(item.standing == "overdue" for item in opened),
    )


def _files(first: JiraExport, second: JiraExport) -> dict[str, PlantedFile]:
    github, gitlab = len(github_records()), len(gitlab_table()) - 1
    filtered = len(PULL_REQUESTS) + len(ORDINARY_ISSUES)
    documents = len(documents_table()) - 1
    return {
        FIRST_EXPORT: PlantedFile(len(first.table) - 1, len(first.items)),
        SECOND_EXPORT: PlantedFile(
            len(second.table) - 1, len(second.items) + second.repeated, rejected=second.rejected
        ),
        GITHUB_FILE: PlantedFile(github, github - filtered, filtered),
        GITLAB_FILE: PlantedFile(gitlab, gitlab),
        "postmortem-items.csv": PlantedFile(documents, documents),
    }
