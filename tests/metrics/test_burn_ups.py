"""The burn-up of what fell due, counted by hand."""

from collections.abc import Callable

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.snapshots import Snapshot

Build = Callable[..., Dataset]


@pytest.fixture
def march(dataset: Build) -> Dataset:
    """Items of Sev-1 incidents, which are due 15 days after the incident."""
    # item: day of the incident in 2026, state, day of closing
    told = {
        "early": ("02-20", "done", "02-25"),  # due 7 March, done before the month
        "met": ("02-25", "done", "03-10"),  # due 12 March
        "late": ("02-25", "done", "04-02"),  # due 12 March, done after the month
        "dropped": ("03-01", "dropped", "03-05"),  # due 16 March
        "open": ("03-10", "open", None),  # due 25 March
        "undated": ("03-10", "done", None),  # cannot be judged
        "next": ("03-20", "done", "03-22"),  # due 4 April
    }
    incidents, items = [], []
    for name, (began, state, closed) in told.items():
        day = f"2026-{began}T10:00Z"
        incidents.append(
            {"incident_id": name, "severity": "sev1", "started_at": day, "resolved_at": day}
        )
        item = {"item_id": f"x:{name}", "incident_id": name, "state": state, "created_at": day}
        items.append({**item, "closed_at": f"2026-{closed}T10:00Z" if closed else None})
    return dataset(items=items, incidents=incidents)


def on(table: pd.DataFrame, day: str) -> list[object]:
    return table.set_index("on_day").loc[pd.Timestamp(day), ["due", "done", "dropped"]].tolist()


def test_each_day_counts_what_fell_due_and_what_was_closed_by_then(march: Dataset) -> None:
    table = pma.due_burn_up(pma.snapshot(march, as_of="2026-04-20", period="2026-03"))
    assert len(table) == 31
    # Done before the month began: counted on its first day.
    assert on(table, "2026-03-01") == [0, 1, 0]
    assert on(table, "2026-03-06") == [0, 1, 1]
    assert on(table, "2026-03-07") == [1, 1, 1]
    assert on(table, "2026-03-11") == [1, 2, 1]
    assert on(table, "2026-03-12") == [3, 2, 1]
    # The late one was done in April, the undated one is nowhere, the next one falls due in April.
    assert on(table, "2026-03-31") == [5, 2, 1]


def test_days_after_the_as_of_date_have_no_done(march: Dataset) -> None:
    table = pma.due_burn_up(pma.snapshot(march, as_of="2026-03-12", period="2026-03"))
    assert on(table, "2026-03-12") == [3, 2, 1]
    after = table[table["on_day"] > "2026-03-12"]
    assert after[["done", "dropped"]].isna().all(axis=None)
    # What falls due later is known.
    assert after["due"].iloc[-1] == 5


def test_without_a_period_it_goes_from_the_first_due_day_to_the_as_of_date(march: Dataset) -> None:
    table = pma.due_burn_up(pma.snapshot(march, as_of="2026-04-20"))
    assert table["on_day"].iloc[[0, -1]].tolist() == [
        pd.Timestamp("2026-03-07"),
        pd.Timestamp("2026-04-20"),
    ]
    assert on(table, "2026-04-20") == [6, 4, 1]


def test_nothing_due_gives_no_row(march: Dataset) -> None:
    assert pma.due_burn_up(pma.snapshot(march, as_of="2026-04-20", period="2025Q1")).empty


@pytest.mark.parametrize("by", ["severity", ["team", "kind"]])
def test_groups_add_up_and_never_fall(q3: Snapshot, by: str | list[str]) -> None:
    whole, groups = pma.due_burn_up(q3), pma.due_burn_up(q3, by=by)
    added = groups.groupby("on_day")[["due", "done", "dropped"]].sum()
    assert added.to_numpy().tolist() == whole[["due", "done", "dropped"]].to_numpy().tolist()
    keys = [by] if isinstance(by, str) else by
    steps = groups.groupby(keys, dropna=False)[["due", "done", "dropped"]].diff().dropna()
    assert (steps >= 0).all(axis=None)


def test_at_the_end_of_a_period_that_is_over_it_agrees_with_attainment(q3: Snapshot) -> None:
    last, kept = pma.due_burn_up(q3).iloc[-1], pma.attainment(q3).iloc[0]
    assert last["due"] == kept["due"] + kept["dropped_in_time"]
    assert last["due"] - last["done"] - last["dropped"] >= kept["overdue"]
