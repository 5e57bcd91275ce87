"""Rewinding: what was known of each item on one day, and how its state had changed by then."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.datasets import Dataset
from pmanalytics.tables import conform

__all__ = ["among", "end_of", "items_on", "local_days", "state_changes"]

CLOSED = ("done", "dropped")


def end_of(day: date, zone: str) -> pd.Timestamp:
    """The first moment after a local day, in UTC.

    Examples:
        >>> end_of(date(2026, 7, 1), "Europe/Berlin")
        Timestamp('2026-07-01 22:00:00+0000', tz='UTC')
    """
    return pd.Timestamp(day + timedelta(days=1), tz=zone).tz_convert("UTC")


def local_days(moments: pd.Series, zone: str) -> pd.Series:
    """The local day of each moment, as naive midnight.

    Examples:
        >>> moments = pd.Series(pd.to_datetime(["2026-01-21T03:00Z"]))
        >>> local_days(moments, "America/Los_Angeles").dt.day.tolist()
        [20]
    """
    return moments.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize().dt.as_unit("us")


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
    found = pc.is_in(
        pa.array(values.astype("str"), from_pandas=True), value_set=pool, skip_nulls=True
    )
    return found.to_numpy(zero_copy_only=False)


def items_on(data: Dataset, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Items as known on a day, with closed_on and first_closed_on, and their changes of state.

    State and dates come from the latest copy, rewound; all other fields from the copy known on
    that day, else from the earliest later one. Items created after the day are not there.
    """
    zone = data.settings.timezone
    end = end_of(day, zone)
    created = data.items["created_at"]
    latest = data.items[(created.isna() | (created < end)).to_numpy()].reset_index(drop=True)
    changes = state_changes(latest, data.observations, data.events)
    changes = changes[(changes["at"] < end).to_numpy()]
    items = _fields_known(latest, data.observations, end)
    items = items.assign(**_rewound(latest, changes, zone))
    updated = items["updated_at"]
    return items.assign(updated_at=updated.where(updated < end)), conform(changes, "events")


def _fields_known(
    latest: pd.DataFrame, observations: pd.DataFrame, end: pd.Timestamp
) -> pd.DataFrame:
    """Each item as the copy known at a moment describes it."""
    older = observations[among(observations["item_id"], latest["item_id"])]
    if older.empty:
        return latest
    copies = pd.concat(
        [older, latest[among(latest["item_id"], older["item_id"])]], ignore_index=True
    )
    observed = copies["observed_at"]
    known = (observed.isna() | (observed < end)).to_numpy()
    order = pd.DataFrame({"item_id": copies["item_id"], "known": known, "observed_at": observed})
    # The newest of those known comes last; where none is known, the earliest later one does.
    forward = order[known].sort_values("observed_at", kind="stable", na_position="first")
    backward = order[~known].sort_values("observed_at", kind="stable", ascending=False)
    chosen = pd.concat([backward, forward]).drop_duplicates("item_id", keep="last").index
    described = copies.loc[chosen].set_index("item_id")
    described = described.assign(created_at=latest.set_index("item_id")["created_at"])
    untouched = latest[~among(latest["item_id"], older["item_id"])]
    joined = pd.concat([untouched, described.reset_index()], ignore_index=True)
    return joined.set_index("item_id").loc[latest["item_id"]].reset_index()[latest.columns]


def state_changes(
    items: pd.DataFrame, observations: pd.DataFrame, events: pd.DataFrame
) -> pd.DataFrame:
    """Every change of state that the data knows of, in the order of subject and time.

    Recorded events tell an item's story where it has any. Elsewhere its copies do: each closing
    date that a copy holds is a closing, and an open copy after a closed one is a reopening. Every
    item begins open. Returns the columns of the table `events`, field being `state`.
    """
    recorded = events[(events["field"] == "state").to_numpy(dtype=bool)]
    recorded = recorded[among(recorded["subject"], items["item_id"])]
    copied = _from_copies(items, observations, recorded)
    told = pd.concat(
        [recorded[["subject", "at", "after"]].assign(copied=False), copied.assign(copied=True)],
        ignore_index=True,
    ).dropna(subset=["at"])
    if not told["subject"].is_unique:
        told = told.sort_values(["subject", "at"], kind="stable")
    before = told.groupby("subject", sort=False)["after"].shift().fillna("open")
    same = told["subject"].eq(told["subject"].shift()) & told["at"].eq(told["at"].shift())
    # A later closing date in a later copy means that the item was open in between.
    again = told["copied"] & before.isin(CLOSED)
    changed = (before.ne(told["after"]) | again) & ~same
    told = told.assign(field="state", before=before)[changed.to_numpy(dtype=bool)]
    return conform(told.reset_index(drop=True), "events")


def _from_copies(
    items: pd.DataFrame, observations: pd.DataFrame, recorded: pd.DataFrame
) -> pd.DataFrame:
    columns = ["item_id", "state", "closed_at", "updated_at", "observed_at"]
    older = observations[among(observations["item_id"], items["item_id"])]
    copies = (
        pd.concat([older[columns], items[columns]], ignore_index=True)
        if len(older)
        else items[columns]
    )
    if len(recorded):
        copies = copies[~among(copies["item_id"], recorded["subject"])]
    closings = copies[copies["state"].isin(CLOSED) & copies["closed_at"].notna()]
    closings = closings.drop_duplicates(["item_id", "state", "closed_at"])
    told = pd.DataFrame(
        {"subject": closings["item_id"], "at": closings["closed_at"], "after": closings["state"]}
    )
    return pd.concat([told, _reopenings(copies, older)]) if len(older) else told


def _reopenings(copies: pd.DataFrame, older: pd.DataFrame) -> pd.DataFrame:
    several = copies[among(copies["item_id"], older["item_id"])]
    several = several.sort_values(["item_id", "observed_at"], kind="stable", na_position="first")
    before = several.groupby("item_id", sort=False)[["state", "closed_at"]].shift()
    again = several["state"].eq("open") & before["state"].isin(CLOSED) & before["closed_at"].notna()
    reopened = several[again]
    at = reopened["updated_at"].fillna(reopened["observed_at"])
    at = at.where(at > before.loc[again, "closed_at"], reopened["observed_at"])
    return pd.DataFrame({"subject": reopened["item_id"], "at": at, "after": "open"})


def _rewound(items: pd.DataFrame, changes: pd.DataFrame, zone: str) -> dict[str, pd.Series]:
    """State, closing moment and closing days after the changes that are given."""
    position = pd.Index(items["item_id"]).get_indexer(changes["subject"])
    ends = changes["after"].isin(CLOSED).to_numpy(dtype=bool)
    last = np.full(len(items), -1)
    last[position] = np.arange(len(changes))  # in order of time, so that the last one stays
    first = np.full(len(items), -1)
    closings = np.flatnonzero(ends)[::-1]
    first[position[closings]] = closings  # backwards, so that the first one stays
    # Without a change, a closed item has no date, or a date that lies after the day: open then.
    undated = items["state"].isin(CLOSED) & items["closed_at"].isna()
    state = items["state"].where(undated | items["state"].isna(), "open").to_numpy(dtype=object)
    told = last >= 0
    state[told] = changes["after"].to_numpy(dtype=object)[last[told]]
    closed = told.copy()
    closed[told] = ends[last[told]]
    closed_at = _moments(changes["at"], np.where(closed, last, -1), items.index)
    return {
        "state": pd.Series(state, index=items.index, dtype="str"),
        "closed_at": closed_at,
        "closed_on": local_days(closed_at, zone),
        "first_closed_on": local_days(_moments(changes["at"], first, items.index), zone),
    }


def _moments(at: pd.Series, place: np.ndarray, index: pd.Index) -> pd.Series:
    """The moments in some places, missing where the place is -1."""
    stamps = np.append(
        at.dt.tz_localize(None).to_numpy(dtype="datetime64[us]"), np.datetime64("NaT")
    )
    return pd.Series(stamps[place], index=index).dt.tz_localize("UTC")
