"""Harm: what outranks what, worked by hand."""

import pandas as pd

from pmanalytics.workbook.harm import harm_ranks


def test_each_kind_of_knowledge_has_its_place() -> None:
    told = pd.DataFrame(
        {
            # In the order in which they are to come.
            "impact_minutes": [None, 1, 100, 10, 10, 999, 2, None, None],
            "customers_affected": [None, 1, 2, 10, 10, None, None, 10**9, None],
        }
    ).astype({"impact_minutes": "Float64", "customers_affected": "Int64"})
    back = pd.Series([True, True, False, False, False, False, False, False, False])
    # Among those that came back the known one (1 customer-minute) outranks the unknown one. Then
    # 200 before 100 customer-minutes, 999 before 2 minutes, the customers, and nothing.
    assert harm_ranks(told, came_back=back).tolist() == [1, 0, 2, 3, 3, 4, 5, 6, 7]


def test_a_known_zero_is_not_unknown() -> None:
    told = pd.DataFrame({"impact_minutes": [None, 0.0], "customers_affected": [None, 0.0]})
    assert harm_ranks(told, came_back=pd.Series([False, False])).tolist() == [1, 0]


def test_nothing_has_no_ranks() -> None:
    told = pd.DataFrame({"impact_minutes": [], "customers_affected": []})
    assert harm_ranks(told, came_back=pd.Series([], dtype=bool)).tolist() == []
