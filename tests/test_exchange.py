"""Ways out: text for a terminal, and the pages to publish."""

from collections.abc import Callable

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.exchange import WRITERS, as_csv, as_text, measured, tables_text
from pmanalytics.pages.publishing import markdown_cell, owners_page
from pmanalytics.snapshots import Snapshot


def test_words_stand_left_and_numbers_right_without_padding() -> None:
    table = pd.DataFrame({"team": ["core", None], "due": [5, 12], "note": ["a long one", "b"]})
    assert as_text(table).splitlines() == [
        "team  due  note",
        "core    5  a long one",
        "-      12  b",
    ]


def test_long_texts_are_cut_to_the_width_and_numbers_never_are() -> None:
    table = pd.DataFrame({"item_id": ["x" * 30, "y"], "due": [5, 12], "note": ["n" * 50, "m" * 40]})
    lines = as_text(table, width=70).splitlines()
    assert max(map(len, lines)) == 70
    assert lines[1].split() == ["x" * 30, "5", "n" * 32 + "…"]
    # As narrow as this nothing could be read: 24 characters stay.
    assert as_text(table, width=10).splitlines()[1].endswith("n" * 23 + "…")
    assert "n" * 50 in as_text(table)


def test_a_single_row_that_is_too_long_is_turned() -> None:
    table = pd.DataFrame({"due": [5], "attainment": [0.5], "team": ["core"]})
    assert as_text(table, width=12).splitlines() == [
        "due         5",
        "attainment  0.5",
        "team        core",
    ]
    assert as_text(table, width=80).count("\n") == 1


def test_only_the_first_rows_of_a_long_metric(q3: Snapshot) -> None:
    tables = {"flow": pma.flow(q3), "standings": pma.standings(q3)}
    text = tables_text(q3, tables, most=2)
    assert f"and {len(tables['flow']) - 2} more; 'pmanalytics metrics flow' prints all" in text
    assert text.count(" more;") == 1
    assert tables_text(q3, tables).count(" more;") == 0


@pytest.mark.parametrize("column", ["waived", "due_on", "target_days", "created_at"])
@pytest.mark.parametrize("name", ["sentinels", "unowned_services"])
def test_flags_days_and_numbers_can_group_what_is_written(
    q3: Snapshot, name: str, column: str
) -> None:
    tables = measured(q3, [name], by=[column])
    for write in WRITERS.values():
        assert column in write(q3, tables)


def test_a_column_that_cannot_group_is_said_with_the_metric(q3: Snapshot) -> None:
    with pytest.raises(UsageError, match=r"^repeat_rate: There is no column 'kind' to group by"):
        measured(q3, by=["kind"], names=["standings", "repeat_rate"])


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
