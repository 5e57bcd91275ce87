"""Publication: what small groups may show, and that no person is on a table."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics import metrics
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError
from pmanalytics.publication import CASES, EXPECTATIONS, INTERVALS, OTHER_FIGURES


def shares(column: str, **counts: list[int]) -> pd.DataFrame:
    size = len(next(iter(counts.values())))
    names = [f"name {number}" for number in range(size)]
    return pd.DataFrame(
        {column: names[::-1], **counts, "attainment": 0.5, "low": 0.2, "high": 0.8, "signal": "low"}
    )


@pytest.mark.parametrize("column", ["team", "service", "project"])
def test_small_groups_keep_counts_and_lose_rates(column: str) -> None:
    table = pma.publishable(shares(column, due=[10, 9, 5, 4, 0]))
    assert table["due"].tolist() == [0, 4, 5, 9, 10]  # in the order of the names
    assert table["attainment"].notna().tolist() == [False, False, False, False, True]
    assert table["signal"].notna().tolist() == [False, False, False, False, True]
    assert table["low"].notna().tolist() == [False, False, True, True, True]


def test_the_organisation_by_severity_and_a_teams_own_page_show_everything() -> None:
    by_severity = shares("severity", due=[3])
    pd.testing.assert_frame_equal(pma.publishable(by_severity), by_severity)
    own = shares("team", due=[3])
    pd.testing.assert_frame_equal(pma.publishable(own, comparison=False), own)


def test_a_curve_of_few_items_is_not_shown() -> None:
    curve = pd.DataFrame(
        {
            "team": ["a", "a", "b", "b"],
            "day": [0, 5, 0, 5],
            "at_risk": [12, 3, 4, 4],
            "cumulative_incidence": [0.0, 0.4, 0.0, 0.2],
            "low": 0.0,
            "high": 1.0,
        }
    )
    shown = pma.publishable(curve)
    assert shown["cumulative_incidence"].notna().tolist() == [True, True, False, False]


def test_persons_are_left_out_unless_configured() -> None:
    table = pd.DataFrame({"item_id": ["x:1"], "owners": ["Ada"], "engineering_manager": ["Bo"]})
    assert list(pma.publishable(table)) == ["item_id"]
    assert "owners" in pma.publishable(table, persons=True)
    counted = pd.DataFrame({"reviews": [3], "engineering_manager": [2]})
    assert "engineering_manager" in pma.publishable(counted)


def test_the_table_that_is_given_stays_as_it_is() -> None:
    table = shares("team", due=[3, 12])
    before = table.copy()
    pma.publishable(table)
    pd.testing.assert_frame_equal(table, before)


def hidden(table: pd.DataFrame, **options: Any) -> dict[str, list[bool]]:
    """Which cells of each column are not shown."""
    shown = pma.publishable(table, **options)
    return {name: shown[name].isna().tolist() for name in shown}


@pytest.mark.parametrize("count", ["due", "of", "n", "items", "done_once", "reviews", "incidents"])
def test_every_share_rests_on_the_count_of_its_own_metric(count: str) -> None:
    table = pd.DataFrame({"team": list("abc"), count: [4, 9, 10], "rate": 0.5, "low": 0.1})
    assert hidden(table)["rate"] == [True, True, False]
    assert hidden(table)["low"] == [True, False, False]


def test_a_comparison_without_any_count_shows_no_share() -> None:
    table = pd.DataFrame({"team": ["a"], "overdue": [3], "mine": [0.5]})
    assert hidden(table) == {"team": [False], "overdue": [False], "mine": [True]}
    assert not any(hidden(table, comparison=False)["mine"])


def test_medians_are_figures_and_sums_of_days_are_counts() -> None:
    table = pd.DataFrame({"team": ["a"], "n": [4], "median_days": pd.array([7], "Int64")})
    table = table.assign(median_low=pd.array([3], "Int64"), overdue_days=40)
    assert [name for name, cells in hidden(table).items() if any(cells)] == [
        "median_days", "median_low",
    ]  # fmt: skip


def test_each_arm_of_participation_rests_on_its_own_reviews() -> None:
    """Of 16 reviews 4 had both managers, 12 had not; of 12, 7 and 5."""
    both = pd.array([4, 7], "Int64")
    table = pd.DataFrame({"team": ["a", "b"], "reviews": [16, 12], "both": both})
    arms = {f"{name}_{arm}": 0.5 for name in ("attainment", "low") for arm in ("with", "without")}
    assert hidden(table.assign(**arms)) == {
        "team": [False, False],
        "reviews": [False, False],
        "both": [False, False],
        "attainment_with": [True, True],
        "attainment_without": [False, True],
        "low_with": [True, False],
        "low_without": [False, False],
    }


def test_two_periods_and_two_policies_rest_on_both_counts() -> None:
    table = pd.DataFrame({"team": ["a"], "due": [12], "due_before": [4], "tried_due": [4]})
    shares = {"attainment": 0.5, "low": 0.2, "attainment_before": 0.5, "attainment_change": 0.1}
    table = table.assign(**shares, change_low=0.0, tried_attainment=0.5)
    assert [name for name, cells in hidden(table).items() if any(cells)] == [
        "attainment_before", "attainment_change", "change_low", "tried_attainment",
    ]  # fmt: skip


def test_figures_of_either_period_are_hidden_and_so_is_what_is_said_of_their_change() -> None:
    """Medians are whole numbers and signals are words: both are figures in any column."""
    table = pd.DataFrame({"team": ["a", "b"], "due": [4, 12], "due_before": [12, 4]})
    table = table.assign(
        median_days=pd.array([9, 9], dtype="Int64"),
        median_days_before=pd.array([8, 8], dtype="Int64"),
        median_days_change=pd.array([1, 1], dtype="Int64"),
        signal="low",
        signal_before="low",
        expected_before=0.7,
        change_low=-0.1,
        reading="lower",
    )
    assert {name: cells for name, cells in hidden(table).items() if any(cells)} == {
        "median_days": [True, False],
        "median_days_before": [False, True],
        "median_days_change": [True, True],
        "signal": [True, False],
        "signal_before": [False, True],
        "change_low": [True, True],
        "reading": [True, True],
    }
    # The reading of a sentinel says what the sign may mean, and no figure.
    assert not any(hidden(table.assign(sentinel="dropped"))["reading"])


def test_what_is_expected_says_nothing_about_a_team() -> None:
    table = pd.DataFrame({"team": ["a"], "due": [3], "attainment": 0.3, "expected": 0.7})
    table = table.assign(lower_95=0.1, upper_998=1.0, signal="low")
    found = hidden(table)
    assert [name for name, cells in found.items() if any(cells)] == ["attainment", "signal"]


def test_one_hidden_share_takes_a_second_one_with_it_where_no_count_is_shown() -> None:
    """With the total of 40 items and the shares of b and c, the share of a could be worked out."""
    table = pd.DataFrame({"team": list("abc"), "items": [5, 15, 20], "findable": 0.5, "low": 0.2})
    assert hidden(table)["findable"] == [True, True, False]
    assert hidden(table)["low"] == [False, True, False]
    two = table.assign(items=[5, 7, 28])
    assert hidden(two)["findable"] == [True, True, False]
    nothing = table.assign(items=[0, 15, 20])
    assert hidden(nothing)["findable"] == [True, False, False]
    counted = table.rename(columns={"findable": "rate"}).assign(with_gap=[2, 7, 10])
    assert hidden(counted)["rate"] == [True, False, False]


def test_the_second_share_is_sought_within_each_group() -> None:
    sizes = {
        "severity": ["sev1"] * 2 + ["sev2"] * 2,
        "team": list("abab"),
        "items": [5, 15, 11, 12],
    }
    table = pd.DataFrame(sizes).assign(fresh=0.5)
    shown = pma.publishable(table).set_index(["severity", "team"])["fresh"]
    assert shown["sev1"].isna().all()
    assert shown["sev2"].notna().all()


def test_an_arm_of_participation_rests_on_matured_items_too() -> None:
    """Of 12 reviews with both managers came 2 items, both kept: Wilson on 2 of 2 is .342 to 1."""
    table = pd.DataFrame({"team": list("ab"), "reviews": [24, 24], "both": [12, 12]})
    table = table.assign(
        attainment_with=[1.0, 0.75], low_with=[0.342, 0.467], high_with=[1.0, 0.911]
    )
    # 9 of 12 is .467 to .911.
    assert hidden(table)["attainment_with"] == [True, False]
    assert hidden(table)["low_with"] == [True, False]
    # 6 of 8 is .409 to .929: an interval, and no share.
    eight = table.assign(attainment_with=0.75, low_with=0.409, high_with=0.929)
    assert hidden(eight)["attainment_with"] == [True, True]
    assert hidden(eight)["high_with"] == [False, False]


def test_the_lag_of_tickets_rests_on_the_tickets() -> None:
    table = pd.DataFrame({"team": list("ab"), "items": [20, 20], "ticketed": [3, 20]})
    table = table.assign(later_than_1=0.5, median_days=pd.array([2, 3], "Int64"))
    assert hidden(table)["median_days"] == [True, False]
    assert hidden(table)["later_than_1"] == [True, True]  # the total would give the first away


def test_an_attainment_without_its_count_takes_a_second_one_with_it() -> None:
    """Of 40 items due the organisation kept .7, which is `expected`: 28, less those of b and c."""
    table = pd.DataFrame({"team": list("abc"), "due": [5, 15, 20], "attainment": 0.5})
    funnel = table.assign(expected=0.7, lower_95=0.1)
    assert hidden(funnel)["attainment"] == [True, True, False]
    counted = table.assign(met=[2, 7, 10], low=0.2, high=0.8)
    assert hidden(counted)["attainment"] == [True, False, False]
    speed = pd.DataFrame({"team": list("abc"), "n": [5, 15, 20], "done_by_15": 0.5})
    assert hidden(speed)["done_by_15"] == [True, True, False]


def test_the_centre_of_a_trend_does_not_give_a_month_away() -> None:
    """The centre is the mean of the months; with all but one of them it tells the last one."""
    months = pd.DataFrame({"team": ["a", "a", "b", "b"], "period": ["2026-01", "2026-02"] * 2})
    trend = months.assign(due=[12, 3, 12, 30], attainment=0.5, centre=0.5, lower=0.1, upper=0.9)
    for name in ("centre", "lower", "upper"):
        assert hidden(trend)[name] == [True, True, False, False]


def test_what_two_periods_hold_is_hidden_by_its_own_count_whatever_its_type(
    sample: Dataset,
) -> None:
    """Medians are whole numbers and signals are words, in the earlier period too."""
    before = {"n": [20], "n_before": [4], "median_days": pd.array([9], "Int64")}
    table = pd.DataFrame({"team": ["a"], **before})
    table = table.assign(
        median_days_before=pd.array([7], "Int64"),
        median_days_change=pd.array([2], "Int64"),
        median_low_before=pd.array([1], "Int64"),
    )
    assert [name for name, cells in hidden(table).items() if any(cells)] == [
        "median_days_before", "median_days_change", "median_low_before",
    ]  # fmt: skip
    words = pd.DataFrame({"team": ["a"], "due": [20], "due_before": [4], "signal": "high"})
    words = words.assign(signal_before="low", reading="higher")
    assert [name for name, cells in hidden(words).items() if any(cells)] == [
        "signal_before", "reading",
    ]  # fmt: skip


def test_an_arm_of_the_earlier_period_rests_on_its_own_reviews() -> None:
    counts = {"reviews": [30], "both": [15], "reviews_before": [30], "both_before": [4]}
    table = pd.DataFrame({"team": ["a"], **counts})
    table = table.assign(attainment_with=0.5, attainment_with_before=0.5)
    assert hidden(table)["attainment_with"] == [False]
    assert hidden(table)["attainment_with_before"] == [True]


def test_an_index_of_teams_is_a_comparison_too() -> None:
    table = shares("team", due=[12, 4], met=[6, 2]).set_index("team")
    shown = pma.publishable(table)
    assert shown["team"].tolist() == ["name 0", "name 1"]
    assert shown["attainment"].notna().tolist() == [False, True]
    persons = pd.DataFrame({"owner": ["Ada"], "items": [3]}).set_index("owner")
    assert list(pma.publishable(persons)) == ["items"]


def test_publishing_twice_changes_nothing_and_keeps_what_was_chosen() -> None:
    table = pd.DataFrame({"team": list("abc"), "items": [5, 15, 20], "fresh": 0.5, "low": 0.2})
    once = pma.publishable(table)
    pd.testing.assert_frame_equal(pma.publishable(once), once)
    own = pma.publishable(shares("team", due=[3]), comparison=False)
    assert pma.exhibit(own, name="attainment_by_team").table["attainment"].notna().all()
    owners = pma.publishable(pd.DataFrame({"owners": ["Ada"]}), persons=True)
    assert "owners" in pma.exhibit(owners, name="mine").table


def test_lists_of_cases_and_services_by_weakness_keep_their_order() -> None:
    cases = pd.DataFrame(
        {"item_id": ["x:2", "x:1"], "team": ["b", "a"], "chance": 0.5, "score": 0.1}
    )
    pd.testing.assert_frame_equal(pma.publishable(cases), cases)
    weak = pd.DataFrame({"service": ["web", "api"], "incidents": [3, 2], "repeats": [2, 1]})
    pd.testing.assert_frame_equal(pma.publishable(weak), weak)
    ranked = pd.DataFrame({"team": ["web", "api"], "items": [9, 2]})
    assert pma.publishable(ranked)["team"].tolist() == ["api", "web"]


@pytest.mark.parametrize(("column", "named"), [("due", "'due'"), ("low", "'low'")])
def test_an_attainment_is_not_shown_without_what_it_rests_on(column: str, named: str) -> None:
    with pytest.raises(UsageError, match=named):
        pma.publishable(shares("severity", due=[12]).drop(columns=column))


@pytest.fixture(scope="module")
def small(dataset: Callable[..., Dataset]) -> pma.Snapshot:
    """Two teams with a few items, reviews and repeats each: too few for any figure."""
    items, incidents, attendance = [], [], []
    for number in range(6):
        team = ("core", "web")[number % 2]
        incidents.append(
            {
                "incident_id": f"I{number}",
                "severity": "sev1",
                "service": f"service of {team}",
                "team": team,
                "causes": ["cache"],
                "started_at": f"2026-0{1 + number}-05T08:00Z",
                "resolved_at": f"2026-0{1 + number}-05T10:00Z",
                "reviewed_at": f"2026-0{1 + number}-07T10:00Z",
                "postmortem_published_at": f"2026-0{1 + number}-08T10:00Z",
            }
        )
        roles = ("engineering_manager", "product_manager") if number < 4 else ("engineer",)
        attendance += [{"incident_id": f"I{number}", "role": role, "team": team} for role in roles]
        items.append(
            {
                "item_id": f"x:{number}",
                "key": f"X-{number}",
                "title": "Add an alert for the queue",
                "incident_id": f"I{number}",
                "team": team,
                "kind": "prevent",
                "state": "done" if number < 4 else "open",
                "created_at": f"2026-0{1 + number}-06T10:00Z",
                "closed_at": f"2026-0{1 + number}-18T10:00Z" if number < 4 else None,
            }
        )
    services = [{"service": f"service of {team}", "team": team} for team in ("core", "web")]
    data = dataset(items=items, incidents=incidents, attendance=attendance, services=services)
    return pma.snapshot(data, as_of="2026-09-01")


@pytest.mark.parametrize("name", metrics.__all__)
def test_no_metric_shows_a_figure_of_a_team_with_too_few_items(
    small: pma.Snapshot, name: str
) -> None:
    """Every number with a fraction is hidden, whatever its column is called."""
    table = getattr(pma, name)(small, by="team")
    if set(CASES) & set(table):
        return
    shown = pma.publishable(table)
    numbers = [c for c in shown if pd.api.types.is_float_dtype(shown[c]) and c not in EXPECTATIONS]
    told = [*numbers, *(c for c in (*OTHER_FIGURES, *INTERVALS) if c in shown)]
    if name == "sentinels":
        told.remove("reading")  # one sentence for each sentinel, whatever its figures
    assert [column for column in told if shown[column].notna().any()] == []
    counts = [c for c in shown if pd.api.types.is_integer_dtype(shown[c]) and c not in told]
    pd.testing.assert_series_equal(shown[counts].sum(), table[counts].sum())


def test_the_small_teams_have_figures_to_hide(small: pma.Snapshot) -> None:
    """Without figures, the test above could not fail."""
    for name in (
        "attainment",
        "speed",
        "gap_rates",
        "discoverability",
        "participation",
        "findable",
    ):
        table = getattr(pma, name)(small, by="team")
        numbers = table.select_dtypes("float")
        assert numbers.notna().to_numpy().any(), name


def test_page_workbook_and_tables_show_what_is_published(
    small: pma.Snapshot, sample: Dataset, tmp_path: Path
) -> None:
    """A notebook that forgets to publish a table of teams shows no more than one that does not."""
    table = pma.attainment(small, by="team")
    assert table["attainment"].notna().all()
    shown = pma.exhibit(table, name="attainment_by_team")
    shares_of_page = [row[list(table).index("attainment")] for row in shown.bundle()["rows"]]
    assert shares_of_page == [None, None]
    assert not any("%" in sentence for sentence in shown.findings)
    report = pma.Report(sample, small)
    pma.save_report(report, shown, output=tmp_path)
    written = pd.read_csv(tmp_path / "tables" / "attainment_by_team.csv")
    assert written["attainment"].isna().all()
    assert written["due"].sum() == table["due"].sum()
    sheet = openpyxl.load_workbook(tmp_path / "workbook.xlsx")["Summary"]
    rows = [row for row in sheet.iter_rows(values_only=True) if {"core", "web"} & {*row}]
    assert len(rows) == 2
    assert not any(isinstance(cell, float) for row in rows for cell in row)


@pytest.mark.parametrize(
    "plot", ["plot_attainment", "plot_discoverability", "plot_completion_curve"]
)
def test_a_chart_of_a_snapshot_shows_no_more_than_its_table(small: pma.Snapshot, plot: str) -> None:
    """With every figure withheld, the chart of the teams holds no number between its marks."""
    drawn = getattr(pma, plot)(small, by="team")
    severity = getattr(pma, plot)(small, by="severity")
    assert not shares_of(drawn)
    assert shares_of(severity)


def shares_of(figure: Any) -> list[object]:
    """What the marks of a chart show that is a share: a number, or a percentage beside a mark."""
    named = [getattr(trace, part, None) for trace in figure.data for part in ("x", "y", "text")]
    cells = [cell for values in named if values is not None for cell in np.ravel(values).tolist()]
    shares = [cell for cell in cells if isinstance(cell, float) and 0 < cell <= 1]
    return [*shares, *(cell for cell in map(str, cells) if re.search(r"\d%", cell))]
