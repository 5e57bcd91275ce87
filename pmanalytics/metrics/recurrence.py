"""Recurrence: which incidents came back, and what was still open when they did.

An open preventive item is never said to have caused the repeat: it was open, no more. How pairs are
found is in `pairing`.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import CLOSED, among, places
from pmanalytics.keeping import kept
from pmanalytics.metrics.additive import COUNT
from pmanalytics.metrics.grouping import By, bring_forward, crossed, group_columns, sums
from pmanalytics.metrics.pairing import find_pairs
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import RETURNS

__all__ = ["repeats", "repeats_while_open"]

COLUMNS: Final = (
    "incident_id",
    "repeat_of",
    "level",
    "days_between",
    "service",
    "cause",
    "open_before",
    "overdue_before",
    "preventive_open_before",
    "preventive_overdue_before",
)
WITH_KIND: Final = "with_kind"  # a figure that is no column: how many items have a kind


def repeats(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Incidents that came back, and what was open of the earlier one.

    One row per pair of incidents at its strongest level: incident_id (the later one), repeat_of,
    level (L1 explicit, L2 same service and a shared cause within 90 days, L3 same ticket or a title
    that says so), days_between (local days from the end of one to the start of the other), service
    of the later one, cause (shared by both, joined by `;`), and how many of the earlier incident's
    items were open and overdue at that moment; the preventive ones are missing when no item of the
    earlier incident has a kind. `by` takes columns of incidents. Source: method, section 5.1.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> sorted(pma.repeats(q3)["level"].unique())
        ['L1', 'L2', 'L3']
    """
    pairs = find_pairs(snapshot.whole)
    pairs = pairs[among(pairs["incident_id"], snapshot.incidents["incident_id"])]
    counts = open_before(_owed_of(snapshot.whole, pairs))
    return list_repeats(snapshot, pairs, counts, by=by)


def list_repeats(
    snapshot: Snapshot, pairs: pd.DataFrame, counts: pd.DataFrame, *, by: By = None
) -> pd.DataFrame:
    """The table of `repeats`, from pairs and the sums of what `open_before` counts."""
    whole = snapshot.whole
    by = group_columns(by, whole.incidents)
    pairs = pairs.assign(**_figures(pairs, counts))
    extra = [name for name in by if name not in pairs]
    if extra:
        known = whole.incidents.set_index("incident_id")[extra]
        pairs = pairs.join(known, on="incident_id")
    order = ["started_at", "incident_id", "repeat_of"]
    table = pairs.sort_values([*by, *order], ignore_index=True)
    return bring_forward(table[[*extra, *COLUMNS]], by)


def repeats_while_open(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Repeats by the state of the earlier incident's preventive items when they began.

    One row per group and state, all states always there: state and repeats, the incidents that
    are the return of an earlier one (L1 to L3). The first state that applies to a preventive item
    of the earlier incident counts: overdue (after the day the policy gave), open (not yet due),
    closed (done before, so that the fix did not hold), dropped, none (no preventive item, or none
    yet), unknown (closed on an unknown day, or no item of it has a kind). An incident that is the
    return of several counts once, in the first state that applies to any of them. It says what was
    open, not what would have been prevented: compare with `repeat_exposure`. `by` takes columns of
    incidents, those of the later one. Method, section 5.3.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> pma.repeats_while_open(q3)["state"].tolist()
        ['overdue', 'open', 'closed', 'dropped', 'none', 'unknown']
    """
    by = group_columns(by, snapshot.incidents)
    state = return_states(snapshot)
    known = snapshot.incidents.set_index("incident_id", drop=False).loc[state.index, by]
    groups = known.reset_index(drop=True).assign(state=state.to_numpy())
    counts = sums(groups, {"repeats": np.ones(len(groups), dtype=np.int64)})
    everything = crossed(counts[by].drop_duplicates(), "state", RETURNS)
    table = everything.merge(counts, on=[*by, "state"], how="left").fillna({"repeats": 0})
    table = table.astype({"repeats": "int64", "state": "str"})
    return bring_forward(table[[*by, "state", "repeats"]], by)


def return_states(snapshot: Snapshot) -> pd.Series:
    """The state of `repeats_while_open`, by the incident_id of each incident that is a return."""
    whole = snapshot.whole
    pairs = find_pairs(whole)
    pairs = pairs[among(pairs["incident_id"], snapshot.incidents["incident_id"])]
    rank = pd.Series(_states(_owed_of(whole, pairs), pairs), index=pairs.index)
    first = rank.groupby(pairs["incident_id"]).min()
    states = np.array(list(RETURNS), dtype=object)
    return pd.Series(states[first.to_numpy(dtype=np.int64)], index=first.index)


def _states(owed: pd.DataFrame, pairs: pd.DataFrame) -> np.ndarray:
    """The place in RETURNS of each pair: that of its first preventive item that applies."""
    prevents = (owed["kind"] == "prevent").to_numpy(dtype=bool)
    order = {state: place for place, state in enumerate(RETURNS)}
    ended = {"open": order["open"], "done": order["closed"], "dropped": order["dropped"]}
    was = owed["was"].map(ended).astype("float64")
    late = (owed["open"] & owed["overdue"]).to_numpy(dtype=bool)
    place = was.mask(late, order["overdue"]).fillna(order["unknown"])
    there = (owed["existed"] & prevents).to_numpy(dtype=bool)
    first = place[there].groupby(owed.loc[there, "pair"]).min().reindex(pairs.index)
    # An item without a kind may be a preventive one; only where some have one is it known.
    kinds = owed["kind"].notna().groupby(owed["pair"]).agg(["any", "size"]).reindex(pairs.index)
    unkind = kinds["size"].notna() & ~kinds["any"].fillna(value=True).astype(bool)
    nothing = pd.Series(order["none"], index=pairs.index).mask(unkind, order["unknown"])
    return first.fillna(nothing).to_numpy(dtype=np.int64)


def open_before(owed: pd.DataFrame) -> pd.DataFrame:
    """How many of the earlier incident's items were open and overdue when the later one began.

    One row per pair (its label) and figure that is not zero; counts of parts of the items add up.
    """
    prevents = (owed["kind"] == "prevent").to_numpy(dtype=bool)
    flags = {
        "open_before": owed["open"],
        "overdue_before": owed["open"] & owed["overdue"],
        "preventive_open_before": owed["open"] & prevents,
        "preventive_overdue_before": owed["open"] & owed["overdue"] & prevents,
        WITH_KIND: owed["kind"].notna(),
    }
    counted = [
        pd.DataFrame({"pair": owed["pair"][flag], "figure": name}) for name, flag in flags.items()
    ]
    groups = pd.concat(counted, ignore_index=True).astype({"pair": "int64", "figure": "str"})
    return sums(groups, {COUNT: np.ones(len(groups), dtype=np.int64)})


def _figures(pairs: pd.DataFrame, counts: pd.DataFrame) -> dict[str, pd.Series]:
    """The counts of each pair; those of preventive items where some item has a kind."""
    wide = counts.pivot_table(index="pair", columns="figure", values=COUNT)
    wide = wide.reindex(index=pairs.index, columns=[*COLUMNS[-4:], WITH_KIND]).fillna(0)
    figures = {str(name): column.astype("Int64") for name, column in wide.items()}
    kinds_known = figures.pop(WITH_KIND) > 0
    for name in ("preventive_open_before", "preventive_overdue_before"):
        figures[name] = figures[name].where(kinds_known)
    return figures


def _owed_of(snapshot: Snapshot, pairs: pd.DataFrame) -> pd.DataFrame:
    """The rows of `owed_before` that are of some of the pairs."""
    owed = owed_before(snapshot)
    return owed[owed["pair"].isin(pairs.index).to_numpy()]


@kept
def owed_before(snapshot: Snapshot) -> pd.DataFrame:
    """The rows of `owed_with` of all pairs of a whole snapshot."""
    return owed_with(find_pairs(snapshot), snapshot)


def owed_with(pairs: pd.DataFrame, snapshot: Snapshot) -> pd.DataFrame:
    """One row per pair and item of its earlier incident: was it open, was it overdue?

    `item` is the place among the items of earlier incidents.
    """
    # Numbers stand for names here: comparing a million texts costs more than all the rest.
    names = pairs["repeat_of"].drop_duplicates()
    place = places(snapshot.items["incident_id"], names)
    columns = ["item_id", "kind", "state", "closed_at", "due_on", "created_at"]
    items = snapshot.items[columns][place >= 0].reset_index(drop=True)
    earlier = places(pairs["repeat_of"], names)
    moments = pairs[["started_at"]].assign(pair=pairs.index, earlier=earlier)
    held = items.drop(columns="item_id").assign(earlier=place[place >= 0], item=items.index)
    owed = moments.merge(held, on="earlier").sort_values("started_at", kind="stable")
    subject = places(snapshot.events["subject"], items["item_id"])
    changes = snapshot.events[["at", "after"]].assign(item=subject)[subject >= 0]
    changes = changes.sort_values("at", kind="stable")
    owed = pd.merge_asof(owed, changes, left_on="started_at", right_on="at", by="item")
    undated = owed["state"].isin(CLOSED) & owed["closed_at"].isna() & owed["after"].isna()
    existed = ~(owed["created_at"] > owed["started_at"])
    known = existed & ~undated & owed["state"].notna()
    day = owed["started_at"].dt.tz_convert(snapshot.settings.timezone).dt.tz_localize(None)
    return owed.assign(
        existed=existed,
        # Every item begins open.
        was=owed["after"].fillna("open").where(known),
        open=known & ~owed["after"].isin(CLOSED),
        overdue=owed["due_on"] < day.dt.normalize(),
    )
