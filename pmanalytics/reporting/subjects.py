"""The subject of a report: one team, service, product area or incident, found by its name.

A name is taken in any spelling that the registry knows. What the subject answers for comes along:
a team's incidents are those of the services that it owns and of its items.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from pmanalytics import registry
from pmanalytics.changes import among
from pmanalytics.errors import UsageError, nearest
from pmanalytics.metrics.threats import product_areas
from pmanalytics.metrics.weakness import weak_services
from pmanalytics.names import Spelling, spelling_of
from pmanalytics.pages.agendas import incident_named, items_of_incident
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import plain, whole_letters

__all__ = ["CHOSEN", "KINDS", "about_subject"]

# Of these an empty name means the one that the data put forward.
CHOSEN: Final = ("service", "incident")


def about_subject(snapshot: Snapshot, kind: str, name: str) -> tuple[Snapshot, str]:
    """The part of a snapshot that one subject is about, and its name as the data write it.

    `kind` is team, service, product or incident. An empty name stands for what such a report shows
    on its own: the items without a team, the service to which most incidents came back, all product
    areas, the incident that began last. Raises UsageError for another kind, and for a name that
    nothing bears.
    """
    if kind not in KINDS:
        raise UsageError(f"A report cannot be about a {kind!r}{nearest(kind, list(KINDS))}")
    return KINDS[kind](snapshot.whole, name.strip())


def _team(snapshot: Snapshot, name: str) -> tuple[Snapshot, str]:
    if not name:
        items = snapshot.where(snapshot.items["team"].isna())
        claims = registry.service_claims(snapshot.services)
        unowned = snapshot.services[~among(snapshot.services["service"], claims["service"])]
        items, of_services = replace(items, services=unowned), unowned["service"]
        chosen = "no team"
    else:
        teams, services = snapshot.teams, snapshot.services
        known = pd.concat([teams["team"], services["team"], snapshot.items["team"]])
        chosen = _found("team", name, registry.team_spelling(teams, services), known)
        items = snapshot.where(team=chosen)
        claims = registry.service_claims(services)
        of_services = claims.loc[claims["team"].eq(chosen), "service"]
    incidents = snapshot.incidents
    theirs = incidents["service"].isin(of_services) | incidents["team"].eq(chosen)
    theirs |= among(incidents["incident_id"], items.items["incident_id"])
    return _with_incidents(items, theirs), chosen


def _service(snapshot: Snapshot, name: str) -> tuple[Snapshot, str]:
    if not name:
        # Where most incidents came back comes first in the table.
        weak = weak_services(snapshot)["service"].dropna()
        if weak.empty:
            return snapshot.where(snapshot.items["service"].notna()), ""
        name = weak.iloc[0]
    known = [frame["service"] for frame in (snapshot.services, snapshot.incidents, snapshot.items)]
    spelling = registry.service_spelling(snapshot.services)
    chosen = _found("service", name, spelling, pd.concat(known))
    return snapshot.where(service=chosen), chosen


def _product(snapshot: Snapshot, name: str) -> tuple[Snapshot, str]:
    if not name:
        return snapshot, ""
    of_incidents, of_items = product_areas(snapshot)
    known = pd.concat([snapshot.services["product"], of_incidents, of_items])
    chosen = _found("product area", name, spelling_of([]), known)
    narrowed = snapshot.where(of_items.eq(chosen))
    services = narrowed.services[narrowed.services["product"].eq(chosen).fillna(value=False)]
    narrowed = replace(narrowed, services=services)
    return _with_incidents(narrowed, of_incidents.eq(chosen)), chosen


def _incident(snapshot: Snapshot, name: str) -> tuple[Snapshot, str]:
    if name:
        chosen = incident_named(snapshot, name)
    else:
        began = snapshot.incidents.sort_values(["started_at", "incident_id"], na_position="first")
        if began.empty:
            return _with_incidents(snapshot.where(snapshot.items["incident_id"].notna()), None), ""
        chosen = str(began["incident_id"].iloc[-1])
    narrowed = snapshot.where(items_of_incident(snapshot.items, chosen))
    return _with_incidents(narrowed, snapshot.incidents["incident_id"].eq(chosen)), chosen


def _with_incidents(narrowed: Snapshot, kept: pd.Series | None) -> Snapshot:
    incidents = narrowed.whole.incidents
    chosen = [] if kept is None else kept.fillna(value=False).to_numpy(dtype=bool)
    incidents = incidents[chosen] if len(chosen) else incidents.iloc[:0]
    attendance = narrowed.whole.attendance
    came = attendance[attendance["incident_id"].isin(incidents["incident_id"])]
    return replace(narrowed, incidents=incidents, attendance=came)


def _found(kind: str, name: str, spelling: Spelling, known: Iterable[str]) -> str:
    """A name as the data write it; UsageError names the nearest one."""
    name = whole_letters(name)
    names = sorted(pd.Series(known).dropna().unique())
    if name in names:
        return name
    spelled = spelling.spell(pd.Series([name], dtype="str")).iloc[0]
    written = spelling_of([(one, []) for one in names]).spell(pd.Series([spelled], dtype="str"))
    if written.iloc[0] in names:
        return str(written.iloc[0])
    hint = nearest(name, names) if names else f"; the data name no {kind} at all."
    raise UsageError(f"There is no {kind} {plain(name)!r}{hint}")


KINDS: Final[Mapping[str, Callable[[Snapshot, str], tuple[Snapshot, str]]]] = {
    "team": _team,
    "service": _service,
    "product": _product,
    "incident": _incident,
}
