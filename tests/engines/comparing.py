"""Tables that Spark made against those in memory: they must be equal, to the last type."""

from pathlib import Path
from typing import Any

import pandas as pd

import pmanalytics as pma
from pmanalytics.metrics import ADDITIVE
from tests.benchmarks.stores import AS_OF

PERIOD = "2026Q3"
NAMES = (*ADDITIVE, "repeats", "repeat_rate")


def on_spark(folder: Path, *, by: list[str] | None, into: Path, **more: Any) -> dict[str, Any]:
    """The question for all tables of a configuration in a folder, to be written into another."""
    config = str(folder / "pmanalytics.toml")
    asked = {"as_of": AS_OF, "period": PERIOD, "by": by}
    return {"ask": "measures", "config": config, "into": str(into), **asked, **more}


def same_as_in_memory(folder: Path, *, by: list[str] | None, into: Path) -> dict[str, pd.DataFrame]:
    """Compare all tables that were asked for; returns them."""
    judged = pma.snapshot(pma.read(folder), as_of=AS_OF, period=PERIOD)
    tables = {name: pd.read_parquet(into / name) for name in NAMES}
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, getattr(pma, name)(judged, by=by), obj=name)
    return tables
