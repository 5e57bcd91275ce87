"""The chart of weak services: which few of them make most of the repeats (Pareto)."""

from typing import Final

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pmanalytics.charts.palette import ALERT, BEHIND, CALM
from pmanalytics.charts.style import (
    TEMPLATE,
    as_table,
    empty_figure,
    finish,
    label,
    left_margin,
    words_list,
)
from pmanalytics.metrics.weakness import weak_services
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import counted, group_name, percent

__all__ = ["plot_weak_services"]

MAXIMUM: Final = 15
ROW: Final = 30


def plot_weak_services(source: pd.DataFrame | Snapshot) -> go.Figure:
    """Services by repeats with their share of all repeats so far, and overdue preventive days.

    Takes a table of `weak_services` without groups, or a snapshot. Services are in the order of the
    table: most repeats first, because the question is in which few of them to invest. The dotted
    line adds up their share of all repeats; beside it stand the days by which their preventive
    items are overdue. Services with neither are left out, and of the others those beyond the first
    15 are counted in a sentence.

    Examples:
        >>> plot_weak_services(pd.DataFrame({"service": []})).layout.meta["alt"]
        'No service has had a repeat or has preventive work overdue.'
    """
    table = as_table(source, weak_services)
    told = table[(table[["repeats", "overdue_days"]] > 0).any(axis=1)] if len(table) else table
    if told.empty:
        return empty_figure("No service has had a repeat or has preventive work overdue.")
    rows = told.head(MAXIMUM)
    names = [group_name(service, "service") for service in rows["service"]]
    shares = (told["repeats"].cumsum() / max(int(told["repeats"].sum()), 1)).head(MAXIMUM)
    shares = shares.reset_index(drop=True)[(rows["repeats"] > 0).to_numpy()]
    figure = _sides(names)
    _repeats(figure, rows, shares)
    _overdue(figure, rows)
    said = {
        name: f"{counted(repeats, 'repeat')} of {counted(incidents, 'incident')}, "
        f"{counted(days, 'day')} overdue"
        for name, repeats, incidents, days in zip(
            names, rows["repeats"], rows["incidents"], rows["overdue_days"], strict=True
        )
    }
    left = len(told) - len(rows)
    notes = [f"{counted(left, 'more service')} can be found in the table."] if left else []
    total = counted(told["repeats"].sum(), "repeat")
    return finish(figure, f"Weak services, {total} in all. {words_list(said)}", notes=notes)


def _sides(names: list[str]) -> go.Figure:
    labels = [label(name) for name in names]
    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.1, column_widths=[0.56, 0.44]
    )
    figure.update_layout(
        template=TEMPLATE, height=86 + ROW * len(names), bargap=0.3,
        margin={"l": left_margin(labels), "r": 44, "t": 44, "b": 42},
    )  # fmt: skip
    figure.update_yaxes(range=[len(names) - 0.5, -0.5], showgrid=False)
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=labels, row=1, col=1)
    for axis, words in (("x", "repeats"), ("x2", "overdue days,<br>preventive")):
        figure.add_annotation(
            x=0, xref=f"{axis} domain", xanchor="left", y=1, yref="paper", yanchor="bottom",
            yshift=6, align="left", text=f"<b>{words}</b>",
        )  # fmt: skip
    return figure


def _repeats(figure: go.Figure, rows: pd.DataFrame, shares: pd.Series) -> None:
    counts = [int(number) for number in rows["repeats"]]
    figure.add_bar(
        x=counts, y=list(range(len(rows))), orientation="h", marker=BEHIND, hoverinfo="skip",
        row=1, col=1,
    )  # fmt: skip
    figure.add_scatter(
        x=[0] * len(rows), y=list(range(len(rows))), mode="text", textposition="middle right",
        text=[f"{count:,}" if count else "" for count in counts], textfont={"color": "#1e2226"},
        hoverinfo="skip", row=1, col=1,
    )  # fmt: skip
    figure.update_xaxes(
        range=[0, max(1.02 * max(counts), 1)], showticklabels=False, showgrid=False, row=1, col=1
    )
    _added_up(figure, shares)


def _added_up(figure: go.Figure, shares: pd.Series) -> None:
    figure.add_scatter(
        x=shares.tolist(), y=shares.index.tolist(), mode="lines+markers", xaxis="x3", yaxis="y",
        line={"color": CALM, "dash": "dot", "width": 2}, marker={"size": 7, "color": CALM},
        hoverinfo="text", cliponaxis=False,
        hovertext=[f"{percent(share)} of all repeats down to here" for share in shares],
    )  # fmt: skip
    figure.update_layout(
        xaxis3={
            "overlaying": "x", "side": "bottom", "range": [0, 1.02], "tickvals": [0, 0.5, 1],
            "ticktext": ["0%", "50%", "100%"], "showgrid": False,
            "title": {"text": "share of all repeats, added up", "standoff": 4},
            "domain": figure.layout.xaxis.domain, "anchor": "y",
        }
    )  # fmt: skip


def _overdue(figure: go.Figure, rows: pd.DataFrame) -> None:
    days = [int(number) for number in rows["overdue_days"]]
    figure.add_bar(
        x=days, y=list(range(len(rows))), orientation="h", marker={"color": ALERT},
        text=[f"{number:,}" if number else "" for number in days], textposition="outside",
        cliponaxis=False, hoverinfo="skip", row=1, col=2,
    )  # fmt: skip
    figure.update_xaxes(rangemode="tozero", showticklabels=False, showgrid=False, row=1, col=2)
