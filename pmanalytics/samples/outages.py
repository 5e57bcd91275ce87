"""The incidents of the sample: the scripted ones that carry a story, and the ordinary ones.

Ordinary incidents never share a cause with another incident of the same service, so that every
return of an incident is one that the script below decided.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from pmanalytics.samples.causes import CAUSES
from pmanalytics.samples.company import SERVICES
from pmanalytics.samples.dice import Dice
from pmanalytics.samples.rules import ZONE, quarter

__all__ = ["Incident", "Return", "incidents", "pairs_of_labels", "returns"]

PER_QUARTER: Final[Mapping[str, int]] = {
    "2024Q3": 12,
    "2024Q4": 13,
    "2025Q1": 13,
    "2025Q2": 13,
    "2025Q3": 13,
    "2025Q4": 13,
    "2026Q1": 13,
    "2026Q2": 14,
    "2026Q3": 16,
}
SEV1_PER_QUARTER: Final = 4
SEV3_PER_QUARTER: Final = 3
LAST_QUARTER: Final = "2026Q3"


@dataclass(frozen=True)
class Incident:
    """One incident as it was decided; `name` is its name in the script, empty for ordinary ones."""

    incident_id: str
    name: str
    service: str
    severity: str
    started: datetime
    resolved: datetime | None
    causes: tuple[str, ...]
    title: str = ""
    repeat_of: str = ""
    published: datetime | None = None
    reviewed: datetime | None = None
    customers: int = 0

    @property
    def day(self) -> date:
        """The local day on which it started."""
        return self.started.astimezone(ZONE).date()


@dataclass(frozen=True)
class Return:
    """A scripted return: the later incident, the earlier one, and how it can be known."""

    later: str
    earlier: str
    level: str


# name, service, severity, local start, minutes until it was resolved, shared cause
_SCRIPT: Final = """
lp1 label-printing sev2 2024-09-12T08:40 95 certificate-expiry
lp2 label-printing sev2 2024-11-05T05:15 140 certificate-expiry
lp3 label-printing sev2 2025-02-18T09:05 60 queue-backlog
lp4 label-printing sev3 2025-05-06T16:20 45 memory-leak
lp5 label-printing sev1 2025-08-19T07:30 180 certificate-expiry
lp6 label-printing sev1 2025-11-25T06:50 210 connection-pool
lp7 label-printing sev2 2026-01-21T08:10 120 connection-pool
lp8 label-printing sev2 2026-03-04T07:55 75 connection-pool
lp9 label-printing sev2 2026-05-28T10:25 110 config-drift
lp10 label-printing sev1 2026-07-14T06:35 260 config-drift
lp11 label-printing sev2 2026-09-08T07:20 90 config-drift
tr1 tracking-api sev2 2024-08-22T18:45 70 cache-stampede
tr2 tracking-api sev2 2025-01-14T11:10 130 slow-query
tr3 tracking-api sev1 2025-03-11T12:35 155 slow-query
tr4 tracking-api sev3 2025-06-24T14:00 40 bad-deploy
tr5 tracking-api sev2 2025-09-16T19:05 85 cache-stampede
tr6 tracking-api sev2 2025-12-02T17:50 100 cache-stampede
tr7 tracking-api sev2 2026-02-24T10:15 65 retry-storm
tr8 tracking-api sev1 2026-04-21T13:30 170 retry-storm
tr9 tracking-api sev2 2026-08-18T12:05 95 retry-storm
nd1 notification-dispatcher sev2 2025-04-08T09:30 80 queue-backlog
nd2 notification-dispatcher sev2 2025-07-07T10:10 90 queue-backlog
rp1 route-planner sev2 2025-10-01T05:40 120 load-peak
rp2 route-planner sev2 2025-12-31T06:05 150 load-peak
ag1 api-gateway sev2 2026-05-12T10:00 540 network-change
ag2 api-gateway sev1 2026-05-12T15:00 100 network-change
pg1 payments-gateway sev1 2025-07-01T00:20 135 dependency-outage
iv1 invoicing sev2 2025-02-04T03:10 200 batch-overlap
rf1 refunds sev2 2025-03-20T04:25 160 schema-migration
lg1 login sev2 2026-06-09T08:55 50 access-rights
lg2 login sev2 2026-08-04T09:40 65 clock-skew
ds1 depot-scanner-sync sev1 2025-10-21T06:15 190 clock-skew
ds2 depot-scanner-sync sev2 2026-03-17T05:50 85 failed-failover
ds3 depot-scanner-sync sev2 2026-07-28T06:40 125 data-quality
bk1 basket sev2 2025-11-11T20:10 75 load-peak
ck1 checkout-api sev1 2026-01-27T19:25 115 feature-flag
eb1 event-bus sev1 2026-02-10T23:30 145 disk-full
pe1 parcel-events sev2 2026-06-16T01:35 95 queue-backlog
so1 sorting-control sev1 2026-04-14T04:05 230 network-change
av1 address-validation sev2 2026-07-21T08:20 55 rate-limit
de1 delivery-estimates sev2 2026-07-21T15:45 70 data-quality
pw1 partner-webhooks sev2 2026-07-30T11:00 - certificate-expiry
gc1 geocoder sev2 2025-03-25T10:30 65 rate-limit
la5 pickup-scheduler sev3 2026-07-09T07:10 95 rate-limit
la1 shop-frontend sev2 2026-09-18T19:20 80 feature-flag
la2 dns sev3 2026-09-21T12:10 45 dns-change
la3 parcel-warehouse sev2 2026-09-24T05:30 240 disk-full
la4 customer-accounts sev2 2026-09-28T16:45 70 access-rights
ns1 - sev2 2025-05-20T13:15 80 network-change
ns2 - sev2 2026-03-26T02:40 110 dns-change
ns3 - sev2 2026-08-27T22:20 60 capacity-limit
"""

# What is known to be a return. L1 is recorded by the people, L2 shares service and cause within
# 90 days, L3 shares a ticket or says so in the title. tr8 would be L2 as well: the stronger holds.
RETURNS: Final = (
    Return("lp2", "lp1", "L2"),
    Return("lp7", "lp6", "L2"),
    Return("lp8", "lp7", "L2"),
    Return("lp10", "lp9", "L2"),
    Return("lp11", "lp10", "L2"),
    Return("tr3", "tr2", "L2"),
    Return("tr6", "tr5", "L2"),
    Return("tr8", "tr7", "L1"),
    Return("tr9", "tr8", "L1"),
    Return("nd2", "nd1", "L2"),
    Return("rf1", "iv1", "L1"),
    Return("lg2", "lg1", "L1"),
    Return("ds2", "ds1", "L3"),
    Return("ck1", "bk1", "L3"),
    Return("pe1", "eb1", "L3"),
    Return("ds3", "so1", "L3"),
)
SAID_IN_TITLE: Final = "ds2"
# Nobody published a postmortem of this one, so the clock of its policy never starts.
UNPUBLISHED: Final = "gc1"
QUIET_SERVICES: Final = ("label-printing", "tracking-api", "fax-bridge", "api-gateway")


def returns() -> tuple[Return, ...]:
    """The scripted returns, by the names of the script."""
    return RETURNS


@cache
def incidents() -> tuple[Incident, ...]:
    """All incidents, in the order in which they started.

    Examples:
        >>> len(incidents())
        120
    """
    scripted = [_scripted(line.split()) for line in _SCRIPT.strip().splitlines()]
    ordered = sorted([*scripted, *_ordinary(scripted)], key=lambda each: each.started)
    numbered = [
        replace(each, incident_id=f"INC-{number}") for number, each in enumerate(ordered, 1001)
    ]
    names = {each.name: each.incident_id for each in numbered if each.name}
    earlier = {pair.later: names[pair.earlier] for pair in RETURNS if pair.level == "L1"}
    dice = Dice("what is told of incidents")
    return tuple(
        _told(replace(each, repeat_of=earlier.get(each.name, "")), names, dice) for each in numbered
    )


def pairs_of_labels(planned: Iterable[Incident]) -> dict[tuple[str, date], list[str]]:
    """The incidents that carry each pair of severity and date."""
    found: dict[tuple[str, date], list[str]] = {}
    for each in planned:
        found.setdefault((each.severity, each.day), []).append(each.incident_id)
    return found


def _scripted(words: list[str]) -> Incident:
    name, service, severity, start, minutes, cause = words
    started = datetime.fromisoformat(start).replace(tzinfo=ZONE)
    resolved = None if minutes == "-" else started + timedelta(minutes=int(minutes))
    return Incident("", name, service.strip("-"), severity, started, resolved, (cause,))


def _ordinary(scripted: list[Incident]) -> list[Incident]:
    dice = Dice("ordinary incidents")
    taken = set(pairs_of_labels(scripted))
    causes: dict[str, set[str]] = {}
    for each in scripted:
        causes.setdefault(each.service, set()).update(each.causes)
    services = _services_in_turn(dice)
    found = []
    for label, count in PER_QUARTER.items():
        known = [each.severity for each in scripted if quarter(each.day) == label]
        for severity in _missing_severities(known, count):
            service = services.pop()
            day = _free_day(label, severity, taken, dice)
            started = _moment(day, dice)
            resolved = started + timedelta(minutes=dice.between(20, 420))
            cause = _fresh_cause(causes.setdefault(service, set()), dice)
            found.append(Incident("", "", service, severity, started, resolved, (cause,)))
    return found


def _services_in_turn(dice: Dice) -> list[str]:
    """Every service comes before any comes twice, so that none is quiet by accident."""
    names = [each.name for each in SERVICES if each.name not in QUIET_SERVICES]
    return [name for _ in range(4) for name in dice.shuffled(names)]


def _missing_severities(known: list[str], count: int) -> list[str]:
    missing = ["sev1"] * (SEV1_PER_QUARTER - known.count("sev1"))
    missing += ["sev3"] * (SEV3_PER_QUARTER - known.count("sev3"))
    return [*missing, *["sev2"] * (count - len(known))][: count - len(known)]


def _free_day(label: str, severity: str, taken: set[tuple[str, date]], dice: Dice) -> date:
    first = date(int(label[:4]), 3 * int(label[-1]) - 2, 1)
    # The script fills the first half of the last quarter; what is still pending comes after it.
    earliest = 45 if label == LAST_QUARTER else 0
    while True:
        day = first + timedelta(days=dice.between(earliest, 90))
        if quarter(day) == label and (severity, day) not in taken:
            taken.add((severity, day))
            return day


def _moment(day: date, dice: Dice) -> datetime:
    # Never between midnight and four, where a clock change could make a time ambiguous.
    hour, minute = dice.between(4, 22), dice.between(0, 59)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def _fresh_cause(used: set[str], dice: Dice) -> str:
    cause = dice.pick([each for each in CAUSES if each not in used])
    used.add(cause)
    return cause


def _told(incident: Incident, names: Mapping[str, str], dice: Dice) -> Incident:
    """Add the title, what customers felt, and when the postmortem was reviewed and published."""
    service = incident.service or "the office network"
    title = dice.pick(CAUSES[incident.causes[0]].incidents).format(service=service)
    if incident.name == SAID_IN_TITLE:
        title = f"{title}, same as {names['ds1']}"
    review = incident.started + timedelta(days=dice.between(1, 3))
    review = review.replace(hour=dice.between(9, 16), minute=30)
    published = review + timedelta(days=dice.between(0, 3), hours=1)
    customers = {"sev1": 20_000, "sev2": 2_500, "sev3": 150}[incident.severity]
    told = replace(incident, title=title, customers=customers * dice.between(1, 9) // 3)
    if incident.name == UNPUBLISHED:
        return told
    held = review if dice.chance(0.9) else None
    return replace(told, published=published, reviewed=held)
