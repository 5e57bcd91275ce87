"""Completion against policy: who stands where, and which promises were kept.

Everything here is made from counts that add up over parts of the data. The cohort of attainment is
the items whose due day lies in the period and before the as-of date, done or not: leaving out the
open ones, or counting those that are not due yet, are the two usual ways to a flattering number.
"""

from typing import Final, Literal

import numpy as np
import pandas as pd

from pmanalytics.errors import UsageError
from pmanalytics.judging import STANDINGS
from pmanalytics.metrics.additive import COUNT, Additive, Context, Counts, counted
from pmanalytics.metrics.grouping import By, bring_forward, group_columns, sums
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.proportions import design_effect_from_sums, wilson

__all__ = ["attainment", "standings"]

Interval = Literal["wilson", "cluster"]

DUE = ("met", "late", "overdue", "dropped_late")
COUNTS = ("due", *DUE)
ITEMS_PER_INCIDENT = 1.5
# What `design_effect_from_sums` takes, in its order.
MOMENTS = ("_clusters", "_size", "_size_squared", "_met", "_met_squared_by_size")
REST = ("attainment", "low", "high", "dropped_in_time", "unknown", "bound_low", "bound_high")


def standings(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """How every action item stands against the policy.

    One row per group with total, met, late, overdue, pending, dropped_in_time, dropped_late,
    no_target and unknown; they always add up to total. A period does not restrict it. Definition:
    PagerDuty's due days, states in the order of the method, section 2.2.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> counts = pma.standings(q3)
        >>> int(counts["total"].iloc[0]) == len(q3.items)
        True
    """
    return _STANDINGS.measure(snapshot, by)


def _standing_counts(snapshot: Snapshot, by: list[str]) -> Counts:
    return {"items": counted(snapshot.items[by], {"_standing": snapshot.items["standing"]})}


def _standings(counts: Counts, by: list[str], _: Context) -> pd.DataFrame:
    items = counts["items"]
    standing, count = items["_standing"].to_numpy(dtype=object), items[COUNT].to_numpy()
    words = {word: np.where(standing == word, count, 0) for word in STANDINGS}
    return sums(items[by], {"total": count, **words})


def attainment(snapshot: Snapshot, *, by: By = None, interval: Interval = "wilson") -> pd.DataFrame:
    """Promises kept: the share of due action items that were done by their due day.

    The cohort is the items that fell due in the period (without a period: every matured item).
    One row per group: due (the denominator: met + late + overdue + dropped_late), attainment with
    low and high at 95 %, and what is left out of it: dropped_in_time, unknown, and the bounds that
    attainment would have if all or none of the unknown were met. `waived` counts cohort items with
    a waiver granted in time; attainment_adjusted judges those by the waiver's day and leaves out
    the ones whose day is not past. Shares are between 0 and 1, missing when nothing was due.

    `interval` is "wilson", or "cluster" for items of one incident sharing a fate: Wilson on
    n / design effect, the effect from the analysis of variance between incidents. Raises
    UsageError for another one. Formulas: Wilson 1927; method, sections 2.3 and 2.6.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> pma.attainment(q3, by="severity").columns[:3].tolist()
        ['severity', 'due', 'met']
    """
    demand_interval(interval)
    by = group_columns(by, snapshot.items)
    return _attained(_counted(snapshot, by, interval=interval), by, interval=interval)


def demand_interval(interval: str) -> None:
    """Raise UsageError for what is no interval of a share."""
    if interval not in ("wilson", "cluster"):
        raise UsageError(f"{interval!r} is not an interval; use 'wilson' or 'cluster'.")


def _counted(snapshot: Snapshot, by: list[str], *, interval: Interval) -> pd.DataFrame:
    """The counts per group that attainment is made of; they add up over parts.

    Parts must not split an incident where the interval is that of clusters.
    """
    groups, flags = snapshot.items[by], _flags(snapshot)
    if interval == "wilson":
        return sums(groups, flags)
    due, met = np.asarray(flags["due"]), np.asarray(flags["met"])
    clusters = cluster_moments(snapshot.items, due=due, met=met, by=by)
    if not by:
        return pd.concat([sums(groups, flags), clusters], axis=1)
    return sums(groups, flags).merge(clusters, on=by, how="left").fillna(dict.fromkeys(MOMENTS, 0))


def _attained(counts: pd.DataFrame, by: list[str], *, interval: Interval) -> pd.DataFrame:
    """The table of attainment from its counts."""
    table = counts.copy()
    table["attainment"] = _share(table["met"], table["due"])
    trials = effective_number(table) if interval == "cluster" else table["due"]
    low, high = wilson(table["attainment"] * trials, trials)
    table["low"], table["high"] = low, high
    known_and_unknown = table["due"] + table["unknown"]
    table["bound_low"] = _share(table["met"], known_and_unknown)
    table["bound_high"] = _share(table["met"] + table["unknown"], known_and_unknown)
    table["attainment_adjusted"] = _share(table.pop("adjusted_met"), table.pop("adjusted_due"))
    others = [name for name in by if name != "waived"]
    return bring_forward(table[[*COUNTS, *REST, "waived", "attainment_adjusted", *others]], by)


def _flags(snapshot: Snapshot) -> dict[str, np.ndarray | pd.Series]:
    """The additive counts of attainment, one flag per item each."""
    items = snapshot.items
    standing = items["standing"].to_numpy(dtype=object)
    inside = items["in_period"].to_numpy(dtype=bool)
    cohort = inside & items["matured"].to_numpy(dtype=bool)
    flags = {word: cohort & (standing == word) for word in (*DUE, "dropped_in_time")}
    due = np.logical_or.reduce([flags[word] for word in DUE])
    waived = cohort & items["waived"].to_numpy(dtype=bool)
    judged = (due | flags["dropped_in_time"]) & ~(waived & _waiver_runs(snapshot))
    closed_in_time = (items["closed_on"] <= items["adjusted_due_on"]).to_numpy(dtype=bool)
    done = (items["state"] == "done").to_numpy(dtype=bool)
    dropped = (items["state"] == "dropped").to_numpy(dtype=bool)
    return {
        "due": due,
        **flags,
        "unknown": inside & (standing == "unknown"),
        "waived": waived,
        "adjusted_met": judged & done & closed_in_time,
        "adjusted_due": judged & ~(dropped & closed_in_time),
    }


def due_cohort(snapshot: Snapshot) -> pd.Series:
    """Which items attainment counts as due, one truth value per item."""
    return pd.Series(_flags(snapshot)["due"], index=snapshot.items.index, dtype=bool)


def _waiver_runs(snapshot: Snapshot) -> np.ndarray:
    return (snapshot.items["adjusted_due_on"] >= pd.Timestamp(snapshot.as_of)).to_numpy(dtype=bool)


def cluster_moments(
    items: pd.DataFrame, *, due: np.ndarray, met: np.ndarray, by: list[str]
) -> pd.DataFrame:
    """The sums of the design effect per group, each incident being one cluster of due items."""
    cluster = items["incident_id"].fillna(items["item_id"]).rename("_cluster")
    groups = pd.concat([items[by], cluster], axis=1)
    each = sums(groups[due], {"_size": due[due], "_met": met[due]})
    size, kept = each["_size"].to_numpy(dtype=float), each["_met"].to_numpy(dtype=float)
    moments = (np.ones(len(each)), size, size**2, kept, kept**2 / size)
    return sums(each[by], dict(zip(MOMENTS, moments, strict=True)))


def effective_number(moments: pd.DataFrame) -> pd.Series:
    """How many independent items tell as much as those of each row of `cluster_moments`."""
    effect = design_effect_from_sums(*(moments[name] for name in MOMENTS))
    return pd.Series(effect.n_eff, index=moments.index)


def fitting_interval(snapshot: Snapshot) -> Interval:
    """The kind of interval that fits the data: items of one incident share its fate.

    With more than 1.5 of them per incident, intervals that take them as independent are too narrow
    (method, section 2.6).
    """
    incidents = snapshot.items["incident_id"].dropna()
    clustered = len(incidents) > ITEMS_PER_INCIDENT * incidents.nunique()
    return "cluster" if clustered else "wilson"


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """A share between 0 and 1, missing where there is nothing to share."""
    return part / whole.where(whole > 0)


_STANDINGS: Final = Additive("standings", _standing_counts, _standings)
ADDITIVE: Final = (_STANDINGS,)
