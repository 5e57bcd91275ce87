"""Discoverability: can the owning team find the work where it looks for work?"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import among
from pmanalytics.labels import label_days, label_values
from pmanalytics.metrics.gap_rules import gap_flags, ticketed
from pmanalytics.metrics.grouping import By, group_columns, sums
from pmanalytics.rewinding import local_days
from pmanalytics.snapshots import Snapshot

__all__ = ["discoverability"]

COMPONENTS: Final = ("ticketed", "right_project", "labelled", "linked", "fresh", "planned")
FRESH_DAYS: Final = 30
FRESH_DAYS_SEV1: Final = 14


def discoverability(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Can open action items be found where the owning team looks?

    One row per group with items (open on the as-of date) and the share of them, 0 to 1, that is
    ticketed (has a ticket), right_project (not in a project that the owning team does not have),
    labelled (severity and date labels, the date within one day of the incident), linked (the
    incident is known), fresh (updated within 14 days for sev1, 30 for all others) and planned (on a
    sprint, milestone or board; missing when no item of any state says so). Shares are missing
    where there is no item. Source: method, section 8.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> bool(pma.discoverability(q3)["ticketed"].iloc[0] < 1)
        True
    """
    by = group_columns(by, snapshot.items)
    still_open = (snapshot.items["state"] == "open").to_numpy(dtype=bool)
    items = snapshot.items[still_open]
    flags = {
        "ticketed": ticketed(items),
        "right_project": ~gap_flags(snapshot)["wrong_project"][still_open],
        "labelled": _labelled(snapshot, items),
        "linked": _linked(snapshot, items),
        "fresh": _fresh(snapshot, items),
        "planned": items["planned"].notna(),
    }
    numbers = {name: np.asarray(flag, dtype=bool) for name, flag in flags.items()}
    table = sums(items[by], {"items": np.ones(len(items), dtype=np.int64), **numbers})
    for name in (component for component in COMPONENTS if component not in by):
        table[name] = table[name] / table["items"].where(table["items"] > 0)
    if snapshot.whole.items["planned"].isna().all() and "planned" not in by:
        table["planned"] = np.nan
    return table[[*by, "items", *(name for name in COMPONENTS if name not in by)]]


def _linked(snapshot: Snapshot, items: pd.DataFrame) -> np.ndarray:
    return among(items["incident_id"], snapshot.whole.incidents["incident_id"])


def _labelled(snapshot: Snapshot, items: pd.DataFrame) -> pd.Series:
    labels = label_values(items, labels=snapshot.settings.labels)
    incidents = snapshot.whole.incidents.set_index("incident_id")
    began = incidents["started_on"].reindex(items["incident_id"])
    position, day = label_days(items, labels=snapshot.settings.labels)
    near = (day - began.iloc[position].reset_index(drop=True)).dt.days.abs() <= 1
    dated = np.zeros(len(items), dtype=bool)
    dated[position[near.to_numpy(dtype=bool)]] = True
    return labels["severity"].notna() & dated


def _fresh(snapshot: Snapshot, items: pd.DataFrame) -> pd.Series:
    touched = items["updated_at"].fillna(items["created_at"])
    days = (pd.Timestamp(snapshot.as_of) - local_days(touched, snapshot.settings.timezone)).dt.days
    limit = np.where(items["severity"] == "sev1", FRESH_DAYS_SEV1, FRESH_DAYS)
    return days <= limit
