"""Pages for everyone: what a screen reader needs is there, and axe-core finds nothing serious."""

import html
import json
import re
import subprocess
import tarfile
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from shutil import which

import pytest

from pmanalytics.reporting.rendering.page import page_html
from pmanalytics.reporting.rendering.templating import TEMPLATES
from tests.conftest import missing

AXE = "axe-core@4.14.1"
SCHEMES = {"dark": "0", "light": "1"}  # the numbers that Chromium gives them
VOID = ("area", "br", "col", "hr", "img", "input", "link", "meta", "wbr")
# Of words on a ground, as the rules of a page join them.
PAIRS = (
    ("ink", "paper"), ("soft", "paper"), ("link", "paper"), ("alert", "paper"), ("ink", "raised"),
    ("soft", "raised"), ("ink", "mark"), ("link", "mark"), ("band-ink", "band"),
)  # fmt: skip
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, for text of any size
# Opens what is folded, waits for the charts, and leaves the findings at the root of the page.
RUN_AXE = """
(async () => {
  const root = document.documentElement;
  while (document.querySelector(".chart") && !root.dataset.charts)
    await new Promise((go) => setTimeout(go, 50));
  for (const part of document.querySelectorAll("details")) part.open = true;
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const told = ({ id, impact, nodes }) => ({ id, impact, at: nodes.map((node) => node.target) });
  root.dataset.dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.axe = JSON.stringify({
    passes: found.passes.length, violations: found.violations.map(told),
  });
})();
"""


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The source of axe-core, from its package."""
    if which("npm") is None:
        missing("npm")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(["npm", "pack", AXE], cwd=folder, capture_output=True, check=False)
    if done.returncode:
        missing("the package axe-core")
    with tarfile.open(next(folder.glob("*.tgz"))) as packed:
        return packed.extractfile("package/axe.min.js").read().decode("utf-8")


@pytest.fixture(scope="module", params=["quarterly", "hostile", "index"])
def page(request):
    """The quarterly report of the sample, the index that leads to it, and hostile texts."""
    if request.param == "index":
        return (request.getfixturevalue("quarterly").parents[1] / "index.html").read_text()
    made = request.getfixturevalue(request.param)
    return made.joinpath("report.html").read_text() if isinstance(made, Path) else page_html(made)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 500)])
def test_axe_finds_nothing(page, axe, chromium, tmp_path, scheme, width):
    # The page itself would not let a foreign script run.
    policy = re.search(r'<meta http-equiv="Content-Security-Policy"[^>]*>', page)[0]
    scripts = f"<script>{axe}</script><script>{RUN_AXE}</script></body>"
    tried = page.replace(policy, "").replace("</body>", scripts)
    (tmp_path / "page.html").write_text(tried)
    flags = (
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}",
        f"--window-size={width},900",
    )
    seen = chromium(tmp_path / "page.html", "--dump-dom", *flags)
    root = re.search(r"<html[^>]*>", seen)[0]
    assert f'data-dark="{str(scheme == "dark").lower()}"' in root
    found = json.loads(html.unescape(re.search(r'data-axe="([^"]*)"', root)[1]))
    assert found["passes"] > 20
    assert found["violations"] == []


class Tree(HTMLParser):
    """The elements of a page, each with its name, attributes, text and the names it stands in."""

    def __init__(self, page):
        super().__init__()
        self.elements = []
        self.open = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", "in": [part["tag"] for part in self.open], **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        while self.open and self.open.pop()["tag"] != tag:
            pass

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data.strip()

    def of(self, *tags):
        return [element for element in self.elements if element["tag"] in tags]


@pytest.fixture(scope="module")
def tree(page):
    return Tree(page)


def test_the_page_says_its_language_and_may_be_enlarged(tree):
    assert [element["lang"] for element in tree.of("html")] == ["en"]
    assert all(element["text"] for element in tree.of("title"))
    view = next(element for element in tree.of("meta") if element.get("name") == "viewport")
    assert "user-scalable" not in view["content"]
    assert "maximum-scale" not in view["content"]


def test_headings_go_down_one_level_at_a_time(tree):
    headings = tree.of("h1", "h2", "h3", "h4", "h5", "h6")
    levels = [int(element.get("aria-level", element["tag"][1])) for element in headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert not [(one, after) for one, after in pairwise(levels) if after > one + 1]
    # A dialog has its words once it is opened.
    assert all(element["text"] for element in headings if "dialog" not in element["in"])


def test_everything_that_is_seen_stands_in_a_landmark(tree):
    assert len(tree.of("main")) == 1
    places = {"header", "nav", "main", "aside", "footer", "section", "dialog"}
    outside = [
        element
        for element in tree.of("p", "table", "h1", "h2", "h3", "ul", "ol", "dl")
        if not places & {*element["in"], element["tag"]}
    ]
    # The contents of a telephone stand folded between the head and the main part.
    assert [element for element in outside if "details" not in element["in"]] == []
    assert all(element.get("aria-label") for element in tree.of("nav", "aside"))
    named = {"aria-label", "aria-labelledby"}
    assert all(named & {*element} for element in tree.of("section") if "main" not in element["in"])


def test_every_chart_has_words_and_its_table(tree):
    charts = [element for element in tree.elements if element.get("role") == "img"]
    assert charts or not tree.of("figure", "table")
    assert all(element["aria-label"].strip() for element in charts)
    for element in tree.of("figure"):
        assert "section" in element["in"]


def test_every_cell_of_a_table_has_a_head(tree):
    for element in tree.of("th"):
        assert element["scope"] in ("col", "row")
        assert element["scope"] == "row" or element["text"]
        assert ("thead" in element["in"]) == (element["scope"] == "col")
    rows = [element for element in tree.of("tr") if "tbody" in element["in"]]
    heads = [element for element in tree.of("th") if element["scope"] == "row"]
    assert len(heads) == len(rows)


def test_what_takes_the_focus_has_a_name(tree):
    regions = [element for element in tree.elements if "tabindex" in element]
    assert regions or not tree.of("figure", "table")
    for element in regions:
        assert element["tabindex"] == "0"
        assert element["role"]
        assert element["aria-label"].strip()
    for element in tree.of("a", "button", "summary"):
        assert element["text"] or element.get("aria-label")
    labels = {element.get("for") for element in tree.of("label")}
    for element in tree.of("select", "input", "textarea"):
        assert element.get("aria-label") or element.get("id") in labels or "label" in element["in"]


def test_no_two_places_have_one_name(tree):
    names = [element["id"] for element in tree.elements if "id" in element]
    assert len(names) == len(set(names))
    for element in tree.elements:
        for name in element.get("aria-labelledby", "").split():
            assert name in names


def luminance(colour):
    """As WCAG 2.2 defines it, of a colour like #16181b."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_counted_as_published():
    # WebAIM's published example: #777777 on white is 4.48 : 1, and black on white 21 : 1.
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(scheme, words, ground):
    css = (TEMPLATES / "page.css").read_text()
    blocks = [
        dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in css.split(":root {")[1:]
    ]
    colours = {**blocks[0], **blocks[scheme]}
    assert contrast(colours[words], colours[ground]) >= LEAST_CONTRAST
