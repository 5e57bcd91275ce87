"""Recognition: which tracker wrote a file, told from its content and never from its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pmanalytics.errors import ConfigurationError, InputError, nearest
from pmanalytics.reading.careful import shortened
from pmanalytics.reading.delimited import Delimited, headers
from pmanalytics.settings import Source
from pmanalytics.trackers import github, gitlab_csv, jira_csv, mapped, pagerduty, table
from pmanalytics.trackers.model import Header, Record, Tracker
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKERS", "Recognised", "recognise_header", "recognise_records", "recognise_text"]

TRACKERS: Final[tuple[Tracker, ...]] = (
    jira_csv.TRACKER,
    github.TRACKER,
    gitlab_csv.TRACKER,
    pagerduty.TRACKER,
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


Found = tuple[Recognised, Delimited]


def recognise_text(content: bytes, source: Source, *, name: str) -> Found:
    """Which tracker wrote delimited text, and the file with the delimiter that makes it so."""
    candidates = tuple(headers(content, name=name))
    asked = _asked(source, "csv", name)
    found = [
        (Recognised(tracker, tracker.table_of(file.header)), file)
        for file in candidates
        for tracker in asked
        if tracker.table_of(file.header)
    ]
    found = found or _mapped(candidates, asked, source)
    _refuse_several([recognised for recognised, _ in found], name)
    if found:
        return found[0]
    widest = max(candidates, key=lambda file: len(file.header), default=None)
    raise InputError(_unknown(widest.names if widest else (), source, name))


def recognise_header(header: Header, source: Source, *, name: str) -> Recognised:
    """Which tracker wrote the columns of a Parquet file."""
    asked = _asked(source, "parquet", name)
    found = [Recognised(t, t.table_of(header)) for t in asked if t.table_of(header)]
    _refuse_several(found, name)
    if not found:
        raise InputError(_unknown(header, source, name))
    return found[0]


def recognise_records(records: Sequence[Record], source: Source, *, name: str) -> Recognised:
    """Which tracker wrote the records of a JSON file."""
    asked = _asked(source, "json", name)
    if not any(records):
        raise InputError(f"{name} holds no record; export it again, or leave it out.")
    found = [Recognised(tracker, "items") for tracker in asked if tracker.holds(records)]
    _refuse_several(found, name)
    if not found:
        keys = tuple(dict.fromkeys(str(key) for record in records[:1] for key in record))
        raise InputError(_unknown(keys, source, name))
    return found[0]


def _asked(source: Source, form: str, name: str) -> tuple[Tracker, ...]:
    """The trackers to ask: all that write this form, or the configured one."""
    if source.tracker is None:
        return tuple(tracker for tracker in TRACKERS if form in tracker.forms)
    chosen = [tracker for tracker in TRACKERS if tracker.name == source.tracker]
    if not chosen:
        known = [tracker.name for tracker in TRACKERS]
        raise ConfigurationError(
            f"There is no tracker {source.tracker!r}, which a [[source]] names"
            f"{nearest(source.tracker, known)}"
        )
    if form not in chosen[0].forms:
        raise InputError(
            f"{name} is not {' or '.join(chosen[0].forms).upper()}, which tracker = "
            f"{source.tracker!r} asks for; leave that line out or export it again."
        )
    return tuple(chosen)


def _mapped(
    candidates: Sequence[Delimited], asked: Sequence[Tracker], source: Source
) -> list[Found]:
    """A file that is told by nothing but the columns that the configuration maps.

    The tracker is the configured one, else the one for other files; the delimiter is the one that
    makes most of the mapped columns appear.
    """
    if not source.fields.keys() & _NAMING:
        return []
    tracker = next((t for t in asked if t.fallback or source.tracker), None)
    wanted = {fold_word(column) for column in source.fields.values()}
    fits = [len(wanted & set(map(fold_word, file.header))) for file in candidates]
    if tracker is None or not any(fits):
        return []
    file = candidates[fits.index(max(fits))]
    return [(Recognised(tracker, source.table or "items"), file)]


def _refuse_several(found: Sequence[Recognised], name: str) -> None:
    names = list(dict.fromkeys(each.tracker.name for each in found))
    if len(names) > 1:
        raise InputError(
            f"{name} could be {' or '.join(names)}; say which with a line such as "
            f'tracker = "{names[0]}" under its [[source]].'
        )


def _unknown(columns: Sequence[str], source: Source, name: str) -> str:
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
