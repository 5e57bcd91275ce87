"""Deciding: what people decided by a day meets the items as their trackers have them.

A decision counts from its day on and in no snapshot before it. What a tracker closed before stays
as it was; what it says later counts, too.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics import registry
from pmanalytics.changes import CLOSED, MOMENT, among
from pmanalytics.decisions import resolved
from pmanalytics.names import Spelling
from pmanalytics.rewinding import end_of, rewound
from pmanalytics.tables import conform

__all__ = ["OWNER_TEAM", "OWN_TEAM", "decided_items", "decided_teams", "decisions_on"]

# The rules by which a team is the item's own, whatever its project and service say.
OWN_TEAM: Final = ("item", "decision")
OWNER_TEAM: Final = "owner_team"
_ENDS: Final = ("drop", "keep")


def decisions_on(decisions: pd.DataFrame, items: pd.DataFrame, day: date) -> pd.DataFrame:
    """The decisions made by a day, oldest first, those about items by the item_id that they name.

    `items` are those known on the day, before any decision.
    """
    known = decisions[(decisions["decided_on"] <= pd.Timestamp(day)).to_numpy(dtype=bool)]
    return resolved(known.sort_values("decided_on", kind="stable", ignore_index=True), items)


def decided_items(
    items: pd.DataFrame, events: pd.DataFrame, decisions: pd.DataFrame, *, zone: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Items and their changes of state after the decisions to drop, to keep and to promise.

    Takes what `items_on` and `decisions_on` return. A drop closes an item that is open, at the end
    of its day, and a later `keep` opens it again unless its tracker closed it meanwhile. The column
    tracker_state keeps what the tracker says.
    """
    items = items.assign(tracker_state=items["state"])
    promised = _last(decisions, "promised", "until")
    place = _places(items, promised)
    if len(place):
        days = items["promised_on"].copy()
        days.iloc[place] = promised[items["item_id"].iloc[place]].array
        items = items.assign(promised_on=days)
    ends = decisions[decisions["kind"].isin(_ENDS).to_numpy(dtype=bool)]
    return _dropped(items, events, ends, zone=zone) if len(ends) else (items, events)


def decided_teams(
    items: pd.DataFrame,
    decisions: pd.DataFrame,
    *,
    services: pd.DataFrame,
    teams: pd.DataFrame,
    zone: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Items with the team that was decided for them, before any rule that finds one.

    Also returns these decisions as changes of the field owner_team, each at the end of its day; the
    first one comes from the team that the item named itself.
    """
    decided = _last(decisions, OWNER_TEAM, "value")
    place = _places(items, decided)
    if not len(place):
        return items, conform(pd.DataFrame(), "events")
    spelling = registry.team_spelling(teams, services)
    named, concerned = spelling.spell(decided), items.iloc[place]
    own = concerned["team"].where(concerned["team_rule"].eq("item"))
    own = own.set_axis(concerned["item_id"])
    team, rule = items["team"].copy(), items["team_rule"].copy()
    team.iloc[place] = named[concerned["item_id"]].array
    rule.iloc[place] = "decision"
    made = decisions[decisions["kind"].eq(OWNER_TEAM).to_numpy(dtype=bool)].dropna(subset=["value"])
    made = made[among(made["subject"], concerned["item_id"])]
    return items.assign(team=team, team_rule=rule), _handed(made, own, spelling, zone)


def _handed(made: pd.DataFrame, own: pd.Series, spelling: Spelling, zone: str) -> pd.DataFrame:
    """Decisions on teams, oldest first, as changes from the team that was the item's own before."""
    after = spelling.spell(made["value"])
    before = after.groupby(made["subject"]).shift()
    first = ~made["subject"].duplicated()
    before = before.where(~first, own.reindex(made["subject"]).set_axis(made.index))
    at = [end_of(day.date(), zone) - MOMENT for day in made["decided_on"]]
    told = {"subject": made["subject"], "at": at, "before": before, "after": after}
    return conform(pd.DataFrame(told).assign(field=OWNER_TEAM), "events")


def _last(decisions: pd.DataFrame, kind: str, column: str) -> pd.Series:
    """What was decided last, by subject."""
    chosen = decisions[decisions["kind"].eq(kind).to_numpy(dtype=bool)]
    chosen = chosen.dropna(subset=["subject", column])
    return chosen.drop_duplicates("subject", keep="last").set_index("subject")[column]


def _places(items: pd.DataFrame, decided: pd.Series) -> np.ndarray:
    return np.flatnonzero(among(items["item_id"], decided.index.to_series()))


def _dropped(
    items: pd.DataFrame, events: pd.DataFrame, ends: pd.DataFrame, *, zone: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    place = np.flatnonzero(among(items["item_id"], ends["subject"]))
    concerned = items.iloc[place]
    # What a tracker closed without a date may have been closed before the decision.
    undated = concerned["state"].isin(CLOSED) & concerned["closed_at"].isna()
    place = place[~undated.to_numpy(dtype=bool)]
    concerned = items.iloc[place].reset_index(drop=True)
    if concerned.empty:
        return items, events
    theirs = among(events["subject"], concerned["item_id"])
    ends = ends[among(ends["subject"], concerned["item_id"])]
    decided = pd.DataFrame(
        {
            "subject": ends["subject"],
            "at": [end_of(day.date(), zone) - MOMENT for day in ends["decided_on"]],
            "after": ends["kind"],
        }
    )
    told = pd.concat([events[theirs], decided], ignore_index=True)
    told = told.sort_values(["subject", "at"], kind="stable")
    changes = conform(pd.DataFrame(_story(told), columns=events.columns), "events")
    silent = pd.Series(np.zeros(len(concerned), dtype=bool))
    changed = {}
    for name, values in rewound(concerned, changes, silent, zone).items():
        column = items[name].copy()
        column.iloc[place] = values.array
        changed[name] = column
    return items.assign(**changed), pd.concat([events[~theirs], changes], ignore_index=True)


def _story(told: pd.DataFrame) -> Iterator[tuple[str, pd.Timestamp, str, str, str]]:
    """The changes of state of each item, those of its tracker and those that were decided."""
    for subject, story in told.groupby("subject", sort=False):
        state = tracker = "open"
        decided = False
        for at, word in zip(story["at"], story["after"], strict=True):
            after = state
            if word not in _ENDS:
                tracker = word
                # The tracker catches up with the decision, which says since when.
                if decided and word == state:
                    continue
                after, decided = word, False
            elif word == "drop" and state == "open":
                after, decided = "dropped", True
            elif word == "keep" and decided and tracker == "open":
                after, decided = "open", False
            else:
                continue
            yield str(subject), at, "state", state, after
            state = after
