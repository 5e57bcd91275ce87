"""The exploration notebooks: complete, without persons, and at home on any amount of data."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import pmanalytics as pma
from pmanalytics import metrics
from pmanalytics.reporting.kernels import run_notebook
from pmanalytics.reporting.notebooks import list_notebooks
from pmanalytics.reporting.shipped import shipped_folder
from pmanalytics.reporting.showing.media import FIGURE_TYPE

FOLDER = shipped_folder("notebooks/lab")
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

Run = Callable[..., list[str]]


def test_there_are_four_and_they_are_no_reports() -> None:
    names = ["completion", "data_quality", "ownership", "recurrence"]
    assert [path.stem for path in NOTEBOOKS] == [f"explore_{name}" for name in names]
    assert not {path.stem for path in NOTEBOOKS} & {report.name for report in list_notebooks()}


@pytest.mark.parametrize("name", metrics.__all__)
def test_every_metric_is_shown_in_one_of_them(name: str) -> None:
    code = "".join(
        "".join(cell["source"])
        for path in NOTEBOOKS
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    )
    # `compared` is asked for the metric by its name; the metric itself is called elsewhere too.
    assert re.search(rf"\bpma\.(plot_)?{name}\(", code)


@each
def test_each_goes_from_what_it_answers_to_ideas(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    assert cells[0]["cell_type"] == "markdown"
    assert texts[0].startswith("# ")
    assert "publishable" in texts[0]
    headings = [text.split("\n")[0] for text in texts if text.startswith("## ")]
    assert headings[0] == "## Overview"
    assert headings[-1] == "## To try yourself"
    assert {"## A part of it", "## Getting the numbers out", "## The words"} <= set(headings)
    code = "\n".join(
        text for text, cell in zip(texts, cells, strict=True) if cell["cell_type"] == "code"
    )
    assert "q.where(" in code
    assert "pma.columns()" in code
    assert ".to_csv(" in "\n".join(texts)
    assert '"owners"' not in code


@each
def test_on_the_sample_every_cell_shows_something_and_no_person(path: Path) -> None:
    executed = run_notebook(path, {})
    data = pma.sample()
    people = {name for names in data.items["owners"].dropna() for name in names}
    people |= set(data.people["person"].dropna())
    assert len(people) > 5
    text = json.dumps([cell.get("outputs", []) for cell in executed.cells], ensure_ascii=False)
    assert [person for person in sorted(people) if person in text] == []
    silent = [
        cell.id
        for cell in executed.cells
        if cell.cell_type == "code"
        and not cell.outputs
        and "parameters" not in "".join(cell.metadata.get("tags", ()))
    ]
    assert silent == []
    assert "SAMPLE DATA" in text
    charts = [o for c in executed.cells for o in c.get("outputs", ()) if FIGURE_TYPE in str(o)]
    assert charts or path.stem == "explore_data_quality"


@each
def test_on_an_empty_dataset(path: Path, empty_folder: Path, run_here: Run) -> None:
    assert "0 action items" in "".join(run_here(path, config=str(empty_folder)))


@each
def test_on_one_item_its_owner_stays_unnamed(
    path: Path, one_item_folder: Path, run_here: Run
) -> None:
    owner = pma.read(one_item_folder).items["owners"].iloc[0][0]
    said = "".join(run_here(path, config=str(one_item_folder)))
    assert "1 action items" in said
    assert owner not in said
