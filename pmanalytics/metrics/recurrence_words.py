"""What may be said of repeats: words and sentences, the same wherever they are read.

An incident recurred while a preventive item was open. That is all that is known: nothing here says
that the item would have prevented it, and no sentence names a team or a person. What chance alone
would give stands beside every count (method, sections 5.3 and 9).
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from pmanalytics.words import RETURNS, counted, percent

__all__ = ["ENOUGH", "TOO_FEW", "exposure_reading", "repeat_sentences"]

TOO_FEW: Final = "too few to tell"
ENOUGH: Final = 5  # returns in each arm before their rates are compared


def exposure_reading(row: Mapping[str, float], exposure: str) -> str:
    """One row of `repeat_exposure` as a sentence.

    Examples:
        >>> row = {"repeats_while": 12, "repeats_otherwise": 8, "days_while": 1800.0}
        >>> row |= {"expected_by_chance": 12.0, "rate_ratio": 1.0, "low": 0.38, "high": 2.82}
        >>> exposure_reading(row, "open")
        '12 of 20 returns fell into open time; chance alone would give 12.0: no sign of more.'
    """
    inside, total = row["repeats_while"], row["repeats_while"] + row["repeats_otherwise"]
    if not total:
        return "No return is known here."
    if pd.isna(row["expected_by_chance"]):
        return "Nothing can be compared here."
    return (
        f"{int(inside):,} of {counted(total, 'return')} fell into {exposure} time; "
        f"chance alone would give {row['expected_by_chance']:,.1f}: {_verdict(row)}."
    )


def _verdict(row: Mapping[str, float]) -> str:
    if pd.isna(row["rate_ratio"]) or pd.isna(row["low"]):
        return TOO_FEW
    if row["low"] > 1:
        return "more than chance, an association and no proof of a cause"
    if row["high"] < 1:
        return "fewer than chance, an association and no proof of a cause"
    return "no sign of more"


def repeat_sentences(states: pd.DataFrame, exposure: pd.DataFrame | None = None) -> tuple[str, ...]:
    """A table of `repeats_while_open` in sentences, and what chance alone would give.

    Takes the table without groups, and that of `repeat_exposure`, whose last row is read out. The
    shares have no interval because they are no estimate: they say what happened.

    Examples:
        >>> table = pd.DataFrame({"state": ["overdue", "open", "none"], "repeats": [5, 1, 14]})
        >>> for sentence in repeat_sentences(table):
        ...     print(sentence)
        5 of 20 repeats (25%) came while a preventive item was overdue.
        1 of 20 repeats (5%) came while a preventive item was open, not yet due.
        14 of 20 repeats (70%) came without a preventive item.
    """
    total = int(states["repeats"].sum())
    if not total:
        return ("No incident is known to be the return of an earlier one.",)
    said = [
        f"{int(number):,} of {counted(total, 'repeat')} ({percent(number / total)}) came "
        f"{RETURNS[state]}."
        for state, number in zip(states["state"], states["repeats"], strict=True)
        if number
    ]
    read = [] if exposure is None else exposure["reading"].tail(1).tolist()
    return (*said, *read)
