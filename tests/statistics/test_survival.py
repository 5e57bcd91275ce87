"""Survival estimates against published values, cases worked by hand, and identities.

R and W numbers are the cases of `reference_values.json`, which says where each comes from.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.statistics import (
    DONE,
    DROPPED,
    OPEN,
    LifeTable,
    cumulative_incidence,
    first_day_reaching,
    incidence_at,
    kaplan_meier,
    life_table,
    median_with_limits,
    restricted_mean,
)

NAN = float("nan")

Case = dict[str, Any]
Reference = Callable[[str], Case]

# W02: items dropped are a competing outcome; worked by hand
COMPETING = life_table([5, 5, 5, 7, 7, 7, 7, 10, 10, 40], [1, 1, 1, 2, 2, 2, 2, 1, 1, 0])


def table_of(case: Case, *, time: str = "time", outcome: str = "event") -> LifeTable:
    return life_table(case["inputs"][time], case["inputs"][outcome])


def on_days(figures: dict[str, float]) -> tuple[list[int], list[float]]:
    """The days of published figures, and the figures."""
    return [int(day) for day in figures], list(figures.values())


@pytest.fixture
def transplants(reference: Reference) -> LifeTable:
    """R15: bone-marrow transplants, two causes."""
    return table_of(reference("R15"), outcome="cause")


@pytest.fixture
def treated(reference: Reference) -> LifeTable:
    """R04: 6-MP remission."""
    return table_of(reference("R04"))


@pytest.fixture
def placebo(reference: Reference) -> LifeTable:
    """R04: the placebo arm."""
    return table_of(reference("R04"), time="placebo_time", outcome="placebo_event")


def median_of_survival(table: LifeTable) -> tuple[float, float, float]:
    """The median with log-log limits on the share still open, as R prints it."""
    curve = kaplan_meier(table)
    median, low, high = (
        first_day_reaching(curve.day, 1 - share) for share in (curve.value, curve.low, curve.high)
    )
    return median, low, high


@pytest.mark.parametrize("name", ["R01", "R02", "R04", "R20"])
def test_share_still_open_as_published(reference: Reference, name: str) -> None:
    case = reference(name)
    days, expected = on_days(case["expected"]["S"])
    found = incidence_at(kaplan_meier(table_of(case)), days)
    np.testing.assert_allclose(found, expected, atol=6e-5 if name != "R20" else 1e-12)


@pytest.mark.parametrize("name", ["R01", "R04"])
def test_greenwood_errors(reference: Reference, name: str) -> None:
    case = reference(name)
    days, expected = on_days(case["expected"]["se_greenwood"])
    found = incidence_at(kaplan_meier(table_of(case)), days, figure="standard_error")
    np.testing.assert_allclose(found, expected, atol=6e-5)


def test_log_log_limits(reference: Reference, treated: LifeTable) -> None:
    days, expected = on_days(reference("R04")["expected"]["ci_loglog"])
    limits = [incidence_at(kaplan_meier(treated), days, figure=side) for side in ("low", "high")]
    np.testing.assert_allclose(np.transpose(limits), expected, atol=6e-5)


@pytest.mark.parametrize("name", ["R01", "R02"])
def test_median_with_log_log_limits_on_survival(reference: Reference, name: str) -> None:
    case = reference(name)
    limits = [NAN if day is None else day for day in case["expected"]["median_ci_loglog"]]
    np.testing.assert_equal(
        median_of_survival(table_of(case)), (case["expected"]["median"], *limits)
    )


def test_lung_data(reference: Reference) -> None:
    case = reference("R05")
    table, expected = table_of(case), case["expected"]
    assert (table.total, table.done.sum()) == (expected["n"], expected["events"])
    assert median_of_survival(table) == (expected["median"], *expected["median_ci_loglog"])
    year = incidence_at(kaplan_meier(table), 365.25)
    assert year == pytest.approx(expected["S_365_25"], abs=1e-6)


@pytest.mark.parametrize("group", ["0", "1", "2"])
def test_lung_data_by_performance_score(reference: Reference, group: str) -> None:
    given, expected = reference("R05")["inputs"], reference("R05")["expected"]
    chosen = np.array([score == int(group) for score in given["ecog"]])
    table = life_table(np.array(given["time"])[chosen], np.array(given["event"])[chosen])
    published = expected["by_ecog"][group]
    assert (table.total, table.done.sum()) == (published["n"], published["events"])
    assert median_with_limits(table).days == published["median"]
    mean = restricted_mean(table, 730)
    assert mean.days == pytest.approx(expected["rmst_730"][group], abs=1e-3)
    assert mean.standard_error == pytest.approx(expected["rmst_730_se"][group], abs=1e-3)
    assert mean.days == pytest.approx(expected["rmst_730_rounded"][group], abs=0.5)
    assert mean.standard_error == pytest.approx(expected["rmst_730_se_rounded"][group], abs=0.05)
    assert mean.tau == 730


def test_restricted_mean_of_the_treated(reference: Reference, treated: LifeTable) -> None:
    expected = reference("R04")["expected"]
    found = restricted_mean(treated, 35)
    assert found == pytest.approx((expected["rmst_35"], expected["rmst_35_se"], 35), abs=1e-5)


def test_medians_of_treated_and_placebo(
    reference: Reference, treated: LifeTable, placebo: LifeTable
) -> None:
    expected = reference("R04")["expected"]
    assert median_with_limits(treated).days == expected["median"]
    assert median_with_limits(placebo).days == expected["placebo_median"]


def test_competing_outcomes_as_published(reference: Reference, transplants: LifeTable) -> None:
    expected = reference("R15")["expected"]
    curves = [cumulative_incidence(transplants, outcome) for outcome in (DONE, DROPPED)]
    for curve, name in zip(curves, ("F1", "F2"), strict=True):
        days, published = on_days(expected[name])
        np.testing.assert_allclose(incidence_at(curve, days), published, atol=1e-8)
    end = sum(curve.value[-1] for curve in curves)
    assert end == pytest.approx(expected["all_cause_end"], abs=1e-8)


def test_variance_and_limits_of_a_competing_outcome(
    reference: Reference, transplants: LifeTable
) -> None:
    expected = reference("R15")["expected"]
    curve = cumulative_incidence(transplants, DONE)
    error = incidence_at(curve, 10, figure="standard_error")
    limits = [incidence_at(curve, 10, figure=figure) for figure in ("low", "high")]
    assert error == pytest.approx(expected["F1_at_10_se"], abs=1e-8)
    assert limits == pytest.approx(expected["F1_at_10_ci_loglog"], abs=1e-7)


def test_dropped_is_not_censored(reference: Reference) -> None:
    case = reference("R15")
    naive = np.where(np.array(case["inputs"]["cause"]) == DONE, DONE, OPEN)
    curve = kaplan_meier(life_table(case["inputs"]["time"], naive))
    wrong = case["expected"]["naive_one_minus_km_cause1"]
    assert 1 - curve.value[-1] == pytest.approx(wrong, abs=1e-8)
    assert wrong > case["expected"]["F1"]["72"]


def test_median_counts_the_open_ones() -> None:
    # W01, by hand: 10 items, the 5th done on day 8; the naive mean of the closed ones is 4.8
    table = life_table([2, 3, 5, 6, 8, 20, 25, 40, 60, 90], [1] * 5 + [0] * 5)
    assert median_with_limits(table).days == 8
    assert incidence_at(cumulative_incidence(table, DONE), 15) == pytest.approx(0.5)


def test_dropped_is_a_competing_outcome() -> None:
    done = incidence_at(cumulative_incidence(COMPETING, DONE), 15)
    dropped = incidence_at(cumulative_incidence(COMPETING, DROPPED), 15)
    still_open = incidence_at(kaplan_meier(COMPETING), 15)
    assert (done, dropped, still_open) == pytest.approx((0.5, 0.4, 0.1))


def test_delayed_entry(reference: Reference) -> None:
    # W10; the item that enters on day 6 and ends on day 6 is at risk on that day
    given, expected = reference("W10")["inputs"], reference("W10")["expected"]
    table = life_table(given["time"], given["code"], entry=given["entry"])
    days = expected["t"]
    assert table.at_risk[np.isin(table.day, days)].tolist() == expected["n_at_risk"]
    found = [
        incidence_at(kaplan_meier(table), days),
        incidence_at(cumulative_incidence(table, DONE), days),
        incidence_at(cumulative_incidence(table, DROPPED), days),
    ]
    worked = [expected[name] for name in ("S", "F_done", "F_cancel")]
    np.testing.assert_allclose(found, worked, atol=1e-9)


def test_limits_of_the_median_come_from_the_limits_of_the_curve(placebo: LifeTable) -> None:
    curve = cumulative_incidence(placebo, DONE)
    median = median_with_limits(placebo)
    before = curve.day < median.low
    assert median.low < median.days < median.high
    assert curve.high[curve.day == median.low] >= 0.5
    assert np.nanmax(curve.high[before]) < 0.5
    assert curve.low[curve.day == median.high] >= 0.5
    assert np.nanmax(curve.low[curve.day < median.high]) < 0.5


def test_a_median_that_is_not_reached_is_missing() -> None:
    np.testing.assert_equal(median_with_limits(COMPETING, DROPPED).days, NAN)


def test_one_half_is_reached_in_spite_of_rounding() -> None:
    assert first_day_reaching([4, 8], [0.3, 0.5 - 1e-12]) == 8


def test_a_curve_is_unknown_beyond_the_last_follow_up() -> None:
    curve = cumulative_incidence(life_table([3, 10], [DONE, OPEN]), DONE)
    np.testing.assert_equal(incidence_at(curve, [2, 3, 10, 11, NAN]), [0, 0.5, 0.5, NAN, NAN])


def test_a_curve_stays_known_when_nobody_is_left() -> None:
    curve = cumulative_incidence(life_table([3, 10], [DONE, DROPPED]), DONE)
    np.testing.assert_equal(incidence_at(curve, [90, NAN]), [0.5, NAN])


def test_the_restricted_mean_says_how_far_it_went() -> None:
    # 20 of 40 days open for one item, 40 of 40 for the other: mean 30; nobody was seen on day 90
    assert restricted_mean(life_table([20, 40], [DONE, OPEN]), 90) == (
        30,
        pytest.approx(50**0.5),
        40,
    )
    # Everybody ended, so the days up to 90 are known: (20 + 40) / 2
    assert restricted_mean(life_table([20, 40], [DONE, DONE]), 90).tau == 90


def test_the_error_of_the_restricted_mean_by_hand() -> None:
    # S is 1 to day 20, 1/2 to day 40: the area beyond day 20 is 10; 10^2 * 1 / (2 * 1) = 50
    found = restricted_mean(life_table([20, 40], [DONE, DONE]), 40)
    assert found == (30, pytest.approx(50**0.5), 40)


@pytest.mark.parametrize("outcome", [DONE, DROPPED])
def test_an_empty_table_gives_missing_values(outcome: int) -> None:
    table = life_table([], [])
    assert table.total == 0
    np.testing.assert_equal(incidence_at(cumulative_incidence(table, outcome), [0, 15]), [NAN] * 2)
    np.testing.assert_equal(incidence_at(kaplan_meier(table), [0, 15]), [NAN] * 2)
    np.testing.assert_equal(tuple(median_with_limits(table, outcome)), [NAN] * 3)
    np.testing.assert_equal(tuple(restricted_mean(table, 90)), [NAN, NAN, 90])


def test_nothing_done_has_no_upper_limit() -> None:
    curve = cumulative_incidence(life_table([3, 30], [OPEN, OPEN]), DONE)
    np.testing.assert_equal(curve.value, [0, 0])
    np.testing.assert_equal(curve.low, [0, 0])
    np.testing.assert_equal(curve.high, [NAN, NAN])


@pytest.mark.parametrize("items", [1, 3, 7, 10, 1000])
def test_everything_done_has_no_lower_limit(items: int) -> None:
    curve = cumulative_incidence(life_table(np.arange(items), np.ones(items)), DONE)
    assert curve.value[-1] == pytest.approx(1)
    assert curve.high[-1] == 1
    np.testing.assert_equal(curve.low[-1], NAN)
    np.testing.assert_allclose(curve.standard_error[-1], 0, atol=1e-7)


def test_a_share_never_ends_above_one() -> None:
    # With 1, 4 and 2 items on three days the parts add up to more than 1 in floating point.
    ends = [
        cumulative_incidence(life_table([0, 1, 2], [DONE] * 3, weight=weight), DONE).value.max()
        for weight in product(range(1, 8), repeat=3)
    ]
    assert max(ends) == 1


def test_an_outcome_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="outcome must be 1"):
        cumulative_incidence(COMPETING, OPEN)


lives = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from([OPEN, DONE, DROPPED]), st.integers(0, 20)),
    min_size=1,
    max_size=60,
)


@given(lives)
def test_done_and_dropped_and_open_are_everything(rows: list[tuple[int, int, int]]) -> None:
    days, outcome, entry = np.array(rows).T
    table = life_table(days, outcome, entry=entry)
    shares = [cumulative_incidence(table, DONE).value, cumulative_incidence(table, DROPPED).value]
    np.testing.assert_allclose(sum(shares) + kaplan_meier(table).value, 1)


@given(lives)
def test_limits_enclose_the_share(rows: list[tuple[int, int, int]]) -> None:
    days, outcome, entry = np.array(rows).T
    curve = cumulative_incidence(life_table(days, outcome, entry=entry), DONE)
    assert not np.any(curve.low > curve.value + 1e-12)
    assert not np.any(curve.high < curve.value - 1e-12)
    assert np.all(np.isfinite(curve.standard_error))


@given(st.lists(st.integers(0, 60), min_size=1), st.integers(0, 60))
def test_without_censoring_the_curve_is_the_plain_share(days: list[int], target: int) -> None:
    # Everybody is followed for at least `target` days, and nobody is dropped.
    done = np.array(days) <= target
    table = life_table(np.where(done, days, target), np.where(done, DONE, OPEN))
    found = incidence_at(cumulative_incidence(table, DONE), target)
    assert found == pytest.approx(done.mean())


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=2, max_size=60))
def test_with_a_single_outcome_the_variance_is_greenwoods(rows: list[tuple[int, bool]]) -> None:
    days, done = np.array(rows).T
    table = life_table(days, done)
    found = cumulative_incidence(table, DONE).standard_error
    np.testing.assert_allclose(found, kaplan_meier(table).standard_error, atol=1e-7)


@given(lives)
def test_the_variance_is_the_double_sum_of_its_definition(rows: list[tuple[int, int, int]]) -> None:
    days, outcome, _ = np.array(rows).T
    table = life_table(days, outcome)
    curve = cumulative_incidence(table, DONE)
    np.testing.assert_allclose(curve.standard_error, _slow_error(table, curve.value), atol=1e-7)


def _slow_error(table: LifeTable, incidence: np.ndarray) -> list[float]:
    """The formula as printed: a sum over earlier days for each day."""
    before = np.concatenate([[1], kaplan_meier(table).value[:-1]])
    errors = []
    for last in range(len(incidence)):
        total = 0.0
        for j in range(last + 1):
            n, one = float(table.at_risk[j]), float(table.done[j])
            ended = one + table.dropped[j]
            gain = incidence[last] - incidence[j]
            total += gain**2 * ended / (n * (n - ended)) if n > ended else 0.0
            total += before[j] ** 2 * one * (n - one) / n**3 - 2 * gain * before[j] * one / n**2
        errors.append(max(total, 0.0) ** 0.5)
    return errors
