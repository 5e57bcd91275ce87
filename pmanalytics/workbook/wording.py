"""The words of a sheet: headers and cells say what the page says, not what the code calls it.

A page joins two limits into one column; a sheet keeps both, so that its headers must tell apart
what the page need not.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from pmanalytics.words import (
    COLUMNS,
    GAPS,
    LEVELS,
    POPULATIONS,
    STANDINGS,
    column_label,
    group_name,
    plain,
)

__all__ = ["header", "in_words", "share_columns"]

HEADERS: Final[Mapping[str, str]] = {
    "attainment": "share kept",
    "attainment_adjusted": "share kept, with waivers",
    "low": "lower limit (95%)",
    "high": "upper limit (95%)",
    "bound_low": "share kept, at least",
    "bound_high": "share kept, at most",
    "median_low": "half done, lower limit (95%)",
    "median_high": "half done, upper limit (95%)",
    "low_with": "both present, lower limit (95%)",
    "high_with": "both present, upper limit (95%)",
    "low_without": "not both, lower limit (95%)",
    "high_without": "not both, upper limit (95%)",
}
CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "gap": GAPS,
    "standing": STANDINGS,
    "level": LEVELS,
    "population": POPULATIONS,
}


def header(name: str) -> str:
    """The words at the head of a sheet's column.

    Examples:
        >>> header("low"), header("rmst_90"), header("my_own")
        ('lower limit (95%)', 'mean days open, of 90', 'my own')
    """
    return HEADERS.get(name) or column_label(name)


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with words where it held codes; numbers, dates and texts stay.

    Examples:
        >>> in_words(pd.DataFrame({"severity": ["sev1", None], "level": ["L1", "L3"]})).values
        array([['Sev-1', 'named as a return'],
               ['no severity', 'same ticket or text']], dtype=object)
    """
    said = {name: _said(name, table[name]) for name in table if _is_text(table[name])}
    return table.assign(**said)


def _is_text(values: pd.Series) -> bool:
    types = pd.api.types
    return bool(types.is_string_dtype(values) or types.is_object_dtype(values)) and not bool(
        values.map(types.is_list_like).any()
    )


def _said(name: str, values: pd.Series) -> pd.Series:
    kind = COLUMNS[name][1] if name in COLUMNS else "text"
    codes = CODES.get(kind, {})
    writers: Mapping[str, Callable[[Any], str]] = {
        "group": lambda value: group_name(value, name),
        "code": lambda value: plain(value).replace("_", " "),
        "signal": lambda value: plain(value).replace("_", " "),
    }
    writer = writers.get(kind, lambda value: codes.get(value, value) if codes else value)
    # Each distinct value once: a sheet may hold a hundred thousand rows.
    known = {value: writer(value) for value in values.dropna().unique()}
    said = values.map(known).astype(object)
    return said.where(values.notna(), group_name(None, name) if kind == "group" else None)


def share_columns(table: pd.DataFrame) -> frozenset[str]:
    """The columns that hold shares: declared as such, and between 0 and 1 throughout.

    Examples:
        >>> sorted(share_columns(pd.DataFrame({"low": [0.1], "rate": [7.0], "due": [1]})))
        ['low']
    """
    types = pd.api.types
    return frozenset(
        name
        for name in table
        if COLUMNS.get(name, ("", ""))[1] == "percent"
        and types.is_numeric_dtype(table[name])
        and table[name].dropna().between(0, 1).all()
    )
