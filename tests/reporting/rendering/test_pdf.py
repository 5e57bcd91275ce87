import json
import os
import re
import subprocess
import sys
import time

import pytest

from pmanalytics.errors import ReportError, UsageError
from pmanalytics.reporting.rendering import pdf
from pmanalytics.reporting.rendering.page import page_html
from pmanalytics.reporting.rendering.pdf import BROWSER, find_browser, print_page
from pmanalytics.reporting.reports import report
from pmanalytics.reporting.showing.story import Block, Story
from tests.conftest import missing

COLUMNS = [
    {"name": "item", "label": "heading", "kind": "text"},
    {"name": "title", "label": "title", "kind": "text"},
]
TEXT = "## A part\n\n[A link](https://example.com/)"


def shown(name, rows):
    """An exhibit whose every row takes several lines, from `first` to `last`."""
    return {
        "name": name, "title": f"Exhibit {name}", "findings": ["Said."], "notes": [],
        "question": f"What of {name}?", "columns": COLUMNS, "total_rows": rows, "alt": name,
        "rows": [
            [f"first{name}{row}", f"{'many words ' * 40} last{name}{row}"] for row in range(rows)
        ],
    }  # fmt: skip


def figure(name, height=340):
    labels = [f"top-{name}", "middle", f"bottom-{name}"]
    data = [{"type": "bar", "x": [1, 2, 3], "y": labels, "orientation": "h"}]
    return {"data": data, "layout": {"height": height}}


@pytest.fixture(scope="module")
def story():
    blocks = [
        Block("exhibit", exhibit=shown(name, rows), figure=figure(name))
        for name, rows in (("a", 5), ("b", 9), ("c", 33), ("d", 3), ("e", 12), ("f", 2))
    ]
    # On the screen it is higher than a page.
    high = Block("exhibit", exhibit=shown("g", 4), figure=figure("g", height=1900))
    narrow = {**shown("h", 24), "rows": [[f"first{row}", f"h{row}"] for row in range(24)]}
    beside = Block("exhibit", exhibit=narrow, figure=figure("h"))
    return Story("A report", {}, {}, (Block("text", text=TEXT), *blocks, high, beside))


@pytest.fixture(scope="module")
def printed(story, chromium, tmp_path_factory):
    """A PDF of charts and tables, short and long."""
    folder = tmp_path_factory.mktemp("printed")
    beside = '<main><p><a href="tables/a.csv">All rows</a></p>'
    (folder / "report.html").write_text(page_html(story).replace("<main>", beside))
    print_page(
        folder / "report.html",
        folder / "report.pdf",
        browser=find_browser(),
        charts=8,
        day="2026-10-12",
    )
    return folder / "report.pdf"


def poppler(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        missing("poppler-utils")


@pytest.fixture(scope="module")
def pages(printed):
    return poppler("pdftotext", "-layout", str(printed), "-").removesuffix("\f").split("\f")


def test_every_page_is_numbered(pages):
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert page.strip().endswith(f"{number} / {len(pages)}")


def test_a_table_that_goes_on_has_its_header_again_and_no_row_is_cut(pages):
    across = [page for page in pages if "firstc" in page]
    assert len(across) > 1
    for page in pages:
        rows = re.findall(r"first([a-g]\d+)\b", page)
        assert re.findall(r"last([a-g]\d+)\b", page) == rows
        if rows:
            assert page.index("heading") < page.index(f"first{rows[0]}")


@pytest.mark.parametrize(
    ("name", "rows"), [("a", 5), ("b", 9), ("d", 3), ("e", 12), ("f", 2), ("g", 4)]
)
def test_a_short_table_is_on_one_page(pages, name, rows):
    holding = [page for page in pages if f"first{name}" in page]
    assert len(holding) == 1
    assert holding[0].count(f"first{name}") == rows


@pytest.mark.parametrize("name", "abcdefgh")
def test_every_chart_is_drawn_whole_beneath_its_title(pages, name):
    holding = [page for page in pages if f"top-{name}" in page]
    assert len(holding) == 1
    assert f"bottom-{name}" in holding[0]
    assert f"Exhibit {name}" in holding[0]


def test_a_narrow_table_stands_beside_its_chart_and_others_beneath(pages):
    (page,) = (page for page in pages if "Exhibit h" in page)
    assert page.index("Exhibit h") < page.index("first0 ") < page.index("bottom-h")
    assert page.index("first23") < page.index("What of h?")
    whole = " ".join(pages)
    assert whole.index("bottom-a") < whole.index("firsta0")


def test_of_a_long_list_the_first_rows_are_printed_and_the_file_is_named(pages):
    whole = " ".join(" ".join(pages).split())
    assert "lastc29" in whole
    assert "firstc30" not in whole
    assert "Here are the first 30 rows; all are in tables/c.csv" in whole


def test_the_pdf_names_no_folder_of_this_machine(printed):
    content = printed.read_bytes()
    assert b"/URI (https://example.com/)" in content
    assert b"file:" not in content
    assert printed.parent.name.encode() not in content


def test_the_pdf_is_tagged_and_has_bookmarks(printed):
    described = poppler("pdfinfo", str(printed))
    assert re.search(r"Tagged: +yes", described)
    assert re.search(r"Title: +A report", described)
    assert b"/Outlines" in printed.read_bytes()


def test_a_report_with_a_pdf_is_the_same_twice(chromium, notebooks, tmp_path):
    source = str(notebooks / "small.ipynb")
    first, second = (report(source, output=tmp_path / name, pdf=True) for name in "ab")
    content = (first / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert content == (second / "report.pdf").read_bytes()
    listed = {entry["path"] for entry in json.loads((first / "manifest.json").read_text())["files"]}
    assert "report.pdf" in listed
    assert "Mon Oct 12" in poppler("pdfinfo", str(first / "report.pdf"))


@pytest.fixture
def without_browser(monkeypatch):
    monkeypatch.delenv(BROWSER, raising=False)
    monkeypatch.setenv("PATH", "")
    for name in ("PROGRAMS", "MAC_PROGRAMS", "WINDOWS_FOLDERS"):
        monkeypatch.setattr(pdf, name, ())


def test_without_a_browser_one_sentence_comes_before_any_work(without_browser, notebooks, tmp_path):
    with pytest.raises(UsageError, match="none was found here; install one"):
        report(str(notebooks / "fails.ipynb"), output=tmp_path / "reports", pdf=True)
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_says_it_with_2(tmp_path):
    asked = [sys.executable, "-m", "pmanalytics", "report", "--sample", "--pdf"]
    environment = {**os.environ, BROWSER: "no-such-browser"}
    done = subprocess.run(
        asked, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"{BROWSER} names 'no-such-browser'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def program(folder, name, body):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.skipif(os.name == "nt", reason="the programs of this test are shell scripts")
class TestBrowsers:
    """What stands in for a browser here is a shell script."""

    def test_a_browser_that_is_named_goes_first(self, monkeypatch, tmp_path):
        other = program(tmp_path, "chromium", "")
        named = program(tmp_path, "named", "")
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.delenv(BROWSER, raising=False)
        assert find_browser() == other
        monkeypatch.setenv(BROWSER, named)
        assert find_browser() == named

    @pytest.mark.parametrize("folder", ["PROGRAMFILES", "LOCALAPPDATA"])
    def test_a_browser_in_its_usual_place_is_found(
        self, without_browser, monkeypatch, tmp_path, folder
    ):
        place = tmp_path / "Google" / "Chrome" / "Application"
        place.mkdir(parents=True)
        found = program(place, "chrome.exe", "")
        monkeypatch.setattr(pdf, "WINDOWS_FOLDERS", (folder,))
        monkeypatch.setenv(folder, str(tmp_path))
        assert find_browser() == found

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ("exit 0", "it wrote nothing"),
            ("exit 7", "it ended with code 7"),
            ('echo "<html data-charts=\\"1\\">"; WRITE', "it drew 1 of 2 charts"),
            ('echo "<html><p>data-charts=\\"2\\""; WRITE', "it drew 0 of 2 charts"),
        ],
    )
    def test_a_browser_that_fails_is_told_of(self, tmp_path, body, reason):
        write = 'for flag; do case "$flag" in --print-to-pdf=*) echo x >"${flag#*=}";; esac; done'
        browser = program(tmp_path, "browser", body.replace("WRITE", write))
        with pytest.raises(ReportError, match=re.escape(reason)):
            print_page(
                tmp_path / "a.html", tmp_path / "a.pdf", browser=browser, charts=2, day="2026-10-12"
            )

    def test_a_browser_that_hangs_is_ended_with_all_that_it_started(self, monkeypatch, tmp_path):
        monkeypatch.setattr(pdf, "TIME_LIMIT", 0.5)
        trace = tmp_path / "trace"
        browser = program(tmp_path, "browser", f"(sleep 2; touch {trace}) & wait")
        with pytest.raises(ReportError, match=r"it did not end within 0\.5 seconds"):
            print_page(tmp_path / "a.html", tmp_path / "a.pdf", browser=browser, charts=0, day="")
        time.sleep(2)
        assert not trace.exists()
