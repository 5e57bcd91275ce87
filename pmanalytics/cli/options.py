"""The options that several verbs have, and the width of what they print."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

__all__ = [
    "WIDTH",
    "as_of_option",
    "config_option",
    "format_option",
    "period_option",
    "sample_option",
]

MOST_WIDTH: Final = 100
# Where there is no terminal, as in a file or a pager, the help has its full width.
WIDTH: Final = min(MOST_WIDTH, shutil.get_terminal_size((MOST_WIDTH, 24)).columns)

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
    help="What the figures are about, like 2026Q3, 2026-09, 2026-W38, 2026-07-01..2026-09-30, or "
    "last-week before the as-of date.",
)


def format_option(*forms: str, meaning: str) -> Callable[[Any], Any]:
    """The option --format, whose first form is the one without it."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], help=meaning
    )
