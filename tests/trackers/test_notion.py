"""Notion: the CSV of a database."""

from collections.abc import Callable

import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_sample, sample_text, states


def test_states() -> None:
    """A row with nothing in Status is open."""
    found = read_sample("notion")
    assert states(found) == ["done", "open", "dropped", "open"]
    assert found.warnings == ()


def test_rows_are_named_by_their_titles() -> None:
    items = read_sample("notion").tables["items"]
    assert items["item_id"].tolist()[2:] == ["notion:Alert twice", "notion:Alert twice (2)"]
    assert items["key"].isna().all()


def test_all_columns_of_a_row() -> None:
    row = read_sample("notion").tables["items"].iloc[0]
    assert (row["team"], row["status"]) == ("Payments", "Done")
    assert row["owners"] == ["Ada Example", "Grace Sample"]
    assert row["labels"] == ["postmortem", "sev2"]
    assert row["created_at"] == pd.Timestamp("2026-01-12 10:19", tz="UTC")
    assert row["updated_at"] == pd.Timestamp("2026-01-19 23:30", tz="UTC")
    assert row["closed_at"] == pd.Timestamp("2026-01-19", tz="UTC")


def test_the_end_of_a_range_is_due(read: Callable[..., FileTables]) -> None:
    text = sample_text("notion").replace("January 25, 2026", "January 20, 2026 → January 25, 2026")
    text = text.replace("2026 3:00 PM", "2026 3:00 PM → 4:00 PM")
    assert text.count("→") == 2
    promised = read(text).tables["items"]["promised_on"]
    assert promised.dt.strftime("%m-%d").fillna("").tolist() == ["01-25", "", "01-31", ""]


def test_a_relation_that_is_mapped_is_a_name() -> None:
    items = read_sample("notion", fields={"incident_id": "Incident"}).tables["items"]
    assert items["incident_id"].fillna("").tolist() == ["Slow checkout", "", "", ""]


def test_relations_of_older_exports_are_files(read: Callable[..., FileTables]) -> None:
    found = read("Name,Team,Created time\na,Payments (../Teams/Payments%20012.md),\n")
    assert found.tables["items"]["team"].tolist() == ["Payments"]


def test_the_first_column_is_the_title_whatever_its_name(read: Callable[..., FileTables]) -> None:
    found = read('Was,Status,Created time\na,Done,"January 12, 2026 10:19 AM"\n')
    assert found.tables["items"][["title", "item_id", "state"]].iloc[0].tolist() == [
        "a",
        "notion:a",
        "done",
    ]


def test_an_id_is_the_key(read: Callable[..., FileTables]) -> None:
    found = read("Name,ID,Status,Created time\na,TASK-12,Done,\nb,7,Done,\nc,,Done,\n")
    assert found.tables["items"]["item_id"].tolist() == ["notion:TASK-12", "notion:7", "notion:c"]


@pytest.mark.parametrize(
    ("status", "done", "state"),
    [
        ("", "Yes", "done"),
        ("", "No", "open"),
        ("Done", "No", "done"),
        ("In progress", "Yes", "open"),
        ("Rolled out", "Yes", "done"),
    ],
)
def test_a_status_outranks_a_check_box(
    status: str, done: str, state: str, read: Callable[..., FileTables]
) -> None:
    found = read(f"Name,Status,Done,Created time\na,{status},{done},\n")
    assert states(found) == [state]


def test_other_names_are_mapped(read: Callable[..., FileTables]) -> None:
    text = 'Maßnahme,Stand,Bis\na,fertig,"January 25, 2026"\n'
    with pytest.raises(InputError, match="no known tracker"):
        read(text)
    found = read(
        text,
        tracker="notion",
        fields={"title": "Maßnahme", "status": "Stand", "promised_on": "Bis"},
        states={"fertig": "done"},
    )
    row = found.tables["items"].iloc[0]
    assert (found.format, row["item_id"], row["state"]) == ("notion", "notion:a", "done")
    assert row["promised_on"] == pd.Timestamp("2026-01-25")


def test_other_spellings_are_other_tools(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError, match="no known tracker"):
        read("Name,Status,Created Time,Last Edited Time\na,Done,,\n")
