"""Charts that add up: what the lines reach is what the table sums to, worked out by hand."""

import pandas as pd

import pmanalytics as pma
from tests.charts.tables import burn_table, flow_table, notes, single


def test_lines_of_the_flow_add_up_and_the_band_is_what_is_open() -> None:
    table = single(flow_table())
    figure = pma.plot_cumulative_flow(table)
    gone, came = figure.data
    # 16 quarters: 10 open at first, 5 new and 1 reopened in each; 4 done and 1 dropped in each.
    assert list(came.y) == [10 + 6 * place for place in range(17)]
    assert list(gone.y) == [5 * place for place in range(17)]
    assert [a - b for a, b in zip(came.y, gone.y, strict=True)][1:] == table["closing"].tolist()
    assert came.fill == "tonexty"
    assert [note for note in notes(figure) if "<b>items" not in note] == [
        "80 closed", "<b>26 open</b>", "106 came",
    ]  # fmt: skip
    assert "106 items had come and 80 were closed, so that 26 are open" in figure.layout.meta["alt"]


def test_came_and_gone_differ_by_dash_too() -> None:
    gone, came = pma.plot_cumulative_flow(single(flow_table())).data
    assert gone.line.dash != came.line.dash


def test_groups_of_the_flow_get_a_small_plot_each() -> None:
    figure = pma.plot_cumulative_flow(flow_table())
    assert len(figure.data) == 6
    assert "<b>Sev-1</b>" in notes(figure)
    assert notes(figure).count("<b>26 open</b>") == 3


def test_burn_up_ends_where_nothing_is_known_yet() -> None:
    table = single(burn_table())
    figure = pma.plot_burn_up(table)
    due, done, _ = figure.data
    assert list(due.y) == table["due"].tolist()
    assert list(done.y)[:60] == table["done"].tolist()[:60]
    assert set(done.y[60:]) == {None}
    assert due.x[0] == "2026-07-01T00:00:00"
    assert {trace.line.shape for trace in figure.data} == {"hv"}
    # What is done is named where it ends: day 59 of the period is 29 August.
    where = {note.text: note.x for note in figure.layout.annotations}
    assert where["<b>14 done</b>"] == where["2 dropped"] == "2026-08-29T00:00:00"
    assert where["30 due"] == 1
    assert (
        "30 items due by 2026-09-30; by 2026-08-29 19 had fallen due" in figure.layout.meta["alt"]
    )


def test_burn_up_of_a_period_that_is_over_names_all_at_the_right() -> None:
    table = single(burn_table()).head(60)
    figure = pma.plot_burn_up(table)
    lines = [note for note in figure.layout.annotations if "items" not in note.text]
    assert {note.x for note in lines} == {1}
    assert len(lines) == 3


def test_what_was_never_dropped_has_no_line() -> None:
    figure = pma.plot_burn_up(single(burn_table()).assign(dropped=pd.array([0] * 92, "Int64")))
    assert len(figure.data) == 2


def test_a_period_of_which_nothing_is_known_yet_shows_what_falls_due() -> None:
    unknown = pd.array([pd.NA] * 92, "Int64")
    figure = pma.plot_burn_up(single(burn_table()).assign(done=unknown, dropped=unknown))
    assert len(figure.data) == 1
    assert "nothing known of them yet" in figure.layout.meta["alt"]
