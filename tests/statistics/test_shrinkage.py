"""Shrinkage against worked and published values, and where nothing can differ."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pmanalytics.statistics import james_stein, shrink_shares

Reference = Callable[[str], dict[str, Any]]


def test_twelve_teams(reference: Reference) -> None:
    case = reference("W11")
    expected, near = case["expected"], case["tolerance"]
    found = shrink_shares(case["inputs"]["x"], case["inputs"]["n"])
    assert found.a == pytest.approx(expected["a"], rel=0.02)
    assert found.b == pytest.approx(expected["b"], rel=0.02)
    mean = found.a / (found.a + found.b)
    assert mean == pytest.approx(expected["prior_mean"], abs=near["prior_mean"])
    assert found.pooled == pytest.approx(expected["pooled"], abs=5e-6)
    assert found.log_likelihood == pytest.approx(-expected["neg_loglik"], abs=near["neg_loglik"])
    np.testing.assert_allclose(found.share, expected["shrunk"], atol=near["shrunk"])
    assert found.different


def test_eighteen_batters(reference: Reference) -> None:
    case = reference("R17")
    expected, near = case["expected"], case["tolerance"]["default"]
    means = np.array(case["inputs"]["hits"]) / case["inputs"]["at_bats"]
    centre = means.mean()
    found = james_stein(means, centre * (1 - centre) / case["inputs"]["at_bats"])
    assert found.centre == pytest.approx(expected["grand"], abs=near)
    assert found.factor == pytest.approx(expected["c"], abs=near)
    assert found.mean[0] == pytest.approx(expected["first"], abs=near)
    assert found.mean[-1] == pytest.approx(expected["last"], abs=near)


def test_groups_that_differ_no_more_than_chance_share_one_figure() -> None:
    found = shrink_shares([7, 14, 21], [10, 20, 30])
    assert not found.different
    assert np.isnan([found.a, found.b]).all()
    np.testing.assert_allclose(found.share, 0.7)


@pytest.mark.parametrize(
    ("successes", "sizes", "share"), [([0, 0], [5, 9], 0), ([5, 9], [5, 9], 1), ([3], [4], 0.75)]
)
def test_none_all_and_a_single_group_cannot_differ(
    successes: list[int], sizes: list[int], share: float
) -> None:
    found = shrink_shares(successes, sizes)
    assert not found.different
    np.testing.assert_allclose(found.share, share)


def test_a_group_of_nothing_gets_the_common_share() -> None:
    found = shrink_shares([1, 3, 0, 19, 0], [20, 20, 20, 20, 0])
    assert found.different
    assert found.share[-1] == pytest.approx(found.a / (found.a + found.b))
    np.testing.assert_allclose(shrink_shares([1, 3, 0, 19], [20] * 4).share, found.share[:4])
    assert np.isnan(shrink_shares([0], [0]).share).all()
    assert shrink_shares([], []).share.size == 0


def test_shrunk_shares_are_better_guesses() -> None:
    """12 teams of 4 to 24 items, true shares with a standard deviation of .13 (method, section 4).

    The method gives a root mean squared error of .150 raw and .106 shrunk.
    """
    rng = np.random.default_rng(5)
    sizes = np.array([4, 5, 6, 6, 8, 8, 10, 12, 14, 16, 20, 24])
    raw, shrunk = [], []
    for _ in range(100):
        true = rng.beta(7.57, 2.52, 12)  # mean .75, standard deviation .13
        hits = rng.binomial(sizes, true)
        raw.append((hits / sizes - true) ** 2)
        shrunk.append((shrink_shares(hits, sizes).share - true) ** 2)
    assert np.sqrt(np.mean(raw)) == pytest.approx(0.150, abs=0.015)
    assert np.sqrt(np.mean(shrunk)) == pytest.approx(0.106, abs=0.015)


@pytest.mark.parametrize(("successes", "n"), [([3], [2]), ([-1], [2]), ([float("nan")], [2])])
def test_what_is_no_share_is_refused(successes: list[float], n: list[int]) -> None:
    with pytest.raises(ValueError, match="between 0 and n"):
        shrink_shares(successes, n)


def test_few_means_stay_and_noise_leaves_only_the_centre() -> None:
    assert james_stein([1, 2, 6], 5.0).mean.tolist() == [1, 2, 6]
    # Sum of squares about 2.5 is 5; (4 - 3) x 10 / 5 = 2, so the factor would be -1.
    assert james_stein([1, 2, 3, 4], 10.0).mean.tolist() == [2.5] * 4
    assert james_stein([3, 3, 3, 3, 3], 1.0).mean.tolist() == [3] * 5
    assert james_stein([], 1.0).mean.size == 0
    with pytest.raises(ValueError, match="0 or more"):
        james_stein([1, 2], -1.0)
