"""Jira: updates of tickets as a CSV file that its import of existing issues takes.

One row per ticket, found by its key. A cell that is empty leaves its field as it is; columns that
nothing is written to are left out. What an import cannot or should not do is asked for in a
comment: a status that is imported goes past the workflow, and only administrators may do it.

- `Summary` must be there, and repeats the title as the export has it. It is empty where that title
  could not be written as it is: where it begins like a formula, has control characters or is long.
  A leading `'`, which keeps a spreadsheet from computing, would become a part of the title.
- `Due date` is in the form yyyy-MM-dd, which does not depend on a language.
- The column of the team bears the name of the custom field that the configuration takes teams from.
  Where it names none, or the team begins like a formula, the team is told in the comment.
- `Comment Body` begins with a word of ours, so that no spreadsheet computes it, and has no
  semicolon, since Jira reads `date;author;text`. In what people wrote brackets become round and a
  `!` stands apart from what follows, because `[~name]` calls a person, `{name}` a macro and
  `!address!` shows a picture, whatever is put before them.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

from pmanalytics.answers.telling import Form, Ticket, Told, Updates, sentence
from pmanalytics.datasets import Dataset
from pmanalytics.exchange import FORMULA
from pmanalytics.trackers.jira_words import LANGUAGES
from pmanalytics.words import plain

__all__ = ["FORM"]

_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]+", re.ASCII)
_CUSTOM: Final = re.compile(
    "(?:{}) \\((.+)\\)".format("|".join(re.escape(each.custom) for each in LANGUAGES))
)
KEY, TITLE, DUE, COMMENT = "Issue key", "Summary", "Due date", "Comment Body"
# What empties a field.
_CLEAR: Final = "<<!clear!>>"
_LONGEST_TITLE: Final = 255
_ROUND: Final = str.maketrans("[]{};", "()(),")
_CLOSE: Final = (
    "Please close this ticket as dropped, such as Won't Do, since an import does not close it."
)


def _write(tickets: Sequence[Ticket], data: Dataset) -> Updates:
    named = [ticket for ticket in tickets if _KEY.fullmatch(ticket.key)]
    field = _team_field(data, {ticket.source for ticket in named})
    rows = [_row(ticket, field) for ticket in named]
    return Updates(
        _csv(rows, field),
        count=len(rows),
        left_out=tuple(
            f"{plain(ticket.item_id)} has no key of the form PAY-12."
            for ticket in tickets
            if not _KEY.fullmatch(ticket.key)
        ),
        notes=tuple(_notes(rows, field)),
    )


def _row(ticket: Ticket, field: str) -> dict[str, str]:
    promised, team = ticket.of_kind("promised"), ticket.of_kind("owner_team")
    row = {KEY: ticket.key, TITLE: _as_it_is(ticket.title, most=_LONGEST_TITLE)}
    row[DUE] = promised.until if promised else ""
    if field:
        row[field] = _as_it_is(team.value) if team else ""
    in_fields = {
        "promised": bool(promised),
        "owner_team": bool(field and row[field]),
    }
    said = [told for told in ticket.told if told.reason or not in_fields.get(told.kind)]
    return row | {COMMENT: " ".join(_sentences(said))}


def _sentences(said: Iterable[Told]) -> Iterable[str]:
    for told in said:
        yield sentence(told, quoted=_quoted)
        if told.kind == "drop":
            yield _CLOSE


def _quoted(text: str) -> str:
    """What a person wrote, without what Jira would take for more than text."""
    return re.sub(r"!(?=\S)", "! ", text.translate(_ROUND))


def _as_it_is(text: str, *, most: int | None = None) -> str:
    """A text for a field, or nothing where it would not arrive as what it is."""
    harmless = text == plain(text) and not FORMULA.match(text) and text != _CLEAR
    return text if harmless and (most is None or len(text) <= most) else ""


def _team_field(data: Dataset, sources: set[str]) -> str:
    """The custom field that teams are read from, where all files of the sources agree on it."""
    columns = {
        data.inputs[path].source.fields.get("team", "")
        for path, source in zip(data.files["path"], data.files["source"], strict=True)
        if source in sources and path in data.inputs
    }
    found = [_CUSTOM.fullmatch(column) for column in columns]
    names = {match[1] for match in found if match}
    name = names.pop() if len(names) == len(found) == 1 else ""
    return "" if name in (KEY, TITLE, DUE, COMMENT) else _as_it_is(name)


def _csv(rows: Sequence[dict[str, str]], field: str) -> str:
    columns = [name for name in (KEY, TITLE, DUE, field, COMMENT) if name]
    told = [name for name in columns if name in (KEY, TITLE) or any(row[name] for row in rows)]
    file = StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([told, *([row[name] for name in told] for row in rows)])
    return file.getvalue()


def _notes(rows: Sequence[dict[str, str]], field: str) -> Iterable[str]:
    yield (
        "Give the file to Jira's CSV import, map Issue key to the issue's key so that tickets are "
        "updated and not created, and state the date format yyyy-MM-dd."
    )
    yield "Try one row first: an import cannot be undone, and a second one repeats the comments."
    if field and any(row[field] for row in rows):
        yield f"The names of teams have to be choices of the field {field}; Jira takes no others."
    if untitled := [row[KEY] for row in rows if not row[TITLE]]:
        yield (
            f"The Summary of {', '.join(untitled)} is empty, because the title would not arrive as "
            "it is; fill it in if Jira asks for it."
        )


FORM: Final = Form("jira_csv", "jira", _write)
