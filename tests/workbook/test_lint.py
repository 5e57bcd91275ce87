"""The linter finds what Excel repairs: each test breaks a sound file in one way."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from pmanalytics.errors import InputError
from pmanalytics.workbook.books import new_book
from pmanalytics.workbook.lint import lint_workbook
from pmanalytics.workbook.linting.formulas import formula_faults, in_row
from tests.workbook.making import full, replaced

SHEET, OTHER = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
TABLE, BOOK = "xl/tables/table1.xml", "xl/workbook.xml"
RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
TEXTS, TYPES = "xl/sharedStrings.xml", "[Content_Types].xml"
OPEN = "<f>IF(AND(G3="

# part, what stands there, what is to stand there, what the linter says
BROKEN = {
    "header other than its cell": (
        TABLE, 'name="Minutes"', 'name="Hours"', "the header 'Hours' of table"),
    "header of a number": (SHEET, ' t="s"><v>2</v>', "><v>2</v>", "a cell with no text"),
    "header twice": (TABLE, 'name="Share"', 'name="MINUTES"', "'minutes' occurs more than once"),
    "header with a line break": (TABLE, 'name="Share"', 'name="a_x000a_b"', "line break"),
    "header without a text": (TABLE, 'name="Share"', 'name=""', "is empty"),
    "count of columns": (TABLE, 'tableColumns count="11"', 'tableColumns count="9"', "counts 9"),
    "table like a cell": (TABLE, ' name="table_1_Actions"', ' name="AB12"', "Table name 'AB12'"),
    "tables of one name": (
        TABLE, 'displayName="table_1_Actions"', 'displayName="table_2_Actions"',
        "Table name 'table_2_actions' occurs more than once"),
    "tables of one number": (TABLE, 'id="1" name="t', 'id="2" name="t', "Table number '2'"),
    "tables that overlap": (TABLE, 'ref="A1:K4"', 'ref="A1:K21"', "overlap"),
    "filter beside its table": (
        TABLE, '<autoFilter ref="A1:K4"', '<autoFilter ref="A1:K3"', "a filter that covers A1:K3"),
    "table without rows": (TABLE, 'ref="A1:K4" ', 'ref="A1:K1" ', "no row under its header"),
    "table too wide": (TABLE, 'ref="A1:K4" ', 'ref="A1:L4" ', "another number of columns"),
    "table without a range": (TABLE, 'ref="A1:K4" ', 'ref="here" ', "has no range"),
    "table like a range": (
        BOOK, '<definedName name="_xlnm.Print_Titles" localSheetId="1"',
        '<definedName name="table_1_actions"', "'table_1_actions' occurs more than once"),
    "name of a sheet": (BOOK, 'name="Lists"', 'name="a[b"', "Sheet name 'a[b'"),
    "reserved name of a sheet": (BOOK, 'name="Lists"', 'name="history"', "keeps for itself"),
    "sheets of one name": (BOOK, 'name="Lists"', 'name="ACTIONS"', "'actions' occurs more than once"),
    "range of no sheet": (BOOK, "Lists!$1:$1", "Gone!$1:$1", "refers to the sheet Gone"),
    "range that is gone": (BOOK, "Lists!$1:$1", "#REF!", "which is no range"),
    "name of a range": (BOOK, "_xlnm.Print_Area", "A1", "The defined name 'A1' is not one"),
    "name of nobody's sheet": (BOOK, 'localSheetId="1"', 'localSheetId="7"', "belongs to a sheet"),
    "undeclared formula": (SHEET, OPEN, "<f>IF(OR(G3=", "cell J3 holds a formula that no column"),
    "formula of another row": (SHEET, OPEN, "<f>IF(AND(G2=", "cell J3 holds a formula"),
    "formula outside": (
        SHEET, '<c r="D2" s="', '<c r="D2"><f>1+1</f></c><c r="D200" s="', "cell D2 holds a formula"),
    "formula for several cells": (SHEET, OPEN, '<f t="shared" si="0">IF(AND(G3=', "several cells"),
    "function": (TABLE, "<calculatedColumnFormula>IF(", "<calculatedColumnFormula>CALL(", "uses CALL"),
    "number": (SHEET, "<v>90</v>", "<v>NAN</v>", "holds NAN, which is no number"),
    "shared text": (SHEET, 't="s"><v>0</v>', 't="s"><v>999</v>', "shared text 999, of"),
    "style": (SHEET, '<c r="D3" s="', '<c r="D3" s="9', "a cell has style 9"),
    "cell twice": (SHEET, '<c r="D3"', '<c r="C3"', "cell C3 occurs more than once"),
    "rows out of order": (SHEET, '<row r="3"', '<row r="1"', "row 1 comes after row 2"),
    "too many rows": (SHEET, '<row r="23"', '<row r="1048577"', "more than 1,048,576 rows"),
    "long text": (TEXTS, "simple", "y" * 32_800, "longer than 32,767"),
    "long value": (
        SHEET, "<v>say until when</v>", f"<v>{'y' * 32_800}</v>", "a text is longer than 32,767"),
    "control character": (TEXTS, "simple", "a_x000B_b", "control character"),
    "list of nothing": (
        SHEET, "<formula1>Lists!$A$2:$A$4</formula1>", "", "nothing to compare with"),
    "list of no sheet": (
        SHEET, "<formula1>Lists!$A", "<formula1>Gone!$A", "refers to the sheet Gone"),
    "long list": (
        SHEET, "Lists!$A$2:$A$4", f'"{"y," * 130}"', "a list of more than 255 characters"),
    "long title of a check": (SHEET, 'promptTitle="', f'promptTitle="{"y" * 33}', "32 characters"),
    "long words of a check": (SHEET, 'prompt="', f'prompt="{"y" * 256}', "255 characters"),
    "long error of a check": (SHEET, ' error="', f' error="{"y" * 226}', "225 characters"),
    "format of a colour": (SHEET, 'dxfId="1"', 'dxfId="9"', "have format 9, of 2"),
    "colour without a word": (
        SHEET, '<formula>"open, overdue"</formula>', "", "nothing to compare with"),
    "colours nowhere": (
        SHEET, 'conditionalFormatting sqref="F2:F4"', 'conditionalFormatting sqref=""', "no range"),
    "link without a relation": (
        SHEET, '<hyperlink ref="A2" r:id="rId1"', '<hyperlink ref="A2" r:id="rId99"',
        "uses the relation 'rId99'"),
    "link to a part": (
        SHEET, '<hyperlink ref="A2" r:id="rId1"', '<hyperlink ref="A2" r:id="rId4"',
        "which is a table"),
    "long link": (RELATIONS, "tracker.example/1", "y" * 2_080, "more than 2,079 characters"),
    "too many links": (
        SHEET, "</hyperlinks>", '<hyperlink ref="A3"/>' * 65_530 + "</hyperlinks>", "65,530 links"),
    "merged cells in a table": (
        SHEET, "<conditionalFormatting", '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>'
        "<conditionalFormatting", "the merged cells A2:B2 lie in table"),
    "merged cells that overlap": (
        SHEET, "<conditionalFormatting", '<mergeCells><mergeCell ref="A8:B8"/>'
        '<mergeCell ref="B8:C8"/></mergeCells><conditionalFormatting', "merged cells overlap"),
    "widths that overlap": (SHEET, '<col min="2" max="2"', '<col min="1" max="2"', "columns 1 to 2"),
    "long heading": (SHEET, "heading", "y" * 256, "oddHeader has more than 255"),
    "order of the parts": (
        SHEET, "<sheetProtection", '<pageMargins left="0.3"/><sheetProtection', "does not expect it"),
    "part that is gone": (RELATIONS, "tables/table1.xml", "tables/table9.xml", "is not there"),
    "something outside": (
        RELATIONS, "relationships/hyperlink", "relationships/oleObject", "something outside"),
    "part without a type": (
        TYPES, '<Override PartName="/xl/tables/table1.xml"', '<Override PartName="/gone.xml"',
        "xl/tables/table1.xml has no content type"),
    "table that is not shown": (
        SHEET, '<tablePart r:id="rId3"/>', "", "there are 1 tables, and relations to 2"),
    "person": ("docProps/core.xml", "<dc:creator>", "<dc:creator>Ada", "names somebody"),
}  # fmt: skip
# What else is wrong in such a file, because two places say different things.
FILTER, CALCULATED = "a filter that covers A1:K4", "J2 holds a formula that no column"
NO_LISTS = (
    "'_xlnm.Print_Titles' refers to the sheet Lists",
    "the check of entries in G2:G4 refers to the sheet Lists",
    "the check of entries in G21:G23 refers to the sheet Lists",
)
BESIDES = {
    "header twice": ("'MINUTES' of table 'table_1_Actions' stands over a cell with 'Share'",),
    "header with a line break": ("'a_x000a_b' of table 'table_1_Actions' stands over a cell",),
    "header without a text": ("header '' of table 'table_1_Actions' stands over a cell",),
    "tables that overlap": (FILTER,),
    "table without rows": (FILTER, CALCULATED),
    "table too wide": (FILTER,),
    "table without a range": (CALCULATED,),
    "name of a sheet": NO_LISTS,
    "reserved name of a sheet": NO_LISTS,
    "sheets of one name": NO_LISTS,
    "function": (CALCULATED,),
    "shared text": (
        "the header 'Item' of table 'table_1_Actions' stands over a cell with no text",
    ),
    "part that is gone": (CALCULATED,),
    "something outside": ("a link has the relation 'rId1', which is a oleObject",),
    "part without a type": ("The part gone.xml has a content type and is not there",),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return full(tmp_path_factory.mktemp("sound") / "full.xlsx")


@pytest.mark.parametrize("name", BROKEN)
def test_the_linter_finds_what_excel_repairs_and_nothing_else(path: Path, name: str) -> None:
    part, old, new, expected = BROKEN[name]
    faults = lint_workbook(replaced(path, part, old, new))
    found = [fault for fault in faults if expected in fault]
    assert len(found) == 1
    others = [fault for fault in faults if fault not in found]
    for fault, besides in zip(others, BESIDES.get(name, ()), strict=True):
        assert besides in fault
    assert all(fault[0].isupper() or fault.startswith("xl/") for fault in faults)
    assert all(fault.endswith(".") and "\n" not in fault for fault in faults)


def test_the_linter_has_nothing_to_say_of_a_sound_file(path: Path) -> None:
    assert lint_workbook(path) == ()


def by_openpyxl(path: Path, change: Callable[[openpyxl.Workbook], None]) -> Path:
    """A book by another writer, with a table and a link."""
    book = openpyxl.Workbook()
    book.properties.creator = None
    sheet = book.active
    for row in (["one", "two & three"], [1, "x"]):
        sheet.append(row)
    sheet["B2"].hyperlink = "https://tracker.example/1"
    sheet.add_table(Table(displayName="Good", ref="A1:B2"))
    change(book)
    book.save(path)
    return path


def test_the_linter_knows_nothing_of_the_writer(tmp_path: Path) -> None:
    assert lint_workbook(by_openpyxl(tmp_path / "good.xlsx", lambda book: None)) == ()
    bad = by_openpyxl(tmp_path / "bad.xlsx", lambda book: book.active.append(["=1+1"]))
    assert lint_workbook(bad) == (
        "On sheet 'Sheet' cell A3 holds a formula that no column of a table declares.",
    )


def test_the_linter_accepts_what_libreoffice_saves_of_ours(
    libreoffice: Callable[[Path, str, Path], Path], path: Path, tmp_path: Path
) -> None:
    # LibreOffice forgets which columns are calculated.
    faults = lint_workbook(libreoffice(path, "xlsx", tmp_path))
    assert {fault.partition(" cell ")[2][2:] for fault in faults} == {
        " holds a formula that no column of a table declares."
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("$A$2:$A$4</c:f>", "$A$2:$A$4</c:f>", None),
        ("<c:f>Lists!", "<c:f>Gone!", "'Gone!$A$1:$A$2'"),
    ],
)
def test_charts_show_sheets_that_are_there(
    tmp_path: Path, old: str, new: str, expected: str | None
) -> None:
    path = tmp_path / "chart.xlsx"
    with path.open("wb") as content, new_book(content) as book:
        page = book.add_worksheet("Lists")
        page.write_column(0, 0, [1, 2])
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Lists!$A$1:$A$2"})
        page.insert_chart("C1", chart)
    if expected is None:
        assert lint_workbook(path) == ()
        return
    (fault,) = lint_workbook(replaced(path, "xl/charts/chart1.xml", old, new))
    assert expected in fault
    (fault,) = lint_workbook(
        replaced(path, "xl/drawings/_rels/drawing1.xml.rels", "chart1.xml", "chart7.xml")
    )
    assert fault == "xl/drawings/drawing1.xml points to 'xl/charts/chart7.xml', which is not there."


@pytest.mark.parametrize("part", [BOOK, SHEET])
def test_the_linter_refuses_entities(path: Path, part: str) -> None:
    declared = "?>\n<!DOCTYPE x [<!ENTITY a 'aa'>]>"
    with pytest.raises(InputError, match="entities"):
        lint_workbook(replaced(path, part, "?>", declared))


def test_the_linter_refuses_rows_that_are_not_well_formed(path: Path) -> None:
    with pytest.raises(InputError, match=r"sheet1\.xml of the workbook is not well-formed"):
        lint_workbook(replaced(path, SHEET, "</row>", ""))


def test_a_program_in_the_workbook_is_told(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "macro.xlsx"
    copy.write_bytes(path.read_bytes())
    with zipfile.ZipFile(copy, "a") as parts:
        parts.writestr("xl/vbaProject.bin", b"\0")
    assert lint_workbook(copy) == (
        "The workbook holds xl/vbaProject.bin, which no workbook of ours has.",
    )


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('IF(A2="cmd|x",1,0)', None),
        ("COUNTIFS(Lists!$A$2:$A$4,A2)+SUM(A2:A4)", None),
        ("NETWORKDAYS(A2,DATE(2026,1,1))=TRUE", None),
        ("cmd|' /C calc'!A0", "'|'"),
        ("[1]Lists!A1", "'['"),
        ("'C:\\[other.xlsx]Lists'!A1", "which is not there"),
        ("Other!A1", "refers to the sheet Other"),
        ("#REF!+1", "'#'"),
        ('WEBSERVICE("https://x.example")', "uses WEBSERVICE"),
        ('hyperlink("x")', "uses HYPERLINK"),
        ("_xlfn.MAXIFS(A1:A2,B1:B2,1)", "uses _XLFN.MAXIFS"),
        ("secret+1", "the name 'secret'"),
        ("SUM(A2", "does not end"),
        ('IF(A2="x,1,0)', "does not end"),
        ("A1+" * 3000 + "A1", "longer than 8,192"),
    ],
)
def test_formulas_use_what_is_ours(formula: str, expected: str | None) -> None:
    faults = list(formula_faults(formula, sheets=["Lists"]))
    assert (faults == []) if expected is None else (expected in faults[0])


def test_a_formula_moves_to_another_row_but_for_what_is_fixed_or_text() -> None:
    moved = in_row('IF(AB2="AB2 ""C2""",$C2+D$2+SUM(Lists!$A$2:$A$4),"2")&E2', "17")
    assert moved == 'IF(AB17="AB2 ""C2""",$C17+D$2+SUM(Lists!$A$2:$A$4),"2")&E17'
