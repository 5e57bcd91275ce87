"""Repeats: known returns, candidates and denied pairs, each with its verdict, worked by hand."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.metrics.grouping import By
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook.counting import counted_anew
from pmanalytics.workbook.layout import REPEATS, key_of
from pmanalytics.workbook.pairs import repeats_table

World = Callable[..., Snapshot]
SAME = "The queue of orders stood still after a poisoned message"


def incident(name: str, day: str, title: str, **more: Any) -> dict[str, Any]:
    return {
        "incident_id": name,
        "title": title,
        "service": "orders",
        "started_at": f"{day}T03:00Z",
        "resolved_at": f"{day}T05:00Z",
        "url": f"https://incidents.example/{name}",
        **more,
    }


INCIDENTS = [
    incident("INC-1", "2026-01-10", SAME),
    # The same words: alike, and 30 days later. It cost 10 x 10 customer-minutes.
    incident("INC-2", "2026-02-09", SAME, impact_minutes=10, customers_affected=10, product="shop"),
    # It says itself that it is the return of INC-1: 59 days from 10 January to 10 March.
    incident("INC-3", "2026-03-10", "Certificate ran out", repeat_of="INC-1", impact_minutes=5),
    incident("INC-4", "2026-04-10", "Wrong prices on invoices", service="billing"),
]
DENY = {"decided_on": "2026-05-01", "subject": "inc-3", "value": "Inc-1", "kind": "not_repeat",
        "reason": "another disk"}  # fmt: skip


@pytest.fixture
def world(dataset: Callable[..., Dataset]) -> World:
    def build(*decisions: dict[str, Any]) -> Snapshot:
        items = [{"item_id": "jira:A-1", "key": "A-1", "incident_id": "INC-1", "state": "open",
                  "created_at": "2026-01-11T00:00Z"}]  # fmt: skip
        data = dataset(items=items, incidents=INCIDENTS, decisions=list(decisions))
        return pma.snapshot(data, as_of="2026-10-20")

    return build


def pairs(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(zip(table["incident_id"], table["repeat_of"], table["level"], strict=True))


def test_what_waits_for_an_answer_comes_before_what_is_known(world: World) -> None:
    table = repeats_table(world())
    assert pairs(table) == [
        ("INC-2", "INC-1", "texts much alike: your answer?"),
        ("INC-3", "INC-1", "named as a return"),
    ]
    first, second = table.to_dict("records")
    assert first["score"] == pytest.approx(1)
    assert (first["title"], first["earlier_title"]) == (SAME, SAME)
    assert (first["product"], first["impact_minutes"], first["customers_affected"]) == (
        "shop",
        10,
        10,
    )
    assert (first["days_between"], first["service"]) == (30, "orders")
    assert first["url"] == "https://incidents.example/INC-2"
    assert first["key"] == key_of("INC-2", "INC-1")
    assert (second["days_between"], second["open_before"]) == (59, 1)
    assert table["verdict"].isna().all()


def test_a_denied_pair_stays_with_its_verdict(world: World) -> None:
    table = repeats_table(world(DENY))
    assert pairs(table) == [
        ("INC-2", "INC-1", "texts much alike: your answer?"),
        ("INC-3", "INC-1", "denied: not counted as a return"),
    ]
    denied = table.iloc[1]
    assert (denied["verdict"], denied["reason"]) == ("deny", "another disk")
    assert (denied["days_between"], denied["service"]) == (59, "orders")
    assert denied["key"] == key_of("INC-3", "INC-1")


def test_a_confirmed_candidate_is_known_and_shows_its_verdict(world: World) -> None:
    said = {"decided_on": "2026-05-02", "subject": "INC-2", "value": "INC-1", "reason": "same"}
    table = repeats_table(world(said | {"kind": "repeat"}))
    # Both are known now; INC-2 cost customer-minutes, INC-3 only minutes.
    assert pairs(table) == [
        ("INC-2", "INC-1", "named as a return"),
        ("INC-3", "INC-1", "named as a return"),
    ]
    assert table["verdict"].tolist()[:1] == ["confirm"]
    assert pd.isna(table["verdict"].iloc[1])
    # Of two verdicts the last one counts.
    taken_back = said | {"kind": "not_repeat", "decided_on": "2026-05-03"}
    table = repeats_table(world(taken_back, said | {"kind": "repeat"}))
    assert pairs(table)[-1] == ("INC-2", "INC-1", "denied: not counted as a return")


@pytest.mark.parametrize(
    "told",
    [
        {"value": "INC-9"},
        {"subject": "INC-9"},
        {"value": None},
        {"subject": None},
        {"decided_on": "2026-10-21"},
    ],
)
def test_verdicts_on_nothing_or_from_later_show_nothing(world: World, told: dict[str, Any]) -> None:
    assert pairs(repeats_table(world(DENY | told))) == pairs(repeats_table(world()))


def test_a_part_shows_its_own_pairs(world: World) -> None:
    taken = world(DENY)
    assert len(repeats_table(taken.where(service="orders"))) == 2
    assert len(repeats_table(taken.where(service="billing"))) == 0


def test_the_sample_has_every_pair_once(q3: Snapshot) -> None:
    table = repeats_table(q3)
    assert len(table) == len(pma.repeats(q3)) + len(pma.similar_incidents(q3))
    assert table["key"].is_unique
    assert list(table) == ["url", *(column.name for column in REPEATS)]


def test_known_metrics_are_not_counted_again(world: World) -> None:
    asked = []

    def count(metric: str, *, of: Snapshot, by: By = None) -> pd.DataFrame:
        asked.append(metric)
        return counted_anew(metric, of=of, by=by)

    taken = world()
    assert repeats_table(taken, count=count).equals(repeats_table(taken))
    assert sorted(asked) == ["repeats", "similar_incidents"]


def test_nothing_gives_the_same_columns(dataset: Callable[..., Dataset]) -> None:
    table = repeats_table(pma.snapshot(dataset(), as_of="2026-10-20"))
    assert len(table) == 0
    assert list(table) == ["url", *(column.name for column in REPEATS)]
