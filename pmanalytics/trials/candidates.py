"""Trials of candidate teams: how often they would have been right on the data at hand.

The latest items whose team is known are taken as if it were not, and judged by what was known
before they were created. What a team does later can then not help to find it.
"""

from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.datasets import Dataset
from pmanalytics.metrics.scoring import WEIGHTS, evidence_parts, labelled, ranked
from pmanalytics.rewinding import end_of
from pmanalytics.snapshots import Snapshot, snapshot
from pmanalytics.statistics.proportions import wilson

__all__ = ["evaluate_candidates"]

# The older four fifths are only learned from.
LEARNED: Final = 0.8
# In so many steps of equal size does what is known grow.
STEPS: Final = 6
MOST_FREQUENT: Final = "most frequent team"
METHODS: Final = {
    "all": dict(WEIGHTS),
    **{name: {part: float(part == name) for part in WEIGHTS} for name in WEIGHTS},
}
HITS: Final = ("answered", "first", "among_three", "proposed", "proposed_right")


def evaluate_candidates(data: Dataset, *, as_of: str | date) -> pd.DataFrame:
    """How often candidate teams would have been right on this data.

    The items whose team is known as of the day (by another rule than their service) are put in the
    order of creation. The last fifth is tried: its teams are hidden, and its candidates found in
    snapshots of the day before, six in turn, so that nothing is used that came after an item was
    created: no closing, no row of the registry with a later `since`, and no item whose owner or
    team changed later. Where an item has one copy only, what that says of team and title is taken
    to have held before.

    One row per method: all, its parts registry, history and text each on its own, and, to compare
    with, the most frequent team. items, answered (those with any candidate); top_1 and top_3, the
    share of items whose team was first, or among the first three; proposed, and coverage, the share
    of items with a proposal; precision, the share of proposals that were right. low and high are
    limits at 95 % (Wilson). Raises UsageError for a date that is none, or lies before all data.
    Method, section 7.

    Examples:
        >>> import pmanalytics as pma
        >>> table = evaluate_candidates(pma.sample(), as_of="2026-10-12")
        >>> table["method"].tolist()
        ['all', 'registry', 'history', 'text', 'most frequent team']
    """
    now = snapshot(data, as_of=as_of)
    known = labelled(now)
    known = known[known["created_at"].notna().to_numpy()]
    known = known.sort_values(["created_at", "item_id"], kind="stable", ignore_index=True)
    tried = known.iloc[int(np.floor(len(known) * LEARNED)) :]
    steps = [part for part in np.array_split(np.arange(len(tried)), STEPS) if len(part)]
    told = [hits for part in steps for hits in _hits(data, tried.iloc[part])]
    rows = pd.DataFrame(told, columns=["method", "items", *HITS])
    names = [*METHODS, MOST_FREQUENT]
    counts = rows.groupby("method").sum().reindex(names, fill_value=0).astype("int64")
    return _shares(counts.rename_axis("method").reset_index().astype({"method": "str"}))


def _shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Shares with their limits from counts of hits."""
    items, proposed = counts["items"], counts["proposed"]
    shares = {
        "top_1": (counts["first"], items),
        "top_3": (counts["among_three"], items),
        "coverage": (proposed, items),
        "precision": (counts["proposed_right"], proposed),
    }
    table = counts[["method", "items", "answered"]].copy()
    for name, (hits, whole) in shares.items():
        if name == "coverage":
            table["proposed"] = proposed
        table[name] = hits / whole.where(whole > 0)
        if name != "coverage":
            table[f"{name}_low"], table[f"{name}_high"] = wilson(hits, whole)
    return table


def _hits(data: Dataset, tried: pd.DataFrame) -> list[dict[str, object]]:
    """How often each method hits the teams of some items by what was known before all of them."""
    cases = tried[["service", "title", "team"]].assign(case=np.arange(len(tried)))
    truth = cases.set_index("case")["team"]
    known = _before(data, tried["created_at"].min())
    if known is None:
        return [_counted(name, _none(), truth) for name in (*METHODS, MOST_FREQUENT)]
    parts = evidence_parts(cases.drop(columns="team"), known)
    found = {name: ranked(parts, weights) for name, weights in METHODS.items()}
    found[MOST_FREQUENT] = _most_frequent(known, cases["case"])
    return [_counted(name, table, truth) for name, table in found.items()]


def _before(data: Dataset, moment: pd.Timestamp) -> Snapshot | None:
    """What was known on the local day before a moment; nothing when no item existed then."""
    zone = data.settings.timezone
    day = moment.tz_convert(zone).date() - timedelta(days=1)
    if not (data.items["created_at"] < end_of(day, zone)).any():
        return None
    known = snapshot(data, as_of=day)
    events = data.events
    later = events["field"].isin(("owner", "team")) & (events["at"] >= end_of(day, zone))
    changed = events.loc[later.to_numpy(dtype=bool), "subject"]
    return known.where(~known.items["item_id"].isin(changed))


def _none() -> pd.DataFrame:
    return pd.DataFrame({"case": [], "rank": [], "team": [], "proposed": []})


def _most_frequent(known: Snapshot, cases: pd.Series) -> pd.DataFrame:
    """The same three teams for every case: those that owned the most items; none is proposed."""
    teams = labelled(known)["team"].value_counts().rename_axis("team").reset_index()
    teams = teams.sort_values(["count", "team"], ascending=[False, True]).head(3)
    ranks = teams[["team"]].assign(rank=np.arange(1, len(teams) + 1), proposed=False)
    return cases.to_frame().merge(ranks, how="cross")


def _counted(method: str, found: pd.DataFrame, truth: pd.Series) -> dict[str, object]:
    right = found["team"].to_numpy(dtype=object) == truth.reindex(found["case"]).to_numpy(
        dtype=object
    )
    rank, proposed = found["rank"].to_numpy(), found["proposed"].to_numpy(dtype=bool)
    return {
        "method": method,
        "items": len(truth),
        "answered": found["case"].nunique(),
        "first": int((right & (rank == 1)).sum()),
        "among_three": int((right & (rank <= 3)).sum()),
        "proposed": int(proposed.sum()),
        "proposed_right": int((right & proposed).sum()),
    }
