"""Files that come back: what is no workbook of ours is one sentence, and none is ever written to."""

import io
import os
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

import pmanalytics as pma
from pmanalytics.answers.edited import Edited, read_edited
from pmanalytics.datasets import Dataset
from pmanalytics.errors import InputError
from pmanalytics.reading import workbooks
from pmanalytics.workbook import write_workbook
from pmanalytics.workbook.layout import ANSWERS, BASELINE, MARK, VERSION
from tests.answers.workbook_edits import (
    Change,
    answers,
    cell,
    found,
    headers,
    item,
    key,
    put,
    refusals,
    rewrite,
)

Edit = Callable[..., Path]
REMEDY = "save the workbook as .xlsx, without a password and without macros"


def sentence(path: Path) -> str:
    """What is said about a file, which must be one sentence that names it."""
    with pytest.raises(InputError) as caught:
        read_edited(path, zone="UTC")
    said = str(caught.value)
    assert said.startswith(str(path))
    rest = said.removeprefix(str(path))
    assert rest.endswith(".")
    assert ". " not in rest
    assert "\n" not in rest
    return rest.strip()


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


FILES = {
    "empty": (b"", "is empty; " + REMEDY),
    "blank": (b" \n", "is empty; " + REMEDY),
    "csv": (b"Item,Title\njira:PAY-1,x\n", "is no .xlsx workbook, whatever its name says; "),
    "page": (b"<html><table><tr><td>Item</td></tr></table>", "is no .xlsx workbook"),
    "encrypted": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "is an old or a password-protected workbook; " + REMEDY,
    ),
    "ods": (
        packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}),
        "is an OpenDocument file; " + REMEDY,
    ),
    "binary": (
        packed({"[Content_Types].xml": b"", "xl/workbook.bin": b""}),
        "is a binary workbook; " + REMEDY,
    ),
    "other": (packed({"a.csv": b"x"}), "is a zip archive and no workbook; " + REMEDY),
    "pdf": (b"%PDF-1.7", "is a PDF document; " + REMEDY),
    "noise": (bytes(range(256)) * 9, "is no .xlsx workbook"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_workbook_is_one_sentence(tmp_path: Path, name: str) -> None:
    content, said = FILES[name]
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(content)
    assert sentence(path).startswith(said)


def test_a_folder_and_a_missing_file_are_one_sentence(tmp_path: Path) -> None:
    assert sentence(tmp_path) == "is a folder; name a file in it."
    assert sentence(tmp_path / "a.xlsx").startswith("cannot be read (No such file or directory);")


def test_a_file_cut_anywhere_is_one_sentence(given: Path, tmp_path: Path) -> None:
    content = given.read_bytes()
    path = tmp_path / "cut.xlsx"
    for size in range(4, len(content), len(content) // 12):
        path.write_bytes(content[:size])
        assert sentence(path) == f"is a damaged workbook or zip archive; {REMEDY}."


def test_macros_are_refused(edit: Edit, tmp_path: Path) -> None:
    path = edit()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert sentence(path) == f"is a workbook with macros; {REMEDY}."
    path = edit().rename(tmp_path / "edited.XLSM")
    assert sentence(path) == f"is a workbook that may hold macros; {REMEDY}."


def test_a_bomb_is_not_unpacked(edit: Edit) -> None:
    """20 MB of blanks pack to some 20 kB."""
    path = edit()
    rewrite(path, "xl/worksheets/sheet1.xml", lambda part: b" " * 20_000_000 + part)
    assert sentence(path).startswith("unpacks to more than 200 times its size, as no workbook does")


def test_a_sheet_of_sparse_cells_is_refused(edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_CELLS", 100_000)

    def change(book: openpyxl.Workbook) -> None:
        own = book.create_sheet("Own")
        for row in range(1, 20):
            own.cell(row, 16_384).value = "x"

    assert sentence(edit(change)) == f"has more than 100,000 cells; {REMEDY}."


def test_one_cell_far_away_is_read(edit: Edit) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book["Actions"]["XFD300000"].value = "x"

    result = read_edited(edit(change, put("PAY-1", note="mine")), zone="UTC")
    assert answers(result, "PAY-1") == {"note": "mine"}
    assert [remark.refused for remark in result.remarks] == [False]


def test_entities_are_refused(edit: Edit) -> None:
    path = edit()
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet'
    rewrite(path, "xl/worksheets/sheet1.xml", lambda part: part.replace(b"<worksheet", bomb, 1))
    assert sentence(path) == f"is a damaged workbook or zip archive; {REMEDY}."


def test_another_workbook_is_one_sentence(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Item", "Title"])
    book.save(tmp_path / "own.xlsx")
    assert sentence(tmp_path / "own.xlsx").startswith(
        f"has no hidden sheet {BASELINE!r} that says what was given out, so that it is no workbook "
        "of pmanalytics or lost that sheet; take a new workbook"
    )


def test_a_workbook_without_its_baseline_is_one_sentence(edit: Edit) -> None:
    path = edit(lambda book: book.remove(book[BASELINE]))
    assert "lost that sheet; take a new workbook, and bring the answers" in sentence(path)


def test_two_workbooks_in_one_are_one_sentence(edit: Edit) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book.copy_worksheet(book[BASELINE])

    assert sentence(edit(change)).startswith("has 2 hidden sheets that say what was given out")


def test_a_workbook_without_sheets_of_answers_is_one_sentence(edit: Edit) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for title in ("Actions", "Repeats"):
            book.remove(book[title])

    assert sentence(edit(change)).startswith("has no sheet with the columns of 'Actions' or")


def typed(shown: str, place: int, value: object) -> Change:
    """Type into the row of the baseline that holds a text, at a place from 1."""

    def change(book: openpyxl.Workbook) -> None:
        sheet = book[BASELINE]
        held = ([cell.value for cell in cells] for cells in sheet.iter_rows())
        row = next(row for row, values in enumerate(held, start=1) if shown in values)
        sheet.cell(row, place).value = value

    return change


@pytest.mark.parametrize(
    ("shown", "place", "value"),
    [
        ("jira:PAY-1", 1, None),
        ("jira:PAY-1", 1, "items"),
        ("jira:PAY-1", 2, None),
        ("jira:PAY-1", 2, "x"),
        ("jira:PAY-1", 2, key("PAY-2")),
        ("jira:PAY-1", 2, key("PAY-9")),
        ("jira:PAY-1", 3, "jira:PAY-9"),
        ("jira:PAY-1", 20, "more"),
        ("INC-3", 4, "INC-2"),
    ],
)
def test_a_baseline_that_was_typed_into_is_one_sentence(
    edit: Edit, shown: str, place: int, value: object
) -> None:
    path = edit(typed(shown, place, value))
    said = sentence(path)
    assert said.startswith(
        f"was changed on its hidden sheet {BASELINE!r}, which says what was given"
    )


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (
            str(int(VERSION) + 1),
            "was made by a newer pmanalytics (workbook version 2, known is 1);",
        ),
        ("12", "was made by a newer pmanalytics"),
        ("0", "says on its hidden sheet 'baseline' that it is of version '0', which is unknown;"),
        (None, "says on its hidden sheet 'baseline' that it is of version '', which is unknown;"),
    ],
)
def test_another_version_is_one_sentence(edit: Edit, version: str | None, said: str) -> None:
    assert sentence(edit(typed(MARK, 2, version))).startswith(said)


def test_the_file_is_never_written_to(edit: Edit) -> None:
    path = edit(put("PAY-1", note="mine"))
    path.chmod(0o400)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    before, content = path.stat(), path.read_bytes()
    beside = sorted(path.parent.iterdir())
    assert answers(read_edited(path, zone="UTC"), "PAY-1") == {"note": "mine"}
    after = path.stat()
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)
    assert path.read_bytes() == content
    assert sorted(path.parent.iterdir()) == beside


def every(book: openpyxl.Workbook) -> None:
    """Edits of each kind, sound ones and others."""
    put("PAY-1", new_promised_on=datetime(2026, 11, 15), new_team="search", note="two\nlines")(book)
    put("PAY-2", decision="keep", reason="Größe: 5 € \N{SLIGHTLY SMILING FACE}")(book)
    put("PAY-3", waiver_until=None)(book)
    put("PAY-4", new_promised_on="next week", team="mine")(book)
    put("PAY-5", decision="later")(book)
    put("INC-2", verdict="deny")(book)
    book["About"]["B2"].value = "team lead"
    book["Actions"].title = "Maßnahmen"
    book["Repeats"].title = "Wiederholungen"
    sheet = book["Maßnahmen"]
    place = headers(sheet)[ANSWERS[-1].header]
    sheet.cell(sheet.max_row + 2, place).value = "a stray note"


def without_places(result: Edited) -> tuple[object, ...]:
    return (result.role, result.about, result.baseline, result.rows, result.remarks)


def test_a_file_that_libreoffice_saved_reads_the_same(
    edit: Edit, libreoffice: Callable[[Path, str, Path], Path], tmp_path: Path
) -> None:
    path = edit(every)
    (tmp_path / "theirs").mkdir()
    theirs = libreoffice(path, "xlsx", tmp_path / "theirs")
    ours = read_edited(path, zone="UTC")
    assert len(refusals(ours)) == 3
    assert without_places(read_edited(theirs, zone="UTC")) == without_places(ours)


def test_the_workbook_as_given_out_reads_the_same_after_libreoffice(
    given: Path, libreoffice: Callable[[Path, str, Path], Path], tmp_path: Path
) -> None:
    theirs = read_edited(libreoffice(given, "xlsx", tmp_path), zone="UTC")
    assert without_places(theirs) == without_places(read_edited(given, zone="UTC"))
    assert theirs.remarks == ()


HOSTILE = {
    "blanks": ("jira:A  1\n", "  two  blanks "),
    "escape": ("jira:_x0041_", "_x000D_ and _x000D"),
    "markup": ("<r>a</r>", "<r><t>bold</t></r>"),
    "formula": ("=1+1", "@sum"),
    "control": ("jira:\x07b", "a\x0bb\u202ec"),
    "number": ("7", "1.0"),
    "day": ("2026-11-15", "2026-11-15T08:00:00"),
    "error": ("#REF!", "#NAME?"),
    "long": ("x" * 300, "\N{SLIGHTLY SMILING FACE}" * 20_000),
    "old": ("jira:OLD", MARK),
}
# Before the days that Excel knows: such a day is written as a text.
PROMISED = {"old": "0999-12-31"}


def test_texts_that_attack_the_format_come_back_as_they_went(
    dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    items = [
        item(name, item_id=item_id, title=title, promised_on=PROMISED.get(name), team=title)
        for name, (item_id, title) in HOSTILE.items()
    ]
    snapshot = pma.snapshot(dataset(items=items), as_of="2026-10-20")
    path = write_workbook(snapshot, tmp_path / "w.xlsx", about={"organisation": MARK})
    result = read_edited(path, zone="UTC")
    assert len(result.rows) == len(HOSTILE)
    assert result.remarks == ()
    openpyxl.load_workbook(path).save(tmp_path / "again.xlsx")
    assert read_edited(tmp_path / "again.xlsx", zone="UTC").rows == result.rows


def test_a_workbook_without_rows_is_read(dataset: Callable[..., Dataset], tmp_path: Path) -> None:
    snapshot = pma.snapshot(dataset(), as_of="2026-10-20")
    path = write_workbook(snapshot, tmp_path / "w.xlsx", about={})
    result = read_edited(path, zone="UTC")
    assert (result.rows, result.remarks, result.baseline) == ((), (), {})
    assert result.saved_on == date(2026, 10, 20)


def test_an_item_is_found_once(given: Path) -> None:
    result = read_edited(given, zone="UTC")
    assert len(found(result, "PAY-1")) == 1
    book = openpyxl.load_workbook(given)
    assert cell(book, "PAY-1", "key").value == key("PAY-1")
