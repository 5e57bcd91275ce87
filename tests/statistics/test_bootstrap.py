"""The bootstrap of whole clusters: what it gives, and that the quick interval agrees with it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pmanalytics.statistics import (
    DONE,
    cluster_wilson,
    cumulative_incidence,
    incidence_at,
    life_table,
    median_with_limits,
    wilson,
)
from pmanalytics.statistics.bootstrap import cluster_bootstrap, cluster_bootstrap_share


def test_the_quick_interval_agrees_on_the_reference_case(
    reference: Callable[[str], dict[str, Any]],
) -> None:
    # W07: 8 incidents of 5 items, 30 of 40 met
    case = reference("W07")
    met = case["inputs"]["met_per_incident"]
    sizes = [case["inputs"]["items_per_incident"]] * len(met)
    low, high = cluster_bootstrap_share(met, sizes)
    quick = case["expected"]["from_data"]["wilson_n_eff"]
    assert cluster_wilson(met, sizes) == pytest.approx(quick, abs=1e-5)
    # By hand: the cluster means vary with sd .256, so of 8 drawn the mean does with .256 sqrt(7/8)
    # / sqrt(8) = .0847, and .75 +- 1.96 x .0847 is [.584, .916]; steps are 1/40.
    variance = np.var(np.array(met) / 5) / 8
    normal = 0.75 + np.array([-1.96, 1.96]) * np.sqrt(variance)
    assert (low, high) == pytest.approx(normal, abs=0.03)
    # With 8 clusters the bootstrap is too narrow, and the quick interval is the wider one.
    assert (low, high) == pytest.approx(quick, abs=0.06)
    assert quick[1] - quick[0] > high - low


@pytest.mark.parametrize("seed", range(5))
def test_the_quick_interval_agrees_on_simulated_clusters(seed: int) -> None:
    # 300 incidents of 1 to 8 items whose shares vary by incident (beta 3, 1: correlation 1/5)
    dice = np.random.default_rng(seed)
    sizes = dice.integers(1, 9, 300)
    met = dice.binomial(sizes, dice.beta(3, 1, 300))
    bootstrap = cluster_bootstrap_share(met, sizes)
    np.testing.assert_allclose(cluster_wilson(met, sizes), bootstrap, atol=0.006)
    assert np.diff(wilson(met.sum(), sizes.sum())) < 0.85 * np.diff(bootstrap)


def test_both_ways_to_draw_are_one() -> None:
    rng = np.random.default_rng(7)
    sizes = rng.integers(1, 6, 40)
    met = rng.binomial(sizes, 0.6)
    incident = np.repeat(np.arange(40), sizes)
    flags = np.concatenate([np.repeat([1, 0], [x, n - x]) for x, n in zip(met, sizes, strict=True)])
    by_items = cluster_bootstrap(incident, lambda weight: (weight * flags).sum() / weight.sum())
    assert by_items == pytest.approx(cluster_bootstrap_share(met, sizes), abs=1e-12)


def test_survival_figures_of_clusters() -> None:
    """Each incident's items end on one day: ten times the items tell no more than the incidents."""
    day = np.random.default_rng(20260101).geometric(0.03, 60)
    items, incident = np.repeat(day, 10), np.repeat(np.arange(60), 10)

    def done_by_30(weight: np.ndarray, days: np.ndarray) -> np.ndarray:
        table = life_table(days, np.full(days.size, DONE), weight=weight)
        return incidence_at(cumulative_incidence(table, DONE), [30])

    clusters = cluster_bootstrap(incident, lambda weight: done_by_30(weight, items), draws=400)
    # The curve of the 60 incidents alone has the right limits; that of 600 items is too sure.
    curve = cumulative_incidence(life_table(day, np.full(60, DONE)), DONE)
    place = np.searchsorted(curve.day, 30, side="right") - 1
    expected = (curve.low[place], curve.high[place])
    assert (clusters.low[0], clusters.high[0]) == pytest.approx(expected, abs=0.03)


def test_what_is_not_reached_lies_beyond_every_number() -> None:
    """Half of the clusters never end: their median is reached in some draws, and not in others."""
    days, outcome = np.repeat([10, 90], 20), np.repeat([DONE, 0], 20)

    def median(weight: np.ndarray) -> float:
        found = median_with_limits(life_table(days, outcome, weight=weight), DONE).days
        return np.nan if found is None else found

    low, high = cluster_bootstrap(np.arange(40), median, draws=400)
    assert low == 10
    assert np.isnan(high)


def test_too_few_clusters_have_no_interval() -> None:
    assert np.isnan(cluster_bootstrap_share([3], [5])).all()
    assert np.isnan(cluster_bootstrap_share([], [])).all()
    assert np.isnan(cluster_bootstrap([1, 1], lambda weight: weight.mean())).all()
    with pytest.raises(ValueError, match="between 0 and the size"):
        cluster_bootstrap_share([6], [5])


def test_large_numbers_of_clusters_are_drawn_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cluster_bootstrap_share([1, 0, 1, 1, 0] * 8, [1] * 40, draws=70)
    monkeypatch.setattr("pmanalytics.statistics.bootstrap.AT_ONCE", 400)
    assert cluster_bootstrap_share([1, 0, 1, 1, 0] * 8, [1] * 40, draws=70) == whole
