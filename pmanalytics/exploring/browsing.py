"""Tables in a notebook that can be sorted and filtered, with our words above the columns.

A table is written as plain HTML, everything in it escaped, with the value behind a formatted cell
in `data-order`. That alone can be read everywhere. Where the notebook also holds a loader, a script
with the code of DataTables that the package itables installs, every such table on the page becomes
one that sorts and filters. Nothing is asked of the network.
"""

import gzip
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pandas as pd

from pmanalytics import words
from pmanalytics.publication import without_persons
from pmanalytics.reporting.showing.cells import NUMERIC, column_kind, json_value, written
from pmanalytics.tables import columns

__all__ = ["Browser", "Loader", "browse", "interactive_tables"]

MOST_ROWS: Final = 1000  # what a browser sorts at once, and a saved notebook can carry
# Columns of few different words, which are chosen from a list instead of typed.
CHOICES: Final = frozenset({"group", "code", "standing", "level", "gap", "flag", "population"})
SCRIPT: Final = Path(__file__).parent / "loader.js"
# JupyterLab gives every column the same width and sets text to the right.
STYLE: Final = (
    "<style>.pma-browse{overflow-x:auto}"
    ".pma-browse table{table-layout:auto!important;width:max-content!important;margin:0!important}"
    ".pma-browse :is(th,td){text-align:left!important;max-width:28em;white-space:normal!important}"
    ".pma-browse th{max-width:9em;vertical-align:bottom}"
    ".pma-browse td.pma-number{text-align:right!important}</style>"
)
READY: Final = (
    "Click on the head of a column to sort by it. In a longer table, the mark at a head filters by "
    "that column, and the box above searches all of it. Resting on a head tells what a column "
    "means. In a chart, drag to look closer and double-click to go back. Keep this cell's output: "
    "it holds what the tables need, so that they work without a network."
)
PLAIN: Final = (
    "Tables are shown plainly, because itables is not installed. Install pmanalytics[lab] and run "
    "this notebook again, and they can be sorted and filtered."
)


@dataclass(frozen=True, eq=False)
class Browser:
    """A table as a notebook shows it; `table` is what can be seen."""

    table: pd.DataFrame
    caption: str = ""

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": _html(self), "text/plain": str(self.table)}


@dataclass(frozen=True)
class Loader:
    """What makes the tables of a notebook sort and filter; `bundle` is empty without itables."""

    bundle: str
    style: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        said = READY if self.bundle else PLAIN
        return {"text/html": f"<p>{said}</p>{self._script()}", "text/plain": said}

    def _script(self) -> str:
        if not self.bundle:
            return ""
        code = SCRIPT.read_text(encoding="utf-8")
        code = code.replace("BUNDLE", self.bundle).replace("STYLE", self.style)
        return f"<script>{code}</script>"


def browse(table: pd.DataFrame | pd.Series, *, caption: str = "") -> Browser:
    """Show a table in a notebook, with words above its columns, to sort and to filter.

    Takes what a metric returns, or any other frame or series; counts are exact, and named levels of
    an index become columns. Columns that name persons are left out. Of more than 1,000 rows the
    first 1,000 are shown, and a sentence says so. Links lead to web addresses only. Sorting and
    filtering need the output of `interactive_tables` in the same notebook.

    Examples:
        >>> shown = browse(pd.DataFrame({"item_id": ["jira:PAY-1"], "owners": [["Ada"]]}))
        >>> shown.table.columns.tolist()
        ['item_id']
    """
    frame = table.to_frame() if isinstance(table, pd.Series) else table
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    return Browser(without_persons(frame), words.plain(caption))


def interactive_tables() -> Loader:
    """Let the tables of this notebook be sorted and filtered.

    Show what it returns once, near the top: it carries DataTables from the installed package
    itables, about 300 kB, and needs no network. Without itables it says what to install, and tables
    stay plain.

    Examples:
        >>> type(interactive_tables()).__name__
        'Loader'
    """
    if find_spec("itables") is None:
        return Loader("", "")
    import itables.options

    script = Path(itables.options.dt_bundle)
    return Loader(_packed(script), _packed(script.with_suffix(".css")))


def _packed(file: Path) -> str:
    """A file as a script can hold it; the time is left out, so that outputs can be compared."""
    return b64encode(gzip.compress(file.read_bytes(), mtime=0)).decode("ascii")


def _html(shown: Browser) -> str:
    table = shown.table.head(MOST_ROWS)
    every = list(map(str, table.columns))
    kinds = [column_kind(name, table.iloc[:, place], every) for place, name in enumerate(every)]
    columns_of = [map(json_value, table.iloc[:, place].tolist()) for place in range(len(every))]
    # The address of an item is behind its name.
    places = [p for p, name in enumerate(every) if name != "url" or "item_id" not in every]
    heads = "".join(_head(every[p], kinds[p], every) for p in places)
    body = "".join(_row(row, every, kinds, places) for row in zip(*columns_of, strict=True))
    caption = f"<caption>{escape(shown.caption)}</caption>" if shown.caption else ""
    return (
        f'{STYLE}<div class="pma-browse mathjax_ignore tex2jax_ignore">'
        f"<table>{caption}<thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table>"
        f"{_remark(shown.table)}</div>"
    )


def _remark(table: pd.DataFrame) -> str:
    if len(table) <= MOST_ROWS:
        return ""
    return (
        f"<p>The first {MOST_ROWS:,} of {len(table):,} rows; narrow the table, or write all of it "
        "with .to_csv.</p>"
    )


def _head(name: str, kind: str, names: list[str]) -> str:
    meaning = _meanings().get(name)
    title = escape(f"{name}: {meaning}" if meaning else name)
    choice = ' class="pma-choice"' if kind in CHOICES else ""
    return f'<th{choice} title="{title}">{escape(words.column_label(name, names))}</th>'


@cache
def _meanings() -> dict[str, str]:
    """What each column means; where two tables have one, in the later one, the snapshot."""
    known = columns()
    return dict(zip(known["column"], known["meaning"], strict=True))


def _row(row: tuple[Any, ...], names: list[str], kinds: list[str], places: list[int]) -> str:
    url = row[names.index("url")] if "url" in names else None
    return f"<tr>{''.join(_cell(names[p], kinds[p], row[p], url) for p in places)}</tr>\n"


def _cell(name: str, kind: str, value: Any, url: Any) -> str:
    text = words.plain(value) if kind == "link" else written(value, kind, name)
    address = words.plain(value if kind == "link" else url if name == "item_id" else None)
    inside = escape(text)
    if address.startswith(("https://", "http://")):
        inside = f'<a href="{escape(address)}" target="_blank" rel="noopener">{inside}</a>'
    if kind not in NUMERIC:
        return f"<td>{inside}</td>"
    order = "" if value is None else escape(str(value))
    return f'<td class="pma-number" data-order="{order}">{inside}</td>'
