"""Reviews held in time: shares, intervals and counts as in the table."""

import pandas as pd

import pmanalytics as pma
from tests.charts.tables import notes, review_table


def test_share_interval_and_counts_are_those_of_the_table() -> None:
    figure = pma.plot_review_timeliness(review_table())
    assert notes(figure) == ["<b>78%</b><br>31 of 40"] * 3
    assert list(figure.data[0].x) == [0.62, 0.88]
    assert list(figure.data[3].x) == [0.775] * 3
    assert "Sev-1: 31 of 40 held in time, 78%, interval 62% to 88%" in figure.layout.meta["alt"]


def test_a_small_team_keeps_its_counts_and_no_share() -> None:
    table = review_table("team", ["web"]).assign(due=7, reviewed_in_time=3, low=0.16, high=0.75)
    figure = pma.plot_review_timeliness(table)
    assert notes(figure) == ["<b>3 of 7</b>"]
    assert pd.isna(figure.data[1].x[0])


def test_a_group_without_a_review_due_is_left_out() -> None:
    table = review_table()
    table.loc[1, "due"] = 0
    figure = pma.plot_review_timeliness(table)
    assert list(figure.layout.yaxis.ticktext) == ["Sev-1", "no severity"]
    assert list(figure.layout.meta["notes"]) == ["Groups without a review due are left out."]


def test_exports_without_reviews_give_a_sentence() -> None:
    table = review_table().assign(due=pd.array([pd.NA] * 3, "Int64"))
    assert "No incident is known" in pma.plot_review_timeliness(table).layout.meta["alt"]
