"""Reviews: who came, and when, on meetings whose outcome is worked out by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.settings import Calendar, Settings

Build = Callable[..., Dataset]
TEAMS = [{"team": "pay", "parent": "money", "aliases": ["payments"]}, {"team": "web"}]
SERVICES = [{"service": "checkout", "team": "pay"}, {"service": "site", "team": "web"}]


def incident(number: int, service: str | None = "checkout", **more: Any) -> dict[str, Any]:
    return {
        "incident_id": f"I{number}",
        "severity": "sev2",
        "service": service,
        "started_at": "2026-06-01T08:00Z",
        "resolved_at": "2026-06-01T12:00Z",
        "reviewed_at": "2026-06-04T09:00Z",
    } | more


def met(number: int, incident_id: str, *, kept: bool, **more: Any) -> dict[str, Any]:
    """An item due on 2026-07-01, closed on the first or on the last day of July."""
    closed = "2026-06-20T10:00Z" if kept else "2026-07-31T10:00Z"
    return {
        "item_id": f"x:{number}",
        "key": f"X-{number}",
        "incident_id": incident_id,
        "state": "done",
        "created_at": "2026-06-02T10:00Z",
        "closed_at": closed,
    } | more


def came(incident_id: str, *roles: str, team: str | None = "pay") -> list[dict[str, Any]]:
    return [{"incident_id": incident_id, "role": role, "team": team} for role in roles]


def participation(dataset: Build, **tables: Any) -> dict[str, Any]:
    given = {"services": SERVICES, "teams": TEAMS} | tables
    snapshot = pma.snapshot(dataset(**given), as_of="2026-09-01", period="2026Q1")
    return pma.participation(snapshot).iloc[0].to_dict()


def test_counts_and_attainment_of_four_reviews(dataset: Build) -> None:
    """Two items of I1 (both managers, 1 of 2 kept), four of I2 and I3 (not both, 3 of 4 kept).

    I4 was never reviewed: neither it nor its item counts. The period, in which nothing fell due,
    does not restrict the items. Wilson of 1 of 2 and of 3 of 4: (0.0945, 0.9055), (0.3006, 0.9544).
    """
    found = participation(
        dataset,
        incidents=[incident(1), incident(2), incident(3), incident(4, reviewed_at=None)],
        attendance=[
            *came("I1", "engineering_manager", "product_manager"),
            *came("I2", "engineering_manager", "engineer"),
            *came("I4", "engineering_manager", "product_manager"),
        ],
        items=[
            met(1, "I1", kept=True),
            met(2, "I1", kept=False),
            met(3, "I2", kept=True),
            met(4, "I2", kept=True),
            met(5, "I3", kept=True),
            met(6, "I3", kept=False),
            met(7, "I4", kept=False),
        ],
    )
    names = ("reviews", "engineering_manager", "product_manager", "both", "candidates_present")
    assert [found[name] for name in names] == [3, 2, 1, 1, 3]
    assert (found["attainment_with"], found["attainment_without"]) == (0.5, 0.75)
    limits = [found[name] for name in ("low_with", "high_with", "low_without", "high_without")]
    assert limits == pytest.approx([0.0945, 0.9055, 0.3006, 0.9544], abs=1e-4)


@pytest.mark.parametrize(
    ("service", "team", "role", "counts"),
    [
        ("checkout", "pay", "engineering_manager", 1),
        ("checkout", "Payments", "Engineering Manager", 1),  # an alias, and the role as typed
        ("checkout", "money", "engineering-manager", 1),  # above the owner
        ("checkout", "web", "engineering_manager", 0),  # manages another service
        ("checkout", None, "engineering_manager", 1),  # nobody wrote for whom
        ("checkout", "pay", "manager", 0),
        (None, "web", "engineering_manager", 1),  # nobody knows whose service it was
        ("unowned", "web", "engineering_manager", 1),
    ],
)
def test_whose_manager_counts(
    dataset: Build, service: str | None, team: str | None, role: str, counts: int
) -> None:
    found = participation(
        dataset,
        incidents=[incident(1, service)],
        attendance=came("I1", role, team=team),
        services=[*SERVICES, {"service": "unowned"}],
    )
    assert found["engineering_manager"] == counts
    assert found["both"] == 0


def test_the_incidents_own_team_is_an_owner(dataset: Build) -> None:
    found = participation(
        dataset,
        incidents=[incident(1, team="web")],
        attendance=came("I1", *("engineering_manager", "product_manager"), team="web"),
    )
    assert found["both"] == 1


@pytest.mark.parametrize(("teams", "present"), [(["pay"], 0), (["pay", "web"], 1), ([None], 0)])
def test_every_team_that_may_own_an_unowned_item_has_to_be_there(
    dataset: Build, teams: list[str | None], present: int
) -> None:
    """Two teams own `shared` in the same role, so that its item has no owning team."""
    found = participation(
        dataset,
        incidents=[incident(1, "shared")],
        attendance=[row for team in teams for row in came("I1", "engineer", team=team)],
        services=[{"service": "shared", "team": "pay"}, {"service": "shared", "team": "web"}],
        items=[met(1, "I1", kept=True)],
    )
    assert found["candidates_present"] == present


@pytest.mark.parametrize(
    ("latest", "came_too", "present"),
    [
        # Nobody owns the service, and pay did the one piece of work that was done on it before.
        (["pay"], [], 1),
        (["web"], [], 0),
        (["web"], ["web"], 1),
        # 3 of 4 pieces: web with a third of the score of pay is a guess; with half of it, it counts.
        (["pay", "pay", "pay", "web"], [], 1),
        (["pay", "pay", "web"], [], 0),
        (["pay", "pay", "web"], ["web"], 1),
    ],
)
def test_whoever_did_such_work_before_may_own_it(
    dataset: Build, latest: list[str], came_too: list[str], present: int
) -> None:
    """All of it was closed on one day, so that shares of the score are shares of the items."""
    before = [met(n + 2, "I2", kept=True, team=team) for n, team in enumerate(latest)]
    found = participation(
        dataset,
        incidents=[incident(1, "orphan"), incident(2, "orphan", reviewed_at=None)],
        attendance=[row for team in ["pay", *came_too] for row in came("I1", "dev", team=team)],
        items=[met(1, "I1", kept=True), *before],
        services=[{"service": "orphan"}],
    )
    assert (found["reviews"], found["candidates_present"]) == (1, present)


def test_without_any_attendance_nothing_is_said(dataset: Build) -> None:
    found = participation(dataset, incidents=[incident(1)], items=[met(1, "I1", kept=True)])
    assert found["reviews"] == 1
    assert all(pd.isna(value) for name, value in found.items() if name != "reviews")


def test_participation_by_service_uses_the_incidents(dataset: Build) -> None:
    data = dataset(
        incidents=[incident(1), incident(2, "site"), incident(3, None)],
        attendance=came("I1", "engineering_manager", "product_manager"),
        items=[met(1, "I1", kept=True), met(2, "I2", kept=False), met(3, "I3", kept=True)],
        services=SERVICES,
        teams=TEAMS,
    )
    table = pma.participation(pma.snapshot(data, as_of="2026-09-01"), by="service")
    assert table["service"].tolist()[:2] == ["checkout", "site"]
    assert table["both"].tolist() == [1, 0, 0]
    assert table["attainment_with"].isna().tolist() == [False, True, True]
    assert table["attainment_without"].tolist()[1:] == [0, 1]


def test_attainment_may_take_incidents_as_clusters(dataset: Build) -> None:
    """Two incidents of four items each, all kept and none kept: two items' worth of evidence."""
    items = [met(n, f"I{1 + n % 2}", kept=n % 2 == 0) for n in range(8)]
    data = dataset(
        incidents=[incident(1), incident(2)],
        attendance=came("I1", "engineer"),
        items=items,
        services=SERVICES,
    )
    q = pma.snapshot(data, as_of="2026-09-01")
    plain, cluster = (pma.participation(q, interval=kind) for kind in ("wilson", "cluster"))
    assert plain["low_without"].iloc[0] == pytest.approx(0.2152, abs=1e-4)  # Wilson of 4 of 8
    assert cluster["low_without"].iloc[0] == pytest.approx(0.0945, abs=1e-4)  # Wilson of 1 of 2


def test_narrowing_to_a_team_leaves_the_others_at_the_review(dataset: Build) -> None:
    """A manager of a department came to the review of a team; the item's second candidate too."""
    shared = [{"service": "checkout", "team": "pay"}, {"service": "shared", "team": "pay"}]
    data = dataset(
        incidents=[incident(1, "shared", team="pay")],
        attendance=[
            *came("I1", "engineering_manager", team="money"),
            *came("I1", "engineer", team="web"),
            *came("I1", "engineer", team="pay"),
        ],
        items=[met(1, "I1", kept=True)],
        services=[*shared, {"service": "shared", "team": "web"}],
        teams=TEAMS,
    )
    narrowed = pma.snapshot(data, as_of="2026-09-01").where(team="pay")
    found = pma.participation(narrowed).iloc[0]
    assert found[["reviews", "engineering_manager", "candidates_present"]].tolist() == [1, 1, 1]


def timeliness(
    dataset: Build, *, as_of: str = "2026-06-30", settings: Settings | None = None, **changes: Any
) -> dict[str, Any]:
    data = dataset(incidents=[incident(1, **changes)], settings=settings)
    return pma.review_timeliness(pma.snapshot(data, as_of=as_of)).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("severity", "reviewed", "state"),
    [
        # Monday 2026-06-01 and 3 calendar days: Thursday. 5 business days: Monday 2026-06-08.
        ("sev1", "2026-06-04T21:00Z", "reviewed_in_time"),
        ("sev1", "2026-06-05T09:00Z", "reviewed_late"),
        ("sev2", "2026-06-08T21:00Z", "reviewed_in_time"),
        ("sev2", "2026-06-09T09:00Z", "reviewed_late"),
    ],
)
def test_the_last_day_of_a_review(dataset: Build, severity: str, reviewed: str, state: str) -> None:
    found = timeliness(dataset, severity=severity, reviewed_at=reviewed)
    assert (found["incidents"], found["due"], found[state]) == (1, 1, 1)
    assert found["in_time"] == (state == "reviewed_in_time")


def test_days_are_local_and_holidays_are_no_business_days(dataset: Build) -> None:
    """23:00 UTC on 2026-06-04 is Friday in Berlin; a holiday on Thursday moves sev2 to Tuesday."""
    berlin = Settings(timezone="Europe/Berlin", calendar=Calendar(holidays=(date(2026, 6, 4),)))
    late = timeliness(dataset, settings=berlin, severity="sev1", reviewed_at="2026-06-04T23:00Z")
    assert late["reviewed_late"] == 1
    moved = timeliness(dataset, settings=berlin, reviewed_at="2026-06-09T09:00Z")
    assert moved["reviewed_in_time"] == 1


def test_a_review_to_come_is_neither_late_nor_in_time(dataset: Build) -> None:
    data = dataset(
        incidents=[
            incident(1, reviewed_at=None),  # its last day is 2026-06-08
            incident(2, reviewed_at="2026-06-02T09:00Z"),
            incident(3, reviewed_at=None, resolved_at="2026-05-20T10:00Z"),
            incident(4, resolved_at=None, reviewed_at=None),
            incident(5, severity="sev3"),
        ]
    )
    for as_of, due, missing in (("2026-06-08", 1, 1), ("2026-06-09", 3, 2)):
        found = pma.review_timeliness(pma.snapshot(data, as_of=as_of)).iloc[0]
        assert (found["incidents"], found["due"], found["not_reviewed"]) == (4, due, missing)
        assert found["unknown"] == 1
        assert found["due"] + found["not_due"] + found["unknown"] == 4


def test_the_median_counts_reviews_still_to_be_held(dataset: Build) -> None:
    """Reviewed after 1 and 2 days, two not at all: half are reached on day 2, the mean is 1.5.

    With a third one open, half are not reached.
    """
    held = [
        incident(1, reviewed_at="2026-06-02T09:00Z"),
        incident(2, reviewed_at="2026-06-03T09:00Z"),
    ]
    open_ones = [incident(number, reviewed_at=None) for number in (3, 4, 5)]
    for count, median in ((2, 2), (3, None)):
        data = dataset(incidents=[*held, *open_ones[:count]])
        found = pma.review_timeliness(pma.snapshot(data, as_of="2026-06-30"))["median_days"].iloc[0]
        assert found == median if median else pd.isna(found)


def test_published_and_what_no_export_says(dataset: Build) -> None:
    said = dataset(
        incidents=[incident(1, postmortem_published_at="2026-06-10T10:00Z"), incident(2)]
    )
    found = pma.review_timeliness(pma.snapshot(said, as_of="2026-06-30")).iloc[0]
    assert (found["published"], found["not_published"]) == (1, 1)
    silent = timeliness(dataset, reviewed_at=None)
    missing = {name for name, value in silent.items() if pd.isna(value)}
    assert missing == {
        "reviewed_in_time", "reviewed_late", "not_reviewed", "in_time", "low", "high",
        "median_days", "published", "not_published",
    }  # fmt: skip
    assert silent["due"] == 1


def test_groups_of_incidents_keep_their_own_median(dataset: Build) -> None:
    data = dataset(
        incidents=[
            incident(1, "site", reviewed_at="2026-06-03T09:00Z"),
            incident(2, None, reviewed_at="2026-06-05T09:00Z"),
            incident(3, "checkout", resolved_at=None),
        ]
    )
    table = pma.review_timeliness(pma.snapshot(data, as_of="2026-06-30"), by="service")
    assert table["service"].tolist()[:2] == ["checkout", "site"]
    assert table["median_days"].tolist()[1:] == [2, 4]
    assert pd.isna(table["median_days"].iloc[0])


def test_participation_of_the_sample_is_what_a_plain_count_gives(
    sample: Dataset, q3: pma.Snapshot
) -> None:
    """In the sample every manager came for an owner of the service, or nobody owns it."""
    end = pd.Timestamp("2026-10-13", tz="Europe/Berlin")
    held = {
        row.incident_id: set()
        for row in sample.incidents.itertuples()
        if pd.notna(row.reviewed_at) and row.reviewed_at < end
    }
    for row in sample.attendance.itertuples():
        if row.incident_id in held:
            held[row.incident_id].add(row.role)
    managers = {"engineering_manager", "product_manager"}
    both = {name for name, roles in held.items() if managers <= roles}
    found = pma.participation(q3).iloc[0]
    assert found["reviews"] == len(held)
    assert found["both"] == len(both)
    for role in managers:
        assert found[role] == sum(role in roles for roles in held.values())
    counts = {True: [0, 0], False: [0, 0]}
    for row in q3.items.itertuples():
        if row.matured and row.incident_id in held and row.standing in DUE:
            counts[row.incident_id in both][0] += row.standing == "met"
            counts[row.incident_id in both][1] += 1
    for arm, met_and_due in (("with", counts[True]), ("without", counts[False])):
        assert found[f"attainment_{arm}"] == pytest.approx(met_and_due[0] / met_and_due[1])


DUE = ("met", "late", "overdue", "dropped_late")


def test_an_incident_that_labels_made_cannot_have_a_review(dataset: Build) -> None:
    found = timeliness(dataset, derived=True, reviewed_at=None)
    assert (found["incidents"], found["due"], found["unknown"]) == (1, 0, 1)
