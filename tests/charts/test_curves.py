"""The completion curve: steps, numbers at risk and days of the policy."""

import re

import pytest

import pmanalytics as pma
from pmanalytics.snapshots import Snapshot
from tests.charts.tables import TEAMS, curve_table, notes, single


def test_the_curve_is_a_step_from_day_0_and_ends_at_the_last_shown_day() -> None:
    figure = pma.plot_completion_curve(single(curve_table()), policy_days={"sev1": 15, "sev2": 200})
    low, high, curve = figure.data
    assert curve.line.shape == low.line.shape == high.line.shape == "hv"
    # Day 100 lies beyond the axis; until day 90 the share stays at one half.
    assert list(curve.x) == [0, 0, 3, 10, 20, 90]
    assert list(curve.y) == [0, 0, 0.2, 0.5, 0.5, 0.5]
    assert list(high.y)[2:] == pytest.approx([0.3, 0.6, 0.6, 0.6])
    assert any("Sev-1: day 15" in note for note in notes(figure))
    assert not any("Sev-2" in note for note in notes(figure))


def test_numbers_at_risk_are_those_of_the_next_day_in_the_table() -> None:
    figure = pma.plot_completion_curve(single(curve_table()))
    under = [note for note in notes(figure) if note.isdigit()]
    # Days 0, 15, 30, ... 90: the rows of day 0, day 20, then day 100.
    assert under == ["10", "5", "4", "4", "4", "4", "4"]


def test_more_curves_than_line_styles_get_a_plot_each() -> None:
    few = pma.plot_completion_curve(curve_table("team", TEAMS[:5]))
    many = pma.plot_completion_curve(curve_table("team", TEAMS))
    assert "yaxis2" not in few.to_plotly_json()["layout"]
    assert "yaxis6" in many.to_plotly_json()["layout"]
    assert any("no team (n = 10)" in note for note in notes(many))


def test_a_snapshot_brings_its_policy_days(q3: Snapshot) -> None:
    figure = pma.plot_completion_curve(q3, by="severity")
    assert any(re.search(r"Sev-1.*: day \d+", note) for note in notes(figure))
