"""How every figure looks: one template, one palette, labels that are safe and that fit.

The background is transparent and the ink is a middle grey, so that the page can recolour the text
for light, dark and paper with one rule: `.js-plotly-plot text:not(.bartext-inside) {fill: ...}`.
Titles live in the page, which gives each figure a heading and a text alternative.
"""

import html
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.palette import GRID, INK, LINES
from pmanalytics.publication import published
from pmanalytics.words import group_name, plain

__all__ = [
    "MAXIMUM_ROWS",
    "TEMPLATE",
    "as_table",
    "count_axis",
    "drawn_rows",
    "empty_figure",
    "finish",
    "group_columns",
    "group_labels",
    "heading",
    "label",
    "left_margin",
    "legend_above",
    "panel_titles",
    "rows_figure",
    "share_axis",
    "side_notes",
    "spread",
    "text_width",
    "words_list",
]

MAXIMUM_ROWS: Final = 40
LABEL_WIDTH: Final = 18
# Widths in pixels of characters at font size 12, those of a wide font.
WIDTHS: Final = (("mwMW@%&<>=+_#", 10.6), ("iljtfrI.,:;'|!()[]- /", 4.6))

TEMPLATE: Final = go.layout.Template(
    layout={
        "font": {
            "family": "system-ui, -apple-system, 'Segoe UI', sans-serif", "size": 12, "color": INK,
        },
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [color for color, _ in LINES],
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "bargap": 0.35,
        "legend": {"orientation": "h", "itemclick": False, "itemdoubleclick": False,
                   "traceorder": "normal", "font": {"size": 11}},
        "xaxis": {
            "gridcolor": GRID, "linecolor": GRID, "zeroline": False, "fixedrange": True,
            "ticks": "", "automargin": False, "tickangle": 0,
            "title": {"standoff": 8, "font": {"size": 12}},
        },
        "yaxis": {
            "gridcolor": GRID, "linecolor": GRID, "zeroline": False, "fixedrange": True,
            "ticks": "", "automargin": False, "ticklabelstandoff": 5,
            "title": {"standoff": 8, "font": {"size": 12}},
        },
        "annotationdefaults": {"showarrow": False, "font": {"size": 12}},
    }
)  # fmt: skip


def label(value: object, *, width: int = LABEL_WIDTH, lines: int = 2) -> str:
    """Text for a figure: wrapped, cut with an ellipsis where it does not fit, and escaped.

    plotly reads tags and entities in every label, and a page with MathJax reads what stands between
    dollar signs, so `&`, `<`, `>` and `$` are written as entities.

    Examples:
        >>> label("$5 <b>")
        '&#36;5 &lt;b&gt;'
        >>> label("a name that is far too long for one line")
        'a name that is far<br>too long for one line'
    """
    text = plain(value)
    # A little wider is better than a cut name.
    for allowed in range(width, width + 5):
        wrapped = textwrap.wrap(text, allowed)
        if len(wrapped) <= lines:
            break
    else:
        wrapped = [*wrapped[: lines - 1], wrapped[lines - 1][: width - 1].rstrip() + "…"]
    return "<br>".join(_escape(line) for line in wrapped)


def _escape(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("$", "&#36;")


def group_columns(table: pd.DataFrame, *, first: str) -> list[str]:
    """The columns that `by` put in front of a metric's own first column."""
    names = [str(name) for name in table.columns]
    return names[: names.index(first)]


def group_labels(table: pd.DataFrame, *, first: str) -> pd.Series:
    """One name per row, made of the values of its grouping columns; without any, `all items`."""
    columns = group_columns(table, first=first)
    if not columns:
        return pd.Series("all items", index=table.index, dtype=object)
    parts = [
        table[column].map(lambda value, column=column: group_name(value, column), na_action=None)
        for column in columns
    ]
    return pd.Series(
        [", ".join(map(str, names)) for names in zip(*parts, strict=True)],
        index=table.index,
        dtype=object,
    )


def text_width(labels: Sequence[str]) -> int:
    """Pixels that the longest line of some escaped labels needs."""
    lines = [re.sub(r"</?[bi]>", "", line) for text in labels for line in text.split("<br>")]
    shown = [html.unescape(line) for line in lines]
    return int(max((sum(map(_width, line)) for line in shown), default=0))


def _width(letter: str) -> float:
    of_kind = next((width for letters, width in WIDTHS if letter in letters), None)
    return of_kind or (8.4 if letter.isupper() else 7.4)


def left_margin(labels: Sequence[str]) -> int:
    """Pixels that the labels of the y axis need."""
    return 20 + text_width(labels)


def rows_figure(
    names: Sequence[object],
    *,
    title: Sequence[str],
    right: int = 16,
    tall: bool = False,
    width: int = LABEL_WIDTH,
) -> go.Figure:
    """A figure with one row per name from top to bottom, room at the right and a titled x axis.

    The title is a sequence of sentences; each begins a line, and long ones are wrapped.
    """
    labels = [label(name, width=width, lines=3 if tall else 2) for name in names]
    row_height = 40 if tall or any("<br>" in text for text in labels) else 30
    lines = [line for sentence in title for line in textwrap.wrap(sentence, 34)]
    below = 42 + 16 * len(lines)
    figure = go.Figure()
    figure.update_layout(
        template=TEMPLATE,
        height=12 + row_height * len(labels) + below,
        margin={"l": left_margin(labels), "r": right, "t": 12, "b": below},
    )
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=labels,
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
    )
    figure.update_xaxes(title_text="<br>".join(lines))
    return figure


def share_axis(figure: go.Figure) -> None:
    """Make the x axis one of shares, from nothing to all."""
    figure.update_xaxes(range=[-0.02, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_xaxes(ticktext=["0%", "", "50%", "", "100%"])


def count_axis(figure: go.Figure) -> None:
    """Make the x axis one of counts, from nothing."""
    figure.update_xaxes(rangemode="tozero", tickformat=",d", nticks=5)


def legend_above(figure: go.Figure, *, room: int) -> None:
    """Show the legend above the plot, which makes room: one line on a desk, more on a phone."""
    figure.update_layout(
        showlegend=True,
        height=figure.layout.height + room,
        legend={"x": 0, "y": 1.01, "yanchor": "bottom", "maxheight": 240},
    )


def side_notes(figure: go.Figure, notes: Sequence[str]) -> None:
    """Write a short text at the right of each row, in a column that is as wide as it needs."""
    figure.update_layout(margin={"r": 22 + text_width(notes)})
    for row, note in enumerate(notes):
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=row, text=note, align="left"
        )


def finish(figure: go.Figure, alt: str, *, notes: Sequence[str] = ()) -> go.Figure:
    """Give the figure its text alternative, and the sentences that stand beneath it on a page."""
    said = [plain(note) for note in notes]
    figure.update_layout(meta={"alt": " ".join([plain(alt), *said]), "notes": said})
    return figure


def empty_figure(sentence: str) -> go.Figure:
    """A figure that says in one sentence why there is nothing to draw."""
    figure = go.Figure()
    figure.update_layout(
        template=TEMPLATE,
        height=110,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis={"visible": False, "range": [0, 1]},
        yaxis={"visible": False, "range": [0, 1]},
    )
    figure.add_annotation(
        x=0.5, y=0.5, xref="paper", yref="paper", text=label(sentence, width=44, lines=4)
    )
    return finish(figure, sentence)


def words_list(parts: Mapping[str, str] | Sequence[str], *, most: int = 12) -> str:
    """Sentences for a text alternative; a long list is cut and says how many are left."""
    sentences = (
        [f"{plain(name)}: {said}" for name, said in parts.items()]
        if isinstance(parts, Mapping)
        else list(parts)
    )
    left = len(sentences) - most
    more = f" {left} more are in the table." if left > 0 else ""
    return "; ".join(sentences[:most]) + "." + more


def as_table(
    source: object, metric: Callable[..., pd.DataFrame], **options: object
) -> pd.DataFrame:
    """The table itself, or what the metric makes of a snapshot, as `publishable` leaves it.

    A chart is for an audience, whoever draws it; what was published with other options stays.
    """
    return published(source if isinstance(source, pd.DataFrame) else metric(source, **options))


def drawn_rows(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The first rows that fit a figure, and what its axis says about those that do not."""
    left = len(table) - MAXIMUM_ROWS
    more = [f"{left} more rows are in the table"] if left > 0 else []
    return table.head(MAXIMUM_ROWS), more


def spread(values: Sequence[float], *, gap: float) -> list[float]:
    """Move labels apart so that no two are nearer than `gap`, keeping their order.

    Examples:
        >>> spread([0.5, 0.5, 0.9], gap=0.1)
        [0.5, 0.6, 0.9]
    """
    placed: dict[int, float] = {}
    floor = float("-inf")
    for index in sorted(range(len(values)), key=lambda index: values[index]):
        floor = max(values[index], floor)
        placed[index] = floor
        floor += gap
    return [placed[index] for index in range(len(values))]


def heading(figure: go.Figure, words: str) -> None:
    """Say above the plot, from its left edge on, what its y axis counts; after the margins."""
    figure.add_annotation(
        x=0, xref="paper", xanchor="left", xshift=4 - figure.layout.margin.l, y=1, yref="paper",
        yanchor="bottom", yshift=9, text=f"<b>{label(words, width=44, lines=1)}</b>",
    )  # fmt: skip


def panel_titles(figure: go.Figure, names: Sequence[object]) -> None:
    """Write the name of each panel above its upper left corner."""
    for row, name in enumerate(names, start=1):
        axis = "" if row == 1 else str(row)
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=1, yref=f"y{axis} domain", yanchor="bottom",
            text=f"<b>{label(name, width=26, lines=1)}</b>",
        )  # fmt: skip
