"""Opening: the same table in any form, and what is around it in a file."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from pmanalytics.errors import InputError
from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import FileTables, read_file
from pmanalytics.trackers.opening import open_export

HEADER = ["item_id", "title", "state", "created_at"]
ROWS = [
    ["x:1", "Alert on a full queue", "done", "2026-01-12T11:19:00Z"],
    ["x:2", "Limit retries", "open", "2026-01-13"],
]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FileTables]:
    def call(content: bytes, **source: object) -> FileTables:
        path = tmp_path / "x"
        path.write_bytes(content)
        return read_file(path, source=Source(**source), settings=Settings(), name="x")

    return call


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def page(rows: list[list[str]], before: str = "") -> bytes:
    lines = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in rows)
    return f"<!DOCTYPE html><html>{before}<table>{lines}</table></html>".encode()


def keys(found: FileTables) -> list[tuple[str, int]]:
    items = found.tables["items"]
    return list(zip(items["item_id"], items["row"], strict=True))


def test_sheets_of_one_table_are_read_as_one(read: Callable[..., FileTables]) -> None:
    other = [
        ["title", "item_id", "state", "team", "created_at"],
        ["Third", "x:3", "open", "web", ""],
    ]
    found = read(workbook(First=[HEADER, *ROWS], Second=other, Notes=[["remember"], ["milk"]]))
    # Three rows of the first sheet, so the second row of the second is number 3 + 2.
    assert keys(found) == [("x:1", 2), ("x:2", 3), ("x:3", 5)]
    assert found.tables["items"]["team"].fillna("").tolist() == ["", "", "web"]
    assert any("'Notes'" in sentence for sentence in found.warnings)
    assert any("numbered on" in sentence for sentence in found.warnings)


def test_sheets_of_different_tables_are_refused(read: Callable[..., FileTables]) -> None:
    incidents = [["incident_id", "started_at"], ["INC-1", "2026-01-10"]]
    with pytest.raises(InputError, match="sheets with different tables"):
        read(workbook(Items=[HEADER, *ROWS], Incidents=incidents))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_lines_above_the_header_are_counted(form: str, read: Callable[..., FileTables]) -> None:
    rows = [["Made on Monday"], [], ["For", "the", "review"], HEADER, *ROWS]
    text = "\n".join(",".join(row) for row in rows).encode()
    found = read(text if form == "csv" else workbook(Sheet=rows))
    assert keys(found) == [("x:1", 5), ("x:2", 6)]
    assert "2 lines above the header were left out." in found.warnings


def test_a_table_of_a_web_page(read: Callable[..., FileTables]) -> None:
    rows = [["Key", "Summary", "Status", "Resolution"], ["A-1", "a &amp; b", "Done", "Fixed"]]
    found = read(page(rows, "<h1>Jira</h1><table><tr><td>menu</table>"))
    assert found.format == "jira_csv"
    assert found.tables["items"]["title"].tolist() == ["a & b"]


def test_a_web_page_without_such_a_table(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError, match="login page"):
        read(b"<!DOCTYPE html><html><form>password</form></html>")
    with pytest.raises(InputError, match="no known tracker"):
        read(page([["one", "two"], ["three", "four"]]))


def test_a_configured_tracker_must_write_the_form(read: Callable[..., FileTables]) -> None:
    with pytest.raises(InputError, match=r"not .*JSON.*tracker = 'trello'"):
        read(b"Issue key,Summary\n", tracker="trello")


def test_everything_lays_out_all_columns(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("Issue key,Summary,Status,Custom field (Team)\nA-1,a,Done,web\n", "utf-8")
    plain = open_export(path, source=Source(), settings=Settings(), name="x")
    whole = open_export(path, source=Source(), settings=Settings(), name="x", everything=True)
    assert not plain.has("Custom field (Team)")
    assert whole.cells.text("Custom field (Team)").to_pylist() == ["web"]
