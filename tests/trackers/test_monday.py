"""monday.com: the rows of a board's sheet, of all kinds."""

from collections.abc import Callable
from random import Random
from typing import Any

import pandas as pd
import pytest

from pmanalytics.errors import InputError, PmanalyticsError
from pmanalytics.reading.sheets import Sheet
from pmanalytics.trackers import FileTables
from pmanalytics.trackers.monday_sheet import arrange
from tests.trackers.samples import read_sample, states, workbook

ITEMS = ["Name", "Subitems", "Owner", "Status", "Item ID (auto generated)"]
BOARD = [
    ["Board"],
    ["Next"],
    ITEMS,
    ["Retry", "Test", "Ada", "Done", "1"],
    ["Subitems", "Name", "Status", "Item ID (auto generated)"],
    ["", "Test", "Stuck", "2"],
    ["Alert", "", "", "", "3"],
    ["", "", "", "2 Done"],
]


@pytest.fixture
def read_sheets(read: Callable[..., FileTables]) -> Callable[..., FileTables]:
    return lambda *sheets, **source: read(workbook(*sheets), **source)


@pytest.fixture
def items() -> pd.DataFrame:
    found = read_sample("monday")
    assert (found.format, found.rows, len(found.rejects)) == ("monday", 5, 0)
    return found.tables["items"]


def test_items_and_sub_items_of_all_groups(items: pd.DataFrame) -> None:
    assert items["title"].tolist() == [
        "Retry with a limit", "Write a test", "Tell the teams", "Alert on queue depth",
        "Rewrite the search",
    ]  # fmt: skip
    assert items["key"].tolist() == [f"100000000{n}" for n in range(1, 6)]
    assert items["state"].tolist() == ["done", "done", "open", "open", "dropped"]
    # The rows of the sheet, counted by hand; blank ones count there too.
    assert items["row"].tolist() == [5, 7, 8, 9, 14]
    assert items["planned"].tolist() == ["This quarter"] * 4 + ["Later"]
    assert set(items["project"]) == {"Postmortem actions"}
    links = [[], ["1000000001"], ["1000000001"], [], []]
    assert items["links"].map(list).tolist() == links


def test_all_columns_of_an_item(items: pd.DataFrame) -> None:
    row = items.iloc[0]
    assert row["owners"] == ["Ada L", "Grace H"]
    assert row["labels"] == ["postmortem", "20260110"]
    assert (row["severity"], row["priority"]) == ("sev2", "High")
    assert row["promised_on"] == pd.Timestamp("2026-02-01")
    assert row["created_at"] == pd.Timestamp("2026-01-12 11:19", tz="UTC")


def test_the_sheet_of_updates_is_no_board() -> None:
    found = read_sample("monday")
    assert any("were left out: 'updates'" in sentence for sentence in found.warnings)


def test_boards_without_numbers_are_named_by_titles(read_sheets: Callable[..., FileTables]) -> None:
    """Without numbers an item with a name alone is told from a title by the header that follows."""
    header = ["Name", "Person", "Status"]
    found = read_sheets(
        [["Board"], ["Next"], header, ["Retry", "Ada", "Done"], ["Alert"], ["", "", "1 Done"],
         ["Later"], header, ["Retry", "Grace", "Stuck"]]
    )  # fmt: skip
    items = found.tables["items"]
    assert items["item_id"].tolist() == ["monday:Retry", "monday:Alert", "monday:Retry (2)"]
    assert items["planned"].tolist() == ["Next", "Next", "Later"]
    assert items["state"].tolist() == ["done", "open", "open"]


def test_several_boards_in_one_workbook(read_sheets: Callable[..., FileTables]) -> None:
    other = [["Other"], ["Now"], ITEMS, ["Page", "", "Ada", "Stuck", "9"]]
    items = read_sheets(BOARD, other).tables["items"]
    assert items["project"].tolist() == ["Board"] * 3 + ["Other"]


def test_a_row_beyond_the_header_is_refused_with_its_number(
    read_sheets: Callable[..., FileTables],
) -> None:
    found = read_sheets([*BOARD, ["Long", "", "", "Done", "7", "more"]])
    assert found.rejects[["row", "rule"]].to_numpy().tolist() == [[9, "long_row"]]
    assert len(found.tables["items"]) == 3


def test_other_sheets_stay_as_they_are() -> None:
    for rows in (
        [["Made on Monday"], ["Name", "Status"], ["Retry", "Done"]],
        [["Name", "Status"], ["Retry", "Done"]],
        [["Key", "Name"], ["A-1", "x"]],
        [["Title", "of two"], ["Name", "Subitems"], ["x", ""]],
        [],
    ):
        sheet = Sheet("x", "", rows, list(range(1, len(rows) + 1)))
        assert arrange(sheet) is sheet


def test_names_of_columns_may_come_again(read_sheets: Callable[..., FileTables]) -> None:
    header = ["Name", "Subitems", "Status", "Note", "Note"]
    found = read_sheets([["Board"], ["Next"], header, ["Retry", "", "Done", "a", "b"]])
    assert states(found) == ["done"]


def test_damaged_boards_are_read_or_refused(read_sheets: Callable[..., FileTables]) -> None:
    """Rows and cells that go missing, move, come twice or hold something else, from a seed."""
    random = Random(3)
    for _ in range(150):
        rows: list[list[Any]] = [list(row) for row in BOARD]
        for _ in range(random.randrange(1, 4)):
            row = random.choice(rows)
            match random.randrange(6):
                case 0:
                    rows.remove(row)
                case 1:
                    rows.insert(random.randrange(len(rows)), list(row))
                case 2:
                    random.shuffle(row)
                case 3:
                    row[random.randrange(len(row))] = random.choice(
                        [None, "", 5, "Name", "Subitems"]
                    )
                case 4:
                    row.insert(0, "")
                case 5:
                    row.append("more")
        try:
            read_sheets(rows)
        except PmanalyticsError as problem:
            sentence = str(problem)
            assert "x" in sentence
            assert "\n" not in sentence


def test_titles_alone_are_refused(read_sheets: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError, match="x"):
        read_sheets([["Board"], ["Next"]])


def test_a_header_alone_has_no_rows(read_sheets: Callable[..., FileTables]) -> None:
    assert read_sheets(BOARD[:3]).rows == 0
