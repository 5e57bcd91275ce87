"""Actions: what is to be done, and what was done lately, by the harm behind it."""

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics.metrics.deadlines import at_risk
from pmanalytics.metrics.ownership import ownership_gaps
from pmanalytics.metrics.recurrence import repeats
from pmanalytics.metrics.threats import product_areas
from pmanalytics.publication import publishable
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import GAPS, STANDINGS, group_name
from pmanalytics.workbook.given import given_answers
from pmanalytics.workbook.layout import ACTIONS, STATE_WORDS, key_of

__all__ = ["actions_table", "recently"]

RECENT_DAYS: Final = 90


def recently(snapshot: Snapshot) -> date:
    """The first day whose closings are still news: the period's first, else 90 days back."""
    if snapshot.period is not None:
        return snapshot.period.start
    return snapshot.as_of - timedelta(days=RECENT_DAYS)


def actions_table(snapshot: Snapshot) -> pd.DataFrame:
    """Action items to act on: all that are open, and those closed recently.

    One row per item with item_id, url, title, incident_id, severity, team, service, kind, state,
    standing and gap in words, promised_on, due_on, closed_on and days_over (from the policy date to
    closing or as-of; below zero: days left). Overdue items come first, the longest overdue on top,
    then those due next, then open items without a date, then the closed ones, latest first. owners
    is there when the settings allow persons.
    """
    items = snapshot.items
    closed = items["state"].isin(["done", "dropped"])
    news = closed & (items["closed_on"] >= pd.Timestamp(recently(snapshot)))
    listed = items[(~closed | news).to_numpy(dtype=bool)]
    table = listed.assign(
        severity=_named(listed["severity"], "severity"),
        standing=listed["standing"].map(STANDINGS),
        state=listed["state"].fillna("").map(STATE_WORDS),
        gap=_gap_words(snapshot).reindex(listed["item_id"]).to_numpy(),
    )
    table = table.assign(**_harm(snapshot, listed), key=listed["item_id"].map(key_of), check=None)
    answers = given_answers(snapshot.decisions, snapshot.items).reindex(listed["item_id"])
    table = table.assign(**{name: answers[name].to_numpy() for name in answers})
    if snapshot.settings.persons:
        table["owners"] = [_joined(owners) for owners in listed["owners"]]
    names = ["url", *(column.name for column in ACTIONS)]
    names += ["owners"] if snapshot.settings.persons else []
    ordered = table.iloc[_order(listed)][names].reset_index(drop=True)
    return publishable(ordered, persons=snapshot.settings.persons)


def _harm(snapshot: Snapshot, items: pd.DataFrame) -> dict[str, pd.Series]:
    """What the incident of each item cost customers, and what came of it since."""
    whole = snapshot.whole.incidents.drop_duplicates("incident_id").set_index("incident_id")
    cost = whole.reindex(items["incident_id"]).set_axis(items.index)
    back = repeats(snapshot.whole).groupby("repeat_of")["incident_id"].agg("; ".join)
    chances = at_risk(snapshot).set_index("item_id").reindex(items["item_id"])
    return {
        "product": product_areas(snapshot)[1].reindex(items.index),
        "impact_minutes": cost["impact_minutes"],
        "customers_affected": cost["customers_affected"],
        "came_back": items["incident_id"].map(back).astype("str"),
        "chance": chances["chance"].set_axis(items.index),
        "like_it": chances["like_it"].set_axis(items.index),
    }


def _named(values: pd.Series, column: str) -> pd.Series:
    known = {value: group_name(value, column) for value in values.dropna().unique()}
    return values.map(known)


def _joined(values: Any) -> str:
    return "; ".join(map(str, values)) if isinstance(values, (list, tuple, np.ndarray)) else ""


def _gap_words(snapshot: Snapshot) -> pd.Series:
    """The gaps of each item in words, in the order of the codes."""
    gaps = ownership_gaps(snapshot)[["item_id", "code"]]
    gaps = gaps.assign(place=gaps["code"].map({code: place for place, code in enumerate(GAPS)}))
    gaps = gaps.sort_values(["item_id", "place"], kind="stable")
    return gaps["code"].map(GAPS).groupby(gaps["item_id"]).agg("; ".join)


def _order(items: pd.DataFrame) -> np.ndarray:
    rank = np.select(
        [
            items["standing"].eq("overdue").to_numpy(dtype=bool),
            items["standing"].eq("pending").to_numpy(dtype=bool),
            ~items["state"].isin(["done", "dropped"]).to_numpy(dtype=bool),
        ],
        [0, 1, 2],
        3,
    )
    keys = pd.DataFrame(
        {
            "rank": rank,
            "closed": np.where(rank == 3, -items["closed_on"].astype("int64"), 0),
            "over": np.where(rank < 2, -items["days_over"].to_numpy(float, na_value=0), 0),
            "severity": items["severity"].to_numpy(dtype=object),
            "item_id": items["item_id"].to_numpy(dtype=object),
        }
    )
    return keys.sort_values(list(keys), na_position="last", kind="stable").index.to_numpy()
