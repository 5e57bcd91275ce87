"""Disappearances: items that a later export of the same source no longer holds.

Many exports hold less than everything: the last 90 days, one project, or open tickets only. So an
item is called gone only where the later export is comparable with the one that still had it:

- it is of the same source and format, and holds at least half of the other's items;
- it holds closed items, for otherwise an item may be missing because it was closed;
- it still holds an item of the other one that was created no later, and one that was updated no
  later: a window of dates would have lost these first;
- no later export of the source, of whatever format, holds the item.

What became of such an item, nobody says: it was deleted, moved, or lost the label by which it was
exported. Its state stays as it was last seen.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import CLOSED, among
from pmanalytics.tables import conform
from pmanalytics.trackers import FileTables

__all__ = ["LISTED", "disappearances"]

LISTED: Final = "listed"
SHARE: Final = 0.5


def disappearances(copies: pd.DataFrame, parts: Sequence[FileTables]) -> pd.DataFrame:
    """When items were first missing from exports that should have held them.

    `copies` are the items of all files, with the number of the file in `_file`. Returns the table
    events, field being listed, at the day of the export that first lacked the item.
    """
    dated = [number for number, part in enumerate(parts) if _dated(part)]
    found = list(_gone(copies, parts, sorted(dated, key=lambda n: parts[n].observed_at)))
    told = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    return conform(told, "events")


def _dated(part: FileTables) -> bool:
    return "items" in part.tables and pd.notna(part.observed_at)


def _gone(
    copies: pd.DataFrame, parts: Sequence[FileTables], order: Sequence[int]
) -> Iterator[pd.DataFrame]:
    """The items of each file that are gone from the next one that is comparable with it."""
    if len({parts[number].source for number in order}) == len(order):
        return
    file = copies["_file"].to_numpy()
    for number in order:
        part = parts[number]
        later = [n for n in order if _follows(parts[n], part)]
        held = copies[file == number]
        left = copies[np.isin(file, later)]
        missing = held[~among(held["item_id"], left["item_id"])]
        if missing.empty:
            continue
        for following in (n for n in later if parts[n].format == part.format):
            there = copies[file == following]
            if _comparable(held, there):
                gone = missing[_within(missing, held[among(held["item_id"], there["item_id"])])]
                at = parts[following].observed_at
                subject = gone["item_id"].drop_duplicates()
                yield pd.DataFrame(
                    {"subject": subject, "at": at, "field": LISTED, "before": LISTED}
                )
                break


def _follows(later: FileTables, earlier: FileTables) -> bool:
    return bool(later.source == earlier.source and later.observed_at > earlier.observed_at)


def _comparable(held: pd.DataFrame, there: pd.DataFrame) -> bool:
    """Whether an export is made like an earlier one, and holds what is closed."""
    share = among(held["item_id"], there["item_id"]).mean()
    return bool(share >= SHARE and there["state"].isin(CLOSED).any())


def _within(missing: pd.DataFrame, kept: pd.DataFrame) -> np.ndarray:
    """Which missing items lie within the dates that the later export kept of the earlier one."""
    within = np.ones(len(missing), dtype=bool)
    for column in ("created_at", "updated_at"):
        within &= (missing[column] >= kept[column].min()).to_numpy(dtype=bool)
    return within
