"""What every metric must do: give its columns whatever comes in, and change nothing."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pmanalytics as pma
from pmanalytics import metrics
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.snapshots import Snapshot

# The columns that the design gives each metric, behind those of `by`.
COLUMNS = {
    "standings": "total met late overdue pending dropped_in_time dropped_late no_target unknown",
    "attainment": (
        "due met late overdue dropped_late attainment low high dropped_in_time unknown bound_low "
        "bound_high waived attainment_adjusted"
    ),
    "speed": (
        "n done dropped open done_by_15 done_by_30 done_by_90 done_by_target median_days "
        "median_low median_high rmst_90"
    ),
    "completion_curve": "outcome day at_risk events cumulative_incidence low high",
    "at_risk": "item_id title team service severity due_on age days_left comparable like_it made_it chance low high reading",
    "attainment_trend": "period due attainment centre lower upper signal",
    "funnel": "due attainment expected lower_95 upper_95 lower_998 upper_998 signal",
    "hidden_lag": (
        "items ticketed lower_quartile_days median_days upper_quartile_days later_than_1 "
        "later_than_3 later_than_7"
    ),
    "reopenings": (
        "done_once reopened share open_again done_again dropped_again met_then_reopened"
    ),
    "unknowns": "source team reason fixable_in items",
    "backlog": "age_band items overdue",
    "flow": "period opening new done dropped reopened closing",
    "due_burn_up": "on_day due done dropped",
    "ownership_gaps": "item_id code evidence team service project severity standing",
    "gap_rates": (
        "population items with_gap rate low high no_ticket no_owner person_only owner_inactive "
        "service_unowned multi_owned team_conflict wrong_project unknown_team stale_registry"
    ),
    "unowned_services": "service incidents open_items overdue_items",
    "time_to_owner": (
        "n owned owned_by_3 owned_by_7 owned_by_15 median_days median_low median_high interrupted "
        "unowned_days undated"
    ),
    "hand_offs": "from_team to_team items hand_offs",
    "candidate_teams": "item_id rank team score evidence",
    "repeats": (
        "incident_id repeat_of level days_between service cause open_before overdue_before "
        "preventive_open_before preventive_overdue_before"
    ),
    "commitments": "decided_on subject value until role state days_over",
    "waivers": "item_id team severity due_on until granted_on in_time standing reason",
    "similar_incidents": (
        "incident_id repeat_of score likelihood service days_between title candidate_title"
    ),
    "repeats_while_open": "state repeats",
    "repeat_rate": "incidents repeats within_days rate low high",
    "mean_cumulative": "day at_risk events mean low high",
    "repeat_families": "family incident_id position size level started_on service cause",
    "repeat_exposure": (
        "days_since repeats_while days_while repeats_otherwise days_otherwise expected_by_chance "
        "rate_ratio low high reading"
    ),
    "weak_services": "service incidents repeats open_items overdue_items overdue_days",
    "product_threats": (
        "product incidents impact_minutes minutes_unknown customers_affected customers_unknown "
        "repeats open_items overdue_items"
    ),
    "quieter_services": ("service incidents preventive_items done_on quiet_days expected chance"),
    "discoverability": "items ticketed right_project labelled linked fresh planned",
    "findable": "items findable low high",
    "undiscoverable_items": "item_id missing team project severity",
    "item_wording": "item_id title reason word team service severity",
    "sentinels": "sentinel count of share low high reading",
    "participation": (
        "reviews engineering_manager product_manager both candidates_present attainment_with "
        "low_with high_with attainment_without low_without high_without"
    ),
    "review_timeliness": (
        "incidents due reviewed_in_time reviewed_late not_reviewed in_time low high not_due "
        "unknown median_days published not_published"
    ),
}
OF_SERVICES = (
    "unowned_services",
    "repeats",
    "repeats_while_open",
    "repeat_rate",
    "mean_cumulative",
    "repeat_families",
    "repeat_exposure",
    "similar_incidents",
    "participation",
    "review_timeliness",
)
NAMES = list(COLUMNS)


def test_every_metric_is_listed_here() -> None:
    assert sorted(metrics.__all__) == sorted(COLUMNS)


@pytest.fixture(scope="module")
def worlds(dataset: Callable[..., Dataset], q3: Snapshot) -> dict[str, Snapshot]:
    """Empty, one item, all open, all dropped, the sample, and those that lack a whole side."""
    created = {"created_at": "2026-01-01T10:00Z"}
    shut = {"closed_at": "2026-01-09T10:00Z"}
    return {
        "empty": pma.snapshot(dataset(), as_of="2026-04-10", period="2026Q1"),
        "one": pma.snapshot(
            dataset(items=[{"item_id": "x:1", "state": "open", **created}]), as_of="2026-04-10"
        ),
        "stateless": pma.snapshot(dataset(items=[{"item_id": "x:1"}]), as_of="2026-04-10"),
        "open": pma.snapshot(
            dataset(items=[{"item_id": f"x:{n}", "state": "open", **created} for n in range(5)]),
            as_of="2026-04-10",
            period="2026-03",
        ),
        "dropped": pma.snapshot(
            dataset(
                items=[
                    {"item_id": f"x:{n}", "state": "dropped", "team": "core", **created, **shut}
                    for n in range(5)
                ]
            ),
            as_of="2026-04-10",
            period="2026-W10",
        ),
        "sample": q3,
        **lopsided(dataset),
    }


def lopsided(dataset: Callable[..., Dataset]) -> dict[str, Snapshot]:
    """Worlds that lack a whole side: other teams, links, open items, or all but the names."""
    moment = {"started_at": "2026-01-01T10:00Z", "resolved_at": "2026-01-01T12:00Z"}
    incidents = [
        {"incident_id": f"INC-{n}", "severity": "sev1", "service": "queue", "causes": ["full"]}
        | moment
        for n in range(3)
    ]
    created = {"created_at": "2026-01-02T10:00Z"}
    shut = {"state": "done", "closed_at": "2026-01-09T10:00Z"}
    items = [{"item_id": f"x:{n}", "state": "open", **created} for n in range(6)]
    linked = [item | {"incident_id": f"INC-{n % 3}"} for n, item in enumerate(items)]
    owned = {
        "services": [{"service": "queue", "team": "core"}],
        "teams": [{"team": "core", "project": "x"}],
        "people": [{"person": "Ada", "team": "core"}],
        "attendance": [{"incident_id": "INC-0", "role": "engineering_manager", "team": "core"}],
    }
    named = {
        "items": [{"item_id": "x:1"}, {"item_id": "x:2", "incident_id": "INC-0"}],
        "incidents": [{"incident_id": "INC-0"}, {"incident_id": "INC-1", "repeat_of": "INC-0"}],
        "services": [{"service": "queue"}],
        "teams": [{"team": "core"}],
        "people": [{"person": "Ada"}],
        "attendance": [{"incident_id": "INC-0"}],
        "decisions": [{"subject": "x:1"}],
        "events": [{"subject": "x:1"}],
    }
    datasets = {
        "one team": dataset(
            items=[item | {"team": "core"} for item in linked], incidents=incidents, **owned
        ),
        "unlinked": dataset(items=items, incidents=incidents, **owned),
        "items alone": dataset(items=items),
        "incidents alone": dataset(incidents=incidents, **owned),
        "done": dataset(items=[item | shut for item in linked], incidents=incidents),
        "only names": dataset(**named),
    }
    return {
        name: pma.snapshot(data, as_of="2026-04-10", period="2026Q1")
        for name, data in datasets.items()
    }


WORLDS = [
    *("empty", "one", "stateless", "open", "dropped", "sample"),
    *("one team", "unlinked", "items alone", "incidents alone", "done", "only names"),
]


def measure(name: str, snapshot: Snapshot, **options: Any) -> pd.DataFrame:
    return getattr(pma, name)(snapshot, **options)


@pytest.mark.parametrize("by", [None, "service", ["severity", "service"], ["team", "team"]])
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("name", NAMES)
def test_columns_are_those_of_the_design_and_the_input_stays(
    worlds: dict[str, Snapshot], name: str, world: str, by: Any
) -> None:
    snapshot = worlds[world]
    before = snapshot.items.copy()
    table = measure(name, snapshot, by=by)
    groups = list(dict.fromkeys([by] if isinstance(by, str) else by or []))
    expected = [column for column in COLUMNS[name].split() if column not in groups]
    assert list(table.columns) == groups + expected
    pd.testing.assert_frame_equal(snapshot.items, before)
    assert isinstance(table.index, pd.RangeIndex)


@pytest.mark.parametrize("name", NAMES)
def test_types_do_not_depend_on_there_being_rows(worlds: dict[str, Snapshot], name: str) -> None:
    empty = measure(name, worlds["empty"], by="service").dtypes
    sample = measure(name, worlds["sample"], by="service").dtypes
    pd.testing.assert_series_equal(empty, sample)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_column_is_one_sentence(worlds: dict[str, Snapshot], name: str) -> None:
    with pytest.raises(UsageError, match="did you mean 'service'"):
        measure(name, worlds["sample"], by="servise")
    with pytest.raises(UsageError, match="several values"):
        measure(name, worlds["sample"], by="causes" if name in OF_SERVICES else "labels")


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_of_the_docstring_is_a_title(name: str) -> None:
    first = getattr(pma, name).__doc__.splitlines()[0]
    assert first.endswith((".", "?"))
    assert 15 < len(first) < 90


@pytest.mark.parametrize("name", ["standings", "attainment", "backlog", "discoverability"])
def test_groups_sum_to_the_total(q3: Snapshot, name: str) -> None:
    counts = {
        "standings": ["total", "met", "overdue"],
        "attainment": ["due", "met", "unknown", "waived"],
        "backlog": ["items", "overdue"],
        "discoverability": ["items"],
    }[name]
    whole = measure(name, q3)[counts].sum()
    grouped = measure(name, q3, by=["team", "severity"])[counts].sum()
    assert whole.tolist() == grouped.tolist()


def test_flow_adds_up(q3: Snapshot) -> None:
    for by in (None, "team"):
        table = pma.flow(q3, by=by)
        change = table["new"] + table["reopened"] - table["done"] - table["dropped"]
        assert (table["opening"] + change == table["closing"]).all()
        groups = table.groupby("team", dropna=False) if by else [(None, table)]
        for _, rows in groups:
            assert rows["opening"].iloc[0] == 0
            assert rows["closing"].tolist()[:-1] == rows["opening"].tolist()[1:]
    dated = q3.items["closed_on"].notna() | (q3.items["state"] == "open")
    last = pma.flow(q3).iloc[-1]
    assert last["closing"] == ((q3.items["state"] == "open") & dated).sum()


@pytest.fixture(scope="module")
def before(sample: Dataset) -> Snapshot:
    """The sample on its day, before anything is changed."""
    return pma.snapshot(sample, as_of="2026-10-12")


@given(st.data())
@settings(max_examples=25)
def test_closing_an_item_never_raises_the_open_count(
    sample: Dataset, before: Snapshot, data: st.DataObject
) -> None:
    from dataclasses import replace

    still_open = before.items.loc[before.items["state"] == "open", "item_id"].tolist()
    chosen = data.draw(st.sampled_from(still_open))
    hit = sample.items["item_id"] == chosen
    items = sample.items.assign(
        state=sample.items["state"].mask(hit, "done"),
        closed_at=sample.items["closed_at"].mask(hit, pd.Timestamp("2026-10-01T10:00Z")),
    )
    after = pma.snapshot(replace(sample, items=items), as_of="2026-10-12")
    assert pma.backlog(after)["items"].sum() == pma.backlog(before)["items"].sum() - 1
    assert pma.standings(after)["total"].tolist() == pma.standings(before)["total"].tolist()


@given(st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_shuffled_rows_change_nothing(sample: Dataset, q3: Snapshot, random: Any) -> None:
    from dataclasses import replace

    order = list(range(len(sample.items)))
    random.shuffle(order)
    shuffled = replace(sample, items=sample.items.iloc[order].reset_index(drop=True))
    other = pma.snapshot(shuffled, as_of="2026-10-12", period="2026Q3")
    for name in ("attainment", "speed", "flow", "gap_rates", "repeats", "discoverability"):
        pd.testing.assert_frame_equal(measure(name, q3), measure(name, other))


@given(st.sampled_from(["severity", "team", "service", "kind", "source"]))
@settings(max_examples=5)
def test_standings_always_add_up(q3: Snapshot, by: str) -> None:
    table = pma.standings(q3, by=by)
    words = COLUMNS["standings"].split()[1:]
    assert table[words].sum(axis=1).tolist() == table["total"].tolist()


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OF_SERVICES])
def test_any_single_valued_column_can_group(q3: Snapshot, name: str) -> None:
    for column in q3.items:
        if str(q3.items[column].dtype).startswith("list"):
            continue
        table = measure(name, q3, by=column)
        assert table.columns[0] == column
        assert table.columns.is_unique


def test_a_mask_may_miss_rows_and_be_in_another_order(q3: Snapshot) -> None:
    mask = (q3.items["days"] > 100)[::-1]
    narrowed = q3.where(mask)
    assert (narrowed.items["days"] > 100).all()
    assert len(narrowed.items) == int(mask.sum())
    with pytest.raises(UsageError, match="several values"):
        q3.where(owners="Ada")
