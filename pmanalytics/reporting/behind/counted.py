"""What each counted cell of a table counts, declared once: a column, and conditions on the items.

A condition names columns of `marked` and the values that they may have. The columns are also those
of tables/items.csv and tables/incidents.csv, so that a reader can filter there for the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pmanalytics.judging import STANDINGS
from pmanalytics.metrics.caveats import FIXABLE
from pmanalytics.metrics.gap_rules import CODES
from pmanalytics.metrics.returning import WITHIN
from pmanalytics.words import RETURNS

__all__ = ["COUNTED", "REASONS", "Condition", "Counted"]

Condition = Mapping[str, tuple[Any, ...]]

YES: Final = (True,)
OPEN: Final[Condition] = {"state": ("open",)}
OVERDUE: Final[Condition] = {"standing": ("overdue",)}
MATURED: Final[Condition] = {"matured": YES}
COHORT: Final[Condition] = {"in_period": YES, **MATURED}
DUE: Final = {"standing": ("met", "late", "overdue", "dropped_late")}
REASONS: Final = tuple(FIXABLE)
DROPPED: Final = {"standing": ("dropped_in_time", "dropped_late")}


@dataclass(frozen=True)
class Counted:
    """How some columns of a metric's table are counted.

    `of` is what is counted: items, incidents, moves (an item that came or went in a period) or
    before (an item of the earlier incident of a pair). `cells` are columns of the table, each with
    its condition. `keys` are columns of the table that are called otherwise among the marks. `rows`
    are conditions by the value of one column of the table, here `row`; a row with another value is
    not counted.
    """

    of: str
    cells: Mapping[str, Condition]
    keys: Mapping[str, str] = field(default_factory=dict)
    row: str = ""
    rows: Mapping[Any, Condition] = field(default_factory=dict)


def _standing(words: tuple[str, ...], also: Condition) -> dict[str, Condition]:
    return {word: {**also, "standing": (word,)} for word in words}


_KEPT: Final = Counted(
    "items",
    {
        "due": {**COHORT, **DUE},
        **_standing((*DUE["standing"], "dropped_in_time"), COHORT),
        "unknown": {"in_period": YES, "standing": ("unknown",)},
        "waived": {**COHORT, "waived": YES},
    },
    keys={"due_period": "belongs_period"},
)
_ITEMS_OF_SERVICES: Final = Counted("items", {"open_items": OPEN, "overdue_items": OVERDUE})
_INCIDENTS: Final = Counted("incidents", {"incidents": {}})

COUNTED: Final[Mapping[str, tuple[Counted, ...]]] = {
    "standings": (Counted("items", {"total": {}, **_standing(STANDINGS, {})}),),
    "attainment": (_KEPT,),
    "funnel": (_KEPT,),
    "attainment_trend": (
        Counted("items", {"due": {**MATURED, **DUE}}, keys={"period": "due_month"}),
    ),
    "speed": (
        Counted(
            "items",
            {"n": {"timed": YES}}
            | {state: {"timed": YES, "state": (state,)} for state in ("done", "dropped", "open")},
        ),
    ),
    "backlog": (Counted("items", {"items": OPEN, "overdue": OVERDUE}),),
    "flow": (
        Counted(
            "moves",
            {
                move: {"move": (move,)}
                for move in ("opening", "new", "done", "dropped", "reopened", "closing")
            },
        ),
    ),
    "hidden_lag": (
        Counted("items", {"items": {"has_clock": YES}, "ticketed": {"dated_ticket": YES}}),
    ),
    "reopenings": (
        Counted(
            "items",
            {"done_once": {"done_once": YES}, "reopened": {"reopened": YES}}
            | {
                f"{state}_again": {"reopened": YES, "state": (state,)}
                for state in ("open", "done", "dropped")
            }
            | {"met_then_reopened": {"met_then_reopened": YES}},
        ),
    ),
    "unknowns": (
        Counted(
            "items",
            {"items": {}},
            row="reason",
            rows={reason: {f"lacks_{reason}": YES} for reason in REASONS},
        ),
    ),
    "gap_rates": (
        Counted(
            "items",
            {"items": {}} | {name: {name: YES} for name in ("with_gap", *CODES)},
            row="population",
            rows={"open": OPEN, "cohort": COHORT},
        ),
    ),
    "unowned_services": (_INCIDENTS, _ITEMS_OF_SERVICES),
    "weak_services": (
        Counted("incidents", {"incidents": {}, "repeats": {"is_repeat": YES}}),
        _ITEMS_OF_SERVICES,
    ),
    "product_threats": (
        Counted(
            "incidents",
            {"incidents": {}, "repeats": {"is_repeat": YES}}
            | {name: {name: YES} for name in ("minutes_unknown", "customers_unknown")},
            keys={"product": "product_area"},
        ),
        Counted(
            "items",
            {"open_items": OPEN, "overdue_items": OVERDUE},
            keys={"product": "product_area"},
        ),
    ),
    "quieter_services": (
        _INCIDENTS,
        Counted("items", {"preventive_items": {"preventive": YES, "state": ("done",)}}),
    ),
    "repeats": (
        Counted(
            "before",
            {
                "open_before": {"open": YES},
                "overdue_before": {"open": YES, "overdue": YES},
                "preventive_open_before": {"open": YES, "preventive": YES},
                "preventive_overdue_before": {"open": YES, "overdue": YES, "preventive": YES},
            },
        ),
    ),
    "repeats_while_open": (
        Counted(
            "incidents",
            {"repeats": {}},
            row="state",
            rows={state: {"returned_while": (state,)} for state in RETURNS},
        ),
    ),
    "repeat_rate": (
        Counted("incidents", {"incidents": {"resolved": YES}}),
        Counted(
            "incidents",
            {"repeats": {"resolved": YES}},
            row="within_days",
            rows={days: {f"returned_within_{days}": YES} for days in WITHIN},
        ),
    ),
    "discoverability": (Counted("items", {"items": OPEN}),),
    "findable": (Counted("items", {"items": OPEN}),),
    "sentinels": (
        Counted(
            "items",
            {"of": {}},
            row="sentinel",
            rows={
                "closed_near_due": {**MATURED, "standing": ("met",)},
                "dropped_after_due": {**MATURED, **DROPPED},
            },
        ),
        Counted(
            "items",
            {"count": {}},
            row="sentinel",
            rows={
                "closed_near_due": {**MATURED, "standing": ("met",), "days_over": (0, -1, -2)},
                "dropped_after_due": {**MATURED, "standing": ("dropped_late",)},
            },
        ),
    ),
}
