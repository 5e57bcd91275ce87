"""Batches whose notebooks take no time, so that all that is left is the writing of folders.

`python -m tests.reporting.dying NOTEBOOK OUTPUT kill STEP` lets processes die before each STEP-th of
their changes to the output folder; `... twice ROUNDS` lets one die, and then the one that finds what
it left; `... race ROUNDS` makes reports over and over. After each death the folder is looked at.
"""

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat

from pmanalytics.reporting import batches
from pmanalytics.reporting.batches import Job, make_reports
from pmanalytics.reporting.folders import tidy
from pmanalytics.reporting.manifest import is_whole, read_manifest
from tests.deaths import died

MOST = 120  # changes that a run may make, about


def run_at_once(
    path: Path, parameters: Mapping[str, Any], *, progress: Callable[..., None], worker: object
) -> Any:
    """In the place of a worker: nothing is executed, and one file is written."""
    progress("", 0.5)
    (Path(parameters["output"]) / "tables").mkdir()
    (Path(parameters["output"]) / "tables" / "x.csv").write_text(parameters.get("team", ""))
    return nbformat.read(path, as_version=4)


@contextmanager
def no_worker(**_: Any) -> Iterator[Any]:
    """In the place of a worker that loads everything, of which each death would leave one behind."""
    yield SimpleNamespace(open_ahead=list)


def make_all(notebook: str, output: Path) -> None:
    """One report on everything, and two on subjects beneath it."""
    jobs = [Job(notebook, settings={"team": name} if name else {}) for name in ("", "a", "b")]
    done = make_reports(*jobs, output=output, force=True)
    assert not done.failed, done.failed


def reports(output: Path) -> list[Path]:
    """The folders of reports that anybody can see; each must be whole."""
    place = output / "all" / "team"
    found = [place, *place.glob("*/")] if place.is_dir() else []
    seen = [folder for folder in found if (folder / "report.html").exists()]
    for folder in seen:
        manifest = read_manifest(folder)
        assert manifest is not None, folder
        assert is_whole(folder, manifest), folder
    return seen


def leftovers(output: Path) -> list[str]:
    """What is hidden below the output, but for locks."""
    return [path.name for path in output.rglob(".*") if path.name != ".lock"]


def healed(output: Path) -> bool:
    """Whether all reports are there and whole, old or new, once a next run has begun."""
    reports(output)
    tidy(output)
    return len(reports(output)) == 3 and leftovers(output) in ([], [".index.html.new"])


def kill(notebook: str, output: Path, step: int) -> None:
    """Die before each of the changes in turn, and print how many deaths there were."""
    number = 1
    while died(partial(make_all, notebook, output), output, number):
        assert healed(output), number
        number += step
    print(number // step)


def twice(notebook: str, output: Path, rounds: int) -> None:
    """Die at random, and die again soon, while what was left is put right."""
    chances, work = random.Random(11), partial(make_all, notebook, output)
    for _ in range(rounds):
        died(work, output, chances.randrange(1, MOST))
        reports(output)
        died(work, output, chances.randrange(1, 20))
        assert healed(output)


def race(notebook: str, output: Path, rounds: int) -> None:
    """Make all reports again and again."""
    for _ in range(rounds):
        make_all(notebook, output)


def main(notebook: str, output: str, what: str, often: str) -> None:
    """Run one of the trials."""
    batches.run_notebook, batches.warm_worker = run_at_once, no_worker
    make_all(notebook, Path(output))
    {"kill": kill, "twice": twice, "race": race}[what](notebook, Path(output), int(often))
    make_all(notebook, Path(output))


if __name__ == "__main__":
    main(*sys.argv[1:])
