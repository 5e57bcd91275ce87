"""Publication: what a table may show before it reaches a page, a workbook or a summary.

Metrics return exact counts to the analyst. In front of an audience a share of four items
misleads and a league table of teams does harm (BMJ 2002; method, sections 4 and 9), so that every
table passes through `publishable` on its way out: `exhibit` sees to it. Counts are never hidden.
Titles and other free text stay as they were written, because nobody finds the work without them.
"""

from typing import Final

import pandas as pd

from pmanalytics.errors import UsageError

__all__ = ["publishable"]

# Where a frame says that it has been prepared.
MARK: Final = "publishable"

ENOUGH: Final = 10
ENOUGH_FOR_INTERVAL: Final = 5
COMPARED: Final = ("team", "service")
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
    "signal", "median_days", "lower_quartile_days", "upper_quartile_days", "median_before",
)  # fmt: skip
# Numbers that say what to expect, or how little is known, and not how a team or a service did.
EXPECTATIONS: Final = (
    "expected", "chance", "lower_95", "upper_95", "lower_998", "upper_998", "impact_minutes",
)  # fmt: skip
# Shares whose counts are not beside them: with the total, all but one give the last one away.
WITHOUT_COUNTS: Final = (
    "ticketed", "right_project", "labelled", "linked", "fresh", "planned", "findable",
    "later_than_1", "later_than_3", "later_than_7",
)  # fmt: skip
LIMITS: Final = ("low", "lower", "lower_95", "bound_low")


def publishable(
    table: pd.DataFrame, *, comparison: bool | None = None, persons: bool = False
) -> pd.DataFrame:
    """Prepare a table for a page, a workbook or a summary.

    A comparison of teams or services (a table with one of these columns, or `comparison`) keeps
    its counts, and where a row rests on fewer than 10 matured items it loses shares, medians and
    signal; with fewer than 5 its interval too, and so it does where nothing says on how many items
    it rests. Where a single row lost a share whose count is not shown, the next smallest loses its
    own as well, or the total would give the first away. Rows of teams are in the order of the
    names, not of the figures. Lists of items or incidents compare nothing. A team's own page, and
    an incident's, pass `comparison=False`. Columns that name persons are left out unless
    `persons`. Raises UsageError for an attainment without its number of items and its limits.

    Examples:
        >>> due, share, low = [4, 12], [0.5, 0.75], [0.1, 0.5]
        >>> table = pd.DataFrame(
        ...     {"team": ["web", "core"], "due": due, "attainment": share, "low": low}
        ... )
        >>> publishable(table).values.tolist()
        [['core', 12, 0.75, 0.5], ['web', 4, nan, nan]]
    """
    _demand_evidence(table)
    named = [c for c in PERSONS if c in table and not pd.api.types.is_numeric_dtype(table[c])]
    shown = table.drop(columns=[] if persons else named)
    compares = any(column in shown for column in COMPARED)
    if comparison is None:
        comparison = compares and not any(name in shown for name in CASES)
    if comparison:
        shown = _compared(shown)
    shown.attrs = {**shown.attrs, MARK: True}
    return shown


def published(table: pd.DataFrame) -> pd.DataFrame:
    """The table as `publishable` leaves it; one that has been there already stays as it is.

    So a page that chose otherwise, such as a team's own, is not judged as a comparison again.
    """
    return table if table.attrs.get(MARK) else publishable(table)


def _compared(shown: pd.DataFrame) -> pd.DataFrame:
    """A comparison without the figures that rest on too few items, in the order of the names."""
    base, first = _base(shown)
    figures = [name for name in shown.columns[first:] if _is_figure(shown, name)]
    also = _given_away(shown, base, first, figures)
    hidden = {name: shown[name].mask(_few(shown, name, base) | also[name]) for name in figures}
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


def _base(shown: pd.DataFrame) -> tuple[pd.Series, int]:
    """How many items each row rests on, and the place of the first column behind the groups."""
    for names in BASES:
        if set(names) <= set(shown):
            first = int(shown.columns.get_loc(names[0]))
            return shown[list(names)].sum(axis=1), first
    if "at_risk" in shown:
        # A curve rests on what was at risk when it began.
        first = int(shown.columns.get_loc("at_risk"))
        groups = [shown[name] for name in shown.columns[:first] if name != "day"]
        keys = groups or [shown["at_risk"].isna()]
        return shown.groupby(keys, dropna=False)["at_risk"].transform("max"), first
    return pd.Series(0, index=shown.index), 0


def _stem(name: str) -> str:
    """The column of the metric itself, of which a comparison or a trial shows another value."""
    return name.removeprefix("tried_").removesuffix("_before").removesuffix("_change")


def _is_figure(shown: pd.DataFrame, name: str) -> bool:
    stem = _stem(name)
    if stem in EXPECTATIONS or name in COMPARED:
        return False
    if name == "reading":
        return "change_low" in shown
    known = (*OTHER_FIGURES, *INTERVALS)
    return name in known or stem in known or pd.api.types.is_float_dtype(shown[name])


def _few(shown: pd.DataFrame, name: str, base: pd.Series) -> pd.Series:
    """The rows that rest on too few items for a figure."""
    enough = ENOUGH_FOR_INTERVAL if _stem(name) in INTERVALS else ENOUGH
    return _resting_on(shown, name, base).fillna(0) < enough


def _resting_on(shown: pd.DataFrame, name: str, base: pd.Series) -> pd.Series:
    """What a figure rests on where a row has figures of several groups of items."""
    if name.endswith(("_with", "_without")) and "both" in shown:
        return shown["both"] if name.endswith("_with") else shown["reviews"] - shown["both"]
    if name.startswith("tried_") and "tried_due" in shown:
        return shown["tried_due"]
    earlier = next((f"{n}_before" for (n, *_) in BASES if f"{n}_before" in shown), None)
    if earlier and name.endswith("_before"):
        return shown[earlier]
    if earlier and ("change" in name or name == "reading"):
        return pd.concat([base, shown[earlier]], axis=1).min(axis=1, skipna=False)
    return base


def _given_away(
    shown: pd.DataFrame, base: pd.Series, first: int, figures: list[str]
) -> dict[str, pd.Series]:
    """For each figure the rows that would give away the only one that is hidden."""
    nowhere = base.isna() & base.notna()
    open_shares = [name for name in figures if name in WITHOUT_COUNTS]
    if not open_shares:
        return dict.fromkeys(figures, nowhere)
    few = (base > 0) & (base < ENOUGH)
    outer = [name for name in shown.columns[:first] if name not in COMPARED]
    keys = [shown[name] for name in outer] or [nowhere]
    alone = few.groupby(keys, dropna=False).transform("sum").eq(1)
    rest = base.where(base >= ENOUGH)
    smallest = rest.groupby(keys, dropna=False).rank(method="first").eq(1)
    second = alone & smallest
    # The limits of a share give the share away.
    return {name: second if name in (*open_shares, "low", "high") else nowhere for name in figures}
