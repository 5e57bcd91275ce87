"""The Summary sheet: promises and what is open by severity, product area and team, and charts.

The tables stand beneath one another with the same columns, so that the frozen header is that of all
of them; product areas have columns more, behind the others.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Final

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pmanalytics.periods import Period
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook.counting import Count
from pmanalytics.workbook.figures import (
    LEAST_HEIGHT,
    Source,
    bars_height,
    cost_figure,
    kept_figure,
    open_figure,
    put_figure,
    spread_rows,
)
from pmanalytics.workbook.layout import COSTS, SUMMARY
from pmanalytics.workbook.sheets import Sheet, write_table
from pmanalytics.workbook.totals import summary_table

__all__ = ["cohort", "write_summary"]

NAME: Final = "Summary"
ROW_HEIGHT: Final = 20  # pixels of a row whose height nobody chose
WIDTH: Final = 1150  # pixels of all columns together
GUTTER: Final = 16
USUAL_HEIGHT: Final = 420
SHOWN: Final = ("due", "open_items", "incidents")
# That of the first table stays in view above the others.
HEADERS: Final = {"severity": "Group", "product": "Product area", "team": "Team"}


def write_summary(book: Workbook, snapshot: Snapshot, *, count: Count) -> Worksheet:
    """Write the sheet: severities, the charts, product areas where any is known, then teams."""
    told = summary_table(snapshot, count=count)
    severities = _sheet(told, "organisation", "severity")
    products, teams = _sheet(told, "product"), _sheet(told, "team")
    page = write_table(book, severities)
    height = _height(severities.frame, products.frame, teams.frame)
    charts = len(severities.frame) + 2
    below = charts + (ceil(height / ROW_HEIGHT) + 1 if height else 0)
    at = below + (len(products.frame) + 2 if len(products.frame) else 0)
    if len(products.frame):
        write_table(book, products, page=page, first_row=below)
    write_table(book, teams, page=page, first_row=at)
    sources = (_source(severities, 0), _source(products, below), _source(teams, at))
    _draw(book, page, snapshot, sources, row=charts)
    return page


def cohort(snapshot: Snapshot) -> str:
    """The time in which items fell due, as it stands in a sentence.

    Examples:
        >>> import pmanalytics as pma
        >>> cohort(pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3"))
        'in the third quarter of 2026'
    """
    period: Period | None = snapshot.period
    if period is None:
        return f"up to {snapshot.as_of}"
    if period.kind == "range":
        return f"from {period.label}"
    return f"in the {period.label}" if period.kind in ("quarter", "week") else f"in {period.label}"


def _sheet(told: pd.DataFrame, *levels: str) -> Sheet:
    """The table of one level as a sheet has it, without groups of which it tells nothing."""
    columns = [*SUMMARY, *(COSTS if "product" in levels else ())]
    columns[0] = replace(columns[0], header=HEADERS[levels[-1]])
    some = told["level"].eq("organisation") | (told[list(SHOWN)].fillna(0) > 0).any(axis=1)
    rows = told[told["level"].isin(levels) & some].reset_index(drop=True)
    return Sheet(
        NAME, columns, rows, empty="Nothing was due, and nothing is known to be open.", protect=True
    )


def _source(sheet: Sheet, row: int) -> Source:
    return Source(NAME, row, [column.name for column in sheet.columns], sheet.frame)


def _height(severities: pd.DataFrame, products: pd.DataFrame, teams: pd.DataFrame) -> int:
    """The pixels that the charts take; nothing where nothing is drawn."""
    kept = LEAST_HEIGHT if spread_rows(severities) else 0
    return max(kept, bars_height(products, "impact_minutes"), bars_height(teams, "open_items"))


def _draw(
    book: Workbook, page: Worksheet, snapshot: Snapshot, sources: Sequence[Source], *, row: int
) -> None:
    """Lay the charts side by side between the tables: what was kept, its cost, what is open."""
    severities, products, teams = sources
    day = snapshot.as_of.isoformat()
    drawn = [
        kept_figure(book, severities, _spread(page, severities.table, row), cohort(snapshot)),
        cost_figure(book, products, day),
        open_figure(book, teams, day),
    ]
    bars = (
        0,
        bars_height(products.table, "impact_minutes"),
        bars_height(teams.table, "open_items"),
    )
    # Beside many bars the others stay as tall as they can be read well.
    usual = min(max(*bars, LEAST_HEIGHT), USUAL_HEIGHT)
    figures = [
        (figure, height) for figure, height in zip(drawn, bars, strict=True) if figure is not None
    ]
    width = (WIDTH - GUTTER * (len(figures) - 1)) // max(len(figures), 2)
    for number, (figure, height) in enumerate(figures):
        size = (width, max(height, usual))
        put_figure(page, figure, row=row, left=number * (width + GUTTER), size=size)


def _spread(page: Worksheet, table: pd.DataFrame, row: int) -> Source:
    """How far the limits lie from the shares, in hidden cells, from where the chart takes it."""
    share = table["attainment"]
    spread = pd.DataFrame({"above": table["high"] - share, "below": share - table["low"]})
    spread = spread.head(spread_rows(table)).fillna(0)
    first = len(SUMMARY) + len(COSTS) + 1
    for place, name in enumerate(spread, start=first):
        page.write_column(row + 1, place, spread[name].tolist())
    page.set_column(first, first + 1, None, None, {"hidden": True})
    return Source(NAME, row, [*[""] * first, *spread], spread)
