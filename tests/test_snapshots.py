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

# Reference case W03: Los Angeles time, 15 and 30 calendar days after the incident was resolved, no
# target for sev3, as of 2026-04-10.
STANDING = {"cancelled_in_time": "dropped_in_time", "cancelled_late": "dropped_late"}
CODE = {"open": 0, "done": 1, "dropped": 2}
Case = tuple[Dataset, dict[str, Any]]


@pytest.fixture(scope="module")
def cases(w03: Case) -> Dataset:
    """The items of the reference case, one incident each."""
    return w03[0]


@pytest.fixture(scope="module")
def quarter(cases: Dataset) -> pma.Snapshot:
    return pma.snapshot(cases, as_of="2026-04-10", period="2026Q1")


@pytest.fixture(scope="module")
def judged(quarter: pma.Snapshot) -> pd.DataFrame:
    return quarter.items.set_index("item_id")


@pytest.mark.parametrize("name", [f"I{number}" for number in range(1, 16)])
def test_every_item_of_the_reference_case(w03: Case, judged: pd.DataFrame, name: str) -> None:
    item, expected = judged.loc[name], w03[1]
    state = expected["state"][name]
    assert item["standing"] == STANDING.get(state, state)
    due = str(item["due_on"].date()) if pd.notna(item["due_on"]) else None
    assert due == expected["due"].get(name)
    told = None if pd.isna(item["days"]) else [item["days"], CODE[item["state"]]]
    assert told == expected["T_code"].get(name)


def test_the_headline_of_the_reference_case(w03: Case, quarter: pma.Snapshot) -> None:
    row, headline = pma.attainment(quarter).iloc[0], w03[1]["headline"]
    counts = (row["met"], row["due"], row["dropped_in_time"], row["unknown"])
    expected = ("met", "n", "cancelled_in_time", "unknown")
    assert counts == tuple(headline[name] for name in expected)
    assert row["attainment"] == pytest.approx(headline["attainment"], abs=1e-6)
    assert row[["low", "high"]].tolist() == pytest.approx(headline["wilson"], abs=1e-6)
    bounds = row[["bound_low", "bound_high"]].tolist()
    assert bounds == pytest.approx(headline["bounds"], abs=1e-6)
    # Of the two waivers one was granted after the due day; it changes nothing.
    assert row["waived"] == 1
    adjusted = w03[1]["adjusted"]
    assert row["attainment_adjusted"] == pytest.approx(adjusted["met"] / adjusted["n"])


def test_the_waiver_of_the_reference_case(w03: Case, judged: pd.DataFrame) -> None:
    in_time = judged["closed_on"] <= judged["adjusted_due_on"]
    met = judged.index[in_time & judged["state"].eq("done") & judged["standing"].ne("met")]
    assert dict.fromkeys(met, "met") == w03[1]["adjusted_state"]


def test_the_backlog_of_the_reference_case(w03: Case, quarter: pma.Snapshot) -> None:
    judged, expected = quarter.items.set_index("item_id"), w03[1]["backlog"]
    still_open = judged[judged["state"] == "open"]
    assert sorted(still_open.index) == expected["open"]
    overdue = judged[judged["standing"] == "overdue"]
    assert list(overdue.index) == expected["overdue"]
    assert overdue["days_over"].sum() == expected["overdue_days_sum"]
    assert still_open["days"].to_dict() == expected["age_days"]
    # In bands of age: 21 days, 85 days, and 90 days, the last of them overdue.
    bands = pma.backlog(quarter).set_index("age_band").loc[["16-30", "61-90"]]
    assert bands.to_numpy().tolist() == [[1, 0], [2, 1]]


def test_done_before_the_clock_is_done_on_day_0(w03: Case, judged: pd.DataFrame) -> None:
    early = judged.index[(judged["closed_on"] < judged["clock_on"]).to_numpy()]
    assert list(early) == w03[1]["done_before_clock"]
    assert judged.loc[early, "days"].tolist() == [0]


def test_met_then_reopened_can_be_seen(w03: Case, quarter: pma.Snapshot) -> None:
    judged = quarter.items.set_index("item_id")
    names = w03[1]["met_then_reopened"]
    assert [str(day.date()) for day in judged.loc[names, "first_closed_on"]] == ["2026-02-01"]
    assert [str(day.date()) for day in judged.loc[names, "closed_on"]] == ["2026-03-01"]
    found = pma.reopenings(quarter, by="item_id")
    assert found.loc[found["met_then_reopened"] == 1, "item_id"].tolist() == names


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


def test_people_who_left_are_spelled_as_the_registry_spells_them(
    dataset: Callable[..., Dataset],
) -> None:
    people = [
        {"person": "ada example", "team": "Core-Platform", "until": "2026-03-31"},
        {"person": "Ben", "team": "core platform", "until": "2026-03-31"},
        {"person": "ben", "team": "core platform", "since": "2026-04-01", "until": "2026-05-31"},
        {"person": "Cleo", "until": "2026-05-31"},
        {"person": "Dora", "team": "core", "since": "2026-09-01", "until": "2026-10-31"},
    ]
    data = dataset(people=people, teams=[{"team": "Core Platform", "aliases": ["core"]}])
    left = pma.snapshot(data, as_of="2026-07-01").former_people
    assert left[["person", "team"]].fillna("").to_numpy().tolist() == [
        ["ada example", "Core Platform"],
        ["Ben", "Core Platform"],
        ["Ben", "Core Platform"],
        ["Cleo", ""],
    ]


def test_an_item_is_there_once(dataset: Callable[..., Dataset]) -> None:
    item = {"item_id": "x:1", "state": "open", "created_at": "2026-01-01T10:00Z"}
    for name in ("x:1", None):
        with pytest.raises(UsageError, match=f"item_id {name or 'nan'} is in the table items more"):
            pma.snapshot(dataset(items=[item | {"item_id": name}] * 2), as_of="2026-07-01")
