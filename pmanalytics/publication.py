"""Publication: what a table may show before it reaches a page, a workbook or a summary.

Metrics return exact counts to the analyst. In front of an audience a share of four items
misleads and a league table of teams does harm (BMJ 2002; method, sections 4 and 9), so that every
table passes through `publishable` on its way out: `exhibit` sees to it. Counts are never hidden.
Titles and other free text stay as they were written, because nobody finds the work without them.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.errors import UsageError
from pmanalytics.statistics.proportions import ROUNDING, wilson

__all__ = ["publishable"]

# Where a frame says that it has been prepared.
MARK: Final = "publishable"

ENOUGH: Final = 10
ENOUGH_FOR_INTERVAL: Final = 5
# A project of a tracker is, as a rule, that of one team.
COMPARED: Final = ("team", "service", "project")
PERSONS: Final = (
    "owners", "person", "owner", "assignee", "assignees", "reporter", "author",
    "engineering_manager", "product_manager",
)  # fmt: skip
# A table with one of these lists single cases and compares nothing.
CASES: Final = ("item_id", "incident_id")
# What the figures of a row rest on: the first of these that a table has, added up.
BASES: Final = (
    ("due",), ("of",), ("n",), ("items",), ("done_once",), ("reviews",),
    ("repeats_while", "repeats_otherwise"), ("incidents",),
)  # fmt: skip
INTERVALS: Final = (
    "low", "high", "median_low", "median_high", "change_low", "change_high", "low_with",
    "high_with", "low_without", "high_without",
)  # fmt: skip
# Figures that are no numbers with a fraction; all columns of such numbers are figures.
OTHER_FIGURES: Final = (
    "signal", "reading", "median_days", "lower_quartile_days", "upper_quartile_days",
)  # fmt: skip
# Numbers that say what to expect, or how little is known, and not how a team or a service did.
EXPECTATIONS: Final = (
    "expected", "chance", "lower_95", "upper_95", "lower_998", "upper_998", "impact_minutes",
)  # fmt: skip
# Figures of `hidden_lag`, which rest on those of its items that have a ticket.
OF_TICKETS: Final = (
    "lower_quartile_days", "median_days", "upper_quartile_days", "later_than_1", "later_than_3",
    "later_than_7",
)  # fmt: skip
# Shares whose counts are not beside them: with the total, all but one give the last one away.
WITHOUT_COUNTS: Final = (
    "ticketed", "right_project", "labelled", "linked", "fresh", "planned", "findable",
    "later_than_1", "later_than_3", "later_than_7", "done_by_15", "done_by_30", "done_by_90",
    "done_by_target", "owned_by_3", "owned_by_7", "owned_by_15",
)  # fmt: skip
# What is worked out from all months of a row of them.
OF_ALL_MONTHS: Final = ("centre", "lower", "upper")
LIMITS: Final = ("low", "lower", "lower_95", "bound_low")


def publishable(
    table: pd.DataFrame, *, comparison: bool | None = None, persons: bool = False
) -> pd.DataFrame:
    """Prepare a table for a page, a workbook or a summary.

    A comparison of teams, services or projects (a table with one of these columns, or `comparison`)
    keeps its counts, and where a row rests on fewer than 10 matured items it loses shares, medians
    and signal; with fewer than 5 its interval too, and so it does where nothing says on how many
    items it rests. Where a single row lost a share whose count is not shown, the next smallest
    loses its own as well, or the total would give the first away; for the same reason a trend with
    a month of too few items has no centre and limits. Groups in the index become columns. Rows of
    teams are in the order of the names, not of the figures. Lists of items or incidents compare
    nothing. A team's own page, and an incident's, pass `comparison=False`. Columns that name
    persons are left out unless `persons`. Raises UsageError for an attainment without its number of
    items and its limits.

    Examples:
        >>> table = pd.DataFrame({"team": ["web", "core"], "due": [4, 12], "met": [2, 9]})
        >>> table = table.assign(attainment=table["met"] / table["due"], low=[0.15, 0.47])
        >>> publishable(table).values.tolist()
        [['core', 12, 9, 0.75, 0.47], ['web', 4, 2, nan, nan]]
    """
    if any(name is not None for name in table.index.names):
        table = table.reset_index()
    _demand_evidence(table)
    shown = table.copy(deep=False) if persons else without_persons(table)
    compares = any(column in shown for column in COMPARED)
    if comparison is None:
        comparison = compares and not any(name in shown for name in CASES)
    if comparison:
        shown = _compared(shown)
    shown.attrs = {**shown.attrs, MARK: True}
    return shown


def without_persons(table: pd.DataFrame) -> pd.DataFrame:
    """The table without the columns that name persons; a count of them is none of these."""
    named = [c for c in PERSONS if c in table and not pd.api.types.is_numeric_dtype(table[c])]
    return table.drop(columns=named)


def published(table: pd.DataFrame) -> pd.DataFrame:
    """The table as `publishable` leaves it; one that has been there already stays as it is.

    So a page that chose otherwise, such as a team's own, is not judged as a comparison again.
    """
    return table if table.attrs.get(MARK) else publishable(table)


def _compared(shown: pd.DataFrame) -> pd.DataFrame:
    """A comparison without the figures that rest on too few items, in the order of the names."""
    first = _groups_end(shown)
    figures = [name for name in shown.columns[first:] if _is_figure(shown, name)]
    outer = [name for name in shown.columns[:first] if name not in COMPARED]
    hidden = {name: shown[name].mask(_hidden(shown, name, outer)) for name in figures}
    shown = shown.assign(**hidden)
    compared = [column for column in COMPARED if column in shown]
    ordered = [name for name in compared if name == "team" or figures]
    return shown.sort_values(ordered, kind="stable", ignore_index=True) if ordered else shown


def _demand_evidence(table: pd.DataFrame) -> None:
    """An attainment is never shown without what it rests on (method, section 9, R4)."""
    if "attainment" not in table:
        return
    if "due" not in table:
        raise UsageError("An attainment says little without its number; keep the column 'due'.")
    if not any(limit in table for limit in LIMITS):
        raise UsageError(
            "An attainment says little without its limits; keep the columns 'low' and 'high'."
        )


def _groups_end(shown: pd.DataFrame) -> int:
    """The place of the first column behind the groups: that of the count all rests on."""
    known = [names[0] for names in (*BASES, ("at_risk",)) if set(names) <= set(shown)]
    return int(shown.columns.get_loc(known[0])) if known else 0


def _stem(name: str) -> str:
    """The column of the metric itself, of which a comparison or a trial shows another value."""
    return name.removeprefix("tried_").removesuffix("_before").removesuffix("_change")


def _is_figure(shown: pd.DataFrame, name: str) -> bool:
    stem = _stem(name)
    if stem in EXPECTATIONS or name in COMPARED or (stem == "reading" and "sentinel" in shown):
        return False
    return stem in (*OTHER_FIGURES, *INTERVALS) or pd.api.types.is_float_dtype(shown[name])


def _hidden(shown: pd.DataFrame, name: str, outer: list[str]) -> pd.Series:
    """The rows that do not show a figure: it rests on too few items, or gives another one away."""
    rests, stem = _resting_on(shown, name).fillna(0), _stem(name)
    hidden = rests < (ENOUGH_FOR_INTERVAL if stem in INTERVALS else ENOUGH)
    if stem.endswith(("_with", "_without")):
        hidden |= _wide(shown, name)
    open_shares = [figure for figure in shown if _without_count(shown, _stem(figure))]
    # The limits of a share give the share away.
    if name in open_shares or (open_shares and stem in ("low", "high")):
        hidden |= _second(shown, rests, outer)
    if stem in OF_ALL_MONTHS and "period" in outer:
        few = rests.between(1, ENOUGH - 1)
        keys = [shown[key] for key in (*outer, *COMPARED) if key in shown and key != "period"]
        hidden |= few.groupby(keys or few.isna(), dropna=False).transform("any")
    return hidden


def _resting_on(shown: pd.DataFrame, name: str) -> pd.Series:
    """How many items, or other cases, each row of a figure rests on."""
    if name.startswith("tried_") and "tried_due" in shown:
        return shown["tried_due"]
    counts = [_count(shown, name, side) for side in _sides(shown, name)]
    known = [pd.Series(0, index=shown.index) if count is None else count for count in counts]
    return pd.concat(known, axis=1).min(axis=1, skipna=False)


def _sides(shown: pd.DataFrame, name: str) -> list[str]:
    """The periods, now and before, of which a figure tells."""
    if name.endswith("_before"):
        return ["_before"]
    of_both = "change" in name or (name == "reading" and "reading_before" not in shown)
    return ["", "_before"] if of_both and _count(shown, name, "_before") is not None else [""]


def _count(shown: pd.DataFrame, name: str, side: str) -> pd.Series | None:
    """The count of one period that a figure rests on; None where nothing says it."""
    stem = _stem(name)
    if f"both{side}" in shown and stem.endswith(("_with", "_without")):
        both = shown[f"both{side}"]
        return both if stem.endswith("_with") else shown[f"reviews{side}"] - both
    tickets = f"ticketed{side}"
    if stem in OF_TICKETS and tickets in shown and not pd.api.types.is_float_dtype(shown[tickets]):
        return shown[tickets]
    for names in BASES:
        if {f"{base}{side}" for base in names} <= set(shown):
            return shown[[f"{base}{side}" for base in names]].sum(axis=1, skipna=False)
    if f"at_risk{side}" not in shown:
        return None
    # A curve rests on what was at risk when it began.
    at_risk = shown[f"at_risk{side}"]
    groups = [shown[key] for key in shown.columns[: _groups_end(shown)] if key != "day"]
    return at_risk.groupby(groups or at_risk.isna(), dropna=False).transform("max")


def _wide(shown: pd.DataFrame, name: str) -> pd.Series:
    """Rows whose limits are those of too few items, where no count of the items is shown."""
    enough = ENOUGH_FOR_INTERVAL if _stem(name) in INTERVALS else ENOUGH
    wide = pd.Series(data=False, index=shown.index)
    arm = _stem(name)[_stem(name).index("_with") :]
    for side in _sides(shown, name):
        columns = [f"{figure}{arm}{side}" for figure in ("attainment", "low", "high")]
        if set(columns) <= set(shown):
            share, low, high = (shown[column].to_numpy(dtype=float) for column in columns)
            limits = wilson(share * enough, np.full(len(shown), float(enough)))
            wide |= high - low > limits.high - limits.low + ROUNDING
    return wide


def _without_count(shown: pd.DataFrame, stem: str) -> bool:
    return stem in WITHOUT_COUNTS or (stem == "attainment" and "met" not in shown)


def _second(shown: pd.DataFrame, rests: pd.Series, outer: list[str]) -> pd.Series:
    """The rows that would give away the only one of their group that is hidden."""
    keys = [shown[name] for name in outer] or [rests.isna()]
    alone = rests.between(1, ENOUGH - 1).groupby(keys, dropna=False).transform("sum").eq(1)
    others = rests.where(rests >= ENOUGH).astype("float64")
    return alone & others.groupby(keys, dropna=False).rank(method="first").eq(1)
