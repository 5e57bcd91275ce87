"""Printing: the list of changes as lines for a terminal."""

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pandas as pd

from pmanalytics.exchange import SCHEMA, as_csv, json_rows
from pmanalytics.words import counted, plain

__all__ = ["CHANGE_WRITERS", "changes_text"]

_MOST: Final = 20
_WIDTH: Final = 100
# What of each outcome is told, in this order; the last two are long in a workbook of many rows.
_HEADINGS: Final[Mapping[str, str]] = {
    "change": "To be written",
    "written": "Written",
    "waiting": "Waivers that are asked for, and wait to be granted with --on DATE",
    "conflict": "In conflict, and not written",
    "refused": "Refused, and not written",
    "remark": "Remarks",
    "known": "Known already",
}


def changes_text(changes: pd.DataFrame, *, width: int = _WIDTH) -> str:
    """The list of changes: what is written, what stands in the way, and how many of each."""
    parts = []
    for outcome, heading in _HEADINGS.items():
        rows = changes[changes["outcome"].eq(outcome).to_numpy(dtype=bool)]
        if len(rows):
            lines = _SAID[outcome](rows, width)
            parts.append("\n".join([f"{heading} ({len(rows):,}):", *lines]))
    return "\n\n".join([*parts, _counts(changes)])


def _changed(rows: pd.DataFrame, width: int) -> Iterator[str]:
    """Changes, the rows of a sheet under it and the answers of a row under the row."""
    place = ""
    for row in rows.itertuples():
        title = "" if pd.isna(row.title) else f", {plain(row.title)}"
        here = f"{plain(row.file)}, {plain(row.sheet)} row {row.row}: {plain(row.subject)}{title}"
        if here != place:
            yield f"  {_cut(here, width - 2)}"
            place = here
        now = "" if row.now == "nothing" else f", in place of {plain(row.now)}"
        said = f"{row.answer}: {plain(row.answered)}{now}. {plain(row.detail)}"
        yield from _wrapped(said, width, 4)


def _detailed(rows: pd.DataFrame, width: int) -> Iterator[str]:
    for detail in rows["detail"]:
        yield from _wrapped(plain(detail), width, 2)


def _briefly(rows: pd.DataFrame, width: int) -> Iterator[str]:
    for row in rows.head(_MOST).itertuples():
        place = f"{plain(row.file)}, {plain(row.sheet)} row {row.row}: {plain(row.subject)}"
        said = f"{row.answer}: {plain(row.answered)}. {plain(row.detail)}"
        yield from _wrapped(f"{place}, {said}", width, 2)
    if len(rows) > _MOST:
        yield f"  and {len(rows) - _MOST:,} more; --format csv lists all"


_SAID: Final[Mapping[str, Callable[[pd.DataFrame, int], Iterator[str]]]] = {
    "change": _changed,
    "written": _changed,
    "waiting": _changed,
    "conflict": _detailed,
    "refused": _detailed,
    "remark": _detailed,
    "known": _briefly,
}


def _wrapped(text: str, width: int, indent: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _counts(changes: pd.DataFrame) -> str:
    if changes.empty:
        return "Nothing was answered that differs from what was given out."
    numbers = changes["outcome"].value_counts()
    words = {
        "change": "to be written",
        "written": "written",
        "waiting": "waiting to be granted",
        "known": "known already",
        "conflict": "in conflict",
        "refused": "refused",
    }
    told = [f"{numbers[name]:,} {said}" for name, said in words.items() if name in numbers]
    told += [counted(numbers["remark"], "remark")] if "remark" in numbers else []
    return f"{', '.join(told)}."


def _json(changes: pd.DataFrame) -> str:
    return json.dumps({"schema": SCHEMA, "changes": json_rows(changes)}, ensure_ascii=False)


def _csv(changes: pd.DataFrame) -> str:
    return as_csv(changes).rstrip("\n")


CHANGE_WRITERS: Final[Mapping[str, Callable[[pd.DataFrame], str]]] = {
    "json": _json,
    "csv": _csv,
}
