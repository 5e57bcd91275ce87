"""Verbs about the figures: print metrics, and list what there is."""

import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pmanalytics.cli.opening import find_configuration, open_data, take_snapshot
from pmanalytics.cli.options import (
    WIDTH,
    as_of_option,
    config_option,
    format_option,
    period_option,
    sample_option,
)
from pmanalytics.cli.saying import say, say_unread
from pmanalytics.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from pmanalytics.snapshots import Snapshot

__all__ = ["list_", "metrics"]

MOST_ROWS: Final = 20  # of each metric when all are printed


@click.command()
@click.argument("names", nargs=-1)
@config_option
@sample_option
@period_option
@as_of_option
@click.option(
    "--by", multiple=True, metavar="COLUMN", help="Group by this column; may be repeated."
)
@click.option(
    "--in-parts", is_flag=True, help="Count the store part by part, in little memory; see README."
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="How many processes count with --in-parts; 2 unless given.",
)
@format_option("table", "csv", "json", meaning="How to print them; else as text in columns.")
def metrics(  # noqa: PLR0913, PLR0917 one for each option
    names: tuple[str, ...],
    config: Path | None,
    sample: bool,  # noqa: FBT001
    period: str | None,
    as_of: str | None,
    by: tuple[str, ...],
    in_parts: bool,  # noqa: FBT001
    workers: int | None,
    form: str,
) -> None:
    """Print metrics: all of them, or those that are named.

    NAMES are metrics; 'pmanalytics list metrics' knows them. On a terminal long texts are cut;
    without a name the first rows of each metric are printed, and metrics that lack a column of
    --by are left out. CSV and JSON hold everything. With --in-parts a store that is larger than
    memory is measured, by metrics whose counts add up: all of these, or those that are named.
    """
    from pmanalytics import exchange
    from pmanalytics.counting.machine import judged_in_parts

    if in_parts and sample:
        raise UsageError("The sample is in no store; leave out --in-parts or --sample.")
    if workers and not in_parts:
        raise UsageError("Only a store is counted by several processes; add --in-parts.")
    if in_parts:
        place = find_configuration(config)
        judged, tables = judged_in_parts(
            place, names, as_of=as_of, period=period, by=by, workers=workers or 2
        )
    else:
        data = open_data((), config=config, sample=sample)
        say_unread(data.rejects)
        judged = take_snapshot(data, period=period, as_of=as_of)
        tables = exchange.measured(judged, names, by=by) if names else _all_measured(judged, by)
    if form == "table":
        most = None if names else MOST_ROWS
        click.echo(exchange.tables_text(judged, tables, width=_screen_width(), most=most))
    else:
        click.echo(exchange.WRITERS[form](judged, tables))


def _all_measured(judged: "Snapshot", by: tuple[str, ...]) -> "dict[str, pd.DataFrame]":
    """Every metric that can be grouped so; raises UsageError when none can."""
    from pmanalytics import exchange, metrics

    tables: dict[str, pd.DataFrame] = {}
    refused: dict[str, UsageError] = {}
    for name in metrics.__all__:
        try:
            tables |= exchange.measured(judged, [name], by=by)
        except UsageError as problem:
            refused[name] = problem
    if not tables:
        raise next(iter(refused.values()))
    if refused:
        say(f"Left out, because they cannot be grouped by {' and '.join(by)}: {', '.join(refused)}")
    return tables


def _screen_width() -> int | None:
    """How wide the terminal is; in a file or a pipe nothing is cut."""
    return shutil.get_terminal_size((0, 0)).columns or None


@click.command("list")
@click.argument("what", type=click.Choice(["trackers", "metrics", "reports"]))
def list_(what: str) -> None:
    """List what there is: trackers, metrics or reports."""
    if what == "trackers":
        _list_trackers()
        return
    if what == "metrics":
        _list_metrics()
        return
    import pandas as pd

    from pmanalytics import exchange
    from pmanalytics.reporting.notebooks import list_notebooks

    reports = [(notebook.name, notebook.title) for notebook in list_notebooks()]
    click.echo(exchange.as_text(pd.DataFrame(reports, columns=["report", "title"])))


def _list_metrics() -> None:
    """Each metric with its title, subject by subject."""
    from pmanalytics import exchange, metrics

    width = max(map(len, metrics.__all__))
    for subject, names in metrics.SUBJECTS.items():
        click.echo(f"{subject}:")
        for name in names:
            click.echo(f"  {name.ljust(width)}  {exchange.title_of(getattr(metrics, name))}")


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
