"""Lots: kin divided into groups that concern each other, and set aside for reading.

What concerns each other is counted together, yet a store may have more of it than memory holds.
Groups that nothing connects need not be in memory at once: they are put into lots of about as many
items as a bucket has. As the rows of a lot lie in all buckets, one pass over the store sets them
aside in files of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pmanalytics.counting.parts import Each, Whole
from pmanalytics.store.layout import BUCKETED
from pmanalytics.store.parts import Selection, keep_aside

__all__ = ["kin_parts", "lots_of", "one_part"]


@dataclass(frozen=True, eq=False)
class _Divided:
    """The kin of one bucket: which they are, the lot of each, and where the lots are set aside."""

    kin: Selection
    lots: np.ndarray
    folders: Mapping[int, Path]


def lots_of(pairs: pd.DataFrame, *, most: int) -> pd.Series:
    """The number of the lot of every item, by its name.

    Takes pairs of items that concern each other (item_id, other). Items that pairs connect, over
    any number of steps, are in one lot. A lot has `most` items, and those that the last ones of
    them are connected with.

    Examples:
        >>> pairs = pd.DataFrame({"item_id": ["a", "c", "d"], "other": ["b", "b", "e"]})
        >>> lots_of(pairs, most=2).to_dict()
        {'a': 0, 'c': 0, 'd': 1, 'b': 0, 'e': 1}
    """
    if pairs.empty:
        return pd.Series(index=pd.Index([], dtype="str"), dtype="int64")
    code, names = pd.factorize(pd.concat([pairs["item_id"], pairs["other"]], ignore_index=True))
    edges = coo_array((np.ones(len(pairs), np.int8), tuple(np.split(code, 2))), (len(names),) * 2)
    group = connected_components(edges, directed=False)[1]
    size = np.bincount(group)
    _, lot = np.unique((np.cumsum(size) - size) // most, return_inverse=True)
    return pd.Series(lot[group], index=names)


def one_part(together: Mapping[int, pa.Array]) -> list[Selection]:
    """The part of all items that are named by their bucket, if there are any."""
    return [Selection(tuple(together), together, only=True)] if together else []


def kin_parts(
    together: Mapping[int, pa.Array], lots: pd.Series, *, each: Each, folder: Path
) -> list[Selection]:
    """The parts of the kin: one, or several that are set aside in a folder.

    `together` has the item_ids of the kin by their bucket, and `lots` the number of the lot of each
    item. Raises InputError when the store is damaged.
    """
    numbers = lots.unique()
    if len(numbers) < 2:
        return one_part(together)
    folders = {int(number): folder / f"lot-{number}" for number in sorted(numbers)}
    for place in folders.values():
        place.mkdir()
    divided = (
        _Divided(Selection((bucket,), {bucket: names}, only=True), _found(lots, names), folders)
        for bucket, names in together.items()
    )
    for _ in each(_set_aside, divided):
        pass
    return [Selection(aside=place) for place in folders.values()]


def _found(lots: pd.Series, names: pa.Array) -> np.ndarray:
    return lots.loc[names.to_pylist()].to_numpy(dtype=np.int64)


def _set_aside(whole: Whole, bucket: _Divided) -> None:
    """Write the rows of the kin of one bucket to the folders of their lots."""
    ((number, names),) = bucket.kin.named.items()
    for table, column in BUCKETED.items():
        rows = whole.plain_rows(table, bucket.kin, frozenset(whole.ledgers))
        if rows is None:
            continue
        lot = bucket.lots[pc.index_in(rows[column], value_set=names).to_numpy()]
        for each in np.unique(lot):
            keep_aside(rows.filter(pa.array(lot == each)), bucket.folders[each], table, number)
