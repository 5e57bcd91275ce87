import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics import metrics
from pmanalytics.errors import UsageError
from pmanalytics.reporting.behind.counted import COUNTED
from pmanalytics.reporting.behind.entries import MOST_IDS, Shown, lists_behind
from pmanalytics.reporting.behind.marks import marked
from pmanalytics.reporting.behind.spans import attainment_per_period

# These list single cases, or give figures that are no counts of items or incidents.
WITHOUT_COUNTS = {
    "at_risk", "candidate_teams", "commitments", "completion_curve", "due_burn_up", "hand_offs", "item_wording",
    "mean_cumulative", "ownership_gaps", "participation", "repeat_exposure", "repeat_families",
    "review_timeliness", "similar_incidents", "time_to_owner", "undiscoverable_items", "waivers",
}  # fmt: skip
PLAIN_SENTINELS = {
    "downgraded_after_publication", "reopened_within_30_days", "waived_after_due",
    "fewer_items_per_sev1",
}  # fmt: skip


@pytest.fixture(scope="module")
def worlds(q3, w03):
    # The day and the period that the reference case is judged on.
    return {
        "sample": q3,
        "w03": pma.snapshot(w03[0], as_of="2026-04-10", period="2026Q1"),
        "narrowed": q3.where(severity=["sev1", "sev2"]),
        "masked": q3.where(q3.items["target_days"].notna()),
        "whole time": pma.snapshot(pma.sample(), as_of="2026-06-30"),
    }


def test_every_metric_is_counted_or_known_to_have_no_counts():
    assert set(COUNTED) | WITHOUT_COUNTS == set(metrics.__all__)
    assert not set(COUNTED) & WITHOUT_COUNTS


def grouped(name, snapshot, by):
    try:
        return getattr(metrics, name)(snapshot, by=by).head(200)
    except UsageError:
        pytest.skip("This metric cannot be grouped so.")


def counts_of(name, table):
    """Every cell that counts something: column, row, what it says."""
    for counted in COUNTED[name]:
        for column in counted.cells:
            if column not in table:
                continue
            for row, said in enumerate(table[column]):
                declared = not counted.row or table[counted.row].iloc[row] in counted.rows
                if declared and pd.notna(said) and said > 0:
                    yield column, row, said


WORLDS = (
    *(("sample", by) for by in (None, "severity", "team", ["severity", "service"])),
    ("w03", None),
    ("narrowed", "team"),
    ("masked", None),
    ("whole time", "team"),
)


@pytest.mark.parametrize(("world", "by"), WORLDS, ids=str)
@pytest.mark.parametrize("name", COUNTED)
def test_every_count_leads_to_as_many_as_it_says(worlds, world, name, by):
    snapshot = worlds[world]
    table = grouped(name, snapshot, by)
    found = {one.column: one for one in lists_behind([Shown(name, table, snapshot)]).get(name, ())}
    for column, row, said in counts_of(name, table):
        number, ids = found[column].cells[row]
        assert number == said
        assert len(ids) == min(number, MOST_IDS)


def test_only_signs_without_a_condition_are_plain(q3):
    table = metrics.sentinels(q3)
    plain = set(table["sentinel"]) - set(COUNTED["sentinels"][0].rows)
    assert plain == PLAIN_SENTINELS


def meeting(frame, condition):
    """The rows of a frame that meet a condition, found the slow way."""
    kept = pd.Series(data=True, index=frame.index)
    for name, values in condition.items():
        kept &= frame[name].isin([v for v in values if v is not None]) | (
            frame[name].isna() & (None in values)
        )
    return frame[kept]


@pytest.mark.parametrize("name", ["attainment", "gap_rates", "backlog", "unknowns", "speed"])
def test_the_conditions_find_the_same_in_the_frame_of_the_file(q3, name):
    table = getattr(metrics, name)(q3, by="team")
    for listed in lists_behind([Shown(name, table, q3)])[name]:
        for row, (number, ids) in listed.cells.items():
            condition = {**listed.condition, **listed.rows[row]}
            frame = marked(q3, listed.of, [*condition, "item_id"])
            found = meeting(frame, condition)
            assert len(found) == number
            assert tuple(found["item_id"].head(MOST_IDS)) == ids


def test_the_ones_that_are_over_longest_come_first(q3):
    listed = {
        one.column: one
        for one in lists_behind([Shown("standings", metrics.standings(q3), q3)])["standings"]
    }
    ids = listed["overdue"].cells[0][1]
    over = q3.items.set_index("item_id")["days_over"].loc[list(ids)]
    assert over.is_monotonic_decreasing
    assert over.iloc[0] == q3.items.loc[q3.items["standing"] == "overdue", "days_over"].max()


def test_a_table_that_was_changed_stays_plain(q3):
    table = metrics.standings(q3)
    table["late"] += 1
    columns = [one.column for one in lists_behind([Shown("standings", table, q3)])["standings"]]
    assert "late" not in columns
    assert "met" in columns


def test_a_table_of_another_name_is_known_by_its_columns(q3):
    table = metrics.standings(q3, by=["team", "severity"])
    listed = lists_behind([Shown("overdue_by_team", table[table["overdue"] > 0], q3)])
    columns = [one.column for one in listed["overdue_by_team"]]
    assert {"total", "overdue"} <= set(columns)


def test_a_table_of_no_metric_has_no_lists(q3):
    table = pd.DataFrame({"team": ["core"], "late": [1]})
    assert lists_behind([Shown("my_own", table, q3)]) == {}


def test_past_periods_lead_to_their_own_items(q3):
    table = attainment_per_period(q3, last=8)
    (due, *_) = lists_behind([Shown("attainment_by_quarter", table, q3)])["attainment_by_quarter"]
    assert {row: number for row, (number, _) in due.cells.items()} == dict(enumerate(table["due"]))
    assert "in_period" not in due.condition


def test_what_was_open_before_a_repeat_is_named(dataset):
    # INC-1 is over on 2 January; of its three items one is closed before INC-2 comes back.
    items = [
        {"item_id": "x:1", "incident_id": "INC-1", "state": "open", "kind": "prevent"},
        {"item_id": "x:2", "incident_id": "INC-1", "state": "open", "kind": "detect"},
        {"item_id": "x:3", "incident_id": "INC-1", "state": "done", "closed_at": "2026-01-20T08:00Z"},
    ]  # fmt: skip
    incidents = [
        {"incident_id": "INC-1", "severity": "sev1", "started_at": "2026-01-02T08:00Z", "resolved_at": "2026-01-02T09:00Z"},
        {"incident_id": "INC-2", "severity": "sev1", "started_at": "2026-02-02T08:00Z", "repeat_of": "INC-1"},
    ]  # fmt: skip
    created = {"created_at": "2026-01-02T10:00Z"}
    data = dataset(items=[item | created for item in items], incidents=incidents)
    taken = pma.snapshot(data, as_of="2026-03-01")
    table = metrics.repeats(taken)
    found = {
        one.column: one.cells[0]
        for one in lists_behind([Shown("repeats", table, taken)])["repeats"]
    }
    assert found == {
        "open_before": (2, ("x:1", "x:2")),
        "overdue_before": (2, ("x:1", "x:2")),
        "preventive_open_before": (1, ("x:1",)),
        "preventive_overdue_before": (1, ("x:1",)),
    }


def test_several_tables_of_one_name_keep_to_themselves(q3):
    tables = [
        Shown("standings", metrics.standings(q3), q3),
        Shown("standings_by_team", metrics.standings(q3, by="team"), q3),
    ]
    assert set(lists_behind(tables)) == {"standings", "standings_by_team"}
