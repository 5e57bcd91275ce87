"""Naughty titles through a whole report: they come out everywhere as text, and nothing happens."""

import csv
import html
import json
import re
import subprocess
from html.parser import HTMLParser

import mistune
import openpyxl
import pytest

from pmanalytics.reporting.reports import report
from pmanalytics.workbook import lint_workbook
from tests.conftest import missing
from tests.naughty import SECRET, TITLES, naughty_folder, token

EVERY = {token(number) for number in range(len(TITLES))}
# The titles with half a pair of surrogates, which only the list of all items holds.
HALVES = {token(number) for number in (91, 92, 93)}
# Marks that turn a line round, and control characters.
TURNING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
LIVE = ("src", "srcset", "data", "poster", "action", "formaction", "background", "ping", "srcdoc")


@pytest.fixture(scope="session")
def naughty(made_once, chromium):
    """The folder of a whole quarterly report on naughty titles, with its PDF."""

    def make(place):
        asked = {"as_of": "2026-10-12", "period": "2026Q3", "pdf": True}
        return report(config=naughty_folder(place / "exports"), output=place / "reports", **asked)

    return made_once("naughty", make)


@pytest.fixture(scope="session")
def seen(naughty, chromium, made_once):
    """What a browser made of the page, and the log of its network."""

    def browse(place):
        place.mkdir()
        network = ("--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={place / 'log.json'}")
        page = chromium(naughty / "report.html", "--dump-dom", *network)
        (place / "page.html").write_text(page)
        return place

    place = made_once("browsed", browse)
    return (place / "page.html").read_text(), json.loads((place / "log.json").read_text())


class Outline(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.text = ""
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        self.text += "" if self.inside in ("script", "style") else data


def words_in(text):
    return set(re.findall(r"nty\d\d", text))


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


def test_no_formula_lives_in_the_workbook(naughty, libreoffice, tmp_path):
    assert lint_workbook(naughty / "workbook.xlsx") == ()
    for path in (
        naughty / "workbook.xlsx",
        libreoffice(naughty / "workbook.xlsx", "xlsx", tmp_path),
    ):
        book = openpyxl.load_workbook(path)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
        assert [cell.coordinate for cell in cells if cell.data_type == "e"] == []
        # Our own checks of answers are the only formulas, each the same but for its row.
        live = {re.sub(r"\d+", "", cell.coordinate) for cell in cells if cell.data_type == "f"}
        (check,) = [
            cell.column_letter for cell in book["Actions"][1] if cell.value == "Answer check"
        ]
        assert live == {check}
        assert {cell.parent.title for cell in cells if cell.data_type == "f"} == {"Actions"}
        assert words_in(" ".join(str(cell.value) for cell in cells)) >= EVERY | HALVES
        links = [cell.hyperlink.target or "" for cell in cells if cell.hyperlink]
        assert links
        assert all(re.match(r"https://(tickets\.example|github)\.com/|$", link) for link in links)


def test_no_formula_lives_in_the_tables(naughty, libreoffice, tmp_path):
    found = set()
    for path in sorted((naughty / "tables").iterdir()):
        with path.open(newline="", encoding="utf-8") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        found |= words_in(" ".join(cells))
        loose = [cell for cell in cells if re.match(r"[=+@\t\r\n]|-[^\d]", cell)]
        assert loose == []
    assert found >= EVERY
    table = naughty / "tables" / "unowned_services.csv"
    sheet = openpyxl.load_workbook(libreoffice(table, "xlsx", tmp_path)).active
    assert [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []


def test_the_pdf_holds_no_file_of_this_machine_and_no_action(naughty):
    content = (naughty / "report.pdf").read_bytes()
    try:
        command = ["pdftotext", str(naughty / "report.pdf"), "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        missing("poppler-utils")
    assert len(words_in(text)) > len(EVERY) / 2
    for path in naughty.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()
    assert SECRET not in text
    assert not [word for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile") if word in content]
    addresses = re.findall(rb"/URI \((.*?)\)", content)
    assert addresses
    assert all(re.match(rb"https://(tickets\.example|github)\.com/", at) for at in addresses)


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
