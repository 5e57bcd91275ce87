"""A table as people read it: columns with words, limits joined into one column, zeros left out.

A metric returns every count that somebody may need, which is more than fits a page or a telephone.
A grid keeps what has something to say: a lower and an upper limit become one column, and columns
that are zero or missing in every row are named in a sentence beneath instead.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd

from pmanalytics import words
from pmanalytics.reporting.showing.cells import (
    DASH,
    NUMERIC,
    column_kind,
    json_value,
    written,
)
from pmanalytics.words import column_label

__all__ = ["MAXIMUM_ROWS", "Cell", "Grid", "bundle_columns", "bundle_rows", "grid", "grid_html"]

MAXIMUM_ROWS: Final = 200
WIDEST: Final = 12  # with more columns, a table of few rows is turned
FEWEST: Final = 4
LONGEST: Final = 20  # letters of a cell that is written on one line
FILTERED: Final = ("team", "severity")  # what a reader may narrow a long table to

# the two columns that are shown as one, and its label
LIMITS: Final[Mapping[str, tuple[str, str]]] = {
    "low": ("high", "95% interval"),
    "bound_low": ("bound_high", "with the unknown"),
    "median_low": ("median_high", "95% interval of that day"),
    "lower": ("upper", "usual range"),
    "lower_95": ("upper_95", "95% limits"),
    "lower_998": ("upper_998", "99.8% limits"),
    "low_with": ("high_with", "95% interval, both present"),
    "low_without": ("high_without", "95% interval, not both"),
    "low_with_before": ("high_with_before", "95% interval, both present, before"),
    "low_without_before": ("high_without_before", "95% interval, not both, before"),
    "low_before": ("high_before", "95% interval, before"),
    "bound_low_before": ("bound_high_before", "with the unknown, before"),
    "median_low_before": ("median_high_before", "95% interval of that day, before"),
    "change_low": ("change_high", "95% interval of the change"),
    "tried_low": ("tried_high", "95% interval, as tried"),
    "top_1_low": ("top_1_high", "95% interval, first"),
    "top_3_low": ("top_3_high", "95% interval, first three"),
    "precision_low": ("precision_high", "95% interval, right"),
}
# Columns that say something only where another one does.
FOLLOWERS: Final[Mapping[str, str]] = {"attainment_adjusted": "waived", "bound_low": "unknown"}
# Counts that say nothing when they are zero throughout; every other column is always shown.
SPARSE: Final = frozenset(
    {
        "late", "dropped_in_time", "dropped_late", "no_target", "unknown", "waived", "pending",
        "dropped", "reopened", "signal", "filtered", "duplicates", "rejects", *words.GAPS,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One cell: its text, an address when it is a link, and the list that a count leads to."""

    text: str
    url: str = ""
    list: str = ""


@dataclass(frozen=True)
class Grid:
    """What is shown of a table: headers, a style per column, cells, and a remark.

    The style is number (aligned at the right), key (never broken over two lines), long (given
    room on a telephone) or empty. `filters` are the places of the columns that a reader may filter
    by.
    """

    headers: tuple[str, ...]
    styles: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    remark: str = ""
    filters: tuple[int, ...] = ()


def bundle_columns(table: pd.DataFrame) -> list[dict[str, str]]:
    """The columns of a table with their labels and kinds, as the notebook keeps them.

    Examples:
        >>> bundle_columns(pd.DataFrame({"due": [3]}))
        [{'name': 'due', 'label': 'due', 'kind': 'integer'}]
    """
    names = list(map(str, table.columns))
    return [
        {
            "name": name,
            "label": column_label(name, names),
            "kind": column_kind(name, table.iloc[:, place], names),
        }
        for place, name in enumerate(names)
    ]


def bundle_rows(table: pd.DataFrame) -> list[list[Any]]:
    """The first rows of a table as JSON values; there are at most `MAXIMUM_ROWS`.

    Examples:
        >>> bundle_rows(pd.DataFrame({"team": [None, "core"]}))
        [[None], ['core']]
    """
    head = table.head(MAXIMUM_ROWS)
    listed = [head.iloc[:, position].tolist() for position in range(head.shape[1])]
    return [[json_value(value) for value in row] for row in zip(*listed, strict=True)]


def grid(
    columns: Sequence[Mapping[str, str]],
    rows: Sequence[Sequence[Any]],
    *,
    counted: Mapping[str, Collection[str]] | None = None,
) -> Grid:
    """Lay a table out for reading.

    `counted` are the columns whose counts lead to a list, each with the numbers of those rows.

    Examples:
        >>> table = pd.DataFrame({"due": [4], "low": [0.2], "high": [0.8], "waived": [0]})
        >>> laid = grid(bundle_columns(table), bundle_rows(table))
        >>> laid.headers, [cell.text for cell in laid.rows[0]], laid.remark
        (('due', '95% interval'), ['4', '20–80%'], 'Zero throughout: waived.')
    """
    places = {column["name"]: position for position, column in enumerate(columns)}
    silent = [c["name"] for c in columns if _says_nothing(c["name"], places[c["name"]], rows)]
    hidden = {name for name, leader in FOLLOWERS.items() if leader in silent} | set(silent)
    uppers = {upper for lower, (upper, _) in LIMITS.items() if lower in places and upper in places}
    linked = {"url"} if "item_id" in places else set()
    left_out = hidden | uppers | linked
    shown = [column for column in columns if column["name"] not in left_out]
    lists = counted or {}
    laid = Grid(
        headers=tuple(_header(column, places) for column in shown),
        styles=tuple(_style(column["kind"]) for column in shown),
        rows=tuple(
            tuple(
                _leading(_cell(column, places, row), column["name"], at, lists) for column in shown
            )
            for at, row in enumerate(rows)
        ),
        remark=_remark(silent, {c["name"]: c["label"] for c in columns}),
        filters=tuple(at for at, c in enumerate(shown) if c["name"] in FILTERED),
    )
    wide = len(shown) > WIDEST and 0 < len(rows) <= FEWEST
    named = bool(laid.styles) and laid.styles[0] != "number"
    return _turned(laid) if wide and (named or len(rows) == 1) else laid


def _leading(cell: Cell, name: str, row: int, counted: Mapping[str, Collection[str]]) -> Cell:
    """The cell with the list that it leads to, if it leads to one."""
    return Cell(cell.text, list=f"{row}:{name}") if str(row) in counted.get(name, ()) else cell


def _turned(laid: Grid) -> Grid:
    """The same table with its rows as columns, for a few rows of very many figures.

    A single row that begins with a figure has no name: its column is called the figure.
    """
    first = 0 if laid.styles[0] == "number" else 1
    names = [row[0].text for row in laid.rows] if first else ["figure"]
    body = list(zip(laid.headers[first:], *(row[first:] for row in laid.rows), strict=True))
    # Text among the figures may have to be broken into lines, which figures never are.
    plain = all(len(cell.text) <= LONGEST for _, *cells in body for cell in cells)
    return Grid(
        headers=("", *names),
        styles=("", *["number" if plain else ""] * len(names)),
        rows=tuple((Cell(header), *cells) for header, *cells in body),
        remark=laid.remark,
    )


def _style(kind: str) -> str:
    return "number" if kind in NUMERIC else kind if kind in ("key", "long") else ""


def _says_nothing(name: str, place: int, rows: Sequence[Sequence[Any]]) -> bool:
    return name in SPARSE and bool(rows) and all(row[place] in (0, None, "", False) for row in rows)


def _remark(names: Sequence[str], labels: Mapping[str, str]) -> str:
    zeros = [labels[name] for name in names if name != "signal"]
    said = [f"Zero throughout: {'; '.join(zeros)}."] if zeros else []
    return " ".join([*said, "No row is a signal."] if "signal" in names else said)


def _header(column: Mapping[str, str], places: Mapping[str, int]) -> str:
    upper, label = LIMITS.get(column["name"], ("", ""))
    return label if upper in places else column["label"]


def _cell(column: Mapping[str, str], places: Mapping[str, int], row: Sequence[Any]) -> Cell:
    name, kind = column["name"], column["kind"]
    value = row[places[name]]
    upper, _ = LIMITS.get(name, ("", ""))
    if upper in places:
        return Cell(_limits(value, row[places[upper]], kind))
    if kind == "link":
        return _link(value)
    if name == "item_id" and "url" in places:
        return Cell(written(value, kind, name), _link(row[places["url"]]).url)
    return Cell(written(value, kind, name))


def _limits(low: Any, high: Any, kind: str) -> str:
    if low is None and high is None:
        return DASH
    first, last = written(low, kind), written(high, kind)
    if DASH in (first, last):
        return DASH
    for unit in ("%", " points"):
        if first.endswith(unit) and last.endswith(unit):
            first = first.removesuffix(unit)
    joint = "–" if first[-1:].isdigit() and last[:1].isdigit() and first[:1] != "-" else " to "
    return f"{first}{joint}{last}"


def _link(value: Any) -> Cell:
    # An address from an export may be a script; only pages on the web become links.
    address = words.plain(value)
    safe = address.startswith(("https://", "http://"))
    return Cell("open", address) if safe else Cell(address or DASH)


def grid_html(laid: Grid, *, caption: str = "", rows: int = 20) -> str:
    """A grid as a small HTML table, everything in it escaped; used by the notebook's own output.

    Examples:
        >>> print(grid_html(Grid(("team",), ("",), ((Cell("<b>"),),))))
        <table><thead><tr><th>team</th></tr></thead>
        <tbody><tr><td>&lt;b&gt;</td></tr></tbody></table>
    """
    head = "".join(f"<th>{escape(header)}</th>" for header in laid.headers)
    body = "".join(f"<tr>{''.join(map(_td, row))}</tr>" for row in laid.rows[:rows])
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    more = len(laid.rows) - rows
    rest = f"<p>and {more} more rows</p>" if more > 0 else ""
    return (
        f"<table>{title}<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"
        + (f"<p>{escape(laid.remark)}</p>" if laid.remark else "")
        + rest
    )


def _td(cell: Cell) -> str:
    if cell.url:
        return f'<td><a href="{escape(cell.url)}">{escape(cell.text)}</a></td>'
    return f"<td>{escape(cell.text)}</td>"
