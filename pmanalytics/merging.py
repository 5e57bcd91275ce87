"""Merging: one piece of work counts once, though it was written down several times.

Tickets closed as duplicates of another one live on in it, and items of one incident with the same
title are one item (see `same_work`). The survivor takes the earliest promise of all of them, with
the clock and the rule that made it, and the incidents and waivers of the items that are gone.
Tickets that call each other duplicates have no survivor; they stay, and cannot be judged.

Of several items with one title a ticket survives before a line of a document, because a tracker
knows its state. Of several tickets an open one survives, so that no work is taken for done while a
ticket for it is open; else the one that was done last, else one that was dropped; else the one that
was created first.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.deciding import OWN_TEAM
from pmanalytics.errors import UsageError
from pmanalytics.twins import same_work

__all__ = ["Merged", "merge_duplicates"]

PROMISE: Final = (
    "started_on", "clock_on", "clock_basis", "policy", "target_days", "unit", "due_on",
)  # fmt: skip


# Of several tickets with one title, which state survives first.
SURVIVES: Final = {"open": 0, "done": 1, "dropped": 2}


@dataclass(frozen=True, eq=False)
class Merged:
    """The items that are left, and which of them each merged ticket became, by item_id and key."""

    items: pd.DataFrame
    survivor_of: dict[str, str]


def merge_duplicates(items: pd.DataFrame) -> Merged:
    """Leave out the items that are the same piece of work as another one.

    Takes items with the columns of their promise (clock, rule and due day) and returns those that
    are left, in their order. Raises UsageError for an item_id that is there more than once.
    """
    position = np.arange(len(items))
    index = pd.Index(items["item_id"])
    if not index.is_unique:
        raise UsageError(
            f"The item_id {index[index.duplicated()][0]} is in the table items more than once; "
            "give every item one of its own, and put older copies into observations."
        )
    place = index.get_indexer(items["duplicate_of"])
    gone = (place >= 0) & (place != position) & items["state"].eq("dropped").to_numpy(dtype=bool)
    root = _roots(np.where(gone, place, position))
    gone &= ~gone[root]  # what leads into a circle has no survivor
    root = _of_one_title(items, gone)[np.where(gone, root, position)]
    gone = root != position
    if not gone.any():
        return Merged(items, {})
    survivors, merged = items.iloc[root[gone]], items[gone]
    survivor_of = {
        str(name): str(survivor)
        for column in ("item_id", "key")
        for name, survivor in zip(merged[column], survivors["item_id"], strict=True)
        if pd.notna(name)
    }
    family = np.flatnonzero(gone | np.isin(position, root[gone]))
    promised = _earliest_promises(items, family, root)
    named = _other_incidents(items, np.flatnonzero(gone), root)
    left = items.assign(**promised, other_incidents=named)[~gone].reset_index(drop=True)
    return Merged(left, survivor_of)


def _roots(parent: np.ndarray) -> np.ndarray:
    """Where each chain of duplicates ends, by doubling the length of the steps."""
    root = parent
    for _ in range(int(np.ceil(np.log2(len(parent) + 1))) + 1):
        root = root[root]
    return root


def _of_one_title(items: pd.DataFrame, gone: np.ndarray) -> np.ndarray:
    """The place of the item that each one lives on in, among those that are not gone."""
    root = np.arange(len(items))
    left = items[~gone] if gone.any() else items
    family = same_work(left, team=left["team"].where(left["team_rule"].isin(OWN_TEAM)))
    twins = np.flatnonzero(family >= 0)
    if not twins.size:
        return root
    place = root[~gone][twins]
    closed = items["closed_on"].iloc[place].to_numpy(dtype="datetime64[us]")
    order = pd.DataFrame(
        {
            "family": family[twins],
            "line": items["key"].iloc[place].isna().to_numpy(),
            "state": items["state"].iloc[place].map(SURVIVES).fillna(len(SURVIVES)).to_numpy(),
            "closed": np.datetime64("2000-01-01", "us") - closed,  # the last one first
            "created": items["created_at"].iloc[place].array,
            "item_id": items["item_id"].iloc[place].array,
            "place": place,
        }
    ).sort_values(["family", "line", "state", "closed", "created", "item_id"])
    root[order["place"]] = order.groupby("family")["place"].transform("first")
    return root


def _earliest_promises(
    items: pd.DataFrame, family: np.ndarray, root: np.ndarray
) -> dict[str, pd.Series]:
    """The promise with the earliest due day, else the earliest clock, for each survivor."""
    of_family = items.iloc[family][list(PROMISE)].assign(_root=root[family])
    own = family == root[family]
    earliest = ["due_on", "clock_on", "_other"]
    order = of_family.assign(_other=~own).sort_values(earliest, kind="stable")
    chosen = order.drop_duplicates("_root").set_index("_root")
    promised = {}
    for name in PROMISE:
        column = items[name].copy()
        column.iloc[chosen.index] = chosen[name].array
        promised[name] = column
    return promised


def _other_incidents(items: pd.DataFrame, gone: np.ndarray, root: np.ndarray) -> pd.Series:
    """The further incidents of each item, those of the tickets merged into it included."""
    named = items["other_incidents"].tolist()
    incident = items["incident_id"].tolist()
    for place in gone:
        survivor = root[place]
        more = [incident[place], *_names(named[place])]
        fresh = [name for name in more if pd.notna(name) and name != incident[survivor]]
        named[survivor] = list(dict.fromkeys([*_names(named[survivor]), *fresh]))
    cells = [_names(cell) if isinstance(cell, list) else None for cell in named]
    return pd.Series(cells, index=items.index, dtype=items["other_incidents"].dtype)


def _names(cell: object) -> list[str]:
    return cell if isinstance(cell, list) else []
