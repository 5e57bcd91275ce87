"""What every chart must do: say what it shows, escape it, and stand when there is little or nothing."""

import json
import re

import pandas as pd
import plotly.graph_objects as go
import pytest

import pmanalytics as pma
from pmanalytics import charts
from pmanalytics.charts.palette import ALERT
from pmanalytics.snapshots import Snapshot
from tests.charts.tables import EMPTY, FIGURES, GROUPED, SINGLE, notes, shown, single

# The metric behind a chart that does not bear its name.
METRICS = {"burn_up": "due_burn_up", "cumulative_flow": "flow", "overdue_map": "standings"}
# Charts of which a snapshot has no table: it takes several of them.
OF_DATA = ("gap_trend",)


def test_every_chart_is_tried_here() -> None:
    tried = {f"plot_{name}" for name in EMPTY}
    assert tried == set(charts.__all__)


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_table_gives_one_plain_sentence(name: str) -> None:
    plot, table = EMPTY[name]
    figure = plot(table)
    assert len(figure.data) == 0
    assert len(notes(figure)) == 1
    assert re.fullmatch(r"[A-Z][^.]+\.", figure.layout.meta["alt"])
    assert notes(figure)[0].replace("<br>", " ") == figure.layout.meta["alt"]


@pytest.mark.parametrize("name", FIGURES)
def test_a_chart_has_words_and_no_background_and_no_title(name: str) -> None:
    figure = FIGURES[name]()
    assert len(figure.data) > 0
    assert len(figure.layout.meta["alt"]) > 40
    assert all(re.fullmatch(r"[A-Z0-9].+\.", note) for note in figure.layout.meta["notes"])
    assert figure.layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.template.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.title.text is None


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_of_the_data_is_read_as_markup(name: str) -> None:
    text = shown(FIGURES[name]())
    assert "<a" not in text
    assert "<img" not in text
    assert "<b>$" not in text
    # MathJax, should a page have it, takes what stands between two dollar signs.
    assert "$" not in text


def test_the_hostile_name_is_in_charts_that_show_names() -> None:
    """Without it, the test above could not fail."""
    for name in ("attainment-team", "weak_services", "hand_offs", "overdue_map", "repeats"):
        assert "&lt;" in shown(FIGURES[name]()), name


def tables() -> dict[str, tuple[object, pd.DataFrame]]:
    grouped = {name: (plot, single(table())) for name, (plot, table) in GROUPED.items()}
    return {**grouped, **{name: (plot, table()) for name, (plot, table) in SINGLE.items()}}


@pytest.mark.parametrize("name", tables())
def test_one_row_is_drawn(name: str) -> None:
    plot, table = tables()[name]
    # Of a curve that is the first day, of a map the first cell.
    rows = table[-2:-1] if name == "burn_up" else table.head(1)
    rows = table[1:2] if name in ("backlog", "flow") else rows
    figure = plot(rows.reset_index(drop=True))  # type: ignore[operator]
    assert figure.layout.meta["alt"].endswith(".")


@pytest.mark.parametrize("name", tables())
def test_missing_figures_are_nowhere_a_word(name: str) -> None:
    plot, table = tables()[name]
    floats = [column for column in table if pd.api.types.is_float_dtype(table[column])]
    figure = plot(table.assign(**dict.fromkeys(floats, float("nan"))))  # type: ignore[operator]
    said = json.dumps(json.loads(figure.to_json())["layout"]) + figure.layout.meta["alt"]
    assert not re.search(r"\bnan\b|<NA>|&lt;NA|NaT|\bNone\b", said)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {"by": by}) for name in GROUPED for by in (None, "severity", "team")),
        *((name, {}) for name in SINGLE if name not in OF_DATA),
    ],
)
def test_a_snapshot_gives_the_chart_of_its_table(
    q3: Snapshot, name: str, options: dict[str, str | None]
) -> None:
    plot = getattr(pma, f"plot_{name}")
    by = {"by": ["team", "severity"]} if name == "overdue_map" else {}
    table = getattr(pma, METRICS.get(name, name))(q3, **options, **by)
    before = table.copy(deep=True)
    from_table, from_snapshot = plot(table), plot(q3, **options)
    assert from_table.layout.meta == from_snapshot.layout.meta
    assert [trace.type for trace in from_table.data] == [trace.type for trace in from_snapshot.data]
    pd.testing.assert_frame_equal(table, before)


def colours(figure: go.Figure) -> set[str]:
    """Every colour of a mark."""
    found: set[str] = set()
    for trace in figure.data:
        color = trace.marker.color
        found |= {color} if isinstance(color, str) else set(color or ())
        found |= {trace.line.color} if trace.type == "scatter" and trace.line.color else set()
    return found


# What is past its date is drawn in the colour of signals; nothing else is, where nothing stands out.
OVERDUE = ("backlog", "standings", "unowned_services", "weak_services", "repeats")


@pytest.mark.parametrize("name", FIGURES)
def test_colour_of_signals_is_only_where_there_is_one(name: str) -> None:
    stem = name.partition("-")[0]
    signals = (*OVERDUE, "repeat_exposure")
    assert (ALERT in colours(FIGURES[name]())) == (stem in signals)
