"""The decisions to take now: each rule with a case in which it applies and one in which not."""

from collections.abc import Callable
from typing import Any

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from tests.reporting.contents.test_answers import opened
from tests.reporting.worlds import INCIDENTS, ITEMS, SERVICES, incident, item

Build = Callable[..., Dataset]
OWNED = [{"service": "pay", "team": "core"}, {"service": "web", "team": "shop"}]
CALM = [one for one in ITEMS if one["item_id"] != "a2"]


def places(report: pma.Report) -> list[str]:
    return [decision.exhibit for decision in pma.decisions_now(report)]


def test_where_no_rule_applies_nothing_is_proposed(dataset: Build) -> None:
    assert pma.decisions_now(opened(dataset, items=CALM)) == ()


def test_the_weakest_service_needs_a_repeat_and_open_preventive_work(dataset: Build) -> None:
    first = pma.decisions_now(opened(dataset))[0]
    assert first.text == "Fund the open preventive work of pay before new features, or release it."
    assert first.why == (
        "1 of its 2 incidents was the return of an earlier one; 1 preventive item open, 1 overdue."
    )
    assert first.exhibit == "weak_services"
    apart = [one | {"causes": [one["incident_id"]]} for one in INCIDENTS]
    assert places(opened(dataset, incidents=apart)) == ["oldest_overdue"]


def test_a_repeat_of_long_ago_proposes_nothing(dataset: Build) -> None:
    long_ago = [incident("X", "2024-01-01"), incident("Y", "2024-02-01")]
    owed = [item("y1", "Y", due_on=None)]
    report = opened(dataset, incidents=[*INCIDENTS[:1], *long_ago], items=[*ITEMS[:1], *owed])
    assert "weak_services" not in places(report)


def test_a_service_without_an_owner_is_named_when_overdue_work_hangs_on_it(dataset: Build) -> None:
    owed = [*CALM, item("o2", "O", kind="detect")]
    (decision,) = pma.decisions_now(opened(dataset, items=owed))
    assert decision.text == "Name the team that owns web."
    assert decision.why == "Nobody owns it, and 1 overdue item concerns it."
    assert places(opened(dataset, items=owed, services=OWNED)) == []
    assert places(opened(dataset, items=CALM, services=SERVICES)) == []


def test_overdue_preventive_items_of_sev1_come_before_those_of_sev2(dataset: Build) -> None:
    apart = [one | {"causes": [one["incident_id"]]} for one in INCIDENTS]
    both = [*ITEMS, item("c2", "C")]
    (decision,) = pma.decisions_now(opened(dataset, items=both, incidents=apart, services=OWNED))
    assert decision.text.startswith("Schedule the Sev-1 preventive item that is overdue")
    assert decision.why == "It is 88 days past its policy day."
    (decision,) = pma.decisions_now(
        opened(dataset, items=[*CALM, item("c2", "C"), item("c3", "C")], services=OWNED)
    )
    assert decision.text.startswith("Schedule the 2 Sev-2 preventive items that are overdue")
    # Due on 9 August: 64 days before 12 October.
    assert decision.why == "The oldest is 64 days past its policy day."


def test_promises_that_fell_beyond_chance_are_a_decision(dataset: Build) -> None:
    days = [("Q", "2026-04-10", "2026-04-12"), ("R", "2026-07-10", "2026-09-01")]
    incidents = [incident(f"{q}{n}", day, causes=[]) for q, day, _ in days for n in range(8)]
    items = [item(f"{q}{n}-1", f"{q}{n}", done) for q, _, done in days for n in range(8)]
    (decision,) = pma.decisions_now(opened(dataset, incidents=incidents, items=items))
    assert decision.exhibit == "attainment_trend"
    assert decision.why == "0% kept, after 100%: more than chance."


def test_what_is_not_known_is_a_decision_from_one_in_ten(dataset: Build) -> None:
    undated = item("a3", "A") | {"state": "done"}
    (decision,) = pma.decisions_now(opened(dataset, items=[*CALM, undated]))
    # a1 and c1 kept of a1, b1, c1: with a3, between 2 of 4 and 3 of 4.
    assert decision.exhibit == "unknowns"
    assert decision.text == "Say who settles the item that cannot be judged."
    assert decision.why.endswith("anything between 50% and 75%.")
    many = [item(f"a{n}", "A", "2026-07-10") for n in range(10, 20)]
    assert places(opened(dataset, items=[*CALM, *many, undated])) == []


def test_a_commitment_past_its_day_is_a_decision(dataset: Build) -> None:
    made = {"kind": "commitment", "subject": "pay", "value": "Own it", "decided_on": "2026-07-20"}
    late, later = made | {"until": "2026-10-02"}, made | {"until": "2026-12-01"}
    (decision,) = pma.decisions_now(opened(dataset, items=CALM, decisions=[late]))
    assert decision.text == "Renew, change or release what was decided about pay."
    assert decision.why == "It is 10 days past the day that was set."
    assert places(opened(dataset, items=CALM, decisions=[later])) == []


def test_at_most_three_are_proposed(dataset: Build) -> None:
    undated = item("a3", "A") | {"state": "done"}
    owed = [*ITEMS, undated, item("o2", "O")]
    assert places(opened(dataset, items=owed)) == [
        "weak_services",
        "unowned_services",
        "oldest_overdue",
    ]


def test_last_commitments_are_the_new_the_open_and_what_was_closed_since(dataset: Build) -> None:
    def row(subject: str, day: str, kind: str = "commitment", **more: Any) -> dict[str, Any]:
        return {"kind": kind, "subject": subject, "value": "x", "decided_on": day, **more}

    decisions = [
        row("long closed", "2026-01-10", until="2026-03-01"),
        row("long closed", "2026-02-01", kind="commitment_kept"),
        row("closed since", "2026-01-11", until="2026-06-30"),
        row("closed since", "2026-07-15", kind="commitment_kept"),
        row("open", "2026-01-12"),
        row("new", "2026-07-20", until="2026-12-01"),
    ]
    table = pma.last_commitments(opened(dataset, decisions=decisions))
    assert table["subject"].tolist() == ["new", "open", "closed since"]
    assert table["state"].tolist() == ["open", "open", "kept"]
