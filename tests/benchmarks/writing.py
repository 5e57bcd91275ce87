"""Writing a sheet of 50,000 rows with all formats, against plain openpyxl, cell by cell."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from pmanalytics.workbook.books import new_book, print_setup
from pmanalytics.workbook.layout import SheetColumn
from pmanalytics.workbook.lint import lint_workbook
from pmanalytics.workbook.sheets import Sheet, write_table
from pmanalytics.workbook.styles import ALERT_FILL, ANSWER_FILL, NUMBER_FORMATS
from tests.benchmarks.measures import Line, peak, seconds

ROWS = 50_000
LIST = "=Lists!$A$2:$A$4"
CHECK = 'IF(AND({decision}="drop",{reason}=""),"say why","")'
COLUMNS = (
    SheetColumn("item", "Item", "link", 15),
    SheetColumn("title", "Title", width=42),
    *(SheetColumn(name, name, width=16) for name in ("product", "incident", "severity", "team")),
    *(SheetColumn(name, name, width=16) for name in ("service", "state", "standing", "gap")),
    *(SheetColumn(name, name, "integer") for name in ("minutes", "customers", "like it")),
    SheetColumn("over", "over", "days"),
    SheetColumn("chance", "chance", "share"),
    *(SheetColumn(name, name, "day") for name in ("promised", "due", "closed")),
    SheetColumn("new_day", "New day (answer)", "day", editable=True),
    SheetColumn("decision", "Decision (answer)", width=14, editable=True, choices="decision"),
    SheetColumn("until", "Until (answer)", "day", editable=True),
    *(SheetColumn(name, f"{name} (answer)", width=26, editable=True) for name in ("reason", "note")),
    SheetColumn("check", "Answer check", "formula", 18),
    SheetColumn("key", "Key", width=18, hidden=True),
)  # fmt: skip


def frame(rows: int = ROWS) -> pd.DataFrame:
    """A table of invented items, most of whose titles are unlike each other."""
    dice = np.random.default_rng(7)
    values: dict[str, Any] = {}
    for column in COLUMNS:
        number = dice.integers(0, 1000, rows)
        if column.kind == "day":
            day = pd.Timestamp("2026-01-01") + pd.to_timedelta(number, "D")
            values[column.name] = pd.Series(day).where(number < 700)
        elif column.kind in ("integer", "days", "share"):
            values[column.name] = number / 1000 if column.kind == "share" else number
        else:
            values[column.name] = pd.Series(number).map(f"{column.name} {{}}".format)
    numbers = pd.Series(range(rows))
    values["item"] = numbers.map("jira:PAY-{}".format)
    values["title"] = numbers.map(
        "Add an alert for the queue of consumer {} and its retries".format
    )
    values["key"] = numbers.map("{:016x}".format)
    values["standing"] = np.where(dice.random(rows) < 0.2, "open, overdue", "open, not yet due")
    drop = dice.random(rows) < 0.1
    values["decision"] = pd.Series(np.where(drop, "drop", "keep")).where(dice.random(rows) < 0.3)
    values["reason"] = pd.Series(["because"] * rows).where(dice.random(rows) < 0.3)
    due = (values["decision"] == "drop") & values["reason"].isna()
    values["check"] = np.where(due, "say why", "")
    texts = [c.name for c in COLUMNS if c.kind in ("text", "link", "formula")]
    return pd.DataFrame(values).astype(dict.fromkeys(texts, "str"))


def links(table: pd.DataFrame) -> list[str]:
    """The address of each item."""
    return [f"https://tracker.example/browse/{item}" for item in table["item"]]


def ours(table: pd.DataFrame) -> BytesIO:
    """The sheet by our writer."""
    content = BytesIO()
    words = pd.DataFrame({"decision": ["keep", "drop", "ask for a waiver"]})
    with new_book(content) as book:
        sheet = Sheet(
            "Actions", COLUMNS, table, links=links(table), formulas={"check": CHECK},
            choices={"decision": LIST}, fills={"standing": {"open, overdue": ALERT_FILL}},
        )  # fmt: skip
        page = write_table(book, sheet)
        print_setup(page, heading="heading", footing="footing")
        write_table(book, Sheet("Lists", (SheetColumn("decision", "Decision"),), words))
    return content


def theirs(table: pd.DataFrame) -> BytesIO:
    """The same sheet by openpyxl, a cell after the other.

    Each cell takes the style of its column as openpyxl holds it, which is several times as fast as
    to set a font, a border and a format cell by cell.
    """
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Actions"
    styles = _styles(book.create_sheet("styles"))
    letters = {c.name: openpyxl.utils.get_column_letter(i) for i, c in enumerate(COLUMNS, 1)}
    for place, column in enumerate(COLUMNS, 1):
        page.cell(1, place, column.header).font = Font(bold=True)
        page.column_dimensions[letters[column.name]].width = column.width
    addresses = links(table)
    plain = table.astype(object).where(table.notna(), None)
    for row, values in enumerate(plain.itertuples(index=False), 2):
        for place, value in enumerate(values, 1):
            cell = page.cell(row, place)
            if COLUMNS[place - 1].kind == "formula":
                cell.value = "=" + CHECK.format_map({n: f"{x}{row}" for n, x in letters.items()})
            else:
                cell.value = value
            cell._style = styles[place - 1]
        page.cell(row, 1).hyperlink = addresses[row - 2]
    _rules(book, page, letters, len(table) + 1)
    content = BytesIO()
    book.save(content)
    return content


def _styles(page: Any) -> list[Any]:
    """The style of each column, made in a cell of a sheet of its own."""
    styles = []
    for place, column in enumerate(COLUMNS, 1):
        cell = page.cell(1, place)
        cell.number_format = NUMBER_FORMATS[column.kind]
        cell.alignment = Alignment(vertical="top", wrap_text=column.kind in ("text", "link"))
        cell.border = Border(bottom=Side("thin", "D9D9D9"))
        if column.editable:
            cell.fill = PatternFill("solid", ANSWER_FILL[1:])
            cell.protection = Protection(locked=False)
        styles.append(cell._style)
    return styles


def _rules(book: openpyxl.Workbook, page: Any, letters: dict[str, str], last: int) -> None:
    fill = PatternFill(bgColor=ALERT_FILL[1:])
    standing = letters["standing"]
    page.conditional_formatting.add(
        f"{standing}2:{standing}{last}", CellIsRule("equal", ['"open, overdue"'], fill=fill)
    )
    rules = {"new_day": "date", "until": "date", "decision": "list"}
    for name, kind in rules.items():
        first, second = (LIST, None) if kind == "list" else ("36526", "73050")
        rule = DataValidation(kind, formula1=first, formula2=second, allow_blank=True)
        rule.add(f"{letters[name]}2:{letters[name]}{last}")
        page.add_data_validation(rule)
    page.add_table(Table(displayName="Actions", ref=f"A1:{letters['key']}{last}"))
    other = book.create_sheet("Lists")
    for word in ("Decision", "keep", "drop", "ask for a waiver"):
        other.append([word])


MAKING = (
    "from tests.benchmarks import writing\ntable = writing.frame()\nwriting.ours(writing.frame(10))"
)


def writing(_: Path) -> Iterator[Line]:
    """Our sheet against theirs, with what the linter adds, and the memory that ours takes."""
    table = frame()
    floor = {"openpyxl": seconds(lambda: theirs(table), times=1)}
    what = f"write {ROWS:,} rows x {len(COLUMNS)} columns"
    yield Line(what, seconds(lambda: ours(table), times=2), floor)
    yield Line("  and look for what Excel repairs", seconds(_linted(table), times=2), floor)
    before, whole = peak(MAKING), peak(MAKING, "content = writing.ours(table)")
    linted = peak(MAKING, "writing.lint_workbook(writing.ours(table))")
    for name, used in ((f"write {ROWS:,} rows", whole), ("  and look for repairs", linted)):
        yield Line(f"memory: {name}", used, unit="MB")
        yield Line(f"memory: {name}, what it adds", used - before, unit="MB")


def _linted(table: pd.DataFrame) -> Any:
    def work() -> None:
        faults = lint_workbook(ours(table))
        assert not faults, faults

    return work
