"""Delimited text: headers, rows that are none, and two ways to read that must agree."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.reading import careful, fast
from pmanalytics.reading.delimited import Delimited, headers, read_cells

# The writer of the csv module quotes a carriage return only beside a line feed.
PIECES = (*"ab ,;\"\n\t1\u00e4\U0001f642'=", "\r\n")
TEXT = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
ROWS = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), max_size=8)
)


def opened(text: str, delimiter: str = ",") -> Delimited:
    return next(file for file in headers(text.encode(), name="x") if file.delimiter == delimiter)


def lists(
    text: str, names: tuple[str, ...], footer: str = ""
) -> tuple[list[list[str]], list[tuple[int, str]]]:
    cells = read_cells(opened(text), names, footer=footer)
    columns = [cells.text(name).to_pylist() for name in names]
    return [list(row) for row in zip(cells.row.tolist(), *columns, strict=True)], [
        r[:2] for r in cells.rejects
    ]


def test_headers_of_each_delimiter() -> None:
    found = list(headers(b'a;"b\n;c";d\n1;2;3\n', name="x"))
    assert [file.delimiter for file in found] == [",", ";", "\t", ";"]
    assert [file.header for file in found if file.delimiter == ";"] == [
        ("a", "b\n;c", "d"),
        ("1", "2", "3"),
    ]


def test_a_header_below_lines_of_another_kind() -> None:
    """Four filled lines of six, one blank and one of empty cells, so that it stands in row 7."""
    above = "Our items\nmade on Monday, by us\n\n,\nby;team\nx,y\n"
    found = list(headers(f"{above}a,b,c\n1,2,3\n".encode(), name="x"))
    assert [file.above for file in found[:3]] == [0, 0, 0]
    file = next(file for file in found if file.header == ("a", "b", "c"))
    assert (file.delimiter, file.above, file.first_row) == (",", 4, 8)
    cells = read_cells(file, ("b",))
    assert (cells.text("b").to_pylist(), cells.row.tolist()) == (["2"], [8])


def test_headers_are_looked_for_among_ten_lines() -> None:
    rows = "".join(f"{i},2,3\n" for i in range(1, 30))
    found = [file.header[0] for file in headers(rows.encode(), name="x") if file.delimiter == ","]
    assert found == [str(i) for i in range(1, 11)]


def test_a_line_that_names_the_separator() -> None:
    (file,) = headers(b"sep=|\r\na|b\r\n1|2\r\n", name="x")
    cells = read_cells(file, ("b",))
    assert (file.delimiter, file.header) == ("|", ("a", "b"))
    assert (cells.text("b").to_pylist(), cells.row.tolist()) == (["2"], [2])


def test_rows_have_the_number_that_a_spreadsheet_shows() -> None:
    """A cell of several lines is one row; a blank line counts, and is no row."""
    rows, rejects = lists('\na,b\n1,"x\n\ny"\n\n2,z\n3\n4,w\n', ("a", "b"))
    assert rows == [[3, "1", "x\n\ny"], [5, "2", "z"], [7, "4", "w"]]
    assert rejects == [(6, "short_row")]


def test_rows_that_are_no_records() -> None:
    rows, rejects = lists("a,b,,\n1,2,,\n1,2\n1,2,,,,\n1,2,3,\n1,2,,,5\n1\n", ("a", "b"))
    assert [row[0] for row in rows] == [2, 3, 4]
    assert rejects == [(5, "long_row"), (6, "long_row"), (7, "short_row")]


def test_a_footer_is_told_from_its_first_cell() -> None:
    for footer_row in ("Made on Monday,", "Made on Monday"):
        rows, rejects = lists(f"a,b\n1,2\n{footer_row}\n", ("b",), footer="Made on ")
        assert (rows, rejects) == ([[2, "2"]], [(3, "footer")])


@pytest.mark.parametrize("end", ['"c', '3,"c', '3,"c\n4,5\n6,7', '"', '3,4\n"5'])
def test_a_file_cut_within_quotes_loses_one_row_and_says_so(end: str) -> None:
    cells = read_cells(opened("a,b\n1,2\n" + end), ("a", "b"))
    assert cells.rejects[-1][1] == "cut_off"
    assert "cut off" in cells.warnings[0]
    assert cells.text("a").to_pylist()[0] == "1"


def test_details_are_short() -> None:
    cells = read_cells(opened("a,b\n" + "x" * 5000 + "\n"), ("a",))
    assert len(cells.rejects[0][2]) < 120


@given(
    rows=ROWS, delimiter=st.sampled_from([",", ";", "\t"]), line_end=st.sampled_from(["\n", "\r\n"])
)
def test_both_ways_read_regular_files_alike(
    rows: list[list[str]], delimiter: str, line_end: str
) -> None:
    """And both read what the csv module wrote. The first cell is filled, so that no row is blank."""
    width = len(rows[0]) if rows else 2
    rows = [["x" + row[0], *row[1:]] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    content = text.getvalue().encode()
    plan = careful.Plan(wanted=tuple(range(width)), needed=width)
    slow = careful.read_rows(content, 0, delimiter, plan)
    quick = fast.read_columns(content, 0, delimiter, width, plan)
    assert [
        list(row) for row in zip(*(column.to_pylist() for column in slow.columns), strict=True)
    ] == rows
    if rows:
        assert quick is not None
    if quick is not None:
        assert all(a.equals(b) for a, b in zip(quick.columns, slow.columns, strict=True))
        assert (quick.row.tolist(), list(quick.rejects)) == (slow.row.tolist(), list(slow.rejects))


@given(text=st.text(alphabet=st.sampled_from(list('ab,"\n\r ') ), max_size=60))  # fmt: skip
def test_the_fast_way_agrees_or_gives_up_on_any_text(text: str) -> None:
    plan = careful.Plan(wanted=(0, 2), needed=3, footer="ba")
    content = text.encode()
    slow = careful.read_rows(content, 0, ",", plan)
    quick = fast.read_columns(content, 0, ",", 4, plan)
    if quick is not None:
        assert [c.to_pylist() for c in quick.columns] == [c.to_pylist() for c in slow.columns]
        assert quick.row.tolist() == slow.row.tolist()
        assert list(quick.rejects) == list(slow.rejects)


def test_an_ordinary_file_takes_the_fast_way() -> None:
    file = opened("a,b\n" + '1,"x\ny"\n' * 10)
    plan = careful.Plan(wanted=(0, 1), needed=2)
    assert fast.read_columns(file.content, file.start, ",", 2, plan) is not None


def test_a_header_that_never_ends_is_no_header() -> None:
    """An open quote, and a line beyond a megabyte."""
    assert list(headers(b'"a,b\n' + b"1,2\n" * 300_000, name="x")) == []
    assert list(headers(b"a,b" + b"," * 1_100_000 + b"\n1,2\n", name="x")) == []


def test_very_many_columns_are_read() -> None:
    wide = "," * 6_000
    assert lists(f"a,b{wide}\n1,2{wide}\n", ("b",)) == ([[2, "2"]], [])


def test_a_row_larger_than_a_block_is_read() -> None:
    large = "x" * (5 << 20)
    rows, _ = lists(f'a,b\n1,"{large}\n"\n2,y\n', ("a", "b"))
    assert [(row[1], len(row[2])) for row in rows] == [("1", len(large)), ("2", 1)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("a,b,c\n1,2,3\n4,5", "cut_off"), ("a,b,c\n1,2,3\n4,5\n", "short_row"), ("a,b,c\n4,5\n1,2,3", "short_row")],
)  # fmt: skip
def test_a_last_row_whose_line_does_not_end_was_cut_off(text: str, rule: str) -> None:
    found = read_cells(next(headers(text.encode(), name="x")), ["a", "b", "c"])
    assert [each[1] for each in found.rejects] == [rule]
    assert bool(found.warnings) == (rule == "cut_off")
