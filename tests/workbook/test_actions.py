"""Actions: which items, in which order, beside which harm, with the answers that are in force."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.metrics.grouping import By
from pmanalytics.settings import Settings
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook.actions import actions_table, by_harm
from pmanalytics.workbook.counting import counted_anew
from pmanalytics.workbook.layout import ACTIONS, ANSWERS, LAST_PRINTED, OPEN_ALTHOUGH_DROPPED

Build = Callable[..., Dataset]


def incident(name: str, day: str, severity: str | None = "sev2", **more: Any) -> dict[str, Any]:
    return {
        "incident_id": name,
        "severity": severity,
        "started_at": f"{day}T03:00Z",
        "resolved_at": f"{day}T05:00Z",
        **more,
    }


def item(key: str, incident_id: str | None = None, /, **more: Any) -> dict[str, Any]:
    return {
        "item_id": f"jira:{key}",
        "source": "jira",
        "key": key,
        "title": f"Title of {key}",
        "state": "open",
        "created_at": "2026-01-05T08:00Z",
        "url": f"https://tracker.example/browse/{key}",
        "owners": ["Ada Byron"],
        "team": "payments",
        "incident_id": incident_id,
        **more,
    }


# The default policy: sev1 15 days, sev2 30 days after the incident was resolved.
INCIDENTS = [
    # 30 minutes of 100 customers; it came back, and is due on 2026-07-16.
    incident("INC-1", "2026-07-01", "sev1", impact_minutes=30, customers_affected=100),
    # 60 minutes of 1,000 customers: 60,000 customer-minutes; due on 2026-11-09.
    incident("INC-2", "2026-10-10", impact_minutes=60, customers_affected=1000, product="shop"),
    # Minutes only; due on 2026-09-16.
    incident("INC-3", "2026-09-01", "sev1", impact_minutes=500),
    # Customers only; due on 2026-09-04.
    incident("INC-4", "2026-08-05", customers_affected=9_000_000, repeat_of="INC-1"),
    # Nobody measured it; due on 2026-10-31.
    incident("INC-5", "2026-10-01"),
]
ITEMS = [
    item("OLD", state="done", closed_at="2026-03-01T09:00Z"),
    item("NONE", team=None, owners=[]),
    item("UNMEASURED", "INC-5"),
    item("CUSTOMERS", "INC-4"),
    item("WAIVED", "INC-3"),
    item("LATEST", "INC-3"),
    item("MOST-2", "INC-2"),
    item("MOST-1", "INC-2"),
    item("BACK", "INC-1", promised_on="2026-08-31"),
    item("DONE", "INC-1", state="done", closed_at="2026-07-10T09:00Z"),
    item("DONE-2", "INC-1", state="done", closed_at="2026-07-20T09:00Z"),
    item("DROPPED"),
]
DECISIONS = [
    {"decided_on": "2026-03-05", "subject": "DROPPED", "kind": "drop", "reason": "no use"},
    {"decided_on": "2026-09-10", "subject": "WAIVED", "kind": "waiver", "until": "2026-12-01"},
    # After its due day: it stands in its place to answer, and counts for nothing.
    {"decided_on": "2026-10-01", "subject": "CUSTOMERS", "kind": "waiver", "until": "2026-12-02",
     "reason": "vendor"},
    {"decided_on": "2026-10-02", "subject": "BACK", "kind": "promised", "until": "2026-11-30"},
    {"decided_on": "2026-10-02", "subject": "BACK", "kind": "owner_team", "value": "web"},
    {"decided_on": "2026-10-03", "subject": "BACK", "kind": "note", "value": "ask again"},
]  # fmt: skip


@pytest.fixture(scope="module")
def world(dataset: Build) -> Snapshot:
    data = dataset(items=ITEMS, incidents=INCIDENTS, decisions=DECISIONS)
    return pma.snapshot(data, as_of="2026-10-20", period="2026Q3")


@pytest.fixture(scope="module")
def table(world: Snapshot) -> pd.DataFrame:
    told = actions_table(world)
    return told.set_index(told["item_id"].str.removeprefix("jira:").rename("name"))


def test_harm_to_customers_comes_first(table: pd.DataFrame) -> None:
    assert table.index.tolist() == [
        # It came back, which outranks all customer-minutes.
        "BACK",
        # 60,000 customer-minutes; both are due on one day, so that the name decides.
        "MOST-1",
        "MOST-2",
        # Only the minutes are known. A waiver moves the day that counts to December.
        "LATEST",
        "WAIVED",
        # Only the customers are known, then nothing.
        "CUSTOMERS",
        "UNMEASURED",
        # Without an incident nothing is known either, nor a severity. What its tracker has open
        # stands among the open ones.
        "DROPPED",
        "NONE",
        # Closed in the period, the last one first; OLD was closed before it.
        "DONE-2",
        "DONE",
    ]


def test_the_harm_is_that_of_the_incident(table: pd.DataFrame) -> None:
    harm = ["impact_minutes", "customers_affected", "came_back"]
    assert table.loc["BACK", harm].tolist() == [30, 100, "INC-4 (2026-08-05)"]
    assert table.loc["MOST-1", "product"] == "shop"
    missing = table.loc[["LATEST", "CUSTOMERS", "NONE"], harm].isna()
    assert missing.to_numpy().tolist() == [[False, True, True], [True, False, True], [True] * 3]


def test_many_returns_of_an_incident_are_counted_behind_the_first(dataset: Build) -> None:
    days = ["2026-03-09", "2026-03-01", "2026-05-01", "2026-04-01", "2026-06-01"]
    later = [incident(f"R-{day}", day, repeat_of="INC-0") for day in days]
    data = dataset(items=[item("A", "INC-0")], incidents=[incident("INC-0", "2026-02-01"), *later])
    (told,) = actions_table(pma.snapshot(data, as_of="2026-10-20"))["came_back"]
    assert told == (
        "R-2026-03-01 (2026-03-01); R-2026-03-09 (2026-03-09); R-2026-04-01 (2026-04-01); "
        "and 2 more"
    )


def test_days_are_counted_from_the_policy_date(table: pd.DataFrame) -> None:
    days = table.loc[["BACK", "LATEST", "MOST-1", "DONE-2"], "days_over"].tolist()
    # From 16 July to 20 October 15 + 31 + 30 + 20, from 16 September 14 + 20; from 20 October to
    # 9 November 20; closed on 20 July, four days after its date.
    assert days == [96, 34, -20, 4]
    # Closed on 10 July, six days before its date: nothing is left of it.
    assert pd.isna(table.loc["DONE", "days_over"])
    assert table.loc["BACK", "standing"] == "open, overdue"
    assert table.loc["MOST-1", "standing"] == "open, not yet due"
    assert table.loc["BACK", "due_on"] == pd.Timestamp("2026-07-16")


def test_a_waiver_that_counts_stands_beside_the_policy_date(table: pd.DataFrame) -> None:
    waived = table["waived_until"].dropna()
    assert waived.to_dict() == {"WAIVED": pd.Timestamp("2026-12-01")}
    assert table.loc["WAIVED", "due_on"] == pd.Timestamp("2026-09-16")
    assert table.loc["WAIVED", "standing"] == "open, overdue"


def test_what_was_answered_stands_in_the_places_to_answer(table: pd.DataFrame) -> None:
    back = table.loc["BACK", ["new_promised_on", "new_team", "decision", "note", "check"]]
    assert back[["new_team", "note", "check"]].tolist() == ["web", "ask again", "complete"]
    assert back["new_promised_on"] == table.loc["BACK", "promised_on"] == pd.Timestamp("2026-11-30")
    assert pd.isna(back["decision"])
    vain = table.loc["CUSTOMERS", ["decision", "waiver_until", "reason", "check"]]
    assert vain.tolist() == ["ask for a waiver", pd.Timestamp("2026-12-02"), "vendor", "complete"]
    # A waiver of the configuration may come without a reason.
    assert table.loc["WAIVED", "check"] == "needs a reason"
    assert table["check"].isin(["", "complete", "needs a reason"]).all()
    assert (table["check"] == "").sum() == len(table) - 4


def test_a_drop_that_its_tracker_does_not_follow_is_said(table: pd.DataFrame) -> None:
    dropped = table.loc["DROPPED", ["state", "decision", "reason"]].tolist()
    assert dropped == [OPEN_ALTHOUGH_DROPPED, "drop", "no use"]
    others = table["state"].drop("DROPPED")
    assert set(others) == {"open", "closed: done"}


@pytest.mark.parametrize(
    ("more", "decisions", "listed"),
    [
        # Its tracker closed it, so that nothing disagrees, and it is no news.
        ({"state": "dropped", "closed_at": "2026-04-01T09:00Z"}, DECISIONS[:1], 0),
        # Somebody took the drop back: it is open like any other.
        (
            {},
            [*DECISIONS[:1], {"decided_on": "2026-04-01", "subject": "DROPPED", "kind": "keep"}],
            1,
        ),
        # The day of the decision lies ahead.
        ({}, [DECISIONS[0] | {"decided_on": "2026-10-21"}], 1),
    ],
)
def test_only_a_drop_in_force_disagrees(
    dataset: Build, more: dict[str, Any], decisions: list[dict[str, Any]], listed: int
) -> None:
    data = dataset(items=[item("DROPPED", **more)], decisions=decisions)
    shown = actions_table(pma.snapshot(data, as_of="2026-10-20", period="2026Q3"))
    assert shown["state"].tolist() == ["open"] * listed


def test_without_a_period_ninety_days_are_news(dataset: Build) -> None:
    # 2026-07-22 is 90 days before the as-of date.
    closed = [item(f"D-{day}", state="done", closed_at=f"2026-07-{day}T09:00Z") for day in (21, 22)]
    shown = actions_table(pma.snapshot(dataset(items=closed), as_of="2026-10-20"))
    assert shown["item_id"].tolist() == ["jira:D-22"]


def test_gaps_are_in_words_in_the_order_of_their_codes(dataset: Build) -> None:
    lost = item("LOST", team=None, owners=[], key=None, item_id="doc:1", source="doc")
    data = dataset(items=[lost, item("OWNED")], teams=[{"team": "payments", "project": "OWNED"}])
    shown = actions_table(pma.snapshot(data, as_of="2026-10-20")).set_index("item_id")["gap"]
    assert shown["doc:1"] == "only in a document, no ticket; nobody: no person, no team"
    assert pd.isna(shown["jira:OWNED"])


def test_the_chance_is_that_of_items_not_due_yet(q3: Snapshot) -> None:
    shown = actions_table(q3).set_index("item_id")[["chance", "like_it"]]
    known = pma.at_risk(q3).set_index("item_id")[["chance", "like_it"]].dropna()
    assert len(known) > 0
    told = shown.dropna(how="all")
    assert told.sort_index().astype(float).equals(known.sort_index().astype(float))


def test_the_sample_has_every_open_item_once_and_open_ones_first(q3: Snapshot) -> None:
    table = actions_table(q3)
    assert table["item_id"].is_unique
    still_open = set(q3.items.loc[q3.items["state"] == "open", "item_id"])
    assert set(table["item_id"].head(len(still_open))) == still_open
    assert table["key"].is_unique
    assert list(table) == ["url", *(column.name for column in ACTIONS)]
    # The items of one incident stand together.
    incidents = table["incident_id"].head(len(still_open)).dropna()
    assert (incidents != incidents.shift()).sum() == incidents.nunique()


def test_known_metrics_are_not_counted_again(world: Snapshot) -> None:
    asked = []

    def count(metric: str, *, of: Snapshot, by: By = None) -> pd.DataFrame:
        asked.append((metric, of is world))
        return counted_anew(metric, of=of, by=by)

    assert actions_table(world, count=count).equals(actions_table(world))
    assert sorted(asked) == [("at_risk", True), ("ownership_gaps", True), ("repeats", True)]


def test_a_part_keeps_the_harm_of_the_whole(world: Snapshot) -> None:
    part = actions_table(world.where(team="web"))
    assert part["item_id"].tolist() == ["jira:BACK"]
    assert part["came_back"].tolist() == ["INC-4 (2026-08-05)"]


def test_an_answer_that_names_no_single_item_is_that_of_none_in_a_part_either(
    dataset: Build,
) -> None:
    twins = [item("A"), item("A", item_id="other:A", source="other", team="web")]
    note = {"decided_on": "2026-07-01", "subject": "A", "kind": "note", "value": "which one?"}
    taken = pma.snapshot(dataset(items=twins, decisions=[note]), as_of="2026-10-20")
    part = actions_table(taken.where(team="web"))
    assert part["item_id"].tolist() == ["other:A"]
    assert part["note"].isna().all()


def test_persons_are_there_only_when_configured(dataset: Build) -> None:
    data = dataset(items=[item("A", owners=["Ada Byron", "B"])])
    assert "owners" not in actions_table(pma.snapshot(data, as_of="2026-10-20"))
    named = replace(data, settings=Settings(persons=True))
    shown = actions_table(pma.snapshot(named, as_of="2026-10-20"))
    assert shown["owners"].tolist() == ["Ada Byron; B"]


def test_answers_stand_on_the_first_screen_beside_what_hurts_whom() -> None:
    names = [column.name for column in ACTIONS]
    decision = names.index("decision")
    for fact in ("title", "impact_minutes", "customers_affected", "standing", "promised_on"):
        assert names.index(fact) < decision
    # A screen of 1,920 pixels shows about 260 letters of 7 pixels beside the numbers of the rows.
    assert sum(column.width for column in ACTIONS[: decision + 1]) < 260
    assert LAST_PRINTED["Actions"] == names[names.index(ANSWERS[0].name) - 1]


def test_nothing_gives_the_same_columns(dataset: Build) -> None:
    nothing = pma.snapshot(dataset(), as_of="2026-10-20")
    shown = actions_table(nothing)
    assert len(shown) == 0
    assert list(shown) == ["url", *(column.name for column in ACTIONS)]


def test_by_harm_is_the_order_of_the_sheet(world: Snapshot) -> None:
    still_open = world.items[(world.items["state"] == "open").to_numpy()]
    ordered = still_open["item_id"].iloc[by_harm(world, still_open)].tolist()
    shown = actions_table(world)["item_id"]
    assert ordered == [name for name in shown if name in set(ordered)]
