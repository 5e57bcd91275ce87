"""The page: one file that works without a network, made from the story of a report.

The chart library is the one that the installed plotly brings, packed into the page and unpacked by
the browser, so that the page stays near 2 MB and nothing is copied into this repository. The page
may run its own script and nothing else: whatever a ticket's title holds, it is text. The same
story gives the same bytes.
"""

import base64
import gzip
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

from pmanalytics.reporting.rendering.firstpage import FirstPage, first_page
from pmanalytics.reporting.rendering.panels import counted_cells, counting_rules, panel_data
from pmanalytics.reporting.rendering.templating import environment, safe, template_text
from pmanalytics.reporting.rendering.texts import DEFINITIONS, anchor, rendered
from pmanalytics.reporting.showing.grids import Grid, grid
from pmanalytics.reporting.showing.story import Block, Story
from pmanalytics.words import COLUMNS

__all__ = ["page_html", "prepare_page"]

STYLES: Final = ("page.css", "front.css", "lists.css", "print.css")
SCRIPTS: Final = ("page.js", "lists.js")
FILTERED_ROWS: Final = 8  # longer tables can be filtered
OPEN_ROWS: Final = 12  # longer tables are folded
PRINTED_ROWS: Final = 40  # longer tables stay folded on paper
FIRST_ROWS: Final = 30  # of others, print.css leaves out the rows after these
BESIDE_COLUMNS: Final = 7  # a table of more stands on paper beneath its chart, not beside it
BESIDE_TEXT: Final = 40  # letters; nor one with longer text
FILE_COLUMNS: Final = (
    "path", "format", "observed_at", "rows", "items", "incidents", "filtered", "duplicates",
    "rejects",
)  # fmt: skip
# What a notebook that opens no report says of itself.
EMPTY: Final[Mapping[str, Any]] = {
    "organisation": "", "sample": False, "period": "", "period_label": "", "as_of": "",
    "timezone": "", "policy": (), "method": (), "warnings": (), "counts": {}, "reject_count": 0,
    "unread_files": (), "period_remark": "",
}  # fmt: skip
# plotly reads a few tags in every label; the charts use these, and only these are let through.
_TAG: Final = re.compile(r"<(?!/?(?:b|i|br|sub|sup|extra)>)")
_VERBATIM: Final = frozenset({"tickformat", "hoverformat", "bdata", "dtype"})


@dataclass(frozen=True)
class Part:
    """One part of the page's body, ready for the template."""

    kind: str
    id: str = ""
    html: str = ""
    text: str = ""
    exhibit: Mapping[str, Any] | None = None
    grid: Grid | None = None
    figure: str = ""
    height: int = 0
    beside: bool = False


@dataclass(frozen=True)
class Entry:
    """One line of the contents."""

    level: int
    id: str
    text: str


def page_html(story: Story) -> str:
    """Make the page of a report: an HTML document that needs no other file.

    The charts are drawn by the browser from figures that stand in the page; every chart has a text
    alternative and its table beneath.
    """
    taken = {"contents", "data", "words", "short", "front", "behind"}
    parts = tuple(_parts(story, taken))
    places = {part.exhibit["name"]: part.id for part in parts if part.exhibit is not None}
    lede = _lede(parts)
    script = template_text(*SCRIPTS)
    return str(
        environment()
        .get_template("page.html.j2")
        .render(
            story=story,
            about={**EMPTY, **story.about},
            lede=lede,
            parts=parts[len(lede) :],
            contents=_contents(parts),
            front=_first_page(story, places),
            short=[] if story.front else _short(parts),
            parameters=_parameters(story),
            files=_files(story.about),
            rejects=_rejects(story.about),
            definitions=DEFINITIONS,
            style=safe(template_text(*STYLES)),
            script=safe(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            library=_library() if any(part.figure for part in parts) else "",
            lists=_packed(_script_json(panel_data(story.lists)).encode()) if story.lists else "",
            rules=counting_rules(story.lists, story.exhibits),
            filtered_rows=FILTERED_ROWS,
            open_rows=OPEN_ROWS,
            printed_rows=PRINTED_ROWS,
            first_rows=FIRST_ROWS,
        )
    )


def prepare_page() -> None:
    """Do ahead what every page needs, whatever stands on it."""
    environment()
    _library()


def _parts(story: Story, taken: set[str]) -> Iterator[Part]:
    number = 0
    for block in story.blocks:
        if block.kind == "text":
            yield from _text_parts(block.text, taken)
        elif block.kind == "output":
            yield Part("output", text=block.text)
        else:
            number += block.figure is not None
            yield _exhibit_part(block, number, taken, story.lists)


def _text_parts(text: str, taken: set[str]) -> Iterator[Part]:
    for piece in re.split(r"(<h[1-4]>.*?</h[1-4]>)", rendered(text), flags=re.DOTALL):
        heading = re.fullmatch(r"<h([1-4])>(.*)</h\1>", piece, re.DOTALL)
        if heading:
            plain = html.unescape(re.sub(r"<[^>]+>", "", heading[2]))
            kind = "heading" if int(heading[1]) <= 2 else "subheading"
            yield Part(kind, id=anchor(plain, taken), text=plain)
        elif piece.strip():
            yield Part("text", html=safe(piece))


def _exhibit_part(
    block: Block, number: int, taken: set[str], lists: Mapping[str, Any] | None
) -> Part:
    shown = block.exhibit or {}
    counted = counted_cells(lists, shown["name"])
    figure = dict(block.figure or {})
    laid = grid(shown["columns"], shown["rows"], counted=counted) if shown["columns"] else None
    return Part(
        "exhibit",
        id=anchor(shown["name"] or shown["title"], taken),
        exhibit=shown,
        grid=laid,
        figure=safe(_script_json(_drawable(figure))) if figure else "",
        height=int(figure.get("layout", {}).get("height") or 360),
        text=f"figure-{number}",
        beside=bool(figure and shown["rows"]) and _is_narrow(laid),
    )


def _is_narrow(laid: Grid | None) -> bool:
    return laid is not None and (
        len(laid.headers) <= BESIDE_COLUMNS
        and len(laid.rows) <= PRINTED_ROWS
        and all(len(cell.text) <= BESIDE_TEXT for row in laid.rows for cell in row)
    )


def _drawable(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A figure without its title, which is the heading above it, and with harmless labels."""
    layout = {
        name: value
        for name, value in figure.get("layout", {}).items()
        if name not in ("title", "width", "meta", "autosize")
    }
    return {"data": _harmless(figure.get("data", [])), "layout": _harmless(layout)}


def _harmless(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _harmless(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_harmless(part, key) for part in value]
    if isinstance(value, str) and key not in _VERBATIM:
        return _TAG.sub("&lt;", value).replace("$", "&#36;")
    return value


def _script_json(value: Any) -> str:
    """JSON that can stand inside a script element, whatever text it holds."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _library() -> str:
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        return ""
    source = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return _packed(source.read_bytes())


def _packed(content: bytes) -> str:
    """What the script unpacks: gzip without a clock in it, as text."""
    return base64.b64encode(gzip.compress(content, compresslevel=9, mtime=0)).decode("ascii")


def _lede(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The text before the first heading, which stands at the head of the page."""
    return tuple(takewhile(lambda part: part.kind == "text", parts))


def _first_page(story: Story, places: Mapping[str, str]) -> FirstPage | None:
    if not story.front:
        return None
    return first_page(story.front, places, lists=counted_cells(story.lists, "front"))


def _contents(parts: tuple[Part, ...]) -> list[Entry]:
    entries = []
    for part in parts:
        if part.kind == "heading":
            entries.append(Entry(1, part.id, part.text))
        elif part.exhibit is not None:
            entries.append(Entry(2, part.id, part.exhibit["title"]))
    return entries


def _short(parts: tuple[Part, ...]) -> list[Entry]:
    """All that the tables say, each sentence with its exhibit."""
    return [
        Entry(1, part.id, sentence)
        for part in parts
        if part.exhibit is not None
        for sentence in part.exhibit["findings"]
    ]


def _parameters(story: Story) -> dict[str, Any]:
    """What was set, or found where it was not: nobody needs to read that nothing was set."""
    found = {name: story.about.get(name) for name in ("period", "as_of")}
    effective = {name: value or found.get(name) for name, value in story.parameters.items()}
    return {name: value for name, value in effective.items() if value not in ("", None)}


def _files(about: Mapping[str, Any]) -> Grid | None:
    return _records_grid(about.get("files", []), FILE_COLUMNS)


def _rejects(about: Mapping[str, Any]) -> Grid | None:
    return _records_grid(about.get("rejects", []), ("file", "row", "rule", "detail"))


def _records_grid(records: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Grid | None:
    if not records:
        return None
    declared = [(name, *COLUMNS[name]) for name in names]
    columns = [{"name": name, "label": label, "kind": kind} for name, label, kind in declared]
    return grid(columns, [[record.get(name) for name in names] for record in records])
