"""The policy: which rule judges, and when an item is due."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmanalytics.errors import ConfigurationError
from pmanalytics.policy import (
    DEFAULT_POLICY,
    Policy,
    PolicyVersion,
    Rule,
    describe_policy,
    due_days,
    match_rules,
)

Reference = Callable[[str], dict[str, Any]]


def days(*texts: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts)))


def items(**columns: list[str | None]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    names = ("severity", "kind", "priority", "service")
    return pd.DataFrame({name: columns.get(name, [None] * size) for name in names}, dtype="str")


def test_default_gives_15_days_for_sev1_30_for_sev2_and_none_for_the_rest() -> None:
    found = match_rules(
        DEFAULT_POLICY,
        items(severity=["sev1", "SEV2", "sev3", None]),
        started_on=days("2020-01-01", "2026-01-01", "2026-01-01", "2026-01-01"),
    )
    assert found["target_days"].tolist() == [15, 30, pd.NA, pd.NA]
    assert found["policy"].isna().all()


def test_most_specific_rule_wins() -> None:
    policy = Policy(
        (
            PolicyVersion(
                rules=(
                    Rule(days=90),
                    Rule(severity="sev1", days=15),
                    Rule(severity="sev1", kind="prevent", days=10),
                    Rule(severity="sev1", kind="prevent", service="checkout", days=5),
                )
            ),
        )
    )
    found = match_rules(
        policy,
        items(
            severity=["sev3", "sev1", "sev1", "sev1"],
            kind=["prevent", "detect", "prevent", "prevent"],
            service=[None, "checkout", "search", "checkout"],
        ),
        started_on=days(*["2026-01-01"] * 4),
    )
    assert found["target_days"].tolist() == [90, 15, 10, 5]


def test_version_is_chosen_by_the_start_of_the_incident() -> None:
    """Trap B11 of the method: today's target on old items."""
    policy = Policy(
        (
            PolicyVersion(effective=date(2026, 4, 1), rules=(Rule(days=30),)),
            PolicyVersion(
                effective=date(2025, 1, 1), clock="incident_started", rules=(Rule(days=45),)
            ),
        )
    )
    found = match_rules(
        policy,
        items(severity=["sev1"] * 4),
        started_on=days("2024-12-31", "2026-03-31", "2026-04-01", None),
    )
    assert found["target_days"].tolist() == [pd.NA, 45, 30, pd.NA]
    assert found["clock"].tolist() == [
        "incident_started", "incident_started", "incident_resolved", "incident_started",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ((), "has no rules"),
        ((Rule(severity="sev1", days=1), Rule(kind="prevent", days=2)), "equally well"),
        ((Rule(severity="sev1", days=1), Rule(severity="sev1", days=2)), "equally well"),
    ],
)
def test_a_policy_that_cannot_decide_is_refused(rules: tuple[Rule, ...], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        PolicyVersion(rules=rules)


def test_a_rule_that_names_both_conditions_settles_the_question() -> None:
    version = PolicyVersion(
        rules=(
            Rule(severity="sev1", days=1),
            Rule(kind="prevent", days=2),
            Rule(severity="sev1", kind="prevent", days=3),
        )
    )
    assert len(version.rules) == 3


def test_negative_days_and_two_versions_of_one_day_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="from 0 to 9999"):
        Rule(days=-1)
    version = PolicyVersion(rules=(Rule(days=1),), effective=date(2026, 1, 1))
    with pytest.raises(ConfigurationError, match="each its own day"):
        Policy((version, version))


def test_due_days(reference: Reference) -> None:
    # W05 (method B10): Monday 5 January 2026, no holidays
    case = reference("W05")
    start, count, unit = zip(*case["inputs"]["cases"], strict=True)
    found = due_days(days(*start), pd.Series(count), unit=pd.Series(unit))
    assert found.tolist() == [pd.Timestamp(due) for due in case["expected"]["due"]]


def test_business_days_are_counted_as_published(reference: Reference) -> None:
    # R18: a month and a year from the first to the first hold so many. That many business days
    # after the start lies the first business day behind them; one fewer still lies within.
    case = reference("R18")
    business = pd.Series(["business"])
    for (start, end), count in zip(
        case["inputs"]["pairs"], case["expected"]["counts"], strict=True
    ):
        behind, within = (
            due_days(days(start), pd.Series([target]), unit=business).item()
            for target in (count, count - 1)
        )
        assert within < pd.Timestamp(end) <= behind
        assert (behind - pd.Timestamp(end)).days <= 2


def test_holidays_are_no_business_days() -> None:
    # From Thursday 1 January: it is a holiday, so Friday 2 is day 0 and Monday 5 day 1.
    found = due_days(
        days("2026-01-01"),
        pd.Series([1]),
        unit=pd.Series(["business"]),
        holidays=(date(2026, 1, 1),),
    )
    assert found.tolist() == [pd.Timestamp("2026-01-05")]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.integers(0, 100))
def test_on_time_exactly_when_no_more_business_days_were_taken(
    start: date, count: int, later: int
) -> None:
    """The property that reference case W05 demands: busday_count <= N if and only if x <= due."""
    due = due_days(days(str(start)), pd.Series([count]), unit=pd.Series(["business"])).iloc[0]
    closed = np.datetime64(start) + np.timedelta64(later, "D")
    assert (np.busday_count(start, closed) <= count) == (closed <= np.datetime64(due, "D"))


def test_missing_start_or_target_has_no_due_day() -> None:
    found = due_days(
        days(None, "2026-01-01"),
        pd.Series([1, pd.NA], dtype="Int64"),
        unit=pd.Series(["calendar"] * 2),
    )
    assert found.isna().all()


def test_the_policy_in_sentences() -> None:
    policy = Policy(
        (
            PolicyVersion(
                effective=date(2025, 1, 1),
                clock="postmortem_published",
                rules=(Rule(severity="sev3", days=20, unit="business"), Rule(days=90)),
            ),
        )
    )
    assert describe_policy(policy) == (
        "Incidents from 2025-01-01 on: sev3 20 business days, every item 90 days "
        "after the postmortem was published.",
    )


def test_rules_may_write_severities_and_services_in_any_way() -> None:
    rules = (Rule(severity="SEV-1", days=15), Rule(service="Core Pay", days=9))
    found = match_rules(
        Policy((PolicyVersion(rules=(rules[0],)),)),
        items(severity=["sev1"]),
        started_on=days("2026-01-01"),
    )
    assert found["target_days"].tolist() == [15]
    found = match_rules(
        Policy((PolicyVersion(rules=(rules[1],)),)),
        items(service=["core-pay", "core"]),
        started_on=days("2026-01-01", "2026-01-01"),
    )
    assert found["target_days"].tolist() == [9, pd.NA]
