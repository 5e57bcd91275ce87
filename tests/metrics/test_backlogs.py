"""Backlog and flow, counted by hand."""

from collections.abc import Callable

import pandas as pd

import pmanalytics as pma
from pmanalytics.datasets import Dataset

Build = Callable[..., Dataset]


def test_age_bands_begin_and_end_where_they_say(dataset: Build) -> None:
    ages = [0, 15, 16, 30, 31, 60, 61, 90, 91, 180, 181]
    as_of = pd.Timestamp("2026-07-01")
    incidents = [
        {"incident_id": str(age), "severity": "sev2", "started_at": day, "resolved_at": day}
        for age, day in ((age, (as_of - pd.Timedelta(days=age)).tz_localize("UTC")) for age in ages)
    ]
    items = [{"item_id": f"x:{a}", "incident_id": str(a), "state": "open"} for a in ages]
    items.append({"item_id": "x:none", "state": "open"})
    snapshot = pma.snapshot(dataset(items=items, incidents=incidents), as_of=as_of.date())
    table = pma.backlog(snapshot).set_index("age_band")
    assert table["items"].to_dict() == {
        "0-15": 2, "16-30": 2, "31-60": 2, "61-90": 2, "91-180": 2, ">180": 1, "unknown": 1,
    }  # fmt: skip
    # 30 days for a sev2: overdue from day 31 on.
    assert table["overdue"].tolist() == [0, 0, 2, 2, 2, 1, 0]


def test_flow_counts_each_coming_closing_and_reopening(dataset: Build) -> None:
    created = {"created_at": "2026-01-05T10:00Z"}
    items = [
        {"item_id": "x:1", "state": "done", "closed_at": "2026-05-01T10:00Z", **created},
        {"item_id": "x:2", "state": "dropped", "closed_at": "2026-02-01T10:00Z", **created},
        {"item_id": "x:3", "state": "open", **created},
        {"item_id": "x:4", "state": "done", **created},  # closed without a date: left out
        {"item_id": "x:5", "state": "open", "created_at": "2026-04-02T10:00Z"},
    ]
    # x:1 was closed in February, reopened in April and closed again in May.
    events = [
        {"subject": "x:1", "field": "state", "at": at, "after": after}
        for at, after in (
            ("2026-02-01T10:00Z", "done"),
            ("2026-04-01T10:00Z", "open"),
            ("2026-05-01T10:00Z", "done"),
        )
    ]
    snapshot = pma.snapshot(dataset(items=items, events=events), as_of="2026-07-10")
    table = pma.flow(snapshot).set_index("period")
    assert table.loc["2026Q1"].tolist() == [0, 3, 1, 1, 0, 1]
    assert table.loc["2026Q2"].tolist() == [1, 1, 1, 0, 1, 2]
    assert table.loc["2026Q3"].tolist() == [2, 0, 0, 0, 0, 2]
    monthly = pma.flow(pma.snapshot(dataset(items=items), as_of="2026-07-10", period="2026-06"))
    assert monthly["period"].tolist() == [f"2026-0{month}" for month in range(1, 8)]


def test_a_lost_reopening_is_counted_as_one(dataset: Build) -> None:
    """Two copies with two closing dates: it was open in between, and the books still balance."""
    item = {"item_id": "x:1", "created_at": "2026-01-05T10:00Z", "state": "done"}
    data = dataset(
        observations=[
            item | {"closed_at": "2026-01-20T10:00Z", "observed_at": "2026-01-25T10:00Z"}
        ],
        items=[item | {"closed_at": "2026-05-20T10:00Z", "observed_at": "2026-06-01T10:00Z"}],
    )
    table = pma.flow(pma.snapshot(data, as_of="2026-06-01")).set_index("period")
    assert table.loc["2026Q1", ["new", "done", "closing"]].tolist() == [1, 1, 0]
    assert table.loc["2026Q2", ["reopened", "done", "closing"]].tolist() == [1, 1, 0]
