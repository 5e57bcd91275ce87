"""The log-rank test against published values and cases worked by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pmanalytics.statistics import DONE, DROPPED, OPEN, add_tables, life_table, log_rank

Reference = Callable[[str], dict[str, Any]]


def test_the_two_arms_of_the_leukaemia_trial(reference: Reference) -> None:
    arms = [reference(name)["inputs"] for name in ("R01", "R02")]
    result = log_rank(*(life_table(arm["time"], arm["event"]) for arm in arms))
    case = reference("R03")
    near = case["tolerance"]
    assert result.chi_squared == pytest.approx(case["expected"]["chi2"], abs=near["chi2"])
    assert result.p == pytest.approx(case["expected"]["p"], abs=near["p"])
    # R prints observed 7 and expected 10.69 for the maintained arm.
    assert result.observed == 7
    assert result.expected == pytest.approx(10.69, abs=0.005)


def test_remission_against_placebo(reference: Reference) -> None:
    case = reference("R04")
    given, expected, near = case["inputs"], case["expected"], case["tolerance"]
    placebo = life_table(given["placebo_time"], given["placebo_event"])
    result = log_rank(life_table(given["time"], given["event"]), placebo)
    assert result.chi_squared == pytest.approx(expected["logrank_chi2"], abs=near["logrank_chi2"])
    assert result.p == pytest.approx(expected["logrank_p"], abs=near["logrank_p"])


def test_the_other_outcome_leaves_the_risk_set() -> None:
    """Day 2: 1 of 3 + 3; day 4: 1 of 1 + 3, as one of the first group was dropped on day 3."""
    first = life_table([2, 3, 4], [DONE, DROPPED, DONE])
    second = life_table([9, 9, 9], [OPEN] * 3)
    result = log_rank(first, second)
    assert result.observed == 2
    assert result.expected == pytest.approx(3 / 6 + 1 / 4)
    # Variance 1/2 x 1/2 + 1/4 x 3/4 = 7/16
    assert result.chi_squared == pytest.approx((2 - 0.75) ** 2 / (7 / 16))
    dropped = log_rank(first, second, outcome=DROPPED)
    assert (dropped.observed, dropped.expected) == (1, pytest.approx(2 / 5))


def test_who_enters_late_is_at_risk_from_then_on() -> None:
    """Day 2: 1 of 1 + 1, the second entering on day 5 only; day 6: 0 + 1 of 1 + 2."""
    first = life_table([2, 7], [DONE, OPEN], entry=[0, 3])
    second = life_table([6, 8], [DONE, OPEN], entry=[0, 5])
    assert log_rank(first, second).expected == pytest.approx(1 / 2 + 1 / 3)


def test_who_is_given_first_does_not_matter_and_parts_add_up() -> None:
    rng = np.random.default_rng(3)
    days, outcome = rng.integers(0, 40, (2, 50)), rng.integers(0, 3, (2, 50))
    one, two = (life_table(days[row], outcome[row]) for row in (0, 1))
    there, back = log_rank(one, two), log_rank(two, one)
    assert there.chi_squared == pytest.approx(back.chi_squared)
    assert there.observed + back.observed == pytest.approx(there.expected + back.expected)
    parts = add_tables(
        life_table(days[0, part], outcome[0, part]) for part in np.split(np.arange(50), 5)
    )
    assert log_rank(parts, two) == there


@pytest.mark.parametrize("days", [[], [5], [5, 6]])
def test_what_cannot_be_compared_has_no_statistic(days: list[int]) -> None:
    result = log_rank(life_table(days, [DONE] * len(days)), life_table([], []))
    assert np.isnan([result.chi_squared, result.p]).all()
    with pytest.raises(ValueError, match="outcome"):
        log_rank(life_table([1], [DONE]), life_table([2], [DONE]), outcome=OPEN)
