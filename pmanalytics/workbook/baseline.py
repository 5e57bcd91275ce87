"""The baseline: a hidden sheet that remembers what a workbook was when it was given out."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import pandas as pd

from pmanalytics.workbook.cells import cell_text
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
    columns = [_held(rest[name]) for name in rest]
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
    total = sha256()
    for row in rows:
        # No text holds these two signs, so that none can be taken for two.
        line = "\0".join(map(_unescaped, row)).rstrip("\0") + "\n"
        total.update(line.encode("utf-8", "surrogatepass"))
    return total.hexdigest()[:16]


def _unescaped(text: str) -> str:
    """A text without the mark of Excel, whoever took out some of them before."""
    if _ESCAPE not in text:
        return text
    while _ESCAPE in text:
        text = text.replace(_ESCAPE, "")
    return " ".join(text.split())


def _held(values: pd.Series) -> list[str]:
    """The texts of a column as they are read back."""
    texts = {value: cell_text(value).strip() for value in values.dropna().unique()}
    return [texts.get(value, "") for value in values.tolist()]


def _rows(record: str, table: pd.DataFrame, answers: list[str]) -> pd.DataFrame:
    told = table[[KEY.name, *BASELINE_FACTS[record], *answers]]
    texts = {name: _texts(told[name]) for name in told}
    rows = pd.DataFrame({"record": record, **texts}, index=told.index)
    return rows.set_axis(range(rows.shape[1]), axis=1)


def _texts(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values.dt.strftime("%Y-%m-%d").astype("str")
    return values.astype("str")
