"""Items and incidents one by one, with the columns that a reader acts on."""

from typing import Final

import pandas as pd

from pmanalytics.metrics.pairing import find_pairs
from pmanalytics.snapshots import Snapshot

__all__ = ["incident_list", "item_list"]

ITEM: Final = (
    "item_id", "title", "severity", "team", "service", "kind", "standing", "due_on", "closed_on",
    "days_over", "url",
)  # fmt: skip
INCIDENT: Final = (
    "incident_id", "title", "severity", "service", "started_on", "repeat_of", "causes",
    "impact_minutes", "customers_affected", "items", "open_items", "overdue_items", "resolved_on",
    "url",
)  # fmt: skip


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
    items = snapshot.items
    if mask is not None:
        items = items[mask.fillna(value=False).to_numpy(dtype=bool)]
    return items.sort_values(["team", "due_on", "item_id"], ignore_index=True)[list(ITEM)]


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
