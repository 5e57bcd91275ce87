"""The check of answers: what is still missing beside what a reader wrote, row by row.

A formula of the sheet says it while the reader writes; what it says of the answers that a workbook
is given out with is worked out here in the same way and written beside the formula.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.workbook.layout import ANSWERS, DECISIONS
from pmanalytics.workbook.rows import FIRST_DAY, LAST_YEAR

__all__ = ["answer_check", "answer_formula"]

KEEP, DROP, WAIVER = DECISIONS
REASONED: Final = (DROP, WAIVER)  # what nobody may decide without saying why
COMPLETE: Final = "complete"
NO_DATE: Final = "write a date"
UNKNOWN: Final = "choose from the list"
NO_REASON: Final = "needs a reason"
NO_DAY: Final = "needs a day"
NO_WAIVER: Final = "day without a waiver"
NO_DECISION: Final = "needs a decision"


def answer_check(answers: pd.DataFrame) -> pd.Series:
    """What the formula says of the answers of each row: one of its words, or an empty text.

    Takes the columns of ANSWERS.

    Examples:
        >>> given = {"decision": ["drop", "keep", None], "reason": [None, None, "no budget"]}
        >>> rows = pd.DataFrame(given, columns=[column.name for column in ANSWERS])
        >>> answer_check(rows).tolist()
        ['needs a reason', 'complete', 'needs a decision']
    """
    decision, reason = (_written(answers[name]) for name in ("decision", "reason"))
    told = {column.name: answers[column.name].notna().to_numpy(bool) for column in ANSWERS}
    days = [pd.to_datetime(answers[name]) for name in ("new_promised_on", "waiver_until")]
    tests = [
        ~np.logical_or.reduce(list(told.values())),
        np.logical_or.reduce([_outside(day) for day in days]),
        ~np.isin(decision, ["", *DECISIONS]),
        (decision == WAIVER) & ~told["waiver_until"],
        np.isin(decision, REASONED) & (reason == ""),
        (decision != WAIVER) & told["waiver_until"],
        (decision == "") & (reason != ""),
    ]
    words = ["", NO_DATE, UNKNOWN, NO_DAY, NO_REASON, NO_WAIVER, NO_DECISION]
    return pd.Series(np.select(tests, words, COMPLETE), index=answers.index, dtype="str")


def _written(values: pd.Series) -> np.ndarray:
    return values.astype("str").str.strip().fillna("").to_numpy(dtype=object)


def _outside(days: pd.Series) -> np.ndarray:
    """The days that no cell can hold as a date; they are written as text."""
    outside = (days < FIRST_DAY) | (days.dt.year > LAST_YEAR)
    return outside.to_numpy(dtype=bool)


def answer_formula() -> str:
    """The formula that checks a row: what it lacks first, "complete", or an empty text.

    `{name}` stands for the cell of a column of ANSWERS in the same row; these columns stand side by
    side. Any spreadsheet computes it: IF, AND, OR, NOT, TRIM, ISNUMBER and COUNTA are all it needs.

    Examples:
        >>> answer_formula()[:48]
        '=IF(COUNTA({new_promised_on}:{note})=0,"",IF(OR('
    """
    days = (column.name for column in ANSWERS if column.kind == "day")
    no_date = ",".join(f'AND({{{day}}}<>"",NOT(ISNUMBER({{{day}}})))' for day in days)
    others = ",".join(f'{{decision}}<>"{word}"' for word in ("", *DECISIONS))
    reasoned = ",".join(f'{{decision}}="{word}"' for word in REASONED)
    tests = {
        f"OR({no_date})": NO_DATE,
        f"AND({others})": UNKNOWN,
        f'AND({{decision}}="{WAIVER}",{{waiver_until}}="")': NO_DAY,
        f'AND(OR({reasoned}),TRIM({{reason}})="")': NO_REASON,
        f'AND({{decision}}<>"{WAIVER}",{{waiver_until}}<>"")': NO_WAIVER,
        'AND({decision}="",TRIM({reason})<>"")': NO_DECISION,
    }
    begun = "".join(f'IF({test},"{word}",' for test, word in tests.items())
    all_of_it = f"{{{ANSWERS[0].name}}}:{{{ANSWERS[-1].name}}}"
    return f'=IF(COUNTA({all_of_it})=0,"",{begun}"{COMPLETE}"{")" * (len(tests) + 1)}'
