"""PagerDuty: services, teams and users, told apart from incidents and from other exports."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pmanalytics as pma
from pmanalytics.catalogs import open_catalog
from pmanalytics.registry import service_owners
from pmanalytics.trackers import FileTables

Rows = Callable[..., list[list[object]]]


def test_services_have_no_team_or_several(sample: Callable[[str], FileTables], rows: Rows) -> None:
    read = sample("pagerduty_services.json")
    services = read.tables["services"]
    # Records are counted over all answers in the file: six services, a team, a user.
    assert rows(services, "service", "team", "source", "row") == [
        ["Login", "Identity", "pagerduty", 1],
        ["Mail", "Identity", "pagerduty", 2],
        ["Mail", "Messages", "pagerduty", 2],
        ["Search", "Messages", "pagerduty", 4],
        ["Nobody", "", "pagerduty", 5],
    ]
    assert services["aliases"].tolist()[:2] == [["PS1"], ["PS2"]]
    assert rows(read.tables["teams"], "team", "parent", "row") == [["Identity", "Foundations", 7]]
    assert rows(read.tables["people"], "person", "team", "row") == [["Ines", "Identity", 8]]
    assert rows(read.rejects, "row", "rule") == [[6, "no_entity"]]
    assert (read.rows, read.filtered, read.warnings) == (9, 1, ())


SERVICE = {"id": "P1", "type": "service", "name": "a", "status": "active", "teams": []}


@pytest.mark.parametrize(
    "value", [SERVICE, [SERVICE, SERVICE], {"limit": 1, "services": [SERVICE]}]
)
def test_one_service_a_list_and_an_answer(value: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(value), "utf-8")
    opened = open_catalog(file, name="a.json")
    assert opened is not None
    assert {entry.name for entry in opened.contents.entries} == {"a"}


ISSUE = {
    "number": 1,
    "title": "a",
    "state": "open",
    "created_at": "2026-01-12T10:00:00Z",
    "user": {"login": "a", "type": "User"},
    "html_url": "https://example.com/o/r/issues/1",
}
INCIDENT = {
    "id": "Q1",
    "type": "incident",
    "incident_number": 1,
    "title": "a",
    "service": {"id": "P1", "type": "service_reference", "summary": "a"},
    "teams": [{"id": "PT1", "type": "team_reference", "summary": "b"}],
}


@pytest.mark.parametrize(
    "value",
    [[ISSUE], [INCIDENT], {"incidents": [INCIDENT]}, {"services": [1]}, {"teams": [{"id": "a"}]}],
)
def test_what_trackers_write_is_no_catalog(value: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(value), "utf-8")
    assert open_catalog(file, name="a.json") is None


def test_issues_are_read_beside_services(registry_samples: Path, tmp_path: Path) -> None:
    (tmp_path / "issues.json").write_text(json.dumps([ISSUE]), "utf-8")
    (tmp_path / "services.json").write_bytes(
        (registry_samples / "pagerduty_services.json").read_bytes()
    )
    data = pma.read(tmp_path)
    assert data.files["format"].tolist() == ["github", "pagerduty_services"]
    assert (len(data.items), len(data.services)) == (1, 5)


@pytest.mark.parametrize(
    ("annotated", "service", "teams"),
    [
        ("PS1", "basket", {"store", "Identity"}),
        # Nobody says that they are the same.
        ("PS9", "Login", {"Identity"}),
    ],
)
def test_a_catalog_may_know_a_service_by_its_id(
    annotated: str,
    service: str,
    teams: set[str],
    registry_samples: Path,
    tmp_path: Path,
) -> None:
    answer = (registry_samples / "pagerduty_services.json").read_bytes()
    (tmp_path / "services.json").write_bytes(answer)
    (tmp_path / "catalog-info.yaml").write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: basket\n"
        f"  annotations: {{pagerduty.com/service-id: {annotated}}}\nspec: {{owner: store}}\n",
        "utf-8",
    )
    services = pma.read(tmp_path).services
    assert set(services.loc[services["service"] == service, "team"]) == teams
    owners = service_owners(services).set_index("service")["team"]
    assert owners[service] == ("store" if service == "basket" else "Identity")
