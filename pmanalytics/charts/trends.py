"""The chart of promises kept month by month, against the limits of noise (XmR)."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pmanalytics.charts.palette import ALERT, BEHIND, CALM, MUTED
from pmanalytics.charts.panels import (
    named_places,
    panels_left,
    panels_of,
    period_axis,
    stacked_panels,
)
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
from pmanalytics.metrics.grouping import By
from pmanalytics.metrics.limits import attainment_trend
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import SIGNALS, counted, percent, plain

__all__ = ["plot_attainment_trend"]

PROVISIONAL: Final = "provisional"
# Column of the table, its words at the end of the line, width of the line.
LEVELS: Final = (
    ("upper", "upper limit", 1.2),
    ("centre", "usual level", 1.6),
    ("lower", "lower limit", 1.2),
)
TITLE: Final = "share of due items done in time"


def plot_attainment_trend(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """Promises kept month by month, with the usual level, its limits and the months that stand out.

    Takes a table of `attainment_trend`, or a snapshot and the columns to group it by. The usual
    level and the limits are named at their right end; limits of fewer than 12 months are dashed. A
    month with a signal is a diamond in the colour of signals, every other month a dot. Beneath
    stands how many items were due. With groups there is one small plot per group.

    Examples:
        >>> plot_attainment_trend(pd.DataFrame({"period": [], "due": []})).layout.meta["alt"]
        'Nothing fell due in a month that is over.'
    """
    table = as_table(source, attainment_trend, by=by)
    if not (table["due"] > 0).any():
        return empty_figure("Nothing fell due in a month that is over.")
    panels = panels_of(table, first="period")
    figure = _alone(table) if len(panels) == 1 else _several(panels)
    period_axis(figure, next(iter(panels.values()))["period"])
    said = {
        f"{name} ({counted(panel['due'].sum(), 'item')} due)": _in_words(panel)
        for name, panel in panels.items()
    }
    out = [_marked(name, panel, alone=len(panels) == 1) for name, panel in panels.items()]
    notes = [*filter(None, out), *_about_limits(table), *panels_left(table, first="period")]
    return finish(figure, f"Promises kept month by month. {words_list(said)}", notes=notes)


def _alone(table: pd.DataFrame) -> go.Figure:
    """The months above, and beneath them how many items were due in each."""
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.13, row_heights=[0.8, 0.2]
    )
    _months(figure, table, row=1)
    _name_levels(figure, table)
    _name_signals(figure, table)
    due = [int(number) for number in table["due"]]
    figure.add_bar(
        x=list(range(len(table))), y=due, marker=BEHIND, text=_some_counts(table),
        textposition="outside", constraintext="none", cliponaxis=False,
        textangle=0, textfont={"size": 10},
        hoverinfo="skip", row=2, col=1,
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[0, 1.5 * max(due)], row=2, col=1)
    figure.update_layout(
        template=TEMPLATE, height=390, bargap=0.25, margin={"l": 44, "r": 84, "t": 34, "b": 44}
    )
    heading(figure, TITLE)
    figure.add_annotation(
        x=0, xref="paper", xanchor="left", xshift=-40, y=1, yref="y2 domain", yanchor="bottom",
        text="<b>items due</b>",
    )  # fmt: skip
    return figure


def _some_counts(table: pd.DataFrame) -> list[str]:
    """The numbers over the bars of the named months and of the largest, so that none is crowded."""
    due = [int(number) for number in table["due"]]
    largest = due.index(max(due))
    near = {largest - 1, largest + 1}
    shown = {largest, *named_places(table["period"])} - (near if len(due) > 12 else set())
    return [f"{number:,}" if place in shown else "" for place, number in enumerate(due)]


def _several(panels: Mapping[str, pd.DataFrame]) -> go.Figure:
    sized = {f"{name} (n = {int(panel['due'].sum()):,})": panel for name, panel in panels.items()}
    figure = stacked_panels(sized, height=130)
    for row, panel in enumerate(panels.values(), start=1):
        _months(figure, panel, row=row)
    figure.update_layout(margin={"l": 44, "r": 16, "b": 48})
    return figure


def _months(figure: go.Figure, table: pd.DataFrame, *, row: int) -> None:
    """The lines of the limits, and the months on a line, those with a signal as diamonds."""
    places = list(range(len(table)))
    dash = "dash" if _provisional(table) else "solid"
    for column, _, width in LEVELS:
        level = _level(table, column)
        if level is not None:
            figure.add_scatter(
                x=[-0.6, len(table) - 0.4], y=[level, level], mode="lines", hoverinfo="skip",
                line={"color": MUTED, "width": width, "dash": dash}, row=row, col=1,
            )  # fmt: skip
    signals = _signals(table)
    figure.add_scatter(
        x=places, y=[None if pd.isna(share) else float(share) for share in table["attainment"]],
        mode="lines+markers", line={"color": CALM, "width": 1.5}, cliponaxis=False,
        marker={
            "size": [13 if signal else 7 for signal in signals],
            "color": [ALERT if signal else CALM for signal in signals],
            "symbol": ["diamond" if signal else "circle" for signal in signals],
            "opacity": 1,
        },
        hoverinfo="text", hovertext=_hover(table, signals), row=row, col=1,
    )  # fmt: skip
    figure.update_yaxes(
        range=[-0.02, 1.04], tickvals=[0, 0.5, 1], ticktext=["0%", "50%", "100%"], showgrid=False,
        row=row, col=1,
    )  # fmt: skip


def _hover(table: pd.DataFrame, signals: Sequence[str]) -> list[str]:
    return [
        f"{label(period)}: {percent(share)} of {due:,} due" + (f"<br>{signal}" if signal else "")
        for period, share, due, signal in zip(
            table["period"], table["attainment"], table["due"], signals, strict=True
        )
    ]


def _level(table: pd.DataFrame, column: str) -> float | None:
    known = table[column].dropna()
    return float(known.iloc[0]) if len(known) else None


def _provisional(table: pd.DataFrame) -> bool:
    return bool(table["signal"].fillna("").astype(str).str.startswith(PROVISIONAL).any())


def _signals(table: pd.DataFrame) -> list[str]:
    """What makes each month stand out, in words; empty where nothing does."""
    codes = table["signal"].fillna("").astype(str).str.removeprefix(PROVISIONAL).str.strip("_ ")
    return [SIGNALS.get(code, plain(code)) for code in codes]


def _name_levels(figure: go.Figure, table: pd.DataFrame) -> None:
    """The words and values of the usual level and its limits, at their right ends."""
    levels = [(words, _level(table, column)) for column, words, _ in LEVELS]
    shown = [(words, level) for words, level in levels if level is not None]
    heights = spread([level for _, level in shown], gap=0.15)
    for (words, level), height in zip(shown, heights, strict=True):
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=6, y=height, yref="y", align="left",
            text=f"{words}<br>{percent(level)}", font={"size": 11},
        )  # fmt: skip


def _name_signals(figure: go.Figure, table: pd.DataFrame) -> None:
    """The share of each month that stands out, on the side of its mark that is away from the line.

    What makes it stand out is said beneath the chart, where there is room for it.
    """
    centre = _level(table, "centre") or 0.5
    for place, signal in enumerate(_signals(table)):
        share = table["attainment"].iloc[place]
        if signal and pd.notna(share):
            above = share >= centre and share < 0.9
            figure.add_annotation(
                x=place, y=float(share), xref="x", yref="y", text=f"<b>{percent(share)}</b>",
                xanchor="center" if above or share < centre else "left",
                xshift=0 if above or share < centre else 10,
                yanchor="bottom" if above else "top" if share < centre else "middle",
                yshift=8 if above else -8 if share < centre else 0,
            )  # fmt: skip


def _standing_out(table: pd.DataFrame) -> list[str]:
    return [
        f"{plain(period)} {signal}"
        for period, signal in zip(table["period"], _signals(table), strict=True)
        if signal
    ]


def _in_words(table: pd.DataFrame) -> str:
    known = table.dropna(subset=["attainment"])
    if known.empty:
        return "no month has enough items due to show a share"
    last = known.iloc[-1]
    said = [f"{percent(last['attainment'])} in {plain(last['period'])}"]
    centre, lower, upper = (_level(table, name) for name in ("centre", "lower", "upper"))
    if centre is not None:
        limits = "provisional limits" if _provisional(table) else "limits"
        said.append(
            f"usual level {percent(centre)} with {limits} {percent(lower)} and {percent(upper)}"
        )
    out = len(_standing_out(table))
    verb = "stands" if out == 1 else "stand"
    said.append(f"{counted(out, 'month')} {verb} out" if out else "no month stands out")
    return ", ".join(said)


def _marked(name: str, table: pd.DataFrame, *, alone: bool) -> str:
    """A sentence about the months of a group that stand out; empty where none does."""
    out = _standing_out(table)
    group = "" if alone else f" of {name}"
    return f"Months{group} that stand out: {'; '.join(out)}." if out else ""


def _about_limits(table: pd.DataFrame) -> list[str]:
    notes = []
    if _provisional(table):
        notes.append("Dashed limits are provisional: they rest on fewer than 12 months.")
    if table["centre"].isna().any():
        notes.append(
            "No limits are drawn for fewer than 6 months, nor where a month has too few items due "
            "for its share to be shown."
        )
    return notes
