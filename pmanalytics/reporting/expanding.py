"""From jobs to single reports: one for each value of a column, found by reading the data once."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from pmanalytics.errors import ReportError, UsageError, nearest
from pmanalytics.reporting.planning import APART, PLACES, Job, Plan

if TYPE_CHECKING:
    from pmanalytics.snapshots import Snapshot

__all__ = ["check_days", "expanded"]

SOME_DAY: Final = date(2000, 1, 1)


def check_days(jobs: Iterable[Job], as_of: str | None) -> None:
    """Raise UsageError for a period or an as-of date that is none, before any data are read."""
    from pmanalytics.periods import parse_period
    from pmanalytics.snapshots import as_day

    day = as_day(as_of) if as_of else SOME_DAY
    for job in jobs:
        if job.period:
            parse_period(job.period, as_of=day)


def expanded(
    jobs: Iterable[Job], planned: Callable[[Job], Plan], *, config: str | None, as_of: str | None
) -> tuple[list[Plan], list[tuple[str, ReportError]]]:
    """Plan every report of some jobs, each once; the second list names jobs without a report.

    Raises UsageError for what cannot be made, and what reading the data raises when a job has
    `each`.
    """
    jobs = list(jobs)
    for job in jobs:
        _demand_option(job, planned(job))
    # The data are read when the first job needs them, and not once more.
    taken = cache(partial(_snapshot, config, as_of))
    plans: dict[tuple[str, str], Plan] = {}
    without: list[tuple[str, ReportError]] = []
    for job in jobs:
        single = [job] if job.each is None else _one_each(job, taken())
        without += [] if single else [_nothing(job)]
        for one in single:
            _take_in(plans, planned(one))
    return list(plans.values()), without


def _demand_option(job: Job, planned: Plan) -> None:
    """Refuse `each` where a report cannot be told which value it is about."""
    if job.each is None:
        return
    declared = [parameter.name for parameter in planned.notebook.parameters]
    if job.each not in declared:
        own = [name for name in declared if name not in (*APART, *PLACES)]
        raise UsageError(
            f"The report {planned.notebook.name!r} cannot be made for each {job.each!r}: "
            + (f"its own options are {', '.join(own)}." if own else "it has no option of its own.")
        )
    if job.each in job.settings:
        raise UsageError(
            f"The report {planned.notebook.name!r} is wanted for each {job.each!r} and for one; "
            "leave out one of the two."
        )


def _snapshot(config: str | None, as_of: str | None) -> "Snapshot":
    from pmanalytics.reporting.opening import open_report

    return open_report(config or "", as_of=as_of or "").snapshot


def _one_each(job: Job, taken: "Snapshot") -> list[Job]:
    column = str(job.each)
    tables = (taken.items, taken.incidents)
    held = [table[name] for table in tables for name in (column, f"{column}_id") if name in table]
    if not held:
        hint = nearest(column, list(taken.items.columns))
        raise UsageError(f"Items have no column {column!r} to make a report for each of{hint}")
    if str(held[0].dtype).startswith("list"):
        raise UsageError(f"Column {column!r} holds several values in a cell; choose another one.")
    values = sorted({str(value) for value in held[0].dropna()})
    return [replace(job, settings={**job.settings, column: value}, each=None) for value in values]


def _nothing(job: Job) -> tuple[str, ReportError]:
    return f"{job.name} for each {job.each}", ReportError(
        f"No item says its {job.each}, so that there is no report to make; 'pmanalytics check' "
        "says which file would."
    )


def _take_in(plans: dict[tuple[str, str], Plan], found: Plan) -> None:
    """Keep one of two plans that are alike; two notebooks cannot share a folder."""
    key = (found.place.as_posix().casefold(), str(found.given.get("period", "")))
    kept = plans.setdefault(key, found)
    if kept.notebook.path.resolve() != found.notebook.path.resolve():
        raise UsageError(
            f"{kept.notebook.path} and {found.notebook.path} would share a folder; rename one."
        )
