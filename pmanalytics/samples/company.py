"""The sample company: its teams, services and people.

A fictional parcel carrier, large enough that nobody knows every team. What is unclear about its
ownership is decided here, in plain sight: services that nobody owns, that two teams own, or that
nobody has confirmed for more than a year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

__all__ = [
    "BY_SERVICE",
    "BY_TEAM",
    "DEPARTMENTS",
    "ORGANISATION",
    "OUTSIDERS",
    "SERVICES",
    "SHARED_PROJECT",
    "TEAMS",
    "UNKNOWN_TEAMS",
    "Owner",
    "Person",
    "Service",
    "Team",
    "people",
]

ORGANISATION: Final = "Example Parcels"
SHARED_PROJECT: Final = "OPS"
UNKNOWN_TEAMS: Final = ("Phoenix", "Growth Squad")
OUTSIDERS: Final = ("Ines Carvalho (contractor)", "Pavel Novotny (contractor)")
DEPARTMENTS: Final = ("Customer", "Logistics", "Foundations")


@dataclass(frozen=True)
class Team:
    """A team, its tracker and the projects that it works in."""

    name: str
    department: str
    tracker: str
    projects: tuple[str, ...]
    aliases: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The name as an entity reference writes it."""
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True)
class Owner:
    """One team's claim on a service; an empty role is both build and operate."""

    team: str
    role: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Service:
    """A service and who answers for it on the day of the report.

    `place` says in which registry file it stands; `nature` is what is wrong with its ownership:
    nothing (empty), unowned, multi_owned or stale.
    """

    name: str
    product: str
    owners: tuple[Owner, ...]
    place: str = "catalog"
    nature: str = ""
    verified: date | None = None

    @property
    def system(self) -> str:
        """The product as an entity reference writes it."""
        return self.product.lower().replace(" ", "-")

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams that own it now."""
        return tuple(owner.team for owner in self.owners if owner.until is None)


@dataclass(frozen=True)
class Person:
    """A person, with the teams and, for somebody who left, the last day."""

    name: str
    teams: tuple[str, ...]
    until: date | None = None
    login: str = field(default="")


TEAMS: Final = (
    Team("Checkout", "Customer", "jira", ("SHOP",)),
    Team("Payments", "Customer", "jira", ("PAY",), ("PAY squad",)),
    Team("Tracking", "Customer", "jira", ("TRK",)),
    Team("Notifications", "Customer", "github", ("example-parcels/notifications",)),
    Team("Routing", "Logistics", "jira", ("ROUTE",)),
    Team("Depots", "Logistics", "jira", ("DEPOT",), ("Depot Systems",)),
    Team("Drivers", "Logistics", "github", ("example-parcels/driver-app",)),
    Team("Customs", "Logistics", "jira", ("CUST",)),
    Team("Platform", "Foundations", "jira", ("PLAT", SHARED_PROJECT), ("Platform Engineering",)),
    Team("Site Reliability", "Foundations", "jira", ("SRE", SHARED_PROJECT), ("SRE",)),
    Team(
        "Data",
        "Foundations",
        "gitlab",
        ("example-parcels/data/warehouse", "example-parcels/data/forecasts"),
        ("Data Engineering",),
    ),
    Team("Identity", "Foundations", "gitlab", ("example-parcels/identity/accounts",)),
)
BY_TEAM: Final[Mapping[str, Team]] = {team.name: team for team in TEAMS}

RECENTLY: Final = date(2026, 6, 17)
# 365 days before the day of the report is still fresh, 366 days is stale.
JUST_FRESH: Final = date(2025, 10, 12)
JUST_STALE: Final = date(2025, 10, 11)
LONG_STALE: Final = date(2025, 2, 11)


def _plain(team: str, product: str, *names: str) -> tuple[Service, ...]:
    return tuple(Service(name, product, (Owner(team),)) for name in names)


def _recorded(name: str, product: str, *owners: Owner, nature: str = "") -> Service:
    return Service(name, product, owners, "table", nature, RECENTLY)


def _verified(name: str, product: str, team: str, day: date) -> Service:
    nature = "stale" if day < JUST_FRESH else ""
    return Service(name, product, (Owner(team),), "table", nature, day)


SERVICES: Final = (
    *_plain("Checkout", "Shop", "shop-frontend", "basket", "checkout-api", "price-calculator"),
    *_plain("Payments", "Billing", "invoicing", "refunds", "payouts"),
    *_plain("Tracking", "Parcel tracking", "tracking-api", "delivery-estimates"),
    *_plain("Notifications", "Parcel tracking", "notification-dispatcher", "sms-gateway"),
    *_plain("Routing", "Pickup and delivery", "route-planner", "pickup-scheduler"),
    *_plain("Routing", "Pickup and delivery", "address-validation"),
    *_plain("Depots", "Depot operations", "depot-scanner-sync", "label-printing"),
    *_plain("Depots", "Depot operations", "sorting-control"),
    *_plain("Drivers", "Pickup and delivery", "driver-app-backend", "proof-of-delivery"),
    *_plain("Platform", "Foundations", "api-gateway", "feature-flags"),
    *_plain("Site Reliability", "Foundations", "dns", "edge-proxy"),
    *_plain("Data", "Foundations", "parcel-warehouse", "forecast-pipeline"),
    *_plain("Identity", "Shop", "login", "customer-accounts"),
    _recorded(
        "payments-gateway",
        "Billing",
        Owner("Payments", "build"),
        Owner("Site Reliability", "operate"),
    ),
    _recorded(
        "event-bus", "Foundations", Owner("Platform", "build"), Owner("Site Reliability", "operate")
    ),
    _recorded(
        "parcel-events", "Parcel tracking", Owner("Tracking", "build"), Owner("Platform", "operate")
    ),
    _recorded("returns-portal", "Shop", Owner("Checkout"), Owner("Tracking"), nature="multi_owned"),
    _recorded(
        "document-store", "Foundations", Owner("Platform"), Owner("Data"), nature="multi_owned"
    ),
    _verified("customs-declarations", "Customs", "Customs", LONG_STALE),
    _verified("duty-calculator", "Customs", "Customs", JUST_STALE),
    _verified("geocoder", "Pickup and delivery", "Routing", LONG_STALE),
    _verified("shift-planner", "Pickup and delivery", "Drivers", JUST_FRESH),
    Service("partner-webhooks", "Parcel tracking", (), "catalog", "unowned"),
    Service("fax-bridge", "Customs", (), "catalog", "unowned"),
    Service("address-book", "Shop", (), "table", "unowned"),
    Service(
        "legacy-rates", "Billing", (Owner("Payments", "", date(2026, 6, 30)),), "table", "unowned"
    ),
)
BY_SERVICE: Final[Mapping[str, Service]] = {service.name: service for service in SERVICES}

_NAMES: Final = (
    "Mara Lindqvist,Jonas Weber,Aiko Tanabe,Samir Haddad,Elena Rossi",
    "Priya Raman,Oliver Brandt,Lucia Fernandez,Tom Okafor,Hanna Virtanen",
    "Yusuf Demir,Clara Nowak,Mateo Silva,Ingrid Solberg,Daniel Kim",
    "Zofia Kaminska,Ben Adeyemi,Marta Costa,Leo Fischer,Noor Rahman",
    "Anton Petrov,Grace Mensah,Felix Baumann,Sofia Marino,Wei Zhang",
    "Lars Nilsen,Amira Said,Pedro Alves,Kaja Horvat,Rob Jansen",
    "Emre Aydin,Julia Schmid,Nadia Benali,Owen Price,Satu Laine",
    "Milan Kovac,Chiara Conti,David Mbeki,Eva Dvorak,Tariq Mansour",
    "Stefan Krause,Mei Lin,Hugo Martin,Rania Khoury,Piotr Zielinski",
    "Nina Hoffmann,Arjun Mehta,Sara Lopez,Kofi Boateng,Petra Novak",
    "Ivan Marek,Laila Hassan,Max Vogel,Camille Dubois,Ravi Shah",
    "Helena Berg,Omar Saleh,Lena Schulz,Diego Torres,Anna Toth",
)
_GONE: Final[Mapping[str, date]] = {
    "Tom Okafor": date(2026, 3, 31),
    "Kaja Horvat": date(2026, 5, 15),
    "Owen Price": date(2025, 12, 31),
    "Rania Khoury": date(2026, 8, 31),
}
_SHARED: Final[Mapping[str, str]] = {"Hugo Martin": "Site Reliability", "Petra Novak": "Platform"}


def _login(name: str) -> str:
    first, last = name.lower().split()
    return first[0] + last


def people() -> tuple[Person, ...]:
    """Everybody in the registry, team by team.

    Examples:
        >>> len(people())
        60
    """
    return tuple(
        Person(
            name,
            (team.name, _SHARED[name]) if name in _SHARED else (team.name,),
            _GONE.get(name),
            _login(name),
        )
        for team, names in zip(TEAMS, _NAMES, strict=True)
        for name in names.split(",")
    )
