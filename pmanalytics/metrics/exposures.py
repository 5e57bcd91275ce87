"""Repeats in open time against what chance alone would give.

Twelve of twenty returns while an item was open mean nothing when items were open for 60 % of the
time. And young incidents return more often and have more open items, with no link between the two,
so that the days since the incident are compared within bands of them.
"""

from collections.abc import Mapping
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmanalytics.changes import CLOSED, places
from pmanalytics.errors import UsageError
from pmanalytics.metrics.grouping import By, bring_forward, crossed, group_columns, sums
from pmanalytics.metrics.pairing import find_pairs, first_returns
from pmanalytics.metrics.recurrence_words import ENOUGH, exposure_reading
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.rates import expected_by_chance, mantel_haenszel, rate_ratio

__all__ = ["repeat_exposure"]

Exposure = Literal["open", "overdue"]
Days = NDArray[np.int64]

BANDS: Final = ("0-15", "16-30", "31-90", "91-365")
EDGES: Final = np.array([0, 16, 31, 91, 366])
LAST_DAY: Final = 365
COUNTS: Final = ("repeats_while", "days_while", "repeats_otherwise", "days_otherwise")
ESTIMATES: Final = ("expected_by_chance", "rate_ratio", "low", "high")


def repeat_exposure(
    snapshot: Snapshot, *, by: By = None, exposure: Exposure = "open"
) -> pd.DataFrame:
    """Repeats while a preventive item was open, against what chance alone would give.

    One row per group and band of days_since the end of the incident (0-15, 16-30, 31-90, 91-365),
    then one for all of them: repeats_while and days_while a preventive item was open (with
    `exposure="overdue"`: overdue), repeats_otherwise and days_otherwise; expected_by_chance, how
    many of these repeats would have come in that time if they came evenly; rate_ratio with low and
    high at 95 %; and reading, the row as a sentence. In a band the ratio is exact, over all bands
    it is that of Mantel and Haenszel, because both returns and open items are more frequent soon
    after an incident. With fewer than 5 repeats in either arm it is missing. An association, at no
    size a cause.

    Resolved incidents with a preventive item count, each day from its end (day 0) until its first
    return at level L1 to L3 (L2 up to a year), the as-of date or day 365. An item is open from
    day 0 up to and with the day on which it was closed for good; overdue from the day after the
    policy's due day. An incident one of whose preventive items was closed on an unknown day is
    left out. `by` takes columns of incidents, those of the earlier one. Raises UsageError for
    another exposure. Method, section 5.3.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> pma.repeat_exposure(q3)["days_since"].tolist()
        ['0-15', '16-30', '31-90', '91-365', 'all']
    """
    if exposure not in ("open", "overdue"):
        raise UsageError(f"{exposure!r} is not an exposure; use 'open' or 'overdue'.")
    by = group_columns(by, snapshot.incidents)
    watched = _watched(snapshot, by)
    while_, total, came_while, came = _per_incident(watched, _spans(snapshot, watched, exposure))
    bands = len(BANDS)
    groups = watched[by].iloc[np.repeat(np.arange(len(watched)), bands)].reset_index(drop=True)
    numbers = (came_while, while_, came - came_while, total - while_)
    counts = sums(
        groups.assign(days_since=np.tile(np.array(BANDS, dtype=object), len(watched))),
        {name: number.ravel() for name, number in zip(COUNTS, numbers, strict=True)},
    )
    everything = crossed(counts[by].drop_duplicates(), "days_since", BANDS)
    counts = everything.merge(counts, on=[*by, "days_since"], how="left").fillna(
        dict.fromkeys(COUNTS, 0)
    )
    return _estimated(counts, by, exposure)


def _watched(snapshot: Snapshot, by: list[str]) -> pd.DataFrame:
    """The resolved incidents, with the last day of each that counts and the day it returned."""
    whole, incidents = snapshot.whole, snapshot.incidents
    columns = list(dict.fromkeys((*by, "incident_id", "resolved_on")))
    ended = incidents[columns].dropna(subset=["resolved_on"]).reset_index(drop=True)
    returned = first_returns(whole, find_pairs(whole)).reindex(ended["incident_id"]).to_numpy()
    returned = np.where(returned <= LAST_DAY, returned, np.nan)
    seen = (pd.Timestamp(snapshot.as_of) - ended["resolved_on"]).dt.days.clip(upper=LAST_DAY)
    return ended.assign(
        _returned=np.nan_to_num(returned, nan=-1).astype(np.int64),
        _last=np.fmin(returned, seen.to_numpy(dtype=float)).astype(np.int64),
    )


def _spans(snapshot: Snapshot, watched: pd.DataFrame, exposure: str) -> pd.DataFrame:
    """The days, both included, on which a preventive item was open or overdue, by incident.

    One row per preventive item: place of its incident, first and last day since the incident, and
    whether it is unknown how long it was open.
    """
    items = snapshot.whole.items[["incident_id", "kind", "state", "closed_on", "due_on"]]
    items = items[(items["kind"] == "prevent").to_numpy(dtype=bool)]
    place = places(items["incident_id"], watched["incident_id"])
    items, place = items[place >= 0], place[place >= 0]
    ended = watched["resolved_on"].to_numpy()[place]
    closed = items["state"].isin(CLOSED).to_numpy(dtype=bool)
    until = items["closed_on"].where(closed, pd.Timestamp(snapshot.as_of))
    last = (until - ended).dt.days
    overdue = (items["due_on"] - ended).dt.days + 1
    # An item without a due day is never overdue.
    first = overdue.fillna(LAST_DAY + 1).clip(lower=0) if exposure == "overdue" else 0
    return pd.DataFrame(
        {
            "place": place,
            "first": first,
            "last": last.fillna(-1),
            "unknown": (items["state"].isna() | last.isna()).to_numpy(dtype=bool),
        }
    ).astype({"first": "int64", "last": "int64"})


def _per_incident(watched: pd.DataFrame, spans: pd.DataFrame) -> tuple[Days, Days, Days, Days]:
    """Days with the status, all days, returns with the status and all returns, by band."""
    size, place = len(watched), spans["place"].to_numpy()
    known = np.bincount(place, minlength=size) > 0
    known &= np.bincount(place, weights=spans["unknown"], minlength=size) == 0
    end = np.where(known, watched["_last"].to_numpy() + 1, 0)
    returned = np.where(known, watched["_returned"].to_numpy(), -1)
    pieces = _apart(spans)
    place, first = pieces["place"].to_numpy(), pieces["first"].to_numpy()
    after = np.minimum(pieces["last"].to_numpy() + 1, end[place])
    days = np.zeros((size, len(BANDS)), dtype=np.int64)
    np.add.at(days, place, _overlap(first, after))
    came = _band(returned)
    inside = (first <= returned[place]) & (returned[place] < after)
    status = np.bincount(place, weights=inside, minlength=size) > 0
    return days, _overlap(np.zeros(size, dtype=np.int64), end), came * status[:, None], came


def _apart(spans: pd.DataFrame) -> pd.DataFrame:
    """The same days in spans of which no two of one incident overlap."""
    ordered = spans.sort_values(["place", "first"], kind="stable")
    reached = ordered.groupby("place")["last"].cummax()
    before = reached.groupby(ordered["place"]).shift(fill_value=-1)
    return ordered.assign(first=np.maximum(ordered["first"], before + 1))


def _overlap(first: Days, after: Days) -> Days:
    """How many days from the first to the one before `after` lie in each band."""
    inside = np.minimum(after[:, None], EDGES[1:]) - np.maximum(first[:, None], EDGES[:-1])
    return np.maximum(inside, 0)


def _band(day: Days) -> Days:
    """1 in the band in which the day lies; a day below 0 lies in none."""
    return ((day[:, None] >= EDGES[:-1]) & (day[:, None] < EDGES[1:])).astype(np.int64)


def _estimated(counts: pd.DataFrame, by: list[str], exposure: str) -> pd.DataFrame:
    """The counts of each band and of all of them, with their ratio to chance."""
    shape = (-1, len(BANDS))
    x1, t1, x0, t0 = (counts[name].to_numpy(dtype=float).reshape(shape) for name in COUNTS)
    expected = expected_by_chance(x1 + x0, t1, t0)
    whole = counts.iloc[:: len(BANDS)][by].assign(days_since="all")
    for name, number in zip(COUNTS, (x1, t1, x0, t0), strict=True):
        whole[name] = number.sum(axis=1)
    pooled = mantel_haenszel(x1, t1, x0, t0)
    together = (np.nansum(expected, axis=1), pooled.ratio, pooled.low, pooled.high)
    by_band = (expected, *rate_ratio(x1, t1, x0, t0))
    table = pd.concat(
        [
            counts.assign(**_named(by_band), _group=np.arange(len(counts)) // len(BANDS)),
            whole.assign(**_named(together), _group=np.arange(len(whole))),
        ]
    ).sort_values("_group", kind="stable", ignore_index=True)
    none = table["days_while"] + table["days_otherwise"] == 0
    few = table[["repeats_while", "repeats_otherwise"]].min(axis=1) < ENOUGH
    table["expected_by_chance"] = table["expected_by_chance"].mask(none)
    for name in ESTIMATES[1:]:
        table[name] = table[name].mask(few)
    table["reading"] = [exposure_reading(row, exposure) for row in table.to_dict("records")]
    table = table.astype(dict.fromkeys(COUNTS, "int64") | {"days_since": "str", "reading": "str"})
    return bring_forward(table[[*by, "days_since", *COUNTS, *ESTIMATES, "reading"]], by)


def _named(numbers: tuple[np.ndarray, ...]) -> Mapping[str, np.ndarray]:
    return {name: number.ravel() for name, number in zip(ESTIMATES, numbers, strict=True)}
