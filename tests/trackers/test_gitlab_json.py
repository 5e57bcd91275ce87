"""GitLab's JSON: issues, incidents and merge requests, with notes or without."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_path, sample_json, told


@pytest.fixture
def records() -> list[dict[str, Any]]:
    return sample_json("gitlab_json")


def issue(**more: Any) -> dict[str, Any]:
    return {
        "iid": 1, "title": "x", "state": "closed", "created_at": "2026-01-01T08:00:00.000Z",
        "web_url": "https://gitlab.com/a/b/-/issues/1", "closed_at": None, **more,
    }  # fmt: skip


def note(day: int, body: str, **more: Any) -> dict[str, Any]:
    return {"system": True, "body": body, "created_at": f"2026-01-{day:02}T12:00:00.000Z", **more}


def test_items_incidents_and_merge_requests(
    read: Callable[..., FileTables], records: list[Any]
) -> None:
    found = read(records)
    items = found.tables["items"].set_index("key")
    assert items["state"].to_dict() == {
        "shop/web/front#12": "done",
        "shop/web/front#13": "dropped",  # moved
        "shop/web/front#16": "open",
    }
    assert found.filtered == 1
    incident = found.tables["incidents"].iloc[0]
    assert (incident["incident_id"], incident["severity"]) == ("shop/web/front#14", "sev2")
    assert incident["started_at"] == pd.Timestamp("2026-01-10 08:00", tz="UTC")
    assert incident["resolved_at"] == pd.Timestamp("2026-01-10 10:00", tz="UTC")


def test_all_columns_of_a_record(read: Callable[..., FileTables], records: list[Any]) -> None:
    row = read(records).tables["items"].iloc[0]
    assert row["owners"] == ["Ada Example"]
    assert (row["severity"], row["team"], row["service"]) == ("sev2", "Front end", "web")
    assert (row["planned"], row["project"]) == ("2026Q1", "shop/web/front")
    # Its own due date, not that of its milestone.
    assert row["promised_on"] == pd.Timestamp("2026-01-25")
    # closed_at is null; the last closing of the notes counts.
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")


def test_a_moved_issue_lives_on_elsewhere(
    read: Callable[..., FileTables], records: list[Any]
) -> None:
    """back#4 in a note of shop/web/front is shop/web/back#4: the projects lie in one group."""
    items = read(records).tables["items"].set_index("key")
    assert items["duplicate_of"].dropna().to_dict() == {
        "shop/web/front#13": "gitlab:shop/web/back#4"
    }


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"notes": [note(5, "moved to c/d/e#7")]}, "gitlab:c/d/e#7"),
        ({"notes": [note(5, "marked this issue as a duplicate of #9")]}, "gitlab:a/b#9"),
        ({"moved_to_id": 77}, "gitlab:a/c#8"),
        ({"moved_to_id": 78}, "unknown"),
        ({"_links": {"closed_as_duplicate_of": "https://x/api/v4/projects/1/issues/8"}}, "gitlab:a/c#8"),
        ({"_links": {"closed_as_duplicate_of": "https://x/api/v4/projects/1/issues/5"}}, "unknown"),
    ],
)  # fmt: skip
def test_where_a_closed_issue_lives_on(
    more: dict[str, Any], expected: str, read: Callable[..., FileTables]
) -> None:
    other = issue(
        iid=8, id=77, state="opened", web_url="https://gitlab.com/a/c/-/issues/8",
        _links={"self": "https://x/api/v4/projects/1/issues/8"},
    )  # fmt: skip
    items = read([issue(**more), other]).tables["items"]
    assert items["state"].tolist() == ["dropped", "open"]
    assert items["duplicate_of"].fillna("").tolist() == [expected, ""]


def test_the_history_of_the_notes(read: Callable[..., FileTables], records: list[Any]) -> None:
    """Only notes of the system count: on the 16th a person wrote the word closed."""
    expected = [
        ("01-13", "owner", "grace", "ada"),
        ("01-14", "promised_on", "", "2026-01-25"),
        ("01-17", "state", "open", "done"),
        ("01-18", "state", "done", "open"),
        ("01-19", "state", "open", "done"),
    ]
    assert told(read(records[:1]).events) == expected
    records[0]["notes"].reverse()
    assert told(read(records[:1]).events) == expected


def test_a_closing_told_twice_is_one(read: Callable[..., FileTables]) -> None:
    events = [{"state": "closed", "created_at": "2026-01-05T12:00:01.000Z"}]
    found = read([issue(notes=[note(5, "closed")], resource_state_events=events)])
    assert told(found.events) == [("01-05", "state", "open", "done")]
    assert told(read([issue(resource_state_events=events)]).events) == [
        ("01-05", "state", "open", "done")
    ]


def test_severities_of_the_past(read: Callable[..., FileTables]) -> None:
    labels = [
        {"action": "add", "label": {"name": "severity::3"}, "created_at": "2026-01-02T08:00:00Z"},
        {"action": "add", "label": {"name": "severity::1"}, "created_at": "2026-01-03T08:00:00Z"},
        {"action": "remove", "label": {"name": "severity::3"}, "created_at": "2026-01-03T08:00:00Z"},
    ]  # fmt: skip
    notes = [note(4, "changed the severity to **High - S2**"), note(5, "removed due date")]
    assert told(read([issue(resource_label_events=labels, notes=notes)]).events) == [
        ("01-02", "severity", "", "sev3"),
        ("01-03", "severity", "sev3", "sev1"),
        ("01-04", "severity", "sev1", "sev2"),
    ]


def test_events_of_incidents_are_theirs(
    read: Callable[..., FileTables], records: list[Any]
) -> None:
    found = read(records)
    assert set(found.events["subject"]) == {
        "gitlab:shop/web/front#12", "gitlab:shop/web/front#13", "shop/web/front#14",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({}, "a/b#1"),
        ({"web_url": "https://git.example.com/a/b/c/issues/7"}, "a/b/c#7"),
        ({"web_url": "https://gitlab.com/a/b/-/work_items/7"}, "a/b#7"),
        ({"web_url": None, "references": {"full": "a/b#9"}}, "a/b#9"),
        ({"web_url": None}, "#1"),
    ],
)
def test_keys(more: dict[str, Any], key: str, read: Callable[..., FileTables]) -> None:
    assert read([issue(**more)]).tables["items"]["key"].tolist() == [key]


def test_the_answer_of_graphql(read: Callable[..., FileTables]) -> None:
    node = {
        "iid": "4", "title": "x", "state": "closed", "webUrl": "https://gitlab.com/a/b/-/issues/4",
        "createdAt": "2026-01-01T08:00:00Z", "closedAt": "2026-01-02T08:00:00Z", "dueDate": "2026-02-01",
        "labels": {"nodes": [{"title": "sev1"}]}, "assignees": {"nodes": [{"name": "Ada"}]}, "type": "ISSUE",
    }  # fmt: skip
    answer = {"data": {"project": {"issues": {"nodes": [node]}}}}
    row = read(answer).tables["items"].iloc[0]
    assert (row["key"], row["labels"], row["owners"]) == ("a/b#4", ["sev1"], ["Ada"])
    assert row["promised_on"] == pd.Timestamp("2026-02-01")
    assert row["closed_at"] == pd.Timestamp("2026-01-02 08:00", tz="UTC")


def test_labels_with_details_and_links(read: Callable[..., FileTables]) -> None:
    links = [{"iid": 3, "references": {"full": "a/b#3"}}, {"iid": 9, "web_url": None}]
    row = read([issue(labels=[{"id": 1, "name": "sev2"}], links=links)]).tables["items"].iloc[0]
    assert (row["labels"], row["links"]) == (["sev2"], ["a/b#3", "#9"])


def test_closed_without_any_date_is_said(read: Callable[..., FileTables]) -> None:
    found = read([issue()])
    assert found.tables["items"]["closed_at"].isna().all()
    assert any("says when it was closed" in sentence for sentence in found.warnings)


def test_issues_of_others_are_refused(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError, match="'number'"):
        read([{"number": 1, "state": "open"}], tracker="gitlab_json")


@pytest.mark.real
def test_a_collection_of_issues_and_merge_requests(shared_exports: Path) -> None:
    """8 elements, 3 of category merge_request. Of the 5 issues one is opened; of the 4 closed ones, whose
    closed_at is null, one has the note `moved to fdroidserver#268` (2017-03-18 14:44:19), two have
    `closed` (2017-03-18 19:29:36 and 2017-03-15 22:55:49), and one has no note of the system. Read by
    eye from what json.load gives.
    """
    name = "gitlab/grimoirelab_elk_gitlab.json"
    found = read_path(shared_exports / name)
    items = found.tables["items"].set_index("key")
    assert (found.format, found.rows, found.filtered, len(items)) == ("gitlab_json", 8, 3, 5)
    assert items["state"].to_dict() == {
        "fdroid/fdroiddata#639": "dropped",
        "fdroid/fdroiddata#641": "done",
        "fdroid/fdroiddata#642": "done",
        "fdroid/fdroiddata#636": "done",
        "gitlab-org/gitlab#106422": "open",
    }
    assert items["duplicate_of"].dropna().tolist() == ["gitlab:fdroid/fdroidserver#268"]
    assert items["closed_at"].dt.strftime("%d %H:%M:%S").fillna("").tolist() == [
        "18 14:44:19", "", "18 19:29:36", "15 22:55:49", "",
    ]  # fmt: skip
    assert items["owners"].map(len).tolist() == [1, 0, 0, 0, 0]
    assert len(found.events) == 3


def test_an_owner_who_stands_alone_is_kept(read: Callable[..., FileTables]) -> None:
    """Older records have one assignee, newer ones a list; a file may hold both."""
    address = {"state": "opened", "web_url": "https://gitlab.com/a/b/-/issues/7"}
    old = {"id": 1, "iid": 7, "title": "x", "assignee": {"name": "Ada"}, **address}
    new = {"id": 2, "iid": 8, "title": "y", "assignees": [{"name": "Bo"}], **address}
    assert read([old, new]).tables["items"]["owners"].tolist() == [["Ada"], ["Bo"]]
