"""Looks at this period beside the one before: which changes are more than chance.

A look is one row of `signals`: the question, the test, what was found in a sentence, whether that
is a signal, and the exhibit that shows it.
"""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from pmanalytics.reporting.contents.answers import (
    GRAVEST,
    change_of_shares,
    earlier,
    incidents_of,
    reading_of,
    returned_in,
)
from pmanalytics.reporting.opening import Report
from pmanalytics.words import group_name

__all__ = [
    "FEW", "NO", "YES", "Look", "looks_at_gaps", "looks_at_promises", "looks_at_returns",
    "looks_at_reviews",
]  # fmt: skip

Look = tuple[str, str, str, str, str]
YES: Final = "yes"
NO: Final = "no"
FEW: Final = "too few"
NEWCOMBE: Final = "against the period before: difference of two shares (Newcombe)"
READ: Final = {
    "higher": ("a rise beyond chance", YES),
    "lower": ("a fall beyond chance", YES),
    "within chance": ("the difference is within chance", NO),
    "": ("too few to compare", FEW),
}


def looks_at_promises(report: Report) -> Iterator[Look]:
    """Promises kept of Sev-1 and of Sev-2, else of all items, against the period before."""
    rows = report.change("attainment", by="severity").set_index("severity").reindex(GRAVEST)
    named = {f"{group_name(name, 'severity')} promises": rows.loc[name] for name in GRAVEST}
    if not rows["due"].fillna(0).any():
        named = {"promises": report.change("attainment").iloc[0]}
    for name, row in named.items():
        yield _against(
            report,
            f"{name} kept",
            (row["met"], row["due"], row.get("met_before"), row.get("due_before")),
            said=f"{name} were kept",
            exhibit="attainment_by_severity",
            reading=reading_of(row),
        )


def looks_at_gaps(report: Report) -> Iterator[Look]:
    """Gaps in ownership among the items that fell due, against those of the period before."""
    table = report.change("gap_rates")
    row = table[table["population"].eq("cohort").to_numpy(dtype=bool)].iloc[0]
    names = ("with_gap", "items", "with_gap_before", "items_before")
    yield _against(
        report,
        "gaps in ownership",
        tuple(row.get(name) for name in names),
        said="items that fell due have a gap in ownership",
        exhibit="gap_rates",
    )


def looks_at_returns(report: Report) -> Iterator[Look]:
    """Incidents that are a return, among those that began, against the period before."""
    if incidents_of(report.snapshot).empty:
        return
    names, total = returned_in(report)
    before, of_before = returned_in(report, previous=True) if report.has_previous else ((), 0)
    yield _against(
        report,
        "incidents that came back",
        (len(names), total, len(before), of_before),
        said="incidents were the return of an earlier one",
        exhibit="repeats",
    )


def looks_at_reviews(report: Report) -> Iterator[Look]:
    """Reviews held in time, of the incidents of the period, against the period before."""
    now = _reviews(report, report.table("review_timeliness", by="incident_period"))
    if now is None or pd.isna(now["reviewed_in_time"]):
        return
    before = None
    if report.has_previous:
        table = report.table("review_timeliness", by="incident_period", of=report.previous)
        before = _reviews(report, table, previous=True)
    then = (None, None) if before is None else (before["reviewed_in_time"], before["due"])
    yield _against(
        report,
        "reviews held in time",
        (now["reviewed_in_time"], now["due"], *then),
        said="reviews that were due were held in time",
        exhibit="review_timeliness",
    )


def _reviews(report: Report, table: pd.DataFrame, *, previous: bool = False) -> pd.Series | None:
    period = report.previous.period if previous else report.snapshot.period
    rows = table[table["incident_period"].eq(period.name if period else "").to_numpy(dtype=bool)]
    return None if rows.empty else rows.iloc[0]


def _against(
    report: Report,
    what: str,
    counts: tuple[object, ...],
    *,
    said: str,
    exhibit: str,
    reading: str | None = None,
) -> Look:
    """One share beside that of the period before; `counts` are part and whole, now and then."""
    part, whole, before, of_before = (
        0 if count is None or pd.isna(count) else int(count)  # type: ignore[call-overload]
        for count in counts
    )
    change = change_of_shares(part, whole, before, of_before) if reading is None else reading
    words, signal = READ[change]
    shown = f"{part:,} of {whole:,} {said}"
    if not report.has_previous:
        return what, NEWCOMBE, f"{shown}; nothing is known of the period before.", FEW, exhibit
    found = f"{shown}, {earlier(report)} {before:,} of {of_before:,}: {words}."
    return what, NEWCOMBE, found, signal, exhibit
