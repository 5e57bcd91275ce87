"""What a report says over time: promises per period, and since when incidents are known."""

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.metrics.completion import Interval, attainment
from pmanalytics.periods import (
    Period,
    parse_period,
    period_names,
    periods_between,
    previous_period,
)
from pmanalytics.rewinding import local_days
from pmanalytics.snapshots import Snapshot, as_day, default_as_of, snapshot
from pmanalytics.words import counted

__all__ = [
    "LAST_PERIOD",
    "attainment_per_period",
    "known_before",
    "last_year",
    "returns_in_short",
    "snapshot_before",
    "span_label",
]

LAST_PERIOD: Final = "last-quarter"  # what a report is about where nobody says


def snapshot_before(data: Dataset, period: Period, *, as_of: date) -> Snapshot:
    """The period before another one, as it was known as long after its end as that one is now."""
    before = previous_period(period)
    return snapshot(data, as_of=before.end + (as_of - period.end), period=before)


def known_before(data: Dataset, *, period: str, as_of: str) -> Snapshot | None:
    """The same for a period and a day as `open_report` takes them; None where nothing was known."""
    day = as_day(as_of or default_as_of(data))
    try:
        return snapshot_before(data, parse_period(period or LAST_PERIOD, as_of=day), as_of=day)
    except UsageError:
        return None


def attainment_per_period(
    snapshot: Snapshot, *, last: int = 8, interval: Interval = "wilson"
) -> pd.DataFrame:
    """Promises kept in each of the last periods, up to that of the snapshot.

    The table of `attainment` by due_period, one row per period in which an item fell due, the
    latest last. Every row equals what `attainment` gives for that period alone: an item that has no
    due day and cannot be judged counts in the period of its postmortem, or of its creation.
    """
    belongs = belonging_days(snapshot)
    kind = snapshot.period.grouping if snapshot.period else "quarter"
    end = snapshot.period.end if snapshot.period else snapshot.as_of
    inside = (belongs <= pd.Timestamp(end)).to_numpy(dtype=bool)
    items = snapshot.items.assign(in_period=inside, due_period=period_names(belongs, kind=kind))
    past = replace(snapshot, items=items[inside])
    table = attainment(past, by="due_period", interval=interval)
    return table[(table["due"] > 0).to_numpy(dtype=bool)].tail(last).reset_index(drop=True)


def belonging_days(snapshot: Snapshot) -> pd.Series:
    """The day that decides the period of each item: when it is due, else when it came about."""
    items, zone = snapshot.items, snapshot.settings.timezone
    published = snapshot.whole.incidents.set_index("incident_id")["postmortem_published_at"]
    of_item = published.reindex(items["incident_id"]).set_axis(items.index)
    days = items["due_on"].fillna(local_days(of_item, zone))
    return days.fillna(local_days(items["created_at"], zone))


def returns_in_short(snapshot: Snapshot, returned: pd.DataFrame) -> str:
    """Say how many incidents returned, since when that is counted, and how many in the period.

    `returned` is the table of `repeats`.
    """
    days = snapshot.incidents.set_index("incident_id")["started_on"]
    first = days.min()
    if returned.empty or pd.isna(first):
        return ""
    names = returned["incident_id"].unique()
    verb = "was the return" if len(names) == 1 else "were the return"
    said = f"Since {first:%Y-%m}, {counted(len(names), 'incident')} {verb} of an earlier one"
    if snapshot.period is None:
        return f"{said}."
    start, end = pd.Timestamp(snapshot.period.start), pd.Timestamp(snapshot.period.end)
    inside = days.reindex(names).between(start, end)
    return f"{said}; {int(np.count_nonzero(inside)):,} of them in the period."


def last_year(snapshot: Snapshot) -> Snapshot:
    """The snapshot narrowed to the incidents of the four quarters up to the end of its period.

    Their items and incidents stay. With a period of another kind it is those of the year up to
    then, without a period those of the year up to the as-of date.
    """
    periods = _year_of(snapshot)
    return snapshot.where(incident_period=[period.name for period in periods])


def span_label(snapshot: Snapshot) -> str:
    """The first and the last period of `last_year`, as a reader would say them."""
    periods = _year_of(snapshot)
    return f"{periods[0].name} to {periods[-1].name}"


def _year_of(snapshot: Snapshot) -> tuple[Period, ...]:
    end = snapshot.period.end if snapshot.period else snapshot.as_of
    kind = snapshot.period.grouping if snapshot.period else "quarter"
    first = pd.Timestamp(end) - pd.DateOffset(years=1, days=-1)
    return periods_between(first.date(), end, kind=kind)
