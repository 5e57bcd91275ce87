"""The axis of periods: few names, the last one always, years where they change."""

import pandas as pd

from pmanalytics.charts.panels import named_places, period_names


def test_long_names_are_fewer_and_the_last_is_always_there() -> None:
    months = pd.Series([f"{2025 + n // 12}-{1 + n % 12:02}" for n in range(24)])
    assert named_places(months) == [2, 5, 8, 11, 14, 17, 20, 23]
    quarters = pd.Series([f"{2023 + n // 4}Q{1 + n % 4}" for n in range(12)])
    assert named_places(quarters) == list(range(12))


def test_years_stand_where_they_change() -> None:
    assert period_names(["2026-01", "2026-02"]) == ["Jan<br>2026", "Feb<br>"]
    assert period_names(["2025Q4", "2026Q1", "2026Q2"]) == ["Q4<br>", "Q1<br>2026", "Q2<br>"]
    assert period_names(["2025-W52", "2026-W01"]) == ["W52<br>2025", "W01<br>2026"]
    assert period_names(["2025", "2026"]) == ["2025", "2026"]
