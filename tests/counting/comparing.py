"""Counting in parts against measuring in memory: the tables must be equal, to the last type."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import pmanalytics as pma
from pmanalytics.metrics import ADDITIVE

# Groups so fine that an item which is judged otherwise, or counted twice, cannot hide.
FINE = ("incident_id", "title", "state", "team", "closed_period")


def same_as_in_memory(
    path: Path,
    *,
    as_of: str | None = None,
    period: str | None = None,
    by: Sequence[str] = (),
    workers: int = 1,
) -> dict[str, pd.DataFrame]:
    """Measure a store both ways; returns the tables."""
    in_parts = pma.measure_in_parts(path, as_of=as_of, period=period, by=by, workers=workers)
    assert set(in_parts) == set(ADDITIVE)
    data = pma.read(path)
    judged = pma.snapshot(data, as_of=as_of or pma.default_as_of(data), period=period)
    for name, table in in_parts.items():
        pd.testing.assert_frame_equal(table, getattr(pma, name)(judged, by=by), obj=name)
    return in_parts
