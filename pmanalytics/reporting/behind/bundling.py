"""The lists of a report as the notebook keeps them: what each count leads to, and facts of each.

Every item and incident is told of once, however many lists it is in. A page holds so many of them
that it stays small for any company; all are in the CSV files beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any, Final

import pandas as pd

from pmanalytics import words
from pmanalytics.changes import places
from pmanalytics.metrics.gap_rules import CODES
from pmanalytics.reporting.behind.counted import Condition
from pmanalytics.reporting.behind.entries import (
    MOST_IDS,
    Listed,
    Shown,
    declared,
    group_keys,
    lists_behind,
)
from pmanalytics.reporting.showing.cells import column_kind, json_value, written
from pmanalytics.reporting.showing.fronts import Answer
from pmanalytics.reporting.showing.media import ITEMS_TYPE
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import column_label

__all__ = ["ItemLists", "item_lists"]

MOST_TOLD: Final = {"items": 1500, "incidents": 500}  # on one page
LONGEST: Final = 200  # letters of a title
ITEM_FACTS: Final = (
    "item_id", "title", "severity", "team", "service", "standing", "due_on", "days_over", "url",
)  # fmt: skip
INCIDENT_FACTS: Final = ("incident_id", "title", "severity", "service", "started_on", "url")
FILES: Final = {"items": "tables/items.csv", "incidents": "tables/incidents.csv"}
# What a count is of, where nothing but the groups needs to be said.
PLAIN: Final = frozenset({"items", "n", "total", "incidents", "of"})
# The kinds of columns whose values speak for themselves.
SPEAKING: Final = frozenset(
    {"group", "standing", "gap", "population", "return", "code", "flag", "level"}
)


@dataclass(frozen=True, eq=False)
class ItemLists:
    """What the counts of a report lead to, ready for the page."""

    items: tuple[tuple[Any, ...], ...]
    incidents: tuple[tuple[Any, ...], ...]
    lists: Mapping[str, Any]

    def bundle(self) -> dict[str, Any]:
        """What the notebook keeps, as JSON values."""
        return {
            "items": [list(row) for row in self.items],
            "incidents": [list(row) for row in self.incidents],
            "lists": dict(self.lists),
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        told = (
            words.counted(len(self.items), "item"),
            words.counted(len(self.incidents), "incident"),
        )
        return {ITEMS_TYPE: self.bundle(), "text/plain": "Counts lead to {} and {}.".format(*told)}


def item_lists(
    tables: Sequence[Shown],
    snapshot: Snapshot,
    *,
    answers: Sequence[Answer] = (),
) -> ItemLists:
    """Find what the counts of a report's tables, and of its answers, lead to.

    `snapshot` is the report's own: its items are those of tables/items.csv, and a table that was
    counted on another day has no lists. `answers` are those of a front.
    """
    whole = snapshot.whole
    of_answers = [
        {
            "items": _first(answer.items, whole.items, "item_id", "days_over"),
            "incidents": _first(answer.incidents, whole.incidents, "incident_id", "started_on"),
        }
        for answer in answers
    ]
    same = [shown for shown in tables if shown.snapshot.as_of == snapshot.as_of]
    found = lists_behind(same)
    ids = {of: _ids(found, [own[of] for own in of_answers], of) for of in FILES}
    place = {of: {name: at for at, name in enumerate(names)} for of, names in ids.items()}
    lists: dict[str, Any] = {
        shown.name: _table_lists(shown, found[shown.name], snapshot, place)
        for shown in same
        if shown.name in found
    }
    if any(answer.items or answer.incidents for answer in answers):
        lists["front"] = _answer_lists(answers, of_answers, place)
    return ItemLists(
        items=_facts(whole.items, ids["items"], ITEM_FACTS),
        incidents=_facts(whole.incidents, ids["incidents"], INCIDENT_FACTS),
        lists=lists,
    )


def _source(of: str) -> str:
    return "incidents" if of == "incidents" else "items"


def _first(ids: Sequence[str], frame: pd.DataFrame, name: str, by: str) -> list[str]:
    """The first ids of an answer: those with the most days over, or the latest."""
    place = places(frame[name], pd.Series(ids, dtype="str").drop_duplicates())
    known = frame.loc[place >= 0, [name, by]]
    return known.sort_values(by, ascending=False, kind="stable")[name].head(MOST_IDS).tolist()


def _ids(
    found: Mapping[str, Sequence[Listed]], of_answers: Sequence[Sequence[str]], of: str
) -> list[str]:
    """The ids of all lists, each once, the first of every list before the second of any."""
    of_cells = [
        ids
        for listed in chain.from_iterable(found.values())
        if _source(listed.of) == of
        for _, ids in listed.cells.values()
    ]
    by_rank = chain.from_iterable(zip_longest(*of_answers, *of_cells))
    named = dict.fromkeys(name for name in by_rank if name is not None)
    return list(named)[: MOST_TOLD[of]]


def _table_lists(
    shown: Shown,
    found: Sequence[Listed],
    snapshot: Snapshot,
    place: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    narrowing = _narrowing(shown.snapshot, snapshot)
    rows = sorted({row for listed in found for row in listed.cells})
    names = [str(name) for name in shown.table.columns]
    return {
        "rows": dict(zip(map(str, rows), _row_labels(shown, rows, names), strict=True)),
        "columns": {
            listed.column: {
                "label": "" if listed.column in PLAIN else column_label(listed.column, names),
                "of": listed.of,
                "cells": {
                    str(row): [number, _known(ids, place[_source(listed.of)])]
                    for row, (number, ids) in listed.cells.items()
                },
                **_filters(listed, narrowing),
            }
            for listed in found
        },
    }


def _known(ids: Iterable[str], place: Mapping[str, int]) -> list[int]:
    return [place[name] for name in dict.fromkeys(ids) if name in place]


def _answer_lists(
    answers: Sequence[Answer],
    first: Sequence[Mapping[str, Sequence[str]]],
    place: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """The lists behind the answers of the first screen, each a row of its own."""
    columns: dict[str, Any] = {}
    for of in ("items", "incidents"):
        cells = {
            str(row): [len(set(getattr(answer, of))), _known(first[row][of], place[of])]
            for row, answer in enumerate(answers)
            if first[row][of]
        }
        columns[of] = {"label": "", "of": of, "cells": cells}
    labels = {str(row): words.plain(answer.label) for row, answer in enumerate(answers)}
    return {"rows": labels, "columns": columns}


def _row_labels(shown: Shown, rows: Sequence[int], names: Sequence[str]) -> list[str]:
    """The words for some rows of a table: those of their groups."""
    of_row = set()
    for counted in declared(shown):
        of_row |= {*group_keys(shown, counted), counted.row}
    table = shown.table.iloc[list(rows)]
    said = [_said(table[name], name, names) for name in names if name in of_row]
    return [", ".join(row) for row in zip(*said, strict=True)] if said else [""] * len(rows)


def _said(values: pd.Series, name: str, names: Sequence[str]) -> list[str]:
    kind = column_kind(name, values, names)
    said = [written(json_value(value), kind, name) for value in values.tolist()]
    label = "" if kind in SPEAKING else f"{column_label(name, names)} "
    return [f"{label}{one}" for one in said]


def _filters(listed: Listed, narrowing: str | None) -> dict[str, Any]:
    """In words, how to filter the CSV for the same rows; nothing where its columns cannot tell."""
    if narrowing is None or listed.of in ("moves", "before"):
        return {}
    rows = {str(row): _where(condition) for row, condition in listed.rows.items()}
    common = " and ".join(filter(None, [_where(listed.condition), narrowing]))
    return {"where": common, "row_where": rows}


def _where(condition: Condition) -> str:
    """A condition in the words of a filter.

    Examples:
        >>> _where({"severity": ("sev1",), "matured": (True,), "standing": ("met", "late")})
        'severity is sev1 and matured is true and standing is one of met, late'
    """
    return " and ".join(_asked(name, values) for name, values in condition.items())


def _asked(name: str, values: tuple[Any, ...]) -> str:
    # The files hold these flags as words in one column each.
    if name == "with_gap":
        return "gaps is not empty"
    if name in CODES:
        return f"gaps contains {name}"
    if name.startswith("lacks_"):
        return f"lacks contains {name.removeprefix('lacks_')}"
    return f"{name} {_values(values)}"


def _values(values: tuple[Any, ...]) -> str:
    said = ["empty" if value is None else _value(value) for value in values]
    return f"is {said[0]}" if len(said) == 1 else f"is one of {', '.join(said)}"


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else words.plain(value)


def _narrowing(taken: Snapshot, own: Snapshot) -> str | None:
    """How a table was narrowed within the items of the report, None where no filter tells that."""
    if len(taken.items) == len(own.items):
        return ""
    condition = {name: tuple(kept) for name, kept in taken.narrowed}
    if len(own.where(**{name: list(kept) for name, kept in condition.items()}).items) == len(
        taken.items
    ):
        return _where(condition)
    targeted = int(own.items["target_days"].notna().sum()) == len(taken.items)
    return "target_days is not empty" if targeted else None


def _facts(
    frame: pd.DataFrame, ids: Sequence[str], names: Sequence[str]
) -> tuple[tuple[Any, ...], ...]:
    """What a reader sees of each item or incident, in words."""
    place = places(pd.Series(ids, dtype="str"), frame[names[0]])
    known = frame[list(names)].iloc[place]
    columns = [[_fact(name, value) for value in known[name].tolist()] for name in names]
    return tuple(zip(*columns, strict=True))


def _fact(name: str, value: Any) -> Any:
    value = json_value(value)
    if name == "days_over":
        return value
    if name in ("severity", "team", "service"):
        return words.group_name(value, name)
    if name == "standing":
        return words.STANDINGS.get(value, words.plain(value))
    text = words.plain(value)
    if name == "url":
        return text if text.startswith(("https://", "http://")) else ""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
