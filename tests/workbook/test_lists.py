"""Lists: the choices that a reader is offered."""

from collections.abc import Callable

import pytest

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.workbook.layout import ACTIONS, LISTS, REPEATS
from pmanalytics.workbook.lists import choices_table

ITEM = {"item_id": "jira:A-1", "team": "Payments", "created_at": "2026-07-01T00:00Z"}


@pytest.mark.parametrize(
    ("registry", "teams"),
    [
        ({}, ["Payments"]),
        ({"services": [{"service": "s", "team": "web"}]}, ["web"]),
        (
            # One team in two projects, and one that has left.
            {
                "teams": [
                    {"team": "zoo"},
                    {"team": "Core", "project": "A"},
                    {"team": "Core", "project": "B"},
                    {"team": "=gone", "until": "2026-01-01"},
                    {"team": "@now"},
                ],
                "services": [{"service": "s", "team": "app"}, {"service": "t"}],
            },
            ["@now", "app", "Core", "zoo"],
        ),
    ],
)
def test_teams_are_those_of_the_registry_else_those_of_items(
    dataset: Callable[..., Dataset], registry: dict[str, list[dict[str, str]]], teams: list[str]
) -> None:
    taken = pma.snapshot(dataset(items=[ITEM], **registry), as_of="2026-10-20")
    assert choices_table(taken)["team"].dropna().tolist() == teams
    # A part offers all teams: an item may go to any of them.
    part = taken.where(team="nobody")
    assert choices_table(part)["team"].dropna().tolist() == teams


def test_every_column_with_choices_has_a_list(dataset: Callable[..., Dataset]) -> None:
    table = choices_table(pma.snapshot(dataset(), as_of="2026-10-20"))
    assert list(table) == [column.name for column in LISTS]
    assert {column.choices for column in (*ACTIONS, *REPEATS) if column.choices} <= set(table)
    assert table["verdict"].dropna().tolist() == ["confirm", "deny"]
    assert table["decision"].dropna().tolist() == ["keep", "drop", "ask for a waiver"]
    assert table["team"].dropna().tolist() == []
