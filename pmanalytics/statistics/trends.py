"""Trends: do events of one system come more rarely as time goes on, or more often?

For analysts. Times are counted from the start of the observation, ascending and above 0; two events
may share a time. With `end` the observation was over at a fixed time (time-truncated); without one
it was over with the last event (failure-truncated), which then proves nothing and is left out of
the sums. Fewer than 6 events are too few to tell: their figures are NaN.
"""

from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

__all__ = ["PowerLaw", "TrendTest", "laplace_trend", "military_trend", "power_law", "reversals"]

Numbers = NDArray[np.float64]
Verdict = Literal["too few", "improving", "worsening", "no trend"]

FEWEST: Final = 6
LEVEL: Final = 0.05
# Up to so many gaps the chances of reversals are counted out; beyond, the normal curve is as good.
COUNTED_OUT: Final = 60


class TrendTest(NamedTuple):
    """A statistic, and how likely one as extreme is when there is no trend.

    `p_improving` is that chance on the side of ever rarer events, `p_worsening` on the other side.
    The verdict is two-sided at 5 %: `too few`, `improving`, `worsening` or `no trend`.
    """

    events: int
    statistic: float
    p_improving: float
    p_worsening: float
    verdict: Verdict


class PowerLaw(NamedTuple):
    """The power law scale * t^beta of the expected number of events by time t.

    Below a `beta` of 1 events become rarer. `beta_unbiased` is corrected for the small number of
    events, and `verdict` is that of `military_trend`, which tests whether beta is 1.
    """

    events: int
    beta: float
    scale: float
    beta_unbiased: float
    verdict: Verdict


def laplace_trend(times: ArrayLike, end: float | None = None) -> TrendTest:
    """The Laplace test of a trend: do the events lie early or late in the observation?

    The statistic is a standard normal deviate, below 0 when events become rarer. Raises ValueError
    for times that do not ascend within the observation. Formula: U = (mean(t) - T/2) /
    (T sqrt(1/(12 n))); Cox and Lewis 1966.

    Examples:
        >>> test = laplace_trend([1, 2, 4, 8, 16, 32], end=100)
        >>> f"{test.statistic:.2f} {test.verdict}"
        '-3.35 improving'
    """
    moments, last, proving = _observed(times, end)
    if moments.size < FEWEST:
        return _too_few(moments)
    deviate = (proving.mean() / last - 0.5) * np.sqrt(12 * proving.size)
    return _tested(moments, deviate, special.ndtr(deviate), special.ndtr(-deviate))


def military_trend(times: ArrayLike, end: float | None = None) -> TrendTest:
    """The test of MIL-HDBK-189: do the events thin out as a power of time?

    The statistic is 2 sum ln(T/t), chi-squared with two degrees of freedom for each event in the
    sum when there is no trend; large when events become rarer. Raises ValueError for times that do
    not ascend within the observation. Formula: MIL-HDBK-189; NIST/SEMATECH handbook, 8.2.3.4.

    Examples:
        >>> test = military_trend([1, 2, 4, 8, 16, 32], end=100)
        >>> f"{test.statistic:.2f} {test.verdict}"
        '34.47 improving'
    """
    moments, last, proving = _observed(times, end)
    if moments.size < FEWEST:
        return _too_few(moments)
    total = 2 * np.log(last / proving).sum()
    above = special.chdtrc(2 * proving.size, total)
    return _tested(moments, total, above, special.chdtr(2 * proving.size, total))


def power_law(times: ArrayLike, end: float | None = None) -> PowerLaw:
    """The power law that fits the events best, after Crow and AMSAA.

    Raises ValueError for times that do not ascend within the observation. Formula: maximum
    likelihood, beta = n / sum ln(T/t) and scale = n / T^beta; beta_unbiased is beta (n-1)/n with a
    fixed end, and beta (n-2)/n when the last event ends the observation. Crow 1974.

    Examples:
        >>> law = power_law([1, 2, 4, 8, 16, 32], end=100)
        >>> f"{law.beta:.2f} {law.beta_unbiased:.2f}"
        '0.35 0.29'
    """
    moments, last, proving = _observed(times, end)
    test = military_trend(moments, end)
    count = moments.size
    total = np.log(last / proving).sum() if count >= FEWEST else 0.0
    if total == 0:  # too few, or all at the very end
        return PowerLaw(count, np.nan, np.nan, np.nan, test.verdict)
    beta = count / total
    correction = (proving.size - 1) / count
    scale = count / last**beta
    return PowerLaw(count, float(beta), float(scale), float(beta * correction), test.verdict)


def reversals(times: ArrayLike) -> TrendTest:
    """The reverse arrangement test: do the gaps between events grow?

    The statistic counts the pairs of gaps of which the later one is longer; many when events become
    rarer. It assumes nothing of how the gaps are distributed. Gaps of the same length do not count
    as longer. Up to 60 gaps the chances are counted out, beyond they are normal. Raises ValueError
    for times that do not ascend from 0. Formula: NIST/SEMATECH handbook, 8.2.3.4.

    Examples:
        >>> test = reversals([1, 3, 6, 10, 15, 21])
        >>> int(test.statistic), test.verdict
        (15, 'improving')
    """
    moments, _, _ = _observed(times, None)
    if moments.size < FEWEST:
        return _too_few(moments)
    gaps = np.diff(moments, prepend=0.0)
    found = int(np.triu(gaps[:, None] < gaps).sum())
    return _tested(moments, found, *_chances_of_reversals(found, gaps.size))


def _chances_of_reversals(found: int, gaps: int) -> tuple[float, float]:
    """The chance of so many reversals or more, and of so many or fewer, in random order."""
    if gaps > COUNTED_OUT:
        mean, deviation = gaps * (gaps - 1) / 4, np.sqrt(gaps * (gaps - 1) * (2 * gaps + 5) / 72)
        more, fewer = (mean - found + 0.5) / deviation, (found + 0.5 - mean) / deviation
        return float(special.ndtr(more)), float(special.ndtr(fewer))
    chances = np.ones(1)
    for place in range(2, gaps + 1):  # the next gap is longer than any number of those before it
        chances = np.convolve(chances, np.full(place, 1 / place))
    return float(chances[found:].sum()), float(chances[: found + 1].sum())


def _observed(times: ArrayLike, end: float | None) -> tuple[Numbers, float, Numbers]:
    """The times, the end of the observation, and the times that prove something."""
    moments = np.asarray(times, dtype=np.float64).ravel()
    last = float(end if end is not None else moments[-1] if moments.size else 1.0)
    within = np.all((moments > 0) & (moments <= last)) and np.all(np.diff(moments) >= 0)
    if not within or not np.isfinite(last):
        raise ValueError(
            "Times must ascend, above 0 and up to the end of the observation, and none may be "
            "missing."
        )
    return moments, last, moments if end is not None else moments[:-1]


def _too_few(moments: Numbers) -> TrendTest:
    return TrendTest(moments.size, np.nan, np.nan, np.nan, "too few")


def _tested(moments: Numbers, statistic: float, improving: float, worsening: float) -> TrendTest:
    verdict: Verdict = "no trend"
    if 2 * min(improving, worsening) < LEVEL:
        verdict = "improving" if improving < worsening else "worsening"
    return TrendTest(moments.size, float(statistic), float(improving), float(worsening), verdict)
