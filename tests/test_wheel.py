"""The wheel, installed alone on the newest and on the lowest dependencies: `make wheels`."""

import filecmp
import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import missing

ROOT = Path(__file__).parent.parent
WHEELS = ROOT / ".venv-wheels"
# What the lowest bounds allow has all extras, the newest has none.
ENVIRONMENTS = ("newest", "lowest")
Command = Callable[..., subprocess.CompletedProcess[str]]


def is_ours(environment: Path) -> bool:
    """Whether the package in an environment is that of this state of the repository."""
    installed = next(environment.glob("lib/*/site-packages/pmanalytics"), None)
    sources = [path.relative_to(ROOT) for path in ROOT.glob("pmanalytics/**/*.py")]
    return installed is not None and not any(
        filecmp.cmpfiles(ROOT, installed.parent, map(str, sources), shallow=False)[1:]
    )


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest) -> Path:
    folder = WHEELS / request.param
    if not is_ours(folder):
        missing("an environment with the wheel of this state (make wheels)")
    return folder


def run(
    environment: Path, folder: Path, *words: object, code: int = 0, command: str = "pmanalytics"
) -> str:
    """What a command of an environment prints, in a folder, with every warning an error."""
    done = subprocess.run(
        [environment / "bin" / command, *map(str, words)],
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code != 2 else done.stderr


@pytest.fixture
def command(environment: Path, tmp_path: Path) -> Callable[..., str]:
    return partial(run, environment, tmp_path)


@pytest.fixture(scope="module")
def reported(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of its own, in which the quarterly report of the sample was made."""
    folder = tmp_path_factory.mktemp("outside")
    run(environment, folder, "report", "quarterly", "--sample", "--period", "2026Q3")
    return folder


def test_notebooks_sample_templates_and_types_ship() -> None:
    wheels = list(WHEELS.glob("*.whl"))
    if not wheels:
        missing("the wheel (make wheels)")
    names = set(zipfile.ZipFile(wheels[0]).namelist())
    assert {
        "pmanalytics/py.typed",
        "pmanalytics/notebooks/quarterly.ipynb",
        "pmanalytics/notebooks/lab/explore_completion.ipynb",
        "pmanalytics/exploring/loader.js",
        "pmanalytics/data/sample/pmanalytics.toml",
        "pmanalytics/reporting/rendering/templates/page.html.j2",
    } <= names
    assert not [name for name in names if name.startswith(("tests", "reports"))]


def test_the_report_is_made_outside_the_repository(reported: Path) -> None:
    report = reported / "reports" / "2026Q3" / "quarterly"
    assert (report / "report.html").stat().st_size > 100_000
    assert openpyxl.load_workbook(report / "workbook.xlsx").sheetnames
    assert json.loads((report / "manifest.json").read_text("utf-8"))["status"] == "complete"


def test_data_are_read_checked_and_measured(command: Callable[..., str], tmp_path: Path) -> None:
    command("sample", tmp_path)
    files = json.loads(command("read", "--json"))["files"]
    assert sum(file["items"] for file in files) > 400
    # The sample has two rows on purpose that cannot be read.
    assert "2 errors, " in command("check", code=1)
    said = json.loads(command("metrics", "--as-of", "2026-10-12", "--format", "json"))
    assert said["tables"]["backlog"]


def test_answers_come_back(command: Callable[..., str], reported: Path, tmp_path: Path) -> None:
    path = reported / "reports" / "2026Q3" / "quarterly" / "workbook.xlsx"
    book = openpyxl.load_workbook(path)
    places = {cell.value: cell.column for cell in book["Actions"][1]}
    book["Actions"].cell(2, places["Note (answer)"]).value = "our customers wait"
    book.save(tmp_path / "edited.xlsx")
    command("sample", tmp_path)
    command("workbook", "apply", "--on", "2026-10-14", "--write", "edited.xlsx")
    decision = (tmp_path / "decisions.csv").read_text("utf-8").splitlines()[-1]
    assert decision.startswith("2026-10-14,")
    assert ",note,our customers wait," in decision


COUNTRY = '[calendar]\ncountry = "DE"\n[[source]]\npath = "*.csv"\n'


def test_an_extra_is_asked_for_where_it_is_missing(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "pmanalytics.toml").write_text(COUNTRY, "utf-8")
    (tmp_path / "items.csv").write_text("item_id,state\nx:1,open\n", "utf-8")
    questions = [("lab", "lab"), ("metrics", "backlog", "--as-of", "2026-10-12")]
    if environment.name == "newest":
        said = [run(environment, tmp_path, *words, code=2) for words in questions]
        assert "install it with 'pip install \"pmanalytics[lab]\"'" in said[0]
        assert "install pmanalytics[calendars]" in said[1]
    else:
        assert "backlog" in run(environment, tmp_path, *questions[1])
        assert run(environment, tmp_path, "lab", "--version", command="jupyter").startswith("4.")
