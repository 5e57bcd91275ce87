"""What the tables of incidents that return say.

That work was open when an incident returned is all that is known; no sentence says more.
"""

from typing import Final

import pandas as pd

from pmanalytics.reporting.sentences.parts import Said, Sentences, interval_words
from pmanalytics.words import percent

__all__ = ["RETURNS"]


def _repeats(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No incident was the return of an earlier one.",)
    returned = table.drop_duplicates("incident_id")
    open_before = table.loc[table["open_before"].fillna(0) > 0, "incident_id"].nunique()
    overdue = table.loc[table["overdue_before"].fillna(0) > 0, "incident_id"].nunique()
    was_were = "incident was" if len(returned) == 1 else "incidents were"
    return (
        f"{len(returned):,} {was_were} the return of an earlier one; for {open_before:,} of them "
        f"work from the earlier one was still open, for {overdue:,} it was overdue.",
    )


def _repeat_rate(table: pd.DataFrame) -> Sentences:
    row = table[table["within_days"] == 90]
    if len(row) != 1 or pd.isna(row["rate"].iloc[0]):
        return ()
    rate, low, high = (row[name].iloc[0] for name in ("rate", "low", "high"))
    return (f"{percent(rate)} of incidents returned within 90 days{interval_words(low, high)}.",)


RETURNS: Final[Said] = {
    "repeat_rate": _repeat_rate,
    "repeats": _repeats,
}
