"""Exact limits against published and independently worked numbers."""

from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.statistics.binomial import (
    binomial_limits,
    chance_of_change,
    clopper_pearson,
    funnel_limits,
    overdispersion,
)

Reference = Callable[[str], dict[str, Any]]


def at_most(x: int, n: int, p: float) -> float:
    """P(X <= x), by adding up."""
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(x + 1))


def test_clopper_pearson_as_published(reference: Reference) -> None:
    # R06: Newcombe 1998, Statistics in Medicine 17:857, table I
    case = reference("R06")
    x, n = np.array(case["inputs"]["cases"]).T
    found = np.transpose(clopper_pearson(x, n))
    np.testing.assert_allclose(found, case["expected"]["clopper_pearson"], atol=6e-5)


def test_clopper_pearson_of_nothing_and_of_all() -> None:
    low, high = clopper_pearson([0, 7], [0, 7])
    # All of 7: the lower limit is .025 to the power of 1/7.
    np.testing.assert_allclose(low, [np.nan, 0.025 ** (1 / 7)])
    np.testing.assert_allclose(high, [np.nan, 1])
    with pytest.raises(ValueError, match="between 0 and n"):
        clopper_pearson(3, 2)


def test_flagged_counts_of_the_reference_case(reference: Reference) -> None:
    # W12: which counts are flagged at 99.8 % around a rate of .75
    case = reference("W12")
    for n, low, high in zip(
        case["inputs"]["n"],
        case["expected"]["flagged_low_max_x_998"],
        case["expected"]["flagged_high_min_x_998"],
        strict=True,
    ):
        limits = binomial_limits(n, 0.75, level=0.998)
        flagged = np.arange(n + 1) / n < limits.low
        assert np.flatnonzero(flagged).tolist() == ([] if low is None else [*range(low + 1)])
        assert not (np.arange(n + 1) / n > limits.high).any()
        assert high is None


def test_false_alarms_of_the_reference_case(reference: Reference) -> None:
    # W12: how often some of twelve equal teams is flagged
    case = reference("W12")
    quiet = {0.95: 1.0, 0.998: 1.0}
    for n in case["inputs"]["n"]:
        for level in quiet:
            low, high = binomial_limits(n, 0.75, level=level)
            inside = [x for x in range(n + 1) if low <= x / n <= high]
            quiet[level] *= sum(comb(n, x) * 0.75**x * 0.25 ** (n - x) for x in inside)
    expected = case["expected"]["false_alarm_any_team"]
    assert 1 - quiet[0.95] == pytest.approx(expected["exact95"], abs=1e-4)
    assert 1 - quiet[0.998] == pytest.approx(expected["exact998"], abs=1e-5)


@given(st.integers(1, 60), st.floats(0.02, 0.98), st.sampled_from([0.95, 0.998]))
def test_outside_exactly_when_so_few_are_a_surprise(n: int, p: float, level: float) -> None:
    low, high = binomial_limits(n, p, level=level)
    tail = (1 - level) / 2
    for x in range(n + 1):
        fewer = at_most(x, n, p)
        more = 1 - at_most(x - 1, n, p)
        if min(abs(fewer - tail), abs(more - tail)) > 1e-9:
            assert (x / n < low) == (fewer < tail)
            assert (x / n > high) == (more < tail)


def test_limits_of_a_certain_rate_are_that_rate() -> None:
    for rate in (0.0, 1.0):
        assert binomial_limits([1, 5], rate, level=0.998).low.tolist() == [rate] * 2
        assert binomial_limits([1, 5], rate, level=0.998).high.tolist() == [rate] * 2


def test_overdispersion_by_hand() -> None:
    # z of 60 90 50 80 of 100 at .7: -2.18218 4.36436 -4.36436 2.18218. Their quantiles at 10 and
    # 90 %: -4.36436 + .3 x 2.18218 = -3.70971, and 3.70971; mean of 2 x (13.7619 + 4.7619) / 4
    assert overdispersion([60, 90, 50, 80], [100] * 4, 0.7) == pytest.approx(9.2619, abs=1e-4)
    assert np.isnan(overdispersion([], [], 0.7))
    assert np.isnan(overdispersion([3, 4], [3, 4], 1.0))


def test_equal_groups_are_not_overdispersed() -> None:
    dice = np.random.default_rng(20260101)
    n = dice.integers(10, 40, 2000)
    # Winsorised at 10 % a standard normal z has a mean square of .66.
    assert overdispersion(dice.binomial(n, 0.7), n, 0.7) == pytest.approx(0.66, abs=0.04)


def test_the_funnel_flags_what_is_far_outside_only() -> None:
    # W12: of 24 at .75, up to 10 are flagged; of 20, up to 8.
    found = funnel_limits([10, 11, 8, 9, 18, 15], [24, 24, 20, 20, 24, 20], share=0.75)
    assert found.phi > 1  # these groups differ so much that none is flagged
    assert found.signal.tolist() == [0] * 6
    # Among thirty ordinary groups they are.
    met = [10, 11, *[17, 19] * 14]
    among = funnel_limits(met, [24] * 30, share=0.75)
    assert 0 < among.phi < 1
    assert among.signal.tolist() == [-1, *[0] * 29]
    assert among.lower_998[0] == pytest.approx(11 / 24)


def test_overdispersed_funnels_are_wider_by_the_root_of_phi() -> None:
    met = [60, 90, 50, 80]
    found = funnel_limits(met, [100] * 4, share=0.7)
    plain = binomial_limits(100, 0.7, level=0.95)
    assert found.lower_95[0] == pytest.approx(0.7 - np.sqrt(found.phi) * (0.7 - plain.low))
    assert found.upper_998[0] == 1.0
    assert found.signal.tolist() == [0] * 4
    # Without widening, 50 and 90 of 100 would both be flagged.
    assert at_most(50, 100, 0.7) < 0.001
    assert 1 - at_most(89, 100, 0.7) < 0.001


def test_groups_of_nothing_have_no_limits_and_no_signal() -> None:
    found = funnel_limits([0, 3], [0, 4], share=0.75)
    assert np.isnan(found.lower_95[0])
    assert found.signal.tolist() == [0, 0]


def test_noise_of_a_change_between_two_quarters(reference: Reference) -> None:
    # W13 (B18): 12 and 12 of a true rate of .75
    expected = reference("W13")["expected"]
    for points in (15, 25):
        found = chance_of_change(12, 12, share=0.75, change=points / 100)
        assert found == pytest.approx(expected[f"p_change_ge_{points}_points"], abs=1e-4)
    # Its standard deviation: the mean square is the sum over all changes of P(change >= c).
    steps = np.arange(1, 13) / 12
    chance = np.array([chance_of_change(12, 12, share=0.75, change=step) for step in steps])
    mean_square = (chance * (steps**2 - (steps - 1 / 12) ** 2)).sum()
    assert 100 * np.sqrt(mean_square) == pytest.approx(expected["sd_points"], abs=0.001)
