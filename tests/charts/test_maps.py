"""Maps: the count of each cell, its colour by the count, and an order that is no ranking."""

import re

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.errors import UsageError
from tests.charts.tables import HOSTILE, hand_off_table, map_table


def cells(figure: object) -> dict[tuple[int, int], str]:
    text = figure.data[1]  # type: ignore[attr-defined]
    return dict(zip(zip(text.y, text.x, strict=True), text.text, strict=True))


def opacities(figure: object) -> list[float]:
    bars = figure.data[0]  # type: ignore[attr-defined]
    return [float(re.findall(r"[\d.]+", color)[-1]) for color in bars.marker.color]


def test_overdue_cells_are_those_of_the_table() -> None:
    figure = pma.plot_overdue_map(map_table())
    # Teams by the alphabet, the one of which nothing is overdue left out.
    names = [name.partition("<br>")[0] for name in figure.layout.yaxis.ticktext]
    assert names[1:] == ["core", "no team"]
    assert list(figure.layout.xaxis.ticktext) == ["Sev-1", "Sev-2"]
    assert cells(figure) == {(0, 1): "7", (1, 0): "4", (1, 1): "·", (2, 1): "2"}
    assert list(figure.layout.meta["notes"]) == ["Groups without an overdue item are left out."]
    assert "core: 4 Sev-1" in figure.layout.meta["alt"]


def test_the_more_the_darker_and_nothing_has_no_colour() -> None:
    figure = pma.plot_overdue_map(map_table())
    # 7, 4 and 2 of at most 7, between 0.08 and 0.45.
    assert opacities(figure) == pytest.approx([0.45, 0.291, 0.186], abs=0.001)
    assert len(figure.data[0].y) == 3


def test_a_withheld_count_is_a_dash_without_colour() -> None:
    table = map_table()
    table["overdue"] = table["overdue"].astype("Int64").mask(table["total"] < 10)
    figure = pma.plot_overdue_map(table)
    assert sorted(cells(figure).values()) == sorted(["7", "·", "–", "–", "–"])
    assert len(figure.data[0].y) == 1


def test_a_map_needs_two_columns() -> None:
    with pytest.raises(UsageError, match="by 1 columns; group it by two"):
        pma.plot_overdue_map(map_table().drop(columns="severity"))


def test_hand_offs_go_from_rows_to_columns() -> None:
    figure = pma.plot_hand_offs(hand_off_table())
    rows = [name.partition("<br>")[0] for name in figure.layout.yaxis.ticktext]
    columns = [name.partition("<br>")[0] for name in figure.layout.xaxis.ticktext]
    assert rows[1:] == columns[1:] == ["core", "web"]
    assert cells(figure) == {(1, 2): "3", (1, 0): "1", (2, 1): "6", (0, 2): "2"}
    assert "core to web: 3 items" in figure.layout.meta["alt"]
    assert any("from ↓" in note.text for note in figure.layout.annotations)


def test_long_names_of_columns_stand_upright() -> None:
    assert pma.plot_hand_offs(hand_off_table()).layout.xaxis.tickangle == -90
    short = hand_off_table().replace(HOSTILE, "geo")
    assert pma.plot_hand_offs(short).layout.xaxis.tickangle == 0


def test_rows_and_columns_without_room_are_counted() -> None:
    table = pd.DataFrame(
        {
            "from_team": "core",
            "to_team": [f"t{n:02}" for n in range(20)],
            "items": 1,
            "hand_offs": 1,
        }
    )
    figure = pma.plot_hand_offs(table)
    assert len(figure.layout.xaxis.ticktext) == 16
    assert list(figure.layout.meta["notes"]) == [
        "4 more rows or columns can be found in the table."
    ]
