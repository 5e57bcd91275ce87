"""Fixtures for reports: small notebooks that are run for real, and a browser."""

import ast
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from typing import Any

import nbformat
import pytest
from filelock import FileLock

from pmanalytics.reporting.kernels import run_notebook
from pmanalytics.reporting.notebooks import find_notebook
from pmanalytics.reporting.reports import report
from pmanalytics.reporting.showing.story import Story, read_story
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
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a report by the first worker that asks: `made_once("small", make)`; `make(place)`."""
    root = tmp_path_factory.getbasetemp()
    # Each worker has a folder of its own beneath that of the session.
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root

    def once(name: str, make: Callable[[Path], Path]) -> Path:
        known = root / f"{name}.made"
        with FileLock(root / f"{name}.lock"):
            if not known.exists():
                known.write_text(str(make(root / name)))
        return Path(known.read_text())

    return once


@pytest.fixture(scope="session")
def small(made_once: Callable[..., Path]) -> Path:
    """The folder of a small report; no test may change it."""
    source = str(NOTEBOOKS / "small.ipynb")
    return made_once("small", lambda place: report(source, output=place))


@pytest.fixture(scope="session")
def quarterly(made_once: Callable[..., Path]) -> Path:
    """The folder of the quarterly report on the sample; no test may change it."""
    return made_once("quarterly", lambda place: report("quarterly", output=place))


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


@pytest.fixture(scope="session")
def played() -> Callable[..., Story]:
    """Run a shipped notebook in this process: `played("week", period="2026-W41")` is its story.

    Each cell runs as in a kernel, and what it shows goes through JSON as in a notebook; that takes
    a fifth of the time of a whole report.
    """

    def play(name: str, **parameters: Any) -> Story:
        notebook = find_notebook(name)
        source = nbformat.read(notebook.path, as_version=4)
        names: dict[str, Any] = {}
        for cell in source.cells:
            if cell.cell_type != "code":
                continue
            shown = _shown(cell.source, names)
            if "parameters" in cell.metadata.get("tags", ()):
                names.update(parameters)
            if hasattr(shown, "_repr_mimebundle_"):
                data = json.loads(json.dumps(shown._repr_mimebundle_(), allow_nan=False))
                cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
        return read_story(source, title=name, parameters=parameters)

    return play


def _shown(source: str, names: dict[str, Any]) -> Any:
    """Run a cell; give the value of its last line where that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
