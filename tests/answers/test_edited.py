"""An edited workbook: the answers in it, however its rows, columns and sheets were moved."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from pmanalytics.answers.edited import Edited, read_edited
from pmanalytics.workbook.layout import KEY, ROLE_LABEL
from tests.answers.workbook_edits import (
    HEADERS,
    Change,
    answers,
    cell,
    fill,
    found,
    headers,
    key,
    put,
    refusals,
    rewrite,
    row_of,
)

Read = Callable[..., Edited]
ITEM = HEADERS["item"]
REPEAT = HEADERS["repeat"]
GIVEN = {
    "PAY-1": {},
    "PAY-2": {"decision": "drop", "reason": "bought"},
    "PAY-3": {"decision": "ask for a waiver", "waiver_until": "2026-12-31", "reason": "frozen"},
    "PAY-4": {"new_promised_on": "2026-11-30", "new_team": "search", "note": "asked twice"},
    "PAY-5": {},
    "INC-2": {},
    "INC-3": {"verdict": "confirm", "reason": "the same leak"},
}


def told(result: Edited) -> dict[str, dict[str, str]]:
    return {name: answers(result, name) for name in GIVEN if found(result, name)}


def move(sheet: Worksheet, order: list[int]) -> None:
    """Put the rows below the header into another order, all their columns."""
    rows = {row: [(at.value, at.data_type) for at in sheet[row]] for row in order}
    for target, source in zip(sorted(order), order, strict=True):
        fill(sheet, target, rows[source])


def test_a_workbook_as_it_was_given_out_says_what_was_answered_before(given: Path) -> None:
    result = read_edited(given, zone="UTC")
    assert told(result) == GIVEN
    assert result.remarks == ()
    assert (result.name, result.role) == ("actions.xlsx", "")
    # XlsxWriter puts the as-of day into the properties, until somebody saves the file.
    assert result.saved_on == date(2026, 10, 20)
    assert result.about["organisation"] == "Example & Sons"
    assert result.about["as_of"] == "2026-10-20"
    assert {row.record for row in result.rows} == {"item", "repeat"}
    assert result.baseline[key("PAY-1")] == {
        "record": "item", "item_id": "jira:PAY-1", "title": "Title of PAY-1", "state": "open",
        "promised_on": "2026-08-31", "team": "payments", "new_promised_on": "", "new_team": "",
        "decision": "", "waiver_until": "", "reason": "", "note": "",
    }  # fmt: skip
    assert result.baseline[key("INC-3")] == {
        "record": "repeat", "incident_id": "INC-3", "repeat_of": "INC-1", "verdict": "confirm",
        "reason": "the same leak",
    }  # fmt: skip


def test_rows_are_named_as_a_spreadsheet_numbers_them(given: Path) -> None:
    result = read_edited(given, zone="UTC")
    book = openpyxl.load_workbook(given)
    for name in GIVEN:
        (row,) = found(result, name)
        assert (row.sheet, row.row) == (
            cell(book, name, "key").parent.title,
            cell(book, name, "key").row,
        )


def test_every_kind_of_answer_is_read(edited: Read) -> None:
    result = edited(
        put("PAY-1", new_promised_on=datetime(2026, 11, 15), new_team=" Search\nteam "),
        put("PAY-5", decision="Drop", reason="done elsewhere", note="one\r\ntwo\x0b"[:8]),
        put("INC-2", verdict=" DENY ", reason="another valve"),
        lambda book: setattr(book["About"]["B2"], "value", "head of engineering"),
    )
    assert result.remarks == ()
    assert told(result) == {
        **GIVEN,
        "PAY-1": {"new_promised_on": "2026-11-15", "new_team": "Search team"},
        "PAY-5": {"decision": "drop", "reason": "done elsewhere", "note": "one two"},
        "INC-2": {"verdict": "deny", "reason": "another valve"},
    }
    assert result.role == "head of engineering"


def test_the_role_is_beside_its_label_wherever_that_stands(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["About"].title = "Über"
        book["Über"].insert_rows(1, 3)
        book["Über"].insert_cols(1)
        assert book["Über"]["B5"].value == ROLE_LABEL
        book["Über"]["C5"].value = "team lead"
        # A list of roles under a header of the same name, on a sheet before it.
        lists = book.create_sheet("Own", 0)
        lists.append([ROLE_LABEL, "Team", "Verdict"])
        lists.append(["product manager", "payments", "confirm"])

    assert edited(change).role == "team lead"


def test_a_role_that_is_an_error_is_refused(edited: Read) -> None:
    result = edited(lambda book: setattr(book["About"]["B2"], "value", "#REF!"))
    (remark,) = refusals(result)
    assert result.role == ""
    assert remark.sentence == f"{ROLE_LABEL!r} holds the error #REF!; write a value in its place."


def test_sorted_rows_are_the_same_rows(edited: Read) -> None:
    result = edited(put("PAY-1", note="mine"), lambda book: move(book["Actions"], [6, 2, 5, 3, 4]))
    assert told(result) == {**GIVEN, "PAY-1": {"note": "mine"}}
    assert result.remarks == ()


def test_rows_that_were_sorted_with_their_header_are_read(edited: Read) -> None:
    result = edited(
        put("PAY-1", note="mine"), lambda book: move(book["Actions"], [6, 2, 1, 3, 5, 4])
    )
    assert told(result) == {**GIVEN, "PAY-1": {"note": "mine"}}
    assert result.remarks == ()


def test_a_sort_that_left_the_hidden_key_behind_is_refused(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Actions"]
        place = headers(sheet)[KEY.header]
        rows = [row_of(sheet, "jira:PAY-1"), row_of(sheet, "jira:PAY-2")]
        one, two = (sheet.cell(row, place) for row in rows)
        one.value, two.value = two.value, one.value

    result = edited(put("PAY-1", note="mine"), change)
    assert {name for name in GIVEN if not found(result, name)} == {"PAY-1", "PAY-2"}
    ends = {remark.sentence.split(": ", 1)[1] for remark in refusals(result)}
    assert ends == {
        f"shows 'jira:PAY-{shown}' as {ITEM['item_id']!r}, but its hidden key means "
        f"'jira:PAY-{meant}', so that it is not read."
        for shown, meant in ((1, 2), (2, 1))
    }


def test_rows_of_another_key_without_answers_are_counted(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        one, two = cell(book, "PAY-1", "key"), cell(book, "PAY-5", "key")
        one.value, two.value = two.value, one.value

    (remark,) = edited(change).remarks
    assert not remark.refused
    assert "2 rows without answers and with the hidden key of another record" in remark.sentence


@pytest.mark.parametrize("column", ["item_id", "title"])
def test_a_row_that_shows_another_item_than_its_key_is_refused(edited: Read, column: str) -> None:
    result = edited(put("PAY-4", **{column: "something else"}))
    (remark,) = refusals(result)
    assert not found(result, "PAY-4")
    assert (remark.key, remark.sheet) == (key("PAY-4"), "Actions")
    assert f"shows 'something else' as {ITEM[column]!r}, but its hidden key" in remark.sentence
    assert f"row {remark.row}" in remark.sentence


def test_a_pair_that_shows_other_incidents_than_its_key_is_refused(edited: Read) -> None:
    result = edited(put("INC-3", repeat_of="INC-2"))
    (remark,) = refusals(result)
    assert not found(result, "INC-3")
    assert remark.sheet == "Repeats"
    assert (
        "shows 'INC-2' as 'Earlier incident', but its hidden key means 'INC-1'" in remark.sentence
    )


def test_names_are_compared_as_cells_hold_them(edited: Read) -> None:
    """PAY-3's title has two blanks and a line break in the tracker, and one line in its cell."""
    result = edited(put("PAY-3", title="  two blanks and\na line", note="x"))
    assert answers(result, "PAY-3")["note"] == "x"
    assert result.remarks == ()


def test_hidden_and_filtered_rows_are_read(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Actions"]
        for row in range(2, 7):
            sheet.row_dimensions[row].hidden = True
        book["Repeats"].sheet_state = "hidden"

    result = edited(put("PAY-1", note="mine"), change)
    assert told(result) == {**GIVEN, "PAY-1": {"note": "mine"}}
    assert result.remarks == ()


def test_deleted_rows_are_counted(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for name in ("PAY-4", "PAY-5"):
            book["Actions"].delete_rows(cell(book, name, "key").row)

    result = edited(change)
    (remark,) = result.remarks
    assert not remark.refused
    assert remark.sentence.startswith("2 rows of Actions did not come back")
    assert told(result) == {k: v for k, v in GIVEN.items() if k not in ("PAY-4", "PAY-5")}


def test_a_sheet_that_was_deleted_is_rows_that_did_not_come_back(edited: Read) -> None:
    result = edited(lambda book: book.remove(book["Repeats"]))
    (remark,) = result.remarks
    assert remark.sentence.startswith("2 rows of Repeats did not come back")
    assert len(result.rows) == 5


def test_inserted_rows_are_refused_when_they_answer(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Actions"]
        sheet.insert_rows(3, 4)
        sheet.cell(3, 1).value = "my own item"
        sheet.cell(4, headers(sheet)[ITEM["note"]]).value = "my own note"
        sheet.cell(5, 2).value = "and more"

    result = edited(change)
    assert told(result) == GIVEN
    (refused,) = refusals(result)
    assert (refused.row, refused.key) == (4, "")
    assert refused.sentence.startswith("Sheet 'Actions', row 4: has no hidden key")
    (other,) = (remark for remark in result.remarks if not remark.refused)
    assert "2 rows without answers and without a hidden key (row 3, 5)" in other.sentence


def test_many_rows_of_ones_own_are_one_remark(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for number in range(7):
            book["Actions"].cell(10 + number, 2).value = "a line of my own"

    (remark,) = edited(change).remarks
    assert remark.sentence == (
        "Sheet 'Actions': 7 rows without answers and without a hidden key (row 10, 11, 12, 13, 14 "
        "and 2 more); nothing is read there."
    )


def test_an_unknown_key_is_refused(edited: Read) -> None:
    result = edited(put("PAY-4", key="0123456789abcdef"), put("PAY-5", key=key("INC-2")))
    (refused,) = refusals(result)
    assert "key that this workbook did not give out" in refused.sentence
    assert refused.key == "0123456789abcdef"
    # PAY-5 has no answers, so that its row, with a key of the other sheet, is only mentioned.
    sentences = [remark.sentence for remark in result.remarks if not remark.refused]
    assert [s.split(" (")[0] for s in sentences] == [
        "Sheet 'Actions': 1 row without answers and with a hidden key that this workbook did not "
        "give out",
        "2 rows of Actions did not come back; nothing is applied to what they stand for.",
    ]


def test_sheets_are_found_by_what_they_say(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["Actions"].title = "Maßnahmen"
        book["Repeats"].title = "Wiederholungen"
        book["baseline"].title = "versteckt"
        book.move_sheet("Maßnahmen", offset=2)
        book.move_sheet("versteckt", offset=-3)
        own = book.create_sheet("Actions", 0)
        own.append(["Item", "My remark"])
        own.append(["jira:PAY-1", "something of my own"])

    result = edited(put("PAY-1", note="mine"), change)
    assert told(result) == {**GIVEN, "PAY-1": {"note": "mine"}}
    assert result.remarks == ()
    assert {row.sheet for row in result.rows} == {"Maßnahmen", "Wiederholungen"}


def test_columns_may_move_and_the_header_too(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Actions"]
        sheet.insert_cols(3, 2)
        sheet.cell(1, 3).value = "My own"
        sheet.cell(3, 3).value = "column"
        # The last column, which is the key, becomes the first.
        last = sheet.max_column
        sheet.insert_cols(1)
        for row in range(1, sheet.max_row + 1):
            sheet.cell(row, 1).value = sheet.cell(row, last + 1).value
            sheet.cell(row, last + 1).value = None
        for place, name in headers_by_place(sheet).items():
            sheet.cell(1, place).value = f"  {name.upper()}\n"
        sheet.insert_rows(1, 2)
        sheet["A1"].value = "Our actions"

    result = edited(put("PAY-1", note="mine"), change)
    assert told(result) == {**GIVEN, "PAY-1": {"note": "mine"}}
    assert result.remarks == ()


def headers_by_place(sheet: Worksheet) -> dict[int, str]:
    return {place: name for name, place in headers(sheet).items()}


def rename(column: str, to: str | None, sheet: str = "Actions") -> Change:
    header = (ITEM if sheet == "Actions" else REPEAT)[column]

    def change(book: openpyxl.Workbook) -> None:
        book[sheet].cell(1, headers(book[sheet])[header]).value = to

    return change


def test_a_header_of_answers_that_is_missing_is_named(edited: Read) -> None:
    result = edited(put("PAY-1", decision="keep", note="mine"), rename("decision", "Entscheidung"))
    (remark,) = result.remarks
    assert remark.refused
    assert (remark.sheet, remark.row, remark.group) == ("Actions", 0, "decision")
    assert remark.sentence.startswith(f"Sheet 'Actions' has no column {ITEM['decision']!r}")
    assert answers(result, "PAY-1") == {"note": "mine"}
    assert answers(result, "PAY-2") == GIVEN["PAY-2"]


def test_a_header_that_is_there_twice_is_named(edited: Read) -> None:
    result = edited(rename("severity", ITEM["note"]))
    (remark,) = result.remarks
    assert remark.sentence.startswith(f"Sheet 'Actions' has several columns {ITEM['note']!r}")
    assert answers(result, "PAY-4") == GIVEN["PAY-4"]


@pytest.mark.parametrize(
    ("column", "sheet"), [("key", "Actions"), ("item_id", "Actions"), ("repeat_of", "Repeats")]
)
def test_a_sheet_whose_rows_cannot_be_told_is_not_read(
    edited: Read, column: str, sheet: str
) -> None:
    result = edited(rename(column, "X", sheet))
    (refused,) = refusals(result)
    assert (refused.sheet, refused.row) == (sheet, 0)
    assert "so that no answer on it is read" in refused.sentence
    assert sheet not in {row.sheet for row in result.rows}
    assert "did not come back" in result.remarks[-1].sentence


def test_a_copy_without_keys_is_only_mentioned_when_it_holds_no_answers(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        copy = book.copy_worksheet(book["Actions"])
        copy.delete_rows(2, copy.max_row)
        copy.cell(1, headers(copy)[KEY.header]).value = None

    (remark,) = edited(change).remarks
    assert not remark.refused
    assert remark.sentence.startswith(f"Sheet 'Actions Copy' has no column {KEY.header!r}, so that")


@pytest.mark.parametrize("column", ["title", "state", "team", "promised_on", "severity"])
def test_facts_may_be_taken_out(edited: Read, column: str) -> None:
    result = edited(rename(column, None))
    assert told(result) == GIVEN
    assert result.remarks == ()


def take_out(*columns: str) -> Change:
    """Delete whole columns of Actions."""

    def change(book: openpyxl.Workbook) -> None:
        for column in columns:
            book["Actions"].delete_cols(headers(book["Actions"])[ITEM[column]])

    return change


def test_rows_are_told_without_their_title(edited: Read) -> None:
    result = edited(put("PAY-1", note="mine"), take_out("title"))
    assert told(result) == {**GIVEN, "PAY-1": {"note": "mine"}}
    assert result.remarks == ()


@pytest.mark.parametrize("columns", [("item_id",), ("title", "item_id")])
def test_rows_are_not_told_by_their_hidden_key_alone(
    edited: Read, columns: tuple[str, ...]
) -> None:
    result = edited(put("PAY-1", note="mine"), take_out(*columns))
    (refused,) = refusals(result)
    assert refused.sentence.startswith(f"Sheet 'Actions' has no column {ITEM['item_id']!r}, so")
    assert {row.record for row in result.rows} == {"repeat"}


def test_a_header_that_is_repeated_is_no_row(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book["Actions"]
        sheet.append([at.value for at in sheet[1]])

    assert edited(change).remarks == ()


@pytest.mark.parametrize(
    ("column", "value", "answer"),
    [
        ("promised_on", datetime(2027, 1, 31), "new_promised_on"),
        ("promised_on", None, "new_promised_on"),
        ("team", "search", "new_team"),
        ("state", "closed: done", "decision"),
    ],
)
def test_a_fact_that_was_changed_in_its_place_is_not_read(
    edited: Read, column: str, value: object, answer: str
) -> None:
    result = edited(put("PAY-1", **{column: value}))
    (remark,) = result.remarks
    assert not remark.refused
    assert told(result) == GIVEN
    assert remark.sentence == (
        f"Sheet 'Actions', row {remark.row} (jira:PAY-1): {ITEM[column]!r} was changed, and is not "
        f"read; answer under {ITEM[answer]!r}."
    )


def test_a_workbook_that_counts_days_from_1904(edit: Callable[..., Path]) -> None:
    """openpyxl writes days from 1904 on when the workbook says so: 2026-11-15 is 44514 there."""

    def change(book: openpyxl.Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904
        cell(book, "PAY-1", "new_promised_on").value = datetime(2026, 11, 15)

    path = edit(change)
    result = read_edited(path, zone="UTC")
    assert answers(result, "PAY-1") == {"new_promised_on": "2026-11-15"}
    assert answers(result, "PAY-4") == GIVEN["PAY-4"]
    assert result.remarks == ()


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        ("2026-10-21T23:30:00Z", "UTC", date(2026, 10, 21)),
        ("2026-10-21T23:30:00Z", "Europe/Berlin", date(2026, 10, 22)),
        ("2026-10-21T23:30:00+02:00", "UTC", date(2026, 10, 21)),
        ("2026-10-21T03:30:00", "America/New_York", date(2026, 10, 20)),
        ("0001-01-01T00:00:00+14:00", "UTC", None),
        ("0001-01-01T00:00:00Z", "America/New_York", None),
        ("", "UTC", None),
    ],
)
def test_the_day_of_saving_is_told_in_the_zone(
    edit: Callable[..., Path], moment: str, zone: str, expected: date | None
) -> None:
    path = edit()
    # openpyxl puts the present moment there when it saves.
    now = rb"(<dcterms:modified[^>]*>)[^<]*"
    rewrite(path, "docProps/core.xml", lambda part: re.sub(now, rb"\g<1>" + moment.encode(), part))
    assert read_edited(path, zone=zone).saved_on == expected


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_a_moment_that_nobody_saved_is_the_day_of_the_report(given: Path, zone: str) -> None:
    """Our writer puts midnight of the day there, in UTC, which is another day in Los Angeles."""
    assert read_edited(given, zone=zone).saved_on == date(2026, 10, 20)


def test_comments_are_said_to_be_unread(edited: Read) -> None:
    def change(book: openpyxl.Workbook) -> None:
        cell(book, "PAY-1", "note").comment = Comment("Ask the team first", "Ada")

    (remark,) = edited(change).remarks
    assert not remark.refused
    assert remark.sentence.startswith("Comments beside cells are not read; write what counts under")
