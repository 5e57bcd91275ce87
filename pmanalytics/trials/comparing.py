"""Comparing: any metric for two periods side by side, and what of a change may be chance.

Most changes from one quarter to the next are noise: of 12 items with an unchanged chance of 75 %,
the share kept moves by 15 points or more in half of all quarters (method, B18). So a change of
attainment comes with its limits, and with a word that says whether they hold no change at all.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics import metrics
from pmanalytics.errors import UsageError, nearest
from pmanalytics.metrics.grouping import By
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.proportions import hybrid_difference

__all__ = ["compared"]

Metric = Callable[..., pd.DataFrame]

# A table with the first or second of these lists single things; the others tell them apart.
SINGLE: Final = ("item_id", "incident_id", "subject")
IDENTITIES: Final = (*SINGLE, "repeat_of", "code", "value")
# Numbers and days that say where on a scale a row stands, and words that are a result.
POSITIONS: Final = ("day", "on_day", "within_days", "rank")
RESULTS: Final = ("signal", "reading", "evidence", "comparable")
_LIMITS: Final = ("low", "high", "lower", "upper")


def compared(
    metric: str | Metric, *, now: Snapshot, before: Snapshot, by: By = None, **options: Any
) -> pd.DataFrame:
    """Show a metric for two periods side by side.

    `metric` is a metric or its name; `by` and the options are its own; `now` and `before` are
    snapshots, each with its as-of date and period. One row per group of either of them: the columns
    that name the row, then for each number X, X_before and X_change (now minus before), where the
    row was in both; a change of limits would mislead and is left out. Words that are a result, such
    as a signal, stand as X and X_before.

    Attainment of two periods without a common day also has change_low and change_high at 95 %
    (Newcombe 1998, from the limits of both shares, so that those of clusters count too), and a
    reading: higher, lower, or within chance when these limits hold no change; else missing.

    A metric that lists single items, incidents or commitments gives its rows with `change` behind
    the columns that name them: came, went or stayed, and all else as in the newer one that has the
    row. Raises UsageError for an unknown metric, and when rows of a table cannot be told apart.

    Examples:
        >>> import pmanalytics as pma
        >>> data = pma.sample()
        >>> q2 = pma.snapshot(data, as_of="2026-07-12", period="2026Q2")
        >>> q3 = pma.snapshot(data, as_of="2026-10-12", period="2026Q3")
        >>> pma.compared("attainment", now=q3, before=q2)["reading"].tolist()
        ['within chance']
        >>> sorted(pma.compared("ownership_gaps", now=q3, before=q2)["change"].unique())
        ['came', 'stayed', 'went']
    """
    measure = _metric(metric)
    tables = measure(now, by=by, **options), measure(before, by=by, **options)
    groups = list(dict.fromkeys([by] if isinstance(by, str) else by or ()))
    keys = row_keys(*tables, groups=groups)
    pairs = _pairs(*tables, keys=keys, groups=groups)
    if _lists(tables[0]):
        return _listed(*tables, pairs=pairs, keys=keys)
    table = _side_by_side(*tables, pairs=pairs, keys=keys)
    if {"attainment", "low", "high"} <= set(tables[0]):
        table = table.assign(**_chance(table, apart=_apart(now, before)))
    return table


def _metric(metric: str | Metric) -> Metric:
    if callable(metric):
        return metric
    if metric not in metrics.__all__:
        raise UsageError(f"There is no metric {metric!r}{nearest(metric, metrics.__all__)}")
    found: Metric = getattr(metrics, metric)
    return found


def row_keys(table: pd.DataFrame, other: pd.DataFrame, *, groups: list[str]) -> list[str]:
    """The columns by which the rows of two tables of one metric are told apart.

    `groups` come first. Raises UsageError when no columns tell them apart.

    Examples:
        >>> ages = pd.DataFrame({"age_band": ["0-15", "16-30"], "items": [3, 1]})
        >>> row_keys(ages, ages, groups=[])
        ['age_band']
    """
    words = [name for name in table if _is_text(table[name]) and name not in RESULTS]
    numbered = [name for name in POSITIONS if name in table]
    naming = [name for name in IDENTITIES if name in table]
    # Several teams may be candidates for one item.
    naming += ["team"] if "rank" in table else []
    keys = [*groups, *(naming if _lists(table) else [*words, *numbered])]
    dated = [name for name in table if pd.api.types.is_datetime64_any_dtype(table[name])]
    keys = list(dict.fromkeys(keys))
    for more in [*words, *numbered, *dated, None]:
        if not any(_repeated(each, keys) for each in (table, other)):
            return keys
        if more is not None and more not in keys:
            keys.append(more)
    raise UsageError("Rows of this table cannot be told apart; group it by another column.")


def _repeated(table: pd.DataFrame, keys: list[str]) -> bool:
    return bool(table.duplicated(keys).any()) if keys else len(table) > 1


def _is_text(values: pd.Series) -> bool:
    return bool(pd.api.types.is_string_dtype(values.dtype))


def _lists(table: pd.DataFrame) -> bool:
    return any(name in table for name in SINGLE)


def _pairs(
    now: pd.DataFrame, before: pd.DataFrame, *, keys: list[str], groups: list[str]
) -> pd.DataFrame:
    """Which row of either table goes with which of the other, in the order of the newer one."""
    # By numbers of groups, because a merge of texts fails on tables without rows (pandas 3.0).
    together = pd.concat([now[keys], before[keys]], ignore_index=True)
    number = np.zeros(len(now) + len(before), dtype=np.int64)
    if keys:
        number = together.groupby(keys, dropna=False, sort=False).ngroup().to_numpy()
    places = {"_now": number[: len(now)], "_before": number[len(now) :]}
    distinct = pd.Series(number).drop_duplicates()
    pairs = together.reindex(distinct.index).assign(
        **{
            name: pd.Series(np.arange(len(of)), index=of, dtype="float64").reindex(distinct).array
            for name, of in places.items()
        }
    )
    return pairs.sort_values([*groups, "_now", "_before"], kind="stable", ignore_index=True)


def _taken(table: pd.DataFrame, places: pd.Series) -> pd.DataFrame:
    """Rows of a table by their places, missing where the place is; whole numbers stay whole."""
    kinds = {
        name: "boolean" if pd.api.types.is_bool_dtype(kind) else "Int64"
        for name, kind in table.dtypes.items()
        if pd.api.types.is_bool_dtype(kind) or pd.api.types.is_integer_dtype(kind)
    }
    return table.astype(kinds).reset_index(drop=True).reindex(places).reset_index(drop=True)


def _listed(
    now: pd.DataFrame, before: pd.DataFrame, *, pairs: pd.DataFrame, keys: list[str]
) -> pd.DataFrame:
    here, there = pairs["_now"].notna(), pairs["_before"].notna()
    change = np.select([here & there, here], ["stayed", "came"], default="went")
    new, old = _taken(now, pairs["_now"]), _taken(before, pairs["_before"])
    rest = {name: new[name].where(here, old[name]) for name in now if name not in keys}
    return pairs[keys].assign(change=pd.Series(change, index=pairs.index, dtype="str"), **rest)


def _side_by_side(
    now: pd.DataFrame, before: pd.DataFrame, *, pairs: pd.DataFrame, keys: list[str]
) -> pd.DataFrame:
    new, old = _taken(now, pairs["_now"]), _taken(before, pairs["_before"])
    columns: dict[str, pd.Series] = {}
    for name in map(str, now.columns):
        if name in keys:
            continue
        columns |= {name: new[name], f"{name}_before": old[name]}
        kind = new[name].dtype
        number = pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
        if number and ("quartile" in name or not set(name.split("_")) & set(_LIMITS)):
            columns[f"{name}_change"] = new[name] - old[name]
    return pairs[keys].assign(**columns)


def _apart(now: Snapshot, before: Snapshot) -> bool:
    """Whether two periods share no day, so that no item is in both cohorts."""
    if now.period is None or before.period is None:
        return False
    return before.period.end < now.period.start or now.period.end < before.period.start


def change_words(low: np.ndarray | float, high: np.ndarray | float) -> np.ndarray:
    """What the limits of a change say: higher, lower, or within chance.

    Examples:
        >>> change_words(np.array([0.1, -0.3, -0.1]), np.array([0.4, -0.1, 0.2])).tolist()
        ['higher', 'lower', 'within chance']
    """
    above, below = np.greater(low, 0), np.less(high, 0)
    return np.select([above, below], ["higher", "lower"], "within chance")


def _chance(table: pd.DataFrame, *, apart: bool) -> dict[str, pd.Series]:
    """The limits of the change of attainment, and what they say."""
    names = ("attainment", "low", "high")
    share, low, high = (table[name].to_numpy(dtype=float) for name in names)
    other, lower, upper = (table[f"{name}_before"].to_numpy(dtype=float) for name in names)
    found = hybrid_difference(share, (low, high), other, (lower, upper))
    known = ~np.isnan(found.low) & apart
    reading = pd.Series(change_words(found.low, found.high), index=table.index, dtype="str").where(
        known
    )
    return {
        "change_low": pd.Series(np.where(known, found.low, np.nan), index=table.index),
        "change_high": pd.Series(np.where(known, found.high, np.nan), index=table.index),
        "reading": reading,
    }
