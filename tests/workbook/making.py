"""Rows and sheets to write, files that are broken on purpose, and means to read what was written."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from pmanalytics.workbook.books import new_book, print_setup
from pmanalytics.workbook.layout import SheetColumn
from pmanalytics.workbook.sheets import Sheet, write_table

COLUMNS = (
    SheetColumn("item", "Item", "link", 15),
    SheetColumn("title", "=Title", width=30),
    SheetColumn("minutes", "Minutes", "integer"),
    SheetColumn("share", "Share", "share"),
    SheetColumn("due", "Due", "day"),
    SheetColumn("standing", "Standing", width=16),
    SheetColumn("decision", "Decision (answer)", width=14, editable=True, choices="decision"),
    SheetColumn("until", "Until (answer)", "day", editable=True),
    SheetColumn("note", "Note (answer)", width=26, editable=True),
    SheetColumn("check", "Answer check", "formula", 18),
    SheetColumn("key", "Key", width=18, hidden=True),
)
CHECK = 'IF(AND({decision}="ask for a waiver",NOT(ISNUMBER({until}))),"say until when","")'
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
WORDS = pd.DataFrame({"decision": ["keep", "drop", "ask for a waiver"]})


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


def cells(sheet: Worksheet) -> Iterator[Any]:
    return (cell for row in sheet.iter_rows() for cell in row)


def records(sheet: Worksheet) -> list[dict[str, Any]]:
    """The rows of a sheet by the headers in its first row."""
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def rows() -> pd.DataFrame:
    """Three rows; the check of the last one says that its waiver has no day."""
    texts = {
        "item": ["jira:A-1", "jira:A-2", "jira:A-3"],
        "title": ["=1+1", "plain & <simple>", "+cmd|' /C calc'!A0"],
        "standing": ["open, overdue", 'a "quoted" word', None],
        "decision": [None, "keep", "ask for a waiver"],
        "note": ["@sum", None, "-1"],
        "check": ["", "", "say until when"],
        "key": ["k1", "k2", "k3"],
    }
    return pd.DataFrame(
        {
            **{name: pd.Series(values, dtype="str") for name, values in texts.items()},
            "minutes": pd.array([90, None, 1_000_000], dtype="Int64"),
            "share": [0.25, None, 1.0],
            "due": pd.to_datetime(["2026-07-16", None, "0999-12-31"]),
            "until": pd.to_datetime([None, "2026-08-01", None]),
        }
    )


def actions(**changes: Any) -> Sheet:
    """The sheet, with all that a sheet may have."""
    sheet = Sheet(
        "Actions",
        COLUMNS,
        rows(),
        links=["https://tracker.example/1?a=b&c=d#e", None, "https://tracker.example/3"],
        formulas={"check": CHECK},
        choices={"decision": "=Lists!$A$2:$A$4"},
        fills={"standing": {"open, overdue": "#fbe0cf", 'a "quoted" word': "#fff2cc"}},
    )
    return replace(sheet, **changes)


def written(path: Path, *sheets: Sheet, below: Sheet | None = None) -> Path:
    """A book with these sheets, the first with another table in row 20, and with Lists."""
    with path.open("wb") as content, new_book(content) as book:
        book.set_properties({"created": datetime(2026, 10, 20)})
        pages = [write_table(book, sheet) for sheet in sheets]
        if below is not None:
            write_table(book, below, page=pages[0], first_row=19)
        pages.append(write_table(book, Sheet("Lists", (SheetColumn("decision", "Words"),), WORDS)))
        for page in pages:
            print_setup(page, heading="heading", footing="footing")
    return path


def full(path: Path) -> Path:
    """A book with everything: protection, colours, printing, and two tables on a sheet."""
    sheet = actions(protect=True, frozen=2, printed=9, tab="#1f77b4")
    return written(path, sheet, below=actions(links=(), printed=9))


def replaced(path: Path, part: str, old: str, new: str, *, count: int = 1) -> Path:
    """A copy in which a piece of a part says something else; it must be there."""
    copy = path.with_name(f"broken {path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old.encode() in content, f"{old} is not in {part}"
                content = content.replace(old.encode(), new.encode(), count)
            target.writestr(name, content)
    return copy


def without_values(path: Path) -> Path:
    """A copy whose formulas have no values, so that another program must work them out."""
    copy = path.with_name(f"bare {path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content))
    return copy
