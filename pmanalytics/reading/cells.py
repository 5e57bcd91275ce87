"""Cells: what a file says, column by column, as text that nobody has interpreted yet.

A column may stand in a file several times under one name (Jira repeats `Labels` as often as its
fullest row needs), so every name has a tuple of columns, and positions are grouped by the name as
it is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Cells", "Reject", "lists_of", "merged", "trimmed"]

TEXT: Final = pa.large_string()
Reject = tuple[int, str, str]


@dataclass(frozen=True)
class Cells:
    """The cells of a file: `columns` by name, `row` the number of each row, and what was refused.

    A column is text, with the empty text where a cell is empty, or (from JSON) a list of texts.
    `rejects` holds the row, the rule it broke and what was found there.
    """

    columns: Mapping[str, tuple[pa.Array, ...]]
    row: np.ndarray
    rejects: Sequence[Reject] = ()
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        """The number of rows that could be read."""
        return len(self.row)

    def warned(self, warnings: Sequence[str]) -> "Cells":
        """The same cells with further warnings, before those there are."""
        return replace(self, warnings=(*warnings, *self.warnings)) if warnings else self

    def text(self, name: str) -> pa.Array:
        """The text of a column; where it stands several times, the first cell that is filled."""
        found = [_first(column) for column in self.columns[name]]
        result = found[0]
        for other in found[1:]:
            result = pc.if_else(pc.equal(result, ""), other, result)
        return result

    def texts(self, names: Sequence[str], **how: Any) -> pa.Array:
        """The filled cells of columns as one list a row; `how` as for `merged`."""
        return merged([column for name in names for column in self.columns[name]], **how)


def trimmed(column: pa.Array) -> pa.Array:
    """Text without white space around it."""
    return pc.utf8_trim_whitespace(column)


def merged(
    columns: Sequence[pa.Array],
    *,
    separator: str = "",
    like: str = "",
    without: Sequence[str] = (),
) -> pa.Array:
    """Several columns as one column of lists, without empty texts.

    `separator` is a regular expression that splits what a cell joins, `like` one that texts must
    fit, and `without` are texts that mean nothing.

    Examples:
        >>> merged([pa.array(["a", ""]), pa.array(["b,c", " "])], separator=",").to_pylist()
        [['a', 'b', 'c'], []]
    """
    if len(columns) == 1 and pa.types.is_large_list(columns[0].type) and not (like or without):
        # Only a column that holds lists already can tell an empty list from none.
        return columns[0]
    flat = [_flattened(_split(column, separator)) for column in columns]
    parents = np.concatenate([parent for parent, _ in flat])
    values = pa.concat_arrays([value for _, value in flat])
    order = np.argsort(parents, kind="stable")
    parents, values = parents[order], values.take(pa.array(order))
    if like:
        parents, values = _kept(parents, values, pc.match_substring_regex(values, like))
    if without:
        nothing = pc.is_in(values, value_set=pa.array(without, type=TEXT))
        parents, values = _kept(parents, values, pc.invert(nothing))
    return lists_of(parents, values, len(columns[0]))


def _kept(parents: np.ndarray, values: pa.Array, where: pa.Array) -> tuple[np.ndarray, pa.Array]:
    return parents[where.to_numpy(zero_copy_only=False)], values.filter(where)


def _split(column: pa.Array, separator: str) -> pa.Array:
    if not separator or pa.types.is_large_list(column.type):
        return column
    return pc.split_pattern_regex(column.cast(TEXT), separator)


def lists_of(parents: np.ndarray, values: pa.Array, size: int) -> pa.Array:
    """A column of lists from values and the row that each belongs to, rows in order."""
    counts = np.bincount(parents, minlength=size)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return pa.LargeListArray.from_arrays(pa.array(offsets, type=pa.int64()), values.cast(TEXT))


def _flattened(column: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """The row and the text of every filled cell."""
    if pa.types.is_large_list(column.type) or pa.types.is_list(column.type):
        parents = pc.list_parent_indices(column).to_numpy()
        values = pc.list_flatten(column).cast(TEXT)
    else:
        parents, values = np.arange(len(column)), column.cast(TEXT)
    values = trimmed(values)
    return _kept(parents, values, pc.fill_null(pc.not_equal(values, ""), fill_value=False))


def _first(column: pa.Array) -> pa.Array:
    if not pa.types.is_large_list(column.type):
        return trimmed(pc.fill_null(column, ""))
    return pc.fill_null(pc.binary_join(column, pa.scalar(";", TEXT)), "")
