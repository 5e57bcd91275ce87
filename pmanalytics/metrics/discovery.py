"""Discoverability: can the owning team find the work where it looks for work?"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import among, places
from pmanalytics.keeping import kept
from pmanalytics.labels import label_days, label_values
from pmanalytics.metrics.additive import (
    COUNT,
    Additive,
    Context,
    Counts,
    counted,
    flagged,
    flags_of,
)
from pmanalytics.metrics.gap_rules import gap_flags, ticketed
from pmanalytics.metrics.grouping import By, bring_forward, group_columns, sums
from pmanalytics.rewinding import local_days
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.proportions import wilson

__all__ = ["discoverability", "findable", "undiscoverable_items"]

COMPONENTS: Final = ("ticketed", "right_project", "labelled", "linked", "fresh", "planned")
INDEX: Final = ("ticketed", "right_project", "labelled", "fresh")
LISTED: Final = ("item_id", "missing", "team", "project", "severity")
# What an item lacks, in words, in the order in which they are named.
LACKS: Final = {
    "ticketed": "ticket",
    "right_project": "owning team's project",
    "severity_label": "severity label",
    "date_label": "date label",
    "fitting_date": "date label that fits the incident",
    "linked": "incident",
    "fresh": "recent update",
    "planned": "sprint or milestone",
}
FRESH_DAYS: Final = 30
FRESH_DAYS_SEV1: Final = 14


def discoverability(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Can open action items be found where the owning team looks?

    One row per group with items (open on the as-of date) and the share of them, 0 to 1, that is
    ticketed (has a ticket), right_project (not in a project that the owning team does not have),
    labelled (severity and date labels, the date within one day of the incident), linked (the
    incident is known), fresh (updated within 14 days for sev1, 30 for all others) and planned (on a
    sprint, milestone or board; missing when no item of any state says so). Shares are missing
    where there is no item. Whether anybody looks at an item is in no export; an update stands in
    for it, and exports do not tell an update by a program from one by a person. Source: method,
    section 8.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> bool(pma.discoverability(q3)["ticketed"].iloc[0] < 1)
        True
    """
    return _DISCOVERABILITY.measure(snapshot, by)


def _mark_counts(snapshot: Snapshot, by: list[str]) -> Counts:
    """Open items by their marks, and in all of the data how many items are planned."""
    items, flags = _open_items(snapshot)
    marks = {name: flags[name].array for name in COMPONENTS}
    planned = np.array([snapshot.whole.items["planned"].count()], dtype=np.int64)
    return {"open": flagged(items[by], marks), "planned": pd.DataFrame({COUNT: planned})}


def _discoverability(counts: Counts, by: list[str], _: Context) -> pd.DataFrame:
    known, count = counts["open"], counts["open"][COUNT].to_numpy()
    marked = {name: flag * count for name, flag in flags_of(known, COMPONENTS).items()}
    table = sums(known[by], {"items": count, **marked})
    for name in (component for component in COMPONENTS if component not in by):
        table[name] = table[name] / table["items"].where(table["items"] > 0)
    if not counts["planned"][COUNT].any() and "planned" not in by:
        table["planned"] = np.nan
    return table[[*by, "items", *(name for name in COMPONENTS if name not in by)]]


def findable(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """How many open action items carry all four marks by which they are found.

    One row per group: items (open on the as-of date), findable (the share of them that is
    ticketed, right_project, labelled and fresh at once, as in `discoverability`), low and high at
    95 % (Wilson). Missing where there is no item. Read it beside `discoverability`, which says
    what the other items lack. Source: method, section 8.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> bool(pma.findable(q3)["findable"].iloc[0] <= pma.discoverability(q3)["fresh"].iloc[0])
        True
    """
    return _FINDABLE.measure(snapshot, by)


def _found_counts(snapshot: Snapshot, by: list[str]) -> Counts:
    items, flags = _open_items(snapshot)
    return {"open": counted(items[by], {"_found": flags[[*INDEX]].to_numpy().all(axis=1)})}


def _findable(counts: Counts, by: list[str], _: Context) -> pd.DataFrame:
    known, count = counts["open"], counts["open"][COUNT].to_numpy()
    table = sums(known[by], {"items": count, "found": known["_found"].to_numpy() * count})
    low, high = wilson(table["found"], table["items"])
    share = table["found"] / table["items"].where(table["items"] > 0)
    return table.assign(findable=share, low=low, high=high).drop(columns="found")


def undiscoverable_items(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Open action items that are hard to find, and what each of them lacks.

    One row per open item that lacks one of the four marks of `findable`: item_id, missing (all that
    it lacks, in words, joined by `; `: ticket, owning team's project, severity label, date label,
    date label that fits the incident, incident, recent update, sprint or milestone), team, project
    and severity. A sprint or milestone is named only when some item has one. Source: method,
    section 8.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> bool(pma.undiscoverable_items(q3)["missing"].str.contains("date label").any())
        True
    """
    by = group_columns(by, snapshot.items)
    items, flags = _open_items(snapshot)
    if not _plans_are_known(snapshot):
        flags = flags.assign(planned=True)
    lost = ~flags[list(INDEX)].all(axis=1).to_numpy()
    rows = items[list(dict.fromkeys([*by, *(n for n in LISTED if n != "missing")]))][lost]
    table = rows.assign(missing=_in_words(~flags.loc[lost, list(LACKS)]).to_numpy())
    extra = [name for name in by if name not in LISTED]
    table = table.astype({"missing": "str"}).reset_index(drop=True)
    return bring_forward(table[[*extra, *LISTED]], by)


def _in_words(lacking: pd.DataFrame) -> pd.Series:
    """What each row lacks, joined; each distinct combination is put into words once."""
    numbers = lacking.to_numpy() @ (1 << np.arange(lacking.shape[1]))
    codes, distinct = pd.factorize(numbers)
    texts = [
        "; ".join(text for place, text in enumerate(LACKS.values()) if number >> place & 1)
        for number in distinct
    ]
    return pd.Series(np.array([*texts, ""], dtype=object)[codes], dtype="str")


@kept
def _open_items(snapshot: Snapshot) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The open items, and which marks each of them has."""
    still_open = (snapshot.items["state"] == "open").to_numpy(dtype=bool)
    items = snapshot.items[still_open]
    severity, dated, fitting = _labels(snapshot, items)
    flags = {
        "ticketed": ticketed(items),
        "right_project": ~gap_flags(snapshot)["wrong_project"].to_numpy()[still_open],
        "severity_label": severity,
        "date_label": dated,
        "fitting_date": fitting | ~dated,
        "labelled": severity & fitting,
        "linked": among(items["incident_id"], snapshot.whole.incidents["incident_id"]),
        "fresh": _fresh(snapshot, items),
        "planned": items["planned"].notna(),
    }
    columns = {name: np.asarray(flag, dtype=bool) for name, flag in flags.items()}
    return items, pd.DataFrame(columns, index=items.index)


def _plans_are_known(snapshot: Snapshot) -> bool:
    return bool(snapshot.whole.items["planned"].notna().any())


def _labels(snapshot: Snapshot, items: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which items have a severity label, a date label, and one within a day of the incident."""
    labels = label_values(items, labels=snapshot.settings.labels)
    incidents = snapshot.whole.incidents
    position, day = label_days(items, labels=snapshot.settings.labels)
    place = places(items["incident_id"].iloc[position], incidents["incident_id"])
    began = incidents["started_on"].reset_index(drop=True).reindex(place).reset_index(drop=True)
    near = (day - began).dt.days.abs() <= 1
    dated, fitting = np.zeros(len(items), dtype=bool), np.zeros(len(items), dtype=bool)
    dated[position] = True
    fitting[position[near.to_numpy(dtype=bool)]] = True
    return labels["severity"].notna().to_numpy(), dated, fitting


def _fresh(snapshot: Snapshot, items: pd.DataFrame) -> pd.Series:
    touched = items["updated_at"].fillna(items["created_at"])
    days = (pd.Timestamp(snapshot.as_of) - local_days(touched, snapshot.settings.timezone)).dt.days
    limit = np.where(items["severity"] == "sev1", FRESH_DAYS_SEV1, FRESH_DAYS)
    return days <= limit


_DISCOVERABILITY: Final = Additive("discoverability", _mark_counts, _discoverability)
_FINDABLE: Final = Additive("findable", _found_counts, _findable)
ADDITIVE: Final = (_DISCOVERABILITY, _FINDABLE)
