"""Fixtures for reports: small notebooks that are run for real, and a browser."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from pmanalytics.reporting.kernels import run_notebook
from pmanalytics.reporting.reports import report
from pmanalytics.reporting.story import Story, read_story
from tests.reporting.driving import Reader, reader

NOTEBOOKS = Path(__file__).parent / "notebooks"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--virtual-time-budget=20000",
)  # fmt: skip


@pytest.fixture(scope="session")
def notebooks() -> Path:
    """The folder of small notebooks."""
    return NOTEBOOKS


def _chromium() -> str:
    program = which("chromium") or which("chromium-browser") or which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing, and continuous integration must not skip.")
        pytest.skip("Chromium is missing here.")
    return program


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Open a page in a browser without a window: `chromium(path, *flags)` gives its output."""
    program = _chromium()

    def opened(page: Path, *flags: str) -> str:
        profile = tmp_path_factory.mktemp("profile")
        command = [program, *FLAGS, f"--user-data-dir={profile}", *flags, page.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout

    return opened


@pytest.fixture(scope="session")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A browser that can be told what a reader does."""
    program = _chromium()
    flags = [flag for flag in FLAGS if "budget" not in flag]
    with reader(program, tmp_path_factory.mktemp("profile"), *flags) as page:
        yield page


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small report that was made once."""
    return report(str(NOTEBOOKS / "small.ipynb"), output=tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="session")
def quarterly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the quarterly report on the sample, made once."""
    return report("quarterly", output=tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="session")
def executed() -> Callable[[str], Any]:
    """Execute a small notebook by its name, once."""
    done: dict[str, Any] = {}

    def run(name: str) -> Any:
        if name not in done:
            done[name] = run_notebook(NOTEBOOKS / f"{name}.ipynb", {})
        return done[name]

    return run


@pytest.fixture(scope="session")
def hostile(executed: Callable[[str], Any]) -> Story:
    """The story of a notebook that holds hostile text in every place."""
    return read_story(executed("hostile"), title="hostile", parameters={"period": "<b>"})
