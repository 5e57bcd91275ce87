"""The command line: each verb is one public function of the package, and no more.

pandas and the rest of the package are imported inside the verbs, so that the help answers at once.
"""

import os
import shutil
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pmanalytics.errors import ConfigurationError, PmanalyticsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from pmanalytics.datasets import Dataset
    from pmanalytics.snapshots import Snapshot

__all__ = ["main"]

MOST_WIDTH = 100
MOST_REJECTS = 20
# Where there is no terminal, as in a file or a pager, the help has its full width.
WIDTH = min(MOST_WIDTH, shutil.get_terminal_size((MOST_WIDTH, 24)).columns)
CONTEXT = {"help_option_names": ["-h", "--help"], "terminal_width": WIDTH}
NO_DATA = (
    "There is no pmanalytics.toml in this folder and no file was named; draft one from your "
    "exports with 'pmanalytics init FILE ...', or try --sample."
)
# What `report` has as options of its own, so that a value given twice cannot contradict itself.
OWN_OPTIONS = {
    "config": "--config", "output": "--output", "period": "--period", "as_of": "--as-of"
}  # fmt: skip

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration; else ./pmanalytics.toml.",
)
sample_option = click.option("--sample", is_flag=True, help="Use the sample organisation.")
as_of_option = click.option(
    "--as-of",
    metavar="DATE",
    help="What was known on this day, like 2026-10-12; else the day of the exports.",
)
period_option = click.option(
    "--period",
    metavar="PERIOD",
    help="What the figures are about, like 2026Q3, 2026-09 or last-quarter.",
)


def format_option(*forms: str, meaning: str) -> "Callable[[Any], Any]":
    """The option --format, whose first form is the one without it."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], help=meaning
    )


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="pmanalytics")
def verbs() -> None:
    """Are the action items of postmortems done in time, and who owns them?"""


@verbs.command(short_help="Look at exports and draft a pmanalytics.toml.")
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--output",
    metavar="FILE",
    default="pmanalytics.toml",
    help="Where the draft goes, else ./pmanalytics.toml; - prints it. It is never overwritten.",
)
def init(paths: tuple[str, ...], output: str) -> None:
    """Look at exports and draft a pmanalytics.toml, with what to settle.

    PATHS are exports: files, folders or globs. What could not be read is listed in the draft.
    """
    from pmanalytics import accounts, drafting, prospects

    draft = drafting.draft_settings(paths, output=None if output == "-" else output)
    if output == "-":
        click.echo(draft.text)
    account = accounts.account_of_draft(draft, prospects.next_inputs(draft.data), width=WIDTH)
    click.echo(account, err=output == "-")


@verbs.command(short_help="Make reports: pages, workbooks and summaries.")
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
def report(
    names: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    period: str | None,
    as_of: str | None,
    settings: tuple[str, ...],
    output: Path,
) -> None:
    """Make reports: a page, a workbook, a summary, and the notebook behind them.

    NAMES are reports or notebooks of your own; 'pmanalytics list reports' knows them. Without a
    name, the reports of the configuration are made, else the quarterly one.
    """
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
@format_option("csv", "parquet", meaning="How --output writes the tables; else as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON about the files.")
def read(
    paths: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    output: Path | None,
    form: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Read exports into the canonical tables, and say what was found.

    PATHS are exports: files, folders or globs. Without one, the configuration names them.
    """
    from pmanalytics import exchange

    data = _data(paths, config=config, sample=sample)
    if output:
        for file in exchange.write_tables(data, output, form=form):
            click.echo(file, err=as_json)
    if as_json:
        click.echo(exchange.files_json(data))
    elif not output:
        click.echo(exchange.as_text(data.files.drop(columns=["sha256", "warnings"])))
    read_files = data.files[data.files["format"].notna()]
    for path, warnings in zip(read_files["path"], read_files["warnings"], strict=True):
        for warning in warnings if isinstance(warnings, list) else ():
            _say(f"{path}: {warning}")
    _say_rejects(data.rejects)


@verbs.command(short_help="Say what is wrong with the data.")
@click.argument("paths", nargs=-1)
@config_option
@sample_option
@click.option("--strict", is_flag=True, help="Warnings are errors too.")
def check(paths: tuple[str, ...], config: Path | None, sample: bool, strict: bool) -> None:  # noqa: FBT001
    """Say what is wrong with the data, and what the next file buys; exit 1 on errors.

    PATHS are exports: files, folders or globs. Without one, the configuration names them.
    """
    from pmanalytics import accounts, checks, prospects

    data = _data(paths, config=config, sample=sample)
    found = checks.check(data)
    click.echo(accounts.account_of_check(found, prospects.next_inputs(data), width=WIDTH))
    errors = found if strict else found[found["level"] == "error"]
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
@format_option("table", "csv", "json", meaning="How to print them; else as text in columns.")
def metrics(
    names: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    period: str | None,
    as_of: str | None,
    by: tuple[str, ...],
    form: str,
) -> None:
    """Print metrics: all of them, or those that are named.

    NAMES are metrics; 'pmanalytics list metrics' knows them.
    """
    from pmanalytics import exchange

    data = _data((), config=config, sample=sample)
    _say_unread(data.rejects)
    judged = _snapshot(data, period=period, as_of=as_of)
    tables = exchange.measured(judged, names, by=by)
    click.echo(exchange.WRITERS[form](judged, tables))


@verbs.command()
@config_option
@sample_option
@format_option("markdown", "json", meaning="How to print it; else as Markdown.")
@click.option(
    "--try",
    "tries",
    multiple=True,
    metavar="RULE",
    help="Try sev1=20 or sev2=30b (business days) on the past quarters; may be repeated.",
)
@as_of_option
def policy(
    config: Path | None,
    sample: bool,  # noqa: FBT001
    form: str,
    tries: tuple[str, ...],
    as_of: str | None,
) -> None:
    """Print the policy as a page to publish, or try another one on the past.

    With its waivers, those of the decisions file included. With --try, the promises that were
    kept, and those that would have been, side by side.
    """
    from pmanalytics import pages, snapshots

    if as_of and not tries:
        raise UsageError("The policy as a page has no as-of date; give --as-of with --try only.")
    if not tries:
        click.echo(pages.policy_page(_settings(config, sample=sample), form=form))
        return
    data = _data((), config=config, sample=sample)
    _say_unread(data.rejects)
    day = as_of or snapshots.default_as_of(data)
    click.echo(pages.trial_page(data, as_of=day, tries=tries, form=form))


@verbs.command()
@click.argument("paths", nargs=-1)
@config_option
@sample_option
@format_option("markdown", "csv", meaning="How to print it; else as Markdown.")
@as_of_option
def owners(
    paths: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    form: str,
    as_of: str | None,
) -> None:
    """Print who owns what, gaps on top, as a page to publish.

    PATHS are exports: files, folders or globs. Without one, the configuration names them.
    """
    from pmanalytics import pages

    data = _data(paths, config=config, sample=sample)
    _say_unread(data.rejects)
    judged = _snapshot(data, period=None, as_of=as_of)
    click.echo(pages.owners_page(judged, form=form))


@verbs.command()
@click.argument("incident")
@config_option
@sample_option
@click.option("--identify", is_flag=True, help="Name the managers to invite.")
@as_of_option
def agenda(
    incident: str,
    config: Path | None,
    sample: bool,  # noqa: FBT001
    identify: bool,  # noqa: FBT001
    as_of: str | None,
) -> None:
    """Print the ownership questions for an incident's review, and whom to invite.

    INCIDENT is the id of the incident whose action items are talked about.
    """
    from pmanalytics import pages

    data = _data((), config=config, sample=sample)
    _say_unread(data.rejects)
    judged = _snapshot(data, period=None, as_of=as_of)
    click.echo(pages.agenda_page(judged, incident, identify=identify))


@verbs.command()
@click.argument("folder", type=click.Path(path_type=Path))
def sample(folder: Path) -> None:
    """Write the sample organisation into a folder.

    FOLDER gets its exports, its registry and a pmanalytics.toml that explains every key; files
    of the same names are replaced.
    """
    from pmanalytics import samples

    for file in samples.write_sample(folder):
        click.echo(file)


@verbs.command("list")
@click.argument("what", type=click.Choice(["trackers", "metrics", "reports"]))
def list_(what: str) -> None:
    """List what there is: trackers, metrics or reports."""
    if what == "trackers":
        _list_trackers()
        return
    import pandas as pd

    from pmanalytics import exchange, metrics
    from pmanalytics.reporting.notebooks import list_notebooks

    if what == "metrics":
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
        sys.stdout.flush()
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except click.ClickException as problem:
        _stop(problem.format_message(), problem.exit_code)
    except PmanalyticsError as problem:
        _stop(str(problem), problem.exit_code)
    except BrokenPipeError:
        _discard_output()
        sys.exit(2)
    except OSError as problem:
        _discard_output()
        place = problem.filename or "The output"
        _stop(f"{place} cannot be used ({problem.strerror}); make room or name another place.", 2)


def _stop(sentence: str, code: int) -> None:
    click.echo(f"pmanalytics: {' '.join(sentence.split())}", err=True)
    sys.exit(code)


def _discard_output() -> None:
    """Let what is still to be printed go nowhere, so that the end of the process is quiet."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def _say(sentence: str) -> None:
    """Tell people something beside the output; it may quote an export."""
    from pmanalytics.words import plain

    click.echo(plain(sentence), err=True)


def _say_rejects(rejects: "pd.DataFrame") -> None:
    """Each row and file that could not be read, up to a number of lines."""
    for reject in rejects.head(MOST_REJECTS).itertuples():
        row = "" if str(reject.row) == "<NA>" else f", row {reject.row}"
        _say(f"{reject.file}{row}: {reject.rule}: {reject.detail}")
    if len(rejects) > MOST_REJECTS:
        _say(f"and {len(rejects) - MOST_REJECTS:,} more; see 'pmanalytics check'")


def _say_unread(rejects: "pd.DataFrame") -> None:
    """Each file that could not be read, and how many rows of the others."""
    whole = rejects["row"].isna()
    for reject in rejects[whole].itertuples():
        _say(f"{reject.file}: {reject.detail}")
    rows = int((~whole).sum())
    if rows:
        _say(f"{rows:,} row{'s' * (rows != 1)} could not be read; see 'pmanalytics check'")


def _list_trackers() -> None:
    """Each tracker and catalog with how to export from it: too much for a line."""
    import pandas as pd

    from pmanalytics import catalogs, trackers

    for row in pd.concat([trackers.list_trackers(), catalogs.list_catalogs()]).itertuples():
        click.echo(f"{row.name}: {row.title} ({row.form})")
        for label, text in (("export", row.export), ("verified", row.verified)):
            lines = textwrap.fill(
                f"{label}: {text}",
                WIDTH,
                initial_indent="    ",
                subsequent_indent="      ",
                break_long_words=False,
            )
            click.echo(lines)


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
        if name.strip() in OWN_OPTIONS:
            option = OWN_OPTIONS[name.strip()]
            raise UsageError(f"--set {text!r} would hide {option}; write {option} {value} instead.")
        pairs[name] = value
    return pairs


def _progress(name: str) -> Any:
    """A bar on a terminal, plain lines elsewhere."""
    from pmanalytics.reporting import progress

    return progress.bar(name)
