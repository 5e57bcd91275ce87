"""How readers see a value: one way of writing per kind of column.

The page, the notebook's own table and the summary format the same value the same way. The label and
the kind of a column are declared in `pmanalytics.words`; a column that is declared nowhere takes
its kind from its values.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import pandas as pd

from pmanalytics import words
from pmanalytics.words import LEVELS, NEWS, POPULATIONS, RETURNS, column_words

__all__ = ["NUMERIC", "column_kind", "json_value", "written"]

DASH: Final = "–"
NOT_REACHED: Final = "not reached"

NUMERIC: Final = frozenset(
    {"integer", "number", "percent", "points", "median", "duration", "score", "day", "overrun"}
)
MEASURES: Final = NUMERIC - {"day"}
# The kinds whose values lie between these two.
RANGES: Final[Mapping[str, tuple[int, int]]] = {"percent": (0, 1), "points": (-1, 1)}


def column_kind(name: str, values: pd.Series, beside: Iterable[str] = ()) -> str:
    """How the values of a column are written: as declared, else by their type.

    `beside` are the columns of its table, because a limit is written like the figure it limits.

    A share must lie between 0 and 1, and a count must be whole: a column that bears a declared name
    but holds something else is written by its type.

    Examples:
        >>> column_kind("attainment", pd.Series([0.5])), column_kind("x", pd.Series([1, 2]))
        ('percent', 'integer')
    """
    declared = column_words(name, beside)
    kind = declared[1] if declared else _kind_by_type(values)
    if kind in MEASURES and not _is_number(values):
        return _kind_by_type(values)
    if kind == "flag" and not pd.api.types.is_bool_dtype(values):
        return _kind_by_type(values)
    least, most = RANGES.get(kind, (None, None))
    if least is not None and ((values < least) | (values > most)).any():
        return "number"
    return kind


def _is_number(values: pd.Series) -> bool:
    empty = values.isna().all()
    return bool(empty) or (
        pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    )


def _kind_by_type(values: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(values):
        return "flag"
    if pd.api.types.is_integer_dtype(values):
        return "integer"
    if pd.api.types.is_float_dtype(values):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(values):
        return "day"
    return "text"


def json_value(value: Any) -> Any:
    """A cell as JSON holds it: dates in ISO form, lists joined by `;`, missing as null.

    Examples:
        >>> json_value(pd.NA), json_value(pd.Timestamp("2026-09-30")), json_value(["a", "b"])
        (None, '2026-09-30', 'a; b')
    """
    if isinstance(value, (str, bool, int)):
        return value
    if hasattr(value, "tolist") and not isinstance(value, date):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return "; ".join(str(part) for part in value)
    if pd.isna(value):
        return None
    if isinstance(value, datetime):
        midnight = value.tzinfo is None and value.time() == datetime.min.time()
        return value.date().isoformat() if midnight else f"{value:%Y-%m-%d %H:%M %Z}".rstrip()
    if isinstance(value, float):
        # The last digits of a division differ between machines; nobody reads them.
        return round(value, 9)
    return value if isinstance(value, (str, bool, int)) else str(value)


def written(value: Any, kind: str, column: str = "") -> str:
    """A cell as a reader sees it; missing is a dash, a median that was not reached says so.

    Examples:
        >>> written(0.784, "percent"), written(None, "median"), written(1234, "integer")
        ('78%', 'not reached', '1,234')
        >>> written("sev1", "group", "severity"), written(None, "group", "team")
        ('Sev-1', 'no team')
    """
    if kind == "group":
        return words.group_name(value, column)
    if value is None or value == "":
        return {"median": NOT_REACHED, "signal": ""}.get(kind, DASH)
    writer = _WRITERS.get(kind)
    return words.plain(value) if writer is None else writer(value)


def _days(value: Any) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _overrun(value: Any) -> str:
    """Days past a day; what is not past it yet has none of them, and no negative number either."""
    return f"{value:,.0f}" if value > 0 else DASH


def _signal(value: Any) -> str:
    if isinstance(value, str):
        return words.plain(value).replace("_", " ")
    return "signal" if value else ""


_WRITERS: Final[Mapping[str, Callable[[Any], str]]] = {
    "integer": lambda value: f"{value:,.0f}",
    "number": lambda value: f"{value:,.1f}",
    "score": lambda value: f"{value:,.2f}",
    "percent": words.percent,
    "points": lambda value: f"{100 * value:+.0f} points",
    "overrun": _overrun,
    "median": _days,
    "duration": _days,
    "flag": lambda value: "yes" if value else "no",
    "signal": _signal,
    "code": lambda value: words.plain(value).replace("_", " "),
    "gap": lambda value: words.GAPS.get(value, words.plain(value)),
    "standing": lambda value: words.STANDINGS.get(value, words.plain(value)),
    "level": lambda value: LEVELS.get(value, words.plain(value)),
    "news": lambda value: NEWS.get(value, words.plain(value)),
    "return": lambda value: RETURNS.get(value, words.plain(value)),
    "population": lambda value: POPULATIONS.get(value, words.plain(value)),
}
