"""The workbook: what product managers open, filter and print.

Its sheets are About (what this is and how to read it), Summary (promises kept, open, overdue and
unclear, by severity and team), Actions (one row per item to act on) and one sheet for every table
that the report shows. Values only, every table a real one; the same input gives the same bytes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pmanalytics.errors import ReportError
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import STANDINGS
from pmanalytics.workbook.actions import actions_table
from pmanalytics.workbook.baseline import baseline_table
from pmanalytics.workbook.cells import cell_text, safe_link
from pmanalytics.workbook.guide import about_lines, section, sheet_lines, table_sheet_names
from pmanalytics.workbook.layout import (
    ACTIONS,
    BASELINE,
    OWNERS,
    REPEATS,
    ROLE_LABEL,
    SUMMARY,
    SheetColumn,
)
from pmanalytics.workbook.lint import lint_workbook
from pmanalytics.workbook.pairs import repeats_table
from pmanalytics.workbook.sheets import (
    LINE_HEIGHT,
    Sheet,
    left_out,
    line_count,
    midnight,
    print_setup,
    write_table,
)
from pmanalytics.workbook.totals import summary_table
from pmanalytics.workbook.wording import header, in_words, number_kinds

__all__ = ["actions_table", "lint_workbook", "summary_table", "write_workbook"]

SAMPLE_MARK: Final = "SAMPLE DATA: an invented organisation, no real incidents"
ABOUT_WIDTH: Final = 104


def write_workbook(
    snapshot: Snapshot,
    path: str | Path,
    *,
    about: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame] | None = None,
    titles: Mapping[str, str] | None = None,
    interval: str = "wilson",
) -> Path:
    """Write the workbook of a report.

    `about` is what the page says at its head (organisation, sample, period_label, policy, warnings,
    counts, reject_count, unread_files), `tables` are further tables by name, as `publishable` left
    them, `titles` say what those are about (one without a table is said to be elsewhere),
    `interval` is "wilson" or "cluster" as in `attainment`. The file appears whole or not at all.
    Raises ReportError when it cannot be written, or when Excel would have to repair it.
    """
    content = BytesIO()
    with Workbook(content, _options()) as book:
        book.set_properties({"created": midnight(snapshot.as_of)})
        heading = _heading(about)
        sheets = _sheets(snapshot, tables or {}, interval)
        lines = [
            *about_lines(snapshot, about, interval=interval),
            *section("Sheets", sheet_lines(tables or {}, titles or {})),
            *section("Left out", [left_out(sheet) for sheet in sheets if left_out(sheet)]),
        ]
        pages = [_write_about(book, about, lines), *(write_table(book, s) for s in sheets)]
        _write_baseline(book, snapshot, about, sheets)
        for page in pages:
            print_setup(page, heading=heading, footing=f"as of {snapshot.as_of.isoformat()}")
    faults = lint_workbook(content)
    if faults:
        raise ReportError(f"Excel would repair the workbook {path}: {faults[0]}")
    return _replace(Path(path), content.getvalue())


def _options() -> dict[str, object]:
    return {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def _heading(about: Mapping[str, Any]) -> str:
    mark = "SAMPLE DATA" if about.get("sample") else ""
    return " · ".join(filter(None, [mark, about.get("organisation"), "action items"]))


def _write_about(
    book: Workbook, about: Mapping[str, Any], lines: Iterable[tuple[str, str]]
) -> Worksheet:
    page = book.add_worksheet("About")
    page.set_column(0, 0, 16)
    page.set_column(1, 1, ABOUT_WIDTH)
    title = book.add_format({"bold": True, "font_size": 16})
    head = book.add_format({"bold": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    mark = book.add_format({"bold": True, "bg_color": "#ffe699", "border": 1})
    page.write_string(0, 0, cell_text(about.get("title") or "Action items"), title)
    page.write_string(1, 0, ROLE_LABEL, head)
    row = 2
    if about.get("sample"):
        page.write_string(row, 1, SAMPLE_MARK, mark)
        row += 1
    for heading, said in lines:
        if heading:
            page.write_string(row, 0, heading, head)
        if said:
            page.write_string(row, 1, cell_text(said), text)
            page.set_row(row, LINE_HEIGHT * line_count(said, ABOUT_WIDTH * 1.1))
        row += 1
    return page


def _sheets(snapshot: Snapshot, tables: Mapping[str, pd.DataFrame], interval: str) -> list[Sheet]:
    actions = actions_table(snapshot)
    item, *others = ACTIONS
    # A name such as group/project#12 has no place where a line could end.
    longest = actions["item_id"].head(1000).str.len().max() if len(actions) else 0
    columns = [replace(item, width=min(max(longest + 1, item.width), 44)), *others]
    columns += [OWNERS] if snapshot.settings.persons else []
    alert = frozenset({STANDINGS["overdue"]})
    names = table_sheet_names(tables)
    return [
        Sheet("Summary", SUMMARY, summary_table(snapshot, interval=interval)),
        Sheet(
            "Actions",
            columns,
            actions,
            empty="Nothing is open, and nothing was closed lately.",
            links=[safe_link(url) for url in actions["url"]],
            alerts={"standing": alert},
        ),
        Sheet("Repeats", REPEATS, repeats_table(snapshot)),
        *(_table_sheet(name, table) for name, table in zip(names, tables.values(), strict=True)),
    ]


def _write_baseline(
    book: Workbook, snapshot: Snapshot, about: Mapping[str, Any], sheets: list[Sheet]
) -> None:
    facts = snapshot.items.set_index("item_id")[["state", "promised_on", "team"]]
    actions, pairs = (sheet.frame for sheet in sheets if sheet.name in ("Actions", "Repeats"))
    actions = actions.drop(columns=list(facts)).join(facts, on="item_id")
    page = book.add_worksheet(BASELINE)
    for row, values in enumerate(baseline_table(about, actions, pairs).itertuples(index=False)):
        for place, value in enumerate(values):
            if pd.notna(value):
                page.write_string(row, place, cell_text(value))
    page.very_hidden()


def _table_sheet(name: str, table: pd.DataFrame) -> Sheet:
    """A sheet for any table: kinds and widths follow from its columns."""
    named = table.set_axis([str(column) for column in table.columns], axis=1)
    named = in_words(named)
    kinds = number_kinds(named)
    columns = tuple(
        _sheet_column(column, named[column], header(column, named), kinds.get(column))
        for column in named
    )
    # As objects: a column of lists without a known one would stay a column of lists.
    lists = {c.name: named[c.name].astype(object).map(_text) for c in columns if c.kind == "text"}
    return Sheet(name, columns, named.assign(**lists))


def _sheet_column(name: str, values: pd.Series, words: str, declared: str | None) -> SheetColumn:
    kind = declared or _kind(values)
    words += " (UTC)" if kind == "moment" else ""
    texts = values.head(1000).map(_text).dropna() if kind == "text" else []
    longest = max(map(len, texts), default=0)
    if kind != "text":
        return SheetColumn(name, words, kind, 17 if kind == "moment" else 12)
    return SheetColumn(name, words, kind, min(max(longest, min(len(words), 24), 8) + 2, 44))


def _kind(values: pd.Series) -> str:
    types = pd.api.types
    if types.is_bool_dtype(values.dtype):
        return "text"
    if types.is_datetime64_any_dtype(values.dtype):
        zoned = isinstance(values.dtype, pd.DatetimeTZDtype)
        return "moment" if zoned else "day"
    if types.is_numeric_dtype(values.dtype):
        return "integer" if types.is_integer_dtype(values.dtype) else "number"
    return "text"


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if pd.api.types.is_list_like(value):
        return "; ".join(map(str, value)) or "none"
    return None if pd.isna(value) else str(value)


def _replace(path: Path, content: bytes) -> Path:
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise ReportError(
            f"The workbook cannot be written to {path} ({problem.strerror}); close it where it is "
            "open, or choose another folder."
        ) from problem
    return path
