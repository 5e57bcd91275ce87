"""Batches: many reports in one run, of which a failed one does not stop the others.

All that is asked is checked before any work is done. What is there already, made from the same
things, is not made again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from pmanalytics.errors import PmanalyticsError, ReportError
from pmanalytics.reporting.expanding import check_days, expanded
from pmanalytics.reporting.fingerprints import Inputs
from pmanalytics.reporting.folders import staging
from pmanalytics.reporting.kernels import run_notebook
from pmanalytics.reporting.planning import Job, Plan, plan
from pmanalytics.reporting.rendering.index import update_index
from pmanalytics.reporting.rendering.pdf import find_browser
from pmanalytics.reporting.reports import Progress, Run, made

__all__ = ["Batch", "Job", "make_reports"]

BATCH: Final = "batch"
LONGEST_MESSAGE: Final = 300


@dataclass(frozen=True)
class Batch:
    """What became of several reports: their folders, and for those that failed the reason.

    `index` is the page that leads to all; None where there is none, or one of somebody else.
    """

    made: tuple[Path, ...] = ()
    unchanged: tuple[Path, ...] = ()
    failed: tuple[tuple[str, PmanalyticsError], ...] = ()
    index: Path | None = None


def make_reports(
    *jobs: Job,
    config: str | Path | None = None,
    as_of: str | None = None,
    output: str | Path = "reports",
    pdf: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Batch:
    """Make several reports in one run; a failed one does not stop the others.

    `config`, `as_of`, `output`, `pdf` and `force` are as in `report`, and hold for all. A job with
    `each` makes one report for every value that the items of the snapshot have in that column, in
    the registry's spelling; the notebook must declare an option of that name. `OUTPUT/index.html`
    is brought up to date at the end. `progress` is called with a step in words and the share done.
    Raises, before anything is made, UsageError for a wrong option and what finding and reading the
    files raises.

    Examples:
        >>> make_reports(Job("quarterly", each="team"))
        Traceback (most recent call last):
        ...
        pmanalytics.errors.UsageError: The report 'quarterly' cannot be made for each 'team': ...
    """
    root, place = Path(output), str(config) if config else None
    inputs = Inputs(place)
    browser = find_browser() if pdf else ""
    planned = partial(plan, as_of=as_of, output=root, inputs=inputs, browser=browser)
    check_days(jobs, as_of)
    plans, without = expanded(jobs, planned, config=place, as_of=as_of)
    inputs.find()
    with staging(root, BATCH):
        pass  # an output that cannot be written is known now, and what killed runs left is gone
    done = _run_all(plans, force=force, tell=progress or _silent)
    return replace(done, failed=(*without, *done.failed), index=update_index(root))


def _silent(step: str, share: float) -> None:
    """Say nothing of how far it is."""


@contextmanager
def _runner() -> Iterator[Run]:
    """What executes every notebook of a batch."""
    yield run_notebook


def _run_all(plans: list[Plan], *, force: bool, tell: Progress) -> Batch:
    done = Batch()
    with _runner() as run:
        for number, planned in enumerate(plans):
            step = _step(planned, number, len(plans), tell)
            # Another run may have made it by now, so that this is asked for each in its turn.
            try:
                if not force and (kept := planned.kept()):
                    step("unchanged", 1.0)
                    done = replace(done, unchanged=(*done.unchanged, kept))
                else:
                    folder = made(planned, run=run, progress=step)
                    done = replace(done, made=(*done.made, folder))
            except Exception as problem:  # whatever it is, the others are made
                failure = (planned.label, _sentence(problem))
                done = replace(done, failed=(*done.failed, failure))
    return done


def _sentence(problem: Exception) -> PmanalyticsError:
    """An error of this package as it is, any other one as one that says what it was."""
    if isinstance(problem, PmanalyticsError):
        return problem
    named = f"{type(problem).__name__}: {' '.join(str(problem).split())[:LONGEST_MESSAGE]}"
    error = ReportError(f"The report could not be made ({named}).")
    error.__cause__ = problem
    return error


def _step(planned: Plan, number: int, total: int, tell: Progress) -> Progress:
    """Say of several reports which one is made, and of a single one what it does."""

    def advance(step: str, share: float) -> None:
        said = step if total == 1 else f"{number + 1} of {total}: {planned.label}"
        tell(said, (number + share) / total)

    return advance
