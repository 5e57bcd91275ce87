import base64
import gzip
import hashlib
import re
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest

from pmanalytics.reporting.rendering.page import page_html
from pmanalytics.reporting.showing.story import Block, Story, read_story


@pytest.fixture(scope="module")
def page(hostile):
    return page_html(hostile)


class Outline(HTMLParser):
    """Collects the tags and attributes of a page as a browser would see them."""

    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def outline(page):
    parser = Outline()
    parser.feed(page)
    return parser.tags


def test_hostile_text_becomes_neither_element_nor_attribute(page):
    tags = outline(page)
    assert not [
        tag for tag, _ in tags if tag in ("img", "iframe", "object", "embed", "link", "base")
    ]
    assert not [attrs for _, attrs in tags if any(name.startswith("on") for name in attrs)]
    assert [attrs for tag, attrs in tags if tag == "script" and not attrs] == [{}]
    links = [attrs["href"] for _, attrs in tags if "href" in attrs]
    assert all(link.startswith(("#", "https://example.com/")) for link in links)


def test_nothing_is_fetched_from_anywhere(page):
    tags = outline(page)
    assert not [attrs for tag, attrs in tags if "src" in attrs]
    assert "url(" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "@import" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_the_policy_allows_the_one_script_of_the_page(page):
    policy = next(
        attrs["content"]
        for tag, attrs in outline(page)
        if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}' blob:" in policy
    assert policy.startswith("default-src 'none';")


def test_the_library_is_the_installed_one(page):
    packed = re.search(r'id="library">([^<]+)<', page)[1]
    source = Path(find_spec("plotly").origin).parent / "package_data" / "plotly.min.js"
    assert gzip.decompress(base64.b64decode(packed)) == source.read_bytes()
    assert len(page.encode()) < 2_300_000


def test_every_chart_has_a_text_alternative_and_its_table(page):
    tags = outline(page)
    charts = [attrs for tag, attrs in tags if attrs.get("class") == "chart"]
    assert len(charts) == 2
    assert all(chart["aria-label"] for chart in charts)
    assert len({attrs["id"] for _, attrs in tags if "id" in attrs}) == len(
        [attrs for _, attrs in tags if "id" in attrs]
    )


def test_every_link_within_the_page_leads_somewhere(page):
    tags = outline(page)
    places = {attrs["id"] for _, attrs in tags if "id" in attrs} | {"top"}
    links = [
        attrs["href"][1:]
        for tag, attrs in tags
        if tag == "a" and attrs.get("href", "").startswith("#")
    ]
    assert links
    assert set(links) <= places


def test_the_sample_says_so_at_the_head(page):
    assert page.index("SAMPLE DATA</strong>") < page.index("<h1>")


def test_a_notebook_that_opens_no_report_has_a_page_too(executed):
    story = read_story(executed("asks"), title="asks", parameters={})
    page = page_html(story)
    assert "it 3 False 0.5" in page
    assert "library" not in [attrs.get("id") for _, attrs in outline(page)]


def test_the_same_story_gives_the_same_bytes(hostile, page):
    assert page_html(hostile) == page


def test_a_browser_draws_every_chart_and_runs_nothing_else(page, chromium, tmp_path):
    (tmp_path / "report.html").write_text(page)
    seen = chromium(tmp_path / "report.html", "--dump-dom")
    # plotly draws a figure in three layers (hazards of the stack, measured).
    assert seen.count('class="main-svg"') == 3 * 2
    assert 'data-charts="2"' in seen
    assert re.search(r"<title>(.*?)</title>", seen, re.DOTALL)[1].startswith("A report full of")
    assert "<img" not in seen
    links = re.findall(r'href="([^"]*)"', seen)
    assert all(link.startswith(("#", "https://example.com/")) for link in links)


def test_the_page_prints(page, chromium, tmp_path):
    (tmp_path / "report.html").write_text(page)
    chromium(tmp_path / "report.html", f"--print-to-pdf={tmp_path / 'report.pdf'}")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_the_head_says_what_was_not_read_and_what_was_used():
    exhibit = {
        "name": "kept", "title": "Kept", "findings": ["A detail."],
        "notes": [], "question": "", "columns": [], "rows": [], "total_rows": 0, "alt": "",
    }  # fmt: skip
    about = {"as_of": "2026-10-12", "unread_files": ["incidents.csv"], "reject_count": 2}
    parameters = {"config": "", "as_of": ""}
    page = page_html(Story("A report", about, parameters, (Block("exhibit", exhibit=exhibit),)))
    assert '<p class="loud">incidents.csv could not be read.</p>' in page
    assert "1 whole file and" in page
    assert '<li><a href="#kept">A detail.</a></li>' in page
    assert "<dt>as_of</dt><dd>2026-10-12</dd>" in page
    assert "not set" not in page
    assert "<dt>config</dt>" not in page
