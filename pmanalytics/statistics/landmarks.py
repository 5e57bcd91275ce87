"""Landmarks: what became of those that were still open on a day.

A curve from day 0 says little about an item of day 12, because the quick ones are gone by then.
Here the curve is read from the item's own day on: what is estimated is conditional on still being
open at the end of that day. Many groups are counted, and many days asked for, at once.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmanalytics.statistics.life_tables import DONE, DROPPED, OPEN, Counts

__all__ = ["Fates", "fates_after"]

Numbers = NDArray[np.float64]


class Fates(NamedTuple):
    """What became, by a later day, of those that were still open at the end of a day.

    `followed` counts those that were seen beyond the first day, `known` those of them whose fate
    by the later day is known. The shares done, dropped and still open add up to 1.
    """

    followed: Counts
    known: Counts
    done: Numbers
    dropped: Numbers
    still_open: Numbers


class _Steps(NamedTuple):
    """One row per group and day, in this order; sums are of the rows before, one more than rows."""

    key: Counts
    span: int
    followed: Counts
    censored: Counts
    done: Numbers
    dropped: Numbers
    log_open: Numbers
    emptied: Counts
    in_group: Numbers


def fates_after(
    counted: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    group: ArrayLike,
    day: ArrayLike,
    until: ArrayLike,
) -> Fates:
    """What became by one day of those of a group that were still open at the end of another.

    `counted` is four arrays of one length: group (whole numbers of 0 or more), days from the
    clock to the end or the last sight, outcome (DONE, DROPPED or OPEN) and how many. `group`,
    `day` and `until` ask: of those of the group that were seen beyond `day`, what became by the
    end of `until`? What is last seen open on a day was open on all of it. Shares are NaN where
    nobody was seen beyond the day, or nobody until the later one while some are still open.
    Formula: Aalen and Johansen 1978, from the landmark on: (F(until) - F(day)) / S(day).

    Examples:
        >>> counted = [0] * 5, [1, 5, 7, 9, 20], [DONE, DONE, DROPPED, DONE, OPEN], [1] * 5
        >>> fates = fates_after(counted, [0], [2], [10])
        >>> fates.followed, fates.done.round(2), fates.still_open.round(2)
        (array([4]), array([0.5]), array([0.25]))
    """
    place, first, last = (np.asarray(values, dtype=np.int64) for values in (group, day, until))
    last = np.maximum(first, last)
    steps = _steps(counted, int(last.max(initial=0)))
    start, end = _rows_up_to(steps, place, first), _rows_up_to(steps, place, last)
    whole = _rows_up_to(steps, place, np.full_like(place, steps.span - 1))
    before = _rows_up_to(steps, place, np.maximum(last - 1, first))
    followed = steps.followed[whole] - steps.followed[start]
    lost = steps.censored[before] - steps.censored[start]
    # Beyond the last sight of anybody, only a group in which nobody is left open tells anything.
    told = (followed > 0) & ((end < whole) | _reached(steps, whole, place, last))
    told |= (followed > 0) & (steps.emptied[whole] > steps.emptied[start])
    at_start = np.where(told, steps.in_group[np.minimum(start, len(steps.in_group) - 1)], 0.0)
    done, dropped = (
        np.where(told, (column[end] - column[start]) * np.exp(-at_start), np.nan)
        for column in (steps.done, steps.dropped)
    )
    left = np.exp(steps.log_open[end] - steps.log_open[start])
    left = np.where(steps.emptied[end] > steps.emptied[start], 0.0, left)
    return Fates(followed, followed - lost, done, dropped, np.where(told, left, np.nan))


def _rows_up_to(steps: _Steps, group: Counts, day: Counts) -> Counts:
    return np.searchsorted(steps.key, group * steps.span + day, side="right").astype(np.int64)


def _reached(steps: _Steps, whole: Counts, group: Counts, day: Counts) -> NDArray[np.bool_]:
    """Whether the last day of the group is the day asked for."""
    if not steps.key.size:
        return np.zeros(whole.shape, dtype=bool)
    return steps.key[np.maximum(whole - 1, 0)] == group * steps.span + day


def _steps(counted: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike], longest: int) -> _Steps:
    """Count per group and day, with everything that is read as a difference of running sums."""
    group, day, outcome, weight = (np.asarray(column, dtype=np.int64) for column in counted)
    span = max(int(day.max(initial=0)), longest) + 1
    key, place = np.unique(group * span + day, return_inverse=True)
    done, dropped, censored = (
        np.bincount(place, weights=weight * (outcome == code), minlength=key.size)
        for code in (DONE, DROPPED, OPEN)
    )
    ended = done + dropped
    own = key // span
    before = _before(ended + censored)
    group_end = np.searchsorted(own, own, side="right")
    at_risk = before[group_end] - before[:-1]
    emptied = ended == at_risk
    step = np.log(np.where(emptied, 1.0, 1 - ended / np.maximum(at_risk, 1)))
    log_open = _before(step)
    in_group = log_open[:-1] - log_open[np.searchsorted(own, own, side="left")]
    reach = np.exp(in_group) / np.maximum(at_risk, 1)
    return _Steps(
        key=key,
        span=span,
        followed=before.astype(np.int64),
        censored=_before(censored).astype(np.int64),
        done=_before(reach * done),
        dropped=_before(reach * dropped),
        log_open=log_open,
        emptied=_before(emptied.astype(np.int64)).astype(np.int64),
        in_group=np.append(in_group, 0.0),
    )


def _before(values: ArrayLike) -> Numbers:
    """The sum of all values before each one, and of all of them at the end."""
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
