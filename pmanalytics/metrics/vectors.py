"""Vectors: texts as rows of numbers, of which the products say how alike the texts are.

The numbers are those of scikit-learn's `TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5),
sublinear_tf=True)`, which takes longer to load than most snapshots take to compare.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import DTypeLike
from scipy import sparse

__all__ = ["text_vectors"]

RUNS: Final = (3, 4, 5)  # of so many characters


def text_vectors(
    texts: Sequence[str], *, known: int | None = None, dtype: DTypeLike = np.float32
) -> sparse.csr_array:
    """The texts as rows of length 1, so that their products are cosines.

    A column is a run of 3 to 5 characters within words, in alphabetical order: one plus the
    logarithm of how often a text has it, times its inverse document frequency (Salton and Buckley
    1988), smoothed as if one more text had every run. With `known`, only so many of the texts, the
    first ones, say which runs there are and how common these are. A text without any is a row of
    zeros.

    Examples:
        >>> rows = text_vectors(["disk full", "disk filled up", "expired certificate"])
        >>> [f"{score:.2f}" for score in (rows @ rows.T).toarray()[0]]
        ['1.00', '0.29', '0.00']
    """
    counts = _counts(texts)
    fitted = counts[:known]
    use = np.bincount(fitted.indices, minlength=counts.shape[1])
    counts = counts[:, use > 0]
    rarity = np.log((1 + fitted.shape[0]) / (1 + use[use > 0])) + 1
    weights = (1 + np.log(counts.data)) * rarity[counts.indices]
    texts_of = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(texts_of, weights=weights**2, minlength=len(texts)))
    values = (weights / length[texts_of]).astype(dtype)
    return sparse.csr_array((values, counts.indices, counts.indptr), shape=counts.shape)


def _counts(texts: Sequence[str]) -> sparse.csr_array:
    """How often each text has each run of characters.

    The runs of a text are those of its words, and most words come again: each is cut up once.
    """
    found = [(number, word) for number, text in enumerate(texts) for word in text.lower().split()]
    code, words = pd.factorize(np.array([word for _, word in found], dtype=object))
    in_texts = _table([number for number, _ in found], code, (len(texts), len(words)))
    cut = [(number, run) for number, word in enumerate(words) for run in _runs(word)]
    code, runs = pd.factorize(np.array([run for _, run in cut], dtype=object), sort=True)
    return in_texts @ _table([number for number, _ in cut], code, (len(words), len(runs)))


def _table(row: list[int], column: np.ndarray, shape: tuple[int, int]) -> sparse.csr_array:
    ones = np.ones(len(row))
    return sparse.csr_array(sparse.coo_array((ones, (row, column)), shape=shape))


def _runs(word: str) -> Iterator[str]:
    """All runs of characters of a word between spaces; a short word is one run, and only once."""
    padded = f" {word} "
    for size in RUNS:
        yield from (padded[start : start + size] for start in range(max(len(padded) - size, 0) + 1))
        if len(padded) <= size:
            return
