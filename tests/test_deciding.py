"""Decisions in the snapshot: from their day on, in the order of time, and flow still adds up."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.settings import Settings
from pmanalytics.snapshots import Snapshot

Build = Callable[..., Dataset]
World = Callable[..., Snapshot]

# Resolved on the first of June: a promise of 15 days, due on 2026-06-16.
INCIDENT = {
    "incident_id": "INC-1",
    "severity": "sev1",
    "started_at": "2026-06-01T06:00Z",
    "resolved_at": "2026-06-01T08:00Z",
}
ITEM = {
    "item_id": "jira:PAY-1",
    "key": "PAY-1",
    "incident_id": "INC-1",
    "team": "Core",
    "state": "open",
    "created_at": "2026-06-01T09:00Z",
}
DROP = {"decided_on": "2026-06-10", "subject": "PAY-1", "kind": "drop"}
FLOW = ["opening", "new", "done", "dropped", "reopened", "closing"]


@pytest.fixture
def world(dataset: Build) -> World:
    """The snapshot of one item of one incident, in Los Angeles: `world("2026-06-10", [DROP])`."""

    def build(
        as_of: str, decisions: list[dict[str, Any]], **rows: list[dict[str, Any]]
    ) -> Snapshot:
        given = {"items": [ITEM], "incidents": [INCIDENT], **rows}
        zone = Settings(timezone="America/Los_Angeles")
        data = dataset(**given, decisions=decisions, settings=zone)
        return pma.snapshot(data, as_of=as_of, period="2026-06")

    return build


def told(snapshot: Snapshot) -> tuple[str, str, str]:
    """State, closing day and standing of the only item."""
    item = snapshot.items.iloc[0]
    return item["state"], str(item["closed_on"])[:10], item["standing"]


def last_flow(snapshot: Snapshot) -> list[int]:
    return pma.flow(snapshot)[FLOW].iloc[-1].tolist()


def state(at: str, after: str) -> dict[str, Any]:
    return {"subject": "jira:PAY-1", "at": at, "field": "state", "after": after}


def test_a_drop_counts_from_its_day_on(world: World) -> None:
    assert told(world("2026-06-09", [DROP])) == ("open", "NaT", "pending")
    assert told(world("2026-06-10", [DROP])) == ("dropped", "2026-06-10", "dropped_in_time")
    # The day of the decision counts, not the day of the report; 2026-06-17 is one too late.
    assert told(world("2026-09-01", [DROP])) == ("dropped", "2026-06-10", "dropped_in_time")
    late = DROP | {"decided_on": "2026-06-17"}
    assert told(world("2026-09-01", [late])) == ("dropped", "2026-06-17", "dropped_late")
    assert world("2026-09-01", [DROP]).items["first_closed_on"].iloc[0] == pd.Timestamp(
        "2026-06-10"
    )


def test_the_tracker_keeps_its_own_word_beside_what_was_decided(world: World) -> None:
    items = world("2026-06-30", [DROP]).items
    assert items[["state", "tracker_state"]].to_numpy().tolist() == [["dropped", "open"]]
    # It closes the ticket on the 25th, so that on the 24th it still has it open.
    closed = ITEM | {"state": "dropped", "closed_at": "2026-06-25T20:00Z"}
    said = [
        world(day, [DROP], items=[closed]).items["tracker_state"].iloc[0]
        for day in ("2026-06-24", "2026-06-25")
    ]
    assert said == ["open", "dropped"]


def test_flow_adds_up_with_drops(world: World) -> None:
    assert last_flow(world("2026-06-30", [DROP])) == [0, 1, 0, 1, 0, 0]
    kept = [DROP, {"decided_on": "2026-06-20", "subject": "jira:PAY-1", "kind": "keep"}]
    assert last_flow(world("2026-06-19", kept)) == [0, 1, 0, 1, 0, 0]
    assert last_flow(world("2026-06-30", kept)) == [0, 1, 0, 1, 1, 1]
    assert told(world("2026-06-30", kept)) == ("open", "NaT", "overdue")


def test_what_a_tracker_closed_before_stays_as_it_was(world: World) -> None:
    done = ITEM | {"state": "done", "closed_at": "2026-06-10T20:00Z"}
    assert told(world("2026-06-30", [DROP], items=[done])) == ("done", "2026-06-10", "met")
    assert last_flow(world("2026-06-30", [DROP], items=[done])) == [0, 1, 1, 0, 0, 0]
    undated = ITEM | {"state": "done"}
    assert told(world("2026-06-30", [DROP], items=[undated])) == ("done", "NaT", "unknown")


def test_a_tracker_that_catches_up_moves_no_date(world: World) -> None:
    closed = ITEM | {"state": "dropped", "closed_at": "2026-06-25T20:00Z"}
    snapshot = world("2026-06-30", [DROP], items=[closed])
    assert told(snapshot) == ("dropped", "2026-06-10", "dropped_in_time")
    assert last_flow(snapshot) == [0, 1, 0, 1, 0, 0]
    # A decision to keep what its tracker has dropped by now opens nothing.
    keep = {"decided_on": "2026-06-28", "subject": "PAY-1", "kind": "keep"}
    assert told(world("2026-06-30", [DROP, keep], items=[closed]))[0] == "dropped"


def test_what_a_tracker_says_later_counts(world: World) -> None:
    done = ITEM | {"state": "done", "closed_at": "2026-06-15T20:00Z"}
    snapshot = world("2026-06-30", [DROP], items=[done])
    assert told(snapshot) == ("done", "2026-06-15", "met")
    # Closed twice: it counts as opened in between, so that flow adds up.
    assert last_flow(snapshot) == [0, 1, 1, 1, 1, 0]
    again = ITEM | {"updated_at": "2026-06-20T20:00Z"}
    story = [state("2026-06-12T20:00Z", "done"), state("2026-06-20T20:00Z", "open")]
    reopened = world("2026-06-30", [DROP], items=[again], events=story)
    assert told(reopened) == ("open", "NaT", "overdue")
    assert last_flow(reopened) == [0, 1, 1, 1, 2, 1]


def test_a_drop_of_a_duplicate_is_one_of_the_ticket_that_is_left(world: World) -> None:
    gone = ITEM | {
        "item_id": "jira:PAY-2",
        "key": "PAY-2",
        "state": "dropped",
        "closed_at": "2026-06-05T20:00Z",
        "duplicate_of": "jira:PAY-1",
    }
    drop = DROP | {"subject": "PAY-2"}
    assert told(world("2026-06-30", [drop], items=[ITEM, gone]))[:2] == ("dropped", "2026-06-10")


def test_what_leads_into_a_circle_of_duplicates_is_about_itself() -> None:
    from pmanalytics.decisions import item_of
    from pmanalytics.tables import conform

    leads = {"x:1": "x:2", "x:2": "x:3", "x:3": "x:2", "x:4": "x:5", "x:5": "x:6", "x:6": "y:9"}
    rows = [
        {"item_id": item, "duplicate_of": other, "state": "dropped"}
        for item, other in leads.items()
    ]
    items = conform(pd.DataFrame(rows), "items")
    found = item_of(pd.Series(["x:1", "x:2", "x:4", "x:6"]), items)
    assert found.tolist() == ["x:1", "x:2", "x:6", "x:6"]


def test_promised_days_and_teams_are_decided(world: World) -> None:
    decisions = [
        {"decided_on": "2026-06-12", "subject": "PAY-1", "kind": "promised", "until": "2026-07-01"},
        {"decided_on": "2026-06-08", "subject": "PAY-1", "kind": "promised", "until": "2026-06-20"},
        {"decided_on": "2026-06-12", "subject": "PAY-1", "kind": "owner_team", "value": "web team"},
    ]  # fmt: skip
    own = ITEM | {"promised_on": "2026-06-15"}
    teams = [{"team": "Core"}, {"team": "Web Team"}]
    known = {
        day: world(day, decisions, items=[own], teams=teams).items.iloc[0]
        for day in ("2026-06-07", "2026-06-11", "2026-06-12")
    }
    assert [str(item["promised_on"])[:10] for item in known.values()] == [
        "2026-06-15",
        "2026-06-20",
        "2026-07-01",
    ]
    assert [(item["team"], item["team_rule"]) for item in known.values()] == [
        ("Core", "item"),
        ("Core", "item"),
        ("Web Team", "decision"),
    ]


@pytest.mark.parametrize("subject", ["PAY-9", "PAY-1", None])
def test_decisions_about_nothing_or_too_much_change_nothing(
    world: World, subject: str | None
) -> None:
    twin = ITEM | {"item_id": "other:PAY-1"}
    decisions = [
        DROP | {"subject": subject},
        {"decided_on": "2026-06-10", "subject": subject, "kind": "promised", "until": "2026-07-01"},
        {"decided_on": "2026-06-10", "subject": subject, "kind": "owner_team", "value": "Web"},
        {"decided_on": None, "subject": "jira:PAY-1", "kind": "drop"},
    ]  # fmt: skip
    items = world("2026-06-30", decisions, items=[ITEM, twin]).items
    assert items["state"].tolist() == ["open", "open"]
    assert items["promised_on"].isna().all()
    assert items["team"].tolist() == ["Core", "Core"]


def test_dropping_the_items_of_the_sample_keeps_every_sum(sample: Dataset, q3: Snapshot) -> None:
    from dataclasses import replace

    from pmanalytics.tables import conform

    still_open = q3.items.loc[q3.items["state"] == "open", "item_id"].head(20)
    rows = pd.DataFrame({"decided_on": "2026-09-15", "subject": still_open, "kind": "drop"})
    decided = pd.concat([sample.decisions, conform(rows, "decisions")], ignore_index=True)
    after = pma.snapshot(replace(sample, decisions=decided), as_of="2026-10-12", period="2026Q3")
    assert (after.items["state"] == "open").sum() == (q3.items["state"] == "open").sum() - 20
    table = pma.flow(after)
    change = table["new"] + table["reopened"] - table["done"] - table["dropped"]
    assert (table["opening"] + change == table["closing"]).all()
    # In that quarter nothing but the 20 drops is new.
    third = table.set_index("period").loc["2026Q3", FLOW[1:5]]
    before = pma.flow(q3).set_index("period").loc["2026Q3", FLOW[1:5]]
    assert (third - before).tolist() == [0, 0, 20, 0]


DAYS = st.integers(1, 60).map(lambda n: str(pd.Timestamp("2026-06-01") + pd.Timedelta(n, "D"))[:10])
TOLD = st.lists(st.tuples(DAYS, st.sampled_from(["open", "done", "dropped"])), max_size=4)
MADE = st.lists(st.tuples(DAYS, st.sampled_from(["drop", "keep"])), max_size=4)


@given(TOLD, MADE, DAYS)
def test_flow_adds_up_whatever_is_told_and_decided(
    dataset: Build, told_days: list[Any], made: list[Any], as_of: str
) -> None:
    story = sorted(told_days, key=lambda change: change[0])
    last = story[-1] if story else ("", "open")
    shut = {} if last[1] == "open" else {"closed_at": f"{last[0]}T12:00Z"}
    data = dataset(
        items=[ITEM | {"state": last[1], **shut}],
        incidents=[INCIDENT],
        events=[state(f"{day}T12:00Z", word) for day, word in story],
        decisions=[{"decided_on": day, "subject": "PAY-1", "kind": kind} for day, kind in made],
        settings=Settings(timezone="UTC"),
    )
    snapshot = pma.snapshot(data, as_of=as_of)
    item = snapshot.items.iloc[0]
    table = pma.flow(snapshot)
    change = table["new"] + table["reopened"] - table["done"] - table["dropped"]
    assert (table["opening"] + change == table["closing"]).all()
    assert table["closing"].iloc[-1] == (item["state"] == "open")
    assert pd.isna(item["closed_on"]) == (item["state"] == "open")
    known = [day for day, kind in made if kind == "drop" and day <= as_of]
    if not [word for day, word in story if day <= as_of] and not [
        1 for _, kind in made if kind == "keep"
    ]:
        # Only drops: the first of them closed it.
        assert (item["state"], str(item["closed_on"])[:10]) == (
            ("dropped", min(known)) if known else ("open", "NaT")
        )
