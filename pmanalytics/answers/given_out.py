"""What a workbook was when it was given out, from its hidden baseline."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pmanalytics.answers.model import ANSWERS_OF
from pmanalytics.answers.values import cleaned
from pmanalytics.errors import InputError
from pmanalytics.reading.sheets import Sheet
from pmanalytics.workbook.baseline import checksum
from pmanalytics.workbook.layout import BASELINE, BASELINE_FACTS, MARK, VERSION

__all__ = ["Baseline", "read_baseline"]

AGAIN: Final = "take a new workbook, and bring the answers over into it"
_KEY: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, eq=False)
class Baseline:
    """What was given out: `about` the report, and `rows` by key, each with its record as text."""

    sheet: Sheet
    about: Mapping[str, str]
    rows: Mapping[str, Mapping[str, str]]


def read_baseline(sheets: Iterable[Sheet], *, name: str) -> Baseline:
    """The baseline of a workbook, found by its mark whatever its sheet is called.

    Raises InputError when there is none, when it is of a newer version, or when it was changed.
    """
    marked = [sheet for sheet in sheets if cleaned(sheet.rows[0][0]) == MARK]
    if not marked:
        raise InputError(
            f"{name} has no hidden sheet {BASELINE!r} that says what was given out, so that it is "
            f"no workbook of pmanalytics or lost that sheet; {AGAIN}."
        )
    if len(marked) > 1:
        raise InputError(
            f"{name} has {len(marked)} hidden sheets that say what was given out, as when sheets "
            f"of two workbooks are put into one; send each workbook back by itself."
        )
    (sheet,) = marked
    _check_version(sheet, name)
    texts = [[cleaned(cell) for cell in cells] for cells in sheet.rows]
    about = {cells[1]: "".join(cells[2:3]) for cells in texts[1:] if _is_about(cells)}
    rows = [_row(cells) for cells in texts[1:] if not _is_about(cells)]
    sound = [row for row in rows if row]
    if "".join(texts[0][2:3]) != checksum(texts[1:]) or len(sound) < len(rows):
        raise InputError(
            f"{name} was changed on its hidden sheet {sheet.title!r}, which says what was given "
            f"out; {AGAIN}."
        )
    return Baseline(sheet, about, dict(sound))


def _is_about(cells: Sequence[str]) -> bool:
    return cells[0] == "about" and len(cells) > 1


def _check_version(sheet: Sheet, name: str) -> None:
    version = cleaned("".join(sheet.rows[0][1:2]))
    if version == VERSION:
        return
    if version.isdecimal() and int(version) > int(VERSION):
        raise InputError(
            f"{name} was made by a newer pmanalytics (workbook version {version}, known is "
            f"{VERSION}); update pmanalytics."
        )
    raise InputError(
        f"{name} says on its hidden sheet {sheet.title!r} that it is of version {version!r}, which "
        f"is unknown; {AGAIN}."
    )


def _row(cells: Sequence[str]) -> tuple[str, Mapping[str, str]] | None:
    """The key of a row and its cells by the names of their columns, or nothing when it has none."""
    record = cells[0]
    if record not in BASELINE_FACTS:
        return None
    names = ("key", *BASELINE_FACTS[record], *(column.name for column in ANSWERS_OF[record]))
    values = [*cells[1:], *[""] * (len(names) - len(cells) + 1)]
    if len(values) > len(names):
        return None
    row = dict(zip(names, values, strict=True)) | {"record": record}
    key = row.pop("key")
    return (key, row) if _KEY.fullmatch(key) else None
