"""Ownership: every way in which it is unclear who answers for an action item.

A gap is about the work, not about a person: the evidence names teams, services and projects, and
never who is assigned. Gaps are judged by the registry as of the as-of date, whole, also when the
snapshot was narrowed. What the registry does not cover at all (no services, no teams) gives no gap.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics import registry
from pmanalytics.metrics.additive import COUNT, Additive, Context, Counts, flagged, flags_of
from pmanalytics.metrics.gap_rules import CODES, PLACE, gap_evidence, gap_flags
from pmanalytics.metrics.grouping import By, bring_forward, group_columns, sums
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.proportions import wilson

__all__ = ["gap_rates", "ownership_gaps", "unowned_services"]

NULLABLE: Final = {"bool": "boolean", "int64": "Int64"}
POPULATIONS: Final = ("open", "cohort")
GAP_COLUMNS: Final = (
    "item_id", "code", "evidence", "team", "service", "project", "severity", "standing",
)  # fmt: skip


def ownership_gaps(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Open action items whose ownership is unclear, and why.

    One row per open item and gap: item_id, code (no_ticket, no_owner, person_only, owner_inactive,
    service_unowned, multi_owned, team_conflict, wrong_project, unknown_team, stale_registry),
    evidence in words, and the item's team, service, project, severity and standing. An item may
    have several gaps; they come in the order of the codes. Source: method, section 7.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> pma.ownership_gaps(q3)["code"].nunique()
        10
    """
    by = group_columns(by, snapshot.items)
    still_open = (snapshot.items["state"] == "open").to_numpy(dtype=bool)
    shown = list(dict.fromkeys([*by, *GAP_COLUMNS[:1], *GAP_COLUMNS[3:]]))
    items = snapshot.items.loc[still_open, list(dict.fromkeys([*shown, *PLACE]))]
    flags = gap_flags(snapshot)[still_open]
    place, code = np.nonzero(flags.to_numpy())
    rows, where = items[shown].iloc[place], items[list(PLACE)].iloc[place]
    told = gap_evidence(snapshot, where, code)
    table = rows.assign(code=np.array(CODES, dtype=object)[code], evidence=told.to_numpy())
    table = table.astype({"code": "str", "evidence": "str"}).reset_index(drop=True)
    extra = [name for name in by if name not in GAP_COLUMNS]
    return bring_forward(table[[*extra, *GAP_COLUMNS]], by)


def gap_rates(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """How often ownership is unclear, among open items and in the period's cohort.

    Two rows per group: population `open` (items open on the as-of date) and `cohort` (items that
    fell due in the period, done or not; without a period every matured item). items, with_gap (any
    code), rate with low and high at 95 % (Wilson), and how many items have each code.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> pma.gap_rates(q3)["population"].tolist()
        ['open', 'cohort']
    """
    return _GAP_RATES.measure(snapshot, by)


def _gap_counts(snapshot: Snapshot, by: list[str]) -> Counts:
    items, gaps = snapshot.items, gap_flags(snapshot)
    populations = {
        "open": (items["state"] == "open").to_numpy(dtype=bool),
        "cohort": (items["in_period"] & items["matured"]).to_numpy(dtype=bool),
    }
    return {"items": flagged(items[by], {**populations, **gaps})}


def _gap_rates(counts: Counts, by: list[str], _: Context) -> pd.DataFrame:
    items = counts["items"]
    flags = flags_of(items, (*POPULATIONS, *CODES))
    gaps = {code: flags[code] for code in CODES}
    tables = [
        _rates(items[by], gaps, flags[name] * items[COUNT].to_numpy()).assign(population=name)
        for name in POPULATIONS
    ]
    table = pd.concat(tables, ignore_index=True).astype({"population": "str"})
    if by:
        table = table.sort_values(by, kind="stable", ignore_index=True)
    return table[[*by, "population", "items", "with_gap", "rate", "low", "high", *CODES]]


def _rates(groups: pd.DataFrame, gaps: dict[str, np.ndarray], count: np.ndarray) -> pd.DataFrame:
    having = {code: gap * count for code, gap in gaps.items()}
    any_gap = np.logical_or.reduce(list(gaps.values()))
    table = sums(groups, {"items": count, "with_gap": any_gap * count, **having})
    table["rate"] = table["with_gap"] / table["items"].where(table["items"] > 0)
    table["low"], table["high"] = wilson(table["with_gap"], table["items"])
    return table


def unowned_services(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Services that nobody owns, and what hangs on them.

    One row per service that the registry gives no team, or that it does not know: incidents up to
    the as-of date, open_items and overdue_items. Services on which nothing hangs are listed too.
    `by` takes columns of items or incidents.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> list(pma.unowned_services(q3))
        ['service', 'incidents', 'open_items', 'overdue_items']
    """
    items, incidents = snapshot.items, snapshot.incidents
    source = items if not _names(by) <= set(incidents) else incidents
    by = group_columns(by, source)
    columns = list(dict.fromkeys([*by, "service"]))
    still_open = (items["state"] == "open").to_numpy(dtype=bool)
    overdue = (items["standing"] == "overdue").to_numpy(dtype=bool)
    owned = _owned_services(snapshot.whole)
    listed = snapshot.services.loc[snapshot.services["service"].notna(), ["service"]]
    parts = [
        incidents.reindex(columns=columns).assign(incidents=1),
        items.reindex(columns=columns).assign(open_items=still_open, overdue_items=overdue),
        listed.drop_duplicates().reindex(columns=columns),
    ]
    concerned = pd.concat([part["service"].drop_duplicates() for part in parts[:2]])
    parts[2] = parts[2][~parts[2]["service"].isin(concerned)]
    told = pd.concat([part.astype({"service": "str"}) for part in parts], ignore_index=True)
    told = told[(told["service"].notna() & ~told["service"].isin(owned)).to_numpy()]
    if snapshot.whole.services.empty:
        told = told.iloc[:0]
    numbers = ("incidents", "open_items", "overdue_items")
    counts = {name: told[name].fillna(0).to_numpy(dtype=np.int64) for name in numbers}
    table = sums(told[columns], counts)
    # A service on which nothing hangs has no group: a whole number or a flag may be missing.
    kinds = {name: NULLABLE.get(str(source[name].dtype), source[name].dtype) for name in by}
    return bring_forward(table[[*columns, *numbers]].astype(kinds), by)


def _names(by: By) -> set[str]:
    return {by} if isinstance(by, str) else set(by or ())


def _owned_services(snapshot: Snapshot) -> pd.Series:
    owners = registry.service_owners(snapshot.services)
    return owners.loc[owners["owners"] > 0, "service"]


_GAP_RATES: Final = Additive("gap_rates", _gap_counts, _gap_rates)
ADDITIVE: Final = (_GAP_RATES,)
