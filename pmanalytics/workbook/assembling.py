"""The sheets of the workbook in their order, each with its table, its width and its colours."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs

from pmanalytics.metrics.completion import fitting_interval
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import STANDINGS, plain
from pmanalytics.workbook.actions import actions_table
from pmanalytics.workbook.books import midnight, print_setup
from pmanalytics.workbook.cells import safe_link
from pmanalytics.workbook.checking import answer_formula
from pmanalytics.workbook.counting import Count
from pmanalytics.workbook.cover import write_about
from pmanalytics.workbook.guide import about_lines, section
from pmanalytics.workbook.hidden import write_baseline
from pmanalytics.workbook.layout import (
    ACTIONS,
    GAPS_SHEET,
    LAST_PRINTED,
    LISTS,
    OWNERS,
    QUALITY,
    REPEATS,
    SHEETS,
    SheetColumn,
)
from pmanalytics.workbook.lists import choices_table
from pmanalytics.workbook.pairs import repeats_table
from pmanalytics.workbook.quality import quality_table
from pmanalytics.workbook.sheets import Sheet, left_out, write_table
from pmanalytics.workbook.styles import ALERT_FILL, ANSWER_HEADER_FILL
from pmanalytics.workbook.summary import write_summary
from pmanalytics.workbook.unclear import gaps_table

__all__ = ["write_sheets"]

_, _, ON_ACTIONS, ON_GAPS, ON_REPEATS, ON_QUALITY, ON_LISTS, _ = SHEETS
WIDEST_NAME: Final = 40  # the frozen columns leave room for the answers
OVERDUE: Final = {"standing": {STANDINGS["overdue"]: ALERT_FILL}}


def write_sheets(
    book: Workbook,
    snapshot: Snapshot,
    about: Mapping[str, Any],
    *,
    findings: pd.DataFrame | None,
    count: Count,
) -> None:
    """Write all sheets of the workbook, and its properties."""
    book.set_properties(_properties(snapshot, about))
    lists = Sheet(ON_LISTS, LISTS, choices_table(snapshot), protect=True)
    choices = _ranges(lists)
    actions = _actions(snapshot, choices, count)
    repeats = _repeats(snapshot, choices, count)
    quality = quality_table(snapshot, about=about, found=findings)
    sheets = (
        actions,
        _gaps(snapshot, count),
        repeats,
        Sheet(ON_QUALITY, QUALITY, quality, empty="Nothing is doubtful.", protect=True),
        lists,
    )
    lines = about_lines(snapshot, about, interval=fitting_interval(snapshot))
    lines += section("Left out", [left_out(sheet) for sheet in sheets if left_out(sheet)])
    pages = [
        write_about(book, about, lines, roles=choices["role"]),
        write_summary(book, snapshot, count=count),
        *(write_table(book, sheet) for sheet in sheets),
    ]
    write_baseline(book, snapshot, about, actions.frame, repeats.frame)
    for page in pages:
        print_setup(page, heading=_heading(about), footing=f"as of {snapshot.as_of.isoformat()}")


def _properties(snapshot: Snapshot, about: Mapping[str, Any]) -> dict[str, Any]:
    """What the file says of itself: what it is about and of which day, and nobody's name."""
    period = about.get("period_label") or about.get("period") or "all items"
    told = [about.get("organisation"), about.get("subject"), period]
    return {
        "title": plain(about.get("title") or "Action items"),
        "subject": plain(" · ".join(str(part) for part in told if part)),
        "created": midnight(snapshot.as_of),
    }


def _heading(about: Mapping[str, Any]) -> str:
    mark = "SAMPLE DATA" if about.get("sample") else ""
    told = [mark, about.get("organisation"), about.get("subject"), "action items"]
    return " · ".join(str(part) for part in told if part)


def _actions(snapshot: Snapshot, choices: Mapping[str, str], count: Count) -> Sheet:
    table = actions_table(snapshot, count=count)
    owners = [OWNERS] if snapshot.settings.persons else []
    return Sheet(
        ON_ACTIONS,
        [_wide_enough(ACTIONS[0], table), *ACTIONS[1:], *owners],
        table,
        empty="Nothing is open, and nothing was closed lately.",
        links=[safe_link(url) for url in table["url"]],
        formulas={"check": answer_formula()},
        choices=choices,
        fills=OVERDUE,
        frozen=2,
        printed=_printed(ON_ACTIONS, ACTIONS),
        tab=ANSWER_HEADER_FILL,
    )


def _gaps(snapshot: Snapshot, count: Count) -> Sheet:
    table = gaps_table(snapshot, count=count)
    return Sheet(
        ON_GAPS,
        [_wide_enough(GAPS_SHEET[0], table), *GAPS_SHEET[1:]],
        table,
        empty="It is clear who answers for each open item.",
        links=[safe_link(url) for url in table["url"]],
        fills=OVERDUE,
        protect=True,
    )


def _repeats(snapshot: Snapshot, choices: Mapping[str, str], count: Count) -> Sheet:
    table = repeats_table(snapshot, count=count)
    return Sheet(
        ON_REPEATS,
        [_wide_enough(REPEATS[0], table), *REPEATS[1:]],
        table,
        empty="No incident came back.",
        links=[safe_link(url) for url in table["url"]],
        choices=choices,
        protect=True,
        printed=_printed(ON_REPEATS, REPEATS),
        tab=ANSWER_HEADER_FILL,
    )


def _printed(sheet: str, columns: tuple[SheetColumn, ...]) -> int:
    """How many of the first columns are printed."""
    return 1 + [column.name for column in columns].index(LAST_PRINTED[sheet])


def _wide_enough(column: SheetColumn, table: pd.DataFrame) -> SheetColumn:
    """A short name stays on one line; a long one such as group/project#12 is broken."""
    longest = table[column.name].head(1000).str.len().max() if len(table) else 0
    return replace(column, width=min(max(longest + 1, column.width), WIDEST_NAME))


def _ranges(lists: Sheet) -> dict[str, str]:
    """Where the values of each column of Lists stand, as a choice of cells names them."""
    known = {name: int(lists.frame[name].notna().sum()) for name in lists.frame}
    # Without a name to choose any may be written.
    return {
        name: f"={lists.name}!{xl_range_abs(1, place, rows, place)}"
        for place, (name, rows) in enumerate(known.items())
        if rows
    }
