"""Pages: naughty titles come out everywhere as text, and no script of theirs runs.

The naive pages are what pandas, its Styler, nbconvert and plotly make of the same texts.
"""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mistune
import pandas as pd
import plotly.graph_objects as go
from nbconvert.filters import markdown2html

from pmanalytics.reporting.rendering.page import page_html
from pmanalytics.reporting.showing.story import Block, Story
from tests.attacks.outlines import EVERY, TURNING, Outline, words_in
from tests.naughty import token

PACKAGE = Path(__file__).parents[2] / "pmanalytics"
LIVE = ("src", "srcset", "data", "poster", "action", "formaction", "background", "ping", "srcdoc")


def script(name: str) -> str:
    """A script that leaves a mark on the root of its page."""
    return f"<script>document.documentElement.setAttribute('data-fired-{name}','')</script>"


def naive_pages() -> dict[str, str]:
    """Pieces of pages with a script in a title, each made by a usual tool, with its mark."""
    cell = pd.DataFrame({"title": ["x"]})
    return {
        "unescaped": pd.DataFrame({"title": [script("unescaped")]}).to_html(escape=False),
        "styled": pd.DataFrame({"title": [script("styled")]}).style.to_html(),
        "caption": cell.style.format(escape="html").set_caption(script("caption")).to_html(),
        "column": cell.rename(columns={"title": script("column")})
        .style.format(escape="html")
        .to_html(),
        "row": cell.set_axis([script("row")]).style.format(escape="html").to_html(),
        "markdown": markdown2html(f"# {script('markdown')}"),
    }


def test_a_script_in_a_title_runs_on_naive_pages(fired: Callable[[str], set[str]]) -> None:
    pieces = naive_pages()
    page = f"<!doctype html><html><body>{''.join(pieces.values())}</body></html>"
    assert fired(page) == set(pieces)


# The ways on which the naive pages were made; the style of an element in a script is another one.
WAYS = re.compile(
    r"\w\.style(?!\.minHeight)\b\.|Styler|escape=False|\|\s*safe\b|\bto_html\(|fmt_markdown|nbconvert"
)


def test_no_page_is_made_on_those_ways() -> None:
    for way in ("table.style.to_html()", "to_html(escape=False)", "{{ title | safe }}"):
        assert WAYS.search(way)
    found = {
        path.name
        for path in PACKAGE.rglob("*")
        if path.suffix in (".py", ".j2", ".js") and WAYS.search(path.read_text("utf-8"))
    }
    assert found == set()


def test_a_javascript_link_is_live_on_a_naive_page() -> None:
    assert 'href="javascript:' in markdown2html("[x](javascript:alert(1))")


def test_labels_of_charts_are_no_math_and_no_markup() -> None:
    r"""MathJax makes a link of `$\\href{javascript:..}$`, and plotly one of `<a>`."""
    attack = r"$\href{javascript:alert(1)}{x}$ <a href='https://canary.invalid/'>link</a>"
    figure = go.Figure(go.Bar(x=[attack], y=[1], name=attack), layout={"xaxis": {"title": attack}})
    naive = texts_of(json.loads(figure.to_json()))
    assert naive.count(attack) == 3
    page = drawn(json.loads(figure.to_json()))
    assert "MathJax" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    (shown,) = re.findall(r'id="figure-1-data">(.*?)</script>', page, re.DOTALL)
    labels = texts_of(json.loads(shown))
    assert len([label for label in labels if "href" in label]) == 3
    assert not [label for label in labels if "$" in label or "<a" in label]


def drawn(figure: dict[str, Any]) -> str:
    """The page of a report that shows one figure."""
    told = {
        "name": "x", "title": "X", "findings": [], "notes": [], "question": "", "columns": [],
        "rows": [], "total_rows": 0, "alt": "X",
    }  # fmt: skip
    return page_html(Story("A report", {}, {}, (Block("exhibit", exhibit=told, figure=figure),)))


def texts_of(value: Any, key: str = "") -> list[str]:
    """Every text of a figure, but for the forms of numbers."""
    if isinstance(value, dict):
        return [text for name, part in value.items() for text in texts_of(part, name)]
    if isinstance(value, list):
        return [text for part in value for text in texts_of(part, key)]
    return [value] if isinstance(value, str) and key not in ("tickformat", "hoverformat") else []


def test_code_that_slipped_into_a_whole_page_does_not_run(
    fired: Callable[[str], set[str]], chromium: Any, tmp_path: Path
) -> None:
    """Were a text to come through unescaped, the page may still run its own script only."""
    mark = "document.documentElement.setAttribute('data-fired-{}','')".format
    page = drawn({"data": [{"type": "bar", "x": ["a"], "y": [1]}], "layout": {}})
    slipped = (
        script("inline")
        + f'<img src="x" onerror="{mark("handler")}"><svg onload="{mark("svg")}"></svg>'
        + f'<iframe srcdoc="<script>top.{mark("frame")}</script>"></iframe>'
        + f'<script src="data:text/javascript,{mark("data")}"></script>'
    )
    attacked = page.replace("</main>", f"{slipped}</main>")
    assert attacked != page
    free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", attacked)
    assert free != attacked
    assert fired(free) == {"inline", "handler", "svg", "frame", "data"}
    assert fired(attacked) == set()
    (tmp_path / "attacked.html").write_text(attacked)
    assert chromium(tmp_path / "attacked.html", "--dump-dom").count('class="main-svg"') == 3


def test_every_title_is_on_the_page_as_text(naughty):
    outline = Outline((naughty / "report.html").read_text())
    assert words_in(outline.text) >= EVERY


def test_no_script_of_a_title_runs(seen):
    page, _ = seen
    root = re.search(r"<html[^>]*>", page)[0]
    assert "data-charts" in root
    assert "canary" not in root
    title = html.unescape(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1])
    assert title.startswith("Action items after incidents")
    assert len(re.findall(r'class="main-svg"', page)) >= 3 * 8


def test_the_page_holds_no_element_of_a_title(seen):
    tags = Outline(re.sub(r"<style.*?</style>", "", seen[0], flags=re.DOTALL)).tags
    named = {tag for tag, _ in tags}
    assert not named & {"img", "iframe", "object", "embed", "link", "base", "form", "math", "input"}
    attributes = [attrs for _, attrs in tags]
    assert not [attrs for attrs in attributes if any(name.startswith("on") for name in attrs)]
    assert not [attrs for attrs in attributes if "contents" in attrs.get("id", "").split()]
    assert len([attrs for attrs in attributes if "http-equiv" in attrs]) == 1


def test_links_lead_to_tickets_and_nothing_is_loaded(seen):
    tags = Outline(seen[0]).tags
    links = [attrs.get("href") or attrs.get("xlink:href") for tag, attrs in tags]
    beside = r"tables/\w+\.csv"
    outside = [link for link in links if link and not re.fullmatch(rf"#.*|{beside}", link)]
    assert outside
    assert all(re.match(r"https://(tickets\.example|github)\.com/", link) for link in outside)
    loaded = [attrs[name] for _, attrs in tags for name in LIVE if name in attrs]
    assert all(address.startswith("blob:") for address in loaded)
    styles = re.findall(r'style="([^"]*)"', seen[0]) + re.findall(
        r"<style[^>]*>(.*?)</style>", seen[0], re.DOTALL
    )
    assert not [style for style in styles if re.search(r"https?:|@import", style)]


def test_the_page_asks_the_network_for_nothing(seen):
    _, log = seen
    names = {number: name for name, number in log["constants"]["logEventTypes"].items()}
    assert "canary.invalid" not in json.dumps(log["events"])
    requests = [
        event["params"]
        for event in log["events"]
        if names[event["type"]] == "URL_REQUEST_START_JOB" and "url" in event.get("params", {})
    ]
    # What the browser asks for itself has no page as its origin.
    assert not [asked["url"] for asked in requests if asked["initiator"] != "not an origin"]


def test_no_mark_turns_the_text_of_a_page_or_a_summary(naughty):
    page = Outline((naughty / "report.html").read_text()).text
    assert not TURNING.search(page)
    assert not TURNING.search((naughty / "summary.md").read_text())


def test_the_summary_holds_no_markup_of_a_title(naughty):
    text = (naughty / "summary.md").read_text()
    assert words_in(text)
    markdown = mistune.create_markdown(
        escape=False, plugins=["url", "strikethrough", "table", "task_lists", "math", "footnotes"]
    )
    tags = [tag for tag, _ in Outline(markdown(text)).tags]
    assert set(tags) <= {"h1", "p", "ul", "ol", "li", "strong"}
    assert tags.count("h1") == 1
    assert not re.search(r"(?<!\\)[@]", text)
    assert "://" not in text


def test_the_index_leads_to_the_report_and_runs_nothing(naughty, chromium):
    index = naughty.parents[1] / "index.html"
    seen = chromium(index, "--dump-dom")
    assert "canary" not in re.search(r"<html[^>]*>", seen)[0]
    assert "FIRED" not in re.search(r"<title>(.*?)</title>", seen, re.DOTALL)[1].split(";")[0]
    outline = Outline(seen)
    tags = outline.tags
    named = {tag for tag, _ in tags}
    # The page would not let a script run; none may be there all the same.
    assert not named & {"script", "img", "iframe", "object", "embed", "link", "base"}
    # The name of the organisation is made of these two.
    assert words_in(outline.text) >= {token(0), token(30)}
    links = [attrs["href"] for _, attrs in tags if "href" in attrs]
    assert "./2026Q3/quarterly/report.html" in links
    assert not [link for link in links if ":" in link]
