"""The words above the columns of any table, and the kind that says how their values are written.

A name is declared once, for all tables. Where it means something else in a table, the column by
which that table is known says so: `low` is a share, but beside `rate_ratio` it is a ratio.

Kinds: integer, number (one digit), score (two digits), percent (a share), points (a change of a
share), duration (days), median (days, which may not be reached), day, flag, text, long (text that
needs room), key (an id), link, group, and the kinds of codes.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from pmanalytics.words.codes import GAPS, NEWS
from pmanalytics.words.figures import FIGURES
from pmanalytics.words.lines import plain
from pmanalytics.words.listed import LISTED
from pmanalytics.words.tried import TRIED

__all__ = ["COLUMNS", "column_label", "column_words"]

COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    **LISTED,
    **FIGURES,
    **{code: (said, "integer") for code, said in {**GAPS, **NEWS}.items()},
    **TRIED,
}

# the column by which a table is known: what others mean beside it
BESIDE: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "later_than_1": {
        "ticketed": ("with a ticket", "integer"),
        "median_days": ("half by day", "duration"),
    },
    "on_day": {
        "due": ("due by then", "integer"),
        "done": ("done by then", "integer"),
        "dropped": ("dropped by then", "integer"),
    },
    "verified_on": {"role": ("builds or operates it", "text")},
    "rule": {"level": ("level", "code")},
    "fixable_in": {"reason": ("what it lacks", "code")},
    "owned_by_3": {
        "median_days": ("half with a team by day", "median"),
        "median_low": ("half with a team, from day", "median"),
        "median_high": ("half with a team, to day", "median"),
    },
    "reviewed_in_time": {
        "due": ("review due", "integer"),
        "median_days": ("half reviewed by day", "median"),
    },
    "granted_on": {"in_time": ("granted in time", "flag")},
    "decided_on": {"state": ("what became of it", "code")},
    "mean": {
        "at_risk": ("services watched", "integer"),
        "events": ("came that day", "integer"),
        "low": ("from", "score"),
        "high": ("to", "score"),
    },
    "rate_ratio": {"low": ("from", "score"), "high": ("to", "score")},
    "quiet_days": {
        "expected": ("repeats to expect", "number"),
        "chance": ("chance to be as quiet", "percent"),
    },
    "candidate_title": {"score": ("how alike their words are", "score")},
    "repeats": {"state": ("when the repeat began", "return")},
    "predicted": {"share": ("share that missed it", "percent")},
    "top_1": {"answered": ("with a candidate", "integer")},
}
# What `compared` puts behind a column, and the kind of a change where it is another one.
BEFORE: Final = "_before"
CHANGE: Final = "_change"
CHANGES: Final[Mapping[str, str]] = {"percent": "points", "median": "duration"}


def column_words(name: str, beside: Iterable[str] = ()) -> tuple[str, str] | None:
    """The words above a column and its kind, in a table with the columns `beside`, if declared.

    Examples:
        >>> column_words("low"), column_words("low", ["rate_ratio", "low"])
        (('from', 'percent'), ('from', 'score'))
        >>> column_words("met_before"), column_words("attainment_change")
        (('done in time, before', 'integer'), ('kept, change', 'points'))
    """
    known = set(beside)
    for marker, meanings in BESIDE.items():
        if marker in known and name in meanings:
            return meanings[name]
    # `overdue_before` is a column of repeats; beside `overdue` it is what that was before.
    if name in COLUMNS and name.removesuffix(BEFORE) not in known - {name}:
        return COLUMNS[name]
    for ending, said in ((BEFORE, "before"), (CHANGE, "change")):
        whole = column_words(name.removesuffix(ending), known) if name.endswith(ending) else None
        if whole:
            label, kind = whole
            return f"{label}, {said}", CHANGES.get(kind, kind) if ending == CHANGE else kind
    return None


def column_label(name: str, beside: Iterable[str] = ()) -> str:
    """The words above a column, in a table with the columns `beside`.

    Examples:
        >>> column_label("done_by_15"), column_label("no_ticket"), column_label("my_own")
        ('done by day 15', 'only in a document, no ticket', 'my own')
    """
    words = column_words(name, beside)
    return words[0] if words else plain(name).replace("_", " ")
