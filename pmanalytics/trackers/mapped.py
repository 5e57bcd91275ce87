"""Any other CSV, through the columns that `[source.fields]` names.

It is asked last, and only when the configuration says at least which column holds the key or the
title, so that no unknown file is read by accident.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Tracker
from pmanalytics.trackers.vocabulary import distinct, fold_word, folded, known_state, unknown_words

__all__ = ["TRACKER"]


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    if export.table != "items":
        return Completed({})
    nothing = missing(export)
    closed = columns.get("closed_at", missing(export, "datetime64[us, UTC]"))
    status = columns.get("state", columns.get("status", nothing))
    dated = closed.notna().map({True: "dated", False: ""}).astype("str")
    words = distinct(status, dated)
    given = folded(export.source.states)
    by_date = "closed_at" in columns and "state" not in columns and "status" not in columns
    states: list[str | None] = []
    unknown: dict[str, int] = {}
    for number, (word, date) in enumerate(words.words):
        state = given.get(fold_word(word)) or known_state(word)
        if state is None and word and not date:
            unknown[word] = unknown.get(word, 0) + int(words.counts[number])
        silent = None if not (word or by_date) else "open"
        states.append(state or ("done" if date else silent))
    state = words.spread(states)
    doubts: tuple[str, ...] = ()
    if unknown:
        doubts = (
            unknown_words(
                unknown, what="status", effect="counts as open", section="states", example="done"
            ),
        )
    found = {"state": state, "closed_at": closed.where(state.isin(["done", "dropped"]))}
    if "status" not in columns:
        found["status"] = status
    return Completed(found, doubts)


TRACKER: Final = Tracker(
    name="mapped",
    title="Any other CSV, through [source.fields]",
    system="table",
    forms=("csv",),
    export="whatever the tool writes as CSV",
    verified="as well as the mapping is",
    silent="what the mapping does not name",
    dates=("iso",),
    separators={"owners": ";", "labels": "[;,]", "links": "[;,]", "causes": "[;,]"},
    titled=True,
    complete=_complete,
    fallback=True,
)
