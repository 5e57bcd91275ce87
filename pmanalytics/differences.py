"""Differences: what changed of an item between two of its copies, for trackers without a history.

The later copy bounds when it changed: the change is told at the moment at which that copy was made,
so that nothing seems faster than it was. What a recorded event between the two copies tells is not
told again, and the state is not among it: `changes` dates it better.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import among
from pmanalytics.tables import conform

__all__ = ["BETWEEN_PERSONS", "observed_changes"]

# What changes, by the word of the table events, and the column of items that holds it.
FIELDS: Final = {
    "owner": "owners", "team": "team", "promised_on": "promised_on", "severity": "severity",
}  # fmt: skip
# As histories of trackers write several persons.
BETWEEN_PERSONS: Final = ", "
EXPORT: Final = ["source", "observed_at"]


def observed_changes(
    items: pd.DataFrame, observations: pd.DataFrame, events: pd.DataFrame
) -> pd.DataFrame:
    """The changes of owner, team, promised date and severity that copies show and no event tells.

    Returns the table events, in the order of subject, time and field. Missing means that an export
    does not say: a copy counts as saying that there is no team only where other items of the same
    export have one. Copies that nobody knows the day of tell nothing.
    """
    copies = _in_order(items, observations)
    if copies.empty:
        return conform(pd.DataFrame(), "events")
    told = [_of_field(copies, field) for field in FIELDS]
    found = pd.concat(told, ignore_index=True)
    found = found[~_recorded(found, events)]
    ordered = found.sort_values(["subject", "at", "field"], kind="stable", ignore_index=True)
    return conform(ordered, "events")


def _in_order(items: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """The copies of items that have several, each with what it says as text, in order of time."""
    older = observations[among(observations["item_id"], items["item_id"])]
    latest = items[among(items["item_id"], older["item_id"])]
    columns = ["item_id", "updated_at", *EXPORT, *FIELDS.values()]
    copies = pd.concat([older[columns], latest[columns]], ignore_index=True)
    copies["latest"] = np.arange(len(copies)) >= len(older)
    told = copies.assign(
        owner=_joined(copies["owners"]), promised_on=copies["promised_on"].dt.strftime("%Y-%m-%d")
    )
    made = pd.MultiIndex.from_frame(told[EXPORT])
    for field, column in FIELDS.items():
        # An export says a field if any of its items has it, those with one copy only included.
        saying = [
            frame.loc[frame[column].notna(), EXPORT].drop_duplicates()
            for frame in (items, observations)
        ]
        said = made.isin(pd.MultiIndex.from_frame(pd.concat(saying)))
        told[f"said_{field}"] = said & told["observed_at"].notna()
    order = ["item_id", "latest", "updated_at", "observed_at"]
    return told.sort_values(order, kind="stable", na_position="first")


def _joined(owners: pd.Series) -> pd.Series:
    """The persons assigned as one text; nobody is an empty one, not said is missing."""
    cells = [
        BETWEEN_PERSONS.join(map(str, cell)) if isinstance(cell, (list, np.ndarray)) else None
        for cell in owners
    ]
    return pd.Series(cells, owners.index, dtype="str")


def _of_field(copies: pd.DataFrame, field: str) -> pd.DataFrame:
    """The changes of one field from each copy that says it to the next one that does."""
    said = copies[copies[f"said_{field}"].to_numpy(dtype=bool)]
    of_item = said.groupby("item_id", sort=False)
    value = said[field].fillna("")
    before = value.groupby(said["item_id"], sort=False).shift()
    since = of_item["observed_at"].shift()
    changed = (before.notna() & before.ne(value)).to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "subject": said["item_id"],
            "at": said["observed_at"],
            "field": field,
            "before": before.mask(before.eq("")),
            "after": value.mask(value.eq("")),
            "since": since,
        }
    )[changed]


def _recorded(found: pd.DataFrame, events: pd.DataFrame) -> np.ndarray:
    """Which differences a recorded event of the same field between the two copies explains."""
    known = events[among(events["subject"], found["subject"])]
    if known.empty or found.empty:
        return np.zeros(len(found), dtype=bool)
    place = found[["subject", "field", "since", "at"]].assign(place=np.arange(len(found)))
    pairs = place.merge(
        known[["subject", "field", "at"]].rename(columns={"at": "moment"}), on=["subject", "field"]
    )
    within = (pairs["moment"] > pairs["since"]) & (pairs["moment"] <= pairs["at"])
    return np.isin(np.arange(len(found)), pairs.loc[within, "place"])
