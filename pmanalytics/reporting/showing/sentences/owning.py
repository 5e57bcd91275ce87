"""What the tables of ownership say."""

from typing import Final

import pandas as pd

from pmanalytics import words
from pmanalytics.reporting.showing.sentences.parts import Said, Sentences, total_of
from pmanalytics.words import counted, percent

__all__ = ["OWNING"]


def _ownership_gaps(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No open item has a gap in its ownership.",)
    codes = table["code"].value_counts()
    commonest = [f"{words.GAPS.get(code, code)} ({n:,})" for code, n in codes.head(3).items()]
    return (f"The most frequent gaps in ownership: {'; '.join(commonest)}.",)


def _gap_rates(table: pd.DataFrame) -> Sentences:
    opened = table[table["population"] == "open"]
    items, gaps = total_of(opened, "items"), total_of(opened, "with_gap")
    if not items:
        return ()
    share = percent(gaps / items)
    has = "has" if items == 1 else "have"
    return (f"{gaps:,} of {counted(items, 'open item')} ({share}) {has} a gap in ownership.",)


def _unowned_services(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No service is known to lack an owner.",)
    verb = "has" if len(table) == 1 else "have"
    return (
        f"{counted(len(table), 'service')} {verb} no owner; "
        f"{counted(total_of(table, 'open_items'), 'open item')} and "
        f"{counted(total_of(table, 'incidents'), 'incident')} concern them.",
    )


def _hand_offs(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No hand-off between teams is on record.",)
    return (f"{counted(total_of(table, 'hand_offs'), 'hand-off')} between teams on record.",)


def _time_to_owner(table: pd.DataFrame) -> Sentences:
    if len(table) != 1 or not table["n"].iloc[0]:
        return ()
    row = table.iloc[0]
    half = "not reached" if pd.isna(row["median_days"]) else f"day {row['median_days']:.0f}"
    return (
        f"Half of {counted(row['n'], 'item')} had a team by: {half}; by day 15 it is "
        f"{percent(row['owned_by_15'])}.",
    )


OWNING: Final[Said] = {
    "gap_rates": _gap_rates,
    "hand_offs": _hand_offs,
    "ownership_gaps": _ownership_gaps,
    "time_to_owner": _time_to_owner,
    "unowned_services": _unowned_services,
}
