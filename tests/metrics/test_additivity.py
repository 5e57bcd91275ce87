"""Additive metrics: parts of the data, counted apart, give the tables of the whole to the letter.

This is how data too large for one process are measured. Parts may split anything but an item.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.metrics import ADDITIVE
from pmanalytics.metrics.additive import COUNT, Counts, add_counts, context_of
from pmanalytics.snapshots import Snapshot
from tests.benchmarks.worlds import large_dataset

DAY: dict[str, Any] = {"as_of": "2026-10-12", "period": "2026Q3"}
OPTIONS = {
    "attainment": [{}, {"interval": "cluster"}],
    "speed": [{}, {"entry": "created"}],
    "completion_curve": [{}, {"entry": "created"}],
}
ASKED = [(name, options) for name in ADDITIVE for options in OPTIONS.get(name, [{}])]
# Nothing, text, two columns, a day, a moment, a flag, a whole number, and names of our own columns.
GROUPS = [
    [], ["team"], ["severity", "kind"], ["policy"], ["waived"], ["target_days"],
    ["planned", "standing"],
]  # fmt: skip
# As many groups as days, moments and items; curves of each of these cost much and show no more.
MANY_GROUPS = [["due_on"], ["created_at"], ["item_id"]]
CURVES = ("speed", "completion_curve")


def test_these_metrics_are_additive() -> None:
    assert list(ADDITIVE) == [
        *("standings", "attainment", "speed", "completion_curve", "backlog", "flow"),
        *("gap_rates", "discoverability", "findable"),
    ]


def counts_of(name: str, part: Snapshot, by: list[str], options: dict[str, Any]) -> Counts:
    return ADDITIVE[name].counts(part, by, **options)


def assert_adds_up(
    asked: tuple[str, dict[str, Any]], whole: Snapshot, parts: Sequence[Snapshot], by: list[str]
) -> None:
    """The table of the sum is that of the whole, whether it is summed at once or bit by bit."""
    name, options = asked
    counts = [counts_of(name, part, by, options) for part in parts]
    bit_by_bit = counts[-1]
    for more in counts[-2::-1]:
        bit_by_bit = add_counts([more, bit_by_bit])
    expected = getattr(pma, name)(whole, by=by, **options)
    for total in (add_counts(counts), bit_by_bit):
        found = ADDITIVE[name].table(total, by, context_of(parts[0]))
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


def divided(whole: Snapshot, number: np.ndarray) -> list[Snapshot]:
    return [
        whole.where(pd.Series(number == part, index=whole.items.index))
        for part in range(number.max() + 2)  # the last one is empty
    ]


@pytest.fixture(scope="module")
def apart(sample: Dataset) -> tuple[Snapshot, list[Snapshot]]:
    """The sample, and five snapshots of datasets of their own, each of some of its items.

    They hold what a part of a store holds: all of the incidents, registry and decisions, and all
    that is told of their own items. The last one has no items.
    """
    single = _unmerged(sample)
    number = dict(zip(single.items["item_id"], np.arange(len(single.items)) % 4, strict=True))
    return pma.snapshot(single, **DAY), [
        pma.snapshot(_part(single, lambda ids, part=part: ids.map(number).eq(part)), **DAY)
        for part in range(5)
    ]


def _unmerged(data: Dataset) -> Dataset:
    """A dataset without the items that live on in another one, which parts must not split."""
    gone = set(data.items["item_id"]) - set(pma.snapshot(data, **DAY).items["item_id"])
    merged = pma.snapshot(data, **DAY).merged
    kin = gone | set(merged) | set(merged.values())
    return _part(data, lambda ids: ~ids.isin(kin))


def _part(data: Dataset, chosen: Callable[[pd.Series], pd.Series]) -> Dataset:
    frames = {}
    for name, column in (("items", "item_id"), ("observations", "item_id"), ("events", "subject")):
        frame = getattr(data, name)
        frames[name] = frame[chosen(frame[column]).to_numpy(dtype=bool)].reset_index(drop=True)
    return replace(data, **frames)


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("by", GROUPS, ids=str)
def test_parts_that_are_read_apart_add_up(
    apart: tuple[Snapshot, list[Snapshot]], by: list[str], asked: tuple[str, dict[str, Any]]
) -> None:
    whole, parts = apart
    assert sum(len(part.items) for part in parts) == len(whole.items) > 300
    assert [bool(len(part.items)) for part in parts] == [True] * 4 + [False]
    assert_adds_up(asked, whole, parts, by)


@pytest.mark.parametrize("asked", [asked for asked in ASKED if asked[0] not in CURVES], ids=str)
@pytest.mark.parametrize("by", MANY_GROUPS, ids=str)
def test_many_small_groups_add_up(
    apart: tuple[Snapshot, list[Snapshot]], by: list[str], asked: tuple[str, dict[str, Any]]
) -> None:
    assert_adds_up(asked, *apart, by)


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_any_split_adds_up_in_any_order(q3: Snapshot, data: st.DataObject) -> None:
    asked = data.draw(st.sampled_from(ASKED))
    by = data.draw(st.sampled_from(GROUPS))
    dice = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    # By value, whole groups are missing in a part; by chance, all groups are torn.
    column = data.draw(st.sampled_from([None, "team", "created_period", "standing"]))
    number = dice.integers(0, data.draw(st.integers(1, 5)), len(q3.items))
    if column:
        number = pd.factorize(q3.items[column], use_na_sentinel=False)[0]
    parts = divided(q3, number)
    dice.shuffle(parts)
    assert_adds_up(asked, q3, parts, by)


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_large_data_add_up(invented: Snapshot, asked: tuple[str, dict[str, Any]]) -> None:
    number = np.random.default_rng(5).integers(0, 7, len(invented.items))
    assert_adds_up(asked, invented, divided(invented, number), ["team"])


@pytest.fixture(scope="module")
def invented() -> Snapshot:
    """Five thousand items of 250 incidents, in weeks, so that parts split every incident."""
    return pma.snapshot(large_dataset(5_000), as_of="2026-10-12", period="2026-W30")


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_counts_of_nothing_have_the_columns_and_types_of_counts(
    q3: Snapshot, asked: tuple[str, dict[str, Any]]
) -> None:
    name, options = asked
    for by in GROUPS:
        some, none = (
            counts_of(name, part, by, options)
            for part in (q3, q3.where(pd.Series(data=False, index=q3.items.index)))
        )
        assert list(some) == list(none)
        for frame in some:
            pd.testing.assert_series_equal(some[frame].dtypes, none[frame].dtypes)
            assert str(some[frame].dtypes[COUNT]) == "int64"
            keys = some[frame].drop(columns=COUNT)
            assert not keys.duplicated().any() if keys.shape[1] else len(some[frame]) == 1


def test_the_parts_are_not_all_alike(apart: tuple[Snapshot, list[Snapshot]]) -> None:
    shares = [pma.attainment(part)["attainment"].item() for part in apart[1][:4]]
    assert np.ptp(shares) > 0.01
