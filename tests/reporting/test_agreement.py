"""The figures in the notebook, those that are drawn in the browser and those in the tables agree."""

import base64
import csv
import json
import re
from collections import Counter

import numpy as np
import pytest

from pmanalytics.reporting.rendering.page import page_html
from pmanalytics.reporting.showing.media import EXHIBIT_TYPE, FIGURE_TYPE
from tests.reporting.drawn import FIGURES, LABELS

DRAWN = "document.documentElement.dataset.charts"
# What plotly computed from each figure, in the figure's own terms; the words that can be seen; and
# the cells of the table beneath.
READ = """
[...document.querySelectorAll(".chart")].map((chart) => {
  const axis = (trace, letter) =>
    chart._fullLayout[(trace[`${letter}axis`] || letter).replace(letter, `${letter}axis`)];
  const series = (points) => {
    const trace = points[0].trace;
    const flat = trace.orientation === "h";
    const [along, up] = trace.type === "bar" ? (flat ? ["s", "p"] : ["p", "s"]) : ["x", "y"];
    const told = (letter, name) => points.map((point) => {
      const size = name === "s";
      return Number.isFinite(point[name])
        ? size ? point[name] : axis(trace, letter).c2d(point[name]) : null;
    });
    const text = [].concat(trace.text || []);
    return { type: trace.type, x: told("x", along), y: told("y", up), text };
  };
  const marks = chart.querySelectorAll(".bars .point path, .scatterlayer .points path").length;
  const seen = [...chart.querySelectorAll("svg text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width && box.height && getComputedStyle(text).visibility !== "hidden";
  });
  const words = (text) => [...(text.querySelector("tspan.line")
    ? text.querySelectorAll("tspan.line") : [text])].map((line) => line.textContent).join(" ");
  const cells = chart.closest(".exhibit").querySelectorAll("table :is(th, td)");
  return {
    id: chart.closest(".exhibit").id,
    layers: chart.querySelectorAll("svg.main-svg").length,
    series: chart.calcdata.filter((points) => points[0].trace.visible === true).map(series),
    marks,
    words: seen.map(words),
    cells: [...cells].map((cell) => cell.textContent),
    past: Math.max(...seen.map((text) => text.getBoundingClientRect().right)) - innerWidth,
  };
})
"""


def values(listed):
    """A list of a figure, which plotly may have packed."""
    if isinstance(listed, dict):
        return np.frombuffer(base64.b64decode(listed["bdata"]), listed["dtype"]).tolist()
    return list(listed if listed is not None else ())


def plain(text):
    return re.sub(r"<[^>]+>|\s", "", str(text)).replace("−", "-").replace("&lt;", "<")


def written(value):
    """A value of either side in one form: numbers to six digits, days without a time."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, (int, float)):
        return float(f"{value:.6g}")
    return re.sub(r"[T ]00:00(:00)?$", "", str(value))


def points(across, up):
    """The points of a series; one without a value has no place."""
    both = zip(map(written, across), map(written, up), strict=True)
    return [point for point in both if None not in point]


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return text or None


def figures_of(story):
    """The exhibits of a story that have a chart, each with its figure and its rows."""
    for block in story.blocks:
        if block.figure:
            names = [column["name"] for column in block.exhibit["columns"]]
            rows = [dict(zip(names, row, strict=True)) for row in block.exhibit["rows"]]
            yield block.exhibit["name"], block.figure, rows


def saved_figures(folder):
    """The same from a report folder: the figures of the notebook, the rows of the CSV files."""
    notebook = json.loads((folder / "notebook.ipynb").read_text())
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    for data in (output.get("data", {}) for output in outputs):
        if FIGURE_TYPE not in data:
            continue
        name = data[EXHIBIT_TYPE]["name"]
        with (folder / "tables" / f"{name}.csv").open(newline="") as file:
            rows = [
                {key: number(text) for key, text in row.items()} for row in csv.DictReader(file)
            ]
        yield name, data[FIGURE_TYPE], rows


@pytest.fixture(scope="module", params=["quarterly", "team", "service"])
def report(request, tmp_path_factory, played):
    """A page, with the name, figure and rows of each of its charts."""
    if request.param == "quarterly":
        folder = request.getfixturevalue("quarterly")
        return folder / "report.html", list(saved_figures(folder))
    subject = {"team": "payments", "service": "label-printing"}[request.param]
    story = played(request.param, as_of="2026-10-12", **{request.param: subject})
    page = tmp_path_factory.mktemp("page") / "report.html"
    page.write_text(page_html(story))
    return page, list(figures_of(story))


@pytest.fixture(scope="module", params=[1280, 390], ids=["desktop", "phone"])
def charts(request, report, reading):
    """What stands in each chart of a page, in the order of the page, with what should."""
    page, expected = report
    size = {"height": 900, "deviceScaleFactor": 1, "mobile": request.param < 500}
    reading.call("Emulation.setDeviceMetricsOverride", width=request.param, **size)
    reading.opens(page.as_uri())
    reading.waits_for(DRAWN)
    seen = reading.does(READ)
    reading.call("Emulation.clearDeviceMetricsOverride")
    assert len(seen) == len(expected) >= 3
    return list(zip(seen, expected, strict=True))


def test_every_figure_of_the_notebook_is_drawn_in_three_layers(charts):
    for seen, (name, _, _) in charts:
        assert (seen["id"], seen["layers"]) == (name.replace("_", "-"), 3)


def test_what_is_drawn_is_what_the_notebook_holds(charts):
    for seen, (name, figure, _) in charts:
        assert len(seen["series"]) == len(figure["data"]), name
        for drawn, trace in zip(seen["series"], figure["data"], strict=True):
            held = points(values(trace["x"]), values(trace["y"]))
            assert points(drawn["x"], drawn["y"]) == held, name


def test_every_word_of_a_figure_can_be_seen(charts):
    for seen, (name, figure, _) in charts:
        there = Counter(map(plain, seen["words"]))
        notes = [note["text"] for note in figure["layout"].get("annotations", ())]
        texts = [text for trace in figure["data"] for text in values(trace.get("text"))]
        wanted = Counter(filter(None, map(plain, [*notes, *texts])))
        assert not wanted - there, name
        assert seen["marks"] or "lines" in {trace.get("mode") for trace in figure["data"]}, name
        assert seen["past"] <= 0, name


def test_what_is_drawn_is_what_the_table_says(charts):
    for seen, (name, _, rows) in charts:
        for axis, expected in FIGURES[name](rows):
            wanted = Counter(map(written, expected))
            told = told_of(seen, "y" if axis == "steps" else axis)
            # A step is drawn from its beginning, at 0, to the end of the axis.
            found = [{*one, 0.0} == {*wanted, 0.0} for one in told] if axis == "steps" else None
            assert any(found) if found else wanted in told, (name, axis, wanted)


def told_of(seen, axis):
    """The values of each series that is drawn, without what is missing."""
    found = []
    for drawn in seen["series"]:
        told = [number(value) if axis == "text" else value for value in drawn[axis]]
        found.append(Counter(written(value) for value in told if value is not None))
    return found


def test_what_a_chart_says_is_what_its_table_says(charts):
    for seen, (name, _, rows) in charts:
        there, cells = "|".join(map(plain, seen["words"])), {*seen["cells"]}
        for label in LABELS.get(name, lambda _: [])(rows):
            assert plain(label) in there, (name, label)
            shown = re.match(r"(\d+%) (\d+) of (\d+)", label)
            assert not shown or {*shown.groups()} <= cells, (name, label)


def test_in_the_dark_all_panels_have_one_ink_and_marks_their_own_colours(quarterly, reading):
    dark = {"name": "prefers-color-scheme", "value": "dark"}
    reading.call("Emulation.setEmulatedMedia", features=[dark])
    reading.opens((quarterly / "report.html").as_uri())
    reading.waits_for(DRAWN)
    inks = reading.does(
        "[...new Set([...document.querySelectorAll('.chart [class$=tick] text')]"
        ".map((text) => getComputedStyle(text).fill))]"
    )
    changed = reading.does(
        "[...document.querySelectorAll('.chart :is(g, path)')]"
        ".filter((mark) => getComputedStyle(mark).filter !== 'none').length"
    )
    reading.call("Emulation.setEmulatedMedia", features=[])
    # --soft of the dark page is #a9adb3.
    assert inks == ["rgb(169, 173, 179)"]
    assert changed == 0
