"""The lists behind counts, as a reader meets them: in a browser, by click, key and address."""

import base64
import gzip
import json
import re

import numpy as np
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.reporting.behind.bundling import item_lists
from pmanalytics.reporting.behind.entries import Shown
from pmanalytics.reporting.rendering.page import page_html
from pmanalytics.reporting.rendering.panels import counting_rules
from pmanalytics.reporting.showing.exhibits import exhibit
from pmanalytics.reporting.showing.fronts import Answer, front
from pmanalytics.reporting.showing.story import Block, Story

HOSTILE = "<img src=x onerror=\"document.title='fired'\">"
READY = "document.querySelector('a.count[aria-haspopup]') !== null"
PANEL = "document.getElementById('panel')"


@pytest.fixture(scope="module")
def taken(dataset):
    """60 open items of two teams, all overdue, and one that was done; the text is hostile."""
    created = {"created_at": "2026-01-01T10:00Z", "incident_id": "INC-1"}
    items = [
        {
            "item_id": f"x:{number}",
            "state": "open",
            "team": ("core", "web")[number % 2],
            "title": f"{HOSTILE} {number}",
            "url": ("https://example.com/1", "javascript:document.title='fired'")[number % 2],
        }
        for number in range(60)
    ]
    done = {"item_id": "x:done", "state": "done", "closed_at": "2026-01-05T10:00Z"}
    incidents = [
        {"incident_id": "INC-1", "severity": "sev1", "started_at": "2026-01-01T08:00Z",
         "resolved_at": "2026-01-01T09:00Z", "title": HOSTILE, "url": "https://example.com/inc"},
    ]  # fmt: skip
    data = dataset(items=[item | created for item in [*items, done]], incidents=incidents)
    return pma.snapshot(data, as_of="2026-04-10")


@pytest.fixture(scope="module")
def story(taken):
    first = front(
        Answer("Open items", "60 of 61", items=tuple(f"x:{number}" for number in range(60))),
        Answer("Incidents", "1", incidents=("INC-1",)),
    )
    standings = exhibit(pma.standings(taken), name="standings", behind=taken)
    listed = exhibit(
        pd.DataFrame({"item_id": [f"x:{n}" for n in range(12)], "team": ["core", "web", None] * 4}),
        name="every_item",
    )
    tables = [Shown("standings", standings.table, taken)]
    lists = item_lists(tables, taken, answers=first.answers).bundle()
    blocks = tuple(Block("exhibit", exhibit=one.bundle()) for one in (standings, listed))
    return Story("A report", {}, {}, blocks, first.bundle(), lists)


@pytest.fixture(scope="module")
def address(story, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_html(story))
    return path.as_uri()


@pytest.fixture
def page(reading, address):
    reading.opens(address)
    reading.waits_for(READY)
    return reading


def seen(page, name):
    return page.does(f"document.getElementById('panel-{name}').innerText")


def test_without_scripts_a_count_leads_to_where_the_files_are(story):
    page = page_html(story)
    assert '<a class="count" href="#behind" data-list="standings:0:overdue">60</a>' in page
    assert 'id="behind"' in page
    assert '<span data-where="standings:overdue">standing is overdue</span>' in page
    assert 'href="tables/items.csv"' in page


def test_what_counts_nothing_is_no_link(story):
    assert 'data-list="standings:0:late"' not in page_html(story)


def test_the_lists_lie_in_the_page_once_and_packed(story):
    page = page_html(story)
    assert "fired" not in page
    packed = re.search(r'id="lists">([^<]+)<', page)[1]
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert data["items"] == story.lists["items"]
    assert "where" not in data["lists"]["standings"]["columns"]["overdue"]


def test_the_lists_of_a_large_company_leave_room_for_the_chart_library(dataset):
    # 3 MB less the library, which is 2 MB as packed, and the figures; titles that do not pack.
    rng = np.random.default_rng(1)
    titles = ["".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz "), 300)) for _ in range(4000)]
    items = [
        {"item_id": f"jira:TEAM-{n}", "state": "open", "team": f"team-{n % 100:02}", "title": title,
         "url": f"https://example.com/browse/TEAM-{n}", "created_at": "2026-01-01T10:00Z"}
        for n, title in enumerate(titles)
    ]  # fmt: skip
    taken = pma.snapshot(dataset(items=items), as_of="2026-04-10")
    table = pma.standings(taken, by="team")
    lists = item_lists([Shown("standings_by_team", table, taken)], taken).bundle()
    shown = exhibit(table, name="standings_by_team", behind=taken)
    story = Story("A report", {}, {}, (Block("exhibit", exhibit=shown.bundle()),), None, lists)
    assert len(lists["items"]) == 1500
    assert len(page_html(story).encode()) < 600_000


def test_a_rule_without_a_condition_is_every_row(story):
    [(title, rules)] = counting_rules(story.lists, story.exhibits)
    assert title.startswith("How every action item stands")
    assert [rule.where for rule in rules] == [
        "every row", "standing is met", "standing is overdue",
    ]  # fmt: skip


def test_a_click_shows_the_list_and_escape_gives_the_focus_back(page):
    page.does("document.querySelector('[data-list=\"standings:0:overdue\"]').focus()")
    page.presses("Enter")
    page.waits_for(f"{PANEL}.open")
    assert seen(page, "title") == "Open, overdue: 60 items"
    assert page.does(f"{PANEL}.querySelectorAll('#panel-list li').length") == 50
    assert seen(page, "more") == "and 10 more: tables/items.csv, where standing is overdue"
    page.presses("Escape")
    page.waits_for(f"!{PANEL}.open")
    assert page.does("document.activeElement.dataset.list") == "standings:0:overdue"
    page.waits_for("location.hash === ''")


def test_an_address_opens_its_list(reading, address):
    reading.opens(f"{address}#items:front:1:incidents")
    reading.waits_for(f"{PANEL}.open")
    assert seen(reading, "title") == "Incidents: 1 incident"
    assert "INC-1 · Sev-1 · no service · 2026-01-01" in seen(reading, "list")


@pytest.mark.parametrize(
    "key", ["standings:0:late", "standings:9:total", "nothing:0:total", "__proto__:0:x", "%E0%A4%A"]
)
def test_an_address_of_no_list_opens_nothing(reading, address, key):
    reading.opens(f"{address}#items:{key}")
    reading.waits_for(READY)
    assert reading.does(f"{PANEL}.open") is False


def test_hostile_text_stays_text_and_only_web_addresses_are_links(page):
    page.does("location.hash = '#items:standings:0:total'")
    page.waits_for(f"{PANEL}.open")
    assert page.does(f"{PANEL}.querySelectorAll('img').length") == 0
    assert page.does("document.title").startswith("A report")
    addresses = page.does(f"[...{PANEL}.querySelectorAll('#panel-list a')].map((a) => a.href)")
    assert set(addresses) == {"https://example.com/1"}
    assert HOSTILE in seen(page, "list")


def test_a_long_list_can_be_narrowed_and_says_how_many_are_left(page):
    page.does("location.hash = '#items:standings:0:overdue'")
    page.waits_for(f"{PANEL}.open")
    page.does(
        "(() => { const select = document.querySelector('#panel-filters select');"
        "select.value = 'web'; select.dispatchEvent(new Event('change')); })()"
    )
    left = page.does(f"{PANEL}.querySelectorAll('#panel-list li:not([hidden])').length")
    assert 0 < left < 50
    assert seen(page, "filters").endswith(f"{left} of 50 items")


def test_a_long_table_can_be_narrowed_by_team(page):
    table = "document.querySelector('#every-item table')"
    page.does(
        "(() => { const select = document.querySelector('#every-item select');"
        "select.value = 'core'; select.dispatchEvent(new Event('change')); })()"
    )
    assert page.does(f"{table}.querySelectorAll('tbody tr:not([hidden])').length") == 4
    status = page.does("document.querySelector('#every-item [role=status]').textContent")
    assert status == "4 of 12 rows"
    # Paper shows all of them, and no select.
    page.call("Emulation.setEmulatedMedia", media="print")
    shown = page.does(
        f"[...{table}.tBodies[0].rows].filter((row) => row.getClientRects().length).length"
    )
    hidden = page.does("getComputedStyle(document.querySelector('.filters')).display")
    page.call("Emulation.setEmulatedMedia", media="")
    assert (shown, hidden) == (12, "none")


def test_a_short_table_has_no_filters(page):
    assert page.does("document.querySelectorAll('#standings select').length") == 0
