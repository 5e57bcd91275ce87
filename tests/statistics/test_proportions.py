"""Intervals of shares against published values, cases worked by hand, and identities."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.statistics import (
    cluster_wilson,
    design_effect,
    design_effect_from_sums,
    newcombe_difference,
    wilson,
)

NAN = float("nan")

Reference = Callable[[str], dict[str, Any]]

# W07: 8 incidents of 5 items each, 30 of 40 met; worked by hand from the ANOVA formula
MET = [5, 5, 5, 4, 4, 3, 2, 2]
SIZES = [5] * 8


def test_wilson_as_published(reference: Reference) -> None:
    # R06: Newcombe 1998, table I, method 3
    case = reference("R06")
    found = np.transpose(wilson(*np.transpose(case["inputs"]["cases"])))
    np.testing.assert_allclose(found, case["expected"]["wilson"], atol=6e-5)


def test_wilson_of_nothing_or_of_missing_is_missing() -> None:
    low, high = wilson([0, NAN, 1], [0, 5, NAN])
    np.testing.assert_equal(low, [NAN] * 3)
    np.testing.assert_equal(high, [NAN] * 3)


def test_wilson_takes_an_effective_number() -> None:
    # W07, correlation given as 0.3: deff 2.2, n_eff 18.18
    assert wilson(30, 40) == pytest.approx((0.59806, 0.858129), abs=1e-5)
    assert wilson(30 / 2.2, 40 / 2.2) == pytest.approx((0.520365, 0.892422), abs=1e-5)


def test_wilson_takes_columns_with_missing_values() -> None:
    low, _ = wilson(pd.Series([0, None], dtype="Int64"), pd.Series([20, None], dtype="Int64"))
    np.testing.assert_equal(low, [0, NAN])


@pytest.mark.parametrize(("successes", "n"), [(3, 2), (-1, 2), (1, 0)])
def test_wilson_refuses_what_is_no_share(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="between 0 and n"):
        wilson(successes, n)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_encloses_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    k, n = counts
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    mirrored = wilson(n - k, n)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_newcombe_as_published(reference: Reference) -> None:
    # R07: Newcombe 1998, method 10
    given, expected = reference("R07")["inputs"], reference("R07")["expected"]
    found = newcombe_difference(*given["a"], *given["b"])
    assert found == pytest.approx((expected["diff"], *expected["ci"]), abs=6e-5)


def test_newcombe_mirrors_and_misses() -> None:
    found = newcombe_difference([48, 0], [80, 0], [56, 1], [70, 3])
    np.testing.assert_allclose(found.difference, [-0.2, NAN])
    np.testing.assert_allclose(found.low, [-0.3339, NAN], atol=6e-5)
    np.testing.assert_allclose(found.high, [-0.0524, NAN], atol=6e-5)


def test_design_effect_of_equal_clusters() -> None:
    # W07, correlation from the data
    assert design_effect(MET, SIZES) == pytest.approx((0.169708, 1.678832, 23.826087), abs=1e-5)
    assert cluster_wilson(MET, SIZES) == pytest.approx((0.55025, 0.880329), abs=1e-5)


def test_design_effect_of_unequal_clusters_by_hand() -> None:
    # 2 of 2, 0 of 1: n 3, k 2, m0 = 3 - 5/3 = 4/3; p 2/3, SSB = 2/9 + 4/9 = 2/3, SSW = 0;
    # so icc = 1 and deff = 1 + 1/3
    assert design_effect([2, 0], [2, 1]) == pytest.approx((1, 4 / 3, 9 / 4))


@pytest.mark.parametrize(
    ("successes", "sizes"),
    [([], []), ([3], [5]), ([1, 0, 1], [1, 1, 1]), ([4, 3], [4, 3]), ([0, 0], [4, 3])],
    ids=["no cluster", "one cluster", "one item each", "all", "none"],
)
def test_design_effect_that_cannot_be_estimated_is_1(successes: list, sizes: list) -> None:
    icc, deff, n_eff = design_effect(successes, sizes)
    assert np.isnan(icc)
    assert (deff, n_eff) == (1, sum(sizes))


def test_clusters_that_differ_less_than_chance_gain_nothing() -> None:
    effect = design_effect([2, 2, 2], [4, 4, 4])
    assert effect.icc < 0
    assert effect.deff == 1


def test_empty_clusters_do_not_count() -> None:
    np.testing.assert_allclose(design_effect([*MET, 0], [*SIZES, 0]), design_effect(MET, SIZES))


clusters = st.lists(
    st.integers(1, 9).flatmap(
        lambda m: st.tuples(st.integers(0, m), st.just(m), st.integers(0, 3))
    ),
    min_size=1,
    max_size=60,
)


@given(clusters)
def test_sums_by_group_give_what_each_group_gives(rows: list[tuple[int, int, int]]) -> None:
    x, m, group = np.array(rows, dtype=float).T
    sums = [
        np.bincount(group.astype(int), weights=part, minlength=4)
        for part in (np.ones_like(m), m, m**2, x, x**2 / m)
    ]
    together = design_effect_from_sums(*sums)
    apart = [design_effect(x[group == number], m[group == number]) for number in range(4)]
    np.testing.assert_allclose(together.deff, [effect.deff for effect in apart], rtol=1e-9)
    np.testing.assert_allclose(together.icc, [effect.icc for effect in apart], atol=1e-9)
    np.testing.assert_allclose(together.n_eff, [effect.n_eff for effect in apart], rtol=1e-9)


def test_the_design_effect_agrees_with_a_bootstrap_of_whole_clusters() -> None:
    # 200 incidents of 1 to 8 items whose shares vary by incident (beta 3, 1: correlation 1/5)
    dice = np.random.default_rng(20260101)
    sizes = dice.integers(1, 9, 200)
    met = dice.binomial(sizes, dice.beta(3, 1, 200))
    drawn = dice.integers(0, 200, (2000, 200))
    shares = met[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    bootstrap = np.percentile(shares, [2.5, 97.5])
    np.testing.assert_allclose(cluster_wilson(met, sizes), bootstrap, atol=0.005)
    assert np.diff(wilson(met.sum(), sizes.sum())) < 0.8 * np.diff(bootstrap)
