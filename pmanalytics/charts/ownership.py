"""Charts of ownership: which gaps there are, what nobody owns, and whether work can be found."""

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.palette import ALERT, BEHIND, CALM, GRID
from pmanalytics.charts.style import (
    as_table,
    count_axis,
    drawn_rows,
    empty_figure,
    finish,
    group_labels,
    label,
    rows_figure,
    share_axis,
    side_notes,
    text_width,
    words_list,
)
from pmanalytics.metrics.discovery import discoverability
from pmanalytics.metrics.grouping import By
from pmanalytics.metrics.ownership import gap_rates, unowned_services
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import COMPONENTS, GAPS, counted, group_name, percent

__all__ = ["plot_discoverability", "plot_gap_rates", "plot_unowned_services"]


def plot_gap_rates(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """How many open items have each ownership gap, in words and in a fixed order.

    Takes a table of `gap_rates`, or a snapshot and the columns to group it by. With groups there is
    one bar per group: the share of its open items that have any gap.

    Examples:
        >>> plot_gap_rates(pd.DataFrame({"population": [], "items": []})).layout.meta["alt"]
        'Nothing is open, so there is nothing that could lack an owner.'
    """
    table = as_table(source, gap_rates, by=by)
    rows = table[table["population"] == "open"]
    if not (rows["items"] > 0).any():
        return empty_figure("Nothing is open, so there is nothing that could lack an owner.")
    return _gap_codes(rows.iloc[0]) if len(rows) == 1 else _gap_groups(rows)


def _gap_codes(row: pd.Series) -> go.Figure:
    items = counted(row["items"], "open item")
    title = [f"open items with the gap, of {items}"]
    figure = rows_figure(list(GAPS.values()), right=46, title=title, width=20)
    counts = [int(row[code]) for code in GAPS]
    figure.add_bar(
        x=counts, y=list(range(len(counts))), orientation="h", marker={"color": CALM},
        text=[f"{count:,}" for count in counts], textposition="outside", cliponaxis=False,
        hoverinfo="skip",
    )  # fmt: skip
    count_axis(figure)
    found = {words: str(count) for words, count in zip(GAPS.values(), counts, strict=True) if count}
    return finish(
        figure,
        f"Ownership gaps: {row['with_gap']} of {items} have at least one. "
        + (words_list(found) if found else "No gap was found."),
    )


def _gap_groups(rows: pd.DataFrame) -> go.Figure:
    rows, left = drawn_rows(rows)
    names = group_labels(rows, first="population")
    title = ["share of open items with at least one gap", *left]
    figure = rows_figure(names, title=title, tall=True)
    counts = [f"{gap} of {n}" for gap, n in zip(rows["with_gap"], rows["items"], strict=True)]
    figure.add_bar(
        x=rows["rate"].astype("Float64").to_numpy(dtype=float, na_value=float("nan")),
        y=list(range(len(rows))), orientation="h", marker={"color": CALM}, hoverinfo="skip",
    )  # fmt: skip
    notes = [f"<b>{percent(rate)}</b><br>{c}" for rate, c in zip(rows["rate"], counts, strict=True)]
    side_notes(figure, notes)
    share_axis(figure)
    said = dict(zip(names, counts, strict=True))
    return finish(figure, f"Open items with at least one ownership gap. {words_list(said)}")


def plot_unowned_services(source: pd.DataFrame | Snapshot) -> go.Figure:
    """Services that nobody owns, with what is open and overdue for them.

    Takes a table of `unowned_services`, or a snapshot.

    Examples:
        >>> plot_unowned_services(pd.DataFrame({"service": []})).layout.meta["alt"]
        'Every service that is known has an owner.'
    """
    table = as_table(source, unowned_services)
    if table.empty:
        return empty_figure("Every service that is known has an owner.")
    rows, left = drawn_rows(table)
    names = [group_name(service, "service") for service in rows["service"]]
    figure = _open_and_overdue(rows, names, title=["open items", *left])
    words = {
        name: f"{counted(incidents, 'incident')}, {counted(items, 'open item')}, {overdue} overdue"
        for name, incidents, items, overdue in zip(
            names, rows["incidents"], rows["open_items"], rows["overdue_items"], strict=True
        )
    }
    return finish(figure, f"Services without an owner. {words_list(words)}")


def _open_and_overdue(rows: pd.DataFrame, names: list[str], *, title: list[str]) -> go.Figure:
    figure = rows_figure(names, title=title, tall=True)
    figure.update_layout(barmode="overlay")
    for column, width, marker in (
        ("open_items", 0.68, BEHIND),
        ("overdue_items", 0.4, {"color": ALERT}),
    ):
        figure.add_bar(
            x=[int(number) for number in rows[column]], y=list(range(len(rows))),
            orientation="h", width=width, marker=marker, hoverinfo="skip",
        )  # fmt: skip
    said = [
        f"{items:,} open" + (f", <b>{overdue:,} overdue</b>" if overdue else "")
        + f"<br>{counted(incidents, 'incident')}"
        for items, overdue, incidents in zip(
            rows["open_items"], rows["overdue_items"], rows["incidents"], strict=True
        )
    ]  # fmt: skip
    side_notes(figure, said)
    count_axis(figure)
    # The numbers stand beside the bars, which have little room on a telephone.
    figure.update_xaxes(showticklabels=False)
    return figure


def plot_discoverability(source: pd.DataFrame | Snapshot, *, by: By = None) -> go.Figure:
    """Whether open items can be found: the share of them that has each mark.

    Takes a table of `discoverability`, or a snapshot and the columns to group it by. With groups
    there is a grid of shares, a row per group.

    Examples:
        >>> plot_discoverability(pd.DataFrame({"items": []})).layout.meta["alt"]
        'Nothing is open, so there is nothing to find.'
    """
    table = as_table(source, discoverability, by=by)
    if not (table["items"] > 0).any():
        return empty_figure("Nothing is open, so there is nothing to find.")
    rows, left = drawn_rows(table)
    names = group_labels(rows, first="items")
    said = {
        f"{name} ({counted(items, 'open item')})": ", ".join(
            f"{words} {percent(shares[code])}" for code, words in COMPONENTS.items()
        )
        for name, items, shares in zip(
            names, rows["items"], rows[list(COMPONENTS)].to_dict("records"), strict=True
        )
    }
    figure = _component_dots(rows.iloc[0]) if len(rows) == 1 else _component_grid(rows, names, left)
    return finish(figure, f"Shares of open items that can be found. {words_list(said)}")


def _component_dots(row: pd.Series) -> go.Figure:
    items = counted(row["items"], "open item")
    figure = rows_figure(list(COMPONENTS.values()), title=[f"share of {items}"], width=20)
    shares = [None if pd.isna(row[code]) else float(row[code]) for code in COMPONENTS]
    for place, share in enumerate(shares):
        figure.add_scatter(
            x=[0, share], y=[place, place], mode="lines", hoverinfo="skip",
            line={"color": GRID, "width": 4},
        )  # fmt: skip
    figure.add_scatter(
        x=shares, y=list(range(len(shares))), mode="markers", hoverinfo="skip",
        marker={"size": 11, "color": CALM},
    )  # fmt: skip
    side_notes(figure, [f"<b>{percent(share)}</b>" for share in shares])
    share_axis(figure)
    return figure


def _component_grid(rows: pd.DataFrame, names: pd.Series, left: list[str]) -> go.Figure:
    sized = [f"{name} (n={items:,})" for name, items in zip(names, rows["items"], strict=True)]
    title = ["share of the group's open items", *left]
    figure = rows_figure(sized, right=8, title=title, tall=True, width=14)
    for column, code in enumerate(COMPONENTS):
        shares = rows[code].astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
        figure.add_scatter(
            x=[column] * len(rows), y=list(range(len(rows))), mode="text", hoverinfo="skip",
            text=[percent(share) for share in shares], textfont={"size": 12},
        )  # fmt: skip
    heads = [label(code.replace("_", " ")) for code in COMPONENTS]
    above = 14 + text_width(heads)
    figure.update_xaxes(
        tickvals=list(range(len(COMPONENTS))), ticktext=heads, tickangle=-90,
        range=[-0.5, len(COMPONENTS) - 0.5], showgrid=False, side="top", title_standoff=4,
    )  # fmt: skip
    figure.update_yaxes(showgrid=True)
    figure.update_layout(margin={"t": above, "b": 12}, height=above + 12 + 40 * len(rows))
    return figure
