"""What the next file buys: which questions the data answer, and which input would answer more.

Somebody who begins has a few exports and no idea which gap matters. What mapping a column would
change is tried out, by judging all items again as if it were mapped; where only the new input could
tell, the number is an upper bound and says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

import pandas as pd

from pmanalytics.datasets import Dataset
from pmanalytics.prospects.answers import INCIDENTS, MAPPED, OF_INCIDENTS, QUESTIONS
from pmanalytics.prospects.facts import Answer, Facts, Gain
from pmanalytics.prospects.trials import Trial, trials_of
from pmanalytics.snapshots import Snapshot
from pmanalytics.snapshots import snapshot as taken
from pmanalytics.words import plain

__all__ = ["next_inputs"]

COLUMNS: Final = ("question", "answered", "known", "concerned", "input", "gain", "sentence")
TYPES: Final = {"answered": "bool", "known": "int64", "concerned": "int64", "gain": "int64"}


def next_inputs(data: Dataset, *, snapshot: Snapshot | None = None) -> pd.DataFrame:
    """What the next file buys: which questions the data answer, and which input would answer more.

    The nine questions are those that the metrics answer: attainment (are promises kept), speed,
    backlog (what is owed), ownership (has each open item a team), ownership again (does work live
    only in a document, which is a gap of its own and needs a source of its own), repeats (which
    incidents came back), what was open of them, discoverability and participation. A question is
    answered when it is for at least half of the items or incidents that it is about.

    One row per question and input, the most useful input first, and one row without an input where
    none is missing: question, answered, known (for how many it is answered), concerned (of how
    many), input (what to add), gain (how many more it would answer) and sentence. The as-of date is
    that of the snapshot, else the day of the newest export.

    Examples:
        >>> import pmanalytics as pma
        >>> table = pma.next_inputs(pma.sample())
        >>> table["question"].nunique()
        9
    """
    judged = snapshot.whole if snapshot else _snapshot(data)
    trials = {trial: Facts(trial.data, trial.snapshot) for trial in trials_of(data, judged)}
    facts = _facts(data, judged, trials)
    rows = [
        row
        for question, ask in QUESTIONS.items()
        for row in _rows(question, _with_trials(question, ask(facts), trials), facts)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = dict.fromkeys(("question", "input", "sentence"), "str")
    return table.astype({**TYPES, **texts})


def _facts(data: Dataset, judged: Snapshot, trials: Iterable[Trial]) -> Facts:
    by_column = {trial.column: trial for trial in trials}
    mapped = {column: trial.filled for column, trial in by_column.items()}
    trial = by_column.get("incident_id")
    if trial is None:
        return Facts(data, judged, mapped)
    return Facts(data, judged, mapped, trial.unheld, plain(trial.written))


def _with_trials(question: str, answer: Answer, trials: Mapping[Trial, Facts]) -> Answer:
    """The answer with what each mapping that was tried out would add to it."""
    gains = [
        Gain(
            f"Map `{plain(trial.written)}`",
            QUESTIONS[question](facts).known - answer.known,
            MAPPED[question],
            at_most=not trial.certain,
        )
        for trial, facts in trials.items()
        if question in MAPPED
    ]
    return replace(answer, gains=(*gains, *answer.gains))


def _rows(question: str, answer: Answer, facts: Facts) -> Iterator[tuple[object, ...]]:
    known, concerned = answer.known, answer.concerned
    # Where nothing is open, say, nothing is owed, and that is an answer.
    nothing = not concerned and len(facts.items) > 0 and question not in OF_INCIDENTS
    told = (question, nothing or 0 < concerned <= 2 * known, known, concerned)
    useful = [gain for gain in answer.gains if gain.gain > 0]
    for gain in sorted(useful, key=lambda g: -g.gain):
        yield (*told, gain.input, gain.gain, gain.sentence)
    if not useful and not concerned and question in OF_INCIDENTS:
        yield (*told, INCIDENTS, 0, f"{INCIDENTS}: so far, no incident is known.")
    elif not useful:
        yield (*told, None, 0, None)


def _snapshot(data: Dataset) -> Snapshot:
    """The day of the newest observation, on which every item exists."""
    newest = data.files["observed_at"].max()
    # Where nothing bears a date, the day changes nothing.
    zone = data.settings.timezone
    day = date(2000, 1, 1) if pd.isna(newest) else newest.tz_convert(zone).date()
    return taken(data, as_of=day)
