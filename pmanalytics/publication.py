"""Publication: what a table may show before it reaches a page, a workbook or a summary.

Metrics return exact counts to the analyst. In front of an audience a share of four items
misleads and a league table of teams does harm (BMJ 2002; method, sections 4 and 9), so that every
table passes through `publishable` on its way out.
"""

from typing import Final

import pandas as pd

__all__ = ["publishable"]

ENOUGH: Final = 10
ENOUGH_FOR_INTERVAL: Final = 5
COMPARED: Final = ("team", "service")
PERSONS: Final = ("owners", "person", "owner", "engineering_manager", "product_manager")
COUNTED: Final = ("due", "n", "items")
RATES: Final = (
    "attainment", "attainment_adjusted", "bound_low", "bound_high", "rate", "signal",
    "done_by_15", "done_by_30", "done_by_90", "done_by_target", "median_days", "rmst_90",
    "cumulative_incidence", "ticketed", "right_project", "labelled", "linked", "fresh", "planned",
)  # fmt: skip
INTERVALS: Final = ("low", "high", "median_low", "median_high")


def publishable(
    table: pd.DataFrame, *, comparison: bool | None = None, persons: bool = False
) -> pd.DataFrame:
    """Prepare a table for a page, a workbook or a summary.

    A comparison of teams or services (a table with one of these columns, or `comparison`) keeps
    its counts, and where a row rests on fewer than 10 matured items it loses rate and signal; with
    fewer than 5 its interval too. Its rows are in the order of the names, not of the figures. A
    team's own page, and an incident's, pass `comparison=False`. Columns that name persons are left
    out unless `persons`.

    Examples:
        >>> due, share, low = [4, 12], [0.5, 0.75], [0.1, 0.5]
        >>> table = pd.DataFrame(
        ...     {"team": ["web", "core"], "due": due, "attainment": share, "low": low}
        ... )
        >>> publishable(table).values.tolist()
        [['core', 12, 0.75, 0.5], ['web', 4, nan, nan]]
    """
    named = [c for c in PERSONS if c in table and not pd.api.types.is_numeric_dtype(table[c])]
    shown = table.drop(columns=[] if persons else named)
    compared = [column for column in COMPARED if column in shown]
    counted = _counted(shown, compared)
    if comparison is None:
        comparison = bool(compared)
    if not comparison or counted is None:
        return shown
    few = counted.fillna(0) < ENOUGH
    very_few = counted.fillna(0) < ENOUGH_FOR_INTERVAL
    hidden = {name: shown[name].mask(few) for name in RATES if name in shown}
    hidden |= {name: shown[name].mask(very_few) for name in INTERVALS if name in shown}
    return shown.assign(**hidden).sort_values(compared, kind="stable", ignore_index=True)


def _counted(shown: pd.DataFrame, compared: list[str]) -> pd.Series | None:
    """How many items each row rests on; a curve rests on what was at risk when it began."""
    for column in COUNTED:
        if column in shown:
            return shown[column]
    if "at_risk" in shown and compared:
        return shown.groupby(compared, dropna=False)["at_risk"].transform("max")
    return None
