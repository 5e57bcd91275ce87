"""Exact binomial limits: which of many shares differ from the whole by more than chance?

A league table of equal teams has a first and a last place as well. A funnel asks instead of each
share whether so few, or so many, of its n would be surprising at the rate of the whole.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from pmanalytics.statistics.proportions import Interval

__all__ = [
    "Funnel",
    "binomial_limits",
    "chance_of_change",
    "clopper_pearson",
    "funnel_limits",
    "overdispersion",
]

Numbers = NDArray[np.float64]

WINSORISED: Final = 0.1
# Shares and limits are fractions of one n; what differs by less is equal up to rounding.
ROUNDING: Final = 1e-12


class Funnel(NamedTuple):
    """Limits at 95 % and 99.8 % around the expected share, and what lies outside the latter.

    `phi` says how many times more the shares vary than chance alone would let them; above 1 it has
    widened the limits by its root. `signal` is -1 below the limit at 99.8 %, 1 above it, else 0.
    """

    lower_95: Numbers
    upper_95: Numbers
    lower_998: Numbers
    upper_998: Numbers
    phi: float
    signal: NDArray[np.int64]


def clopper_pearson(successes: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Interval:
    """The exact interval of a share: it covers at least as often as its level says.

    Takes arrays that broadcast. NaN where n is 0 or anything is missing. Raises ValueError where
    successes are below 0 or above n. Formula: Clopper and Pearson 1934, by quantiles of beta
    distributions.

    Examples:
        >>> low, high = clopper_pearson([0, 1], [20, 29])
        >>> low.round(4).tolist(), high.round(4).tolist()
        ([0.0, 0.0009], [0.1684, 0.1776])
    """
    x, size = _counts(successes, n)
    tail = (1 - level) / 2
    # Stand-ins keep the quantiles defined where the limit is 0 or 1 anyway.
    low = special.betaincinv(np.where(x > 0, x, 1), size - x + 1, tail)
    high = special.betaincinv(x + 1, np.where(x < size, size - x, 1), 1 - tail)
    low, high = np.where(x == 0, 0.0, low), np.where(x == size, 1.0, high)
    return Interval(*(np.where(size > 0, limit, np.nan) for limit in (low, high)))


def binomial_limits(n: ArrayLike, share: ArrayLike, *, level: float) -> Interval:
    """The shares of n that are no surprise: those with at least (1 - level) / 2 on either side.

    A share x / n lies below the lower limit exactly when P(X <= x) is smaller than (1 - level) / 2
    at the true share, and above the upper one likewise. NaN where n is 0 or
    the share is missing.

    Examples:
        >>> low, high = binomial_limits([4, 24], 0.75, level=0.998)
        >>> (low * [4, 24]).round().tolist(), high.tolist()
        ([0.0, 11.0], [1.0, 1.0])
    """
    size, rate = np.broadcast_arrays(_numbers(n), _numbers(share))
    size = np.where((size > 0) & np.isfinite(rate), size, np.nan)
    tail = (1 - level) / 2
    lower, fewest_others = _quantile(tail, size, rate), _quantile(tail, size, 1 - rate)
    return Interval(lower / size, (size - fewest_others) / size)


def overdispersion(successes: ArrayLike, n: ArrayLike, share: float) -> float:
    """How many times more shares vary around a common one than chance would let them (phi).

    The mean of z^2 after the outer 10 % of z on each side were drawn in to the quantiles there, so
    that one odd group does not widen the limits of all. NaN without groups, or where the common
    share is 0 or 1. Formula: Spiegelhalter 2005, Statistics in Medicine 24:1185.

    Examples:
        >>> f"{overdispersion([60, 90, 50, 80], [100] * 4, 0.7):.1f}"
        '9.3'
    """
    x, size = _counts(successes, n)
    error = np.sqrt(share * (1 - share) / size)
    z = (x / size - share) / np.where(error > 0, error, np.nan)
    z = z[np.isfinite(z)]
    if not z.size:
        return float("nan")
    drawn_in = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    return float((drawn_in**2).mean())


def funnel_limits(successes: ArrayLike, n: ArrayLike, *, share: float) -> Funnel:
    """Exact limits around a common share for groups of n, and which groups lie outside.

    At 99.8 %, twelve equal groups give a false alarm in one half of a percent of the cases; at
    95 % in 17 %. Where phi (see `overdispersion`) is above 1 the limits are drawn away from the
    share by its root and clipped to 0 and 1. NaN, and no signal, where n is 0. Formula:
    Spiegelhalter 2005, with exact instead of interpolated limits.

    Examples:
        >>> funnel_limits([10, *[18] * 11], [24] * 12, share=0.75).signal[:3].tolist()
        [-1, 0, 0]
    """
    x, size = _counts(successes, n)
    phi = overdispersion(x, size, share)
    wider = np.sqrt(phi) if phi > 1 else 1.0
    usual, wide = (
        Interval(*(np.clip(share + wider * (limit - share), 0.0, 1.0) for limit in limits))
        for limits in (binomial_limits(size, share, level=level) for level in (0.95, 0.998))
    )
    found = x / size
    low, high = found < wide.low - ROUNDING, found > wide.high + ROUNDING
    return Funnel(*usual, *wide, phi, high.astype(np.int64) - low.astype(np.int64))


def chance_of_change(n: int, other_n: int, *, share: float, change: float) -> float:
    """How often two samples of one true share differ by at least so much, by chance alone.

    Exact, over all outcomes of two independent binomials.

    Examples:
        >>> f"{chance_of_change(12, 12, share=0.75, change=0.25):.3f}"
        '0.235'
    """
    one, other = np.arange(n + 1.0), np.arange(other_n + 1.0)
    chance = np.outer(_chances(one, n, share), _chances(other, other_n, share))
    apart = np.abs(one[:, np.newaxis] / n - other / other_n) >= change - ROUNDING
    return float(chance[apart].sum())


def _quantile(tail: float, n: Numbers, share: Numbers) -> Numbers:
    """The smallest x with P(X <= x) of at least the tail."""
    x = np.ceil(special.bdtrik(tail, n, share))
    # Where it is 0, or the share is 0 or 1, the inverse is missing or one too high.
    x = np.where(np.isnan(x), np.where(share == 1, n, 0 * n), x)
    before = np.maximum(x - 1, 0)
    return np.where(_at_most(before, n, share) >= tail, before, x)


def _at_most(x: Numbers, n: Numbers | int, share: Numbers | float) -> Numbers:
    """P(X <= x), as the incomplete beta function gives it for whole and missing n alike."""
    some = x < n
    others = np.where(some, n - x, 1)
    found = special.betainc(others, x + 1, 1 - share)
    return np.where(some | np.isnan(others), found, 1.0)


def _chances(x: Numbers, n: int, share: float) -> Numbers:
    return np.diff(_at_most(x, n, share), prepend=0.0)


def _counts(successes: ArrayLike, n: ArrayLike) -> tuple[Numbers, Numbers]:
    x, size = np.broadcast_arrays(_numbers(successes), _numbers(n))
    if np.any(x < 0) or np.any(x > size):
        raise ValueError("Successes must lie between 0 and n; check which counts were divided.")
    return x, np.where(size > 0, size, np.nan)


def _numbers(values: ArrayLike) -> Numbers:
    return np.asarray(values, dtype=np.float64)
