"""Ownership gaps: every code on a hand-made organisation, and the rules that prevent false ones."""

from collections.abc import Callable
from typing import Any

import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset

Build = Callable[..., Dataset]

SERVICES = [
    {"service": "checkout", "team": "pay", "verified_on": "2026-06-01"},
    {"service": "search", "team": "find", "verified_on": "2025-06-01"},
    {"service": "mail"},
    {"service": "maps", "team": "pay"},
    {"service": "maps", "team": "find"},
    {"service": "feed", "team": "pay", "role": "build"},
    {"service": "feed", "team": "find", "role": "operate"},
]
TEAMS = [
    {"team": "pay", "project": "PAY", "parent": "commerce"},
    {"team": "find", "project": "FIND"},
    {"team": "commerce"},
    {"team": "idle"},
]
PEOPLE = [
    {"person": "Ada", "team": "pay"},
    {"person": "Ben", "team": "pay"},
    {"person": "Ben", "team": "find"},
    {"person": "Cleo", "team": "find", "until": "2026-01-31"},
]


def gaps(dataset: Build, **item: Any) -> list[str]:
    """The codes of one open item in the organisation above."""
    given = {"item_id": "x:PAY-1", "key": "PAY-1", "state": "open", "owners": []} | item
    data = dataset(items=[given], services=SERVICES, teams=TEAMS, people=PEOPLE)
    found = pma.ownership_gaps(pma.snapshot(data, as_of="2026-07-01"))
    assert found["evidence"].str.len().gt(10).all()
    return found["code"].tolist()


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        ({"team": "pay", "service": "checkout", "project": "PAY"}, []),
        ({"team": "pay", "key": None}, ["no_ticket"]),
        ({}, ["no_owner"]),
        ({"owners": None}, ["no_owner"]),
        ({"owners": ["Zoe"]}, ["person_only"]),
        ({"owners": ["Ben"]}, ["person_only"]),  # in two teams, which gives none
        ({"owners": ["Ada"]}, []),  # her one team answers
        ({"owners": ["Cleo"]}, ["person_only", "owner_inactive"]),
        ({"owners": ["Cleo"], "team": "find"}, ["owner_inactive"]),
        ({"owners": ["Cleo", "Ada"], "team": "find"}, []),
        ({"team": "pay", "service": "mail"}, ["service_unowned"]),
        ({"team": "pay", "service": "ghost"}, ["service_unowned"]),
        ({"team": "pay", "service": "maps"}, ["multi_owned"]),
        ({"owners": [], "service": "maps"}, ["no_owner", "multi_owned"]),
        ({"service": "feed"}, []),  # one team in each role
        ({"team": "idle", "service": "checkout"}, ["team_conflict"]),
        ({"team": "commerce", "service": "checkout"}, []),  # above the owner
        ({"team": "find", "service": "feed", "project": "PAY"}, []),  # projects of both roles
        ({"service": "checkout", "project": "FIND"}, ["wrong_project"]),
        ({"team": "pay", "project": "FIND"}, ["wrong_project"]),
        ({"team": "ghosts", "project": "FIND"}, ["unknown_team"]),
        ({"team": "idle", "project": "FIND"}, []),  # a team without any project on record
        ({"team": "find", "service": "search", "project": "FIND"}, ["stale_registry"]),
        (
            {"team": "ghosts", "service": "search", "project": "PAY", "key": None},
            ["no_ticket", "team_conflict", "unknown_team", "stale_registry"],
        ),
        # Nobody knows where an unknown team works, also where its service has an owner.
        (
            {"team": "ghosts", "service": "checkout", "project": "FIND"},
            ["team_conflict", "unknown_team"],
        ),
        ({"team": "commerce", "service": "checkout", "project": "FIND"}, ["wrong_project"]),
    ],
)
def test_gaps_of_one_item(dataset: Build, item: dict[str, Any], codes: list[str]) -> None:
    assert gaps(dataset, **item) == codes


@pytest.mark.parametrize(
    ("item", "evidence"),
    [
        ({"team": "pay", "key": None}, "written in a document, and in no tracker"),
        ({}, "no person is named, and no rule gives a team"),
        ({"owners": ["Zoe"]}, "a person is assigned, and no rule gives one team"),
        ({"owners": ["Cleo"], "team": "find"}, "assigned to somebody who left"),
        ({"team": "pay", "service": "mail"}, "service mail has no owner in the registry"),
        ({"team": "pay", "service": "ghost"}, "service ghost is not in the registry"),
        ({"team": "pay", "service": "maps"}, "service maps is owned by find, pay"),
        (
            {"team": "idle", "service": "checkout"},
            "team idle, but service checkout is owned by pay",
        ),
        ({"service": "checkout", "project": "FIND"}, "project FIND, but pay works in PAY"),
        (
            {"team": "find", "service": "feed", "project": "OPS"},
            "project OPS, but find, pay work in FIND, PAY",
        ),
        ({"team": "ghosts"}, "team ghosts is not in the registry"),
        (
            {"team": "find", "service": "search"},
            "the owner of service search was last confirmed on 2025-06-01",
        ),
    ],
)
def test_evidence_in_words(dataset: Build, item: dict[str, Any], evidence: str) -> None:
    given = {"item_id": "x:PAY-1", "key": "PAY-1", "state": "open", "owners": []} | item
    data = dataset(items=[given], services=SERVICES, teams=TEAMS, people=PEOPLE)
    found = pma.ownership_gaps(pma.snapshot(data, as_of="2026-07-01"))
    assert found["evidence"].tolist() == [evidence]


@pytest.mark.parametrize(
    ("verified_on", "stale"), [("2025-07-01", False), ("2025-06-30", True), (None, False)]
)
def test_ownership_is_stale_after_365_days(
    dataset: Build, verified_on: str | None, *, stale: bool
) -> None:
    # 2025-07-01 is 365 days before 2026-07-01.
    item = {"item_id": "x:1", "key": "1", "state": "open", "service": "mail"}
    services = [{"service": "mail", "team": "pay", "verified_on": verified_on}]
    judged = pma.snapshot(dataset(items=[item], services=services), as_of="2026-07-01")
    assert pma.gap_rates(judged)["stale_registry"].tolist() == [stale, 0]


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        # Before any owner, on the first and the last day of one, between two, and with both.
        ("2026-02-28", ["no_owner", "service_unowned"]),
        ("2026-03-01", []),
        ("2026-03-31", []),
        ("2026-04-01", ["no_owner", "service_unowned"]),
        ("2026-05-01", []),
        ("2026-06-01", ["no_owner", "multi_owned"]),
    ],
)
def test_gaps_follow_the_registry_of_the_day(dataset: Build, day: str, codes: list[str]) -> None:
    services = [
        {"service": "mail", "team": "pay", "since": "2026-03-01", "until": "2026-03-31"},
        {"service": "mail", "team": "find", "since": "2026-05-01"},
        {"service": "mail", "team": "idle", "since": "2026-06-01"},
        {"service": "other", "team": "pay"},
    ]
    item = {"item_id": "x:1", "key": "1", "state": "open", "service": "mail"}
    data = dataset(items=[item], services=services, teams=TEAMS)
    assert pma.ownership_gaps(pma.snapshot(data, as_of=day))["code"].tolist() == codes


@pytest.mark.parametrize(("day", "left"), [("2026-01-31", False), ("2026-02-01", True)])
def test_a_person_is_inactive_from_the_day_after_the_last_one(
    dataset: Build, day: str, *, left: bool
) -> None:
    item = {"item_id": "x:1", "key": "1", "state": "open", "owners": ["cleo"], "team": "find"}
    data = dataset(items=[item], teams=TEAMS, people=PEOPLE)
    assert pma.gap_rates(pma.snapshot(data, as_of=day))["owner_inactive"].tolist() == [left, 0]


def test_without_a_registry_there_is_nothing_to_miss(dataset: Build) -> None:
    item = {
        "item_id": "x:1",
        "key": "1",
        "state": "open",
        "team": "a",
        "service": "b",
        "project": "P",
    }
    found = pma.ownership_gaps(pma.snapshot(dataset(items=[item]), as_of="2026-07-01"))
    assert found.empty
    assert pma.unowned_services(pma.snapshot(dataset(items=[item]), as_of="2026-07-01")).empty


def test_evidence_names_teams_services_and_projects_and_no_person(dataset: Build) -> None:
    item = {"item_id": "x:1", "key": "1", "state": "open", "owners": ["Cleo"], "service": "maps"}
    data = dataset(items=[item], services=SERVICES, teams=TEAMS, people=PEOPLE)
    evidence = " ".join(pma.ownership_gaps(pma.snapshot(data, as_of="2026-07-01"))["evidence"])
    assert "service maps is owned by find, pay" in evidence
    assert "Cleo" not in evidence


def test_the_registry_holds_from_since_to_until(dataset: Build) -> None:
    services = [
        {"service": "mail", "team": "pay", "until": "2026-03-31"},
        {"service": "mail", "team": "find", "since": "2026-04-01"},
    ]
    item = {"item_id": "x:1", "key": "1", "state": "open", "service": "mail"}
    data = dataset(items=[item], services=services, teams=TEAMS)
    owner = {
        day: pma.snapshot(data, as_of=day).items[["team", "team_rule"]].iloc[0].tolist()
        for day in ("2026-03-31", "2026-04-01")
    }
    assert list(owner.values()) == [["pay", "service"], ["find", "service"]]


def test_rates_of_open_items_and_of_the_cohort(dataset: Build) -> None:
    incident = {
        "incident_id": "A",
        "severity": "sev1",
        "started_at": "2026-04-01T10:00Z",
        "resolved_at": "2026-04-01T10:00Z",
    }
    base = {"incident_id": "A", "key": "1", "owners": []}
    items = [
        {"item_id": "x:1", "state": "open", **base},
        {"item_id": "x:2", "state": "open", "team": "pay", **base},
        {"item_id": "x:3", "state": "done", "closed_at": "2026-04-10T10:00Z", **base},
    ]
    data = dataset(items=items, incidents=[incident], services=SERVICES, teams=TEAMS, people=PEOPLE)
    table = pma.gap_rates(pma.snapshot(data, as_of="2026-07-01", period="2026Q2"))
    table = table.set_index("population")
    assert table.loc["open", ["items", "with_gap", "no_owner"]].tolist() == [2, 1, 1]
    assert table.loc["cohort", ["items", "with_gap", "no_owner"]].tolist() == [3, 2, 2]
    # They fell due on 2026-04-16: in the third quarter no item did, and the open ones stay.
    other = pma.gap_rates(pma.snapshot(data, as_of="2026-07-01", period="2026Q3"))
    assert other["items"].tolist() == [2, 0]
    assert other["rate"].isna().tolist() == [False, True]
    # Wilson for 1 of 2 is .0945 to .9055.
    assert table.loc["open", ["low", "high"]].tolist() == pytest.approx([0.0945, 0.9055], abs=1e-4)


def test_unowned_services_with_what_hangs_on_them(dataset: Build) -> None:
    incidents = [
        {
            "incident_id": name,
            "service": service,
            "started_at": "2026-04-01T10:00Z",
            "resolved_at": "2026-04-01T10:00Z",
            "severity": "sev1",
        }
        for name, service in (("A", "mail"), ("B", "mail"), ("C", "ghost"), ("D", "checkout"))
    ]
    items = [
        {"item_id": "x:1", "state": "open", "incident_id": "A"},
        {"item_id": "x:2", "state": "open", "service": "ghost"},
    ]
    services = [*SERVICES, {"service": "unused"}]
    data = dataset(items=items, incidents=incidents, services=services, teams=TEAMS)
    table = pma.unowned_services(pma.snapshot(data, as_of="2026-07-01")).set_index("service")
    assert table.to_dict("index") == {
        "ghost": {"incidents": 1, "open_items": 1, "overdue_items": 0},
        "mail": {"incidents": 2, "open_items": 1, "overdue_items": 1},
        "unused": {"incidents": 0, "open_items": 0, "overdue_items": 0},
    }


@pytest.mark.parametrize(
    ("source", "team", "evidence"),
    [
        ("codeowners", None, ["service mail is unowned on purpose, by a rule of CODEOWNERS"]),
        ("backstage", None, ["service mail has no owner in the registry"]),
        ("backstage", "pay", []),
    ],
)
def test_unowned_on_purpose_is_said(
    source: str,
    team: str | None,
    evidence: list[str],
    dataset: Build,
) -> None:
    rows = [{"service": "mail", "source": source, "team": team}]
    # What CODEOWNERS leaves unowned counts only where nobody else owns it.
    rows += [{"service": "mail", "source": "codeowners"}] * (team is not None)
    item = {"item_id": "x:PAY-1", "key": "PAY-1", "state": "open", "service": "mail"}
    judged = pma.snapshot(dataset(items=[item], services=rows), as_of="2026-07-01")
    found = pma.ownership_gaps(judged)
    assert found.loc[found["code"] == "service_unowned", "evidence"].tolist() == evidence


@pytest.mark.parametrize(
    ("item", "decided", "codes"),
    [
        ({"service": "checkout"}, "idle", []),  # settled, whoever owns the service
        ({"team": "idle", "service": "checkout"}, "pay", []),
        ({"service": "checkout"}, "Commerce", []),  # above the owner
        ({}, "ghosts", ["unknown_team"]),
        ({"project": "FIND"}, "pay", ["wrong_project"]),
        ({"project": "PAY", "team": "find"}, "pay", []),
    ],
)
def test_a_team_that_was_decided_counts_as_the_items_own(
    dataset: Build, item: dict[str, Any], decided: str, codes: list[str]
) -> None:
    decision = {
        "decided_on": "2026-06-30",
        "subject": "x:PAY-1",
        "kind": "owner_team",
        "value": decided,
    }
    given = {"item_id": "x:PAY-1", "key": "PAY-1", "state": "open", "owners": []} | item
    tables = {"services": SERVICES, "teams": TEAMS, "people": PEOPLE, "decisions": [decision]}
    found = pma.ownership_gaps(pma.snapshot(dataset(items=[given], **tables), as_of="2026-07-01"))
    assert found["code"].tolist() == codes
