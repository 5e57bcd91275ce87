"""The snapshot: states, due days and standings as of one day, from cases worked by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.policy import PolicyVersion, Rule
from pmanalytics.settings import Settings

Build = Callable[..., Dataset]

# Reference case W03 (own calculation of the method): Los Angeles time, 15 and 30 calendar days after
# the incident was resolved, no target for sev3, as of 2026-04-10. Each item: severity, resolved,
# changes of state, and where given its waiver (granted, until) or the publication.
CASES: dict[str, dict[str, Any]] = {
    "I1": {"severity": "1", "resolved": "2026-01-05T18:00Z", "changes": [("2026-01-21T03:00Z", "done")]},
    "I2": {"severity": "1", "resolved": "2026-01-06T02:00Z", "changes": [("2026-01-21T09:00Z", "done")]},
    "I3": {"severity": "1", "resolved": "2026-01-10T12:00Z", "changes": []},
    "I4": {"severity": "2", "resolved": "2026-03-20T20:00Z", "changes": []},
    "I5": {"severity": "2", "resolved": "2026-01-15T20:00Z", "changes": [("2026-02-10T20:00Z", "dropped")]},
    "I6": {"severity": "2", "resolved": "2026-01-15T20:00Z", "changes": [("2026-02-20T20:00Z", "dropped")]},
    "I7": {"severity": "3", "resolved": "2026-01-15T20:00Z", "changes": []},
    "I8": {"severity": "1", "resolved": None, "changes": [("2026-02-02T20:00Z", "done")], "published": "2026-01-20T20:00Z"},
    "I9": {"severity": "1", "resolved": "2026-01-12T20:00Z", "changes": [(None, "done")]},
    "I10": {
        "severity": "2",
        "resolved": "2026-01-20T20:00Z",
        "changes": [("2026-02-01T20:00Z", "done"), ("2026-02-10T20:00Z", "open"), ("2026-03-01T20:00Z", "done")],
    },
    "I11": {"severity": "1", "resolved": "2026-02-02T20:00Z", "changes": [("2026-02-01T20:00Z", "done")]},
    "I12": {"severity": "2", "resolved": "2026-03-25T20:00Z", "changes": [("2026-04-01T20:00Z", "done")]},
    "I13": {
        "severity": "2",
        "resolved": "2026-02-10T20:00Z",
        "changes": [("2026-03-25T20:00Z", "done")],
        "waiver": ("2026-03-01", "2026-04-01"),
    },
    "I14": {
        "severity": "1",
        "resolved": "2026-03-09T20:00Z",
        "changes": [("2026-03-20T20:00Z", "done"), ("2026-04-12T20:00Z", "open")],
    },
    "I15": {
        "severity": "2",
        "resolved": "2026-01-02T20:00Z",
        "changes": [("2026-02-05T20:00Z", "done")],
        "waiver": ("2026-02-03", "2026-02-10"),
    },
}  # fmt: skip
STANDING = {
    "I1": "met", "I2": "late", "I3": "overdue", "I4": "pending", "I5": "dropped_in_time",
    "I6": "dropped_late", "I7": "no_target", "I8": "unknown", "I9": "unknown", "I10": "late",
    "I11": "met", "I12": "met", "I13": "late", "I14": "met", "I15": "late",
}  # fmt: skip
DUE = {
    "I1": "2026-01-20", "I2": "2026-01-20", "I3": "2026-01-25", "I4": "2026-04-19",
    "I5": "2026-02-14", "I6": "2026-02-14", "I9": "2026-01-27", "I10": "2026-02-19",
    "I11": "2026-02-17", "I12": "2026-04-24", "I13": "2026-03-12", "I14": "2026-03-24",
    "I15": "2026-02-01",
}  # fmt: skip
DAYS = {
    "I1": 15, "I2": 16, "I3": 90, "I4": 21, "I5": 26, "I6": 36, "I7": 85, "I10": 40, "I11": 0,
    "I12": 7, "I13": 43, "I14": 11, "I15": 34,
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(dataset: Build) -> Dataset:
    """The items of the reference case, one incident each."""
    items, incidents, events, decisions = [], [], [], []
    for name, case in CASES.items():
        dated = [change for change in case["changes"] if change[0]]
        state = case["changes"][-1][1] if case["changes"] else "open"
        items.append(
            {
                "item_id": name,
                "incident_id": f"INC-{name}",
                "state": state,
                "closed_at": dated[-1][0] if dated and state != "open" else None,
            }
        )
        incidents.append(
            {
                "incident_id": f"INC-{name}",
                "severity": f"sev{case['severity']}",
                "started_at": "2026-01-01T00:00Z",
                "resolved_at": case["resolved"],
                "postmortem_published_at": case.get("published"),
            }
        )
        for at, after in dated:
            events.append({"subject": name, "at": at, "field": "state", "after": after})
        if "waiver" in case:
            granted, until = case["waiver"]
            decisions.append(
                {"decided_on": granted, "subject": name, "kind": "waiver", "until": until}
            )
    return dataset(
        items=items,
        incidents=incidents,
        events=events,
        decisions=decisions,
        settings=Settings(timezone="America/Los_Angeles"),
    )


@pytest.fixture(scope="module")
def judged(cases: Dataset) -> pd.DataFrame:
    snapshot = pma.snapshot(cases, as_of="2026-04-10", period="2026Q1")
    return snapshot.items.set_index("item_id")


@pytest.mark.parametrize("name", list(CASES))
def test_every_item_of_the_reference_case(judged: pd.DataFrame, name: str) -> None:
    item = judged.loc[name]
    assert item["standing"] == STANDING[name]
    assert (str(item["due_on"].date()) if pd.notna(item["due_on"]) else None) == DUE.get(name)
    assert (item["days"] if pd.notna(item["days"]) else None) == DAYS.get(name)


def test_the_headline_of_the_reference_case(cases: Dataset) -> None:
    snapshot = pma.snapshot(cases, as_of="2026-04-10", period="2026Q1")
    row = pma.attainment(snapshot).iloc[0]
    assert (row["met"], row["due"], row["dropped_in_time"], row["unknown"]) == (3, 9, 1, 2)
    assert row["attainment"] == pytest.approx(0.333333, abs=1e-6)
    assert (row["low"], row["high"]) == pytest.approx((0.120584, 0.645798), abs=1e-6)
    assert (row["bound_low"], row["bound_high"]) == pytest.approx((0.272727, 0.454545), abs=1e-6)
    # Of the two waivers one was granted after the due day; it changes nothing.
    assert row["waived"] == 1
    assert row["attainment_adjusted"] == pytest.approx(4 / 9)


def test_the_backlog_of_the_reference_case(judged: pd.DataFrame) -> None:
    still_open = judged[judged["state"] == "open"]
    assert sorted(still_open.index) == ["I3", "I4", "I7"]
    overdue = judged[judged["standing"] == "overdue"]
    assert (list(overdue.index), overdue["days_over"].sum()) == (["I3"], 75)


def test_met_then_reopened_can_be_seen(judged: pd.DataFrame) -> None:
    reopened = judged.loc["I10"]
    assert str(reopened["first_closed_on"].date()) == "2026-02-01"
    assert str(reopened["closed_on"].date()) == "2026-03-01"


def test_a_later_as_of_sees_the_reopening(cases: Dataset) -> None:
    later = pma.snapshot(cases, as_of="2026-04-12").items.set_index("item_id")
    assert later.loc["I14", ["state", "standing"]].tolist() == ["open", "overdue"]


def test_closed_by_a_later_copy_without_a_reopening_on_record(dataset: Build) -> None:
    """Trap: the completion stamp moves on later edits; the first close is kept."""
    incident = {"incident_id": "A", "severity": "sev1", "started_at": "2026-01-01T10:00Z"}
    incident |= {"resolved_at": "2026-01-01T12:00Z"}
    item = {"item_id": "x:1", "incident_id": "A", "state": "done"}
    data = dataset(
        incidents=[incident],
        observations=[
            item | {"closed_at": "2026-01-10T10:00Z", "observed_at": "2026-01-12T10:00Z"}
        ],
        items=[item | {"closed_at": "2026-02-20T10:00Z", "observed_at": "2026-03-01T10:00Z"}],
    )
    early = pma.snapshot(data, as_of="2026-01-20").items.iloc[0]
    assert (early["standing"], str(early["closed_on"].date())) == ("met", "2026-01-10")
    late = pma.snapshot(data, as_of="2026-03-01").items.iloc[0]
    assert (late["standing"], str(late["first_closed_on"].date())) == ("late", "2026-01-10")


def test_fields_are_those_of_the_copy_known_on_the_day(dataset: Build) -> None:
    item = {"item_id": "x:1", "state": "open", "created_at": "2026-01-01T10:00Z"}
    data = dataset(
        observations=[
            item | {"team": "web", "observed_at": "2026-01-10T10:00Z"},
            item | {"team": "core", "observed_at": "2026-02-10T10:00Z"},
        ],
        items=[item | {"team": "apps", "observed_at": "2026-03-10T10:00Z"}],
    )
    teams = {
        day: pma.snapshot(data, as_of=day).items["team"].iloc[0]
        for day in ("2026-01-05", "2026-01-10", "2026-02-20", "2026-03-10")
    }
    assert list(teams.values()) == ["web", "web", "core", "apps"]


def test_what_does_not_exist_yet_is_not_there(dataset: Build) -> None:
    data = dataset(
        items=[
            {"item_id": "x:1", "created_at": "2026-01-01T10:00Z", "state": "open"},
            {"item_id": "x:2", "created_at": "2026-02-01T10:00Z", "state": "open"},
        ],
        incidents=[{"incident_id": "A", "started_at": "2026-03-01T00:00Z"}],
        services=[{"service": "web", "team": "a", "since": "2026-02-01"}],
    )
    early = pma.snapshot(data, as_of="2026-01-15")
    assert (len(early.items), len(early.incidents), len(early.services)) == (1, 0, 0)
    with pytest.raises(
        UsageError, match="lies before all data: the first item dates from 2026-01-01"
    ):
        pma.snapshot(data, as_of="2025-12-31")


def test_duplicates_of_a_known_ticket_are_merged_and_of_an_unknown_one_unknown(
    dataset: Build,
) -> None:
    incidents = [
        {"incident_id": name, "severity": "sev1", "started_at": day, "resolved_at": day}
        for name, day in (("A", "2026-01-01T10:00Z"), ("B", "2026-02-01T10:00Z"))
    ]
    closed = {"state": "dropped", "closed_at": "2026-02-05T10:00Z"}
    data = dataset(
        incidents=incidents,
        items=[
            {"item_id": "x:1", "incident_id": "B", "state": "open"},
            {"item_id": "x:2", "incident_id": "A", "duplicate_of": "x:1", **closed},
            {"item_id": "x:3", "incident_id": "A", "duplicate_of": "unknown", **closed},
        ],
    )
    items = pma.snapshot(data, as_of="2026-03-01").items.set_index("item_id")
    assert list(items.index) == ["x:1", "x:3"]
    # The survivor takes the earlier clock: 1 January + 15 days.
    assert str(items.loc["x:1", "due_on"].date()) == "2026-01-16"
    assert items.loc["x:3", "standing"] == "unknown"


def test_another_policy_can_be_tried(cases: Dataset) -> None:
    tried = pma.Policy((PolicyVersion(rules=(Rule(days=20),)),))
    items = pma.snapshot(cases, as_of="2026-04-10", policy=tried).items.set_index("item_id")
    assert items.loc["I2", "standing"] == "met"
    assert items.loc["I7", "standing"] == "overdue"


def test_narrowing_by_value_and_by_mask(q3: pma.Snapshot) -> None:
    team = q3.items["team"].dropna().iloc[0]
    one = q3.where(team=team)
    assert set(one.items["team"]) == {team}
    assert set(one.services["team"].dropna()) <= {team}
    assert len(one.incidents) <= len(q3.incidents)
    masked = q3.where(q3.items["team"].isna())
    assert masked.items["team"].isna().all()
    assert len(masked.incidents) == len(q3.incidents)
    assert len(one.whole.items) == len(q3.items)
    with pytest.raises(UsageError, match="did you mean 'team'"):
        q3.where(teem="x")


@pytest.mark.parametrize("text", ["soon", "2026-13-01", ""])
def test_an_as_of_date_that_is_none(cases: Dataset, text: str) -> None:
    with pytest.raises(UsageError, match="is not an as-of date"):
        pma.snapshot(cases, as_of=text)


def test_default_as_of_is_the_oldest_of_the_newest_observations(dataset: Build) -> None:
    files = [
        {"path": "a", "source": "jira", "items": 3, "observed_at": "2026-07-01T10:00Z"},
        {"path": "b", "source": "jira", "items": 3, "observed_at": "2026-10-02T23:30Z"},
        {"path": "c", "source": "github", "items": 1, "observed_at": "2026-10-05T10:00Z"},
        {"path": "d", "source": "pagerduty", "items": 0, "observed_at": "2026-01-05T10:00Z"},
    ]
    data = dataset(files=files, settings=Settings(timezone="Europe/Berlin"))
    assert pma.default_as_of(data) == date(2026, 10, 3)
    with pytest.raises(UsageError, match="give the as-of date"):
        pma.default_as_of(dataset(files=[{"path": "a", "source": "jira", "items": 1}]))


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(cases: Dataset, random: Any) -> None:
    order = list(range(len(cases.items)))
    random.shuffle(order)
    shuffled = replace(cases, items=cases.items.iloc[order].reset_index(drop=True))
    one = pma.snapshot(cases, as_of="2026-04-10", period="2026Q1")
    other = pma.snapshot(shuffled, as_of="2026-04-10", period="2026Q1")
    pd.testing.assert_frame_equal(pma.attainment(one), pma.attainment(other))
    pd.testing.assert_frame_equal(
        one.items.sort_values("item_id", ignore_index=True),
        other.items.sort_values("item_id", ignore_index=True),
    )


@given(st.dates(date(2026, 1, 21), date(2026, 6, 1)))
def test_nothing_after_the_as_of_date_counts(cases: Dataset, day: date) -> None:
    """Erasing what comes later from the data gives the same snapshot."""
    end = pd.Timestamp(day).tz_localize("America/Los_Angeles") + pd.DateOffset(days=1)
    events = cases.events[cases.events["at"] < end]
    # What an export made on that day would have said of each item.
    last = events.drop_duplicates("subject", keep="last").set_index("subject")
    last = last.reindex(cases.items["item_id"]).set_axis(cases.items.index)
    undated = cases.items["item_id"] == "I9"
    state = last["after"].fillna("open").mask(undated, "done")
    items = cases.items.assign(state=state, closed_at=last["at"].where(state != "open"))
    incidents = cases.incidents.assign(
        resolved_at=cases.incidents["resolved_at"].where(cases.incidents["resolved_at"] < end)
    )
    erased = replace(cases, items=items, events=events, incidents=incidents)
    pd.testing.assert_frame_equal(
        pma.snapshot(cases, as_of=day).items, pma.snapshot(erased, as_of=day).items
    )


INCIDENT = {
    "incident_id": "A",
    "severity": "sev1",
    "started_at": "2026-07-01T08:00Z",
    "resolved_at": "2026-07-01T10:00Z",
}


def told(
    dataset: Build, copies: list[dict[str, Any]], *, as_of: str, events: tuple[Any, ...] = ()
) -> list[Any]:
    """State, standing and closing day of one item after its copies, the last being the latest."""
    rows = [{"item_id": "x:1", "incident_id": "A", **copy} for copy in copies]
    data = dataset(
        incidents=[INCIDENT],
        observations=rows[:-1],
        items=rows[-1:],
        events=[
            {"subject": "x:1", "field": "state", "at": at, "after": after} for at, after in events
        ],
    )
    item = pma.snapshot(data, as_of=as_of).items.iloc[0]
    closed = item["closed_on"]
    return [item["state"], item["standing"], None if pd.isna(closed) else str(closed.date())]


DONE_5 = {"state": "done", "closed_at": "2026-07-05T10:00Z", "updated_at": "2026-07-05T10:00Z"}


def test_the_latest_copy_corrects_the_state_of_the_same_closing(dataset: Build) -> None:
    dropped = DONE_5 | {"state": "dropped", "updated_at": "2026-08-05T10:00Z"}
    assert told(dataset, [DONE_5, dropped], as_of="2026-09-01") == [
        "dropped",
        "dropped_in_time",
        "2026-07-05",
    ]


def test_the_latest_copy_corrects_a_closing_date_to_an_earlier_one(dataset: Build) -> None:
    late = DONE_5 | {"closed_at": "2026-07-25T10:00Z"}
    assert told(dataset, [late, DONE_5], as_of="2026-09-01") == ["done", "met", "2026-07-05"]


def test_a_reopening_without_a_date_follows_the_closing(dataset: Build) -> None:
    closed = {"state": "done", "closed_at": "2026-07-10T10:00Z"}
    assert told(dataset, [closed, {"state": "open"}], as_of="2026-09-01") == [
        "open",
        "overdue",
        None,
    ]


def test_of_two_events_at_one_moment_the_last_one_counts(dataset: Build) -> None:
    moment = "2026-07-10T10:00Z"
    events = ((moment, "done"), (moment, "open"))
    assert told(dataset, [{"state": "open"}], as_of="2026-09-01", events=events)[:2] == [
        "open",
        "overdue",
    ]


def test_the_latest_copy_has_the_last_word_over_recorded_events(dataset: Build) -> None:
    events = (("2026-07-05T10:00Z", "done"), ("2026-07-12T10:00Z", "open"))
    closed = {"state": "done", "closed_at": "2026-07-20T10:00Z"}
    assert told(dataset, [closed], as_of="2026-09-01", events=events) == [
        "done",
        "late",
        "2026-07-20",
    ]
    assert told(dataset, [closed], as_of="2026-07-15", events=events)[0] == "open"


def test_words_of_events_that_are_no_states_are_left_out(dataset: Build) -> None:
    events = (("2026-07-05T10:00Z", "In Progress"),)
    assert told(dataset, [{"state": "open"}], as_of="2026-09-01", events=events)[:2] == [
        "open",
        "overdue",
    ]


def test_closed_later_without_a_date_was_open_while_it_was_seen_open(dataset: Build) -> None:
    copies = [
        {"state": "open", "observed_at": "2026-08-01T10:00Z"},
        {"state": "done", "observed_at": "2026-10-01T10:00Z"},
    ]
    assert told(dataset, copies, as_of="2026-08-01")[:2] == ["open", "overdue"]
    assert told(dataset, copies, as_of="2026-09-01")[:2] == ["open", "overdue"]
    assert told(dataset, copies, as_of="2026-10-01") == ["done", "late", "2026-10-01"]


def test_closed_without_a_date_and_never_seen_open_cannot_be_judged(dataset: Build) -> None:
    copies = [
        {"state": "done", "status": "Done", "observed_at": "2026-08-01T10:00Z"},
        {"state": "done", "status": "Closed", "observed_at": "2026-10-01T10:00Z"},
    ]
    assert told(dataset, copies, as_of="2026-09-01")[:2] == ["done", "unknown"]


def test_an_item_without_a_creation_date_does_not_exist_before_its_incident(dataset: Build) -> None:
    items = [{"item_id": "x:1", "incident_id": "A", "state": "open"}]
    data = dataset(items=items, incidents=[INCIDENT])
    assert len(pma.snapshot(data, as_of="2026-06-30").items) == 0
    assert len(pma.snapshot(data, as_of="2026-07-01").items) == 1


def test_tickets_that_call_each_other_duplicates_stay(dataset: Build) -> None:
    closed = {"state": "dropped", "closed_at": "2026-07-05T10:00Z", "incident_id": "A"}
    items = [
        {"item_id": "x:1", "duplicate_of": "x:2", **closed},
        {"item_id": "x:2", "duplicate_of": "x:1", **closed},
        {"item_id": "x:3", "duplicate_of": "x:99", **closed},  # which no export holds
    ]
    found = pma.snapshot(dataset(items=items, incidents=[INCIDENT]), as_of="2026-09-01").items
    assert found["standing"].tolist() == ["unknown"] * 3


def test_a_survivor_takes_the_earliest_promise_its_waivers_and_its_incidents(
    dataset: Build,
) -> None:
    """x:2 is of B, a sev3 without a target; x:1 of A, a sev1 due on 16 July, was merged into it."""
    later = {
        "incident_id": "B",
        "severity": "sev3",
        "started_at": "2026-07-10T08:00Z",
        "resolved_at": "2026-07-10T10:00Z",
    }
    items = [
        {
            "item_id": "x:1",
            "key": "1",
            "incident_id": "A",
            "state": "dropped",
            "closed_at": "2026-07-12T10:00Z",
            "duplicate_of": "x:2",
        },
        {"item_id": "x:2", "key": "2", "incident_id": "B", "state": "open"},
    ]
    waiver = {"decided_on": "2026-07-11", "subject": "x:1", "kind": "waiver", "until": "2026-07-30"}
    data = dataset(items=items, incidents=[INCIDENT, later], decisions=[waiver])
    item = pma.snapshot(data, as_of="2026-09-01").items.iloc[0]
    assert (str(item["due_on"].date()), item["target_days"], item["standing"]) == (
        "2026-07-16",
        15,
        "overdue",
    )
    assert (item["waived"], str(item["adjusted_due_on"].date())) == (True, "2026-07-30")
    assert item["other_incidents"] == ["A"]


def test_waivers_by_key_and_by_item_id_count_in_the_order_of_time(dataset: Build) -> None:
    items = [{"item_id": "x:1", "key": "P-1", "incident_id": "A", "state": "open"}]
    waivers = [
        {"decided_on": "2026-07-10", "subject": "P-1", "kind": "waiver", "until": "2026-07-30"},
        {"decided_on": "2026-07-25", "subject": "x:1", "kind": "waiver", "until": "2026-08-20"},
    ]
    data = dataset(items=items, incidents=[INCIDENT], decisions=waivers)
    item = pma.snapshot(data, as_of="2026-09-01").items.iloc[0]
    assert str(item["adjusted_due_on"].date()) == "2026-08-20"
