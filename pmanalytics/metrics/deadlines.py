"""Ahead of the deadline: what became of items like those that are not due yet.

The only question that an open item asks is what happened to comparable ones that were still open
at its age. Nothing here looks at a person, and the answer is said as a frequency.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.metrics.grouping import By, bring_forward, group_columns, sums
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.landmarks import Fates, fates_after
from pmanalytics.statistics.life_tables import DONE, DROPPED, OPEN
from pmanalytics.statistics.proportions import wilson

__all__ = ["at_risk"]

OUTCOMES: Final = {"open": OPEN, "done": DONE, "dropped": DROPPED}
# What an item and the ones like it have in common, the closest comparison first.
LIKENESS: Final = (
    ("severity", "team", "target_days", "unit"),
    ("severity", "target_days", "unit"),
    ("severity",),
    (),
)
ENOUGH: Final = 20
RISK_TYPES: Final = {
    "item_id": "str", "title": "str", "team": "str", "service": "str", "severity": "str",
    "due_on": "datetime64[us]", "age": "int64", "days_left": "int64", "comparable": "str",
    "like_it": "Int64", "made_it": "Int64", "chance": "float64", "low": "float64",
    "high": "float64", "reading": "str",
}  # fmt: skip


def at_risk(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Open items that are not due yet, and what became of items like them.

    One row per open item that is due on the as-of day or later, by due_on and item_id: item_id,
    title, team, service, severity, due_on, age (calendar days since the clock), days_left,
    comparable (which items are like it), like_it (how many of these were still open at the end of
    its day of age and were seen beyond it), made_it (how many of them were done in as many days as
    it has left), chance (to be open after its due day) with low and high at 95 %, and reading, the
    same as a sentence. A period does not restrict it.

    Like it are items of the same severity, team and target; where fewer than 20 of them are known
    to their end, those of the same severity and target, then of the same severity, then all with a
    target. They are found before any narrowing. Some of them may still be open short of the day:
    then made_it is the estimate for all of like_it, and the sentence says "about". An item that was
    dropped in time neither made it nor missed. The due day is the policy's, without waivers;
    targets in business days are taken as the calendar days that they are for the item. On the due
    day itself nothing is left to estimate, and where nothing was followed that long nothing is
    known: chance is missing.

    Formula: Aalen-Johansen from the day of age on, (F(due) - F(age)) / S(age); low and high are
    Wilson's on the number of like_it whose fate by the due day is known, which is too narrow where
    many items share an incident. Method, section 2.4.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12")
        >>> bool(pma.at_risk(q3)["chance"].dropna().between(0, 1).all())
        True
    """
    by = group_columns(by, snapshot.items)
    items = snapshot.items[(snapshot.items["standing"] == "pending").to_numpy(dtype=bool)]
    items = items.sort_values(["due_on", "item_id"], ignore_index=True)
    left = (items["due_on"] - pd.Timestamp(snapshot.as_of)).dt.days.astype("int64")
    asked = items.assign(age=items["days"].astype("int64"), days_left=left)
    table = asked.assign(**_compared(asked, _counts(snapshot.whole)))
    extra = [name for name in by if name not in RISK_TYPES]
    return bring_forward(table[[*extra, *RISK_TYPES]].astype(RISK_TYPES), by)


def _counts(snapshot: Snapshot) -> pd.DataFrame:
    """How many items with a target ended, or were last seen, on which day: counts that add up."""
    items = snapshot.items
    timed = items["days"].notna() & items["target_days"].notna() & items["state"].isin(OUTCOMES)
    groups = items[[*LIKENESS[0], "days", "state"]][timed.to_numpy(dtype=bool)]
    counts = sums(groups, {"weight": np.ones(len(groups), dtype=np.int64)})
    return counts.assign(outcome=counts["state"].map(OUTCOMES).astype("int64"))


def _compared(asked: pd.DataFrame, counts: pd.DataFrame) -> dict[str, np.ndarray | pd.Series]:
    """The columns that come from the closest comparison that knows enough."""
    chosen = np.full(len(asked), len(LIKENESS) - 1)
    found = [_fates(asked, counts, level) for level in LIKENESS]
    for level in reversed(range(len(LIKENESS))):
        enough = (found[level].known >= ENOUGH) & ~np.isnan(found[level].still_open)
        chosen[enough] = level
    fates = Fates(*(np.choose(chosen, figures) for figures in zip(*found, strict=True)))
    due_today = asked["days_left"].to_numpy() == 0
    chance = np.where(due_today, np.nan, fates.still_open)
    told = ~np.isnan(chance)
    low, high = wilson(np.where(told, chance, 0.0) * fates.known, np.where(told, fates.known, 0))
    made = pd.Series(fates.done * fates.followed).where(told).round().astype("Int64")
    words = np.choose(chosen, [_words(asked, level) for level in LIKENESS])
    return {
        "comparable": pd.Series(words, dtype="str").where(~due_today),
        "like_it": pd.Series(fates.followed).astype("Int64").mask(due_today),
        "made_it": made,
        "chance": chance,
        "low": low,
        "high": high,
        "reading": _reading(asked, fates, told),
    }


def _fates(asked: pd.DataFrame, counts: pd.DataFrame, level: tuple[str, ...]) -> Fates:
    """What became of the items that have the columns of a level in common with each item."""
    both = pd.concat([counts[[*level]], asked[[*level]]], ignore_index=True)
    groups = np.zeros(len(both), dtype=np.int64)
    if level:
        groups = both.groupby([*level], dropna=False).ngroup().to_numpy(dtype=np.int64)
    counted = (groups[: len(counts)], counts["days"], counts["outcome"], counts["weight"])
    age = asked["age"].to_numpy()
    return fates_after(counted, groups[len(counts) :], age, age + asked["days_left"].to_numpy())


def _words(asked: pd.DataFrame, level: tuple[str, ...]) -> np.ndarray:
    """What an item and those like it have in common, in words."""
    if not level:
        return np.full(len(asked), "all with a target", dtype=object)
    words = asked["severity"].fillna("no severity")
    if "team" in level:
        words = words + ", " + ("team " + asked["team"]).fillna("no team")
    if "target_days" in level:
        kind = np.where(asked["unit"] == "business", " business day", " day")
        plural = np.where(asked["target_days"] == 1, "", "s")
        days = ", " + _written(asked["target_days"]) + kind + plural
        # As text even when there are none: pandas before 3.1 adds no empty objects to it.
        words = words + pd.Series(days, index=asked.index, dtype="str")
    return words.to_numpy(dtype=object)


def _reading(asked: pd.DataFrame, fates: Fates, told: np.ndarray) -> np.ndarray:
    """The sentence of each item."""
    made = np.rint(np.where(told, fates.done * fates.followed, 0))
    dropped = np.rint(np.where(told, fates.dropped * fates.followed, 0))
    about = np.where(fates.known < fates.followed, "about ", "")
    also = np.where(dropped == 1, " was dropped", " were dropped")
    also = np.where(dropped > 0, " and " + _written(dropped) + also, "")
    age = _written(asked["age"])
    sentence = "Of " + _written(fates.followed) + " like it still open after day " + age
    sentence = sentence + ", " + about + _written(made) + " made it" + also + "."
    sentence[~told] = "Nothing like it was followed to its due day."
    sentence[asked["days_left"].to_numpy() == 0] = "It is due on the as-of day."
    return sentence


def _written(numbers: np.ndarray | pd.Series) -> np.ndarray:
    """Whole numbers as text, each distinct one written once."""
    distinct, place = np.unique(np.asarray(numbers, dtype=np.int64), return_inverse=True)
    return np.array([f"{number:,}" for number in distinct], dtype=object)[place]
