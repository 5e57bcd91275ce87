"""Actions: what is to be done, and what was done lately, by the harm behind it."""

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pmanalytics.changes import CLOSED
from pmanalytics.metrics.threats import product_areas
from pmanalytics.pseudonyms import pseudonym, secret
from pmanalytics.publication import publishable
from pmanalytics.registry import one_row_per_text, people_spelling
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import GAPS, STANDINGS, group_name
from pmanalytics.workbook.checking import answer_check
from pmanalytics.workbook.counting import Count, counted_anew
from pmanalytics.workbook.given import given_answers
from pmanalytics.workbook.harm import costs, harm_ranks, later_returns
from pmanalytics.workbook.layout import ACTIONS, OPEN_ALTHOUGH_DROPPED, OWNERS, STATE_WORDS, keys_of

__all__ = ["actions_table", "by_harm", "open_although_dropped", "recently"]

RECENT_DAYS: Final = 90


def recently(snapshot: Snapshot) -> date:
    """The first day whose closings are still news: the period's first, else 90 days back."""
    if snapshot.period is not None:
        return snapshot.period.start
    return snapshot.as_of - timedelta(days=RECENT_DAYS)


def actions_table(snapshot: Snapshot, *, count: Count = counted_anew) -> pd.DataFrame:
    """Action items to act on, those behind the greatest harm to customers first.

    One row per item that is open, or was closed in the period (without one: in the last 90 days),
    or was dropped by a decision that its tracker does not follow. Columns are those of ACTIONS and
    url, with owners where the settings allow persons: product, impact_minutes, customers_affected
    and came_back (the later returns of its incident, with their days) are those of its incident;
    days_over runs from the policy date to the as-of date (below zero: days left), for a closed item
    to its closing, where that came after it; waived_until is there where a waiver counts; chance is
    the share that missed the policy date, of like_it items like it that were open at its age, for
    items that are not due yet. The places to answer hold the answers that are in force, and check
    says what they lack.

    Open items come first. Both parts are in the order of the harm of their incidents: those that
    came back; then by customer-minutes, most first; what nobody measured comes last (`harm_ranks`).
    What did equal harm is ordered by severity and by incident, and the items of one incident by the
    day that counts for them, the longest overdue first; closed ones by their day, the last first.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> table = actions_table(q3)
        >>> table["item_id"].is_unique, bool(table["came_back"].notna().iloc[0])
        (True, True)
    """
    items = snapshot.items
    apart = open_although_dropped(snapshot)
    closed = items["state"].isin(CLOSED).to_numpy(dtype=bool)
    news = (items["closed_on"] >= pd.Timestamp(recently(snapshot))).to_numpy(dtype=bool)
    chosen = ~closed | news | apart
    listed, apart = items[chosen], apart[chosen]
    table = listed.assign(
        severity=_named(listed["severity"], "severity"),
        standing=listed["standing"].map(STANDINGS),
        state=listed["state"].fillna("").map(STATE_WORDS).mask(apart, OPEN_ALTHOUGH_DROPPED),
        waived_until=listed["adjusted_due_on"].where(listed["waived"]),
        # Nothing is left of what was closed in time.
        days_over=listed["days_over"].mask(closed[chosen] & (listed["days_over"] <= 0)),
        gap=_gap_words(snapshot, count).reindex(listed["item_id"]).array,
        key=keys_of(listed["item_id"]),
        **_harm(snapshot, listed, count),
        **_chances(snapshot, listed, count),
    )
    # In a part of the items a key may look as if only one had it.
    answers = given_answers(snapshot.decisions, snapshot.whole.items).reindex(listed["item_id"])
    table = table.assign(**{name: answers[name].array for name in answers})
    table = table.assign(check=answer_check(table))
    names = ["url", *(column.name for column in ACTIONS)]
    if snapshot.settings.persons:
        table["owners"] = [_joined(named) for named in _shown_owners(snapshot, listed["owners"])]
        names.append(OWNERS.name)
    ordered = table.iloc[_order(listed, table, apart)][names].reset_index(drop=True)
    return publishable(ordered, persons=bool(snapshot.settings.persons))


def _shown_owners(snapshot: Snapshot, owners: pd.Series) -> list[Any]:
    """The owners of each item, as pseudonyms where the settings ask for these."""
    if snapshot.settings.persons != "pseudonyms":
        return list(owners)
    key = secret()
    position, names = one_row_per_text(owners)
    spelled = people_spelling(snapshot.people).spell(names)
    known = {person: pseudonym(person, key=key) for person in spelled.unique()}
    shown: list[list[str]] = [[] for _ in owners]
    for place, person in zip(position, spelled, strict=True):
        shown[place].append(known[person])
    return shown


def open_although_dropped(snapshot: Snapshot) -> np.ndarray:
    """Which items were dropped by a decision although their tracker has them open on the day."""
    items, made = snapshot.items, snapshot.decisions
    ends = made[made["kind"].isin(["drop", "keep"]).to_numpy(dtype=bool)]
    last = ends.drop_duplicates("subject", keep="last")
    dropped = last.loc[last["kind"].eq("drop").to_numpy(dtype=bool), "subject"]
    apart = items["state"].eq("dropped") & items["tracker_state"].eq("open")
    return (apart & items["item_id"].isin(dropped)).to_numpy(dtype=bool)


def by_harm(snapshot: Snapshot, items: pd.DataFrame, *, count: Count = counted_anew) -> np.ndarray:
    """The places of open items in the order in which Actions lists them."""
    harm = pd.DataFrame(_harm(snapshot, items, count))
    return _order(items, harm, np.zeros(len(items), dtype=bool))


def _harm(snapshot: Snapshot, items: pd.DataFrame, count: Count) -> dict[str, pd.Series]:
    """What the incident of each item cost customers, and when it came back."""
    incident = items["incident_id"]
    cost = costs(snapshot, incident)
    returns = later_returns(snapshot, count=count)
    return {
        "product": product_areas(snapshot)[1].reindex(items.index),
        "impact_minutes": cost["impact_minutes"],
        "customers_affected": cost["customers_affected"],
        "came_back": returns.reindex(incident).set_axis(items.index),
    }


def _chances(snapshot: Snapshot, items: pd.DataFrame, count: Count) -> dict[str, pd.Series]:
    """How many items like each one missed their policy date, and of how many."""
    known = count("at_risk", of=snapshot).set_index("item_id")[["chance", "like_it"]]
    told = known.reindex(items["item_id"]).set_axis(items.index)
    return {"chance": told["chance"], "like_it": told["like_it"].where(told["chance"].notna())}


def _order(items: pd.DataFrame, harm: pd.DataFrame, apart: np.ndarray) -> np.ndarray:
    """The places of items: open ones first, by harm, severity, incident, and the day that counts.

    What its tracker has open although it was dropped waits for somebody, as open items do.
    """
    closed = items["state"].isin(CLOSED).to_numpy(dtype=bool)
    due = items["adjusted_due_on"].fillna(pd.Timestamp.max.as_unit("us")).astype("int64")
    closing = -items["closed_on"].fillna(pd.Timestamp.min.as_unit("us")).astype("int64")
    names = pc.rank(pa.array(items["item_id"]))
    keys = (
        closed & ~apart,
        harm_ranks(harm, came_back=harm["came_back"].notna()),
        _codes(items["severity"]),
        _codes(items["incident_id"]),
        np.where(closed, closing, due),
        names.to_numpy(),
    )
    return np.lexsort(keys[::-1])


def _codes(values: pd.Series) -> np.ndarray:
    """The place of each value in their order, those that are missing last."""
    return pd.factorize(values, sort=True, use_na_sentinel=False)[0]


def _named(values: pd.Series, column: str) -> pd.Series:
    known = {value: group_name(value, column) for value in values.dropna().unique()}
    return values.map(known)


def _joined(values: Any) -> str:
    return "; ".join(map(str, values)) if isinstance(values, (list, tuple, np.ndarray)) else ""


def _gap_words(snapshot: Snapshot, count: Count) -> pd.Series:
    """The gaps of each item in words, in the order of the codes."""
    gaps = count("ownership_gaps", of=snapshot)[["item_id", "code"]]
    # Items are many and sets of gaps are few: each set is written once.
    bit = gaps["code"].map({code: 1 << place for place, code in enumerate(GAPS)})
    sets = bit.astype("int64").groupby(gaps["item_id"]).sum()
    return sets.map({number: _gaps_in(number) for number in sets.unique()}).astype("str")


def _gaps_in(number: int) -> str:
    return "; ".join(said for place, said in enumerate(GAPS.values()) if number >> place & 1)
