"""A dot with its interval, a row per group, and the counts beside it."""

from collections.abc import Sequence

import plotly.graph_objects as go

from pmanalytics.charts.palette import ALERT, CALM, MUTED
from pmanalytics.charts.style import rows_figure, side_notes

__all__ = ["dot_rows"]

Limits = Sequence[tuple[float, float]]


def dot_rows(
    names: Sequence[object],
    values: Sequence[float],
    limits: Limits,
    *,
    title: Sequence[str],
    beside: Sequence[str],
    hover: Sequence[str],
    signals: Sequence[bool] | None = None,
) -> go.Figure:
    """A figure with a row per name: the interval as a line, the value as a dot, notes at the right.

    A missing value leaves its interval alone, and the other way round. A row with a signal is a
    diamond in the colour of signals.
    """
    figure = rows_figure(names, title=title, tall=True)
    for row, (low, high) in enumerate(limits):
        figure.add_scatter(
            x=[low, high], y=[row, row], mode="lines", hoverinfo="skip",
            line={"color": MUTED, "width": 4},
        )  # fmt: skip
    marked = list(signals) if signals is not None else [False] * len(names)
    figure.add_scatter(
        x=list(values),
        y=list(range(len(names))),
        mode="markers",
        marker={
            "size": [14 if signal else 11 for signal in marked],
            "color": [ALERT if signal else CALM for signal in marked],
            "symbol": ["diamond" if signal else "circle" for signal in marked],
            "opacity": 1,
        },
        hoverinfo="text",
        hovertext=list(hover),
    )
    side_notes(figure, beside)
    return figure
