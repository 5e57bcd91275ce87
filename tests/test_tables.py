"""The tables: declared once, conformed everywhere."""

import pandas as pd
import pytest

from pmanalytics.errors import InputError
from pmanalytics.tables import TABLES, columns, conform, empty


@pytest.mark.parametrize("name", list(TABLES))
def test_an_empty_table_has_its_columns_and_conforming_changes_nothing(name: str) -> None:
    table = empty(name)
    assert list(table.columns) == TABLES[name].names
    assert len(table) == 0
    pd.testing.assert_frame_equal(conform(table, name), table)


def test_missing_columns_are_added_as_missing_and_unknown_ones_left_out() -> None:
    table = conform(pd.DataFrame({"person": ["Ada"], "shoe_size": [38]}), "people")
    assert table["person"].tolist() == ["Ada"]
    assert table.drop(columns="person").isna().all(axis=None)
    assert "shoe_size" not in table


def test_nobody_and_not_said_are_different() -> None:
    table = conform(pd.DataFrame({"owners": [[], None, ["a", "b"]]}), "items")
    assert table["owners"].isna().tolist() == [False, True, False]
    assert table["owners"].iloc[2] == ["a", "b"]


def test_moments_are_utc_and_days_are_naive() -> None:
    table = conform(
        pd.DataFrame({"created_at": ["2026-03-01T00:30:00+01:00"], "promised_on": ["2026-03-02"]}),
        "items",
    )
    assert table["created_at"].iloc[0] == pd.Timestamp("2026-02-28T23:30:00Z")
    assert table["promised_on"].iloc[0] == pd.Timestamp("2026-03-02")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("items", "created_at", "soon"), ("incidents", "customers_affected", "many")],
)
def test_a_value_that_does_not_fit_is_an_error_that_names_the_column(
    table: str, column: str, value: str
) -> None:
    with pytest.raises(InputError, match=column):
        conform(pd.DataFrame({column: [value]}), table)


def test_the_dictionary_explains_every_column() -> None:
    dictionary = columns()
    assert set(TABLES) <= set(dictionary["table"])
    assert (dictionary["meaning"].str.len() > 4).all()
    assert not dictionary.duplicated(["table", "column"]).any()
