"""Recurrent events: how many a unit has had on average by some time, when it can have several.

A count per unit is wrong when units are watched for different times; the mean cumulative function
counts at each moment only the units under observation. Events of one unit depend on each other, so
the variance is taken between units, and needs no assumption about how they come.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmanalytics.statistics.proportions import Z_95

__all__ = ["MeanCumulative", "mean_cumulative_function"]

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MeanCumulative:
    """The mean number of events per unit by time, one row per time that has an event.

    `at_risk` counts the units under observation at that time, `events` what happened then. The
    limits are at 95 %; they and the standard error are NaN while fewer than two units were seen.
    """

    time: Numbers
    at_risk: Counts
    events: Counts
    value: Numbers
    standard_error: Numbers
    low: Numbers
    high: Numbers


def mean_cumulative_function(
    unit: ArrayLike, time: ArrayLike, *, end: ArrayLike, start: ArrayLike | None = None
) -> MeanCumulative:
    """The mean number of events per unit by time, with robust limits.

    Takes one entry per event, `unit` (its position in `end`) and `time`, and one entry per unit,
    the times between which it was observed: a unit is at risk at t when start < t <= end; without
    `start`, all are observed from ever. An event outside of its unit's observation does not count;
    two events of one unit at once are one jump of 2. Raises ValueError for a unit that is not there
    or for missing times.

    Value: Nelson 1988. Variance: Lawless and Nadeau 1995, the sum over units of the squared sum of
    Y/n (dN - d/n). Limits: value * exp(+-z * error / value). The cost grows with the number of
    events and units, not with their product.

    Examples:
        >>> found = mean_cumulative_function([0, 0, 1], [3, 5, 5], end=[9, 8, 4])
        >>> found.time.tolist(), found.at_risk.tolist(), found.value.round(3).tolist()
        ([3.0, 5.0], [3, 2], [0.333, 1.333])
    """
    begin, end = _observation(start, end)
    who, when = _events(unit, time, begin, end)
    grid, place = np.unique(when, return_inverse=True)
    events = np.bincount(place, minlength=grid.size).astype(np.int64)
    began, over = np.searchsorted(np.sort(begin), grid), np.searchsorted(np.sort(end), grid)
    at_risk = (began - over).astype(np.int64)
    value = np.cumsum(events / at_risk)
    variance = _variance(who, place, grid, events / at_risk, at_risk, begin, end)
    error = np.where(began > 1, np.sqrt(variance), np.nan)
    factor = np.exp(Z_95 * error / np.where(value > 0, value, 1.0))
    return MeanCumulative(grid, at_risk, events, value, error, value / factor, value * factor)


def _observation(start: ArrayLike | None, end: ArrayLike) -> tuple[Numbers, Numbers]:
    until = np.atleast_1d(np.asarray(end, dtype=np.float64))
    begin = np.asarray(-np.inf if start is None else start, dtype=np.float64)
    if np.any(np.isnan(begin)) or np.any(np.isnan(until)):
        raise ValueError("Every unit needs the times between which it was observed; none is NaN.")
    # One that ends before it begins was never at risk; two equal times keep it out.
    return np.minimum(begin, until), until


def _events(
    unit: ArrayLike, time: ArrayLike, start: Numbers, end: Numbers
) -> tuple[Counts, Numbers]:
    who = np.asarray(unit, dtype=np.int64).ravel()
    when = np.asarray(time, dtype=np.float64).ravel()
    if who.shape != when.shape or np.any((who < 0) | (who >= end.size)) or np.any(np.isnan(when)):
        raise ValueError("Every event needs a time and the position of a unit that has an end.")
    seen = (when > start[who]) & (when <= end[who])
    return who[seen], when[seen]


def _variance(
    who: Counts,
    place: Counts,
    grid: Numbers,
    jump: Numbers,
    at_risk: Counts,
    start: Numbers,
    end: Numbers,
) -> Numbers:
    """The sum over units of the squared deviation of each from the mean, by time.

    A unit under observation deviates by own - common: the jumps of its own events, and the running
    sum of jump / n that all share. What is left of the square is two running sums over the units
    in view; a unit that has left keeps the deviation that it left with.
    """
    common = np.concatenate([[0.0], np.cumsum(jump / at_risk)])
    came, left = (np.searchsorted(grid, moment, side="right") for moment in (start, end))
    order = np.lexsort((place, who))
    who, place = who[order], place[order]
    step = 1.0 / at_risk[place]
    run = np.cumsum(step)
    first = np.searchsorted(who, who)
    after = run - (run[first] - step[first]) + common[came[who]]
    before = after - step
    last = common[came]
    np.add.at(last, who, step)

    def running(places: list[Counts], changes: list[Numbers]) -> Numbers:
        total = np.zeros(grid.size + 1)
        np.add.at(total, np.concatenate(places), np.concatenate(changes))
        return np.cumsum(total)[: grid.size]

    moments = [came, place, left]
    sums = running(moments, [common[came], step, -last])
    squares = running(moments, [common[came] ** 2, after**2 - before**2, -(last**2)])
    gone = running([left], [(last - common[left]) ** 2])
    shared = common[1:]
    return np.maximum(squares - 2 * shared * sums + at_risk * shared**2 + gone, 0.0)
