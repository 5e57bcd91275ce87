"""Time to a team and hand-offs on hand-made histories, each worked through in words."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.metrics.timelines import team_timelines

Build = Callable[..., Dataset]

TEAMS = [
    {"team": "pay", "project": "PAY", "aliases": ["Payments"]},
    {"team": "find", "project": "FIND"},
    {"team": "mail"},
]
PEOPLE = [
    {"person": "Ada", "team": "pay"},
    {"person": "Abe", "team": "pay"},
    {"person": "Ben", "team": "find"},
    {"person": "Both", "team": "pay"},
    {"person": "Both", "team": "find"},
    # Moved in March: what she did before was done in the other team.
    {"person": "Mia", "team": "find", "until": "2026-02-28"},
    {"person": "Mia", "team": "pay", "since": "2026-03-01"},
    {"person": "Cleo", "team": "mail", "until": "2026-01-31"},
    {"person": "Doe, Jane", "team": "mail"},
]
INCIDENT = {
    "incident_id": "A",
    "severity": "sev1",
    "started_at": "2026-01-01T09:00Z",
    "resolved_at": "2026-01-01T10:00Z",
}
# The source remembers owners and teams, as this item shows, and it is no part of the figures.
WITNESS = {"item_id": "x:0", "source": "x", "state": "open", "created_at": "2026-01-01T12:00Z"}
TOLD = [("x:0", 9, "owner", None, "Nobody Known"), ("x:0", 9, "team", None, "ghosts")]


def judged(
    dataset: Build, items: list[dict[str, Any]], changes: list[tuple[Any, ...]], **more: Any
) -> pma.Snapshot:
    """Items of one incident that was over on 2026-01-01; changes name the day of January or later.

    A change is item, day since 2026-01-01, field, before, after.
    """
    base = {"source": "x", "state": "open", "created_at": "2026-01-01T12:00Z", "incident_id": "A"}
    start = pd.Timestamp("2026-01-01T15:00Z")
    events = [
        {
            "subject": subject,
            "at": start + pd.Timedelta(day, unit="D"),
            "field": field,
            "before": before,
            "after": after,
        }
        for subject, day, field, before, after in [*changes, *TOLD]
    ]
    tables = {"teams": TEAMS, "people": PEOPLE, "incidents": [INCIDENT]} | more
    data = dataset(items=[base | item for item in items] + [WITNESS], events=events, **tables)
    whole = pma.snapshot(data, as_of="2026-07-01")
    return whole.where(whole.items["incident_id"].notna())


def ways(snapshot: pma.Snapshot) -> list[list[Any]]:
    return pma.hand_offs(snapshot).to_numpy().tolist()


ONE = [{"item_id": "x:1"}]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # The own team, in the registry's spelling.
        ([("x:1", 2, "team", "payments", "find")], [["pay", "find", 1, 1]]),
        ([("x:1", 2, "team", None, "find")], []),
        ([("x:1", 2, "team", "Payments", "pay")], []),
        # There, back and there again: one item, two hand-offs one way.
        (
            [
                ("x:1", 2, "team", "pay", "find"),
                ("x:1", 3, "team", "find", "pay"),
                ("x:1", 4, "team", "pay", "find"),
            ],
            [["find", "pay", 1, 1], ["pay", "find", 1, 2]],
        ),
        # With days of no team in between.
        (
            [("x:1", 2, "team", "pay", None), ("x:1", 9, "team", None, "mail")],
            [["pay", "mail", 1, 1]],
        ),
        # From person to person: within a team, to another one, and by way of nobody known.
        ([("x:1", 2, "owner", "Ada", "Abe")], []),
        ([("x:1", 2, "owner", "ada", "ben")], [["pay", "find", 1, 1]]),
        (
            [("x:1", 2, "owner", "Ada", "Zoe"), ("x:1", 5, "owner", "Zoe", "Ben")],
            [["pay", "find", 1, 1]],
        ),
        # Added and taken away one by one: while both are there no one team has it.
        (
            [
                ("x:1", 1, "owner", None, "Ada"),
                ("x:1", 2, "owner", None, "Ben"),
                ("x:1", 3, "owner", "Ada", None),
            ],
            [["pay", "find", 1, 1]],
        ),
        (
            [("x:1", 1, "owner", None, "Ada"), ("x:1", 2, "owner", None, "Ben")],
            [],
        ),
        (
            [("x:1", 1, "owner", None, "Ben"), ("x:1", 2, "owner", None, "Ada")],
            [],
        ),
        # A second one of the same team changes nothing, nor that the first one leaves.
        (
            [
                ("x:1", 1, "owner", None, "Ada, Abe"),
                ("x:1", 2, "owner", "Ada", None),
                ("x:1", 3, "owner", "Abe", "Ben"),
            ],
            [["pay", "find", 1, 1]],
        ),
        # A name with a comma is one person.
        ([("x:1", 2, "owner", "Doe, Jane", "Ada")], [["mail", "pay", 1, 1]]),
        # In two teams is in none.
        ([("x:1", 2, "owner", "Ada", "Both")], []),
        # Day 5 is in January, when Mia was in find; day 70 is in March, when she was in pay.
        ([("x:1", 5, "owner", "Ada", "Mia")], [["pay", "find", 1, 1]]),
        ([("x:1", 70, "owner", "Ada", "Mia")], []),
        ([("x:1", 70, "owner", "Ben", "Mia")], [["find", "pay", 1, 1]]),
        # Assigned in January and relieved in March, she had it for find all the time.
        (
            [("x:1", 5, "owner", None, "Mia"), ("x:1", 70, "owner", "Mia", "Ada")],
            [["find", "pay", 1, 1]],
        ),
        # Who left since then was in a team then.
        ([("x:1", 5, "owner", "Cleo", "Ada")], [["mail", "pay", 1, 1]]),
        # The own team outranks persons, and what they say counts when it goes.
        (
            [("x:1", 1, "team", None, "mail"), ("x:1", 2, "owner", "Ada", "Ben")],
            [["pay", "mail", 1, 1]],
        ),
        (
            [
                ("x:1", 1, "team", None, "mail"),
                ("x:1", 2, "owner", "Ada", "Ben"),
                ("x:1", 3, "team", "mail", None),
            ],
            [["mail", "find", 1, 1], ["pay", "mail", 1, 1]],
        ),
        # Both fields at one moment are one change.
        (
            [("x:1", 2, "owner", "Ada", "Ben"), ("x:1", 2, "team", "pay", "find")],
            [["pay", "find", 1, 1]],
        ),
    ],
)
def test_hand_offs_of_one_item(
    dataset: Build, changes: list[tuple[Any, ...]], expected: list[list[Any]]
) -> None:
    assert ways(judged(dataset, ONE, changes)) == expected
    assert ways(judged(dataset, ONE, changes[::-1])) == expected


def test_what_the_item_says_today_held_for_a_field_that_never_changed(dataset: Build) -> None:
    items = [
        # Its own team stood there all the time, so that persons count for nothing.
        {"item_id": "x:1", "team": "pay"},
        # Ada has it today: before mail had it, she did.
        {"item_id": "x:2", "owners": ["Ada"], "team": "mail"},
    ]
    changes = [("x:1", 2, "owner", "Ada", "Ben"), ("x:2", 2, "team", None, "mail")]
    assert ways(judged(dataset, items, changes)) == [["pay", "mail", 1, 1]]


def test_hand_offs_add_up_over_items_and_stop_at_the_day(dataset: Build) -> None:
    items = [
        {"item_id": "x:1", "service": "a"},
        {"item_id": "x:2", "service": "b"},
        {"item_id": "x:3", "service": "b"},
    ]
    changes = [
        ("x:1", 2, "team", "pay", "find"),
        ("x:2", 2, "team", "pay", "find"),
        ("x:3", 2, "team", "pay", "mail"),
        ("x:3", 300, "team", "mail", "find"),  # after the as-of date
    ]
    snapshot = judged(dataset, items, changes)
    assert ways(snapshot) == [["pay", "find", 2, 2], ["pay", "mail", 1, 1]]
    assert pma.hand_offs(snapshot, by="service").to_numpy().tolist() == [
        ["a", "pay", "find", 1, 1],
        ["b", "pay", "find", 1, 1],
        ["b", "pay", "mail", 1, 1],
    ]
    assert ways(snapshot.where(service="a")) == [["pay", "find", 1, 1]]


def test_a_timeline_names_teams_and_no_person(dataset: Build) -> None:
    steps = team_timelines(judged(dataset, ONE, [("x:1", 2, "owner", "Ada", "Ben")]))
    assert steps["team"].tolist() == ["pay", "find"]
    assert steps["at"].dt.day.tolist() == [1, 3]


def wait(snapshot: pma.Snapshot) -> dict[str, Any]:
    return pma.time_to_owner(snapshot).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("item", "changes", "day"),
    [
        # From the start: by the project, the service, today's team, or today's person.
        ({"project": "PAY"}, [], 0),
        ({"service": "checkout"}, [], 0),
        ({"project": "PAY", "created_at": "2026-01-05T12:00Z"}, [], 4),
        ({"owners": ["Ada"]}, [], 0),
        ({"team": "pay"}, [], 0),
        ({"team": "pay"}, [("x:1", 3, "team", "find", "pay")], 0),
        # A project gives the team first, whatever was recorded later.
        ({"project": "PAY", "team": "pay"}, [("x:1", 3, "team", None, "pay")], 0),
        # From a recorded change on.
        ({"team": "pay"}, [("x:1", 3, "team", None, "pay")], 3),
        ({"owners": ["Ada"]}, [("x:1", 6, "owner", None, "Ada")], 6),
        ({"owners": ["Ada"]}, [("x:1", 6, "owner", "Zoe", "Ada")], 6),
        ({}, [("x:1", 2, "team", None, "pay"), ("x:1", 4, "team", "pay", None)], 2),
        # Before the incident was over, in a ticket that was older than it.
        ({"project": "PAY", "created_at": "2025-12-01T12:00Z"}, [], 0),
    ],
)
def test_when_an_item_first_has_a_team(
    dataset: Build, item: dict[str, Any], changes: list[tuple[Any, ...]], day: int
) -> None:
    services = [{"service": "checkout", "team": "pay"}]
    found = wait(judged(dataset, [{"item_id": "x:1"} | item], changes, services=services))
    assert [found[name] for name in ("n", "owned", "undated", "median_days")] == [1, 1, 0, day]


def test_a_team_that_was_decided_has_the_item_from_that_day_on(dataset: Build) -> None:
    made = [
        {
            "decided_on": f"2026-01-{day}",
            "subject": f"x:{item}",
            "kind": "owner_team",
            "value": team,
        }
        for item, day, team in ((1, "07", "pay"), (1, "09", "find"), (2, "07", "pay"))
    ]
    # The second one had a team by its history before.
    items = [{"item_id": "x:1"}, {"item_id": "x:2"}]
    changes = [("x:2", 2, "team", None, "find")]
    snapshot = judged(dataset, items, changes, decisions=made)
    found = pma.time_to_owner(snapshot, by="item_id").set_index("item_id")["median_days"]
    assert found.to_dict() == {"x:1": 6, "x:2": 2}
    assert pma.time_to_owner(judged(dataset, items, changes))["owned"].tolist() == [1]


def test_a_team_that_comes_after_the_closing_comes_too_late(dataset: Build) -> None:
    item = {"item_id": "x:1", "state": "done", "closed_at": "2026-01-05T12:00Z", "team": "pay"}
    late = wait(judged(dataset, [item], [("x:1", 9, "team", None, "pay")]))
    assert [late["n"], late["owned"], late["owned_by_15"]] == [1, 0, 0.0]
    same_day = wait(judged(dataset, [item], [("x:1", 4, "team", None, "pay")]))
    assert [same_day["n"], same_day["owned"], same_day["median_days"]] == [1, 1, 4]


def test_the_wait_by_hand(dataset: Build) -> None:
    """Five items: owned on day 2, 6 and 6, one closed unowned on day 4, and one open unowned.

    At risk on day 2: 5, owned .2; on day 4: 4, closed, so that .6 wait on; on day 6: 3 of whom 2
    are owned: .2 + .6 * 2/3 = .6. With the closed one censored it would be 1 - .8 * 1/3 = .733.
    """
    items = [
        {"item_id": "x:1", "team": "pay"},
        {"item_id": "x:2", "owners": ["Ada"]},
        {"item_id": "x:3", "owners": ["Ben"]},
        {"item_id": "x:4", "state": "done", "closed_at": "2026-01-05T12:00Z"},
        {"item_id": "x:5"},
    ]
    changes = [
        ("x:1", 2, "team", None, "pay"),
        ("x:2", 6, "owner", None, "Ada"),
        ("x:3", 6, "owner", None, "Ben"),
    ]
    found = wait(judged(dataset, items, changes))
    assert [found[name] for name in ("n", "owned", "undated")] == [5, 3, 0]
    shares = [found[name] for name in ("owned_by_3", "owned_by_7", "owned_by_15")]
    assert shares == pytest.approx([0.2, 0.6, 0.6])
    assert found["median_days"] == 6


def test_items_that_do_not_say_since_when_are_counted_apart(dataset: Build) -> None:
    forgetful = {"source": "y", "owners": ["Ada"]}
    items = [
        {"item_id": "x:1", "owners": ["Ada"]},
        # The other source remembers nothing, owned or not; a project it does not need to remember.
        {"item_id": "y:1", **forgetful},
        {"item_id": "y:2", "source": "y"},
        {"item_id": "y:3", "source": "y", "project": "PAY"},
        # The third remembers persons only, and its items have teams.
        {"item_id": "z:1", "source": "z", "team": "pay"},
        {"item_id": "z:2", "source": "z", "owners": ["Ada"]},
        # Without a day of creation, and closed at no known time without ever having a team.
        {"item_id": "x:2", "owners": ["Ada"], "created_at": None},
        {"item_id": "x:3", "state": "done"},
    ]
    changes = [("z:2", 1, "owner", None, "Ada")]
    found = wait(judged(dataset, items, changes))
    assert [found["n"], found["owned"], found["undated"]] == [2, 2, 6]


def test_days_without_a_team_between_two(dataset: Build) -> None:
    items = [{"item_id": f"x:{number}"} for number in range(1, 6)]
    items.append({"item_id": "x:6", "project": "PAY"})
    changes = [
        # Four days, and one more.
        ("x:1", 1, "team", "pay", None),
        ("x:1", 5, "team", None, "find"),
        ("x:1", 7, "team", "find", None),
        ("x:1", 8, "team", None, "find"),
        # By way of persons of no known team: days 2 to 5 are one gap of three days.
        ("x:2", 2, "owner", "Ada", "Zoe"),
        ("x:2", 3, "owner", "Zoe", "Yan"),
        ("x:2", 5, "owner", "Yan", "Ada"),
        # Before the first team and after the last one is not between two; nor is a moment.
        ("x:3", 4, "team", None, "pay"),
        ("x:4", 4, "team", "pay", None),
        ("x:5", 4, "team", "pay", None),
        ("x:5", 4.1, "team", None, "pay"),
        # The project has a team all the time.
        ("x:6", 1, "team", "pay", None),
        ("x:6", 5, "team", None, "pay"),
    ]
    found = wait(judged(dataset, items, changes))
    assert [found["interrupted"], found["unowned_days"]] == [2, 8]


def test_groups_keep_what_is_undated(dataset: Build) -> None:
    items = [
        {"item_id": "x:1", "service": "a", "owners": ["Ada"]},
        {"item_id": "y:1", "service": "b", "source": "y"},
    ]
    table = pma.time_to_owner(judged(dataset, items, []), by="service")
    assert table[["service", "n", "owned", "undated"]].to_numpy().tolist() == [
        ["a", 1, 1, 0],
        ["b", 0, 0, 1],
    ]
    assert table["median_days"].isna().tolist() == [False, True]


def decided(day: int, team: str, subject: str = "x:1") -> dict[str, Any]:
    """A decision that is made on a day of January."""
    made = {"decided_on": f"2026-01-{day:02}", "subject": subject, "value": team}
    return made | {"kind": "owner_team"}


def test_a_decision_is_a_change_on_its_day(dataset: Build) -> None:
    """Nobody had x:1 before 01-11. Then it was find's and pay's, whatever the tracker says later."""
    later = [("x:1", 20, "team", "mail", "find")]
    decisions = [decided(11, "find"), decided(15, "payments"), decided(31, "pay")]
    snapshot = judged(dataset, ONE, later, decisions=decisions)
    assert ways(snapshot) == [["find", "pay", 1, 1]]
    found = wait(snapshot)
    assert [found[name] for name in ("n", "owned", "undated", "median_days")] == [1, 1, 0, 10]


def test_a_decision_takes_over_from_the_team_before(dataset: Build) -> None:
    """x:1 named pay itself from the beginning; Ada of pay had x:2, and x:3 was mail's since 01-03."""
    items = [{"item_id": "x:1", "team": "pay"}, {"item_id": "x:2", "owners": ["Ada"]}]
    items.append({"item_id": "x:3", "team": "mail"})
    changes = [("x:3", 2, "team", None, "mail")]
    decisions = [decided(11, "find", f"x:{number}") for number in (1, 2, 3)]
    snapshot = judged(dataset, items, changes, decisions=decisions)
    assert ways(snapshot) == [["mail", "find", 1, 1], ["pay", "find", 2, 2]]
    found = wait(snapshot)
    assert [found[name] for name in ("owned", "owned_by_3", "median_low")] == [3, 1.0, 0]


def test_a_decision_does_not_date_the_team_before(dataset: Build) -> None:
    """Items of y name teams, and y remembers no changes; those of z name nothing at all."""
    items = [
        {"item_id": "y:1", "source": "y", "team": "pay"},
        {"item_id": "z:1", "source": "z"},
        {"item_id": "z:2", "source": "z"},
    ]
    decisions = [decided(11, "find", "y:1"), decided(11, "find", "z:1")]
    found = wait(judged(dataset, items, [], decisions=decisions))
    assert [found[name] for name in ("n", "owned", "undated", "owned_by_15")] == [2, 1, 1, 0.5]
    silent = wait(judged(dataset, items, []))
    assert [silent[name] for name in ("n", "owned", "undated")] == [0, 0, 3]
