"""The command line: each verb is one public function of the package, and no more.

pandas and the rest of the package are imported inside the verbs, so that the help answers at once.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pmanalytics.errors import ConfigurationError, PmanalyticsError, UsageError

if TYPE_CHECKING:
    from pmanalytics.datasets import Dataset
    from pmanalytics.snapshots import Snapshot

__all__ = ["main"]

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
NO_DATA = (
    "There is no pmanalytics.toml in this folder and no file was named; name exports, write a "
    "configuration (see 'pmanalytics init'), or try --sample."
)

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration; else ./pmanalytics.toml.",
)
sample_option = click.option("--sample", is_flag=True, help="Use the sample organisation.")
as_of_option = click.option(
    "--as-of", metavar="DATE", help="What was known on this day; else the day of the exports."
)
period_option = click.option(
    "--period", metavar="PERIOD", help="2026Q3, 2026-09, last-quarter, ..."
)


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="pmanalytics")
def verbs() -> None:
    """Are the action items of postmortems done in time, and who owns them?"""


@verbs.command()
@click.argument("names", nargs=-1)
@config_option
@sample_option
@period_option
@as_of_option
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A report's own option."
)
@click.option(
    "--output", type=click.Path(path_type=Path), default=Path("reports"), help="Where reports go."
)
def report(
    names: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    period: str | None,
    as_of: str | None,
    settings: tuple[str, ...],
    output: Path,
) -> None:
    """Make reports: a page, a workbook, a summary, and the notebook behind them."""
    from pmanalytics import reporting

    configured = None if sample else _configuration(config)
    for name, options in _reports(names, configured).items():
        with _progress(name) as advance:
            folder = reporting.report(
                name,
                config=configured,
                period=period,
                as_of=as_of,
                output=output,
                settings={**options, **_assignments(settings)},
                progress=advance,
            )
        for file in sorted(found for found in folder.rglob("*") if found.is_file()):
            click.echo(file)


@verbs.command()
@click.argument("paths", nargs=-1)
@config_option
@sample_option
@click.option(
    "--output", type=click.Path(path_type=Path), help="Write the tables into this folder."
)
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON about the files.")
def read(
    paths: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    output: Path | None,
    form: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Read exports into the canonical tables, and say what was found."""
    from pmanalytics import exchange

    data = _data(paths, config=config, sample=sample)
    if output:
        for file in exchange.write_tables(data, output, form=form):
            click.echo(file, err=as_json)
    if as_json:
        click.echo(exchange.files_json(data))
    elif not output:
        click.echo(exchange.as_text(data.files.drop(columns=["sha256", "warnings"])))
    for file in data.files.itertuples():
        for warning in file.warnings if isinstance(file.warnings, list) else ():
            click.echo(f"{file.path}: {warning}", err=True)


@verbs.command()
@click.argument("paths", nargs=-1)
@config_option
@sample_option
@click.option("--strict", is_flag=True, help="Warnings are errors too.")
def check(paths: tuple[str, ...], config: Path | None, sample: bool, strict: bool) -> None:  # noqa: FBT001
    """Say what is wrong with the data; exit 1 when something is."""
    from pmanalytics import checks

    found = checks.check(_data(paths, config=config, sample=sample))
    for row in found.itertuples():
        click.echo(f"{row.level}: {row.subject} ({row.items}): {row.detail}")
    errors = found if strict else found[found["level"] == "error"]
    counts = found["level"].value_counts()
    click.echo(f"{counts.get('error', 0)} errors, {counts.get('warning', 0)} warnings")
    if len(errors):
        sys.exit(1)


@verbs.command()
@click.argument("names", nargs=-1)
@config_option
@sample_option
@period_option
@as_of_option
@click.option(
    "--by", multiple=True, metavar="COLUMN", help="Group by this column; may be repeated."
)
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
def metrics(
    names: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    period: str | None,
    as_of: str | None,
    by: tuple[str, ...],
    form: str,
) -> None:
    """Print metrics: all of them, or those that are named."""
    from pmanalytics import exchange

    judged = _snapshot(_data((), config=config, sample=sample), period=period, as_of=as_of)
    tables = exchange.measured(judged, names, by=by)
    click.echo(exchange.WRITERS[form](judged, tables))


@verbs.command()
@config_option
@sample_option
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), default="markdown")
def policy(config: Path | None, sample: bool, form: str) -> None:  # noqa: FBT001
    """Print the policy as a page to publish."""
    from pmanalytics import exchange

    click.echo(exchange.policy_page(_settings(config, sample=sample), form=form))


@verbs.command()
@click.argument("paths", nargs=-1)
@config_option
@sample_option
@click.option("--format", "form", type=click.Choice(["markdown", "csv"]), default="markdown")
@as_of_option
def owners(
    paths: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    form: str,
    as_of: str | None,
) -> None:
    """Print who owns what, gaps on top, as a page to publish."""
    from pmanalytics import exchange

    judged = _snapshot(_data(paths, config=config, sample=sample), period=None, as_of=as_of)
    click.echo(exchange.owners_page(judged, form=form))


@verbs.command()
@click.argument("folder", type=click.Path(path_type=Path))
def sample(folder: Path) -> None:
    """Write the sample organisation into a folder."""
    from pmanalytics import samples

    for file in samples.write_sample(folder):
        click.echo(file)


@verbs.command("list")
@click.argument("what", type=click.Choice(["trackers", "metrics", "reports"]))
def list_(what: str) -> None:
    """List what there is: trackers, metrics or reports."""
    import pandas as pd

    from pmanalytics import exchange, metrics, trackers
    from pmanalytics.reporting.notebooks import list_notebooks

    if what == "trackers":
        table = trackers.list_trackers()
    elif what == "metrics":
        titles = [(name, exchange.title_of(getattr(metrics, name))) for name in metrics.__all__]
        table = pd.DataFrame(titles, columns=["metric", "what it says"])
    else:
        reports = [(notebook.name, notebook.title) for notebook in list_notebooks()]
        table = pd.DataFrame(reports, columns=["report", "title"])
    click.echo(exchange.as_text(table))


def main() -> None:
    """Run the command line; an error is one sentence and its exit code."""
    try:
        verbs.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except PmanalyticsError as problem:
        click.echo(f"pmanalytics: {problem}", err=True)
        sys.exit(problem.exit_code)


def _configuration(config: Path | None) -> Path:
    """The configuration that is named, or the one in this folder."""
    if config:
        return config
    if Path("pmanalytics.toml").is_file():
        return Path("pmanalytics.toml")
    raise UsageError(NO_DATA)


def _data(paths: tuple[str, ...], *, config: Path | None, sample: bool) -> "Dataset":
    from pmanalytics import datasets, samples

    if sample:
        return samples.sample()
    if not paths:
        return datasets.read(_configuration(config))
    if config is None and Path("pmanalytics.toml").is_file():
        config = Path("pmanalytics.toml")
    return datasets.read(paths, config=config)


def _settings(config: Path | None, *, sample: bool) -> Any:
    from pmanalytics import samples, settings

    if sample:
        return settings.load_settings(samples.sample_folder() / "pmanalytics.toml")
    return settings.load_settings(_configuration(config))


def _snapshot(data: "Dataset", *, period: str | None, as_of: str | None) -> "Snapshot":
    from pmanalytics import snapshots

    day = as_of or snapshots.default_as_of(data)
    return snapshots.snapshot(data, as_of=day, period=period)


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
        pairs[name] = value
    return pairs


def _progress(name: str) -> Any:
    """A bar on a terminal, plain lines elsewhere."""
    from pmanalytics.reporting import progress

    return progress.bar(name)
