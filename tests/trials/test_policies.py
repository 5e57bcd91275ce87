"""Policies tried on the past: the same items, judged twice."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.policy import DEFAULT_POLICY, Policy, PolicyVersion, Rule

Build = Callable[..., Dataset]
QUARTERS = ["2025Q2", "2025Q3", "2025Q4", "2026Q1"]
SIDES = ("due", "met", "attainment", "low", "high")


def world(build: Build, rows: list[tuple[str, str, int | None, str]]) -> Dataset:
    """Items as (severity, start, days to closing, state)."""
    incidents, items = [], []
    for n, (severity, start, took, state) in enumerate(rows):
        began = pd.Timestamp(f"{start}T12:00Z")
        closed = None if took is None else began + pd.Timedelta(days=took)
        incidents.append({"incident_id": f"I{n}", "severity": severity, "started_at": began, "resolved_at": began})  # fmt: skip
        items.append({"item_id": f"x:{n}", "incident_id": f"I{n}", "created_at": began, "state": state, "closed_at": closed})  # fmt: skip
    return build(items=items, incidents=incidents)


# All due in 2026Q1 under the 15 days of Sev-1, except the last but one, which is due in 2025Q4.
ITEMS: list[tuple[str, str, int | None, str]] = [
    ("sev1", "2026-01-10", 10, "done"),
    ("sev1", "2026-01-10", 18, "done"),
    ("sev1", "2026-01-10", 25, "done"),
    ("sev1", "2026-01-10", None, "open"),
    ("sev1", "2026-01-10", 12, "dropped"),
    ("sev1", "2026-01-10", 17, "dropped"),
    ("sev1", "2026-03-15", None, "open"),
    ("sev1", "2025-12-01", 20, "done"),
    ("sev3", "2026-01-10", 30, "done"),
]


def tried(data: Dataset, *tries: str, **options: Any) -> pd.DataFrame:
    return pma.try_policy(data, as_of="2026-04-02", tries=tries, **options)


def test_the_same_items_side_by_side(dataset: Build) -> None:
    """By hand, 20 days instead of 15 for Sev-1, as of 2 April.

    Of 2026Q1: 10 days met under both; 18 days late, then met; 25 days late under both; open is
    overdue under both; dropped on day 12 is out of both; dropped on day 17 was late, then in time
    and out. The item of 15 March is overdue since 30 March, and due on 4 April if tried: left out.
    """
    table = tried(world(dataset, ITEMS), "sev1=20").set_index(["severity", "period"])
    row = table.loc[("sev1", "2026Q1")]
    assert (row["due"], row["met"], row["tried_due"], row["tried_met"], row["not_yet"]) == (5, 1, 4, 2, 1)  # fmt: skip
    assert (row["attainment"], row["tried_attainment"]) == (0.2, 0.5)
    # Wilson of 1 in 5 and of 2 in 4, from any table of it.
    assert (row["low"], row["high"]) == pytest.approx((0.0362, 0.6245), abs=1e-4)
    assert (row["tried_low"], row["tried_high"]) == pytest.approx((0.1500, 0.8500), abs=1e-4)
    row = table.loc[("sev1", "2025Q4")]
    assert (row["due"], row["met"], row["tried_due"], row["tried_met"]) == (1, 0, 1, 1)
    assert table.index.get_level_values("period").tolist() == QUARTERS
    assert table["attainment"].isna().tolist() == [True, True, False, False]


def test_a_target_may_come_and_go(dataset: Build) -> None:
    """Sev-3 has no target in force: its item counts on the tried side, in the tried quarter."""
    data = world(dataset, ITEMS)
    row = tried(data, "sev3=40").query("severity == 'sev3' and period == '2026Q1'").iloc[0]
    assert (row["due"], row["tried_due"], row["tried_met"]) == (0, 1, 1)
    assert pd.isna(row["attainment"])
    gone = tried(data, "sev1=-", by=None).set_index("period").loc["2026Q1"]
    assert (gone["due"], gone["met"], gone["tried_due"], gone["not_yet"]) == (6, 1, 0, 0)


def test_left_alone_it_is_attainment_twice(sample: Dataset) -> None:
    """The same policy gives equal columns, and each quarter is the one that was reported."""
    table = pma.try_policy(sample, as_of="2026-10-12", tries=[])
    assert len(table) > 4
    for name in SIDES:
        pd.testing.assert_series_equal(table[name], table[f"tried_{name}"], check_names=False)
    assert (table["not_yet"] == 0).all()
    for period, rows in table.groupby("period"):
        snapshot = pma.snapshot(sample, as_of="2026-10-12", period=str(period))
        kept = pma.attainment(snapshot, by="severity").set_index("severity")
        own = rows.set_index("severity")
        assert own["due"].to_dict() == kept.loc[own.index, "due"].to_dict()
        assert own["met"].to_dict() == kept.loc[own.index, "met"].to_dict()


def test_items_of_one_incident_share_its_fate(dataset: Build) -> None:
    """W07, due on 16 January: 8 incidents of 5 items, 5 5 5 4 4 3 2 2 met: [.550, .880].

    The others were done on day 20, so that with 20 days all are met.
    """
    incidents, items = [], []
    for n, met in enumerate([5, 5, 5, 4, 4, 3, 2, 2]):
        began = "2026-01-01T10:00Z"
        named = {"incident_id": f"I{n}", "severity": "sev1"}
        incidents.append({**named, "started_at": began, "resolved_at": began})
        for place in range(5):
            closed = "2026-01-05T10:00Z" if place < met else "2026-01-21T10:00Z"
            item = {"item_id": f"{n}-{place}", "incident_id": f"I{n}", "created_at": began}
            items.append({**item, "state": "done", "closed_at": closed})
    data = dataset(items=items, incidents=incidents)
    # No item has a team: a missing group is a group like others.
    for by in (None, "severity", ["severity", "team"]):
        row = tried(data, "sev1=20", by=by, interval="cluster", periods=1).iloc[0]
        assert (row["low"], row["high"]) == pytest.approx((0.55025, 0.880329), abs=1e-5)
        # Where all are met nothing tells how they go together: Wilson of 40 of 40.
        assert (row["tried_low"], row["tried_high"]) == pytest.approx((0.912378, 1.0), abs=1e-6)
        back = tried(data, "sev1=15", by=by, interval="cluster", periods=1).iloc[0]
        assert back["tried_low"] == back["low"]
    plain = tried(data, "sev1=20", periods=1).iloc[0]
    assert (plain["low"], plain["high"]) == pytest.approx((0.59806, 0.858129), abs=1e-5)
    page = pma.trial_page(data, as_of="2026-04-02", tries=["sev1=20"])
    assert "items of one incident share its fate" in page
    assert "75%, 55% to 88%" in page
    with pytest.raises(UsageError, match="use 'wilson' or 'cluster'"):
        tried(data, "sev1=20", interval="bootstrap")


@given(
    st.sampled_from([("sev1", 20), ("sev2", 45)]), st.integers(0, 60), st.sampled_from(["", "b"])
)
@settings(max_examples=8)
def test_with_more_days_never_fewer_are_kept(
    sample: Dataset, longest: tuple[str, int], more: int, unit: str
) -> None:
    """The longest days that any version gives, and more; so nothing has fewer than before."""
    severity, days = longest
    text = f"{severity}={days + more}{unit}"
    table = pma.try_policy(sample, as_of="2026-10-12", tries=text, by=["severity", "team"])
    assert (table["tried_met"] >= table["met"]).all()
    assert (table["tried_due"] <= table["due"]).all()


def test_business_days(dataset: Build) -> None:
    """From Saturday 10 January, 5 business days end on Monday 19: day 9 is met, day 10 is not."""
    rows = [("sev1", "2026-01-10", 9, "done"), ("sev1", "2026-01-10", 10, "done")]
    row = tried(world(dataset, rows), "sev1=5b", by=None).set_index("period").loc["2026Q1"]
    assert (row["met"], row["tried_due"], row["tried_met"]) == (2, 2, 1)


def test_without_data_it_has_its_columns(dataset: Build, sample: Dataset) -> None:
    empty = pma.try_policy(dataset(), as_of="2026-04-02", tries="sev1=20", by="team")
    full = pma.try_policy(sample, as_of="2026-10-12", tries="sev1=20", by="team")
    assert len(empty) == 0
    pd.testing.assert_series_equal(empty.dtypes, full.dtypes)
    none = pma.try_policy(dataset(), as_of="2026-04-02", tries="sev1=20", by=None)
    assert none["period"].tolist() == QUARTERS
    assert none["due"].tolist() == [0] * 4
    with pytest.raises(UsageError, match="give 1 or more"):
        pma.try_policy(dataset(), as_of="2026-04-02", tries="sev1=20", periods=0)
    with pytest.raises(UsageError, match="did you mean 'severity'"):
        pma.try_policy(sample, as_of="2026-10-12", tries="sev1=20", by="serverity")


def test_tries_take_the_place_of_rules_in_every_version() -> None:
    policy = Policy(
        (
            PolicyVersion(rules=(Rule(severity="sev1", days=30), Rule(days=90))),
            PolicyVersion(
                effective=date(2026, 1, 1),
                clock="incident_started",
                rules=(
                    Rule(severity="sev1", days=15),
                    Rule(severity="sev1", kind="prevent", days=9),
                ),
            ),
        )
    )
    changed = pma.parse_tries(["SEV-1 = 20", "prevent/sev2=45B", "all=60"], policy=policy)
    old, new = changed.versions
    assert set(old.rules) == {
        Rule(severity="sev1", days=20),
        Rule(severity="sev2", kind="prevent", days=45, unit="business"),
        Rule(days=60),
    }
    assert set(new.rules) == {*old.rules, Rule(severity="sev1", kind="prevent", days=9)}
    assert (new.effective, new.clock) == (date(2026, 1, 1), "incident_started")
    without = pma.parse_tries("sev1=-", policy=policy)
    assert [len(version.rules) for version in without.versions] == [1, 1]
    assert pma.parse_tries([], policy=DEFAULT_POLICY) == DEFAULT_POLICY


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["sev1"], "'sev1' is no rule to try; write it like sev1=20"),
        (["sev1=soon"], "no rule to try"),
        (["sev1=-5"], "no rule to try"),
        (["sev1=20w"], "no rule to try"),
        (["=20"], "no rule to try"),
        ([""], "no rule to try"),
        (["prevnt=20"], "names 'prevnt', .*; did you mean 'prevent'"),
        (["sev1/sev2=20"], "names two of a kind"),
        (["all/sev1=20"], "names 'all'"),
        (["sev1=20", "SEV1=30"], "'SEV1=30' is tried beside another number of days"),
        (["sev1=-", "sev2=-"], "without any rule cannot be tried"),
        (["sev1=20", "prevent=30"], "cannot be tried together: .*two rules that fit"),
    ],
)
def test_what_is_no_try_is_one_sentence(texts: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as said:
        pma.parse_tries(texts, policy=DEFAULT_POLICY)
    assert "\n" not in str(said.value)


def test_a_page_without_any_promise_says_so(dataset: Build) -> None:
    page = pma.trial_page(dataset(), as_of="2026-10-12", tries=["sev1=20"])
    assert page.endswith(
        "## Promises kept\n\nNothing was due in the last four quarters, under either policy."
    )


def test_the_page_says_what_it_is(sample: Dataset) -> None:
    page = pma.trial_page(sample, as_of="2026-10-12", tries=["sev1=20"])
    assert "not what should be promised" in page
    assert "SAMPLE DATA" in page
    table = pma.try_policy(sample, as_of="2026-10-12", tries="sev1=20")
    row = table.query("severity == 'sev1' and period == '2026Q3'").iloc[0]
    assert f"| Sev-1 | 2026Q3 | {row['met']} of {row['due']} | " in page
    assert f" | {row['tried_met']} of {row['tried_due']} | " in page
