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
from pmanalytics.metrics.additive import (
    COUNT,
    Additive,
    Context,
    Counts,
    counted,
    flagged,
    flags_of,
)
from pmanalytics.metrics.grouping import By, bring_forward, sums
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.proportions import design_effect_from_sums, wilson

__all__ = ["attainment", "standings"]

Interval = Literal["wilson", "cluster"]

DUE = ("met", "late", "overdue", "dropped_late")
COUNTS = ("due", *DUE)
FLAGGED = (*COUNTS, "dropped_in_time", "unknown", "waived", "adjusted_met", "adjusted_due")
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
    return _ATTAINMENT.measure(snapshot, by, interval=interval)


def demand_interval(interval: str) -> None:
    """Raise UsageError for what is no interval of a share."""
    if interval not in ("wilson", "cluster"):
        raise UsageError(f"{interval!r} is not an interval; use 'wilson' or 'cluster'.")


def _cohort_counts(
    snapshot: Snapshot, by: list[str], *, interval: Interval = "wilson"
) -> dict[str, pd.DataFrame]:
    """Items by what attainment says of them, and for clusters the due ones by incident."""
    items, flags = snapshot.items, _flags(snapshot)
    counts = {"items": flagged(items[by], {name: flags[name] for name in FLAGGED})}
    if interval == "cluster":
        counts["clusters"] = _cluster_counts(items, due=flags["due"], met=flags["met"], by=by)
    return counts


def _attained(counts: Counts, by: list[str], _: Context) -> pd.DataFrame:
    known, count = counts["items"], counts["items"][COUNT].to_numpy()
    told = {name: flag * count for name, flag in flags_of(known, FLAGGED).items()}
    table = sums(known[by], told)
    clusters = counts.get("clusters")
    if clusters is not None:
        moments = _moments(clusters, by)
        table = table.merge(moments, on=by, how="left") if by else table.join(moments)
        table = table.fillna(dict.fromkeys(MOMENTS, 0))
    table["attainment"] = _share(table["met"], table["due"])
    trials = table["due"] if clusters is None else effective_number(table)
    low, high = wilson(table["attainment"] * trials, trials)
    table["low"], table["high"] = low, high
    known_and_unknown = table["due"] + table["unknown"]
    table["bound_low"] = _share(table["met"], known_and_unknown)
    table["bound_high"] = _share(table["met"] + table["unknown"], known_and_unknown)
    table["attainment_adjusted"] = _share(table.pop("adjusted_met"), table.pop("adjusted_due"))
    others = [name for name in by if name != "waived"]
    return bring_forward(table[[*COUNTS, *REST, "waived", "attainment_adjusted", *others]], by)


def _flags(snapshot: Snapshot) -> dict[str, np.ndarray]:
    """What attainment says of each item."""
    items = snapshot.items
    said = (*DUE, "dropped_in_time", "unknown")
    standing = {word: (items["standing"] == word).to_numpy(dtype=bool) for word in said}
    inside = items["in_period"].to_numpy(dtype=bool)
    cohort = inside & items["matured"].to_numpy(dtype=bool)
    flags = {word: cohort & standing[word] for word in (*DUE, "dropped_in_time")}
    due = np.logical_or.reduce([flags[word] for word in DUE])
    waived = cohort & items["waived"].to_numpy(dtype=bool)
    judged = (due | flags["dropped_in_time"]) & ~(waived & _waiver_runs(snapshot))
    closed_in_time = (items["closed_on"] <= items["adjusted_due_on"]).to_numpy(dtype=bool)
    done = (items["state"] == "done").to_numpy(dtype=bool)
    dropped = (items["state"] == "dropped").to_numpy(dtype=bool)
    return {
        "due": due,
        **flags,
        "unknown": inside & standing["unknown"],
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
    return _moments(_cluster_counts(items, due=due, met=met, by=by), by)


def _cluster_counts(
    items: pd.DataFrame, *, due: np.ndarray, met: np.ndarray, by: list[str]
) -> pd.DataFrame:
    """Due items by incident, which parts may split; those without one are clusters of their own."""
    chosen = items.loc[due, [*dict.fromkeys((*by, "incident_id"))]]
    return counted(chosen[by], {"_cluster": chosen["incident_id"], "_met": met[due]})


def _moments(clusters: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    count, met = clusters[COUNT].to_numpy(), clusters["_met"].to_numpy(dtype=bool)
    each = sums(clusters[[*by, "_cluster"]], {"_size": count, "_met": count * met})
    size, kept = each["_size"].to_numpy(dtype=float), each["_met"].to_numpy(dtype=float)
    # Items without an incident are in one row, and each of them is a cluster of its own.
    alone = each["_cluster"].isna().to_numpy()
    moments = (
        *(np.where(alone, size, 1), size, np.where(alone, size, size**2)),
        *(kept, np.where(alone, kept, kept**2 / size)),
    )
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
_ATTAINMENT: Final = Additive("attainment", _cohort_counts, _attained)
ADDITIVE: Final = (_STANDINGS, _ATTAINMENT)
