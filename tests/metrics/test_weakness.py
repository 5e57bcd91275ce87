"""Weak services in their order, and quiet ones beside what chance gives; worked by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.snapshots import Snapshot

Build = Callable[..., Dataset]


def incident(name: str, day: str, service: str | None = "web", **more: Any) -> dict[str, Any]:
    """A sev1 incident from 10 to 12 o'clock UTC of a day."""
    known = {"incident_id": name, "severity": "sev1", "service": service}
    return known | {"started_at": f"{day}T10:00Z", "resolved_at": f"{day}T12:00Z"} | more


def item(name: str, of: str, closed: str | None = None, **more: Any) -> dict[str, Any]:
    """A preventive item of an incident, open or done."""
    state = "done" if closed else "open"
    known = {"item_id": f"x:{name}", "incident_id": of, "kind": "prevent", "state": state}
    shut = {"closed_at": f"{closed}T10:00Z"} if closed else {}
    return known | {"created_at": "2026-01-02T10:00Z"} | shut | more


def taken(dataset: Build, as_of: str = "2026-04-10", **tables: Any) -> Snapshot:
    return pma.snapshot(dataset(**tables), as_of=as_of)


def rows(table: pd.DataFrame) -> list[list[Any]]:
    return table.astype(object).where(table.notna(), None).to_numpy().tolist()


def test_counts_of_a_weak_service(dataset: Build) -> None:
    """A was over on 1 January: due 16 January, on 10 April 84 days ago. B: due 25 January, 75."""
    snapshot = taken(
        dataset,
        incidents=[
            incident("A", "2026-01-01"),
            incident("B", "2026-01-10", repeat_of="A"),
            incident("C", "2026-04-01", repeat_of="B"),
            incident("D", "2026-01-01", None),
        ],
        items=[
            item("1", "A"),
            item("2", "B"),
            item("3", "B", kind="detect"),  # overdue, and not preventive
            item("4", "C"),  # not yet due
            item("5", "A", "2026-03-01"),  # done late
            item("6", "D"),
        ],
    )
    assert rows(pma.weak_services(snapshot)) == [
        ["web", 3, 2, 4, 3, 84 + 75],
        [None, 1, 0, 1, 1, 84],
    ]


def test_an_incident_that_repeats_two_is_one_repeat(dataset: Build) -> None:
    """C repeats B, as both have a cause in common, and A, as it says itself."""
    snapshot = taken(
        dataset,
        incidents=[
            incident("A", "2026-01-01"),
            incident("B", "2026-02-01", causes=["dns"]),
            incident("C", "2026-03-01", causes=["dns"], repeat_of="A"),
        ],
    )
    assert len(pma.repeats(snapshot)) == 2
    assert rows(pma.weak_services(snapshot)) == [["web", 3, 1, 0, 0, 0]]


def test_where_no_item_has_a_kind_all_are_preventive(dataset: Build) -> None:
    tables = {"incidents": [incident("A", "2026-01-01")]}
    without = [item("1", "A", kind=None), item("2", "A", kind=None)]
    weak = pma.weak_services(taken(dataset, items=without, **tables))
    assert weak["overdue_days"].tolist() == [168]
    some = [item("1", "A", kind=None), item("2", "A", kind="process")]
    weak = pma.weak_services(taken(dataset, items=some, **tables))
    assert (weak["overdue_items"].tolist(), weak["overdue_days"].tolist()) == ([2], [0])
    # Whether there are kinds is asked of all items, so that services can be compared.
    snapshot = taken(dataset, items=[item("1", "A", kind=None), item("2", "A")], **tables)
    narrowed = snapshot.where(snapshot.items["item_id"] == "x:1")
    assert pma.weak_services(narrowed)["overdue_days"].tolist() == [0]


def test_most_repeats_then_most_overdue_days_then_names(dataset: Build) -> None:
    snapshot = taken(
        dataset,
        incidents=[
            incident("A1", "2026-01-01", "owing"),
            incident("A2", "2026-01-01", "quiet"),
            incident("A3", "2026-01-01", "apt"),
            incident("A4", "2026-01-01", "back"),
            incident("A5", "2026-01-02", "back", repeat_of="A4"),
            incident("A6", "2026-01-02", None, repeat_of="A4"),
        ],
        items=[item("1", "A1"), item("2", "A2", kind="detect")],
    )
    table = pma.weak_services(snapshot)
    assert rows(table[["service"]]) == [["back"], ["owing"], ["apt"], ["quiet"], [None]]


def test_groups_come_first_and_items_take_the_product_of_their_incident(dataset: Build) -> None:
    snapshot = taken(
        dataset,
        incidents=[
            incident("A", "2026-01-01", product="shop"),
            incident("B", "2026-01-02", product="shop", repeat_of="A"),
            incident("C", "2026-01-03", "mail", product="post"),
        ],
        items=[item("1", "A"), item("2", "C")],
    )
    assert rows(pma.weak_services(snapshot, by="product")) == [
        ["post", "mail", 1, 0, 1, 1, 82],
        ["shop", "web", 2, 1, 1, 1, 84],
    ]
    assert rows(pma.weak_services(snapshot, by=["service", "kind"])) == [
        ["mail", "prevent", 0, 0, 1, 1, 82],
        ["mail", None, 1, 0, 0, 0, 0],
        ["web", "prevent", 0, 0, 1, 1, 84],
        ["web", None, 2, 1, 0, 0, 0],
    ]


def test_narrowing_counts_the_repeats_found_in_all(dataset: Build) -> None:
    snapshot = taken(
        dataset,
        incidents=[
            incident("A", "2026-01-01", severity="sev2"),
            incident("B", "2026-01-02", repeat_of="A"),
        ],
        items=[item("1", "B")],
    )
    assert rows(pma.weak_services(snapshot.where(severity="sev1"))) == [["web", 1, 1, 1, 1, 83]]


def quieter(dataset: Build, **tables: Any) -> list[list[Any]]:
    return rows(pma.quieter_services(taken(dataset, as_of="2026-12-31", **tables)))


def history(**more: Any) -> list[dict[str, Any]]:
    """Over on 1 January; repeats on 11 and 21 January."""
    return [
        incident("A", "2026-01-01", **more),
        incident("B", "2026-01-11", repeat_of="A", **more),
        incident("C", "2026-01-21", repeat_of="A", **more),
    ]


def test_a_service_that_became_quiet_beside_chance(dataset: Build) -> None:
    """Done on 10 February, 40 days after A was over; 324 quiet days to the end of the year.

    2 repeats in 40 days give 2 x 324 / 40 = 16.2 in 324; the chance is (40 / 364)^2.
    """
    items = [
        item("1", "A", "2026-01-15"),
        item("2", "C", "2026-02-10"),
        item("3", "A", "2026-02-01", state="dropped"),
        item("4", "A", kind="detect"),  # still open, and not preventive
    ]
    found = quieter(dataset, incidents=history(), items=items)
    day = pd.Timestamp("2026-02-10")
    expected = ["web", 3, 2, day, 324, pytest.approx(16.2), pytest.approx((40 / 364) ** 2)]
    assert found == [expected]


@pytest.mark.parametrize(
    ("more", "listed"),
    [
        ({"closed": "2026-10-02"}, 1),  # 90 days before the end of the year
        ({"closed": "2026-10-03"}, 0),
        ({}, 0),  # open
        ({"closed": "2026-02-10", "closed_at": None}, 0),  # done, nobody knows when
        ({"closed": "2026-02-01", "state": "dropped"}, 1),
        ({"closed": "2026-02-01", "state": None}, 0),
    ],
)
def test_all_must_be_done_for_ninety_days(
    dataset: Build, more: dict[str, Any], listed: int
) -> None:
    items = [item("1", "A", "2026-01-15"), item("2", "A", **more)]
    incidents = [incident("A", "2026-01-01")]
    assert len(quieter(dataset, incidents=incidents, items=items)) == listed


@pytest.mark.parametrize(("day", "listed"), [("2026-02-10", 1), ("2026-02-11", 0)])
def test_a_repeat_after_the_last_closing_is_not_quiet(
    dataset: Build, day: str, listed: int
) -> None:
    again = incident("D", day, repeat_of="A")
    found = quieter(dataset, incidents=[*history(), again], items=[item("1", "A", "2026-02-10")])
    assert [row[5] for row in found] == ([pytest.approx(3 * 324 / 40)] if listed else [])
    # An incident that repeats nothing does not break the quiet.
    other = incident("D", day)
    assert quieter(dataset, incidents=[*history(), other], items=[item("1", "A", "2026-02-10")])


def test_without_an_earlier_repeat_the_chance_is_one_and_without_time_it_is_missing(
    dataset: Build,
) -> None:
    items = [
        item("1", "A", "2026-01-15"),
        item("2", "B", "2026-01-01"),  # on the very day
        item("3", "N", "2026-01-20", service="mail"),  # no incident at all
        item("4", "N", "2026-01-20"),  # no service
    ]
    incidents = [incident("A", "2026-01-01"), incident("B", "2026-01-01", "disk")]
    found = quieter(dataset, incidents=incidents, items=items)
    assert [row[:3] + row[5:] for row in found] == [
        ["web", 1, 1, 0, 1],
        ["disk", 1, 1, None, None],
        ["mail", 0, 1, None, None],
    ]


def test_the_first_incident_of_a_service_is_no_earlier_repeat_of_it(dataset: Build) -> None:
    """B, the only one of mail, repeats one of web: nothing came back while mail was watched."""
    incidents = [incident("A", "2026-01-01"), incident("B", "2026-01-11", "mail", repeat_of="A")]
    found = quieter(dataset, incidents=incidents, items=[item("1", "B", "2026-02-10")])
    assert [row[5:] for row in found] == [[0, 1]]


def test_an_incident_that_is_not_over_is_watched_from_its_start(dataset: Build) -> None:
    incidents = [incident("A", "2026-01-01", resolved_at=None)]
    found = quieter(dataset, incidents=incidents, items=[item("1", "A", "2026-02-10")])
    assert [row[5:] for row in found] == [[0, 1]]


def test_where_no_item_has_a_kind_all_must_be_done(dataset: Build) -> None:
    incidents = [incident("A", "2026-01-01")]
    done, still_open = item("1", "A", "2026-01-15", kind=None), item("2", "A", kind=None)
    assert quieter(dataset, incidents=incidents, items=[done])
    assert not quieter(dataset, incidents=incidents, items=[done, still_open])


def test_the_chance_is_as_often_right_as_it_says(dataset: Build) -> None:
    """300 services in which nothing changes: repeats at random, work done on day 200 of 500.

    If n repeats fall anywhere in 500 days, all of them fall into the first 200 with (200/500)^n,
    so that the sum of these says how many services are quiet for no reason.
    """
    rng = np.random.default_rng(8)
    start = pd.Timestamp("2025-01-01")
    incidents, items, chances = [], [], {}
    for name in (f"s{number:03}" for number in range(300)):
        days = np.unique(rng.integers(1, 501, rng.poisson(2)))
        incidents.append(incident(f"{name}-0", "2025-01-01", name))
        for day in days:
            on = str((start + pd.Timedelta(days=int(day))).date())
            incidents.append(incident(f"{name}-{day}", on, name, repeat_of=f"{name}-0"))
        done = str((start + pd.Timedelta(days=200)).date())
        items.append(item(name, f"{name}-0", done, created_at="2025-01-02T10:00Z"))
        chances[name] = (200 / 500) ** days.size
    as_of = str((start + pd.Timedelta(days=500)).date())
    table = pma.quieter_services(taken(dataset, as_of, incidents=incidents, items=items))
    by_chance = sum(chances.values())
    assert len(table) == pytest.approx(by_chance, abs=2 * np.sqrt(by_chance))
    expected = [chances[name] for name in table["service"]]
    assert table["chance"].tolist() == pytest.approx(expected)
