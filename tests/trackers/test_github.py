"""GitHub: what the records of REST and of gh mean."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import FileTables, read_file

SAMPLE = Path(__file__).parent.parent / "exports" / "github.json"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FileTables]:
    def call(records: Any, **source: object) -> FileTables:
        path = tmp_path / "x"
        path.write_text(json.dumps(records), "utf-8")
        return read_file(path, source=Source(**source), settings=Settings(), name="x")

    return call


@pytest.fixture
def records() -> list[dict[str, Any] | None]:
    return json.loads(SAMPLE.read_text("utf-8"))


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
        read([{"iid": 1, "number": 1, "title": "x", "state": "opened"}])
    with pytest.raises(InputError, match="no record"):
        read([])
