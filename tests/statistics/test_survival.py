"""Survival estimates against published values, cases worked by hand, and identities.

R and W numbers are the rows of the project's reference values; their source is in each test.
"""

from pathlib import Path

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

# R01, R02: AML maintained and non-maintained arm; therneau/survival tests/doaml.Rout.save
MAINTAINED = life_table(
    [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]
)
NOT_MAINTAINED = life_table(
    [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
)

# R04: 6-MP remission; Freireich et al. 1963, Blood 21:699
TREATED = life_table(
    [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35],
    [1] * 9 + [0] * 12,
)
PLACEBO = life_table(
    [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [1] * 21
)

# R15: bone-marrow transplants, two causes; scikit-survival's tests, values from R cmprsk
TRANSPLANTS = life_table(
    [
        *(0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 7, 7, 7, 8, 8, 8, 9, 10, 12, 13, 14, 22),
        *(26, 32, 35, 35, 67, 68, 70, 72),
    ],
    [
        *(1, 2, 1, 2, 0, 2, 1, 1, 1, 2, 0, 1, 1, 2, 2, 0, 2, 2, 0, 1, 2, 2, 2, 1, 2, 2, 2),
        *(2, 0, 0, 0, 0, 0, 0, 0),
    ],
)

# W02: items dropped are a competing outcome; worked by hand
COMPETING = life_table([5, 5, 5, 7, 7, 7, 7, 10, 10, 40], [1, 1, 1, 2, 2, 2, 2, 1, 1, 0])


@pytest.fixture(scope="module")
def lung() -> np.ndarray:
    """R05: NCCTG lung data (time, event, ECOG); R package survival, dataset lung."""
    return np.genfromtxt(Path(__file__).with_name("lung.csv"), delimiter=",", skip_header=1)


def median_of_survival(table: LifeTable) -> tuple[float, float, float]:
    """The median with log-log limits on the share still open, as R prints it."""
    curve = kaplan_meier(table)
    median, low, high = (
        first_day_reaching(curve.day, 1 - share) for share in (curve.value, curve.low, curve.high)
    )
    return median, low, high


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(
            MAINTAINED,
            {
                9: 0.90909,
                13: 0.81818,
                18: 0.71591,
                23: 0.61364,
                31: 0.49091,
                34: 0.36818,
                48: 0.18409,
            },
            id="R01",
        ),
        pytest.param(
            NOT_MAINTAINED,
            {
                5: 0.8333,
                8: 0.6667,
                12: 0.5833,
                23: 0.4861,
                27: 0.3889,
                30: 0.2917,
                33: 0.1944,
                43: 0.0972,
                45: 0.0,
            },
            id="R02",
        ),
        pytest.param(
            TREATED,
            {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482},
            id="R04",
        ),
    ],
)
def test_share_still_open_as_published(table: LifeTable, expected: dict[int, float]) -> None:
    found = incidence_at(kaplan_meier(table), list(expected))
    np.testing.assert_allclose(found, list(expected.values()), atol=6e-5)


def test_ties_of_ends_and_censoring_give_exact_fractions() -> None:
    # R20: Therneau and Grambsch 2000, appendix E, test set 1
    curve = kaplan_meier(life_table([9, 1, 1, 6, 6, 8], [1, 1, 0, 1, 1, 0]))
    np.testing.assert_allclose(incidence_at(curve, [1, 6, 8, 9]), [5 / 6, 5 / 12, 5 / 12, 0])


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(
            MAINTAINED,
            {9: 0.0867, 13: 0.1163, 18: 0.1397, 23: 0.1526, 31: 0.1642, 34: 0.1627, 48: 0.1535},
            id="R01",
        ),
        pytest.param(
            TREATED,
            {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346},
            id="R04",
        ),
    ],
)
def test_greenwood_errors(table: LifeTable, expected: dict[int, float]) -> None:
    found = incidence_at(kaplan_meier(table), list(expected), figure="standard_error")
    np.testing.assert_allclose(found, list(expected.values()), atol=6e-5)


def test_log_log_limits() -> None:
    curve = kaplan_meier(TREATED)  # R04
    low = incidence_at(curve, [6, 10, 23], figure="low")
    high = incidence_at(curve, [6, 10, 23], figure="high")
    np.testing.assert_allclose(low, [0.6197, 0.5032, 0.1881], atol=6e-5)
    np.testing.assert_allclose(high, [0.9516, 0.8894, 0.6801], atol=6e-5)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(MAINTAINED, (31, 13, NAN), id="R01"),
        pytest.param(NOT_MAINTAINED, (23, 5, 33), id="R02"),
    ],
)
def test_median_with_log_log_limits_on_survival(table: LifeTable, expected: tuple) -> None:
    np.testing.assert_equal(median_of_survival(table), expected)


def test_lung_data(lung: np.ndarray) -> None:
    table = life_table(lung[:, 0], lung[:, 1])
    assert (table.total, table.done.sum()) == (228, 165)
    assert median_of_survival(table) == (310, 284, 361)
    assert incidence_at(kaplan_meier(table), 365.25) == pytest.approx(0.4092416, abs=1e-6)


@pytest.mark.parametrize(
    ("group", "items", "events", "median", "mean", "error"),
    [
        (0, 63, 37, 394, 428.5833, 32.1571),
        (1, 113, 82, 306, 366.2657, 22.4157),
        (2, 50, 44, 199, 255.6205, 29.9562),
    ],
)
def test_lung_data_by_performance_score(
    lung: np.ndarray,
    group: int,
    items: int,
    events: int,
    median: int,
    mean: float,
    error: float,
) -> None:
    rows = lung[lung[:, 2] == group]
    table = life_table(rows[:, 0], rows[:, 1])
    assert (table.total, table.done.sum()) == (items, events)
    assert median_with_limits(table).days == median
    assert restricted_mean(table, 730) == pytest.approx((mean, error, 730), abs=1e-3)


def test_restricted_mean_of_the_treated() -> None:
    assert restricted_mean(TREATED, 35) == pytest.approx((23.287395, 2.827468, 35), abs=1e-5)


def test_medians_of_treated_and_placebo() -> None:
    assert median_with_limits(TREATED).days == 23
    assert median_with_limits(PLACEBO).days == 8


def test_competing_outcomes_as_published() -> None:
    done = cumulative_incidence(TRANSPLANTS, DONE)
    dropped = cumulative_incidence(TRANSPLANTS, DROPPED)
    np.testing.assert_allclose(
        incidence_at(done, [0, 3, 4, 8, 12, 72]),
        [0.02857143, 0.14581281, 0.20492611, 0.23771164, 0.27283899, 0.27283899],
        atol=1e-8,
    )
    np.testing.assert_allclose(
        incidence_at(dropped, [0, 3, 10, 14, 26, 72]),
        [0.02857143, 0.11527094, 0.34076015, 0.41101485, 0.48126955, 0.48126955],
        atol=1e-8,
    )
    assert done.value[-1] + dropped.value[-1] == pytest.approx(0.75410854, abs=1e-8)


def test_variance_and_limits_of_a_competing_outcome() -> None:
    curve = cumulative_incidence(TRANSPLANTS, DONE)
    error = incidence_at(curve, 10, figure="standard_error")
    limits = [incidence_at(curve, 10, figure=figure) for figure in ("low", "high")]
    assert error == pytest.approx(0.07360519, abs=1e-8)
    assert limits == pytest.approx([0.11170565, 0.38996483], abs=1e-7)


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


def test_delayed_entry() -> None:
    # W10, by hand; the item that enters on day 6 and ends on day 6 is at risk on that day
    table = life_table([5, 12, 8, 6, 20, 9], [1, 0, 1, 1, 0, 2], entry=[0, 0, 3, 6, 6, 2])
    days = [5, 6, 8, 9]
    assert table.at_risk[np.isin(table.day, days)].tolist() == [4, 5, 4, 3]
    found = [
        incidence_at(kaplan_meier(table), days),
        incidence_at(cumulative_incidence(table, DONE), days),
        incidence_at(cumulative_incidence(table, DROPPED), days),
    ]
    expected = [[0.75, 0.6, 0.45, 0.3], [0.25, 0.4, 0.55, 0.55], [0, 0, 0, 0.15]]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_limits_of_the_median_come_from_the_limits_of_the_curve() -> None:
    curve = cumulative_incidence(PLACEBO, DONE)
    median = median_with_limits(PLACEBO)
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
