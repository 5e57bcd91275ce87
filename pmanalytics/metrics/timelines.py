"""Timelines: which team an item belonged to, from one recorded change to the next.

The item's own team counts, and from the day of a decision the team that was decided; where there is
none, the one team of the persons who were assigned, each in the team that they were in when they
were assigned. A person who works in several teams, and persons of different teams, give none. The
team of a project or of a service is no part of it.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics import linking, registry
from pmanalytics.changes import among
from pmanalytics.deciding import OWNER_TEAM
from pmanalytics.rewinding import local_days
from pmanalytics.snapshots import Snapshot

__all__ = ["ownership_changes", "positions_of", "team_timelines"]

# How several persons of one change are written; a name may hold a comma, too.
BETWEEN_PERSONS: Final = ", "
OF_OWNERSHIP: Final = ("owner", "team", OWNER_TEAM)
STEP: Final = ["item", "at"]


def team_timelines(snapshot: Snapshot) -> pd.DataFrame:
    """The teams of items with recorded changes, in order of item and time.

    One row per item and moment: item (its position in the snapshot's items), at (the first row of
    each item is its creation, or its first change where that is not later), and team, missing while
    it belonged to none.
    """
    told = ownership_changes(snapshot)
    begun = _beginnings(snapshot, told)
    of_persons = told["field"].eq("owner").to_numpy(dtype=bool)
    own = _own_teams(snapshot, _in_force(told[~of_persons]), begun)
    persons = _teams_of_persons(snapshot, told[of_persons], begun)
    now = _now(snapshot, begun)
    steps = pd.concat(
        [
            now[["item", "at", "own"]][~now["item"].isin(own["item"])],
            now[["item", "at", "assigned"]][~now["item"].isin(persons["item"])],
            own,
            persons,
        ],
        ignore_index=True,
    )
    # The rows of a moment come in any order: each has what the other field said before.
    steps = steps.sort_values(STEP, kind="stable")
    steps[["own", "assigned"]] = steps.groupby("item")[["own", "assigned"]].ffill().fillna("")
    steps["team"] = steps["own"].where(steps["own"].ne(""), steps["assigned"])
    steps = steps.drop_duplicates(STEP, keep="last")
    team = steps["team"].mask(steps["team"].eq("")).astype("str")
    return steps[STEP].assign(team=team).reset_index(drop=True)


def ownership_changes(snapshot: Snapshot) -> pd.DataFrame:
    """The recorded changes of owner and team, each with the position of its item."""
    told = snapshot.field_changes
    told = told[told["field"].isin(OF_OWNERSHIP).to_numpy(dtype=bool)]
    told = told[among(told["subject"], snapshot.items["item_id"])]
    return told.assign(item=positions_of(snapshot.items, told["subject"]))


def positions_of(items: pd.DataFrame, subjects: pd.Series) -> np.ndarray:
    """Where each subject stands among items, all of which are there."""
    # Few items of many have a history, and an index of all of them would cost the most.
    meant = np.flatnonzero(among(items["item_id"], subjects))
    index = pd.Index(items["item_id"].iloc[meant])
    return meant[index.get_indexer(subjects)] if len(subjects) else meant


def _in_force(changes: pd.DataFrame) -> pd.DataFrame:
    """Changes of the own team; after the first decision on an item only decisions count."""
    decided = changes["field"].eq(OWNER_TEAM).to_numpy(dtype=bool)
    earlier = pd.Series(decided).groupby(changes["item"].to_numpy()).cumsum().to_numpy() - decided
    return changes[decided | (earlier == 0)]


def _beginnings(snapshot: Snapshot, told: pd.DataFrame) -> pd.Series:
    """When the timeline of each item begins, by its position."""
    first = told.groupby("item")["at"].min()
    created = snapshot.items["created_at"].iloc[first.index].set_axis(first.index)
    return created.where(created < first, first)


def _now(snapshot: Snapshot, begun: pd.Series) -> pd.DataFrame:
    """What the items say today, which held all the time for a field that was never changed."""
    items = snapshot.items.iloc[begun.index]
    nothing = pd.Series(pd.NA, index=items.index, dtype="str")
    bare = items.assign(team=nothing, project=nothing, service=nothing)
    whole = snapshot.whole
    persons = linking.owning_team(
        bare, services=whole.services, teams=whole.teams, people=whole.people
    )["team"]
    own = items["team"].where(items["team_rule"].eq("item").fillna(value=False))
    return pd.DataFrame(
        {
            "item": begun.index.to_numpy(),
            "at": begun.array,
            "own": own.fillna("").to_numpy(),
            "assigned": persons.fillna("").to_numpy(),
        }
    ).astype({"own": "str", "assigned": "str"})


def _own_teams(snapshot: Snapshot, changes: pd.DataFrame, begun: pd.Series) -> pd.DataFrame:
    """The teams that items named themselves; an empty text is none."""
    spelling = registry.team_spelling(snapshot.whole.teams, snapshot.whole.services)
    first = changes.drop_duplicates("item")
    first = first.assign(at=begun.reindex(first["item"]).array, own=first["before"])
    steps = pd.concat([first, changes.assign(own=changes["after"])], ignore_index=True)
    return steps[STEP].assign(own=spelling.spell(steps["own"]).fillna(""))


def _teams_of_persons(snapshot: Snapshot, changes: pd.DataFrame, begun: pd.Series) -> pd.DataFrame:
    """The one team of those assigned from each change on; an empty text is none or several."""
    stints = _stints(_persons(changes, snapshot.memberships), begun)
    day = local_days(stints["at"], snapshot.settings.timezone)
    joined = stints.assign(day=day).merge(snapshot.memberships, on="person")
    held = ~(joined["since"] > joined["day"]) & ~(joined["until"] < joined["day"])
    joined = joined[held.to_numpy(dtype=bool)].drop_duplicates(["item", "at", "person", "team"])
    codes, teams = pd.factorize(joined["team"], sort=True)
    joined = joined.assign(code=codes + 1, change=1)
    ended = joined[joined["end"].notna()].assign(at=lambda rows: rows["end"], change=-1)
    known = changes["item"].unique()
    marks = pd.concat([pd.Series(begun.reindex(known).array, known), _moments(changes)])
    still = pd.DataFrame({"item": marks.index, "at": marks.array, "code": 0, "change": 0})
    columns = ["item", "at", "code", "change"]
    steps = pd.concat([still, ended[columns], joined[columns]], ignore_index=True)
    return _alone(steps, np.append("", teams.to_numpy(dtype=object)))


def _moments(changes: pd.DataFrame) -> pd.Series:
    return changes.set_index("item")["at"]


def _persons(changes: pd.DataFrame, memberships: pd.DataFrame) -> pd.DataFrame:
    """One row per person who was assigned or relieved: item, at, person, and whether assigned."""
    spelling = registry.people_spelling(memberships)
    parts = [
        changes[STEP].assign(written=changes[name], assigned=name == "after").dropna()
        for name in ("before", "after")
    ]
    named = pd.concat(parts, ignore_index=True)
    whole = spelling.find(named["written"])
    # A name that is known as it stands may hold a comma; other texts with one are several names.
    several = whole.isna() & named["written"].str.contains(BETWEEN_PERSONS, regex=False)
    split = named[several].assign(written=named["written"][several].str.split(BETWEEN_PERSONS))
    named = pd.concat([named[~several], split.explode("written")], ignore_index=True)
    named = named.assign(person=spelling.find(named["written"].astype("str")))
    return named.dropna(subset=["person"])[[*STEP, "person", "assigned"]]


def _stints(persons: pd.DataFrame, begun: pd.Series) -> pd.DataFrame:
    """From when to when each person was assigned: item, person, at and end, missing if still so."""
    ordered = persons.sort_values([*STEP, "assigned"], kind="stable")
    of_person = ordered.groupby(["item", "person"], sort=False)
    # Who is assigned twice, as two sources of one change may say, is assigned once.
    ordered = ordered[of_person["assigned"].shift().ne(ordered["assigned"]).to_numpy()]
    of_person = ordered.groupby(["item", "person"], sort=False)
    end = of_person["at"].shift(-1)
    # Who is relieved without having been assigned before was there from the beginning.
    first = ordered[~ordered["assigned"] & (of_person.cumcount() == 0)]
    there = first.assign(end=first["at"], at=begun.reindex(first["item"]).array)
    stints = pd.concat([there, ordered.assign(end=end)[ordered["assigned"]]], ignore_index=True)
    return stints[["item", "person", "at", "end"]]


def _alone(steps: pd.DataFrame, teams: np.ndarray) -> pd.DataFrame:
    """The team of each item and moment at which persons of one team only are assigned."""
    steps = steps.sort_values(STEP, kind="stable")
    persons = steps.groupby(["item", "code"], sort=False)["change"].cumsum()
    present = (persons > 0).astype("int64").mask(steps["code"].eq(0), 0)
    came = present - present.groupby([steps["item"], steps["code"]], sort=False).shift().fillna(0)
    item = steps["item"]
    number = came.groupby(item).cumsum()
    total = (came * steps["code"]).groupby(item).cumsum()
    code = total.where(number.eq(1), 0).astype("int64")
    found = steps[STEP].assign(assigned=pd.array(teams[code.to_numpy()], dtype="str"))
    return found.drop_duplicates(STEP, keep="last")
