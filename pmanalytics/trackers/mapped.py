"""Any other file, through the columns that `[source.fields]` names.

It is asked last, and only when the configuration says at least which column holds the key or the
title, so that no unknown file is read by accident.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.model import Completed, Export, Tracker

__all__ = ["TRACKER"]


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    if export.table != "items":
        return Completed({})
    status = columns.get("state", columns.get("status"))
    if status is not None:
        return closing(export, {**columns, "status": status}).completed(status=status)
    judged = closing(export, columns)
    if "closed_at" not in columns:
        return judged.completed()
    # Nothing but the date tells, so a row without one is open.
    return judged.completed(state=judged.state.fillna("open"))


TRACKER: Final = Tracker(
    name="mapped",
    title="Any other file, through [source.fields]",
    system="table",
    forms=("csv", "xlsx", "html", "json", "parquet"),
    export="whatever the tool writes as CSV, workbook, web page or JSON",
    verified="as well as the mapping is",
    silent="what the mapping does not name",
    dates=("iso",),
    separators={"owners": ";", "labels": "[;,]", "links": "[;,]", "causes": "[;,]"},
    titled=True,
    complete=_complete,
    fallback=True,
)
