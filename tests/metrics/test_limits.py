"""Months against their own limits, groups against those of their size; worked by hand."""

from collections.abc import Callable
from math import comb
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError

Build = Callable[..., Dataset]


def promised(dataset: Build, groups: list[tuple[str, int, int]], **more: Any) -> Dataset:
    """Items due on the 16th of a month: so many met, so many in all."""
    incidents, items = [], []
    for place, (month, met, total) in enumerate(groups):
        start = f"{month}-01T10:00Z"
        name = f"{place}"
        incidents.append(
            {"incident_id": name, "severity": "sev1", "started_at": start, "resolved_at": start}
        )
        for number in range(total):
            done = number < met
            items.append(
                {
                    "item_id": f"x:{place}-{number}",
                    "incident_id": name,
                    "state": "done" if done else "open",
                    "closed_at": f"{month}-09T10:00Z" if done else None,
                    **{column: values[place] for column, values in more.items()},
                }
            )
    return dataset(items=items, incidents=incidents)


def months(*met: int | None, total: int = 10) -> list[tuple[str, int, int]]:
    """So many of ten met in each month from January 2025 on; None: nothing was due."""
    names = [f"{2025 + place // 12}-{place % 12 + 1:02}" for place in range(len(met))]
    return [(name, k, total) for name, k in zip(names, met, strict=True) if k is not None]


def trend(data: Dataset, as_of: str, **options: Any) -> pd.DataFrame:
    return pma.attainment_trend(pma.snapshot(data, as_of=as_of, **options))


def test_six_months_have_provisional_limits(dataset: Build) -> None:
    # .8 .7 .8 .9 .7 .8: mean .78333, ranges .1 .1 .1 .2 .1, mean .12; 3 / 1.128 x .12 = .31915
    data = promised(dataset, months(8, 7, 8, 9, 7, 8))
    table = trend(data, "2025-07-01")
    assert table["period"].tolist() == [f"2025-0{n}" for n in range(1, 7)]
    assert table["due"].tolist() == [10] * 6
    assert table["attainment"].tolist() == [0.8, 0.7, 0.8, 0.9, 0.7, 0.8]
    assert table["centre"].tolist() == pytest.approx([0.783333] * 6, abs=1e-6)
    assert table["lower"].tolist() == pytest.approx([0.464184] * 6, abs=1e-6)
    assert table["upper"].tolist() == [1.0] * 6  # 1.102, clipped
    assert table["signal"].tolist() == ["provisional"] * 6


def test_a_running_month_is_not_there_and_five_months_have_no_limits(dataset: Build) -> None:
    """On 30 June what is due that day is not over."""
    table = trend(promised(dataset, months(8, 7, 8, 9, 7, 8)), "2025-06-30")
    assert table["period"].iloc[-1] == "2025-05"
    assert table["attainment"].notna().all()
    assert table[["centre", "lower", "upper", "signal"]].isna().all(axis=None)


def test_the_period_ends_the_trend_and_does_not_begin_it(dataset: Build) -> None:
    data = promised(dataset, months(8, 7, 8, 9, 7, 8))
    table = trend(data, "2025-12-01", period="2025Q2")
    assert table["period"].tolist() == [f"2025-0{n}" for n in range(1, 7)]
    assert trend(data, "2025-12-01", period="2025-04")["period"].iloc[-1] == "2025-04"
    # A range that ends within a month: that month is no whole one.
    cut = trend(data, "2025-12-01", period="2025-01-01..2025-03-15")
    assert cut["period"].iloc[-1] == "2025-02"


def test_months_in_which_nothing_was_due_stay(dataset: Build) -> None:
    table = trend(promised(dataset, months(8, None, 8, 9, 7, 8)), "2025-07-15")
    assert table["period"].tolist() == [f"2025-0{n}" for n in range(1, 7)]
    assert table["due"].tolist() == [10, 0, 10, 10, 10, 10]
    assert pd.isna(table["attainment"][1])
    # Only five months are known, so there are no limits.
    assert table["centre"].isna().all()


def test_twelve_months_make_limits_and_a_month_far_off_is_a_signal(dataset: Build) -> None:
    # .8 .9 five times over, then 0: mean 8.5/11 = .772727, ranges .1 x 9 + .9 = 1.8 / 10 = .18;
    # .18 x 3 / 1.128 = .478723. All ten before it are above the centre, the eighth makes a run.
    steady = [8, 9] * 5
    eleven = trend(promised(dataset, months(*steady, 0)), "2025-12-01")
    assert eleven["lower"].tolist() == pytest.approx([0.772727 - 0.478723] * 11, abs=1e-5)
    words = ["provisional"] * 7 + ["provisional_run_high"] * 3 + ["provisional_low"]
    assert eleven["signal"].tolist() == words
    # With a twelfth month they are provisional no more, and most say nothing.
    twelve = trend(promised(dataset, months(*steady, 8, 0)), "2026-01-01")
    assert twelve["signal"].fillna("-").tolist() == ["-"] * 7 + ["run_high"] * 4 + ["low"]


def test_months_that_are_all_alike_are_no_signal(dataset: Build) -> None:
    """Nine of ten in every month: the mean of twelve times .9 misses .9 by a rounding error."""
    for share in (9, 7):
        table = trend(promised(dataset, months(*[share] * 12)), "2026-01-01")
        assert table["centre"].tolist() == pytest.approx([share / 10] * 12)
        assert table["signal"].isna().all()


def test_a_lasting_change_is_a_run(dataset: Build) -> None:
    # Eight months of 6 and 7, then eight of 8 and 9: the centre .75 lies between them.
    data = promised(dataset, months(*[6, 7] * 4, *[8, 9] * 4))
    table = trend(data, "2026-05-01")
    assert table["signal"].iloc[7] == "run_low"
    assert table["signal"].iloc[15] == "run_high"
    assert table["signal"].iloc[8:11].isna().all()


def test_the_last_months_only(dataset: Build) -> None:
    data = promised(dataset, months(*[8] * 30))
    snapshot = pma.snapshot(data, as_of="2027-07-01")
    assert pma.attainment_trend(snapshot)["period"].tolist()[0] == "2025-07"
    assert len(pma.attainment_trend(snapshot)) == 24
    assert len(pma.attainment_trend(snapshot, months=3)) == 3
    with pytest.raises(UsageError, match="at least 1 month"):
        pma.attainment_trend(snapshot, months=0)


def test_every_group_has_its_own_chart(dataset: Build) -> None:
    groups = [*months(*[8, 9] * 6), *months(*[2, 3] * 6), ("2025-03", 1, 2)]
    data = promised(dataset, groups, team=["a"] * 12 + ["b"] * 12 + [None])
    table = pma.attainment_trend(pma.snapshot(data, as_of="2026-01-01"), by="team")
    assert table["team"].fillna("-").tolist() == ["a"] * 12 + ["b"] * 12 + ["-"] * 12
    assert table["centre"].round(2).fillna(-1).unique().tolist() == [0.85, 0.25, -1]
    assert table.loc[table["team"].isna(), "due"].tolist() == [0, 0, 2, *[0] * 9]


def test_what_is_not_due_is_in_no_month(dataset: Build) -> None:
    data = promised(dataset, months(8, 7))
    snapshot = pma.snapshot(data, as_of="2025-03-01")
    early = snapshot.items["item_id"] == "x:0-9"
    snapshot.items.loc[early, "standing"] = "dropped_in_time"
    table = pma.attainment_trend(snapshot)
    assert table["due"].tolist() == [9, 10]
    assert table["attainment"].tolist() == [8 / 9, 0.7]


def at_most(x: int, n: int, p: float) -> float:
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(x + 1))


def test_the_funnel_by_hand(dataset: Build) -> None:
    """Twelve teams of 24: 4 met in one, 18 or 19 in the others; 207 of 288 in all, .71875."""
    met = [18, 19] * 5 + [18, 4]
    teams = [f"t{place:02}" for place in range(11)] + ["a"]
    data = promised(dataset, [("2025-01", k, 24) for k in met], team=teams)
    table = pma.funnel(pma.snapshot(data, as_of="2025-03-01"), by="team")
    assert table["team"].tolist() == sorted(teams)
    assert table["expected"].tolist() == pytest.approx([207 / 288] * 12)
    assert table["signal"].tolist()[0] == "low"
    assert table["signal"].isna().sum() == 11
    row = table.iloc[0]
    for column, tail in (("lower_95", 0.025), ("lower_998", 0.001)):
        fewest = round(row[column] * 24)
        assert at_most(fewest - 1, 24, 207 / 288) < tail <= at_most(fewest, 24, 207 / 288)
    for column, tail in (("upper_95", 0.025), ("upper_998", 0.001)):
        most = round(row[column] * 24)
        assert 1 - at_most(most, 24, 207 / 288) < tail <= 1 - at_most(most - 1, 24, 207 / 288)


def test_groups_that_all_differ_widen_the_funnel(dataset: Build) -> None:
    # 60 90 50 80 of 100: phi 9.2619 around .7 (worked by hand in the tests of the limits)
    data = promised(
        dataset,
        [("2025-01", met, 100) for met in (60, 90, 50, 80)],
        team=["a", "b", "c", "d"],
    )
    table = pma.funnel(pma.snapshot(data, as_of="2025-03-01"), by="team")
    assert table["signal"].isna().all()
    assert at_most(50, 100, 0.7) < 0.001
    exact = next(x for x in range(100) if at_most(x, 100, 0.7) >= 0.025) / 100
    expected = 0.7 - 9.2619**0.5 * (0.7 - exact)
    assert table["lower_95"].tolist() == pytest.approx([expected] * 4, abs=1e-4)


def test_of_two_groups_none_stands_out(dataset: Build) -> None:
    """90 and 10 of 100 around .5: z is 8 and -8, drawn in to 6.4 and -6.4; phi is 40.96."""
    data = promised(dataset, [("2025-01", met, 100) for met in (90, 10)], team=["a", "b"])
    table = pma.funnel(pma.snapshot(data, as_of="2025-03-01"), by="team")
    assert table["signal"].isna().all()
    # 40 of 100 is the lower limit at 95 % around .5: P(X <= 39) = .0176, P(X <= 40) = .0284.
    assert table["lower_95"].tolist() == [max(0.5 - 40.96**0.5 * 0.1, 0)] * 2


def test_the_funnel_has_the_cohort_of_attainment(q3: pma.Snapshot) -> None:
    kept, table = pma.attainment(q3, by="severity"), pma.funnel(q3, by="severity")
    assert table["due"].tolist() == kept["due"].tolist()
    pd.testing.assert_series_equal(table["attainment"], kept["attainment"])
    whole = pma.funnel(q3)
    assert len(whole) == 1
    assert whole["expected"].iloc[0] == whole["attainment"].iloc[0]
    assert table["expected"].dropna().unique().tolist() == whole["expected"].tolist()
    # Narrowed, the rate is that of what is left.
    one = pma.funnel(q3.where(severity="sev1"), by="team")
    first = kept.set_index("severity").loc["sev1", "attainment"]
    assert one["expected"].dropna().unique().tolist() == [first]
