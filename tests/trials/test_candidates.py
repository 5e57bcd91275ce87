"""Trials of candidate teams: hits counted by hand, and nothing learned from what came later."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset

Build = Callable[..., Dataset]
COLUMNS = [
    "method",
    "items",
    "answered",
    "top_1",
    "top_1_low",
    "top_1_high",
    "top_3",
    "top_3_low",
    "top_3_high",
    "proposed",
    "coverage",
    "precision",
    "precision_low",
    "precision_high",
]
TEAMS = [{"team": name} for name in ("pay", "find", "mail", "shop")]


def item(number: int, team: str, *, closed: int | None, **more: Any) -> dict[str, Any]:
    """An item created on day `number` of January and closed on day `closed`."""
    return {
        "item_id": f"x:{number:02}",
        "team": team,
        "service": "api",
        "state": "done" if closed else "open",
        "created_at": pd.Timestamp("2026-01-01T10:00Z") + pd.Timedelta(number, unit="D"),
        "closed_at": closed and pd.Timestamp("2026-01-01T20:00Z") + pd.Timedelta(closed, unit="D"),
    } | more


def history() -> list[dict[str, Any]]:
    """Ten items: two of find, six of pay, and then the two that are tried, one of each team."""
    teams = ["find"] * 2 + ["pay"] * 7 + ["find"]
    return [item(number, team, closed=number) for number, team in enumerate(teams)]


def trial(dataset: Build, items: list[dict[str, Any]], **tables: Any) -> pd.DataFrame:
    data = dataset(items=items, **({"teams": TEAMS} | tables))
    return pma.evaluate_candidates(data, as_of="2026-07-01").set_index("method")


def test_hits_by_hand(dataset: Build) -> None:
    table = trial(dataset, history())
    # Pay is proposed for both: right for item 8, wrong for item 9, whose team comes second.
    names = ["items", "answered", "top_1", "top_3", "proposed", "coverage", "precision"]
    assert table.loc["history", names].tolist() == [2, 2, 0.5, 1.0, 2, 1.0, 0.5]
    assert table.loc["all", names].tolist() == table.loc["history", names].tolist()
    # Wilson for 1 of 2 is .0945 to .9055.
    limits = ["top_1_low", "top_1_high", "precision_low", "precision_high"]
    assert table.loc["history", limits].tolist() == pytest.approx([0.0945, 0.9055] * 2, abs=1e-4)
    assert table.loc["registry", names[:5]].tolist() == [2, 0, 0, 0, 0]
    assert table.loc["text", names[:5]].tolist() == [2, 0, 0, 0, 0]
    assert pd.isna(table.loc["registry", "precision"])
    assert table.loc["most frequent team", names[:5]].tolist() == [2, 2, 0.5, 1.0, 0]


def test_the_fourth_candidate_is_none_of_three(dataset: Build) -> None:
    # One item each of three teams, none of shop, whose items are tried; they are no history, since
    # they are open.
    teams = ["find", "mail", "pay"] * 3 + ["shop"] * 3
    items = [
        item(number, team, closed=None if team == "shop" else number)
        for number, team in enumerate(teams)
    ]
    table = trial(dataset, items)
    assert table.loc["history", ["items", "answered", "top_3"]].tolist() == [3, 3, 0]


def test_the_registry_counts_on_its_own(dataset: Build) -> None:
    services = [{"service": "api", "team": "find"}]
    table = trial(dataset, history(), services=services)
    assert table.loc["registry", ["answered", "top_1", "precision"]].tolist() == [2, 0.5, 0.5]
    # find 3 + 2 * share, pay 2 * share: the registry wins, and is right once.
    assert table.loc["all", "top_1"] == 0.5


@pytest.mark.parametrize(
    ("since", "answered"), [("2026-01-01", 2), ("2026-01-09", 1), ("2026-01-10", 0)]
)
def test_a_row_of_the_registry_is_known_from_its_first_day(
    dataset: Build, since: str, answered: int
) -> None:
    # The items tried were created on 2026-01-09 and 2026-01-10; each is judged by the day before.
    services = [{"service": "api", "team": "pay", "since": since}]
    table = trial(dataset, history(), services=services)
    assert table.loc["registry", "answered"] == answered


def test_what_is_closed_after_creation_teaches_nothing(dataset: Build) -> None:
    late = [row | {"closed_at": "2026-03-01T10:00Z"} for row in history()]
    never = [row | {"closed_at": None, "state": "open"} for row in history()]
    table = trial(dataset, late)
    pd.testing.assert_frame_equal(table, trial(dataset, never))
    assert table.loc["all", ["items", "answered"]].tolist() == [2, 0]
    # On the very day of creation is too late as well.
    same = [row | {"closed_at": "2026-01-09T01:00Z"} for row in history()]
    assert trial(dataset, same).loc["history", "answered"] == 1


def test_items_whose_team_changed_later_teach_nothing(dataset: Build) -> None:
    # Pay got its items in February only, so that find's two are all that was known.
    events = [
        {
            "subject": f"x:{number:02}",
            "at": "2026-02-01T10:00Z",
            "field": "team",
            "before": "find",
            "after": "pay",
        }
        for number in range(2, 9)
    ]
    table = trial(dataset, history(), events=events)
    # So find is proposed for both, and right for item 9.
    assert table.loc["history", ["answered", "top_1", "precision"]].tolist() == [2, 0.5, 0.5]
    assert table.loc["history", "top_3"] == 0.5


def test_titles_are_tried_too(dataset: Build) -> None:
    names = {"pay": "Rotate the keys", "find": "KKKK"}
    items = [
        item(number // 20, team := ("pay", "find")[number % 2], closed=number // 20)
        | {"item_id": f"x:{number:03}", "service": None, "title": names[team]}
        for number in range(400)
    ]
    table = trial(dataset, items)
    # From 300 closed items on: 320 are learned from, and all 80 tried ones are found.
    assert table.loc["text", ["items", "answered", "top_1"]].tolist() == [80, 80, 1.0]


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"item_id": "x:1"}],
        [item(1, "pay", closed=1)],
        [item(1, "ghosts", closed=1), item(2, "ghosts", closed=2)],
        [item(1, "pay", closed=None), item(2, "find", closed=None)],
    ],
)
def test_little_data_gives_the_same_columns(dataset: Build, items: list[dict[str, Any]]) -> None:
    table = trial(dataset, items).reset_index()
    assert list(table.columns) == COLUMNS
    whole = trial(dataset, history()).reset_index()
    pd.testing.assert_series_equal(table.dtypes, whole.dtypes)
    assert table["method"].tolist() == [
        "all",
        "registry",
        "history",
        "text",
        "most frequent team",
    ]


def test_a_day_before_all_data_is_one_sentence(dataset: Build) -> None:
    with pytest.raises(pma.UsageError, match="before all data"):
        pma.evaluate_candidates(dataset(items=history()), as_of="2020-01-01")
