"""Grouping: how every metric takes `by`, counts per group and puts the groups first."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from pmanalytics.errors import UsageError, nearest

__all__ = [
    "By",
    "bring_forward",
    "crossed",
    "each_group",
    "group_columns",
    "sums",
    "typed",
]

By = str | Sequence[str] | None


def group_columns(by: By, frame: pd.DataFrame) -> list[str]:
    """The columns named by `by`, each one known, single-valued and named once.

    Raises UsageError for a column that the frame lacks or that holds several values in a cell.

    Examples:
        >>> group_columns("team", pd.DataFrame(columns=["team", "severity"]))
        ['team']
    """
    names = [by] if isinstance(by, str) else list(by or ())
    for name in names:
        if name not in frame:
            known = [column for column in frame if not _holds_lists(frame[column])]
            raise UsageError(f"There is no column {name!r} to group by{nearest(name, known)}")
        if _holds_lists(frame[name]):
            raise UsageError(
                f"Column {name!r} holds several values in a cell; group by another one."
            )
    return list(dict.fromkeys(names))


def _holds_lists(column: pd.Series) -> bool:
    return str(column.dtype).startswith("list")


def sums(groups: pd.DataFrame, numbers: dict[str, np.ndarray | pd.Series]) -> pd.DataFrame:
    """Add up numbers per group; without group columns there is one row, even of nothing.

    `groups` holds the group columns only, the numbers one value for each of its rows. Missing
    group values make a group of their own, last. Sums are additive over parts of the rows.
    """
    # A metric's own column of the same name gives way: the group says the same.
    columns = {name: np.asarray(values) for name, values in numbers.items() if name not in groups}
    frame = pd.DataFrame(columns, index=groups.index)
    if groups.shape[1] == 0:
        return frame.sum().to_frame().T.astype(frame.dtypes.map(_total_type).to_dict())
    keys = [groups[name] for name in groups]
    added = frame.groupby(keys, dropna=False, sort=True).sum()
    return added.astype(frame.dtypes.map(_total_type).to_dict()).reset_index()


def each_group(
    frame: pd.DataFrame, by: list[str]
) -> Iterator[tuple[dict[str, object], pd.DataFrame]]:
    """Each group's values with its rows, missing last; without group columns, all rows at once."""
    if not by:
        yield {}, frame
        return
    for key, part in frame.groupby(by, dropna=False, sort=True):
        yield dict(zip(by, key, strict=True)), part


def typed(
    rows: Iterable[Mapping[str, object]],
    by: list[str],
    frame: pd.DataFrame,
    types: Mapping[str, str],
) -> pd.DataFrame:
    """A table with the columns and types of a metric, also when there is no row.

    The group columns have the types that they have in `frame`.
    """
    kept = {name: dtype for name, dtype in types.items() if name not in by}
    table = pd.DataFrame(list(rows), columns=[*by, *kept])
    for name in by:
        dtype = frame[name].dtype
        if isinstance(dtype, pd.DatetimeTZDtype):
            table[name] = pd.to_datetime(table[name], utc=True)
        table[name] = table[name].astype(dtype)
    return table.astype(kept)


def _total_type(dtype: np.dtype) -> str:
    return "float64" if np.issubdtype(dtype, np.floating) else "int64"


def crossed(groups: pd.DataFrame, column: str, values: Iterable[Hashable]) -> pd.DataFrame:
    """Every distinct group with every one of some values, in a column behind the groups."""
    right = pd.DataFrame({column: list(values)})
    return groups.merge(right, how="cross") if groups.shape[1] else right


def bring_forward(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The same frame with the group columns in front, none of them twice.

    Examples:
        >>> bring_forward(pd.DataFrame(columns=["item_id", "team"]), ["team"]).columns.tolist()
        ['team', 'item_id']
    """
    return frame[[*by, *(column for column in frame if column not in by)]]
