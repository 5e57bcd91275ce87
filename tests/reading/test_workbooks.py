"""Workbooks: what their cells say, and the files that are made to do harm."""

import io
import zipfile
from datetime import UTC, datetime, time, timedelta

import openpyxl
import pytest

from pmanalytics.errors import InputError
from pmanalytics.reading import workbooks
from pmanalytics.reading.workbooks import has_comments, looks_like_workbook, read_workbook, saved_at

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def changed(content: bytes, parts: dict[str, bytes]) -> bytes:
    """A workbook with parts of it replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts[name] if name in parts else old.read(name))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return stream.getvalue()


def with_sheet(data: str, before: str = "") -> bytes:
    xml = f"{before}<worksheet {NS}><sheetData>{data}</sheetData></worksheet>"
    return changed(workbook(["a"]), {"xl/worksheets/sheet1.xml": xml.encode()})


def test_cells_as_text() -> None:
    content = workbook(
        ["Key", "00123", True, 3, 3.0, 0.5, 1e-7, 1e20, None, "#N/A"],
        [datetime(2026, 1, 12, 11, 19), datetime(2026, 1, 12), time(9, 30), timedelta(hours=30)],
        [1234567890123456, " x ", "NA", False],
    )
    (sheet,), warnings = read_workbook(content, name="x.xlsx")
    assert list(sheet.rows) == [
        ["Key", "00123", "true", "3", "3", "0.5", "0.0000001", "1" + "0" * 20, "", "#N/A"],
        ["2026-01-12T11:19:00", "2026-01-12", "09:30:00", "30:00:00"],
        ["1234567890123456", " x ", "NA", "false"],
    ]
    assert (sheet.name, sheet.title, warnings) == ("x.xlsx", "Sheet", ())


def test_blank_rows_are_left_out_and_rows_keep_their_number() -> None:
    (sheet,), _ = read_workbook(workbook(["a"], [], [None, ""], [None, "b"]), name="x")
    assert (list(sheet.rows), list(sheet.numbers)) == ([["a"], ["", "b"]], [1, 4])


def test_hidden_sheets_are_read_and_empty_ones_are_not() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Hidden").append(["b"])
    book["Hidden"].sheet_state = "hidden"
    sheets, _ = read_workbook(saved(book), name="x")
    assert [(sheet.title, list(sheet.rows)) for sheet in sheets] == [("Hidden", [["b"]])]


def test_formulas_without_a_value_are_counted() -> None:
    """openpyxl computes nothing, so both formulas of its workbook have no value; here one has."""
    sheets, warnings = read_workbook(workbook(["=1+1", "b"], ["=A1"]), name="x")
    assert list(sheets[0].rows) == [["", "b"]]
    assert warnings[0].startswith("2 formulas were saved without their value")
    row = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>C1</f></c></row>'
    sheets, warnings = read_workbook(with_sheet(row), name="x")
    assert (list(sheets[0].rows), warnings[0][:9]) == ([["2"]], "1 formula")


def test_a_size_that_the_sheet_says_wrongly() -> None:
    xml = f'<worksheet {NS}><dimension ref="A1"/><sheetData><row r="2"><c r="B2"><v>7</v></c></row></sheetData></worksheet>'
    content = changed(workbook(["a"]), {"xl/worksheets/sheet1.xml": xml.encode()})
    (sheet,), _ = read_workbook(content, name="x")
    assert (list(sheet.rows), list(sheet.numbers)) == ([["", "7"]], [2])


def test_one_cell_in_the_last_corner_is_read() -> None:
    """A reader that fills the rectangle up to it would need 17,179,869,184 cells."""
    content = with_sheet('<row r="1048576"><c r="XFD1048576"><v>7</v></c></row>')
    (sheet,), _ = read_workbook(content, name="x")
    assert list(sheet.numbers) == [1048576]
    assert (len(sheet.rows[0]), sheet.rows[0][-1]) == (16384, "7")


def test_many_cells_in_the_last_column_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_CELLS", 100_000)
    rows = "".join(f'<row r="{i}"><c r="XFD{i}"><v>7</v></c></row>' for i in range(1, 100))
    with pytest.raises(InputError, match=r"^x has more than 100,000 cells; save it as CSV"):
        read_workbook(with_sheet(rows), name="x")


def test_a_row_beyond_the_last_is_refused() -> None:
    with pytest.raises(InputError, match=r"^x has "):
        read_workbook(with_sheet('<row r="999999999999"><c><v>7</v></c></row>'), name="x")


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """20 MB of blanks pack to some 20 kB; the other holds more than we would unpack at all."""
    bomb = with_sheet("", before=" " * 20_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(InputError, match=r"^x unpacks to more than 200 times"):
        read_workbook(bomb, name="x")
    monkeypatch.setattr(workbooks, "LARGEST_WORKBOOK", 10_000_000)
    with pytest.raises(InputError, match=r"^x unpacks to more than 10 MB"):
        read_workbook(bomb, name="x")


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 9)).replace("&a0;", "&a;")
    + "]>"
)


@pytest.mark.parametrize(
    ("before", "value"),
    [
        (ENTITIES, "&a8;"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', "&e;"),
    ],
    ids=["billion laughs", "external"],
)
def test_entities_are_refused(before: str, value: str) -> None:
    row = f'<row r="1"><c r="A1" t="str"><v>{value}</v></c></row>'
    with pytest.raises(InputError, match=r"^x is a damaged workbook"):
        read_workbook(with_sheet(row, before=before), name="x")


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return stream.getvalue()


def encrypted() -> bytes:
    """An archive whose entries say that they are encrypted (bit 0, in both headers)."""
    content = bytearray(archive("[Content_Types].xml", "xl/workbook.xml"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 1)
    return bytes(content)


STRICT = b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
NO_WORKBOOKS = {
    "strict": (changed(workbook(["a"]), {"xl/workbook.xml": STRICT}), "ordinary .xlsx"),
    "empty": (archive(), "is a zip archive and no workbook"),
    "exports": (archive("issues.csv"), "unpack it first"),
    "a document": (archive("[Content_Types].xml", "word/document.xml"), "no workbook"),
    "OpenDocument": (archive("mimetype", "content.xml"), "OpenDocument"),
    "binary": (archive("[Content_Types].xml", "xl/workbook.bin"), "binary"),
    "macros": (changed(workbook(["a"]), {"xl/vbaProject.bin": b"x"}), "macros"),
    "encrypted": (encrypted(), "without a password"),
    "broken parts": (archive("[Content_Types].xml", "xl/workbook.xml"), "damaged"),
    "the start": (b"PK\x03\x04\x14\x00", "damaged"),
    "a text": (with_sheet('<row><c t="s"><v>99</v></c></row>'), "damaged"),
}


@pytest.mark.parametrize("case", NO_WORKBOOKS)
def test_what_is_no_workbook_is_one_sentence(case: str) -> None:
    content, said = NO_WORKBOOKS[case]
    assert looks_like_workbook(content)
    with pytest.raises(InputError, match=f"^x .*{said}") as caught:
        read_workbook(content, name="x")
    assert str(caught.value).count(". ") == 0


def test_cut_anywhere_it_is_one_sentence() -> None:
    content = workbook(["a", "b"], [1, 2])
    for size in range(4, len(content), 37):
        with pytest.raises(InputError, match=r"^x "):
            read_workbook(content[:size], name="x")


def test_a_byte_changed_anywhere_is_read_or_one_sentence() -> None:
    content = workbook(["a", "b"], [1, 2])
    for place in range(0, len(content), 41):
        broken = bytearray(content)
        broken[place] ^= 0x5A
        try:
            read_workbook(bytes(broken), name="x")
        except InputError as problem:
            sentence = str(problem)
            assert sentence.startswith("x ")


def test_a_formula_without_a_value_is_marked_when_that_is_asked_for() -> None:
    """Of three formulas one has a value; the mark stands where the others are, and nowhere else."""
    row = '<row r="3"><c r="B3"><f>1+1</f><v>2</v></c><c r="C3"><f>B3</f></c><c r="D3"/></row>'
    sheets, _ = read_workbook(with_sheet(row), name="x", uncomputed="?")
    assert (list(sheets[0].rows), list(sheets[0].numbers)) == ([["", "2", "?"]], [3])
    book = openpyxl.Workbook()
    book.active.append(["a", None, "=1+1"])
    book.create_sheet("Other").append(["=A1"])
    sheets, _ = read_workbook(saved(book), name="x", uncomputed="?")
    assert [list(sheet.rows) for sheet in sheets] == [[["a", "", "?"]], [["?"]]]


def test_a_formula_that_says_nothing_is_empty_and_not_without_a_value() -> None:
    """Spreadsheets write ="" with the type of a text and an empty value."""
    row = (
        '<row r="1"><c r="A1" t="str"><f>IF(1,"","x")</f><v></v></c>'
        '<c r="B1" s="3" t="str"><f>A1</f><v/></c><c r="C1" t="str"><f>A1</f></c>'
        '<c r="D1"><f>A1</f><v></v></c><c r="E1"><v>7</v></c></row>'
    )
    sheets, warnings = read_workbook(with_sheet(row), name="x", uncomputed="?")
    assert list(sheets[0].rows) == [["", "", "?", "?", "7"]]
    assert warnings[0].startswith("2 formulas")
    sheets, warnings = read_workbook(
        with_sheet(row.split('<c r="C1"', maxsplit=1)[0] + "</row>"), name="x"
    )
    assert (sheets, warnings) == ([], ())


def test_merged_cells_are_told_by_row_and_column() -> None:
    data = '<row r="1"><c r="A1"><v>7</v></c></row></sheetData><mergeCells count="2">'
    cells = '<mergeCell ref="A1:B3"/><mergeCell ref="AA10:AA12"/>'
    content = with_sheet(f"{data}{cells}</mergeCells><sheetData>")
    theirs = openpyxl.load_workbook(io.BytesIO(content)).active.merged_cells
    assert {str(one) for one in theirs} == {"A1:B3", "AA10:AA12"}
    (sheet,), _ = read_workbook(content, name="x")
    assert list(sheet.merged) == [(1, 1, 3, 2), (10, 27, 12, 27)]


def test_a_sheet_that_is_not_wanted_is_not_read_on() -> None:
    book = openpyxl.Workbook()
    for title in ("one", "two"):
        sheet = book.create_sheet(title)
        for number in range(5):
            sheet.append([title, number])
    sheets, _ = read_workbook(saved(book), name="x", skipped=lambda row: row[0] == "two")
    assert [(sheet.title, list(sheet.rows)[1:2]) for sheet in sheets] == [("one", [["one", "1"]])]


@pytest.mark.parametrize("case", NO_WORKBOOKS)
def test_another_remedy_takes_the_place_of_the_advice(case: str) -> None:
    with pytest.raises(InputError, match=r"^x is [^;]*; send it back\.$"):
        read_workbook(NO_WORKBOOKS[case][0], name="x", remedy="send it back")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-10-21T23:30:00Z", datetime(2026, 10, 21, 23, 30, tzinfo=UTC)),
        ("2026-10-21T23:30:00+02:00", datetime(2026, 10, 21, 21, 30, tzinfo=UTC)),
        ("2026-10-21T23:30:00", datetime(2026, 10, 21, 23, 30, tzinfo=UTC)),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_the_moment_of_saving_is_told_in_utc(written: str, expected: datetime | None) -> None:
    part = f'<p:coreProperties><d:modified xsi:type="d:W3CDTF">{written}</d:modified></p:coreProperties>'
    content = changed(workbook(["a"]), {"docProps/core.xml": part.encode()})
    assert saved_at(content) == expected


def test_a_workbook_need_not_say_when_it_was_saved() -> None:
    assert saved_at(archive("xl/workbook.xml")) is None
    assert saved_at(archive("docProps/core.xml")) is None


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("xl/comments1.xml", True),
        ("xl/comments/comment1.xml", True),
        ("/xl/threadedComments/threadedComment1.xml", True),
        ("xl/worksheets/sheet1.xml", False),
        ("docs/comments.xml", False),
    ],
)
def test_comments_are_told_by_their_parts(part: str, *, expected: bool) -> None:
    assert has_comments(archive("xl/workbook.xml", part)) is expected
