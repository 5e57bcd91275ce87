"""What the tables of decisions, of doubts and of the report itself say."""

from typing import Final

import pandas as pd

from pmanalytics.reporting.showing.sentences.parts import (
    MAXIMUM_GROUPS,
    Said,
    Sentences,
    group_names,
)
from pmanalytics.words import counted, plain

__all__ = ["RECORDS"]

COMMITTED: Final = {
    "kept": "kept",
    "open": "still open",
    "overdue": "past the day that was set",
    "dropped": "dropped",
}
# The answers of `signals`, and the words before the questions that had them.
LOOKED: Final = {"yes": "", "no": "No signal", "too few": "Too few data to tell"}
MANY_LOOKS: Final = "of twenty in which nothing changed, about one shows a signal by chance alone."


def _next_inputs(table: pd.DataFrame) -> Sentences:
    questions = table.drop_duplicates("question")
    answered = int(questions["answered"].sum())
    useful = table.dropna(subset=["sentence"]).sort_values("gain", ascending=False, kind="stable")
    inputs = useful["sentence"].str.split(": ", n=1).str[0]
    most = useful["sentence"][~inputs.duplicated()].head(3)
    return (f"{answered} of {len(questions)} questions can be answered with these data.", *most)


def _commitments(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return (
            "No decision of leadership is on record. Written into the decisions file, it is held "
            "here beside what came of it.",
        )
    told = [
        f"{int(table['state'].eq(state).sum()):,} {text}"
        for state, text in COMMITTED.items()
        if table["state"].eq(state).any()
    ]
    return (f"Of {counted(len(table), 'decision')} of leadership: {'; '.join(told)}.",)


def _waivers(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No waiver was granted.",)
    late = int(table["in_time"].eq(False).sum())  # noqa: FBT003 a column of three values
    changes = "changes" if late == 1 else "change"
    told = f"; {late:,} came after the due day and {changes} nothing" if late else ""
    return (f"{counted(len(table), 'waiver')} on record{told}.",)


def _signals(table: pd.DataFrame) -> Sentences:
    """The signals in full, then what was looked at without one, and how to read so many looks."""
    if table.empty:
        return ("There is nothing to test yet.",)
    told = {answer: table[table["signal"].eq(answer).to_numpy(dtype=bool)] for answer in LOOKED}
    quiet = [
        f"{start}: {'; '.join(told[answer]['question'])}."
        for answer, start in LOOKED.items()
        if start and len(told[answer])
    ]
    found = tuple(told["yes"]["found"]) or ("No test found a signal.",)
    looks = len(table) - len(told["too few"])
    warned = f"{counted(looks, 'question')} could be tested; {MANY_LOOKS}"
    return (*found, *quiet, *([warned] if looks > 1 else []))


def _restatements(table: pd.DataFrame) -> Sentences:
    if "reason" not in table:
        return ("There is no report of the period before to compare with.",)
    if table.empty:
        return ("No figure of the earlier report would be another one today.",)
    reason = table["reason"].dropna().drop_duplicates().head(1).map(plain)
    why = f" What is known to have changed: {reason.iloc[0]}." if len(reason) else ""
    tables = table["table"].nunique()
    return (
        f"{counted(len(table), 'cell')} of {counted(tables, 'table')} of the earlier report would "
        f"be another one today.{why}",
    )


def _compared(table: pd.DataFrame) -> Sentences:
    """The changes of attainment that can be compared, one after the other."""
    rows = table[table["reading"].notna().to_numpy(dtype=bool)]
    if rows.empty:
        return ("There is no period before with promises to compare with.",)
    if len(rows) > MAXIMUM_GROUPS:
        return ()
    told = [
        f"{group} {100 * row['attainment_change']:+.0f} points "
        f"({100 * row['change_low']:+.0f} to {100 * row['change_high']:+.0f}), {row['reading']}"
        for group, (_, row) in zip(
            group_names(rows, str(rows.columns[1])), rows.iterrows(), strict=True
        )
    ]
    return (f"Change of promises kept, with its 95% interval: {'; '.join(told)}.",)


RECORDS: Final[Said] = {
    "commitments": _commitments,
    "compared": _compared,
    "next_inputs": _next_inputs,
    "restatements": _restatements,
    "signals": _signals,
    "waivers": _waivers,
}
