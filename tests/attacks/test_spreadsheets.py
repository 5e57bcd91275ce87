"""Spreadsheets: no text of an export, and no answer of a reader, becomes a formula."""

import csv
import re
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.answers.printing import CHANGE_WRITERS
from pmanalytics.workbook import lint_workbook
from tests.answers.small_world import ON, World, small_world, write_book
from tests.attacks.outlines import EVERY, HALVES, words_in

Office = Callable[[Path, str, Path], Path]
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://canary.invalid/","x")',
    "\t=1+1",
)


def loose(cells: list[str]) -> list[str]:
    """The cells that a spreadsheet would take for formulas; a negative number is none."""
    return [cell for cell in cells if re.match(r"[=+@\t\r\n]|-(?![\d.]+$)", cell)]


def cells_of(text: str) -> list[str]:
    return [cell for row in csv.reader(StringIO(text, newline="")) for cell in row]


def live(path: Path) -> list[str]:
    """The formulas of a workbook."""
    book = openpyxl.load_workbook(path)
    return [
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


def test_pandas_makes_formulas_of_titles(libreoffice: Office, tmp_path: Path) -> None:
    titles = pd.DataFrame({"=title": ["=1+1", "=cmd|' /C calc'!A0"]})
    titles.to_excel(tmp_path / "naive.xlsx", index=False, engine="openpyxl")
    assert live(tmp_path / "naive.xlsx") == ["=title", "=1+1", "=cmd|' /C calc'!A0"]
    titles.to_csv(tmp_path / "naive.csv", index=False)
    opened = libreoffice(tmp_path / "naive.csv", "xlsx", tmp_path / "opened")
    assert "=1+1" in live(opened)


def test_no_formula_lives_in_the_workbook(
    naughty: Path, libreoffice: Office, tmp_path: Path
) -> None:
    assert lint_workbook(naughty / "workbook.xlsx") == ()
    for path in (
        naughty / "workbook.xlsx",
        libreoffice(naughty / "workbook.xlsx", "xlsx", tmp_path),
    ):
        book = openpyxl.load_workbook(path)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
        assert [cell.coordinate for cell in cells if cell.data_type == "e"] == []
        # Our own checks of answers are the only formulas, each the same but for its row.
        live = {re.sub(r"\d+", "", cell.coordinate) for cell in cells if cell.data_type == "f"}
        (check,) = [
            cell.column_letter for cell in book["Actions"][1] if cell.value == "Answer check"
        ]
        assert live == {check}
        assert {cell.parent.title for cell in cells if cell.data_type == "f"} == {"Actions"}
        assert words_in(" ".join(str(cell.value) for cell in cells)) >= EVERY | HALVES
        links = [cell.hyperlink.target or "" for cell in cells if cell.hyperlink]
        assert links
        assert all(re.match(r"https://(tickets\.example|github)\.com/|$", link) for link in links)


def test_no_formula_lives_in_the_tables(naughty: Path, libreoffice: Office, tmp_path: Path) -> None:
    found: set[str] = set()
    for path in sorted((naughty / "tables").iterdir()):
        with path.open(newline="", encoding="utf-8") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        found |= words_in(" ".join(cells))
        assert loose(cells) == []
    assert found >= EVERY
    table = naughty / "tables" / "unowned_services.csv"
    sheet = openpyxl.load_workbook(libreoffice(table, "xlsx", tmp_path)).active
    assert [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A small organisation with its workbook."""
    return small_world(tmp_path)


def sent_back(world: World, notes: Sequence[str], *, kind: str = "s") -> Path:
    """The workbook with a note in each of its first rows, as a text (s) or as a formula (f)."""
    book = openpyxl.load_workbook(world.workbook)
    sheet = book["Actions"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Note (answer)")
    for row, note in enumerate(notes, start=2):
        cell = sheet.cell(row, column)
        cell.value, cell.data_type = note, kind
    path = world.folder / "edited.xlsx"
    book.save(path)
    return path


def test_an_answer_like_a_formula_stays_text_on_its_whole_way(world: World) -> None:
    """Into the decisions file, the list of changes, the next workbook and the ticket updates."""
    texts = [text.strip() for text in FORMULAS]
    edited = sent_back(world, FORMULAS)
    changes = pma.workbook_changes(world.data, edited, on=ON)
    notes = changes.loc[changes["kind"].eq("note"), "value"].str.strip()
    assert sorted(notes) == sorted(texts)
    assert loose(cells_of(CHANGE_WRITERS["csv"](changes))) == []
    pma.apply_answers(world.data, edited, on=ON)
    decisions = cells_of(world.decisions.read_text("utf-8"))
    assert {f"'{text}" for text in texts} <= {cell.replace("\t", "") for cell in decisions}
    assert loose(decisions) == []
    data = pma.read(world.folder)
    assert {*texts} <= {str(value).strip() for value in data.decisions["value"]}
    book = write_book(data, world.folder / "next.xlsx", as_of=ON)
    assert lint_workbook(book) == ()
    held = [
        str(cell.value).strip()
        for row in openpyxl.load_workbook(book)["Actions"].iter_rows()
        for cell in row
        if cell.data_type == "s"
    ]
    assert {*texts} <= {*held}
    assert not [formula for formula in live(book) if formula.strip() in texts]


def test_an_answer_that_is_a_formula_is_never_written(world: World) -> None:
    """A formula of a reader has the value that the spreadsheet saved, and openpyxl saves none."""
    edited = sent_back(world, [f"={text}" for text in FORMULAS], kind="f")
    assert len([formula for formula in live(edited) if formula[1:] in FORMULAS]) == len(FORMULAS)
    changes = pma.workbook_changes(world.data, edited, on=ON)
    assert set(changes["outcome"]) == {"refused"}
    assert len(changes) == len(FORMULAS)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_ticket_update_for_jira_holds_no_formula(
    dataset: Callable[..., pma.Dataset], text: str
) -> None:
    about = {"item_id": "jira:PAY-1", "key": "PAY-1", "source": "jira", "state": "open"}
    made = {"decided_on": "2026-10-12", "subject": "jira:PAY-1"}
    told = [{**made, "kind": "note", "value": text}, {**made, "kind": "owner_team", "value": text}]
    data = dataset(items=[{**about, "title": text}], decisions=told)
    updates = pma.ticket_updates(data, form="jira_csv")
    assert updates.count == 1
    assert text.strip()[:5] in updates.text
    assert loose(cells_of(updates.text)) == []


def test_commands_that_print_csv_print_no_formula(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    """What naive `to_csv` would print goes through `read`, `metrics` and `owners` disarmed."""
    quoted = ['"' + text.replace('"', '""') + '"' for text in FORMULAS]
    items = "".join(f"a:{n},{q},open,{q},{q},2026-09-01\n" for n, q in enumerate(quoted))
    (tmp_path / "items.csv").write_text("item_id,title,state,team,service,created_at\n" + items)
    services = "".join(f"{one},{one}\n" for one in quoted)
    (tmp_path / "services.csv").write_text("service,team\n" + services)
    (tmp_path / "pmanalytics.toml").write_text(
        '[[source]]\npath = "items.csv"\n[registry]\nservices = "services.csv"\n'
    )
    naive = pd.read_csv(tmp_path / "items.csv").to_csv(index=False)
    assert len(loose(cells_of(naive))) == 3 * len(FORMULAS)
    assert run("read", "--output", "tables")[0] == 0
    printed = [(tmp_path / "tables" / f"{name}.csv").read_text() for name in ("items", "services")]
    asked = ("--as-of", "2026-10-12", "--format", "csv")
    for words in (("metrics", "ownership_gaps", "--by", "team", *asked), ("owners", *asked)):
        code, out, err = run(*words)
        assert code == 0, err
        printed.append(out)
    for said in printed:
        cells = cells_of(said)
        assert len([cell for cell in cells if cell.startswith("'")]) >= len(FORMULAS)
        assert loose(cells) == []
