"""The registry: who owns what, as of a day.

Services, teams and people come from our own CSV files and from catalogs of other tools, with names
written in several ways and rows that hold for some time only. Here names are brought to one
spelling, and the questions that ownership asks are answered as tables, so that a million items can
be joined to them at once.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.names import Spelling, spelling_of

__all__ = [
    "ancestors",
    "cleared_services",
    "known_people",
    "one_row_per_text",
    "outranked_claims",
    "people_spelling",
    "people_until",
    "person_teams",
    "project_teams",
    "registry_on",
    "service_claims",
    "service_owners",
    "service_spelling",
    "team_projects",
    "team_spelling",
]

# How late a source is believed on who owns a service; our own files and the catalogs that people
# keep for this purpose, Backstage and Cortex, come first.
RANKS: Final = {"pagerduty": 1, "opslevel": 1, "codeowners": 2}
ROLES: Final = ("build", "operate")


def registry_on(
    services: pd.DataFrame, teams: pd.DataFrame, people: pd.DataFrame, *, as_of: date
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Keep what the registry says on a day, with every name in one spelling.

    Takes and returns the tables services, teams and people. A row holds from `since` to `until`,
    both included; a missing end is open.
    """
    services, teams, people = (_valid(table, as_of) for table in (services, teams, people))
    team = team_spelling(teams, services)
    return (
        services.assign(
            service=service_spelling(services).spell(services["service"]),
            team=team.spell(services["team"]),
        ),
        teams.assign(team=team.spell(teams["team"]), parent=team.spell(teams["parent"])),
        people.assign(
            person=people_spelling(people).spell(people["person"]),
            team=team.spell(people["team"]),
        ),
    )


def _valid(table: pd.DataFrame, as_of: date) -> pd.DataFrame:
    day = pd.Timestamp(as_of)
    begun = table["since"].isna() | (table["since"] <= day)
    holds = begun & (table["until"].isna() | (day <= table["until"]))
    return table[holds.to_numpy(dtype=bool)].reset_index(drop=True)


def team_spelling(teams: pd.DataFrame, services: pd.DataFrame) -> Spelling:
    """The spelling of teams: that of the table teams, else that of the owners of services."""
    elsewhere = pd.concat([services["team"], teams["parent"]]).dropna().unique()
    return spelling_of(_with_aliases(teams, "team"), more=elsewhere)


def service_spelling(services: pd.DataFrame) -> Spelling:
    """The spelling of services."""
    return spelling_of(_with_aliases(services, "service"))


def people_spelling(people: pd.DataFrame, *, more: Iterable[str] = ()) -> Spelling:
    """The spelling of persons; `more` are names that stand elsewhere, such as those of managers."""
    return spelling_of(_with_aliases(people, "person"), more=more)


def _with_aliases(table: pd.DataFrame, column: str) -> list[tuple[str, list[str]]]:
    named = table[[column, "aliases"]].dropna(subset=[column])
    aliases = [list(given) if isinstance(given, list) else [] for given in named["aliases"]]
    return list(zip(named[column], aliases, strict=True))


def one_row_per_text(texts: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """Spread a column of lists: the position of the row that each text stands in, and the text.

    Examples:
        >>> texts = pd.ArrowDtype(pa.list_(pa.string()))
        >>> column = pd.Series([["a", "b"], None, ["c"]], dtype=texts)
        >>> position, text = one_row_per_text(column)
        >>> position.tolist(), text.tolist()
        ([0, 0, 2], ['a', 'b', 'c'])
    """
    lists = pa.array(texts, type=pa.list_(pa.string()), from_pandas=True)
    lists = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
    position = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    flat = pd.Series(pd.array(pc.list_flatten(lists), dtype="str"))
    said = flat.notna().to_numpy()
    return position[said], flat[said].reset_index(drop=True)


def service_claims(services: pd.DataFrame) -> pd.DataFrame:
    """Which teams own a service in which role, by the most trusted source that says so.

    Takes the services of one day. One row per service, role (build or operate) and team. A row of
    the registry without a role claims both. Catalogs and our own files outrank PagerDuty, which
    outranks CODEOWNERS (method, section 7).
    """
    claims = _all_claims(services)
    chosen = claims.loc[claims["rules"], ["service", "role", "team"]].drop_duplicates()
    return chosen.sort_values(["service", "role", "team"], ignore_index=True)


def outranked_claims(services: pd.DataFrame) -> pd.DataFrame:
    """What less trusted sources say against the owners of a service.

    Takes the services of one day. One row per service, team and source, for teams that the most
    trusted sources do not name for this service.
    """
    claims = _all_claims(services)
    ruling = pd.MultiIndex.from_frame(claims.loc[claims["rules"], ["service", "team"]])
    others = claims[~pd.MultiIndex.from_frame(claims[["service", "team"]]).isin(ruling)]
    others = others[["service", "team", "source"]].drop_duplicates()
    return others.sort_values(["service", "team", "source"], ignore_index=True)


def cleared_services(services: pd.DataFrame) -> pd.Index:
    """The services that a rule of CODEOWNERS without owners leaves unowned on purpose.

    A more trusted source may own them all the same.
    """
    cleared = services["source"].str.casefold().eq("codeowners") & services["team"].isna()
    named = services.loc[cleared.fillna(value=False).to_numpy(dtype=bool), "service"]
    return pd.Index(named.dropna().unique())


def _all_claims(services: pd.DataFrame) -> pd.DataFrame:
    """Every claim, one row per role, and whether no more trusted source speaks of the role."""
    claims = services.loc[
        (services["service"].notna() & services["team"].notna()).to_numpy(),
        ["service", "role", "team", "source"],
    ].astype("str")
    claims["role"] = claims["role"].str.strip().str.casefold()
    claims["rank"] = claims["source"].str.casefold().map(RANKS).fillna(0).astype("int64")
    single = claims["role"].isin(ROLES).to_numpy(dtype=bool)
    both = [claims[~single].assign(role=word) for word in ROLES]
    spread = pd.concat([claims[single], *both], ignore_index=True).astype({"role": "str"})
    best = spread.groupby(["service", "role"])["rank"].transform("min")
    return spread.assign(rules=spread["rank"] == best)


def service_owners(services: pd.DataFrame) -> pd.DataFrame:
    """Who answers for each service.

    Takes the services of one day. One row per service, those without an owner included, with
    `team` (it owns the items that no earlier rule gives a team: the operating team, else the
    building one; missing where nobody or more than one team does), `owners` (how many teams own it
    in any role), `multi_owned` (several teams in one and the same role) and `verified_on` (the
    latest confirmation).
    """
    claims = service_claims(services)
    per_role = claims.groupby(["service", "role"])["team"].agg(["size", "first"]).reset_index()
    # The word operate comes after build, so that the last row is the operating team.
    answering = per_role.groupby("service").agg(most=("size", "max"), team=("first", "last"))
    owners = services.dropna(subset=["service"]).groupby("service")["verified_on"].max().to_frame()
    owners = owners.join(answering).join(
        claims.groupby("service")["team"].nunique().rename("owners")
    )
    owners["multi_owned"] = owners["most"].fillna(0) > 1
    owners["owners"] = owners["owners"].fillna(0).astype("int64")
    owners["team"] = owners["team"].astype("str").mask(owners["multi_owned"])
    return owners.reset_index()[["service", "team", "owners", "multi_owned", "verified_on"]]


def ancestors(teams: pd.DataFrame) -> pd.DataFrame:
    """Every team with every team above it: one row per team and ancestor.

    A circle of parents is followed once round and does no harm.
    """
    steps = teams[["team", "parent"]].dropna().drop_duplicates()
    steps = steps.set_axis(["team", "ancestor"], axis=1)
    found, fresh = steps, steps
    while len(fresh):
        above = fresh.merge(steps.set_axis(["ancestor", "higher"], axis=1), on="ancestor")
        above = above[["team", "higher"]].set_axis(["team", "ancestor"], axis=1)
        everything = pd.concat([found, above]).drop_duplicates()
        fresh = everything.iloc[len(found) :]
        found = everything
    ordered = found[found["team"] != found["ancestor"]].sort_values(["team", "ancestor"])
    return ordered.reset_index(drop=True)


def team_projects(teams: pd.DataFrame) -> pd.DataFrame:
    """Which tracker projects each team works in: one row per team and project."""
    pairs = teams[["team", "project"]].dropna().drop_duplicates()
    return pairs.sort_values(["team", "project"], ignore_index=True)


def project_teams(teams: pd.DataFrame) -> pd.Series:
    """The team of each tracker project that exactly one team works in, by project."""
    pairs = team_projects(teams)
    return pairs[~pairs["project"].duplicated(keep=False)].set_index("project")["team"]


def person_teams(people: pd.DataFrame) -> pd.DataFrame:
    """Which teams each person works in: one row per person and team."""
    pairs = people[["person", "team"]].dropna().drop_duplicates()
    return pairs.sort_values(["person", "team"], ignore_index=True)


def people_until(
    people: pd.DataFrame, services: pd.DataFrame, teams: pd.DataFrame, *, as_of: date
) -> pd.DataFrame:
    """Who was in the registry up to a day, and when: people who left or moved are told, too.

    Takes people of all times, and the services and teams of the day, whose spelling it uses. One
    row per person and team, with since and until.
    """
    begun = people[~(people["since"] > pd.Timestamp(as_of)).to_numpy(dtype=bool)]
    spelled = begun.assign(
        person=people_spelling(begun).spell(begun["person"]),
        team=team_spelling(teams, services).spell(begun["team"]),
    )
    return spelled.reset_index(drop=True)


def known_people(owners: pd.Series, people: pd.DataFrame) -> np.ndarray:
    """Tell for each name of a person whether the registry knows it.

    Examples:
        >>> from pmanalytics.tables import conform
        >>> people = conform(pd.DataFrame({"person": ["Ada"], "aliases": [["al"]]}), "people")
        >>> known_people(pd.Series(["ada", "AL", "Bob"]), people).tolist()
        [True, True, False]
    """
    return people_spelling(people).find(owners.astype("str")).notna().to_numpy()
