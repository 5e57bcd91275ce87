"""Candidate teams: every score worked by hand, and when nothing is proposed."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.metrics.scoring import MOST_COMPARED, ranked

Build = Callable[..., Dataset]

DAY = "2026-07-01"
SERVICES = [
    {"service": "checkout", "team": "pay"},
    {"service": "maps", "team": "pay"},
    {"service": "maps", "team": "find"},
    {"service": "shop", "team": "find", "source": "backstage", "path": "services/shop/"},
    {"service": "shop", "team": "pay", "source": "codeowners", "path": "services/shop/"},
    {"service": "mail"},
]
TEAMS = [{"team": "pay"}, {"team": "find"}, {"team": "idle"}, {"team": "mail"}]
PEOPLE = [{"person": "Ada", "team": "pay"}]


def closed(team: str | None, days_ago: int, number: int = 0, **more: Any) -> dict[str, Any]:
    moment = pd.Timestamp(f"{DAY}T10:00Z") - pd.Timedelta(days_ago, unit="D")

    return {
        "item_id": f"x:{team}-{days_ago}-{number}",
        "state": "done",
        "team": team,
        "service": "mail",
        "created_at": "2020-01-01T10:00Z",
        "closed_at": moment,
    } | more


def snapshot(dataset: Build, items: list[dict[str, Any]], **asked: Any) -> pma.Snapshot:
    item = {
        "item_id": "x:asked",
        "state": "open",
        "key": "asked",
        "created_at": "2026-06-01T10:00Z",
    }
    data = dataset(items=[item | asked, *items], services=SERVICES, teams=TEAMS, people=PEOPLE)
    return pma.snapshot(data, as_of=DAY)


def candidates(dataset: Build, items: list[dict[str, Any]], **asked: Any) -> list[list[Any]]:
    """Team, score and evidence of the candidates of the one item that is asked about."""
    table = pma.candidate_teams(snapshot(dataset, items, **asked))
    assert table["item_id"].eq("x:asked").all()
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    return table[["team", "score", "evidence"]].round(4).to_numpy().tolist()


def test_the_owners_of_a_service_of_several_are_its_candidates(dataset: Build) -> None:
    # 3 of 6 each.
    said = "the registry names it for service maps"
    assert candidates(dataset, [], service="maps") == [
        ["find", 0.5, f"too close to call; {said}"],
        ["pay", 0.5, said],
    ]


def test_old_work_on_a_service_speaks_however_much_was_done_since(dataset: Build) -> None:
    """More items than titles are compared with were closed later, on another service."""
    later = [closed("find", 5, n, title=f"Work {n}") for n in range(MOST_COMPARED + 1)]
    items = [*later, closed("pay", 400, service="odd", title="Old")]
    asked = candidates(dataset, items, service="odd")
    assert asked == [["pay", 1.0, "proposed; owned the last closed item of service odd"]]


def test_history_decides_between_owners(dataset: Build) -> None:
    # find: 3 + 2 * 1 = 5, pay: 3; of 8.
    table = candidates(dataset, [closed("find", 5, service="maps")], service="maps")
    assert table == [
        [
            "find",
            0.625,
            "proposed; the registry names it for service maps; owned the last closed item of "
            "service maps",
        ],
        ["pay", 0.375, "the registry names it for service maps"],
    ]


def test_every_source_of_the_registry_speaks_and_codeowners_by_its_path(dataset: Build) -> None:
    assert candidates(dataset, [], service="shop", team="idle") == [
        ["find", 0.5, "too close to call; the registry names it for service shop"],
        ["pay", 0.5, "CODEOWNERS names it for services/shop/"],
    ]


def test_recent_items_count_more(dataset: Build) -> None:
    # Three of half a weight are 1.5, one of today is 1: shares of 0.6 and 0.4.
    items = [closed("pay", 180, number) for number in range(3)] + [closed("find", 0)]
    assert candidates(dataset, items, service="mail") == [
        ["pay", 0.6, "proposed; owned 3 of the last 4 closed items of service mail"],
        ["find", 0.4, "owned 1 of the last 4 closed items of service mail"],
    ]


def test_only_the_last_twenty_count(dataset: Build) -> None:
    items = [closed("pay", 10, number) for number in range(20)]
    assert candidates(dataset, [*items, closed("find", 11)], service="mail") == [
        ["pay", 1.0, "proposed; owned 20 of the last 20 closed items of service mail"]
    ]


@pytest.mark.parametrize(
    "item",
    [
        closed("ghosts", 5),  # a team that nobody knows
        closed(None, 5),
        closed("pay", -1),  # closed after the day
        closed("pay", 5, closed_at=None),
        closed("pay", 5, service="other"),
        closed("pay", 5, state="open", closed_at=None, key="1"),
    ],
)
def test_what_speaks_for_no_team(dataset: Build, item: dict[str, Any]) -> None:
    assert candidates(dataset, [item], service="mail", owners=["Zoe"]) == []


def test_what_the_registry_gives_is_no_evidence_of_its_own(dataset: Build) -> None:
    # The closed item has its team by the service, which the registry says already.
    assert candidates(
        dataset, [closed(None, 5, service="checkout")], service="checkout", team="idle"
    ) == [["pay", 1.0, "proposed; the registry names it for service checkout"]]
    # By the one person assigned, who works in a team, an item has its team without the registry's
    # services.
    item = closed(None, 5, owners=["Ada"])
    assert candidates(dataset, [item], service="mail") == [
        ["pay", 1.0, "proposed; owned the last closed item of service mail"]
    ]


def titled(count: int, team: str, title: str, days_ago: int = 9) -> list[dict[str, Any]]:
    return [
        closed(
            team, days_ago, number, service=None, title=title, item_id=f"{title}{days_ago}{number}"
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        # 12 and 287 are one too few to compare titles at all.
        (287, []),
        (
            288,
            [
                [
                    "pay",
                    1.0,
                    "proposed; owned 12 of the 12 closed items with the most similar titles",
                ]
            ],
        ),
    ],
)
def test_titles_speak_from_300_items_on(
    dataset: Build, others: int, expected: list[list[Any]]
) -> None:
    items = titled(12, "pay", "Rotate certificates") + titled(others, "find", "KKKK")
    assert candidates(dataset, items, title="Rotate the certificates") == expected


def test_titles_add_their_share_of_twenty(dataset: Build) -> None:
    # The 20 latest of equal titles: 12 of pay, and 8 of the 288 older ones of find.
    items = titled(12, "pay", "Rotate keys", 5) + titled(288, "find", "Rotate keys", 9)
    said = "of the 20 closed items with the most similar titles"
    assert candidates(dataset, items, title="rotate keys") == [
        ["pay", 0.6, f"proposed; owned 12 {said}"],
        ["find", 0.4, f"owned 8 {said}"],
    ]
    # With the registry: pay 3 + 0.6, find 3 + 0.4, of 7.
    table = candidates(dataset, items, title="rotate keys", service="maps")
    assert [row[:2] for row in table] == [["pay", 0.5143], ["find", 0.4857]]


def test_titles_without_letters_are_like_nothing(dataset: Build) -> None:
    assert candidates(dataset, titled(300, "pay", " "), title=" ") == []
    assert candidates(dataset, titled(300, "pay", "Rotate keys"), title="?") == []


@pytest.mark.parametrize(
    ("shares", "proposed"),
    [
        ([1.0], True),
        ([0.5, 0.35, 0.15], True),
        ([0.5, 0.36, 0.14], False),
        ([0.49, 0.3, 0.21], False),
        ([0.57, 0.43], False),
        ([0.5, 0.5], False),
        ([0.575, 0.425], True),
    ],
)
def test_when_a_team_is_proposed(shares: list[float], *, proposed: bool) -> None:
    parts = pd.DataFrame({"case": 0, "team": list("abc")[: len(shares)], "registry": shares})
    table = ranked(parts.assign(history=0.0, text=0.0, evidence="said"))
    assert table["proposed"].tolist() == [proposed] + [False] * (len(shares) - 1)
    assert table["score"].tolist() == pytest.approx(shares)


@pytest.mark.parametrize(
    ("asked", "is_asked"),
    [
        ({}, True),
        ({"owners": ["Zoe"]}, True),
        ({"team": "pay"}, True),  # its service has no owner
        ({"service": "maps", "team": "pay"}, True),
        ({"service": "checkout", "team": "idle"}, True),
        ({"service": "checkout", "team": "ghosts"}, True),
        ({"service": "checkout"}, False),
        ({"service": "checkout", "team": "pay", "key": None}, False),
        ({"state": "done", "closed_at": "2026-06-05T10:00Z"}, False),
        ({"state": "dropped", "closed_at": "2026-06-05T10:00Z"}, False),
    ],
)
def test_which_items_are_asked_about(
    dataset: Build, asked: dict[str, Any], *, is_asked: bool
) -> None:
    found = candidates(dataset, [closed("find", 5)], **({"service": "mail"} | asked))
    assert bool(found) == is_asked


@pytest.mark.parametrize(
    ("service", "decided", "is_asked"),
    [("mail", "Find", False), ("maps", "idle", False), ("maps", "ghosts", True)],
)
def test_an_owner_that_was_decided_is_not_asked_for_again(
    dataset: Build, service: str, decided: str, *, is_asked: bool
) -> None:
    made = {"decided_on": DAY, "subject": "x:asked", "kind": "owner_team", "value": decided}
    asked = {"item_id": "x:asked", "key": "asked", "state": "open", "service": service}
    items = [asked | {"created_at": "2026-06-01T10:00Z"}, closed("find", 5)]
    # The registry names two owners for maps and none for mail; the closed item speaks for find.
    data = dataset(items=items, services=SERVICES, teams=TEAMS, decisions=[made])
    before = pma.snapshot(data, as_of="2026-06-30")
    assert len(pma.candidate_teams(before)) > 0
    judged = pma.snapshot(data, as_of=DAY)
    assert bool(len(pma.candidate_teams(judged))) == is_asked
    codes = pma.ownership_gaps(judged)["code"].tolist()
    assert ("unknown_team" in codes) == is_asked


def test_three_candidates_at_most_and_no_person(dataset: Build) -> None:
    items = [closed(team, 5, owners=["Ada"]) for team in ("pay", "find", "idle", "mail")]
    table = candidates(dataset, items, service="mail", owners=["Zoe"])
    # Four equal ones, in the order of the alphabet.
    assert [row[:2] for row in table] == [["find", 0.25], ["idle", 0.25], ["mail", 0.25]]
    assert "Ada" not in str(table)


def test_narrowing_asks_about_fewer_items_and_knows_as_much(dataset: Build) -> None:
    judged = snapshot(dataset, [closed("find", 5)], service="mail")
    narrowed = judged.where(judged.items["state"] == "open")
    pd.testing.assert_frame_equal(pma.candidate_teams(narrowed), pma.candidate_teams(judged))
    assert pma.candidate_teams(judged.where(service="maps")).empty
    assert pma.candidate_teams(judged, by="service").columns.tolist()[:2] == ["service", "item_id"]
