"""Verbs that print a page to publish: the policy, who owns what, and the agenda of a review."""

from pathlib import Path

import click

from pmanalytics.cli.opening import open_data, open_settings, take_snapshot
from pmanalytics.cli.options import as_of_option, config_option, format_option, sample_option
from pmanalytics.cli.saying import say_unread
from pmanalytics.errors import UsageError

__all__ = ["agenda", "owners", "policy"]


@click.command()
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
    """Print the policy as a page to publish, or try another one.

    With its waivers, those of the decisions file included. With --try, the promises that were
    kept, and those that would have been, side by side.
    """
    from pmanalytics import pages, snapshots

    if as_of and not tries:
        raise UsageError("The policy as a page has no as-of date; give --as-of with --try only.")
    if not tries:
        click.echo(pages.policy_page(open_settings(config, sample=sample), form=form))
        return
    data = open_data((), config=config, sample=sample)
    say_unread(data.rejects)
    day = as_of or snapshots.default_as_of(data)
    click.echo(pages.trial_page(data, as_of=day, tries=tries, form=form))


@click.command()
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

    data = open_data(paths, config=config, sample=sample)
    say_unread(data.rejects)
    judged = take_snapshot(data, period=None, as_of=as_of)
    click.echo(pages.owners_page(judged, form=form))


@click.command()
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
    """Print the ownership questions for a review, and whom to invite.

    INCIDENT is the id of the incident whose action items are talked about.
    """
    from pmanalytics import pages

    data = open_data((), config=config, sample=sample)
    say_unread(data.rejects)
    judged = take_snapshot(data, period=None, as_of=as_of)
    click.echo(pages.agenda_page(judged, incident, identify=identify))
