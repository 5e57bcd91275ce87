"""Charts of promises: how many were kept, and where every item stands."""

from collections.abc import Mapping
from typing import Final

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.dots import share_rows
from pmanalytics.charts.palette import ALERT, BEHIND, CALM, MUTED
from pmanalytics.charts.style import (
    as_table,
    count_axis,
    drawn_rows,
    empty_figure,
    finish,
    group_labels,
    label,
    legend_above,
    rows_figure,
    side_notes,
    words_list,
)
from pmanalytics.metrics.completion import attainment, standings
from pmanalytics.metrics.grouping import By
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import STANDINGS, counted

__all__ = ["plot_attainment", "plot_standings"]


def plot_attainment(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """Kept promises per group, as a dot with its 95 % interval and k of n.

    Takes a table of `attainment`, or a snapshot and the columns to group it by. A group whose share
    was withheld because it is too small shows its interval, if that is left, and its counts.

    Examples:
        >>> plot_attainment(pd.DataFrame({"due": []})).layout.meta["alt"]
        'No item had its policy date in this period, so there is no promise to judge.'
    """
    table = as_table(source, attainment, by=by)
    if not (table["due"] > 0).any():
        return empty_figure(
            "No item had its policy date in this period, so there is no promise to judge."
        )
    rows, left = drawn_rows(table[(table["due"] > 0).to_numpy()])
    names = group_labels(rows, first="due")
    figure, said = share_rows(
        rows,
        names,
        share="attainment",
        counts=[f"{kept} of {due}" for kept, due in zip(rows["met"], rows["due"], strict=True)],
        done="done in time",
        title=["share of the items due that were done in time"],
    )
    return finish(
        figure,
        f"Share of the items due that were done in time, with 95 % intervals. {said}",
        notes=_beneath(table, rows, left),
    )


def _beneath(table: pd.DataFrame, rows: pd.DataFrame, left: list[str]) -> list[str]:
    """What the chart leaves out, in sentences."""
    notes = [f"In the chart, {sentence}." for sentence in left]
    if not (table["due"] > 0).all():
        notes.append("Groups without an item due are not drawn.")
    if rows["attainment"].isna().any():
        notes.append(
            "Groups with few items due show how many were done in time instead of a share; a line "
            "without a dot is the range of shares that such counts allow."
        )
    return notes


def plot_standings(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """Where every item stands, in words: one bar per standing, or one stacked bar per group.

    Takes a table of `standings`, or a snapshot and the columns to group it by.

    Examples:
        >>> plot_standings(pd.DataFrame({"total": []})).layout.meta["alt"]
        'There are no action items.'
    """
    table = as_table(source, standings, by=by)
    if not (table["total"] > 0).any():
        return empty_figure("There are no action items.")
    rows, left = drawn_rows(table)
    names = group_labels(rows, first="total")
    said = {
        f"{name} ({counted(total, 'item')})": ", ".join(
            f"{number} {STANDINGS[code]}" for code, number in counts.items() if number
        )
        for name, total, counts in zip(
            names, rows["total"], rows[list(STANDINGS)].to_dict("records"), strict=True
        )
    }
    alone = len(rows) == 1
    figure = _standing_bars(rows.iloc[0]) if alone else _standing_stacks(rows, names, left)
    return finish(figure, f"Where every item stands. {words_list(said)}")


EDGE: Final = {"color": MUTED, "width": 0.5}
# Bars of several standings must differ in grey print too, hence the patterns.
STANDING_LOOKS: Final[Mapping[str, tuple[str, str]]] = {
    "met": (CALM, ""),
    "late": (CALM, "/"),
    "overdue": (ALERT, ""),
    "pending": (str(BEHIND["color"]), ""),
    "dropped_in_time": ("#a0457e", "."),
    "dropped_late": ("#a0457e", "x"),
    "no_target": (MUTED, "-"),
    "unknown": (MUTED, "|"),
}


def _standing_bars(row: pd.Series) -> go.Figure:
    counts = row[list(STANDINGS)]
    figure = rows_figure(list(STANDINGS.values()), right=44, title=["items"])
    figure.add_bar(
        x=[int(number) for number in counts],
        y=list(range(len(counts))),
        orientation="h",
        marker={"color": [ALERT if code == "overdue" else CALM for code in STANDINGS]},
        text=[f"{number:,}" for number in counts],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    count_axis(figure)
    return figure


def _standing_stacks(rows: pd.DataFrame, names: pd.Series, left: list[str]) -> go.Figure:
    notes = [f"n = {total:,}" for total in rows["total"]]
    figure = rows_figure(names, title=["items", *left])
    for code, words in STANDINGS.items():
        if not (rows[code] > 0).any():
            continue
        color, pattern = STANDING_LOOKS[code]
        figure.add_bar(
            x=[int(number) for number in rows[code]],
            y=list(range(len(rows))),
            orientation="h",
            name=words,
            marker={"color": color, "pattern": {"shape": pattern, "size": 5}, "line": EDGE},
            hoverinfo="text",
            hovertext=[
                f"{label(n, width=60)}: {v} {words}" for n, v in zip(names, rows[code], strict=True)
            ],
        )
    side_notes(figure, notes)
    count_axis(figure)
    figure.update_layout(barmode="stack")
    legend_above(figure, room=130)
    return figure
