"""Pairs: which incident is the return of which one, before anything is counted.

A pair (a, b) says that incident b is the return of incident a. Three levels count: L1, b says so or
a person confirmed it; L2, same service and a shared contributing cause within a window of days; L3,
a ticket that both name, or a title that says `same as`. Of several decisions on one pair the last
one counts, and a denied pair is none at any level.
"""

import re
from typing import Final

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pmanalytics.changes import among
from pmanalytics.keeping import kept
from pmanalytics.metrics.same_cause import Places, first_after, latest_before, links, tagged
from pmanalytics.names import as_written, fold
from pmanalytics.registry import one_row_per_text
from pmanalytics.snapshots import Snapshot

__all__ = [
    "CURVE_DAYS",
    "WINDOW_DAYS",
    "all_pairs",
    "days_to_return",
    "denied_places",
    "find_families",
    "find_pairs",
    "first_returns",
    "shared_tickets",
    "verdicts",
]

WINDOW_DAYS: Final = 90
CURVE_DAYS: Final = 365  # how far a curve looks for the same cause
SAME_AS: Final = re.compile(r"\bsame as\b", re.IGNORECASE)
NAME: Final = re.compile(r"#?\w(?:[\w./#-]*\w)?")
NEAR: Final = 2  # words behind `same as` among which the name is looked for
PAIR: Final = ["incident_id", "repeat_of"]


@kept
def find_pairs(snapshot: Snapshot) -> pd.DataFrame:
    """All pairs at their strongest level, with what both share.

    Takes a whole snapshot. L2 pairs an incident with the latest earlier one that matches.
    """
    alike = latest_before(tagged(snapshot.incidents), within=WINDOW_DAYS)
    return all_pairs(snapshot, alike=alike, tickets=shared_tickets(snapshot))


def all_pairs(
    snapshot: Snapshot, *, alike: tuple[Places, Places], tickets: pd.DataFrame
) -> pd.DataFrame:
    """The pairs of `find_pairs`, where L2 (later, earlier) and shared tickets are known already.

    No item of the snapshot is looked at.
    """
    incidents, decided = snapshot.incidents, verdicts(snapshot)
    found = pd.concat(
        [
            _said(incidents).assign(level="L1"),
            decided.loc[decided["kind"] == "repeat", PAIR].assign(level="L1"),
            _named(incidents, *alike).assign(level="L2"),
            tickets.assign(level="L3"),
            _same_as(incidents).assign(level="L3"),
        ],
        ignore_index=True,
    ).astype("str")
    found = _described(found, incidents)
    strongest = _once(found.sort_values("level", kind="stable").drop_duplicates(PAIR), incidents)
    pairs = pd.MultiIndex.from_frame(strongest[PAIR])
    return strongest[~pairs.isin(_denied(decided))]


def first_returns(snapshot: Snapshot, pairs: pd.DataFrame) -> pd.Series:
    """Days from the end of each incident to its first return at any level, missing without one.

    Takes a whole snapshot and its pairs; the same cause is looked for up to a year ahead. One
    entry per incident, in the order of the incidents.
    """
    tags, denied = tagged(snapshot.incidents), denied_places(snapshot)
    earlier, _, gap = first_after(tags, within=CURVE_DAYS, denied=denied)
    return days_to_return(snapshot, pairs, alike=(earlier, gap))


def days_to_return(
    snapshot: Snapshot, pairs: pd.DataFrame, *, alike: tuple[Places, Places]
) -> pd.Series:
    """The days of `first_returns`, where those to the same cause (earlier, days) are known."""
    first = pd.Series(np.inf, index=pd.Index(snapshot.incidents["incident_id"]))
    linked = pairs.groupby("repeat_of")["days_between"].min()
    place = first.index.get_indexer(linked.index)
    days = first.to_numpy(copy=True)
    days[place[place >= 0]] = linked[place >= 0].to_numpy(dtype=float)
    np.minimum.at(days, *alike)
    return pd.Series(days, index=first.index).where(np.isfinite(days))


def find_families(snapshot: Snapshot, pairs: pd.DataFrame) -> np.ndarray:
    """The number of the family of each incident: what pairs connect, over any number of steps.

    Takes a whole snapshot and its pairs. One entry per incident, in the order of the incidents.
    """
    incidents = snapshot.incidents
    names = pd.Index(incidents["incident_id"])
    ends = [names.get_indexer(pairs[name]) for name in PAIR]
    # A pair lists the latest earlier incident only; in a family all that match belong together.
    alike = links(tagged(incidents), within=WINDOW_DAYS, denied=denied_places(snapshot))
    one, other = (np.concatenate(both) for both in zip(ends, alike, strict=True))
    size = (len(names), len(names))
    edges = coo_array((np.ones(one.size, dtype=np.int8), (one, other)), shape=size)
    return connected_components(edges, directed=False)[1]


def verdicts(snapshot: Snapshot) -> pd.DataFrame:
    """The last word on each pair that somebody decided on: incident_id, repeat_of, kind."""
    decisions = snapshot.whole.decisions
    ours = decisions["kind"].isin(("repeat", "not_repeat")) & decisions["value"].notna()
    chosen = decisions[ours & decisions["subject"].notna()]
    chosen = chosen.sort_values("decided_on", kind="stable")
    known = snapshot.whole.incidents["incident_id"]
    found = pd.DataFrame(
        {
            "incident_id": as_written(chosen["subject"], known),
            "repeat_of": as_written(chosen["value"], known),
            "kind": chosen["kind"],
        }
    )
    return found.drop_duplicates(PAIR, keep="last", ignore_index=True)


def _denied(decided: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(decided.loc[decided["kind"] == "not_repeat", PAIR])


def denied_places(snapshot: Snapshot) -> np.ndarray:
    """The positions of the earlier and the later incident of each denied pair, in two columns."""
    denied = _denied(verdicts(snapshot)).to_frame()
    names = pd.Index(snapshot.incidents["incident_id"])
    places = [names.get_indexer(denied[name]) for name in ("repeat_of", "incident_id")]
    return np.column_stack(places)[np.minimum(*places) >= 0]


def _described(found: pd.DataFrame, incidents: pd.DataFrame) -> pd.DataFrame:
    """The pairs of which one follows the other, with the days between and what both share."""
    known = incidents.set_index("incident_id")
    later = known[["started_at", "started_on", "service", "causes"]].reindex(found["incident_id"])
    earlier = known[["resolved_at", "resolved_on", "causes"]].reindex(found["repeat_of"])
    follows = (later["started_at"].array >= earlier["resolved_at"].array) & (
        found["incident_id"] != found["repeat_of"]
    ).to_numpy(dtype=bool)
    gap = later["started_on"].to_numpy() - earlier["resolved_on"].to_numpy()
    described = found.assign(
        days_between=pd.Series(gap, index=found.index).dt.days.astype("Int64"),
        service=later["service"].to_numpy(),
        cause=[_shared(a, b) for a, b in zip(later["causes"], earlier["causes"], strict=True)],
        started_at=later["started_at"].array,
    ).astype({"cause": "str", "service": "str"})
    return described[follows]


def _once(pairs: pd.DataFrame, incidents: pd.DataFrame) -> pd.DataFrame:
    """Of two incidents of one moment only the later row is the return of the other one."""
    names = pd.Index(incidents["incident_id"])
    later, earlier = (names.get_indexer(pairs[name]) for name in PAIR)
    both = pd.MultiIndex.from_arrays([later, earlier])
    turned = pd.MultiIndex.from_arrays([earlier, later])
    return pairs[~((later < earlier) & both.isin(turned))]


def _shared(causes: object, others: object) -> str | None:
    """The causes that both have, joined by `;`, as the later incident writes them."""
    if not isinstance(causes, list) or not isinstance(others, list):
        return None
    known = set(map(fold, others)) - {""}
    return ";".join(dict.fromkeys(cause for cause in causes if fold(cause) in known)) or None


def _said(incidents: pd.DataFrame) -> pd.DataFrame:
    """What incidents say of themselves."""
    said = incidents.loc[incidents["repeat_of"].notna(), PAIR]
    return said.assign(repeat_of=as_written(said["repeat_of"], incidents["incident_id"]))


def _named(incidents: pd.DataFrame, later: np.ndarray, earlier: np.ndarray) -> pd.DataFrame:
    names = incidents["incident_id"].array
    return pd.DataFrame({"incident_id": names[later], "repeat_of": names[earlier]})


def shared_tickets(snapshot: Snapshot) -> pd.DataFrame:
    """Incidents that one ticket names together, each with every earlier one of them."""
    items = snapshot.items[["item_id", "incident_id"]]
    position, other = one_row_per_text(snapshot.items["other_incidents"])
    others = items.iloc[position].assign(incident_id=other.to_numpy())
    several = items[among(items["item_id"], others["item_id"])]
    named = pd.concat([several, others]).astype("str").dropna()
    pairs = named.merge(named.rename(columns={"incident_id": "repeat_of"}), on="item_id")
    return pairs[PAIR].drop_duplicates()


def _same_as(incidents: pd.DataFrame) -> pd.DataFrame:
    """Incidents whose title says that they are the same as an earlier one."""
    saying = incidents[incidents["title"].str.contains(SAME_AS).fillna(value=False).to_numpy(bool)]
    named = [
        (row.incident_id, word)
        for row in saying.itertuples()
        for after in SAME_AS.split(row.title)[1:]
        for word in NAME.findall(after)[:NEAR]
    ]
    found = pd.DataFrame(named, columns=PAIR, dtype="str")
    known = incidents["incident_id"]
    found = found.assign(repeat_of=as_written(found["repeat_of"], known))
    return found[found["repeat_of"].isin(known)]
