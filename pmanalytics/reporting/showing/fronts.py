"""The first screen of a report: its answers in figures, what was decided last, what to decide now.

A notebook shows one front, first of all. Everything on it is also said further down, beside its
table: the front leads there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

import pandas as pd

from pmanalytics import words
from pmanalytics.errors import UsageError
from pmanalytics.reporting.showing.grids import bundle_columns, bundle_rows
from pmanalytics.reporting.showing.media import FRONT_TYPE
from pmanalytics.reporting.showing.sentences import findings

__all__ = ["Answer", "Decision", "Front", "front"]

MOST_DECISIONS = 3


@dataclass(frozen=True)
class Answer:
    """One answer of the first screen: a figure, what it is of, and where the rest stands.

    `label` asks or names ("Sev-1 promises kept"), `figure` is short enough to be set large
    ("6 of 9"), `detail` is one line beneath ("67%, 95% interval 35 to 88%"), `exhibit` is the name
    of the exhibit that the answer leads to. `items` or `incidents` are the ids of what was counted.
    `signal` is True only where a test says that this is more than chance, or a promise is broken.
    """

    label: str
    figure: str
    detail: str = ""
    exhibit: str = ""
    items: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    signal: bool = False


@dataclass(frozen=True)
class Decision:
    """One decision to take now: what to decide, why, and the exhibit that shows it."""

    text: str
    why: str = ""
    exhibit: str = ""


@dataclass(frozen=True, eq=False)
class Front:
    """The first screen of a report.

    `commitments` is a table of what was decided earlier and what came of it, one row each; it may
    have no rows, and then `remark` says so.
    """

    answers: tuple[Answer, ...]
    decisions: tuple[Decision, ...]
    commitments: pd.DataFrame
    remark: str = ""

    def bundle(self) -> dict[str, Any]:
        """What the notebook keeps of the front, as JSON values; of ids, how many there are."""
        return {
            "answers": [_counted(_plain(asdict(answer))) for answer in self.answers],
            "decisions": [_plain(asdict(decision)) for decision in self.decisions],
            "columns": bundle_columns(self.commitments),
            "rows": bundle_rows(self.commitments),
            "remark": words.plain(self.remark),
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        bundle = self.bundle()
        lines = [
            *(f"{one['label']}: {one['figure']}. {one['detail']}" for one in bundle["answers"]),
            *(f"To decide: {one['text']}" for one in bundle["decisions"]),
            bundle["remark"],
        ]
        shown = [line for line in lines if line]
        return {
            FRONT_TYPE: bundle,
            "text/html": "<br>".join(map(escape, shown)),
            "text/plain": "\n".join(shown),
        }


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with control characters and the like taken out of their texts."""
    return {
        name: words.plain(value) if isinstance(value, str) else value
        for name, value in fields.items()
    }


def _counted(answer: Mapping[str, Any]) -> dict[str, Any]:
    # The ids are kept once for the whole page, in what `save_report` returns.
    return {**answer, **{of: len(answer[of]) for of in ("items", "incidents")}}


def front(
    *answers: Answer | Iterable[Answer],
    decisions: Iterable[Decision] = (),
    commitments: pd.DataFrame | None = None,
    remark: str = "",
) -> Front:
    """Put the first screen of a report together.

    `answers` are answers or collections of them, in the order of the screen; `decisions` are at
    most three, the most pressing first; `commitments` is a table of earlier decisions, such as that
    of `last_commitments`; without a `remark` it is said in a sentence what came of them. Raises
    UsageError for more than three decisions.

    Examples:
        >>> front(Answer("Sev-1 promises kept", "6 of 9")).answers[0].figure
        '6 of 9'
    """
    chosen = tuple(decisions)
    if len(chosen) > MOST_DECISIONS:
        raise UsageError(
            f"A front holds at most {MOST_DECISIONS} decisions, and {len(chosen)} were given; "
            "keep the most pressing ones."
        )
    flat = [
        answer
        for given in answers
        for answer in ((given,) if isinstance(given, Answer) else tuple(given))
    ]
    table = pd.DataFrame() if commitments is None else commitments
    said = remark or " ".join(() if commitments is None else findings(table, "commitments"))
    return Front(tuple(flat), chosen, table, said)
