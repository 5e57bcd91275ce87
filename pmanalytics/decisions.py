"""Decisions: what can be decided, which rows say it whole, and which item each of them is about.

Decisions are few and items are many, so that what loops here loops over decisions.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import among
from pmanalytics.errors import nearest

__all__ = ["KINDS", "OF_ITEMS", "faults", "item_of", "resolved", "sound", "waivers_in_time"]

# Each kind, and the column without which it says nothing.
KINDS: Final[Mapping[str, str]] = {
    "waiver": "until",
    "drop": "",
    "keep": "",
    "promised": "until",
    "owner_team": "value",
    "note": "value",
    "repeat": "value",
    "not_repeat": "value",
    "commitment": "",
    "commitment_kept": "",
    "commitment_dropped": "",
}
OF_ITEMS: Final = ("waiver", "drop", "keep", "promised", "owner_team", "note")


def faults(decisions: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """The decisions that say too little to count: the place of each, and what is wrong, in words.

    Examples:
        >>> from pmanalytics.tables import conform
        >>> table = pd.DataFrame({"decided_on": ["2026-07-01"], "subject": "PAY-1", "kind": "drp"})
        >>> list(faults(conform(table, "decisions")))
        [(0, "'drp' is no kind of decision; did you mean 'drop'?")]
    """
    for place, row in enumerate(decisions.itertuples()):
        needed = KINDS.get(row.kind) if isinstance(row.kind, str) else None
        if pd.isna(row.decided_on):
            yield place, "It has no day (decided_on), so that it never counts."
        elif pd.isna(row.kind):
            yield place, "It has no kind."
        elif needed is None:
            hint = nearest(row.kind, list(KINDS))
            yield place, f"{row.kind!r} is no kind of decision{hint}"
        elif pd.isna(row.subject):
            yield place, "It has no subject."
        elif needed and pd.isna(getattr(row, needed)):
            yield place, f"A decision of the kind {row.kind} needs the column {needed}."


def sound(decisions: pd.DataFrame) -> pd.DataFrame:
    """The decisions that say enough to count, in their order.

    Examples:
        >>> from pmanalytics.tables import conform
        >>> table = pd.DataFrame({"subject": ["PAY-1", "PAY-2"], "kind": "drop"})
        >>> table["decided_on"] = [None, "2026-07-01"]
        >>> sound(conform(table, "decisions"))["subject"].tolist()
        ['PAY-2']
    """
    wrong = [place for place, _ in faults(decisions)]
    return decisions[~np.isin(np.arange(len(decisions)), wrong)]


def item_of(subjects: pd.Series, items: pd.DataFrame) -> pd.Series:
    """The item_id that each subject names, missing where it names none.

    A subject is an item_id, or a key that only one item has. What names a ticket that was closed
    as a duplicate of a known one is about that one.

    Examples:
        >>> from pmanalytics.tables import conform
        >>> items = pd.DataFrame({"item_id": ["jira:A-1", "bugs:7"], "key": ["A-1", "7"]})
        >>> item_of(pd.Series(["A-1", "bugs:7", "8"]), conform(items, "items")).tolist()
        ['jira:A-1', 'bugs:7', nan]
    """
    found: dict[str, str] = {}
    for column in ("key", "item_id"):
        named = items.loc[among(items[column], subjects), ["key", "item_id"]]
        alone = named[~named[column].duplicated(keep=False)]
        found |= dict(zip(alone[column], alone["item_id"], strict=True))
    leads = _leads(items) if found else {}
    return subjects.map({name: _survivor(item, leads) for name, item in found.items()}).astype(
        "str"
    )


def _leads(items: pd.DataFrame) -> dict[str, str]:
    """From each ticket that was dropped as the duplicate of a known one to that one."""
    gone = items[(items["duplicate_of"].notna() & items["state"].eq("dropped")).to_numpy(bool)]
    known = gone[among(gone["duplicate_of"], items["item_id"])]
    return dict(zip(known["item_id"], known["duplicate_of"], strict=True))


def _survivor(item: str, leads: Mapping[str, str]) -> str:
    """Where a chain of duplicates ends; an item in a circle stays itself."""
    seen, at = {item}, item
    while at in leads:
        at = leads[at]
        if at in seen:
            return item
        seen.add(at)
    return at


def resolved(decisions: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """The same decisions, those about items with the item_id as their subject where it is known."""
    about = decisions["kind"].isin(OF_ITEMS).to_numpy(dtype=bool)
    if not about.any():
        return decisions
    named = decisions["subject"].where(about).dropna()
    found = item_of(named, items).reindex(decisions.index)
    return decisions.assign(subject=found.fillna(decisions["subject"]).astype("str"))


def waivers_in_time(waivers: pd.DataFrame, due_on: pd.Series) -> np.ndarray:
    """Whether each waiver was granted on or before the due day that was then in force.

    `waivers` are decisions about items, by item_id and oldest first; `due_on` has the due day of
    the policy for each of them. One that came too late changes nothing, so that the next is
    measured by the day before it. No waiver asks for more than the policy does.
    """
    in_time = np.zeros(len(waivers), dtype=bool)
    in_force: dict[str, pd.Timestamp] = {}
    for place, (row, due) in enumerate(zip(waivers.itertuples(), due_on, strict=True)):
        day = in_force.get(row.subject, due)
        if pd.notna(day) and pd.notna(row.until) and row.decided_on <= day:
            in_time[place], in_force[row.subject] = True, max(row.until, due)
    return in_time
