"""Charts that add up: what came and what went, and what fell due and was done."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.palette import CALM, GREY, MUTED, faint
from pmanalytics.charts.panels import panels_left, panels_of, period_axis, stacked_panels
from pmanalytics.charts.style import (
    TEMPLATE,
    as_table,
    empty_figure,
    finish,
    heading,
    label,
    spread,
    words_list,
)
from pmanalytics.metrics.backlogs import flow
from pmanalytics.metrics.burn_ups import due_burn_up
from pmanalytics.metrics.grouping import By
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import counted, plain

__all__ = ["plot_burn_up", "plot_cumulative_flow"]

HEIGHT: Final = 360
PANEL: Final = 150
ROOM: Final = 92


def plot_cumulative_flow(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """All items that have come and all that were closed, period by period; what is open between.

    Takes a table of `flow`, or a snapshot and the columns to group it by. The upper line adds up
    what was open at first, new and reopened items, the lower one what was done or dropped. With
    groups there is one small plot per group.

    Examples:
        >>> plot_cumulative_flow(pd.DataFrame({"period": [], "closing": []})).layout.meta["alt"]
        'No item was opened or closed on a known day.'
    """
    table = as_table(source, flow, by=by)
    if table.empty:
        return empty_figure("No item was opened or closed on a known day.")
    panels = panels_of(table, first="period")
    figure = _panels(panels)
    for row, panel in enumerate(panels.values(), start=1):
        _came_and_went(figure, panel, row)
    period_axis(figure, next(iter(panels.values()))["period"])
    figure.update_xaxes(range=[-1, len(next(iter(panels.values()))) - 0.9])
    said = {name: _flow_words(panel) for name, panel in panels.items()}
    return finish(
        figure,
        f"Items that have come and items that were closed, added up by period. {words_list(said)}",
        notes=panels_left(table, first="period"),
    )


def _panels(panels: dict[str, pd.DataFrame]) -> go.Figure:
    alone = len(panels) == 1
    figure = stacked_panels(panels, height=HEIGHT - 70 if alone else PANEL)
    figure.update_layout(template=TEMPLATE, margin={"l": 46, "r": ROOM, "b": 48})
    figure.update_yaxes(rangemode="tozero", tickformat=",d", nticks=6 if alone else 4)
    if alone:
        figure.update_layout(margin={"t": 34})
        heading(figure, "items, added up")
    return figure


def _sums(table: pd.DataFrame) -> tuple[list[int], list[int]]:
    """What has come and what has gone by the start, and by the end of each period."""
    first = int(table["opening"].iloc[0])
    came = first + (table["new"] + table["reopened"]).cumsum()
    gone = (table["done"] + table["dropped"]).cumsum()
    return [first, *map(int, came)], [0, *map(int, gone)]


def _came_and_went(figure: go.Figure, table: pd.DataFrame, row: int) -> None:
    came, gone = _sums(table)
    places = list(range(-1, len(table)))
    names = ["the start", *(label(period) for period in table["period"])]
    figure.add_scatter(
        x=places, y=gone, mode="lines", line={"color": CALM, "width": 2.5}, row=row, col=1,
        hoverinfo="text",
        hovertext=[f"{n:,} closed by the end of {p}" for n, p in zip(gone, names, strict=True)],
    )  # fmt: skip
    figure.add_scatter(
        x=places, y=came, mode="lines", line={"color": GREY, "width": 2.5, "dash": "4px,2px"},
        fill="tonexty", fillcolor=faint(MUTED, opacity=0.28), row=row, col=1, hoverinfo="text",
        hovertext=[f"{n:,} had come by the end of {p}" for n, p in zip(came, names, strict=True)],
    )  # fmt: skip
    left = came[-1] - gone[-1]
    ends = [
        (gone[-1], f"{gone[-1]:,} closed"),
        ((came[-1] + gone[-1]) / 2, f"<b>{left:,} open</b>"),
        (came[-1], f"{came[-1]:,} came"),
    ]
    _name_ends(figure, ends, top=max(came), row=row)


def _height(figure: go.Figure) -> int:
    """About how many pixels one plot of the figure is high."""
    return int(figure.layout.height - 100) if figure.layout.height <= HEIGHT else PANEL - 34


def _name_ends(
    figure: go.Figure, ends: Sequence[tuple[float, str]], *, top: float, row: int, at: object = None
) -> None:
    """Write what lines are where they end, moved apart by the height of a line of text.

    `at` is their last place on the x axis; without it they reach the right edge.
    """
    top = max(top, 1)
    places = spread([place for place, _ in ends], gap=15 * top / _height(figure))
    # What was pushed above the plot comes down again, all of it.
    over = max(0.0, places[-1] - 1.06 * top)
    axis = "" if row == 1 else str(row)
    for (_, words), place in zip(ends, places, strict=True):
        figure.add_annotation(
            x=1 if at is None else at, xref="paper" if at is None else f"x{axis}",
            xanchor="left", xshift=6, y=place - over, yref=f"y{axis}", text=words, align="left",
        )  # fmt: skip


def _flow_words(table: pd.DataFrame) -> str:
    came, gone = _sums(table)
    return (
        f"by the end of {plain(table['period'].iloc[-1])} {counted(came[-1], 'item')} had come and "
        f"{gone[-1]:,} were closed, so that {came[-1] - gone[-1]:,} are open"
    )


def plot_burn_up(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """What has fallen due by each day of the period, and how much of it is done.

    Takes a table of `due_burn_up`, or a snapshot and the columns to group it by. The dashed line is
    what was promised by each day, the solid one what of the period's items was done, the dotted one
    what was dropped; the last two end on the as-of date. With groups there is one small plot per
    group.

    Examples:
        >>> plot_burn_up(pd.DataFrame({"on_day": [], "due": []})).layout.meta["alt"]
        'Nothing falls due in this period.'
    """
    table = as_table(source, due_burn_up, by=by)
    if not (table["due"] > 0).any():
        return empty_figure("Nothing falls due in this period.")
    panels = panels_of(table, first="on_day")
    figure = _panels(panels)
    for row, panel in enumerate(panels.values(), start=1):
        _due_and_done(figure, panel, row)
    days = table["on_day"]
    span = days.max() - days.min()
    figure.update_xaxes(
        range=[days.min().isoformat(), (days.max() + span * 0.02).isoformat()],
        nticks=5, tickformat="%-d %b\n%Y" if span.days < 800 else "%Y", showgrid=False,
        ticklabelstandoff=4,
    )  # fmt: skip
    said = {name: _burn_words(panel) for name, panel in panels.items()}
    return finish(
        figure,
        f"Items by day of the period, promised and done. {words_list(said)}",
        notes=panels_left(table, first="on_day"),
    )


# Column, words at its end, look of the line.
BURNS: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    "due": ("due", {"color": GREY, "width": 2, "dash": "4px,2px"}),
    "done": ("done", {"color": CALM, "width": 2.8}),
    "dropped": ("dropped", {"color": MUTED, "width": 2, "dash": "dot"}),
}


def _due_and_done(figure: go.Figure, table: pd.DataFrame, row: int) -> None:
    days = [day.isoformat() for day in table["on_day"]]
    known = table.dropna(subset=["done"])
    lines = []
    for column, (words, look) in BURNS.items():
        numbers = [None if pd.isna(number) else int(number) for number in table[column]]
        last = next((number for number in reversed(numbers) if number is not None), 0)
        if last:
            figure.add_scatter(
                x=days, y=numbers, mode="lines", line={**look, "shape": "hv"}, row=row, col=1,
                hovertemplate=f"%{{y:,}} {words} by %{{x|%-d %B %Y}}<extra></extra>",
            )  # fmt: skip
            text = f"{last:,} {words}"
            lines.append((float(last), f"<b>{text}</b>" if column == "done" else text))
    top = float(table["due"].max())
    if len(known) == len(table):
        _name_ends(figure, sorted(lines), top=top, row=row)
        return
    # Up to the as-of date only: what was done is named there, what falls due at the right.
    _name_ends(figure, lines[:1], top=top, row=row)
    if len(lines) > 1:
        _name_ends(figure, sorted(lines[1:]), top=top, row=row, at=days[len(known) - 1])


def _burn_words(table: pd.DataFrame) -> str:
    known = table.dropna(subset=["done"])
    due = f"{counted(table['due'].iloc[-1], 'item')} due by {table['on_day'].iloc[-1]:%Y-%m-%d}"
    if known.empty:
        return f"{due}, nothing known of them yet"
    last = known.iloc[-1]
    return (
        f"{due}; by {last['on_day']:%Y-%m-%d} {last['due']} had fallen due, {last['done']} of the "
        f"period's items were done and {last['dropped']} dropped"
    )
