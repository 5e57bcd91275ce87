"""Writing: whole files, the same bytes anywhere, and what other programs make of them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import pmanalytics as pma
from pmanalytics.errors import ReportError
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook import write_workbook
from tests.workbook.making import ABOUT, cells

ABROAD = """
import locale
import sys
locale.setlocale(locale.LC_ALL, "")
assert locale.str(0.5) == "0,5"
import pmanalytics as pma
report = pma.open_report(period="2026Q3", as_of="2026-10-12").on(team="Platform")
pma.write_workbook(
    report.snapshot, sys.argv[1], about=report.about(), findings=report.findings, count=report.table
)
"""


def test_another_process_in_another_place_gives_the_same_bytes(
    locale_of: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    report = pma.open_report(period="2026Q3", as_of="2026-10-12").on(team="Platform")
    ours = write_workbook(
        report.snapshot,
        tmp_path / "ours.xlsx",
        about=report.about(),
        findings=report.findings,
        count=report.table,
    )
    abroad = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", **locale_of("tr_TR")}
    theirs = tmp_path / "theirs.xlsx"
    subprocess.run([sys.executable, "-c", ABROAD, theirs], env={**os.environ, **abroad}, check=True)
    assert theirs.read_bytes() == ours.read_bytes()


def test_a_folder_that_is_not_there_gives_one_sentence(few: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"^The workbook cannot be written to .*folder\.$"):
        write_workbook(few, tmp_path / "no" / "w.xlsx", about=ABOUT)


def test_a_failed_writing_leaves_what_was_there(few: Snapshot, tmp_path: Path) -> None:
    # A folder of that name cannot be replaced by a file.
    path = tmp_path / "w.xlsx"
    path.mkdir()
    (path / "kept").touch()
    with pytest.raises(ReportError, match="cannot be written"):
        write_workbook(few, path, about=ABOUT)
    assert sorted(found.name for found in tmp_path.rglob("*")) == ["kept", "w.xlsx"]


def test_libreoffice_reads_the_same_values(
    libreoffice: Callable[[Path, str, Path], Path], few_written: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "converted"
    folder.mkdir()
    theirs = openpyxl.load_workbook(libreoffice(few_written, "xlsx", folder), data_only=True)
    ours = openpyxl.load_workbook(few_written, data_only=True)
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
    libreoffice: Callable[[Path, str, Path], Path], few_written: Path, tmp_path: Path
) -> None:
    page = libreoffice(few_written, "pdf", tmp_path).read_bytes()
    # Six sheets need a page each if they are not cut in width; About is longer than a page.
    pages = page.count(b"/Type/Page/") + page.count(b"/Type/Page\n")
    assert 8 <= pages <= 9
