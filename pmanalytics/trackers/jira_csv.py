"""Jira: the exports of Cloud and of Server or Data Center, in the languages of `jira_words`.

All fields or those of a view, as CSV or XLSX, and the old export whose key column is called `Key`
and whose workbook is a web page. Whether a ticket is closed stands in up to four columns that may
disagree: a filled resolution outranks the category, which outranks the name of the status, which
outranks a date; but a status that says reopened was set after the resolution, which Jira keeps.
"""

import re
from collections.abc import Mapping
from typing import Final

import pandas as pd

from pmanalytics.trackers.closing import Closing, closing
from pmanalytics.trackers.interpreting import as_lists, as_text, extracted, missing
from pmanalytics.trackers.jira_words import LANGUAGES, Language
from pmanalytics.trackers.model import Completed, Export, Header, Tracker, Words
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_KEY: Final = r"^(?P<project>[A-Za-z][A-Za-z0-9_]*)-[0-9]+$"
_EPIC: Final = "|".join(rf"{language.custom} \(epic link\)" for language in LANGUAGES)
_LISTED: Final = "|".join(name for language in LANGUAGES for name in language.listed)
_LINKS: Final = "(?i)^({})$".format(
    "|".join([*(language.links for language in LANGUAGES), _EPIC, _LISTED])
)
_DUPLICATE: Final = frozenset(fold_word(word) for each in LANGUAGES for word in each.duplicate)
_DUPLICATES: Final = re.compile(
    rf"(?i).*({'|'.join(each.outward for each in LANGUAGES)}).*"
    rf"\(({'|'.join(map(re.escape, sorted(_DUPLICATE)))})\s*\)"
)
# Columns by which a view is told, of one language: one beside a key that only Jira has, some beside
# a key that other tools have too.
_TELLING: Final = (
    "title", "priority", "status", "resolution", "owners", "created_at", "updated_at"
)  # fmt: skip
_SOME: Final = 3
# What some scripts write of Jira: keys, and with a date what is done.
_SCRIPTED: Final[Mapping[str, str]] = {
    "key": "Issue",
    "title": "Title",
    "closed_at": "Resolved Date",
}


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    if names >= set(map(fold_word, _SCRIPTED.values())):
        return "items"
    # Our own tables have a column `key` too, but none of the others of a view with a capital.
    written = {fold_word(name) for name in header if name[:1].isupper()}
    return "items" if any(_is_written_in(each, names, written) for each in LANGUAGES) else ""


def _is_written_in(language: Language, names: set[str], written: set[str]) -> bool:
    known = {ours: set(map(fold_word, found)) for ours, found in language.columns.items()}
    view = set(map(fold_word, language.view)).union(*(known[ours] for ours in _TELLING))
    custom = f"{fold_word(language.custom)} ("
    if names & known["key"]:
        # A view may show nothing but keys.
        own = any(name.startswith(custom) for name in names)
        return bool(own or names & view) or names - {""} <= known["key"]
    short = set(map(fold_word, language.short_key))
    return bool(written & short) and len(written & view) >= _SOME


def _columns() -> dict[str, tuple[str, ...]]:
    """The headers of all languages for each of our columns."""
    found = {
        ours: tuple(
            dict.fromkeys(name for each in LANGUAGES for name in each.columns.get(ours, ()))
        )
        for ours in LANGUAGES[0].columns
    }
    short = tuple(name for each in LANGUAGES for name in each.short_key)
    severity = [name for each in LANGUAGES for name in each.severity]
    custom = [f"{each.custom} ({name})" for each in LANGUAGES for name in each.severity]
    found |= {"key": found["key"] + short, "severity": (*custom, *dict.fromkeys(severity))}
    return found | {ours: (*found[ours], name) for ours, name in _SCRIPTED.items()}


def _words() -> Words:
    """What the words of all languages mean."""
    states: dict[str, str] = {}
    categories: dict[str, str] = {}
    for language in LANGUAGES:
        to_do, in_progress, done = language.categories
        grouped = dict.fromkeys(to_do + in_progress, "open") | dict.fromkeys(done, "done")
        categories |= grouped
        states |= grouped | dict.fromkeys(language.open, "open")
        states |= dict.fromkeys(language.done, "done")
        states |= dict.fromkeys(language.dropped, "dropped")
    dropping = [word for each in LANGUAGES for word in (*each.dropped, *each.dropping)]
    return Words(
        states=states,
        resolutions=dict.fromkeys(dropping, "dropped"),
        categories=categories,
        unresolved=tuple(word for each in LANGUAGES for word in each.unresolved),
        reopened=tuple(word.casefold() for each in LANGUAGES for word in each.reopened),
    )


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    judged = closing(export, columns)
    key = columns["key"]
    project = extracted(key, _KEY)
    return judged.completed(
        key=key.where(project.notna()),
        project=project,
        duplicate_of=_duplicates(export, judged),
        **_multiples(export),
    )


def _duplicates(export: Export, judged: Closing) -> pd.Series:
    """The ticket that each duplicate was closed in favour of, or the word unknown."""
    closed = judged.each(
        lambda status, resolution, ours: (
            "unknown"
            if ours == "dropped" and {fold_word(status), fold_word(resolution)} & _DUPLICATE
            else None
        )
    )
    for name in export.cells.columns:
        if _DUPLICATES.fullmatch(name.strip()):
            other = as_text(export.cells.text(name))
            closed = closed.mask(closed.notna() & other.notna(), export.system + ":" + other)
    return closed


def _multiples(export: Export) -> dict[str, pd.Series]:
    """Links from all the columns that hold some, and the last of several sprints."""
    cells, found = export.cells, {}
    links = [name for name in cells.columns if re.match(_LINKS, name.strip())]
    if links and "links" not in export.source.fields:
        several = any(re.fullmatch(_LISTED, name.strip(), re.IGNORECASE) for name in links)
        comma = r"\s*,\s*" if several else ""
        found["links"] = as_lists(cells.texts(links, like=_KEY, separator=comma))
    for name in export.columns.get("planned", ())[:1]:
        sprint = missing(export)
        for column in cells.columns[name]:
            sprint = as_text(column).fillna(sprint)
        found["planned"] = sprint
    return found


TRACKER: Final = Tracker(
    name="jira_csv",
    title="Jira, the CSV, XLSX and HTML of Cloud and Server",
    system="jira",
    forms=("csv", "xlsx", "html"),
    export="Filters, advanced search, Export, CSV (all fields)",
    verified=(
        "real files of Cloud 2025 in English and Spanish, Server 8 and Server 6.2; German, French "
        "and Portuguese, XLSX and HTML unverified"
    ),
    silent="reopenings and earlier closings; when a status changed before the last change",
    table_of=_table_of,
    columns=_columns(),
    more=_LINKS,
    words=_words(),
    dates=("%d/%b/%y %I:%M %p", "%d/%b/%y %H:%M", "%d/%b/%y", "%d-%b-%y", "iso", "long"),
    nobody=tuple(word for each in LANGUAGES for word in each.nobody),
    limits=(100, 1000, 5000),
    footer=r"Generated at \w{3} \w{3} \d|.{1,200} JIRA [0-9.]+#[0-9]+-sha1:",
    complete=_complete,
)
