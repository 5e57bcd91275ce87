"""The map of owners: every service with who answers for it, and what is unclear about that.

What is unclear is about services and teams; no person is on the map.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics import registry
from pmanalytics.metrics.gap_rules import STALE_DAYS
from pmanalytics.snapshots import Snapshot

__all__ = [
    "COUNTS",
    "MAP_GAPS",
    "conflicts",
    "has_work",
    "owner_map",
    "service_counts",
    "service_gaps",
    "unknown_teams",
]

COUNTS: Final = ("incidents", "open_items", "overdue_items")
# What can be unclear about the owner of a service, and what a page says about it.
MAP_GAPS: Final[Mapping[str, str]] = {
    "service_unowned": "nobody owns it",
    "unowned_on_purpose": "unowned on purpose, by a rule of CODEOWNERS",
    "multi_owned": "several teams own it",
    "sources_disagree": "a less trusted source names another team",
    "unknown_team": "the registry does not know the owning team",
    "stale_registry": "the owner was not confirmed for a year",
}
_SHOWN: Final = ("service", "team", "role", "product", "source", "verified_on")


def owner_map(snapshot: Snapshot) -> pd.DataFrame:
    """Who owns what: one row per service, team and role, those that nobody owns first.

    Only owners that the most trusted sources name. service, team, role (build, operate, or missing
    for both), product, source, verified_on, how many incidents, open_items and overdue_items
    concern the service, and gap: the codes of what is unclear about the service, joined by `;`.
    Services that only items or incidents name are on it, too. Without either, nothing is counted.
    """
    services = snapshot.services
    gaps = service_gaps(snapshot)
    claims = registry.service_claims(services)[["service", "team"]].drop_duplicates()
    owned = services[list(_SHOWN)].merge(claims, on=["service", "team"])
    # Sources that outrank others come first, so that theirs is the row that stays.
    rank = owned["source"].str.casefold().map(registry.RANKS).fillna(0)
    owned = owned.iloc[np.argsort(rank.to_numpy(), kind="stable")]
    owned = owned.drop_duplicates(["service", "team", "role"])
    bare = pd.Series(gaps.index[~gaps.index.isin(owned["service"])], dtype="str")
    unowned = services[list(_SHOWN)].drop_duplicates("service").assign(team=None, role=None)
    unowned = bare.to_frame("service").merge(unowned, on="service", how="left")
    table = pd.concat([unowned.astype(owned.dtypes.to_dict()), owned], ignore_index=True)
    table = table.sort_values(["service", "team", "role"], na_position="first", ignore_index=True)
    table = table.iloc[np.argsort(table["team"].notna().to_numpy(), kind="stable")]
    words = [";".join(gaps.columns[row]) or None for row in gaps.to_numpy(dtype=bool)]
    told = service_counts(snapshot).reindex(gaps.index, fill_value=0)
    told = told if has_work(snapshot) else told.astype("Int64").mask(told >= 0)
    told["gap"] = pd.Series(words, gaps.index, dtype="str")
    return table.join(told, on="service").reset_index(drop=True)


def service_gaps(snapshot: Snapshot) -> pd.DataFrame:
    """What is unclear about the owners of each service: one column per gap, by service.

    A registry without services has no gaps, and one without teams no unknown ones.
    """
    services = snapshot.services
    owners = registry.service_owners(services).set_index("service")
    named = pd.concat([snapshot.items["service"], snapshot.incidents["service"]]).dropna()
    strangers = pd.Index(named.unique()).difference(owners.index) if len(services) else []
    owners = owners.reindex(owners.index.append(pd.Index(strangers)).rename("service"))
    limit = pd.Timestamp(snapshot.as_of) - pd.Timedelta(days=STALE_DAYS)
    unowned = owners["owners"].fillna(0) == 0
    on_purpose = owners.index.isin(registry.cleared_services(services))
    claims = registry.service_claims(services)
    unknown = claims[claims["team"].isin(_strange_teams(snapshot, claims["team"]))]
    gaps = {
        "service_unowned": unowned & ~on_purpose,
        "unowned_on_purpose": unowned & on_purpose,
        "multi_owned": owners["multi_owned"].eq(other=True),
        "sources_disagree": owners.index.isin(registry.outranked_claims(services)["service"]),
        "unknown_team": owners.index.isin(unknown["service"]),
        "stale_registry": (owners["verified_on"] < limit) & ~unowned,
    }
    return pd.DataFrame({code: gaps[code] for code in MAP_GAPS}, index=owners.index).astype("bool")


def has_work(snapshot: Snapshot) -> bool:
    """Whether there is anything to count: a registry may be read on its own."""
    return len(snapshot.items) + len(snapshot.incidents) > 0


def service_counts(snapshot: Snapshot) -> pd.DataFrame:
    """How many incidents, open items and overdue items concern each service, by service."""
    items = snapshot.items
    named = {
        "incidents": snapshot.incidents["service"],
        "open_items": items.loc[(items["state"] == "open").to_numpy(dtype=bool), "service"],
        "overdue_items": items.loc[
            (items["standing"] == "overdue").to_numpy(dtype=bool), "service"
        ],
    }
    table = pd.DataFrame({name: column.value_counts() for name, column in named.items()})
    return table.fillna(0).astype("int64").rename_axis("service")


def conflicts(snapshot: Snapshot) -> pd.DataFrame:
    """Where a less trusted source names another team than the owner.

    One row per service: service, owners (the teams that count) and said (the other teams, each with
    the source that names it), as texts.
    """
    others = registry.outranked_claims(snapshot.services)
    claims = registry.service_claims(snapshot.services)
    owners = claims.groupby("service")["team"].agg(lambda team: ", ".join(team.unique()))
    said = others["team"] + " (" + others["source"].fillna("own list") + ")"
    told = said.groupby(others["service"]).agg(", ".join)
    table = pd.DataFrame({"owners": owners, "said": told}).dropna(subset=["said"])
    return table.rename_axis("service").reset_index().astype("str")


def unknown_teams(snapshot: Snapshot) -> pd.DataFrame:
    """Teams that own services or items, and that the table of teams does not know.

    One row per team: team, services (how many it owns) and open_items (how many name it).
    """
    items = snapshot.items
    named = (items["team_rule"] == "item") & (items["state"] == "open")
    claims = registry.service_claims(snapshot.services)[["service", "team"]].drop_duplicates()
    parts = {
        "services": claims["team"],
        "open_items": items.loc[named.to_numpy(dtype=bool), "team"],
    }
    table = pd.DataFrame({name: column.value_counts() for name, column in parts.items()})
    table = table[table.index.isin(_strange_teams(snapshot, table.index.to_series()))]
    table = table.fillna(0).astype("int64").rename_axis("team").reset_index()
    return table.sort_values(["open_items", "services", "team"], ascending=[False, False, True])


def _strange_teams(snapshot: Snapshot, named: pd.Series) -> list[str]:
    known = pd.concat([snapshot.teams["team"], snapshot.teams["parent"]]).dropna()
    if known.empty:
        return []
    return [team for team in named.dropna().unique() if team not in set(known)]
