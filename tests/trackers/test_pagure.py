"""Pagure: issues of its interface."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import FileTables, read_file

SAMPLE = Path(__file__).parent.parent / "exports" / "pagure.json"


def read(path: Path) -> FileTables:
    return read_file(path, source=Source(), settings=Settings(), name=path.name)


def test_all_columns_of_the_sample() -> None:
    """1768213166 seconds after 1970 is 2026-01-12 10:19:26, 1768865400 is 2026-01-19 23:30 (by
    `date -u -d @...`). An issue that was closed without a reason is done.
    """
    found = read(SAMPLE)
    items = found.tables["items"]
    assert found.warnings == ()
    assert items["item_id"].tolist() == [f"pagure:shop#{number}" for number in range(1, 5)]
    assert items["state"].tolist() == ["done", "open", "dropped", "done"]
    assert items["duplicate_of"].fillna("").tolist() == ["", "", "unknown", ""]
    assert items["links"].map(list).tolist() == [["shop#2"], ["shop#1"], [], []]
    row = items.iloc[0]
    assert row["created_at"] == pd.Timestamp("2026-01-12 10:19:26", tz="UTC")
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    assert (row["owners"], row["labels"]) == (["ada"], ["postmortem", "sev2"])
    assert (row["planned"], row["priority"], row["severity"]) == ("1.0", "1", "sev2")
    assert (row["project"], row["url"]) == ("shop", "https://pagure.io/shop/issue/1")


def issue(**fields: Any) -> dict[str, Any]:
    first = json.loads(SAMPLE.read_text("utf-8"))["issues"][1]
    return {**first, **fields}


@pytest.mark.parametrize("wrapped", ["one", "perceval", "list"])
def test_single_issues_and_envelopes(wrapped: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    one = issue(full_url=None)
    document: Any = {
        "one": {"issue": one},
        "perceval": [{"backend_name": "Pagure", "category": "issue", "data": one}],
        "list": [one],
    }[wrapped]
    path.write_text(json.dumps(document))
    found = read(path)
    assert (found.format, found.rows, len(found.rejects)) == ("pagure", 1, 0)
    assert found.tables["items"]["item_id"].tolist() == ["pagure:2"]


def test_an_issue_that_was_opened_again_is_open(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([issue(close_status="Fixed", closed_at="1768865400")]))
    found = read(path)
    assert found.tables["items"]["state"].tolist() == ["open"]
    assert any("contradict" in sentence for sentence in found.warnings)


@pytest.mark.parametrize(
    "field", ["assignee", "depends", "custom_fields", "tags", "full_url", "id"]
)
@pytest.mark.parametrize("value", [None, 7, "x", [7], {"a": 1}])
def test_strange_values_cost_no_issue(field: str, value: object, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([issue(), issue(**{field: value})]))
    found = read(path)
    assert len(found.tables["items"]) + len(found.rejects) == found.rows == 2
