"""Charts: what a reader sees must be what the table says, escaped, uncut and described in words.

The frames here have the columns of the metrics; their numbers are made up by hand.
"""

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import plotly.io
import pytest

import pmanalytics as pma
from pmanalytics import charts
from pmanalytics.charts.style import label, spread
from pmanalytics.metrics.backlogs import AGE_BANDS
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import COMPONENTS, GAPS, STANDINGS

HOSTILE = "<b>$5</b> & $x$ <a href='javascript:alert(1)'>team</a>"
SEVERITIES = ["sev1", "sev2", None]
TEAMS = ["platform-reliability-engineering", HOSTILE, "identity and access", "web", "core", None]


def attainment_table(
    column: str | None = "severity", groups: list[object] | None = None
) -> pd.DataFrame:
    rows = [
        {column: group, "due": 40, "met": 31, "late": 5, "overdue": 4, "dropped_late": 0,
         "attainment": 0.775, "low": 0.62, "high": 0.88, "dropped_in_time": 1, "unknown": 0,
         "bound_low": 0.775, "bound_high": 0.775, "waived": 0, "attainment_adjusted": 0.775}
        for group in groups or SEVERITIES
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    return table if column else table.drop(columns=[None]).head(1)


def curve_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    # 10 items: 2 done on day 3, 3 on day 10, one seen open until day 20, 2 done on day 100.
    days = [(0, 10, 0, 0.0), (3, 10, 2, 0.2), (10, 8, 3, 0.5), (20, 5, 0, 0.5), (100, 4, 2, 0.75)]
    rows = [
        {column: group, "outcome": outcome, "day": day, "at_risk": risk,
         "events": events if outcome == "done" else 0,
         "cumulative_incidence": share if outcome == "done" else 0.0,
         "low": max(share - 0.1, 0) if share else float("nan"),
         "high": min(share + 0.1, 1) if share else float("nan")}
        for group in groups or SEVERITIES
        for outcome in ("done", "dropped")
        for day, risk, events, share in days
    ]  # fmt: skip
    return pd.DataFrame(rows)


def backlog_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    rows = [
        {column: group, "age_band": band, "items": 30 * place, "overdue": 20 * place}
        for group in groups or SEVERITIES
        for place, band in enumerate(AGE_BANDS)
    ]
    return pd.DataFrame(rows)


def flow_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    quarters = [
        f"{year}Q{quarter}" for year in (2023, 2024, 2025, 2026) for quarter in (1, 2, 3, 4)
    ]
    rows = [
        {column: group, "period": quarter, "opening": 10 + place, "new": 5, "done": 4,
         "dropped": 1, "reopened": 1, "closing": 11 + place}
        for group in groups or SEVERITIES
        for place, quarter in enumerate(quarters)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def gap_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    rows = [
        {column: group, "population": population, "items": 50, "with_gap": 20, "rate": 0.4,
         "low": 0.28, "high": 0.54, **{code: place for place, code in enumerate(GAPS)}}
        for group in groups or SEVERITIES
        for population in ("open", "cohort")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def standings_table(column: str = "severity", groups: list[object] | None = None) -> pd.DataFrame:
    counts = {code: place + 1 for place, code in enumerate(STANDINGS)}
    rows = [{column: group, "total": 36, **counts} for group in groups or SEVERITIES]
    return pd.DataFrame(rows)


def discoverability_table(
    column: str = "severity", groups: list[object] | None = None
) -> pd.DataFrame:
    shares = {code: 0.1 * place for place, code in enumerate(COMPONENTS)}
    rows = [{column: group, "items": 12, **shares} for group in groups or SEVERITIES]
    return pd.DataFrame(rows)


def unowned_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "service": ["ledger", HOSTILE, "geo"],
            "incidents": [3, 1, 0],
            "open_items": [1107, 2, 0],
            "overdue_items": [1005, 0, 0],
        }
    )


def repeats_table() -> pd.DataFrame:
    # INC-9 repeats two earlier incidents and is one incident that came back.
    return pd.DataFrame(
        {
            "incident_id": ["INC-9", "INC-9", "INC-7", "INC-8"],
            "repeat_of": ["INC-1", "INC-2", "INC-3", HOSTILE],
            "level": ["L2", "L1", "L2", "L3"],
            "days_between": [80, 30, 12, 5],
            "service": ["ledger", "ledger", "ledger", None],
            "cause": None,
            "open_before": [1, 2, 0, 1],
            "overdue_before": [0, 1, 0, 0],
            "preventive_open_before": pd.NA,
            "preventive_overdue_before": pd.NA,
        }
    )


def single(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the first group, as the metric returns them without `by`."""
    first = table[table["severity"] == "sev1"] if "severity" in table else table
    return first.drop(columns="severity", errors="ignore").reset_index(drop=True)


GROUPED: dict[str, tuple[Callable[..., go.Figure], Callable[..., pd.DataFrame]]] = {
    "attainment": (pma.plot_attainment, attainment_table),
    "completion_curve": (pma.plot_completion_curve, curve_table),
    "backlog": (pma.plot_backlog, backlog_table),
    "flow": (pma.plot_flow, flow_table),
    "gap_rates": (pma.plot_gap_rates, gap_table),
    "standings": (pma.plot_standings, standings_table),
    "discoverability": (pma.plot_discoverability, discoverability_table),
}
FIGURES: dict[str, Callable[[], go.Figure]] = {
    **{f"{n}-alone": lambda p=p, t=t: p(single(t())) for n, (p, t) in GROUPED.items()},
    **{f"{n}-severity": lambda p=p, t=t: p(t()) for n, (p, t) in GROUPED.items()},
    **{f"{n}-team": lambda p=p, t=t: p(t("team", TEAMS)) for n, (p, t) in GROUPED.items()},
    "unowned_services": lambda: pma.plot_unowned_services(unowned_table()),
    "repeats": lambda: pma.plot_repeats(repeats_table()),
}
EMPTY: dict[str, tuple[Callable[..., go.Figure], pd.DataFrame]] = {
    **{name: (plot, single(table()).head(0)) for name, (plot, table) in GROUPED.items()},
    "unowned_services": (pma.plot_unowned_services, unowned_table().head(0)),
    "repeats": (pma.plot_repeats, repeats_table().head(0)),
}


def shown(figure: go.Figure) -> str:
    """Everything in the figure but its text alternative, as one text."""
    content = json.loads(figure.to_json())
    content["layout"].pop("meta")
    return json.dumps(content, ensure_ascii=False)


def notes(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


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
    assert figure.layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.template.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.title.text is None


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_of_the_data_is_read_as_markup(name: str) -> None:
    figure = FIGURES[name]()
    assert "<a" not in shown(figure)
    assert "<b>$" not in shown(figure)
    # MathJax, should a page have it, takes what stands between two dollar signs.
    assert "$" not in shown(figure)


def test_label_keeps_short_text_and_cuts_long_text_with_a_mark() -> None:
    assert label("payments") == "payments"
    assert label("a b\u202ec\nd") == "a bc d"
    assert label("word " * 40).endswith("…")
    assert label(None) == ""


def test_labels_are_moved_apart_in_their_order() -> None:
    assert spread([0.2, 0.9, 0.21], gap=0.1) == pytest.approx([0.2, 0.9, 0.3])


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


def test_the_curve_is_a_step_from_day_0_and_ends_at_the_last_shown_day() -> None:
    figure = pma.plot_completion_curve(single(curve_table()), policy_days={"sev1": 15, "sev2": 200})
    low, high, curve = figure.data
    assert curve.line.shape == low.line.shape == high.line.shape == "hv"
    # Day 100 lies beyond the axis; until day 90 the share stays at one half.
    assert list(curve.x) == [0, 0, 3, 10, 20, 90]
    assert list(curve.y) == [0, 0, 0.2, 0.5, 0.5, 0.5]
    assert list(high.y)[2:] == pytest.approx([0.3, 0.6, 0.6, 0.6])
    assert any("Sev-1: day 15" in note for note in notes(figure))
    assert not any("Sev-2" in note for note in notes(figure))


def test_numbers_at_risk_are_those_of_the_next_day_in_the_table() -> None:
    figure = pma.plot_completion_curve(single(curve_table()))
    under = [note for note in notes(figure) if note.isdigit()]
    # Days 0, 15, 30, ... 90: the rows of day 0, day 20, then day 100.
    assert under == ["10", "5", "4", "4", "4", "4", "4"]


def test_more_curves_than_line_styles_get_a_plot_each() -> None:
    few = pma.plot_completion_curve(curve_table("team", TEAMS[:5]))
    many = pma.plot_completion_curve(curve_table("team", TEAMS))
    assert "yaxis2" not in few.to_plotly_json()["layout"]
    assert "yaxis6" in many.to_plotly_json()["layout"]
    assert any("no team (n = 10)" in note for note in notes(many))


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


def test_gaps_stand_in_the_order_of_their_codes_and_in_words() -> None:
    figure = pma.plot_gap_rates(single(gap_table()))
    names = [name.replace("<br>", " ") for name in figure.layout.yaxis.ticktext]
    assert names == list(GAPS.values())
    assert list(figure.data[0].x) == list(range(10))
    assert "20 of 50 open items" in figure.layout.meta["alt"]


def test_standings_are_said_in_words() -> None:
    figure = pma.plot_standings(standings_table())
    assert [trace.name for trace in figure.data] == list(STANDINGS.values())
    # Grey print: no two standings have the same pattern and colour.
    looks = [(trace.marker.color, trace.marker.pattern.shape) for trace in figure.data]
    assert len(set(looks)) == len(looks)


def test_an_incident_that_repeats_two_others_is_drawn_once_at_the_latest() -> None:
    figure = pma.plot_repeats(repeats_table())
    drawn = {trace.name: sorted(trace.x) for trace in figure.data}
    # INC-9 at 30 days after INC-2, of which an item was overdue; INC-7 and INC-8 had none.
    assert drawn == {"an item of the first was overdue": [30], "nothing was overdue": [5, 12]}
    assert list(figure.layout.yaxis.ticktext) == ["ledger", "no service"]
    assert notes(figure) == ["n = 2", "n = 1"]


def test_a_missing_share_is_a_dash_and_not_a_zero() -> None:
    table = single(discoverability_table()).assign(planned=float("nan"))
    figure = pma.plot_discoverability(table)
    assert notes(figure)[-1] == "<b>–</b>"


def test_a_table_longer_than_a_figure_says_how_many_rows_are_left() -> None:
    figure = pma.plot_attainment(attainment_table("team", [f"team {n}" for n in range(53)]))
    assert len(figure.layout.yaxis.ticktext) == 40
    assert "13 more rows are in the table" in figure.layout.meta["notes"][0]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {"by": by}) for name in GROUPED for by in (None, "severity", "team")),
        ("unowned_services", {}),
        ("repeats", {}),
    ],
)
def test_a_snapshot_gives_the_chart_of_its_table(
    q3: Snapshot, name: str, options: dict[str, str | None]
) -> None:
    plot = getattr(pma, f"plot_{name}")
    table = getattr(pma, name)(q3, **options)
    before = table.copy(deep=True)
    from_table, from_snapshot = plot(table), plot(q3, **options)
    assert from_table.layout.meta == from_snapshot.layout.meta
    assert [trace.type for trace in from_table.data] == [trace.type for trace in from_snapshot.data]
    pd.testing.assert_frame_equal(table, before)


def test_a_snapshot_brings_its_policy_days(q3: Snapshot) -> None:
    figure = pma.plot_completion_curve(q3, by="severity")
    assert any(re.search(r"Sev-1.*: day \d+", note) for note in notes(figure))


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found and os.environ.get("CI"):
        pytest.fail("Chromium is missing, and continuous integration must not skip.")
    return found or pytest.skip("Chromium is missing here.")


LOOK = """
window.addEventListener('load', () => setTimeout(() => {
  const cut = [];
  for (const box of document.querySelectorAll('.sheet')) {
    const edge = box.getBoundingClientRect();
    for (const text of box.querySelectorAll('svg text')) {
      const place = text.getBoundingClientRect();
      if (!text.textContent.trim() || !place.width) continue;
      if (place.left < edge.left - 2 || place.right > edge.right + 2)
        cut.push(box.id + ': ' + text.textContent);
    }
  }
  document.body.dataset.cut = cut.join(' | ');
  document.body.dataset.drawn = document.querySelectorAll('.main-svg').length;
}, 300));
"""


@pytest.mark.parametrize("width", [374, 800])
def test_no_label_is_cut_on_a_phone_or_on_a_desk(chromium: str, tmp_path: Path, width: int) -> None:
    pieces = []
    for number, (name, build) in enumerate(FIGURES.items()):
        drawn = plotly.io.to_html(
            build(),
            full_html=False,
            include_plotlyjs=number == 0,
            div_id=f"fig-{number}",
            config={"displayModeBar": False},
            validate=False,
        )
        pieces.append(f'<div class="sheet" id="{name}" style="width:{width}px">{drawn}</div>')
    page = tmp_path / "page.html"
    page.write_text(f"<meta charset=utf-8><body>{''.join(pieces)}<script>{LOOK}</script>", "utf-8")
    flags = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=8000", "--dump-dom",
    ]  # fmt: skip
    finished = subprocess.run(
        [chromium, *flags, page.as_uri()], capture_output=True, check=True, timeout=120
    )
    dom = finished.stdout.decode("utf-8")
    found = re.search(r'<body[^>]* data-cut="([^"]*)" data-drawn="(\d+)"', dom)
    assert found, "the page was not drawn"
    assert html.unescape(found[1]) == ""
    # Two or three layers per figure, none of them missing.
    assert int(found[2]) >= 2 * len(FIGURES)
