"""Assignments: how long items wait for a team, and from which team to which they are handed on.

Both need a history: what an export says of today does not say since when. Where a source remembers
no changes of owner and team, its items are counted as undated, owned or not, since to take only
those whose owner is known would answer the question before it is asked.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics import registry
from pmanalytics.changes import CLOSED, among
from pmanalytics.deciding import OWNER_TEAM
from pmanalytics.metrics.grouping import By, each_group, group_columns, sums
from pmanalytics.metrics.timelines import ownership_changes, team_timelines
from pmanalytics.rewinding import local_days
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.survival import (
    DONE,
    DROPPED,
    OPEN,
    cumulative_incidence,
    incidence_at,
    life_table,
    median_with_limits,
)

__all__ = ["hand_offs", "time_to_owner"]

READ_AT: Final = (3, 7, 15)
WAIT_TYPES: Final = {
    "owned_by_3": "float64", "owned_by_7": "float64", "owned_by_15": "float64",
    "median_days": "Int64", "median_low": "Int64", "median_high": "Int64",
}  # fmt: skip
DAY: Final = ("_day", "_outcome")
COUNTS: Final = ("n", "owned", "interrupted", "unowned_days", "undated")


def time_to_owner(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """How long action items wait for a team that owns them.

    One row per group: n items with a clock whose ownership can be dated, of which owned (a team
    answered for them at some time); the share owned by day 3, 7 and 15 (Aalen-Johansen: an item
    that is closed before any team had it will have none, items still open are censored);
    the day by which half have a team, with its limits at 95 %; interrupted (items that were without
    a team for a day or more between two) with their unowned_days, summed; and undated, items that
    are left out. Days are calendar days since the clock, in the configured zone.

    A team that the project or the service gives is there from the creation of the ticket. Else it
    is the item's own team, or the one team of the persons assigned, from the recorded change on, or
    from creation where nothing was changed; a decision counts as a change. A team that comes after
    an item was closed comes too late. Undated are items without a date of creation, and items of a
    source that remembers no changes of the fields that its items have. Method, section 7.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> pma.time_to_owner(q3)[["n", "owned"]].to_numpy().tolist()
        [[470, 470]]
    """
    names = group_columns(by, snapshot.items)
    waits = _waits(snapshot)
    groups = snapshot.items.loc[waits["clocked"].to_numpy(), names]
    waits = waits[waits["clocked"]]
    table = sums(groups, {name: waits[name].to_numpy(dtype=np.int64) for name in COUNTS})
    counts = sums(groups.assign(**{name: waits[name] for name in DAY}), {"_items": waits["n"]})
    parts = [_read(part) for _, part in each_group(counts, names)]
    rows = pd.DataFrame(parts, columns=[*WAIT_TYPES])
    table[list(WAIT_TYPES)] = rows.astype(WAIT_TYPES)
    return table[[*names, "n", "owned", *WAIT_TYPES, *COUNTS[2:]]]


def _read(counts: pd.DataFrame) -> list[float]:
    """The figures of one group from its counts by day and outcome."""
    known = life_table(counts["_day"], counts["_outcome"], weight=counts["_items"])
    owned = cumulative_incidence(known, DONE)
    return [*incidence_at(owned, READ_AT), *median_with_limits(known, DONE)]


def _waits(snapshot: Snapshot) -> pd.DataFrame:
    """What each item says of its wait for a team: its counts, and how and when it ended."""
    items = snapshot.items
    steps = team_timelines(snapshot)
    placed = _placed(snapshot)
    since = _owned_since(snapshot, steps, placed)
    clock = items["clock_on"]
    closed = items["state"].isin(CLOSED).to_numpy(dtype=bool)
    day = local_days(since, snapshot.settings.timezone)
    day = day.mask(closed & (day > items["closed_on"]))
    found = (day - clock).dt.days.clip(lower=0)
    owned = day.notna()
    ended = found.fillna(items["days"].astype("float64"))
    clocked = clock.notna() & items["state"].notna()
    told = clocked & ended.notna() & _datable(snapshot, placed)
    gaps = _unowned_days(steps, snapshot.settings.timezone).reindex(range(len(items))).fillna(0)
    idle = np.where(told & ~placed, gaps.to_numpy(), 0)
    return pd.DataFrame(
        {
            "clocked": clocked,
            "n": told.astype("int64"),
            "owned": owned & told,
            "interrupted": idle > 0,
            "unowned_days": idle,
            "undated": clocked & ~told,
            "_day": ended.where(told, 0).astype("int64"),
            "_outcome": np.where(owned, DONE, np.where(closed, DROPPED, OPEN)),
        }
    )


def _placed(snapshot: Snapshot) -> np.ndarray:
    """Which items are in a project of one team, or concern a service that a team owns."""
    items, whole = snapshot.items, snapshot.whole
    owners = registry.service_owners(whole.services).dropna(subset=["team"])["service"]
    projects = registry.project_teams(whole.teams).index.to_series()
    return among(items["project"], projects) | among(items["service"], owners)


def _owned_since(snapshot: Snapshot, steps: pd.DataFrame, placed: np.ndarray) -> pd.Series:
    """When each item first had a team; missing where it never had one."""
    items = snapshot.items
    since = items["created_at"].where(placed | items["team"].notna()).reset_index(drop=True)
    remembered = np.zeros(len(items), dtype=bool)
    remembered[steps["item"].to_numpy()] = True
    first = steps[steps["team"].notna()].drop_duplicates("item").set_index("item")["at"]
    dated = first.reindex(range(len(items)))
    return since.mask(remembered & ~placed, dated).set_axis(items.index)


def _datable(snapshot: Snapshot, placed: np.ndarray) -> np.ndarray:
    """Which items say since when they have a team, if they have one.

    It depends on the source and never on whether the item has a team.
    """
    whole = snapshot.whole
    source = whole.items["source"].fillna("")
    changes = ownership_changes(whole)
    told, field = source.iloc[changes["item"]], changes["field"].to_numpy(dtype=object)
    own = whole.items["team_rule"].eq("item").fillna(value=False).to_numpy(dtype=bool)
    assigned = whole.items["owners"].list.len().fillna(0).to_numpy(dtype=np.int64) > 0
    # Decisions are all on record, but do not say since when an item had the team before.
    relieved = (field == OWNER_TEAM) & changes["before"].notna().to_numpy()
    named = {*source[own].unique(), *told[relieved].unique()}
    lacking = named - set(told[field == "team"].unique())
    lacking |= set(source[assigned].unique()) - set(told[field == "owner"].unique())
    remembering = sorted(set(told.unique()) - lacking)
    items = snapshot.items
    known = placed | among(items["source"].fillna(""), pd.Series(remembering, dtype="str"))
    return known & items["created_at"].notna().to_numpy()


def _unowned_days(steps: pd.DataFrame, zone: str) -> pd.Series:
    """The local days that each item was without a team between two, by its position."""
    same = steps["item"].eq(steps["item"].shift())
    both = steps["team"].isna() & steps["team"].shift().isna()
    steps = steps[~(same & both)]
    day = local_days(steps["at"], zone)
    of_item = steps["item"]
    between = steps["team"].isna() & of_item.eq(of_item.shift()) & of_item.eq(of_item.shift(-1))
    return (day.shift(-1) - day).dt.days[between].groupby(of_item[between]).sum()


def hand_offs(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """From which team to which action items were handed on.

    One row per group, from_team and to_team, in the order of the alphabet: how many items went that
    way, and hand_offs, how often, since one item may go a way twice. A hand-off is a recorded
    change from one team to another, also with days of no team in between: of the item's own team,
    else of the one team of the persons assigned, each counting for the team that they were in when
    they were assigned. A decision counts as a change; other items of sources without a history have
    none. Up to the as-of date; a period does not restrict it. Method, section 7.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> list(pma.hand_offs(q3))
        ['from_team', 'to_team', 'items', 'hand_offs']
    """
    names = group_columns(by, snapshot.items)
    steps = team_timelines(snapshot).dropna(subset=["team"])
    came_from = steps["team"].shift().where(steps["item"].eq(steps["item"].shift()))
    moved = steps.assign(from_team=came_from.astype("str")).rename(columns={"team": "to_team"})
    moved = moved[(came_from.notna() & came_from.ne(steps["team"])).to_numpy(dtype=bool)]
    way = ["item", "from_team", "to_team"]
    per_item = moved.groupby(way)["at"].size().rename("hand_offs").reset_index()
    groups = snapshot.items[names].iloc[per_item["item"]].reset_index(drop=True)
    groups = groups.assign(from_team=per_item["from_team"], to_team=per_item["to_team"])
    once = np.ones(len(groups), dtype=np.int64)
    return sums(groups, {"items": once, "hand_offs": per_item["hand_offs"]})
