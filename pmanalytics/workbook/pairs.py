"""Repeats: incidents that came back, and pairs to look at, with places for a verdict."""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import among
from pmanalytics.publication import publishable
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import LEVELS
from pmanalytics.workbook.counting import Count, counted_anew
from pmanalytics.workbook.given import given_verdicts
from pmanalytics.workbook.harm import costs, harm_ranks
from pmanalytics.workbook.layout import REPEATS, keys_of

__all__ = ["repeats_table"]

PAIR: Final = ["incident_id", "repeat_of"]
# What ties two incidents, in the order of the sheet: what waits for an answer first.
LIKELY: Final = "texts much alike: your answer?"
POSSIBLE: Final = "texts somewhat alike: your answer?"
DENIED: Final = "denied: not counted as a return"


def repeats_table(snapshot: Snapshot, *, count: Count = counted_anew) -> pd.DataFrame:
    """Incidents that came back, and pairs that may have, with the verdicts that were given.

    One row per pair of incidents with the columns of REPEATS and url: those of `repeats` (levels 1
    to 3), the candidates of `similar_incidents`, and the pairs that a decision denied, which
    neither of the two has. Product area, minutes and customers are those of the later incident.
    First come candidates whose texts are much alike, because they wait for an answer; then the
    returns that count; then candidates whose texts are somewhat alike; then what was denied. Each
    part is in the order of the harm of the later incident (`harm_ranks`), then of the likeness.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> set(pma.repeats(q3)["incident_id"]) <= set(repeats_table(q3)["incident_id"])
        True
    """
    verdicts = given_verdicts(snapshot.decisions, snapshot.whole.incidents)
    pairs = _pairs(snapshot, verdicts, count)
    whole = snapshot.whole.incidents.drop_duplicates("incident_id").set_index("incident_id")
    later, earlier = (whole.reindex(pairs[name]).reset_index(drop=True) for name in PAIR)
    said = verdicts.reindex(pd.MultiIndex.from_frame(pairs[PAIR])).reset_index(drop=True)
    cost = costs(snapshot, pairs["incident_id"])
    table = pairs.assign(
        url=later["url"],
        title=later["title"],
        earlier_title=earlier["title"],
        verdict=said["verdict"],
        reason=said["reason"],
        key=keys_of(pairs["incident_id"], pairs["repeat_of"]),
        **{name: cost[name] for name in cost},
    )
    nothing = pd.Series(data=False, index=table.index)
    ranks = harm_ranks(cost, came_back=nothing)
    table = table.assign(part=table["level"].map(_PARTS).fillna(1), rank=ranks)
    order = ["part", "rank", "score", "incident_id", "repeat_of"]
    rising = [name != "score" for name in order]
    table = table.sort_values(order, ascending=rising, ignore_index=True)
    return publishable(table[["url", *(column.name for column in REPEATS)]])


_PARTS: Final = {LIKELY: 0, POSSIBLE: 2, DENIED: 3}


def _pairs(snapshot: Snapshot, verdicts: pd.DataFrame, count: Count) -> pd.DataFrame:
    """Pairs of incidents with what ties them, in words."""
    known = count("repeats", of=snapshot)
    alike = count("similar_incidents", of=snapshot)
    words = np.where(alike["likelihood"] == "likely", LIKELY, POSSIBLE)
    parts = [
        known.assign(level=known["level"].map(LEVELS)),
        alike.assign(level=words),
        _denied(snapshot, verdicts),
    ]
    names = [*PAIR, "level", "score", "days_between", "service", "cause", "open_before"]
    names.append("overdue_before")
    types = {"score": "Float64", "days_between": "Int64"}
    types |= dict.fromkeys(("open_before", "overdue_before"), "Int64")
    types |= dict.fromkeys((*PAIR, "level", "service", "cause"), "str")
    told = [part.reindex(columns=names).astype(types) for part in parts]
    return pd.concat(told, ignore_index=True)


def _denied(snapshot: Snapshot, verdicts: pd.DataFrame) -> pd.DataFrame:
    """The pairs of incidents that a decision denied, the later one in this snapshot."""
    denied = verdicts.index[verdicts["verdict"].eq("deny").to_numpy(dtype=bool)]
    pairs = denied.to_frame(index=False).set_axis(PAIR, axis=1).astype("str")
    incidents = snapshot.whole.incidents.drop_duplicates("incident_id").set_index("incident_id")
    here = among(pairs["incident_id"], snapshot.incidents["incident_id"])
    pairs = pairs[here & among(pairs["repeat_of"], incidents.index.to_series())]
    later, earlier = (incidents.reindex(pairs[name]) for name in PAIR)
    days = later["started_on"].to_numpy() - earlier["resolved_on"].to_numpy()
    return pairs.assign(
        level=DENIED,
        days_between=pd.Series(days, index=pairs.index).dt.days.astype("Int64"),
        service=later["service"].array,
    )
