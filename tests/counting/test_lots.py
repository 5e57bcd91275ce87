"""Kin in several lots: what is connected stays together, and every item is read once."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.counting import kin
from pmanalytics.counting.lots import lots_of
from pmanalytics.counting.parts import Whole, read_part, read_whole
from pmanalytics.store.parts import Selection

# b is the duplicate of a, and c of b; d and e are one piece of work; f concerns nobody but itself.
ITEMS = """item_id,key,title,incident_id,state,duplicate_of,created_at
x:a,a,First,INC-1,open,,2026-01-11T10:00Z
x:b,b,Second,INC-1,dropped,x:a,2026-01-11T10:00Z
x:c,c,Third,INC-1,dropped,x:b,2026-01-11T10:00Z
x:d,d,Fourth,INC-1,open,,2026-01-11T10:00Z
x:e,e,FOURTH!,INC-1,done,,2026-01-11T10:00Z
x:f,f,Fifth,INC-1,open,,2026-01-11T10:00Z
"""


def each(whole: Whole) -> Callable[..., Iterator[Any]]:
    def call(task: Callable[..., Any], parts: Iterable[Any]) -> Iterator[Any]:
        return (task(whole, part) for part in parts)

    return call


def whole_store(folder: Path, *, buckets: int) -> Whole:
    (folder / "items.csv").write_text(ITEMS)
    pma.ingest(folder / "store", folder / "items.csv", buckets=buckets)
    return read_whole(folder / "store")


@pytest.mark.parametrize("buckets", [1, 4])
@pytest.mark.parametrize(
    ("fewest", "expected"),
    [
        # A lot is as large as its groups ask for, and every item without kin is in no lot.
        (1, [{"x:a", "x:b", "x:c"}, {"x:d", "x:e"}]),
        (3, [{"x:a", "x:b", "x:c"}, {"x:d", "x:e"}]),
        (4, [{"x:a", "x:b", "x:c", "x:d", "x:e"}]),
    ],
)
def test_kin_are_read_in_lots_and_every_item_once(
    buckets: int, fewest: int, expected: list[set[str]], tmp_path: Path
) -> None:
    whole = whole_store(tmp_path, buckets=buckets)
    # One bucket has six items on average, so that a lot of one bucket holds all.
    expected = expected if buckets > 1 else [set().union(*expected)]
    (tmp_path / "aside").mkdir()
    with patch.object(kin, "FEWEST", fewest):
        found = kin.find_kin(whole, each=each(whole), folder=tmp_path / "aside")
    read = [set(read_part(whole, part).items["item_id"]) for part in found.parts]
    lots = read[: len(read) - buckets]
    assert sorted(map(sorted, lots)) == sorted(map(sorted, expected))
    assert sorted(name for part in read for name in part) == [f"x:{name}" for name in "abcdef"]


def test_a_lot_has_what_it_was_asked_for_and_what_that_is_connected_with() -> None:
    # Four pairs and a chain of three: lots of four take two pairs each, the last one the chain.
    pairs = [("a1", "a2"), ("b1", "b2"), ("c1", "c2"), ("d1", "d2"), ("e1", "e2"), ("f", "e1")]
    lots = lots_of(pd.DataFrame(pairs, columns=["item_id", "other"]), most=4)
    together = lots.groupby(lots).groups
    assert [sorted(names) for names in together.values()] == [
        ["a1", "a2", "b1", "b2"],
        ["c1", "c2", "d1", "d2"],
        ["e1", "e2", "f"],
    ]


def test_a_group_larger_than_a_lot_stays_whole() -> None:
    pairs = [(f"x{number}", "x0") for number in range(1, 10)] + [("y", "z")]
    lots = lots_of(pd.DataFrame(pairs, columns=["item_id", "other"]), most=2)
    assert lots[[f"x{number}" for number in range(10)]].unique().tolist() == [0]
    assert lots[["y", "z"]].tolist() == [1, 1]


def test_few_rows_of_many_parts_lie_together(tmp_path: Path) -> None:
    # Each piece of a table takes memory of its own, and 50,000 parts once took 2 GB.
    whole = whole_store(tmp_path, buckets=4)
    every = Selection(tuple(range(4)))
    rows = whole.plain_rows("items", every, frozenset(whole.ledgers))
    assert rows is not None
    assert len(list((tmp_path / "store" / "items").rglob("*.parquet"))) > 1
    assert (rows.num_rows, rows["item_id"].num_chunks) == (6, 1)
