"""The chart of reviews: how many were held in time."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.dots import dot_rows
from pmanalytics.charts.style import (
    as_table,
    drawn_rows,
    empty_figure,
    finish,
    group_labels,
    label,
    share_axis,
    words_list,
)
from pmanalytics.metrics.reviews import review_timeliness
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import percent

__all__ = ["plot_review_timeliness"]

By = str | Sequence[str] | None


def plot_review_timeliness(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """Reviews held in time per group, as a dot with its 95 % interval and k of n.

    Takes a table of `review_timeliness`, or a snapshot and the columns to group it by. A group
    whose share was withheld because it is too small shows its interval, if that is left, and its
    counts.

    Examples:
        >>> plot_review_timeliness(pd.DataFrame({"incidents": [], "due": []})).layout.meta["alt"]
        'No incident is known whose review was due.'
    """
    table = as_table(source, review_timeliness, by=by)
    due = (table["due"] > 0).fillna(value=False).to_numpy(dtype=bool)
    if not due.any():
        return empty_figure("No incident is known whose review was due.")
    rows, left = drawn_rows(table[due])
    names = group_labels(rows, first="incidents")
    limits = rows[["low", "high"]].to_numpy(dtype=float, na_value=float("nan")).tolist()
    shares = rows["in_time"].astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
    counts = [f"{k} of {n}" for k, n in zip(rows["reviewed_in_time"], rows["due"], strict=True)]
    ranges = [f"{percent(low)} to {percent(high)}" for low, high in limits]
    figure = dot_rows(
        names,
        shares,
        limits,
        title=["share of the reviews due that were held in time", *left],
        beside=[
            f"<b>{count}</b>" if pd.isna(share) else f"<b>{percent(share)}</b><br>{count}"
            for share, count in zip(shares, counts, strict=True)
        ],
        hover=[
            f"{label(name, width=60)}: {count} held in time<br>95 % interval {between}"
            for name, count, between in zip(names, counts, ranges, strict=True)
        ],
    )
    share_axis(figure)
    said = {
        name: f"{count} held in time, {percent(share)}, interval {between}"
        for name, count, share, between in zip(names, counts, shares, ranges, strict=True)
    }
    alt = f"Share of the reviews due that were held in time. {words_list(said)}"
    return finish(
        figure, alt, notes=[] if due.all() else ["Groups without a review due are left out."]
    )
