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


def test_a_report_is_made_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    """The unpacked wheel comes first on the path, so that nothing of the repository is used."""
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r}); import os; "
        f"os.environ['PYTHONPATH'] = {str(installed)!r}; "
        "import pmanalytics; assert pmanalytics.__file__.startswith(sys.path[0]), pmanalytics.__file__; "
        "from pmanalytics.cli import main; "
        "sys.argv = ['pmanalytics', 'report', 'policy', '--sample', '--period', '2026Q3', '--output', 'here']; main()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "here" / "2026Q3" / "policy" / "report.html").is_file()
