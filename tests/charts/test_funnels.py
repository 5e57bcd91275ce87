"""The funnel: sizes, shares and limits as in the table; only what stands out is named."""

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.charts.palette import ALERT, CALM
from tests.charts.tables import HOSTILE, funnel_table, notes

NAMES: list[object] = ["core", HOSTILE, "web"]


def outlying() -> pd.DataFrame:
    table = funnel_table("team", NAMES)
    table.loc[1, "signal"] = "low"
    return table


def test_points_and_limits_are_those_of_the_table() -> None:
    table = funnel_table("team", NAMES)
    figure = pma.plot_funnel(table)
    outer_low, outer_high, inner_low, inner_high, expected, groups = figure.data
    assert dict(zip(groups.x, groups.y, strict=True)) == pytest.approx({12: 0.5, 20: 0.55, 28: 0.6})
    for trace, column in (
        (outer_low, "lower_998"), (outer_high, "upper_998"),
        (inner_low, "lower_95"), (inner_high, "upper_95"),
    ):  # fmt: skip
        assert list(trace.x) == [12, 20, 28]
        assert list(trace.y) == pytest.approx(table[column].tolist())
    assert list(expected.y) == [0.6, 0.6]
    assert "all together 60%. No group stands out." in figure.layout.meta["alt"]
    assert {"99.8% limit", "95% limit", "all together<br>60%"} <= set(notes(figure))


def test_limits_go_from_small_to_large_whatever_the_order_of_the_rows() -> None:
    table = funnel_table("team", NAMES).sort_values("due", ascending=False)
    assert list(pma.plot_funnel(table).data[0].x) == [12, 20, 28]


def test_only_what_stands_out_is_coloured_and_named() -> None:
    figure = pma.plot_funnel(outlying())
    # As a page publishes it, teams are in the order of their names: the hostile one comes first.
    groups = figure.data[-1]
    assert sorted(groups.marker.color) == sorted([ALERT, CALM, CALM])
    place = list(groups.marker.color).index(ALERT)
    assert groups.marker.symbol[place] == "diamond"
    assert groups.x[place] == 20
    named = [note for note in notes(figure) if note.startswith("<b>") and "share" not in note]
    assert len(named) == 1
    assert "&lt;img" in named[0]
    assert "less than chance allows" in figure.layout.meta["alt"]
    assert not any("core" in note or "web" in note for note in notes(figure))


def test_groups_below_the_threshold_are_neither_drawn_nor_named() -> None:
    table = funnel_table("team", ["core", "small", "tiny", "web"])
    table.loc[[1, 2], "due"] = [6, 4]
    table.loc[[1, 2], "signal"] = "low"
    figure = pma.plot_funnel(table)
    assert list(figure.data[-1].x) == [12, 36]
    assert "small" not in figure.to_json()
    assert "tiny" not in figure.to_json()
    assert list(figure.layout.meta["notes"]) == [
        "2 groups with too few items to compare are not drawn."
    ]
    # The limits are drawn at their sizes all the same: they say nothing of a group.
    assert list(figure.data[0].x) == [4, 6, 12, 36]


def test_a_single_small_group_is_not_given_away_by_the_total() -> None:
    """Published, the next smallest loses its share too."""
    table = funnel_table("team", ["core", "tiny", "web"])
    table.loc[1, "due"] = 4
    assert list(pma.plot_funnel(table).data[-1].x) == [28]


def test_one_group_has_its_limits_at_its_size() -> None:
    figure = pma.plot_funnel(funnel_table("severity", ["sev1"]))
    assert list(figure.data[0].x) == [11, 13]
