"""What is owed now, and how it came and went: backlog by age, and flow by period."""

import numpy as np
import pandas as pd

from pmanalytics.changes import CLOSED, among, places
from pmanalytics.metrics.grouping import By, bring_forward, crossed, group_columns, sums
from pmanalytics.periods import period_names, periods_between
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
    by = group_columns(by, snapshot.items)
    items = snapshot.items[(snapshot.items["state"] == "open").to_numpy(dtype=bool)]
    age = items["days"].to_numpy(dtype=float, na_value=np.inf)
    band = np.searchsorted(AGE_LIMITS, age)
    band[np.isinf(age)] = len(AGE_BANDS) - 1
    groups = items[by].assign(age_band=np.array(AGE_BANDS, dtype=object)[band])
    overdue = (items["standing"] == "overdue").to_numpy(dtype=bool)
    counts = sums(groups, {"items": np.ones(len(items), dtype=np.int64), "overdue": overdue})
    everything = crossed(counts[by].drop_duplicates(), "age_band", AGE_BANDS)
    table = everything.merge(counts, on=[*by, "age_band"], how="left")
    return table.fillna({"items": 0, "overdue": 0}).astype(
        {"items": "int64", "overdue": "int64", "age_band": "str"}
    )


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
    entered = _entered(snapshot)
    moves = _moves(snapshot, entered, by)
    if moves.empty:
        names = [*by, "period", *FLOW]
        return pd.DataFrame({name: pd.Series(dtype="int64") for name in names}).astype(
            {name: snapshot.items[name].dtype for name in by} | {"period": "str"}
        )
    kind = snapshot.period.grouping if snapshot.period else "quarter"
    moves = moves.assign(period=period_names(moves.pop("on"), kind=kind))
    first = entered.min().date()
    names = [period.name for period in periods_between(first, snapshot.as_of, kind=kind)]
    kinds = ("new", "done", "dropped", "reopened")
    counts = sums(moves[[*by, "period"]], {kind: moves["move"] == kind for kind in kinds})
    table = crossed(counts[by].drop_duplicates(), "period", names)
    table = table.merge(counts, on=[*by, "period"], how="left").fillna(dict.fromkeys(kinds, 0))
    table = table.astype(dict.fromkeys(kinds, "int64") | {"period": "str"})
    change = table["new"] + table["reopened"] - table["done"] - table["dropped"]
    keys = [table[name] for name in by]
    table["closing"] = change.groupby(keys, dropna=False).cumsum() if by else change.cumsum()
    table["opening"] = table["closing"] - change
    return bring_forward(table[["period", *by, *FLOW]], by)


def _entered(snapshot: Snapshot) -> pd.Series:
    """The local day on which each item came to be: its creation, else its incident.

    Missing for what is not counted: without a state, or closed without a date.
    """
    items = snapshot.items
    created = local_days(items["created_at"], snapshot.settings.timezone)
    entered = created.fillna(items["started_on"])
    entered = entered.where(~(entered > items["first_closed_on"]), items["first_closed_on"])
    undated = items["state"].isin(CLOSED) & items["closed_on"].isna()
    return entered.where(~undated & items["state"].notna())


def _moves(snapshot: Snapshot, entered: pd.Series, by: list[str]) -> pd.DataFrame:
    """One row per coming, closing and reopening: the groups, the day and the move."""
    counted = entered.notna().to_numpy(dtype=bool)
    items = snapshot.items[list(dict.fromkeys(["item_id", *by]))]
    new = items.loc[counted, by].assign(on=entered[counted], move="new")
    events = snapshot.events[~among(snapshot.events["subject"], items["item_id"][~counted])]
    on = local_days(events["at"], snapshot.settings.timezone).to_numpy()
    # To find the item of every event takes long, and only groups want to know it.
    place = places(events["subject"], items["item_id"]) if by else np.zeros(len(events), dtype=int)
    groups = items[by].iloc[place].reset_index(drop=True).assign(on=on)
    closed = events["after"].isin(CLOSED).to_numpy(dtype=bool)
    # Closed again without a reopening on record: it must have been open in between.
    reopened = events["before"].isin(CLOSED).to_numpy(dtype=bool)
    after = events["after"].to_numpy(dtype=object)
    closings = groups[closed].assign(move=after[closed])
    openings = groups[reopened].assign(move="reopened")
    return pd.concat([new, closings, openings], ignore_index=True)
