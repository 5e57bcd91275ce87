"""Gaps over time: stacks in the order of the codes, named at the last bar, hatched where unknown."""

import pmanalytics as pma
from pmanalytics.words import GAPS
from tests.charts.tables import gap_trend_table, notes


def test_stacks_are_those_of_the_table_in_the_order_of_the_codes() -> None:
    table = gap_trend_table()
    figure = pma.plot_gap_trend(table)
    # The first kind lies on top, so that it is drawn last; the kind of which none is there, never.
    codes = [code for code in GAPS if table[code].any()]
    assert [trace.name for trace in figure.data] == [GAPS[code] for code in reversed(codes)]
    for trace, code in zip(figure.data, reversed(codes), strict=True):
        assert list(trace.y) == table[code].tolist()
    assert figure.layout.barmode == "stack"


def test_every_kind_is_named_at_its_part_of_the_last_bar() -> None:
    figure = pma.plot_gap_trend(gap_trend_table())
    named = [note for note in figure.layout.annotations if note.showarrow]
    assert len(named) == 9
    assert named[0].text.replace("<br>", " ") == f"1 {GAPS['no_owner']}"
    # Counts 1 to 9 from top to bottom, 45 in all: the first part lies between 44 and 45.
    assert named[0].y == 44.5
    assert named[-1].y == 4.5
    heights = [note.ay for note in named]
    assert heights == sorted(heights, reverse=True)


def test_bars_are_hatched_where_no_export_of_the_time_tells() -> None:
    figure = pma.plot_gap_trend(gap_trend_table())
    assert {trace.marker.pattern.shape for trace in figure.data} == {("/", "/", "")}
    assert figure.layout.meta["notes"][1].startswith("Hatched: not every item")
    told = gap_trend_table().assign(described=60)
    assert len(pma.plot_gap_trend(told).layout.meta["notes"]) == 1


def test_the_words_tell_each_period_and_the_kinds_of_the_last() -> None:
    alt = pma.plot_gap_trend(gap_trend_table()).layout.meta["alt"]
    assert "2026Q1: 30 of 60 open items with a gap, 50%" in alt
    assert f"9 {GAPS['stale_registry']}" in alt
    assert "<b>gaps of open items</b>" in notes(pma.plot_gap_trend(gap_trend_table()))
