"""The funnel: promises kept by groups of unlike size, within what chance allows each of them."""

from typing import Final

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.palette import ALERT, CALM, MUTED, faint
from pmanalytics.charts.style import (
    TEMPLATE,
    as_table,
    empty_figure,
    finish,
    group_labels,
    heading,
    label,
    spread,
    words_list,
)
from pmanalytics.metrics.grouping import By
from pmanalytics.metrics.limits import funnel
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import counted, percent

__all__ = ["plot_funnel"]

# The lower and the upper limit, and how they are drawn: opacity of the area, dash of its edges.
LIMITS: Final = (("lower_998", "upper_998", 0.14, "solid"), ("lower_95", "upper_95", 0.16, "dot"))


def plot_funnel(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """Promises kept by group and its size, within the limits of what chance alone allows.

    Takes a table of `funnel`, or a snapshot and the columns to group it by. The number of items due
    is on x, the share that was done in time on y; the curves are the limits at 95 % and 99.8 %
    around the share of all groups together. Only groups outside of 99.8 % are coloured and named.
    Groups with too few items to show a share are not drawn and not named; a sentence counts them.

    Examples:
        >>> columns = ["due", "attainment", "lower_95"]
        >>> plot_funnel(pd.DataFrame(columns=columns)).layout.meta["alt"]
        'No group has enough items due to be compared.'
    """
    table = as_table(source, funnel, by=by)
    rows = table[table["attainment"].notna().to_numpy(dtype=bool)]
    small = int((table["due"] > 0).sum()) - len(rows)
    if rows.empty:
        return empty_figure("No group has enough items due to be compared.")
    figure = go.Figure()
    figure.update_layout(template=TEMPLATE, height=370, margin={"l": 46, "r": 84, "t": 34, "b": 48})
    heading(figure, "share of due items done in time")
    _limits(figure, table)
    _groups(figure, rows)
    figure.update_xaxes(
        title_text="items due", range=[0, 1.06 * int(table["due"].max())], nticks=6,
        tickformat=",d", showgrid=False,
    )  # fmt: skip
    figure.update_yaxes(
        range=[-0.03, 1.05], tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=["0%", "25%", "50%", "75%", "100%"],
    )  # fmt: skip
    verb = "is" if small == 1 else "are"
    few = [f"{counted(small, 'group')} with too few items to compare {verb} not drawn."]
    return finish(figure, _in_words(rows), notes=few if small else [])


def _limits(figure: go.Figure, table: pd.DataFrame) -> None:
    """The limits as areas, and the share of all groups together; all named at their right end."""
    curve = table.dropna(subset=["expected"]).drop_duplicates("due").sort_values("due")
    sizes = [int(due) for due in curve["due"]]
    if len(sizes) == 1:  # a limit of one size is a short line at that size
        curve, sizes = pd.concat([curve, curve]), [sizes[0] - 1, sizes[0] + 1]
    for lower, upper, opacity, dash in LIMITS:
        edge = {"color": MUTED, "width": 1.2, "dash": dash}
        figure.add_scatter(
            x=sizes, y=curve[lower].tolist(), mode="lines", line=edge, hoverinfo="skip"
        )
        figure.add_scatter(
            x=sizes, y=curve[upper].tolist(), mode="lines", line=edge, hoverinfo="skip",
            fill="tonexty", fillcolor=faint(MUTED, opacity=opacity),
        )  # fmt: skip
    expected = curve["expected"].tolist()
    figure.add_scatter(
        x=[0, sizes[-1]], y=[expected[0], expected[-1]], mode="lines", hoverinfo="skip",
        line={"color": MUTED, "width": 1.8},
    )  # fmt: skip
    _name_limits(figure, curve.iloc[-1], at=sizes[-1])


def _name_limits(figure: go.Figure, last: pd.Series, *, at: int) -> None:
    ends = [
        (float(last["upper_998"]), "99.8% limit"),
        (float(last["upper_95"]), "95% limit"),
        (float(last["expected"]), f"all together<br>{percent(last['expected'])}"),
    ]
    heights = spread([height for height, _ in ends], gap=0.06)
    for (_, words), height in zip(ends, heights, strict=True):
        figure.add_annotation(
            x=at, xanchor="left", xshift=8, y=height, text=words, align="left",
            font={"size": 11},
        )  # fmt: skip


def _groups(figure: go.Figure, rows: pd.DataFrame) -> None:
    names = group_labels(rows, first="due")
    stands_out = rows["signal"].notna().to_numpy(dtype=bool)
    figure.add_scatter(
        x=[int(due) for due in rows["due"]],
        y=[float(share) for share in rows["attainment"]],
        mode="markers",
        marker={
            "size": [14 if out else 9 for out in stands_out],
            "color": [ALERT if out else CALM for out in stands_out],
            "symbol": ["diamond" if out else "circle" for out in stands_out],
            "opacity": 1,
        },
        cliponaxis=False,
        hoverinfo="text",
        hovertext=[
            f"{label(name, width=60)}<br>{percent(share)} of {due:,} due"
            for name, share, due in zip(names, rows["attainment"], rows["due"], strict=True)
        ],
    )
    _name_groups(figure, rows, names)


def _name_groups(figure: go.Figure, rows: pd.DataFrame, names: pd.Series) -> None:
    stands_out, middle = rows["signal"].notna(), rows["due"].max() / 2
    for name, due, share in zip(
        names[stands_out], rows["due"][stands_out], rows["attainment"][stands_out], strict=True
    ):
        left = due > middle
        figure.add_annotation(
            x=int(due), y=float(share), xanchor="right" if left else "left",
            xshift=-11 if left else 11, text=f"<b>{label(name, width=20)}</b>",
            align="right" if left else "left",
        )  # fmt: skip


def _in_words(rows: pd.DataFrame) -> str:
    names = group_labels(rows, first="due")
    out = rows["signal"].notna().to_numpy(dtype=bool)
    said = {
        name: f"{percent(share)} of {due:,} due, "
        f"{'more' if signal == 'high' else 'less'} than chance allows"
        for name, share, due, signal in zip(
            names[out], rows["attainment"][out], rows["due"][out], rows["signal"][out], strict=True
        )
    }
    told = (
        f"Promises kept by {counted(len(rows), 'group')}, beside what chance alone allows a group "
        f"of its size; all together {percent(rows['expected'].iloc[0])}."
    )
    return f"{told} {words_list(said)}" if said else f"{told} No group stands out."
