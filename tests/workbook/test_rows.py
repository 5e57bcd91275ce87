"""Rows written as text say what a spreadsheet program reads from cells."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.workbook.cells import cell_text
from pmanalytics.workbook.layout import SheetColumn
from pmanalytics.workbook.rows import AT_ONCE
from pmanalytics.workbook.sheets import Sheet
from tests.naughty import TITLES
from tests.workbook.making import written

ANY_FLOAT = st.floats(min_value=-9e307, max_value=9e307)
MOMENTS = st.datetimes(min_value=datetime(1900, 3, 1), max_value=datetime(9999, 12, 31))


def read(folder: Path, values: pd.Series, kind: str) -> list[object]:
    """What openpyxl reads from a column with these values."""
    sheet = Sheet("One", (SheetColumn("value", "Value", kind),), pd.DataFrame({"value": values}))
    path = written(folder / "one.xlsx", sheet)
    page = openpyxl.load_workbook(path)["One"]
    return [row[0] for row in page.iter_rows(min_row=2, values_only=True)]


@given(values=st.lists(st.none() | ANY_FLOAT, min_size=1))
def test_numbers_come_back_to_the_sixteenth_digit(
    tmp_path_factory: pytest.TempPathFactory, values: list[float | None]
) -> None:
    found = read(tmp_path_factory.mktemp("w"), pd.Series(values, dtype="Float64"), "number")
    for value, back in zip(values, found, strict=True):
        if value is None:
            assert back is None
        else:
            assert back == pytest.approx(value, rel=1e-15, abs=0)


@given(values=st.lists(MOMENTS, min_size=1))
def test_moments_come_back_to_the_millisecond(
    tmp_path_factory: pytest.TempPathFactory, values: list[datetime]
) -> None:
    found = read(tmp_path_factory.mktemp("w"), pd.Series(values, dtype="datetime64[us]"), "moment")
    for value, back in zip(values, found, strict=True):
        assert isinstance(back, datetime)
        assert abs((back - value).total_seconds()) < 0.002


@given(values=st.lists(st.none() | st.text(max_size=40), min_size=1))
def test_texts_come_back_as_cells_can_hold_them(
    tmp_path_factory: pytest.TempPathFactory, values: list[str | None]
) -> None:
    found = read(tmp_path_factory.mktemp("w"), pd.Series(values, dtype=object), "text")
    assert found == [None if value is None else cell_text(value) or None for value in values]


def test_hostile_texts_come_back_as_texts(tmp_path: Path) -> None:
    found = read(tmp_path, pd.Series(list(TITLES), dtype=object), "text")
    assert found == [cell_text(value) or None for value in TITLES]


@pytest.mark.parametrize("count", [AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE + 1])
def test_no_row_is_lost_between_two_pieces(tmp_path: Path, count: int) -> None:
    assert read(tmp_path, pd.Series(range(count)), "integer") == list(range(count))


def test_numbers_without_a_value_are_empty_cells(tmp_path: Path) -> None:
    values = pd.Series([float("nan"), float("inf"), -float("inf"), 1.7e308, 0.0])
    assert read(tmp_path, values, "number") == [None, None, None, None, 0]


def test_moments_are_told_in_utc(tmp_path: Path) -> None:
    values = pd.Series(pd.to_datetime(["2026-01-05T08:30:00+02:00"])).dt.tz_convert("Asia/Tokyo")
    assert read(tmp_path, values, "moment") == [datetime(2026, 1, 5, 6, 30)]


def test_days_outside_of_the_calendar_are_texts(tmp_path: Path) -> None:
    # Excel's calendar has a 29 February 1900, so that days before 1 March are not what they seem.
    days = ["0001-01-01", "1900-02-28", "1900-03-01", None]
    values = pd.Series(days, dtype="datetime64[s]")
    assert read(tmp_path, values, "day") == [*days[:2], datetime(1900, 3, 1), None]


def test_wrapped_texts_get_their_height(tmp_path: Path) -> None:
    values = pd.Series(["short", "x" * 25, "x" * 500], dtype="str")
    columns = (SheetColumn("value", "Value", width=12),)
    path = written(tmp_path / "w.xlsx", Sheet("One", columns, pd.DataFrame({"value": values})))
    heights = openpyxl.load_workbook(path)["One"].row_dimensions
    # 12.6 characters fit into a line, a line has 15 points, and there are no more than 8.
    assert [heights[row].height for row in (2, 3, 4)] == [None, 30, 120]
