"""What the tables of decisions, of doubts and of the report itself say."""

from typing import Final

import pandas as pd

from pmanalytics.reporting.sentences.parts import Said, Sentences
from pmanalytics.words import counted

__all__ = ["RECORDS"]

COMMITTED: Final = {
    "kept": "kept",
    "open": "still open",
    "overdue": "past the day that was set",
    "dropped": "dropped",
}


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


RECORDS: Final[Said] = {
    "commitments": _commitments,
    "next_inputs": _next_inputs,
}
