"""The baseline: a hidden sheet that remembers what a workbook was when it was given out."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import pandas as pd

from pmanalytics.workbook.cells import held_texts
from pmanalytics.workbook.layout import (
    ANSWERS,
    BASELINE_FACTS,
    KEY,
    MARK,
    VERDICT_ANSWERS,
    VERSION,
)

__all__ = ["baseline_table", "checksum"]

# Some programs take this mark, which Excel puts before signs, out of any text that holds it.
_ESCAPE: Final = "x005F_"
ABOUT = ("organisation", "sample", "as_of", "period", "subject")


def baseline_table(
    about: Mapping[str, Any], actions: pd.DataFrame, repeats: pd.DataFrame
) -> pd.DataFrame:
    """All that the baseline holds, as texts without a header.

    The first row is MARK, VERSION and the checksum of the other rows. Then come rows
    `about, name, value`, rows `item, key, item_id, title, state, promised_on, team` with the
    answers in the order of ANSWERS, and rows `repeat, key, incident_id, repeat_of` with those of
    VERDICT_ANSWERS. Days are in ISO form, what is missing is missing. `actions` and `repeats` are
    the tables of the sheets with the facts of BASELINE_FACTS as the snapshot has them.
    """
    told = [["about", name, str(about.get(name) or "")] for name in ABOUT]
    parts = [
        pd.DataFrame(told, dtype="str"),
        _rows("item", actions, [column.name for column in ANSWERS]),
        _rows("repeat", repeats, [column.name for column in VERDICT_ANSWERS]),
    ]
    rest = pd.concat(parts, ignore_index=True)
    columns = [held_texts(rest[name]) for name in rest]
    head = pd.DataFrame([[MARK, VERSION, checksum(zip(*columns, strict=True))]], dtype="str")
    table = pd.concat([head, rest], ignore_index=True)
    return table.set_axis([f"c{place}" for place in range(table.shape[1])], axis=1)


def checksum(rows: Iterable[Sequence[str]]) -> str:
    """A short hash of the rows of a baseline below its first one, by which accidents are noticed.

    It tells that a cell was typed over, emptied or lost; who means to forge a workbook can make it
    anew. `rows` are texts as cells hold them, without white space around them; empty cells at the
    end of a row do not count, for programs leave them out.

    Examples:
        >>> checksum([("item", "a", "")]) == checksum([("item", "a")]) != checksum([("item", "b")])
        True
    """
    # No text holds either of these two signs, so that none can be taken for two.
    lines = "".join("\0".join(row).rstrip("\0") + "\n" for row in map(_unescaped, rows))
    return sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _unescaped(row: Sequence[str]) -> Sequence[str]:
    """The texts of a row without the mark of Excel, whoever took out some of them before."""
    return [_without_mark(text) for text in row] if _ESCAPE in "\0".join(row) else row


def _without_mark(text: str) -> str:
    if _ESCAPE not in text:
        return text
    while _ESCAPE in text:
        text = text.replace(_ESCAPE, "")
    return " ".join(text.split())


def _rows(record: str, table: pd.DataFrame, answers: list[str]) -> pd.DataFrame:
    told = table[[KEY.name, *BASELINE_FACTS[record], *answers]]
    texts = {name: _texts(told[name]) for name in told}
    rows = pd.DataFrame({"record": record, **texts}, index=told.index)
    return rows.set_axis(range(rows.shape[1]), axis=1)


def _texts(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        days = {day: day.date().isoformat() for day in values.dropna().unique()}
        return values.map(days).astype("str")
    return values.astype("str")
