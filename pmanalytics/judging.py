"""Judging: the clock, the rule, the due day and the standing of every item.

The order of the tests is that of the method (section 2.2): an item without a version or a rule has
no target, whatever else is missing; an item with a rule is unknown when something that its rule
needs is missing; what remains was met, late, dropped, is overdue or pending.
"""

from datetime import date

import numpy as np
import pandas as pd

from pmanalytics.periods import Period, period_names
from pmanalytics.policy import Policy, due_days, match_rules
from pmanalytics.rewinding import local_days
from pmanalytics.settings import Settings, holiday_days
from pmanalytics.tables import JUDGED_ITEMS, conform

__all__ = ["STANDINGS", "judged"]

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
) -> pd.DataFrame:
    """Add the judged columns to items as known on a day.

    Takes items with state, closed_on, severity, service and team as of the day, and incidents,
    decisions and policy known then. Returns the table `snapshot.items` of `pma.columns()`.
    """
    zone = settings.timezone
    dates = _dates(items, incidents, zone)
    rules = match_rules(policy, items, started_on=dates["started_on"])
    clock_on = _clock(rules["clock"], dates)
    frame = items.assign(
        started_on=dates["started_on"],
        clock_on=clock_on,
        clock_basis=rules["clock"].mask(dates["derived"], "label"),
        policy=rules["policy"],
        target_days=rules["target_days"],
        unit=rules["unit"],
    )
    frame, dates = _merge_duplicates(frame, dates)
    holidays = holiday_days(settings.calendar)
    frame["due_on"] = due_days(
        frame["clock_on"], frame["target_days"], unit=frame["unit"], holidays=holidays
    )
    frame = frame.assign(**_waivers(frame, decisions))
    frame = frame.assign(**_durations(frame, as_of))
    frame["standing"] = _standing(frame, as_of)
    frame["matured"] = frame["due_on"] < pd.Timestamp(as_of)
    return conform(frame.assign(**_periods(frame, dates, period)), JUDGED_ITEMS)


def _dates(items: pd.DataFrame, incidents: pd.DataFrame, zone: str) -> pd.DataFrame:
    """The local days of each item's incident, and of its own creation."""
    own = incidents.set_index("incident_id")
    own = own.assign(published=local_days(own["postmortem_published_at"], zone))
    found = own.reindex(items["incident_id"]).set_axis(items.index)
    created = local_days(items["created_at"], zone)
    return pd.DataFrame(
        {
            "incident_started": found["started_on"],
            "incident_resolved": found["resolved_on"],
            "postmortem_published": found["published"],
            "item_created": created,
            "derived": found["derived"].fillna(value=False).astype(bool),
            "started_on": found["started_on"].fillna(found["resolved_on"]).fillna(created),
        }
    )


def _clock(clock: pd.Series, dates: pd.DataFrame) -> pd.Series:
    """The day that each item's clock starts on; there is no fallback to another clock."""
    words = clock.to_numpy(dtype=object)
    start = pd.Series(pd.NaT, index=clock.index, dtype="datetime64[us]")
    for name in pd.unique(words):
        start = start.mask(words == name, dates[name])
    return start


def _merge_duplicates(
    frame: pd.DataFrame, dates: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out tickets closed as duplicates of a known one, which takes the earlier clock."""
    place = pd.Index(frame["item_id"]).get_indexer(frame["duplicate_of"])
    merged = (place >= 0) & (frame["state"] == "dropped").to_numpy(dtype=bool)
    merged &= place != np.arange(len(frame))
    if not merged.any():
        return frame, dates
    clock = frame["clock_on"].to_numpy().copy()
    for gone in np.flatnonzero(merged):
        survivor = place[gone]
        for _ in range(len(frame)):  # a survivor may itself be a duplicate
            if not merged[survivor] or place[survivor] == gone:
                break
            survivor = place[survivor]
        clock[survivor] = np.fmin(clock[survivor], clock[gone])
    frame = frame.assign(clock_on=clock)
    return frame[~merged].reset_index(drop=True), dates[~merged].reset_index(drop=True)


def _waivers(frame: pd.DataFrame, decisions: pd.DataFrame) -> dict[str, pd.Series]:
    """The due day after the waivers that were granted on or before the day then in force."""
    granted = decisions[(decisions["kind"] == "waiver").to_numpy(dtype=bool)].dropna(
        subset=["until"]
    )
    due = frame["due_on"].to_numpy().copy()
    waived = np.zeros(len(frame), dtype=bool)
    for name in ("item_id", "key") if len(granted) else ():
        place = pd.Series(np.arange(len(frame)), index=frame[name])
        place = place[place.index.notna() & ~place.index.duplicated(keep=False)]
        for row in granted.sort_values("decided_on").itertuples():
            at = place.get(row.subject)
            if at is not None and due[at] >= np.datetime64(row.decided_on):
                due[at], waived[at] = np.datetime64(row.until, "us"), True
    return {
        "adjusted_due_on": pd.Series(due, index=frame.index),
        "waived": pd.Series(waived, index=frame.index),
    }


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
    unknown |= dropped & (frame["duplicate_of"] == "unknown").to_numpy(dtype=bool)
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


def _periods(
    frame: pd.DataFrame, dates: pd.DataFrame, period: Period | None
) -> dict[str, pd.Series]:
    kind = period.grouping if period else "quarter"
    created = dates["item_created"]
    belongs = frame["due_on"].fillna(dates["postmortem_published"]).fillna(created)
    inside = pd.Series(np.ones(len(frame), dtype=bool), index=frame.index)
    if period:
        inside = belongs.between(pd.Timestamp(period.start), pd.Timestamp(period.end))
    return {
        "in_period": inside,
        "incident_period": period_names(frame["started_on"], kind=kind),
        "due_period": period_names(frame["due_on"], kind=kind),
        "created_period": period_names(created, kind=kind),
        "closed_period": period_names(frame["closed_on"], kind=kind),
    }
