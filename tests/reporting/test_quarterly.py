"""The notebooks that ship: they are thin, and the whole report of the sample is right."""

import ast
import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pmanalytics.reporting.media import EXHIBIT_TYPE, FIGURE_TYPE
from pmanalytics.reporting.notebooks import list_notebooks
from pmanalytics.reporting.shipped import shipped_folder
from pmanalytics.workbook import lint_workbook

SHIPPED = (*list_notebooks(), *list_notebooks(shipped_folder("notebooks/lab")))
BANNED = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda, ast.Try, ast.comprehension)


@pytest.fixture(scope="module")
def outputs(quarterly):
    cells = json.loads((quarterly / "notebook.ipynb").read_text())["cells"]
    return [output.get("data", {}) for cell in cells for output in cell.get("outputs", ())]


@pytest.mark.parametrize("notebook", SHIPPED, ids=lambda notebook: notebook.name)
def test_notebooks_are_thin(notebook):
    cells = json.loads(notebook.path.read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell for cell in code if cell["metadata"].get("tags") == ["parameters"]]
    for cell in code:
        tree = ast.parse("".join(cell["source"]))
        assert not [node for node in ast.walk(tree) if isinstance(node, BANNED)]
        imported = [
            name.name
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for name in node.names
        ]
        assert set(imported) <= {"pmanalytics"}
        assert len(tree.body) <= 5
        assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.parametrize("notebook", SHIPPED, ids=lambda notebook: notebook.name)
def test_every_parameter_is_explained(notebook):
    assert notebook.parameters
    assert all(parameter.help for parameter in notebook.parameters)


def test_the_folder_holds_everything(quarterly, outputs):
    exhibits = {data[EXHIBIT_TYPE]["name"] for data in outputs if EXHIBIT_TYPE in data}
    tables = {path.stem for path in (quarterly / "tables").iterdir()}
    assert tables == exhibits | {"files", "rejects", "measures", "items", "incidents"}
    assert {path.name for path in quarterly.iterdir()} == {
        "report.html",
        "workbook.xlsx",
        "summary.md",
        "notebook.ipynb",
        "manifest.json",
        "tables",
    }
    assert lint_workbook(quarterly / "workbook.xlsx") == ()


def test_the_tables_are_what_the_page_shows(quarterly, outputs):
    for bundle in (data[EXHIBIT_TYPE] for data in outputs if EXHIBIT_TYPE in data):
        with (quarterly / "tables" / f"{bundle['name']}.csv").open(newline="") as file:
            header, *rows = csv.reader(file)
        assert header == [column["name"] for column in bundle["columns"]]
        assert len(rows) == bundle["total_rows"]


def test_every_chart_is_drawn_and_the_page_stays_small(quarterly, outputs, chromium):
    figures = len([data for data in outputs if FIGURE_TYPE in data])
    seen = chromium(quarterly / "report.html", "--dump-dom")
    assert figures >= 8
    assert seen.count('class="main-svg"') >= 3 * figures
    assert f'data-charts="{figures}"' in seen
    assert (quarterly / "report.html").stat().st_size < 3_000_000


def test_whatever_is_made_from_the_sample_says_so(quarterly):
    for name in ("report.html", "summary.md"):
        assert "SAMPLE DATA" in (quarterly / name).read_text()
    assert json.loads((quarterly / "manifest.json").read_text())["sample"] is True


def test_the_manifest_hashes_the_inputs(quarterly):
    manifest = json.loads((quarterly / "manifest.json").read_text())
    assert len(manifest["inputs"]) >= 5
    assert all(len(entry["sha256"]) == 64 for entry in manifest["inputs"])
    assert not [entry for entry in manifest["inputs"] if Path(entry["path"]).is_absolute()]


def test_no_person_is_named(quarterly, sample):
    text = "".join(
        (quarterly / name).read_text() for name in ("report.html", "summary.md", "notebook.ipynb")
    )
    people = sample.people["person"].dropna().unique()
    assert len(people) > 5
    assert not [person for person in people if person in text]


def test_the_same_input_gives_the_same_bytes_anywhere(quarterly, tmp_path):
    elsewhere = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"}
    command = [sys.executable, "-m", "pmanalytics", "report", "quarterly", "--sample"]
    subprocess.run(
        [*command, "--output", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), **elsewhere},
        check=True,
        capture_output=True,
    )
    again = tmp_path / quarterly.parent.name / "quarterly"
    files = {path.relative_to(quarterly) for path in quarterly.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    assert len(files) > 20
    different = [at for at in files if (quarterly / at).read_bytes() != (again / at).read_bytes()]
    assert different == []
