"""The chart of repeats in open time against chance."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.dots import dot_rows
from pmanalytics.charts.palette import GREY
from pmanalytics.charts.style import (
    as_table,
    drawn_rows,
    empty_figure,
    finish,
    group_columns,
    group_labels,
    label,
    words_list,
)
from pmanalytics.metrics.exposures import repeat_exposure
from pmanalytics.metrics.grouping import By
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import DASH, plain

__all__ = ["plot_repeat_exposure"]

# Of a short and of a long scale.
FEW_TICKS: Final = (0.25, 0.5, 1, 2, 4, 8)
MANY_TICKS: Final = (0.01, 0.1, 0.3, 1, 3, 10, 30, 100)
NARROWEST: Final = (0.45, 2.2)


def plot_repeat_exposure(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """How often incidents came back in open time, as a multiple of what chance alone would give.

    Takes a table of `repeat_exposure`, or a snapshot and the columns to group it by. A row per band
    of days since the incident and one for all of them; with groups, the latter for each group. A
    dot with its 95 % interval on a scale of ratios, the line at 1 is chance, and beside it stand
    the repeats that were seen and those that chance would give. A row whose interval lies above 1
    is a diamond in the colour of signals. It shows an association, at no size a cause.

    Examples:
        >>> plot_repeat_exposure(pd.DataFrame({"days_since": []})).layout.meta["alt"]
        'No incident with a preventive item is known to have been watched.'
    """
    table = as_table(source, repeat_exposure, by=by)
    grouped = bool(group_columns(table, first="days_since"))
    watched = table["expected_by_chance"].notna().to_numpy(dtype=bool) if len(table) else []
    rows = table[watched]
    rows, left = drawn_rows(rows[rows["days_since"].eq("all")] if grouped else rows)
    if rows.empty:
        return empty_figure("No incident with a preventive item is known to have been watched.")
    if rows["rate_ratio"].isna().all():
        return empty_figure(
            "Fewer than 5 incidents came back in open time, or in other time: too few to compare."
        )
    names = list(group_labels(rows, first="days_since")) if grouped else _bands(rows)
    ratios = rows[["rate_ratio", "low", "high"]].to_numpy(dtype=float, na_value=float("nan"))
    counts = [
        f"{seen:,} seen, {chance:.1f} by chance"
        for seen, chance in zip(rows["repeats_while"], rows["expected_by_chance"], strict=True)
    ]
    figure = _ratio_rows(names, counts, ratios, left)
    return finish(figure, _in_words(names, counts, ratios), notes=_notes(ratios))


def _ratio_rows(
    names: list[str], counts: list[str], ratios: np.ndarray, left: list[str]
) -> go.Figure:
    figure = dot_rows(
        names,
        ratios[:, 0].tolist(),
        ratios[:, 1:].tolist(),
        title=["times as many repeats in open time as chance alone would give", *left],
        beside=[
            ("" if np.isnan(ratio) else f"<b>{_times(ratio)}</b><br>") + count.replace(", ", "<br>")
            for ratio, count in zip(ratios[:, 0], counts, strict=True)
        ],
        hover=[
            f"{label(name, width=60)}: {count}<br>95 % interval {_times(low)} to {_times(high)}"
            for name, count, (_, low, high) in zip(names, counts, ratios, strict=True)
        ],
        signals=(ratios[:, 1] > 1).tolist(),
    )
    _ratio_axis(figure, ratios)
    figure.update_layout(height=figure.layout.height + 16 * len(names))
    return figure


def _bands(rows: pd.DataFrame) -> list[str]:
    return ["all days" if band == "all" else f"days {plain(band)}" for band in rows["days_since"]]


def _times(ratio: float) -> str:
    return DASH if np.isnan(ratio) else f"{ratio:.1f} times"


def _ratio_axis(figure: go.Figure, ratios: np.ndarray) -> None:
    """A scale on which twice and half as often are equally far from chance."""
    shown = np.append(ratios[np.isfinite(ratios) & (ratios > 0)], NARROWEST)
    ends = np.log10([shown.min() * 0.9, shown.max() * 1.1])
    scale = FEW_TICKS if ends[1] - ends[0] < 1 else MANY_TICKS
    ticks = [tick for tick in scale if ends[0] <= np.log10(tick) <= ends[1]]
    figure.update_xaxes(
        type="log", range=ends.tolist(), tickvals=ticks, ticktext=[f"{tick:g}×" for tick in ticks]
    )
    figure.add_vline(x=1, line={"color": GREY, "width": 1.5})
    figure.add_annotation(
        x=0, xref="x", y=1, yref="paper", yanchor="bottom", text="as by chance", font={"size": 11}
    )
    figure.update_layout(margin={"t": 28})


def _in_words(names: Sequence[str], counts: Sequence[str], ratios: np.ndarray) -> str:
    said = {
        name: count
        + ("" if np.isnan(low) else f", {_times(ratio)}, interval {low:.1f} to {high:.1f}")
        for name, count, (ratio, low, high) in zip(names, counts, ratios, strict=True)
    }
    return f"Repeats while a preventive item was open, beside chance. {words_list(said)}"


def _notes(ratios: np.ndarray) -> list[str]:
    notes = ["The chart shows an association, at no size a cause."]
    if np.isnan(ratios[:, 0]).any():
        notes.append("With fewer than 5 repeats on either side there is no ratio.")
    return notes
