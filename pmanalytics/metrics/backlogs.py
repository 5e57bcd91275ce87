"""What is owed now, and how it came and went: backlog by age, and flow by period."""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import CLOSED, among, places
from pmanalytics.metrics.additive import COUNT, Additive, Context, Counts, counted
from pmanalytics.metrics.grouping import By, bring_forward, crossed, group_columns, sums
from pmanalytics.periods import Kind, Period, periods_between
from pmanalytics.rewinding import local_days
from pmanalytics.snapshots import Snapshot

__all__ = ["backlog", "flow"]

AGE_BANDS = ("0-15", "16-30", "31-60", "61-90", "91-180", ">180", "unknown")
AGE_LIMITS = (15, 30, 60, 90, 180)
FLOW = ("opening", "new", "done", "dropped", "reopened", "closing")


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
    by = group_columns(by, snapshot.items)
    entered = entered_on(snapshot)
    counted = snapshot.items.loc[entered.notna(), by]
    kind = snapshot.period.grouping if snapshot.period else "quarter"
    periods = _period_range(entered, snapshot, kind) if len(counted) else ()
    group, groups = _numbered(counted)
    names = [period.name for period in periods]
    table = crossed(groups, "period", names).astype({"period": "str"})
    for move, (place, days) in moves(snapshot, entered, grouped=bool(by)).items():
        period = _numbers(days, periods)
        cell = group[place[period >= 0]] * len(names) + period[period >= 0]
        table[move] = np.bincount(cell, minlength=len(table))
    change = table["new"] + table["reopened"] - table["done"] - table["dropped"]
    keys = [table[name] for name in by]
    table["closing"] = change.groupby(keys, dropna=False).cumsum() if by else change.cumsum()
    table["opening"] = table["closing"] - change
    return bring_forward(table[["period", *by, *FLOW]], by)


def _period_range(entered: pd.Series, snapshot: Snapshot, kind: Kind) -> tuple[Period, ...]:
    """All periods from the first item to the as-of date."""
    return periods_between(entered.min().date(), snapshot.as_of, kind=kind)


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


def moves(
    snapshot: Snapshot, entered: pd.Series, *, grouped: bool
) -> dict[str, tuple[np.ndarray, pd.Series]]:
    """The comings, closings and reopenings: place of the item among those counted, and the day."""
    ids, counted = snapshot.items["item_id"], entered.notna()
    events = snapshot.events[~among(snapshot.events["subject"], ids[~counted])]
    on = local_days(events["at"], snapshot.settings.timezone)
    # To find the item of every event takes long, and only groups want to know it.
    place = (
        places(events["subject"], ids[counted])
        if grouped
        else np.zeros(len(events), dtype=np.int64)
    )
    hits = {word: events["after"] == word for word in CLOSED}
    # Closed again without a reopening on record: it must have been open in between.
    hits["reopened"] = events["before"].isin(CLOSED)
    known = {move: hit.to_numpy(dtype=bool) & (place >= 0) for move, hit in hits.items()}
    came = (np.arange(int(counted.sum())), entered[counted])
    return {"new": came, **{move: (place[hit], on[hit]) for move, hit in known.items()}}


_BACKLOG: Final = Additive("backlog", _open_counts, _backlog)
ADDITIVE: Final = (_BACKLOG,)
