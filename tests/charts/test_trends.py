"""The control chart: months, limits and signals as in the table, provisional ones said to be so."""

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.charts.palette import ALERT, CALM
from tests.charts.tables import TEAMS, notes, single, trend_table


def marked(**signals: str) -> pd.DataFrame:
    """A trend with signals in some months."""
    table = single(trend_table())
    for month, signal in signals.items():
        table.loc[table["period"] == month.replace("_", "-").strip("m"), "signal"] = signal
    return table


def months(table: pd.DataFrame) -> object:
    return next(trace for trace in pma.plot_attainment_trend(table).data if "markers" in trace.mode)


def test_months_and_limits_are_those_of_the_table() -> None:
    table = single(trend_table())
    figure = pma.plot_attainment_trend(table)
    upper, centre, lower, share, due = figure.data
    assert list(share.y) == pytest.approx(table["attainment"].tolist())
    assert [list(line.y) for line in (upper, centre, lower)] == [[0.9, 0.9], [0.6, 0.6], [0.3, 0.3]]
    assert list(due.y) == table["due"].tolist()
    assert {"upper limit<br>90%", "usual level<br>60%", "lower limit<br>30%"} <= set(notes(figure))
    assert "63% in 2026-02" in figure.layout.meta["alt"]
    assert "usual level 60% with limits 30% and 90%" in figure.layout.meta["alt"]
    assert "no month stands out" in figure.layout.meta["alt"]


def test_the_limits_are_named_at_the_right_end() -> None:
    figure = pma.plot_attainment_trend(single(trend_table()))
    ends = [note for note in figure.layout.annotations if "limit" in note.text]
    assert [(note.x, note.xref, note.xanchor) for note in ends] == [(1, "paper", "left")] * 2


def test_a_signal_has_another_mark_and_the_colour_of_signals() -> None:
    share = months(marked(m2025_03="low", m2026_02="run_high"))
    assert [place for place, color in enumerate(share.marker.color) if color == ALERT] == [2, 13]
    assert set(share.marker.color) == {ALERT, CALM}
    diamonds = [place for place, mark in enumerate(share.marker.symbol) if mark == "diamond"]
    assert diamonds == [2, 13]


def test_signals_are_said_in_words_beneath() -> None:
    figure = pma.plot_attainment_trend(marked(m2025_03="low", m2026_02="run_high"))
    said = figure.layout.meta["notes"][0]
    assert said == (
        "Months that stand out: 2025-03 below the limit; 2026-02 eight months in a row above the "
        "usual level."
    )
    assert "2 months stand out" in figure.layout.meta["alt"]
    assert "<b>52%</b>" in notes(figure)


def test_provisional_limits_are_dashed_and_said_to_be_so() -> None:
    table = single(trend_table()).head(8)
    table["signal"] = ["provisional"] * 7 + ["provisional_high"]
    figure = pma.plot_attainment_trend(table)
    assert {trace.line.dash for trace in figure.data[:3]} == {"dash"}
    assert "provisional" in figure.layout.meta["notes"][-1]
    assert "provisional limits 30% and 90%" in figure.layout.meta["alt"]
    # That limits are provisional is no signal; what lies outside of them is.
    assert [mark == "diamond" for mark in figure.data[3].marker.symbol] == [False] * 7 + [True]
    firm = pma.plot_attainment_trend(single(trend_table()))
    assert {trace.line.dash for trace in firm.data[:3]} == {"solid"}
    assert not any("provisional" in note for note in firm.layout.meta["notes"])


def test_without_limits_none_are_drawn() -> None:
    table = single(trend_table()).head(4).assign(centre=None, lower=None, upper=None)
    figure = pma.plot_attainment_trend(table.astype({"centre": float}))
    assert [trace.type for trace in figure.data] == ["scatter", "bar"]
    assert figure.layout.meta["notes"][0].startswith("No limits are drawn for fewer than 6 months")


def test_a_month_in_which_nothing_was_due_breaks_the_line() -> None:
    table = single(trend_table())
    table.loc[3, ["due", "attainment"]] = [0, float("nan")]
    share = months(table)
    assert share.y[3] is None
    assert not share.connectgaps


def test_groups_get_a_small_plot_each_with_their_number() -> None:
    figure = pma.plot_attainment_trend(trend_table())
    # 10 + 11 + ... + 23 items.
    assert "<b>Sev-1 (n = 231)</b>" in notes(figure)
    assert "yaxis3" in figure.to_plotly_json()["layout"]


def test_groups_without_room_are_counted() -> None:
    many = trend_table("team", [f"team {n}" for n in range(19)])
    figure = pma.plot_attainment_trend(many)
    assert "3 more groups can be found in the table." in figure.layout.meta["notes"]
    assert len(TEAMS) < 16


def test_every_third_month_and_the_largest_have_their_number() -> None:
    figure = pma.plot_attainment_trend(single(trend_table()))
    shown = [text for text in figure.data[-1].text if text]
    # The last month is the largest; its neighbours have none.
    assert shown[-1] == "23"
    assert len(shown) >= 5
