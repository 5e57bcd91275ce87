"""Verbs about workbooks that come back: apply the answers of their readers."""

import shlex
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pmanalytics.cli.opening import open_data
from pmanalytics.cli.options import WIDTH, config_option, format_option
from pmanalytics.cli.saying import say, say_unread

if TYPE_CHECKING:
    import pandas as pd

    from pmanalytics.datasets import Dataset

__all__ = ["workbook"]

# The forms of `ticket_updates`, which are not loaded for the help.
TRACKERS: Final = ("jira_csv", "github")


@click.group()
def workbook() -> None:
    """Take back what readers answered in workbooks."""


@workbook.command()
@click.argument("edited", nargs=-1, required=True, type=click.Path(path_type=Path))
@config_option
@click.option("--write", is_flag=True, help="Add the changes to the decisions file.")
@click.option(
    "--on",
    metavar="DATE",
    help="The day of the decisions, like 2026-10-20; else the day on which each workbook was last "
    "saved. Waivers are granted with it only.",
)
@click.option("--role", metavar="ROLE", help="Who answered, as a role, if a workbook does not say.")
@format_option("table", "csv", "json", meaning="How to print the changes; else as text.")
@click.option(
    "--for",
    "tracker",
    type=click.Choice(TRACKERS),
    help="Print what the tickets are to be told of the answers instead, written or not: a CSV file "
    "for Jira's import, or a script of gh commands for GitHub. Nothing is sent.",
)
@click.option(
    "--source", metavar="NAME", help="With --for, which one of several systems of a kind."
)
def apply(  # noqa: PLR0913, PLR0917 one for each option
    edited: tuple[Path, ...],
    config: Path | None,
    write: bool,  # noqa: FBT001
    on: str | None,
    role: str | None,
    form: str,
    tracker: str | None,
    source: str | None,
) -> None:
    """Take answers back as decisions; exit 1 if some are not written.

    EDITED are workbooks, or folders of them. Without --write nothing is written, and the changes
    are printed. An answer is compared with what was given out and with what stands now: what was
    decided otherwise since then is in conflict, and is not written. Waivers wait for --on. The
    workbooks stay as they are.
    """
    from pmanalytics.answers import applying, printing

    data = open_data((), config=config, sample=False)
    say_unread(data.rejects)
    compare = applying.written_changes if write else applying.workbook_changes
    changes = compare(data, *edited, on=on, role=role)
    if tracker:
        _tell_tickets(data, changes, tracker, source)
    elif form == "table":
        click.echo(printing.changes_text(changes, width=WIDTH))
    else:
        click.echo(printing.CHANGE_WRITERS[form](changes))
    aside = form != "table" or tracker is not None
    found = frozenset(changes["outcome"])
    for line in _next(found, partial(_command, edited, config, role=role), on):
        click.echo(line, err=aside)
    if found & {"conflict", "refused"} or (write and "waiting" in found):
        sys.exit(1)


def _next(
    found: frozenset[str], command: Callable[[str | None], str], on: str | None
) -> Iterator[str]:
    """What writes the answers that were not written, by the outcomes that were found."""
    if "change" in found:
        yield f"Nothing was written; this writes: {command(on)}"
    if "waiting" in found:
        yield f"This grants the waivers: {command('DATE')}"


def _tell_tickets(
    data: "Dataset", changes: "pd.DataFrame", tracker: str, source: str | None
) -> None:
    """Print the file for a tracker; the list of changes and what was left out stand beside it."""
    from pmanalytics.answers import applying, printing, ticket_updates

    # First, so that what was written is said even where no file can be made.
    click.echo(printing.changes_text(changes, width=WIDTH), err=True)
    told = applying.told_decisions(data, changes)
    updates = ticket_updates(data, form=tracker, decisions=told, source=source)
    click.echo(updates.text, nl=False)
    for sentence in (*updates.left_out, *updates.notes):
        say(sentence)


def _command(
    edited: tuple[Path, ...], config: Path | None, on: str | None, *, role: str | None
) -> str:
    """The command line that writes what this one shows."""
    from pmanalytics.words import plain

    options = [("--config", config), ("--on", on), ("--role", role)]
    words = [word for name, value in options if value for word in (name, str(value))]
    paths = [str(path) for path in edited]
    return plain(shlex.join(["pmanalytics", "workbook", "apply", *paths, *words, "--write"]))
