"""What is owed now, and how it came and went: backlog by age, and flow by period."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import CLOSED, among, places
from pmanalytics.keeping import kept
from pmanalytics.metrics.additive import COUNT, Additive, Context, Counts, context_of, counted
from pmanalytics.metrics.grouping import By, bring_forward, crossed, sums
from pmanalytics.periods import Period, parse_period, periods_between
from pmanalytics.rewinding import local_days
from pmanalytics.snapshots import Snapshot

__all__ = ["backlog", "flow"]

AGE_BANDS = ("0-15", "16-30", "31-60", "61-90", "91-180", ">180", "unknown")
AGE_LIMITS = (15, 30, 60, 90, 180)
MOVES = ("new", "done", "dropped", "reopened")
FLOW = ("opening", *MOVES, "closing")


def backlog(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Open action items by age since the incident.

    One row per group and age band, all bands always there: age_band in days since the clock
    started (items without a clock are in the band unknown, last), items that are open on the
    as-of date, and how many of these are overdue.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> pma.backlog(q3)["age_band"].tolist()
        ['0-15', '16-30', '31-60', '61-90', '91-180', '>180', 'unknown']
    """
    return _BACKLOG.measure(snapshot, by)


def _open_counts(snapshot: Snapshot, by: list[str]) -> Counts:
    items = snapshot.items
    still_open = (items["state"] == "open").to_numpy(dtype=bool)
    used = [*dict.fromkeys((*by, "days", "standing"))]
    items = items.loc[still_open, used]
    overdue = (items["standing"] == "overdue").to_numpy(dtype=bool)
    return {"open": counted(items[by], {"_band": _bands(items), "_overdue": overdue})}


def _backlog(counts: Counts, by: list[str], _: Context) -> pd.DataFrame:
    known = counts["open"]
    count, overdue = known[COUNT].to_numpy(), known["_overdue"].to_numpy(dtype=bool)
    bands = np.array(AGE_BANDS, dtype=object)[known["_band"].to_numpy()]
    groups = known[by].assign(age_band=bands)
    added = sums(groups, {"items": count, "overdue": np.where(overdue, count, 0)})
    everything = crossed(added[by].drop_duplicates(), "age_band", AGE_BANDS)
    table = everything.merge(added, on=[*by, "age_band"], how="left")
    return table.fillna({"items": 0, "overdue": 0}).astype(
        {"items": "int64", "overdue": "int64", "age_band": "str"}
    )


def age_bands(items: pd.DataFrame) -> np.ndarray:
    """The band of age of each item, from its days."""
    return np.array(AGE_BANDS, dtype=object)[_bands(items)]


def _bands(items: pd.DataFrame) -> np.ndarray:
    age = items["days"].to_numpy(dtype=float, na_value=np.inf)
    band = np.searchsorted(AGE_LIMITS, age)
    band[np.isinf(age)] = len(AGE_BANDS) - 1
    return band


def flow(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Action items that came and went, period by period.

    One row per group and period, from the first item to the period of the as-of date, which runs
    and comes last: opening + new + reopened - done - dropped = closing. Counts quarters, or the
    kind of period that the snapshot has. Items closed without a date, and items without a date of
    creation or incident, are left out.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> last = pma.flow(q3).iloc[-1]
        >>> str(last["period"])
        '2026Q4'
    """
    return _FLOW.measure(snapshot, by)


def _move_counts(snapshot: Snapshot, by: list[str]) -> Counts:
    """Comings and goings by the period that they lie in; which is the first, only the sum knows."""
    names, numbers = _period_moves(snapshot)
    group, groups = _groups_of_moves(snapshot, by)
    # The first column is for what lies outside of all periods.
    shape = (len(MOVES), max(len(groups), 1), len(names) + 1)
    cells = [
        np.bincount(group[move] * shape[2] + number + 1, minlength=shape[1] * shape[2])
        for move, number in numbers.items()
    ]
    together = np.concatenate(cells).reshape(shape)[:, :, 1:]
    move, where, when = np.nonzero(together)
    marks = {
        "_move": np.array(MOVES)[move],
        "_period": names[when],
        COUNT: together[move, where, when],
    }
    types = groups.dtypes.to_dict() | {"_move": "str", "_period": "str", COUNT: "int64"}
    rows = groups.take(where) if by else pd.DataFrame(index=where)
    return {"moves": rows.reset_index(drop=True).assign(**marks).astype(types)}


def _groups_of_moves(
    snapshot: Snapshot, by: list[str]
) -> tuple[Mapping[str, np.ndarray | int], pd.DataFrame]:
    """The number of the group of each coming and going, and the groups in their order."""
    if not by:
        return dict.fromkeys(MOVES, 0), pd.DataFrame()
    there = entered_on(snapshot).notna().to_numpy()
    group = np.zeros(len(there), dtype=np.int64)
    group[there], groups = _numbered(snapshot.items.loc[there, by])
    return {move: group[place] for move, place in moved_items(snapshot).items()}, groups


def _flow(counts: Counts, by: list[str], context: Context) -> pd.DataFrame:
    known = counts["moves"]
    came = known["_period"][known["_move"] == "new"]
    names = []
    if len(came):
        first = parse_period(came.min()).start
        names = [p.name for p in periods_between(first, context.as_of, kind=context.kind)]
    group, groups = _numbered(known[by])
    table = crossed(groups, "period", names).astype({"period": "str"})
    number = pd.Index(names, dtype="str").get_indexer(known["_period"])
    cell, count = group * len(names) + number, known[COUNT].to_numpy()
    for move in MOVES:
        here = (known["_move"] == move).to_numpy(dtype=bool) & (number >= 0)
        told = np.bincount(cell[here], weights=count[here], minlength=len(table))
        table[move] = told.astype(np.int64)
    change = table["new"] + table["reopened"] - table["done"] - table["dropped"]
    keys = [table[name] for name in by]
    table["closing"] = change.groupby(keys, dropna=False).cumsum() if by else change.cumsum()
    table["opening"] = table["closing"] - change
    return bring_forward(table[["period", *by, *FLOW]], by)


@kept
def _period_moves(snapshot: Snapshot) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The names of the periods, and the number of that of each coming and going."""
    days = {move: days for move, (_, days) in moves(snapshot).items()}
    periods: tuple[Period, ...] = ()
    if len(days["new"]):
        first = min(each.min() for each in days.values() if len(each)).date()
        periods = periods_between(first, snapshot.as_of, kind=context_of(snapshot).kind)
    numbers = {move: _numbers(each, periods) for move, each in days.items()}
    return np.array([period.name for period in periods], dtype=object), numbers


def _numbers(days: pd.Series, periods: tuple[Period, ...]) -> np.ndarray:
    """Which of the periods each day lies in, by its place among them; -1 outside of them."""
    if not periods:
        return np.full(len(days), -1)
    lengths = [(period.end - period.start).days + 1 for period in periods]
    of_day = np.append(np.repeat(np.arange(len(periods)), lengths), -1)
    began = days.to_numpy(dtype="datetime64[us]").astype("datetime64[D]")
    number = (began - np.datetime64(periods[0].start)).astype(np.int64)
    inside = (number >= 0) & (number < len(of_day) - 1)
    return of_day[np.where(inside, number, -1)]


def _numbered(columns: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """The number of each row's group, and the groups in their order."""
    if not columns.shape[1]:
        return np.zeros(len(columns), dtype=np.int64), columns.iloc[:0]
    grouped = columns.groupby(list(columns), dropna=False, sort=True)
    return grouped.ngroup().to_numpy(), grouped.size().reset_index()[list(columns)]


@kept
def entered_on(snapshot: Snapshot) -> pd.Series:
    """The local day on which each item came to be: its creation, else its incident.

    Missing for what is not counted: without a state, or closed without a date.
    """
    items = snapshot.items
    created = local_days(items["created_at"], snapshot.settings.timezone)
    entered = created.fillna(items["started_on"])
    entered = entered.where(~(entered > items["first_closed_on"]), items["first_closed_on"])
    undated = items["state"].isin(CLOSED) & items["closed_on"].isna()
    return entered.where(~undated & items["state"].notna())


@kept
def moves(snapshot: Snapshot) -> dict[str, tuple[np.ndarray, pd.Series]]:
    """The comings, closings and reopenings: place of the item or of the event, and the day."""
    entered, events = entered_on(snapshot), snapshot.events
    counted = ~among(events["subject"], snapshot.items["item_id"][entered.isna()])
    on = local_days(events["at"], snapshot.settings.timezone)
    hits = {word: events["after"] == word for word in CLOSED}
    # Closed again without a reopening on record: it must have been open in between.
    hits["reopened"] = events["before"].isin(CLOSED)
    came = np.flatnonzero(entered.notna())
    told = {"new": (came, entered.iloc[came])}
    for move, hit in hits.items():
        rows = np.flatnonzero(hit.to_numpy(dtype=bool) & counted)
        told[move] = (rows, on.iloc[rows])
    return told


@kept
def moved_items(snapshot: Snapshot) -> dict[str, np.ndarray]:
    """The place of the item of each of the `moves`; to find it takes long, and only groups ask."""
    of_event = places(snapshot.events["subject"], snapshot.items["item_id"])
    rows = {move: place for move, (place, _) in moves(snapshot).items()}
    return {move: row if move == "new" else of_event[row] for move, row in rows.items()}


_FLOW: Final = Additive("flow", _move_counts, _flow)
_BACKLOG: Final = Additive("backlog", _open_counts, _backlog)
ADDITIVE: Final = (_BACKLOG, _FLOW)
