"""The verb that makes reports."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from pmanalytics.cli.opening import find_configuration
from pmanalytics.cli.options import as_of_option, config_option, period_option, sample_option
from pmanalytics.cli.saying import say
from pmanalytics.errors import ReportError, UsageError

if TYPE_CHECKING:
    from pmanalytics.reporting import Batch, Job

__all__ = ["report"]

# What `report` has as options of its own, so that a value given twice cannot contradict itself.
OWN_OPTIONS: Final[Mapping[str, str]] = {
    "config": "--config", "output": "--output", "period": "--period", "as_of": "--as-of"
}  # fmt: skip


@click.command(short_help="Make reports: pages, workbooks and summaries.")
@click.argument("names", nargs=-1)
@config_option
@sample_option
@period_option
@as_of_option
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A report's own option; may be repeated.",
)
@click.option(
    "--each",
    metavar="COLUMN",
    help="One report for each value of a column, like team; it must be an option of the report.",
)
@click.option("--force", is_flag=True, help="Make reports again that nothing would change.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("reports"),
    help="Where reports go; else ./reports.",
)
@click.option("--pdf", is_flag=True, help="Print each page with Chromium or Chrome, too.")
def report(  # noqa: PLR0913 one for each option
    names: tuple[str, ...],
    *,
    config: Path | None,
    sample: bool,
    period: str | None,
    as_of: str | None,
    settings: tuple[str, ...],
    each: str | None,
    force: bool,
    output: Path,
    pdf: bool,
) -> None:
    """Make reports: a page, a workbook, a summary, and the notebook behind them.

    NAMES are reports or notebooks of your own; 'pmanalytics list reports' knows them. Without a
    name, the reports of the configuration are made, else the quarterly one. What would be made of
    the same things again is left as it is.
    """
    from pmanalytics import reporting
    from pmanalytics.reporting import progress

    configured = None if sample else find_configuration(config)
    jobs = [
        _adjusted(job, each=each, period=period, settings=_assignments(settings))
        for job in _jobs(names, configured)
    ]
    single = len(jobs) == 1 and not jobs[0].each
    with progress.bar(jobs[0].name if single else "reports") as advance:
        batch = reporting.make_reports(
            *jobs,
            config=configured,
            as_of=as_of,
            output=output,
            pdf=pdf,
            force=force,
            progress=advance,
        )
        if single:
            # Within the bar, so that it does not call done what failed.
            for _, problem in batch.failed:
                raise problem
    _print(batch, output, single=single)


def _jobs(names: tuple[str, ...], config: Path | None) -> list["Job"]:
    """The reports to make: those named, else those configured, else the quarterly one."""
    from pmanalytics.reporting import Job

    if not names and config is not None:
        from pmanalytics.settings import load_settings

        entries = load_settings(config).reports
        configured = [
            Job(entry.name, settings=entry.set, each=entry.each, period=entry.period)
            for entry in entries
        ]
        return configured or [Job()]
    return [Job(name) for name in names] or [Job()]


def _adjusted(
    job: "Job", *, each: str | None, period: str | None, settings: Mapping[str, Any]
) -> "Job":
    """A job with what the command line says, which outranks the configuration."""
    return replace(
        job,
        settings={**job.settings, **settings},
        each=each or job.each,
        period=period or job.period,
    )


def _print(batch: "Batch", output: Path, *, single: bool) -> None:
    """Say where the reports are, and which of them there are not."""
    for folder in batch.made:
        files = sorted(found for found in folder.rglob("*") if found.is_file())
        click.echo("\n".join(map(str, files)) if single else folder)
    for folder in batch.unchanged:
        click.echo(f"unchanged: {folder}")
    if batch.index:
        click.echo(batch.index)
    for label, problem in batch.failed:
        say(f"failed: {label}: {problem}")
    if batch.failed:
        there = len(batch.made) + len(batch.unchanged)
        others = f"; the others are in {output}" if there else ""
        total = there + len(batch.failed)
        raise ReportError(f"{len(batch.failed)} of {total} reports failed{others}.")


def _assignments(texts: tuple[str, ...]) -> dict[str, str]:
    """Read NAME=VALUE options."""
    pairs = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator:
            raise UsageError(f"--set {text!r} has no '='; write it like --set service=checkout.")
        if name.strip() in OWN_OPTIONS:
            option = OWN_OPTIONS[name.strip()]
            raise UsageError(f"--set {text!r} would hide {option}; write {option} {value} instead.")
        pairs[name] = value
    return pairs
