"""Gaps over time: each period as known at its end, and how well that is known."""

from collections.abc import Callable

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.words import GAPS

Build = Callable[..., Dataset]


@pytest.fixture
def organisation(dataset: Build) -> Dataset:
    """Two items without an owner from February on; one got its team in May, one was done in May."""
    created = {"created_at": "2026-02-03T10:00Z", "key": "x-1"}
    latest = {"observed_at": "2026-07-05T10:00Z", **created}
    items = [
        {"item_id": "x:1", "state": "open", "team": "core", **latest},
        {"item_id": "x:2", "state": "done", "closed_at": "2026-05-10T10:00Z", **latest},
        {"item_id": "x:3", "state": "open", "team": "core", **latest},
    ]
    # The export of 30 March said that x:1 had no team; of x:3 no older copy was read.
    older = [{"item_id": "x:1", "state": "open", "observed_at": "2026-03-30T10:00Z", **created}]
    teams = [{"team": "core", "project": "x"}]
    return dataset(items=items, observations=older, teams=teams)


def test_each_period_is_as_known_at_its_end(organisation: Dataset) -> None:
    table = pma.gap_trend(organisation, as_of="2026-07-10").set_index("period")
    assert table.index.tolist() == ["2026Q1", "2026Q2", "2026Q3"]
    assert table["items"].tolist() == [3, 2, 2]
    # In March x:1 and x:2 had no team; x:3 is as the later export describes it.
    # In June the copy of March is still the one that is known of x:1.
    assert table["no_owner"].tolist() == [2, 1, 0]
    assert table["with_gap"].tolist() == [2, 1, 0]
    assert table["described"].tolist() == [1, 1, 2]


def test_the_last_row_is_that_of_the_as_of_date(q3: pma.Snapshot, sample: Dataset) -> None:
    table = pma.gap_trend(sample, as_of=q3.as_of, periods=1)
    now = pma.gap_rates(q3)
    now = now[now["population"] == "open"].iloc[0]
    shared = ["items", "with_gap", "rate", "low", "high", *GAPS]
    assert table.iloc[0][shared].tolist() == now[shared].tolist()


def test_the_number_and_the_kind_of_periods_can_be_chosen(organisation: Dataset) -> None:
    months = pma.gap_trend(organisation, as_of="2026-07-10", kind="month", periods=3)
    assert months["period"].tolist() == ["2026-05", "2026-06", "2026-07"]


def test_no_items_give_the_same_columns(dataset: Build, organisation: Dataset) -> None:
    empty = pma.gap_trend(dataset(), as_of="2026-07-10")
    assert empty.empty
    pd.testing.assert_series_equal(
        empty.dtypes, pma.gap_trend(organisation, as_of="2026-07-10").dtypes
    )


def test_less_than_one_period_is_refused(organisation: Dataset) -> None:
    with pytest.raises(UsageError, match="0 periods shows nothing"):
        pma.gap_trend(organisation, as_of="2026-07-10", periods=0)
