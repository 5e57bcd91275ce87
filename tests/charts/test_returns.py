"""The mean cumulative function: steps, bands, names and numbers watched as in the table."""

import pytest

import pmanalytics as pma
from tests.charts.tables import TEAMS, mean_table, notes, single


def test_steps_and_band_are_those_of_the_table() -> None:
    figure = pma.plot_mean_cumulative(single(mean_table()))
    low, high, mean = figure.data
    assert mean.line.shape == "hv"
    # From nothing on day 0, and held to the last day that the table knows.
    assert list(mean.x) == [0, 0, 100, 400, 400]
    assert list(mean.y) == pytest.approx([0, 0.1, 0.2, 0.3, 0.3])
    assert list(low.y) == pytest.approx([0, 0.05, 0.1, 0.15, 0.15])
    assert list(high.y) == pytest.approx([0, 0.2, 0.4, 0.6, 0.6])
    assert "0.30 per service by day 400, 6 incidents at 20 services" in figure.layout.meta["alt"]
    assert notes(figure).count("20") == 3  # days 0, 180 and 360


def test_groups_are_named_where_their_lines_end() -> None:
    figure = pma.plot_mean_cumulative(mean_table())
    assert {"0.3 Sev-1", "0.5 Sev-2", "0.7 no severity"} <= set(notes(figure))
    assert len({trace.line.dash for trace in figure.data[2::3]}) == 3


def test_more_groups_than_lines_are_counted() -> None:
    figure = pma.plot_mean_cumulative(mean_table("team", TEAMS))
    assert len(figure.data) == 15
    assert list(figure.layout.meta["notes"]) == ["1 more group can be found in the table."]


def test_a_missing_band_is_the_line_itself() -> None:
    table = single(mean_table()).assign(low=float("nan"), high=float("nan"))
    low, high, mean = pma.plot_mean_cumulative(table).data
    assert list(low.y) == list(high.y) == list(mean.y)
