"""The chart of the completion curve: what share of the items is done by each day."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pmanalytics.charts.palette import LINES, MUTED
from pmanalytics.charts.steps import add_curve, corners, day_ticks, name_ends, numbers_at_risk
from pmanalytics.charts.style import (
    TEMPLATE,
    as_table,
    empty_figure,
    finish,
    group_labels,
    label,
    left_margin,
    panel_titles,
    words_list,
)
from pmanalytics.metrics.durations import completion_curve
from pmanalytics.metrics.grouping import By
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import counted, group_name, percent

__all__ = ["plot_completion_curve"]

HOVER: Final = "%{y:.0%} done by day %{x}"
WATCHED: Final = "items open and followed up to that day"


def plot_completion_curve(
    source: pd.DataFrame | Snapshot,
    *,
    by: By = None,
    policy_days: Mapping[str, int | Sequence[int]] | None = None,
    until: int = 90,
) -> go.Figure:
    """The share of items done by each day, with its 95 % band and the number still at risk.

    Takes a table of `completion_curve`, or a snapshot and the columns to group it by. `policy_days`
    names the days to mark, such as `{"sev1": 15}`; for a snapshot they are those that the policy
    gave its items. The axis ends at day `until`. Up to five groups share one plot, more get a small
    plot each.

    Examples:
        >>> table = pd.DataFrame({"outcome": [], "day": [], "at_risk": []})
        >>> plot_completion_curve(table).layout.meta["alt"]
        'No item has a day on which its clock started, so there is no curve to draw.'
    """
    table = as_table(source, completion_curve, by=by)
    done = table[table["outcome"] == "done"]
    if done.empty:
        return empty_figure(
            "No item has a day on which its clock started, so there is no curve to draw."
        )
    if policy_days is None:
        policy_days = target_days(source) if isinstance(source, Snapshot) else {}
    names = group_labels(done, first="outcome")
    curves = {str(name): curve for name, curve in done.groupby(names, sort=False)}
    several = len(curves) > len(LINES)
    figure = _curve_panels(curves, until) if several else _curve_overlay(curves, until)
    _mark_days(figure, policy_days, until, above=18 if several else 0)
    said = {
        f"{name} ({counted(curve['at_risk'].iloc[0], 'item')})": ", ".join(
            f"{percent(_reached(curve, day))} by day {day}" for day in (15, 30, 90)
        )
        for name, curve in curves.items()
    }
    return finish(
        figure, f"Share of items done by day since the policy's clock started. {words_list(said)}"
    )


def target_days(snapshot: Snapshot) -> dict[str, list[int]]:
    """The calendar days that the newest version of the policy gives the items of each severity."""
    items = snapshot.items[snapshot.items["policy"].eq(snapshot.items["policy"].max())]
    if snapshot.items["policy"].isna().all():  # one version, which holds at all times
        items = snapshot.items
    counted_days = items[items["unit"].eq("calendar") & items["severity"].notna()]
    pairs = counted_days[["severity", "target_days"]].dropna().drop_duplicates()
    pairs = pairs.sort_values(["severity", "target_days"])
    return {
        str(severity): [int(day) for day in days]
        for severity, days in pairs.groupby("severity")["target_days"]
    }


def _reached(curve: pd.DataFrame, day: int) -> float | None:
    reached = curve.loc[curve["day"] <= day, "cumulative_incidence"]
    return float(reached.iloc[-1]) if len(reached) else 0.0


def _steps(curve: pd.DataFrame, until: int) -> pd.DataFrame:
    """The corners of a curve from day 0, cut at `until`, held up to the last day that it knows."""
    columns = {"cumulative_incidence": "value", "low": "low", "high": "high"}
    last = min(float(until), float(curve["day"].max()))
    return corners(curve, columns=columns, last=last)


def _curve_overlay(curves: Mapping[str, pd.DataFrame], until: int) -> go.Figure:
    figure = go.Figure()
    margin = max(64, left_margin([label(name, width=14, lines=3) for name in curves]))
    below = 66 + 17 * (len(curves) + 1)
    figure.update_layout(
        template=TEMPLATE,
        height=320 + below,
        margin={"l": margin, "r": margin if len(curves) > 1 else 24, "t": 44, "b": below},
    )
    ends = []
    for (_, curve), look in zip(curves.items(), LINES, strict=False):
        points = _steps(curve, until)
        add_curve(figure, points, look, hover=HOVER)
        ends.append((points["day"].iloc[-1], points["value"].iloc[-1]))
    if len(curves) > 1:
        name_ends(figure, [label(name, width=14, lines=3) for name in curves], ends)
    ticks = day_ticks(until)
    figure.update_xaxes(
        range=[0, until], tickvals=ticks, title_text="days since the policy's clock started"
    )
    figure.update_yaxes(
        range=[0, 1.02], tickformat=".0%", title_text="share of items done", dtick=0.25
    )
    numbers_at_risk(figure, curves, ticks, heading=WATCHED)
    return figure


def _curve_panels(curves: Mapping[str, pd.DataFrame], until: int) -> go.Figure:
    figure = make_subplots(
        rows=len(curves), cols=1, shared_xaxes=True, vertical_spacing=0.32 / len(curves)
    )
    figure.update_layout(
        template=TEMPLATE,
        height=114 + 130 * len(curves),
        margin={"l": 64, "r": 24, "t": 62, "b": 58},
    )
    for row, curve in enumerate(curves.values(), start=1):
        add_curve(figure, _steps(curve, until), LINES[0], hover=HOVER, row=row, col=1)
    sizes = [f"{name} (n = {curve['at_risk'].iloc[0]:,})" for name, curve in curves.items()]
    panel_titles(figure, sizes)
    figure.update_xaxes(range=[0, until], tickvals=day_ticks(until))
    figure.update_xaxes(title_text="days since the policy's clock started", row=len(curves), col=1)
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%", dtick=0.5)
    return figure


def _mark_days(
    figure: go.Figure, policy_days: Mapping[str, int | Sequence[int]], until: int, *, above: int
) -> None:
    marked: dict[int, list[str]] = {}
    for name, days in policy_days.items():
        for day in [days] if isinstance(days, int) else days:
            marked.setdefault(day, []).append(group_name(name, "severity"))
    shown = [(day, names) for day, names in sorted(marked.items()) if day <= until]
    for level, (day, names) in enumerate(shown):
        figure.add_vline(x=day, line={"color": MUTED, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=day, y=1, yref="paper", xanchor="left", xshift=-3, yanchor="bottom",
            yshift=above + 13 * (level % 3), font={"size": 11},
            text=label(f"{', '.join(names)}: day {day}", width=30, lines=1),
        )  # fmt: skip
