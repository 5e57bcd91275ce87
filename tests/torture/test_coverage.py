"""Coverage over many more invented organisations than the ordinary tests have time for."""

import numpy as np
import pytest

import pmanalytics as pma
from tests.test_simulated_organisation import KEPT, RUNS, coverage, done_by, organisation

pytestmark = pytest.mark.torture

SEEDS = range(100, 110)
BAND = 3 * (0.95 * 0.05 / (RUNS * len(SEEDS))) ** 0.5


def test_limits_hold_the_truth_in_95_of_100_runs() -> None:
    found: dict[str, list[float]] = {"attainment": [], "cluster": [], "done_by_15": []}
    for seed in SEEDS:
        independent, clustered = (organisation(shared=part, seed=seed) for part in (0, 0.8))
        table = pma.attainment(independent, by="team")
        found["attainment"].append(coverage(table["low"], table["high"], KEPT))
        table = pma.attainment(clustered, by="team", interval="cluster")
        found["cluster"].append(coverage(table["low"], table["high"], KEPT))
        curve = pma.completion_curve(independent, by="team")
        known = curve[(curve["outcome"] == "done") & (curve["day"] <= 15)].groupby("team").last()
        found["done_by_15"].append(coverage(known["low"], known["high"], done_by(15)))
    means = {name: np.mean(each) for name, each in found.items()}
    assert means == pytest.approx(dict.fromkeys(found, 0.95), abs=BAND)
