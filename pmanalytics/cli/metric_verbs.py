"""Verbs about the figures: print metrics, and list what there is."""

import textwrap
from pathlib import Path

import click

from pmanalytics.cli.opening import open_data, take_snapshot
from pmanalytics.cli.options import (
    WIDTH,
    as_of_option,
    config_option,
    format_option,
    period_option,
    sample_option,
)
from pmanalytics.cli.saying import say_unread

__all__ = ["list_", "metrics"]


@click.command()
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

    data = open_data((), config=config, sample=sample)
    say_unread(data.rejects)
    judged = take_snapshot(data, period=period, as_of=as_of)
    tables = exchange.measured(judged, names, by=by)
    click.echo(exchange.WRITERS[form](judged, tables))


@click.command("list")
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
