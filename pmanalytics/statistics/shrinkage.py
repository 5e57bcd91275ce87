"""Shrinkage: many shares or means seen together, each drawn towards the common one.

For analysts. A figure of few items lies far from the others mostly by chance, so what all have in
common is a better guess for it. The shrunk figures are better numbers and no better ranks: the
worst one is found no more often than before. They have no intervals, which would look surer than
they are.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

__all__ = ["ShrunkMeans", "ShrunkShares", "james_stein", "shrink_shares"]

Numbers = NDArray[np.float64]

# From this a + b on the groups differ no more than chance makes them.
ALIKE: Final = 1e4
# The search goes beyond that line, so that its edge is not taken for a maximum.
SMALLEST, LARGEST = 1e-6, 1e6
STARTS: Final = (2.0, 200.0)


class ShrunkShares(NamedTuple):
    """Shares drawn towards what the groups have in common.

    `a` and `b` describe how the true shares are spread: a beta distribution with mean a / (a + b).
    They are NaN when no difference between the groups can be detected (`different` is False); every
    share is then the pooled one.
    """

    share: Numbers
    a: float
    b: float
    pooled: float
    log_likelihood: float
    different: bool


class ShrunkMeans(NamedTuple):
    """Means drawn towards their centre; `factor` is what is left of each distance from it."""

    mean: Numbers
    centre: float
    factor: float


def shrink_shares(successes: ArrayLike, n: ArrayLike) -> ShrunkShares:
    """Shares of several groups, shrunk by the beta-binomial model.

    Takes one entry per group. A group of size 0 gets the common share. When a + b exceeds 10,000,
    no difference between the groups can be detected. Raises ValueError where successes are missing,
    below 0 or above n. Formula: a and b maximise sum[ln B(x + a, n - x + b) - ln B(a, b)], and the
    shrunk share is (x + a) / (n + a + b); Griffiths 1973.

    Examples:
        >>> found = shrink_shares([0, 10, 18, 20], [20, 20, 20, 20])
        >>> found.share.round(2).tolist(), found.different
        ([0.01, 0.5, 0.89, 0.99], True)
        >>> shrink_shares([5, 5, 5], [10, 10, 10]).different
        False
    """
    x, size = np.broadcast_arrays(
        np.atleast_1d(np.asarray(successes, dtype=np.float64)), np.asarray(n, dtype=np.float64)
    )
    if not np.all((x >= 0) & (x <= size)):
        raise ValueError("Successes must lie between 0 and n, and none may be missing.")
    total = size.sum()
    pooled = float(x.sum() / total) if total else np.nan
    mean, strength, fit = _most_likely(x[size > 0], size[size > 0], pooled)
    if not strength <= ALIKE:
        return ShrunkShares(np.full(x.shape, pooled), np.nan, np.nan, pooled, fit, different=False)
    a, b = mean * strength, (1 - mean) * strength
    return ShrunkShares((x + a) / (size + strength), a, b, pooled, fit, different=True)


def james_stein(means: ArrayLike, variance: ArrayLike) -> ShrunkMeans:
    """Means of several groups, shrunk towards their average.

    Takes one mean per group, and the variance that one such mean has by chance, the same for all.
    Three groups or fewer stay as they are. Raises ValueError for what is missing and for a variance
    below 0. Formula: factor = 1 - (k - 3) variance / sum (y - mean(y))^2, not below 0; Efron and
    Morris 1977.

    Examples:
        >>> found = james_stein([1, 2, 3, 4, 10], 2.0)
        >>> round(found.factor, 2), found.mean.round(2).tolist()
        (0.92, [1.24, 2.16, 3.08, 4.0, 9.52])
    """
    y, noise = np.atleast_1d(np.asarray(means, dtype=np.float64)), float(np.asarray(variance))
    if not (np.all(np.isfinite(y)) and noise >= 0):
        raise ValueError("Means must be numbers, and their variance a number of 0 or more.")
    if y.size == 0:
        return ShrunkMeans(y, np.nan, np.nan)
    centre = y.mean()
    spread = np.sum((y - centre) ** 2)
    surplus = max(y.size - 3, 0) * noise
    factor = max(0.0, 1 - surplus / spread) if spread > 0 else 1.0
    return ShrunkMeans(centre + factor * (y - centre), float(centre), float(factor))


def _most_likely(x: Numbers, size: Numbers, pooled: float) -> tuple[float, float, float]:
    """The mean and a + b of the most likely beta distribution, and the log-likelihood there."""
    if not 0 < pooled < 1:  # of nothing, none or all: nothing can differ
        return pooled, np.inf, 0.0 if pooled in {0, 1} else np.nan

    from scipy import optimize

    edges = ((-20.0, 20.0), (np.log(SMALLEST), np.log(LARGEST)))
    tries = [
        optimize.minimize(
            _unlikely, [special.logit(pooled), np.log(start)], (x, size), jac=True, bounds=edges
        )
        for start in STARTS
    ]
    best = min(tries, key=lambda found: found.fun)
    return float(special.expit(best.x[0])), float(np.exp(best.x[1])), -float(best.fun)


def _unlikely(place: Numbers, x: Numbers, size: Numbers) -> tuple[float, Numbers]:
    """The negative log-likelihood at a logit mean and a log a + b, and its slopes there."""
    mean, strength = special.expit(place[0]), np.exp(place[1])
    a, b = mean * strength, (1 - mean) * strength
    fit = np.sum(special.betaln(x + a, size - x + b) - special.betaln(a, b))
    together = np.sum(special.psi(strength) - special.psi(size + strength))
    by_a = np.sum(special.psi(x + a) - special.psi(a)) + together
    by_b = np.sum(special.psi(size - x + b) - special.psi(b)) + together
    return -float(fit), -np.array([(by_a - by_b) * a * (1 - mean), by_a * a + by_b * b])
