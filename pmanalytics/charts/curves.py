"""The chart of the completion curve: what share of the items is done by each day."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pmanalytics.charts.palette import LINES, MUTED, faint
from pmanalytics.charts.style import (
    TEMPLATE,
    as_table,
    empty_figure,
    finish,
    group_labels,
    label,
    left_margin,
    panel_titles,
    spread,
    words_list,
)
from pmanalytics.metrics.durations import completion_curve
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import counted, group_name, percent

__all__ = ["plot_completion_curve"]

By = str | Sequence[str] | None


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
    shown = curve.loc[curve["day"] <= until, ["day", "cumulative_incidence", "low", "high"]]
    shown = shown.astype("Float64").astype(float)
    start = pd.DataFrame([[0.0, 0.0, 0.0, 0.0]], columns=shown.columns)
    last = min(float(until), float(curve["day"].max()))
    corners = pd.concat([start, shown], ignore_index=True)
    end = corners.tail(1).assign(day=last)
    corners = pd.concat([corners, end], ignore_index=True)
    return corners.fillna(
        {"low": corners["cumulative_incidence"], "high": corners["cumulative_incidence"]}
    )


def _add_curve(
    figure: go.Figure, corners: pd.DataFrame, look: tuple[str, str], **place: int
) -> None:
    color, dash = look
    days = corners["day"].tolist()
    edge = {"width": 0, "shape": "hv", "color": color}
    figure.add_scatter(
        x=days, y=corners["low"].tolist(), mode="lines", line=edge, hoverinfo="skip", **place
    )
    figure.add_scatter(
        x=days, y=corners["high"].tolist(), mode="lines", line=edge, hoverinfo="skip",
        fill="tonexty", fillcolor=faint(color), **place,
    )  # fmt: skip
    figure.add_scatter(
        x=days, y=corners["cumulative_incidence"].tolist(), mode="lines",
        line={"shape": "hv", "color": color, "dash": dash, "width": 2.5},
        hovertemplate="%{y:.0%} done by day %{x}<extra></extra>", **place,
    )  # fmt: skip


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
        corners = _steps(curve, until)
        _add_curve(figure, corners, look)
        ends.append((corners["day"].iloc[-1], corners["cumulative_incidence"].iloc[-1]))
    if len(curves) > 1:
        _name_ends(figure, [label(name, width=14, lines=3) for name in curves], ends)
    ticks = _ticks(until)
    figure.update_xaxes(
        range=[0, until], tickvals=ticks, title_text="days since the policy's clock started"
    )
    figure.update_yaxes(
        range=[0, 1.02], tickformat=".0%", title_text="share of items done", dtick=0.25
    )
    _numbers_at_risk(figure, curves, ticks)
    return figure


def _name_ends(
    figure: go.Figure, names: Sequence[str], ends: Sequence[tuple[float, float]]
) -> None:
    """Write the names of the curves where they end, moved apart by the lines they need."""
    lines = max(name.count("<br>") + 1 for name in names)
    heights = spread([share for _, share in ends], gap=0.015 + 0.05 * lines)
    for name, (day, _), height in zip(names, ends, heights, strict=True):
        figure.add_annotation(
            x=day, y=height, xanchor="left", xshift=6, text=name, align="left"
        )  # fmt: skip


def _ticks(until: int) -> list[int]:
    step = 15 if until <= 120 else 30 if until <= 240 else 90
    return list(range(0, until + 1, step))


def _numbers_at_risk(
    figure: go.Figure, curves: Mapping[str, pd.DataFrame], ticks: Sequence[int]
) -> None:
    heading = {"x": 0, "xref": "paper", "xanchor": "left", "y": 0, "yref": "paper", "yshift": -62}
    figure.add_annotation(text="<i>items open and followed up to that day</i>", **heading)
    for row, (name, curve) in enumerate(curves.items(), start=1):
        shift = -62 - 17 * row
        place = {"y": 0, "yref": "paper", "yshift": shift, "font": {"size": 11}}
        if len(curves) > 1:
            figure.add_annotation(
                x=0, xref="paper", xanchor="right", xshift=-14, text=label(name, width=14, lines=1),
                **place,
            )  # fmt: skip
        for tick in ticks:
            later = curve.loc[curve["day"] >= tick, "at_risk"]
            figure.add_annotation(x=tick, text=f"{later.iloc[0]:,}" if len(later) else "0", **place)


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
        _add_curve(figure, _steps(curve, until), LINES[0], row=row, col=1)
    sizes = [f"{name} (n = {curve['at_risk'].iloc[0]:,})" for name, curve in curves.items()]
    panel_titles(figure, sizes)
    figure.update_xaxes(range=[0, until], tickvals=_ticks(until))
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
