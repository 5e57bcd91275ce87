"""Repeats against chance: ratios and limits as in the table, no ratio where there is none."""

import numpy as np
import pytest

import pmanalytics as pma
from pmanalytics.charts.palette import ALERT, CALM
from tests.charts.tables import exposure_table, notes, single


def test_dots_and_limits_are_those_of_the_table() -> None:
    figure = pma.plot_repeat_exposure(single(exposure_table()))
    # The band of which no day was watched is left out.
    assert list(figure.layout.yaxis.ticktext) == [
        "days 0-15",
        "days 16-30",
        "days 91-365",
        "all days",
    ]
    dots = figure.data[4]
    assert list(dots.x) == pytest.approx([1.0, float("nan"), 2.0, 6.0], nan_ok=True)
    assert [list(line.x) for line in figure.data[:4]][3] == [2.26, 16.9]
    assert np.isnan(figure.data[1].x).all()
    assert "<b>6.0 times</b><br>12 seen<br>4.0 by chance" in notes(figure)
    assert "2 seen<br>1.0 by chance" in notes(figure)
    assert (
        "all days: 12 seen, 4.0 by chance, 6.0 times, interval 2.3 to 16.9"
        in (figure.layout.meta["alt"])
    )


def test_only_an_interval_above_chance_is_a_signal() -> None:
    dots = pma.plot_repeat_exposure(single(exposure_table())).data[4]
    assert list(dots.marker.color) == [CALM, CALM, CALM, ALERT]
    assert list(dots.marker.symbol) == ["circle", "circle", "circle", "diamond"]


def test_chance_is_a_line_at_one_on_a_scale_of_ratios() -> None:
    figure = pma.plot_repeat_exposure(single(exposure_table()))
    assert figure.layout.xaxis.type == "log"
    assert [shape.x0 for shape in figure.layout.shapes] == [1]
    assert "as by chance" in notes(figure)
    assert "association" in figure.layout.meta["notes"][0]


def test_groups_show_all_their_days_together() -> None:
    figure = pma.plot_repeat_exposure(exposure_table())
    assert list(figure.layout.yaxis.ticktext) == ["Sev-1", "Sev-2", "no severity"]


def test_without_any_ratio_a_sentence_says_so() -> None:
    table = single(exposure_table()).assign(rate_ratio=float("nan"))
    figure = pma.plot_repeat_exposure(table)
    assert len(figure.data) == 0
    assert "too few to compare" in figure.layout.meta["alt"]
