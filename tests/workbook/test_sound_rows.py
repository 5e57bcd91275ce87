"""Rows that the linter does not look at more closely: nothing may be wrong with any of them."""

from pathlib import Path

import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.workbook.lint import lint_workbook
from pmanalytics.workbook.linting.cells import TOGETHER
from pmanalytics.workbook.linting.package import range_of
from pmanalytics.workbook.linting.sound import SoundRows
from pmanalytics.workbook.linting.tables import Table
from tests.workbook.making import actions, replaced, rows, written

SHEET = "xl/worksheets/sheet1.xml"
# A row of which the linter knows without a look at its cells, for there are three rows of each kind.
LATE = 3 * TOGETHER + 3
LAST = 6 * TOGETHER + 1
TABLE = Table(
    part="xl/tables/table1.xml", number="1", name="t", shown="t", where=range_of("A1:C9"),
    filtered="A1:C9", headers=("a", "b", "c"), formulas=("", 'IF(A2<5,"A2","")', ""), count=3,
)  # fmt: skip
SOUND = (
    '<row r="7" spans="1:3"><c r="A7" s="3"/><c r="C7" t="s"><v>11</v></c>',
    '<row r="8" spans="1:3" ht="30" customHeight="1"><c r="B8"><v>-1.5E-07</v></c>',
    '<row r="9"><c r="A9" s="0"><v>9</v></c>'
    '<c r="B9" t="str"><f>IF(A9&lt;5,"A2","")</f><v>ab &amp; cd</v></c>',
    '<row r="12345"></row>'[:-6],
)
DOUBTFUL = {
    "a header": '<row r="1"><c r="A1" t="s"><v>0</v></c>',
    "no number": '<row r=""><c r="A" s="3"/>',
    "another first attribute": '<row s="1" r="7"><c r="A7"/>',
    "too large a number": '<row r="1048577"><c r="A1048577"/>',
    "another row": '<row r="7"><c r="A17" s="3"/>',
    "a row that ends alike": '<row r="17"><c r="A7" s="3"/>',
    "a cell twice": '<row r="7"><c r="A7" s="3"/><c r="A7" s="3"/>',
    "another order": '<row r="7"><c r="B7" s="3"/><c r="A7" s="3"/>',
    "a style of nothing": '<row r="7"><c r="A7" s="4"/>',
    "a text of nothing": '<row r="7"><c r="A7" t="s"><v>12</v></c>',
    "a text that is none": '<row r="7"><c r="A7" t="s"><v>-1</v></c>',
    "no number in a cell": '<row r="7"><c r="A7"><v>NAN</v></c>',
    "a formula of another row": '<row r="7"><c r="B7" t="str"><f>IF(A6&lt;5,"A2","")</f><v></v></c>',
    "a formula of another column": (
        '<row r="7"><c r="C7" t="str"><f>IF(A7&lt;5,"A2","")</f><v></v></c>'),
    "a formula below its table": (
        '<row r="10"><c r="B10" t="str"><f>IF(A10&lt;5,"A2","")</f><v></v></c>'),
    "a formula in a number": '<row r="7"><c r="A7"><f>1+1</f><v>2</v></c>',
    "a text that is too long": (
        f'<row r="7"><c r="B7" t="str"><f>IF(A7&lt;5,"A2","")</f><v>{"y" * 32_768}</v></c>'),
    "an entity": '<row r="7"><c r="B7" t="str"><f>IF(A7&lt;5,"A2","")</f><v>long &x;</v></c>',
    "no end of a cell": '<row r="7"><c r="A7" s="3"><v>1</v>',
    "a tag of another name": '<row r="7"><c r="A7"><v7>1</v7></c>',
    "an attribute twice": '<row r="7"><c r="A7" s="3" s="3"/>',
    "bytes that are no text": '<row r="7"><c r="B7" t="str"><f>IF(A7&lt;5,"A2","")</f><v>abcd\udcff</v></c>',
    "a mark in the place of a number": '<row r="#"><c r="A#" s="3"/>',
    "nothing": "",
}  # fmt: skip


def numbers(*told: str, styles: int = 4, strings: int = 12) -> list[int]:
    sound = SoundRows([TABLE], styles=styles, strings=strings)
    return sound.numbers([row.encode("utf-8", "surrogateescape") for row in told]).tolist()


def test_sound_rows_are_known_by_their_numbers() -> None:
    assert numbers(*SOUND) == [7, 8, 9, 12345]


@pytest.mark.parametrize("what", DOUBTFUL)
def test_of_others_nothing_is_said(what: str) -> None:
    assert numbers(SOUND[0], DOUBTFUL[what]) == [7, 0]


def test_without_shared_texts_there_is_none_to_refer_to() -> None:
    assert numbers('<row r="7"><c r="A7" t="s"><v>0</v></c>', strings=0) == [0]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with many rows, of which the linter looks at the first ones only."""
    many = pd.concat([rows()] * (2 * TOGETHER), ignore_index=True)
    addresses = [f"https://tracker.example/{number}" for number in range(len(many))]
    sheet = actions(frame=many, links=addresses)
    return written(tmp_path_factory.mktemp("sound") / "long.xlsx", sheet)


def test_a_long_sheet_has_no_fault(path: Path) -> None:
    assert lint_workbook(path) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (f'<c r="D{LATE}"', f'<c r="C{LATE}"', f"cell C{LATE} occurs more than once"),
        (f'<c r="D{LATE}"', f'<c r="D{LATE - 1}"', f"cell D{LATE - 1} occurs more than once"),
        (f'<row r="{LATE}"', '<row r="9"', f"row 9 comes after row {LATE - 1}"),
        (f'<row r="{LAST}"', '<row r="1048577"', "more than 1,048,576 rows"),
        (f'<c r="D{LATE}" s="', f'<c r="D{LATE}" s="9', "a cell has style 9"),
        (f"<f>IF(AND(G{LATE}=", "<f>IF(AND(G2=", f"cell J{LATE} holds a formula that no column"),
        (f'<c r="D{LATE}" s="', f'<c r="D{LATE}"><f>1</f></c><c r="D9000" s="', f"D{LATE} holds"),
    ],
)
def test_faults_far_below_are_found_too(path: Path, old: str, new: str, expected: str) -> None:
    faults = lint_workbook(replaced(path, SHEET, old, new))
    assert any(expected in fault for fault in faults), faults


def test_rows_far_below_that_are_not_well_formed_are_refused(path: Path) -> None:
    with pytest.raises(InputError, match=r"sheet1\.xml of the workbook is not well-formed"):
        lint_workbook(replaced(path, SHEET, f'<c r="D{LATE}"', f'<c r="D{LATE}"><v'))
