"""The mean cumulative function against published tables, a plain oracle, and identities."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.statistics import MeanCumulative, mean_cumulative_function

Reference = Callable[[str], dict[str, Any]]


def valve_seats(reference: Reference) -> MeanCumulative:
    rows = reference("R08")["inputs"]["rows"]
    ends = {unit: time for unit, time, event in rows if not event}
    units = list(ends)
    events = [(units.index(unit), time) for unit, time, event in rows if event]
    return mean_cumulative_function(*zip(*events, strict=True), end=list(ends.values()))


def at(found: MeanCumulative, time: float) -> int:
    return int(np.flatnonzero(found.time == time)[0])


def test_valve_seats_as_published(reference: Reference) -> None:
    expected, found = reference("R08")["expected"], valve_seats(reference)
    assert found.events.sum() == expected["events"]
    for time, value in expected["M"].items():
        row = at(found, float(time))
        assert found.value[row] == pytest.approx(value, abs=6e-5)
        assert found.standard_error[row] == pytest.approx(expected["se_robust"][time], abs=6e-5)
    for time, (n, value, error) in expected["published_n_M_se"].items():
        row = at(found, float(time))
        assert found.at_risk[row] == n
        assert found.value[row] == pytest.approx(value, abs=6e-4)
        assert found.standard_error[row] == pytest.approx(error, abs=6e-4)


def test_the_limits_are_those_of_the_logarithm(reference: Reference) -> None:
    found = valve_seats(reference)
    row = at(found, 653)
    # 1.5427 * exp(+-1.959964 * 0.3117 / 1.5427) = 1.5427 * exp(+-0.39601)
    assert found.low[row] == pytest.approx(1.0382, abs=5e-4)
    assert found.high[row] == pytest.approx(2.2923, abs=5e-4)


def test_two_events_of_one_unit_at_once_are_one_jump_of_two(reference: Reference) -> None:
    found = valve_seats(reference)
    row = at(found, 139)  # unit 402 had two at 139; the step is 2 / 41
    assert found.events[row] == 2
    assert found.value[row] - found.value[row - 1] == pytest.approx(2 / 41)


def test_five_systems_as_published(reference: Reference) -> None:
    case = reference("R09")
    times = case["inputs"]["times_per_unit"]
    events = [(unit, time) for unit, own in enumerate(times) for time in own[:-1]]
    found = mean_cumulative_function(*zip(*events, strict=True), end=[own[-1] for own in times])
    assert {str(int(t)): v for t, v in zip(found.time, found.value, strict=True)} == pytest.approx(
        case["expected"]["M"], abs=6e-6
    )
    # The published 0.718 leaves out that events of one unit belong together.
    assert found.standard_error[at(found, 25)] ** 2 == pytest.approx(
        case["expected"]["var_robust_25"], abs=1e-6
    )


def plainly(
    unit: np.ndarray, time: np.ndarray, start: np.ndarray, end: np.ndarray
) -> tuple[list[float], list[float]]:
    """Value and variance straight from the formula, one unit and one time after the other."""
    rows = [(u, t) for u, t in zip(unit, time, strict=True) if start[u] < t <= end[u]]
    deviation = dict.fromkeys(range(len(end)), 0.0)
    value, values, variances = 0.0, [], []
    for t in sorted({t for _, t in rows}):
        risk = [u for u in deviation if start[u] < t <= end[u]]
        events = [u for u, when in rows if when == t]
        mean = len(events) / len(risk)
        value += mean
        for u in risk:
            deviation[u] += (events.count(u) - mean) / len(risk)
        values.append(value)
        variances.append(sum(part**2 for part in deviation.values()))
    return values, variances


@given(st.integers(0, 10_000))
def test_it_agrees_with_the_formula_taken_plainly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    units = int(rng.integers(2, 9))
    start, end = rng.integers(-1, 6, units), rng.integers(0, 20, units)
    events = int(rng.integers(0, 30))
    unit, time = rng.integers(0, units, events), rng.integers(0, 20, events)
    found = mean_cumulative_function(unit, time, start=start, end=end)
    values, variances = plainly(unit, time, start, end)
    np.testing.assert_allclose(found.value, values)
    enough = ~np.isnan(found.standard_error)
    np.testing.assert_allclose(found.standard_error[enough], np.sqrt(variances)[enough], atol=1e-7)


def test_without_censoring_it_is_events_per_unit() -> None:
    found = mean_cumulative_function([0, 0, 2, 1, 0], [1, 2, 2, 5, 9], end=[9, 9, 9, 9])
    np.testing.assert_allclose(found.value, [1 / 4, 3 / 4, 1, 5 / 4])


def test_a_unit_is_at_risk_after_its_start_and_at_its_end() -> None:
    found = mean_cumulative_function([0, 0, 1, 1, 1], [2, 6, 2, 3, 7], start=[-1, 2], end=[6, 6])
    # At 2 only unit 0 is watched, so that unit 1's event then, and the one at 7, do not count.
    assert found.time.tolist() == [2, 3, 6]
    assert found.at_risk.tolist() == [1, 2, 2]
    assert found.events.tolist() == [1, 1, 1]


def test_one_unit_alone_has_no_limits_and_no_units_have_no_rows() -> None:
    alone = mean_cumulative_function([0, 0], [1, 2], end=[5])
    assert alone.value.tolist() == [1, 2]
    assert np.isnan([alone.standard_error, alone.low, alone.high]).all()
    assert mean_cumulative_function([], [], end=[]).time.size == 0
    assert mean_cumulative_function([], [], end=[3, 4]).time.size == 0


@pytest.mark.parametrize(
    ("unit", "time", "end"), [([1], [1], [5]), ([0], [np.nan], [5]), ([0], [1], [np.nan])]
)
def test_it_refuses_what_it_cannot_place(unit: Any, time: Any, end: Any) -> None:
    with pytest.raises(ValueError, match="Every"):
        mean_cumulative_function(unit, time, end=end)


def test_the_limits_cover_at_their_rate_when_units_differ() -> None:
    """Units with gamma rates: events cluster, and the limits hold their 95 % nevertheless."""
    rng = np.random.default_rng(5)
    covered = []
    for _ in range(500):
        rates = rng.gamma(2.0, 1.0, 60)
        counts = rng.poisson(rates)
        unit = np.repeat(np.arange(60), counts)
        found = mean_cumulative_function(unit, rng.random(unit.size), end=np.ones(60))
        covered.append(found.low[-1] < 2.0 < found.high[-1])  # the mean of the rates is 2
    # Limits from a Poisson error, which take events for independent, hold about 83 %.
    assert np.mean(covered) == pytest.approx(0.95, abs=0.025)
