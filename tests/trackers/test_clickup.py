"""ClickUp: the CSV of tasks."""

from collections.abc import Callable

import pandas as pd
import pytest

from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_sample, states

HEADER = "Task ID,Task Name,Status,Date Created,List Name,Date Closed,Date Done\n"


def test_states() -> None:
    found = read_sample("clickup")
    assert states(found) == ["done", "open", "dropped"]
    assert found.warnings == ()


def test_all_columns_of_a_row() -> None:
    """1768213166 seconds after 1970 is 2026-01-12 10:19:26, 1768865400 is 2026-01-19 23:30 (by
    `date -u -d @...`), and 1769313600 is 2026-01-25 04:00, the hour that ClickUp gives to a due day.
    """
    items = read_sample("clickup").tables["items"]
    row = items.iloc[0]
    assert (row["item_id"], row["project"], row["planned"]) == (
        "clickup:86c1aa",
        "Shop",
        "Sprint 1",
    )
    assert row["title"] == "Alert on a full queue, not on a late one"
    assert row["owners"] == ["Ada Example", "Grace Sample"]
    assert row["labels"] == ["postmortem", "sev2"]
    assert row["created_at"] == pd.Timestamp("2026-01-12 10:19:26", tz="UTC")
    assert row["closed_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    assert row["promised_on"] == pd.Timestamp("2026-01-25")
    assert items["links"].tolist() == [[], ["86c1aa"], []]
    assert items["owners"].tolist()[1:] == [[], ["Grace Sample"]]


def test_a_due_day_is_the_day_in_the_zone_of_the_company() -> None:
    items = read_sample("clickup", at_home="America/Los_Angeles").tables["items"]
    assert items["promised_on"].iloc[0] == pd.Timestamp("2026-01-24")


@pytest.mark.parametrize(
    ("status", "closed", "done", "state"),
    [
        ("Closed", "", "", "done"),
        ("live on site", "1768865400000", "", "done"),
        ("live on site", "", "1768865400000", "done"),
        ("live on site", "", "", "open"),
        ("in progress", "1768865400000", "", "open"),
        ("won't do", "1768865400000", "", "dropped"),
    ],
)
def test_a_date_closes_what_has_no_common_word(
    status: str, closed: str, done: str, state: str, read: Callable[..., FileTables]
) -> None:
    row = f"86c1aa,a,{status},1768213166000,Sprint 1,{closed},{done}\n"
    assert states(read(HEADER + row)) == [state]


def test_without_closing_dates_that_is_said(read: Callable[..., FileTables]) -> None:
    found = read(
        "Task ID,Task Name,Status,Date created,List Name\n86c1aa,a,Closed,1768213166000,x\n"
    )
    assert found.tables["items"]["closed_at"].isna().all()
    assert [warning for warning in found.warnings if "says when it was closed" in warning]


def test_a_key_that_a_spreadsheet_took_for_a_number(read: Callable[..., FileTables]) -> None:
    found = read(HEADER + "8.69E+12,a,Closed,1768213166000,x,,\n86e12,b,Closed,1768213166000,x,,\n")
    assert found.rejects["detail"].tolist() == ["Task ID: '8.69E+12'"]
    assert found.tables["items"]["key"].tolist() == ["86e12"]
