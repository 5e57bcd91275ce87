"""Scoring: which teams may own work, from the registry, from closed items and from titles.

A score adds 3 for a team that the registry names for the service, twice the share that the team has
of the service's latest closed items, and the share that it has of the closed items with the most
similar titles; divided by the sum over teams (method, section 7). What is alike in service and
title is scored once.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import CLOSED, among
from pmanalytics.metrics.vectors import text_vectors
from pmanalytics.snapshots import Snapshot

__all__ = ["WEIGHTS", "evidence_parts", "labelled", "ranked"]

WEIGHTS: Final[Mapping[str, float]] = {"registry": 3.0, "history": 2.0, "text": 1.0}
LATEST: Final = 20
HALF_LIFE: Final = 180
NEIGHBOURS: Final = 20
# Titles tell too little where few items with a known team can be compared.
FEWEST_LABELLED: Final = 300
# Older ones help little and are compared with every title.
MOST_COMPARED: Final = 5_000
BATCH: Final = 256
PROPOSED: Final = 0.5
MARGIN: Final = 0.15
# Shares are added up, and 0.5 may miss one half by a rounding error.
GUARD: Final = 1e-9
CASE: Final = ["case", "team"]
SPEAKING: Final = ("item_id", "service", "team", "title", "closed_on")


def labelled(known: Snapshot) -> pd.DataFrame:
    """The items whose team is known, and not only because a team owns the service.

    What the service gives is what the registry says, which has its own part in the score. A team
    that the registry does not know is none, where it knows any.
    """
    return known.items[_told(known)]


def _told(known: Snapshot) -> np.ndarray:
    items = known.items
    whole = known.whole
    named = pd.concat([whole.teams["team"], whole.teams["parent"], whole.services["team"]]).dropna()
    told = (items["team"].notna() & items["team_rule"].ne("service")).to_numpy(dtype=bool)
    return told & (among(items["team"], named) | named.empty)


def evidence_parts(cases: pd.DataFrame, known: Snapshot) -> pd.DataFrame:
    """What speaks for which team in each case, as far as a snapshot knows.

    `cases` has the columns case, service and title, each case once. Returns one row per case and
    team: case, team, the parts registry, history and text from 0 to 1, and evidence in words.
    """
    closed = _speaking(cases, known)
    parts = {
        "registry": _of_service(cases, _claims(known)),
        "history": _of_service(cases, _history(closed, cases["service"], known)),
        "text": _alike(cases, closed),
    }
    told = [part.assign(part=name) for name, part in parts.items()]
    rows = pd.concat(told, ignore_index=True).astype({"team": "str", "said": "str"})
    table = rows.pivot_table(index=CASE, columns="part", values="share", aggfunc="sum")
    table = table.reindex(columns=list(WEIGHTS)).fillna(0.0)
    words = rows.groupby(CASE)["said"].agg("; ".join) if len(rows) else table["text"].astype("str")
    return table.assign(evidence=words).rename_axis(columns=None).reset_index()


def _speaking(cases: pd.DataFrame, known: Snapshot) -> pd.DataFrame:
    """The closed items that may say something of a case, the latest first."""
    items = known.items
    told = _told(known) & among(items["state"], pd.Series(CLOSED))
    place = np.flatnonzero(told & items["closed_on"].notna().to_numpy())
    closed = items[[*SPEAKING]].iloc[place]
    latest = closed["title"].notna().to_numpy()
    if latest.sum() > MOST_COMPARED:
        days = closed["closed_on"].to_numpy(dtype="datetime64[us]").view(np.int64)
        latest = latest & (days >= np.partition(days[latest], -MOST_COMPARED)[-MOST_COMPARED])
    # The order of a million items would cost more than all the rest.
    closed = closed[latest | among(closed["service"], cases["service"])]
    return closed.sort_values(["closed_on", "item_id"], ascending=False, kind="stable")


def ranked(parts: pd.DataFrame, weights: Mapping[str, float] = WEIGHTS) -> pd.DataFrame:
    """The teams of each case by score: case, rank, team, score, proposed and evidence.

    The first one is proposed when its score is at least 0.5 and 0.15 above the next one's. Teams of
    one score are in the order of the alphabet.
    """
    raw = sum(parts[name] * weight for name, weight in weights.items())
    scored = parts.assign(score=raw)[(raw > 0).to_numpy(dtype=bool)]
    scored["score"] /= scored.groupby("case")["score"].transform("sum")
    # Rounded for the order only, so that equal evidence is a tie.
    order = scored.assign(order=-scored["score"].round(9)).sort_values(["case", "order", "team"])
    rank = order.groupby("case").cumcount() + 1
    following = order.groupby("case")["score"].shift(-1).fillna(0.0)
    clear = (order["score"] >= PROPOSED - GUARD) & (order["score"] - following >= MARGIN - GUARD)
    table = order.assign(rank=rank, proposed=clear & rank.eq(1))
    columns = ["case", "rank", "team", "score", "proposed", "evidence"]
    return table[columns].reset_index(drop=True)


def _of_service(cases: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """What is told of a service, for every case of it."""
    joined = cases[["case", "service"]].merge(told, on="service")
    return joined[[*CASE, "share", "said"]]


def _claims(known: Snapshot) -> pd.DataFrame:
    """Which teams any source of the registry names for a service, and where."""
    services = known.whole.services.dropna(subset=["service", "team"])
    by_path = services["source"].str.casefold().eq("codeowners").fillna(value=False)
    place = services["path"].fillna(services["service"])
    said = ("the registry names it for service " + services["service"]).mask(
        by_path, "CODEOWNERS names it for " + place
    )
    told = services[["service", "team"]].assign(share=1.0, said=said).astype({"said": "str"})
    # Of several sources the catalog is told before CODEOWNERS; one of them is enough.
    told = told.iloc[np.argsort(by_path.to_numpy(dtype=bool), kind="stable")]
    return told.drop_duplicates(["service", "team"])


def _history(closed: pd.DataFrame, services: pd.Series, known: Snapshot) -> pd.DataFrame:
    """The share of each team in the latest closed items of services, recent ones counting more."""
    own = closed[among(closed["service"], services)]
    own = own[(own.groupby("service").cumcount() < LATEST).to_numpy()]
    age = (pd.Timestamp(known.as_of) - own["closed_on"]).dt.days
    own = own[["service", "team"]].assign(weight=0.5 ** (age / HALF_LIFE), items=1)
    teams = own.groupby(["service", "team"], as_index=False)[["weight", "items"]].sum()
    whole = teams.groupby("service")[["weight", "items"]].transform("sum")
    return teams[["service", "team"]].assign(
        share=teams["weight"] / whole["weight"],
        said=_counted(teams["items"], whole["items"], "last") + " of service " + teams["service"],
    )


def _counted(own: pd.Series, whole: pd.Series, which: str) -> pd.Series:
    """How many closed items of how many a team owned, in words."""
    several = "owned " + own.astype("str") + f" of the {which} " + whole.astype("str")
    several += " closed items"
    return several.mask(whole.eq(1), f"owned the {which} closed item").astype("str")


def _alike(cases: pd.DataFrame, closed: pd.DataFrame) -> pd.DataFrame:
    """The share of each team in the closed items whose titles are most like that of a case."""
    known = closed.dropna(subset=["title"]).head(MOST_COMPARED)
    asked = cases.dropna(subset=["title"])
    if len(known) < FEWEST_LABELLED or asked.empty:
        return pd.DataFrame({"case": [], "team": [], "share": [], "said": []})
    codes, titles = pd.factorize(asked["title"])
    title, found = _neighbours(titles.tolist(), known["title"].tolist())
    near = pd.DataFrame({"title": title, "team": known["team"].to_numpy()[found]})
    own = near.groupby(["title", "team"]).size().rename("items").reset_index()
    whole = own.groupby("title")["items"].transform("sum")
    own = own.assign(
        share=own["items"] / whole,
        said="owned "
        + own["items"].astype("str")
        + " of the "
        + whole.astype("str")
        + " closed items with the most similar titles",
    )
    asked = pd.DataFrame({"case": asked["case"].to_numpy(), "title": codes})
    return asked.merge(own, on="title")[[*CASE, "share", "said"]]


def _neighbours(asked: list[str], known: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """The positions of each text and of the known texts most like it, the first of equal ones."""
    rows, columns = [], []
    for start, alike in _likenesses(asked, known):
        last = max(alike.shape[1] - NEIGHBOURS, 0)
        least = np.partition(alike, last, axis=1)[:, last]
        row, column = np.nonzero((alike >= least[:, None]) & (alike > 0))
        order = np.lexsort((column, -alike[row, column].round(9), row))
        row, column = row[order], column[order]
        first = np.searchsorted(row, row)
        near = np.arange(len(row)) - first < NEIGHBOURS
        rows.append(row[near] + start)
        columns.append(column[near])
    return np.concatenate(rows), np.concatenate(columns)


def _likenesses(asked: list[str], known: list[str]) -> Iterator[tuple[int, np.ndarray]]:
    """How alike some texts are to each known one, and the position of the first of them."""
    for first in range(0, len(asked), MOST_COMPARED):
        lot = asked[first : first + MOST_COMPARED]
        # Equal texts tie to the ninth digit.
        vectors = text_vectors([*known, *lot], known=len(known), dtype=np.float64)
        compared, vectors = vectors[: len(known)].T.tocsr(), vectors[len(known) :]
        for start in range(0, len(lot), BATCH):
            yield first + start, (vectors[start : start + BATCH] @ compared).toarray()
