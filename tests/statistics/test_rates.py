"""Rates and their ratios against published values, worked cases, and simulated truth."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.statistics import (
    DONE,
    OPEN,
    attributable_fraction,
    event_rate,
    expected_by_chance,
    incidence_at,
    kaplan_meier,
    life_table,
    mantel_haenszel,
    rate_ratio,
    rate_ratio_p,
)

Reference = Callable[[str], dict[str, Any]]
EDGES = np.array([0, 15, 30, 90, 365])


def test_exact_limits_of_a_rate_as_published() -> None:
    # Garwood 1936, Biometrika 28:437, the limits of a count at 95 %
    rate, low, high = event_rate([0, 1, 5, 10, 20], 1)
    np.testing.assert_allclose(low, [0, 0.0253, 1.6235, 4.7954, 12.2165], atol=6e-5)
    np.testing.assert_allclose(high, [3.6889, 5.5716, 11.6683, 18.3904, 30.8884], atol=6e-5)
    assert rate.tolist() == [0, 1, 5, 10, 20]
    # the first example of poisson.test in R
    assert event_rate(137, 24.19893) == pytest.approx((5.661407, 4.753125, 6.692709), abs=1e-6)


def test_a_rate_needs_exposure() -> None:
    assert np.isnan(event_rate(3, 0)).all()
    with pytest.raises(ValueError, match="below 0"):
        event_rate(-1, 3)


def test_the_exact_ratio_as_published(reference: Reference) -> None:
    case = reference("R16")
    (x1, x0), (t1, t0) = case["inputs"]["x"], case["inputs"]["t"]
    expected = case["expected"]
    found = rate_ratio(x1, t1, x0, t0)
    assert found == pytest.approx((expected["rr"], *expected["ci"]), abs=1e-6)
    assert rate_ratio_p(x1, t1, x0, t0) == pytest.approx(expected["p"], abs=1e-6)


def test_twelve_of_twenty_are_no_signal_when_open_time_was_long(reference: Reference) -> None:
    case = reference("W08")
    x1, t1, x0, t0 = (
        np.array([one[name] for one in case["inputs"]["cases"]])
        for name in ("x1", "t1", "x0", "t0")
    )
    expected = case["expected"]
    ratio, low, high = rate_ratio(x1, t1, x0, t0)
    np.testing.assert_allclose(ratio, expected["rr"], atol=1e-5)
    np.testing.assert_allclose(np.column_stack([low, high]), expected["ci"], atol=1e-5)
    np.testing.assert_allclose(
        expected_by_chance(x1 + x0, t1, t0), expected["expected_by_chance_in_open_time"]
    )
    p = [rate_ratio_p(*case) for case in zip(x1, t1, x0, t0, strict=True)]
    np.testing.assert_allclose(p, expected["p"], atol=1e-5)


def test_a_ratio_without_events_or_exposure_is_missing() -> None:
    assert np.isnan(rate_ratio(0, 10, 0, 10)).all()
    assert np.isnan(rate_ratio([3, 3], [0, 10], [2, 2], [10, 0])).all()
    ratio, low, high = rate_ratio([0, 3], 10, [3, 0], 10)
    assert (ratio[0], low[0]) == (0, 0)
    assert np.isnan(ratio[1])
    assert np.isnan(high[1])
    # Clopper-Pearson at n of n: the lower limit q of 3 of 3 is 0.025^(1/3) = 0.2924; q/(1-q) = 0.4133
    assert low[1] == pytest.approx(0.4133, abs=1e-4)
    assert high[0] == pytest.approx(1 / 0.4133, abs=1e-3)
    assert np.isnan(rate_ratio_p(0, 1, 0, 1))


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.1, 100), st.floats(0.1, 100))
def test_arms_that_change_places_turn_the_ratio_over(
    x1: int, x0: int, t1: float, t0: float
) -> None:
    ratio, low, high = rate_ratio(x1, t1, x0, t0)
    turned = rate_ratio(x0, t0, x1, t1)
    assert (1 / ratio, 1 / high, 1 / low) == pytest.approx(turned)
    assert low < ratio < high


def test_mantel_haenszel_as_worked_by_hand(reference: Reference) -> None:
    case = reference("W09")
    x1, t1, x0, t0 = np.array(case["inputs"]["strata"], dtype=float).T
    expected = case["expected"]
    crude = rate_ratio(x1.sum(), t1.sum(), x0.sum(), t0.sum())
    assert crude.ratio == pytest.approx(expected["crude_rr"])
    found = mantel_haenszel(x1, t1, x0, t0)
    assert found.ratio == pytest.approx(expected["mh_rr"], abs=1e-5)
    assert found.standard_error == pytest.approx(expected["se_log"], abs=1e-5)
    assert (found.low, found.high) == pytest.approx(expected["ci"], abs=1e-5)
    by_chance = expected_by_chance(x1 + x0, t1, t0).sum()
    assert by_chance == pytest.approx(expected["expected_by_chance"], abs=1e-5)


def test_one_stratum_is_the_crude_ratio_and_empty_strata_add_nothing() -> None:
    assert mantel_haenszel([11], [800], [21], [3011]).ratio == pytest.approx(1.971488, abs=1e-6)
    alone = mantel_haenszel([11], [800], [21], [3011])
    more = mantel_haenszel([11, 0, 4], [800, 0, 90], [21, 0, 0], [3011, 0, 0])
    assert more == pytest.approx(alone)
    assert np.isnan(mantel_haenszel([3], [10], [0], [10])).all()
    assert np.isnan(expected_by_chance(0, 0, 0))


def test_the_fraction_is_given_only_when_the_limits_leave_one_out() -> None:
    np.testing.assert_equal(
        attributable_fraction([6.0, 3.0, 0.5, np.nan], [2.26, 1.0, 0.1, np.nan]),
        [5 / 6, np.nan, np.nan, np.nan],
    )


def confounded(rng: np.random.Generator, *, runs: int, families: int) -> tuple[np.ndarray, ...]:
    """Events and exposure by run and stratum where the status has no effect at all.

    An incident returns at 0.006 a day up to day 30, at 0.001 after that, and is watched for a
    year; its item is open for lognormal days (median 25). Both depend on the time since then.
    """
    shape = (runs, families)
    closed = np.minimum(rng.lognormal(np.log(25), 0.8, shape), 365)
    # The time at which the cumulative hazard reaches a unit exponential.
    mass = rng.exponential(1.0, shape)
    returned = np.where(mass < 0.18, mass / 0.006, 30 + (mass - 0.18) / 0.001)
    until = np.minimum(returned, 365)
    counts = []
    for low, high in pairwise(EDGES):
        inside = (returned > low) & (returned <= high)
        open_time = np.clip(np.minimum(until, closed), low, high) - low
        all_time = np.clip(until, low, high) - low
        while_open = inside & (returned <= closed)
        counts.append(
            [
                while_open.sum(1),
                open_time.sum(1),
                (inside & ~while_open).sum(1),
                (all_time - open_time).sum(1),
            ]
        )
    return tuple(np.moveaxis(np.array(counts, dtype=float), 0, -1))


def test_the_crude_ratio_claims_an_effect_where_there_is_none(reference: Reference) -> None:
    expected = reference("W14")["expected"]["confounding"]
    x1, t1, x0, t0 = confounded(np.random.default_rng(3), runs=500, families=300)
    crude = (x1.sum(-1) / t1.sum(-1)) / (x0.sum(-1) / t0.sum(-1))
    found = mantel_haenszel(x1, t1, x0, t0)
    assert np.mean(crude) == pytest.approx(expected["crude_rr"], abs=0.15)
    mean = np.exp(np.mean(np.log(found.ratio)))
    assert mean == pytest.approx(expected["mh_rr_geometric_mean"], abs=0.05)
    covered = np.mean((found.low < 1) & (found.high > 1))
    assert covered == pytest.approx(expected["mh_ci_coverage"], abs=0.025)
    # What chance gives, given the strata, is what happened on average.
    by_chance = expected_by_chance(x1 + x0, t1, t0).sum(-1)
    assert np.mean(x1.sum(-1)) == pytest.approx(np.mean(by_chance), rel=0.03)


def test_the_exact_limits_cover_a_ratio_of_one() -> None:
    rng = np.random.default_rng(4)
    x1, x0 = rng.poisson(12, 500), rng.poisson(8, 500)
    _, low, high = rate_ratio(x1, 1800, x0, 1200)
    covered = np.mean((low <= 1) & (high >= 1))
    assert 0.94 <= covered <= 0.99  # exact limits hold at least their 95 %


def test_a_share_of_those_seen_to_return_forgets_the_ones_still_watched(
    reference: Reference,
) -> None:
    """B19: a hazard that gives 30 % in 180 days, incidents spread over the last year."""
    expected = reference("W14")["expected"]["B19"]
    rng = np.random.default_rng(6)
    hazard = -np.log(0.7) / 180
    naive, right, covered = [], [], []
    for _ in range(500):
        watched = rng.uniform(0, 365, 200)
        returned = rng.exponential(1 / hazard, 200)
        seen = returned <= watched
        days = np.floor(np.minimum(returned, watched))
        curve = kaplan_meier(life_table(days, np.where(seen, DONE, OPEN)))
        naive.append(np.mean(seen & (returned <= 180)))
        right.append(1 - float(incidence_at(curve, 180)))
        low, high = (1 - incidence_at(curve, 180, figure=name) for name in ("high", "low"))
        covered.append(low <= 0.3 <= high)
    assert np.mean(naive) == pytest.approx(expected["naive"], abs=0.015)
    assert np.mean(right) == pytest.approx(expected["km"], abs=0.015)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.025)
