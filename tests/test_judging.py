"""Judging: each part of the policy decides through `pma.snapshot`; reference cases W05 and W06."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.policy import Policy, PolicyVersion, Rule, due_days
from pmanalytics.settings import Settings

Build = Callable[..., Dataset]
Reference = Callable[[str], dict[str, Any]]

# The order of the moments that a clock may start at: each on a day of its own.
INCIDENT = {
    "incident_id": "A",
    "severity": "sev1",
    "started_at": "2026-01-01T10:00Z",
    "resolved_at": "2026-01-03T10:00Z",
    "postmortem_published_at": "2026-01-08T10:00Z",
}
ITEM = {
    "item_id": "x:1", "incident_id": "A", "state": "open", "created_at": "2026-01-10T10:00Z",
    "kind": "prevent", "priority": "high", "service": "checkout",
}  # fmt: skip
CLOCKS = {
    "incident_started": "2026-01-01",
    "incident_resolved": "2026-01-03",
    "postmortem_published": "2026-01-08",
    "item_created": "2026-01-10",
}
MOMENTS = {
    "incident_started": "started_at",
    "incident_resolved": "resolved_at",
    "postmortem_published": "postmortem_published_at",
}


def judged(
    dataset: Build,
    *rules: Rule,
    item: dict[str, Any] | None = None,
    incident: dict[str, Any] | None = None,
    **version: Any,
) -> pd.Series:
    """The one item, judged on 1 March by the rules."""
    data = dataset(items=[ITEM | (item or {})], incidents=[INCIDENT | (incident or {})])
    policy = Policy((PolicyVersion(rules=rules, **version),))
    return pma.snapshot(data, as_of="2026-03-01", policy=policy).items.iloc[0]


@pytest.mark.parametrize("clock", list(CLOCKS))
def test_the_clock_starts_where_the_policy_says(dataset: Build, clock: Any) -> None:
    item = judged(dataset, Rule(days=10), clock=clock)
    assert (str(item["clock_on"].date()), item["clock_basis"]) == (CLOCKS[clock], clock)
    assert item["due_on"] == pd.Timestamp(CLOCKS[clock]) + pd.Timedelta(days=10)


@pytest.mark.parametrize("clock", list(MOMENTS))
def test_no_other_clock_stands_in_for_a_missing_one(dataset: Build, clock: Any) -> None:
    item = judged(dataset, Rule(days=10), clock=clock, incident={MOMENTS[clock]: None})
    assert item["standing"] == "unknown"
    assert pd.isna(item["clock_on"])


@pytest.mark.parametrize(
    ("condition", "other"),
    [
        ({"severity": "sev1"}, {"severity": "sev2"}),
        ({"kind": "prevent"}, {"kind": "detect"}),
        ({"priority": "high"}, {"priority": "low"}),
        ({"service": "checkout"}, {"service": "search"}),
    ],
)
def test_every_condition_decides_alone_and_is_more_than_none(
    dataset: Build, condition: dict[str, Any], other: dict[str, Any]
) -> None:
    general = Rule(days=90)
    assert judged(dataset, Rule(days=7, **condition), general)["target_days"] == 7
    assert judged(dataset, general, Rule(days=7, **condition))["target_days"] == 7
    assert judged(dataset, Rule(days=7, **other), general)["target_days"] == 90
    without = judged(dataset, Rule(days=7, **other))
    assert (without["standing"], pd.isna(without["target_days"])) == ("no_target", True)


def test_more_conditions_win_over_fewer(dataset: Build) -> None:
    rules = [
        Rule(days=1, severity="sev1"),
        Rule(days=2, severity="sev1", kind="prevent"),
        Rule(days=3, severity="sev1", kind="prevent", priority="high"),
        Rule(days=4, severity="sev1", kind="prevent", priority="high", service="checkout"),
    ]
    for count in range(1, 5):
        assert judged(dataset, *rules[:count][::-1])["target_days"] == count


def test_the_severity_of_the_incident_counts_before_that_of_the_item(dataset: Build) -> None:
    rules = (Rule(days=15, severity="sev1"), Rule(days=30, severity="sev2"))
    own = {"severity": "sev2"}
    assert judged(dataset, *rules, item=own)["target_days"] == 15
    assert judged(dataset, *rules, item=own, incident={"severity": None})["target_days"] == 30


def test_calendar_and_business_days_of_the_reference_case(
    dataset: Build, reference: Reference
) -> None:
    """W05 (B10): 15 business days from a Monday end a working week after 15 calendar days."""
    case = reference("W05")
    found = [
        judged(dataset, Rule(days=days, unit=unit), incident={"resolved_at": f"{start}T10:00Z"})
        for start, days, unit in case["inputs"]["cases"]
    ]
    assert [str(item["due_on"].date()) for item in found] == case["expected"]["due"]
    assert [item["unit"] for item in found] == [unit for *_, unit in case["inputs"]["cases"]]


def test_business_days_in_15_calendar_days_by_weekday(reference: Reference) -> None:
    """W05: the fewest business days that are not due before 15 calendar days are over."""
    key = "business_days_in_15_calendar_days_by_start_weekday_mon_to_sun"
    expected = reference("W05")["expected"][key]
    targets = pd.Series(np.arange(16))
    for day, count in zip(pd.date_range("2026-01-05", periods=7), expected, strict=True):
        due = due_days(pd.Series([day] * 16), targets, unit=pd.Series(["business"] * 16))
        assert int((due < day + pd.Timedelta(days=15)).sum()) == count


def test_holidays_of_the_configuration_are_no_business_days(dataset: Build) -> None:
    """From Monday 5 January two business days are Wednesday 7, unless Tuesday is a holiday."""
    data = dataset(
        items=[ITEM],
        incidents=[INCIDENT | {"resolved_at": "2026-01-05T10:00Z"}],
        settings=Settings(calendar=pma.Calendar(holidays=(date(2026, 1, 6),))),
    )
    policy = Policy((PolicyVersion(rules=(Rule(days=2, unit="business"),)),))
    item = pma.snapshot(data, as_of="2026-03-01", policy=policy).items.iloc[0]
    assert str(item["due_on"].date()) == "2026-01-08"


def finished(dataset: Build, days: list[int], *, started: str = "2026-03-01") -> Dataset:
    """Items done so many days after their incident, of one incident each."""
    zero = pd.Timestamp(f"{started}T10:00Z")
    return dataset(
        items=[
            {
                "item_id": f"x:{place}",
                "incident_id": str(place),
                "state": "done",
                "closed_at": zero + pd.Timedelta(days=taken),
            }
            for place, taken in enumerate(days)
        ],
        incidents=[
            {
                "incident_id": str(place),
                "severity": "sev1",
                "started_at": zero,
                "resolved_at": zero,
            }
            for place in range(len(days))
        ],
    )


def test_the_policy_in_force_when_the_incident_began_judges(
    dataset: Build, reference: Reference
) -> None:
    """W06 (B11): 45 days were allowed when they began, 30 since 1 April; none was late."""
    case = reference("W06")
    given, expected = case["inputs"], case["expected"]
    then = PolicyVersion(rules=(Rule(days=given["policy_in_force"]),))
    today = PolicyVersion(rules=(Rule(days=given["policy_today"]),), effective=date(2026, 4, 1))
    data = finished(dataset, given["days_taken"])

    def kept(*versions: PolicyVersion, data: Dataset = data) -> float:
        snapshot = pma.snapshot(data, as_of="2026-07-01", policy=Policy(versions))
        return pma.attainment(snapshot)["attainment"].iloc[0]

    assert kept(then, today) == expected["in_force"]
    assert kept(PolicyVersion(rules=today.rules)) == expected["naive_today"]
    # What began on the first day of the new version is judged by it.
    since = finished(dataset, given["days_taken"], started="2026-04-01")
    assert kept(then, today, data=since) == expected["naive_today"]


def test_a_total_is_pooled_over_teams(dataset: Build, reference: Reference) -> None:
    """W06 (B12): 1 of 1 and 20 of 40 are 51 % together; the mean of the two shares is 75 %."""
    case = reference("W06")
    teams = case["inputs"]["teams"]
    days = [1 if place < met else 99 for met, total in teams for place in range(total)]
    data = finished(dataset, days)
    data.items["team"] = [
        str(number) for number, (_, total) in enumerate(teams) for _ in range(total)
    ]
    snapshot = pma.snapshot(data, as_of="2026-07-01")
    whole, by_team = pma.attainment(snapshot), pma.attainment(snapshot, by="team")
    assert whole["attainment"].iloc[0] == pytest.approx(case["expected"]["pooled"], abs=1e-6)
    naive = case["expected"]["naive_mean_of_team_shares"]
    assert by_team["attainment"].mean() == pytest.approx(naive)
