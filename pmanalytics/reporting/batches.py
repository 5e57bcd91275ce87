"""Batches: many reports in one run, of which a failed one does not stop the others.

All that is asked is checked before any work is done. What is there already, made from the same
things, is not made again.
"""

import os
from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final

from pmanalytics.errors import PmanalyticsError, ReportError
from pmanalytics.reporting.expanding import check_days, expanded
from pmanalytics.reporting.fingerprints import Inputs
from pmanalytics.reporting.folders import staging
from pmanalytics.reporting.kernels import run_notebook, warm_worker
from pmanalytics.reporting.notebooks import opening_of
from pmanalytics.reporting.planning import Job, Plan, plan
from pmanalytics.reporting.rendering.pdf import find_browser
from pmanalytics.reporting.reports import Progress, Run, made

__all__ = ["Batch", "Job", "make_reports"]

BATCH: Final = "batch"
AT_ONCE: Final = min(os.cpu_count() or 1, 2)  # notebooks; each may fork once more
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
    asked = [planned(job) for job in jobs]
    there = not force and any(one.candidates for one in asked)
    # All threads wait for the process, which therefore is the first to be ended.
    with ThreadPoolExecutor(AT_ONCE) as pool, warm_worker(late=there) as worker:
        # It brings pandas, which is better imported while the process starts.
        from pmanalytics.reporting.rendering.index import update_index

        check_days(jobs, as_of)
        plans, without = expanded(jobs, planned, config=place, as_of=as_of)
        # What reports are made from is looked at before it is read: what changes later is not
        # in them.
        inputs.find()
        worker.open_ahead(_openings(plans))
        run = partial(run_notebook, worker=worker)
        # An output that cannot be written is known now, and what killed runs left is gone. It
        # stays until all are made: one that fails must not clear it away for the others.
        with staging(root, BATCH):
            done = _run_all(plans, force=force, tell=progress or _silent, run=run, pool=pool)
    return replace(done, failed=(*without, *done.failed), index=update_index(root))


def _silent(step: str, share: float) -> None:
    """Say nothing of how far it is."""


def _openings(plans: Iterable[Plan]) -> list[dict[str, str]]:
    """How the notebooks open their reports, in their order."""
    found = (opening_of(one.notebook, one.given) for one in plans)
    return [way for way in found if way]


def _run_all(plans: list[Plan], *, force: bool, tell: Progress, run: Run, pool: Executor) -> Batch:
    steps = _steps(plans, tell)
    # A page is made while the notebook of the next report runs.
    several = pool.map if len(plans) > 1 else map
    done = Batch()
    for one in several(partial(_one, force=force, run=run), plans, steps):
        done = Batch(
            made=done.made + one.made,
            unchanged=done.unchanged + one.unchanged,
            failed=done.failed + one.failed,
        )
    return done


def _one(planned: Plan, step: Progress, *, force: bool, run: Run) -> Batch:
    """One report, as a batch."""
    try:
        # Another run may have made it by now, so that this is asked for each in its turn.
        if not force and (kept := planned.kept()):
            step("unchanged", 1.0)
            return Batch(unchanged=(kept,))
        return Batch(made=(made(planned, run=run, progress=step),))
    except Exception as problem:  # whatever it is, the others are made
        return Batch(failed=((planned.label, _sentence(problem)),))
    finally:
        step("", 1.0)


def _sentence(problem: Exception) -> PmanalyticsError:
    """An error of this package as it is, any other one as one that says what it was."""
    if isinstance(problem, PmanalyticsError):
        return problem
    named = f"{type(problem).__name__}: {' '.join(str(problem).split())[:LONGEST_MESSAGE]}"
    error = ReportError(f"The report could not be made ({named}).")
    error.__cause__ = problem
    return error


def _steps(plans: list[Plan], tell: Progress) -> list[Progress]:
    """Say of several reports which one was begun last, and of a single one what it does.

    An empty step says nothing, and counts all the same.
    """
    shares, begun, lock = [0.0] * len(plans), [0], Lock()

    def advancing(number: int) -> Progress:
        def advance(step: str, share: float) -> None:
            with lock:
                shares[number] = share
                begun[0] = max(begun[0], number)
                said = f"{begun[0] + 1} of {len(plans)}: {plans[begun[0]].label}"
                if step:
                    tell(step if len(plans) == 1 else said, sum(shares) / len(plans))

        return advance

    return [advancing(number) for number in range(len(plans))]
