"""The map of owners: every gap, what hangs on it, and names that are no markup."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.pages import owners_page
from pmanalytics.pages.ownermap import owner_map, service_gaps, unknown_teams
from pmanalytics.registry import outranked_claims
from pmanalytics.tables import conform

SERVICES = [
    {"service": "clear", "team": "Core", "source": "backstage", "product": "base"},
    # Another team by a less trusted source; the owner again by it, which is no contradiction.
    {"service": "disputed", "team": "Core", "source": "backstage"},
    {"service": "disputed", "team": "Web", "source": "pagerduty"},
    {"service": "agreed", "team": "Core"},
    {"service": "agreed", "team": "core", "source": "codeowners"},
    {"service": "cleared", "team": None},
    {"service": "cleared", "team": None, "source": "codeowners"},
    # CODEOWNERS clears it, but a catalog knows the owner.
    {"service": "kept", "team": "Web", "source": "backstage"},
    {"service": "kept", "team": None, "source": "codeowners"},
    {"service": "two", "team": "Core"},
    {"service": "two", "team": "Web"},
    {"service": "roles", "team": "Core", "role": "build"},
    {"service": "roles", "team": "Web", "role": "operate"},
    {"service": "odd", "team": "Nomads"},
    {"service": "bare", "team": None, "product": "base"},
]
TEAMS = [{"team": "Core", "parent": "All"}, {"team": "Web", "parent": "All"}]
ITEMS = [
    # Overdue after 15 days for sev1, open, and done.
    {"item_id": "1", "service": "bare", "state": "open", "incident_id": "i"},
    {"item_id": "2", "service": "bare", "state": "open", "severity": "sev3"},
    {"item_id": "3", "service": "bare", "state": "done", "closed_at": "2026-01-13T10:00:00Z"},
    {"item_id": "4", "service": "unheard-of", "state": "open"},
    {"item_id": "5", "service": "clear", "state": "open", "team": "Phoenix"},
    {"item_id": "6", "service": "clear", "state": "open", "team": "web"},
]
INCIDENTS = [
    {
        "incident_id": "i",
        "service": "bare",
        "severity": "sev1",
        "started_at": "2026-01-10T10:00:00Z",
        "resolved_at": "2026-01-10T11:00:00Z",
    }
]


@pytest.fixture
def judged(dataset: Callable[..., Dataset]) -> pma.Snapshot:
    created = [{**item, "created_at": "2026-01-12T10:00:00Z"} for item in ITEMS]
    data = dataset(items=created, incidents=INCIDENTS, services=SERVICES, teams=TEAMS)
    return pma.snapshot(data, as_of="2026-03-01")


def test_each_service_has_its_gaps(judged: pma.Snapshot) -> None:
    gaps = service_gaps(judged)
    assert {service: list(gaps.columns[row]) for service, row in gaps.iterrows()} == {
        "agreed": [],
        "bare": ["service_unowned"],
        "clear": [],
        "cleared": ["unowned_on_purpose"],
        "disputed": ["sources_disagree"],
        "kept": [],
        "odd": ["unknown_team"],
        "roles": [],
        "two": ["multi_owned"],
        "unheard-of": ["service_unowned"],
    }


def test_the_map_says_what_hangs_on_a_service(judged: pma.Snapshot) -> None:
    table = owner_map(judged)
    counts = table.drop_duplicates("service").set_index("service")
    columns = ["incidents", "open_items", "overdue_items"]
    assert counts.loc["bare", columns].tolist() == [1, 2, 1]
    assert counts.loc["unheard-of", columns].tolist() == [0, 1, 0]
    assert counts.loc["odd", columns].tolist() == [0, 0, 0]
    assert counts.loc["bare", "product"] == "base"
    # Nobody's first, and of the owners only those that count.
    assert table["service"].head(3).tolist() == ["bare", "cleared", "unheard-of"]
    owned = table.dropna(subset=["team"])[["service", "team", "role"]].astype("object")
    assert owned.fillna("").to_numpy().tolist() == [
        ["agreed", "Core", ""],
        ["clear", "Core", ""],
        ["disputed", "Core", ""],
        ["kept", "Web", ""],
        ["odd", "Nomads", ""],
        ["roles", "Core", "build"],
        ["roles", "Web", "operate"],
        ["two", "Core", ""],
        ["two", "Web", ""],
    ]


def test_unknown_teams_are_listed_by_what_names_them(judged: pma.Snapshot) -> None:
    assert unknown_teams(judged).to_numpy().tolist() == [["Phoenix", 0, 1], ["Nomads", 1, 0]]


def test_the_page_has_a_section_for_each_gap_that_there_is(judged: pma.Snapshot) -> None:
    page = owners_page(judged)
    assert "Of 10 services, 4 have a clear owner." in page
    assert "| nobody owns it | 2 | 1 | 3 | 1 |" in page
    assert "| bare | yes | base | 1 | 2 | 1 |" in page
    assert "| unheard-of | no | - | 0 | 1 | 0 |" in page
    assert "| disputed | Core | Web \\(pagerduty\\) | 0 | 0 | 0 |" in page
    assert "| cleared | - | 0 | 0 | 0 |" in page
    assert "| roles | Web | operate |" in page
    assert "## Owners not confirmed for a year" not in page


HOSTILE = [
    "=HYPERLINK(1)",
    "a | b",
    "<script>alert(1)</script>",
    "[x](javascript:y)",
    "two\nlines\r\n# heading",
    "![p](http://x.example/p.png)",
    "`code` $m$ ~s~ \u202ereversed",
    "@everyone",
    '","',
    "\x1b[31m",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_no_markup_and_no_formula(
    dataset: Callable[..., Dataset], lines_without_markup: Callable[[str], list[str]], name: str
) -> None:
    rows: list[dict[str, Any]] = [
        {"service": name, "team": name, "product": name, "source": "backstage"},
        {"service": name, "team": f"{name} too", "source": "backstage"},
        {"service": name, "team": f"{name} three", "source": "pagerduty"},
        {"service": f"{name} bare"},
    ]
    judged = pma.snapshot(dataset(services=rows, teams=[{"team": "known"}]), as_of="2026-03-01")
    page = owners_page(judged)
    lines_without_markup(page)
    known = ("|", "# Who", "## ", "As of")
    assert all(line.startswith(known) or not line for line in page.splitlines())
    cells = [
        cell for row in csv.reader(io.StringIO(owners_page(judged, form="csv"))) for cell in row
    ]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_what_is_outranked_is_told_by_source() -> None:
    services = conform(pd.DataFrame(SERVICES), "services")
    assert outranked_claims(services).to_numpy().tolist() == [
        ["agreed", "core", "codeowners"],
        ["disputed", "Web", "pagerduty"],
    ]


def test_a_registry_on_its_own_counts_nothing(dataset: Callable[..., Dataset]) -> None:
    judged = pma.snapshot(dataset(services=SERVICES, teams=TEAMS), as_of="2026-03-01")
    page = owners_page(judged)
    assert "| bare | yes | base |" in page
    assert "incidents |" not in page
    assert owner_map(judged)["open_items"].isna().all()
    assert owners_page(judged, form="csv").splitlines()[1] == "bare,,,base,,,,,,service_unowned"
