"""Heat maps: a cell per pair of groups, with its count; the darker, the more."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import plotly.graph_objects as go

from pmanalytics.charts.palette import ALERT, GREY, faint
from pmanalytics.charts.style import (
    MAXIMUM_ROWS,
    TEMPLATE,
    as_table,
    empty_figure,
    finish,
    label,
    left_margin,
    text_width,
    words_list,
)
from pmanalytics.errors import UsageError
from pmanalytics.metrics.assignments import hand_offs
from pmanalytics.metrics.completion import standings
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import DASH, counted, group_name

__all__ = ["plot_hand_offs", "plot_overdue_map"]

By = str | Sequence[str]
Cells = Mapping[tuple[str, str], int | None]

# Through the darkest cell the ink of the light and of the dark page can still be read.
FAINTEST: Final = 0.08
DARKEST: Final = 0.45
MAXIMUM_COLUMNS: Final = 16
WIDEST_HEAD: Final = 66
ROW: Final = 30


def plot_overdue_map(
    source: pd.DataFrame | Snapshot, *, by: By = ("team", "severity")
) -> go.Figure:
    """Overdue items by team and severity, as a map with the count in each cell.

    Takes a table of `standings` by two columns, or a snapshot and two columns to group it by: the
    first gives the rows, the second the columns, both in the order of the table and not of the
    counts. The more overdue items, the darker. A cell without any item stays empty, and one whose
    count was withheld is a dash. Raises UsageError for a table that is not by two columns.

    Examples:
        >>> columns = ["team", "severity", "total", "overdue"]
        >>> plot_overdue_map(pd.DataFrame(columns=columns)).layout.meta["alt"]
        'No item is overdue.'
    """
    table = as_table(source, standings, by=by)
    groups = [str(name) for name in table.columns[: list(table.columns).index("total")]]
    if len(groups) != 2:
        raise UsageError(
            f"A map has rows and columns, and this table is by {len(groups)} columns; group it by "
            "two, such as team and severity."
        )
    if not (table["overdue"] > 0).any():
        return empty_figure("No item is overdue.")
    rows, columns = ([group_name(value, name) for value in table[name]] for name in groups)
    cells = _cells(rows, columns, table["overdue"])
    drawn = [place for place, count in cells.items() if count is None or count]
    late = _distinct([row for row, _ in drawn])
    figure, notes = _map(
        cells, rows=late, columns=_sorted([column for _, column in drawn]), color=ALERT
    )
    if len(late) < len(set(rows)):
        notes.append("Groups without an overdue item are left out.")
    return finish(figure, f"Overdue items. {words_list(_said(cells, late))}", notes=notes)


def plot_hand_offs(source: pd.DataFrame | Snapshot) -> go.Figure:
    """From which team to which items were handed on, as a map with the count in each cell.

    Takes a table of `hand_offs` without groups, or a snapshot. The rows are the teams that handed
    items on, the columns those that took them, both in the order of the alphabet; a cell counts
    items. The more, the darker.

    Examples:
        >>> plot_hand_offs(pd.DataFrame({"from_team": [], "to_team": []})).layout.meta["alt"]
        'No item is known to have been handed on from one team to another.'
    """
    table = as_table(source, hand_offs)
    if table.empty:
        return empty_figure("No item is known to have been handed on from one team to another.")
    giving = [group_name(team, "team") for team in table["from_team"]]
    taking = [group_name(team, "team") for team in table["to_team"]]
    cells = _cells(giving, taking, table["items"])
    figure, notes = _map(
        cells, rows=_sorted(giving), columns=_sorted(taking), color=GREY,
        sides=("from", "to"),
    )  # fmt: skip
    said = {f"{one} to {other}": counted(count, "item") for (one, other), count in cells.items()}
    return finish(figure, f"Items handed on between teams. {words_list(said)}", notes=notes)


def _cells(rows: Sequence[str], columns: Sequence[str], counts: pd.Series) -> Cells:
    return {
        (row, column): None if pd.isna(count) else int(count)
        for row, column, count in zip(rows, columns, counts, strict=True)
    }


def _distinct(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _sorted(names: Sequence[str]) -> list[str]:
    """Each name once by the alphabet, those of what is missing last."""
    return sorted(set(names), key=lambda name: (name.startswith("no "), name.casefold()))


def _said(cells: Cells, rows: Sequence[str]) -> dict[str, str]:
    return {
        row: ", ".join(
            f"{count} {column}" for (one, column), count in cells.items() if one == row and count
        )
        for row in _distinct(rows)
    }


def _map(
    cells: Cells,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    color: str,
    sides: tuple[str, str] = ("", ""),
) -> tuple[go.Figure, list[str]]:
    """The map, and a sentence about rows and columns for which there is no room."""
    left = max(len(rows) - MAXIMUM_ROWS, 0) + max(len(columns) - MAXIMUM_COLUMNS, 0)
    kinds = "row or column" if left == 1 else "rows or columns"
    notes = [f"{left} more {kinds} can be found in the table."] if left else []
    rows, columns = rows[:MAXIMUM_ROWS], columns[:MAXIMUM_COLUMNS]
    shown = {
        (rows.index(row), columns.index(column)): count
        for (row, column), count in cells.items()
        if row in rows and column in columns
    }
    figure = _frame(rows, columns, sides)
    most = max((count or 0 for count in shown.values()), default=0)
    coloured = {place: count for place, count in shown.items() if count}
    figure.add_bar(
        x=[0.94] * len(coloured), base=[column - 0.47 for _, column in coloured],
        y=[row for row, _ in coloured], orientation="h", width=0.88, hoverinfo="skip",
        marker={
            "color": [
                faint(color, opacity=FAINTEST + (DARKEST - FAINTEST) * count / most)
                for count in coloured.values()
            ],
            "line": {"width": 0},
        },
    )  # fmt: skip
    figure.add_scatter(
        x=[column for _, column in shown], y=[row for row, _ in shown], mode="text",
        text=[_written(count) for count in shown.values()], hoverinfo="skip",
        textfont={"size": 13},
    )  # fmt: skip
    return figure, notes


def _written(count: int | None) -> str:
    return DASH if count is None else f"{count:,}" if count else "·"


def _frame(rows: Sequence[str], columns: Sequence[str], sides: tuple[str, str]) -> go.Figure:
    """The axes of a map: rows at the left, columns on top, upright where they are many."""
    names = [label(name) for name in rows]
    heads = [label(name, width=10) for name in columns]
    upright = len(columns) > 4 or text_width(heads) > WIDEST_HEAD
    if upright:
        heads = [label(name, width=24, lines=1) for name in columns]
    above = (text_width(heads) if upright else 32) + 14
    figure = go.Figure()
    figure.update_layout(
        template=TEMPLATE, height=above + ROW * len(names) + 12, barmode="overlay",
        margin={"l": left_margin(names), "r": 12, "t": above, "b": 12},
    )  # fmt: skip
    figure.update_xaxes(
        tickvals=list(range(len(heads))), ticktext=heads, side="top", showgrid=False,
        tickangle=-90 if upright else 0, range=[-0.5, len(heads) - 0.5],
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, showgrid=False,
        range=[len(names) - 0.5, -0.5],
    )  # fmt: skip
    if any(sides):
        figure.add_annotation(
            x=0, xref="paper", xanchor="right", xshift=-8, y=1, yref="paper", yanchor="bottom",
            yshift=4, align="right", text=f"<b>{sides[1]} →<br>{sides[0]} ↓</b>",
        )  # fmt: skip
    return figure
