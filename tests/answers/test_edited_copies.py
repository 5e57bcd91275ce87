"""Rows of which a workbook holds several copies: pasted rows, and a sheet kept as a backup."""

import re
from collections.abc import Callable

import openpyxl
import pytest

from pmanalytics.answers.edited import Edited
from tests.answers.workbook_edits import (
    HEADERS,
    Change,
    answers,
    cell,
    fill,
    found,
    headers,
    put,
    refusals,
)

Read = Callable[..., Edited]
ITEM = HEADERS["item"]


def paste(name: str, over: str) -> Change:
    """A whole row copied over another one."""

    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Actions"]
        source, target = (cell(book, each, "key").row for each in (name, over))
        fill(sheet, target, [(at.value, at.data_type) for at in sheet[source]])

    return change


def test_a_row_that_was_pasted_over_another_counts_once(edited: Read) -> None:
    result = edited(paste("PAY-2", over="PAY-1"))
    assert answers(result, "PAY-2") == {"decision": "drop", "reason": "bought"}
    assert [remark.sentence[:36] for remark in result.remarks] == [
        "1 row of Actions did not come back; "
    ]


def test_copies_of_a_row_that_do_not_agree_are_refused(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        cell(book, "PAY-2", "reason").value = "another reason"

    copied = (put("PAY-2", reason="too dear"), paste("PAY-2", over="PAY-1"))
    result = edited(*copied, change)
    (remark,) = refusals(result)
    assert not found(result, "PAY-2")
    rows = [int(number) for number in re.findall(r"row (\d+)", remark.sentence)]
    assert remark.row == rows[0] < rows[1]
    assert "(jira:PAY-2): it stands on 'Actions' row" in remark.sentence


def backup(book: openpyxl.Workbook) -> None:
    """Copy the sheet Actions within the file."""
    book.copy_worksheet(book["Actions"]).title = "Actions (2)"


def in_backup(name: str, **values: object) -> Change:
    """Answer on the copy, whose rows stand where they stand on Actions."""

    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Actions (2)"]
        for column, value in values.items():
            place = headers(sheet)[ITEM[column]]
            sheet.cell(cell(book, name, "key").row, place).value = value

    return change


UNANSWERED = "Sheet {!r}: {} as given out, and answered on another row; the answers there are read."


@pytest.mark.parametrize("answered_last", [True, False])
def test_a_backup_says_nothing_beside_the_answered_rows(edited: Read, answered_last: bool) -> None:  # noqa: FBT001
    changes = {"PAY-1": {"note": "mine"}, "PAY-2": {"decision": "keep", "reason": "after all"}}
    if answered_last:
        edits = [backup, *(put(name, **values) for name, values in changes.items())]
    else:
        edits = [backup, *(in_backup(name, **values) for name, values in changes.items())]
    result = edited(*edits)
    assert {name: answers(result, name) for name in changes} == changes
    assert len(result.rows) == 7
    (remark,) = result.remarks
    silent = "Actions (2)" if answered_last else "Actions"
    assert (remark.sheet, remark.row, remark.refused) == (silent, 0, False)
    assert remark.sentence == UNANSWERED.format(silent, "2 rows stand")


def test_a_backup_of_an_untouched_sheet_is_not_worth_a_word(edited: Read) -> None:
    result = edited(backup)
    assert result.remarks == ()
    assert len(result.rows) == 7


def test_a_backup_of_half_answered_rows_agrees_where_they_were_answered(edited: Read) -> None:
    result = edited(put("PAY-1", note="mine"), backup, put("PAY-5", note="later"))
    assert (answers(result, "PAY-1"), answers(result, "PAY-5")) == (
        {"note": "mine"},
        {"note": "later"},
    )
    assert [remark.sentence for remark in result.remarks] == [
        UNANSWERED.format("Actions (2)", "1 row stands")
    ]


def test_copies_that_were_answered_differently_are_refused(edited: Read) -> None:
    edits = (put("PAY-1", note="here"), in_backup("PAY-1", note="in the copy"))
    result = edited(backup, *edits)
    (remark,) = result.remarks
    assert remark.refused
    assert not found(result, "PAY-1")
    assert f"Sheet 'Actions', row {remark.row} (jira:PAY-1)" in remark.sentence
    assert f"'Actions (2)' row {remark.row}" in remark.sentence


def test_an_answer_that_was_taken_back_in_one_copy_stands_in_the_other(edited: Read) -> None:
    """What was given out says nothing, even when a reader typed it again."""
    first = put("PAY-4", note="another note")
    result = edited(first, backup, put("PAY-4", note="asked twice"))
    assert answers(result, "PAY-4")["note"] == "another note"
    assert [remark.refused for remark in result.remarks] == [False]


def test_a_copied_row_is_counted_with_the_answered_one(edited: Read) -> None:
    result = edited(paste("PAY-2", over="PAY-1"), put("PAY-2", reason="too dear"))
    assert answers(result, "PAY-2")["reason"] == "too dear"
    assert refusals(result) == []
