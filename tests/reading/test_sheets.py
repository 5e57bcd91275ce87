"""Sheets: the same cells as from delimited text."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.reading.delimited import headers, read_cells
from pmanalytics.reading.sheets import Sheet, sheet_cells, titled

CELL = st.sampled_from(["", " ", "a", "b,c", "x\ny", "Made on"])


def sheet(*rows: list[str]) -> Sheet:
    return Sheet("x.xlsx", "Items", rows, range(1, len(rows) + 1))


def test_each_filled_row_can_be_the_header() -> None:
    found = list(titled(sheet(["Our list"], ["", " "], ["Key", "", "Key"], ["1"]), most=3))
    assert [(file.header, file.place) for file in found] == [
        (("Our list",), 0),
        (("Key", "", "Key"), 2),
    ]
    assert found[1].names == ("Key",)


def test_rows_that_are_none_and_numbers_of_a_spreadsheet() -> None:
    rows = (["top"], ["a", "b", "", "a", ""], [" 1", "2", "", "3"], [], ["4"], ["Made on x"])
    late = ["5", "", "", "", "6"]
    file = list(titled(Sheet("x", "", (*rows, late, [" "]), (1, 3, 4, 5, 9, 10, 12, 13))))[1]
    cells = sheet_cells(file, ["a", "b"], footer="Made on ")
    assert [column.to_pylist() for column in cells.columns["a"]] == [[" 1", "4"], ["3", ""]]
    assert cells.columns["b"][0].to_pylist() == ["2", ""]
    assert cells.row.tolist() == [4, 9]
    assert [reject[:2] for reject in cells.rejects] == [(10, "footer"), (12, "long_row")]


def test_a_sheet_without_rows_or_wanted_columns() -> None:
    file = next(titled(sheet(["a", "b"])))
    assert len(sheet_cells(file, ["a"])) == 0
    assert dict(sheet_cells(file, []).columns) == {}


@given(st.lists(st.lists(CELL, min_size=3, max_size=5), max_size=6))
def test_the_cells_are_those_of_delimited_text(rows: list[list[str]]) -> None:
    """Rows are filled to the width of the header, for delimited text refuses shorter ones."""
    rows = [["x" + row[0], *row[1:]] for row in rows]
    whole = [["a", "b", "a", ""], *rows]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(whole)
    one = read_cells(next(headers(text.getvalue().encode(), name="x")), ["a", "b"], footer="xMade")
    other = sheet_cells(next(titled(sheet(*whole))), ["a", "b"], footer="xMade")
    assert other.columns == one.columns
    assert other.row.tolist() == one.row.tolist()
    assert list(other.rejects) == list(one.rejects)
