"""Speed: open items count, and dropped ones compete."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.statistics import DONE, DROPPED, OPEN, incidence_at, kaplan_meier, life_table

Build = Callable[..., Dataset]
ZERO = pd.Timestamp("2026-01-01T10:00Z")


def timed(dataset: Build, codes: list[tuple[int, str]], *, as_of_day: int) -> pma.Snapshot:
    """Items of one incident that ended on given days, as of a day counted from the incident."""
    items = [
        {
            "item_id": f"x:{n}",
            "incident_id": "A",
            "state": state,
            "closed_at": None if state == "open" else ZERO + pd.Timedelta(days=day),
        }
        for n, (day, state) in enumerate(codes)
    ]
    incident = {"incident_id": "A", "severity": "sev1", "started_at": ZERO, "resolved_at": ZERO}
    as_of = (ZERO + pd.Timedelta(days=as_of_day)).date()
    return pma.snapshot(dataset(items=items, incidents=[incident]), as_of=as_of)


def test_dropped_items_compete(dataset: Build) -> None:
    """W02 (B5): 3 done on day 5, 4 dropped on 7, 2 done on 10, 1 open to day 40: 50 % done by 15."""
    codes = [(5, "done")] * 3 + [(7, "dropped")] * 4 + [(10, "done")] * 2 + [(0, "open")]
    row = pma.speed(timed(dataset, codes, as_of_day=40)).iloc[0]
    assert (row["n"], row["done"], row["dropped"], row["open"]) == (10, 5, 4, 1)
    assert row["done_by_15"] == pytest.approx(0.5)
    assert row["median_days"] == 10
    # By hand: S is 1 for 5 days, .7 for 2, .3 for 3, .1 for 30, so 5 + 1.4 + .9 + 3 = 10.3 within
    # 40 days; within 90 it is not known.
    assert pd.isna(row["rmst_90"])
    assert pd.isna(row["done_by_90"])
    curve = pma.completion_curve(timed(dataset, codes, as_of_day=40))
    at_15 = curve[curve["day"] <= 15].groupby("outcome")["cumulative_incidence"].last()
    assert at_15.to_dict() == pytest.approx({"done": 0.5, "dropped": 0.4})


def test_open_items_are_censored_not_left_out(dataset: Build) -> None:
    """Trap 1 and 2: neither dropped from the figure, nor finished today."""
    # Two done on day 4, six open for 30 days: a quarter done, not all of them.
    codes = [(4, "done")] * 2 + [(0, "open")] * 6
    row = pma.speed(timed(dataset, codes, as_of_day=30)).iloc[0]
    assert row["done_by_30"] == pytest.approx(0.25)
    assert pd.isna(row["median_days"])


def test_share_done_by_each_items_own_target(dataset: Build) -> None:
    """With full follow-up and nothing dropped it is the share that was met."""
    codes = [(10, "done")] * 3 + [(16, "done")] + [(0, "open")]
    snapshot = timed(dataset, codes, as_of_day=60)
    row = pma.speed(snapshot).iloc[0]
    assert row["done_by_target"] == pytest.approx(3 / 5)
    assert row["done_by_target"] == pytest.approx(pma.attainment(snapshot)["attainment"].iloc[0])


def test_items_closed_without_a_date_stay_out(dataset: Build) -> None:
    snapshot = timed(dataset, [(4, "done"), (0, "open")], as_of_day=30)
    undated = timed(dataset, [(4, "done"), (0, "open")], as_of_day=30)
    undated.items.loc[0, "closed_on"] = pd.NaT
    assert pma.speed(snapshot)["n"].iloc[0] == 2
    assert pma.speed(undated)["n"].iloc[0] == 1


def test_delayed_entry(dataset: Build, reference: Callable[[str], dict[str, Any]]) -> None:
    """W10: at risk when entry <= t <= end, tickets entering when they were created."""
    case = reference("W10")
    given, expected = case["inputs"], case["expected"]
    state = [("open", "done", "dropped")[code] for code in given["code"]]
    data = timed(dataset, list(zip(given["time"], state, strict=True)), as_of_day=20)
    items = data.items.assign(
        key=data.items["item_id"],
        created_at=ZERO + pd.to_timedelta(pd.Series(given["entry"]), unit="D"),
        days=pd.Series(given["time"], dtype="Int64"),
    )
    curve = pma.completion_curve(replace(data, items=items), entry="created")
    for outcome, name in (("done", "F_done"), ("dropped", "F_cancel")):
        rows = curve[curve["outcome"] == outcome].set_index("day").loc[expected["t"]]
        assert rows["cumulative_incidence"].tolist() == pytest.approx(expected[name])
        assert rows["at_risk"].tolist() == expected["n_at_risk"]
    # Lines of documents are at risk from the start, so that this is the usual curve.
    lines = replace(data, items=items.assign(key=pd.Series([None] * 6, dtype="str")))
    pd.testing.assert_frame_equal(
        pma.completion_curve(lines, entry="created"), pma.completion_curve(lines)
    )
    with pytest.raises(UsageError, match="use 'clock' or 'created'"):
        pma.speed(data, entry="ticket")  # type: ignore[arg-type]


@given(days=st.lists(st.integers(0, 80), min_size=1, max_size=25))
@settings(max_examples=15)
def test_with_full_follow_up_and_nothing_dropped_speed_is_attainment(
    dataset: Build, days: list[int]
) -> None:
    """Everybody was followed for 60 days: the share done by the due day is the share met."""
    codes = [(day, "done") if day <= 60 else (0, "open") for day in days]
    snapshot = timed(dataset, codes, as_of_day=60)
    met = pma.attainment(snapshot)["attainment"].item()
    row = pma.speed(snapshot).iloc[0]
    assert row["done_by_15"] == pytest.approx(met)
    assert row["done_by_target"] == pytest.approx(met)
    assert met == pytest.approx(np.mean([day <= 15 for day in days]))


@given(
    codes=st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(["done", "dropped", "open"])),
        min_size=1,
        max_size=25,
    )
)
@settings(max_examples=15)
def test_done_dropped_and_open_are_everything(dataset: Build, codes: list[tuple[int, str]]) -> None:
    snapshot = timed(dataset, codes, as_of_day=60)
    table = pma.completion_curve(snapshot).set_index(["outcome", "day"])
    done, dropped = (table["cumulative_incidence"][word] for word in ("done", "dropped"))
    words = {"done": DONE, "dropped": DROPPED, "open": OPEN}
    # What is open was last seen on the as-of date.
    ends = [(60 if word == "open" else day, words[word]) for day, word in codes]
    still_open = incidence_at(kaplan_meier(life_table(*zip(*ends, strict=True))), done.index)
    np.testing.assert_allclose(done + dropped + still_open, 1)
