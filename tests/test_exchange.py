"""Ways out: text for a terminal, and the pages to publish."""

from collections.abc import Callable

import pandas as pd

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.exchange import as_csv, as_text
from pmanalytics.pages.publishing import markdown_cell, owners_page


def test_words_stand_left_and_numbers_right_without_padding() -> None:
    table = pd.DataFrame({"team": ["core", None], "due": [5, 12], "note": ["a long one", "b"]})
    assert as_text(table).splitlines() == [
        "team  due  note",
        "core    5  a long one",
        "-      12  b",
    ]


def test_a_table_without_rows_says_so() -> None:
    assert as_text(pd.DataFrame({"team": [], "due": []})) == "team  due\n(no rows)"


def test_text_of_an_export_stays_text() -> None:
    assert "\x1b" not in as_text(pd.DataFrame({"title": ["\x1b[31mred\nline"]}))
    assert as_csv(pd.DataFrame({"title": ["@SUM(1)"]})) == "title\n'@SUM(1)\n"
    assert markdown_cell("<b>|") == "&lt;b&gt;\\|"


SERVICES = [
    {"service": "queue", "team": "Payments", "role": "operate", "verified_on": "2026-09-01"},
    {"service": "search", "team": "Core", "role": "operate", "verified_on": "2026-09-01"},
    {"service": "search", "team": "Web", "role": "operate", "verified_on": "2026-09-01"},
    # Confirmed 366 days before the as-of date, and 365 days before it.
    {"service": "mail", "team": "Core", "role": "operate", "verified_on": "2025-10-11"},
    {"service": "login", "team": "Core", "role": "operate", "verified_on": "2025-10-12"},
    {"service": "fax"},
]


def registry_of(dataset: Callable[..., Dataset]) -> pma.Snapshot:
    items = [{"item_id": "a", "state": "open", "created_at": "2026-01-12T10:00:00Z"}]
    return pma.snapshot(dataset(items=items, services=SERVICES), as_of="2026-10-12")


def section(page: str, title: str) -> str:
    return page.split(f"## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def test_the_map_of_owners_has_every_gap_on_top(dataset: Callable[..., Dataset]) -> None:
    page = owners_page(registry_of(dataset))
    titles = [line for line in page.splitlines() if line.startswith("## ")]
    assert titles == [
        "## What is unclear",
        "## Services that nobody owns",
        "## Services with several owners",
        "## Owners not confirmed for a year",
        "## Services and their teams",
    ]
    assert "| fax |" in section(page, "Services that nobody owns")
    several = section(page, "Services with several owners")
    assert "| search | Core \\(operate\\), Web \\(operate\\) |" in several
    assert "queue" not in several
    stale = section(page, "Owners not confirmed for a year")
    assert "| mail | Core | 2025-10-11 |" in stale
    assert "login" not in stale


def test_the_csv_names_the_gap_of_each_service(dataset: Callable[..., Dataset]) -> None:
    lines = owners_page(registry_of(dataset), form="csv").splitlines()
    assert lines[0].endswith(",gap")
    assert {line.split(",")[0]: line.rsplit(",", 1)[1] for line in lines[1:]} == {
        "queue": "",
        "search": "multi_owned",
        "mail": "stale_registry",
        "login": "",
        "fax": "service_unowned",
    }


def test_a_registry_without_services_is_a_page_too(dataset: Callable[..., Dataset]) -> None:
    items = [{"item_id": "a", "state": "open", "created_at": "2026-01-12T10:00:00Z"}]
    nobody = pma.snapshot(dataset(items=items), as_of="2026-10-12")
    assert "No registry was read that names services." in owners_page(nobody)
    assert section(owners_page(nobody), "Services and their teams").strip() == "None."
    assert owners_page(nobody, form="csv").startswith("service,team,role")
