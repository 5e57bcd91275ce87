"""The fast way to read rows: the whole file at once, for files in which nothing is irregular.

It gives up, returning None, as soon as a row has another number of cells than the header, a cell
without a name is filled, a quote is open at the end, or a row might be a blank line; and at once
when blanks follow the delimiters. `careful`
then reads the file; on all others both give the same, which a test compares.
"""

import io
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from pmanalytics.reading.careful import END, Plan, Read, shortened
from pmanalytics.reading.cells import TEXT, Reject

__all__ = ["read_columns"]

# So much is parsed while it is near at hand. A row that is larger is left to `careful`.
_BLOCK: Final = 1 << 20
# Beyond this many columns the parser spends its time on them, and no tracker writes so many.
_WIDEST: Final = 5_000


def read_columns(content: bytes, start: int, delimiter: str, width: int, plan: Plan) -> Read | None:
    """Read the wanted columns from a byte on, or None when the file is not regular."""
    if not 2 <= width <= _WIDEST or not plan.wanted or plan.blanks:
        return None
    nameless = tuple(range(plan.needed, width))
    # The first cell tells footers and our own mark.
    positions = tuple(dict.fromkeys((0, *plan.wanted, *nameless)))
    table = _table(_Ended(content, start, delimiter, width), delimiter, width, positions)
    if table is None or not table.num_rows:
        return None
    first = table.column("0")
    if first[-1].as_py() != END:
        return None
    table = table.slice(0, table.num_rows - 1)
    if any(_filled(table.column(str(i))) for i in nameless) or _maybe_blank(table):
        return None
    row = np.arange(table.num_rows, dtype=np.int64)
    rejects: list[Reject] = []
    footer = _footers(table.column("0"), plan.footer)
    if footer.any():
        texts = table.column("0").filter(pa.array(footer)).to_pylist()
        rejects = [
            (int(number), "footer", shortened(text))
            for number, text in zip(row[footer], texts, strict=True)
        ]
        table, row = table.filter(pa.array(~footer)), row[~footer]
    # Column by column, so that no more than one is held twice.
    waiting = [table.column(str(i)) for i in reversed(plan.wanted)]
    del table, first
    return Read([_one(waiting.pop()) for _ in plan.wanted], row, rejects)


def _table(
    stream: io.RawIOBase, delimiter: str, width: int, positions: tuple[int, ...]
) -> pa.Table | None:
    names = [str(i) for i in range(width)]
    wanted = [str(i) for i in positions]
    try:
        return pacsv.read_csv(
            pa.PythonFile(stream, mode="r"),
            # With threads every block is looked through twice, at first for where its rows end.
            read_options=pacsv.ReadOptions(
                column_names=names, block_size=_BLOCK, use_threads=False
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(wanted, TEXT),
                include_columns=wanted,
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        # A row with another number of cells, or one that is larger than a block.
        return None


def _filled(column: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.not_equal(column, "")).as_py())


def _maybe_blank(table: pa.Table) -> bool:
    """Whether a row is empty in all columns that were read: a blank line looks like that."""
    empty = pc.equal(table.column(0), "")
    for column in table.columns[1:]:
        if not pc.any(empty).as_py():
            return False
        empty = pc.and_(empty, pc.equal(column, ""))
    return bool(pc.any(empty).as_py())


def _footers(first: pa.ChunkedArray, footer: str) -> np.ndarray:
    """Which rows are no records, told from their first cell."""
    if not footer:
        return np.zeros(len(first), dtype=bool)
    return pc.match_substring_regex(first, f"^(?:{footer})").to_numpy()


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


class _Ended(io.RawIOBase):
    """The file from a byte on, without copying it, and after it a record of our own."""

    def __init__(self, content: bytes, start: int, delimiter: str, width: int) -> None:
        super().__init__()
        line_end = b"" if content.endswith((b"\n", b"\r")) or start >= len(content) else b"\n"
        mark = line_end + END.encode() + delimiter.encode() * (width - 1) + b"\n"
        self._parts = [memoryview(content)[start:], memoryview(mark)]

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> memoryview:
        while len(self._parts) > 1 and not self._parts[0]:
            self._parts.pop(0)
        part = self._parts[0]
        taken = part if size < 0 else part[:size]
        self._parts[0] = part[len(taken) :]
        return taken
