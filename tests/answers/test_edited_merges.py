"""Merged cells: a spreadsheet keeps one value of them, which is the answer of one row only."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from pmanalytics.answers.edited import Edited, read_edited
from tests.answers.workbook_edits import (
    HEADERS,
    Change,
    answers,
    headers,
    put,
    refusals,
    rewrite,
    row_of,
)

Read = Callable[..., Edited]
ITEM = HEADERS["item"]


def merge(first: str, last: str, rows: tuple[int, int], sheet: str = "Actions") -> Change:
    """Merge the cells of some columns and rows, as the last thing that is done."""

    def change(book: openpyxl.Workbook) -> None:
        page, places = book[sheet], headers(book[sheet])
        page.merge_cells(
            start_row=rows[0], end_row=rows[1],
            start_column=places[ITEM[first]], end_column=places[ITEM[last]],
        )  # fmt: skip

    return change


def typed(row: int, column: str, value: object) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        book["Actions"].cell(row, headers(book["Actions"])[ITEM[column]]).value = value

    return change


SAID = (
    "Sheet 'Actions': cells for answers are merged (row {}), of which only the first is read; take "
    "them apart, and write each answer in its own cell."
)


def test_an_answer_merged_over_rows_names_the_others(edited: Read) -> None:
    result = edited(typed(2, "note", "for all three"), merge("note", "note", (2, 4)))
    merged = [remark for remark in refusals(result) if "merged" in remark.sentence]
    assert [remark.sentence for remark in merged] == [SAID.format("3, 4")]
    assert (merged[0].sheet, merged[0].row) == ("Actions", 0)
    read = [row.answers["note"] for row in result.rows if row.sheet == "Actions" and row.row == 2]
    assert read == ["for all three"]


def test_answers_merged_in_their_row_name_it(edited: Read) -> None:
    result = edited(typed(3, "reason", "both at once"), merge("reason", "note", (3, 3)))
    assert SAID.format("3") in {remark.sentence for remark in refusals(result)}


def test_many_merged_rows_are_cut(edited: Read) -> None:
    day = datetime(2026, 11, 15)
    result = edited(
        typed(2, "new_promised_on", day),
        typed(2, "note", "x"),
        merge("new_promised_on", "new_promised_on", (2, 6)),
        merge("note", "note", (2, 300)),
    )
    (merged,) = [remark for remark in refusals(result) if "merged" in remark.sentence]
    assert merged.sentence == SAID.format("3, 4, 5, 6")


@pytest.mark.parametrize(
    "change",
    [
        # Nothing stands in it, facts are no answers, and nobody answers above the header.
        merge("severity", "team", (2, 4)),
        merge("note", "note", (40, 44)),
    ],
)
def test_merged_cells_without_an_answer_are_not_worth_a_word(edited: Read, change: Change) -> None:
    assert [r for r in edited(change).remarks if "merged" in r.sentence] == []


def test_merged_cells_of_other_sheets_are_theirs(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["About"].merge_cells("A5:B9")

    assert edited(change).remarks == ()


def test_very_many_merged_ranges_take_no_time(edit: Callable[..., Path]) -> None:
    """Ranges that overlap, which no spreadsheet writes: 100,000 times a column of a million rows."""
    path = edit(put("PAY-1", note="mine"))
    sheet = openpyxl.load_workbook(path)["Actions"]
    at = openpyxl.utils.get_column_letter(headers(sheet)[ITEM["note"]])
    row = row_of(sheet, "jira:PAY-1")
    ranges = f'<mergeCell ref="{at}{row}:{at}1048576"/>'.encode() * 100_000
    part = "xl/worksheets/sheet3.xml"
    rewrite(path, part, lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + ranges, 1))
    result = read_edited(path, zone="UTC")
    assert answers(result, "PAY-1") == {"note": "mine"}
