"""Publication: what small groups may show, and that no person is on a table."""

import pandas as pd
import pytest

import pmanalytics as pma


def shares(column: str, **counts: list[int]) -> pd.DataFrame:
    size = len(next(iter(counts.values())))
    names = [f"name {number}" for number in range(size)]
    return pd.DataFrame(
        {column: names[::-1], **counts, "attainment": 0.5, "low": 0.2, "high": 0.8, "signal": "low"}
    )


@pytest.mark.parametrize("column", ["team", "service"])
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
