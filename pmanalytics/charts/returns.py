"""The chart of incidents per service over time (the mean cumulative function)."""

from typing import Final

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.palette import LINES
from pmanalytics.charts.steps import add_curve, corners, day_ticks, name_ends, numbers_at_risk
from pmanalytics.charts.style import (
    TEMPLATE,
    as_table,
    empty_figure,
    finish,
    group_labels,
    heading,
    label,
    left_margin,
    words_list,
)
from pmanalytics.metrics.grouping import By
from pmanalytics.metrics.returning import mean_cumulative
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import counted

__all__ = ["plot_mean_cumulative"]

COLUMNS: Final = {"mean": "value", "low": "low", "high": "high"}
HOVER: Final = "%{y:.2f} per service by day %{x}"


def plot_mean_cumulative(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """How many incidents a service has had on average by each day, with its 95 % band.

    Takes a table of `mean_cumulative`, or a snapshot and the columns to group it by. The groups are
    named where their lines end; beneath stands how many services were watched. A line that bends up
    means that incidents come faster, a straight one that they come evenly. The first five groups
    are drawn; a sentence counts the others.

    Examples:
        >>> plot_mean_cumulative(pd.DataFrame({"day": [], "mean": []})).layout.meta["alt"]
        'No incident names its service and its beginning.'
    """
    table = as_table(source, mean_cumulative, by=by)
    table = table[table["mean"].notna().to_numpy(dtype=bool)]
    if table.empty:
        return empty_figure("No incident names its service and its beginning.")
    names = group_labels(table, first="day")
    groups = {str(name): curve for name, curve in table.groupby(names, sort=False)}
    curves = dict(list(groups.items())[: len(LINES)])
    figure = _overlay(curves, last=int(table["day"].max()))
    said = {
        name: f"{curve['mean'].iloc[-1]:.2f} per service by day {curve['day'].iloc[-1]}, "
        f"{counted(curve['events'].sum(), 'incident')} at "
        f"{counted(curve['at_risk'].iloc[-1], 'service')}"
        for name, curve in curves.items()
    }
    left = len(groups) - len(curves)
    notes = [f"{counted(left, 'more group')} can be found in the table."] if left else []
    return finish(figure, f"Incidents per service so far. {words_list(said)}", notes=notes)


def _overlay(curves: dict[str, pd.DataFrame], *, last: int) -> go.Figure:
    last = max(last, 1)
    alone = len(curves) == 1
    short = [label(name, width=14, lines=2) for name in curves]
    figure = _framed(curves, right=44 if alone else left_margin(short) + 22)
    ends, top = [], 0.0
    for curve, look in zip(curves.values(), LINES, strict=False):
        points = corners(curve, columns=COLUMNS, last=last)
        opacity = 0.16 if alone else 0.1
        add_curve(figure, points, look, hover=HOVER, opacity=opacity)
        ends.append((last, float(points["value"].iloc[-1])))
        top = max(top, float(points[["value", "high"]].max().max()))
    worded = [
        f"{mean:.1f}" + (f" {name}" if not alone else "")
        for name, (_, mean) in zip(short, ends, strict=True)
    ]
    name_ends(figure, worded, ends, top=1.05 * top)
    ticks = day_ticks(last, most=4)
    figure.update_xaxes(
        range=[0, last], tickvals=ticks, title_text="days since the data begin", ticklabelstandoff=4
    )
    figure.update_yaxes(range=[0, 1.05 * top], nticks=6)
    heading(figure, "incidents per service so far")
    numbers_at_risk(figure, curves, ticks, heading="services watched on that day")
    return figure


def _framed(curves: dict[str, pd.DataFrame], *, right: int) -> go.Figure:
    """An empty figure with room for the names of the curves and for the numbers beneath."""
    named = left_margin([label(name, width=14, lines=1) for name in curves])
    left = 36 if len(curves) == 1 else max(56, named)
    below = 66 + 17 * (len(curves) + 1)
    figure = go.Figure()
    figure.update_layout(
        template=TEMPLATE,
        height=290 + below,
        margin={"l": left, "r": right, "t": 34, "b": below},
    )
    return figure
