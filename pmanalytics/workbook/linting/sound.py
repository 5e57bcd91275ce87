"""Rows with which nothing can be wrong, known without a look at each of their cells.

But for its number, a row looks much like the others. With a mark in the place of its number, and of
the formulas that its table declares for it, one pattern says what a sound row is. Of a row that
does not match it nothing is said: perhaps another program only writes it in another way.
"""

from html import escape
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from pmanalytics.workbook.linting.formulas import in_row
from pmanalytics.workbook.linting.tables import Table

__all__ = ["SoundRows"]

LONGEST: Final = 32_767  # bytes of a row; so no text in it is longer
WIDEST: Final = 64  # columns; what is beyond is looked at cell by cell
LAST_ROW: Final = 1_048_576
ATTRIBUTES: Final = '(?: spans="[0-9:]+")?(?: ht="[0-9.]+")?(?: customHeight="1")?'
NUMBER: Final = r"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?"
NONE: Final = r"[^\s\S]"
# Longer than what a number that is none may look like.
TEXT: Final = r"(?:(?:[ -%'-;=-~]|&(?:amp|lt|gt|quot|apos);){5,})?"


class SoundRows:
    """The rows of one sheet that are beyond doubt, given its tables and the limits of the book."""

    def __init__(self, tables: list[Table], *, styles: int, strings: int) -> None:
        """Work out how a sound row looks; `styles` and `strings` say how many of them there are."""
        placed = [(table.where, table) for table in tables if table.where]
        self.tops = {where.top for where, _ in placed}
        self.formulas = [
            (where.top, where.bottom, where.left + place, _in_pieces(formula))
            for where, table in placed
            for place, formula in enumerate(table.formulas)
            if formula
        ]
        calculated = {column for _, _, column, _ in self.formulas}
        style, string = _below(styles), _below(strings)
        right = max([26, *(where.right for where, _ in placed)])
        cells = [
            _cell(column, style, string, calculated=column in calculated)
            for column in range(1, min(right, WIDEST) + 1)
        ]
        self.pattern = f'^<row r="#"{ATTRIBUTES}>{"".join(cells)}$'

    def numbers(self, rows: list[bytes]) -> np.ndarray:
        """The number of each row where it is sound, else 0; rows come without their end."""
        texts = [row[8 : row.find(b'"', 8)] for row in rows]
        bare = pa.array(map(self._bare, rows, texts), pa.binary())
        matching = pc.match_substring_regex(bare, self.pattern).to_pylist()
        known = [int(text) if sound else 0 for text, sound in zip(texts, matching, strict=True)]
        return np.array(
            [0 if number in self.tops or number > LAST_ROW else number for number in known],
            dtype="int64",
        )

    def _bare(self, row: bytes, number: bytes) -> bytes:
        """A row with marks instead of its number and its formulas; nothing for an odd one."""
        if not number.isdigit() or len(number) > len(str(LAST_ROW)) or len(row) > LONGEST:
            return b""
        for top, bottom, column, pieces in self.formulas:
            if top < int(number) <= bottom:
                row = row.replace(number.join(pieces), b"<f%d/>" % column)
        return row.replace(number + b'"', b'#"')


def _in_pieces(formula: str) -> list[bytes]:
    """The pieces of a formula in XML between which the number of the row stands."""
    marked = f"<f>{escape(in_row(formula, chr(0)), quote=False)}</f>"
    return [piece.encode() for piece in marked.split("\0")]


def _cell(column: int, style: str, string: str, *, calculated: bool) -> str:
    """The pattern of a cell that may be there."""
    kinds = ["/>", f' t="s"><v>{string}</v></c>', f"><v>{NUMBER}</v></c>"]
    if calculated:
        kinds.append(f' t="str"><f{column}/><v>{TEXT}</v></c>')
    return f'(?:<c r="{xl_col_to_name(column - 1)}#"(?: s="{style}")?(?:{"|".join(kinds)}))?'


def _below(limit: int) -> str:
    """The pattern of all whole numbers below a limit.

    Examples:
        >>> import re
        >>> [n for n in range(2000) if re.fullmatch(_below(1080), str(n))] == list(range(1080))
        True
    """
    if limit < 1:
        return NONE
    last = str(limit - 1)
    shorter = ["0"] + [f"[1-9][0-9]{{{more}}}" for more in range(len(last) - 1)]
    same = [
        f"{last[:place]}[{int(place == 0)}-{int(digit) - 1}][0-9]{{{len(last) - place - 1}}}"
        for place, digit in enumerate(last)
        if int(digit) > int(place == 0)
    ]
    return f"(?:{'|'.join([*shorter, *same, last])})"
