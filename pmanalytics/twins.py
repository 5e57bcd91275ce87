"""Twins: items of one incident that are one piece of work, written down more than once.

A line of a document and the ticket that was filed for it, or one ticket in two trackers, have the
same title within one incident. Titles are compared by their letters and digits, whatever their
case, spaces and punctuation. What is merely similar is left alone.
"""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["same_work", "work_marks"]

PLACE: Final = ["team", "source", "project"]
BETWEEN_WORDS: Final = r"[^\pL\pN]+"
# Titles that are the same have as many of each of these characters; few others of one incident
# have, though titles may differ by a number alone. Each lot is counted only where those before it
# leave a doubt, the words only at the end.
COUNTED: Final = ("etao", "rn12", "03456789")
MIXED: Final = np.uint64(1_000_003)


def same_work(items: pd.DataFrame, *, team: pd.Series) -> np.ndarray:
    """The number of the piece of work that each item shares with others, -1 where it shares none.

    Takes items, and the team that each of them names itself. Items of one incident with the same
    title are one piece of work. But where the tickets with that title name several teams, or lie in
    several projects of one tracker, each team and project has a piece of its own, and lines of
    documents go with the ticket that was created first.

    Examples:
        >>> items = pd.DataFrame({"item_id": ["a", "b", "c"], "incident_id": ["I", "I", "J"]})
        >>> items = items.assign(title=["Add an alert.", "add an Alert", "Add an alert"])
        >>> items = items.assign(key=pd.NA, source="x", project=pd.NA, created_at=pd.NaT)
        >>> same_work(items, team=pd.Series([pd.NA] * 3)).tolist()
        [0, 0, -1]
    """
    family = np.full(len(items), -1)
    place = _likely(items)
    columns = ["item_id", "incident_id", "key", "source", "project", "created_at"]
    some = items.iloc[place][columns].reset_index(drop=True)
    some = some.assign(title=_plain(items["title"].iloc[place]), team=team.iloc[place].array)
    told = (some["title"] != "").to_numpy(dtype=bool) & some.duplicated(
        ["incident_id", "title"], keep=False
    ).to_numpy(dtype=bool)
    some, place = some[told].reset_index(drop=True), place[told]
    if some.empty:
        return family
    some["work"] = some.groupby(["incident_id", "title"], sort=False).ngroup()
    number = _told_apart(some)
    several = pd.Series(number).duplicated(keep=False).to_numpy()
    family[place[several]] = number[several]
    return family


def work_marks(items: pd.DataFrame) -> pd.Series:
    """A number of 64 bits for the incident and the title of each item, by its place.

    Items that `same_work` may take for one have the same number, and hardly any others have. Those
    without an incident or a title have none.

    Examples:
        >>> items = pd.DataFrame({"incident_id": ["I", "I", "J", None], "title": "Add an alert"})
        >>> items.loc[1, "title"] = "add an Alert."
        >>> marks = work_marks(items)
        >>> marks.index.tolist(), marks[:2].nunique(), marks.nunique()
        ([0, 1, 2], 1, 2)
    """
    named = items["incident_id"].notna() & items["title"].notna()
    place = np.flatnonzero(named.to_numpy(dtype=bool))
    titles = _plain(items["title"].iloc[place])
    place, titles = place[titles != ""], titles[titles != ""]
    incident = items["incident_id"].iloc[place].to_numpy(dtype=object)
    mark = pd.util.hash_array(titles, categorize=False) * MIXED
    return pd.Series(mark ^ pd.util.hash_array(incident), index=place, dtype="uint64")


def _likely(items: pd.DataFrame) -> np.ndarray:
    """The places of the items that may share a title with another one of their incident."""
    named = items["incident_id"].notna() & items["title"].notna()
    place = np.flatnonzero(named.to_numpy(dtype=bool))
    codes, _ = pd.factorize(items["incident_id"].iloc[place])
    titles, mark = _lowered(items["title"].iloc[place]), codes.astype(np.uint64)
    for characters in COUNTED:
        for character in characters:
            count = pc.count_substring(titles, character).to_numpy(zero_copy_only=False)
            mark = mark * MIXED + count.astype(np.uint64)
        again = pd.Series(mark).duplicated(keep=False).to_numpy()
        place, mark, titles = place[again], mark[again], titles.filter(pa.array(again))
    return place


def _lowered(titles: pd.Series) -> pa.Array:
    texts = pa.array(titles.astype("str"), type=pa.large_string(), from_pandas=True)
    return pc.utf8_lower(pc.utf8_normalize(texts, "NFKC"))


def _plain(titles: pd.Series) -> np.ndarray:
    """Titles as their words, in small letters, with one space between them."""
    words = pc.replace_substring_regex(_lowered(titles), BETWEEN_WORDS, " ")
    return pc.utf8_trim_whitespace(words).to_numpy(zero_copy_only=False)


def _told_apart(some: pd.DataFrame) -> np.ndarray:
    """The number of each item's piece of work, by place where one title stands in several."""
    tickets = some[some["key"].notna().to_numpy(dtype=bool)]
    teams = tickets.groupby("work")["team"].nunique()
    projects = tickets.groupby(["work", "source"], dropna=False)["project"].nunique()
    apart = set(teams.index[teams > 1]) | set(projects.index[projects > 1].get_level_values("work"))
    if not apart:
        return some["work"].to_numpy()
    split = some["work"].isin(apart).to_numpy(dtype=bool)
    own = some.groupby(["work", *PLACE], dropna=False, sort=False).ngroup() + some["work"].max() + 1
    number = some["work"].where(~split, own)
    first = tickets.sort_values(["created_at", "item_id"]).drop_duplicates("work")
    of_first = pd.Series(number[first.index].array, index=first["work"])
    lines = split & some["key"].isna().to_numpy(dtype=bool)
    number[lines] = of_first.reindex(some.loc[lines, "work"]).array
    return number.to_numpy(dtype=np.int64)
