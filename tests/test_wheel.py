"""The wheel: it carries the notebooks and the sample, and its command works away from here."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", folder, ROOT], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_notebooks_sample_templates_and_types_ship(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "pmanalytics/py.typed",
        "pmanalytics/notebooks/quarterly.ipynb",
        "pmanalytics/notebooks/lab/explore_completion.ipynb",
        "pmanalytics/exploring/loader.js",
        "pmanalytics/data/sample/pmanalytics.toml",
        "pmanalytics/reporting/rendering/templates/page.html.j2",
    } <= names
    assert not [name for name in names if name.startswith(("tests", "reports"))]


# The unpacked wheel comes first on the path, so that nothing of the repository is used.
ALONE = """
import os, sys
sys.path.insert(0, {installed!r})
os.environ["PYTHONPATH"] = {installed!r}
import pmanalytics as pma
assert pma.__file__.startswith(sys.path[0]), pma.__file__
from pmanalytics.cli import main
sys.argv[0] = "pmanalytics"
"""
# The last argument is a workbook that is made, answered and applied.
ANSWERED = """
import openpyxl
pma.write_sample(".")
data = pma.read(".")
about = {"organisation": data.settings.organisation, "sample": True, "as_of": "2026-10-12"}
pma.write_workbook(pma.snapshot(data, as_of="2026-10-12"), sys.argv[-1], about=about)
book = openpyxl.load_workbook(sys.argv[-1])
places = {cell.value: cell.column for cell in book["Actions"][1]}
book["Actions"].cell(2, places["Note (answer)"]).value = "our customers wait"
book.save(sys.argv[-1])
"""


def test_reports_and_answers_need_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    start = ALONE.format(installed=str(installed))
    python = [sys.executable, "-c"]
    words = ["report", "policy", "--sample", "--period", "2026Q3", "--output", "here"]
    subprocess.run(
        [*python, f"{start}main()", *words], cwd=tmp_path, check=True, capture_output=True
    )
    assert (tmp_path / "here" / "2026Q3" / "policy" / "report.html").is_file()
    organisation = tmp_path / "organisation"
    organisation.mkdir()
    words = ["workbook", "apply", "--on", "2026-10-14", "--write", "w.xlsx"]
    code = f"{start}{ANSWERED}main()"
    subprocess.run([*python, code, *words], cwd=organisation, check=True, capture_output=True)
    decisions = (organisation / "decisions.csv").read_text("utf-8").splitlines()
    assert decisions[-1].startswith("2026-10-14,")
    assert ",note,our customers wait," in decisions[-1]
