"""Lists of items behind a figure: what a reader wants to see by name."""

from typing import Final

import pandas as pd

from pmanalytics.metrics.completion import DUE
from pmanalytics.reporting.contents.answers import GRAVEST, preventive
from pmanalytics.reporting.opening import Report

__all__ = ["due_items", "oldest_overdue", "promise_changes"]

FEW: Final = 10  # items due, up to which they are listed by name
CHANGED: Final = (
    "severity", "due", "met", "due_before", "met_before", "attainment_change", "change_low",
    "change_high", "reading",
)  # fmt: skip
LISTED: Final = ("item_id", "title", "severity", "team", "service", "due_on")


def due_items(report: Report) -> pd.DataFrame:
    """The items that fell due in the period, of Sev-1 and Sev-2 where it were fewer than ten.

    A share of a handful of items says little; the items themselves do. Where nothing of Sev-1 and
    Sev-2 fell due, those of all severities, if they are fewer than ten. One row per item, by
    severity and due day: item_id, title, severity, team, service, due_on, standing and url.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> few = due_items(open_report(period="2026Q3", as_of="2026-10-12"))
        >>> few["severity"].value_counts().sort_index().to_dict()
        {'sev1': 9}
    """
    items = report.snapshot.items
    chosen = items["in_period"] & items["matured"] & items["standing"].isin(DUE)
    due = items[chosen.to_numpy(dtype=bool)]
    grave = due[due["severity"].isin(GRAVEST).to_numpy(dtype=bool)]
    due = due if grave.empty else grave
    number = due["severity"].fillna("").map(due["severity"].fillna("").value_counts())
    few = due[(number < FEW).to_numpy(dtype=bool)]
    ordered = few.sort_values(["severity", "due_on", "item_id"], kind="stable", ignore_index=True)
    return ordered[[*LISTED, "standing", "url"]]


def oldest_overdue(report: Report, *, most: int = 10) -> pd.DataFrame:
    """The preventive items that are overdue longest, those of Sev-1 first.

    At most `most` rows: item_id, title, severity, team, service, due_on, days_over and url. Where
    there are fewer of Sev-1, those of all other severities follow. Where no item of the data has a
    kind, all count as preventive.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> oldest = oldest_overdue(open_report(period="2026Q3", as_of="2026-10-12"))
        >>> oldest["severity"].tolist()[:3], len(oldest)
        (['sev1', 'sev1', 'sev2'], 10)
    """
    items = report.snapshot.items
    chosen = items["standing"].eq("overdue") & preventive(report.snapshot)
    overdue = items[chosen.to_numpy(dtype=bool)]
    overdue = overdue.assign(_other=overdue["severity"].ne("sev1").fillna(value=True).astype(bool))
    order = ["_other", "days_over", "item_id"]
    ordered = overdue.sort_values(order, ascending=[True, False, True], ignore_index=True)
    return ordered.head(most)[[*LISTED, "days_over", "url"]]


def promise_changes(report: Report) -> pd.DataFrame:
    """Promises kept against the period before, as it was known then.

    One row per severity that had anything due in both: severity, due, met, due_before, met_before,
    attainment_change with change_low and change_high at 95 %, and the reading of `compared`. No
    rows where nothing is known of the period before.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> changes = promise_changes(open_report(period="2026Q3", as_of="2026-10-12"))
        >>> changes["reading"].unique().tolist()
        ['within chance']
    """
    table = report.change("attainment", by="severity").reindex(columns=list(CHANGED))
    both = (table["due"] > 0) & (table["due_before"] > 0)
    return table[both.to_numpy(dtype=bool)].reset_index(drop=True)
