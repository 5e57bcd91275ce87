"""Shortcut: the CSV of stories."""

from collections.abc import Callable

import pandas as pd
import pytest

from pmanalytics.trackers import FileTables
from tests.trackers.samples import sample_text, states

HEADER = "id,name,state,is_completed,completed_at,is_archived,utc_offset,created_at\n"


@pytest.fixture
def at_home() -> str:
    return "Europe/Berlin"


def test_completed_archived_and_open(read: Callable[..., FileTables]) -> None:
    """An archived story that is not completed is dropped, and counted, for its state is open."""
    found = read(sample_text("shortcut"))
    assert states(found) == ["done", "open", "dropped"]
    assert [w for w in found.warnings if "1 row contradicts" in w and "'archived'" in w]
    assert not [w for w in found.warnings if "Unknown" in w]


def test_the_zone_of_a_row_stands_in_another_column(read: Callable[..., FileTables]) -> None:
    """23:30 five hours behind UTC is 4:30 the next day; 13:00 at +5:30 is 7:30."""
    items = read(sample_text("shortcut")).tables["items"]
    assert items["closed_at"].iloc[0] == pd.Timestamp("2026-01-20 04:30", tz="UTC")
    assert items["created_at"].iloc[0] == pd.Timestamp("2026-01-12 15:19:26", tz="UTC")
    assert items["updated_at"].iloc[2] == pd.Timestamp("2026-01-16 07:30", tz="UTC")
    assert items["promised_on"].iloc[0] == pd.Timestamp("2026-01-25")


def test_a_row_without_a_zone_is_in_utc_or_as_configured(read: Callable[..., FileTables]) -> None:
    row = "1,a,Done,TRUE,2026/07/01 10:00:00,FALSE,,2026/07/01 09:00:00\n"
    closed = read(HEADER + row).tables["items"]["closed_at"].iloc[0]
    assert closed == pd.Timestamp("2026-07-01 10:00", tz="UTC")
    closed = read(HEADER + row, timezone="Europe/Berlin").tables["items"]["closed_at"].iloc[0]
    assert closed == pd.Timestamp("2026-07-01 08:00", tz="UTC")


@pytest.mark.parametrize("offset", ["+02:00", "+0200", "+02", "+2"])
def test_the_zone_of_the_row_outranks_the_configuration(
    offset: str, read: Callable[..., FileTables]
) -> None:
    row = f"1,a,Done,TRUE,2026/07/01 10:00:00,FALSE,{offset},2026/07/01 09:00:00\n"
    closed = read(HEADER + row, timezone="America/New_York").tables["items"]["closed_at"].iloc[0]
    assert closed == pd.Timestamp("2026-07-01 08:00", tz="UTC")


def test_all_columns_of_a_row(read: Callable[..., FileTables]) -> None:
    items = read(sample_text("shortcut")).tables["items"]
    row = items.iloc[0]
    assert (row["item_id"], row["team"], row["status"]) == ("shortcut:412", "Payments", "Completed")
    assert (row["severity"], row["priority"]) == ("sev2", "High")
    assert row["owners"] == ["ada@example.com", "grace@example.com"]
    assert row["labels"] == ["postmortem", "sev2"]
    assert items["planned"].fillna("").tolist() == ["Sprint 7", "Queues", ""]


@pytest.mark.parametrize(
    ("state", "completed", "archived", "ours"),
    [
        ("Done", "TRUE", "TRUE", "done"),
        ("Anything", "TRUE", "FALSE", "done"),
        ("Done", "FALSE", "FALSE", "open"),
        ("Won't do", "TRUE", "FALSE", "dropped"),
        ("Doing", "", "", "open"),
        ("Done", "", "", "done"),
    ],
)
def test_states(
    state: str, completed: str, archived: str, ours: str, read: Callable[..., FileTables]
) -> None:
    row = f"1,a,{state},{completed},,{archived},,2026/07/01 09:00:00\n"
    assert states(read(HEADER + row)) == [ours]


def test_a_story_without_a_number_is_a_reject(read: Callable[..., FileTables]) -> None:
    found = read(HEADER + "x,a,Done,TRUE,,,,\n,b,Done,TRUE,,,,\n")
    assert found.rejects["rule"].tolist() == ["no_key", "no_key"]


def test_names_of_columns_in_capitals(read: Callable[..., FileTables]) -> None:
    """A story without an iteration is planned in its epic, however the column is written."""
    first, rest = sample_text("shortcut").split("\n", 1)
    assert read(sample_text("shortcut")).tables["items"]["planned"].tolist()[:2] == [
        "Sprint 7",
        "Queues",
    ]
    capitals = read(",".join(f" {name.upper()} " for name in first.split(",")) + "\n" + rest)
    assert capitals.tables["items"]["planned"].tolist()[:2] == ["Sprint 7", "Queues"]
