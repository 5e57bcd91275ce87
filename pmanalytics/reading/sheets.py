"""Sheets: a table of text as a file holds it, before anything in it has a meaning."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["TEXTS", "Rejected", "Sheet", "as_texts", "one_of"]

TEXTS = pd.ArrowDtype(pa.list_(pa.string()))

Rejected = tuple[int | None, str, str]


@dataclass(frozen=True, eq=False)
class Sheet:
    """Columns of text by name; equal names are kept side by side, in their order.

    A column is a Series of text, or of lists of text where the file has lists; missing cells and
    empty text are both missing. `rows` are the numbers of the rows as a spreadsheet shows them.
    """

    columns: Mapping[str, tuple[pd.Series, ...]]
    rows: np.ndarray
    rejects: tuple[Rejected, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, each once."""
        return tuple(self.columns)

    def text(self, name: str) -> pd.Series:
        """One column as text: of several with the name the first that says something."""
        first, *others = self.columns[name]
        found = _one_text(first)
        for other in others:
            found = found.fillna(_one_text(other))
        return found

    def texts(self, name: str) -> pd.Series:
        """One column as lists of text: all columns with the name, cell by cell."""
        columns = self.columns[name]
        if len(columns) == 1 and columns[0].dtype == TEXTS:
            return columns[0]
        return as_texts([_one_text(column) for column in columns])

    def keep(self, mask: np.ndarray, *, rejects: tuple[Rejected, ...] = ()) -> "Sheet":
        """The rows where the mask holds, and what became of the others."""
        kept = {
            name: tuple(column[mask].reset_index(drop=True) for column in columns)
            for name, columns in self.columns.items()
        }
        return replace(self, columns=kept, rows=self.rows[mask], rejects=self.rejects + rejects)


def one_of(lists: pd.Series, *, last: bool = False) -> pd.Series:
    """The first text of each list, or the last one; missing where there is none.

    Examples:
        >>> lists = pd.Series([["a", "b"], [], None], dtype=TEXTS)
        >>> one_of(lists).tolist(), one_of(lists, last=True).tolist()
        (['a', nan, nan], ['b', nan, nan])
    """
    array = pa.array(lists, type=pa.list_(pa.string()), from_pandas=True)
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    place = pc.list_parent_indices(array).to_numpy(zero_copy_only=False)
    text = pc.list_flatten(array).to_numpy(zero_copy_only=False)
    found = np.full(len(lists), None, dtype=object)
    order = slice(None) if last else slice(None, None, -1)
    found[place[order]] = text[order]  # what is written last stays
    return pd.Series(found, index=lists.index, dtype="str")


def _one_text(column: pd.Series) -> pd.Series:
    if column.dtype == TEXTS:
        column = one_of(column)
    text = column.astype("str").str.strip()
    return text.mask(text == "")


def as_texts(columns: list[pd.Series]) -> pd.Series:
    """Join columns of text into one column of lists, leaving out missing cells.

    Examples:
        >>> left, right = pd.Series(["a", None], dtype="str"), pd.Series(["b", None], dtype="str")
        >>> as_texts([left, right]).tolist()
        [['a', 'b'], []]
    """
    present = np.column_stack([column.notna().to_numpy() for column in columns])
    values = np.column_stack([column.to_numpy(dtype=object) for column in columns])
    offsets = np.concatenate([[0], np.cumsum(present.sum(axis=1))]).astype("int32")
    lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(values[present], pa.string()))
    return pd.Series(lists, dtype=TEXTS)
