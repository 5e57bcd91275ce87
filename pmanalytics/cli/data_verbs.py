"""Verbs about the data: draft a configuration, read, check, and write the sample."""

import sys
from pathlib import Path

import click

from pmanalytics.cli.opening import open_data
from pmanalytics.cli.options import WIDTH, config_option, format_option, sample_option
from pmanalytics.cli.saying import say, say_rejects

__all__ = ["check", "init", "read", "sample"]


@click.command(short_help="Look at exports and draft a pmanalytics.toml.")
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


@click.command()
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

    data = open_data(paths, config=config, sample=sample)
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
            say(f"{path}: {warning}")
    say_rejects(data.rejects)


@click.command(short_help="Say what is wrong with the data.")
@click.argument("paths", nargs=-1)
@config_option
@sample_option
@click.option("--strict", is_flag=True, help="Warnings are errors too.")
@click.option("--identify", is_flag=True, help="Name the persons whom the registry does not know.")
def check(
    paths: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    strict: bool,  # noqa: FBT001
    identify: bool,  # noqa: FBT001
) -> None:
    """Say what is wrong with the data, and what the next file buys; exit 1 on errors.

    PATHS are exports: files, folders or globs. Without one, the configuration names them.
    """
    from pmanalytics import accounts, checks, prospects, unnamed

    data = open_data(paths, config=config, sample=sample)
    found = checks.check(data)
    told = found if identify else unnamed.persons_counted(found)
    click.echo(accounts.account_of_check(told, prospects.next_inputs(data), width=WIDTH))
    errors = found if strict else found[found["level"] == "error"]
    if len(errors):
        sys.exit(1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def sample(folder: Path) -> None:
    """Write the sample organisation into a folder.

    FOLDER gets its exports, its registry and a pmanalytics.toml that explains every key; files
    of the same names are replaced.
    """
    from pmanalytics import samples

    for file in samples.write_sample(folder):
        click.echo(file)
