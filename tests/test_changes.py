"""Changes of state that only copies of the same item tell, from export to export."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.changes import derived_closings, state_changes
from pmanalytics.checks import check
from pmanalytics.datasets import Dataset

Build = Callable[..., Dataset]


def copies(dataset: Build, *rows: dict[str, Any]) -> Dataset:
    """A dataset of one item and its older copies, the last row being the latest."""
    named = [{"item_id": "x:1", "key": "1", **row} for row in rows]
    return dataset(observations=named[:-1], items=named[-1:])


def told(data: Dataset) -> list[tuple[str, str]]:
    """The day and the word of each change."""
    found = state_changes(data.items, data.observations, data.events)
    return [(f"{at:%m-%d}", after) for at, after in zip(found["at"], found["after"], strict=True)]


def seen(state: str, observed: str, updated: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "state": state,
        "observed_at": f"2026-{observed}T10:00Z",
        "updated_at": f"2026-{updated}T10:00Z" if updated else None,
        **more,
    }


@pytest.mark.parametrize(
    ("updated", "closed"),
    [
        pytest.param("08-20", "08-20", id="updated between the two copies"),
        pytest.param("07-20", "09-01", id="updated before it was last seen open"),
        pytest.param("09-20", "09-01", id="updated after it was seen closed"),
        pytest.param(None, "09-01", id="not known when it was updated"),
    ],
)
def test_a_closing_lies_between_an_open_and_a_closed_copy(
    dataset: Build, updated: str | None, closed: str
) -> None:
    data = copies(dataset, seen("open", "08-01"), seen("done", "09-01", updated))
    assert told(data) == [(closed, "done")]
    found = derived_closings(data.items, data.observations, data.events)
    assert found.to_dict("records") == [
        {
            "item_id": "x:1",
            "opened_at": pd.Timestamp("2026-08-01T10:00Z"),
            "closed_at": pd.Timestamp(f"2026-{closed}T10:00Z"),
        }
    ]


def test_of_several_closed_copies_the_first_bounds_the_closing(dataset: Build) -> None:
    data = copies(
        dataset,
        seen("open", "08-01"),
        seen("done", "09-01", title="a"),
        seen("dropped", "10-01", "09-25", title="b"),
    )
    assert told(data) == [("09-01", "dropped")]


def test_a_date_that_comes_later_is_believed(dataset: Build) -> None:
    dated = seen("done", "10-01", closed_at="2026-08-10T10:00Z")
    data = copies(dataset, seen("open", "08-01"), seen("done", "09-01"), dated)
    assert told(data) == [("08-10", "done")]
    assert derived_closings(data.items, data.observations, data.events).empty


def test_a_reopening_follows_a_derived_closing(dataset: Build) -> None:
    data = copies(
        dataset,
        seen("open", "08-01"),
        seen("done", "09-01"),
        seen("open", "10-01"),
        seen("done", "11-01"),
    )
    assert told(data) == [("09-01", "done"), ("10-01", "open"), ("11-01", "done")]


def test_without_an_open_copy_before_there_is_no_date(dataset: Build) -> None:
    data = copies(dataset, seen("done", "08-01", title="a"), seen("done", "09-01", title="b"))
    assert told(data) == []
    assert derived_closings(data.items, data.observations, data.events).empty


def test_a_recorded_history_needs_no_copies(dataset: Build) -> None:
    rows = [
        {"item_id": "x:1", **seen("open", "08-01")},
        {"item_id": "x:1", **seen("done", "09-01")},
    ]
    event = {"subject": "x:1", "field": "state", "at": "2026-08-05T10:00Z", "after": "done"}
    data = dataset(observations=rows[:1], items=rows[1:], events=[event])
    assert told(data) == [("08-05", "done")]
    assert derived_closings(data.items, data.observations, data.events).empty


def test_the_check_says_how_many_dates_were_derived_and_how_wide_the_gap_is(
    dataset: Build,
) -> None:
    """31 days lie between 1 August and 1 September, and 14 between 1 and 15 August."""
    items, older = [], []
    for number, closed in ((1, "09-01"), (2, "08-15")):
        named = {"item_id": f"x:{number}", "incident_id": "A"}
        older.append(named | seen("open", "08-01"))
        items.append(named | seen("done", closed))
    items.append({"item_id": "x:3", "incident_id": "A", **seen("done", "09-01")})
    incident = {"incident_id": "A", "started_at": "2026-07-01T10:00Z"}
    found = check(dataset(items=items, observations=older, incidents=[incident]))
    rules = found.set_index("rule")["items"].to_dict()
    assert (rules["derived_closing"], rules["closed_without_date"]) == (2, 1)
    detail = found.set_index("rule").loc["derived_closing", "detail"]
    assert "at most 31 days earlier" in detail


EXPORT = """\
item_id,key,title,incident_id,state,created_at
x:1,1,Mend it,A,{},2026-07-02T10:00:00Z
"""
INCIDENTS = """\
incident_id,severity,started_at,resolved_at
A,sev1,2026-07-01T08:00:00Z,2026-07-01T10:00:00Z
"""


def test_a_later_export_changes_no_earlier_report(tmp_path: Path) -> None:
    """Exports of July to October in a tool without dates of closing; the item is due on 16 July."""
    (tmp_path / "incidents.csv").write_text(INCIDENTS)
    states = {"07-10": "open", "08-10": "done", "09-10": "done", "10-10": "done"}
    sources, reports = "", {}
    for day, state in states.items():
        (tmp_path / f"items-{day}.csv").write_text(EXPORT.format(state))
        observed = f'name = "x"\nobserved_at = 2026-{day}T10:00:00Z\n'
        sources += f'[[source]]\npath = "items-{day}.csv"\n{observed}'
        (tmp_path / "pmanalytics.toml").write_text(
            f'timezone = "UTC"\n{sources}[[source]]\npath = "incidents.csv"\n'
        )
        data = pma.read(tmp_path)
        for as_of in [known for known in states if known <= day]:
            items = pma.snapshot(data, as_of=f"2026-{as_of}").items
            item = items.loc[0, ["state", "standing", "closed_on"]].tolist()
            item[2] = "" if pd.isna(item[2]) else f"{item[2]:%Y-%m-%d}"
            assert reports.setdefault(as_of, item) == item, (as_of, day)
    assert reports == {
        "07-10": ["open", "pending", ""],
        "08-10": ["done", "late", "2026-08-10"],
        "09-10": ["done", "late", "2026-08-10"],
        "10-10": ["done", "late", "2026-08-10"],
    }
