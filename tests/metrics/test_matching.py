"""Matching texts: the right ones of the right rows."""

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from pmanalytics.metrics import matching
from pmanalytics.metrics.matching import best_matches, scores_of
from pmanalytics.metrics.vectors import text_vectors
from tests.metrics.test_vectors import TEXTS


@pytest.mark.parametrize("fewest", [1, 10_000])
def test_products_are_the_same_with_a_table_of_what_is_common(
    fewest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "FEWEST_TEXTS_FOR_A_TABLE", fewest)
    monkeypatch.setattr(matching, "COMMON_SHARE", 0.3)
    vectors = text_vectors(TEXTS)
    rows, columns = np.array([0, 3, 5]), np.array([1, 5, 0, 6])
    expected = (vectors @ vectors.T).toarray()[np.ix_(rows, columns)]
    np.testing.assert_allclose(scores_of(vectors)(rows, columns), expected, atol=1e-6)


def matched(scores: list[list[float]], **options: Any) -> list[tuple[int, int, float]]:
    """The matches among texts of which each may match all before it."""
    table = np.array(scores, dtype=float).reshape(len(scores), -1 if scores else 0)
    everybody = np.arange(len(table))
    given: dict[str, Any] = {
        "later": everybody,
        "earlier": everybody,
        "reach": everybody,
        "known": sparse.csr_matrix(table.shape, dtype=bool),
        "least": 0.3,
        "most": 2,
    }
    found = best_matches(lambda rows, columns: table[np.ix_(rows, columns)], **given | options)
    return sorted(zip(*(part.tolist() for part in found), strict=True))


SCORES = [
    [1.0, 0.0, 0.0, 0.0],
    [0.3, 1.0, 0.9, 0.9],
    [0.29, 0.3, 1.0, 0.0],
    [0.5, 0.5, 0.5, 1.0],
]


def test_the_best_ones_that_were_over_and_of_equals_the_latest() -> None:
    assert matched(SCORES) == [(1, 0, 0.3), (2, 1, 0.3), (3, 1, 0.5), (3, 2, 0.5)]


@pytest.mark.parametrize("cells", [1, 4, 8, 1000])
def test_parts_of_any_size_give_the_same(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = matched(SCORES)
    monkeypatch.setattr(matching, "CELLS", cells)
    assert matched(SCORES) == expected


def test_known_pairs_make_room_for_others() -> None:
    known = sparse.csr_matrix((np.ones(1, dtype=bool), ([3], [2])), shape=(4, 4))
    assert matched(SCORES, known=known)[2:] == [(3, 0, 0.5), (3, 1, 0.5)]


def test_none_matches_itself_and_what_is_no_number_matches_nothing() -> None:
    nan, inf = float("nan"), float("inf")
    reach = np.array([1, 2])
    assert matched([[1.0, 1.0], [1.0, 1.0]], reach=reach) == [(1, 0, 1.0)]
    assert matched([[1.0, 1.0], [nan, 1.0]], reach=reach) == []
    assert matched([[1.0, 1.0], [inf, 1.0]], reach=reach) == [(1, 0, 1.0)]


def test_nothing_among_nothing() -> None:
    assert matched([]) == []
    assert matched([[1.0]]) == []
