"""What the page of one team, service or product area says beside the metrics."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pandas as pd

from pmanalytics.changes import among
from pmanalytics.metrics.threats import product_threats
from pmanalytics.pages.ownermap import MAP_GAPS, owner_map
from pmanalytics.reporting.opening import Report
from pmanalytics.reporting.showing.fronts import Answer
from pmanalytics.snapshots import Snapshot
from pmanalytics.words import counted

__all__ = ["began_in_period", "due_answers", "owners_in_words", "subject_remark", "threat_answers"]

DAYS: Final = 14
# What a report says that was given no subject.
UNNAMED: Final = {
    "team": "These are the action items that no team owns; --set team=NAME makes the page of a "
    "team, --each team the pages of all.",
    "service": "Most incidents came back to this service; --set service=NAME makes the page of "
    "another one, --each service the pages of all.",
    "product": "These are all product areas; --set product=NAME makes the page of one.",
    "incident": "This is the incident that began last; --set incident=NAME makes the page of "
    "another one.",
}
UNKNOWN: Final = {
    "service": "No service has an incident or an open item.",
    "incident": "No incident is known.",
}
NAMED: Final = {
    "team": "For the team's own review, before others read of it: what is wrong here is put right "
    "in the tracker, or by a reply at the end of the page.",
}


def subject_remark(report: Report, name: str) -> str:
    """What a page says about its subject: why it is this one, and how to name another.

    `name` is what the report was asked for, empty where nothing was.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> report = open_report(period="2026Q3", as_of="2026-10-12").on(team="")
        >>> subject_remark(report, "").partition(";")[0]
        'These are the action items that no team owns'
    """
    kind, _ = report.asked
    if name.strip():
        return NAMED.get(kind, "")
    if not report.subject and kind in UNKNOWN:
        return UNKNOWN[kind]
    return UNNAMED.get(kind, "")


def due_answers(
    report: Report, *, days: int = DAYS, exhibit: str = "at_risk"
) -> tuple[Answer, ...]:
    """What is due next: how many open items have their day in so many days from the as-of date on.

    One answer, with the first day; it leads to the exhibit of that name.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> [answer.label for answer in due_answers(open_report(as_of="2026-10-12"))]
        ['Due in the next 14 days']
    """
    items, today = report.snapshot.items, pd.Timestamp(report.snapshot.as_of)
    ahead = items["due_on"].between(today, today + timedelta(days=days - 1))
    due = items[(ahead & items["standing"].eq("pending")).to_numpy(dtype=bool)]
    first = f"the first on {due['due_on'].min():%Y-%m-%d}" if len(due) else ""
    label = f"Due in the next {days} days"
    return (Answer(label, f"{len(due):,}", first, exhibit, items=tuple(due["item_id"])),)


def owners_in_words(report: Report) -> pd.DataFrame:
    """Who owns the services of a report, and what is unclear about that.

    One row per service, team and role, by service: service, team, role (build, operate, or build
    and operate), product, verified_on, incidents, open_items, overdue_items and gap, what is
    unclear about the service in words. Of a report about a service or an incident that one, also
    where the registry does not know it; of one about a team or a product area its services.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> report = open_report(period="2026Q3", as_of="2026-10-12").on(service="fax-bridge")
        >>> owners_in_words(report)["gap"].tolist()
        ['nobody owns it']
    """
    q, (kind, _) = report.snapshot, report.asked
    named = [q.services["service"]]
    if kind == "incident":
        named = [q.incidents["service"], q.items["service"]]
    elif kind == "service":
        named.append(pd.Series([report.subject], dtype="str"))
    table = owner_map(q.whole)
    table = table[among(table["service"], pd.concat(named).dropna())]
    gap = table["gap"].map(
        lambda codes: "; ".join(MAP_GAPS.get(code, code) for code in codes.split(";")),
        na_action="ignore",
    )
    role = table["role"].fillna("build and operate").where(table["team"].notna())
    table = table.drop(columns="source").assign(gap=gap, role=role)
    return table.sort_values(["service", "team", "role"], ignore_index=True)


def began_in_period(snapshot: Snapshot) -> Snapshot:
    """The part of a snapshot that its period's incidents are about: these, and their items.

    Without a period, all of it.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> pma.began_in_period(q3).incidents["incident_period"].unique().tolist()
        ['2026Q3']
    """
    if snapshot.period is None:
        return snapshot
    first, last = pd.Timestamp(snapshot.period.start), pd.Timestamp(snapshot.period.end)
    began = snapshot.incidents["started_on"].between(first, last).to_numpy(dtype=bool)
    incidents = snapshot.incidents[began]
    theirs = among(snapshot.items["incident_id"], incidents["incident_id"])
    mask = pd.Series(theirs, index=snapshot.items.index)
    return replace(snapshot.where(mask), incidents=incidents)


def threat_answers(report: Report) -> tuple[Answer, ...]:
    """What incidents of the period cost customers: minutes, and customers.

    Two answers, each with the number of incidents that do not say it; they lead to
    `product_threats_period`.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> [answer.label for answer in threat_answers(open_report(as_of="2026-10-12"))]
        ['Minutes in which customers were affected', 'Customers affected, by incident']
    """
    began = began_in_period(report.snapshot)
    table, names = product_threats(began), tuple(began.incidents["incident_id"])
    figures = {
        "Minutes in which customers were affected": ("impact_minutes", "minutes_unknown"),
        "Customers affected, by incident": ("customers_affected", "customers_unknown"),
    }
    return tuple(
        _threat(label, table[column], int(table[unknown].sum()), names)
        for label, (column, unknown) in figures.items()
    )


def _threat(label: str, values: pd.Series, unknown: int, names: tuple[str, ...]) -> Answer:
    told, where = len(names) - unknown, "product_threats_period"
    if not names:
        return Answer(label, "none", "no incident began in the period", where)
    if not told:
        return Answer(label, "unknown", "no incident of the period says it", where, incidents=names)
    apart = f"; unknown for {unknown:,} more" if unknown else ""
    detail = f"{counted(told, 'incident')}{apart}"
    return Answer(label, f"{int(values.sum()):,}", detail, where, incidents=names)
