"""Spark: the parts of a store counted by a cluster that is there already, and added up by it.

Spark brings parts to its workers, groups and adds up. What is done with a part, what the sums say,
and which incidents return, is worked out by the functions that do it on one machine. Nothing of
pyspark is imported: whoever has a session has it.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from pmanalytics import errors
from pmanalytics.counting.kin import find_kin
from pmanalytics.counting.parts import Whole, read_whole
from pmanalytics.counting.questions import Task, ask, known_names
from pmanalytics.counting.recurring import RECURRENCE, neighbours, recurrence_tables
from pmanalytics.errors import PmanalyticsError
from pmanalytics.inputs import Location
from pmanalytics.metrics import ADDITIVE
from pmanalytics.metrics.additive import COUNT, Counts, add_counts
from pmanalytics.metrics.grouping import By
from pmanalytics.metrics.same_cause import Places
from pmanalytics.store.parts import Selection

__all__ = ["measure_on_spark"]

LONG: Final = "metric string, frame string, keys string, count long"
FAILED: Final = "failed"  # in the place of a metric: what follows is an error of ours
NEIGHBOURS: Final = "first boolean, earlier long, later long, days long"


def measure_on_spark(
    session: Any,
    path: Location,
    *names: str,
    as_of: str | date | None = None,
    period: str | None = None,
    by: By = None,
    folder: str | Path | None = None,
) -> dict[str, pd.DataFrame]:
    """Measure a store on a Spark cluster, with the tables that one machine would give.

    `session` is a SparkSession, with the extra pmanalytics[spark]. `names` are the metrics that
    `measure_in_parts` takes, `repeats` and `repeat_rate`, each by default. `path` is a store (see
    `ingest`) or a configuration with one, and `folder` a place for files for the time being, by
    default that of this machine. On several machines, all must see both under one path,
    and have pmanalytics installed.

    Raises what `measure_in_parts` raises.
    """
    names = known_names(names, of=(*ADDITIVE, *RECURRENCE))
    cluster = _Cluster(session, read_whole(path))
    added = [name for name in names if name in ADDITIVE]
    with tempfile.TemporaryDirectory(prefix="pmanalytics-", dir=folder) as place:
        kin = find_kin(cluster.whole, each=cluster.each, folder=Path(place))
        cluster = _Cluster(session, cluster.whole, kin.parts)
        asked = ask(cluster.whole, kin, added, as_of=as_of, period=period, by=by)
        tables = asked.tables(cluster.add(asked.task, asked.counted_nothing())) if added else {}
        if set(names) & set(RECURRENCE):
            tables |= recurrence_tables(asked, add=cluster.add, alike=cluster.neighbours)
    return {name: tables[name] for name in names}


@dataclass(frozen=True, eq=False)
class _Cluster:
    """A Spark session, a store, and the parts of it that are added up."""

    session: Any
    whole: Whole
    parts: Sequence[Selection] = ()

    def each(self, task: Any, parts: Iterable[Selection]) -> Iterator[Any]:
        """What a task returns for each part; an error of ours comes back as itself."""
        chosen = list(parts)
        asked = self.session.sparkContext.parallelize(chosen, len(chosen))
        for found in asked.map(partial(_answered, task, self.whole)).collect():
            if isinstance(found, PmanalyticsError):
                raise found
            yield found

    def add(self, task: Task, nothing: Mapping[str, Counts]) -> dict[str, Counts]:
        """The sum of the counts of all parts; `nothing` are those of no items."""
        numbers = self.session.range(0, len(self.parts), 1, len(self.parts))
        counted = partial(_counted, task=task, whole=self.whole, parts=self.parts)
        sums = numbers.mapInPandas(counted, LONG).groupBy("metric", "frame", "keys").sum("count")
        found = dict(iter(_frame(sums).groupby(["metric", "frame"])))
        for (metric, name), told in found.items():
            if metric == FAILED:
                raise getattr(errors, name)(told["keys"].iloc[0])
        return {
            metric: add_counts(
                [{name: _short(found.get((metric, name)), frame) for name, frame in counts.items()}]
            )
            for metric, counts in nothing.items()
        }

    def neighbours(self, tags: pd.DataFrame, denied: Places) -> pd.DataFrame:
        """The neighbours of all services, each service by itself."""
        # The rows of a service may come in any order.
        numbered = pa.Table.from_pandas(tags.assign(row=range(len(tags))), preserve_index=False)
        services = self.session.createDataFrame(numbered).groupBy("service")
        return _frame(services.applyInPandas(partial(_neighbours, denied=denied), NEIGHBOURS))


def _frame(found: Any) -> pd.DataFrame:
    return found.toArrow().to_pandas()


def _answered(task: Any, whole: Whole, part: Selection) -> Any:
    try:
        return task(whole, part)
    except PmanalyticsError as problem:
        return problem


def _neighbours(tags: pd.DataFrame, *, denied: Places) -> pd.DataFrame:
    return neighbours(tags.sort_values("row", ignore_index=True), denied=denied)


def _counted(
    numbers: Iterator[pd.DataFrame], *, task: Task, whole: Whole, parts: Sequence[Selection]
) -> Iterator[pd.DataFrame]:
    """The counts of some parts, by their numbers, one row per group of a frame of a metric.

    An error of ours is a row as well, because Spark would make a traceback of it.
    """
    for number in (int(number) for frame in numbers for number in frame["id"]):
        found = _answered(task, whole, parts[number])
        if isinstance(found, PmanalyticsError):
            yield _long(FAILED, type(found).__name__, [str(found)], [1])
            return
        for metric, counts in found.items():
            for name, frame in counts.items():
                yield _long(metric, name, _texts(frame.drop(columns=COUNT)), frame[COUNT].tolist())


def _long(metric: str, frame: str, keys: list[str], counts: list[int]) -> pd.DataFrame:
    columns = {"metric": metric, "frame": frame, "keys": keys, "count": counts}
    # Text of pandas may lie in several chunks, and Spark takes one.
    return pd.DataFrame(columns).astype({"metric": object, "frame": object, "keys": object})


def _texts(keys: pd.DataFrame) -> list[str]:
    """The keys of each row as one text, in which what is missing is null."""
    dates = dict.fromkeys(keys.select_dtypes(["datetime", "datetimetz"]), "str")
    plain = keys.astype(dates).astype(object)
    rows = plain.where(keys.notna(), None).to_numpy(dtype=object).tolist()
    return [json.dumps(row) for row in rows]


def _short(long: pd.DataFrame | None, like: pd.DataFrame) -> pd.DataFrame:
    """The frame of counts of which there are such rows."""
    if long is None:
        return like
    rows = [
        [*json.loads(keys), count]
        for keys, count in zip(long["keys"], long["sum(count)"], strict=True)
    ]
    return pd.DataFrame(rows, columns=[*like.columns.drop(COUNT), COUNT], dtype=object).astype(
        like.dtypes
    )
