"""How readers see a column and its values: one label and one kind per column of the metrics.

The page, the notebook's own table and the summary format the same value the same way, because the
kind of a column is declared here and nowhere else. A kind says how a value is written; a column
that is declared nowhere takes its kind from its values.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

import pandas as pd

from pmanalytics import words

__all__ = ["COLUMNS", "NUMERIC", "column_kind", "column_label", "json_value", "written"]

DASH: Final = "–"
NOT_REACHED: Final = "not reached"

# column: (label, kind)
COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    # what tables are grouped by
    "severity": ("severity", "group"),
    "team": ("team", "group"),
    "service": ("service", "group"),
    "project": ("project", "group"),
    "product": ("product", "group"),
    "source": ("tracker", "group"),
    "kind": ("kind of action", "group"),
    "incident_period": ("period of the incident", "group"),
    "due_period": ("period in which it was due", "group"),
    "created_period": ("period in which it was created", "group"),
    "closed_period": ("period in which it was closed", "group"),
    "period": ("period", "group"),
    # standings, attainment
    "total": ("items", "integer"),
    "met": ("done in time", "integer"),
    "late": ("done late", "integer"),
    "overdue": ("open, overdue", "integer"),
    "pending": ("open, not yet due", "integer"),
    "dropped_in_time": ("dropped in time", "integer"),
    "dropped_late": ("dropped late", "integer"),
    "no_target": ("no target", "integer"),
    "unknown": ("cannot be judged", "integer"),
    "due": ("due", "integer"),
    "attainment": ("kept", "percent"),
    "low": ("from", "percent"),
    "high": ("to", "percent"),
    "bound_low": ("at least", "percent"),
    "bound_high": ("at most", "percent"),
    "waived": ("waived", "integer"),
    "attainment_adjusted": ("kept, with waivers", "percent"),
    # speed, completion_curve
    "n": ("items", "integer"),
    "items": ("items", "integer"),
    "done": ("done", "integer"),
    "dropped": ("dropped", "integer"),
    "open": ("open", "integer"),
    "done_by_15": ("done by day 15", "percent"),
    "done_by_30": ("done by day 30", "percent"),
    "done_by_90": ("done by day 90", "percent"),
    "done_by_target": ("done by its target", "percent"),
    "median_days": ("half done by day", "median"),
    "median_low": ("from day", "median"),
    "median_high": ("to day", "median"),
    "rmst_90": ("mean days open, of 90", "number"),
    "outcome": ("outcome", "code"),
    "day": ("day", "integer"),
    "at_risk": ("still open", "integer"),
    "events": ("closed that day", "integer"),
    "cumulative_incidence": ("closed so far", "percent"),
    # backlog, flow, attainment_trend, funnel
    "age_band": ("age in days", "text"),
    "opening": ("open at the start", "integer"),
    "new": ("new", "integer"),
    "reopened": ("reopened", "integer"),
    "closing": ("open at the end", "integer"),
    "centre": ("usual level", "percent"),
    "lower": ("lower limit", "percent"),
    "upper": ("upper limit", "percent"),
    "signal": ("signal", "signal"),
    "expected": ("expected", "percent"),
    "lower_95": ("lower 95% limit", "percent"),
    "upper_95": ("upper 95% limit", "percent"),
    "lower_998": ("lower 99.8% limit", "percent"),
    "upper_998": ("upper 99.8% limit", "percent"),
    # ownership
    "item_id": ("item", "key"),
    "code": ("gap", "gap"),
    "evidence": ("what shows it", "long"),
    "standing": ("standing", "standing"),
    "population": ("population", "population"),
    "with_gap": ("with a gap", "integer"),
    "rate": ("share", "percent"),
    "incidents": ("incidents", "integer"),
    "open_items": ("open items", "integer"),
    "overdue_items": ("overdue items", "integer"),
    "overdue_days": ("days overdue, summed", "integer"),
    "rank": ("rank", "integer"),
    "score": ("score", "score"),
    # recurrence
    "incident_id": ("incident", "key"),
    "repeat_of": ("return of", "key"),
    "level": ("found by", "level"),
    "days_between": ("days between", "integer"),
    "cause": ("cause in common", "text"),
    "open_before": ("open before", "integer"),
    "overdue_before": ("overdue before", "integer"),
    "preventive_open_before": ("preventive, open before", "integer"),
    "preventive_overdue_before": ("preventive, overdue before", "integer"),
    "repeats": ("repeats", "integer"),
    "within_days": ("within days", "integer"),
    # discoverability, participation
    "ticketed": (words.COMPONENTS["ticketed"], "percent"),
    "right_project": (words.COMPONENTS["right_project"], "percent"),
    "labelled": (words.COMPONENTS["labelled"], "percent"),
    "linked": (words.COMPONENTS["linked"], "percent"),
    "fresh": (words.COMPONENTS["fresh"], "percent"),
    "planned": (words.COMPONENTS["planned"], "percent"),
    "reviews": ("reviews", "integer"),
    "engineering_manager": ("with engineering manager", "integer"),
    "product_manager": ("with product manager", "integer"),
    "both": ("with both", "integer"),
    "candidates_present": ("candidate teams present", "integer"),
    "attainment_with": ("kept, both present", "percent"),
    "low_with": ("from", "percent"),
    "high_with": ("to", "percent"),
    "attainment_without": ("kept, not both", "percent"),
    "low_without": ("from", "percent"),
    "high_without": ("to", "percent"),
    # items, shown one by one
    "title": ("title", "long"),
    "due_on": ("due", "day"),
    "started_on": ("incident on", "day"),
    "closed_on": ("closed", "day"),
    "days": ("days", "integer"),
    "days_over": ("days over", "integer"),
    "url": ("ticket", "link"),
    # files and rejected rows
    "path": ("file", "text"),
    "format": ("format", "code"),
    "rows": ("rows", "integer"),
    "filtered": ("left aside", "integer"),
    "duplicates": ("older copies", "integer"),
    "rejects": ("rejected", "integer"),
    "observed_at": ("exported", "text"),
    "file": ("file", "text"),
    "row": ("row", "integer"),
    "rule": ("rule", "code"),
    "detail": ("what was found", "long"),
}

NUMERIC: Final = frozenset({"integer", "number", "percent", "median", "score", "day"})

LEVELS: Final[Mapping[str, str]] = {
    "L1": "named as a return",
    "L2": "same service and cause",
    "L3": "same ticket or text",
    "L4": "similar text",
}
POPULATIONS: Final[Mapping[str, str]] = {"open": "open items", "cohort": "items due"}


def column_label(name: str) -> str:
    """The words above a column.

    Examples:
        >>> column_label("done_by_15"), column_label("no_ticket"), column_label("my_own")
        ('done by day 15', 'only in a document, no ticket', 'my own')
    """
    if name in COLUMNS:
        return COLUMNS[name][0]
    return words.GAPS.get(name, words.plain(name).replace("_", " "))


def column_kind(name: str, values: pd.Series) -> str:
    """How the values of a column are written: as declared, else by their type.

    A share must lie between 0 and 1, and a count must be whole: a column that bears a declared name
    but holds something else is written by its type.

    Examples:
        >>> column_kind("attainment", pd.Series([0.5])), column_kind("x", pd.Series([1, 2]))
        ('percent', 'integer')
    """
    kind = COLUMNS[name][1] if name in COLUMNS else _kind_by_type(values)
    if kind in ("integer", "median", "number", "score", "percent") and not _is_number(values):
        return _kind_by_type(values)
    if kind == "percent" and ((values < 0) | (values > 1)).any():
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


def _signal(value: Any) -> str:
    if isinstance(value, str):
        return words.plain(value).replace("_", " ")
    return "signal" if value else ""


_WRITERS: Final[Mapping[str, Callable[[Any], str]]] = {
    "integer": lambda value: f"{value:,.0f}",
    "number": lambda value: f"{value:,.1f}",
    "score": lambda value: f"{value:,.2f}",
    "percent": words.percent,
    "median": _days,
    "flag": lambda value: "yes" if value else "no",
    "signal": _signal,
    "code": lambda value: words.plain(value).replace("_", " "),
    "gap": lambda value: words.GAPS.get(value, words.plain(value)),
    "standing": lambda value: words.STANDINGS.get(value, words.plain(value)),
    "level": lambda value: LEVELS.get(value, words.plain(value)),
    "population": lambda value: POPULATIONS.get(value, words.plain(value)),
}
