"""Judging: the clock, the rule, the due day and the standing of every item.

The order of the tests is that of the method (section 2.2): an item without a version or a rule has
no target, whatever else is missing; an item with a rule is unknown when something that its rule
needs is missing; what remains was met, late, dropped, is overdue or pending.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from pmanalytics.changes import among, places
from pmanalytics.decisions import OF_ITEMS, waivers_in_time
from pmanalytics.merging import merge_duplicates
from pmanalytics.periods import Period, period_names
from pmanalytics.policy import Policy, due_days, match_rules
from pmanalytics.rewinding import local_days
from pmanalytics.settings import Settings, holiday_days
from pmanalytics.tables import JUDGED_ITEMS, conform

__all__ = ["STANDINGS", "judged"]

OF_INCIDENT = ("incident_started", "incident_resolved")
STANDINGS = (
    "met",
    "late",
    "overdue",
    "pending",
    "dropped_in_time",
    "dropped_late",
    "no_target",
    "unknown",
)


def judged(
    items: pd.DataFrame,
    *,
    incidents: pd.DataFrame,
    decisions: pd.DataFrame,
    policy: Policy,
    settings: Settings,
    as_of: date,
    period: Period | None,
) -> tuple[pd.DataFrame, pd.DataFrame, Mapping[str, str]]:
    """Add the judged columns to items as known on a day.

    Takes items with state, closed_on, severity, service and team as of the day, and incidents,
    decisions and policy known then. Returns the table `snapshot.items` of `pma.columns()`, the
    decisions, those about a merged ticket by the ticket that it was merged into, and that ticket by
    the item_id and the key of each that was merged.
    """
    dates = _dates(items, incidents, settings.timezone)
    rules = match_rules(policy, items, started_on=dates["started_on"])
    from_label = dates["derived"] & rules["clock"].isin(OF_INCIDENT)
    frame = items.assign(
        started_on=dates["started_on"],
        clock_on=_clock(rules["clock"], dates),
        clock_basis=rules["clock"].mask(from_label, "label"),
        policy=rules["policy"],
        target_days=rules["target_days"],
        unit=rules["unit"],
        _published_on=dates["postmortem_published"],
        _created_on=dates["item_created"],
        _known=dates["known"],
    )
    holidays = holiday_days(settings.calendar)
    frame["due_on"] = due_days(
        frame["clock_on"], frame["target_days"], unit=frame["unit"], holidays=holidays
    )
    merged = merge_duplicates(frame)
    frame = merged.items
    decisions = _about_survivors(decisions, merged.survivor_of)
    frame = frame.assign(**_waivers(frame, decisions))
    frame = frame.assign(**_durations(frame, as_of))
    frame["standing"] = _standing(frame, as_of)
    frame["matured"] = frame["due_on"] < pd.Timestamp(as_of)
    table = conform(frame.assign(**_periods(frame, period)), JUDGED_ITEMS)
    return table, decisions, merged.survivor_of


def _dates(items: pd.DataFrame, incidents: pd.DataFrame, zone: str) -> pd.DataFrame:
    """The local days of each item's incident, and of its own creation."""
    own = incidents[["started_on", "resolved_on", "derived"]].assign(
        published=local_days(incidents["postmortem_published_at"], zone)
    )
    place = places(items["incident_id"], incidents["incident_id"])
    found = own.reset_index(drop=True).reindex(place).set_axis(items.index)
    created = local_days(items["created_at"], zone)
    began = found["started_on"].fillna(found["resolved_on"])
    return pd.DataFrame(
        {
            "incident_started": found["started_on"],
            "incident_resolved": found["resolved_on"],
            "postmortem_published": found["published"],
            "item_created": created,
            "derived": found["derived"].fillna(value=False).astype(bool),
            "known": place >= 0,
            "started_on": began.where(place >= 0, created),
        }
    )


def _clock(clock: pd.Series, dates: pd.DataFrame) -> pd.Series:
    """The day that each item's clock starts on; there is no fallback to another clock."""
    words = clock.to_numpy(dtype=object)
    start = pd.Series(pd.NaT, index=clock.index, dtype="datetime64[us]")
    for name in pd.unique(words):
        start = start.mask(words == name, dates[name])
    return start


def _about_survivors(decisions: pd.DataFrame, survivor_of: Mapping[str, str]) -> pd.DataFrame:
    """Decisions about the items that are left: what was decided about a merged one holds on."""
    about = decisions["kind"].isin(OF_ITEMS) & decisions["subject"].isin(list(survivor_of))
    if not about.any():
        return decisions
    survivors = decisions["subject"].map(dict(survivor_of)).astype("str")
    return decisions.assign(subject=decisions["subject"].mask(about, survivors))


def _waivers(frame: pd.DataFrame, decisions: pd.DataFrame) -> dict[str, pd.Series]:
    """The due day after the waivers that were granted on or before the day then in force.

    One that ends before the policy's own day takes nothing away.
    """
    granted = decisions[decisions["kind"].eq("waiver").to_numpy(dtype=bool)]
    granted = granted.dropna(subset=["subject", "until"])
    place = np.flatnonzero(among(frame["item_id"], granted["subject"]))
    policy = frame.iloc[place].set_index("item_id")["due_on"]
    in_time = granted[waivers_in_time(granted, policy.reindex(granted["subject"]))]
    until = in_time.drop_duplicates("subject", keep="last").set_index("subject")["until"]
    due = frame["due_on"].copy()
    waived = np.zeros(len(frame), dtype=bool)
    waived[place] = policy.index.isin(until.index)
    later = until.reindex(policy.index)
    due.iloc[place] = policy.where(~(later > policy), later).array
    return {"adjusted_due_on": due, "waived": pd.Series(waived, index=frame.index)}


def _durations(frame: pd.DataFrame, as_of: date) -> dict[str, pd.Series]:
    ended = frame["closed_on"].where(frame["state"] != "open", pd.Timestamp(as_of))
    return {
        "days": (ended - frame["clock_on"]).dt.days.clip(lower=0).astype("Int64"),
        "days_over": (ended - frame["due_on"]).dt.days.astype("Int64"),
    }


def _standing(frame: pd.DataFrame, as_of: date) -> pd.Series:
    state, due, closed = frame["state"], frame["due_on"], frame["closed_on"]
    in_time = (closed <= due).to_numpy()
    done = (state == "done").to_numpy(dtype=bool)
    dropped = (state == "dropped").to_numpy(dtype=bool)
    unknown = state.isna() | due.isna() | ((done | dropped) & closed.isna())
    # What is left after merging is a duplicate of a ticket that nobody knows.
    unknown |= dropped & frame["duplicate_of"].notna().to_numpy(dtype=bool)
    tests = {
        "no_target": frame["target_days"].isna().to_numpy(),
        "unknown": unknown.to_numpy(dtype=bool),
        "met": done & in_time,
        "late": done,
        "dropped_in_time": dropped & in_time,
        "dropped_late": dropped,
        "overdue": (due < pd.Timestamp(as_of)).to_numpy(),
    }
    words = np.select(list(tests.values()), list(tests), default="pending")
    return pd.Series(words, index=frame.index, dtype="str")


def _periods(frame: pd.DataFrame, period: Period | None) -> dict[str, pd.Series]:
    kind = period.grouping if period else "quarter"
    belongs = frame["due_on"].fillna(frame["_published_on"]).fillna(frame["_created_on"])
    inside = pd.Series(np.ones(len(frame), dtype=bool), index=frame.index)
    if period:
        inside = belongs.between(pd.Timestamp(period.start), pd.Timestamp(period.end))
    of_incident = frame["started_on"].where(frame["_known"])
    return {
        "in_period": inside,
        "incident_period": period_names(of_incident, kind=kind),
        "due_period": period_names(frame["due_on"], kind=kind),
        "created_period": period_names(frame["_created_on"], kind=kind),
        "closed_period": period_names(frame["closed_on"], kind=kind),
    }
