"""Updates: a file that tells a tracker of the decisions that it does not follow yet.

Nothing is sent: the outcome is a text for a person to look at and to use. Adding a tracker is one
module with one Form, and that Form's name in FORMS.
"""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from pmanalytics.answers import github_updates, jira_updates
from pmanalytics.answers.telling import SAMPLE, Form, Ticket, Updates
from pmanalytics.answers.unfollowed import decisions_in_force, unfollowed_tickets
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError, nearest
from pmanalytics.trackers import TRACKERS
from pmanalytics.words import counted, plain

__all__ = ["FORMS", "Updates", "ticket_updates"]

FORMS: Final = (jira_updates.FORM, github_updates.FORM)


def ticket_updates(
    data: Dataset,
    *,
    form: str,
    decisions: pd.DataFrame | None = None,
    source: str | None = None,
) -> Updates:
    """Write what a tracker does not follow yet of the decisions in force, as a file for it.

    `form` is jira_csv, a CSV file for Jira's import, or github, a shell script of `gh` commands.
    An open ticket is told a promised date and an owner team that its tracker does not have, that it
    was dropped, and a waiver that was not over when the export was made; any ticket is told a note.
    What was dropped is told only that and the note.

    `decisions` are rows of the table decisions, those of the dataset or others that are not written
    yet; only they are told, as far as they are in force beside those of the dataset. Without them
    all are told, and what a tracker takes as a comment is told again each time. `source` names one
    of several systems of a kind.

    Returns the text, the number of tickets in it, and sentences about what was left out (tickets of
    other systems or without an address, and decisions that mean no ticket) and about the use of the
    file. Tickets come by source, project and number. Raises UsageError for an unknown form or
    source, and where several systems need a file each.

    Examples:
        >>> import pmanalytics as pma
        >>> waivers = ticket_updates(pma.sample(), form="jira_csv")
        >>> print(waivers.text.splitlines()[0])
        Issue key,Summary,Comment Body
    """
    wanted = _form(form)
    sources = _sources(data, wanted.system, source)
    made, ignored = decisions_in_force(data, decisions)
    tickets = unfollowed_tickets(data, made)
    chosen = [ticket for ticket in tickets if ticket.source in sources]
    _check_apart(chosen, wanted)
    written = wanted.write(chosen, data)
    others = [ticket for ticket in tickets if ticket.source not in sources]
    left_out = (*written.left_out, *_elsewhere(others), *ignored)
    unsaid = "".join(f"{wanted.remark}{line}\n" for line in left_out) if wanted.remark else ""
    notes = (*((SAMPLE,) if data.settings.sample else ()), *written.notes)
    text = written.text + unsaid
    return Updates(text, written.count, left_out, notes if written.count else ())


def _form(name: str) -> Form:
    for form in FORMS:
        if form.name == name:
            return form
    known = [form.name for form in FORMS]
    raise UsageError(f"There are no ticket updates in the form {name!r}{nearest(name, known)}")


def _sources(data: Dataset, system: str, source: str | None) -> set[str]:
    """The sources whose tickets are in a system, by the format of their files, else by name."""
    formats = {tracker.name for tracker in TRACKERS if tracker.system == system}
    theirs = data.files.loc[data.files["format"].isin(formats).to_numpy(dtype=bool), "source"]
    sources = {*theirs.dropna(), system} & set(data.items["source"].dropna())
    if source is None or source in sources:
        return {source} if source else sources
    if not sources:
        raise UsageError(f"The dataset has no tickets of {system}; leave out the source.")
    raise UsageError(
        f"{source!r} is no source of tickets of {system}{nearest(source, sorted(sources))}"
    )


def _check_apart(tickets: Sequence[Ticket], form: Form) -> None:
    sources = sorted({ticket.source for ticket in tickets})
    if form.apart and len(sources) > 1:
        raise UsageError(
            f"The tickets to be told are in {', '.join(map(plain, sources))}, and each of them "
            "needs a file of its own; name one of them as the source."
        )


def _elsewhere(tickets: Sequence[Ticket]) -> list[str]:
    """What is left out because it is in another system, a sentence for each."""
    by_source: dict[str, list[str]] = {}
    for ticket in tickets:
        by_source.setdefault(ticket.source, []).append(plain(ticket.item_id))
    return [
        f"{counted(len(names), 'decided item')} of {plain(source) or 'no source'}: "
        f"{', '.join(names)}."
        for source, names in by_source.items()
    ]
