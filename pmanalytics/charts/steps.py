"""Curves that go up in steps, with a band, their names at their ends and the numbers beneath."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.palette import faint
from pmanalytics.charts.style import label, spread

__all__ = ["FIGURES", "add_curve", "corners", "day_ticks", "name_ends", "numbers_at_risk"]

FIGURES = ("value", "low", "high")


def corners(curve: pd.DataFrame, *, columns: Mapping[str, str], last: float) -> pd.DataFrame:
    """The corners of a curve from day 0, cut at a last day and held up to it.

    `columns` are the names that value, low and high have in the table. A limit that is missing is
    the value itself.
    """
    shown = curve.loc[curve["day"] <= last, ["day", *columns]].rename(columns=dict(columns))
    shown = shown.astype("Float64").astype(float)
    start = pd.DataFrame([[0.0, 0.0, 0.0, 0.0]], columns=["day", *FIGURES])
    held = pd.concat([start, shown], ignore_index=True)
    held = pd.concat([held, held.tail(1).assign(day=float(last))], ignore_index=True)
    return held.fillna({"low": held["value"], "high": held["value"]})


def add_curve(
    figure: go.Figure,
    points: pd.DataFrame,
    look: tuple[str, str],
    *,
    hover: str,
    opacity: float = 0.16,
    **place: int,
) -> None:
    """Draw the corners of a curve: its band, then its line."""
    color, dash = look
    days = points["day"].tolist()
    edge = {"width": 0, "shape": "hv", "color": color}
    figure.add_scatter(
        x=days, y=points["low"].tolist(), mode="lines", line=edge, hoverinfo="skip", **place
    )
    figure.add_scatter(
        x=days, y=points["high"].tolist(), mode="lines", line=edge, hoverinfo="skip",
        fill="tonexty", fillcolor=faint(color, opacity=opacity), **place,
    )  # fmt: skip
    figure.add_scatter(
        x=days, y=points["value"].tolist(), mode="lines",
        line={"shape": "hv", "color": color, "dash": dash, "width": 2.5},
        hovertemplate=f"{hover}<extra></extra>", **place,
    )  # fmt: skip


def name_ends(
    figure: go.Figure,
    names: Sequence[str],
    ends: Sequence[tuple[object, float]],
    *,
    top: float = 1.0,
) -> None:
    """Write the names of curves where they end, moved apart by the lines they need.

    `top` is the height of the axis in its own unit.
    """
    lines = max(name.count("<br>") + 1 for name in names)
    heights = spread([height for _, height in ends], gap=(0.015 + 0.05 * lines) * top)
    for name, (day, _), height in zip(names, ends, heights, strict=True):
        figure.add_annotation(
            x=day, y=height, xanchor="left", xshift=6, text=name, align="left"
        )  # fmt: skip


def day_ticks(until: float, *, most: int = 8) -> list[int]:
    """The days that the axis names, and beneath which the numbers at risk stand."""
    steps = (15, 30, 60, 90, 180, 365)
    step = next((step for step in steps if until / step <= most), 730)
    return list(range(0, int(until) + 1, step))


def numbers_at_risk(
    figure: go.Figure, curves: Mapping[str, pd.DataFrame], ticks: Sequence[int], *, heading: str
) -> None:
    """Write how many were watched on each day of the axis beneath it, a row per curve."""
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 0, "yref": "paper", "yshift": -62}
    figure.add_annotation(text=f"<i>{heading}</i>", **place)
    for row, (name, curve) in enumerate(curves.items(), start=1):
        place = {"y": 0, "yref": "paper", "yshift": -62 - 17 * row, "font": {"size": 11}}
        if len(curves) > 1:
            figure.add_annotation(
                x=0, xref="paper", xanchor="right", xshift=-14, text=label(name, width=14, lines=1),
                **place,
            )  # fmt: skip
        for tick in ticks:
            later = curve.loc[curve["day"] >= tick, "at_risk"]
            figure.add_annotation(x=tick, text=f"{later.iloc[0]:,}" if len(later) else "0", **place)
