"""What lies behind the counts of a report: for each counted cell, the items or incidents it counts.

A list is given only where it has as many entries as its cell says. So a table that a notebook
changed, or a count that is declared nowhere, stays plain, and no link leads to other items than
those that were counted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.reporting.behind.counted import COUNTED, Condition, Counted
from pmanalytics.reporting.behind.marks import counted_in, marked, names_of
from pmanalytics.reporting.showing.grids import MAXIMUM_ROWS
from pmanalytics.reporting.showing.sentences import metric_of
from pmanalytics.snapshots import Snapshot

__all__ = ["MOST_IDS", "Listed", "Shown", "declared", "group_keys", "lists_behind"]

MOST_IDS: Final = 50  # of one list on the page; all of them are in the CSV
Keys = Mapping[str, tuple[np.ndarray, pd.Index]]


@dataclass(frozen=True, eq=False)
class Shown:
    """A table of a report as the page shows it, its name, and the snapshot it was counted in."""

    name: str
    table: pd.DataFrame
    snapshot: Snapshot


@dataclass(frozen=True)
class Listed:
    """The lists behind one column of a table.

    `of` is items, incidents, moves or before. `cells` holds, by the place of the row, how many are
    counted there and the first ids. `condition` is what all of them meet, `rows` what those of a
    row meet besides; both name columns of the CSV beside the page, and are empty where its columns
    cannot tell.
    """

    column: str
    of: str
    condition: Condition
    rows: Mapping[int, Condition]
    cells: Mapping[int, tuple[int, tuple[str, ...]]]


@dataclass(frozen=True, eq=False)
class _Coded:
    """What may be counted, each column as numbers of its distinct values."""

    ids: pd.Series
    at: np.ndarray
    columns: Keys


def lists_behind(tables: Sequence[Shown]) -> dict[str, tuple[Listed, ...]]:
    """The lists behind the counted columns of some tables, by the name of the table.

    Each distinct snapshot is looked at once.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> shown = Shown("standings", pma.standings(q3), q3)
        >>> total = lists_behind([shown])["standings"][0]
        >>> total.column, total.cells[0][0] == len(q3.items), len(total.cells[0][1])
        ('total', True, 50)
    """
    asked = [(shown, counted) for shown in tables for counted in declared(shown)]
    coded = _coded(asked)
    found: dict[str, list[Listed]] = {}
    for shown, counted in asked:
        known = coded[id(shown.snapshot), counted.of]
        found.setdefault(shown.name, []).extend(_listed(shown, counted, known))
    return {name: tuple(lists) for name, lists in found.items() if lists}


def declared(shown: Shown) -> tuple[Counted, ...]:
    """How the columns of a table are counted: by its name, else by the columns that it has."""
    metric = metric_of(shown.name, COUNTED)
    if metric:
        return COUNTED[metric]
    cells = {
        name: {cell for one in counted for cell in one.cells} for name, counted in COUNTED.items()
    }
    rows = {name: {one.row for one in counted if one.row} for name, counted in COUNTED.items()}
    fitting = [name for name in COUNTED if cells[name] | rows[name] <= set(shown.table)]
    return COUNTED[max(fitting, key=lambda name: len(cells[name]))] if fitting else ()


def _coded(asked: Iterable[tuple[Shown, Counted]]) -> dict[tuple[int, str], _Coded]:
    """What may be counted in each snapshot, with all columns that some table needs."""
    needed: dict[tuple[int, str], tuple[Snapshot, set[str]]] = {}
    for shown, counted in asked:
        _, names = needed.setdefault((id(shown.snapshot), counted.of), (shown.snapshot, set()))
        names |= set(group_keys(shown, counted).values())
        names |= {name for cell in counted.cells.values() for name in cell}
        names |= {name for row in counted.rows.values() for name in row}
    return {
        place: _numbered(counted_in(taken, place[1]), marked(taken, place[1], sorted(names)))
        for place, (taken, names) in needed.items()
    }


def _numbered(ids: pd.Series, frame: pd.DataFrame) -> _Coded:
    columns = {str(name): pd.factorize(frame[name]) for name in frame if name != "at"}
    return _Coded(ids, frame["at"].to_numpy(dtype=np.int64), columns)


def group_keys(shown: Shown, counted: Counted) -> dict[str, str]:
    """The columns that name the groups of a table, each with the mark that tells the group."""
    known = names_of(shown.snapshot, counted.of)
    keys = {}
    for name in map(str, shown.table.columns):
        mark = counted.keys.get(name, name)
        if name in counted.cells:
            break
        if name != counted.row and mark in known:
            keys[name] = mark
    return keys


def _listed(shown: Shown, counted: Counted, coded: _Coded) -> Iterator[Listed]:
    table = shown.table.head(MAXIMUM_ROWS)
    keys = group_keys(shown, counted)
    group, of_row = _groups(table, keys, coded)
    order = np.argsort(group, kind="stable")
    own = _own_conditions(table, counted, keys)
    in_period = "due_period" not in keys
    met = {
        value: _meeting(coded, condition)[order] for value, condition in _row_conditions(counted)
    }
    for column, condition in counted.cells.items():
        if column not in table:
            continue
        asked = condition if in_period else _without(condition, "in_period")
        meeting = _meeting(coded, asked)[order]
        cells = dict(_cells(table, counted, column, (group[order], of_row, order, meeting, met)))
        if cells:
            yield Listed(
                column,
                counted.of,
                asked,
                {place: own[place] for place in cells},
                _named(cells, coded),
            )


def _without(condition: Condition, name: str) -> Condition:
    # A table by period of the due day counts all periods, and not only that of the report.
    return {mark: values for mark, values in condition.items() if mark != name}


def _row_conditions(counted: Counted) -> list[tuple[Any, Condition]]:
    return list(counted.rows.items()) if counted.row else [(None, {})]


def _meeting(coded: _Coded, condition: Condition) -> np.ndarray:
    """Which of all meet a condition."""
    meeting = np.ones(len(coded.at), dtype=bool)
    for name, values in condition.items():
        codes, distinct = coded.columns[name]
        allowed = np.zeros(len(distinct) + 1, dtype=bool)
        # The last place is that of missing values, whose number is -1.
        allowed[:-1] = distinct.isin(list(values))
        meeting &= allowed[codes]
    return meeting


def _groups(
    table: pd.DataFrame, keys: Mapping[str, str], coded: _Coded
) -> tuple[np.ndarray, np.ndarray]:
    """The number of the group of everything that may be counted, and of each row of the table."""
    ours = np.zeros(len(coded.at), dtype=np.int64)
    theirs = np.zeros(len(table), dtype=np.int64)
    known = np.ones(len(table), dtype=bool)
    for name, mark in keys.items():
        codes, distinct = coded.columns[mark]
        place = distinct.get_indexer(table[name])
        known &= (place >= 0) | table[name].isna().to_numpy(dtype=bool)
        ours = ours * (len(distinct) + 1) + codes + 1
        theirs = theirs * (len(distinct) + 1) + place + 1
    groups = np.unique(theirs[known])
    if not len(groups):
        return np.full(len(ours), -1), np.full(len(theirs), -1)
    return _places(ours, groups), np.where(known, _places(theirs, groups), -1)


def _places(values: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """The places of numbers among some in their order, which are few: 16 bits sort fast."""
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.where(ordered[place] == values, place, -1).astype(np.int16)


def _cells(
    table: pd.DataFrame, counted: Counted, column: str, sorted_by_group: tuple[Any, ...]
) -> Iterator[tuple[int, tuple[int, np.ndarray]]]:
    """How many each row counts, and the places of the first of them, where the table agrees."""
    group, of_row, order, meeting, met = sorted_by_group
    said = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    value = table[counted.row].tolist() if counted.row else [None] * len(table)
    chosen = {key: meeting & also for key, also in met.items()}
    where = {key: np.flatnonzero(flags) for key, flags in chosen.items()}
    groups = {key: group[found] for key, found in where.items()}
    for place, (own, wanted) in enumerate(zip(of_row, said, strict=True)):
        if own < 0 or not wanted > 0 or value[place] not in where:
            continue
        key = value[place]
        first, after = np.searchsorted(groups[key], [own, own + 1])
        if after - first == wanted:
            yield place, (int(wanted), order[where[key][first : min(after, first + MOST_IDS)]])


def _named(
    cells: Mapping[int, tuple[int, np.ndarray]], coded: _Coded
) -> dict[int, tuple[int, tuple[str, ...]]]:
    at = coded.at[np.concatenate([places for _, places in cells.values()])]
    names = coded.ids.iloc[at].tolist()
    named, first = {}, 0
    for place, (number, places) in cells.items():
        named[place] = (number, tuple(names[first : first + len(places)]))
        first += len(places)
    return named


def _own_conditions(
    table: pd.DataFrame, counted: Counted, keys: Mapping[str, str]
) -> list[Condition]:
    """What the groups of each row ask for; a missing value asks for a missing one."""
    columns = {mark: _listed_values(table[name]) for name, mark in keys.items()}
    of_groups = [
        dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
    ]
    own: list[Condition] = list(of_groups) or [{} for _ in range(len(table))]
    if not counted.row:
        return own
    value = table[counted.row].tolist()
    return [{**own[place], **counted.rows.get(value[place], {})} for place in range(len(table))]


def _listed_values(values: pd.Series) -> list[tuple[Any, ...]]:
    missing = values.isna().tolist()
    return [
        (None if absent else value,) for value, absent in zip(values.tolist(), missing, strict=True)
    ]
