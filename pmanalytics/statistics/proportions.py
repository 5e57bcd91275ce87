"""Proportions: how sure one can be of k out of n, also when the n share a fate in clusters.

Score intervals throughout, because the textbook interval (share plus or minus two standard errors)
is nothing wide at 0 of n and leaves the range at 1 of n. Arrays of any shape go in and come out;
single numbers are arrays without dimensions.
"""

from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "DesignEffect",
    "Difference",
    "Interval",
    "cluster_wilson",
    "design_effect",
    "design_effect_from_sums",
    "hybrid_difference",
    "newcombe_difference",
    "wilson",
]

Numbers = NDArray[np.float64]

Z_95: Final = NormalDist().inv_cdf(0.975)

# Successes may exceed n by this share of n: share times effective n rounds upwards now and then.
ROUNDING: Final = 1e-9


class Interval(NamedTuple):
    """The lower and the upper limit of an interval at 95 %."""

    low: Numbers
    high: Numbers


class Difference(NamedTuple):
    """A difference of two shares with its limits at 95 %."""

    difference: Numbers
    low: Numbers
    high: Numbers


class DesignEffect(NamedTuple):
    """How much less n items in clusters tell than n independent items.

    `icc` is the correlation within clusters (missing where it cannot be estimated), `deff` the
    factor by which the variance of a share grows, `n_eff` the number of independent items that
    would tell as much: n / deff.
    """

    icc: Numbers
    deff: Numbers
    n_eff: Numbers


def wilson(successes: ArrayLike, n: ArrayLike) -> Interval:
    """The score interval of a share at 95 %.

    Takes arrays that broadcast; n may be fractional, as an effective number is. Where n is 0 or
    anything is missing, both limits are NaN. Raises ValueError where successes are below 0 or
    above n. Formula: Wilson 1927.

    Examples:
        >>> low, high = wilson([0, 1, 0], [20, 29, 0])
        >>> low.round(3).tolist(), high.round(3).tolist()
        ([0.0, 0.006, nan], [0.161, 0.172, nan])
    """
    x, size = np.broadcast_arrays(_numbers(successes), _numbers(n))
    if np.any(x < 0) or np.any(x > size * (1 + ROUNDING)):
        raise ValueError("Successes must lie between 0 and n; check which counts were divided.")
    size = np.where(size > 0, size, np.nan)
    share = np.minimum(x / size, 1.0)
    spread = Z_95**2 / size
    centre = share + spread / 2
    half = Z_95 * np.sqrt(share * (1 - share) / size + spread / (4 * size))
    # Beyond rounding, the limits of none and of all are exactly 0 and 1.
    low = np.where(share == 0, 0.0, (centre - half) / (1 + spread))
    high = np.where(share == 1, 1.0, (centre + half) / (1 + spread))
    return Interval(low, high)


def design_effect(successes: ArrayLike, sizes: ArrayLike) -> DesignEffect:
    """How much clusters weaken a share, from successes and sizes per cluster.

    Takes two arrays of one entry per cluster; clusters of size 0 do not count. With fewer than two
    clusters, with one item in each, or with all or no successes, the correlation cannot be
    estimated: deff is then 1. Raises ValueError where successes are below 0 or above the size.
    Formula: the ANOVA estimator of the intraclass correlation, see `design_effect_from_sums`.

    Examples:
        >>> effect = design_effect([5, 5, 5, 4, 4, 3, 2, 2], [5] * 8)
        >>> f"{effect.icc:.3f} {effect.deff:.3f} {effect.n_eff:.2f}"
        '0.170 1.679 23.83'
    """
    x, size = (part.ravel() for part in np.broadcast_arrays(*map(_numbers, (successes, sizes))))
    if np.any(x < 0) or np.any(x > size):
        raise ValueError("Successes must lie between 0 and the size of their cluster.")
    x, size = x[size > 0], size[size > 0]
    return design_effect_from_sums(
        size.size, size.sum(), (size**2).sum(), x.sum(), (x**2 / size).sum()
    )


def design_effect_from_sums(
    clusters: ArrayLike,
    n: ArrayLike,
    squared_sizes: ArrayLike,
    successes: ArrayLike,
    squared_successes_by_size: ArrayLike,
) -> DesignEffect:
    """How much clusters weaken a share, from sums over the clusters of each group.

    For clusters i of m_i items and x_i successes the sums are, per group: the number of clusters
    of at least one item, the sums of m_i, of m_i^2, of x_i and of x_i^2 / m_i. They add up over
    parts of the data as long as no cluster is split between parts. Takes arrays of one entry per
    group; deff is 1 where the correlation cannot be estimated. Formula: deff = 1 + (m0 - 1)
    max(0, icc), icc = (MSB - MSW) / (MSB + (m0 - 1) MSW), m0 = (n - sum m_i^2 / n) / (k - 1).

    Examples:
        >>> effect = design_effect_from_sums([8, 1], [40, 5], [200, 25], [30, 3], [24.8, 1.8])
        >>> effect.deff.round(3).tolist(), effect.n_eff.round(2).tolist()
        ([1.679, 1.0], [23.83, 5.0])
    """
    k, size, squares, x, within = np.broadcast_arrays(
        *map(_numbers, (clusters, n, squared_sizes, successes, squared_successes_by_size))
    )
    estimable = (k >= 2) & (size > k)
    # Stand-ins keep the division quiet where the answer is thrown away.
    k_, size_ = np.where(estimable, k, 2.0), np.where(estimable, size, 3.0)
    between_mean_square = np.maximum(within - x**2 / size_, 0.0) / (k_ - 1)
    within_mean_square = np.maximum(x - within, 0.0) / (size_ - k_)
    typical_size = (size_ - squares / size_) / (k_ - 1)
    total = between_mean_square + (typical_size - 1) * within_mean_square
    estimable = estimable & (total > ROUNDING * size_ / k_)
    correlation = (between_mean_square - within_mean_square) / np.where(estimable, total, 1.0)
    icc = np.where(estimable, correlation, np.nan)
    deff = np.where(estimable, 1 + (typical_size - 1) * np.maximum(correlation, 0.0), 1.0)
    return DesignEffect(icc, deff, size / deff)


def cluster_wilson(successes: ArrayLike, sizes: ArrayLike) -> Interval:
    """The score interval of a share whose items come in clusters, at 95 %.

    Takes successes and sizes, one entry per cluster, and returns Wilson's interval on the
    effective number of items. Raises ValueError where successes are below 0 or above the size.

    Examples:
        >>> low, high = cluster_wilson([5, 5, 5, 4, 4, 3, 2, 2], [5] * 8)
        >>> f"{low:.3f} {high:.3f}"
        '0.550 0.880'
    """
    x, size = np.broadcast_arrays(_numbers(successes), _numbers(sizes))
    effect = design_effect(x, size)
    return wilson(x.sum() / effect.deff, effect.n_eff)


def newcombe_difference(
    successes: ArrayLike, n: ArrayLike, other_successes: ArrayLike, other_n: ArrayLike
) -> Difference:
    """The difference of two independent shares, the first minus the other, at 95 %.

    Takes arrays that broadcast. NaN where either n is 0. Raises ValueError as `wilson` does.
    Formula: Newcombe 1998, Statistics in Medicine 17:873, method 10 (hybrid score interval).

    Examples:
        >>> found = newcombe_difference(56, 70, 48, 80)
        >>> f"{found.difference:.2f} {found.low:.4f} {found.high:.4f}"
        '0.20 0.0524 0.3339'
    """
    other_limits = wilson(other_successes, other_n)
    return hybrid_difference(
        _share(successes, n),
        wilson(successes, n),
        _share(other_successes, other_n),
        other_limits,
    )


def hybrid_difference(
    share: ArrayLike,
    limits: tuple[ArrayLike, ArrayLike],
    other: ArrayLike,
    other_limits: tuple[ArrayLike, ArrayLike],
) -> Difference:
    """The difference of two independent shares from their own limits, at the level of these.

    Takes arrays that broadcast: each share, and its lower and upper limit, by whatever method they
    were found; so the limits may be those of clustered items. NaN where anything is missing.
    Formula: Newcombe 1998, Statistics in Medicine 17:873, method 10, for any pair of intervals.

    Examples:
        >>> found = hybrid_difference(0.8, wilson(56, 70), 0.6, wilson(48, 80))
        >>> f"{found.difference:.2f} {found.low:.4f} {found.high:.4f}"
        '0.20 0.0524 0.3339'
    """
    one, two = _numbers(share), _numbers(other)
    low, high = map(_numbers, limits)
    other_low, other_high = map(_numbers, other_limits)
    difference = one - two
    down, up = np.hypot(one - low, other_high - two), np.hypot(high - one, two - other_low)
    return Difference(difference, difference - down, difference + up)


def _numbers(values: ArrayLike) -> Numbers:
    return np.asarray(values, dtype=np.float64)


def _share(successes: ArrayLike, n: ArrayLike) -> Numbers:
    size = _numbers(n)
    return np.asarray(_numbers(successes) / np.where(size > 0, size, np.nan))
