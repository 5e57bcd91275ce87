"""The naive errors of comparing teams, periods and repeats (B16 to B19), beside our answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from pmanalytics.statistics import (
    chance_of_change,
    clopper_pearson,
    expected_by_chance,
    funnel_limits,
    incidence_at,
    individuals_chart,
    kaplan_meier,
    life_table,
    mantel_haenszel,
    rate_ratio,
    signals,
    wilson,
)

Reference = Callable[[str], dict[str, Any]]
Alarm = Callable[[np.ndarray, int], np.ndarray]
SHARE = 0.75


def outside(limits: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Where limits do not hold the true share."""
    low, high = limits
    return (low > SHARE) | (high < SHARE)


def family(sizes: list[int], alarm: Alarm) -> float:
    """How often any of some equal teams is called different: exact, over all counts."""
    quiet = 1.0
    for n in sizes:
        counts = np.arange(n + 1)
        quiet *= 1 - binom.pmf(counts, n, SHARE)[alarm(counts, n)].sum()
    return 1 - quiet


def test_b16_a_league_table_ranks_what_is_equal(reference: Reference) -> None:
    case = reference("W12")
    sizes = np.array(case["inputs"]["n"])
    met = np.random.default_rng(16).binomial(sizes, SHARE, (4000, sizes.size))
    worst, best = (met / sizes).min(axis=1), (met / sizes).max(axis=1)
    assert worst.mean() == pytest.approx(0.48, abs=0.01)
    assert best.mean() == pytest.approx(0.97, abs=0.01)
    half = 1 - np.prod(1 - binom.cdf(sizes // 2, sizes, SHARE))
    assert half == pytest.approx(case["expected"]["p_some_team_at_most_half"], abs=1e-5)
    assert (worst <= 0.5).mean() == pytest.approx(half, abs=0.03)
    called = [np.any(funnel_limits(row, sizes, share=SHARE).signal) for row in met[:500]]
    assert np.mean(called) < 0.02


def test_b17_an_interval_that_misses_the_common_rate_is_no_signal(reference: Reference) -> None:
    case = reference("W12")
    sizes, expected = case["inputs"]["n"], case["expected"]["false_alarm_any_team"]
    naive = family(sizes, lambda x, n: outside(wilson(x, n)))
    exact = family(sizes, lambda x, n: outside(clopper_pearson(x, n)))
    # One team at a time, so that no other one widens the limits.
    ours = family(
        sizes,
        lambda x, n: np.array([funnel_limits([k], [n], share=SHARE).signal[0] != 0 for k in x]),
    )
    assert naive == pytest.approx(expected["wilson95_excludes_p0"], abs=1e-4)
    assert exact == pytest.approx(expected["exact95"], abs=1e-4)
    assert ours <= expected["exact998"] + 1e-5


def test_b18_quarter_against_quarter_is_noise(reference: Reference) -> None:
    case = reference("W13")
    n, share, expected = case["inputs"]["n"], case["inputs"]["p"], case["expected"]
    assert 100 * (2 * share * (1 - share) / n) ** 0.5 == pytest.approx(
        expected["sd_points"], abs=1e-3
    )
    for points in (15, 25):
        chance = chance_of_change(n, n, share=share, change=points / 100)
        assert chance == pytest.approx(expected[f"p_change_ge_{points}_points"], abs=1e-4)
    # Twelve months of the same process: a change of 15 points and more in nearly all of them, and
    # a point outside the limits of the chart in a few.
    shares = np.random.default_rng(18).binomial(n, share, (500, 12)) / n
    jumps = (np.abs(np.diff(shares, axis=1)) >= 0.15).any(axis=1)
    charts = [(row, individuals_chart(row)) for row in shares]
    left = [np.any((row < chart.lower) | (row > chart.upper)) for row, chart in charts]
    assert jumps.mean() > 0.95
    assert np.mean(left) < 0.1
    assert set(np.unique([signals(row, chart) for row, chart in charts])) > {""}


def test_b19_recurrence_without_censoring_is_too_low(reference: Reference) -> None:
    expected = reference("W14")["expected"]["B19"]
    dice = np.random.default_rng(19)
    seen = dice.integers(1, 366, (200, 200))
    back = np.ceil(dice.exponential(-180 / np.log(0.7), (200, 200))).astype(int)
    naive = ((back <= seen) & (back <= 180)).mean()
    rates = [
        1 - incidence_at(kaplan_meier(life_table(days, came)), 180)
        for days, came in zip(np.minimum(back, seen), back <= seen, strict=True)
    ]
    assert naive == pytest.approx(expected["naive"], abs=0.015)
    assert np.mean(rates) == pytest.approx(expected["km"], abs=0.015)


def test_repeats_while_open_mean_nothing_without_the_time_open(reference: Reference) -> None:
    case = reference("W08")
    for place, arms in enumerate(case["inputs"]["cases"]):
        x1, t1, x0, t0 = (arms[name] for name in ("x1", "t1", "x0", "t0"))
        assert x1 / (x1 + x0) == 0.6  # the naive answer is the same in both
        found = rate_ratio(x1, t1, x0, t0)
        assert found[0] == pytest.approx(case["expected"]["rr"][place])
        assert found[1:] == pytest.approx(tuple(case["expected"]["ci"][place]), abs=1e-5)
        chance = case["expected"]["expected_by_chance_in_open_time"][place]
        assert expected_by_chance(x1 + x0, t1, t0) == pytest.approx(chance)


def test_time_since_the_incident_confounds(reference: Reference) -> None:
    case = reference("W09")
    x1, t1, x0, t0 = np.transpose(case["inputs"]["strata"]).astype(float)
    crude = (x1.sum() / t1.sum()) / (x0.sum() / t0.sum())
    assert crude == pytest.approx(case["expected"]["crude_rr"])
    assert mantel_haenszel(x1, t1, x0, t0)[0] == pytest.approx(case["expected"]["mh_rr"], abs=1e-5)
