"""An exhibit: one figure with its table, its notes and the question that it puts to the reader.

A notebook shows exhibits; the page and the summary are made from what was shown. In JupyterLab an
exhibit is its chart, or its table where there is no chart.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmanalytics import words
from pmanalytics.errors import UsageError
from pmanalytics.publication import published
from pmanalytics.reporting.showing.grids import bundle_columns, bundle_rows, grid, grid_html
from pmanalytics.reporting.showing.media import EXHIBIT_TYPE, FIGURE_TYPE
from pmanalytics.reporting.showing.sentences import findings, metric_of
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import column_label

__all__ = ["Exhibit", "exhibit"]


@dataclass(frozen=True, eq=False)
class Exhibit:
    """One table, its figure if it has one, and the words around them.

    `name` is the name of its CSV file and of its anchor on the page; `findings` are the sentences
    that the table itself gives. `behind` is the snapshot in which the table was counted.
    """

    table: pd.DataFrame
    figure: Any
    name: str
    title: str
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    question: str = ""
    behind: Snapshot | None = None

    @property
    def alt(self) -> str:
        """What a reader is told who does not see the chart."""
        if self.figure is None:
            return ""
        meta = self.figure.layout.meta
        described = meta.get("alt") if isinstance(meta, Mapping) else None
        return words.plain(described or f"Chart: {self.title}. Its figures are in the table.")

    def bundle(self) -> dict[str, Any]:
        """What the notebook keeps of the exhibit, as JSON values; the figure goes beside it."""
        return {
            "name": self.name,
            "title": self.title,
            "findings": list(self.findings),
            "notes": list(self.notes),
            "question": self.question,
            "columns": bundle_columns(self.table),
            "rows": bundle_rows(self.table),
            "total_rows": len(self.table),
            "alt": self.alt,
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        bundle = self.bundle()
        lines = [self.title, *self.findings, *self.notes, self.question]
        laid = grid(bundle["columns"], bundle["rows"])
        shown = {
            EXHIBIT_TYPE: bundle,
            "text/html": grid_html(laid, caption=self.title),
            "text/plain": "\n".join(filter(None, lines)),
        }
        if self.figure is not None:
            shown[FIGURE_TYPE] = _figure_json(self.figure)
        return shown


def _figure_json(figure: Any) -> dict[str, Any]:
    # Through JSON text, because a figure holds arrays that only plotly's own encoder can write.
    return dict(json.loads(figure.to_json()))


def exhibit(
    table: pd.DataFrame,
    figure: Any = None,
    *,
    name: str,
    title: str | None = None,
    notes: str | Iterable[str] = (),
    question: str = "",
    behind: Snapshot | None = None,
) -> Exhibit:
    """Show a table, with its chart, as one part of a report.

    `table` is what a metric returned; it is shown as `publishable` leaves it, unless it has been
    there already with other options. `figure` is a plotly Figure of the same table. Without a
    `title` it bears that of the metric that `name` begins with. `notes` are sentences that stand
    beneath, and `question` is what the reader is asked to decide. A figure in which nothing is
    drawn is left out, and its text alternative says why; then, and without rows, the question is
    not put. `behind` is the snapshot that the table was counted in: with it, counts on the page
    lead to what they count. Raises UsageError when `name` cannot name a file, and what
    `publishable` raises.

    Examples:
        >>> shown = exhibit(pd.DataFrame({"total": [0]}), name="standings", title="Standings")
        >>> shown.findings
        ('There are no action items.',)
    """
    if not name.isidentifier() or not name.isascii():
        raise UsageError(
            f"An exhibit's name becomes a file name, and {name!r} cannot be one; write it like "
            "attainment_by_team."
        )
    shown = published(table)
    drawn = figure is not None and len(figure.data) > 0
    said = findings(shown, name)
    if figure is not None and not drawn and not said:
        said = (words.plain(figure.layout.meta["alt"]),)
    told = len(shown) > 0 and (drawn or figure is None)
    figure = figure if drawn else None
    return Exhibit(
        table=shown,
        figure=figure,
        name=name,
        title=words.plain(title or _title(name)),
        findings=said,
        notes=(*_figure_notes(figure), *((notes,) if isinstance(notes, str) else notes)),
        question=question if told else "",
        behind=behind,
    )


def _figure_notes(figure: Any) -> tuple[str, ...]:
    """What a chart leaves out, in sentences that its maker put beside its text alternative."""
    meta = None if figure is None else figure.layout.meta
    notes = meta.get("notes", ()) if isinstance(meta, Mapping) else ()
    return tuple(words.plain(note) for note in notes)


def _title(name: str) -> str:
    """The first line of the docstring of the metric, without its full stop."""
    from pmanalytics import metrics

    functions = {key: getattr(metrics, key) for key in getattr(metrics, "__all__", ())}
    function = functions.get(metric_of(name, functions))
    lines = (getattr(function, "__doc__", None) or "").strip().splitlines()
    return lines[0].removesuffix(".") if lines else column_label(name).capitalize()
