"""Kin: items that concern each other though they may lie in different parts of a store.

Items are kin that may be one piece of work (twins of one incident and title, and duplicates), lines
of documents with the tickets that they name, and items that a decision names, because a key may
name several. They are counted together, as further parts, and left out of all others. A few
items too many do no harm; one too few would be counted twice.

What finds them takes memory for the names of the kin, and for a small share of the rest: each part
writes the marks of its items to a file, and marks are compared in ranges of all files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import feather

from pmanalytics.changes import among
from pmanalytics.counting.lots import kin_parts, lots_of, one_part
from pmanalytics.counting.parts import Each, Whole, read_part
from pmanalytics.datasets import Dataset
from pmanalytics.decisions import OF_ITEMS
from pmanalytics.documents import called, concerned_tickets
from pmanalytics.store.layout import buckets_of
from pmanalytics.store.parts import Selection
from pmanalytics.tables import conform, empty
from pmanalytics.twins import work_marks

__all__ = ["Kin", "find_kin"]

# Marks are compared in ranges of their highest bits.
RANGES: Final = 64
# Of kin in a lot: a lot costs time of its own, so that a few are not divided.
FEWEST: Final = 50_000
UNKNOWN: Final = "unknown"  # duplicate_of, where nobody says of what
_EDGES: Final = np.arange(1, RANGES, dtype=np.uint64) << np.uint64(58)
COMMON: Final = ""  # what all items of documents and decisions concern, and no item's name
_RELATED: Final = {"item_id": "str", "other": "str"}


@dataclass(frozen=True, eq=False)
class Kin:
    """What all parts together know.

    `parts` are those of which each item is in exactly one; the kin come first. `derived` are the
    incidents that labels made, `items` says how many items each file gives, and `created` when the
    first item of each part was created, missing where an item has no such date.
    """

    parts: tuple[Selection, ...]
    derived: pd.DataFrame
    items: np.ndarray
    created: pd.Series


@dataclass(frozen=True, eq=False)
class _Clues:
    """What one part says of its items: the file of their marks, and kin that it knows itself."""

    file: Path
    starts: np.ndarray  # of each range in the file
    related: pd.DataFrame
    items: np.ndarray
    created: pd.Series


def find_kin(whole: Whole, *, each: Each, folder: Path) -> Kin:
    """Find the kin among all items of a store, part by part.

    Files for the time being lie in `folder`, those of which the kin are read among them. Raises
    InputError when the store is damaged.
    """
    buckets, filled = whole.store.buckets, whole.filled
    alone = [Selection((bucket,)) for bucket in filled]
    documented = _documented(whole, alone, each)
    together = _by_bucket(documented, buckets)
    parts = [*one_part(together), *_others(filled, together)]
    derived = empty("incidents")
    if whole.tables["incidents"]["_file"].isin(whole.documents).all():
        made = pd.concat(each(_made_by_labels, parts))
        derived = conform(made.drop_duplicates("incident_id"), "incidents")
    clues = list(each(partial(_clues, derived=derived, folder=folder), parts))
    items = np.sum([clue.items for clue in clues], axis=0)
    most = max(int(items.sum()) // len(filled), FEWEST)
    lots = lots_of(_all_related(documented, clues), most=most).drop(COMMON, errors="ignore")
    together = _by_bucket(lots.index.to_series(), buckets)
    return Kin(
        parts=(
            *kin_parts(together, lots, each=each, folder=folder),
            *_others(filled, together),
        ),
        derived=derived,
        items=items,
        created=pd.concat([clue.created for clue in clues], ignore_index=True),
    )


def _others(filled: Sequence[int], together: dict[int, pa.Array]) -> list[Selection]:
    """The parts of all that are not together, one for each bucket."""
    return [
        Selection((bucket,), {bucket: together[bucket]} if bucket in together else {})
        for bucket in filled
    ]


def _by_bucket(names: pd.Series, buckets: int) -> dict[int, pa.Array]:
    names = names.drop_duplicates()
    of_bucket = names.groupby(buckets_of(names, buckets))
    return {int(bucket): pa.array(own.to_list(), pa.string()) for bucket, own in of_bucket}


def _names(names: pa.Array | pa.ChunkedArray) -> pd.Series:
    return pd.Series(names.to_pylist(), dtype="str")


def _documented(whole: Whole, alone: Sequence[Selection], each: Each) -> pd.Series:
    """The items of documents, and the tickets that decide what these mean by their names."""
    every = Selection(whole.filled)
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


def _related(data: Dataset, copies: pd.DataFrame) -> pd.DataFrame:
    """The duplicates of items that may be known with these, and what decisions may be about."""
    other = copies["duplicate_of"]
    twofold = copies[(other.notna() & other.ne(UNKNOWN)).to_numpy(dtype=bool)]
    of_items = data.decisions["kind"].isin(OF_ITEMS).to_numpy(dtype=bool)
    subjects = data.decisions.loc[of_items, "subject"]
    decided = among(copies["item_id"], subjects) | among(copies["key"], subjects)
    pairs = twofold[["item_id", "duplicate_of"]].rename(columns={"duplicate_of": "other"})
    return pd.concat([pairs, _in_common(copies.loc[decided, "item_id"])]).drop_duplicates()


def _in_common(names: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"item_id": names, "other": COMMON}).astype(_RELATED)


def _all_related(documented: pd.Series, clues: Sequence[_Clues]) -> pd.DataFrame:
    """All pairs of items that concern each other, each item of several with the first of them."""
    marked = pd.concat(_with_marks(clues, _repeated(clues)), ignore_index=True)
    twins = marked.assign(other=marked.groupby("mark")["item_id"].transform("first"))
    related = [_in_common(documented), *(clue.related for clue in clues), twins]
    return pd.concat(related, ignore_index=True)[list(_RELATED)].astype(_RELATED)


def _marks_of(file: Path) -> Path:
    return file.with_suffix(".marks")


def _repeated(clues: Sequence[_Clues]) -> np.ndarray:
    """The marks that several items have, in order, found range by range."""
    found = [np.empty(0, dtype=np.uint64)]
    for number in range(RANGES):
        marks = np.sort(np.concatenate([_range(clue, number) for clue in clues]))
        found.append(np.unique(marks[1:][marks[1:] == marks[:-1]]))
    return np.concatenate(found)


def _range(clue: _Clues, number: int) -> np.ndarray:
    start, end = clue.starts[number : number + 2]
    file, size = _marks_of(clue.file), np.dtype(np.uint64).itemsize
    return np.fromfile(file, dtype=np.uint64, count=end - start, offset=start * size)


def _with_marks(clues: Sequence[_Clues], repeated: np.ndarray) -> Iterator[pd.DataFrame]:
    """The items that have one of some marks (item_id, mark), part by part."""
    yield pd.DataFrame({"item_id": pd.array([], "str"), "mark": np.empty(0, np.uint64)})
    for clue in clues:
        marks = np.fromfile(_marks_of(clue.file), dtype=np.uint64)
        place = np.searchsorted(repeated, marks)
        has = np.append(repeated, np.uint64(0))[place] == marks
        has &= place < len(repeated)
        if has.any():
            names = feather.read_table(clue.file, memory_map=False)["item_id"]
            yield pd.DataFrame({"item_id": _names(names.filter(pa.array(has))), "mark": marks[has]})
