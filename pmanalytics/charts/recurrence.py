"""Charts of incidents that came back."""

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.palette import ALERT, MUTED
from pmanalytics.charts.style import (
    MAXIMUM_ROWS,
    as_table,
    empty_figure,
    finish,
    label,
    legend_above,
    rows_figure,
    side_notes,
    words_list,
)
from pmanalytics.metrics.recurrence import repeats
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import counted, group_name, plain

__all__ = ["plot_repeats"]


def plot_repeats(source: pd.DataFrame | Snapshot) -> go.Figure:
    """Incidents that came back, a dot each, per service and days since the one they repeat.

    Takes a table of `repeats`, or a snapshot. An incident that repeats several earlier ones is
    drawn once, at the latest of them. A filled diamond marks a return while an item of the
    earlier incident was overdue, a ring any other. Services with more returns come first.

    Examples:
        >>> plot_repeats(pd.DataFrame({"incident_id": []})).layout.meta["alt"]
        'No incident is known to be the return of an earlier one.'
    """
    table = as_table(source, repeats)
    if table.empty:
        return empty_figure("No incident is known to be the return of an earlier one.")
    latest = table.sort_values(["days_between", "incident_id"], kind="stable")
    latest = latest.drop_duplicates("incident_id")
    services = latest["service"].map(lambda name: group_name(name, "service"), na_action=None)
    counts = services.value_counts()
    order = sorted(counts.index, key=lambda name: (-counts[name], name))
    figure = _dots(latest, services, order[:MAXIMUM_ROWS], [int(counts[n]) for n in order])
    overdue = services[_while_overdue(latest)].value_counts()
    said = {
        name: f"{counted(counts[name], 'incident')} came back, "
        f"{overdue.get(name, 0)} while an earlier item was overdue"
        for name in order
    }
    return finish(figure, f"Incidents that came back, per service. {words_list(said)}")


def _while_overdue(table: pd.DataFrame) -> pd.Series:
    return table["overdue_before"].fillna(0) > 0


def _dots(
    latest: pd.DataFrame, services: pd.Series, order: list[str], counts: list[int]
) -> go.Figure:
    left = len(counts) - len(order)
    title = ["days between the end of the first and the start of the return"]
    if left:
        title.append(f"{left} more services are in the table")
    figure = rows_figure(order, title=title)
    rows = services.map({name: row for row, name in enumerate(order)})
    overdue = _while_overdue(latest)
    looks = (
        (overdue, "an item of the first was overdue", {"symbol": "diamond", "color": ALERT}),
        (~overdue, "nothing was overdue", {"symbol": "circle-open", "color": MUTED}),
    )
    for chosen, words, marker in looks:
        shown = latest[chosen & rows.notna()]
        if shown.empty:
            continue
        figure.add_scatter(
            x=[float(days) for days in shown["days_between"]],
            y=[int(row) for row in rows[shown.index]],
            mode="markers",
            name=words,
            marker={"size": 11, "opacity": 1, "line": {"width": 2}, **marker},
            hoverinfo="text",
            hovertext=_hover(shown),
        )
    side_notes(figure, [f"n = {count}" for count in counts[: len(order)]])
    figure.update_xaxes(rangemode="tozero", nticks=6)
    figure.update_yaxes(showgrid=True)
    legend_above(figure, room=44)
    return figure


def _hover(shown: pd.DataFrame) -> list[str]:
    return [
        f"{label(plain(later), width=50)} repeats {label(plain(first), width=50)}"
        f"<br>after {days} days"
        for later, first, days in zip(
            shown["incident_id"], shown["repeat_of"], shown["days_between"], strict=True
        )
    ]
