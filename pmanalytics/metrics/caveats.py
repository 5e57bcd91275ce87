"""What stands beside the headline: lag before the ticket, work done twice, and what is not known.

None of it changes a figure. A clock that starts with the ticket hides the days before it; a promise
that was kept and then reopened is counted as it stands; an item that cannot be judged is left out
and listed here, with what it lacks and where that can be mended.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import CLOSED, among
from pmanalytics.metrics.grouping import By, bring_forward, group_columns, sums
from pmanalytics.rewinding import local_days
from pmanalytics.snapshots import Snapshot

__all__ = ["hidden_lag", "reopenings", "unknowns"]

QUARTILES: Final = {"lower_quartile_days": 0.25, "median_days": 0.5, "upper_quartile_days": 0.75}
LATER: Final = (1, 3, 7)
# What an item may lack, and where that can be mended.
FIXABLE: Final = {
    "incident": "ticket or its document",
    "incident_record": "export of incidents",
    "clock_date": "incident record",
    "severity": "incident record",
    "creation_date": "export of the tracker",
    "state": "export of the tracker",
    "closing_date": "export of the tracker",
    "original": "export of the tracker",
}


def hidden_lag(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """How many days pass between the start of the clock and the ticket.

    One row per group: items with a clock, and of these ticketed, the ones that have a ticket with a
    date of creation; median_days with lower_quartile_days and upper_quartile_days, whole local days
    from the clock to the creation, each reached by that share of the tickets; and the shares of
    tickets created more than 1, 3 and 7 days after the clock (later_than_1, later_than_3,
    later_than_7). A ticket that was there before the clock has a lag of 0. Items of documents
    without a ticket have no lag yet and are in no share. A period does not restrict it. Missing
    without tickets. Method, section 2.1.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> table = pma.hidden_lag(q3)
        >>> bool(table["ticketed"].iloc[0] <= table["items"].iloc[0])
        True
    """
    items = snapshot.items
    by = group_columns(by, items)
    clocked, lag = items["clock_on"].notna().to_numpy(dtype=bool), _lag(snapshot)
    known = np.isfinite(lag)
    later = {f"later_than_{days}": lag > days for days in LATER}
    table = sums(items[by], {"items": clocked, "ticketed": known, **later})
    ticketed = table["ticketed"].where(table["ticketed"] > 0)
    quartiles = _quartiles(items[by], lag, len(table))
    table = table.assign(**quartiles, **{name: table[name] / ticketed for name in later})
    others = [name for name in by if name not in table]
    return bring_forward(table[["items", "ticketed", *QUARTILES, *later, *by, *others]], by)


def _lag(snapshot: Snapshot) -> np.ndarray:
    """The days from the clock to the creation of the ticket, NaN where there is none."""
    items = snapshot.items
    created = local_days(items["created_at"], snapshot.settings.timezone)
    lag = (created - items["clock_on"]).dt.days.to_numpy(dtype=float)
    return np.where(items["key"].notna().to_numpy(dtype=bool), np.maximum(lag, 0), np.nan)


def _quartiles(groups: pd.DataFrame, lag: np.ndarray, size: int) -> dict[str, pd.Series]:
    """The first day that a quarter, a half and three quarters of each group's tickets reach."""
    code = np.zeros(len(groups), dtype=np.int64)
    if groups.shape[1]:
        keys = [groups[name] for name in groups]
        code = groups.groupby(keys, dropna=False, sort=True).ngroup().to_numpy()
    known = np.isfinite(lag)
    code, lag = code[known], lag[known]
    ordered = lag[np.lexsort((lag, code))]
    count = np.bincount(code, minlength=size)
    first = np.cumsum(count) - count
    found = {}
    for name, share in QUARTILES.items():
        place = first + np.maximum(np.ceil(share * count).astype(np.int64) - 1, 0)
        days = np.full(size, np.nan)
        days[count > 0] = ordered[place[count > 0]]
        found[name] = pd.Series(days).astype("Int64")
    return found


def reopenings(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Action items that were done and did not stay so.

    One row per group: done_once, the items that were done at some time up to the as-of date;
    reopened, those of them that were open again afterwards, with their share; of the reopened ones
    open_again, done_again and dropped_again as they stand now; and met_then_reopened, those that
    were first done by their due day and do not stand as met (`attainment` counts them as they
    stand). A closing that follows another one is taken for a reopening in between, as in `flow`.
    Only changes that a source, or successive exports, tell of can be seen. A period does not
    restrict it. Method, section 2.1.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> table = pma.reopenings(q3)
        >>> now = table[["open_again", "done_again", "dropped_again"]].sum(axis=1)
        >>> bool((now == table["reopened"]).all())
        True
    """
    items = snapshot.items
    by = group_columns(by, items)
    reopened, kept_first = reopened_items(snapshot)
    state = items["state"].to_numpy(dtype=object)
    not_met = (items["standing"] != "met").to_numpy(dtype=bool)
    flags = {
        "done_once": reopened | (state == "done"),
        "reopened": reopened,
        **{f"{word}_again": reopened & (state == word) for word in ("open", "done", "dropped")},
        "met_then_reopened": kept_first & not_met,
    }
    table = sums(items[by], flags)
    share = table["reopened"] / table["done_once"].where(table["done_once"] > 0)
    table.insert(table.columns.get_loc("reopened") + 1, "share", share)
    return bring_forward(table, by)


def reopened_items(snapshot: Snapshot) -> tuple[np.ndarray, np.ndarray]:
    """Which items were open again after they had been done, and of these first done in time."""
    items, events = snapshot.items, snapshot.events
    again = events.loc[(events["before"] == "done").to_numpy(dtype=bool), "subject"]
    reopened = among(items["item_id"], again)
    stories = events[among(events["subject"], again)]
    done = stories[(stories["after"] == "done").to_numpy(dtype=bool)]
    first = done.drop_duplicates("subject").set_index("subject")["at"]
    days = local_days(first, snapshot.settings.timezone).reindex(items["item_id"][reopened])
    in_time = reopened.copy()
    in_time[reopened] = days.to_numpy() <= items["due_on"].to_numpy()[reopened]
    return reopened, in_time


def unknowns(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Action items that cannot be judged: what they lack, and where it can be mended.

    One row per source, team and reason: source, team, reason, fixable_in and items. Reasons are
    incident (the item names none), incident_record (no export holds the one it names), clock_date
    (its incident lacks the moment from which the policy counts), severity (nothing says it, so that
    no rule fits), creation_date, state, closing_date (closed, and no export says when) and original
    (closed as a duplicate of a ticket that no export holds). An item counts under every reason it
    has. Nothing of this is ever filled in with a guess. A period does not restrict it. Method,
    section 2.1.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> "closing_date" in set(pma.unknowns(q3)["reason"])
        True
    """
    items = snapshot.items
    by = group_columns(by, items)
    names = [*dict.fromkeys((*by, "source", "team"))]
    parts = [
        items[names][lacks].assign(reason=reason) for reason, lacks in lacking(snapshot).items()
    ]
    listed = pd.concat(parts, ignore_index=True).astype({"reason": "str"})
    table = sums(listed, {"items": np.ones(len(listed), dtype=np.int64)})
    table["fixable_in"] = table["reason"].map(FIXABLE).astype("str")
    table = table[[*names, "reason", "fixable_in", "items"]]
    return bring_forward(table, by)


def lacking(snapshot: Snapshot) -> dict[str, np.ndarray]:
    """Which items lack what, in the order of the reasons."""
    items = snapshot.items
    unknown = (items["standing"] == "unknown").to_numpy(dtype=bool)
    without = _without_severity(snapshot)
    no_incident = items["incident_id"].isna().to_numpy(dtype=bool)
    no_clock = unknown & items["clock_on"].isna().to_numpy(dtype=bool)
    by_ticket = (items["clock_basis"] == "item_created").to_numpy(dtype=bool)
    unlisted = ~no_incident & ~among(items["incident_id"], snapshot.whole.incidents["incident_id"])
    closed = items["state"].isin(CLOSED).to_numpy(dtype=bool)
    duplicate = items["duplicate_of"].notna() & (items["state"] == "dropped")
    of_incident = no_clock & ~by_ticket
    return {
        "incident": (of_incident | without) & no_incident,
        "incident_record": (of_incident | without) & unlisted,
        "clock_date": of_incident & ~no_incident & ~unlisted,
        "severity": without & ~no_incident & ~unlisted,
        "creation_date": no_clock & by_ticket,
        "state": unknown & items["state"].isna().to_numpy(dtype=bool),
        "closing_date": unknown & closed & items["closed_on"].isna().to_numpy(dtype=bool),
        "original": unknown & duplicate.to_numpy(dtype=bool),
    }


def _without_severity(snapshot: Snapshot) -> np.ndarray:
    """Items for which no rule fits because nothing says their severity."""
    items, versions = snapshot.items, snapshot.policy.versions
    asked = any(rule.severity for version in versions for rule in version.rules)
    no_target = (items["standing"] == "no_target").to_numpy(dtype=bool)
    began = pd.Timestamp(versions[0].effective or "1900-01-01")
    covered = ~(items["started_on"] < began).to_numpy(dtype=bool)
    return asked & no_target & covered & items["severity"].isna().to_numpy(dtype=bool)
