"""Two periods side by side: what changed, what came and went, and what may be chance."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics import metrics
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.snapshots import Snapshot

Build = Callable[..., Dataset]
Quarters = Callable[..., tuple[Snapshot, Snapshot]]


@pytest.fixture
def quarters(dataset: Build) -> Quarters:
    """Two quarters, each with kept and missed promises per team: `quarters(now, before)`."""

    def build(*counts: dict[str, tuple[int, int]]) -> tuple[Snapshot, Snapshot]:
        items, incidents = [], []
        # Resolved on the first of August and of May: due on the sixteenth, each in its quarter.
        for month, of_teams in zip(("08", "05"), counts, strict=True):
            began = f"2026-{month}-01T08:00Z"
            incidents.append(
                {
                    "incident_id": month,
                    "severity": "sev1",
                    "started_at": began,
                    "resolved_at": began,
                }
            )
            for team, (kept, missed) in of_teams.items():
                for number in range(kept + missed):
                    done = {"state": "done", "closed_at": f"2026-{month}-05T08:00Z"}
                    items.append(
                        {"item_id": f"{team}{month}-{number}", "incident_id": month, "team": team}
                        | {"created_at": began, **(done if number < kept else {"state": "open"})}
                    )
        data = dataset(items=items, incidents=incidents)
        return (
            pma.snapshot(data, as_of="2026-10-12", period="2026Q3"),
            pma.snapshot(data, as_of="2026-07-12", period="2026Q2"),
        )

    return build


def test_newcombe_of_the_published_case(
    quarters: Quarters, reference: Callable[[str], Any]
) -> None:
    case = reference("R07")
    (kept, due), (kept_before, due_before) = case["inputs"]["a"], case["inputs"]["b"]
    now, before = quarters(
        {"core": (kept, due - kept)}, {"core": (kept_before, due_before - kept_before)}
    )
    row = pma.compared("attainment", now=now, before=before).iloc[0]
    assert row["attainment_change"] == pytest.approx(case["expected"]["diff"])
    found = [row["change_low"], row["change_high"]]
    assert found == pytest.approx(case["expected"]["ci"], abs=case["tolerance"])
    assert (row["due"], row["due_before"], row["due_change"]) == (due, due_before, due - due_before)
    assert row["reading"] == "higher"
    back = pma.compared(pma.attainment, now=before, before=now).iloc[0]
    assert (back["reading"], back["due_change"]) == ("lower", due_before - due)


def test_b18_a_change_of_a_small_quarter_is_noise(reference: Callable[[str], Any]) -> None:
    from scipy.stats import binom

    from pmanalytics.statistics import wilson
    from pmanalytics.trials.comparing import _chance

    case = reference("W13")
    n, p = case["inputs"]["n"], case["inputs"]["p"]
    now, before = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), np.arange(n + 1)))
    weight = binom.pmf(now, n, p) * binom.pmf(before, n, p)
    columns = {}
    for end, kept in (("", now), ("_before", before)):
        low, high = wilson(kept, np.full_like(kept, n))
        columns |= {f"attainment{end}": kept / n, f"low{end}": low, f"high{end}": high}
    reading = _chance(pd.DataFrame(columns), apart=True)["reading"]
    naive = np.abs(now - before) / n >= 0.15 - 1e-9
    # Who calls every change of 15 points one, is wrong in nearly half of all quarters.
    assert weight[naive].sum() == pytest.approx(case["expected"]["p_change_ge_15_points"], abs=1e-4)
    assert weight[reading != "within chance"].sum() < 0.05


def test_groups_of_either_period_are_shown(quarters: Quarters) -> None:
    now, before = quarters({"web": (3, 1), "api": (2, 2)}, {"web": (1, 3), "old": (4, 0)})
    table = pma.compared("attainment", now=now, before=before, by="team")
    # In the order of the names, wherever a team comes from; at the earlier day api had no item.
    assert table["team"].tolist() == ["api", "old", "web"]
    assert table["due_before"].tolist() == [pd.NA, 4, 4]
    back = pma.compared("attainment", now=before, before=now, by="team")
    assert back["team"].tolist() == ["api", "old", "web"]
    assert back["due"].tolist() == [pd.NA, 4, 4]
    assert table["met_change"].tolist() == [pd.NA, -4, 2]
    assert table["reading"].isna().tolist() == [True, True, False]
    assert "low_change" not in table
    assert "bound_low_change" not in table


def test_a_quartile_is_a_figure_and_no_limit(quarters: Quarters) -> None:
    now, before = quarters({"web": (3, 1)}, {"web": (1, 3)})
    table = pma.compared("hidden_lag", now=now, before=before)
    assert {f"{name}_quartile_days_change" for name in ("lower", "upper")} <= set(table)


def test_a_missing_group_meets_its_like(dataset: Build) -> None:
    data = dataset(items=[{"item_id": "x:1", "state": "open", "created_at": "2026-01-01T00:00Z"}])
    days = [pma.snapshot(data, as_of=day) for day in ("2026-10-12", "2026-07-12")]
    table = pma.compared("standings", now=days[0], before=days[1], by="team")
    assert len(table) == 1
    assert (table["total"].iloc[0], table["total_change"].iloc[0]) == (1, 0)


def test_groups_of_which_one_part_is_missing_stay_apart(q3: Snapshot) -> None:
    by = ["team", "kind"]
    table = pma.compared("standings", now=q3, before=q3, by=by)
    pd.testing.assert_frame_equal(table[by], pma.standings(q3, by=by)[by])
    assert (table["team"].isna() & table["kind"].notna()).sum() > 1
    assert (table["total_change"] == 0).all()


def test_cohorts_that_overlap_have_no_reading(quarters: Quarters, sample: Dataset) -> None:
    now = pma.snapshot(sample, as_of="2026-10-12", period="2026Q3")
    same = pma.snapshot(sample, as_of="2026-07-30", period="2026-07")
    for before in (same, pma.snapshot(sample, as_of="2026-07-12")):
        row = pma.compared("attainment", now=now, before=before).iloc[0]
        assert pd.isna(row["reading"])
        assert pd.isna(row["change_low"])
        assert pd.notna(row["attainment_change"])


def test_lists_say_what_came_and_went(quarters: Quarters) -> None:
    now, before = quarters({"core": (0, 1)}, {"core": (0, 1)})
    assert pma.compared("ownership_gaps", now=now, before=now)["change"].tolist() == ["stayed"] * 2
    table = pma.compared("ownership_gaps", now=now, before=before)
    changes = dict(zip(table["item_id"], table["change"], strict=True))
    assert changes == {"core05-0": "stayed", "core08-0": "came"}
    back = pma.compared("ownership_gaps", now=before, before=now)
    changes = dict(zip(back["item_id"], back["change"], strict=True))
    assert changes == {"core05-0": "stayed", "core08-0": "went"}
    # What went is described as it was known then.
    assert back["evidence"].notna().all()


@pytest.fixture(scope="module")
def q2(sample: Dataset) -> Snapshot:
    return pma.snapshot(sample, as_of="2026-07-12", period="2026Q2")


@pytest.fixture(scope="module")
def nothing(dataset: Build) -> Snapshot:
    return pma.snapshot(dataset(), as_of="2026-07-12", period="2026Q2")


@pytest.mark.parametrize("by", [None, "service"])
@pytest.mark.parametrize("name", metrics.__all__)
def test_every_metric_can_be_compared(
    q3: Snapshot, q2: Snapshot, nothing: Snapshot, name: str, by: Any
) -> None:
    table = pma.compared(name, now=q3, before=q2, by=by)
    assert isinstance(table.index, pd.RangeIndex)
    assert table.columns.is_unique
    empty = pma.compared(name, now=nothing, before=nothing, by=by)
    pd.testing.assert_series_equal(empty.dtypes, table.dtypes)
    same = pma.compared(name, now=q3, before=q3, by=by)
    moved = same[[column for column in same if column.endswith("_change")]]
    assert ((moved == 0) | moved.isna()).all().all()
    assert len(same) == len(getattr(pma, name)(q3, by=by))


def test_what_cannot_be_compared_is_one_sentence(q3: Snapshot) -> None:
    with pytest.raises(UsageError, match="no metric 'attainmnt'; did you mean 'attainment'"):
        pma.compared("attainmnt", now=q3, before=q3)
    with pytest.raises(UsageError, match="cannot be told apart"):
        pma.compared(lambda s, by: s.items[["days"]], now=q3, before=q3)
