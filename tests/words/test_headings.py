"""Headings: every column of every table has words of its own, and the way to write its values."""

from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.reporting.showing.cells import column_kind, written
from pmanalytics.reporting.showing.grids import bundle_columns, bundle_rows, grid
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import COLUMNS, column_words
from pmanalytics.words.headings import BESIDE
from tests.metrics.test_contract import COLUMNS as METRICS

DAY = "2026-10-12"


@pytest.fixture(scope="module")
def tables(sample: Dataset, q3: Snapshot) -> dict[str, pd.DataFrame]:
    """The tables of all metrics, trials and comparisons of the sample."""
    q2 = pma.snapshot(sample, as_of="2026-07-12", period="2026Q2")
    named = {f"{name} compared": {"now": q3, "before": q2} for name in METRICS}
    return {
        **{name: getattr(pma, name)(q3, by="service") for name in METRICS},
        **{n: pma.compared(n.split()[0], by="service", **pair) for n, pair in named.items()},
        "at_risk_calibration": pma.at_risk_calibration(sample, as_of=DAY),
        "try_policy": pma.try_policy(sample, as_of=DAY, tries=["sev1=20"]),
        "evaluate_candidates": pma.evaluate_candidates(sample, as_of=DAY),
        "restatements": pd.DataFrame(columns=["table", "row", "column", "then", "now", "reason"]),
    }


def test_every_column_has_words_and_a_kind(tables: dict[str, pd.DataFrame]) -> None:
    missing = {
        (name, column)
        for name, table in tables.items()
        for column in table
        if column_words(column, table) is None
    }
    assert missing == set()


def test_no_two_columns_of_a_page_share_their_words(tables: dict[str, pd.DataFrame]) -> None:
    for name, table in tables.items():
        headers = grid(bundle_columns(table), bundle_rows(table.head(10))).headers
        repeated = [header for header in headers if header and headers.count(header) > 1]
        assert not repeated, name


def test_values_are_what_their_kind_says(tables: dict[str, pd.DataFrame]) -> None:
    """The kind as declared is the kind as written: no column falls back on its type."""
    for name, table in tables.items():
        for column in table if len(table) and "row" not in table else ():
            declared = column_words(column, table)
            assert declared
            assert column_kind(column, table[column], table) == declared[1], (name, column)


def test_every_whole_number_and_share_is_declared_as_such(tables: dict[str, pd.DataFrame]) -> None:
    """Counts are no shares, also where they are 0 and 1 only."""
    for name, table in tables.items():
        for column in table.select_dtypes(["integer"]):
            kind = (column_words(column, table) or ("", ""))[1]
            assert kind in ("integer", "duration", "median", "overrun"), (name, column)
        for column in table.select_dtypes(["floating"]):
            kind = (column_words(column, table) or ("", ""))[1]
            assert kind in ("percent", "points", "number", "score"), (name, column)


@pytest.mark.parametrize(
    ("metric", "column", "value", "said"),
    [
        ("repeat_exposure", "low", 0.39, "0.39"),
        ("mean_cumulative", "high", 0.17, "0.17"),
        ("repeat_rate", "low", 0.39, "39%"),
        ("attainment", "low", 0.39, "39%"),
        ("hidden_lag", "ticketed", 1, "1"),
        ("discoverability", "ticketed", 1, "100%"),
        ("hidden_lag", "median_days", None, "–"),
        ("time_to_owner", "median_days", None, "not reached"),
        ("quieter_services", "expected", 0.5, "0.5"),
        ("funnel", "expected", 0.5, "50%"),
        ("waivers", "in_time", True, "yes"),
        ("review_timeliness", "in_time", 0.5, "50%"),
        ("unknowns", "reason", "closing_date", "closing date"),
        ("commitments", "state", "open", "open"),
        ("repeats_while_open", "state", "none", "without a preventive item"),
    ],
)
def test_a_name_means_what_its_table_says(metric: str, column: str, value: Any, said: str) -> None:
    declared = column_words(column, METRICS[metric].split())
    assert declared
    assert written(value, declared[1], column) == said


def test_what_was_before_is_told_from_what_was_open_before_a_repeat() -> None:
    compared = ["overdue", "overdue_before", "overdue_change"]
    assert column_words("overdue_before", compared) == ("open, overdue, before", "integer")
    assert column_words("overdue_before", METRICS["repeats"].split()) == COLUMNS["overdue_before"]


def test_what_a_column_means_beside_another_one_is_asked_for() -> None:
    """Each mark is a column of some table, and each meaning differs from the usual one."""
    for mark, meanings in BESIDE.items():
        assert mark in COLUMNS
        for name, words in meanings.items():
            assert COLUMNS.get(name) != words
