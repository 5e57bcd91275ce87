"""The first screen as the page sets it: answers, what was decided last time, what to decide now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pmanalytics.reporting.grids import Grid, grid

__all__ = ["FirstPage", "Tile", "first_page"]

SHOWN_COMMITMENTS: Final = 5  # more of them are folded, so that the decisions stay in sight
# What was decided and what came of it stand first: a telephone shows no more without scrolling.
LEADING: Final = ("value", "state", "days_over", "until")


@dataclass(frozen=True)
class Tile:
    """One answer, or one decision: its texts and the places on the page that it leads to."""

    label: str
    figure: str = ""
    detail: str = ""
    place: str = ""
    signal: bool = False


@dataclass(frozen=True)
class FirstPage:
    """The first screen, ready for the template."""

    answers: tuple[Tile, ...]
    decisions: tuple[Tile, ...]
    commitments: Grid | None
    further: Grid | None
    remark: str


def first_page(front: Mapping[str, Any], places: Mapping[str, str]) -> FirstPage:
    """Set the first screen from the bundle of a front.

    `places` are the anchors of the exhibits on the page, by name; what leads to none is plain.

    Examples:
        >>> answer = {"label": "Came back", "figure": "5", "detail": "", "exhibit": "repeats"}
        >>> bundle = {"answers": [answer], "decisions": [], "columns": [], "rows": [], "remark": ""}
        >>> first_page(bundle, {"repeats": "incidents-that-returned"}).answers[0].place
        'incidents-that-returned'
    """
    columns, rows = _led(front["columns"], front["rows"])
    shown, further = rows[:SHOWN_COMMITMENTS], rows[SHOWN_COMMITMENTS:]
    return FirstPage(
        answers=tuple(
            Tile(
                one["label"],
                one["figure"],
                one["detail"],
                places.get(one["exhibit"], ""),
                bool(one.get("signal")),
            )
            for one in front["answers"]
        ),
        decisions=tuple(
            Tile(one["text"], detail=one["why"], place=places.get(one["exhibit"], ""))
            for one in front["decisions"]
        ),
        commitments=grid(columns, shown) if shown else None,
        further=grid(columns, further) if further else None,
        remark=front["remark"],
    )


def _led(
    columns: Sequence[Mapping[str, str]], rows: Sequence[Sequence[Any]]
) -> tuple[list[Mapping[str, str]], list[list[Any]]]:
    """The same table with the leading columns first."""
    names = [column["name"] for column in columns]
    first = [names.index(name) for name in LEADING if name in names]
    order = [*first, *(place for place in range(len(names)) if place not in first)]
    return [columns[place] for place in order], [[row[place] for place in order] for row in rows]
