"""Kin: items that concern each other though they may lie in different parts of a store.

Items are kin that may be one piece of work (twins of one incident and title, and duplicates), lines
of documents with the tickets that they name, and items that a decision names, because a key may
name several. They are counted together, as one further part, and left out of all others. A few
items too many do no harm; one too few would be counted twice.

What finds them takes memory for the kin, and for a small share of the rest: each part writes the
marks of its items to a file, and marks are compared in lots of all files.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import feather

from pmanalytics.changes import among
from pmanalytics.counting.parts import Whole, read_part
from pmanalytics.datasets import Dataset
from pmanalytics.decisions import OF_ITEMS
from pmanalytics.documents import called, concerned_tickets
from pmanalytics.store.layout import buckets_of
from pmanalytics.store.parts import Selection
from pmanalytics.tables import conform, empty
from pmanalytics.twins import work_marks

__all__ = ["Each", "Kin", "find_kin"]

# Marks are compared in lots by their highest bits.
LOTS: Final = 64
UNKNOWN: Final = "unknown"  # duplicate_of, where nobody says of what
_EDGES: Final = np.arange(1, LOTS, dtype=np.uint64) << np.uint64(58)

# How a function of a `Whole` and a part is called for many parts, in any order.
Each = Callable[[Callable[[Whole, Selection], Any], Iterable[Selection]], Iterator[Any]]


@dataclass(frozen=True, eq=False)
class Kin:
    """What all parts together know.

    `together` has the item_ids of the kin by their bucket and `derived` the incidents that labels
    made. `items` says how many items each file gives, and `created` when the first item of each
    part was created, missing where an item has no such date.
    """

    together: dict[int, pa.Array]
    derived: pd.DataFrame
    items: np.ndarray
    created: pd.Series

    def parts(self, buckets: int) -> list[Selection]:
        """The parts of which each item is in exactly one; the kin come first."""
        return _parts(buckets, self.together)


@dataclass(frozen=True, eq=False)
class _Clues:
    """What one part says of its items: the file of their marks, and kin that it knows itself."""

    file: Path
    starts: np.ndarray  # of each lot in the file
    related: pd.Series
    items: np.ndarray
    created: pd.Series


def find_kin(whole: Whole, *, each: Each, folder: Path) -> Kin:
    """Find the kin among all items of a store, part by part.

    Files for the time being lie in `folder`. Raises InputError when the store is damaged.
    """
    buckets = whole.store.buckets
    alone = [Selection((bucket,)) for bucket in range(buckets)]
    together = _by_bucket(_documented(whole, alone, each), buckets)
    derived = empty("incidents")
    if whole.tables["incidents"]["_file"].isin(whole.documents).all():
        made = pd.concat(each(_made_by_labels, _parts(buckets, together)))
        derived = conform(made.drop_duplicates("incident_id"), "incidents")
    task = partial(_clues, derived=derived, folder=folder)
    clues = list(each(task, _parts(buckets, together)))
    related = [clue.related for clue in clues]
    found = [*map(_names, together.values()), *related, *_with_marks(clues, _repeated(clues))]
    return Kin(
        together=_by_bucket(pd.concat(found, ignore_index=True), buckets),
        derived=derived,
        items=np.sum([clue.items for clue in clues], axis=0),
        created=pd.concat([clue.created for clue in clues], ignore_index=True),
    )


def _parts(buckets: int, together: dict[int, pa.Array]) -> list[Selection]:
    kin = [Selection(tuple(together), together, only=True)] if together else []
    others = [
        Selection((bucket,), {bucket: together[bucket]} if bucket in together else {})
        for bucket in range(buckets)
    ]
    return kin + others


def _by_bucket(names: pd.Series, buckets: int) -> dict[int, pa.Array]:
    names = names.drop_duplicates()
    of_bucket = names.groupby(buckets_of(names, buckets))
    return {int(bucket): pa.array(own.to_list(), pa.string()) for bucket, own in of_bucket}


def _names(names: pa.Array | pa.ChunkedArray) -> pd.Series:
    return pd.Series(names.to_pylist(), dtype="str")


def _documented(whole: Whole, alone: Sequence[Selection], each: Each) -> pd.Series:
    """The items of documents, and the tickets that decide what these mean by their names."""
    every = Selection(tuple(range(whole.store.buckets)))
    lines = whole.rows("items", every, whole.documents)
    if lines.empty:
        return lines["item_id"]
    tickets = each(partial(_concerned, names=called(lines)), alone)
    return pd.concat([lines["item_id"], *tickets], ignore_index=True)


def _concerned(whole: Whole, part: Selection, *, names: set[str]) -> pd.Series:
    tickets = whole.rows("items", part, frozenset(whole.ledgers) - whole.documents)
    return concerned_tickets(tickets, names)


def _made_by_labels(whole: Whole, part: Selection) -> pd.DataFrame:
    incidents = read_part(whole, part).incidents
    return incidents[incidents["derived"].fillna(value=False).to_numpy(dtype=bool)]


def _clues(whole: Whole, part: Selection, *, derived: pd.DataFrame, folder: Path) -> _Clues:
    data = read_part(whole, part, derived=derived)
    columns = ["item_id", "key", "incident_id", "title", "duplicate_of"]
    # What is known on the as-of date may be what an older copy said.
    copies = pd.concat([data.items[columns], data.observations[columns]], ignore_index=True)
    marks = work_marks(copies)
    marked = pd.DataFrame({"mark": marks, "item_id": copies["item_id"].iloc[marks.index].array})
    marked = marked.drop_duplicates() if len(data.observations) else marked
    marked = marked.sort_values("mark", ignore_index=True)
    file = folder / f"{part.buckets[0]}-{part.only}"
    feather.write_feather(pa.table({"item_id": marked["item_id"].array}), str(file))
    mark = marked["mark"].to_numpy()
    mark.tofile(_marks_of(file))
    return _Clues(
        file=file,
        starts=np.concatenate([[0], np.searchsorted(mark, _EDGES), [len(mark)]]),
        related=_related(data, copies),
        items=data.files["items"].to_numpy(dtype=np.int64),
        created=data.items["created_at"].sort_values(na_position="first").head(1),
    )


def _related(data: Dataset, copies: pd.DataFrame) -> pd.Series:
    """The duplicates of items that may be known, these items, and what decisions may be about."""
    other = copies["duplicate_of"]
    twofold = copies[(other.notna() & other.ne(UNKNOWN)).to_numpy(dtype=bool)]
    of_items = data.decisions["kind"].isin(OF_ITEMS).to_numpy(dtype=bool)
    subjects = data.decisions.loc[of_items, "subject"]
    decided = among(copies["item_id"], subjects) | among(copies["key"], subjects)
    related = [twofold["item_id"], twofold["duplicate_of"], copies.loc[decided, "item_id"]]
    return pd.concat(related, ignore_index=True).drop_duplicates()


def _marks_of(file: Path) -> Path:
    return file.with_suffix(".marks")


def _repeated(clues: Sequence[_Clues]) -> np.ndarray:
    """The marks that several items have, in order, found lot by lot."""
    found = [np.empty(0, dtype=np.uint64)]
    for lot in range(LOTS):
        marks = np.sort(np.concatenate([_lot(clue, lot) for clue in clues]))
        found.append(np.unique(marks[1:][marks[1:] == marks[:-1]]))
    return np.concatenate(found)


def _lot(clue: _Clues, lot: int) -> np.ndarray:
    start, end = clue.starts[lot : lot + 2]
    file, size = _marks_of(clue.file), np.dtype(np.uint64).itemsize
    return np.fromfile(file, dtype=np.uint64, count=end - start, offset=start * size)


def _with_marks(clues: Sequence[_Clues], repeated: np.ndarray) -> Iterator[pd.Series]:
    """The item_ids that have one of some marks, part by part."""
    for clue in clues:
        marks = np.fromfile(_marks_of(clue.file), dtype=np.uint64)
        place = np.searchsorted(repeated, marks)
        has = np.append(repeated, np.uint64(0))[place] == marks
        has &= place < len(repeated)
        if has.any():
            names = feather.read_table(clue.file, memory_map=False)["item_id"]
            yield _names(names.filter(pa.array(has)))
