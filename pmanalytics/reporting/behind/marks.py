"""Marks: what the counts of a report look at, one column each, beside those of the snapshot.

Each is worked out by the function that the metric itself uses, so that a list cannot differ from
the count that leads to it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.changes import places
from pmanalytics.metrics.backlogs import age_bands, entered_on, moved_items, moves
from pmanalytics.metrics.caveats import lacking, reopened_items
from pmanalytics.metrics.durations import timed
from pmanalytics.metrics.gap_rules import CODES, gap_flags
from pmanalytics.metrics.pairing import find_pairs, first_returns
from pmanalytics.metrics.recurrence import owed_before, return_states
from pmanalytics.metrics.returning import WITHIN
from pmanalytics.metrics.threats import product_areas
from pmanalytics.metrics.weakness import preventive
from pmanalytics.periods import Kind, period_names, periods_between
from pmanalytics.reporting.behind.counted import REASONS
from pmanalytics.reporting.behind.spans import belonging_days
from pmanalytics.snapshots import Snapshot

__all__ = ["INCIDENT_MARKS", "ITEM_MARKS", "counted_in", "marked", "names_of"]

Columns = Mapping[str, Any]

ITEM_MARKS: Final = (
    "age_band", "has_clock", "dated_ticket", "timed", "belongs_period", "due_month", "product",
    "product_area", "preventive", "done_once", "reopened", "met_then_reopened", "gaps", "lacks",
)  # fmt: skip
# Marks that a file holds as words in one column, `gaps` or `lacks`.
FLAGS: Final = ("with_gap", *CODES, *(f"lacks_{reason}" for reason in REASONS))
INCIDENT_MARKS: Final = (
    "product_area", "resolved", "is_repeat", "returned_while",
    *(f"returned_within_{days}" for days in WITHIN),
    "minutes_unknown", "customers_unknown",
)  # fmt: skip
OF_MOVES: Final = ("move", "period")
OF_PAIRS: Final = ("incident_id", "repeat_of", "open", "overdue", "preventive")


def names_of(snapshot: Snapshot, of: str) -> frozenset[str]:
    """The columns that a condition, or a group, on items, incidents, moves or before may name."""
    if of == "before":
        return frozenset(OF_PAIRS)
    if of == "incidents":
        return frozenset((*snapshot.incidents, *INCIDENT_MARKS))
    own = OF_MOVES if of == "moves" else (*ITEM_MARKS, *FLAGS)
    return frozenset((*snapshot.items, *own))


def marked(snapshot: Snapshot, of: str, names: Iterable[str]) -> pd.DataFrame:
    """One row for each thing that can be counted: its place, and the columns named.

    The place, `at`, is that among the items, or incidents, of `counted_in`.

    Items come by days over, the most first, and incidents by their day, the latest first.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> marked(q3, "items", ["age_band"])["age_band"].nunique() > 3
        True
    """
    return _FRAMES[of](snapshot, list(dict.fromkeys(names)))


def counted_in(snapshot: Snapshot, of: str) -> pd.Series:
    """The ids of the items or incidents among which the places of `marked` lie."""
    if of == "incidents":
        return snapshot.incidents["incident_id"]
    return (snapshot.whole if of == "before" else snapshot).items["item_id"]


def _items(snapshot: Snapshot, names: list[str]) -> pd.DataFrame:
    items = snapshot.items
    columns = _chosen(items, snapshot, names, _OF_ITEMS)
    order = _by_days_over(items)
    frame = pd.DataFrame({"at": np.arange(len(items)), **columns}, index=items.index)
    return frame.iloc[order].reset_index(drop=True)


def _incidents(snapshot: Snapshot, names: list[str]) -> pd.DataFrame:
    incidents = snapshot.incidents
    columns = _chosen(incidents, snapshot, names, _OF_INCIDENTS)
    frame = pd.DataFrame({"at": np.arange(len(incidents)), **columns}, index=incidents.index)
    began = incidents["started_on"].to_numpy(dtype="datetime64[us]")
    newest = np.argsort(-np.where(np.isnat(began), 0, began.astype(np.int64)), kind="stable")
    return frame.iloc[newest].reset_index(drop=True)


def _chosen(
    frame: pd.DataFrame,
    snapshot: Snapshot,
    names: list[str],
    derived: Sequence[tuple[tuple[str, ...], Callable[[Snapshot], Columns]]],
) -> dict[str, Any]:
    """The columns of a frame and the marks that are asked for; no other mark is worked out."""
    found: dict[str, Any] = {name: frame[name] for name in names if name in frame}
    wanted = set(names) - set(found)
    for given, tell in derived:
        if wanted & set(given):
            told = tell(snapshot)
            found |= {name: pd.array(told[name]) for name in given if name in wanted}
    return found


def _by_days_over(items: pd.DataFrame) -> np.ndarray:
    over = items["days_over"].to_numpy(dtype=float, na_value=-np.inf)
    return np.argsort(-over, kind="stable")


def _moves(snapshot: Snapshot, names: list[str]) -> pd.DataFrame:
    """One row for each coming and going of an item, as `flow` counts them."""
    entered = entered_on(snapshot)
    if entered.isna().all():
        return pd.DataFrame({name: [] for name in ("at", *names)})
    kind = _kind(snapshot)
    periods = [p.name for p in periods_between(entered.min().date(), snapshot.as_of, kind=kind)]
    place = pd.Index(periods)
    items = moved_items(snapshot)
    told = {
        move: (items[move], place.get_indexer(period_names(days, kind=kind)))
        for move, (_, days) in moves(snapshot).items()
    }
    told |= _open_at_ends(told, items=len(entered), periods=len(periods))
    item, on = (np.concatenate([both[side] for both in told.values()]) for side in (0, 1))
    move = np.repeat(np.arange(len(told)), [len(item) for item, _ in told.values()])
    rank = np.empty(len(snapshot.items), dtype=np.int64)
    rank[_by_days_over(snapshot.items)] = np.arange(len(snapshot.items))
    order = np.argsort(rank[item], kind="stable")
    order = order[on[order] >= 0]
    own = snapshot.items[[n for n in names if n not in OF_MOVES]].iloc[item[order]]
    return own.reset_index(drop=True).assign(
        at=item[order],
        move=pd.Categorical.from_codes(move[order], list(told)),
        period=pd.Categorical.from_codes(on[order], periods),
    )


def _open_at_ends(
    told: Mapping[str, tuple[np.ndarray, np.ndarray]], *, items: int, periods: int
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Which items were open at the end of each period, and at the start of the next one."""
    change = np.zeros((items, periods), dtype=np.int8)
    for move, by in (("new", 1), ("reopened", 1), ("done", -1), ("dropped", -1)):
        item, on = told[move]
        np.add.at(change, (item[on >= 0], on[on >= 0]), by)
    there = np.cumsum(change, axis=1, dtype=np.int8) > 0
    item, on = np.nonzero(there)
    later = on + 1 < periods
    return {"closing": (item, on), "opening": (item[later], on[later] + 1)}


def _before(snapshot: Snapshot, names: list[str]) -> pd.DataFrame:  # noqa: ARG001 few columns
    """One row for each item of the earlier incident of each pair, as `repeats` counts them."""
    whole = snapshot.whole
    pairs = find_pairs(whole)
    owed = owed_before(whole)
    earlier = places(whole.items["incident_id"], pairs["repeat_of"].drop_duplicates())
    item = owed["item"].to_numpy()
    over = whole.items["days_over"][earlier >= 0].to_numpy(dtype=float, na_value=-np.inf)
    frame = pairs[["incident_id", "repeat_of"]].loc[owed["pair"]].reset_index(drop=True)
    frame = frame.assign(
        at=np.flatnonzero(earlier >= 0)[item],
        open=owed["open"].to_numpy(dtype=bool),
        overdue=owed["overdue"].to_numpy(dtype=bool),
        preventive=(owed["kind"] == "prevent").to_numpy(dtype=bool),
    )
    return frame.iloc[np.argsort(-over[item], kind="stable")].reset_index(drop=True)


def _kind(snapshot: Snapshot) -> Kind:
    return snapshot.period.grouping if snapshot.period else "quarter"


def _clocks(snapshot: Snapshot) -> Columns:
    items = snapshot.items
    dated = items["key"].notna() & items["created_at"].notna() & items["clock_on"].notna()
    return {
        "has_clock": items["clock_on"].notna(),
        "dated_ticket": dated,
        "timed": timed(snapshot),
        "preventive": preventive(snapshot),
        "age_band": age_bands(items),
    }


def _periods(snapshot: Snapshot) -> Columns:
    return {"belongs_period": period_names(belonging_days(snapshot), kind=_kind(snapshot))}


def _months(snapshot: Snapshot) -> Columns:
    return {"due_month": period_names(snapshot.items["due_on"], kind="month")}


def _products(snapshot: Snapshot) -> Columns:
    incidents = snapshot.whole.incidents
    place = places(snapshot.items["incident_id"], incidents["incident_id"])
    return {"product": incidents["product"].reset_index(drop=True).reindex(place)}


def _areas(snapshot: Snapshot) -> Columns:
    return {"product_area": product_areas(snapshot)[1]}


def _costs(snapshot: Snapshot) -> Columns:
    incidents = snapshot.incidents
    return {
        "product_area": product_areas(snapshot)[0],
        "minutes_unknown": incidents["impact_minutes"].isna(),
        "customers_unknown": incidents["customers_affected"].isna(),
    }


def _stories(snapshot: Snapshot) -> Columns:
    items = snapshot.items
    reopened, kept_first = reopened_items(snapshot)
    return {
        "done_once": reopened | (items["state"] == "done").to_numpy(dtype=bool),
        "reopened": reopened,
        "met_then_reopened": kept_first & (items["standing"] != "met").to_numpy(dtype=bool),
    }


def _gaps(snapshot: Snapshot) -> Columns:
    flags = gap_flags(snapshot)
    named = {code: flags[code].to_numpy() for code in CODES}
    return {"with_gap": flags.any(axis=1), "gaps": _joined(named), **named}


def _lacks(snapshot: Snapshot) -> Columns:
    told = lacking(snapshot)
    return {"lacks": _joined(told), **{f"lacks_{reason}": flag for reason, flag in told.items()}}


def _joined(flags: Mapping[str, np.ndarray]) -> pd.Series:
    """The names of the flags that each row has, joined; each distinct combination once."""
    numbers = np.column_stack(list(flags.values())) @ (1 << np.arange(len(flags)))
    codes, distinct = pd.factorize(numbers)
    said = [
        ";".join(name for at, name in enumerate(flags) if number >> at & 1) for number in distinct
    ]
    words = pd.Series([text or None for text in said], dtype="str")
    return words.iloc[codes].reset_index(drop=True)


def _returns(snapshot: Snapshot) -> Columns:
    whole, incidents = snapshot.whole, snapshot.incidents
    pairs = find_pairs(whole)
    days = first_returns(whole, pairs).reindex(incidents["incident_id"]).to_numpy(dtype=float)
    return {
        "resolved": incidents["resolved_on"].notna(),
        "is_repeat": incidents["incident_id"].isin(pairs["incident_id"]),
        **{f"returned_within_{within}": days <= within for within in WITHIN},
    }


def _states(snapshot: Snapshot) -> Columns:
    return {"returned_while": return_states(snapshot).reindex(snapshot.incidents["incident_id"])}


_OF_ITEMS: Final = (
    (("has_clock", "dated_ticket", "timed", "preventive", "age_band"), _clocks),
    (("belongs_period",), _periods),
    (("due_month",), _months),
    (("product",), _products),
    (("product_area",), _areas),
    (("done_once", "reopened", "met_then_reopened"), _stories),
    (("with_gap", "gaps", *CODES), _gaps),
    (("lacks", *(f"lacks_{reason}" for reason in REASONS)), _lacks),
)
_OF_INCIDENTS: Final = (
    (("product_area", "minutes_unknown", "customers_unknown"), _costs),
    (("resolved", "is_repeat", *(f"returned_within_{days}" for days in WITHIN)), _returns),
    (("returned_while",), _states),
)
_FRAMES: Final[Mapping[str, Callable[[Snapshot, list[str]], pd.DataFrame]]] = {
    "items": _items,
    "incidents": _incidents,
    "moves": _moves,
    "before": _before,
}
