"""The notebooks that ship: they are thin, and the whole report of the sample is right."""

import ast
import csv
import json
from pathlib import Path

import pytest

from pmanalytics.reporting.notebooks import list_notebooks
from pmanalytics.reporting.reports import report
from pmanalytics.reporting.shipped import shipped_folder
from pmanalytics.reporting.showing.media import EXHIBIT_TYPE, FIGURE_TYPE, FRONT_TYPE
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


def rows_of(quarterly, name):
    with (quarterly / "tables" / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_figures_of_the_first_screen_are_those_of_the_tables(quarterly, outputs):
    (front,) = [data[FRONT_TYPE] for data in outputs if FRONT_TYPE in data]
    figures = {answer["label"]: answer["figure"] for answer in front["answers"]}
    for row in rows_of(quarterly, "attainment_by_severity")[:2]:
        label = f"Sev-{row['severity'][-1]} promises kept"
        assert figures[label] == f"{row['met']} of {row['due']}"
    (stand,) = rows_of(quarterly, "standings")
    opened = int(stand["overdue"]) + int(stand["pending"])
    bands = rows_of(quarterly, "backlog_by_severity")
    assert opened <= sum(int(band["items"]) for band in bands)
    assert figures["Overdue now"] == (
        f"{stand['overdue']} of {sum(int(band['items']) for band in bands)}"
    )
    lacking = len(rows_of(quarterly, "unowned_services"))
    assert figures["Services without an owner"].startswith(f"{lacking} of ")
    returned = {row["incident_id"] for row in rows_of(quarterly, "repeats")}
    (answer,) = [one for one in front["answers"] if one["incidents"]]
    assert answer["incidents"] <= len(returned)
    assert figures["Incidents that came back"].startswith(f"{answer['incidents']} of ")
    assert len(front["decisions"]) == 3
    assert [row[0] for row in front["rows"]] == ["2026-07-21", "2026-04-21", "2026-01-20"]


def test_what_the_first_screen_leads_to_is_on_the_page(outputs):
    (front,) = [data[FRONT_TYPE] for data in outputs if FRONT_TYPE in data]
    exhibits = {data[EXHIBIT_TYPE]["name"] for data in outputs if EXHIBIT_TYPE in data}
    led = {one["exhibit"] for one in (*front["answers"], *front["decisions"])}
    assert led <= exhibits


def test_no_exhibit_is_shown_twice_and_each_figure_has_a_question_or_is_a_list(outputs):
    exhibits = [data for data in outputs if EXHIBIT_TYPE in data]
    names = [data[EXHIBIT_TYPE]["name"] for data in exhibits]
    assert len(set(names)) == len(names)
    assert not [
        data[EXHIBIT_TYPE]["name"]
        for data in exhibits
        if FIGURE_TYPE in data and not data[EXHIBIT_TYPE]["question"].endswith("?")
    ]


def shown_in(folder):
    cells = json.loads((folder / "notebook.ipynb").read_text())["cells"]
    outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", ())]
    return [data for data in outputs if EXHIBIT_TYPE in data]


def test_on_no_items_the_report_says_so_and_draws_nothing(empty_folder, tmp_path):
    folder = report(config=empty_folder, period="2026Q3", output=tmp_path)
    shown = shown_in(folder)
    assert [data for data in shown if FIGURE_TYPE in data] == []
    assert "There are no action items." in (folder / "report.html").read_text()
    silent = [data[EXHIBIT_TYPE] for data in shown if not data[EXHIBIT_TYPE]["findings"]]
    assert [one["name"] for one in silent if not one["rows"]] == []


def test_on_one_item_the_item_is_listed_beneath_its_figure(one_item_folder, tmp_path):
    folder = report(config=one_item_folder, period="2026Q3", output=tmp_path)
    assert [row["title"] for row in rows_of(folder, "due_items")] == ["Alert on a full disk"]
    assert "Sev-1 promises kept: 0 of 1" in (folder / "summary.md").read_text()
    assert lint_workbook(folder / "workbook.xlsx") == ()


def test_the_report_of_the_period_before_is_compared_and_its_folder_not_shown(
    one_item_folder, tmp_path
):
    report(config=one_item_folder, period="2026Q2", as_of="2026-08-10", output=tmp_path)
    folder = report(config=one_item_folder, period="2026Q3", output=tmp_path)
    # As of August the same data give the same figures.
    said = "No figure of the earlier report would be another one today."
    assert said in (folder / "report.html").read_text()
    for file in ("report.html", "notebook.ipynb", "manifest.json", "summary.md"):
        assert str(tmp_path) not in (folder / file).read_text()


@pytest.mark.real
@pytest.mark.parametrize(
    "name", ["jira/asf_hive_2.0.0_all-fields_server.csv", "github/rails_issues_rest_with_prs.json"]
)
def test_real_exports_become_a_whole_report(shared_exports, name, tmp_path):
    folder = report(config=shared_exports / name, output=tmp_path)
    assert (folder / "manifest.json").is_file()
    assert lint_workbook(folder / "workbook.xlsx") == ()
