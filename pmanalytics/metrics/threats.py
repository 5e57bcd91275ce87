"""Threats to customers: what incidents cost them, and which promises behind these are still open.

An export that does not say how long customers were affected says nothing: its incidents are counted
as unknown beside the sum, and a sum of nothing but unknown ones is missing instead of zero.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.keeping import kept
from pmanalytics.metrics.grouping import By, bring_forward, sums
from pmanalytics.metrics.weakness import both_sides, have_returned, side_groups
from pmanalytics.snapshots import Snapshot

__all__ = ["product_threats"]

COUNTS: Final = (
    "incidents", "minutes_unknown", "customers_unknown", "repeats", "open_items", "overdue_items",
)  # fmt: skip
# What is added up, each with the count of the incidents that do not say it.
SUMS: Final = {"impact_minutes": "minutes_unknown", "customers_affected": "customers_unknown"}
THREATS: Final = (
    "product", "incidents", "impact_minutes", "minutes_unknown", "customers_affected",
    "customers_unknown", "repeats", "open_items", "overdue_items",
)  # fmt: skip


def product_threats(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """What threatens customers, by product area, and the open promises behind it.

    One row per product area with an incident or an open item: incidents up to the as-of date,
    impact_minutes (for how long customers were affected, added up over those that say it, rounded)
    and minutes_unknown (incidents that do not), customers_affected (added up; a customer counts
    once for each incident) and customers_unknown, repeats (how many of the incidents are the return
    of an earlier one, levels 1 to 3), open_items and overdue_items of any kind. Sums are missing
    where no incident says them. Most minutes first, then by name; what has no product area comes
    last. The product area is that of the incident, else that of the service in the registry; an
    item has that of its incident, else that of its own service. `by` takes columns of items or
    incidents.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> threats = pma.product_threats(q3)
        >>> int(threats["incidents"].sum()) == len(q3.incidents)
        True
    """
    by = side_groups(snapshot, by)
    columns = list(dict.fromkeys([*by, "product"]))
    incidents, items = both_sides(snapshot, columns)
    of_incidents, of_items = product_areas(snapshot)
    still_open = (snapshot.items["state"] == "open").to_numpy(dtype=bool)
    overdue = (snapshot.items["standing"] == "overdue").to_numpy(dtype=bool)[still_open]
    parts = [
        incidents.assign(product=of_incidents, repeats=have_returned(snapshot), **_cost(snapshot)),
        items.assign(product=of_items)[still_open].assign(open_items=1, overdue_items=overdue),
    ]
    told = pd.concat(parts, ignore_index=True)
    numbers = {name: told[name].fillna(0).to_numpy(dtype=np.int64) for name in COUNTS}
    for name in SUMS:
        numbers[name] = told[name].fillna(0).to_numpy(dtype=np.float64)
    table = sums(told[columns], numbers)
    for name, unknown in SUMS.items():
        # Where no incident says it, the sum is missing and not zero.
        known = table[name].where(table["incidents"] > table[unknown])
        table[name] = known.round().astype("Int64")
    table["unnamed"] = table["product"].isna()
    order = list(dict.fromkeys([*by, "unnamed", "impact_minutes", "product"]))
    rising = [name != "impact_minutes" for name in order]
    table = table.sort_values(order, ascending=rising, ignore_index=True)
    return bring_forward(table[list(dict.fromkeys([*columns, *THREATS]))], by)


def product_areas(snapshot: Snapshot) -> tuple[pd.Series, pd.Series]:
    """The product area of each incident and of each item, missing where nothing says it."""
    of_service, of_incident = _areas(snapshot.whole)
    items = snapshot.items
    by_incident = _looked_up(of_incident, items["incident_id"])
    return (
        _looked_up(of_incident, snapshot.incidents["incident_id"]),
        by_incident.fillna(_looked_up(of_service, items["service"])),
    )


@kept
def _areas(whole: Snapshot) -> tuple[pd.Series, pd.Series]:
    """The product area of each service and of each incident, by their names."""
    registry = whole.services.dropna(subset=["service", "product"])
    of_service = registry.drop_duplicates("service").set_index("service")["product"]
    incidents = whole.incidents.drop_duplicates("incident_id")
    own = incidents["product"].fillna(_looked_up(of_service, incidents["service"]))
    of_incident = own.set_axis(pd.Index(incidents["incident_id"]))
    # A missing name is no key, even where an incident has none either.
    return of_service, of_incident[of_incident.index.notna()]


def _looked_up(known: pd.Series, names: pd.Series) -> pd.Series:
    return known.reindex(names).set_axis(names.index).astype("str")


def _cost(snapshot: Snapshot) -> dict[str, pd.Series | int]:
    incidents = snapshot.incidents
    return {
        "incidents": 1,
        "impact_minutes": incidents["impact_minutes"],
        "minutes_unknown": incidents["impact_minutes"].isna(),
        "customers_affected": incidents["customers_affected"].astype("Float64"),
        "customers_unknown": incidents["customers_affected"].isna(),
    }
