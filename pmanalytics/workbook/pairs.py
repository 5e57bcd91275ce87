"""Repeats: incidents that came back, and pairs to look at, with places for a verdict."""

import pandas as pd

from pmanalytics.metrics.recurrence import repeats
from pmanalytics.metrics.similarity import similar_incidents
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import LEVELS
from pmanalytics.workbook.given import given_verdicts
from pmanalytics.workbook.layout import REPEATS, key_of

__all__ = ["repeats_table"]


def repeats_table(snapshot: Snapshot) -> pd.DataFrame:
    """Incidents that came back, and pairs to look at, with the verdicts that were given."""
    known = repeats(snapshot)
    found = similar_incidents(snapshot)
    pairs = pd.concat([known, found.assign(level="L4")], ignore_index=True)
    whole = snapshot.whole.incidents.drop_duplicates("incident_id").set_index("incident_id")
    later = whole.reindex(pairs["incident_id"]).reset_index(drop=True)
    earlier = whole.reindex(pairs["repeat_of"]).reset_index(drop=True)
    said = given_verdicts(snapshot.decisions)
    index = pd.MultiIndex.from_frame(pairs[["incident_id", "repeat_of"]])
    said = said.reindex(index).reset_index(drop=True)
    table = pairs.assign(
        url=later["url"],
        title=later["title"],
        earlier_title=earlier["title"],
        product=later["product"],
        impact_minutes=later["impact_minutes"],
        customers_affected=later["customers_affected"],
        verdict=said["verdict"],
        reason=said["reason"],
        level=pairs["level"].map(LEVELS).fillna("similar text: to look at"),
        key=[key_of(a, b) for a, b in zip(pairs["incident_id"], pairs["repeat_of"], strict=True)],
    )
    return table[["url", *(column.name for column in REPEATS)]]
