"""Sentinels: each on cases counted by hand, and on what must not be counted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset

Build = Callable[..., Dataset]
INCIDENT = {
    "incident_id": "A",
    "severity": "sev2",
    "started_at": "2026-06-01T08:00Z",
    "resolved_at": "2026-06-01T12:00Z",  # due on 2026-07-01
    "postmortem_published_at": "2026-06-10T12:00Z",
}


def item(number: int, **more: Any) -> dict[str, Any]:
    given = {"item_id": f"x:{number}", "key": f"X-{number}", "incident_id": "A"}
    return given | {"state": "open", "created_at": "2026-06-02T10:00Z"} | more


def closed(number: int, day: str, state: str = "done", **more: Any) -> dict[str, Any]:
    return item(number, state=state, closed_at=f"2026-{day}T10:00Z", **more)


def counted(snapshot: pma.Snapshot, sentinel: str, **options: Any) -> list[tuple[Any, Any]]:
    table = pma.sentinels(snapshot, **options)
    rows = table[table["sentinel"] == sentinel]
    return list(zip(rows["count"].tolist(), rows["of"].tolist(), strict=True))


def test_closed_on_the_due_day_or_the_two_days_before(dataset: Build) -> None:
    """Due on 2026-07-01: 06-29 and 07-01 are near, 06-28 is not, 07-02 is late and not counted."""
    rows = [closed(n, day) for n, day in enumerate(("06-28", "06-29", "07-01", "07-02"))]
    data = dataset(items=[*rows, item(9)], incidents=[INCIDENT])
    assert counted(pma.snapshot(data, as_of="2026-08-01"), "closed_near_due") == [(2, 3)]
    # Until the due day is past, only those who were early are known.
    assert counted(pma.snapshot(data, as_of="2026-07-01"), "closed_near_due") == [(0, 0)]


@pytest.mark.parametrize(("severity", "days", "share"), [("sev1", 15, "19%"), ("sev2", 30, "10%")])
def test_the_reading_says_what_even_closings_would_give(
    dataset: Build, severity: str, days: int, share: str
) -> None:
    """One item closed on each day from the incident to its due day."""
    start = pd.Timestamp("2026-06-01")
    ended = [f"{start + pd.Timedelta(days=n):%m-%d}" for n in range(days + 1)]
    rows = [closed(n, day, created_at="2026-06-01T01:00Z") for n, day in enumerate(ended)]
    data = dataset(items=rows, incidents=[INCIDENT | {"severity": severity}])
    row = pma.sentinels(pma.snapshot(data, as_of="2026-09-01")).iloc[0]
    assert f"{row['share']:.0%}" == share
    assert share in row["reading"]


def test_dropped_after_the_due_day(dataset: Build) -> None:
    rows = [closed(1, "06-20", "dropped"), closed(2, "07-02", "dropped"), closed(3, "07-03")]
    q = pma.snapshot(dataset(items=rows, incidents=[INCIDENT]), as_of="2026-08-01")
    assert counted(q, "dropped_after_due") == [(1, 2)]
    table = pma.sentinels(q).set_index("sentinel").loc["dropped_after_due"]
    # Wilson of 1 of 2
    assert [table["share"], table["low"], table["high"]] == pytest.approx(
        [0.5, 0.0945, 0.9055], abs=1e-4
    )


@pytest.mark.parametrize(
    ("subject", "before", "after", "at", "count"),
    [
        ("A", "sev1", "sev2", "2026-06-11", 2),  # the incident, and so both of its items
        ("x:1", "sev1", "sev2", "2026-06-11", 1),
        ("x:1", "1 - Critical", "3 - Moderate", "2026-06-11", 1),
        ("x:1", "sev2", "sev1", "2026-06-11", 0),  # raised
        ("x:1", "sev1", "sev2", "2026-06-09", 0),  # before publication
        ("x:1", "high", "low", "2026-06-11", 0),  # words whose order nobody told us
        ("x:3", "sev1", "sev2", "2026-06-11", 0),  # its postmortem is not published
    ],
)
def test_severity_lowered_after_publication(
    dataset: Build, subject: str, before: str, after: str, at: str, count: int
) -> None:
    other = INCIDENT | {"incident_id": "B", "postmortem_published_at": None}
    rows = [item(1), item(2), item(3, incident_id="B")]
    event = {"subject": subject, "at": at, "field": "severity", "before": before, "after": after}
    silent = dataset(items=rows, incidents=[INCIDENT, other])
    told = dataset(items=rows, incidents=[INCIDENT, other], events=[event])
    for data, day, expected in (
        (silent, "2026-08-01", (pd.NA, pd.NA)),
        (told, "2026-08-01", (count, 2)),
        (told, "2026-06-08", (pd.NA, pd.NA)),  # nothing of it had happened
    ):
        q = pma.snapshot(data, as_of=day)
        assert repr(counted(q, "downgraded_after_publication")) == repr([expected])


def test_the_history_of_severities_of_an_export(tmp_path: Path) -> None:
    """Jira tells that PAY-1 was lowered on 06-12, a table of events that incident B was."""
    lowered = {"field": "Severity", "fromString": "Sev-1", "toString": "Sev-2"}
    change = {"id": "1", "created": "2026-06-12T12:00:00.000+0000", "items": [lowered]}
    fields = {"created": "2026-06-02T10:00:00.000+0000", "status": {"name": "To Do"}}
    issues = [
        {"key": f"PAY-{n}", "fields": {"summary": f"{name} {n}", "labels": [name], **fields}}
        for n, name in ((1, "A"), (2, "A"), (3, "B"))
    ]
    issues[0]["changelog"] = {"histories": [change]}
    (tmp_path / "jira.json").write_text(json.dumps({"issues": issues}), "utf-8")
    known = pd.DataFrame([INCIDENT, INCIDENT | {"incident_id": "B"}])
    known.to_csv(tmp_path / "incidents.csv", index=False)
    event = {"subject": "B", "at": "2026-06-13T12:00Z", "field": "severity"}
    told = pd.DataFrame([event | {"before": "sev1", "after": "sev2"}])
    told.to_csv(tmp_path / "events.csv", index=False)
    data = pma.read(tmp_path)
    seen = [pma.snapshot(data, as_of=f"2026-06-{day}") for day in (11, 12, 13)]
    sentinel = "downgraded_after_publication"
    assert [counted(q, sentinel) for q in seen[1:]] == [[(1, 3)], [(2, 3)]]
    assert pma.sentinels(seen[0]).set_index("sentinel")["count"].isna()[sentinel]
    alone = seen[2].where(incident_id="A")
    assert counted(alone, sentinel) == [(1, 2)]


def test_reopened_within_thirty_days(dataset: Build) -> None:
    """As of 2026-08-31. x:1 came back after 30 days, x:2 after 31; x:3 was closed too lately.

    x:4 was dropped, not done; x:5 was done, dropped and never open again.
    """
    changes = [
        ("x:1", "06-10", "done"), ("x:1", "07-10", "open"),
        ("x:2", "06-10", "done"), ("x:2", "07-11", "open"),
        ("x:3", "08-10", "done"), ("x:3", "08-12", "open"),
        ("x:4", "06-10", "dropped"), ("x:4", "06-11", "open"),
        ("x:5", "06-10", "done"), ("x:5", "06-11", "dropped"),
    ]  # fmt: skip
    events = [
        {"subject": subject, "at": f"2026-{day}T10:00Z", "field": "state", "after": after}
        for subject, day, after in changes
    ]
    rows = [item(n) for n in (1, 2, 3, 4)] + [closed(5, "06-11", "dropped")]
    data = dataset(items=rows, incidents=[INCIDENT], events=events)
    q = pma.snapshot(data, as_of="2026-08-31")
    assert counted(q, "reopened_within_30_days") == [(1, 3)]
    assert counted(q, "reopened_within_30_days", by="item_id") == [
        (1, 1), (0, 1), (0, 0), (0, 0), (0, 1),
    ]  # fmt: skip


def test_waivers_that_came_too_late(dataset: Build) -> None:
    """x:1: in time. x:2: extended twice, the second time after the first waiver had run out.

    x:3: after the due day of 2026-07-01. x:4 is named by its key. x:5: extended while the first
    waiver still ran. A waiver of nothing is none.
    """
    waivers = [
        ("x:1", "06-20", "08-01"),
        ("x:2", "06-20", "07-10"), ("x:2", "07-11", "08-20"),
        ("x:3", "07-02", "08-01"),
        ("x:5", "06-20", "07-10"), ("x:5", "07-05", "08-20"),
        ("X-4", "07-02", "08-01"),
        ("nothing", "07-02", "08-01"),
    ]  # fmt: skip
    decisions = [
        {"kind": "waiver", "subject": subject, "decided_on": f"2026-{on}", "until": f"2026-{until}"}
        for subject, on, until in waivers
    ]
    data = dataset(
        items=[item(n) for n in (1, 2, 3, 4, 5)], incidents=[INCIDENT], decisions=decisions
    )
    q = pma.snapshot(data, as_of="2026-09-01")
    assert counted(q, "waived_after_due") == [(3, 7)]
    assert counted(q, "waived_after_due", by="item_id") == [
        (0, 1), (1, 2), (1, 1), (1, 1), (0, 2),
    ]  # fmt: skip


def sev1(number: int, resolved: str) -> dict[str, Any]:
    moments = {"started_at": f"{resolved}T08:00Z", "resolved_at": f"{resolved}T09:00Z"}
    return {"incident_id": f"I{number}", "severity": "sev1", "service": "web"} | moments


def test_fewer_items_than_the_earlier_median(dataset: Build) -> None:
    """As of 2026-09-01. Five earlier incidents with 1, 2, 3, 4 and 5 items: the median is 3.

    Of the recent ones I6 has 2 items and counts, I7 has 3 and does not; I8 was resolved within the
    last 30 days and is left out. The item that I6 got 40 days later would have come too late.
    """
    sizes = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 2, 7: 3, 8: 0}
    days = dict.fromkeys((1, 2, 3, 4, 5), "2026-01-10")
    days |= {6: "2026-06-10", 7: "2026-07-10", 8: "2026-08-10"}
    rows = [
        item(100 * number + n, incident_id=f"I{number}", created_at=f"{days[number]}T12:00Z")
        for number, size in sizes.items()
        for n in range(size)
    ]
    late = item(999, incident_id="I6", created_at="2026-07-20T12:00Z")
    incidents = [sev1(number, day) for number, day in days.items()]
    data = dataset(items=[*rows, late], incidents=incidents)
    q = pma.snapshot(data, as_of="2026-09-01")
    assert counted(q, "fewer_items_per_sev1") == [(1, 2)]
    assert counted(q, "fewer_items_per_sev1", by="severity") == [(1, 2)]
    assert counted(q, "fewer_items_per_sev1", by="kind") == [(pd.NA, pd.NA)]
    few = pma.snapshot(dataset(items=rows, incidents=incidents[1:]), as_of="2026-09-01")
    assert counted(few, "fewer_items_per_sev1") == [(0, 0)]


def test_every_group_has_every_sentinel_with_its_reading(q3: pma.Snapshot) -> None:
    table = pma.sentinels(q3, by="team")
    assert (table.groupby("team", dropna=False).size() == 6).all()
    assert table["reading"].str.len().gt(40).all()
    whole = pma.sentinels(q3).set_index("sentinel")
    added = table.groupby("sentinel")[["count", "of"]].sum()
    names = ["closed_near_due", "dropped_after_due", "reopened_within_30_days", "waived_after_due"]
    assert added.loc[names].equals(whole.loc[names, ["count", "of"]])
