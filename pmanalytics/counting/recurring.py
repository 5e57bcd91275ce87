"""Recurrence counted apart: which incidents return, service by service and part by part.

Incidents are few and known whole, the pairs of one cause are found service by service, and only
what items say of incidents is counted part by part: which of them one ticket names, and what was
open when one returned.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.counting.parts import Whole
from pmanalytics.counting.questions import NOTHING, Asked, Question, Task, judged_part
from pmanalytics.metrics.additive import COUNT, Counts
from pmanalytics.metrics.pairing import (
    CURVE_DAYS,
    WINDOW_DAYS,
    all_pairs,
    days_to_return,
    denied_places,
    shared_tickets,
)
from pmanalytics.metrics.recurrence import list_repeats, open_before, owed_with
from pmanalytics.metrics.returning import rates_of_return
from pmanalytics.metrics.same_cause import Places, first_after, latest_before, tagged
from pmanalytics.store.parts import Selection

__all__ = ["RECURRENCE", "neighbours", "recurrence_tables"]

RECURRENCE: Final = ("repeats", "repeat_rate")

# Adds up the counts that a task gives for all parts, as `nothing` has them for no items.
Add = Callable[[Task, Mapping[str, Counts]], Mapping[str, Counts]]
# Finds the neighbours of all services, from the tags of all incidents and the denied pairs.
Alike = Callable[[pd.DataFrame, Places], pd.DataFrame]


def recurrence_tables(asked: Asked, *, add: Add, alike: Alike) -> dict[str, pd.DataFrame]:
    """The tables of `repeats` and `repeat_rate`."""
    snapshot, by = asked.unasked, list(asked.question.by)
    near = alike(tagged(snapshot.incidents), denied_places(snapshot))
    latest, first = near[~near["first"]], near[near["first"]]
    known = {"question": asked.question, "derived": asked.kin.derived}
    named = _added(asked, add, partial(_named_together, **known))
    pairs = all_pairs(
        snapshot,
        alike=(latest["later"].to_numpy(), latest["earlier"].to_numpy()),
        tickets=named.drop(columns=COUNT),
    )
    first_days = (first["earlier"].to_numpy(), first["days"].to_numpy())
    days = days_to_return(snapshot, pairs, alike=first_days)
    owed = _added(asked, add, partial(_owed, pairs=pairs, **known))
    return {
        "repeats": list_repeats(snapshot, pairs, owed, by=by),
        "repeat_rate": rates_of_return(snapshot, days, by=by),
    }


def neighbours(tags: pd.DataFrame, *, denied: Places) -> pd.DataFrame:
    """The incidents of one service that are neighbours by a cause they share.

    Takes the tags of a service and returns places: earlier and later, the days between, and
    whether it is the first return of the earlier one, or the latest one before the later one.
    """
    later, earlier = latest_before(tags, within=WINDOW_DAYS)
    latest = pd.DataFrame({"first": False, "earlier": earlier, "later": later, "days": 0})
    earlier, later, days = first_after(tags, within=CURVE_DAYS, denied=denied)
    first = pd.DataFrame({"first": True, "earlier": earlier, "later": later, "days": days})
    types = {"first": "bool", "earlier": "int64", "later": "int64", "days": "int64"}
    return pd.concat([latest.astype(types), first.astype(types)], ignore_index=True)


def _added(asked: Asked, add: Add, task: Task) -> pd.DataFrame:
    return add(task, task(asked.whole, NOTHING))["recurrence"]["sum"]


def _named_together(
    whole: Whole, part: Selection, *, question: Question, derived: pd.DataFrame
) -> dict[str, Counts]:
    """The incidents that one ticket of a part names together."""
    named = shared_tickets(judged_part(whole, part, question=question, derived=derived))
    return {"recurrence": {"sum": named.assign(**{COUNT: np.int64(1)})}}


def _owed(
    whole: Whole, part: Selection, *, pairs: pd.DataFrame, question: Question, derived: pd.DataFrame
) -> dict[str, Counts]:
    """What was open of a part when incidents returned."""
    judged = judged_part(whole, part, question=question, derived=derived)
    return {"recurrence": {"sum": open_before(owed_with(pairs, judged))}}
