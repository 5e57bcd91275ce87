"""Launchpad: bug tasks, with and without their bug."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import FileTables, read_file

SAMPLE = Path(__file__).parent.parent / "exports" / "launchpad.json"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FileTables]:
    def call(records: Any, **source: object) -> FileTables:
        path = tmp_path / "x"
        path.write_text(json.dumps(records), "utf-8")
        found = read_file(path, source=Source(**source), settings=Settings(), name="x")
        kept = sum(map(len, found.tables.values()))
        assert found.rows == kept + found.filtered + len(found.rejects)
        return found

    return call


def task(number: int, status: str, **fields: Any) -> dict[str, Any]:
    place = f"ubuntu/+source/shop/+bug/{number}"
    return {
        "self_link": f"https://api.launchpad.net/1.0/{place}", "bug_target_name": "shop (Ubuntu)",
        "web_link": f"https://bugs.launchpad.net/{place}", "status": status, "importance": "High",
        "bug_link": f"https://api.launchpad.net/1.0/bugs/{number}", "date_left_new": None,
        "title": f'Bug #{number} in shop (Ubuntu): "Retry: now"', "date_closed": None,
        "date_created": "2026-01-12T11:19:00.336698+00:00", **fields,
    }  # fmt: skip


def test_all_columns_of_a_collection() -> None:
    found = read_file(SAMPLE, source=Source(), settings=Settings(), name="x")
    items = found.tables["items"].set_index("key")
    assert items["state"].to_dict() == {
        "shop#101": "done",
        "shop#102": "open",
        "shop#103": "dropped",
    }
    row = items.loc["shop#101"]
    assert (row["title"], row["project"], row["planned"]) == (
        "Retry with a limit",
        "shop",
        "2026q1",
    )
    assert (row["owners"], row["priority"]) == (["ada"], "High")
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    assert row["url"] == "https://bugs.launchpad.net/shop/+bug/101"


def test_statuses_of_the_vendor(read: Callable[..., FileTables]) -> None:
    """The vendor counts the first six as unresolved, and all others but Fix Released as dropped."""
    words = {
        **dict.fromkeys(
            ("New", "Incomplete", "Confirmed", "Triaged", "In Progress", "Fix Committed"), "open"
        ),
        "Fix Released": "done",
        **dict.fromkeys(("Opinion", "Invalid", "Won't Fix", "Expired"), "dropped"),
    }
    found = read([task(number, word) for number, word in enumerate(words)])
    assert found.tables["items"]["state"].tolist() == list(words.values())
    assert not any("Unknown" in sentence for sentence in found.warnings)


def test_a_page_of_several_is_not_the_whole(read: Callable[..., FileTables]) -> None:
    found = read({"entries": [task(1, "New")], "start": 0, "total_size": 80})
    assert any("holds 1 of 80 records" in sentence for sentence in found.warnings)


def test_a_duplicate_is_dropped_whatever_its_status(read: Callable[..., FileTables]) -> None:
    bug = {
        "title": "Retry",
        "tags": ["postmortem"],
        "date_last_updated": "2026-02-01T00:00:00+00:00",
    }
    other = {**bug, "duplicate_of_link": "https://api.launchpad.net/1.0/bugs/5"}
    found = read([task(5, "Confirmed", bug_data=bug), task(6, "Confirmed", bug_data=other)])
    items = found.tables["items"]
    assert items["state"].tolist() == ["open", "dropped"]
    assert items["duplicate_of"].fillna("").tolist() == ["", "launchpad:ubuntu/+source/shop#5"]
    assert items["labels"].iloc[0] == ["postmortem"]
    assert found.observed_at == pd.Timestamp("2026-02-01", tz="UTC")


def test_activity_of_the_task_is_its_history(read: Callable[..., FileTables]) -> None:
    def change(what: str, old: str | None, new: str) -> dict[str, Any]:
        return {"datechanged": "2026-01-20T10:00:00+00:00", "whatchanged": what, "oldvalue": old,
                "newvalue": new}  # fmt: skip

    activity = [
        change("bug", None, "added"),
        change("shop (Ubuntu): status", "New", "Fix Released"),
        change("other (Ubuntu): status", "New", "Invalid"),
        change("shop (Ubuntu): assignee", None, "Ada (ada)"),
    ]
    events = read([task(5, "Fix Released", activity_data=activity)]).events
    assert events[["field", "after"]].to_numpy().tolist() == [
        ["state", "done"],
        ["owner", "Ada (ada)"],
    ]


@pytest.mark.parametrize(
    "strange",
    [
        {"self_link": None, "web_link": 3}, {"bug_data": [1]}, {"activity_data": [{}, None]},
        {"activity_data": [{"whatchanged": "shop (Ubuntu): status", "datechanged": None}]},
        {"assignee_link": {}}, {"status": []}, {"title": None}, {"milestone_link": 1},
    ],
)  # fmt: skip
def test_strange_values_cost_no_task(
    strange: dict[str, Any], read: Callable[..., FileTables]
) -> None:
    assert read([{**task(1, "New"), **strange}, task(2, "New"), None]).rows == 3


@pytest.mark.real
def test_a_real_file(shared_exports: Path) -> None:
    """4 tasks in envelopes: one Triaged, two Confirmed, one Fix Released, which alone has date_closed
    (2004-10-28T20:45:27). Two have an assignee_link. The latest of bug_data.date_last_updated is
    2017-09-16T01:57:40.183918. By Python's json module alone.
    """
    path = shared_exports / "launchpad" / "grimoirelab_elk_launchpad.json"
    found = read_file(path, source=Source(), settings=Settings(), name="x")
    items = found.tables["items"]
    assert (found.format, found.rows, len(items), len(found.rejects)) == ("launchpad", 4, 4, 0)
    assert items["key"].tolist() == [
        *(f"mydistribution/+source/mypackage#{n}" for n in (1, 2, 3)),
        "ubuntu/+source/python-defaults#9560",
    ]
    assert items["state"].tolist() == ["open", "open", "open", "done"]
    assert items["owners"].map(list).tolist() == [["user"], [], [], ["doko"]]
    assert items["closed_at"].max() == pd.Timestamp("2004-10-28 20:45:27", tz="UTC")
    assert items["closed_at"].notna().sum() == 1
    assert f"{found.observed_at:%Y-%m-%d %H:%M:%S}" == "2017-09-16 01:57:40"
