"""What the tables of ownership say."""

from typing import Final

import pandas as pd

from pmanalytics import words
from pmanalytics.reporting.sentences.parts import Said, Sentences, total_of
from pmanalytics.words import counted, percent

__all__ = ["OWNING"]


def _ownership_gaps(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("Ownership is clear for every open item.",)
    codes = table["code"].value_counts()
    commonest = [f"{words.GAPS.get(code, code)} ({n:,})" for code, n in codes.head(3).items()]
    return (f"The most frequent gaps in ownership: {'; '.join(commonest)}.",)


def _gap_rates(table: pd.DataFrame) -> Sentences:
    opened = table[table["population"] == "open"]
    items, gaps = total_of(opened, "items"), total_of(opened, "with_gap")
    if not items:
        return ()
    share = percent(gaps / items)
    return (f"{gaps:,} of {counted(items, 'open item')} ({share}) have a gap in ownership.",)


def _unowned_services(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("Every service has an owner.",)
    verb = "has" if len(table) == 1 else "have"
    return (
        f"{counted(len(table), 'service')} {verb} no owner; "
        f"{counted(total_of(table, 'open_items'), 'open item')} and "
        f"{counted(total_of(table, 'incidents'), 'incident')} concern them.",
    )


OWNING: Final[Said] = {
    "gap_rates": _gap_rates,
    "ownership_gaps": _ownership_gaps,
    "unowned_services": _unowned_services,
}
