"""About, as it is written: what it is of, the mark of invented data, the place for the role."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pmanalytics.workbook.books import new_book
from pmanalytics.workbook.cover import SAMPLE_MARK, write_about
from tests.workbook.making import ABOUT

LINES = [("Policy", "sev1 15 days."), ("", "=1+1"), ("", ""), ("Method", "x" * 300)]


def about(folder: Path, **told: Any) -> Worksheet:
    path = folder / "w.xlsx"
    with path.open("wb") as content, new_book(content) as book:
        write_about(book, told, LINES, roles="=About!$A$1:$A$2")
    return openpyxl.load_workbook(path)["About"]


def texts(sheet: Worksheet) -> list[tuple[str | None, ...]]:
    return list(sheet.iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ({"title": "Report", "subject": "payments"}, "Report: payments"),
        ({"title": "Report", "subject": None}, "Report"),
        ({}, "Action items"),
    ],
)
def test_the_title_names_the_subject(tmp_path: Path, told: dict[str, Any], title: str) -> None:
    assert about(tmp_path, **told)["A1"].value == title


def test_headings_stand_beside_their_texts(tmp_path: Path) -> None:
    said = texts(about(tmp_path, **ABOUT))
    assert said[-4:] == [
        ("Policy", "sev1 15 days."), (None, "=1+1"), (None, None), ("Method", "x" * 300),
    ]  # fmt: skip


def test_a_text_like_a_formula_stays_text_and_a_long_one_gets_its_lines(tmp_path: Path) -> None:
    sheet = about(tmp_path)
    last = sheet.max_row
    assert sheet.cell(last - 2, 2).data_type == "s"
    # 114.4 characters fit into a line, a line has 15 points.
    assert sheet.row_dimensions[last].height == 45


@pytest.mark.parametrize(
    ("told", "times"), [({"sample": True}, 1), ({"sample": False}, 0), ({}, 0)]
)
def test_invented_data_are_said_to_be_so(tmp_path: Path, told: dict[str, Any], times: int) -> None:
    assert texts(about(tmp_path, **told)).count((None, SAMPLE_MARK)) == times


@pytest.mark.parametrize("told", [{"sample": True}, {}])
def test_any_role_may_be_written_and_some_are_offered(tmp_path: Path, told: dict[str, Any]) -> None:
    sheet = about(tmp_path, **told)
    (row,) = [cell.row for cell in sheet["A"] if cell.value == "Your role"]
    free = [cell.coordinate for line in sheet.iter_rows() for cell in line
            if not cell.protection.locked]  # fmt: skip
    assert free == [f"B{row}"]
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == (f"B{row}", "About!$A$1:$A$2")
    assert not rule.showErrorMessage
    assert sheet[f"B{row}"].number_format == "@"
    assert "your name does not" in sheet.cell(row + 1, 2).value
