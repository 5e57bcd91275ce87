"""The burn-up of a period: what fell due, and how much of it was done by each of its days."""

import numpy as np
import pandas as pd

from pmanalytics.metrics.grouping import By, bring_forward, crossed, group_columns
from pmanalytics.snapshots import Snapshot

__all__ = ["due_burn_up"]

# They have no due day, or were closed on a day that nobody knows.
LEFT_OUT = ("no_target", "unknown")
BURN_TYPES = {"on_day": "datetime64[us]", "due": "int64", "done": "Int64", "dropped": "Int64"}


def due_burn_up(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """What fell due in the period, and how much of it was done, day by day.

    One row per group and day of the period: on_day (a local day), due (items whose policy day has
    come by then), done and dropped (of all items that fall due in the period, those that are done,
    or dropped, as of the as-of date, by the day of their last closing). What was closed before the
    period began is counted on its first day, what is done after its end on no day. Days after the
    as-of date have no done and dropped. Without a period the cohort is every matured item, from the
    first due day to the as-of date. All three only grow.

    Items that cannot be judged are left out, so that at the end of a period that is over due is
    `due` and `dropped_in_time` of `attainment` together. Source: method, sections 2.3 and 10.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> pma.due_burn_up(q3)[["due", "done", "dropped"]].iloc[-1].tolist()
        [56, 35, 7]
    """
    by = group_columns(by, snapshot.items)
    cohort = _cohort(snapshot, by)
    days = _days(snapshot, cohort["due_on"])
    grouped = cohort.groupby(by, dropna=False, sort=True) if by else None
    group = grouped.ngroup().to_numpy() if grouped else np.zeros(len(cohort), dtype=np.int64)
    groups = grouped.size().reset_index()[by] if grouped else cohort[by]
    table = crossed(groups, "on_day", days).astype({"on_day": "datetime64[us]"})
    closed = cohort["closed_on"].clip(lower=days[0]) if len(days) else cohort["closed_on"]
    count = len(groups) if by else min(len(cohort), 1)
    table["due"] = _by_day(group, cohort["due_on"], days, count)
    past = (table["on_day"] > pd.Timestamp(snapshot.as_of)).to_numpy(dtype=bool)
    for state in ("done", "dropped"):
        ended = closed.where((cohort["state"] == state).to_numpy(dtype=bool))
        numbers = pd.Series(_by_day(group, ended, days, count), index=table.index)
        table[state] = numbers.astype("Int64").mask(past)
    return bring_forward(table[[*BURN_TYPES, *by]].astype(BURN_TYPES), by)


def _cohort(snapshot: Snapshot, by: list[str]) -> pd.DataFrame:
    """The items that fall due in the period, or without one all that are matured."""
    items = snapshot.items
    inside = items["in_period"] if snapshot.period else items["matured"]
    judged = items["due_on"].notna() & ~items["standing"].isin(LEFT_OUT)
    columns = list(dict.fromkeys([*by, "due_on", "closed_on", "state"]))
    return items.loc[(inside & judged).to_numpy(dtype=bool), columns]


def _days(snapshot: Snapshot, due: pd.Series) -> pd.DatetimeIndex:
    """The days of the period, or without one those from the first due day to the as-of date."""
    if due.empty:
        return pd.DatetimeIndex([], dtype="datetime64[us]")
    period = snapshot.period
    first, last = (period.start, period.end) if period else (due.min(), snapshot.as_of)
    return pd.date_range(first, last, unit="us")


def _by_day(group: np.ndarray, on: pd.Series, days: pd.DatetimeIndex, count: int) -> np.ndarray:
    """How many items of each group have had their day by each of the days, group after group."""
    if not len(days):
        return np.zeros(0, dtype=np.int64)
    place = days.get_indexer(on)
    hit = np.bincount(
        group[place >= 0] * len(days) + place[place >= 0], minlength=count * len(days)
    )
    return hit.reshape(count, len(days)).cumsum(axis=1).ravel()
