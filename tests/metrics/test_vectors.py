"""Vectors of texts: those that scikit-learn makes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from pmanalytics.metrics.vectors import text_vectors

TEXTS = [
    "Disk  full on\tdb-1",
    "disk filled up",
    "a",
    "Straße überflutet, ÜBERFLUTET",
    "İstanbul datacentre dark",
    "disk full disk full disk full",
    "!!! ???",
]


def oracle() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)


@given(st.lists(st.text(st.sampled_from("abcäß -!1İ\t"), min_size=1), min_size=1, max_size=8))
def test_the_vectors_are_those_of_scikit_learn(texts: list[str]) -> None:
    texts = [f"{text} end" for text in texts]
    expected, found = oracle().fit_transform(texts), text_vectors(texts)
    assert found.shape == expected.shape
    assert abs(found - expected).max() < 1e-6


def test_texts_of_every_kind_have_vectors_as_in_scikit_learn() -> None:
    assert abs(text_vectors(TEXTS) - oracle().fit_transform(TEXTS)).max() < 1e-6


@pytest.mark.parametrize("known", [1, 2, 5])
def test_known_texts_alone_say_what_is_common(known: int) -> None:
    vectors = oracle().fit(TEXTS[:known])
    found = text_vectors(TEXTS, known=known, dtype=np.float64)
    assert abs(found - vectors.transform(TEXTS)).max() < 1e-12


@pytest.mark.parametrize("texts", [[], [""], [" ", "\t"]])
def test_texts_without_a_word_are_like_nothing(texts: list[str]) -> None:
    assert text_vectors(texts).shape == (len(texts), 0)
