"""Weak services: the order of the table, its counts, and shares that add up to all repeats."""

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.charts.palette import ALERT, BEHIND
from tests.charts.tables import weak_table


def test_bars_and_the_line_are_those_of_the_table() -> None:
    figure = pma.plot_weak_services(weak_table())
    repeats, counts, share, overdue = figure.data
    # `queue` has neither; what has no service comes last, as in the table.
    names = [name.partition("<br>")[0] for name in figure.layout.yaxis.ticktext]
    assert [names[0], *names[2:]] == ["ledger", "geo", "mail", "no service"]
    assert list(repeats.x) == [4, 3, 1, 0, 2]
    assert list(counts.text) == ["4", "3", "1", "", "2"]
    assert list(overdue.x) == [120, 0, 14, 806, 7]
    # 4, 7 and 8 of 10, and 10 of 10 at the last service with a repeat.
    assert list(share.x) == pytest.approx([0.4, 0.7, 0.8, 1.0])
    assert list(share.y) == [0, 1, 2, 4]


def test_only_what_is_overdue_has_the_colour_of_signals() -> None:
    repeats, _, _, overdue = pma.plot_weak_services(weak_table()).data
    assert repeats.marker.color == BEHIND["color"]
    assert overdue.marker.color == ALERT


def test_the_words_tell_each_service() -> None:
    alt = pma.plot_weak_services(weak_table()).layout.meta["alt"]
    assert "10 repeats in all" in alt
    assert "ledger: 4 repeats of 9 incidents, 120 days overdue" in alt


def test_services_beyond_the_first_fifteen_are_counted() -> None:
    table = pd.DataFrame(
        {"service": [f"s{n}" for n in range(20)], "incidents": 3, "repeats": 1, "open_items": 0,
         "overdue_items": 0, "overdue_days": 0}
    )  # fmt: skip
    figure = pma.plot_weak_services(table)
    assert len(figure.layout.yaxis.ticktext) == 15
    assert list(figure.layout.meta["notes"]) == ["5 more services can be found in the table."]
    # The share is that of all repeats, not only of those that are drawn.
    assert figure.data[2].x[-1] == pytest.approx(0.75)
