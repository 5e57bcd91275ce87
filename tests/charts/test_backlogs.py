"""Charts of what is owed: overdue inside open, and both directions of the flow."""

import pmanalytics as pma
from tests.charts.tables import backlog_table, flow_table, single


def test_backlog_draws_the_overdue_inside_the_open() -> None:
    figure = pma.plot_backlog(single(backlog_table()))
    items, overdue = figure.data
    assert list(items.x) == [0, 30, 60, 90, 120, 150, 180]
    assert list(overdue.x) == [0, 20, 40, 60, 80, 100, 120]
    assert items.text[1] == "30, <b>20 overdue</b>"
    assert figure.layout.barmode == "overlay"
    assert list(figure.layout.yaxis.ticktext)[-1] == "age unknown"


def test_flow_shows_both_directions_and_the_stock() -> None:
    figure = pma.plot_flow(single(flow_table()))
    sides = {trace.name: trace.offsetgroup for trace in figure.data if trace.type == "bar"}
    assert sides == {"new": "in", "reopened": "in", "done": "out", "dropped": "out"}
    assert list(figure.data[-1].y) == list(range(11, 27))
    # At most twelve of the sixteen quarters are named, the last one always.
    names = list(figure.layout.xaxis.ticktext)
    assert len(names) <= 12
    assert names[-1] == "Q4<br>"
    assert "<br>2026" in " ".join(names)
