"""Charts of promises: shares, intervals and counts as in the table."""

import pandas as pd

import pmanalytics as pma
from pmanalytics.words import STANDINGS
from tests.charts.tables import attainment_table, notes, standings_table


def test_attainment_prints_share_and_counts_and_draws_the_interval() -> None:
    figure = pma.plot_attainment(attainment_table())
    assert notes(figure) == ["<b>78%</b><br>31 of 40"] * 3
    assert list(figure.data[0].x) == [0.62, 0.88]
    assert list(figure.layout.yaxis.ticktext) == ["Sev-1", "Sev-2", "no severity"]
    assert "Sev-1: 31 of 40 done in time, 78%, interval 62% to 88%" in figure.layout.meta["alt"]


def test_attainment_of_a_small_group_keeps_its_counts_and_no_share() -> None:
    table = attainment_table("team", ["web"]).assign(
        due=7, met=3, attainment=pd.array([pd.NA], "Float64"), low=0.16, high=0.75
    )
    figure = pma.plot_attainment(table)
    assert notes(figure) == ["<b>3 of 7</b>"]
    assert pd.isna(figure.data[-1].x[0])
    assert "few items due" in figure.layout.meta["notes"][0]
    assert "few items due" in figure.layout.meta["alt"]


def test_a_group_without_an_item_due_is_not_drawn() -> None:
    table = attainment_table()
    table.loc[1, ["due", "met"]] = 0
    figure = pma.plot_attainment(table)
    assert list(figure.layout.yaxis.ticktext) == ["Sev-1", "no severity"]
    assert list(figure.layout.meta["notes"]) == ["Groups without an item due are not drawn."]
    assert figure.layout.xaxis.title.text.replace("<br>", " ").endswith("done in time")


def test_standings_are_said_in_words() -> None:
    figure = pma.plot_standings(standings_table())
    assert [trace.name for trace in figure.data] == list(STANDINGS.values())
    # Grey print: no two standings have the same pattern and colour.
    looks = [(trace.marker.color, trace.marker.pattern.shape) for trace in figure.data]
    assert len(set(looks)) == len(looks)


def test_a_table_longer_than_a_figure_says_how_many_rows_are_left() -> None:
    figure = pma.plot_attainment(attainment_table("team", [f"team {n}" for n in range(53)]))
    assert len(figure.layout.yaxis.ticktext) == 40
    assert "13 more rows are in the table" in figure.layout.meta["notes"][0]
