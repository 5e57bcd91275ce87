"""Attacks as answers: every hostile text goes the whole way round and arrives as a text.

The exports are those of tests/naughty.py: titles, teams and services are attacks already. Readers
answer with the same texts, which become decisions and stand in the next workbook.
"""

import csv
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

import pmanalytics as pma
from pmanalytics.words import plain
from pmanalytics.workbook.cells import cell_text
from tests.answers.workbook_edits import HEADERS, headers
from tests.naughty import TITLES, naughty_folder, token

AS_OF, ON = "2026-10-12", "2026-10-14"
ITEMS = {f"jira:{token(number)}-1": number for number in range(len(TITLES))}
# The tracker has every fourth item as done, and what is done cannot be dropped.
OPEN = {name: number for name, number in ITEMS.items() if number % 4 != 3}
# What can be typed: a cell holds no other signs, and not more of them.
TYPED = [ILLEGAL_CHARACTERS_RE.sub("", text)[:32_767] for text in TITLES]


def given_out(folder: Path, as_of: str) -> Path:
    data = pma.read(folder)
    about = {"organisation": data.settings.organisation, "as_of": as_of}
    path = folder / f"{as_of}.xlsx"
    return pma.write_workbook(pma.snapshot(data, as_of=as_of, period="2026Q3"), path, about=about)


def answers_of(path: Path) -> dict[str, dict[str, openpyxl.cell.Cell]]:
    """The cells of the answers of every item, by the names of the columns."""
    page = openpyxl.load_workbook(path)["Actions"]
    places = {name: headers(page)[header] for name, header in HEADERS["item"].items()}
    return {
        row[places["item_id"] - 1].value: {name: row[at - 1] for name, at in places.items()}
        for row in page.iter_rows(min_row=2)
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile exports; to each item, readers answered with a team, a note and a reason."""
    folder = naughty_folder(tmp_path_factory.mktemp("naughty") / "exports").parent
    (folder / "decisions.csv").unlink()
    book = openpyxl.load_workbook(given_out(folder, AS_OF))
    page, offered = book["Actions"], [cell.value for cell in book["Lists"]["A"][1:] if cell.value]
    places = {name: headers(page)[header] for name, header in HEADERS["item"].items()}
    for row in page.iter_rows(min_row=2):
        number = ITEMS.get(row[places["item_id"] - 1].value)
        if number is None:
            continue
        said = {"note": TYPED[number], "new_team": offered[number % len(offered)]}
        if number % 4 != 3:
            said |= {"decision": "drop", "reason": TYPED[number]}
        for name, text in said.items():
            row[places[name] - 1].value = text
            row[places[name] - 1].data_type = "s"  # also what begins like a formula
    book.save(folder / "edited.xlsx")
    return folder


@pytest.fixture(scope="module")
def written(folder: Path) -> pd.DataFrame:
    """The decisions as the file of decisions has them after the answers were applied."""
    pma.apply_answers(pma.read(folder), folder / "edited.xlsx", on=ON)
    return pma.read(folder).decisions


@pytest.mark.parametrize(
    ("kind", "column", "items"), [("note", "value", ITEMS), ("drop", "reason", OPEN)]
)
def test_texts_arrive_in_the_decisions(
    written: pd.DataFrame, kind: str, column: str, items: dict[str, int]
) -> None:
    made = written[written["kind"].eq(kind).to_numpy(dtype=bool)]
    assert made.set_index("subject")[column].to_dict() == {
        name: plain(TYPED[number]) for name, number in items.items()
    }


def test_teams_arrive_as_they_were_chosen(written: pd.DataFrame, folder: Path) -> None:
    made = written[written["kind"].eq("owner_team").to_numpy(dtype=bool)].set_index("subject")
    chosen = {
        name: cells["new_team"].value for name, cells in answers_of(folder / "edited.xlsx").items()
    }
    for name, team in made["value"].items():
        assert cell_text(team) == chosen[name]
    # The other two have that team already.
    assert len(made) == len(ITEMS) - 2


def test_no_cell_of_the_decisions_is_a_formula(written: pd.DataFrame, folder: Path) -> None:
    with (folder / "decisions.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert len(rows) == len(written) + 1
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []


def test_the_next_workbook_shows_them_as_texts(written: pd.DataFrame, folder: Path) -> None:
    path = given_out(folder, ON)
    shown = answers_of(path)
    for name, number in ITEMS.items():
        cells = shown[name]
        assert cells["note"].value == cell_text(TYPED[number])
        assert cells["note"].data_type == "s"
        if number % 4 != 3:
            assert cells["reason"].value == cell_text(TYPED[number])
            assert cells["reason"].data_type == "s"
    formulas = {
        name for cells in shown.values() for name, cell in cells.items() if cell.data_type == "f"
    }
    assert formulas == {"check"}
    assert pma.workbook_changes(pma.read(folder), path, on=ON).empty


def test_what_was_applied_is_known(written: pd.DataFrame, folder: Path) -> None:
    again = pma.workbook_changes(pma.read(folder), folder / "edited.xlsx", on=ON)
    assert set(again["outcome"]) == {"known"}
    assert len(again) == 2 * len(ITEMS) + len(OPEN)
