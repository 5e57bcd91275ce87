"""The follow-up of one incident: what is known of it, and the agenda of its review."""

from typing import Any

import pandas as pd

from pmanalytics.pages.agendas import agenda_page
from pmanalytics.reporting.opening import Report
from pmanalytics.reporting.showing.sections import Prose, prose
from pmanalytics.words import counted, group_name, plain

__all__ = ["incident_agenda", "incident_facts", "incident_returns"]

UNKNOWN = "not known"


def incident_facts(report: Report) -> pd.DataFrame:
    """What is known of the incident that a report is about, and what is not.

    One row per fact, fact and said, both text: severity, service, product area, when it began and
    was over, causes, minutes and customers affected, when it was reviewed and its postmortem was
    published, who came to the review as roles, and how many of its items are open and overdue. What
    the exports do not say is said to be not known. Without an incident, no rows.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> report = open_report(as_of="2026-10-12").on(incident="INC-1117")
        >>> incident_facts(report).iloc[0].tolist()
        ['title', 'A forgotten feature flag switched shop-frontend to an old path']
    """
    q = report.snapshot
    rows = q.incidents.to_dict("records")
    said: dict[str, str] = {}
    if rows:
        said = {
            **_told(rows[0], q.settings.timezone),
            "who came to the review": _came(q.attendance),
        }
    if report.subject:
        opened = q.items["state"].eq("open").sum()
        overdue = q.items["standing"].eq("overdue").sum()
        items = f"{counted(len(q.items), 'item')}, {opened:,} open, {overdue:,} of these overdue"
        said["action items"] = items if len(q.items) else "none is known"
    table = pd.DataFrame({"fact": list(said), "said": list(said.values())})
    return table.astype("str")


def _told(row: dict[str, Any], zone: str) -> dict[str, str]:
    def text(name: str) -> str:
        return plain(row[name]) or UNKNOWN

    def number(name: str) -> str:
        return UNKNOWN if pd.isna(row[name]) else f"{int(row[name]):,}"

    def moment(name: str) -> str:
        at = row[name]
        return UNKNOWN if pd.isna(at) else f"{at.tz_convert(zone):%Y-%m-%d %H:%M}"

    causes = row["causes"]
    known = ", ".join(map(plain, causes)) if isinstance(causes, list) else ""
    return {
        "title": text("title"),
        "severity": group_name(row["severity"], "severity"),
        "service": text("service"),
        "product area": text("product"),
        "from, to": f"{moment('started_at')}, {moment('resolved_at')}",
        "contributing causes": known or UNKNOWN,
        "minutes customers were affected": number("impact_minutes"),
        "customers affected": number("customers_affected"),
        "reviewed": moment("reviewed_at"),
        "postmortem published": moment("postmortem_published_at"),
    }


def _came(attendance: pd.DataFrame) -> str:
    """The roles that came, each with its teams; no person is in that table."""
    if attendance.empty:
        return UNKNOWN
    rows = attendance.fillna({"role": "somebody"}).sort_values(["role", "team"])
    said = [
        f"{plain(role).replace('_', ' ')}"
        + (f" of {', '.join(map(plain, teams))}" if len(teams) else "")
        for role, teams in ((role, t.dropna().unique()) for role, t in rows.groupby("role")["team"])
    ]
    return "; ".join(said)


def incident_returns(report: Report) -> pd.DataFrame:
    """The incidents that this one is the return of, and those that are the return of this one.

    One row per pair of the rows of `repeats` (all of its columns) in which the incident is the
    earlier or the later one, in the order of time.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> report = open_report(as_of="2026-10-12").on(incident="INC-1117")
        >>> list(incident_returns(report))[:2]
        ['incident_id', 'repeat_of']
    """
    table = report.table("repeats", of=report.snapshot.whole)
    own = table["incident_id"].eq(report.subject) | table["repeat_of"].eq(report.subject)
    return table[own.to_numpy(dtype=bool)].reset_index(drop=True)


def incident_agenda(report: Report) -> Prose:
    """The agenda for the review of the incident that a report is about, as text of the page.

    It is `agenda_page`, which names no person; without an incident, one sentence.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> report = open_report(as_of="2026-10-12").on(incident="INC-1117")
        >>> incident_agenda(report).text.splitlines()[0]
        '## Who owns the action items of INC-1117?'
    """
    if not report.subject:
        return prose("No incident is known, so that there is nothing to review.")
    return prose(agenda_page(report.snapshot.whole, report.subject))
