"""Counting: where the sheets get the tables of metrics from.

A report that counted a metric already hands out its table, so that nothing is counted twice.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from pmanalytics import metrics
from pmanalytics.metrics.grouping import By
from pmanalytics.snapshots import Snapshot

__all__ = ["Count", "counted_anew"]

# What `Report.table` is: takes the name of a metric, and `by` and `of` by their names.
Count = Callable[..., pd.DataFrame]


def counted_anew(metric: str, *, of: Snapshot, by: By = None, **options: Any) -> pd.DataFrame:
    """The table of a metric, from the snapshot.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> counted_anew("gap_rates", of=q3)["population"].tolist()
        ['open', 'cohort']
    """
    table: pd.DataFrame = getattr(metrics, metric)(of, by=by, **options)
    return table
