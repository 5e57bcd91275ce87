"""Matching: which earlier texts each text is most like, for thousands of texts in bounded memory.

Texts are compared by the runs of three to five characters in their words, rare ones weighing more
(see `vectors`), so that other endings and typing errors still match. Only what could be an answer
is compared, in parts of limited size.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["Matches", "best_matches", "scores_of"]

Positions = NDArray[np.intp]
Scores = Callable[[Positions, Positions], NDArray[np.floating]]

# Scores are kept in steps of this size: equal texts are then equal, however sums were rounded.
STEPS: Final = 10_000
CELLS: Final = 4_000_000  # scores that are held at once
# Runs of characters that many texts share are multiplied as a full table, which is far quicker.
FEWEST_TEXTS_FOR_A_TABLE: Final = 1000
COMMON_SHARE: Final = 0.02
TABLE_CELLS: Final = 40_000_000


class Matches(NamedTuple):
    """Pairs of a text and an earlier one, by their positions, and how alike they are (0 to 1)."""

    later: Positions
    earlier: Positions
    score: NDArray[np.float64]


def scores_of(vectors: sparse.csr_array) -> Scores:
    """A function that gives the products of some rows with some others, as a full table."""
    texts, runs = vectors.shape
    if texts < FEWEST_TEXTS_FOR_A_TABLE:
        return lambda later, earlier: (vectors[later] @ vectors[earlier].T).toarray()
    use = np.bincount(vectors.indices, minlength=runs)
    common = np.argsort(-use, kind="stable")[: TABLE_CELLS // texts]
    common = common[use[common] > COMMON_SHARE * texts]
    table, rare = vectors[:, common].toarray(), vectors[:, np.setdiff1d(np.arange(runs), common)]
    return lambda later, earlier: (
        (rare[later] @ rare[earlier].T).toarray() + table[later] @ table[earlier].T
    )


def best_matches(
    scores: Scores,
    *,
    later: Positions,
    earlier: Positions,
    reach: Positions,
    known: sparse.csr_array,
    least: float,
    most: int,
) -> Matches:
    """For each later text the earlier ones that it is most like.

    `earlier` is in the order of time, and `reach` says for each later text how many of them it may
    match. Pairs in `known` are left out, and none matches itself. At most `most` pairs for each,
    scoring `least` or more; of equals those late in the order.
    """
    size = max(CELLS // max(earlier.size, 1), 1)
    found = [Matches(later[:0], earlier[:0], np.empty(0))]
    for start in range(0, later.size, size):
        rows, far = later[start : start + size], reach[start : start + size]
        columns = earlier[: far.max()]
        if columns.size == 0:
            continue
        likeness = np.clip(np.nan_to_num(scores(rows, columns)), 0, 1)
        steps = np.rint(likeness * STEPS).astype(np.int64)
        steps[np.arange(columns.size) >= far[:, None]] = -1
        steps[(rows[:, None] == columns) | known[rows][:, columns].toarray()] = -1
        row, column = _largest(steps, least=round(least * STEPS), most=most)
        found.append(Matches(rows[row], columns[column], steps[row, column] / STEPS))
    return Matches(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _largest(steps: NDArray[np.int64], *, least: int, most: int) -> tuple[Positions, Positions]:
    """Where the largest values of each row stand; of equals the rightmost."""
    width = steps.shape[1]
    order = steps * width + np.arange(width)
    most = min(most, width)
    places = np.argpartition(order, width - most, axis=1)[:, width - most :]
    row, rank = np.nonzero(np.take_along_axis(steps, places, axis=1) >= least)
    return row, places[row, rank]
