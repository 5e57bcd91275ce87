"""How long action items take, counting the ones that are still open.

Every item with a clock enters at day 0. Done and dropped compete; what is open on the as-of date is
censored there. The mean of finished items, the usual figure, is left out on purpose: it is short
because the slow ones are not in it.
"""

from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
import pandas as pd

from pmanalytics.changes import CLOSED
from pmanalytics.errors import UsageError
from pmanalytics.metrics.additive import COUNT, Additive, Context, Counts, counted
from pmanalytics.metrics.grouping import By, each_group, typed
from pmanalytics.rewinding import local_days
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.survival import (
    DONE,
    DROPPED,
    OPEN,
    LifeTable,
    cumulative_incidence,
    incidence_at,
    life_table,
    median_with_limits,
    restricted_mean,
)

__all__ = ["completion_curve", "speed"]

Entry = Literal["clock", "created"]

OUTCOMES: Final = {"open": OPEN, "done": DONE, "dropped": DROPPED}
TARGET: Final = ("target_days", "unit")
SPEED_TYPES: Final = {
    "n": "int64", "done": "int64", "dropped": "int64", "open": "int64",
    "done_by_15": "float64", "done_by_30": "float64", "done_by_90": "float64",
    "done_by_target": "float64", "median_days": "Int64", "median_low": "Int64",
    "median_high": "Int64", "rmst_90": "float64",
}  # fmt: skip
CURVE_TYPES: Final = {
    "outcome": "str", "day": "int64", "at_risk": "int64", "events": "int64",
    "cumulative_incidence": "float64", "low": "float64", "high": "float64",
}  # fmt: skip


def speed(snapshot: Snapshot, *, by: By = None, entry: Entry = "clock") -> pd.DataFrame:
    """How fast action items are done, the open ones counted.

    One row per group: n items with a clock, of which done, dropped and open; the share done by day
    15, 30 and 90, and by each item's own policy target (Aalen-Johansen, dropped competing); the day
    by which half are done with its limits at 95 %; and rmst_90, the mean number of days open within
    the first 90. Days are calendar days since the clock. What follow-up does not reach is missing.
    Items closed without a date are left out. A period does not restrict it.

    `entry="created"` counts an item from the creation of its ticket only (delayed entry), for
    extracts that hold tickets alone; items of documents count from the clock on. Raises UsageError
    for another entry. Method, section 2.4.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> list(pma.speed(q3, by="severity"))[:4]
        ['severity', 'n', 'done', 'dropped']
    """
    return _SPEED.measure(snapshot, by, entry=entry)


def completion_curve(snapshot: Snapshot, *, by: By = None, entry: Entry = "clock") -> pd.DataFrame:
    """The share of action items done, and dropped, by day since the incident.

    One row per group, outcome (done or dropped) and day on which an item ended or was last seen
    open, and day 0: at_risk that day, events of the outcome, cumulative_incidence with low and
    high at 95 % (Aalen-Johansen, log-log limits; missing where the data give none). `entry` as in
    `speed`. Method, section 2.4.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> pma.completion_curve(q3)["outcome"].unique().tolist()
        ['done', 'dropped']
    """
    return _COMPLETION_CURVE.measure(snapshot, by, entry=entry)


def _speed_counts(snapshot: Snapshot, by: list[str], *, entry: Entry = "clock") -> Counts:
    lives = _lives(snapshot, [*dict.fromkeys((*by, *TARGET))], entry=entry)
    return {"lives": lives, "targets": _own_targets(snapshot, by)}


def _curve_counts(snapshot: Snapshot, by: list[str], *, entry: Entry = "clock") -> Counts:
    return {"lives": _lives(snapshot, by, entry=entry)}


def _lives(snapshot: Snapshot, keys: list[str], *, entry: Entry) -> pd.DataFrame:
    """How many items of each group entered and were last seen on which day, and how they ended."""
    if entry not in ("clock", "created"):
        raise UsageError(f"{entry!r} is not an entry; use 'clock' or 'created'.")
    used = dict.fromkeys((*keys, "created_at", "clock_on", "days", "key", "state"))
    items = snapshot.items.loc[timed(snapshot), [*used]]
    state = items["state"]
    created = entry == "created"
    marks = {
        "_entry": _entry_days(items, snapshot) if created else np.zeros(len(items), dtype=np.int64),
        "_day": items["days"].astype("int64"),
        "_outcome": np.select([state == word for word in OUTCOMES], list(OUTCOMES.values())),
    }
    return counted(items[keys], marks)


def _entry_days(items: pd.DataFrame, snapshot: Snapshot) -> pd.Series:
    """How many days after its clock started each item's ticket was created."""
    created = local_days(items["created_at"], snapshot.settings.timezone)
    late = (created - items["clock_on"]).dt.days.clip(lower=0)
    # A line of a document was known from its incident on; only a ticket can come late.
    return late.where(items["key"].notna()).fillna(0).astype("int64")


def timed(snapshot: Snapshot) -> np.ndarray:
    """The items that have a clock, a state, and a date if they are closed."""
    items = snapshot.items
    undated = items["state"].isin(CLOSED) & items["closed_on"].isna()
    known = items["clock_on"].notna() & items["state"].notna() & ~undated
    return known.to_numpy(dtype=bool)


def _table(counts: pd.DataFrame) -> LifeTable:
    return life_table(
        counts["_day"], counts["_outcome"], entry=counts["_entry"], weight=counts[COUNT]
    )


def _speeds(counts: Counts, by: list[str], _: Context) -> pd.DataFrame:
    lives = counts["lives"]
    shares = _by_target(lives, counts["targets"], by)
    rows = (
        {**key, **_speed_row(_table(part)), "done_by_target": shares.get(_key(key))}
        for key, part in each_group(lives, by)
    )
    return typed(rows, by, lives, SPEED_TYPES)


def _curves(counts: Counts, by: list[str], _: Context) -> pd.DataFrame:
    lives = counts["lives"]
    rows = (
        {**key, **row}
        for key, part in each_group(lives, by)
        for outcome in ("done", "dropped")
        for row in _curve_rows(_table(part), outcome)
    )
    return typed(rows, by, lives, CURVE_TYPES)


def _speed_row(table: LifeTable) -> dict[str, object]:
    done = cumulative_incidence(table, DONE)
    by_15, by_30, by_90 = incidence_at(done, [15, 30, 90])
    median = median_with_limits(table, DONE)
    mean = restricted_mean(table, 90)
    return {
        "n": table.total,
        "done": int(table.done.sum()),
        "dropped": int(table.dropped.sum()),
        "open": int(table.censored.sum()),
        "done_by_15": by_15,
        "done_by_30": by_30,
        "done_by_90": by_90,
        "median_days": median.days,
        "median_low": median.low,
        "median_high": median.high,
        "rmst_90": mean.days if mean.tau == 90 else np.nan,
    }


def _own_targets(snapshot: Snapshot, by: list[str]) -> pd.DataFrame:
    """How many items have which target in calendar days, by group and policy target."""
    chosen = timed(snapshot) & snapshot.items["due_on"].notna().to_numpy()
    used = dict.fromkeys((*by, *TARGET, "due_on", "clock_on"))
    items = snapshot.items.loc[chosen, [*used]]
    own = (items["due_on"] - items["clock_on"]).dt.days.astype("int64")
    return counted(items[[*dict.fromkeys((*by, *TARGET))]], {"_own": own})


def _by_target(
    counts: pd.DataFrame, targets: pd.DataFrame, by: list[str]
) -> dict[tuple[object, ...], float]:
    """The share done by each item's own target, averaged over the items of each group."""
    names = [*dict.fromkeys((*by, *TARGET))]
    curves = {
        _key(key): cumulative_incidence(_table(part), DONE)
        for key, part in each_group(counts, names)
    }
    found: dict[tuple[object, ...], list[np.ndarray]] = {}
    for key, part in each_group(targets, names):
        share = incidence_at(curves[_key(key)], part["_own"])
        weights = part[COUNT].to_numpy(dtype=float)
        group = _key({name: key[name] for name in by})
        found.setdefault(group, []).append(np.column_stack([share, weights]))
    means = {}
    for group, parts in found.items():
        share, weights = np.concatenate(parts).T
        means[group] = float(np.average(share, weights=weights))
    return means


def _key(key: dict[str, object]) -> tuple[object, ...]:
    """A group's key that equals itself, missing values included."""
    return tuple(None if pd.isna(value) else value for value in key.values())


def _curve_rows(table: LifeTable, outcome: str) -> Iterator[dict[str, object]]:
    curve = cumulative_incidence(table, OUTCOMES[outcome])
    events = table.done if outcome == "done" else table.dropped
    columns = (table.day, table.at_risk, events, curve.value, curve.low, curve.high)
    names = list(CURVE_TYPES)[1:]
    if table.day.size and table.day[0] > 0:
        start = (0, int(table.at_risk[0] - table.entered[0]), 0, 0.0, np.nan, np.nan)
        yield {"outcome": outcome, **dict(zip(names, start, strict=True))}
    for row in zip(*columns, strict=True):
        yield {"outcome": outcome, **dict(zip(names, row, strict=True))}


_SPEED: Final = Additive("speed", _speed_counts, _speeds)
_COMPLETION_CURVE: Final = Additive("completion_curve", _curve_counts, _curves)
ADDITIVE: Final = (_SPEED, _COMPLETION_CURVE)
