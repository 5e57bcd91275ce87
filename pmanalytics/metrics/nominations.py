"""Nominations: which teams may own the items whose owner is missing or contested.

A nomination is evidence for people to decide on; nothing is ever assigned by it.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.metrics.gap_rules import gap_flags
from pmanalytics.metrics.grouping import By, bring_forward, group_columns
from pmanalytics.metrics.scoring import evidence_parts, ranked
from pmanalytics.snapshots import Snapshot

__all__ = ["candidate_teams"]

# The gaps that ask which team it should be.
ASKING: Final = (
    "no_owner", "person_only", "service_unowned", "multi_owned", "team_conflict", "unknown_team",
)  # fmt: skip
MOST_SHOWN: Final = 3
# Who has less than half of the best score is a guess, and no reason to come to a meeting.
WORTH_ASKING: Final = 0.5
COLUMNS: Final = ["item_id", "rank", "team", "score", "evidence"]


def candidate_teams(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Which teams may own the open items whose owner is missing or contested, and why.

    One row per item and team, up to three per item in the order of rank: item_id, rank, team, score
    (from 0 to 1, the sum over all teams of an item being 1) and evidence in words. Items are asked
    about when they have a gap no_owner, person_only, service_unowned, multi_owned, team_conflict or
    unknown_team; those that nothing speaks for have no row. An owner that was decided (owner_team)
    is not asked for again, unless the registry does not know that team. The evidence of rank 1
    begins with `proposed` when its score is at least 0.5 and 0.15 above the next, else with `too
    close to call`. A proposal is for people to decide on; nothing is assigned.

    The score adds 3 when any source of the registry, CODEOWNERS among them, names the team for the
    service; twice the team's share of the service's last 20 closed items (weights halve in 180
    days); and its share of the 20 closed items with the most similar titles (TF-IDF of letters),
    where at least 300 closed items have a known team. Source: method, section 7. How often it is
    right on your own data, `evaluate_candidates` tells.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> list(pma.candidate_teams(q3))
        ['item_id', 'rank', 'team', 'score', 'evidence']
    """
    by = group_columns(by, snapshot.items)
    asked = asking(snapshot) & snapshot.items["state"].eq("open").to_numpy(dtype=bool)
    found = nominated(snapshot, np.flatnonzero(asked))
    found = found[found["rank"] <= MOST_SHOWN]
    items = snapshot.items.iloc[found["item"]]
    word = pd.Series(np.where(found["proposed"], "proposed; ", "too close to call; "), found.index)
    table = items[[name for name in dict.fromkeys([*by, "item_id"]) if name != "team"]].assign(
        rank=found["rank"].to_numpy(),
        team=found["team"].array,
        score=found["score"].to_numpy(),
        evidence=(word.where(found["rank"].eq(1), "") + found["evidence"]).array,
    )
    table = table.astype({"rank": "int64", "team": "str", "score": "float64", "evidence": "str"})
    return bring_forward(table.reset_index(drop=True), by)


def asking(snapshot: Snapshot) -> np.ndarray:
    """Which items, open or closed, have a gap that asks which team it should be."""
    flags = gap_flags(snapshot)
    decided = snapshot.items["team_rule"].eq("decision").to_numpy(dtype=bool)
    settled = decided & ~flags["unknown_team"].to_numpy(dtype=bool)
    return flags[list(ASKING)].any(axis=1).to_numpy(dtype=bool) & ~settled


def nominated(snapshot: Snapshot, chosen: np.ndarray) -> pd.DataFrame:
    """All teams that anything speaks for, for the items in some positions.

    One row per item and team: item (its position), rank, team, score, proposed and evidence.
    """
    asked = snapshot.items.iloc[chosen][["service", "title"]]
    number = asked.groupby(["service", "title"], dropna=False, sort=False).ngroup().to_numpy()
    cases = asked.assign(case=number)[~pd.Series(number).duplicated().to_numpy()]
    found = ranked(evidence_parts(cases, snapshot.whole))
    each = pd.DataFrame({"item": chosen.astype(np.int64), "case": number.astype(np.int64)})
    joined = each.merge(found.astype({"case": "int64"}), on="case", how="inner")
    return joined.sort_values(["item", "rank"], ignore_index=True).drop(columns="case")


def worth_asking(found: pd.DataFrame) -> pd.DataFrame:
    """Of the teams that `nominated` returns, those that may own an item and ought to be asked."""
    best = found.groupby("item")["score"].transform("max")
    likely = found["score"] >= WORTH_ASKING * best
    return found[(likely & (found["rank"] <= MOST_SHOWN)).to_numpy(dtype=bool)]
