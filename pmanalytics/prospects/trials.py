"""Trials: the data as they would be if a column of an export were mapped.

What a mapping buys is not how full a column is, but what changes when it is read: the incident that
a field names may be unknown, and a severity may be a word that no rule knows. So each likely column
is mapped on trial, and all items are judged again.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import pandas as pd

from pmanalytics import linking
from pmanalytics.candidates import SOUGHT, Candidate, any_plain, candidates_in
from pmanalytics.changes import among
from pmanalytics.datasets import Dataset
from pmanalytics.errors import InputError
from pmanalytics.snapshots import Snapshot, snapshot
from pmanalytics.tables import conform

__all__ = ["Trial", "trials_of"]


@dataclass(frozen=True, eq=False)
class Trial:
    """The data and their snapshot with one column mapped.

    `column` is ours, `written` the export's, and `filled` names the items that it fills. It is
    `certain` unless words in the column need a line of the configuration of their own.
    """

    column: str
    written: str
    filled: pd.Series
    certain: bool
    data: Dataset
    snapshot: Snapshot

    @property
    def unheld(self) -> pd.Series:
        """The items for which it names an incident that no export holds."""
        items, incidents = self.snapshot.items, self.snapshot.incidents["incident_id"]
        known = items.loc[among(items["incident_id"], incidents), "item_id"]
        return self.filled[~among(self.filled, known)]


def trials_of(data: Dataset, judged: Snapshot) -> tuple[Trial, ...]:
    """Map on trial each column of ours that items lack, to the likeliest column of the exports.

    Only columns whose name means hardly anything else are tried, and only files that still lie
    where they were read from.
    """
    lacking = [column for column in SOUGHT if data.items[column].isna().any()]
    likely = list(_likely(data, lacking)) if lacking else []
    trials: list[Trial] = []
    for column in lacking:
        best = _fullest([candidate for candidate in likely if candidate.column == column])
        if best is not None:
            changed = _mapped(data, column, best.said)
            on_trial = snapshot(changed, as_of=judged.as_of, policy=judged.policy)
            certain = not best.needs_words
            filled = pd.Series(best.said.index, dtype="str")
            trials.append(Trial(column, best.written, filled, certain, changed, on_trial))
    return tuple(trials)


def _likely(data: Dataset, lacking: list[str]) -> Iterator[Candidate]:
    holding = (data.files["items"].fillna(0) > 0).to_numpy(dtype=bool)
    for name in data.files["path"][holding]:
        # Reading it again takes as long as the first time.
        if not any_plain(data.unread.get(name, ()), lacking):
            continue
        # A file that is gone, or is another one by now, has no candidates.
        with suppress(KeyError, InputError):
            found = candidates_in(data.inputs[name], data.settings)
            yield from (c for c in found if c.sure and c.column in lacking)


def _fullest(candidates: list[Candidate]) -> Candidate | None:
    """The column that fills most items, with what it says of each, over all files."""
    by_name: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_name.setdefault(candidate.written, []).append(candidate)
    joined = [_joined(same) for same in by_name.values()]
    return max(joined, key=lambda candidate: candidate.filled, default=None)


def _joined(same: list[Candidate]) -> Candidate:
    said = pd.concat([candidate.said.dropna() for candidate in same])
    # Of several exports of one ticket, the one that was read last says more of today.
    return replace(same[0], said=said[~said.index.duplicated(keep="last")])


def _mapped(data: Dataset, column: str, values: pd.Series) -> Dataset:
    """The data with one column filled, as reading with the mapping would have filled it."""
    filling = values.reindex(data.items["item_id"]).set_axis(data.items.index).astype("str")
    if column != "incident_id":
        items = data.items.assign(**{column: filling.fillna(data.items[column])})
        spelled = linking.spelled(items, services=data.services, teams=data.teams)
        return replace(data, items=spelled)
    written = data.items["incident_id"].where(data.items["incident_rule"] == "field")
    items = data.items.assign(incident_id=filling.fillna(written))
    derived = data.incidents["derived"].fillna(value=False).to_numpy(dtype=bool)
    held = data.incidents[~derived]
    settings = data.settings
    linked, made = linking.link_incidents(
        items, held, labels=settings.labels, timezone=settings.timezone
    )
    incidents = conform(pd.concat([held, made], ignore_index=True), "incidents")
    return replace(data, items=linked, incidents=incidents if len(made) else held)
