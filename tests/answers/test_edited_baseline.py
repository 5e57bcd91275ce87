"""The hidden baseline: what was typed into it is noticed, and what programs do to it is not."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import pmanalytics as pma
from pmanalytics.answers.edited import read_edited
from pmanalytics.datasets import Dataset
from pmanalytics.errors import InputError
from pmanalytics.workbook import write_workbook
from pmanalytics.workbook.layout import BASELINE
from tests.answers.workbook_edits import Change, item
from tests.naughty import TITLES

Edit = Callable[..., Path]
CHANGED = f"was changed on its hidden sheet {BASELINE!r}, which says what was given out; take a new"


def retyped(shown: str, value: object) -> Change:
    """Type over the first cell of the baseline that holds a text."""

    def change(book: openpyxl.Workbook) -> None:
        cells = (cell for row in book[BASELINE].iter_rows() for cell in row)
        next(cell for cell in cells if cell.value == shown).value = value

    return change


def removed(book: openpyxl.Workbook) -> None:
    """Delete the last row, which is a whole one."""
    book[BASELINE].delete_rows(book[BASELINE].max_row)


def emptied(book: openpyxl.Workbook) -> None:
    """Empty the cell of the checksum, behind the version."""
    book[BASELINE]["C1"].value = None


CHANGES = {
    "team": retyped("payments", "search"),
    "state": retyped("open", "done"),
    "answer": retyped("bought", "too dear"),
    "answer taken out": retyped("asked twice", None),
    "day": retyped("2026-08-31", "2026-09-30"),
    "subject of the report": retyped("Example & Sons", "Example"),
    "row": removed,
    "checksum": emptied,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_cell_that_was_typed_over_is_noticed(edit: Edit, change: str) -> None:
    with pytest.raises(InputError) as caught:
        read_edited(edit(CHANGES[change]), zone="UTC")
    assert CHANGED in str(caught.value)


def test_blanks_around_texts_are_no_change(edit: Edit) -> None:
    path = edit(retyped("payments", " payments\n"), retyped("asked twice", "asked  twice "))
    assert read_edited(path, zone="UTC").remarks == ()


@pytest.fixture(scope="module")
def naughty(dataset: Callable[..., Dataset], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of items with texts that programs may not keep, under ids that are as odd."""
    texts = [*TITLES, "007", "1e5", "2026-01-01", "TRUE", "_x005F_", "x005F_", "_x005F_x0041_"]
    items = [
        item(f"N-{place}", item_id=f"{text[:40]} {place}", title=text, team=text)
        for place, text in enumerate(texts)
    ]
    path = tmp_path_factory.mktemp("naughty") / "naughty.xlsx"
    return write_workbook(pma.snapshot(dataset(items=items), as_of="2026-10-20"), path, about={})


def test_odd_texts_do_not_make_a_workbook_unreadable(naughty: Path) -> None:
    result = read_edited(naughty, zone="UTC")
    assert len(result.rows) == len(result.baseline) > 20
    assert result.remarks == ()


def test_odd_texts_survive_programs(
    naughty: Path, libreoffice: Callable[[Path, str, Path], Path], tmp_path: Path
) -> None:
    openpyxl.load_workbook(naughty).save(tmp_path / "again.xlsx")
    again = read_edited(tmp_path / "again.xlsx", zone="UTC")
    theirs = read_edited(libreoffice(naughty, "xlsx", tmp_path), zone="UTC")
    assert len(again.rows) == len(theirs.rows) == len(again.baseline)
    assert (again.remarks, theirs.remarks) == ((), ())
