"""Our own tables, as CSV and as Parquet."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pmanalytics.errors import InputError
from pmanalytics.tables import conform
from pmanalytics.trackers import FileTables
from tests.trackers.samples import sample_text


@pytest.fixture
def at_home() -> str:
    return "Europe/Berlin"


def test_the_sample(read: Callable[..., FileTables]) -> None:
    """Times without a zone are Berlin's, an hour ahead of UTC in January."""
    items = read(sample_text("table")).tables["items"]
    assert items["item_id"].tolist() == ["jira:PAY-1", "docs:INC-7/1", "table:PAY-3"]
    assert items["source"].tolist() == ["jira", "docs", "table"]
    assert items["project"].fillna("").tolist() == ["PAY", "", "PAY"]
    assert items["title"].iloc[1] == '=Say "so" in the runbook \u2013 twice'
    assert items["owners"].iloc[0] == ["Ada Example", "Grace Sample"]
    assert items["severity"].tolist() == ["sev1", "sev2", "Major"]
    assert items["created_at"].iloc[0] == pd.Timestamp("2026-01-12 11:19", tz="UTC")
    assert items["closed_at"].iloc[0] == pd.Timestamp("2026-01-14 08:00", tz="UTC")
    assert items["closed_at"].iloc[2] == pd.Timestamp("2026-01-20 09:00", tz="UTC")


HEADERS = {
    "attendance": "incident_id,role,team",
    "incidents": "incident_id,title,severity,started_at",
    "services": "service,team,role",
    "teams": "team,project,aliases",
    "people": "person,team,since,until",
    "decisions": "decided_on,subject,kind,value,until",
    "events": "subject,at,field,before,after",
    "items": "key,title,state,created_at",
}


@pytest.mark.parametrize("table", HEADERS)
def test_each_table_is_known_by_its_columns(table: str, read: Callable[..., FileTables]) -> None:
    header = HEADERS[table]
    assert list(read(header + "\n").tables) == [table]
    assert list(read(";".join(reversed(header.split(","))) + "\n").tables) == [table]


@pytest.mark.parametrize(
    ("header", "table"),
    [
        ("team", "teams"),
        ("team,since,until", "teams"),
        ("service", "services"),
        ("person", "people"),
    ],
)
def test_a_short_list_of_the_registry_is_known(
    header: str, table: str, read: Callable[..., FileTables]
) -> None:
    found = read(f"{header}\nPayments{',' * header.count(',')}\n")
    assert {name: len(rows) for name, rows in found.tables.items()} == {table: 1}


def test_values_have_the_types_of_the_table(read: Callable[..., FileTables]) -> None:
    found = read(
        "incident_id,started_at,impact_minutes,customers_affected,derived,causes\n"
        "INC-1,2026-01-10T03:00:00Z,12.5,40,True,disk;queue\nINC-2,,,,,\nINC-3,,many,,,\n"
    )
    first, second = found.tables["incidents"].to_dict("records")
    assert (first["impact_minutes"], first["customers_affected"], first["derived"]) == (
        12.5,
        40,
        True,
    )
    assert first["causes"] == ["disk", "queue"]
    assert pd.isna(second["impact_minutes"])
    assert found.rejects[["row", "rule"]].to_numpy().tolist() == [[4, "bad_number"]]


def test_kinds_of_decisions_are_no_kinds_of_items(read: Callable[..., FileTables]) -> None:
    found = read("decided_on,subject,kind,until\n2026-01-10,jira:PAY-1,waiver,2026-02-01\n")
    row = found.tables["decisions"].iloc[0]
    assert (row["kind"], row["until"]) == ("waiver", pd.Timestamp("2026-02-01"))


def test_unknown_columns_and_words_are_reported(read: Callable[..., FileTables]) -> None:
    found = read("key,title,state,created_at,kind,servrity\nA-1,a,odd,,fun,x\n")
    assert found.tables["items"][["state", "kind"]].to_numpy().tolist() == [["open", "other"]]
    assert sorted(sentence.split(" ")[0] for sentence in found.warnings) == [
        "The",
        "Unknown",
        "Unknown",
    ]
    assert "'servrity'" in "".join(found.warnings)


def test_an_item_without_a_ticket_is_named_by_its_title(read: Callable[..., FileTables]) -> None:
    found = read(
        "key,title,state,created_at\n,Write it down,open,\n,Write it down,done,\n,,open,\n",
        name="docs",
    )
    items = found.tables["items"]
    assert items["item_id"].tolist() == ["docs:Write it down", "docs:Write it down (2)"]
    assert items["key"].isna().all()
    assert found.rejects["rule"].tolist() == ["no_key"]


def test_parquet_says_the_same_as_csv(read: Callable[..., FileTables], tmp_path: Path) -> None:
    items = read(sample_text("table")).tables["items"].drop(columns="row")
    file = tmp_path / "items.parquet"
    items.to_parquet(file, index=False)
    again = read(file.read_bytes())
    pd.testing.assert_frame_equal(again.tables["items"].drop(columns="row"), items)


def test_parquet_keeps_nobody_and_unknown_apart(
    read: Callable[..., FileTables], tmp_path: Path
) -> None:
    frame = conform(
        pd.DataFrame({"item_id": ["a:1", "a:2", "a:3"], "owners": [["x"], [], None]}), "items"
    )
    frame.to_parquet(tmp_path / "y", index=False)
    owners = read((tmp_path / "y").read_bytes()).tables["items"]["owners"]
    assert owners.isna().tolist() == [False, False, True]
    assert owners.iloc[0] == ["x"]


def test_a_column_that_no_csv_row_fills_does_not_say(read: Callable[..., FileTables]) -> None:
    found = read("key,title,state,created_at,owners\nA-1,a,open,,\nA-2,b,open,,\n")
    assert found.tables["items"]["owners"].isna().all()


@pytest.mark.parametrize("end", [4, 60, -1])
def test_damaged_parquet_is_one_sentence(
    end: int, read: Callable[..., FileTables], tmp_path: Path
) -> None:
    pq.write_table(pa.table({"item_id": ["a:1"], "state": ["open"]}), tmp_path / "y")
    with pytest.raises(InputError, match="damaged"):
        read((tmp_path / "y").read_bytes()[:end])


def test_parquet_with_another_type_is_one_sentence(
    read: Callable[..., FileTables], tmp_path: Path
) -> None:
    pq.write_table(pa.table({"item_id": ["a:1"], "state": [{"a": 1}]}), tmp_path / "y")
    with pytest.raises(InputError, match="'state'"):
        read((tmp_path / "y").read_bytes())


def test_rejects_that_were_written_are_left_aside(read: Callable[..., FileTables]) -> None:
    found = read("file,row,rule,detail\nx.csv,3,short_row,2 cells\n")
    assert (found.rows, found.filtered, dict(found.tables)) == (1, 1, {})
