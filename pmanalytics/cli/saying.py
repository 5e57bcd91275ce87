"""What a verb says beside its output: warnings, rejects and files that were not read."""

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["say", "say_rejects", "say_unread"]

MOST_REJECTS: Final = 20


def say(sentence: str) -> None:
    """Tell people something beside the output; it may quote an export."""
    from pmanalytics.words import plain

    click.echo(plain(sentence), err=True)


def say_rejects(rejects: "pd.DataFrame") -> None:
    """Each row and file that could not be read, up to a number of lines."""
    for reject in rejects.head(MOST_REJECTS).itertuples():
        row = "" if str(reject.row) == "<NA>" else f", row {reject.row}"
        say(f"{reject.file}{row}: {reject.rule}: {reject.detail}")
    if len(rejects) > MOST_REJECTS:
        say(f"and {len(rejects) - MOST_REJECTS:,} more; see 'pmanalytics check'")


def say_unread(rejects: "pd.DataFrame") -> None:
    """Each file that could not be read, and how many rows of the others."""
    whole = rejects["row"].isna()
    for reject in rejects[whole].itertuples():
        say(f"{reject.file}: {reject.detail}")
    rows = int((~whole).sum())
    if rows:
        say(f"{rows:,} row{'s' * (rows != 1)} could not be read; see 'pmanalytics check'")
