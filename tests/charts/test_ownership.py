"""Charts of ownership: gaps in the order of their codes, and missing shares."""

import pmanalytics as pma
from pmanalytics.words import GAPS
from tests.charts.tables import discoverability_table, gap_table, notes, single


def test_gaps_stand_in_the_order_of_their_codes_and_in_words() -> None:
    figure = pma.plot_gap_rates(single(gap_table()))
    names = [name.replace("<br>", " ") for name in figure.layout.yaxis.ticktext]
    assert names == list(GAPS.values())
    assert list(figure.data[0].x) == list(range(10))
    assert "20 of 50 open items" in figure.layout.meta["alt"]


def test_a_missing_share_is_a_dash_and_not_a_zero() -> None:
    table = single(discoverability_table()).assign(planned=float("nan"))
    figure = pma.plot_discoverability(table)
    assert notes(figure)[-1] == "<b>–</b>"
