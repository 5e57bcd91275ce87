"""Sheets, read back by openpyxl and by LibreOffice."""

import re
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pmanalytics.workbook.books import new_book
from pmanalytics.workbook.layout import ACTIONS, ANSWERS, REPEATS, VERDICT_ANSWERS, SheetColumn
from pmanalytics.workbook.lint import lint_workbook
from pmanalytics.workbook.sheets import MAXIMUM_LINKS, Sheet, write_table
from pmanalytics.workbook.styles import ANSWER_FILL, ANSWER_HEADER_FILL
from tests.workbook.making import actions, full, rows, without_values, written


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with everything; no test may change it."""
    return full(tmp_path_factory.mktemp("sheets") / "full.xlsx")


@pytest.fixture(scope="module")
def sheet(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path)["Actions"]


def column(sheet: Worksheet, header: str, *, top: int = 1) -> list[Any]:
    """The three cells below a header."""
    place = next(cell.column for cell in sheet[top] if cell.value == header)
    return [sheet.cell(row, place) for row in range(top + 1, top + 4)]


def test_the_linter_has_nothing_to_say(path: Path) -> None:
    assert lint_workbook(path) == ()


def test_both_tables_are_real_ones(sheet: Worksheet) -> None:
    tables = list(sheet.tables.values())
    assert [table.ref for table in tables] == ["A1:K4", "A20:K23"]
    assert all(table.autoFilter.ref == table.ref for table in tables)
    assert [c.value for c in sheet[1]] == [c.value for c in sheet[20]]
    for top in (1, 20):
        assert [cell.value for cell in column(sheet, "Item", top=top)] == list(rows()["item"])


def test_a_sheet_is_ready_to_filter_and_to_print(sheet: Worksheet) -> None:
    assert sheet.freeze_panes == "C2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
    # Nine of the eleven columns, down to the end of the second table.
    assert sheet.print_area == "'Actions'!$A$1:$I$23"
    assert sheet.sheet_properties.tabColor.rgb == "FF1F77B4"
    assert [x for x, d in sheet.column_dimensions.items() if d.hidden] == ["K"]


def test_values_are_numbers_days_and_texts(sheet: Worksheet) -> None:
    assert [cell.value for cell in column(sheet, "Minutes")] == [90, None, 1_000_000]
    assert [cell.value for cell in column(sheet, "Share")] == [0.25, None, 1]
    # A day before Excel's calendar stays readable.
    due = [cell.value for cell in column(sheet, "Due")]
    assert due == [datetime(2026, 7, 16), None, "0999-12-31"]


def test_what_looks_like_a_formula_stays_text(sheet: Worksheet) -> None:
    titles = column(sheet, "=Title")
    assert [cell.value for cell in titles] == list(rows()["title"])
    assert [cell.data_type for cell in [*titles, sheet["B1"]]] == ["s"] * 4
    assert [cell.quotePrefix for cell in titles] == [True, False, True]
    notes = column(sheet, "Note (answer)")
    assert [bool(cell.quotePrefix) for cell in notes] == [True, False, True]
    assert not any(cell.protection.locked for cell in notes)


def test_links_are_kept_whole(sheet: Worksheet) -> None:
    first, second, third = column(sheet, "Item")
    assert (first.hyperlink.target, first.hyperlink.location) == (
        "https://tracker.example/1?a=b&c=d",
        "e",
    )
    assert second.hyperlink is None
    assert third.hyperlink.target == "https://tracker.example/3"
    assert (first.font.u, second.font.u) == ("single", None)


def test_places_to_answer_are_unlocked_and_marked(sheet: Worksheet) -> None:
    for header in sheet[1]:
        mine = str(header.value).endswith("(answer)")
        fills = [header.fill, *(cell.fill for cell in column(sheet, header.value))]
        colours = [fill.fgColor.rgb[2:].lower() for fill in fills if fill.fill_type]
        assert colours == [ANSWER_HEADER_FILL[1:], *[ANSWER_FILL[1:]] * 3] * mine
        locked = {cell.protection.locked for cell in column(sheet, header.value)}
        assert locked == {not mine}


def test_headers_stand_above_their_numbers_and_beside_the_button_of_the_filter(
    sheet: Worksheet,
) -> None:
    by_name = {header.value: header.alignment for header in sheet[1]}
    for name in ("Minutes", "Share"):
        assert (by_name[name].horizontal, by_name[name].indent) == ("right", 2)
    assert by_name["Standing"].horizontal in (None, "general")


def test_headers_of_answers_say_so_in_words() -> None:
    told = {c.header for c in (*ACTIONS, *REPEATS) if c.header.endswith("(answer)")}
    assert told == {c.header for c in (*ANSWERS, *VERDICT_ANSWERS)}


def test_protection_leaves_filters_widths_and_selection(sheet: Worksheet) -> None:
    locks = sheet.protection
    assert (locks.sheet, locks.password) == (True, None)
    # False means that the lock is off.
    assert (locks.autoFilter, locks.formatColumns) == (False, False)
    assert (locks.selectLockedCells, locks.selectUnlockedCells) == (False, False)
    assert (locks.insertRows, locks.deleteRows) == (True, True)


def test_a_sheet_is_free_unless_it_asks_for_protection(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path / "free.xlsx", actions()))
    assert not book["Actions"].protection.sheet


def test_entries_are_held_to_lists_and_days(sheet: Worksheet) -> None:
    rules = {rule.type: rule for rule in sheet.data_validations.dataValidation if "2:" in
             str(rule.sqref)[:3]}  # fmt: skip
    assert set(rules) == {"list", "date"}
    words, days = rules["list"], rules["date"]
    assert (str(words.sqref), words.formula1) == ("G2:G4", "Lists!$A$2:$A$4")
    # 2000-01-01 and 2099-12-31 as days since 1899-12-30.
    assert (str(days.sqref), days.formula1, days.formula2) == ("H2:H4", "36526", "73050")
    for rule in (words, days):
        assert rule.allow_blank
        assert rule.showErrorMessage
        assert rule.showInputMessage
        assert rule.error.endswith("leave the cell empty.")
        assert rule.prompt


def test_a_list_without_words_offers_nothing(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path / "none.xlsx", actions(choices={})))
    kinds = [rule.type for rule in book["Actions"].data_validations.dataValidation]
    assert kinds == ["date"]


def test_words_fill_their_cells_whatever_is_entered(sheet: Worksheet) -> None:
    rules = [
        (rule.operator, rule.formula, rule.dxf.fill.bgColor.rgb)
        for block in sheet.conditional_formatting
        if str(block.sqref) == "F2:F4"
        for rule in block.rules
    ]
    assert rules == [
        ("equal", ['"open, overdue"'], "FFFBE0CF"),
        ("equal", ['"a ""quoted"" word"'], "FFFFF2CC"),
    ]


def test_formulas_speak_of_their_own_row_and_have_a_value(path: Path, sheet: Worksheet) -> None:
    formula = '=IF(AND(G{0}="ask for a waiver",NOT(ISNUMBER(H{0}))),"say until when","")'
    for top in (1, 20):
        held = [cell.value for cell in column(sheet, "Answer check", top=top)]
        assert held == [formula.format(row) for row in range(top + 1, top + 4)]
    values = openpyxl.load_workbook(path, data_only=True)["Actions"]
    assert [cell.value for cell in column(values, "Answer check")] == [None, None, "say until when"]
    # A formula in a cell for text would turn into text once it is edited.
    assert sheet["J2"].number_format == "General"
    for table in sheet.tables.values():
        top = int(table.ref[1:].partition(":")[0])
        declared = table.tableColumns[9].calculatedColumnFormula.attr_text
        assert declared == formula.format(top + 1).removeprefix("=")


def test_libreoffice_works_out_the_same_values(
    libreoffice: Callable[[Path, str, Path], Path], path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "converted"
    folder.mkdir()
    theirs = openpyxl.load_workbook(
        libreoffice(without_values(path), "xlsx", folder), data_only=True
    )
    ours = openpyxl.load_workbook(path, data_only=True)
    for sheet in ours:
        for row in sheet.iter_rows():
            for cell in row:
                value = theirs[sheet.title][cell.coordinate].value
                assert not str(value).startswith(("#", "Err:")), cell.coordinate
                assert value == cell.value, cell.coordinate
    assert theirs["Actions"].protection.sheet
    assert theirs["Actions"]["J4"].value == "say until when"


def test_nothing_to_list_is_said_without_rules(tmp_path: Path) -> None:
    empty = actions(frame=rows().head(0), links=())
    path = written(tmp_path / "empty.xlsx", empty)
    sheet = openpyxl.load_workbook(path)["Actions"]
    assert sheet["A2"].value == "Nothing to list."
    assert sheet["J2"].value is None
    assert not sheet.data_validations.dataValidation
    assert lint_workbook(path) == ()


def test_a_link_without_a_text_shows_its_address(tmp_path: Path) -> None:
    table = rows().assign(item=pd.Series([None, "b", "c"], dtype="str"))
    book = openpyxl.load_workbook(written(tmp_path / "w.xlsx", actions(frame=table)))
    assert book["Actions"]["A2"].value == "https://tracker.example/1?a=b&c=d#e"


def test_a_sheet_has_as_many_links_as_excel_allows(tmp_path: Path) -> None:
    count = MAXIMUM_LINKS + 2
    table = pd.DataFrame({"item": pd.Series(range(count)).astype("str")})
    links = ["https://tracker.example/1"] * count
    sheet = Sheet("Long", (SheetColumn("item", "Item", "link"),), table, links=links)
    path = written(tmp_path / "long.xlsx", sheet)
    assert lint_workbook(path) == ()
    with zipfile.ZipFile(path) as parts:
        page = parts.read("xl/worksheets/sheet1.xml")
    assert page.count(b"<hyperlink ") == 65_530
    assert page.count(b"<row ") == count + 1


def test_the_same_input_gives_the_same_bytes_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    first, second = (full(tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second
    assert list(folder.iterdir()) == []


def test_a_failed_book_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with pytest.raises(KeyError, match="unheard_of"):
        written(tmp_path / "w.xlsx", actions(formulas={"check": "LEN({unheard_of})"}))
    assert list(folder.iterdir()) == []


def test_a_chart_remembers_what_its_cells_say(tmp_path: Path) -> None:
    path = tmp_path / "chart.xlsx"
    with path.open("wb") as content, new_book(content) as book:
        page = write_table(book, actions())
        chart = book.add_chart({"type": "bar"})
        cells = {"categories": "=Actions!$B$2:$B$4", "values": "=Actions!$C$2:$C$4"}
        chart.add_series(cells)
        page.insert_chart("M1", chart)
    with zipfile.ZipFile(path) as parts:
        drawn = parts.read("xl/charts/chart1.xml").decode()
    remembered = re.findall(r'<c:pt idx="(\d)"><c:v>([^<]*)</c:v>', drawn)
    assert remembered == [
        ("0", "=1+1"),
        ("1", "plain &amp; &lt;simple&gt;"),
        ("2", "+cmd|' /C calc'!A0"),
        ("0", "90"),
        ("2", "1000000"),
    ]


def test_a_cell_in_the_rows_of_a_table_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="Row 3 of sheet Actions is written by its table"),
        (tmp_path / "w.xlsx").open("wb") as content,
        new_book(content) as book,
    ):
        write_table(book, actions()).write_string(2, 0, "mine")


def test_a_table_below_gives_a_width_to_columns_that_are_its_own(tmp_path: Path) -> None:
    texts = pd.DataFrame({"a": ["x"], "b": ["y"]}).astype("str")
    first, second = SheetColumn("a", "A", width=20), SheetColumn("b", "B", width=30)
    above = Sheet("Two", (first,), texts)
    below = Sheet("Two", (replace(first, width=5), second), texts)
    page = openpyxl.load_workbook(written(tmp_path / "w.xlsx", above, below=below))["Two"]
    # Excel adds 0.71 for the edges of a cell.
    widths = {name: round(d.width, 2) for name, d in page.column_dimensions.items()}
    assert widths == {"A": 20.71, "B": 30.71}
