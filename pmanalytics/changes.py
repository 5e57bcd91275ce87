"""Changes of state: when each item was closed and reopened, as far as the data tell.

Recorded events tell an item's story where a source has them, and the latest copy of the item has
the last word. Elsewhere the copies tell it: a closing date that a copy holds is a closing, and an
open copy after a closed one is a reopening. A tracker that writes no closing dates still shows, in
an open and a later closed copy, between which moments an item was closed; the later one counts, so
that nothing seems faster than it was.
"""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.tables import conform

__all__ = ["CLOSED", "MOMENT", "among", "derived_closings", "places", "state_changes"]

CLOSED: Final = ("done", "dropped")
STATES: Final = ("open", *CLOSED)
MOMENT: Final = pd.Timedelta(1, unit="us")


def among(values: pd.Series, known: pd.Series) -> np.ndarray:
    """Which texts are among others; missing is among nothing.

    pandas compares a million texts by way of Python lists; Arrow needs a tenth of that time.

    Examples:
        >>> among(pd.Series(["a", "b", None]), pd.Series(["b", None])).tolist()
        [False, True, False]
    """
    if values.empty or known.empty:
        return np.zeros(len(values), dtype=bool)
    pool = pa.array(known.astype("str"), from_pandas=True)
    texts = pa.array(values.astype("str"), from_pandas=True)
    return pc.is_in(texts, value_set=pool, skip_nulls=True).to_numpy(zero_copy_only=False)


def places(values: pd.Series, known: pd.Series) -> np.ndarray:
    """The position of each text among others, where each is once; -1 for those that are not there.

    Missing is nowhere. What `among` says of pandas holds for its reindex as well.

    Examples:
        >>> places(pd.Series(["b", "c", None]), pd.Series(["a", "b", None])).tolist()
        [1, -1, -1]
    """
    if values.empty or known.empty:
        return np.full(len(values), -1)
    pool = pa.array(known.astype("str"), from_pandas=True)
    texts = pa.array(values.astype("str"), from_pandas=True)
    found = pc.index_in(texts, value_set=pool, skip_nulls=True)
    return pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def state_changes(
    items: pd.DataFrame, observations: pd.DataFrame, events: pd.DataFrame
) -> pd.DataFrame:
    """Every change of state that the data knows of, in the order of subject and time.

    Every item begins open. Of several changes at one moment the last one counts; words that are
    none of open, done and dropped are no states. Returns the table `events`, field being `state`.
    """
    recorded = _recorded(items, events)
    older = observations[among(observations["item_id"], items["item_id"])]
    silent = items[~among(items["item_id"], recorded["subject"])] if len(recorded) else items
    copies = _dated(_copies(silent, older))
    told = pd.concat(
        [
            recorded.assign(copied=False),
            _last_word(items, recorded).assign(copied=False),
            _closings(_dated_items(silent, copies), copies).assign(copied=True),
            _reopenings(copies).assign(copied=True),
        ],
        ignore_index=True,
    )
    if not told["subject"].is_unique:
        told = told.sort_values(["subject", "at"], kind="stable")
        told = told.drop_duplicates(["subject", "at"], keep="last")
    before = told.groupby("subject", sort=False)["after"].shift().fillna("open")
    # A later closing date in a later copy means that the item was open in between.
    again = told["copied"] & before.isin(CLOSED)
    changed = (before.ne(told["after"]) | again).to_numpy(dtype=bool)
    found = told.assign(field="state", before=before)[changed]
    return conform(found.reset_index(drop=True), "events")


def derived_closings(
    items: pd.DataFrame, observations: pd.DataFrame, events: pd.DataFrame
) -> pd.DataFrame:
    """The closings that no export dates, and that copies of their items bound.

    One row per item whose latest copy is closed by such a closing: item_id, opened_at (when it was
    last seen open) and closed_at (when it was closed at the latest). Items with recorded changes
    of state are not among them.
    """
    recorded = _recorded(items, events)
    silent = items[~among(items["item_id"], recorded["subject"])] if len(recorded) else items
    copies = _dated(_copies(silent, observations[among(observations["item_id"], items["item_id"])]))
    chosen = copies["latest"] & copies["derived"]
    return copies.loc[chosen, ["item_id", "opened_at", "closed_at"]].reset_index(drop=True)


def _recorded(items: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    of_state = events["field"].eq("state") & events["after"].isin(STATES) & events["at"].notna()
    recorded = events.loc[of_state.to_numpy(dtype=bool), ["subject", "at", "after"]]
    return recorded[among(recorded["subject"], items["item_id"])]


def _last_word(items: pd.DataFrame, recorded: pd.DataFrame) -> pd.DataFrame:
    """What the latest copy adds where the recorded story ends in another state."""
    ordered = recorded.sort_values("at", kind="stable").drop_duplicates("subject", keep="last")
    ended = items.merge(ordered, left_on="item_id", right_on="subject")
    differs = ended["state"].notna() & ended["state"].ne(ended["after"])
    is_open = ended["state"].eq("open")
    said = ended["updated_at"].fillna(ended["observed_at"]).where(is_open, ended["closed_at"])
    # A copy that says so without a later moment of its own says so right after the last event.
    at = said.where(said > ended["at"], ended["at"] + MOMENT)
    dated = is_open | ended["closed_at"].notna()
    added = pd.DataFrame({"subject": ended["subject"], "at": at, "after": ended["state"]})
    return added[(differs & dated).to_numpy(dtype=bool)]


def _copies(items: pd.DataFrame, older: pd.DataFrame) -> pd.DataFrame:
    """The copies of items that have several, in the order in which they were made."""
    columns = ["item_id", "state", "closed_at", "updated_at", "observed_at"]
    older = older[among(older["item_id"], items["item_id"])]
    latest = items[among(items["item_id"], older["item_id"])]
    copies = pd.concat([older[columns], latest[columns]], ignore_index=True)
    copies["latest"] = np.arange(len(copies)) >= len(older)
    order = ["item_id", "latest", "updated_at", "observed_at"]
    return copies.sort_values(order, kind="stable", na_position="first")


def _dated(copies: pd.DataFrame) -> pd.DataFrame:
    """Copies with a closing date where a closed one without any follows one that was open.

    The date is when the closed copy was last updated, if that lies after the open one was made,
    else when the closed one was made. Closed copies that follow say the same closing.
    """
    silent = copies["state"].isin(CLOSED) & copies["closed_at"].isna()
    before = copies.groupby("item_id", sort=False)[["state", "observed_at"]].shift()
    opened_at = before["observed_at"].where(silent & before["state"].eq("open"))
    updated, made = copies["updated_at"], copies["observed_at"]
    bounded = (updated > opened_at) & ~(updated > made)
    first = updated.where(bounded, made).where(silent & before["state"].eq("open"))
    # Each run of closed copies without a date has the date of its first one.
    run = (~silent).groupby(copies["item_id"], sort=False).cumsum()
    within = [copies["item_id"], run, silent]
    found = first.groupby(within, sort=False).transform("first").where(silent)
    return copies.assign(
        closed_at=copies["closed_at"].fillna(found),
        opened_at=opened_at.groupby(within, sort=False).transform("first").where(silent),
        derived=silent & found.notna(),
    )


def _dated_items(items: pd.DataFrame, copies: pd.DataFrame) -> pd.DataFrame:
    """Items with the closing dates that their copies gave them."""
    found = copies[copies["latest"] & copies["derived"]].set_index("item_id")["closed_at"]
    if found.empty:
        return items
    told = found.reindex(items["item_id"]).set_axis(items.index)
    return items.assign(closed_at=items["closed_at"].fillna(told))


def _closings(items: pd.DataFrame, copies: pd.DataFrame) -> pd.DataFrame:
    """The closing dates of all copies; the latest copy corrects what lies at or after its own."""
    own = items[["item_id", "state", "closed_at"]]
    earlier = copies.loc[~copies["latest"], ["item_id", "state", "closed_at"]]
    if len(earlier):
        final = own.set_index("item_id")["closed_at"].reindex(earlier["item_id"]).array
        earlier = earlier[(earlier["closed_at"] < final) | pd.isna(final)]
    closings = pd.concat([earlier, own]) if len(earlier) else own
    dated = closings["state"].isin(CLOSED) & closings["closed_at"].notna()
    named = {"item_id": "subject", "closed_at": "at", "state": "after"}
    return closings[dated.to_numpy(dtype=bool)].rename(columns=named)[["subject", "at", "after"]]


def _reopenings(copies: pd.DataFrame) -> pd.DataFrame:
    """The open copies that follow a closed one."""
    before = copies.groupby("item_id", sort=False)[["state", "closed_at"]].shift()
    again = copies["state"].eq("open") & before["state"].isin(CLOSED) & before["closed_at"].notna()
    reopened, closed_at = copies[again], before.loc[again, "closed_at"]
    at = reopened["updated_at"].where(reopened["updated_at"] > closed_at, reopened["observed_at"])
    at = at.where(at > closed_at, closed_at + MOMENT)
    return pd.DataFrame({"subject": reopened["item_id"], "at": at, "after": "open"})
