"""How the tests edit a workbook and look at what was read of it."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from pmanalytics.answers.edited import Answered, Edited, Remark
from pmanalytics.workbook.layout import ACTIONS, REPEATS, key_of

HEADERS = {
    "item": {column.name: column.header for column in ACTIONS},
    "repeat": {column.name: column.header for column in REPEATS},
}
Change = Callable[[openpyxl.Workbook], None]


def item(key: str, **more: Any) -> dict[str, Any]:
    return {
        "item_id": f"jira:{key}",
        "source": "jira",
        "key": key,
        "title": f"Title of {key}",
        "state": "open",
        "team": "payments",
        "incident_id": "INC-1",
        "created_at": "2026-07-02T08:00:00Z",
        **more,
    }


def decision(subject: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"decided_on": "2026-09-01", "subject": subject, "kind": kind, **more}


def headers(sheet: Worksheet) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[1] if cell.value is not None}


def row_of(sheet: Worksheet, *shown: str) -> int:
    """The row whose cells hold these texts."""
    for cells in sheet.iter_rows(min_row=2):
        if set(shown) <= {cell.value for cell in cells}:
            return int(cells[0].row)
    raise AssertionError(f"No row shows {shown}.")


def cell(book: openpyxl.Workbook, name: str, column: str) -> Cell:
    """The cell of an item such as PAY-1, or of an incident that came back such as INC-2."""
    record, title = ("repeat", "Repeats") if name.startswith("INC") else ("item", "Actions")
    sheet = book[title]
    shown = (name, "INC-1") if record == "repeat" else (f"jira:{name}",)
    return sheet.cell(row_of(sheet, *shown), headers(sheet)[HEADERS[record][column]])


def put(name: str, **values: Any) -> Change:
    """Write answers, by the name of the column, into the row of an item or an incident."""

    def change(book: openpyxl.Workbook) -> None:
        for column, value in values.items():
            cell(book, name, column).value = value

    return change


def fill(sheet: Worksheet, row: int, cells: Iterable[tuple[object, str]]) -> None:
    """Write values with their types, for a title such as =1+1 is a text."""
    for place, (value, kind) in enumerate(cells, start=1):
        sheet.cell(row, place).value = value
        sheet.cell(row, place).data_type = kind


def key(name: str) -> str:
    return key_of(name, "INC-1") if name.startswith("INC") else key_of(f"jira:{name}")


def answers(result: Edited, name: str) -> dict[str, str]:
    """The answers about an item or an incident that are not empty."""
    (row,) = (row for row in result.rows if row.key == key(name))
    return {column: text for column, text in row.answers.items() if text}


def found(result: Edited, name: str) -> list[Answered]:
    return [row for row in result.rows if row.key == key(name)]


def refusals(result: Edited) -> list[Remark]:
    return [remark for remark in result.remarks if remark.refused]


def rewrite(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """Change one part of a workbook, which is a zip archive of parts, in its place."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    after = change(parts[part])
    assert after != parts[part]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, after if name == part else content)
