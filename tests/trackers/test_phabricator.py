"""Phabricator: tasks, the names beside them, and their past."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import FileTables, read_file

SAMPLE = Path(__file__).parent.parent / "exports" / "phabricator.json"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FileTables]:
    def call(*documents: Any, **source: object) -> FileTables:
        path = tmp_path / "x"
        path.write_text("\n".join(map(json.dumps, documents)), "utf-8")
        found = read_file(path, source=Source(**source), settings=Settings(), name="x")
        kept = sum(map(len, found.tables.values()))
        assert found.rows == kept + found.filtered + len(found.rejects)
        return found

    return call


def task(number: int, status: str, **fields: Any) -> dict[str, Any]:
    values = {
        "name": f"Task {number}", "ownerPHID": None, "dateCreated": 1768217940,
        "dateModified": 1768896000, "status": {"value": status, "name": status.capitalize()},
        **fields,
    }  # fmt: skip
    phid = f"PHID-TASK-{number:020}"
    return {"id": number, "type": "TASK", "phid": phid, "fields": values, "attachments": {}}


def answer(*data: Any) -> dict[str, Any]:
    return {"result": {"data": list(data), "cursor": {}}, "error_code": None, "error_info": None}


def changed(kind: str, when: int, before: Any, after: Any) -> dict[str, Any]:
    return {
        "taskID": "7", "transactionType": kind, "dateCreated": str(when), "oldValue": before,
        "newValue": after, "comments": None,
    }  # fmt: skip


# 1768217940 is 2026-01-12 11:39, and each further day has 86,400 seconds.
DAY = 86_400
MADE = 1768217940
PAST = [
    changed("status", MADE + 3 * DAY, "open", "resolved"),
    changed("core:subscribers", MADE + DAY, [], ["PHID-USER-ada"]),
    changed("reassign", MADE + DAY, None, "PHID-USER-ada"),
    changed("priority", MADE, None, 100),
    changed("status", MADE, None, "open"),
]
TOLD = [
    ("2026-01-12", "state", None, "open"),
    ("2026-01-13", "owner", None, "PHID-USER-ada"),
    ("2026-01-15", "state", "open", "done"),
]


def told(events: pd.DataFrame) -> list[tuple[object, ...]]:
    rows = zip(events["at"], events["field"], events["before"], events["after"], strict=True)
    return [
        (f"{at:%Y-%m-%d}", field, *(None if pd.isna(w) else w for w in words))
        for at, field, *words in rows
    ]


def test_names_that_are_pasted_behind_the_tasks(tmp_path: Path) -> None:
    found = read_file(SAMPLE, source=Source(), settings=Settings(), name="x")
    items = found.tables["items"].set_index("key")
    assert (found.rows, found.filtered) == (3, 0)
    assert items["state"].to_dict() == {"T101": "done", "T102": "open", "T103": "dropped"}
    assert items["owners"].map(list).tolist() == [["ada"], [], ["PHID-USER-eve"]]
    assert items["labels"].map(list).iloc[0] == ["Incident"]
    assert items["priority"].iloc[0] == "Unbreak Now!"
    # 1768864200 seconds after 1970, as `date -u -d @1768864200` says.
    assert items["closed_at"].iloc[0] == pd.Timestamp("2026-01-19 23:10", tz="UTC")
    assert any("1 tasks name their owner by a PHID" in sentence for sentence in found.warnings)


def test_statuses_of_the_default_configuration(read: Callable[..., FileTables]) -> None:
    """The defaults of the vendor's source, without those that the sample has."""
    words = ("open", "resolved", "wontfix", "invalid", "duplicate", "spite")
    items = read(answer(*(task(n, word) for n, word in enumerate(words)))).tables["items"]
    assert items["state"].tolist() == ["open", "done", *["dropped"] * 4]
    assert items["duplicate_of"].fillna("").tolist() == ["", "", "", "", "unknown", ""]


def test_transactions_close_a_task_of_an_old_server(read: Callable[..., FileTables]) -> None:
    """Behind the tasks, or within them as Perceval writes it."""
    behind = read(answer(task(7, "resolved")), {"result": {"7": PAST}, "error_code": None})
    within = read([{"backend_name": "Phabricator", "category": "task",
                    "data": {**task(7, "resolved"), "transactions": PAST}}])  # fmt: skip
    for found in (behind, within):
        assert told(found.events) == TOLD
        closed = found.tables["items"]["closed_at"].iloc[0]
        assert closed == pd.Timestamp("2026-01-15 11:39", tz="UTC")


def test_transactions_of_the_newer_question(read: Callable[..., FileTables]) -> None:
    made = task(7, "resolved")
    change = {
        "id": 3, "phid": "PHID-XACT-TASK-1", "type": "status", "objectPHID": made["phid"],
        "dateCreated": MADE + DAY, "fields": {"old": "open", "new": "resolved"},
    }  # fmt: skip
    found = read(answer(made), answer(change))
    assert (found.rows, told(found.events)) == (1, [("2026-01-13", "state", "open", "done")])


def test_transactions_without_tasks_fill_the_events(read: Callable[..., FileTables]) -> None:
    found = read({"result": {"7": PAST}, "error_code": None})
    events = found.tables["events"].sort_values("at", kind="stable")
    assert told(events) == TOLD
    assert set(events["subject"]) == {"phabricator:T7"}
    assert (found.rows, found.filtered) == (5, 2)


@pytest.mark.parametrize(("after", "warned"), [("335", "yes"), (None, "no")])
def test_a_page_that_another_follows(
    after: str | None, warned: str, read: Callable[..., FileTables]
) -> None:
    page = answer(task(7, "open"))
    page["result"]["cursor"] = {"limit": 1, "after": after}
    found = read(page, answer({"type": "USER", "phid": "PHID-USER-1", "fields": {}}))
    assert any("Further tasks follow" in w for w in found.warnings) == (warned == "yes")


def test_names_and_projects_within_a_task(read: Callable[..., FileTables]) -> None:
    made = task(7, "open", ownerPHID="PHID-USER-1", ownerData={
        "phid": "PHID-USER-1", "userName": "jdoe", "realName": "John Doe",
    })  # fmt: skip
    made["projects"] = [{"phid": "PHID-PROJ-1", "name": "Incident", "id": "3"}]
    made["attachments"] = {"projects": {"projectPHIDs": ["PHID-PROJ-1"]}}
    item = read(answer(made)).tables["items"].iloc[0]
    assert (item["owners"], item["labels"]) == (["jdoe"], ["Incident"])


@pytest.mark.parametrize(
    "strange",
    [
        {"id": None}, {"fields": {"status": "open"}}, {"attachments": []}, {"projects": [None, 3]},
        {"attachments": {"projects": {"projectPHIDs": [None, {}]}}}, {"transactions": {"7": []}},
        {"transactions": [{"transactionType": "status", "dateCreated": None}]}, {"result": {}},
        {"fields": {"name": "x", "dateClosed": "soon"}}, {"phid": 3}, {"fields": {"ownerPHID": []}},
    ],
)  # fmt: skip
def test_strange_values_cost_no_task(
    strange: dict[str, Any], read: Callable[..., FileTables]
) -> None:
    assert read([{**task(1, "open"), **strange}, task(2, "open"), task(3, "open")]).rows == 3


@pytest.mark.real
def test_a_real_file(shared_exports: Path) -> None:
    """3 tasks of a page that is followed, all Resolved, without dateClosed; one has no owner. Dates are
    1462297064 and 1462792338 seconds at the ends, by Python's json and datetime.fromtimestamp.
    """
    path = shared_exports / "phabricator" / "perceval_tasks.json"
    found = read_file(path, source=Source(), settings=Settings(), name="x")
    items = found.tables["items"]
    assert (found.format, found.rows, len(items), len(found.rejects)) == ("phabricator", 3, 3, 0)
    assert items["key"].tolist() == ["T69", "T73", "T78"]
    assert items["state"].tolist() == ["done"] * 3
    assert items["closed_at"].isna().all()
    assert items["owners"].list.len().tolist() == [1, 1, 0]
    assert items["created_at"].min() == pd.Timestamp("2016-05-03 17:37:44", tz="UTC")
    assert found.observed_at == pd.Timestamp("2016-05-09 11:12:18", tz="UTC")
    assert any("Further tasks follow" in sentence for sentence in found.warnings)
    assert any("No closed row says when" in sentence for sentence in found.warnings)
    assert any("2 tasks name their owner by a PHID" in sentence for sentence in found.warnings)
