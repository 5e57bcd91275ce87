"""Differences between successive copies of an item, worked by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.differences import observed_changes

MARCH, APRIL, MAY = "2026-03-01T06:00Z", "2026-04-01T06:00Z", "2026-05-01T06:00Z"


def copy(item: str, made: str | None, **said: Any) -> dict[str, Any]:
    return {
        "item_id": f"jira:{item}",
        "source": "jira",
        "observed_at": made,
        "state": "open",
    } | said


def told(data: Dataset) -> list[tuple[Any, ...]]:
    found = observed_changes(data.items, data.observations, data.events)
    day = found["at"].dt.strftime("%m-%d")
    texts = (found[name].fillna("-") for name in ("before", "after"))
    return list(zip(found["subject"].str[5:], day, found["field"], *texts, strict=True))


def test_each_field_is_told_at_the_later_copy(dataset: Callable[..., Dataset]) -> None:
    data = dataset(
        observations=[
            copy("A-1", MARCH, owners=[], team="Core", promised_on="2026-03-20", severity="sev2"),
            copy("A-1", APRIL, owners=["Ann", "Bo"], team="Core", promised_on="2026-04-20"),
        ],
        items=[
            copy("A-1", MAY, owners=["Bo"], team="Web", promised_on="2026-04-20", severity="sev1"),
            copy("A-2", APRIL, owners=["Cy"], team="Web", promised_on="2026-04-20"),
        ],
    )
    # No copy of the export of April says a severity: it is not taken for one that went away.
    assert told(data) == [
        ("A-1", "04-01", "owner", "-", "Ann, Bo"),
        ("A-1", "04-01", "promised_on", "2026-03-20", "2026-04-20"),
        ("A-1", "05-01", "owner", "Ann, Bo", "Bo"),
        ("A-1", "05-01", "severity", "sev2", "sev1"),
        ("A-1", "05-01", "team", "Core", "Web"),
    ]


def test_missing_is_nothing_only_where_the_export_says_it_of_others(
    dataset: Callable[..., Dataset],
) -> None:
    data = dataset(
        observations=[copy("A-1", MARCH, team="Core", promised_on="2026-03-20")],
        items=[copy("A-1", APRIL), copy("A-2", APRIL, team="Web")],
    )
    assert told(data) == [("A-1", "04-01", "team", "Core", "-")]


def test_what_an_event_between_the_copies_tells_is_not_told_again(
    dataset: Callable[..., Dataset],
) -> None:
    event = {"subject": "jira:A-1", "field": "team", "before": "Core", "after": "Web"}
    copies = {
        "observations": [copy("A-1", MARCH, team="Core", severity="sev2")],
        "items": [copy("A-1", APRIL, team="Web", severity="sev1")],
    }
    severity = ("A-1", "04-01", "severity", "sev2", "sev1")
    team = ("A-1", "04-01", "team", "Core", "Web")
    for at, left in [("2026-03-20T00:00Z", [severity]), ("2026-02-20T00:00Z", [severity, team])]:
        assert told(dataset(**copies, events=[{**event, "at": at}])) == left


def test_a_copy_of_no_known_day_tells_nothing(dataset: Callable[..., Dataset]) -> None:
    data = dataset(
        observations=[copy("A-1", None, team="Core")], items=[copy("A-1", APRIL, team="Web")]
    )
    assert told(data) == []


def test_of_equal_copies_the_first_bounds_the_change(tmp_path: Path) -> None:
    # Weekly exports in which nothing changes must not move the change to their own day.
    head = "item_id,title,state,created_at,team,updated_at\n"
    rows = {"03-01": "Core,2026-02-01", "03-08": "Web,2026-03-05"}
    rows |= {"03-15": rows["03-08"], "03-22": rows["03-08"]}
    config = ""
    for day, row in rows.items():
        (tmp_path / f"{day}.csv").write_text(f"{head}a:1,x,open,2026-01-05T06:00Z,{row}T06:00Z\n")
        config += f'[[source]]\npath = "{day}.csv"\nobserved_at = 2026-{day}T06:00:00Z\n'
    (tmp_path / "pmanalytics.toml").write_text(config)
    data = pma.read(tmp_path)
    changes = observed_changes(data.items, data.observations, data.events)
    assert changes["at"].tolist() == [pd.Timestamp("2026-03-08T06:00Z")]
    before, after = (pma.snapshot(data, as_of=day) for day in ("2026-03-07", "2026-03-08"))
    assert [len(judged.field_changes) for judged in (before, after)] == [0, 1]
    # A tracker without a history has hand-offs too.
    assert pma.hand_offs(after)[["from_team", "to_team", "items"]].to_numpy().tolist() == [
        ["Core", "Web", 1]
    ]
    # What was known in between was known in between.
    assert before.items["team"].tolist() == ["Core"]
    assert pma.snapshot(data, as_of="2026-03-10").items["team"].tolist() == ["Web"]
