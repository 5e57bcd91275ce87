"""Cells: columns of one name, and lists."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.reading.cells import Cells, merged

WORD = st.sampled_from(["", " ", "a", "b ", "a,b", ",", "A-1"])


def test_text_is_the_first_filled_cell_of_columns_with_one_name() -> None:
    columns = {"Severity": (pa.array(["", "x", ""]), pa.array(["1", "2", " "]))}
    cells = Cells(columns, np.arange(3))
    assert cells.text("Severity").to_pylist() == ["1", "x", ""]
    assert cells.texts(["Severity"]).to_pylist() == [["1"], ["x", "2"], []]


def test_what_is_left_out_of_lists() -> None:
    columns = [pa.array(["A-1", "none", ""]), pa.array(["b", "A-2", "Unassigned"])]
    assert merged(columns, like="^A-[0-9]$").to_pylist() == [["A-1"], ["A-2"], []]
    assert merged(columns, without=("Unassigned",)).to_pylist() == [
        ["A-1", "b"],
        ["none", "A-2"],
        [],
    ]


def test_lists_of_json_keep_what_is_missing() -> None:
    column = pa.array([["a"], [], None], pa.large_list(pa.large_string()))
    assert merged([column]).to_pylist() == [["a"], [], None]
    assert merged([column, column]).to_pylist() == [["a", "a"], [], []]


@given(st.lists(st.tuples(WORD, WORD, WORD)))
def test_merging_is_what_a_loop_does(rows: list[tuple[str, str, str]]) -> None:
    columns = [pa.array([row[i] for row in rows], pa.string()) for i in range(3)]
    expected = [
        [part.strip() for cell in row for part in cell.split(",") if part.strip()] for row in rows
    ]
    assert merged(columns, separator=",").to_pylist() == expected
