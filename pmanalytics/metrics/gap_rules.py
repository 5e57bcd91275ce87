"""The rules of unclear ownership: which gaps an item has, and what shows them.

Whether ownership is unclear depends for most codes on the place that an item is in (its team, the
rule that gave the team, its service and its project), and a million items are in few places: each
distinct place is judged once. What the registry does not cover gives no gap.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics import registry
from pmanalytics.deciding import OWN_TEAM
from pmanalytics.keeping import kept
from pmanalytics.snapshots import Snapshot

__all__ = ["CODES", "PLACE", "STALE_DAYS", "gap_evidence", "gap_flags", "ticketed"]

STALE_DAYS: Final = 365
CODES: Final = (
    "no_ticket", "no_owner", "person_only", "owner_inactive", "service_unowned", "multi_owned",
    "team_conflict", "wrong_project", "unknown_team", "stale_registry",
)  # fmt: skip
PLACE: Final = ("team", "team_rule", "service", "project")


@dataclass(frozen=True)
class _Owners:
    """What the registry of the day says, by name."""

    of_service: Mapping[str, tuple[str, ...]]
    services: frozenset[str]
    cleared: frozenset[str]
    multi_owned: frozenset[str]
    stale: Mapping[str, str]
    projects: Mapping[str, frozenset[str]]
    above: frozenset[tuple[str, str]]
    teams: frozenset[str]

    def related(self, team: str, owners: tuple[str, ...]) -> bool:
        """A team is one of the owners, or above or below one of them."""
        return any(
            team == owner or (team, owner) in self.above or (owner, team) in self.above
            for owner in owners
        )

    def projects_of(self, teams: tuple[str, ...]) -> frozenset[str]:
        """All tracker projects of some teams."""
        return frozenset().union(*(self.projects.get(team, frozenset()) for team in teams))


@kept
def _owners(snapshot: Snapshot) -> _Owners:
    services, teams = snapshot.services, snapshot.teams
    owned = registry.service_owners(services)
    claims = registry.service_claims(services)
    last = pd.Timestamp(snapshot.as_of) - pd.Timedelta(days=STALE_DAYS)
    old = owned[owned["verified_on"] < last]
    named = pd.concat([teams["team"], teams["parent"], services["team"]]).dropna()
    above = registry.ancestors(teams)
    return _Owners(
        of_service=claims.groupby("service")["team"]
        .agg(lambda team: tuple(team.unique()))
        .to_dict(),
        services=frozenset(owned["service"]),
        cleared=frozenset(registry.cleared_services(services)),
        multi_owned=frozenset(owned.loc[owned["multi_owned"], "service"]),
        stale=dict(zip(old["service"], old["verified_on"].dt.strftime("%Y-%m-%d"), strict=True)),
        projects=registry.team_projects(teams).groupby("team")["project"].agg(frozenset).to_dict(),
        above=frozenset(zip(above["team"], above["ancestor"], strict=True)),
        teams=frozenset(named),
    )


@kept
def gap_flags(snapshot: Snapshot) -> pd.DataFrame:
    """Which gaps each item has, open or closed: one column per code, one row per item."""
    items = snapshot.items
    owners = _owners(snapshot.whole)
    codes, places = _places(items)
    judge: dict[str, Callable[[dict[str, str | None], _Owners], str | None]] = dict(_BY_PLACE)
    by_place = {
        code: np.array([tell(place, owners) is not None for place in places], dtype=bool)[codes]
        for code, tell in judge.items()
    }
    assigned = items["owners"].list.len().fillna(0).to_numpy(dtype=np.int64) > 0
    teamless = items["team"].isna().to_numpy()
    flags = {
        "no_ticket": ~ticketed(items),
        "no_owner": teamless & ~assigned,
        "person_only": teamless & assigned,
        "owner_inactive": _all_left(items, snapshot.whole.former_people),
        **by_place,
    }
    return pd.DataFrame({code: flags[code] for code in CODES}, index=items.index)


def ticketed(items: pd.DataFrame) -> np.ndarray:
    """Which items are tickets, or are written in a document that links to their ticket."""
    linked = items["links"].list.len().fillna(0).to_numpy(dtype=np.int64) > 0
    return items["key"].notna().to_numpy(dtype=bool) | linked


def _places(items: pd.DataFrame) -> tuple[np.ndarray, list[dict[str, str | None]]]:
    """The distinct places that items are in, and the number of each item's."""
    columns = items[list(PLACE)]
    numbers = columns.groupby(list(PLACE), dropna=False, sort=False).ngroup().to_numpy()
    distinct = columns[~pd.Series(numbers).duplicated().to_numpy()]
    plain = distinct.astype(object).where(distinct.notna(), None)
    rows = zip(*(plain[name].tolist() for name in PLACE), strict=True)
    return numbers, [dict(zip(PLACE, row, strict=True)) for row in rows]


def _all_left(items: pd.DataFrame, former: pd.DataFrame) -> np.ndarray:
    """Every person assigned is known to have left."""
    position, name = registry.one_row_per_text(items["owners"])
    left = registry.known_people(name, former)
    named = np.bincount(position, minlength=len(items))
    gone = np.bincount(position[left], minlength=len(items))
    return (gone > 0) & (gone == named)


def _service_unowned(place: dict[str, str | None], owners: _Owners) -> str | None:
    service = place["service"]
    if service is None or not owners.services or service in owners.of_service:
        return None
    if service in owners.cleared:
        return f"service {service} is unowned on purpose, by a rule of CODEOWNERS"
    known = (
        "has no owner in the registry" if service in owners.services else "is not in the registry"
    )
    return f"service {service} {known}"


def _multi_owned(place: dict[str, str | None], owners: _Owners) -> str | None:
    service = place["service"]
    if service is None or service not in owners.multi_owned:
        return None
    return f"service {service} is owned by {_listed(owners.of_service[service])}"


def _own_team(place: dict[str, str | None]) -> str | None:
    """The team that the item names itself, or that was decided for it."""
    return place["team"] if place["team_rule"] in OWN_TEAM else None


def _team_conflict(place: dict[str, str | None], owners: _Owners) -> str | None:
    answering = owners.of_service.get(place["service"] or "", ())
    # A decision on the owner settles whose the work is.
    own = place["team"] if place["team_rule"] == "item" else None
    if own is None or not answering or owners.related(own, answering):
        return None
    return f"team {own}, but service {place['service']} is owned by {_listed(answering)}"


def _wrong_project(place: dict[str, str | None], owners: _Owners) -> str | None:
    answering = owners.of_service.get(place["service"] or "", ())
    own = _own_team(place)
    # Whose team was decided is to lie where that team works, whoever owns the service.
    if own is not None and (not answering or place["team_rule"] == "decision"):
        answering = (own,)
    projects = owners.projects_of(answering)
    if place["project"] is None or not projects or place["project"] in projects:
        return None
    # Where a team is that nobody knows, nobody knows: the gap is unknown_team, and no other one.
    if _unknown_team(place, owners):
        return None
    work = "work" if len(answering) > 1 else "works"
    return f"project {place['project']}, but {_listed(answering)} {work} in {_listed(projects)}"


def _unknown_team(place: dict[str, str | None], owners: _Owners) -> str | None:
    own = _own_team(place)
    if own is None or not owners.teams or own in owners.teams:
        return None
    return f"team {own} is not in the registry"


def _stale_registry(place: dict[str, str | None], owners: _Owners) -> str | None:
    confirmed = owners.stale.get(place["service"] or "")
    if confirmed is None or place["service"] not in owners.of_service:
        return None
    return f"the owner of service {place['service']} was last confirmed on {confirmed}"


def _listed(names: tuple[str, ...] | frozenset[str]) -> str:
    return ", ".join(sorted(names))


_BY_PLACE: Final = (
    ("service_unowned", _service_unowned),
    ("multi_owned", _multi_owned),
    ("team_conflict", _team_conflict),
    ("wrong_project", _wrong_project),
    ("unknown_team", _unknown_team),
    ("stale_registry", _stale_registry),
)
_OF_ITEM: Final = {
    "no_ticket": "written in a document, and in no tracker",
    "no_owner": "no person is named, and no rule gives a team",
    "person_only": "a person is assigned, and no rule gives one team",
    "owner_inactive": "assigned to somebody who left",
}


def gap_evidence(snapshot: Snapshot, items: pd.DataFrame, code: np.ndarray) -> pd.Series:
    """The evidence of each gap in words: one per item and code, in their order."""
    owners = _owners(snapshot.whole)
    numbers, places = _places(items)
    told = np.empty(len(items), dtype=object)
    for number, name in enumerate(CODES):
        wanted = code == number
        if name in _OF_ITEM:
            told[wanted] = _OF_ITEM[name]
        else:
            tell = dict(_BY_PLACE)[name]
            words = np.array([tell(place, owners) for place in places], dtype=object)
            told[wanted] = words[numbers[wanted]]
    return pd.Series(told, dtype="str")
