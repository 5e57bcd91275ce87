"""Two samples: do the items of two groups take the same time?

For analysts. The groups come as life tables, which add up, so the parts of a large dataset can be
counted apart.
"""

from typing import NamedTuple

import numpy as np
from scipy import special

from pmanalytics.statistics.life_tables import DONE, DROPPED, Counts, LifeTable

__all__ = ["LogRank", "log_rank"]


class LogRank(NamedTuple):
    """The log-rank statistic, its p-value, and what was observed and expected in the first group.

    All but the counts are NaN where the groups cannot be compared: nothing ended while both were
    at risk.
    """

    chi_squared: float
    p: float
    observed: float
    expected: float


def log_rank(table: LifeTable, other: LifeTable, *, outcome: int = DONE) -> LogRank:
    """The log-rank test of whether two groups come to an outcome at the same rate.

    What came to the other outcome is at risk until then and no longer, so the test is about the
    rate among those still open. Chi-squared with one degree of freedom. Raises ValueError for an
    outcome other than DONE and DROPPED. Formula: Mantel 1966, with the hypergeometric variance.

    Examples:
        >>> from pmanalytics.statistics.life_tables import life_table
        >>> fast, slow = life_table([1, 2, 3, 4], [1] * 4), life_table([5, 6, 7, 8], [1] * 4)
        >>> result = log_rank(fast, slow)
        >>> f"{result.chi_squared:.2f} {result.p:.3f} {result.observed:.0f} {result.expected:.2f}"
        '7.34 0.007 4 1.46'
    """
    if outcome not in (DONE, DROPPED):
        raise ValueError(f"The outcome must be {DONE} (done) or {DROPPED} (dropped).")
    days = np.union1d(table.day, other.day)
    at_risk, ended = _on(table, days, outcome)
    other_at_risk, other_ended = _on(other, days, outcome)
    everybody, events = at_risk + other_at_risk, ended + other_ended
    some = events > 0
    share = at_risk[some] / everybody[some]
    expected = events[some] * share
    left = (everybody - events)[some] / np.maximum(everybody[some] - 1, 1)
    variance = np.sum(expected * (1 - share) * left)
    observed, total = float(ended.sum()), float(expected.sum())
    if variance <= 0:
        return LogRank(np.nan, np.nan, observed, total)
    statistic = float((observed - total) ** 2 / variance)
    return LogRank(statistic, float(special.chdtrc(1, statistic)), observed, total)


def _on(table: LifeTable, days: Counts, outcome: int) -> tuple[Counts, Counts]:
    """How many are at risk, and come to the outcome, on each of some days."""
    rows = np.searchsorted(table.day, days)
    there = np.append(table.day, -1)[rows] == days
    # Between two rows nothing happens: at risk is the next row without those who enter on it.
    earlier = np.append(table.at_risk - table.entered, 0)[rows]
    events = table.done if outcome == DONE else table.dropped
    at_risk = np.where(there, np.append(table.at_risk, 0)[rows], earlier)
    return at_risk, np.where(there, np.append(events, 0)[rows], 0)
