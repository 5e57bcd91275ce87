"""Summary: all items, severities, product areas and teams in numbers."""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.metrics.completion import Interval, fitting_interval
from pmanalytics.metrics.gap_rules import gap_flags
from pmanalytics.metrics.grouping import sums
from pmanalytics.metrics.threats import product_areas, product_threats
from pmanalytics.publication import publishable
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import group_name
from pmanalytics.workbook.counting import Count, counted_anew

__all__ = ["summary_table"]

KEPT: Final = ("due", "met", "attainment", "low", "high")
COUNTS: Final = ("due", "met", "open_items", "overdue", "with_gap")
COSTS: Final = ("incidents", "impact_minutes", "customers_affected")
LEVELS: Final = ("severity", "product", "team")


def summary_table(
    snapshot: Snapshot, *, interval: Interval | None = None, count: Count = counted_anew
) -> pd.DataFrame:
    """All items, their severities, product areas and teams in one table, ready for publication.

    One row each with level (organisation, severity, product or team), group, due, met, attainment,
    low, high, open_items, overdue and with_gap; for product areas also incidents, impact_minutes
    and customers_affected, as `product_threats` adds them up, most minutes first. Shares of product
    areas and teams with few items are left out, as `publishable` does; where there is only one of
    them, its share is that of all items and stays. `interval` is that of `attainment`; without it,
    the one that fits the data. Without a single product area that is known, there are no rows of
    any.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> pma.summary_table(q3)["level"].unique().tolist()
        ['organisation', 'severity', 'product', 'team']
    """
    chosen = interval or fitting_interval(snapshot)
    threats = product_threats(snapshot).rename(columns={"product": "group"})
    parts = {level: _groups(snapshot, level, chosen, count) for level in LEVELS}
    parts["product"] = _with_costs(parts["product"], threats)
    total = _joined(snapshot, None, chosen, count).assign(group="all items")
    return pd.concat(
        [_levelled(total, "organisation"), *(_levelled(parts[one], one) for one in LEVELS)],
        ignore_index=True,
    )


def _groups(snapshot: Snapshot, by: str, interval: Interval, count: Count) -> pd.DataFrame:
    """The rows of one level; `group` holds the bare value of the group."""
    if by == "product":
        areas = product_areas(snapshot)[1].array
        # Ownership and repeats are still looked for in the whole.
        items = snapshot.items.assign(product=areas)
        snapshot, count = replace(snapshot, items=items, _whole=snapshot.whole), counted_anew
    joined = _joined(snapshot, by, interval, count)
    compares = by != "severity" and len(joined) > 1
    shown = publishable(joined, comparison=compares).rename(columns={by: "group"})
    # Names first, what has none last, in whatever order it was published.
    return shown.sort_values("group", kind="stable", ignore_index=True)


def _joined(snapshot: Snapshot, by: str | None, interval: Interval, count: Count) -> pd.DataFrame:
    groups = [by] if by else []
    items = snapshot.items
    is_open = (items["state"] == "open").to_numpy(dtype=bool)
    unclear = gap_flags(snapshot).any(axis=1).to_numpy(dtype=bool) & is_open
    tables = [
        count("attainment", of=snapshot, by=by, interval=interval)[[*groups, *KEPT]],
        count("standings", of=snapshot, by=by)[[*groups, "overdue"]],
        sums(items[groups], {"open_items": is_open, "with_gap": unclear}),
    ]
    first, *others = tables
    for table in others:
        first = first.merge(table, on=by, how="left") if by else pd.concat([first, table], axis=1)
    return first


def _with_costs(products: pd.DataFrame, threats: pd.DataFrame) -> pd.DataFrame:
    """What incidents cost the customers of each product area, in the order of the page."""
    if products["group"].isna().all() and threats["group"].isna().all():
        return products.iloc[:0]
    known = threats[["group", *COSTS]].astype({"group": products["group"].dtype})
    joined = known.merge(products, on="group", how="outer", sort=False)
    order = pd.concat([known["group"], products["group"]]).drop_duplicates()
    places = {name: place for place, name in enumerate(order.dropna())}
    placed = joined["group"].map(places).to_numpy(dtype=float, na_value=np.inf)
    return joined.iloc[np.argsort(placed, kind="stable")]


def _levelled(table: pd.DataFrame, level: str) -> pd.DataFrame:
    types = dict.fromkeys((*COUNTS, *COSTS), "Int64")
    types |= dict.fromkeys(("attainment", "low", "high"), "Float64")
    whole = table.reindex(columns=["group", *KEPT, "open_items", "overdue", "with_gap", *COSTS])
    typed = whole.fillna(dict.fromkeys(COUNTS, 0)).astype(types)
    names = [group_name(value, level) for value in typed["group"]]
    typed["group"] = pd.Series(names, index=typed.index, dtype="str")
    typed.insert(0, "level", pd.Series(level, index=typed.index, dtype="str"))
    return typed
