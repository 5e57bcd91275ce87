"""A dot with its interval, a row per group, and the counts beside it."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.palette import ALERT, CALM, MUTED
from pmanalytics.charts.style import label, rows_figure, share_axis, side_notes, words_list
from pmanalytics.words import percent

__all__ = ["dot_rows", "share_rows"]

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


def share_rows(
    rows: pd.DataFrame,
    names: Sequence[str],
    *,
    share: str,
    counts: Sequence[str],
    done: str,
    title: Sequence[str],
) -> tuple[go.Figure, str]:
    """A figure of shares with their 95 % intervals k of n beside them; and its rows in words.

    `rows` has the columns `share`, low and high; `counts` says each k of n, and `done` of what. A
    share that was withheld leaves its counts.
    """
    shares = rows[share].astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
    limits = rows[["low", "high"]].to_numpy(dtype=float, na_value=float("nan")).tolist()
    ranges = [f"{percent(low)} to {percent(high)}" for low, high in limits]
    figure = dot_rows(
        names,
        shares,
        limits,
        title=title,
        beside=[
            f"<b>{count}</b>" if pd.isna(part) else f"<b>{percent(part)}</b><br>{count}"
            for part, count in zip(shares, counts, strict=True)
        ],
        hover=[
            f"{label(name, width=60)}: {count} {done}<br>95 % interval {between}"
            for name, count, between in zip(names, counts, ranges, strict=True)
        ],
    )
    share_axis(figure)
    said = {
        name: f"{count} {done}, {percent(part)}, interval {between}"
        for name, count, part, between in zip(names, counts, shares, ranges, strict=True)
    }
    return figure, words_list(said)
