"""The workbook: read back by other programs, it must say what the frames say, as values."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import ReportError
from pmanalytics.settings import Settings
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook import actions_table, write_workbook
from pmanalytics.workbook.cells import cell_text
from pmanalytics.workbook.layout import ROLES

ABOUT = {
    "title": "Report on action items",
    "organisation": "Example & Sons",
    "sample": True,
    "period_label": "third quarter of 2026",
    "policy": ["At all times: sev1 15 days, sev2 30 days after the incident was resolved."],
    "warnings": ["The newest export of jira is from 2026-10-01."],
    "counts": {"action items": 5, "incidents": 2},
    "reject_count": 3,
}
LONG = "x" * 40_000
MARKUP = "<r><t>bold</t></r>"


def item(key: str, title: str, **more: Any) -> dict[str, Any]:
    return {
        "item_id": f"jira:{key}",
        "source": "jira",
        "key": key,
        "title": title,
        "state": "open",
        "created_at": "2026-01-05T08:00:00Z",
        "url": f"https://tracker.example/browse/{key}",
        "owners": ["Ada Byron"],
        "team": "payments",
        **more,
    }


@pytest.fixture
def data(dataset: Callable[..., Dataset]) -> Dataset:
    """Five items of two incidents; the default policy gives sev1 15 and sev2 30 days.

    INC-1 was resolved on 2026-07-01, so its items are due on 2026-07-16; INC-2 on 2026-10-10, due
    on 2026-11-09.
    """
    items = [
        item("PAY-4", "+cmd|' /C calc'!A0", team=None, owners=[]),
        item("PAY-3", LONG, incident_id="INC-2", url="javascript:alert(1)", team="@sum"),
        item("PAY-2", MARKUP, incident_id="INC-1", state="done", closed_at="2026-07-10T09:00:00Z"),
        item("PAY-1", "=1+1", incident_id="INC-1", promised_on="2026-08-31"),
        item("PAY-5", "long ago", state="done", closed_at="2026-03-01T09:00:00Z"),
    ]
    incidents = [
        {"incident_id": "INC-1", "severity": "sev1", "started_at": "2026-07-01T03:00:00Z",
         "resolved_at": "2026-07-01T05:00:00Z"},
        {"incident_id": "INC-2", "severity": "sev2", "started_at": "2026-10-10T03:00:00Z",
         "resolved_at": "2026-10-10T05:00:00Z"},
    ]  # fmt: skip
    return dataset(items=items, incidents=incidents)


@pytest.fixture
def world(data: Dataset) -> Snapshot:
    return pma.snapshot(data, as_of="2026-10-20", period="2026Q3")


@pytest.fixture
def written(world: Snapshot, tmp_path: Path) -> Path:
    return write_workbook(world, tmp_path / "workbook.xlsx", about=ABOUT)


def cells(sheet: Worksheet) -> Iterator[Any]:
    return (cell for row in sheet.iter_rows() for cell in row)


def records(sheet: Worksheet) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_sheets_are_seven_and_a_hidden_one(written: Path) -> None:
    book = openpyxl.load_workbook(written)
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


def test_actions_say_what_is_due_and_what_was_done(written: Path) -> None:
    rows = {row["Item"]: row for row in records(openpyxl.load_workbook(written)["Actions"])}
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


def test_gaps_are_in_words(written: Path) -> None:
    rows = {row["Item"]: row for row in records(openpyxl.load_workbook(written)["Actions"])}
    assert "nobody: no person, no team" in rows["jira:PAY-4"]["Ownership gap"]


def test_text_stays_text_whatever_it_begins_with(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    titles = {row["Item"]: row["Title"] for row in records(book["Actions"])}
    assert titles["jira:PAY-1"] == "=1+1"
    assert titles["jira:PAY-4"] == "+cmd|' /C calc'!A0"
    # The blank keeps XlsxWriter from taking the title for markup of its own.
    assert titles["jira:PAY-2"] == f"{MARKUP} "
    formulas = [cell for sheet in book for cell in cells(sheet) if cell.data_type == "f"]
    header = {cell.column: cell.value for cell in book["Actions"][1]}
    assert {header[cell.column] for cell in formulas} == {"Answer check"}
    assert {cell.parent.title for cell in formulas} == {"Actions"}


def test_a_text_that_is_too_long_is_cut_with_a_mark(written: Path) -> None:
    titles = [row["Title"] for row in records(openpyxl.load_workbook(written)["Actions"])]
    longest = max(titles, key=len)
    assert len(longest) == 32_767
    assert longest.endswith("… [cut]")
    # Excel counts a smiley as two characters.
    assert len(cell_text("\N{SLIGHTLY SMILING FACE}" * 20_000)) < 16_400


def test_only_pages_on_the_web_become_links(written: Path) -> None:
    sheet = openpyxl.load_workbook(written)["Actions"]
    links = {
        cell.value: cell.hyperlink.target if cell.hyperlink else None for cell in sheet["A"][1:]
    }
    assert links["jira:PAY-1"] == "https://tracker.example/browse/PAY-1"
    assert links["jira:PAY-3"] is None


def test_dates_are_dates_and_shares_are_percentages(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    actions, summary = book["Actions"], book["Summary"]
    due = next(cell for cell in actions[2] if actions.cell(1, cell.column).value == "Policy date")
    assert due.is_date
    assert due.number_format == "yyyy-mm-dd"
    share = next(cell for cell in summary[2] if summary.cell(1, cell.column).value == "Share kept")
    assert share.number_format == "0%_)"
    # Items due in the quarter: PAY-1 overdue, PAY-2 done in time.
    assert share.value == 0.5


def test_a_text_like_a_formula_stays_text_when_its_cell_is_edited(written: Path) -> None:
    sheet = openpyxl.load_workbook(written)["Actions"]
    quoted = {cell.value: cell.quotePrefix for cell in sheet["B"][1:]}
    assert quoted["=1+1"]
    assert not quoted[f"{MARKUP} "]


def test_actions_of_the_sample_hold_every_open_item_once(q3: Snapshot) -> None:
    table = actions_table(q3)
    assert table["item_id"].is_unique
    still_open = set(q3.items.loc[q3.items["state"] == "open", "item_id"])
    assert still_open <= set(table["item_id"])


def test_every_table_is_a_real_one_with_a_frozen_repeated_header(written: Path) -> None:
    book = openpyxl.load_workbook(written)
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
    written: Path,
) -> None:
    book = openpyxl.load_workbook(written)
    locked = {sheet.title for sheet in book if sheet.protection.sheet}
    assert locked == {*book.sheetnames} - {"Actions"}
    assert not [sheet for sheet in book if sheet.protection.password]
    about = book["About"]
    (row,) = [cell.row for cell in about["A"] if cell.value == "Your role"]
    assert [cell.coordinate for cell in cells(about) if not cell.protection.locked] == [f"B{row}"]
    assert not [cell for cell in cells(book["Gaps"]) if not cell.protection.locked]


def test_what_may_be_chosen_is_what_the_lists_hold(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    offered = {}
    for name in ("About", "Actions", "Repeats"):
        for rule in book[name].data_validations.dataValidation:
            if rule.type == "list":
                sheet, _, place = rule.formula1.partition("!")
                offered[name, str(rule.sqref)] = [row[0].value for row in book[sheet][place]]
    assert ["product manager", *ROLES[1:]] in offered.values()
    assert ["keep", "drop", "ask for a waiver"] in offered.values()
    assert ["@sum", "payments"] in offered.values()


def test_the_first_sheet_says_what_this_is(written: Path) -> None:
    said = [cell.value for cell in cells(openpyxl.load_workbook(written)["About"]) if cell.value]
    text = "\n".join(map(str, said))
    for expected in (
        "SAMPLE DATA", "Example & Sons", "third quarter of 2026", "2026-10-20", "UTC",
        "sev1 15 days", "The newest export of jira", "3 rows of the exports could not be read",
    ):  # fmt: skip
        assert expected in text


def test_without_the_mark_nothing_says_sample(world: Snapshot, tmp_path: Path) -> None:
    about = {**ABOUT, "sample": False}
    book = openpyxl.load_workbook(write_workbook(world, tmp_path / "w.xlsx", about=about))
    assert "SAMPLE" not in str([cell.value for cell in cells(book["About"])])
    assert "SAMPLE" not in book["Actions"].oddHeader.left.text


def test_persons_are_there_only_when_configured(
    data: Dataset, written: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(written) as parts:
        assert not [name for name in parts.namelist() if b"Byron" in parts.read(name)]
    named = replace(data, settings=Settings(persons=True))
    snapshot = pma.snapshot(named, as_of="2026-10-20", period="2026Q3")
    book = openpyxl.load_workbook(write_workbook(snapshot, tmp_path / "p.xlsx", about=ABOUT))
    assert records(book["Actions"])[0]["Owners"] == "Ada Byron"


def test_the_same_input_gives_the_same_bytes_and_names_nobody(
    world: Snapshot, tmp_path: Path
) -> None:
    first = write_workbook(world, tmp_path / "a.xlsx", about=ABOUT).read_bytes()
    second = write_workbook(world, tmp_path / "b.xlsx", about=ABOUT).read_bytes()
    assert first == second
    properties = openpyxl.load_workbook(tmp_path / "a.xlsx").properties
    assert properties.title == "Report on action items"
    assert properties.subject == "Example & Sons · third quarter of 2026"
    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.created.date() == date(2026, 10, 20)


WRITE = """
import sys
import pmanalytics as pma
report = pma.open_report(period="2026Q3", as_of="2026-10-12").on(team="Platform")
pma.write_workbook(
    report.snapshot, sys.argv[1], about=report.about(), findings=report.findings, count=report.table
)
"""


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati"])
def test_another_process_in_another_place_gives_the_same_bytes(zone: str, tmp_path: Path) -> None:
    report = pma.open_report(period="2026Q3", as_of="2026-10-12").on(team="Platform")
    ours = write_workbook(
        report.snapshot,
        tmp_path / "ours.xlsx",
        about=report.about(),
        findings=report.findings,
        count=report.table,
    )
    there = {"PYTHONHASHSEED": str(len(zone)), "TZ": zone, "LANG": "tr_TR.UTF-8", "LC_ALL": "C"}
    theirs = tmp_path / "theirs.xlsx"
    subprocess.run([sys.executable, "-c", WRITE, theirs], env={**os.environ, **there}, check=True)
    assert theirs.read_bytes() == ours.read_bytes()


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


def test_dates_before_excel_began_stay_readable(
    dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    old = item("PAY-9", "old", promised_on="0999-12-31")
    snapshot = pma.snapshot(dataset(items=[old]), as_of="2026-10-20")
    book = openpyxl.load_workbook(write_workbook(snapshot, tmp_path / "w.xlsx", about={}))
    assert records(book["Actions"])[0]["Promised date"] == "0999-12-31"


def test_a_folder_that_is_not_there_gives_one_sentence(world: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"^The workbook cannot be written to .*folder\.$"):
        write_workbook(world, tmp_path / "no" / "w.xlsx", about=ABOUT)


def test_a_failed_writing_leaves_what_was_there(world: Snapshot, tmp_path: Path) -> None:
    # A folder of that name cannot be replaced by a file.
    path = tmp_path / "w.xlsx"
    path.mkdir()
    (path / "kept").touch()
    with pytest.raises(ReportError, match="cannot be written"):
        write_workbook(world, path, about=ABOUT)
    assert sorted(found.name for found in tmp_path.rglob("*")) == ["kept", "w.xlsx"]


def test_libreoffice_reads_the_same_values(
    libreoffice: Callable[[Path, str, Path], Path], written: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "converted"
    folder.mkdir()
    theirs = openpyxl.load_workbook(libreoffice(written, "xlsx", folder), data_only=True)
    ours = openpyxl.load_workbook(written, data_only=True)
    assert theirs.sheetnames == ours.sheetnames
    for sheet in ours:
        other = theirs[sheet.title]
        for cell in cells(sheet):
            value = other[cell.coordinate].value
            assert not str(value).startswith("#")
            if isinstance(cell.value, float):
                assert value == pytest.approx(cell.value)
            else:
                # LibreOffice keeps the blank that some texts have at their end, or not.
                assert str(value).strip() == str(cell.value).strip(), cell.coordinate
    assert theirs["Actions"]["A2"].hyperlink.target == ours["Actions"]["A2"].hyperlink.target


def test_libreoffice_prints_each_sheet_one_page_wide(
    libreoffice: Callable[[Path, str, Path], Path], world: Snapshot, tmp_path: Path
) -> None:
    path = write_workbook(world, tmp_path / "short.xlsx", about=ABOUT)
    page = libreoffice(path, "pdf", tmp_path).read_bytes()
    # Six sheets need a page each if they are not cut in width; About is longer than a page.
    pages = page.count(b"/Type/Page/") + page.count(b"/Type/Page\n")
    assert 8 <= pages <= 9
