"""Recognition: which tracker wrote a file, told from its content and never from its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from pmanalytics.errors import ConfigurationError, InputError, nearest
from pmanalytics.reading.careful import shortened
from pmanalytics.reading.paths import found_paths
from pmanalytics.reading.records import beginning_of, records_of
from pmanalytics.settings import Source
from pmanalytics.trackers import (
    asana,
    azure_devops,
    bugzilla,
    clickup,
    datadog,
    firehydrant,
    github,
    gitlab_csv,
    gitlab_json,
    incident_io,
    jira_csv,
    jira_json,
    launchpad,
    linear,
    mapped,
    monday,
    notion,
    opsgenie,
    pagerduty,
    phabricator,
    postmortem_md,
    redmine,
    rootly,
    servicenow,
    shortcut,
    table,
    trello,
    youtrack,
)
from pmanalytics.trackers.model import Form, Header, Record, Tracker
from pmanalytics.trackers.vocabulary import fold_word

__all__ = [
    "TRACKERS",
    "Recognised",
    "named",
    "recognise_headers",
    "recognise_records",
    "recognise_text",
    "unknown_columns",
]

TRACKERS: Final[tuple[Tracker, ...]] = (
    jira_csv.TRACKER,
    jira_json.TRACKER,
    github.TRACKER,
    gitlab_csv.TRACKER,
    gitlab_json.TRACKER,
    linear.TRACKER,
    asana.TRACKER,
    azure_devops.TRACKER,
    shortcut.TRACKER,
    trello.TRACKER,
    clickup.TRACKER,
    monday.TRACKER,
    notion.TRACKER,
    youtrack.TRACKER,
    bugzilla.TRACKER,
    phabricator.TRACKER,
    redmine.TRACKER,
    launchpad.TRACKER,
    servicenow.TRACKER,
    pagerduty.TRACKER,
    incident_io.TRACKER,
    firehydrant.TRACKER,
    rootly.TRACKER,
    opsgenie.TRACKER,
    datadog.TRACKER,
    postmortem_md.TRACKER,
    table.TRACKER,
    mapped.TRACKER,
)
_NAMING: Final = frozenset(("key", "title", "item_id", "incident_id"))
_MOST_COLUMNS: Final = 6


@dataclass(frozen=True)
class Recognised:
    """A tracker, and the table that the file fills."""

    tracker: Tracker
    table: str


class Candidate(Protocol):
    """A file or sheet of which one row is taken for the header; `above` it others were skipped."""

    @property
    def header(self) -> Header: ...
    @property
    def above(self) -> int: ...


Taken = TypeVar("Taken", bound=Candidate)


def recognise_headers(
    candidates: Sequence[Taken], source: Source, *, form: Form, name: str
) -> list[tuple[Recognised, Taken]]:
    """Which trackers wrote these columns, for the first of the candidates that any tracker knows.

    Candidates of one kind differ in their delimiter, their sheet, or the row of their header. All
    that one tracker knows are returned, those of other trackers are not. Raises InputError when
    none is known, or when several trackers claim the same.
    """
    asked = _asked(source, form, name)
    for above in sorted({candidate.above for candidate in candidates}):
        level = [candidate for candidate in candidates if candidate.above == above]
        found = [
            (Recognised(tracker, tracker.table_of(candidate.header)), candidate)
            for candidate in level
            for tracker in asked
            if tracker.table_of(candidate.header)
        ]
        found = found or _mapped(level, asked, source)
        _refuse_several([recognised for recognised, _ in found], name)
        if found:
            return found
    headers = [named(c.header) for c in candidates if c.above == 0]
    raise InputError(unknown_columns(max(headers, key=len, default=()), source, name))


def recognise_records(
    documents: Sequence[Any], source: Source, *, name: str
) -> tuple[Recognised, list[Record | None]]:
    """Which tracker wrote the values of a JSON file, and its records, None where there is none."""
    asked = _asked(source, "json", name)
    # The beginning of every list tells who wrote it; the rest is unpacked once, by its tracker.
    some = beginning_of(documents)
    found = [each for tracker in asked if (each := _written_by(tracker, some))]
    _refuse_several([recognised for recognised, _ in found], name)
    if found:
        tracker = found[0][0].tracker
        return _written_by(tracker, documents) or found[0]
    records: list[Record | None] = list(records_of(documents))
    chosen = _mapped_records(records, asked, source)
    if chosen:
        return chosen, records
    plain = [record for record in records if record is not None]
    if not any(plain):
        raise InputError(f"{name} holds no record; export it again, or leave it out.")
    raise InputError(unknown_columns(tuple(str(key) for key in plain[0]), source, name))


def _written_by(
    tracker: Tracker, documents: Sequence[Any]
) -> tuple[Recognised, list[Record | None]] | None:
    records = list(tracker.unpack(documents))
    whole = [record for record in records if record is not None]
    table = tracker.table_of_records(whole) if whole else ""
    return (Recognised(tracker, table), records) if table else None


def recognise_text(
    text: str, source: Source, *, name: str
) -> tuple[Recognised, list[Record]] | None:
    """Which tracker wrote a document, and what its records are, or None when no tracker did."""
    if source.tracker is not None and "markdown" not in _chosen(source.tracker).forms:
        return None
    for tracker in _asked(source, "markdown", name):
        records = tracker.reads_text(text, name)
        if records is not None:
            return Recognised(tracker, source.table or "items"), list(records)
    return None


def named(header: Header) -> tuple[str, ...]:
    """The names of the columns that have one, each once."""
    return tuple(dict.fromkeys(name for name in header if name.strip()))


def _asked(source: Source, form: Form, name: str) -> tuple[Tracker, ...]:
    """The trackers to ask: all that write this form, or the configured one."""
    if source.tracker is None:
        return tuple(tracker for tracker in TRACKERS if form in tracker.forms)
    chosen = _chosen(source.tracker)
    if form not in chosen.forms:
        raise InputError(
            f"{name} is not {' or '.join(chosen.forms).upper()}, which tracker = "
            f"{source.tracker!r} asks for; leave that line out or export it again."
        )
    return (chosen,)


def _chosen(name: str) -> Tracker:
    for tracker in TRACKERS:
        if tracker.name == name:
            return tracker
    hint = nearest(name, [tracker.name for tracker in TRACKERS])
    raise ConfigurationError(f"There is no tracker {name!r}, which a [[source]] names{hint}")


def _mapped(
    candidates: Sequence[Taken], asked: Sequence[Tracker], source: Source
) -> list[tuple[Recognised, Taken]]:
    """A file that is told by nothing but the columns that the configuration maps.

    The tracker is the configured one, else the one for other files; the delimiter is the one that
    makes most of the mapped columns appear.
    """
    if not source.fields.keys() & _NAMING:
        return []
    tracker = next((t for t in asked if t.fallback or source.tracker), None)
    wanted = {fold_word(column) for column in source.fields.values()}
    fits = [len(wanted & set(map(fold_word, candidate.header))) for candidate in candidates]
    if tracker is None or not any(fits):
        return []
    file = candidates[fits.index(max(fits))]
    return [(Recognised(tracker, source.table or "items"), file)]


def _mapped_records(
    records: Sequence[Record | None], asked: Sequence[Tracker], source: Source
) -> Recognised | None:
    """Records that are told by nothing but the paths that the configuration maps."""
    tracker = next((t for t in asked if t.fallback or source.tracker), None)
    whole = [record for record in records if record is not None]
    wanted = [path for ours, path in source.fields.items() if ours in _NAMING]
    if tracker is None or not found_paths(whole, wanted):
        return None
    return Recognised(tracker, source.table or "items")


def _refuse_several(found: Sequence[Recognised], name: str) -> None:
    names = list(dict.fromkeys(each.tracker.name for each in found))
    if len(names) > 1:
        raise InputError(
            f"{name} could be {' or '.join(names)}; say which with a line such as "
            f'tracker = "{names[0]}" under its [[source]].'
        )


def unknown_columns(columns: Sequence[str], source: Source, name: str) -> str:
    """A sentence that says that no tracker writes these columns, and what to do."""
    shown = ", ".join(repr(shortened(column)) for column in columns[:_MOST_COLUMNS])
    more = ", ..." if len(columns) > _MOST_COLUMNS else ""
    begins = (
        f"begins with the columns {shown}{more}" if columns else "has no header that can be told"
    )
    if source.tracker:
        return (
            f"{name} {begins}, which is not what tracker = {source.tracker!r} reads; name another "
            "tracker, or map the columns with [source.fields]."
        )
    return (
        f"{name} {begins}, which no known tracker writes; map at least a key or a title with "
        '[source.fields], or name its format with a line tracker = "...".'
    )
