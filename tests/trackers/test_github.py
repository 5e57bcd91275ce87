"""GitHub: what the records of REST and of gh mean."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_path, sample_json, states, told
from tests.trackers.test_bad_input import changed_at, damaged_values, places_of


@pytest.fixture
def records() -> list[dict[str, Any] | None]:
    return sample_json("github")


def test_states_and_duplicates(read: Callable[..., FileTables], records: list[Any]) -> None:
    items = read(records).tables["items"].set_index("key")
    assert items["state"].to_dict() == {
        "example/shop#12": "done",
        "example/shop#13": "dropped",
        "example/shop#14": "dropped",
        "example/shop#16": "open",
    }
    assert items["duplicate_of"].dropna().to_dict() == {"example/shop#14": "unknown"}
    assert items["closed_at"].notna().tolist() == [True, True, True, False]


def test_the_configuration_outranks_the_reason(
    read: Callable[..., FileTables], records: list[Any]
) -> None:
    items = read(records, states={"Not_planned": "done"}).tables["items"]
    assert items["state"].tolist() == ["done", "done", "dropped", "open"]


def test_pull_requests_and_null_are_counted(
    read: Callable[..., FileTables], records: list[Any]
) -> None:
    found = read(records)
    assert (found.rows, len(found.tables["items"]), found.filtered, len(found.rejects)) == (
        6,
        4,
        1,
        1,
    )
    assert found.tables["items"]["row"].tolist() == [1, 2, 3, 6]


def test_all_columns_of_a_record(read: Callable[..., FileTables], records: list[Any]) -> None:
    row = read(records).tables["items"].iloc[0]
    assert row["owners"] == ["ada", "grace"]
    assert row["labels"] == ["postmortem", "sev2"]
    assert (row["planned"], row["project"], row["status"]) == ("2026Q1", "example/shop", "closed")
    assert row["url"] == "https://github.com/example/shop/issues/12"
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")


@pytest.mark.parametrize(
    "address",
    [
        {"html_url": "https://github.com/a/b/issues/7"},
        {"url": "https://api.github.com/repos/a/b/issues/7"},
        {"repository_url": "https://api.github.com/repos/a/b"},
        {"url": "https://git.example.com/api/v3/repos/a/b/issues/7"},
    ],
)
def test_the_repository_stands_in_any_address(
    address: dict[str, str], read: Callable[..., FileTables]
) -> None:
    items = read([{"number": 7, "title": "x", "state": "OPEN", **address}]).tables["items"]
    assert items["key"].tolist() == ["a/b#7"]
    assert items["url"].notna().tolist() == ["html_url" in address]


def test_where_keeps_the_labelled(read: Callable[..., FileTables], records: list[Any]) -> None:
    found = read(records, where={"labels": ("Postmortem",)})
    assert found.tables["items"]["key"].tolist() == ["example/shop#12", "example/shop#13"]
    assert found.filtered == 3


def test_thirty_open_issues_are_suspicious(read: Callable[..., FileTables]) -> None:
    def warned(count: int) -> bool:
        issues = [
            {"number": n, "title": "x", "state": "OPEN", "createdAt": "2026-01-01T00:00:00Z"}
            for n in range(count)
        ]
        return any("--limit" in sentence for sentence in read(issues).warnings)

    assert [warned(count) for count in (29, 30, 31)] == [False, True, False]


def test_a_whole_page_of_the_interface_is_suspicious(read: Callable[..., FileTables]) -> None:
    """It gives at most 100 issues a page."""

    def warned(count: int) -> bool:
        issues = [{"number": n, "title": "x", "state": "closed"} for n in range(count)]
        return any("cuts off an export" in sentence for sentence in read(issues).warnings)

    assert [warned(count) for count in (99, 100, 101)] == [False, True, False]


def test_a_pull_request_that_a_collector_names(
    read: Callable[..., FileTables], records: list[Any]
) -> None:
    """Perceval says of which category a record is."""
    envelope = {"backend_name": "GitHub", "category": "pull_request"}
    assert read([{**envelope, "data": records[0]}]).filtered == 1


@pytest.mark.parametrize(
    "strange",
    [
        {"title": 5}, {"labels": "bug"}, {"labels": [None, 3, ["x"], {}]}, {"assignees": {"login": "ada"}},
        {"state": {}}, {"created_at": 12}, {"milestone": []}, {"html_url": None}, {"number": "12"},
        {"title": "half a pair \ud83d"}, {"closed_at": ["2026-01-01"]}, {"number": 12.5}, {"": "", "a\nb": 1},
    ],
)  # fmt: skip
def test_strange_values_cost_no_record(
    strange: dict[str, Any], read: Callable[..., FileTables], records: list[Any]
) -> None:
    changed = [{**records[0], **strange}, *records[1:]]
    found = read(changed)
    assert (
        found.rows
        == 6
        == sum(map(len, found.tables.values())) + found.filtered + len(found.rejects)
    )


def test_issues_of_others_are_refused(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError, match="'iid'"):
        read([{"iid": 1, "number": 1, "title": "x", "state": "opened"}], tracker="github")
    with pytest.raises(InputError, match="no record"):
        read([])


def event(kind: str, day: int, **more: Any) -> dict[str, Any]:
    return {"event": kind, "created_at": f"2026-01-{day:02}T12:00:00Z", **more}


STORY = [
    event("labeled", 2, label={"name": "sev2"}),
    event("assigned", 3, assignee={"login": "ada"}),
    event("closed", 4, state_reason="not_planned"),
    event("reopened", 5),
    event("closed", 6),
    event("labeled", 6, label={"name": "2"}),
]
TOLD = [
    ("01-02", "severity", "", "sev2"),
    ("01-03", "owner", "", "ada"),
    ("01-04", "state", "open", "dropped"),
    ("01-05", "state", "dropped", "open"),
    ("01-06", "state", "open", "done"),
]
ISSUE = {
    "number": 7,
    "title": "x",
    "state": "closed",
    "html_url": "https://github.com/a/b/issues/7",
}


def as_graphql(one: dict[str, Any]) -> dict[str, Any]:
    named = {"created_at": "createdAt", "state_reason": "stateReason"}
    kind = one["event"].capitalize() + "Event"
    return {"__typename": kind} | {named.get(k, k): v for k, v in one.items() if k != "event"}


def as_script(one: dict[str, Any]) -> dict[str, Any]:
    found = {"event_type": one["event"], "event_date": one["created_at"]}
    reason = {"state_reason": one["state_reason"]} if "state_reason" in one else {}
    whom = {"assignee": one["assignee"]["login"]} if "assignee" in one else {}
    label = {"label": one["label"]["name"]} if "label" in one else {}
    return found | reason | whom | label


@pytest.mark.parametrize(
    "histories",
    [
        {"timeline": STORY},
        {"events": STORY[::-1]},
        {"events": [as_script(one) for one in STORY]},
        {"timelineItems": {"nodes": [as_graphql(one) for one in STORY]}},
        {"timelineItems": {"edges": [{"node": as_graphql(one)} for one in STORY]}},
    ],
)
def test_a_timeline_in_any_form(histories: dict[str, Any], read: Callable[..., FileTables]) -> None:
    """The label 2 is no severity; the last closing has no date but that of its event."""
    found = read([{**ISSUE, **histories}])
    assert told(found.events) == TOLD
    closed = found.tables["items"]["closed_at"].item()
    assert closed == pd.Timestamp("2026-01-06 12:00", tz="UTC")


def test_one_row_per_event(read: Callable[..., FileTables]) -> None:
    """Each row holds the issue again; the rows are copies of one item, and tell one story."""
    rows = [{**as_graphql(one), "issue": ISSUE} for one in STORY]
    found = read(rows)
    assert (found.rows, len(found.tables["items"])) == (6, 6)
    assert set(found.tables["items"]["key"]) == {"a/b#7"}
    assert told(found.events) == TOLD


def test_the_reason_of_today_is_that_of_the_last_closing(read: Callable[..., FileTables]) -> None:
    story = [event("closed", 4), event("reopened", 5), event("closed", 6)]
    found = read([{**ISSUE, "state_reason": "not_planned", "timeline": story}])
    assert [after for *_, after in told(found.events)] == ["done", "open", "dropped"]


def test_a_pull_request_that_only_events_tell(read: Callable[..., FileTables]) -> None:
    other = {**ISSUE, "number": 8, "events": [{"event_type": "committed"}]}
    found = read([{**ISSUE, "events": []}, other])
    assert (len(found.tables["items"]), found.filtered) == (1, 1)


def test_an_answer_of_graphql(read: Callable[..., FileTables]) -> None:
    node = {
        "number": 7, "title": "x", "state": "CLOSED", "stateReason": "DUPLICATE",
        "url": "https://github.com/a/b/issues/7", "labels": {"nodes": [{"name": "sev1"}]},
        "assignees": {"nodes": [{"login": "ada"}]}, "closedAt": "2026-01-02T00:00:00Z",
        "duplicateOf": {"url": "https://github.com/a/b/issues/5"},
        "parent": {"number": 1, "url": "https://github.com/a/ops/issues/1"},
        "subIssues": {"nodes": [{"number": 9}]},
    }  # fmt: skip
    for issues in ({"nodes": [node]}, {"edges": [{"node": node}]}):
        repository = {"issues": issues, "pullRequests": {"nodes": [{"number": 3, "title": "y"}]}}
        found = read({"data": {"repository": repository}})
        assert (found.rows, found.filtered) == (2, 1)
        row = found.tables["items"].iloc[0]
        assert (row["key"], row["state"], row["labels"]) == ("a/b#7", "dropped", ["sev1"])
        assert (row["owners"], row["links"]) == (["ada"], ["a/ops#1", "a/b#9"])
        assert row["duplicate_of"] == "github:a/b#5"


def test_the_parent_of_rest(read: Callable[..., FileTables]) -> None:
    parent = "https://api.github.com/repos/a/ops/issues/1"
    items = read([ISSUE, {**ISSUE, "number": 8, "parent_issue_url": parent}]).tables["items"]
    assert items["links"].tolist() == [[], ["a/ops#1"]]


def test_closed_instead_of_a_state(read: Callable[..., FileTables]) -> None:
    gh = [
        {"number": n, "title": "x", "closed": closed, "url": f"https://github.com/a/b/issues/{n}"}
        for n, closed in enumerate((True, False))
    ]
    assert states(read(gh)) == ["done", "open"]


def test_the_date_of_a_milestone_only_when_asked_for(read: Callable[..., FileTables]) -> None:
    issue = {**ISSUE, "milestone": {"title": "M1", "due_on": "2026-03-31T00:00:00Z"}}
    assert read([issue]).tables["items"]["promised_on"].isna().all()
    asked = read([issue], fields={"promised_on": "milestone.due_on"}).tables["items"]
    assert asked["promised_on"].item() == pd.Timestamp("2026-03-31")


def test_a_type_is_there_to_be_mapped(read: Callable[..., FileTables]) -> None:
    gh = {**ISSUE, "issueType": {"name": "Prevention"}}
    found = read([gh], fields={"kind": "type"}, kinds={"prevention": "prevent"})
    assert found.tables["items"]["kind"].item() == "prevent"


@pytest.mark.parametrize(
    ("mark", "filtered"),
    [
        ({"pull_request": {"url": "https://api.github.com/repos/a/b/pulls/7"}}, 1),
        ({"pull_request": {}}, 1),
        ({"isPullRequest": True}, 1),
        ({"isPullRequest": False}, 0),
        ({"pull_request": None}, 0),
    ],
)
def test_the_mark_of_a_pull_request(
    mark: dict[str, Any], filtered: int, read: Callable[..., FileTables]
) -> None:
    assert read([{**ISSUE, **mark}]).filtered == filtered


@pytest.mark.parametrize(
    "record",
    [
        {**ISSUE, "timeline": STORY, "parent": {"number": 1}},
        {**ISSUE, "timelineItems": {"nodes": [as_graphql(one) for one in STORY]}},
        {**as_graphql(STORY[2]), "issue": ISSUE},
    ],
)
def test_strange_values_in_a_history_cost_no_record(
    record: dict[str, Any], read: Callable[..., FileTables]
) -> None:
    whole = {**ISSUE, "number": 8}
    places = [path for path in places_of(record) if path]
    cases = [(path, value) for path in places for value in damaged_values("x")]
    for path, value in Random(3).sample(cases, 60):
        found = read([changed_at(record, path, value), whole, whole])
        kept = sum(map(len, found.tables.values()))
        assert found.rows == 3 == kept + found.filtered + len(found.rejects)


@pytest.mark.real
def test_an_archive_of_graphql(shared_exports: Path) -> None:
    """Counted with json.load and a Counter: 173 issues, of which 165 are CLOSED and have a closedAt, with
    20 assignees in all; beside them 179 pull requests, in which the latest update is.
    """
    name = "github/cfrg_hash-to-curve_archive.json"
    found = read_path(shared_exports / name)
    items = found.tables["items"]
    assert (found.rows, len(items), found.filtered, len(found.rejects)) == (352, 173, 179, 0)
    assert items["state"].value_counts().to_dict() == {"done": 165, "open": 8}
    assert items["closed_at"].notna().sum() == 165
    assert items["owners"].map(len).sum() == 20
    assert f"{items['created_at'].min():%Y-%m-%d %H:%M:%S}" == "2018-01-31 20:28:53"
    assert f"{found.observed_at:%Y-%m-%d %H:%M:%S}" == "2024-03-19 11:38:15"
    assert items["key"].iloc[0] == "cfrg/draft-irtf-cfrg-hash-to-curve#1"


def test_an_owner_who_stands_alone_is_kept(read: Callable[..., FileTables]) -> None:
    """Older records have one assignee, newer ones a list; a file may hold both."""
    address = {"html_url": "https://github.com/a/b/issues/7", "created_at": "2026-01-12T10:00:00Z"}
    old = {"number": 7, "title": "x", "state": "open", "assignee": {"login": "ada"}, **address}
    new = {"number": 8, "title": "y", "state": "open", "assignees": [{"login": "bo"}], **address}
    assert read([old, new]).tables["items"]["owners"].tolist() == [["ada"], ["bo"]]
