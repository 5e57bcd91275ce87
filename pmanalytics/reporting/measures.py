"""How the tables of a report were measured, so that they can be measured again later.

A notebook may prepare what a metric returns in any way. So each table is measured again at once, in
the ways in which notebooks do it, and only what gives the same table to the letter is written down.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from inspect import signature
from typing import Any, Final

import pandas as pd

from pmanalytics import metrics
from pmanalytics.exchange import as_csv
from pmanalytics.metrics.completion import Interval
from pmanalytics.publication import publishable
from pmanalytics.reporting.sentences import metric_of
from pmanalytics.reporting.spans import attainment_per_period
from pmanalytics.snapshots import Snapshot

__all__ = ["Measure", "measured_again", "measures"]

PER_PERIOD: Final = ("due_period",)
_ALL_PERIODS: Final = 100_000


@dataclass(frozen=True)
class Measure:
    """What gives one table of a report.

    `interval` is empty for metrics that have none; `targeted` are items with a policy target only,
    `published` passed `publishable`, `due` keeps rows with something due, and `since` keeps periods
    from that one on.
    """

    table: str
    metric: str
    by: tuple[str, ...] = ()
    interval: str = ""
    targeted: bool = False
    published: bool = False
    due: bool = False
    since: str = ""


def measures(
    snapshot: Snapshot, tables: Mapping[str, pd.DataFrame], *, interval: Interval
) -> pd.DataFrame:
    """How each table was measured: one row per table that can be measured again.

    Returns the columns of `Measure`; several columns of `by` are a list.
    """
    found = []
    for name, table in tables.items():
        written = as_csv(table)
        for measure, again in _ways(snapshot, name, table, interval):
            if as_csv(again) == written:
                found.append(asdict(measure) | {"by": ";".join(measure.by)})
                break
    return pd.DataFrame(found, columns=list(Measure.__dataclass_fields__))


def measured_again(snapshot: Snapshot, measure: Measure) -> pd.DataFrame:
    """The table of a measure, from any snapshot."""
    return _prepared(_raw(snapshot, measure), measure)


def _ways(
    snapshot: Snapshot, name: str, table: pd.DataFrame, interval: Interval
) -> Iterator[tuple[Measure, pd.DataFrame]]:
    """The ways in which a table may have been measured, with what each of them gives."""
    metric = metric_of(name, dict.fromkeys(metrics.__all__))
    if not metric:
        return
    function = getattr(metrics, metric)
    own = set(function(snapshot))
    by = tuple(str(column) for column in table if column not in own)
    if not set(by) <= set(snapshot.items):
        return
    intervals = dict.fromkeys([interval, "wilson"])
    for kind in intervals if "interval" in signature(function).parameters else ("",):
        for targeted in (False, True):
            since = str(table["due_period"].min()) if by == PER_PERIOD and len(table) else ""
            measure = Measure(name, metric, by, kind, targeted=targeted, since=since)
            raw = _raw(snapshot, measure)
            for published, due in ((True, False), (False, False), (True, True), (False, True)):
                way = replace(measure, published=published, due=due)
                if not due or "due" in raw:
                    yield way, _prepared(raw, way)


def _raw(snapshot: Snapshot, measure: Measure) -> pd.DataFrame:
    chosen = snapshot
    if measure.targeted:
        chosen = snapshot.where(snapshot.items["target_days"].notna())
    options: dict[str, Any] = {"interval": measure.interval} if measure.interval else {}
    if measure.since and measure.metric == "attainment":
        return attainment_per_period(chosen, last=_ALL_PERIODS, **options)
    table: pd.DataFrame = getattr(metrics, measure.metric)(
        chosen, by=list(measure.by) or None, **options
    )
    return table


def _prepared(table: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    if measure.since:
        table = table[(table["due_period"] >= measure.since).to_numpy(dtype=bool)]
    if measure.published:
        table = publishable(table)
    if measure.due:
        table = table[(table["due"] > 0).to_numpy(dtype=bool)]
    return table
