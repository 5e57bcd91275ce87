"""What stands beside the headline: lag, reopenings and what is not known; worked by hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.policy import Policy, PolicyVersion, Rule
from pmanalytics.settings import Settings

Build = Callable[..., Dataset]
INCIDENT = {
    "incident_id": "A",
    "severity": "sev1",
    "started_at": "2026-01-01T10:00Z",
    "resolved_at": "2026-01-01T10:00Z",
}


def test_lag_between_the_clock_and_the_ticket(dataset: Build) -> None:
    """Created -1 0 1 2 3 4 8 days after the clock, a line of a document, and one without a clock."""
    lags = [-1, 0, 1, 2, 3, 4, 8]
    zero = pd.Timestamp("2026-01-01T12:00Z")
    items: list[dict[str, Any]] = [
        {
            "item_id": f"x:{place}",
            "key": f"{place}",
            "incident_id": "A",
            "state": "open",
            "created_at": zero + pd.Timedelta(days=lag),
        }
        for place, lag in enumerate(lags)
    ]
    items += [{"item_id": "d:1", "incident_id": "A", "state": "open", "created_at": zero}]
    items += [{"item_id": "x:9", "key": "9", "state": "open", "created_at": zero}]
    snapshot = pma.snapshot(dataset(items=items, incidents=[INCIDENT]), as_of="2026-02-01")
    table = pma.hidden_lag(snapshot)
    # Of 0 0 1 2 3 4 8 the second is the first at a quarter (1.75), the fourth at half, the sixth.
    expected = [8, 7, 0, 2, 4, 4 / 7, 2 / 7, 1 / 7]
    assert table.iloc[0].tolist() == pytest.approx(expected)
    by_key = pma.hidden_lag(snapshot, by="key").set_index("key")["median_days"]
    assert by_key.fillna(-1).tolist() == [0, 0, 1, 2, 3, 4, 8, -1, -1]


def test_lag_counts_local_days(dataset: Build) -> None:
    """Resolved at 23 h and ticketed two hours later, in Berlin: the next day."""
    incident = INCIDENT | {"resolved_at": "2026-01-01T22:00Z"}
    item = {"item_id": "x:1", "key": "1", "incident_id": "A", "state": "open"}
    data = dataset(
        items=[item | {"created_at": "2026-01-02T00:00Z"}],
        incidents=[incident],
        settings=Settings(timezone="Europe/Berlin"),
    )
    snapshot = pma.snapshot(data, as_of="2026-02-01")
    assert pma.hidden_lag(snapshot)["median_days"].tolist() == [1]
    utc = pma.snapshot(replace(data, settings=Settings()), as_of="2026-02-01")
    assert pma.hidden_lag(utc)["median_days"].tolist() == [1]
    west = replace(data, settings=Settings(timezone="America/New_York"))
    later = pma.snapshot(west, as_of="2026-02-01")
    assert pma.hidden_lag(later)["median_days"].tolist() == [0]


def reopened(dataset: Build, stories: list[list[tuple[int, str]]]) -> pma.Snapshot:
    """Items of a sev1, due on 16 January, with their changes of state by day of January."""
    items, events = [], []
    for place, story in enumerate(stories):
        state = story[-1][1] if story else "open"
        moments = [f"2026-01-{day:02}T10:00Z" for day, _ in story]
        items.append(
            {
                "item_id": f"x:{place}",
                "incident_id": "A",
                "state": state,
                "closed_at": moments[-1] if story and state != "open" else None,
            }
        )
        events += [
            {"subject": f"x:{place}", "field": "state", "at": at, "after": after}
            for at, (_, after) in zip(moments, story, strict=True)
        ]
    data = dataset(items=items, events=events, incidents=[INCIDENT])
    return pma.snapshot(data, as_of="2026-01-31")


def test_reopenings_by_hand(dataset: Build) -> None:
    snapshot = reopened(
        dataset,
        [
            [],
            [(5, "done")],
            [(5, "done"), (8, "open")],  # met, then reopened, overdue now
            [(5, "done"), (8, "open"), (12, "done")],  # done again in time: it stands as met
            [(5, "done"), (8, "open"), (20, "done")],  # met, then reopened, late now
            [(20, "done"), (22, "open"), (24, "done")],  # was never met
            [(5, "done"), (8, "open"), (25, "dropped")],  # met, then reopened, dropped late
            [(5, "dropped"), (8, "open")],  # was never done
        ],
    )
    row = pma.reopenings(snapshot).iloc[0]
    assert row.to_dict() == pytest.approx(
        {
            "done_once": 6,
            "reopened": 5,
            "share": 5 / 6,
            "open_again": 1,
            "done_again": 3,
            "dropped_again": 1,
            "met_then_reopened": 3,
        }
    )


def test_what_cannot_be_judged_and_why(dataset: Build) -> None:
    incidents = [
        INCIDENT,
        INCIDENT | {"incident_id": "unresolved", "resolved_at": None},
        INCIDENT | {"incident_id": "plain", "severity": None},
        INCIDENT | {"incident_id": "mild", "severity": "sev5"},
    ]
    day = "2026-01-05T10:00Z"
    rows = {
        "judged": {"incident_id": "A", "state": "open"},
        "incident": {"state": "open", "severity": "sev1"},
        "incident, no severity": {"state": "open"},
        "incident_record": {"incident_id": "Z", "state": "open", "severity": "sev1"},
        "clock_date": {"incident_id": "unresolved", "state": "open"},
        "severity": {"incident_id": "plain", "state": "open"},
        "no target": {"incident_id": "mild", "state": "done"},
        "state": {"incident_id": "A"},
        "closing_date": {"incident_id": "A", "state": "done"},
        "original": {
            "incident_id": "A",
            "state": "dropped",
            "closed_at": day,
            "duplicate_of": "unknown",
        },
        "clock_date, closing_date": {"incident_id": "unresolved", "state": "done"},
    }
    items = [{"item_id": name, "source": "x", **row} for name, row in rows.items()]
    snapshot = pma.snapshot(dataset(items=items, incidents=incidents), as_of="2026-02-01")
    found = pma.unknowns(snapshot, by="item_id").groupby("item_id")["reason"].agg(", ".join)
    assert found.to_dict() == {
        name: name.removesuffix(", no severity")
        for name in rows
        if name not in ("judged", "no target")
    }
    table = pma.unknowns(snapshot)
    assert table.set_index("reason")["items"].to_dict() == {
        "incident": 2, "incident_record": 1, "clock_date": 2, "severity": 1, "state": 1,
        "closing_date": 2, "original": 1,
    }  # fmt: skip
    assert table["fixable_in"].notna().all()
    # Every unknown item is there.
    unknown = snapshot.items.loc[snapshot.items["standing"] == "unknown", "item_id"]
    assert set(unknown) <= set(found.index)


def test_a_policy_that_asks_for_no_severity_misses_none(dataset: Build) -> None:
    policy = Policy((PolicyVersion(rules=(Rule(kind="prevent", days=9),), clock="item_created"),))
    items = [{"item_id": "x:1", "state": "open"}, {"item_id": "x:2", "state": "open"}]
    items[1]["kind"] = "prevent"
    table = pma.unknowns(pma.snapshot(dataset(items=items), as_of="2026-02-01", policy=policy))
    assert table[["reason", "items"]].to_numpy().tolist() == [["creation_date", 1]]


def test_every_unknown_item_of_the_sample_has_a_reason(q3: pma.Snapshot) -> None:
    found = pma.unknowns(q3, by="item_id")["item_id"]
    unknown = q3.items.loc[q3.items["standing"] == "unknown", "item_id"]
    assert len(unknown) > 5
    assert set(unknown) <= set(found)
