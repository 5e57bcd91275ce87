"""Rewinding: what was known of each item on one day."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from pmanalytics.changes import CLOSED, among, places, state_changes
from pmanalytics.datasets import Dataset
from pmanalytics.differences import observed_changes
from pmanalytics.tables import conform

__all__ = ["end_of", "field_changes_on", "items_on", "local_days", "rewound"]


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


def items_on(data: Dataset, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Items as known on a day, with closed_on and first_closed_on, and their changes of state.

    State and dates come from the latest copy, rewound; all other fields from the copy known on
    that day, else from the earliest later one. Items that were created after the day are not there,
    nor are those without a date of creation whose incident began later.
    """
    zone = data.settings.timezone
    end = end_of(day, zone)
    latest = data.items[_existed(data, end)].reset_index(drop=True)
    older = data.observations[among(data.observations["item_id"], latest["item_id"])]
    changes = state_changes(latest, older, data.events)
    undated = _undated(latest, older, since=end_of(day - timedelta(days=1), zone))
    # What has changes was open before the first of them.
    undated &= ~among(latest["item_id"], changes["subject"])
    changes = changes[(changes["at"] < end).to_numpy()]
    items = _fields_known(latest, older, end)
    items = items.assign(**rewound(latest, changes, undated, zone))
    updated = items["updated_at"]
    return items.assign(updated_at=updated.where(updated < end)), conform(changes, "events")


def field_changes_on(
    data: Dataset,
    items: pd.DataFrame,
    incidents: pd.DataFrame,
    day: date,
    *,
    decided: pd.DataFrame,
) -> pd.DataFrame:
    """The changes of all fields but the state that are known of items and incidents by a day.

    They are those that sources recorded, and those that successive copies of items show. `decided`
    are changes that people decided on, among them.
    """
    observed = observed_changes(data.items, data.observations, data.events)
    events = pd.concat([data.events, observed], ignore_index=True) if len(observed) else data.events
    known = (events["at"] < end_of(day, data.settings.timezone)) & ~events["field"].eq("state")
    told = pd.concat([events[known.to_numpy(dtype=bool)], decided], ignore_index=True)
    concerned = pd.concat([items["item_id"], incidents["incident_id"]], ignore_index=True)
    told = told[among(told["subject"], concerned)]
    return told.sort_values(["subject", "at"], kind="stable", ignore_index=True)


def _existed(data: Dataset, end: pd.Timestamp) -> np.ndarray:
    known = data.incidents.drop_duplicates("incident_id", ignore_index=True)
    place = places(data.items["incident_id"], known["incident_id"])
    began = known["started_at"].reindex(place).set_axis(data.items.index)
    born = data.items["created_at"].fillna(began)
    return (born.isna() | (born < end)).to_numpy(dtype=bool)


def _undated(latest: pd.DataFrame, older: pd.DataFrame, *, since: pd.Timestamp) -> pd.Series:
    """Closed without a date, and not seen open from a moment on."""
    undated = latest["state"].isin(CLOSED) & latest["closed_at"].isna()
    seen = older[(older["state"] == "open").to_numpy(dtype=bool)]
    last = seen.groupby("item_id")["observed_at"].max()
    last = last.reindex(latest["item_id"]).set_axis(latest.index)
    return undated & ~(last >= since)


def _fields_known(latest: pd.DataFrame, older: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Each item as the copy known at a moment describes it."""
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
    # Most items are as their latest copy says, and keep their rows.
    described = copies.loc[chosen[chosen < len(older)]]
    place = places(described["item_id"], latest["item_id"])
    described = described.assign(created_at=latest["created_at"].iloc[place].array)
    row = np.arange(len(latest))
    row[place] = len(latest) + np.arange(len(place))
    return pd.concat([latest, described], ignore_index=True).iloc[row].reset_index(drop=True)


def rewound(
    items: pd.DataFrame, changes: pd.DataFrame, undated: pd.Series, zone: str
) -> dict[str, pd.Series]:
    """State, closing moment and closing days after the changes that are given."""
    position = places(changes["subject"], items["item_id"])
    ends = changes["after"].isin(CLOSED).to_numpy(dtype=bool)
    last = np.full(len(items), -1)
    last[position] = np.arange(len(changes))  # in order of time, so that the last one stays
    first = np.full(len(items), -1)
    closings = np.flatnonzero(ends)[::-1]
    first[position[closings]] = closings  # backwards, so that the first one stays
    # Without a change, a closed item has no date, or a date that lies after the day: open then.
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
        at.dt.tz_localize(None).to_numpy(dtype="datetime64[us]"), np.datetime64("NaT", "us")
    )
    return pd.Series(stamps[place], index=index).dt.tz_localize("UTC")
