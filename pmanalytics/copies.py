"""Copies: what several files say of one ticket or incident, put together.

Of a ticket the latest copy is the item, and older ones that say something else are observations.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa

from pmanalytics.tables import conform, empty
from pmanalytics.trackers import FileTables

__all__ = ["by_incident", "latest", "one_per_incident", "stacked"]


def stacked(parts: Iterable[FileTables], table: str) -> pd.DataFrame:
    """One table of all files, with the number of the file that each row came from."""
    frames = [
        conform(part.tables[table], table).assign(_file=number)
        for number, part in enumerate(parts)
        if table in part.tables
    ]
    if not frames:
        return empty(table).assign(_file=pd.Series(dtype="int64"))
    return (
        pd.concat(frames, ignore_index=True)
        if len(frames) > 1
        else frames[0].reset_index(drop=True)
    )


def by_incident(items: pd.DataFrame, parts: Iterable[FileTables]) -> pd.DataFrame:
    """Items with their incident as the incidents table calls it.

    A tool may show one name of an incident to people and another one to programs, and then its own
    action items name the other one, from another file. A name may stand for several incidents.
    """
    names = pd.concat([part.incident_names for part in parts], ignore_index=True)
    if names.empty:
        return items
    called = names.drop_duplicates().groupby("name")["incident_id"].agg(";".join)
    told = items["incident_id"].map(called).astype("str")
    return items.assign(incident_id=told.fillna(items["incident_id"]))


def latest(copies: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Split copies into the latest of each ticket and the older ones that say something else.

    Also returns the file numbers of all copies that are not the item, to be counted.
    """
    if copies["item_id"].is_unique:
        return copies.drop(columns="_file"), empty("observations"), pd.Series(dtype="int64")
    repeated = copies["item_id"].duplicated(keep=False)
    order = copies[repeated].sort_values(
        ["updated_at", "observed_at"], kind="stable", na_position="first"
    )
    chosen = order.drop_duplicates("item_id", keep="last").index
    kept = ~repeated.to_numpy()
    kept[chosen] = True
    older = order.drop(index=chosen)
    said = copies.columns.difference(["item_id", "observed_at", "_file"])
    letters = pd.DataFrame({name: _codes(order[name]) for name in said}, index=order.index)
    # A copy equal to the one that follows it adds nothing, whenever it was made, but for two
    # things: the first that differs from the one before bounds when that changed, and the first
    # that says closed without a date bounds when that happened.
    neighbours = letters.groupby(order["item_id"], sort=False)
    same = (letters == neighbours.shift(-1)).all(axis=1)
    begins = (letters != neighbours.shift()).any(axis=1)
    undated = order["state"].isin(["done", "dropped"]) & order["closed_at"].isna()
    bounds = begins & (undated | order["item_id"].duplicated()) & _made_before_the_next(order)
    news = older.index[(~same | bounds).loc[older.index]]
    observations = copies.loc[news].sort_index()
    return (
        copies[kept].drop(columns="_file").reset_index(drop=True),
        conform(observations.drop(columns="_file").reset_index(drop=True), "observations"),
        older["_file"],
    )


def _codes(values: pd.Series) -> np.ndarray:
    """A number for each value, equal ones having the same; a missing text is an empty one."""
    if isinstance(values.dtype, pd.ArrowDtype):  # lists
        cells = pa.array(values, from_pandas=True).to_pylist()
        values = pd.Series([None if cell is None else str(cell) for cell in cells], dtype="str")
    return pd.factorize(values.fillna("") if values.dtype == "str" else values)[0]


def _made_before_the_next(order: pd.DataFrame) -> pd.Series:
    made = order["observed_at"]
    return made < made.groupby(order["item_id"], sort=False).shift(-1)


def one_per_incident(incidents: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Keep the copy of each incident that was read last."""
    surplus = incidents["incident_id"].duplicated(keep="last")
    kept = incidents[~surplus].drop(columns="_file").reset_index(drop=True)
    return kept, incidents.loc[surplus, "_file"]
