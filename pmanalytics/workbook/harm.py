"""Harm: what incidents cost customers, and which of them comes first on a sheet.

Customer-minutes are the minutes of an incident times the customers whom it affected. Where an
export says only one of the two, nothing is made up for the other one.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.metrics.threats import product_areas
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook.counting import Count

__all__ = ["costs", "harm_ranks", "later_returns"]

COST: Final = ("product", "impact_minutes", "customers_affected")
MOST_RETURNS: Final = 3  # returns of one incident that a cell names


def costs(snapshot: Snapshot, incident_ids: pd.Series) -> pd.DataFrame:
    """Product area, minutes and customers affected of each incident, with the rows of the names.

    What no export says is missing, and so is all of an incident that nobody knows.
    """
    whole = snapshot.whole
    known = whole.incidents.assign(product=product_areas(whole)[0].astype("str"))
    known = known.drop_duplicates("incident_id").set_index("incident_id")[list(COST)]
    return known.reindex(incident_ids).set_axis(incident_ids.index)


def later_returns(snapshot: Snapshot, *, count: Count) -> pd.Series:
    """The incidents that were the return of each incident, with their days, as text by incident.

    Only incidents that came back are there; they are those of `repeats` in the whole snapshot.
    """
    whole = snapshot.whole
    pairs = count("repeats", of=whole)[["incident_id", "repeat_of"]]
    began = whole.incidents.drop_duplicates("incident_id").set_index("incident_id")["started_on"]
    day = began.reindex(pairs["incident_id"]).dt.strftime("%Y-%m-%d").set_axis(pairs.index)
    named = (pairs["incident_id"] + " (" + day + ")").fillna(pairs["incident_id"])
    order = pd.DataFrame({"day": day, "named": named}).sort_values(["day", "named"]).index
    return named[order].groupby(pairs["repeat_of"]).agg(_listed).astype("str")


def _listed(names: pd.Series) -> str:
    more = len(names) - MOST_RETURNS
    return "; ".join(names.head(MOST_RETURNS)) + (f"; and {more:,} more" if more > 0 else "")


def harm_ranks(costs: pd.DataFrame, *, came_back: pd.Series) -> np.ndarray:
    """Numbers that put the greatest harm first; what did equal harm has the same number.

    What came back comes first. Then count customer-minutes, most first; then, where the customers
    are unknown, minutes; then, where the minutes are unknown, customers; what nobody measured
    comes last.

    Examples:
        >>> told = pd.DataFrame(
        ...     {"impact_minutes": [9, 30, None, 2], "customers_affected": [100, None, None, 5]}
        ... )
        >>> harm_ranks(told, came_back=pd.Series([False, False, True, False])).tolist()
        [1, 3, 0, 2]
    """
    minutes, customers = (
        costs[name].to_numpy(dtype="float64", na_value=np.nan)
        for name in ("impact_minutes", "customers_affected")
    )
    measures = (minutes * customers, minutes, customers)
    kind = np.select([~np.isnan(measure) for measure in measures], [0, 1, 2], 3)
    amount = np.choose(kind, (*measures, np.zeros(len(costs))))
    keys = np.column_stack([~came_back.to_numpy(dtype=bool), kind, -amount])
    return np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
