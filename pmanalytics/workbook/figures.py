"""The charts of the workbook: drawn by the spreadsheet itself from the tables beside them.

They say what those of the page say, with its colours: a dot with its interval for a share, and the
colour that warns for what is overdue alone. Every value is labelled, so that an axis of numbers and
lines across the paper are not needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from pmanalytics.charts.palette import ALERT, CALM, MUTED
from pmanalytics.words import plain

__all__ = [
    "LEAST_HEIGHT",
    "Figure",
    "Source",
    "bars_height",
    "cost_figure",
    "kept_figure",
    "open_figure",
    "put_figure",
    "spread_rows",
]

INK: Final = "#33363b"
PALE: Final = "#d9dbde"
BLACK: Final = "#000000"  # to be read on the colour that warns, and on the pale one beside it
MOST_BARS: Final = 40
FEWEST_BARS: Final = 2
LEAST_HEIGHT: Final = 280
BAR_HEIGHT: Final = 21
THIN_BAR_HEIGHT: Final = 16  # from so many bars on that a page would be filled
MANY_BARS: Final = 20
HEAD_HEIGHT: Final = 90
# Above it the numbers stand, and nothing where there is nothing.
NUMBERS: Final = "#,##0;;"


@dataclass(frozen=True, eq=False)
class Source:
    """Where the values of charts stand: sheet, row of the header, columns and rows."""

    sheet: str
    row: int
    columns: Sequence[str]
    table: pd.DataFrame

    def cells(self, column: str, rows: int) -> list[Any]:
        """The first cells of a column, as a chart takes them."""
        at = list(self.columns).index(column)
        return [self.sheet, self.row + 1, at, self.row + rows, at]

    def range(self, column: str, rows: int) -> str:
        """The same cells as a formula names them."""
        at = list(self.columns).index(column)
        return f"={self.sheet}!{xl_range_abs(self.row + 1, at, self.row + rows, at)}"


@dataclass(frozen=True, eq=False)
class Figure:
    """A chart, and what is told to those who do not see it."""

    chart: Chart
    alt: str


def kept_figure(book: Workbook, source: Source, spread: Source, cohort: str) -> Figure | None:
    """The share of promises kept by group, as dots with their intervals and k of n.

    `spread` holds how far the limits lie above and below the shares of the same rows.
    """
    rows = spread_rows(source.table)
    if not rows:
        return None
    table = source.table.head(rows)
    counts = [f"{met} of {due}" for met, due in zip(table["met"], table["due"], strict=True)]
    judged = (table["due"] > 0).tolist()
    chart = book.add_chart({"type": "line"})
    labels = [
        {"value": k} if some else {"delete": True} for k, some in zip(counts, judged, strict=True)
    ]
    chart.add_series(_dots(source, spread, rows) | {"data_labels": _labels("right", custom=labels)})
    # The cells of the spread are hidden, because the limits themselves stand in the table.
    chart.show_hidden_data()
    title = f"Share of the items due {cohort} that were done in time, with 95% intervals"
    _finish(chart, title)
    chart.set_y_axis(
        {"min": 0, "max": 1, "major_unit": 0.25, "num_format": "0%", "num_font": _font(),
         "line": {"none": True},
         "major_gridlines": {"visible": True, "line": {"color": PALE, "width": 0.5}}}
    )  # fmt: skip
    said = zip(table["group"], counts, judged, strict=True)
    return Figure(chart, _alt(title, [f"{name} {k}" for name, k, some in said if some]))


def _dots(source: Source, spread: Source, rows: int) -> dict[str, Any]:
    """A dot for each share, with a line from limit to limit."""
    return {
        "name": "Share kept",
        "categories": source.cells("group", rows),
        "values": source.cells("attainment", rows),
        "line": {"none": True},
        "marker": {"type": "circle", "size": 9, **_solid(CALM)},
        "y_error_bars": {
            "type": "custom",
            "plus_values": spread.range("above", rows),
            "minus_values": spread.range("below", rows),
            # A program that shows a file before it counts, as mail does, draws what is held here.
            "plus_data": spread.table["above"].tolist(),
            "minus_data": spread.table["below"].tolist(),
            "line": {"color": CALM, "width": 1.5},
        },
    }


def _labels(position: str, ink: str = INK, **more: object) -> dict[str, Any]:
    font = {**_font(), "color": ink, "bold": ink == BLACK}
    return {"value": True, "position": position, "font": font, **more}


def spread_rows(table: pd.DataFrame) -> int:
    """How many rows of a table are drawn: those up to the last one in which anything was due."""
    due = (table["due"] > 0).to_numpy(dtype=bool).nonzero()[0]
    return int(due[-1]) + 1 if len(due) else 0


def open_figure(book: Workbook, source: Source, as_of: str) -> Figure | None:
    """Open items by group, those that are overdue in front of all."""
    if not bars_height(source.table, "open_items"):
        return None
    table = source.table.head(MOST_BARS)
    chart = book.add_chart({"type": "bar"})
    for column, name, color, edge, position, ink in (
        ("open_items", "Open", PALE, MUTED, "outside_end", INK),
        ("overdue", "Of these overdue", ALERT, ALERT, "inside_base", BLACK),
    ):
        chart.add_series(
            {
                "name": name,
                "categories": source.cells("group", len(table)),
                "values": source.cells(column, len(table)),
                "fill": {"color": color},
                "border": {"color": edge, "width": 0.75},
                "overlap": 100,
                "gap": 35,
                "data_labels": _labels(position, ink, num_format=NUMBERS),
            }
        )
    title = f"Items that were open on {as_of}, and how many of them were overdue, by team"
    _bars(chart, title + _part(source.table), legend=True)
    said = zip(table["group"], table["open_items"], table["overdue"], strict=True)
    facts = [f"{name} {count}, {late} overdue" for name, count, late in said]
    return Figure(chart, _alt(title, facts))


def cost_figure(book: Workbook, source: Source, as_of: str) -> Figure | None:
    """For how many minutes incidents affected the customers of each product area."""
    if not bars_height(source.table, "impact_minutes"):
        return None
    table = source.table.head(MOST_BARS)
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "Minutes affected",
            "categories": source.cells("group", len(table)),
            "values": source.cells("impact_minutes", len(table)),
            "fill": {"color": CALM},
            "border": {"color": CALM},
            "gap": 35,
            "data_labels": _labels("outside_end", num_format=NUMBERS),
        }
    )
    title = f"Minutes for which customers were affected, up to {as_of}, by product area"
    _bars(chart, title + _part(source.table), legend=False)
    said = zip(table["group"], table["impact_minutes"], strict=True)
    facts = [f"{name} {minutes:,}" for name, minutes in said if pd.notna(minutes)]
    return Figure(chart, _alt(title, facts))


def put_figure(
    page: Worksheet, figure: Figure, *, row: int, left: int, size: tuple[int, int]
) -> None:
    """Lay a chart over the sheet, from a row and a number of pixels from the left edge on."""
    figure.chart.set_size({"width": size[0], "height": size[1]})
    page.insert_chart(
        row, 0, figure.chart,
        {"x_offset": left, "object_position": 2, "description": figure.alt},
    )  # fmt: skip


def bars_height(table: pd.DataFrame, column: str) -> int:
    """The pixels that the bars of a column need one beneath the other; zero where none is drawn.

    One group alone is no comparison, and its figures stand in the table.
    """
    if len(table) < FEWEST_BARS or not (table[column] > 0).any():
        return 0
    bars = min(len(table), MOST_BARS)
    each = THIN_BAR_HEIGHT if bars > MANY_BARS else BAR_HEIGHT
    return max(HEAD_HEIGHT + each * bars, LEAST_HEIGHT)


def _part(table: pd.DataFrame) -> str:
    left = len(table) > MOST_BARS
    return f" (the first {MOST_BARS} of {len(table):,}; the table has all)" if left else ""


def _bars(chart: Chart, title: str, *, legend: bool) -> None:
    """Bars from the top down in the order of the table, without an axis of numbers."""
    _finish(chart, title)
    # Of bars that lie, the first axis is the upright one to readers, and not to XlsxWriter.
    chart.set_y_axis(
        {"reverse": True, "num_font": _font(), "line": {"color": MUTED}, "major_tick_mark": "none",
         "interval_unit": 1, "major_gridlines": {"visible": False}}
    )  # fmt: skip
    chart.set_x_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    if legend:
        chart.set_legend({"position": "top", "font": _font()})


def _finish(chart: Chart, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": True, "color": INK}})
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_font": _font(), "line": {"color": MUTED}, "major_tick_mark": "none"})
    chart.set_chartarea({"border": {"none": True}})


def _font() -> dict[str, object]:
    # A new one each time, because XlsxWriter changes what it is given.
    return {"size": 9, "color": INK}


def _alt(title: str, facts: Sequence[str]) -> str:
    return plain(f"{title}: {'; '.join(facts)}.")


def _solid(color: str) -> dict[str, Any]:
    return {"fill": {"color": color}, "border": {"color": color}}
