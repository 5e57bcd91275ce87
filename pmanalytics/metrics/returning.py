"""How often incidents return: the rate by days since, the mean per service, and the families.

Repeats divided by incidents is no rate, because a young incident has had no time to return. Each
one counts here for as long as it has been watched.
"""

from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
import pandas as pd

from pmanalytics.errors import UsageError
from pmanalytics.metrics.grouping import (
    By,
    bring_forward,
    each_group,
    group_columns,
    sums,
    typed,
)
from pmanalytics.metrics.pairing import find_families, find_pairs, first_returns
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.recurrent_events import mean_cumulative_function
from pmanalytics.statistics.survival import DONE, OPEN, incidence_at, kaplan_meier, life_table

__all__ = ["mean_cumulative", "repeat_families", "repeat_rate"]

Events = Literal["incidents", "repeats"]

WITHIN: Final = (30, 90, 180, 365)
OF_SERVICES: Final = ("service", "team", "product")
RATE_TYPES: Final = {
    "incidents": "int64", "repeats": "int64", "within_days": "int64", "rate": "float64",
    "low": "float64", "high": "float64",
}  # fmt: skip
MEAN_TYPES: Final = {
    "day": "int64", "at_risk": "int64", "events": "int64", "mean": "float64", "low": "float64",
    "high": "float64",
}  # fmt: skip
FAMILY_COLUMNS: Final = (
    "family", "incident_id", "position", "size", "level", "started_on", "service", "cause",
)  # fmt: skip


def repeat_rate(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """How many incidents return within 30, 90, 180 and 365 days, those still watched counted.

    Four rows per group: incidents that are resolved, repeats (those of them that are known to have
    returned by then), within_days, and rate, the share that returns within so many local days of
    its end, with low and high at 95 %. The rate is 1 - Kaplan-Meier of the time to the first return
    at level L1, L2 or L3, censored on the as-of date; for it L2 looks a year ahead, not 90 days.
    Limits are log-log on the share that has not returned. What follow-up does not reach, and a
    limit that the data do not give, is missing. repeats / incidents is not the rate. `by` takes
    columns of incidents, those of the earlier one. Method, section 5.1.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> pma.repeat_rate(q3)["within_days"].tolist()
        [30, 90, 180, 365]
    """
    whole = snapshot.whole
    return rates_of_return(snapshot, first_returns(whole, find_pairs(whole)), by=by)


def rates_of_return(snapshot: Snapshot, first: pd.Series, *, by: By = None) -> pd.DataFrame:
    """The table of `repeat_rate`, from the days that each incident took to return."""
    incidents = snapshot.incidents
    by = group_columns(by, incidents)
    ended = incidents[incidents["resolved_on"].notna().to_numpy()]
    returned = first.reindex(ended["incident_id"]).to_numpy()
    watched = (pd.Timestamp(snapshot.as_of) - ended["resolved_on"]).dt.days
    days = np.where(np.isnan(returned), watched, returned).astype(np.int64)
    groups = ended[by].assign(_day=days, _outcome=np.where(np.isnan(returned), OPEN, DONE))
    counts = sums(groups, {"_weight": np.ones(len(ended), dtype=np.int64)})
    rows = ({**key, **row} for key, part in each_group(counts, by) for row in _rates(part))
    return typed(rows, by, incidents, RATE_TYPES)


def _rates(counts: pd.DataFrame) -> Iterator[dict[str, object]]:
    table = life_table(counts["_day"], counts["_outcome"], weight=counts["_weight"])
    curve = kaplan_meier(table)
    staying, low, high = (
        incidence_at(curve, WITHIN, figure=figure) for figure in ("value", "low", "high")
    )
    for place, within in enumerate(WITHIN):
        yield {
            "incidents": table.total,
            "repeats": int(table.done[table.day <= within].sum()),
            "within_days": within,
            "rate": 1 - staying[place],
            "low": 1 - high[place],
            "high": 1 - low[place],
        }


def mean_cumulative(
    snapshot: Snapshot, *, by: By = None, events: Events = "incidents"
) -> pd.DataFrame:
    """How many incidents a service has had on average, by day since the data begin.

    One row per group and day on which something happened: day (0 is the day of the first incident
    in the data), at_risk (services under observation that day), events, mean (of events per
    service so far) with low and high at 95 %. The value holds until the next row, the last one
    until the as-of date. A line that bends up means that incidents come faster. With
    `events="repeats"` only incidents that are the return of an earlier one (L1 to L3) count.

    Services are those of the registry and those that an incident names. Each is observed from day
    0, or from its `since` in the registry when that is later and no incident of it is older, to
    the as-of date; a service without any incident counts too. Grouped by, or narrowed to, a
    service, team or product only its services are in it; by any other column of incidents, all of
    them are. With a single service there are no limits. Raises UsageError for other events.

    Mean cumulative function (Nelson), robust variance (Lawless and Nadeau): method, section 5.2.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> list(pma.mean_cumulative(q3, by="severity"))[:3]
        ['severity', 'day', 'at_risk']
    """
    if events not in ("incidents", "repeats"):
        raise UsageError(f"{events!r} are no events; use 'incidents' or 'repeats'.")
    by = group_columns(by, snapshot.incidents)
    began = snapshot.whole.incidents["started_on"].min()
    happened = snapshot.incidents.dropna(subset=["started_on", "service"])
    if events == "repeats":
        returns = find_pairs(snapshot.whole)["incident_id"]
        happened = happened[happened["incident_id"].isin(returns)]
    units = _units(snapshot, [name for name in by if name in OF_SERVICES], began)
    last = (pd.Timestamp(snapshot.as_of) - began).days if pd.notna(began) else 0
    rows = (
        {**key, **row}
        for key, part in each_group(happened, by)
        for row in _means(part, _of_group(units, key), began, last)
    )
    return typed(rows, by, snapshot.incidents, MEAN_TYPES)


def _units(snapshot: Snapshot, keys: list[str], began: pd.Timestamp) -> pd.DataFrame:
    """The services, once per value of the group columns that describe services, and their start."""
    columns = list(dict.fromkeys((*keys, "service")))
    # Narrowed to a severity, say, a service without an incident of it is still observed.
    whole = snapshot.whole
    named = [_of_services(frame, snapshot)[columns] for frame in (whole.incidents, whole.services)]
    units = pd.concat(named).dropna(subset=["service"]).drop_duplicates(ignore_index=True)
    registry = snapshot.whole.services
    # A row without a date holds from ever.
    since = registry["since"].fillna(began).groupby(registry["service"]).min()
    first = snapshot.whole.incidents.groupby("service")["started_on"].min()
    start = since.reindex(units["service"]).array
    older = first.reindex(units["service"]).array < start
    days = (pd.Series(start, index=units.index) - began).dt.days
    # At risk from the start of that day on: the function takes what lies after the moment given.
    return units.assign(_start=days.mask(older).fillna(0).clip(lower=0) - 1)


def _of_services(frame: pd.DataFrame, snapshot: Snapshot) -> pd.DataFrame:
    """The rows of the services to which a snapshot was narrowed."""
    for column, values in snapshot.narrowed:
        if column in OF_SERVICES:
            frame = frame[frame[column].isin(values)]
    return frame


def _of_group(units: pd.DataFrame, key: dict[str, object]) -> pd.DataFrame:
    for name, value in key.items():
        if name in OF_SERVICES:
            same = units[name].isna() if pd.isna(value) else units[name] == value
            units = units[same.to_numpy(dtype=bool)]
    return units


def _means(
    part: pd.DataFrame, units: pd.DataFrame, began: pd.Timestamp, last: int
) -> Iterator[dict[str, object]]:
    names = pd.Index(units["service"].unique())
    start = units.groupby("service")["_start"].min().reindex(names)
    curve = mean_cumulative_function(
        names.get_indexer(part["service"]),
        (part["started_on"] - began).dt.days,
        start=start,
        end=np.full(len(names), last),
    )
    columns = (curve.time, curve.at_risk, curve.events, curve.value, curve.low, curve.high)
    for row in zip(*columns, strict=True):
        yield dict(zip(MEAN_TYPES, row, strict=True))


def repeat_families(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Incidents that belong together because each is the return of another one.

    One row per incident of a family of two or more: family (its earliest incident), incident_id,
    position in the order of their starts, size of the family, level of the strongest link that
    joined the incident to an earlier one (of the first incident: missing), started_on (local day),
    service, and cause, what it shares with the incident that it was linked to, joined by `;`. What
    any chain of pairs of level L1 to L3 connects is one family; L2 within 90 days. Families are
    found before the snapshot is narrowed. `by` takes columns of incidents. Method, section 5.1.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> bool((pma.repeat_families(q3)["size"] > 1).all())
        True
    """
    whole = snapshot.whole
    by = group_columns(by, snapshot.incidents)
    pairs = find_pairs(whole)
    extra = [name for name in by if name not in FAMILY_COLUMNS]
    family = find_families(whole, pairs)
    several = np.bincount(family)[family] > 1
    columns = ["incident_id", "started_on", "service", *extra]
    members = whole.incidents.loc[several, columns].assign(
        _family=family[several],
        _from=whole.incidents["started_at"].fillna(whole.incidents["resolved_at"])[several],
    )
    members = members.sort_values(["_from", "incident_id"])
    # Families are numbered in the order of their earliest incidents.
    order = pd.factorize(members["_family"])[0]
    heads = members["incident_id"][~members["_family"].duplicated()].array
    position = members.groupby("_family").cumcount().to_numpy() + 1
    members = members.assign(family=heads[order], position=position, size=np.bincount(order)[order])
    joined = members.assign(_order=order).merge(_joining(pairs), on="incident_id", how="left")
    first = joined["position"] == 1
    joined = joined.assign(level=joined["level"].mask(first), cause=joined["cause"].mask(first))
    joined = joined[joined["incident_id"].isin(snapshot.incidents["incident_id"])]
    table = joined.sort_values([*by, "_order", "position"], ignore_index=True)
    types = {"position": "int64", "size": "int64", "level": "str", "cause": "str", "family": "str"}
    return bring_forward(table[[*extra, *FAMILY_COLUMNS]].astype(types), by)


def _joining(pairs: pd.DataFrame) -> pd.DataFrame:
    """The strongest link of each incident, one to an earlier incident before one to a later one."""
    columns = ["level", "days_between", "cause"]
    back = pairs[["incident_id", *columns]].assign(ahead=False)
    ahead = pairs[["repeat_of", *columns]].rename(columns={"repeat_of": "incident_id"})
    both = pd.concat([back, ahead.assign(ahead=True)], ignore_index=True)
    ordered = both.sort_values(["ahead", "level", "days_between"], kind="stable")
    return ordered.drop_duplicates("incident_id")[["incident_id", "level", "cause"]]
