"""The verb that makes reports."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from pmanalytics.cli.opening import find_configuration
from pmanalytics.cli.options import as_of_option, config_option, period_option, sample_option
from pmanalytics.errors import ConfigurationError, UsageError

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
    "--output",
    type=click.Path(path_type=Path),
    default=Path("reports"),
    help="Where reports go; else ./reports.",
)
@click.option("--pdf", is_flag=True, help="Print each page with Chromium or Chrome, too.")
def report(  # noqa: PLR0913, PLR0917 one for each option
    names: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    period: str | None,
    as_of: str | None,
    settings: tuple[str, ...],
    output: Path,
    pdf: bool,  # noqa: FBT001
) -> None:
    """Make reports: a page, a workbook, a summary, and the notebook behind them.

    NAMES are reports or notebooks of your own; 'pmanalytics list reports' knows them. Without a
    name, the reports of the configuration are made, else the quarterly one.
    """
    from pmanalytics import reporting

    configured = None if sample else find_configuration(config)
    for name, options in _reports(names, configured).items():
        with _progress(name) as advance:
            folder = reporting.report(
                name,
                config=configured,
                period=period,
                as_of=as_of,
                output=output,
                pdf=pdf,
                settings={**options, **_assignments(settings)},
                progress=advance,
            )
        for file in sorted(found for found in folder.rglob("*") if found.is_file()):
            click.echo(file)


def _reports(names: tuple[str, ...], config: Path | None) -> dict[str, dict[str, Any]]:
    """The reports to make, each with its options: those named, else those configured."""
    if names:
        return {name: {} for name in names}
    if config is None:
        return {"quarterly": {}}
    from pmanalytics.settings import load_settings

    entries = load_settings(config).reports
    split = [entry.name for entry in entries if entry.each]
    if split:
        raise ConfigurationError(
            f"The report {split[0]!r} is configured with 'each', and this version makes reports "
            "one by one; name the subject with 'set' instead."
        )
    return {entry.name: dict(entry.set) for entry in entries} or {"quarterly": {}}


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


def _progress(name: str) -> Any:
    """A bar on a terminal, plain lines elsewhere."""
    from pmanalytics.reporting import progress

    return progress.bar(name)
