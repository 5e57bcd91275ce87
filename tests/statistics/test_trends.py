"""Trend tests against published values, chances counted out, and what is too few to tell."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from pmanalytics.statistics import laplace_trend, military_trend, power_law, reversals

Reference = Callable[[str], dict[str, Any]]
ALL_TESTS = (laplace_trend, military_trend, power_law, reversals)


def test_laplace_as_published(reference: Reference) -> None:
    case = reference("R10")
    test = laplace_trend(case["inputs"]["t"], end=case["inputs"]["T"])
    assert test.statistic == pytest.approx(case["expected"]["U"], abs=case["tolerance"])
    # Standard normal table: P(Z < -2.61) = 0.0045
    assert test.p_improving == pytest.approx(0.0045, abs=5e-5)
    assert test.verdict == "improving"


def test_repairs_of_the_nist_case_study(reference: Reference) -> None:
    case = reference("R11")
    times, end, expected = case["inputs"]["t"], case["inputs"]["T"], case["expected"]
    near = {"abs": case["tolerance"]}
    assert laplace_trend(times, end).statistic == pytest.approx(expected["laplace"], **near)
    test = military_trend(times, end)
    assert test.statistic == pytest.approx(expected["chi2"], **near)
    assert test.p_improving == pytest.approx(expected["upper_p"], **near)
    assert test.p_improving + test.p_worsening == pytest.approx(1)
    assert reversals(times).statistic == expected["reversals"]
    law = power_law(times, end)
    assert law.beta == pytest.approx(expected["beta_mle"], **near)
    assert law.beta_unbiased == pytest.approx(expected["beta_unbiased"], **near)


def test_power_law_that_ends_with_the_last_event(reference: Reference) -> None:
    case = reference("R12")
    law = power_law(case["inputs"]["t"])
    for name, figure in (("beta", law.beta), ("lam", law.scale)):
        assert figure == pytest.approx(case["expected"][name], abs=case["tolerance"])
    unbiased = case["expected"]["beta_unbiased"]
    assert law.beta_unbiased == pytest.approx(unbiased, abs=case["tolerance"])
    assert law.scale * 620.0**law.beta == pytest.approx(22)


def test_without_an_end_the_last_event_proves_nothing() -> None:
    """Times 1 to 6, the last of which ends it: five at 1 to 5 of 6, mean 3, exactly the middle."""
    assert laplace_trend([1, 2, 3, 4, 5, 6]).statistic == pytest.approx(0)
    # 2 (ln 6/1 + ln 6/2 + ln 6/3 + ln 6/4 + ln 6/5) = 2 ln(6^5 / 120) = 2 ln 64.8
    assert military_trend([1, 2, 3, 4, 5, 6]).statistic == pytest.approx(2 * np.log(64.8))


@pytest.mark.parametrize("find", ALL_TESTS)
def test_fewer_than_six_events_are_too_few(find: Callable[..., Any]) -> None:
    for times in ([], [3.0], [1, 2, 4, 8, 16]):
        result = find(times)
        assert result.verdict == "too few"
        assert result.events == len(times)
        assert np.isnan(result[1:4]).all()
    assert find([1, 2, 4, 8, 16, 32]).verdict != "too few"


def test_the_verdict_follows_the_direction() -> None:
    """Gaps that double, the same gaps in reverse, and gaps that stay the same."""
    gaps = 2.0 ** np.arange(12)
    for times, verdict in ((gaps, "improving"), (gaps[::-1], "worsening"), (np.ones(12), None)):
        moments = np.cumsum(times)
        for test in (laplace_trend, military_trend, power_law):
            expected = verdict or "no trend"
            assert test(moments, end=moments[-1] + times[-1]).verdict == expected
        assert reversals(moments).verdict == (verdict or "worsening")  # ties are never longer


def test_chances_of_reversals_are_those_of_all_orders() -> None:
    """Of the 720 orders of six gaps, those with as many reversals or more, counted one by one."""
    counted = [
        sum(order[i] < order[j] for i in range(6) for j in range(i + 1, 6))
        for order in permutations(range(6))
    ]
    for gaps in ([2, 1, 4, 3, 6, 5], [1, 2, 3, 4, 5, 6], [6, 5, 3, 4, 2, 1]):
        test = reversals(np.cumsum(gaps))
        more = np.mean([found >= test.statistic for found in counted])
        fewer = np.mean([found <= test.statistic for found in counted])
        assert test.p_improving == pytest.approx(more)
        assert test.p_worsening == pytest.approx(fewer)


def test_many_gaps_have_the_normal_chance() -> None:
    """One gap more than is counted out: both ways agree to a percent of a percent."""
    rng = np.random.default_rng(7)
    gaps = rng.permutation(61) + 1.0
    test = reversals(np.cumsum(gaps))
    exact = np.ones(1)
    for place in range(2, 62):
        exact = np.convolve(exact, np.full(place, 1 / place))
    assert test.p_improving == pytest.approx(exact[int(test.statistic) :].sum(), abs=1e-3)
    assert test.p_worsening == pytest.approx(exact[: int(test.statistic) + 1].sum(), abs=1e-3)


def test_no_trend_is_called_a_trend_as_rarely_as_promised() -> None:
    """2,000 systems with 12 events at random: 5 % are called a trend, both ways alike."""
    rng = np.random.default_rng(11)
    drawn = np.sort(rng.uniform(0, 100, (2000, 12)), axis=1)
    for test in (lambda t: laplace_trend(t, 100), lambda t: military_trend(t, 100), reversals):
        called = [test(times).verdict for times in drawn]
        assert called.count("improving") / 2000 == pytest.approx(0.025, abs=0.012)
        assert called.count("worsening") / 2000 == pytest.approx(0.025, abs=0.012)


@pytest.mark.parametrize("find", ALL_TESTS)
@pytest.mark.parametrize("times", [[2, 1], [0, 1], [-1, 2], [1, float("nan")]])
def test_times_must_ascend_from_zero(find: Callable[..., Any], times: list[float]) -> None:
    with pytest.raises(ValueError, match="must ascend"):
        find(times)


@pytest.mark.parametrize("find", ALL_TESTS[:3])
def test_no_event_lies_behind_the_end(find: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="must ascend"):
        find([1, 2, 3], 2.5)


def test_events_that_all_end_the_observation_have_no_power_law() -> None:
    law = power_law([5.0] * 6)
    assert np.isnan([law.beta, law.scale, law.beta_unbiased]).all()
