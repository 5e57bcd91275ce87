"""The words of a sheet: headers and cells say what the page says, not what the code calls it.

A page joins two limits into one column; a sheet keeps both, so that its headers must tell apart
what the page need not.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import pandas as pd

from pmanalytics.words import (
    GAPS,
    LEVELS,
    NEWS,
    POPULATIONS,
    RETURNS,
    STANDINGS,
    column_label,
    column_words,
    group_name,
    plain,
)

__all__ = ["header", "in_words", "number_kinds"]

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
    "news": NEWS,
    "population": POPULATIONS,
    "return": RETURNS,
}

# kind of a number: how a sheet shows it, and between what it must lie
NUMBERS: Final[Mapping[str, tuple[str, float, float]]] = {
    "percent": ("share", 0, 1),
    "points": ("change", -1, 1),
    "score": ("ratio", float("-inf"), float("inf")),
}


def header(name: str, beside: Iterable[str] = ()) -> str:
    """The words at the head of a column of a sheet with the columns `beside`.

    Examples:
        >>> header("low"), header("rmst_90"), header("my_own"), header("low_before")
        ('lower limit (95%)', 'mean days open, of 90', 'my own', 'lower limit (95%), before')
    """
    label, usual = column_label(name, beside), column_label(name)
    if label != usual:
        return label
    earlier = name.removesuffix("_before")
    if earlier != name and earlier in HEADERS:
        return f"{HEADERS[earlier]}, before"
    return HEADERS.get(name, label)


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with words where it held codes; numbers, dates and texts stay.

    Examples:
        >>> in_words(pd.DataFrame({"severity": ["sev1", None], "level": ["L1", "L3"]})).values
        array([['Sev-1', 'named as a return'],
               ['no severity', 'same ticket or text']], dtype=object)
    """
    said = {
        name: _said(name, table[name], column_words(name, table))
        for name in table
        if _is_text(table[name])
    }
    return table.assign(**said)


def _is_text(values: pd.Series) -> bool:
    types = pd.api.types
    return bool(types.is_string_dtype(values) or types.is_object_dtype(values)) and not bool(
        values.map(types.is_list_like).any()
    )


def _said(name: str, values: pd.Series, declared: tuple[str, str] | None) -> pd.Series:
    kind = declared[1] if declared else "text"
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


def number_kinds(table: pd.DataFrame) -> dict[str, str]:
    """How a sheet shows the numbers that are declared as shares, their changes, or ratios.

    A column that holds what its kind cannot be is left out.

    Examples:
        >>> number_kinds(pd.DataFrame({"low": [0.1], "rate": [7.0], "due": [1]}))
        {'low': 'share'}
        >>> number_kinds(pd.DataFrame({"rate_ratio": [1.5], "low": [0.1]}))
        {'rate_ratio': 'ratio', 'low': 'ratio'}
    """
    found = {}
    for name in table:
        declared = column_words(name, table)
        kind, least, most = NUMBERS.get(declared[1] if declared else "", ("", 0, 0))
        numeric = pd.api.types.is_numeric_dtype(table[name])
        if kind and numeric and table[name].dropna().between(least, most).all():
            found[name] = kind
    return found
