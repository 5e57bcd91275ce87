"""Weak and quieter services: where incidents come back, and where they stopped after the work.

Both look at services, not at teams, because they are read to decide where to invest. Preventive
items are those of the kind `prevent`; where no item of the data has a kind, all items count as
preventive, since nothing tells them apart.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.metrics.grouping import By, bring_forward, group_columns, sums
from pmanalytics.metrics.pairing import find_pairs
from pmanalytics.snapshots import Snapshot

__all__ = ["quieter_services", "weak_services"]

QUIET_DAYS: Final = 90
WEAK: Final = ("incidents", "repeats", "open_items", "overdue_items", "overdue_days")
QUIETER: Final = ("incidents", "preventive_items", "done_on", "quiet_days", "expected", "chance")


def weak_services(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Where the system is weak: services by repeats and by overdue preventive work.

    One row per service with an incident or an open item: incidents up to the as-of date, repeats
    (how many of these are the return of an earlier one, levels 1 to 3), open_items and
    overdue_items of any kind, and overdue_days, the days by which its overdue preventive items are
    over, added up (all overdue items, where no item of the data has a kind). Most repeats first,
    then most overdue days, then by name; what has no service comes last. `by` takes columns of
    items or incidents.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> weak = pma.weak_services(q3)
        >>> bool(weak["repeats"].is_monotonic_decreasing)
        True
    """
    by = side_groups(snapshot, by)
    columns = list(dict.fromkeys([*by, "service"]))
    incidents, items = both_sides(snapshot, columns)
    still_open = (snapshot.items["state"] == "open").to_numpy(dtype=bool)
    known, items = snapshot.items[["standing", "days_over"]][still_open], items[still_open]
    overdue = (known["standing"] == "overdue").to_numpy(dtype=bool)
    counted = overdue & preventive(snapshot)[still_open]
    over = known["days_over"].to_numpy(dtype=np.int64, na_value=0)
    parts = [
        incidents.assign(incidents=1, repeats=have_returned(snapshot)),
        items.assign(open_items=1, overdue_items=overdue, overdue_days=np.where(counted, over, 0)),
    ]
    told = pd.concat(parts, ignore_index=True)
    counts = {name: told[name].fillna(0).to_numpy(dtype=np.int64) for name in WEAK}
    table = sums(told[columns], counts)
    table["unnamed"] = table["service"].isna()
    order = list(dict.fromkeys([*by, "unnamed", "repeats", "overdue_days", "service"]))
    rising = [name not in ("repeats", "overdue_days") for name in order]
    table = table.sort_values(order, ascending=rising, ignore_index=True)
    return bring_forward(table[[*columns, *WEAK]], by)


def quieter_services(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Services without a repeat since their preventive items were done, beside chance.

    One row per service all of whose preventive items are done, those dropped left aside, and that
    had no repeat since, for 90 days or more: its incidents up to the as-of date, preventive_items
    (done), done_on (the last closing), quiet_days from then to the as-of date, expected (repeats
    that its earlier rate gives in that time) and chance (how likely no repeat at all is in that
    time, if nothing changed). The least likely first, then by name. `by` takes columns of items or
    incidents.

    For x repeats in the t days from the end of the first incident to done_on, and q quiet days:
    expected = x q / t, and chance = (t / (t + q))^x, the exact conditional comparison of two
    Poisson rates, which allows for the earlier rate being known from x repeats only. Both are
    missing where t is not above 0. Without an earlier repeat the chance is 1: that it is quiet
    says nothing.

    A small chance does not say that the work was the cause. Items are written where incidents have
    just piled up, and such places calm down by themselves (regression to the mean); and of twenty
    services in which nothing changed, one will show a chance of .05.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> bool((pma.quieter_services(q3)["quiet_days"] >= 90).all())
        True
    """
    by = side_groups(snapshot, by)
    columns = list(dict.fromkeys([*by, "service"]))
    incidents, items = both_sides(snapshot, columns)
    table = _finished(snapshot, items, columns)
    table = table.merge(_earlier(snapshot, incidents, table), on=columns, how="left")
    numbers = ["incidents", "before", "after"]
    table[numbers] = table[numbers].fillna(0).astype("int64")
    quiet = (pd.Timestamp(snapshot.as_of) - table["done_on"]).dt.days
    table["quiet_days"] = quiet.astype("int64")
    watched = (table["done_on"] - table["first"]).dt.days.astype("float64")
    watched = watched.where(watched > 0)
    table["expected"] = table["before"] * table["quiet_days"] / watched
    chance = (watched / (watched + table["quiet_days"])) ** table["before"]
    table["chance"] = chance.where(watched.notna())  # anything to the power of 0 would be 1
    since = (table["after"] == 0) & (table["quiet_days"] >= QUIET_DAYS)
    order = list(dict.fromkeys([*by, "chance", "service"]))
    table = table[since].sort_values(order, ignore_index=True)
    return bring_forward(table[[*columns, *QUIETER]], by)


def side_groups(snapshot: Snapshot, by: By) -> list[str]:
    names = {by} if isinstance(by, str) else set(by or ())
    of_incidents = names <= set(snapshot.incidents)
    return group_columns(by, snapshot.incidents if of_incidents else snapshot.items)


def both_sides(snapshot: Snapshot, columns: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The group columns of incidents and of items, those of its incident where an item has none."""
    incidents, items = snapshot.incidents, snapshot.items
    of_incident = snapshot.whole.incidents.set_index("incident_id")
    theirs, ours = {}, {}
    for name in columns:
        if name in items:
            ours[name] = items[name]
        else:
            ours[name] = of_incident[name].reindex(items["incident_id"]).set_axis(items.index)
        dtype = ours[name].dtype
        theirs[name] = incidents.get(name, pd.Series(index=incidents.index, dtype=dtype))
    return pd.DataFrame(theirs, incidents.index), pd.DataFrame(ours, items.index)


def preventive(snapshot: Snapshot) -> np.ndarray:
    kind = snapshot.items["kind"]
    if snapshot.whole.items["kind"].isna().all():
        return np.ones(len(kind), dtype=bool)
    return (kind == "prevent").to_numpy(dtype=bool)


def have_returned(snapshot: Snapshot) -> np.ndarray:
    """Which incidents are the return of an earlier one."""
    later = find_pairs(snapshot.whole)["incident_id"]
    return snapshot.incidents["incident_id"].isin(later).to_numpy(dtype=bool)


def _finished(snapshot: Snapshot, items: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The groups whose preventive items are all done: how many they are, and the last closing."""
    wanted = preventive(snapshot) & (snapshot.items["state"] != "dropped").to_numpy(dtype=bool)
    wanted &= items["service"].notna().to_numpy(dtype=bool)
    known, groups = snapshot.items[["state", "closed_on"]][wanted], items[wanted]
    done = (known["state"] == "done").to_numpy(dtype=bool)
    dated = known["closed_on"].notna().to_numpy(dtype=bool)
    groups = groups.assign(preventive_items=1, ready=done & dated, done_on=known["closed_on"])
    how = {"preventive_items": "sum", "ready": "all", "done_on": "max"}
    table = groups.groupby(columns, dropna=False).agg(how).reset_index()
    return table[table["ready"].to_numpy(dtype=bool)].drop(columns="ready")


def _earlier(snapshot: Snapshot, incidents: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The incidents of each group, when the first was over, and repeats before and after."""
    columns = list(incidents)
    moments = snapshot.incidents[["started_on", "resolved_on"]]
    told = incidents.assign(
        incidents=1,
        over=moments["resolved_on"].fillna(moments["started_on"]),
        began=moments["started_on"],
        returned=have_returned(snapshot),
    )
    told = told.merge(table[[*columns, "done_on"]], on=columns)
    told["first"] = told.groupby(columns, dropna=False)["over"].transform("min")
    told["after"] = told["returned"] & (told["began"] > told["done_on"])
    told["before"] = told["returned"] & ~told["after"] & (told["began"] > told["first"])
    how = {"incidents": "sum", "first": "min", "before": "sum", "after": "sum"}
    return told.groupby(columns, dropna=False).agg(how).reset_index()
