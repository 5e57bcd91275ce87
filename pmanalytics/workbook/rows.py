"""The rows of a sheet, written as text column by column.

XlsxWriter looks at every cell on its own, which for a hundred thousand items takes longer than
reading and judging them. Here each distinct text is looked at once, and numbers and dates are
written a column at a time; headers, styles, links and the file itself stay with XlsxWriter.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

__all__ = ["RowsSheet", "cells", "date_tails", "number_tails", "text_tails"]

# The day from which Excel counts, for all days but those of the first two months.
EPOCH: Final = pd.Timestamp("1899-12-30")
FIRST_DAY: Final = pd.Timestamp("1900-03-01")  # Excel has a day before it that never was
LAST_YEAR: Final = 9999
AT_ONCE: Final = 1000  # rows written at once


class RowsSheet(Worksheet):
    """A sheet whose rows below the header are given as cells that are text already."""

    def __init__(self) -> None:
        """Begin without rows."""
        super().__init__()
        self.body: list[Sequence[str]] = []
        self.heights: dict[int, float] = {}

    def string_number(self, text: str) -> int:
        """The number of a text among those that the sheets of the book share."""
        return int(self.str_table._get_shared_string_index(text))

    def _write_rows(self) -> None:
        """Write the header as XlsxWriter does, and the rows below it from the text."""
        super()._write_rows()
        written = list(self._rows())
        for start in range(0, len(written), AT_ONCE):
            self.fh.write("".join(written[start : start + AT_ONCE]))

    def _rows(self) -> Iterator[str]:
        spans = f'spans="1:{len(self.body)}"'
        for row, held in enumerate(zip(*self.body, strict=True), start=1):
            height = self.heights.get(row)
            tall = f' ht="{height:g}" customHeight="1"' if height else ""
            yield f'<row r="{row + 1}" {spans}{tall}>{"".join(held)}</row>'


def cells(place: int, tails: Sequence[str]) -> list[str]:
    """The cells of a column from the second row on, each from what follows its address.

    Examples:
        >>> cells(0, [' s="1"/>'])
        ['<c r="A2" s="1"/>']
    """
    letter = xl_col_to_name(place)
    return [f'<c r="{letter}{row}"{tail}' for row, tail in enumerate(tails, start=2)]


def text_tails(
    page: RowsSheet, values: pd.Series, style_of: Callable[[str], Format], blank: Format
) -> list[str]:
    """Text cells; a style is chosen once for each distinct text."""
    tails = {
        text: f' s="{_number(style_of(text))}" t="s"><v>{page.string_number(text)}</v></c>'
        for text in values.dropna().unique()
    }
    empty = _empty(blank)
    return [tails.get(text, empty) for text in values.tolist()]


def number_tails(values: pd.Series, style: Format) -> list[str]:
    """Number cells; what is missing, or no number, is blank."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    begun, empty = f' s="{_number(style)}"><v>', _empty(style)
    written = zip(numbers.tolist(), np.isfinite(numbers).tolist(), strict=True)
    return [f"{begun}{number:.16G}</v></c>" if finite else empty for number, finite in written]


def date_tails(page: RowsSheet, values: pd.Series, style: Format) -> list[str]:
    """Cells of days or moments; those outside of Excel's calendar are texts in ISO form."""
    moments = pd.to_datetime(values)
    if isinstance(moments.dtype, pd.DatetimeTZDtype):
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    odd = (moments < FIRST_DAY) | (moments.dt.year > LAST_YEAR)
    since = (moments - EPOCH).dt
    days = since.days + (since.seconds + since.microseconds / 1e6) / 86_400
    tails = number_tails(days.mask(odd), style)
    for row in np.flatnonzero(odd.to_numpy(dtype=bool)):
        number = page.string_number(moments.iloc[row].isoformat()[:10])
        tails[row] = f' s="{_number(style)}" t="s"><v>{number}</v></c>'
    return tails


def _empty(style: Format) -> str:
    return f' s="{_number(style)}"/>'


def _number(style: Any) -> int:
    return int(style._get_xf_index())
