"""Items and incidents by name: all of them, and the few that a reader wants to see first."""

from typing import Final

import pandas as pd

from pmanalytics.metrics.completion import due_cohort
from pmanalytics.metrics.pairing import find_pairs
from pmanalytics.reporting.contents.answers import GRAVEST, preventive
from pmanalytics.reporting.opening import Report
from pmanalytics.snapshots import Snapshot

__all__ = ["due_items", "incident_list", "item_list", "oldest_overdue", "promise_changes"]

ITEM: Final = (
    "item_id", "title", "severity", "team", "service", "kind", "standing", "due_on", "closed_on",
    "days_over", "url",
)  # fmt: skip
INCIDENT: Final = (
    "incident_id", "title", "severity", "service", "started_on", "repeat_of", "causes",
    "impact_minutes", "customers_affected", "items", "open_items", "overdue_items", "resolved_on",
    "url",
)  # fmt: skip
FEW: Final = 10  # items due, up to which they are listed by name
CHANGED: Final = (
    "severity", "due", "met", "due_before", "met_before", "attainment_change", "change_low",
    "change_high", "reading",
)  # fmt: skip
LISTED: Final = ("item_id", "title", "severity", "team", "service", "due_on")


def due_items(report: Report) -> pd.DataFrame:
    """The items that fell due in the period, of Sev-1 and Sev-2 where it were fewer than ten.

    A share of a handful of items says little; the items themselves do. Where nothing of Sev-1 and
    Sev-2 fell due, those of all severities, if they are fewer than ten. One row per item, by
    severity and due day: item_id, title, severity, team, service, due_on, standing and url.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> few = due_items(open_report(period="2026Q3", as_of="2026-10-12"))
        >>> few["severity"].value_counts().sort_index().to_dict()
        {'sev1': 9}
    """
    items = report.snapshot.items
    due = items.loc[due_cohort(report.snapshot).to_numpy(), [*LISTED, "standing", "url"]]
    grave = due[due["severity"].isin(GRAVEST).to_numpy(dtype=bool)]
    due = due if grave.empty else grave
    number = due["severity"].fillna("").map(due["severity"].fillna("").value_counts())
    few = due[(number < FEW).to_numpy(dtype=bool)]
    return few.sort_values(["severity", "due_on", "item_id"], kind="stable", ignore_index=True)


def oldest_overdue(report: Report, *, most: int = 10) -> pd.DataFrame:
    """The preventive items that are overdue longest, those of Sev-1 first.

    At most `most` rows: item_id, title, severity, team, service, due_on, days_over and url. Where
    there are fewer of Sev-1, those of all other severities follow. Where no item of the data has a
    kind, all count as preventive.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> oldest = oldest_overdue(open_report(period="2026Q3", as_of="2026-10-12"))
        >>> oldest["severity"].tolist()[:3], len(oldest)
        (['sev1', 'sev1', 'sev2'], 10)
    """
    items = report.snapshot.items
    chosen = items["standing"].eq("overdue") & preventive(report.snapshot)
    overdue = items.loc[chosen.to_numpy(dtype=bool), [*LISTED, "days_over", "url"]]
    overdue = overdue.assign(_other=overdue["severity"].ne("sev1").fillna(value=True).astype(bool))
    order = ["_other", "days_over", "item_id"]
    ordered = overdue.sort_values(order, ascending=[True, False, True], ignore_index=True)
    return ordered.head(most).drop(columns="_other")


def promise_changes(report: Report) -> pd.DataFrame:
    """Promises kept against the period before, as it was known then.

    One row per severity that had anything due in both: severity, due, met, due_before, met_before,
    attainment_change with change_low and change_high at 95 %, and the reading of `compared`. No
    rows where nothing is known of the period before.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> changes = promise_changes(open_report(period="2026Q3", as_of="2026-10-12"))
        >>> changes["reading"].unique().tolist()
        ['within chance']
    """
    table = report.change("attainment", by="severity").reindex(columns=list(CHANGED))
    both = (table["due"] > 0) & (table["due_before"] > 0)
    return table[both.to_numpy(dtype=bool)].reset_index(drop=True)


def item_list(snapshot: Snapshot, mask: pd.Series | None = None) -> pd.DataFrame:
    """Action items one by one: what each is, where it stands, and when it is due.

    One row per item, or per item that a mask over `snapshot.items` keeps: item_id, title, severity,
    team, service, kind, standing, due_on, closed_on, days_over (from the due day to the closing or
    the as-of date; below 0: days left) and url; by team, due day and item_id. No person is in it.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> overdue = pma.item_list(q3, q3.items["standing"] == "overdue")
        >>> bool((overdue["days_over"] > 0).all())
        True
    """
    items = snapshot.items[list(ITEM)]
    if mask is not None:
        items = items[mask.fillna(value=False).to_numpy(dtype=bool)]
    return items.sort_values(["team", "due_on", "item_id"], ignore_index=True)


def incident_list(snapshot: Snapshot) -> pd.DataFrame:
    """Incidents one by one in the order of time: what they cost, and what is still open of them.

    One row per incident: incident_id, title, severity, service, started_on, repeat_of (the earlier
    incidents that it is the return of, levels 1 to 3), causes, impact_minutes, customers_affected,
    items, open_items and overdue_items that came out of it, resolved_on and url.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> bool(pma.incident_list(q3)["started_on"].is_monotonic_increasing)
        True
    """
    incidents, items = snapshot.incidents, snapshot.whole.items
    pairs = find_pairs(snapshot.whole)
    earlier = pairs.groupby("incident_id")["repeat_of"].agg(lambda names: "; ".join(sorted(names)))
    states = {
        "items": pd.Series(data=True, index=items.index),
        "open_items": items["state"].eq("open"),
        "overdue_items": items["standing"].eq("overdue"),
    }
    flags = pd.DataFrame(states).fillna(value=False).astype("int64")
    counts = flags.groupby(items["incident_id"]).sum()
    counts = counts.reindex(incidents["incident_id"], fill_value=0).set_axis(incidents.index)
    said = incidents["incident_id"].map(earlier).astype("str")
    table = incidents.assign(repeat_of=said, **counts)
    return table.sort_values(["started_on", "incident_id"], ignore_index=True)[list(INCIDENT)]
