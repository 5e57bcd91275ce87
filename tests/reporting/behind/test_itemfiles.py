import re

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.reporting.behind.bundling import item_lists
from pmanalytics.reporting.behind.entries import Shown
from pmanalytics.reporting.behind.itemfiles import INCIDENT_COLUMNS, ITEM_COLUMNS, write_item_files


@pytest.fixture(scope="module")
def files(q3, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    write_item_files(q3, folder)
    return {
        name: pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("items", "incidents")
    }


def test_all_items_and_incidents_are_there(files, q3):
    assert sorted(files["items"]["item_id"]) == sorted(q3.items["item_id"])
    assert sorted(files["incidents"]["incident_id"]) == sorted(q3.incidents["incident_id"])


def test_no_column_holds_persons(files, sample):
    assert not {"owners", "labels", "assignee"} & {*ITEM_COLUMNS, *INCIDENT_COLUMNS}
    cells = set(files["items"].to_numpy().ravel()) | set(files["incidents"].to_numpy().ravel())
    assert not cells & set(sample.people["person"].dropna())


def filtered(table, words):
    """The rows that a reader finds who follows the words of a filter."""
    for part in filter(None, words.split(" and ")):
        name, verb, value = re.fullmatch(
            r"(\w+) (is not empty|is one of|is|contains)\s?(.*)", part
        ).groups()
        cells = table[name]
        table = table[
            {
                "is not empty": cells != "",
                "is one of": cells.isin(value.split(", ")),
                "is": cells == ("" if value == "empty" else value),
                "contains": cells.str.split(";").map(lambda held, wanted=value: wanted in held),
            }[verb]
        ]
    return table


METRICS = (
    "standings", "attainment", "speed", "backlog", "gap_rates", "unknowns", "reopenings",
    "weak_services", "unowned_services", "repeat_rate", "repeats_while_open", "attainment_trend",
)  # fmt: skip


@pytest.mark.parametrize("name", METRICS)
def test_a_filter_of_the_file_finds_as_many_as_the_cell_says(files, q3, name):
    lists = item_lists([Shown(name, getattr(pma, name)(q3), q3)], q3).lists[name]
    for listed in lists["columns"].values():
        for row, (number, _) in listed["cells"].items():
            both = " and ".join(filter(None, [listed["where"], listed["row_where"][row]]))
            assert len(filtered(files[listed["of"]], both)) == number, (both, number)


def test_formulas_are_text(dataset, tmp_path):
    items = [{"item_id": "x:1", "state": "open", "title": "=1+1", "team": "@core"}]
    incidents = [{"incident_id": "-1", "title": "+2"}]
    taken = pma.snapshot(dataset(items=items, incidents=incidents), as_of="2026-04-10")
    write_item_files(taken, tmp_path)
    text = (tmp_path / "items.csv").read_text() + (tmp_path / "incidents.csv").read_text()
    assert '"\'=1+1"' in text
    assert '"\'@core"' in text
    assert '"\'-1"' in text
    assert '"\'+2"' in text


def test_without_any_item_there_are_headers(dataset, tmp_path):
    write_item_files(pma.snapshot(dataset(), as_of="2026-04-10"), tmp_path)
    assert pd.read_csv(tmp_path / "items.csv").columns.tolist() == list(ITEM_COLUMNS)
    assert pd.read_csv(tmp_path / "incidents.csv").columns.tolist() == list(INCIDENT_COLUMNS)
