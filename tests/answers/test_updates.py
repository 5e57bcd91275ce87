"""What trackers are told: the decisions in force that they do not follow, and nothing else."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.answers.unfollowed import decisions_in_force
from pmanalytics.answers.updates import FORMS, Updates, ticket_updates
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.tables import conform
from pmanalytics.workbook.given import given_answers

Build = Callable[..., Dataset]
DAY = "2026-07-01"


def item(key: str = "PAY-1", *, source: str = "jira", **more: Any) -> dict[str, Any]:
    return {
        "item_id": f"{source}:{key}",
        "source": source,
        "key": key,
        "title": "Alert on a full disk",
        "state": "open",
        "team": "web",
        "promised_on": "2026-08-01",
        "created_at": "2026-06-01T08:00Z",
        "observed_at": "2026-10-12T06:00Z",
        **more,
    }


def decided(kind: str, subject: str = "jira:PAY-1", **more: Any) -> dict[str, Any]:
    return {"decided_on": DAY, "subject": subject, "kind": kind, **more}


def rows_of(updates: Updates) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(updates.text)))


def told(data: Dataset, **more: Any) -> list[str]:
    """The keys of the tickets in Jira that are told something."""
    return [row["Issue key"] for row in rows_of(ticket_updates(data, form="jira_csv", **more))]


@pytest.mark.parametrize(
    ("decision", "state", "is_told"),
    [
        (decided("promised", until="2026-09-01"), "open", True),
        (decided("promised", until="2026-08-01"), "open", False),
        (decided("promised", until="2026-09-01"), "done", False),
        (decided("owner_team", value="core"), "open", True),
        (decided("owner_team", value="web"), "open", False),
        (decided("owner_team", value="core"), "dropped", False),
        (decided("drop"), "open", True),
        (decided("drop"), "done", False),
        (decided("drop"), "dropped", False),
        (decided("keep"), "open", False),
        (decided("waiver", until="2026-11-30"), "open", True),
        (decided("waiver", until="2026-11-30"), "done", False),
        (decided("note", value="ask the vendor"), "open", True),
        (decided("note", value="ask the vendor"), "done", True),
        (decided("commitment"), "open", False),
    ],
)
def test_a_ticket_is_told_what_its_tracker_does_not_follow(
    dataset: Build, decision: dict[str, Any], state: str, *, is_told: bool
) -> None:
    data = dataset(items=[item(state=state)], decisions=[decision])
    assert told(data) == (["PAY-1"] if is_told else [])


def test_a_waiver_that_was_over_when_the_export_was_made_is_not_told(dataset: Build) -> None:
    # Observed on 2026-10-12: the waiver's last day is the 11th, the 12th and unknown.
    def build(until: str, **more: Any) -> Dataset:
        return dataset(items=[item(**more)], decisions=[decided("waiver", until=until)])

    assert told(build("2026-10-11")) == []
    assert told(build("2026-10-12")) == ["PAY-1"]
    assert told(build("2026-10-11", observed_at=None)) == ["PAY-1"]


def test_a_team_is_compared_in_the_spelling_of_the_registry(dataset: Build) -> None:
    registered = [{"team": "Core Platform", "aliases": ["infra"]}]
    items = [item("PAY-1", team="Core Platform"), item("PAY-2", team=None)]
    made = [
        decided("owner_team", f"jira:{key}", value=team)
        for key, team in (("PAY-1", "core-platform"), ("PAY-2", "INFRA"))
    ]
    updates = ticket_updates(
        dataset(items=items, decisions=made, teams=registered), form="jira_csv"
    )
    assert [(row["Issue key"], row["Comment Body"]) for row in rows_of(updates)] == [
        ("PAY-2", f"Owner team Core Platform (decided on {DAY}).")
    ]


def test_what_was_decided_last_is_told_once(dataset: Build) -> None:
    made = [
        decided("promised", until="2026-12-01", decided_on="2026-07-03"),
        decided("promised", until="2026-09-01"),
        decided("drop"),
        decided("keep", decided_on="2026-07-02"),
    ]
    updates = ticket_updates(dataset(items=[item()], decisions=made), form="jira_csv")
    assert [row["Due date"] for row in rows_of(updates)] == ["2026-12-01"]
    assert "Dropped" not in updates.text


def test_what_was_dropped_is_told_nothing_else_but_the_note(dataset: Build) -> None:
    made = [
        decided("drop", reason="the service is gone"),
        decided("note", value="see the plan"),
        decided("promised", until="2026-12-01"),
        decided("owner_team", value="core"),
    ]
    (row,) = rows_of(ticket_updates(dataset(items=[item()], decisions=made), form="jira_csv"))
    assert row["Comment Body"].startswith(f"Dropped (decided on {DAY}): the service is gone.")
    assert row["Comment Body"].endswith(f"Note (written on {DAY}): see the plan.")
    assert list(row) == ["Issue key", "Summary", "Comment Body"]


@pytest.mark.parametrize(
    ("at", "is_told"), [("2026-07-01T21:59:59Z", True), ("2026-07-01T22:00:00Z", False)]
)
def test_a_drop_that_the_tracker_overruled_is_in_force_no_more(
    dataset: Build, at: str, *, is_told: bool
) -> None:
    # Reopened in the last second of the day of the decision in Berlin, and right after it.
    events = [
        {"subject": "jira:PAY-1", "at": "2026-06-20T08:00:00Z", "field": "state", "after": "done"},
        {"subject": "jira:PAY-1", "at": at, "field": "state", "before": "done", "after": "open"},
    ]
    data = dataset(
        items=[item()],
        events=events,
        decisions=[decided("drop")],
        settings=pma.Settings(timezone="Europe/Berlin"),
    )
    # The snapshot judges by the same rule.
    state = pma.snapshot(data, as_of="2026-10-12").items["state"].tolist()
    assert state == (["dropped"] if is_told else ["open"])
    assert told(data) == (["PAY-1"] if is_told else [])


def test_given_decisions_are_told_alone_and_judged_beside_all(dataset: Build) -> None:
    data = dataset(
        items=[item("PAY-1"), item("PAY-2")],
        decisions=[
            decided("note", "jira:PAY-1", value="old"),
            decided("promised", "jira:PAY-2", until="2027-01-01", decided_on="2026-08-01"),
        ],
    )
    new = [
        decided("note", "jira:PAY-2", value="new"),
        decided("promised", "PAY-2", until="2026-12-01"),
    ]
    (row,) = rows_of(ticket_updates(data, form="jira_csv", decisions=pd.DataFrame(new)))
    # A later decision of the dataset outranks the promised date, so that it is not told.
    assert (row["Issue key"], row["Comment Body"]) == ("PAY-2", f"Note (written on {DAY}): new.")
    assert "Due date" not in row
    nothing = ticket_updates(data, form="jira_csv", decisions=pd.DataFrame())
    assert (nothing.count, nothing.left_out, nothing.notes) == (0, (), ())
    both = ticket_updates(data, form="jira_csv", decisions=data.decisions)
    assert both == ticket_updates(data, form="jira_csv")


def test_decisions_in_force_are_the_answers_of_the_next_workbook(dataset: Build) -> None:
    made = [
        decided("promised", until="2026-09-01"),
        decided("promised", until="2026-10-01", decided_on="2026-07-02"),
        decided("waiver", until="2026-11-30", decided_on="2026-07-02", reason="late"),
        decided("drop"),
        decided("owner_team", value="core"),
        decided("note", value="a"),
        decided("note", value="b"),
    ]
    data = dataset(items=[item()], decisions=made)
    in_force = decisions_in_force(data, None)[0].set_index("kind")
    (given,) = given_answers(data.decisions, data.items).to_dict("records")
    assert in_force["until"]["promised"] == given["new_promised_on"] == pd.Timestamp("2026-10-01")
    assert in_force["value"]["owner_team"] == given["new_team"] == "core"
    assert in_force["value"]["note"] == given["note"] == "b"
    # A waiver does not keep what was dropped; the snapshot judges likewise.
    assert pma.snapshot(data, as_of="2026-10-12").items["state"].tolist() == ["dropped"]
    assert given["decision"] == "drop"
    assert "Waived" not in ticket_updates(data, form="jira_csv").text
    kept = dataset(items=[item()], decisions=[*made, decided("keep", decided_on="2026-07-03")])
    # It still holds when the item is kept again.
    assert "Waived until 2026-11-30" in ticket_updates(kept, form="jira_csv").text


def test_tickets_come_by_project_and_number_whatever_the_order_of_the_rows(dataset: Build) -> None:
    keys = ["PAY-10", "APP-3", "PAY-9"]
    items = [item(key) for key in keys]
    made = [decided("note", f"jira:{key}", value="x") for key in keys]
    data = dataset(items=items, decisions=made)
    turned = dataset(items=items[::-1], decisions=made[::-1])
    assert told(data) == ["APP-3", "PAY-9", "PAY-10"]
    for form in FORMS:
        assert ticket_updates(data, form=form.name) == ticket_updates(turned, form=form.name)


def test_what_is_left_out_is_named(dataset: Build) -> None:
    data = dataset(
        items=[
            item("PAY-1"),
            item("PAY 2"),
            item("shop/web#3", source="gitlab"),
            item("7", source="postmortems"),
        ],
        decisions=[
            decided("note", subject, value="x")
            for subject in (
                "jira:PAY-1",
                "jira:PAY 2",
                "gitlab:shop/web#3",
                "postmortems:7",
                "ZZ-1",
            )
        ]
        + [decided("waiver")],
    )
    updates = ticket_updates(data, form="jira_csv")
    assert updates.count == len(rows_of(updates)) == 1
    assert updates.left_out == (
        "jira:PAY 2 has no key of the form PAY-12.",
        "1 decided item of gitlab: gitlab:shop/web#3.",
        "1 decided item of postmortems: postmortems:7.",
        "The decision about jira:PAY-1 does not count. "
        "A decision of the kind waiver needs the column until.",
        "Decisions about ZZ-1 mean no ticket of these exports.",
    )


def test_each_of_several_systems_has_a_file_of_its_own(dataset: Build) -> None:
    files = [
        {"path": f"{name}.csv", "format": "jira_csv", "source": name} for name in ("east", "west")
    ]
    items = [item("PAY-1", source="east"), item("PAY-1", source="west")]
    made = [decided("note", f"{source}:PAY-1", value=source) for source in ("east", "west")]
    data = dataset(items=items, decisions=made, files=files)
    with pytest.raises(UsageError, match="are in east, west, and each of them needs a file"):
        ticket_updates(data, form="jira_csv")
    updates = ticket_updates(data, form="jira_csv", source="west")
    assert [row["Comment Body"] for row in rows_of(updates)] == [f"Note (written on {DAY}): west."]
    assert updates.left_out == ("1 decided item of east: east:PAY-1.",)
    with pytest.raises(UsageError, match="has no tickets of github"):
        ticket_updates(data, form="github", source="west")
    with pytest.raises(UsageError, match=r"'wst' is no source .* did you mean 'west'\?"):
        ticket_updates(data, form="jira_csv", source="wst")


def test_an_unknown_form_names_the_nearest(sample: Dataset) -> None:
    with pytest.raises(UsageError, match=r"form 'jira_cvs'; did you mean 'jira_csv'\?"):
        ticket_updates(sample, form="jira_cvs")


def test_no_person_is_named(dataset: Build) -> None:
    owned = item(owners=["Wilhelmina Owner"])
    hub = item("shop/web#1", source="github", owners=["Wilhelmina Owner"])
    made = [
        decided(kind, subject, until="2026-12-01", value="core", role="Wilhelmina Owner")
        for kind in ("promised", "owner_team", "waiver", "note")
        for subject in ("jira:PAY-1", "github:shop/web#1")
    ]
    data = dataset(items=[owned, hub], decisions=made)
    for form in FORMS:
        updates = ticket_updates(data, form=form.name)
        assert updates.count == 1
        assert "Wilhelmina" not in repr(updates)


def test_decisions_are_not_changed(dataset: Build) -> None:
    data = dataset(items=[item()], decisions=[decided("note", value="x")])
    before = data.decisions.copy(deep=True)
    given = conform(pd.DataFrame([decided("drop")]), "decisions")
    kept = given.copy(deep=True)
    ticket_updates(data, form="github", decisions=given)
    pd.testing.assert_frame_equal(data.decisions, before)
    pd.testing.assert_frame_equal(given, kept)
