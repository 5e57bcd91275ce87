"""The executed notebook as a reader meets it: headings, text, exhibits and what lies beneath them.

The page, the summary and the manifest are made from this one value, so that they agree. It also
holds what is kept of the notebook itself: no paths, no clock, nothing of the machine it ran on.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pmanalytics.reporting.showing.media import (
    ABOUT_TYPE,
    EXHIBIT_TYPE,
    FIGURE_TYPE,
    FRONT_TYPE,
    ITEMS_TYPE,
    MARKDOWN_TYPE,
)

__all__ = ["Block", "Story", "kept_notebook", "read_story"]

KERNEL: Final = {"display_name": "Python 3", "language": "python", "name": "python3"}
HIDDEN_TAG: Final = "injected-parameters"
_FOLDERS: Final = re.compile(r"(?:[A-Za-z]:)?(?:[\\/][^\s\\/:\"']+)+[\\/](?=[^\s\\/]+)")


@dataclass(frozen=True)
class Block:
    """One part of the page: `kind` is text, exhibit or output."""

    kind: str
    text: str = ""
    exhibit: Mapping[str, Any] | None = None
    figure: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Story:
    """Everything that a report shows, in order."""

    title: str
    about: Mapping[str, Any]
    parameters: Mapping[str, Any]
    blocks: tuple[Block, ...]
    front: Mapping[str, Any] | None = None
    lists: Mapping[str, Any] | None = None

    @property
    def exhibits(self) -> tuple[Mapping[str, Any], ...]:
        """The exhibits, in the order of the page."""
        return tuple(block.exhibit for block in self.blocks if block.exhibit is not None)


def read_story(notebook: Any, *, title: str, parameters: Mapping[str, Any]) -> Story:
    """Take from an executed notebook what a reader is to see.

    `title` is used when the notebook has no heading of the first level; the subject of the report,
    such as a team, stands behind it. Code is left out; Markdown that a cell shows is text of the
    page, what it printed is kept as plain text, what it warned is not.
    """
    blocks: list[Block] = []
    about: Mapping[str, Any] = {}
    front: Mapping[str, Any] | None = None
    lists: Mapping[str, Any] | None = None
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            blocks.append(Block("text", text=cell.source))
            continue
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            about = data.get(ABOUT_TYPE, about)
            front = data.get(FRONT_TYPE, front)
            lists = data.get(ITEMS_TYPE, lists)
            if not data.keys() & {ABOUT_TYPE, FRONT_TYPE, ITEMS_TYPE}:
                blocks += _blocks(output, data)
    heading, blocks = _title(blocks)
    named = ": ".join(filter(None, [heading or title, about.get("subject")]))
    return Story(named, about, parameters, tuple(blocks), front, lists)


def _blocks(output: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Block]:
    if EXHIBIT_TYPE in data:
        yield Block("exhibit", exhibit=data[EXHIBIT_TYPE], figure=data.get(FIGURE_TYPE))
    elif FIGURE_TYPE in data:
        yield Block("exhibit", exhibit=_bare(data[FIGURE_TYPE]), figure=data[FIGURE_TYPE])
    elif MARKDOWN_TYPE in data:
        yield Block("text", text=str(data[MARKDOWN_TYPE]))
    elif "text/plain" in data:
        yield Block("output", text=str(data["text/plain"]))
    elif output.get("name") == "stdout":
        yield Block("output", text=str(output.get("text", "")))


def _bare(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A chart that a notebook showed without a table."""
    title = figure.get("layout", {}).get("title", {})
    name = title.get("text", "") if isinstance(title, Mapping) else ""
    return {
        "name": "", "title": name or "Chart", "findings": [], "notes": [],
        "question": "", "columns": [], "rows": [], "total_rows": 0,
        "alt": f"Chart: {name}" if name else "Chart",
    }  # fmt: skip


def _title(blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    """The first heading of the first level, which the page shows at its head, and all else."""
    found = ""
    kept = []
    for block in blocks:
        heading = re.search(r"^#[ \t]+(.+)$", block.text, re.MULTILINE)
        if block.kind == "text" and heading and not found:
            found = heading[1].strip()
            rest = (block.text[: heading.start()] + block.text[heading.end() :]).strip()
            kept += [Block("text", text=rest)] if rest else []
        else:
            kept.append(block)
    return found, kept


def kept_notebook(notebook: Any, *, parameters: Mapping[str, Any]) -> str:
    """The executed notebook as it is stored, as text.

    `parameters` are the ones that a reader may see: they replace those it ran with, among which is
    the folder of this run.
    """
    import nbformat

    kept = nbformat.from_dict(notebook)
    kept.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for position, cell in enumerate(kept.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
        if HIDDEN_TAG in cell.metadata.get("tags", ()):
            cell.id = "parameters-given"
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
        cell.id = cell.get("id") or f"cell-{position}"
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "stream":
                output.text = _FOLDERS.sub("", output.text)
    return str(nbformat.writes(kept)) + "\n"
