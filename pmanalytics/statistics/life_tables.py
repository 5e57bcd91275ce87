"""Life tables: the counts that survival is estimated from.

Life tables add up, so the parts of a large dataset can be counted apart. Days are whole and start
at 0; what ends as done or dropped on a day comes before what is merely last seen open on it
(censored), which is therefore still at risk on that day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["DONE", "DROPPED", "OPEN", "LifeTable", "add_tables", "life_table"]

Counts = NDArray[np.int64]

OPEN: Final = 0
DONE: Final = 1
DROPPED: Final = 2
OUTCOMES: Final = (OPEN, DONE, DROPPED)
# A century: up to here, counting every day is faster than sorting the days.
MANY_DAYS: Final = 36_525


@dataclass(frozen=True, eq=False)
class LifeTable:
    """What ended on which day, one row per day on which something ends or enters late.

    `at_risk` counts what has entered by the day and not ended before it; `censored` what was last
    seen open on the day; `entered` what came under observation on it. What is under observation
    from day 0 on is not in `entered`, so without delayed entry that column is all 0.
    """

    day: Counts
    at_risk: Counts
    done: Counts
    dropped: Counts
    censored: Counts
    entered: Counts

    @property
    def total(self) -> int:
        """The number of items counted.

        Examples:
            >>> life_table([3, 8], [DONE, OPEN]).total
            2
        """
        return int((self.done + self.dropped + self.censored).sum())


def life_table(
    days: ArrayLike,
    outcome: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weight: ArrayLike | None = None,
) -> LifeTable:
    """Count what ended on which day.

    Takes one entry per item: `days` from the clock to the end or to the last sight, whole and not
    below 0; `outcome` DONE, DROPPED or OPEN; `entry` the day on which the item came under
    observation (default 0). An item is at risk on day t when entry <= t <= days; one that entered
    after its end was never at risk and is left out. With `weight`, each entry stands for so many
    items, so rows counted before by day and outcome work as well. Raises ValueError for days that
    are missing, negative or not whole, and for other outcomes.

    Examples:
        >>> table = life_table([5, 7, 7, 9], [DONE, DROPPED, OPEN, OPEN])
        >>> table.day.tolist(), table.at_risk.tolist(), table.censored.tolist()
        ([5, 7, 9], [4, 3, 1], [0, 1, 1])
    """
    end, code, start, count = np.broadcast_arrays(
        np.atleast_1d(_whole(days, "Days")),
        _whole(outcome, "Outcomes"),
        _whole(0 if entry is None else entry, "Entry days"),
        _whole(1 if weight is None else weight, "Weights"),
    )
    if np.any(code > DROPPED):
        raise ValueError(f"Outcomes must be {OPEN} (open), {DONE} (done) or {DROPPED} (dropped).")
    seen = (count > 0) & (start <= end)
    if not seen.all():
        end, code, start, count = end[seen], code[seen], start[seen], count[seen]
    late = start > 0
    grid, place = _days(np.concatenate([end, start[late]]))
    # One count by day and outcome together: day 7, dropped, is the 7 * 3 + 2nd.
    outcomes = place[: end.size] * len(OUTCOMES) + code
    counts = None if weight is None else count
    ended = np.bincount(outcomes, weights=counts, minlength=grid.size * len(OUTCOMES))
    still_open, done, dropped = ended.reshape(-1, len(OUTCOMES)).T
    entered = np.bincount(place[end.size :], weights=count[late], minlength=grid.size)
    return _table(grid, done, dropped, still_open, entered)


def add_tables(tables: Iterable[LifeTable]) -> LifeTable:
    """Add life tables: the table of all their items at once.

    Of no tables, the sum is the empty table.

    Examples:
        >>> both = add_tables([life_table([5, 9], [DONE, OPEN]), life_table([7], [DONE])])
        >>> both.day.tolist(), both.at_risk.tolist()
        ([5, 7, 9], [3, 2, 1])
    """
    parts = [life_table([], []), *tables]
    grid, place = _days(np.concatenate([part.day for part in parts]))
    columns = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("done", "dropped", "censored", "entered")
    )
    return _table(grid, *(np.bincount(place, weights=c, minlength=grid.size) for c in columns))


def _days(day: Counts) -> tuple[Counts, Counts]:
    """Days in order, some perhaps without anything, and the place of each one given among them."""
    if not day.size or day.max() > MANY_DAYS:
        return np.unique(day, return_inverse=True)
    return np.arange(day.max() + 1), day


def _table(grid: Counts, *counted: NDArray[Any]) -> LifeTable:
    """The life table of what was counted on each day: done, dropped, censored and entered."""
    there = np.logical_or.reduce([column > 0 for column in counted])
    grid = grid[there]
    done, dropped, censored, entered = (column[there].astype(np.int64) for column in counted)
    ended = done + dropped + censored
    from_the_start = ended.sum() - entered.sum()
    at_risk = from_the_start + np.cumsum(entered) - (np.cumsum(ended) - ended)
    return LifeTable(grid, at_risk, done, dropped, censored, entered)


def _whole(values: ArrayLike, name: str) -> Counts:
    """Whole numbers of 0 or more."""
    numbers = np.asarray(values)
    if numbers.dtype.kind == "i" and np.all(numbers >= 0):
        return numbers.astype(np.int64)
    numbers = np.asarray(values, dtype=np.float64)
    if not np.all(np.isfinite(numbers) & (numbers >= 0) & (numbers == np.rint(numbers))):
        raise ValueError(f"{name} must be whole numbers of 0 or more, and none may be missing.")
    return numbers.astype(np.int64)
