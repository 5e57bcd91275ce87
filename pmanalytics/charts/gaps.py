"""The chart of ownership gaps over time, stacked by kind of gap."""

from typing import Final

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.palette import BEHIND, CALM, GREY, MUTED
from pmanalytics.charts.panels import period_axis
from pmanalytics.charts.style import (
    TEMPLATE,
    as_table,
    empty_figure,
    finish,
    heading,
    label,
    spread,
    text_width,
    words_list,
)
from pmanalytics.words import GAPS, counted, percent, plain

__all__ = ["plot_gap_trend"]

HEIGHT: Final = 400
# Dark and pale ones take turns: neighbours differ in grey print, and the labels name them.
FILLS: Final = (CALM, str(BEHIND["color"]))
HATCH: Final = "#c3c8cf"


def plot_gap_trend(source: pd.DataFrame) -> go.Figure:
    """Ownership gaps at the end of each period, stacked by kind in a fixed order.

    Takes a table of `gap_trend`. The kinds are named at the last bar, with their number there. An
    item with several gaps counts in each. A bar is hatched where not every item of it is described
    by an export of that time.

    Examples:
        >>> plot_gap_trend(pd.DataFrame({"period": [], "with_gap": []})).layout.meta["alt"]
        'No ownership gap was found in any period.'
    """
    table = as_table(source, lambda known: known)
    if not (table["with_gap"] > 0).any():
        return empty_figure("No ownership gap was found in any period.")
    codes = [code for code in GAPS if (table[code] > 0).any()]
    figure = go.Figure()
    names = [label(f"{table[code].iloc[-1]:,} {GAPS[code]}", width=20) for code in codes]
    figure.update_layout(
        template=TEMPLATE, height=HEIGHT, barmode="stack", bargap=0.3,
        margin={"l": 38, "r": 26 + int(0.92 * text_width(names)), "t": 34, "b": 44},
    )  # fmt: skip
    for code in reversed(codes):  # the first kind lies on top, as in a list
        _bars(figure, table, code, fill=FILLS[list(GAPS).index(code) % 2])
    period_axis(figure, table["period"])
    totals = table[codes].sum(axis=1)
    figure.update_yaxes(range=[0, 1.04 * int(totals.max())], tickformat=",d", nticks=6)
    heading(figure, "gaps of open items")
    _name_bars(figure, table, codes, names)
    said = {
        plain(period): f"{gaps} of {counted(items, 'open item')} with a gap, {percent(rate)}"
        for period, gaps, items, rate in zip(
            table["period"], table["with_gap"], table["items"], table["rate"], strict=True
        )
    }
    last = ", ".join(f"{table[code].iloc[-1]} {GAPS[code]}" for code in codes)
    alt = f"Ownership gaps at the end of each period. {words_list(said)} At the last: {last}."
    return finish(figure, alt, notes=_notes(table))


def _hatched(table: pd.DataFrame) -> list[bool]:
    return [
        bool(known < items) for known, items in zip(table["described"], table["items"], strict=True)
    ]


def _bars(figure: go.Figure, table: pd.DataFrame, code: str, *, fill: str) -> None:
    counts = [int(number) for number in table[code]]
    figure.add_bar(
        x=list(range(len(table))), y=counts, name=GAPS[code],
        marker={
            "color": fill,
            "line": {"color": MUTED, "width": 1},
            "pattern": {
                "shape": ["/" if hatched else "" for hatched in _hatched(table)],
                "size": 6, "solidity": 0.18, "fgcolor": GREY if fill != CALM else HATCH,
                "fillmode": "overlay", "bgcolor": fill,
            },
        },
        hoverinfo="text",
        hovertext=[
            f"{label(period)}: {count:,} {GAPS[code]}"
            for period, count in zip(table["period"], counts, strict=True)
        ],
    )  # fmt: skip


def _name_bars(figure: go.Figure, table: pd.DataFrame, codes: list[str], names: list[str]) -> None:
    """Name the parts of the last bar at its right, each with a line to its part."""
    last = table[codes].iloc[-1].astype(int)
    above = last[::-1].cumsum()[::-1]
    middles = [float(above[code] - last[code] / 2) for code in codes]
    top = 1.04 * int(table[codes].sum(axis=1).max())
    line = top / (HEIGHT - 78)
    heights = _apart(middles, names, line=13 * line)
    edge = len(table) - 0.65
    for name, middle, height in zip(names, middles, heights, strict=True):
        figure.add_annotation(
            x=edge, y=middle, ax=edge + 0.06 * len(table), ay=height, axref="x", ayref="y",
            showarrow=True, arrowhead=0, arrowwidth=1, arrowcolor=MUTED, xanchor="left",
            text=name, align="left", font={"size": 11},
        )  # fmt: skip


def _apart(middles: list[float], names: list[str], *, line: float) -> list[float]:
    """The heights of the labels: moved apart downwards from the top, so that none leaves it."""
    gap = line * (1 + max(name.count("<br>") for name in names))
    lowered = [-height for height in spread([-middle for middle in middles], gap=gap)]
    under = max(0.0, gap / 2 - min(lowered))
    return spread([max(height, gap / 2) for height in lowered], gap=gap) if under else lowered


def _notes(table: pd.DataFrame) -> list[str]:
    notes = ["An item with several gaps counts in each."]
    if any(_hatched(table)):
        notes.append(
            "Hatched: not every item was described by an export of that time; some stand as a "
            "later export describes them, and may have got an owner in between."
        )
    return notes
