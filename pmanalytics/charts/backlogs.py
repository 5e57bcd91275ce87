"""Charts of work that is owed: how old it is, and whether it grows."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pmanalytics.charts.palette import ALERT, BEHIND, CALM, MUTED
from pmanalytics.charts.panels import panels_left, panels_of, period_axis, stacked_panels
from pmanalytics.charts.style import (
    TEMPLATE,
    as_table,
    empty_figure,
    finish,
    group_columns,
    label,
    left_margin,
    panel_titles,
    text_width,
    words_list,
)
from pmanalytics.metrics.backlogs import backlog, flow
from pmanalytics.metrics.grouping import By
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import counted, plain

__all__ = ["plot_backlog", "plot_flow"]


def plot_backlog(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """Open items by age, and how many of them are overdue; one small plot per group.

    Takes a table of `backlog`, or a snapshot and the columns to group it by.

    Examples:
        >>> plot_backlog(pd.DataFrame({"age_band": [], "items": []})).layout.meta["alt"]
        'Nothing is open.'
    """
    table = as_table(source, backlog, by=by)
    if not (table["items"] > 0).any():
        return empty_figure("Nothing is open.")
    panels = panels_of(table, first="age_band")
    bands = list(dict.fromkeys(table["age_band"]))
    names = [label(_band(band), width=14) for band in bands]
    figure = stacked_panels(panels, height=34 + 24 * len(bands))
    for row, panel in enumerate(panels.values(), start=1):
        _backlog_bars(figure, panel, bands, row)
    figure.update_yaxes(
        tickvals=list(range(len(bands))), ticktext=names, range=[len(bands) - 0.5, -0.5],
        showgrid=False,
    )  # fmt: skip
    figure.update_xaxes(rangemode="tozero", tickformat=",d", nticks=5)
    figure.update_xaxes(title_text="open items", row=len(panels), col=1)
    figure.update_layout(barmode="overlay", margin={"l": left_margin(names), "r": _room(table)})
    said = {
        name: ", ".join(
            f"{_band(band)} {counted(items, 'item')} of which {overdue} overdue"
            for band, items, overdue in zip(
                panel["age_band"], panel["items"], panel["overdue"], strict=True
            )
            if items
        )
        or "nothing open"
        for name, panel in panels.items()
    }
    alt = f"Open items by age since the clock started. {words_list(said)}"
    return finish(figure, alt, notes=panels_left(table, first="age_band"))


def _band(band: object) -> str:
    text = plain(band)
    return "age unknown" if text == "unknown" else f"{text} days"


def _notes(panel: pd.DataFrame) -> list[str]:
    return [
        f"{items:,}" + (f", <b>{overdue:,} overdue</b>" if overdue else "") if items else ""
        for items, overdue in zip(panel["items"], panel["overdue"], strict=True)
    ]


def _room(table: pd.DataFrame) -> int:
    return 20 + text_width(_notes(table))


def _backlog_bars(
    figure: go.Figure, panel: pd.DataFrame, bands: Sequence[object], row: int
) -> None:
    places = [bands.index(band) for band in panel["age_band"]]
    figure.add_bar(
        x=[int(number) for number in panel["items"]], y=places, orientation="h", width=0.68,
        marker=BEHIND, text=_notes(panel), textposition="outside", cliponaxis=False,
        hoverinfo="skip", row=row, col=1,
    )  # fmt: skip
    # Narrower, inside the pale bar: overdue items are a part of the open ones.
    figure.add_bar(
        x=[int(number) for number in panel["overdue"]], y=places, orientation="h", width=0.4,
        marker={"color": ALERT},
        hoverinfo="skip", row=row, col=1,
    )  # fmt: skip


def plot_flow(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """What came in and what went out per period, and how many items stayed open.

    Takes a table of `flow`, or a snapshot and the columns to group it by. Without groups the upper
    plot shows new and reopened items beside done and dropped ones, the lower one the open stock at
    the end of each period; with groups there is one small plot of the open stock per group.

    Examples:
        >>> plot_flow(pd.DataFrame({"period": [], "closing": []})).layout.meta["alt"]
        'No item was opened or closed on a known day.'
    """
    table = as_table(source, flow, by=by)
    if table.empty:
        return empty_figure("No item was opened or closed on a known day.")
    panels = panels_of(table, first="period")
    grouped = bool(group_columns(table, first="period"))
    figure = _stock_panels(panels) if grouped else _flow_and_stock(table)
    said = {name: _flow_words(panel) for name, panel in panels.items()}
    alt = f"New and closed items per period and the open stock. {words_list(said)}"
    return finish(figure, alt, notes=panels_left(table, first="period"))


def _flow_words(panel: pd.DataFrame) -> str:
    first, last = panel.iloc[0], panel.iloc[-1]
    return (
        f"{plain(last['period'])} ends with {counted(last['closing'], 'open item')} after "
        f"{counted(first['opening'], 'open item')} at the start of {plain(first['period'])}"
    )


FLOWS: Final = (
    # column, words, side of the pair, colour, pattern
    ("new", "new", "in", MUTED, ""),
    ("reopened", "reopened", "in", MUTED, "x"),
    ("done", "done", "out", CALM, ""),
    ("dropped", "dropped", "out", CALM, "/"),
)


def _flow_and_stock(table: pd.DataFrame) -> go.Figure:
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.16)
    places = list(range(len(table)))
    for column, words, side, color, pattern in FLOWS:
        if not (table[column] > 0).any():
            continue
        figure.add_bar(
            x=places, y=[int(number) for number in table[column]], name=words, offsetgroup=side,
            marker={"color": color, "pattern": {"shape": pattern, "size": 5}, "line": {"width": 0}},
            hovertemplate=f"%{{y}} {words}<extra></extra>", row=1, col=1,
        )  # fmt: skip
    _stock_line(figure, table, row=2)
    panel_titles(figure, ["items per period", "open at the end of the period"])
    period_axis(figure, table["period"])
    figure.update_xaxes(showticklabels=True, row=1, col=1)
    figure.update_yaxes(rangemode="tozero", tickformat=",d", nticks=5)
    figure.update_layout(
        template=TEMPLATE, barmode="stack", height=470, showlegend=True, bargap=0.28,
        margin={"l": 46, "r": 16, "t": 62, "b": 48},
        legend={"x": 0, "xref": "container", "y": 1, "yref": "container", "yanchor": "top"},
    )  # fmt: skip
    return figure


def _stock_panels(panels: dict[str, pd.DataFrame]) -> go.Figure:
    figure = stacked_panels(panels, height=120)
    for row, panel in enumerate(panels.values(), start=1):
        _stock_line(figure, panel, row=row)
    longest = max(panels.values(), key=len)
    period_axis(figure, longest["period"])
    figure.update_yaxes(rangemode="tozero", tickformat=",d", nticks=3)
    figure.update_layout(margin={"l": 46, "r": 16, "b": 48})
    return figure


def _stock_line(figure: go.Figure, table: pd.DataFrame, *, row: int) -> None:
    stock = [int(number) for number in table["closing"]]
    figure.add_scatter(
        x=list(range(len(table))), y=stock, mode="lines+markers+text",
        line={"color": CALM, "width": 2.5}, marker={"size": 6}, showlegend=False,
        text=_ends(stock), textposition="top center", cliponaxis=False,
        hovertemplate="%{y} open<extra></extra>", row=row, col=1,
    )  # fmt: skip


def _ends(numbers: Sequence[int]) -> list[str]:
    return [f"{n:,}" if i in (0, len(numbers) - 1) else "" for i, n in enumerate(numbers)]
