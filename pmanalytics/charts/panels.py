"""Small plots beneath each other, one per group, and the axis of periods that they share."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pmanalytics.charts.style import TEMPLATE, group_labels, label, panel_titles
from pmanalytics.words import counted, plain

__all__ = [
    "named_places",
    "panels_left",
    "panels_of",
    "period_axis",
    "period_names",
    "stacked_panels",
]

MAXIMUM_PANELS: Final = 16
MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def named_places(periods: pd.Series) -> list[int]:
    """Which periods are named: at most twelve, or eight with long names, the last one always."""
    count = len(periods)
    short = periods.astype(str).str.fullmatch(r"\d{4}(?:Q\d)?").all()
    step = -(-count // (12 if short else 8))
    return [place for place in range(count) if (count - 1 - place) % step == 0]


def period_axis(figure: go.Figure, periods: pd.Series) -> None:
    """Name the periods, the year beneath."""
    count, shown = len(periods), named_places(periods)
    figure.update_xaxes(
        tickvals=shown, ticktext=period_names([plain(periods.iloc[place]) for place in shown]),
        range=[-0.6, count - 0.4], showgrid=False,
    )  # fmt: skip


def period_names(periods: Sequence[str]) -> list[str]:
    """The part after the year on one line, and the year beneath it where it changes.

    Examples:
        >>> period_names(["2025-12", "2026-01", "2026-02"])
        ['Dec<br>', 'Jan<br>2026', 'Feb<br>']
    """
    names, shown = [], ""
    if len(periods) > 2 and periods[0][:4] != periods[1][:4]:
        shown = periods[0][:4]  # two years side by side would run into each other
    for period in periods:
        year, rest = period[:4], period[4:].lstrip("-")
        rest = MONTHS[int(rest) - 1] if rest.isdigit() and 1 <= int(rest) <= 12 else rest
        names.append(f"{label(rest)}<br>{year if year != shown else ''}" if rest else label(period))
        shown = year
    return names


def panels_of(table: pd.DataFrame, *, first: str) -> dict[str, pd.DataFrame]:
    """The rows of each group by its name, as many groups as fit a figure."""
    names = group_labels(table, first=first)
    groups = {str(name): panel for name, panel in table.groupby(names, sort=False)}
    return dict(list(groups.items())[:MAXIMUM_PANELS])


def panels_left(table: pd.DataFrame, *, first: str) -> list[str]:
    """A sentence about the groups for which there was no room."""
    left = group_labels(table, first=first).nunique() - MAXIMUM_PANELS
    return [f"{counted(left, 'more group')} can be found in the table."] if left > 0 else []


def stacked_panels(panels: dict[str, pd.DataFrame], *, height: int) -> go.Figure:
    """An empty plot per group, beneath each other, each with its name."""
    count = len(panels)
    total = 70 + height * count
    figure = make_subplots(rows=count, cols=1, shared_xaxes=True, vertical_spacing=34 / total)
    figure.update_layout(
        template=TEMPLATE, height=total, margin={"t": 26 if count > 1 else 10, "b": 50}
    )
    if count > 1:
        panel_titles(figure, list(panels))
    return figure
