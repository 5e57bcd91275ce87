"""Incidents of one service that share a contributing cause, found without comparing all of them.

Everything is done on positions in the table of incidents. What happened in one service with one
cause is sorted by time once, and each neighbour is a search in it.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmanalytics.names import fold
from pmanalytics.registry import one_row_per_text

__all__ = ["first_after", "latest_before", "links", "tagged"]

Places = NDArray[np.int64]

NEVER = -1  # the moment of an end that is unknown, or that lies before the start


def tagged(incidents: pd.DataFrame) -> pd.DataFrame:
    """One row per incident and cause: place, service and key (both as numbers), moments and days.

    Moments are ranks, so that two of them compare as the times do; `over` is -1 where the end is
    unknown or lies before the start. Incidents without service, cause or start are left out. Keys
    lie so far apart that key and moment, or key and day, add up to one number to search for. The
    rows of a service are found without those of all others.
    """
    position, cause = one_row_per_text(incidents["causes"])
    codes, texts = pd.factorize(cause)
    folded, named = _folded(texts)
    places, services = pd.factorize(incidents["service"])
    # Without a registry, a service is written in as many ways as a cause.
    service = np.append(_folded(services)[0], -1)[places]
    began, over = _ranks(incidents["started_at"], incidents["resolved_at"])
    over = np.where(over >= began, over, NEVER)
    start, end = _days(incidents["started_on"], incidents["resolved_on"])
    apart = 2 + max(int(column.max(initial=0)) for column in (began, over, start, end))
    key = (service[position].astype(np.int64) * (len(texts) + 1) + folded[codes]) * apart
    columns = {"service": service, "began": began, "over": over, "start_day": start, "end_day": end}
    tags = pd.DataFrame({"place": position.astype(np.int64), "key": key}).assign(
        **{name: column[position] for name, column in columns.items()}
    )
    known = (service[position] >= 0) & named[codes] & (tags["began"] != NEVER).to_numpy()
    return tags[known].drop_duplicates(ignore_index=True)


def latest_before(tags: pd.DataFrame, *, within: int) -> tuple[Places, Places]:
    """Each incident that has one with the latest earlier one that was over by then.

    Returns the places of the later and of the earlier ones, each later one once.
    """
    ends = _by_time(tags, "over")
    place = _beside(tags, tags["began"], ends, ends["over"], before=True)
    pairs = _near(ends.iloc[place[place >= 0]], tags[place >= 0], within=within)
    pairs = pairs.sort_values("over", kind="stable").drop_duplicates("later", keep="last")
    return pairs["later"].to_numpy(), pairs["earlier"].to_numpy()


def first_after(
    tags: pd.DataFrame, *, within: int, denied: Places
) -> tuple[Places, Places, Places]:
    """Each incident with the first later one, for each of its causes.

    `denied` has the places of the earlier and of the later incident of each pair that is none.
    Returns the places of the earlier and of the later ones, and the days between.
    """
    # The next one after a denied one is no neighbour; those few are compared with all others.
    doubted = tags["place"].isin(denied[:, 0])
    ended, starts = _by_time(tags[~doubted], "over"), _by_time(tags, "began")
    place = _beside(ended, ended["over"], starts, starts["began"], before=False)
    pairs = _near(ended[place >= 0], starts.iloc[place[place >= 0]], within=within)
    pairs = pd.concat([pairs, _every_pair(tags[doubted], tags, within=within, denied=denied)])
    return pairs["earlier"].to_numpy(), pairs["later"].to_numpy(), pairs["days"].to_numpy()


def links(tags: pd.DataFrame, *, within: int, denied: Places) -> tuple[Places, Places]:
    """Enough links to connect whatever all pairs connect, in two lists of places.

    The earlier incidents that one is the return of are neighbours in the order of their ends, so
    that a link to the last of them and links along that order say the same as all pairs.
    """
    doubted = tags["place"].isin(denied[:, 1])
    sure, ends = tags[~doubted], _by_time(tags, "over")
    oldest = (sure["start_day"] - within).clip(lower=0)
    first = np.searchsorted(ends["key"] + ends["end_day"], sure["key"] + oldest)
    after = np.searchsorted(ends["key"] + ends["over"], sure["key"] + sure["began"], side="right")
    some = first < after
    change = np.zeros(len(ends) + 1, dtype=np.int64)
    np.add.at(change, first[some], 1)
    np.add.at(change, after[some] - 1, -1)
    along = np.flatnonzero(np.cumsum(change)[: len(ends)] > 0)
    place = ends["place"].to_numpy()
    every = _every_pair(tags, tags[doubted], within=within, denied=denied)
    later = [sure["place"].to_numpy()[some], place[along], every["later"].to_numpy()]
    earlier = [place[after[some] - 1], place[along + 1], every["earlier"].to_numpy()]
    return np.concatenate(later), np.concatenate(earlier)


def _folded(texts: pd.Index) -> tuple[Places, NDArray[np.bool_]]:
    """A number for each text, the same for those that fold to one, and whether it says anything."""
    plain = [fold(text) for text in texts]
    codes = pd.factorize(pd.Index(plain, dtype="str"))[0]
    return codes.astype(np.int64), np.array([bool(text) for text in plain], dtype=bool)


def _ranks(began: pd.Series, over: pd.Series) -> tuple[Places, Places]:
    """The rank of each moment among all of both columns; -1 where it is missing."""
    both = pd.concat([began, over], ignore_index=True)
    rank = both.rank(method="dense").fillna(NEVER).to_numpy(dtype=np.int64)
    return rank[: len(began)], rank[len(began) :]


def _days(began: pd.Series, over: pd.Series) -> tuple[Places, Places]:
    """Days since the earliest one of both columns; 0 where it is missing."""
    both = pd.concat([began, over], ignore_index=True)
    days = (both - both.min()).dt.days.fillna(0).to_numpy(dtype=np.int64)
    return days[: len(began)], days[len(began) :]


def _by_time(tags: pd.DataFrame, moment: str) -> pd.DataFrame:
    return tags[tags[moment] != NEVER].sort_values(["key", moment], kind="stable")


def _beside(
    tags: pd.DataFrame, moment: pd.Series, pool: pd.DataFrame, moments: pd.Series, *, before: bool
) -> Places:
    """The place in the pool of the last one up to a moment, or of the first one from it, else -1.

    An incident that ends as it starts would find itself; it takes the next one that is strictly
    before, or after, that moment.
    """
    if pool.empty:
        return np.full(len(tags), -1)
    wanted, known = tags["key"] + moment, pool["key"] + moments
    near, strict = (
        np.searchsorted(known, wanted, side=side) - before
        for side in (("right", "left") if before else ("left", "right"))
    )
    inside = len(pool) - 1
    own = pool["place"].to_numpy()[near.clip(0, inside)] == tags["place"].to_numpy()
    found = np.where(own, strict, near)
    same = pool["key"].to_numpy()[found.clip(0, inside)] == tags["key"].to_numpy()
    return np.where((found >= 0) & (found <= inside) & same, found, -1)


def _near(earlier: pd.DataFrame, later: pd.DataFrame, *, within: int) -> pd.DataFrame:
    """Row by row the pairs that lie at most so many local days apart."""
    pairs = pd.DataFrame(
        {
            "earlier": earlier["place"].to_numpy(),
            "later": later["place"].to_numpy(),
            "over": earlier["over"].to_numpy(),
            "days": later["start_day"].to_numpy() - earlier["end_day"].to_numpy(),
        }
    )
    return pairs[pairs["days"].between(0, within)]


def _every_pair(
    earlier: pd.DataFrame, later: pd.DataFrame, *, within: int, denied: Places
) -> pd.DataFrame:
    """All pairs of a few incidents with others, without those that were denied."""
    ended = earlier[earlier["over"] != NEVER]
    both = ended.merge(later, on="key", suffixes=("", "_later"))
    follows = (both["began_later"] >= both["over"]) & (both["place"] != both["place_later"])
    both = both[follows]
    names = {"place_later": "place", "start_day_later": "start_day"}
    after = both[list(names)].rename(columns=names)
    pairs = _near(both, after, within=within)
    known = pd.MultiIndex.from_frame(pairs[["earlier", "later"]])
    return pairs[~known.isin(list(map(tuple, denied)))]
