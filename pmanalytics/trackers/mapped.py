"""Any other CSV, through the configuration: `[source.fields]` says what its columns are."""

from typing import Final

import pandas as pd

from pmanalytics.reading.sheets import Sheet
from pmanalytics.trackers.model import Findings, Tracker
from pmanalytics.trackers.vocabulary import STATE_WORDS, translated

__all__ = ["MAPPED"]


def _states(sheet: Sheet, rows: pd.DataFrame) -> Findings:  # noqa: ARG001
    words = rows["state"].fillna(rows["status"]) if "state" in rows else rows["status"]
    state = translated(words, STATE_WORDS)
    closed = rows["closed_at"].notna() & words.isna()
    unknown = (words.notna() & state.isna()).to_numpy(dtype=bool)
    return Findings(state=state.mask(closed, "done").mask(unknown, "open"), unknown=unknown)


MAPPED: Final = Tracker(
    name="mapped",
    title="any CSV, through [source.fields]",
    system="export",
    form="csv",
    recognise=lambda header: False,  # noqa: ARG005 - only the configuration can say so
    columns={},
    states=_states,
    dates=("ISO8601", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"),
    how_to_export="whatever the tool calls CSV; then map its columns in pmanalytics.toml",
    verified="by the configuration",
    cannot_say="whatever is not mapped",
)
