"""A workbook as it is given out, and the means to edit a copy of it as readers do."""

from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

import pmanalytics as pma
from pmanalytics.answers.edited import Edited, read_edited
from pmanalytics.datasets import Dataset
from pmanalytics.workbook import write_workbook
from tests.answers.returning import World, small_organisation
from tests.answers.workbook_edits import Change, cell, decision, item


@pytest.fixture(scope="session")
def answered_data(dataset: Callable[..., Dataset]) -> Dataset:
    """Five items, of which PAY-2 to PAY-4 have answers, and two returns, of which one is confirmed.

    PAY-2 is dropped, PAY-3 has a waiver, PAY-4 a promised date, a team and a note.
    """
    items = [
        item("PAY-1", promised_on="2026-08-31"),
        item("PAY-2", title="=1+1"),
        item("PAY-3", title="two  blanks\nand a line"),
        item("PAY-4", team=None),
        item("PAY-5", state="done", closed_at="2026-10-01T09:00:00Z"),
    ]
    incidents = [
        {"incident_id": name, "severity": "sev1", "title": f"Title of {name}",
         "repeat_of": None if name == "INC-1" else "INC-1",
         "started_at": f"2026-0{month}-01T03:00:00Z", "resolved_at": f"2026-0{month}-01T05:00:00Z"}
        for name, month in (("INC-1", 7), ("INC-2", 8), ("INC-3", 9))
    ]  # fmt: skip
    decisions = [
        decision("jira:PAY-2", "drop", reason="bought"),
        decision("jira:PAY-3", "waiver", until="2026-12-31", reason="frozen"),
        decision("jira:PAY-4", "promised", until="2026-11-30"),
        decision("jira:PAY-4", "owner_team", value="search"),
        decision("jira:PAY-4", "note", value="asked twice"),
        decision("INC-3", "repeat", value="INC-1", reason="the same leak"),
    ]
    return dataset(items=items, incidents=incidents, decisions=decisions)


@pytest.fixture(scope="session")
def given(answered_data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of `answered_data` as it is given out on 2026-10-20."""
    about = {"organisation": "Example & Sons", "as_of": "2026-10-20", "period": "2026Q3"}
    path = tmp_path_factory.mktemp("given") / "actions.xlsx"
    snapshot = pma.snapshot(answered_data, as_of="2026-10-20", period="2026Q3")
    return write_workbook(snapshot, path, about=about)


@pytest.fixture
def edit(given: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the workbook, changed by openpyxl."""

    def build(*changes: Change, name: str = "edited.xlsx") -> Path:
        book = openpyxl.load_workbook(given)
        for change in changes:
            change(book)
        book.save(tmp_path / name)
        return tmp_path / name

    return build


@pytest.fixture
def edited(edit: Callable[..., Path]) -> Callable[..., Edited]:
    """What is read of a changed copy."""
    return lambda *changes: read_edited(edit(*changes), zone="UTC")


@pytest.fixture(scope="session")
def wide(dataset: Callable[..., Dataset], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of twenty open items without answers, A-1 to A-20."""
    items = [item(f"A-{number}") for number in range(1, 21)]
    path = tmp_path_factory.mktemp("wide") / "wide.xlsx"
    return write_workbook(pma.snapshot(dataset(items=items), as_of="2026-10-20"), path, about={})


@pytest.fixture
def rows(wide: Path, tmp_path: Path) -> Callable[..., Edited]:
    """What is read when the answers of the first row, the second row and so on are these."""

    def build(*answered: Mapping[str, object]) -> Edited:
        book = openpyxl.load_workbook(wide)
        for number, values in enumerate(answered, start=1):
            for column, value in values.items():
                at = cell(book, f"A-{number}", column)
                if isinstance(value, int | float):
                    # A cell that lost the format of days shows a number.
                    at.number_format = "General"
                at.value = value
        book.save(tmp_path / "rows.xlsx")
        return read_edited(tmp_path / "rows.xlsx", zone="UTC")

    return build


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of the small organisation before anything changed or was decided."""
    return small_organisation(tmp_path_factory.mktemp("pristine")).given_out()


@pytest.fixture
def world(tmp_path: Path, pristine: Path) -> World:
    """The small organisation, whose exports and decisions a test may change."""
    return small_organisation(tmp_path, pristine)
