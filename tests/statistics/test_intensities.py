"""The model of Andersen and Gill against R, and a case that can be solved by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pmanalytics.statistics import proportional_intensities

Reference = Callable[[str], dict[str, Any]]


def test_bladder_cancer_as_in_r(reference: Reference) -> None:
    case = reference("R19")
    rows = np.array(case["inputs"]["rows"])
    unit, start, stop, event = rows.T[:4]
    found = proportional_intensities(start, stop, event, rows[:, 4:], cluster=unit)
    near = {"atol": case["tolerance"]}
    np.testing.assert_allclose(found.coefficient, case["expected"]["coef"], **near)
    np.testing.assert_allclose(found.naive_error, case["expected"]["se_naive"], **near)
    np.testing.assert_allclose(found.robust_error, case["expected"]["se_robust"], **near)
    # The covariates count from wherever they like.
    moved = proportional_intensities(start, stop, event, rows[:, 4:] + 1000.0, cluster=unit)
    np.testing.assert_allclose(moved.coefficient, found.coefficient, rtol=1e-6)


def test_ten_events_at_one_time_by_hand() -> None:
    """At the only time 8 of 10 with and 2 of 10 without the covariate have their event.

    The Breslow score is 8 - 10 e^b / (e^b + 1) = 0, so e^b = 4; information 10 x .8 x .2 = 1.6.
    """
    event = [1] * 8 + [0] * 2 + [1] * 2 + [0] * 8
    covariate = np.repeat([1.0, 0.0], 10)[:, None]
    found = proportional_intensities([0] * 20, [5] * 20, event, covariate)
    assert found.events == 10
    assert found.coefficient == pytest.approx(np.log(4))
    assert found.naive_error == pytest.approx(1 / np.sqrt(1.6))


def test_a_span_is_at_risk_after_its_start_only() -> None:
    """The case above; spans that begin or end with an event at its very time, or that are over."""
    event = [1] * 8 + [0] * 2 + [1] * 2 + [0] * 8 + [0, 0]
    covariate = np.append(np.repeat([1.0, 0.0], 10), [1.0, 1.0])[:, None]
    found = proportional_intensities([0] * 20 + [5, 0], [5] * 20 + [9, 4], event, covariate)
    assert found.coefficient == pytest.approx(np.log(4))


def test_copies_of_a_unit_tell_nothing_new() -> None:
    """Each span twice in one cluster: naive errors shrink by root 2, robust ones stay."""
    rng = np.random.default_rng(2)
    stop, event = rng.integers(1, 30, 60), rng.integers(0, 2, 60)
    covariate = rng.normal(size=(60, 2))
    once = proportional_intensities(np.zeros(60), stop, event, covariate)
    twice = proportional_intensities(
        np.zeros(120),
        np.tile(stop, 2),
        np.tile(event, 2),
        np.tile(covariate, (2, 1)),
        cluster=np.tile(np.arange(60), 2),
    )
    np.testing.assert_allclose(twice.coefficient, once.coefficient)
    np.testing.assert_allclose(twice.naive_error * np.sqrt(2), once.naive_error)
    np.testing.assert_allclose(twice.robust_error, once.robust_error)


def test_a_known_effect_is_found_with_honest_errors() -> None:
    """200 worlds of 100 units with rates that vary among them: the rate ratio is 2."""
    rng = np.random.default_rng(4)
    covered = []
    for _ in range(200):
        treated, frailty = np.repeat([0.0, 1.0], 50), rng.gamma(2, 0.5, 100)
        counts = rng.poisson(3 * frailty * np.exp(treated * np.log(2)))
        unit = np.repeat(np.arange(100), counts)
        moments = rng.integers(1, 365, unit.size)
        _, unit, moments = np.unique(np.stack([unit * 1000 + moments, unit, moments]), axis=1)
        first = np.append(True, np.diff(unit) > 0)
        start = np.where(first, 0, np.roll(moments, 1))
        last = np.zeros(100, dtype=int)
        np.maximum.at(last, unit, moments)
        found = proportional_intensities(
            np.append(start, last),
            np.append(moments, [366] * 100),
            np.append(np.ones(unit.size), np.zeros(100)),
            np.append(treated[unit], treated)[:, None],
            cluster=np.append(unit, np.arange(100)),
        )
        covered.append(abs(found.coefficient[0] - np.log(2)) < 1.96 * found.robust_error[0])
    assert np.mean(covered) == pytest.approx(0.95, abs=0.04)


@pytest.mark.parametrize("events", [0, 9, 10])
def test_ten_events_per_covariate_are_needed(events: int) -> None:
    event = np.arange(30) < events
    covariate = (np.arange(30) % 2)[:, None]
    found = proportional_intensities(np.zeros(30), np.arange(30) + 1, event, covariate)
    assert np.isnan(found.coefficient).all() == (events < 10)
    assert found.events == events


def test_without_a_finite_best_value_there_is_none() -> None:
    """Only units with the covariate have events; and a covariate that is everywhere the same."""
    event, covariate = np.repeat([1, 0], 20), np.repeat([1.0, 0.0], 20)[:, None]
    for x in (covariate, np.ones((40, 1))):
        assert np.isnan(
            proportional_intensities(np.zeros(40), np.full(40, 9), event, x).coefficient
        )
    assert proportional_intensities([], [], [], []).events == 0


@pytest.mark.parametrize(
    ("start", "stop", "event", "x"), [(2, 2, 1, 0), (0, 2, 2, 0), (0, 2, 1, float("nan"))]
)
def test_what_is_no_span_is_refused(start: float, stop: float, event: float, x: float) -> None:
    with pytest.raises(ValueError, match="begin before they end"):
        proportional_intensities([start], [stop], [event], [[x]])
