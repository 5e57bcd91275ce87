"""The answers of the first screen: what was kept, came back, is overdue, and what nobody owns.

Each function takes a report and gives answers in the words of the page, with the ids of what was
counted; a narrowed report gives those of its team, service or product. A change is called one only
where its limits hold no change (Newcombe).
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.changes import among
from pmanalytics.keeping import kept
from pmanalytics.metrics.completion import due_cohort
from pmanalytics.reporting.opening import Report
from pmanalytics.reporting.showing.fronts import Answer
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.proportions import newcombe_difference
from pmanalytics.trials.comparing import change_words
from pmanalytics.words import counted, group_name, percent, percent_range

__all__ = ["overdue_answers", "ownership_answers", "promise_answers", "return_answers"]

GRAVEST: Final = ("sev1", "sev2")
FEWEST: Final = 5  # cases in each period before a change is spoken of
CHANGES: Final = {
    "higher": ", a rise beyond chance",
    "lower": ", a fall beyond chance",
    "within chance": ", within chance",
    "": "",
}


def promise_answers(report: Report) -> tuple[Answer, ...]:
    """Were the promises kept: of those due in the period, for Sev-1 and for Sev-2?

    One answer for each, k of n with its interval, beside the period before as then known. Where
    neither had anything due, one answer for all items. They lead to `attainment_by_severity`.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> [answer.figure for answer in promise_answers(open_report(as_of="2026-10-12"))]
        ['6 of 9', '20 of 34']
    """
    table = report.change("attainment", by="severity")
    rows = table.set_index("severity").reindex(GRAVEST)
    if rows["due"].fillna(0).any():
        return tuple(_kept(report, rows.loc[name], severity=name) for name in GRAVEST)
    return (_kept(report, report.change("attainment").iloc[0]),)


def _kept(report: Report, row: pd.Series, *, severity: str | None = None) -> Answer:
    items = report.snapshot.items
    cohort = due_cohort(report.snapshot)
    chosen = cohort & items["severity"].eq(severity) if severity else cohort
    name = f"{group_name(severity, 'severity')} promises" if severity else "Promises"
    due, unknown = _whole(row["due"]), _whole(row["unknown"])
    apart = f"{unknown:,} more cannot be judged" if unknown else ""
    if not due:
        return Answer(f"{name} kept", "none due", apart, "attainment_by_severity")
    share = f"{percent(row['attainment'])}, 95% interval {_limits(row['low'], row['high'])}"
    then, change = _whole(row.get("due_before")), reading_of(row)
    counts = f"{earlier(report)}: {_of(row['met_before'], then)}{CHANGES[change]}" if then else ""
    return Answer(
        label=f"{name} kept",
        figure=_of(row["met"], due),
        detail="; ".join(filter(None, [share, apart, counts])),
        exhibit="attainment_by_severity",
        items=_ids(items, chosen),
        signal=change in ("higher", "lower"),
    )


def reading_of(row: pd.Series) -> str:
    """What `compared` says of a change of attainment; nothing where a period had fewer than five.

    Examples:
        >>> reading_of(pd.Series({"due": 9, "due_before": 4, "reading": "higher"}))
        ''
    """
    few = min(_whole(row["due"]), _whole(row.get("due_before"))) < FEWEST
    return "" if few or not isinstance(row.get("reading"), str) else str(row["reading"])


def return_answers(report: Report) -> tuple[Answer, ...]:
    """What came back: how many incidents of the period are the return of an earlier one.

    One answer: of the incidents that began in the period, with those of the year up to its end, and
    the period before as then known. It leads to `repeats`.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> [answer.figure for answer in return_answers(open_report(as_of="2026-10-12"))]
        ['5 of 16']
    """
    label, place = "Incidents that came back", "repeats"
    if incidents_of(report.snapshot).empty:
        return (Answer(label, "not known", "no incident is known", place),)
    names, total = returned_in(report)
    year, of_year = returned_in(report, years=1)
    # Of no incident at all there is no share to tell.
    said = [f"{_year_words(report)} {_of(len(year), of_year)}"] if of_year else []
    change = ""
    before, of_before = returned_in(report, previous=True) if report.has_previous else ((), 0)
    if of_before:
        change = change_of_shares(len(names), total, len(before), of_before)
        said += [f"{earlier(report)}: {_of(len(before), of_before)}{CHANGES[change]}"]
    return (
        Answer(
            label=label,
            figure=_of(len(names), total) if total else "none began",
            detail="; ".join(said),
            exhibit=place,
            incidents=names,
            signal=change in ("higher", "lower"),
        ),
    )


def returned_in(
    report: Report, *, years: int = 0, previous: bool = False
) -> tuple[tuple[str, ...], int]:
    """The incidents of the period that are a return, and how many incidents it had.

    With `years`, of so many years up to the end of the period; `previous` is the period before, as
    then known.
    """
    taken = report.previous if previous else report.snapshot
    inside = incidents_of(taken)[began_within(taken, years=years)]
    pairs = report.table("repeats", of=taken.whole)
    returned = inside[inside["incident_id"].isin(pairs["incident_id"])]
    return tuple(returned["incident_id"]), len(inside)


@kept
def incidents_of(snapshot: Snapshot) -> pd.DataFrame:
    """The incidents that began on a known day; of a team, also those that its items come from."""
    incidents = snapshot.incidents
    if any(column == "team" for column, _ in snapshot.narrowed):
        whole = snapshot.whole.incidents
        known = among(whole["incident_id"], incidents["incident_id"])
        incidents = whole[known | among(whole["incident_id"], snapshot.items["incident_id"])]
    return incidents[incidents["started_on"].notna().to_numpy(dtype=bool)]


def began_within(snapshot: Snapshot, *, years: int = 0) -> np.ndarray:
    """Which of `incidents_of` began in the period, or in so many years up to its end."""
    period, began = snapshot.period, incidents_of(snapshot)["started_on"]
    if period is None:
        return np.ones(len(began), dtype=bool)
    last = pd.Timestamp(period.end)
    first = last - pd.DateOffset(years=years, days=-1) if years else pd.Timestamp(period.start)
    return began.between(first, last).to_numpy(dtype=bool)


def change_of_shares(now: int, of: int, before: int, of_before: int) -> str:
    """Higher, lower or within chance: what the limits of a change of shares say.

    Nothing where a period had fewer than five cases.

    Examples:
        >>> change_of_shares(9, 10, 2, 10), change_of_shares(5, 10, 4, 10)
        ('higher', 'within chance')
        >>> change_of_shares(4, 4, 0, 4)
        ''
    """
    if min(of, of_before) < FEWEST:
        return ""
    change = newcombe_difference(now, of, before, of_before)
    return str(change_words(change.low, change.high))


def ownership_answers(report: Report) -> tuple[Answer, ...]:
    """What nobody owns: services without an owner, and open items without a team.

    Two answers, which lead to `unowned_services` and to `ownership_gaps`. Without a registry of
    services, who owns them is not known.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> [answer.label for answer in ownership_answers(open_report(as_of="2026-10-12"))]
        ['Services without an owner', 'Open items without a team']
    """
    items = report.snapshot.items
    still_open = items["state"].eq("open")
    teamless = still_open & items["team"].isna()
    overdue = int((teamless & items["standing"].eq("overdue")).sum())
    opened = int(still_open.sum())
    return (
        _unowned(report),
        Answer(
            label="Open items without a team",
            figure=_of(teamless.sum(), opened) if opened else "none open",
            detail=f"{overdue:,} of them overdue" if overdue else "",
            exhibit="ownership_gaps",
            items=_ids(items, teamless),
        ),
    )


def _unowned(report: Report) -> Answer:
    snapshot, lacking = report.snapshot, report.table("unowned_services")
    label, place = "Services without an owner", "unowned_services"
    if snapshot.whole.services.empty:
        return Answer(label, "not known", "no registry of services was given", place)
    items = snapshot.items
    hanging = items["state"].eq("open") & items["service"].isin(lacking["service"])
    named = [frame["service"] for frame in (snapshot.services, snapshot.incidents, items)]
    services = pd.concat(named).nunique()
    opened, overdue = int(lacking["open_items"].sum()), int(lacking["overdue_items"].sum())
    detail = f"{counted(opened, 'open item')} on them, {overdue:,} overdue" if opened else ""
    return Answer(label, _of(len(lacking), services), detail, place, items=_ids(items, hanging))


def overdue_answers(report: Report) -> tuple[Answer, ...]:
    """What is overdue: of the open items, those past the day that the policy gave them.

    One answer, with the Sev-1 preventive ones and the oldest; it is a signal when a Sev-1
    preventive item is overdue. It leads to `oldest_overdue`.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> overdue_answers(open_report(as_of="2026-10-12"))[0].signal
        True
    """
    items = report.snapshot.items
    still_open, overdue = items["state"].eq("open"), items["standing"].eq("overdue")
    if not still_open.any():
        return (Answer("Overdue now", "none open"),)
    if items.loc[still_open.to_numpy(dtype=bool), "due_on"].isna().all():
        # None of them is overdue, and none of them could be.
        return (Answer("Overdue now", "not known", "the policy gives no open item a day"),)
    grave = overdue & items["severity"].eq("sev1") & preventive(report.snapshot)
    said = []
    if overdue.any():
        oldest = items.loc[overdue.to_numpy(dtype=bool), "days_over"].max()
        said = [f"{int(grave.sum()):,} of them preventive and Sev-1"] if grave.any() else []
        said += [f"the oldest for {counted(oldest, 'day')}"]
    return (
        Answer(
            label="Overdue now",
            figure=_of(overdue.sum(), still_open.sum()),
            detail="; ".join(said),
            exhibit="oldest_overdue",
            items=_ids(items, overdue),
            signal=bool(grave.any()),
        ),
    )


def preventive(snapshot: Snapshot) -> pd.Series:
    """Which items are to keep an incident from returning; all, where no item has a kind."""
    kind = snapshot.items["kind"]
    if snapshot.whole.items["kind"].isna().all():
        return pd.Series(data=True, index=kind.index)
    return kind.eq("prevent").fillna(value=False).astype(bool)


def _ids(items: pd.DataFrame, chosen: pd.Series) -> tuple[str, ...]:
    return tuple(items.loc[chosen.to_numpy(dtype=bool), "item_id"])


def earlier(report: Report) -> str:
    """Words for the period before.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> earlier(open_report(period="2026Q3", as_of="2026-10-12"))
        'in 2026Q2'
    """
    period = report.previous.period
    return f"in {period.name}" if period else "before"


def _year_words(report: Report) -> str:
    period = report.snapshot.period
    quarters = period is not None and period.kind == "quarter"
    return "in the last four quarters" if quarters else "in the year up to then"


def _whole(number: object) -> int:
    return 0 if number is None or pd.isna(number) else int(number)  # type: ignore[call-overload]


def _of(part: object, whole: object) -> str:
    return f"{_whole(part):,} of {_whole(whole):,}"


def _limits(low: float, high: float) -> str:
    if np.isnan(low) or np.isnan(high):
        return "not known"
    return percent_range(low, high)
