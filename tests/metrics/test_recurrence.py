"""Repeats: which pair at which level, and what was open."""

from collections.abc import Callable
from typing import Any

import pandas as pd

import pmanalytics as pma
from pmanalytics.datasets import Dataset

Build = Callable[..., Dataset]


def incident(name: str, day: str, **more: Any) -> dict[str, Any]:
    """A sev1 incident in the service web from 10 to 12 o'clock UTC of a day."""
    known = {"incident_id": name, "severity": "sev1", "service": "web", "causes": ["dns"]}
    return known | {"started_at": f"{day}T10:00Z", "resolved_at": f"{day}T12:00Z"} | more


def pairs(dataset: Build, incidents: list[dict[str, Any]], **tables: Any) -> list[tuple[Any, ...]]:
    data = dataset(incidents=incidents, **tables)
    table = pma.repeats(pma.snapshot(data, as_of="2026-12-31"))
    found = table[["incident_id", "repeat_of", "level"]]
    return list(found.itertuples(index=False, name=None))


def test_same_service_and_shared_cause_within_90_days(dataset: Build) -> None:
    found = pairs(
        dataset,
        [
            incident("A", "2026-01-01", causes=["dns", "deploy"]),
            incident("B", "2026-04-01"),  # 90 days after A was over
            incident("C", "2026-07-01"),  # 91 days after B was over
            incident("D", "2026-07-02", causes=["disk"]),
            incident("E", "2026-07-03", service="mail"),
            incident("F", "2026-07-04", causes=None),
            incident("G", "2026-07-05", service=None),
        ],
    )
    assert found == [("B", "A", "L2")]


def test_it_pairs_with_the_latest_earlier_one_only(dataset: Build) -> None:
    found = pairs(
        dataset,
        [incident("A", "2026-01-01"), incident("B", "2026-01-11"), incident("C", "2026-01-21")],
    )
    assert found == [("B", "A", "L2"), ("C", "B", "L2")]


def test_one_that_begins_before_the_other_is_over_does_not_follow(dataset: Build) -> None:
    found = pairs(
        dataset,
        [
            incident("A", "2026-01-01", resolved_at="2026-01-02T10:00Z"),
            incident("B", "2026-01-02", started_at="2026-01-02T09:59Z", repeat_of="A"),
            incident("C", "2026-01-02", started_at="2026-01-02T10:00Z"),  # the very moment
            incident("D", "2026-01-05", repeat_of="X"),  # unknown, so only C is found for it
        ],
    )
    assert found == [("C", "A", "L2"), ("D", "C", "L2")]


def test_a_pair_has_one_row_at_its_strongest_level(dataset: Build) -> None:
    items = [
        {"item_id": "x:1", "state": "open", "incident_id": "A", "other_incidents": ["B", "C"]},
    ]
    found = pairs(
        dataset,
        [
            incident("A", "2025-01-01"),
            incident("B", "2026-01-01", repeat_of="A"),  # L1 has no window
            incident("C", "2026-01-15"),
            incident("D", "2026-06-01", title="Web down, same as a!", causes=[]),
        ],
        items=items,
    )
    # L1: B-A; L2: C-B; L3: the ticket names A, B and C, of which C-A is left; the title of D names A.
    assert found == [("B", "A", "L1"), ("C", "A", "L3"), ("C", "B", "L2"), ("D", "A", "L3")]


def test_what_was_open_and_overdue_when_it_came_back(dataset: Build) -> None:
    """A was over on 1 January, due 16 January; B begins on 20 January at 10:00 UTC."""
    base = {"incident_id": "A", "created_at": "2026-01-02T10:00Z"}
    items = [
        {"item_id": "x:1", "state": "open", "kind": "prevent", **base},
        {
            "item_id": "x:2",
            "state": "done",
            "kind": "prevent",
            "closed_at": "2026-01-20T10:01Z",
            **base,
        },
        {
            "item_id": "x:3",
            "state": "done",
            "kind": "prevent",
            "closed_at": "2026-01-20T09:59Z",
            **base,
        },
        {"item_id": "x:4", "state": "open", "kind": "detect", **base},
        {
            "item_id": "x:5",
            "state": "open",
            "kind": "prevent",
            "incident_id": "A",
            "created_at": "2026-02-01T10:00Z",
        },
        {"item_id": "x:6", "state": "done", "kind": "prevent", **base},  # closed, nobody knows when
    ]
    data = dataset(
        incidents=[incident("A", "2026-01-01"), incident("B", "2026-01-20")], items=items
    )
    row = pma.repeats(pma.snapshot(data, as_of="2026-12-31")).iloc[0]
    assert row["days_between"] == 19
    assert (row["open_before"], row["overdue_before"]) == (3, 3)
    assert (row["preventive_open_before"], row["preventive_overdue_before"]) == (2, 2)
    assert row["cause"] == "dns"


def test_without_any_kind_the_preventive_counts_are_missing(dataset: Build) -> None:
    items = [{"item_id": "x:1", "state": "open", "incident_id": "A"}]
    data = dataset(
        incidents=[incident("A", "2026-01-01"), incident("B", "2026-01-10")], items=items
    )
    row = pma.repeats(pma.snapshot(data, as_of="2026-12-31")).iloc[0]
    assert (row["open_before"], row["overdue_before"]) == (1, 0)
    assert pd.isna(row["preventive_open_before"])


def test_narrowing_finds_repeats_before_it_narrows(dataset: Build) -> None:
    data = dataset(
        incidents=[
            incident("A", "2026-01-01", severity="sev2"),
            incident("B", "2026-01-10", severity="sev1"),
        ],
        items=[{"item_id": "x:1", "state": "open", "incident_id": "B"}],
    )
    snapshot = pma.snapshot(data, as_of="2026-12-31")
    assert len(pma.repeats(snapshot.where(severity="sev1"))) == 1
    assert pma.repeats(snapshot.where(severity="sev2")).empty
    assert list(pma.repeats(snapshot, by="severity"))[:2] == ["severity", "incident_id"]


def test_decisions_confirm_and_deny(dataset: Build) -> None:
    incidents = [
        incident("A", "2026-01-01"),
        incident("B", "2026-01-10"),
        incident("C", "2026-06-01"),
    ]
    decisions = [
        {"decided_on": "2026-07-01", "subject": "B", "kind": "not_repeat", "value": "A"},
        {"decided_on": "2026-07-01", "subject": "C", "kind": "repeat", "value": "a"},
    ]
    assert pairs(dataset, incidents, decisions=decisions) == [("C", "A", "L1")]


def test_ways_to_write_that_it_is_the_same(dataset: Build) -> None:
    alone = {"causes": [], "service": None}
    titles = [
        "Same as INC-7",
        "same as: [inc-7]",
        'Down, same as last week, same as "INC-7"',
        "same as incident INC-7",
    ]
    named = [
        incident(f"N{n}", "2026-02-01", title=title, **alone) for n, title in enumerate(titles)
    ]
    found = pairs(dataset, [incident("INC-7", "2026-01-01", **alone), *named])
    assert found == [(f"N{n}", "INC-7", "L3") for n in range(4)]
    keyed = [
        incident("acme/ops#7", "2026-01-01", **alone),
        incident("B", "2026-02-01", title="same as acme/ops#7", **alone),
    ]
    assert pairs(dataset, keyed) == [("B", "acme/ops#7", "L3")]


def test_an_incident_of_a_moment_follows_others_and_not_itself(dataset: Build) -> None:
    moment = "2026-01-05T10:00Z"
    found = pairs(
        dataset,
        [
            incident("A", "2026-01-01", causes=["DNS "]),
            incident("B", "2026-01-05", started_at=moment, resolved_at=moment),
            incident("C", "2026-01-06"),
        ],
    )
    assert found == [("B", "A", "L2"), ("C", "B", "L2")]


def test_incidents_whose_names_differ_in_case_only_are_two(dataset: Build) -> None:
    """What is written to the letter is meant."""
    alone = {"causes": [], "service": None}
    first = [incident("INC-1", "2026-01-01", **alone), incident("inc-1", "2026-01-02", **alone)]
    said = incident("B", "2026-02-01", repeat_of="inc-1", **alone)
    titled = incident("C", "2026-02-02", title="same as INC-1", **alone)
    found = pairs(dataset, [*first, said, titled])
    assert found == [("B", "inc-1", "L1"), ("C", "INC-1", "L3")]
    decisions = [{"decided_on": "2026-07-01", "subject": "B", "kind": "repeat", "value": "inc-1"}]
    confirmed = incident("B", "2026-02-01", **alone)
    found = pairs(dataset, [*first, confirmed], decisions=decisions)
    assert found == [("B", "inc-1", "L1")]


def test_a_service_is_the_same_however_it_is_written_and_no_cause_is_none(dataset: Build) -> None:
    found = pairs(
        dataset,
        [
            incident("A", "2026-01-01", service="Pay API"),
            incident("B", "2026-02-01", service="pay-api"),
            incident("C", "2026-02-02", service="mail", causes=[""]),
            incident("D", "2026-02-03", service="mail", causes=[" "]),
        ],
    )
    assert found == [("B", "A", "L2")]


def test_two_incidents_of_one_moment_are_not_each_the_return_of_the_other(dataset: Build) -> None:
    moment = "2026-01-05T10:00Z"
    alone = {"causes": None, "started_at": moment, "resolved_at": moment}
    ticket = {"item_id": "x:1", "incident_id": "A", "other_incidents": ["B"], "state": "open"}
    same = [incident("A", "2026-01-05", **alone), incident("B", "2026-01-05", **alone)]
    assert pairs(dataset, same, items=[ticket]) == [("B", "A", "L3")]
    assert pairs(dataset, same[::-1], items=[ticket]) == [("A", "B", "L3")]
    said = [one | {"repeat_of": other} for one, other in zip(same, "BA", strict=True)]
    assert pairs(dataset, said) == [("B", "A", "L1")]
