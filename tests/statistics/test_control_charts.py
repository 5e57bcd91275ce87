"""Control charts against the NIST handbook, false-alarm rates, and cases worked by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.statistics.control_charts import (
    Chart,
    clipped_to_shares,
    individuals_chart,
    laney_chart,
    moving_range,
    p_chart,
    signals,
    u_chart,
)

NAN = float("nan")
Reference = Callable[[str], dict[str, Any]]
FLAT = Chart(np.array(10.0), np.array(4.0), np.array(16.0))


def test_individuals_as_published(reference: Reference) -> None:
    # R13: NIST/SEMATECH handbook 6.3.2.2
    case = reference("R13")
    x, expected = case["inputs"]["x"], case["expected"]
    chart = individuals_chart(x)
    assert chart.centre[0] == pytest.approx(expected["mean"], abs=1e-9)
    assert moving_range(x).mean == pytest.approx(expected["mr_bar"], abs=1e-6)
    # D4 of two draws in the handbook's table: 3.267
    assert moving_range(x).limit == pytest.approx(3.267 * expected["mr_bar"], abs=1e-5)
    limits = (chart.lower[0], chart.upper[0])
    assert limits == pytest.approx(expected["limits_3_over_1128"], abs=6e-5)
    # Wheeler's rounded factor differs in the fourth digit, and is not what we use.
    assert limits != pytest.approx(expected["limits_266"], abs=6e-5)


def test_p_chart_as_published(reference: Reference) -> None:
    # R14: NIST/SEMATECH handbook 6.3.3.2, 30 wafers of 50 chips
    case = reference("R14")
    n = case["inputs"]["n"]
    chart = p_chart(np.round(np.array(case["inputs"]["p"]) * n), n)
    assert chart.centre[0] == pytest.approx(case["expected"]["pbar"], abs=1e-6)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx(case["expected"]["limits"], abs=1e-6)
    # The handbook: "the 15th and 23rd wafers are above the upper limit".
    words = signals(case["inputs"]["p"], chart)
    assert np.flatnonzero(words == "high").tolist() == [14, 22]


def test_p_chart_has_limits_of_its_own_for_every_n() -> None:
    # 9 of 10 and 16 of 20: 25 of 30; 3 sqrt(5/6 1/6 / n) is .35355 and .25
    chart = p_chart([9, 16, 0], [10, 20, 0])
    np.testing.assert_allclose(chart.centre, [5 / 6] * 3, atol=1e-12)
    np.testing.assert_allclose(chart.upper - chart.centre, [0.353553, 0.25, NAN], atol=1e-6)
    np.testing.assert_equal(clipped_to_shares(chart).upper, [1, 1, NAN])


def test_laney_by_hand() -> None:
    # 60 90 50 80 of 100: share .7, error sqrt(.21/100) = .0458258; z -2.18218 4.36436 -4.36436
    # 2.18218; ranges 6.54654 8.72872 6.54654, mean 7.27393; / 1.128 = 6.44852
    chart = laney_chart([60, 90, 50, 80], [100] * 4)
    np.testing.assert_allclose(chart.upper, 0.7 + 3 * 0.0458258 * 6.44852, atol=1e-4)


def test_laney_leaves_independent_items_as_they_are() -> None:
    # Of 400 months of independent items the spread is 1: the limits are those of the p-chart.
    dice = np.random.default_rng(20260101)
    n = dice.integers(40, 80, 400)
    met = dice.binomial(n, 0.7)
    ratio = (laney_chart(met, n).upper - 0.7) / (p_chart(met, n).upper - 0.7)
    assert ratio.mean() == pytest.approx(1, abs=0.08)


def test_u_chart_by_hand() -> None:
    # 4 + 9 + 1 in 2 + 3 + 5: 1.4 each; 3 sqrt(1.4 / 2) = 2.50998, sqrt(1.4 / 5) 3 = 1.58745
    chart = u_chart([4, 9, 1, 2], [2, 3, 5, 0])
    np.testing.assert_allclose(chart.centre[:3], [1.4] * 3)
    np.testing.assert_allclose(chart.upper, [3.90998, 3.44939, 2.98745, NAN], atol=1e-5)
    np.testing.assert_equal(chart.lower, [0, 0, 0, NAN])


def test_limits_need_six_points() -> None:
    # 4 5 4 6 5: too few. A sixth: mean 5, ranges 1 1 2 1 1, 3 / 1.128 x 1.2 = 3.19149
    assert np.isnan(individuals_chart([4, 5, 4, 6, 5, NAN])).all()
    chart = individuals_chart([4, 5, NAN, 4, 6, 5, 6])
    np.testing.assert_allclose(chart.centre, [5.0] * 7)
    np.testing.assert_allclose(chart.upper, [8.19149] * 7, atol=1e-5)
    assert np.isfinite(individuals_chart([1, 2, 1], fewest=3)).all()


def test_charts_of_nothing_are_empty() -> None:
    assert individuals_chart([]).centre.size == 0
    assert signals([], individuals_chart([])).size == 0
    assert np.isnan(moving_range([3.0]).mean)


@pytest.mark.parametrize(
    ("points", "rate"), [(5, 0.056), (8, 0.031), (12, 0.019), (20, 0.011), (30, 0.007)]
)
def test_false_alarms_of_the_next_point(points: int, rate: float) -> None:
    """Method, section 4: how often the next point of a steady process lies outside."""
    x = np.random.default_rng(20260101).normal(size=(60_000, points + 1))
    chart = individuals_chart(x[:, :-1], fewest=5)
    following = x[:, -1]
    outside = (following < chart.lower[:, 0]) | (following > chart.upper[:, 0])
    # The standard error of the largest of these rates is a tenth of a percent.
    assert outside.mean() == pytest.approx(rate, abs=0.003)


def test_a_point_outside_its_limits() -> None:
    assert signals([10, 16, 16.1, 10, 4, 3.9], FLAT).tolist() == ["", "", "high", "", "", "low"]


def test_eight_in_a_row_on_one_side() -> None:
    # The eighth and ninth; a point on the centre ends the run; a missing one does not.
    up = [11] * 7
    assert signals([*up, 11, 11], FLAT).tolist() == [""] * 7 + ["run_high"] * 2
    assert signals([*up, 10, 11], FLAT).tolist() == [""] * 9
    assert signals([*up, NAN, 11], FLAT).tolist() == [""] * 8 + ["run_high"]
    assert signals([9] * 8, FLAT).tolist() == [""] * 7 + ["run_low"]


def test_three_of_four_nearer_to_the_limit_than_to_the_centre() -> None:
    # Half-way is 13 above and 7 below; the third near point has the word, the far one has none.
    assert signals([14, 10, 14, 14, 14], FLAT).tolist() == ["", "", "", "near_high", "near_high"]
    assert signals([14, 10, 10, 14, 14], FLAT).tolist() == [""] * 5
    assert signals([14, 14, 14, 10], FLAT).tolist() == ["", "", "near_high", ""]
    assert signals([13, 13, 13, 6, 6, 6], FLAT).tolist() == [""] * 5 + ["near_low"]
    # Near, but on both sides.
    assert signals([14, 6, 14, 6], FLAT).tolist() == [""] * 4


@pytest.mark.parametrize("share", [0.9, 0.7, 0.8, 1 / 7, 1.0])
@pytest.mark.parametrize("points", [6, 7, 12, 13, 24])
def test_what_never_moves_gives_no_signal(share: float, points: int) -> None:
    """The limits are the share itself then, and their rounding errors are no signal."""
    same = np.full(points, share)
    assert set(signals(same, individuals_chart(same))) == {""}


def test_clipping_is_for_showing_only() -> None:
    # Centre .9, limit 1.2: .97 is nearer to the centre, though not to the limit that is shown.
    chart = Chart(np.array(0.9), np.array(0.6), np.array(1.2))
    assert signals([0.97] * 3, chart).tolist() == [""] * 3
    assert signals([0.97] * 3, clipped_to_shares(chart)).tolist() == ["", "", "near_high"]


rows = st.lists(
    st.lists(st.one_of(st.just(NAN), st.integers(0, 20).map(float)), min_size=14, max_size=14),
    min_size=1,
    max_size=5,
)


@given(rows)
def test_many_charts_at_once_are_each_drawn_alone(many: list[list[float]]) -> None:
    together = individuals_chart(many)
    words = signals(many, together)
    for place, row in enumerate(many):
        alone = individuals_chart(row)
        np.testing.assert_allclose(together.upper[place], alone.upper)
        assert words[place].tolist() == signals(row, alone).tolist()


@given(rows)
def test_missing_points_change_nothing(many: list[list[float]]) -> None:
    row = np.array(many[0])
    known = row[np.isfinite(row)]
    words = signals(row, individuals_chart(row))
    assert (words[~np.isfinite(row)] == "").all()
    assert words[np.isfinite(row)].tolist() == signals(known, individuals_chart(known)).tolist()
