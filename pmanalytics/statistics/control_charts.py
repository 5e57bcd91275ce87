"""Control charts: is a figure that moves from month to month more than noise?

A chart has a centre and limits that hold nearly all points of a process that does not change. Time
runs along the last axis, so one call draws the charts of many groups. Missing points are passed
over: "in a row" means in a row among the points that are known.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "ENOUGH_POINTS",
    "FEWEST_POINTS",
    "Chart",
    "MovingRange",
    "clipped_to_shares",
    "individuals_chart",
    "laney_chart",
    "moving_range",
    "p_chart",
    "signals",
    "u_chart",
]

Numbers = NDArray[np.float64]

# Limits from fewer points raise too many false alarms: 5.6 % a point after 5, 1.9 % after 12.
FEWEST_POINTS: Final = 6
ENOUGH_POINTS: Final = 12

SPREAD_OF_TWO: Final = 1.128  # the mean range of two draws, in standard deviations (d2)
RANGE_LIMIT: Final = 3.267  # D4 for ranges of two
RUN: Final = 8
# The mean of equal shares may miss them by a rounding error, which is on neither side of it.
ROUNDING: Final = 1e-9


class Chart(NamedTuple):
    """The centre of a chart and its limits, one of each for every point; not clipped."""

    centre: Numbers
    lower: Numbers
    upper: Numbers


class MovingRange(NamedTuple):
    """The mean range between neighbouring points, and the limit above which a range is unusual."""

    mean: Numbers
    limit: Numbers


def individuals_chart(values: ArrayLike, *, fewest: int = FEWEST_POINTS) -> Chart:
    """The chart of single values, with limits from their moving range (XmR).

    Centre is the mean, limits lie 3 / 1.128 mean moving ranges from it. With fewer than `fewest`
    known points all three are NaN; limits from fewer than 12 points are provisional. Formula:
    NIST/SEMATECH handbook 6.3.2.2; Wheeler's factor 2.66 is the same, rounded.

    Examples:
        >>> chart = individuals_chart([4, 5, 4, 6, 5, 6])
        >>> f"{chart.centre[0]:.2f} {chart.lower[0]:.2f} {chart.upper[0]:.2f}"
        '5.00 1.81 8.19'
    """
    x = _numbers(values)
    known = np.isfinite(x)
    points = known.sum(axis=-1, keepdims=True)
    size = np.where(points >= max(fewest, 1), points, np.nan)
    centre = np.where(known, x, 0.0).sum(axis=-1, keepdims=True) / size
    half = 3 / SPREAD_OF_TWO * moving_range(x).mean[..., np.newaxis]
    return Chart(*(np.broadcast_to(part, x.shape) for part in _around(centre, half)))


def moving_range(values: ArrayLike) -> MovingRange:
    """The mean range between neighbouring points, with its upper limit (URL).

    NaN with fewer than two known points. The limit is 3.267 times the mean (D4 of the NIST
    handbook).

    Examples:
        >>> found = moving_range([4, 5, np.nan, 4, 6])
        >>> f"{found.mean:.3f} {found.limit:.3f}"
        '1.333 4.356'
    """
    x, _ = _known_first(_numbers(values))
    ranges = np.abs(np.diff(x, axis=-1))
    known = np.isfinite(ranges)
    count = known.sum(axis=-1)
    mean = np.where(known, ranges, 0.0).sum(axis=-1) / np.where(count > 0, count, np.nan)
    return MovingRange(mean, RANGE_LIMIT * mean)


def p_chart(successes: ArrayLike, n: ArrayLike) -> Chart:
    """The chart of shares, with limits from each point's own n.

    Centre is the pooled share, limits lie 3 binomial standard errors from it and are NaN where n
    is 0. It assumes that items are independent; `laney_chart` does not. Formula: NIST/SEMATECH
    handbook 6.3.3.2.

    Examples:
        >>> p_chart([9, 16], [10, 20]).upper.round(3).tolist()
        [1.187, 1.083]
    """
    x, size = np.broadcast_arrays(_numbers(successes), _numbers(n))
    centre, error = _pooled(x, size)
    return Chart(*_around(centre, 3 * error))


def laney_chart(successes: ArrayLike, n: ArrayLike) -> Chart:
    """The chart of shares that vary more, or less, than independent items would (Laney p').

    As `p_chart`, the limits multiplied by the spread of the standardised shares: their mean moving
    range / 1.128. NaN with fewer than two known points. Formula: Laney 2002, Quality Engineering
    14:531.

    Examples:
        >>> chart = laney_chart([60, 90, 50, 80], [100] * 4)
        >>> chart.lower.round(3).tolist() == [chart.lower[0].round(3)] * 4
        True
    """
    x, size = np.broadcast_arrays(_numbers(successes), _numbers(n))
    centre, error = _pooled(x, size)
    share = x / np.where(size > 0, size, np.nan)
    standardised = (share - centre) / np.where(error > 0, error, np.nan)
    spread = moving_range(standardised).mean[..., np.newaxis] / SPREAD_OF_TWO
    return Chart(*_around(centre, 3 * error * spread))


def u_chart(counts: ArrayLike, exposure: ArrayLike) -> Chart:
    """The chart of counts per exposure, such as incidents per service and month.

    Centre is the pooled rate, limits lie 3 Poisson standard errors from it, not below 0, and
    are NaN without exposure. Formula: NIST/SEMATECH handbook 6.3.3.1.

    Examples:
        >>> chart = u_chart([4, 9], [2, 3])
        >>> chart.centre.round(2).tolist(), chart.lower.tolist()
        ([2.6, 2.6], [0.0, 0.0])
    """
    x, size = np.broadcast_arrays(_numbers(counts), _numbers(exposure))
    size = np.where(size > 0, size, np.nan)
    known = np.isfinite(x / size)
    total = np.where(known, size, 0.0).sum(axis=-1, keepdims=True)
    rate = np.where(known, x, 0.0).sum(axis=-1, keepdims=True) / np.where(total > 0, total, np.nan)
    centre, lower, upper = _around(rate, 3 * np.sqrt(rate / size))
    return Chart(centre, np.maximum(lower, 0.0), upper)


def clipped_to_shares(chart: Chart) -> Chart:
    """The chart with limits no share can cross, 0 and 1, for showing; signals need it unclipped.

    Examples:
        >>> clipped_to_shares(p_chart([9, 16], [10, 20])).upper.tolist()
        [1.0, 1.0]
    """
    return Chart(*(np.clip(part, 0.0, 1.0) for part in chart))


def signals(values: ArrayLike, chart: Chart) -> NDArray[np.str_]:
    """What each point says: a word where it is no noise, an empty text elsewhere.

    The words, strongest first: `high` and `low` for a point outside the limits; `run_high` and
    `run_low` for the eighth and every further point in a row on one side of the centre; `near_high`
    and `near_low` for the third of four points in a row, and every further one, that is nearer to
    the limit than to the centre. A point gets the word when its rule is fulfilled, so that later
    points do not change what an earlier one said. Takes an unclipped chart. Rules: Wheeler,
    Understanding Variation.

    Examples:
        >>> flat = np.array([5.0, 4, 6, 5, 4, 6, 5, 12])
        >>> signals(flat, Chart(*np.array([5.0, 1.0, 9.0]))).tolist()[-2:]
        ['', 'high']
    """
    x, order = _known_first(_numbers(values))
    centre, lower, upper = (
        np.take_along_axis(np.broadcast_to(part, x.shape), order, axis=-1) for part in chart
    )
    slack = ROUNDING * np.abs(centre)
    sides = {
        "high": tuple(x > limit + slack for limit in (upper, centre, (centre + upper) / 2)),
        "low": tuple(x < limit - slack for limit in (lower, centre, (centre + lower) / 2)),
    }
    tests = {word: outside for word, (outside, _, _) in sides.items()}
    tests |= {f"run_{word}": _of_last(side, RUN, RUN) for word, (_, side, _) in sides.items()}
    tests |= {f"near_{word}": near & _of_last(near, 4, 3) for word, (_, _, near) in sides.items()}
    words = np.select(list(tests.values()), list(tests), default="")
    told = np.empty_like(words)
    np.put_along_axis(told, order, words, axis=-1)
    return told


def _of_last(hits: NDArray[np.bool_], window: int, needed: int) -> NDArray[np.bool_]:
    """Whether so many of the last points, each point included, are hits."""
    total = np.cumsum(hits, axis=-1)
    before = np.zeros_like(total)
    before[..., window:] = total[..., :-window]
    return np.asarray(total - before >= needed)


def _known_first(x: Numbers) -> tuple[Numbers, NDArray[np.intp]]:
    """The values with the missing ones moved to the end, and the order that does it."""
    order = np.argsort(~np.isfinite(x), axis=-1, kind="stable")
    return np.take_along_axis(x, order, axis=-1), order


def _pooled(x: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    """The pooled share, and the standard error of each point around it."""
    size = np.where(n > 0, n, np.nan)
    known = np.isfinite(x / size)
    total = np.where(known, size, 0.0).sum(axis=-1, keepdims=True)
    share = np.where(known, x, 0.0).sum(axis=-1, keepdims=True) / np.where(total > 0, total, np.nan)
    return share, np.sqrt(share * (1 - share) / size)


def _around(centre: Numbers, half: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    return np.broadcast_to(centre, np.shape(centre - half)), centre - half, centre + half


def _numbers(values: ArrayLike) -> Numbers:
    return np.atleast_1d(np.asarray(values, dtype=np.float64))
