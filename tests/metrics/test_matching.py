"""Matching texts: the same vectors as scikit-learn makes, and the right ones of the right rows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from pmanalytics.metrics import matching
from pmanalytics.metrics.matching import best_matches, scores_of, text_vectors

TEXTS = [
    "Disk  full on\tdb-1",
    "disk filled up",
    "a",
    "Straße überflutet, ÜBERFLUTET",
    "İstanbul datacentre dark",
    "disk full disk full disk full",
    "!!! ???",
]


@given(st.lists(st.text(st.sampled_from("abcäß -!1İ\t"), min_size=1), min_size=1, max_size=8))
def test_the_vectors_are_those_of_scikit_learn(texts: list[str]) -> None:
    texts = [f"{text} end" for text in texts]
    oracle = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    expected = oracle.fit_transform(texts)
    found = text_vectors(texts)
    assert found.shape == expected.shape
    assert abs(found - expected).max() < 1e-6


def test_texts_of_every_kind_have_vectors_as_in_scikit_learn() -> None:
    oracle = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    assert abs(text_vectors(TEXTS) - oracle.fit_transform(TEXTS)).max() < 1e-6
    assert text_vectors([]).shape == (0, 0)


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
