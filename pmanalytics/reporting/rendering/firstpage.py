"""The first screen as the page sets it: answers, what was decided last time, what to decide now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pmanalytics.reporting.showing.grids import Grid, grid
from pmanalytics.words import counted

__all__ = ["FirstPage", "Tile", "first_page"]

SHOWN_COMMITMENTS: Final = 5  # more of them are folded, so that the decisions stay in sight
# What was decided and what came of it stand first: a telephone shows no more without scrolling.
LEADING: Final = ("value", "state", "until")
# Said in the words of what came of it, and in the decision itself; the exhibit of all commitments
# keeps the columns.
LEFT_OUT: Final = ("days_over", "subject")


@dataclass(frozen=True)
class Tile:
    """One answer, or one decision: its texts, and what on the page they lead to."""

    label: str
    figure: str = ""
    detail: str = ""
    place: str = ""
    signal: bool = False
    list: str = ""


@dataclass(frozen=True)
class FirstPage:
    """The first screen, ready for the template."""

    answers: tuple[Tile, ...]
    decisions: tuple[Tile, ...]
    commitments: Grid | None
    further: Grid | None
    remark: str


def first_page(
    front: Mapping[str, Any],
    places: Mapping[str, str],
    *,
    lists: Mapping[str, Collection[str]] | None = None,
) -> FirstPage:
    """Set the first screen from the bundle of a front.

    `places` are the anchors of the exhibits on the page, by name, and `lists` tells which answers
    have a list of items or incidents; what leads to none is plain.

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
                _list(number, lists or {}),
            )
            for number, one in enumerate(front["answers"])
        ),
        decisions=tuple(
            Tile(one["text"], detail=one["why"], place=places.get(one["exhibit"], ""))
            for one in front["decisions"]
        ),
        commitments=grid(columns, shown) if shown else None,
        further=grid(columns, further) if further else None,
        remark=front["remark"],
    )


def _list(number: int, lists: Mapping[str, Collection[str]]) -> str:
    leading = [of for of, rows in lists.items() if str(number) in rows]
    return f"front:{number}:{leading[0]}" if leading else ""


def _led(
    columns: Sequence[Mapping[str, str]], rows: Sequence[Sequence[Any]]
) -> tuple[list[Mapping[str, str]], list[list[Any]]]:
    """The same table with the leading columns first, and what came of it in words."""
    names = [column["name"] for column in columns]
    if not {"value", "state", "days_over"} <= set(names):
        return list(columns), [list(row) for row in rows]
    first = [names.index(name) for name in LEADING if name in names]
    rest = [place for place, name in enumerate(names) if name not in (*LEADING, *LEFT_OUT)]
    told = [dict(zip(names, row, strict=True)) for row in rows]
    said = [one | {"state": _came_of_it(one["state"], one["days_over"])} for one in told]
    order = [*first, *rest]
    return (
        [columns[place] for place in order],
        [[one[names[place]] for place in order] for one in said],
    )


def _came_of_it(state: str, days_over: int | None) -> str:
    """What became of a commitment, with the days that it is over or has left.

    Examples:
        >>> _came_of_it("overdue", 1), _came_of_it("open", -19), _came_of_it("done", -3)
        ('overdue by 1 day', 'open, 19 days left', 'done')
    """
    if state == "overdue" and days_over:
        return f"overdue by {counted(days_over, 'day')}"
    if state == "open" and days_over is not None and days_over <= 0:
        return f"open, {counted(-days_over, 'day')} left"
    return state
