"""How the tables of a report were measured, so that they can be measured again later.

A notebook may prepare what a metric returns in any way. So each table is measured again at once, in
the ways in which notebooks do it, and only what gives the same table to the letter is written down.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from inspect import signature
from typing import Any, Final

import pandas as pd

from pmanalytics import metrics
from pmanalytics.exchange import as_csv
from pmanalytics.metrics.completion import Interval
from pmanalytics.metrics.grouping import By
from pmanalytics.publication import publishable
from pmanalytics.reporting.behind.spans import attainment_per_period, last_year
from pmanalytics.reporting.showing.sentences import metric_of
from pmanalytics.snapshots import Snapshot

__all__ = ["Measure", "measured_again", "measures"]

# Whether items with a target only, and whether incidents of the last four quarters only.
NARROWED: Final = ((False, False), (True, False), (True, True))
PER_PERIOD: Final = ("due_period",)
Count = Callable[..., pd.DataFrame]
_ALL_PERIODS: Final = 100_000


@dataclass(frozen=True)
class Measure:
    """What gives one table of a report.

    `interval` is empty for metrics that have none; `targeted` are items with a policy target only,
    `published` passed `publishable`, `due` keeps rows with something due, `since` keeps periods
    from that one on, and `recent` are the incidents of the last four quarters only.
    """

    table: str
    metric: str
    by: tuple[str, ...] = ()
    interval: str = ""
    targeted: bool = False
    published: bool = False
    due: bool = False
    since: str = ""
    recent: bool = False


def measures(
    snapshot: Snapshot,
    tables: Mapping[str, pd.DataFrame],
    *,
    interval: Interval,
    count: Count | None = None,
) -> pd.DataFrame:
    """How each table was measured: one row per table that can be measured again.

    Returns the columns of `Measure`; several columns of `by` are a list. `count` gives the table of
    a metric where it is known already, as `Report.table` does.
    """
    found = []
    # Tables of one metric, and the ways of one table, share what they begin with.
    narrowed = cache(partial(_narrowed, snapshot))
    raw = cache(partial(_raw, narrowed, count=count or _counted))
    for name, table in tables.items():
        for measure, again in _ways(snapshot, name, table, interval, raw):
            if _alike(again, table):
                found.append(asdict(measure) | {"by": ";".join(measure.by)})
                break
    return pd.DataFrame(found, columns=list(Measure.__dataclass_fields__))


def measured_again(snapshot: Snapshot, measure: Measure) -> pd.DataFrame:
    """The table of a measure, from any snapshot."""
    narrowed = partial(_narrowed, snapshot)
    return _prepared(_raw(narrowed, _unnamed(measure), count=_counted), measure)


def _alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two tables are the same to the letter; most are told apart without writing them."""
    if one.shape != other.shape or list(one) != list(other):
        return False
    return one.equals(other) or as_csv(one) == as_csv(other)


def _unnamed(measure: Measure) -> Measure:
    """What is measured, whatever the table is called and however it is prepared."""
    since = measure.since if measure.metric == "attainment" else ""
    return replace(measure, table="", published=False, due=False, since=since and "any")


def _ways(
    snapshot: Snapshot,
    name: str,
    table: pd.DataFrame,
    interval: Interval,
    raw: Callable[[Measure], pd.DataFrame],
) -> Iterator[tuple[Measure, pd.DataFrame]]:
    """The ways in which a table may have been measured, with what each of them gives."""
    metric = metric_of(name, dict.fromkeys(metrics.__all__))
    if not metric:
        return
    intervals = _intervals(metric, interval)
    own = set(raw(_unnamed(Measure(name, metric, interval=intervals[0]))))
    by = tuple(str(column) for column in table if column not in own)
    # What a notebook took columns from, or put some to, is none of these ways.
    if not set(by) <= set(snapshot.items) or len(own | set(by)) != table.shape[1]:
        return
    for kind in intervals:
        for targeted, recent in NARROWED:
            since = str(table["due_period"].min()) if by == PER_PERIOD and len(table) else ""
            measure = Measure(name, metric, by, kind, targeted, since=since, recent=recent)
            begun = raw(_unnamed(measure))
            for published, due in ((True, False), (False, False), (True, True), (False, True)):
                way = replace(measure, published=published, due=due)
                if not due or "due" in begun:
                    yield way, _prepared(begun, way)


def _intervals(metric: str, interval: Interval) -> tuple[str, ...]:
    """The intervals that a metric may have been asked for, the likeliest first."""
    options = signature(getattr(metrics, metric)).parameters
    return tuple(dict.fromkeys([interval, "wilson"])) if "interval" in options else ("",)


def _narrowed(snapshot: Snapshot, targeted: bool, recent: bool) -> Snapshot:  # noqa: FBT001 cached
    chosen = last_year(snapshot) if recent else snapshot
    return chosen.where(chosen.items["target_days"].notna()) if targeted else chosen


def _raw(
    narrowed: Callable[[bool, bool], Snapshot], measure: Measure, *, count: Count
) -> pd.DataFrame:
    chosen = narrowed(measure.targeted, measure.recent)
    options: dict[str, Any] = {"interval": measure.interval} if measure.interval else {}
    if measure.since and measure.metric == "attainment":
        return attainment_per_period(chosen, last=_ALL_PERIODS, **options)
    return count(measure.metric, by=measure.by or None, of=chosen, **options)


def _counted(metric: str, *, by: By, of: Snapshot, **options: Any) -> pd.DataFrame:
    table: pd.DataFrame = getattr(metrics, metric)(of, by=by, **options)
    return table


def _prepared(table: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    if measure.since:
        table = table[(table["due_period"] >= measure.since).to_numpy(dtype=bool)]
    if measure.published:
        table = publishable(table)
    if measure.due:
        table = table[(table["due"] > 0).to_numpy(dtype=bool)]
    return table
