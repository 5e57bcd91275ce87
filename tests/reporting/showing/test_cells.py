import pandas as pd
import pytest

from pmanalytics.reporting.showing.cells import NUMERIC, column_kind, json_value, written
from pmanalytics.words import COLUMNS


def test_missing_values_are_words_or_a_dash():
    assert written(None, "integer") == "–"
    assert written(None, "percent") == "–"
    assert written(None, "median") == "not reached"
    assert written(None, "group", "severity") == "no severity"


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (0.5, "percent", "50%"),
        (1234567, "integer", "1,234,567"),
        (14.5, "median", "14.5"),
        (14.0, "median", "14"),
        (2.25, "number", "2.2"),
        ("met", "standing", "done in time"),
        ("none", "return", "without a preventive item"),
        (-0.05, "points", "-5 points"),
        (0.284, "points", "+28 points"),
        (-5, "duration", "-5"),
        (16, "overrun", "16"),
        (-16, "overrun", "–"),
        ("no_such_gap", "gap", "no_such_gap"),
        (True, "signal", "signal"),
        (False, "signal", ""),
    ],
)
def test_values_are_written_by_their_kind(value, kind, expected):
    assert written(value, kind) == expected


def test_a_declared_name_with_other_values_is_written_by_its_type():
    assert column_kind("low", pd.Series([12.0, 40.0])) == "number"
    assert column_kind("due", pd.Series(["2026-07-01"], dtype="str")) == "text"
    assert column_kind("attainment", pd.array([None, 0.4], dtype="Float64")) == "percent"
    assert column_kind("answered", pd.Series([93])) == "integer"
    assert column_kind("attainment_change", pd.Series([-0.2, float("nan")])) == "points"


def test_limits_are_written_like_their_figure():
    table = pd.DataFrame({"rate_ratio": [0.8], "low": [0.2], "high": [0.9]})
    assert [column_kind(name, table[name], table) for name in table] == ["score"] * 3


def test_json_values():
    assert json_value(pd.Timestamp("2026-10-12 06:00", tz="UTC")) == "2026-10-12 06:00 UTC"
    assert json_value(float("nan")) is None
    assert json_value(pd.NaT) is None
    assert json_value(1 / 3) == 0.333333333


def test_every_declared_kind_can_write_a_value():
    samples = {kind: "2026-01-01" for _, kind in COLUMNS.values()} | dict.fromkeys(NUMERIC, 0.5)
    samples["day"] = "2026-01-01"
    assert all(written(samples[kind], kind, name) for name, (_, kind) in COLUMNS.items())
