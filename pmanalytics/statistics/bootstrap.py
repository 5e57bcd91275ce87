"""Bootstrap of whole clusters: how sure one can be of any figure of items that share a fate.

Drawing items would take them for independent. Drawing whole clusters (the items of one incident)
with replacement keeps what they share. A drawn cluster counts as often as it was drawn, so that a
figure only has to know weights. It is slow and serves figures that have no formula, and as the test
of those that have one.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmanalytics.statistics.proportions import Interval

__all__ = ["cluster_bootstrap", "cluster_bootstrap_share"]

Numbers = NDArray[np.float64]

DRAWS: Final = 2000
SEED: Final = 20260101
TAILS: Final = (0.025, 0.975)
FEWEST_CLUSTERS: Final = 2
AT_ONCE: Final = 2_000_000  # how many numbers are drawn in one step, for the sake of memory


def cluster_bootstrap(
    cluster: ArrayLike,
    figure: Callable[[NDArray[np.int64]], ArrayLike],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Interval:
    """The interval at 95 % of any figure of items in clusters, by drawing whole clusters.

    Takes the cluster of each item, and a function from whole weights, one per item, to a number or
    an array of numbers. Returns percentiles of the draws; NaN counts as not reached, beyond every
    number. With fewer than two clusters both limits are NaN; below ten they are too narrow, and
    `cluster_wilson` is better. The same seed gives the same limits. Formula: Efron's percentiles;
    Davison and Hinkley 1997, section 3.8.

    Examples:
        >>> met, incident = np.array([1, 1, 0, 1, 0, 0]), [1, 1, 1, 2, 2, 3]
        >>> found = cluster_bootstrap(incident, lambda w: (w * met).sum() / w.sum(), draws=200)
        >>> f"{found.low:.2f} {found.high:.2f}"
        '0.25 0.67'
    """
    _, place = np.unique(np.asarray(cluster), return_inverse=True)
    size = int(place.max()) + 1 if place.size else 0
    if size < FEWEST_CLUSTERS:
        missing = np.full(np.shape(figure(np.ones(place.size, dtype=np.int64))), np.nan)
        return Interval(missing, missing)
    dice = np.random.default_rng(seed)
    drawn = [
        np.asarray(figure(_weights(dice, size, 1)[0][place]), dtype=np.float64)
        for _ in range(draws)
    ]
    return _percentiles(np.array(drawn))


def cluster_bootstrap_share(
    successes: ArrayLike, sizes: ArrayLike, *, draws: int = DRAWS, seed: int = SEED
) -> Interval:
    """The interval at 95 % of a share of items in clusters, by drawing whole clusters.

    Takes successes and sizes, one entry per cluster; as `cluster_bootstrap`, and much faster.
    Raises ValueError where successes are below 0 or above the size.

    Examples:
        >>> low, high = cluster_bootstrap_share([5, 5, 5, 4, 4, 3, 2, 2], [5] * 8)
        >>> f"{low:.3f} {high:.3f}"
        '0.575 0.900'
    """
    x, size = (np.ravel(np.asarray(part, dtype=np.float64)) for part in (successes, sizes))
    if np.any(x < 0) or np.any(x > size):
        raise ValueError("Successes must lie between 0 and the size of their cluster.")
    x, size = x[size > 0], size[size > 0]
    if size.size < FEWEST_CLUSTERS:
        return Interval(np.array(np.nan), np.array(np.nan))
    dice = np.random.default_rng(seed)
    step = max(AT_ONCE // size.size, 1)
    parts = [min(step, draws - done) for done in range(0, draws, step)]
    weights = (_weights(dice, size.size, part) for part in parts)
    return _percentiles(np.concatenate([(w @ x) / (w @ size) for w in weights]))


def _weights(dice: np.random.Generator, clusters: int, draws: int) -> NDArray[np.int64]:
    """How often each cluster is drawn, one row per draw."""
    return dice.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws)


def _percentiles(drawn: Numbers) -> Interval:
    reached = np.where(np.isnan(drawn), np.inf, drawn)
    # A figure that was drawn, not one between two: there is no number between 30 and not reached.
    limits = np.quantile(reached, TAILS, axis=0, method="inverted_cdf")
    return Interval(*np.where(np.isinf(limits), np.nan, limits))
