"""The sheets together: which there are, what may be changed on them, how they are printed."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.settings import Settings
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook import write_workbook
from pmanalytics.workbook.layout import ROLES
from tests.workbook.making import ABOUT, cells, item, records


@pytest.fixture(scope="module")
def book(few_written: Path) -> openpyxl.Workbook:
    """The workbook of a few items, as openpyxl reads it."""
    return openpyxl.load_workbook(few_written)


def test_the_sheets_are_seven_and_a_hidden_one(book: openpyxl.Workbook) -> None:
    assert {sheet.title: sheet.sheet_state for sheet in book} == {
        "About": "visible",
        "Summary": "visible",
        "Actions": "visible",
        "Gaps": "visible",
        "Repeats": "visible",
        "Data quality": "visible",
        "Lists": "visible",
        "baseline": "veryHidden",
    }


def test_actions_say_what_is_due_and_what_was_done(book: openpyxl.Workbook) -> None:
    rows = {row["Item"]: row for row in records(book["Actions"])}
    # PAY-5 was closed before the quarter and is no news.
    assert set(rows) == {"jira:PAY-1", "jira:PAY-2", "jira:PAY-3", "jira:PAY-4"}
    first = rows["jira:PAY-1"]
    assert first["Standing"] == "open, overdue"
    assert first["Severity"] == "Sev-1"
    assert first["Policy date"] == datetime(2026, 7, 16)
    assert first["Promised date"] == datetime(2026, 8, 31)
    # From 16 July to 20 October: 15 + 31 + 30 + 20 days.
    assert first["Days over or left"] == 96
    # From 20 October to 9 November.
    assert rows["jira:PAY-3"]["Days over or left"] == -20
    assert rows["jira:PAY-4"]["Standing"] == "no target"
    assert rows["jira:PAY-2"]["Standing"] == "done in time"
    assert rows["jira:PAY-2"]["Closed"] == datetime(2026, 7, 10)


def test_nothing_is_a_formula_but_the_check_of_answers(book: openpyxl.Workbook) -> None:
    formulas = [cell for sheet in book for cell in cells(sheet) if cell.data_type == "f"]
    header = {cell.column: cell.value for cell in book["Actions"][1]}
    assert {header[cell.column] for cell in formulas} == {"Answer check"}
    assert {cell.parent.title for cell in formulas} == {"Actions"}


def test_only_pages_on_the_web_become_links(book: openpyxl.Workbook) -> None:
    sheet = book["Actions"]
    links = {
        cell.value: cell.hyperlink.target if cell.hyperlink else None for cell in sheet["A"][1:]
    }
    assert links["jira:PAY-1"] == "https://tracker.example/browse/PAY-1"
    assert links["jira:PAY-3"] is None


def test_dates_are_dates_and_shares_are_percentages(book: openpyxl.Workbook) -> None:
    actions, summary = book["Actions"], book["Summary"]
    due = next(cell for cell in actions[2] if actions.cell(1, cell.column).value == "Policy date")
    assert due.is_date
    assert due.number_format == "yyyy-mm-dd"
    share = next(cell for cell in summary[2] if summary.cell(1, cell.column).value == "Share kept")
    assert share.number_format == "0%_)_)"
    # Items due in the quarter: PAY-1 overdue, PAY-2 done in time.
    assert share.value == 0.5


def test_every_table_is_a_real_one_with_a_frozen_repeated_header(book: openpyxl.Workbook) -> None:
    frozen = {"Actions": "C2"}
    for sheet in book.worksheets[2:7]:
        (table,) = sheet.tables.values()
        assert table.ref == sheet.dimensions
        assert table.autoFilter is not None
        assert sheet.freeze_panes == frozen.get(sheet.title, "B2")
    for sheet in book.worksheets[1:7]:
        assert sheet.print_title_rows == "$1:$1"
    for sheet in book.worksheets[:7]:
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "SAMPLE DATA" in sheet.oddHeader.left.text


def test_all_but_actions_is_locked_without_a_password_save_the_places_to_answer(
    book: openpyxl.Workbook,
) -> None:
    locked = {sheet.title for sheet in book if sheet.protection.sheet}
    assert locked == {*book.sheetnames} - {"Actions"}
    assert not [sheet for sheet in book if sheet.protection.password]
    about = book["About"]
    (row,) = [cell.row for cell in about["A"] if cell.value == "Your role"]
    assert [cell.coordinate for cell in cells(about) if not cell.protection.locked] == [f"B{row}"]
    assert not [cell for cell in cells(book["Gaps"]) if not cell.protection.locked]


def test_what_may_be_chosen_is_what_the_lists_hold(book: openpyxl.Workbook) -> None:
    offered = {}
    for name in ("About", "Actions", "Repeats"):
        for rule in book[name].data_validations.dataValidation:
            if rule.type == "list":
                sheet, _, place = rule.formula1.partition("!")
                offered[name, str(rule.sqref)] = [row[0].value for row in book[sheet][place]]
    assert ["product manager", *ROLES[1:]] in offered.values()
    assert ["keep", "drop", "ask for a waiver"] in offered.values()
    assert ["@sum", "payments"] in offered.values()


def test_the_first_sheet_says_what_this_is(book: openpyxl.Workbook) -> None:
    said = [cell.value for cell in cells(book["About"]) if cell.value]
    text = "\n".join(map(str, said))
    for expected in (
        "SAMPLE DATA", "Example & Sons", "third quarter of 2026", "2026-10-20", "UTC",
        "sev1 15 days", "The newest export of jira", "3 rows of the exports could not be read",
    ):  # fmt: skip
        assert expected in text


def test_without_the_mark_nothing_says_sample(few: Snapshot, tmp_path: Path) -> None:
    about = {**ABOUT, "sample": False}
    book = openpyxl.load_workbook(write_workbook(few, tmp_path / "w.xlsx", about=about))
    assert "SAMPLE" not in str([cell.value for cell in cells(book["About"])])
    assert "SAMPLE" not in book["Actions"].oddHeader.left.text


def test_persons_are_there_only_when_configured(
    few_data: Dataset, few_written: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(few_written) as parts:
        assert not [name for name in parts.namelist() if b"Byron" in parts.read(name)]
    named = replace(few_data, settings=Settings(persons=True))
    snapshot = pma.snapshot(named, as_of="2026-10-20", period="2026Q3")
    book = openpyxl.load_workbook(write_workbook(snapshot, tmp_path / "p.xlsx", about=ABOUT))
    assert records(book["Actions"])[0]["Owners"] == "Ada Byron"


def test_the_file_says_what_it_is_and_names_nobody(book: openpyxl.Workbook) -> None:
    properties = book.properties
    assert properties.title == "Report on action items"
    assert properties.subject == "Example & Sons · third quarter of 2026"
    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.created.date() == date(2026, 10, 20)


def test_nothing_to_list_is_said(dataset: Callable[..., Dataset], tmp_path: Path) -> None:
    closed = item("PAY-9", "done", state="done", closed_at="2026-02-01T00:00:00Z")
    snapshot = pma.snapshot(dataset(items=[closed]), as_of="2026-10-20")
    book = openpyxl.load_workbook(write_workbook(snapshot, tmp_path / "w.xlsx", about={}))
    assert book["Actions"]["A2"].value == "Nothing is open, and nothing was closed lately."


def test_a_long_name_of_an_item_is_not_cut(dataset: Callable[..., Dataset], tmp_path: Path) -> None:
    long = item("x", "title", item_id="gitlab:example/storefront#1204")
    snapshot = pma.snapshot(dataset(items=[long]), as_of="2026-10-20")
    book = openpyxl.load_workbook(write_workbook(snapshot, tmp_path / "w.xlsx", about={}))
    assert book["Actions"].column_dimensions["A"].width > len("gitlab:example/storefront#1204")
