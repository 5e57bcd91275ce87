"""The chart of reviews: how many were held in time."""

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.dots import share_rows
from pmanalytics.charts.style import (
    as_table,
    drawn_rows,
    empty_figure,
    finish,
    group_labels,
)
from pmanalytics.metrics.grouping import By
from pmanalytics.metrics.reviews import review_timeliness
from pmanalytics.snapshots import Snapshot

__all__ = ["plot_review_timeliness"]


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
    held = zip(rows["reviewed_in_time"], rows["due"], strict=True)
    figure, said = share_rows(
        rows,
        names,
        share="in_time",
        counts=[f"{kept} of {of}" for kept, of in held],
        done="held in time",
        title=["share of the reviews due that were held in time", *left],
    )
    alt = f"Share of the reviews due that were held in time. {said}"
    return finish(
        figure, alt, notes=[] if due.all() else ["Groups without a review due are left out."]
    )
