"""Histories: what a tracker remembers of its tickets' past, as the table events.

Trackers write a history in many shapes; each brings its own to plain changes, and the rest is the
same for all: moments are parsed like the other dates, words for the state become ours, and a change
that changes nothing in our words is left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from pmanalytics.reading.cells import TEXT
from pmanalytics.reading.nested import text_of
from pmanalytics.tables import conform, empty
from pmanalytics.trackers.closing import CLOSED, meaning_of
from pmanalytics.trackers.dates import parse_dates
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export
from pmanalytics.trackers.vocabulary import fold_word, folded, severity_of

__all__ = ["Change", "days_of", "events_of", "history_only", "last_closings", "seconds_of"]

FIELDS: Final = ("state", "owner", "team", "promised_on", "severity")


@dataclass(frozen=True)
class Change:
    """One change: the ticket's key, the moment as written, what changed, and from what to what.

    `field` is state, owner, team, promised_on or severity. Words for the state are the tracker's
    own, or ours; an empty text is nothing, as in a ticket that had no owner.
    """

    key: str
    at: str
    field: str
    before: str = ""
    after: str = ""


def events_of(
    changes: Iterable[Change],
    export: Export,
    *,
    prefix: str | None = None,
    judged: bool = False,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The table events from changes, in order of subject and time, and what is doubtful about it.

    The subject of an event is the item id, `prefix` and key, the prefix being that of the system
    unless another is given (the empty one for incidents). With `judged`, the words for the state
    are ours already. Changes without a moment that can be read
    are left out and counted in a warning.
    """
    listed = list(changes)
    if not listed:
        return empty("events"), ()
    frame = pd.DataFrame(listed)
    parsed, warnings = parse_dates(
        {"at": pa.array(frame["at"].tolist(), type=TEXT)},
        formats=(*export.source.date_formats, *export.tracker.dates),
    )
    begins = f"{export.system}:" if prefix is None else prefix
    frame = frame.assign(at=parsed["at"].in_utc(export.timezone), subject=begins + frame["key"])
    for name, read in _readers(export, judged=judged).items():
        chosen = frame["field"] == name
        for column in ("before", "after"):
            words = {word: read(word) for word in frame.loc[chosen, column].unique()}
            frame.loc[chosen, column] = frame.loc[chosen, column].map(words)
    timeless = int(frame["at"].isna().sum())
    if timeless:
        warnings += (
            f"{timeless:,} changes in the history have no date that can be read; left out.",
        )
    kept = frame[frame["at"].notna() & frame["before"].ne(frame["after"])]
    ordered = kept.sort_values(["subject", "at"], kind="stable", ignore_index=True)
    return conform(ordered.replace({"before": {"": None}, "after": {"": None}}), "events"), warnings


def last_closings(events: pd.DataFrame, subjects: pd.Series) -> pd.Series:
    """When each subject was closed in the end, missing where its history ends otherwise.

    Going from one closed state to another is no closing. `events` are in the order of subject and
    time; the result has the places of `subjects`.
    """
    told = events[events["field"].eq("state").to_numpy(dtype=bool)]
    entered = told[told["after"].isin(CLOSED) & ~told["before"].isin(CLOSED)]
    at = entered.drop_duplicates("subject", keep="last").set_index("subject")["at"]
    final = told.drop_duplicates("subject", keep="last").set_index("subject")["after"]
    at = at.where(final.reindex(at.index).isin(CLOSED))
    return at.reindex(subjects).set_axis(subjects.index).astype("datetime64[us, UTC]")


def days_of(export: Export, texts: Sequence[str]) -> list[str]:
    """Dates of a history as days, as the due dates of the same file are; others as written."""
    formats = (*export.source.date_formats, *export.tracker.dates)
    parsed, _ = parse_dates({"day": pa.array(texts, type=TEXT)}, formats=formats)
    days = parsed["day"].as_days(export.settings.timezone).dt.strftime("%Y-%m-%d")
    return days.where(days.notna(), list(texts)).tolist()


def seconds_of(moment: Any) -> float:
    """A moment in ISO form as seconds since 1970, to order a history by; 0 where it is none.

    Examples:
        >>> seconds_of("1970-01-01T01:00:01.500+0100"), seconds_of(None)
        (1.5, 0.0)
    """
    try:
        at = datetime.fromisoformat(text_of(moment))
    except ValueError:
        return 0.0
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _readers(export: Export, *, judged: bool) -> dict[str, Callable[[str], str]]:
    state = meaning_of(export)
    severities = folded(export.tracker.severities) | folded(export.source.severities)

    def severity(word: str) -> str:
        return severities.get(fold_word(word)) or severity_of(word) or word

    readers: dict[str, Callable[[str], str]] = {"severity": severity}
    return readers if judged else {"state": lambda word: state(word) if word else "", **readers}


def history_only(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    """The rows of a file that holds a history and no tickets, for the table events.

    `columns` has subject (the ticket's key), field, before and after, as in `Change`, a row of
    another field having none. Rows that change nothing in our words are left aside.
    """
    nothing = missing(export)
    field = columns.get("field", nothing)
    found = {name: columns.get(name, nothing).copy() for name in ("before", "after")}
    for name, read in _readers(export, judged=False).items():
        chosen = field.eq(name).fillna(value=False)
        for column in found.values():
            column[chosen] = column[chosen].fillna("").map(read)
    changed = found["before"].fillna("").ne(found["after"].fillna(""))
    kept = changed & field.isin(FIELDS)
    missing_text = {name: column.mask(column.eq("")) for name, column in found.items()}
    subject = export.system + ":" + columns.get("subject", nothing)
    doubts = () if kept.any() else ("The history holds no change of a state, owner or due date.",)
    return Completed(
        {"subject": subject, **missing_text}, doubts, filtered=~kept.to_numpy(dtype=bool)
    )
