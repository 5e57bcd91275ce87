"""Reviews: who came to the review meetings, and whether they were held in time.

Only what is written down counts: a review is an incident with the moment of its review, and who
came is what the attendance says. Where the exports say nothing at all of reviews, of attendance or
of publication, the figures are missing instead of zero.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics import registry
from pmanalytics.changes import among
from pmanalytics.metrics.completion import Interval, attainment
from pmanalytics.metrics.grouping import By, bring_forward, each_group, group_columns, sums
from pmanalytics.metrics.nominations import nominated, worth_asking
from pmanalytics.names import fold
from pmanalytics.policy import due_days
from pmanalytics.rewinding import local_days
from pmanalytics.settings import holiday_days
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.life_tables import DONE, OPEN, life_table
from pmanalytics.statistics.proportions import wilson
from pmanalytics.statistics.survival import median_with_limits

__all__ = ["participation", "review_timeliness"]

MANAGERS: Final = ("engineering_manager", "product_manager")
PRESENT: Final = (*MANAGERS, "both", "candidates_present")
ARMS: Final = {"with": True, "without": False}
FIGURES: Final = ("attainment", "low", "high")
# What attainment looks at; a million items are not copied whole.
JUDGED: Final = (
    "item_id", "incident_id", "state", "standing", "matured", "closed_on", "adjusted_due_on",
    "waived",
)  # fmt: skip
# The days within which a review is held, and how they are counted: PagerDuty, postmortem-docs.
LIMITS: Final = {"sev1": (3, "calendar"), "sev2": (5, "business")}
REVIEWED: Final = ("reviewed_in_time", "reviewed_late", "not_reviewed")
PUBLISHED: Final = ("published", "not_published")


def participation(
    snapshot: Snapshot, *, by: By = None, interval: Interval = "wilson"
) -> pd.DataFrame:
    """Who came to the reviews, and how the action items of those incidents went.

    One row per group: reviews (incidents with a known review), at how many of them an
    engineering_manager, a product_manager and both of the affected service were, and
    candidates_present, the reviews at which no candidate team of an item without an owning team was
    missing (as `candidate_teams` scores them, up to three with at least half of the best score). A
    manager's team must be one of the service's owners, or above or below one; where it is not
    written, or nobody knows who owns the service, any manager counts. The counts are missing when
    the exports hold no attendance.

    attainment_with is the share of promises kept among the matured items of reviews with both
    managers, attainment_without that of all other reviews, each with its limits at 95 %
    (`interval` as in `attainment`). The difference is an association: incidents that draw both
    managers differ in other ways too. `by` takes columns of incidents. A period does not restrict
    it. Source: PagerDuty, postmortem-docs.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> counts = pma.participation(q3).iloc[0]
        >>> bool(counts["both"] <= counts["product_manager"] <= counts["reviews"])
        True
    """
    by = group_columns(by, snapshot.incidents)
    held = snapshot.incidents[snapshot.incidents["reviewed_at"].notna().to_numpy(dtype=bool)]
    held = held.assign(**_presence(snapshot.whole, held))
    flags = {name: held[name].to_numpy(dtype=bool) for name in PRESENT}
    table = sums(held[by], {"reviews": np.ones(len(held), dtype=np.int64), **flags})
    table = table.astype(dict.fromkeys(PRESENT, "Int64"))
    kept = _kept(snapshot, held, by, interval)
    for arm, both in ARMS.items():
        part = kept[kept["both"].to_numpy(dtype=bool) == both].drop(columns="both")
        part = part.rename(columns={name: f"{name}_{arm}" for name in FIGURES})
        table = _joined(table, part.reset_index(drop=True), by)
    if snapshot.whole.attendance.empty:
        outcomes = [f"{name}_{arm}" for arm in ARMS for name in FIGURES]
        table = table.assign(**dict.fromkeys(PRESENT, pd.NA), **dict.fromkeys(outcomes, np.nan))
        table = table.astype(dict.fromkeys(PRESENT, "Int64"))
    return bring_forward(table, by)


def _presence(snapshot: Snapshot, held: pd.DataFrame) -> dict[str, np.ndarray]:
    """For each review whether the managers, and every team that may own an item, were there."""
    came = _attendance(snapshot)
    came = came.merge(_owners(snapshot, held), on="incident_id", how="left", suffixes=("", "_own"))
    owners = came["team_own"].isna() | came["team"].isna() | came["team"].eq(came["team_own"])
    manager = came[(owners | _related(snapshot, came)).to_numpy(dtype=bool)]
    present = {
        role: held["incident_id"]
        .isin(manager.loc[manager["role"].eq(fold(role)), "incident_id"])
        .to_numpy()
        for role in MANAGERS
    }
    present["both"] = present[MANAGERS[0]] & present[MANAGERS[1]]
    absent = _absent(snapshot, held, came)
    present["candidates_present"] = ~held["incident_id"].isin(absent).to_numpy()
    return present


def _attendance(snapshot: Snapshot) -> pd.DataFrame:
    """Who came, with roles folded and teams as the registry writes them."""
    came = snapshot.attendance
    roles = {role: fold(role) for role in came["role"].dropna().unique()}
    team = registry.team_spelling(snapshot.teams, snapshot.services).spell(came["team"])
    return came.assign(role=came["role"].map(roles), team=team).astype({"role": "str"})


def _owners(snapshot: Snapshot, held: pd.DataFrame) -> pd.DataFrame:
    """The teams that own the affected service: one row per incident and team."""
    claims = registry.service_claims(snapshot.services)[["service", "team"]].drop_duplicates()
    of_service = held[["incident_id", "service"]].merge(claims, on="service")
    own = held[["incident_id", "team"]].dropna()
    owners = pd.concat([of_service[["incident_id", "team"]], own], ignore_index=True)
    return owners.astype("str").drop_duplicates()


def _related(snapshot: Snapshot, came: pd.DataFrame) -> np.ndarray:
    """Whether the team that came stands above or below the owner."""
    above = pd.MultiIndex.from_frame(registry.ancestors(snapshot.teams))
    pairs = came[["team", "team_own"]]
    return pd.MultiIndex.from_frame(pairs).isin(above) | pd.MultiIndex.from_frame(
        pairs[["team_own", "team"]]
    ).isin(above)


def _absent(snapshot: Snapshot, held: pd.DataFrame, came: pd.DataFrame) -> pd.Series:
    """The incidents of whose candidate teams at least one did not come to the review."""
    items = snapshot.items
    unowned = items["team"].isna().to_numpy() & among(items["incident_id"], held["incident_id"])
    # To score candidates takes long; without any attendance the counts are missing anyway.
    if came.empty or not unowned.any():
        return pd.Series([], dtype="str")
    wanted = worth_asking(nominated(snapshot, np.flatnonzero(unowned)))
    wanted = wanted.assign(incident_id=items["incident_id"].iloc[wanted["item"]].array)
    there = pd.MultiIndex.from_frame(came[["incident_id", "team"]])
    return wanted.loc[
        ~pd.MultiIndex.from_frame(wanted[["incident_id", "team"]]).isin(there), "incident_id"
    ]


def _kept(
    snapshot: Snapshot, held: pd.DataFrame, by: list[str], interval: Interval
) -> pd.DataFrame:
    """Promises kept among all matured items of some incidents, with both managers and without."""
    items = snapshot.items
    named, known = (pa.array(table["incident_id"], pa.string()) for table in (items, held))
    place = pc.fill_null(pc.index_in(named, value_set=known, skip_nulls=True), -1).to_numpy()
    inside = place >= 0
    groups = held[[*by, "both"]]
    columns = {name: groups[name].iloc[place[inside]].array for name in groups}
    chosen = items.loc[inside, list(JUDGED)].assign(in_period=True, **columns)
    table = attainment(replace(snapshot, items=chosen), by=list(groups), interval=interval)
    return table[[*groups, *FIGURES]]


def _joined(table: pd.DataFrame, figures: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return table.merge(figures, on=by, how="left") if by else pd.concat([table, figures], axis=1)


def review_timeliness(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Were Sev-1 and Sev-2 incidents reviewed in time, and their postmortems published?

    A review is in time within 3 calendar days (sev1) or 5 business days (sev2) of the local day on
    which the incident was resolved, that day being day 0. One row per group: incidents (of these
    severities), due (those whose last day is past: reviewed_in_time + reviewed_late +
    not_reviewed), in_time (the share of due, with low and high at 95 %, Wilson), not_due (the last
    day is to come), unknown (not resolved, or made from labels alone), median_days from the end
    of the incident to the review (Kaplan-Meier, so that reviews still to be held count; missing
    when not reached), and published and not_published postmortems.

    What no incident in the data has, a review or a published postmortem, is missing. `by` takes
    columns of incidents. A period does not restrict it. Source: PagerDuty, postmortem-docs.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> pma.review_timeliness(q3, by="severity")["severity"].tolist()
        ['sev1', 'sev2']
    """
    by = group_columns(by, snapshot.incidents)
    incidents = snapshot.incidents
    limited = incidents[incidents["severity"].isin(list(LIMITS)).to_numpy(dtype=bool)]
    states = _review_states(snapshot, limited)
    published = limited["postmortem_published_at"].notna().to_numpy()
    counts = {"incidents": np.ones(len(limited), dtype=np.int64), **states}
    table = sums(limited[by], {**counts, "published": published, "not_published": ~published})
    low, high = wilson(table["reviewed_in_time"], table["due"])
    share = table["reviewed_in_time"] / table["due"].where(table["due"] > 0)
    table = table.assign(in_time=share, low=low, high=high)
    table["median_days"] = _medians(snapshot, limited, by)
    table = _without_evidence(snapshot.whole, table)
    order = ["incidents", "due", *REVIEWED, "in_time", "low", "high", "not_due", "unknown"]
    return table[[*by, *(n for n in (*order, "median_days", *PUBLISHED) if n not in by)]]


def _review_states(snapshot: Snapshot, limited: pd.DataFrame) -> dict[str, np.ndarray]:
    """Where each incident stands: one flag per state, exactly one of them true besides due."""
    known = _clocked(limited)
    limits = limited["severity"].map(LIMITS)
    last = due_days(
        limited["resolved_on"],
        limits.str[0],
        unit=limits.str[1],
        holidays=holiday_days(snapshot.settings.calendar),
    )
    held = local_days(limited["reviewed_at"], snapshot.settings.timezone)
    due = known & (last < pd.Timestamp(snapshot.as_of)).to_numpy()
    in_time, reviewed = (held <= last).to_numpy(), held.notna().to_numpy()
    return {
        "due": due,
        "reviewed_in_time": due & in_time,
        "reviewed_late": due & reviewed & ~in_time,
        "not_reviewed": due & ~reviewed,
        "not_due": known & ~due,
        "unknown": ~known,
    }


def _clocked(incidents: pd.DataFrame) -> np.ndarray:
    """The incidents whose end is known; labels give a day, but no review can stand beside it."""
    resolved = incidents["resolved_on"].notna().to_numpy()
    return resolved & ~incidents["derived"].fillna(value=False).to_numpy(dtype=bool)


def _medians(snapshot: Snapshot, limited: pd.DataFrame, by: list[str]) -> pd.Series:
    """The day by which half of the reviews were held, one per group, in the order of the groups."""
    timed = limited[_clocked(limited)]
    held = local_days(timed["reviewed_at"], snapshot.settings.timezone)
    ended = held.fillna(pd.Timestamp(snapshot.as_of))
    days = (ended - timed["resolved_on"]).dt.days.clip(lower=0)
    rows = timed[by].assign(_days=days, _code=np.where(held.notna(), DONE, OPEN))
    groups = limited[by].drop_duplicates().merge(rows, on=by, how="left") if by else rows
    return pd.Series([_median(part) for _, part in each_group(groups, by)], dtype="Int64")


def _median(rows: pd.DataFrame) -> object:
    timed = rows.dropna(subset=["_days", "_code"])
    table = life_table(timed["_days"].to_numpy(), timed["_code"].to_numpy())
    return median_with_limits(table, DONE).days


def _without_evidence(snapshot: Snapshot, table: pd.DataFrame) -> pd.DataFrame:
    """Counts that may be missing, and are where the exports never say what they count."""
    table = table.astype(dict.fromkeys((*REVIEWED, *PUBLISHED), "Int64"))
    reviews = dict.fromkeys(REVIEWED, pd.NA) | dict.fromkeys(("in_time", "low", "high"), np.nan)
    if snapshot.incidents["reviewed_at"].isna().all():
        table = table.assign(**reviews, median_days=pd.NA)
    if snapshot.incidents["postmortem_published_at"].isna().all():
        table = table.assign(**dict.fromkeys(PUBLISHED, pd.NA))
    return table.astype(dict.fromkeys((*REVIEWED, *PUBLISHED, "median_days"), "Int64"))
