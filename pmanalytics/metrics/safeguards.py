"""Safeguards: signs that figures are met on paper while the work is not.

A measure that people answer for is bent sooner or later, mostly without anybody wanting to. Each
sentinel counts one way in which that would show, of the cases in which it could. None of them is a
proof, and each has innocent reasons; they say where to look at the work again.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import among, places
from pmanalytics.metrics.grouping import By, crossed, group_columns, sums
from pmanalytics.metrics.timelines import positions_of
from pmanalytics.rewinding import end_of, local_days
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.proportions import wilson

__all__ = ["sentinels"]

Flags = tuple[np.ndarray, np.ndarray]

NEAR_DAYS: Final = 2
REOPENED_DAYS: Final = 30
FILED_DAYS: Final = 30
RECENT_DAYS: Final = 90
FEWEST_EARLIER: Final = 5
FEWER_ITEMS: Final = "fewer_items_per_sev1"
DOWNGRADED: Final = "downgraded_after_publication"
READINGS: Final[Mapping[str, str]] = {
    "closed_near_due": "Closings spread evenly over 15 days would put 19% here, over 30 days 10%. "
    "Clearly more may mean that the date ended the work; look at whether what was agreed is in "
    "use.",
    "dropped_after_due": "Work that is dropped only when it is overdue may have been too large or "
    "never wanted; decide earlier, and write down why.",
    DOWNGRADED: "A severity that is lowered after publication gives the work more "
    "days; look at whether the effect of the incident was seen differently.",
    "reopened_within_30_days": "Work that comes back soon was closed before it held; look at what "
    "shows that an item is done.",
    "waived_after_due": "A waiver after the due day changes no figure; ask for one while there is "
    "still time.",
    FEWER_ITEMS: "Up to half would have fewer by chance. Clearly more may mean that less is "
    "written down, or that incidents became simpler; it is no measure of quality.",
}


def sentinels(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Signs that promises are met on paper, each counted of the cases where it could show.

    One row per group and sentinel: sentinel, count, of, share with low and high at 95 % (Wilson),
    and reading: what it may mean, in words on the work. The sentinels: closed_near_due (of matured
    items done in time, those closed on the due day or the two days before), dropped_after_due (of
    matured items that were dropped), downgraded_after_publication (of items whose postmortem is
    published, those whose severity, or whose incident's, was lowered later; missing without a
    history of severities), reopened_within_30_days (of items that were done at least 30 days ago),
    waived_after_due (of waivers, those granted after the day then in force, which change nothing),
    fewer_items_per_sev1 (of Sev-1 incidents resolved in the last 90 days but for the last 30, those
    with fewer items filed within 30 days than the median of the earlier ones; it needs 5 of these,
    and is missing where `by` names a column that incidents lack). A period does not restrict
    it. Source: method, section 9, R6.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> pma.sentinels(q3)["sentinel"].tolist()[:2]
        ['closed_near_due', 'dropped_after_due']
    """
    by = group_columns(by, snapshot.items)
    told = pd.concat([_of_items(snapshot, by), _fewer_items(snapshot, by)], ignore_index=True)
    groups = told[by].drop_duplicates()
    groups = groups.sort_values(by, ignore_index=True) if by else groups
    table = crossed(groups, "sentinel", READINGS).merge(told, on=[*by, "sentinel"], how="left")
    counts = table[["count", "of"]].fillna(0).astype("Int64")
    counts = counts.mask(table["sentinel"].isin(_missing(snapshot, by)))
    of = counts["of"].astype("float64")
    low, high = wilson(counts["count"].astype("float64"), of)
    share = counts["count"].astype("float64") / of.where(of > 0)
    reading = table["sentinel"].map(READINGS)
    figures = pd.DataFrame({**counts, "share": share, "low": low, "high": high, "reading": reading})
    table = pd.concat([table[[*by, "sentinel"]], figures], axis=1)
    table = table.astype({name: snapshot.items[name].dtype for name in by})
    return table.astype({"sentinel": "str", "reading": "str"})


def _of_items(snapshot: Snapshot, by: list[str]) -> pd.DataFrame:
    """The sentinels that are counted in items, one row per group and sentinel."""
    told = {name: tell(snapshot) for name, tell in _OF_ITEMS.items()}
    numbers = {f"{name} {n}": flag for name, flags in told.items() for n, flag in enumerate(flags)}
    added = sums(snapshot.items[by], numbers)
    parts = [
        added[by].assign(sentinel=name, of=added[f"{name} 0"], count=added[f"{name} 1"])
        for name in told
    ]
    return pd.concat(parts, ignore_index=True)


def _missing(snapshot: Snapshot, by: list[str]) -> list[str]:
    """The sentinels of which the data, or the groups, say nothing."""
    severities = snapshot.whole.field_changes["field"].eq("severity").any()
    of_incidents = set(by) <= set(snapshot.incidents)
    unknown = {DOWNGRADED: not severities, FEWER_ITEMS: not of_incidents}
    return [name for name, missing in unknown.items() if missing]


def _closed_near_due(snapshot: Snapshot) -> Flags:
    items = snapshot.items
    of = (items["matured"] & items["standing"].eq("met")).to_numpy(dtype=bool)
    left = (items["due_on"] - items["closed_on"]).dt.days
    return of, of & (left <= NEAR_DAYS).to_numpy(dtype=bool)


def _dropped_after_due(snapshot: Snapshot) -> Flags:
    standing = snapshot.items["standing"]
    matured = snapshot.items["matured"].to_numpy(dtype=bool)
    late = matured & standing.eq("dropped_late").to_numpy(dtype=bool)
    return late | (matured & standing.eq("dropped_in_time").to_numpy(dtype=bool)), late


def _downgraded(snapshot: Snapshot) -> Flags:
    """Items whose postmortem is published, and those whose severity was lowered after that."""
    items, whole = snapshot.items, snapshot.whole
    told = whole.field_changes
    events = told[told["field"].eq("severity").to_numpy(dtype=bool)]
    numbers = [events[side].str.extract(r"(\d+)", expand=False) for side in ("before", "after")]
    before, after = (pd.to_numeric(number, errors="coerce") for number in numbers)
    lowered = events.loc[(after > before).to_numpy(dtype=bool), ["subject", "at"]]
    last = lowered.groupby("subject")["at"].max()
    known = whole.incidents
    since = _found(known["postmortem_published_at"], items["incident_id"], known["incident_id"])
    names = last.index.to_series()
    changed = [_found(last, items[name], names) for name in ("item_id", "incident_id")]
    of = ~np.isnat(since)
    return of, of & ((changed[0] > since) | (changed[1] > since))


def _found(moments: pd.Series, names: pd.Series, known: pd.Series) -> np.ndarray:
    """The moment that is known of each name, in UTC; not a time where none is."""
    stamps = moments.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return np.append(stamps, np.datetime64("NaT", "us"))[places(names, known)]


def _reopened(snapshot: Snapshot) -> Flags:
    """Items that were done long enough ago, and those that were reopened soon after."""
    states = snapshot.events[snapshot.events["field"].eq("state").to_numpy(dtype=bool)]
    following = states[["subject", "at", "after"]].shift(-1)
    window = pd.Timedelta(days=REOPENED_DAYS)
    end = end_of(snapshot.as_of, snapshot.settings.timezone) - window
    seen = (states["after"].eq("done") & (states["at"] < end)).to_numpy(dtype=bool)
    # An item that is done again without a reopening between was open, as its copies show.
    again = following["subject"].eq(states["subject"]) & following["after"].ne("dropped")
    soon = (again & (following["at"] - states["at"] <= window)).to_numpy(dtype=bool)
    named = snapshot.items["item_id"]
    subjects = states["subject"]
    return among(named, subjects[seen]), among(named, subjects[seen & soon])


def _waived_after_due(snapshot: Snapshot) -> Flags:
    """How many waivers each item was given, and how many of them too late."""
    items = snapshot.items
    given = snapshot.whole.decisions
    given = given[(given["kind"].eq("waiver") & given["until"].notna()).to_numpy(dtype=bool)]
    given = given[among(given["subject"], items["item_id"])]
    at = positions_of(items, given["subject"])
    last = items[["due_on", "adjusted_due_on"]].iloc[at].max(axis=1)
    after = given["decided_on"].to_numpy() > last.to_numpy()
    return np.bincount(at, minlength=len(items)), np.bincount(at[after], minlength=len(items))


_OF_ITEMS: Final[Mapping[str, Callable[[Snapshot], Flags]]] = {
    "closed_near_due": _closed_near_due,
    "dropped_after_due": _dropped_after_due,
    DOWNGRADED: _downgraded,
    "reopened_within_30_days": _reopened,
    "waived_after_due": _waived_after_due,
}


def _fewer_items(snapshot: Snapshot, by: list[str]) -> pd.DataFrame:
    """Recent Sev-1 incidents with fewer items than the median of the earlier ones in the group."""
    columns = [*by, "count", "of", "sentinel"]
    if not set(by) <= set(snapshot.incidents):
        return pd.DataFrame(columns=columns).astype({"count": "int64", "of": "int64"})
    incidents = snapshot.incidents
    of_sev1 = incidents["severity"].eq("sev1") & incidents["resolved_on"].notna()
    severe = incidents[of_sev1.to_numpy(dtype=bool)]
    filed = _filed(snapshot, severe)
    ago = (pd.Timestamp(snapshot.as_of) - severe["resolved_on"]).dt.days.to_numpy()
    recent = (ago >= FILED_DAYS) & (ago < FILED_DAYS + RECENT_DAYS)
    earlier = severe[by].assign(_filed=np.where(ago >= FILED_DAYS + RECENT_DAYS, filed, np.nan))
    grouped = earlier.groupby(by or (lambda _: 0), dropna=False)["_filed"]
    enough = grouped.transform("count").to_numpy() >= FEWEST_EARLIER
    fewer = filed < grouped.transform("median").to_numpy()
    of = recent & enough
    return sums(severe[by], {"count": of & fewer, "of": of}).assign(sentinel=FEWER_ITEMS)[columns]


def _filed(snapshot: Snapshot, severe: pd.DataFrame) -> np.ndarray:
    """How many items of each incident were filed soon after it, so that all had the same time."""
    items = snapshot.whole.items
    items = items.loc[
        among(items["incident_id"], severe["incident_id"]), ["incident_id", "created_at"]
    ]
    ended = severe.set_index("incident_id")["resolved_on"].reindex(items["incident_id"])
    created = local_days(items["created_at"], snapshot.settings.timezone)
    late = (created.to_numpy() - ended.to_numpy()) > np.timedelta64(FILED_DAYS, "D")
    counts = items.loc[~late, "incident_id"].value_counts()
    return counts.reindex(severe["incident_id"]).fillna(0).to_numpy(dtype=np.int64)
