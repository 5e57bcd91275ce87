"""What others will read of a team, and what may be its own.

A team sees its figures before anybody else does (method, section 9, R9). It replies in the workbook
of its report, whose answers become decisions.
"""

from dataclasses import replace
from typing import Final

import pandas as pd

from pmanalytics.changes import among
from pmanalytics.metrics.nominations import WORTH_ASKING
from pmanalytics.metrics.ownership import ownership_gaps
from pmanalytics.publication import publishable
from pmanalytics.reporting.contents.lists import oldest_overdue
from pmanalytics.reporting.opening import Report
from pmanalytics.words import DASH, percent, plain

__all__ = ["may_be_theirs", "published_about"]

MOST_NAMED: Final = 10


def published_about(report: Report) -> pd.DataFrame:
    """What the quarterly report of the same period says about a team, before it is published.

    One row per place: where, and what is shown there. Promises kept stand in a comparison, so that
    the share of a team with few items due is left out; items stand by their keys. Of a report about
    no team, no rows.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> report = open_report(period="2026Q3", as_of="2026-10-12").on(team="Payments")
        >>> published_about(report)["where"].tolist()[0]
        'promises due in the period, by team'
    """
    q, team = report.snapshot, report.subject
    everything = replace(report, snapshot=q.whole, subject="", asked=("", ""))
    oldest = oldest_overdue(everything)["item_id"]
    returned = report.table("repeats", of=q.whole)
    returned = returned[among(returned["incident_id"], q.incidents["incident_id"])]
    said = {
        "promises due in the period, by team": _kept(report, team),
        "preventive items that are overdue longest": _named(
            oldest[among(oldest, q.items["item_id"])]
        ),
        "gaps in ownership, item by item": _named(ownership_gaps(q)["item_id"]),
        "incidents that returned": _named(returned["incident_id"]),
    }
    table = pd.DataFrame({"where": list(said), "shown": list(said.values())}).astype("str")
    return table if report.asked[1].strip() else table.iloc[:0]


def _kept(report: Report, team: str) -> str:
    table = publishable(report.table("attainment", by="team", of=report.snapshot.whole))
    rows = table[table["team"].eq(team).to_numpy(dtype=bool) & (table["due"] > 0).to_numpy()]
    if rows.empty:
        return "nothing was due"
    row = rows.iloc[0]
    counts = f"{int(row['met']):,} of {int(row['due']):,} kept"
    if pd.isna(row["low"]):
        return f"{counts}; so few items give no share and no interval"
    limits = f"95% interval {percent(row['low'])} to {percent(row['high'])}"
    share = percent(row["attainment"])
    return f"{counts}, {limits}" if share == DASH else f"{counts} ({share}, {limits})"


def _named(names: pd.Series) -> str:
    distinct = [plain(name) for name in names.dropna().unique()]
    if not distinct:
        return "nothing"
    left = len(distinct) - MOST_NAMED
    return ", ".join(distinct[:MOST_NAMED]) + (f" and {left:,} more" if left > 0 else "")


def may_be_theirs(report: Report) -> pd.DataFrame:
    """Items of unclear ownership that may be the team's that a report is about.

    One row per item and team of `candidate_teams` whose score is at least half of the best one of
    the item, as an agenda shows them: item_id, title, service, score, evidence and url; by score,
    the highest first. Nothing is assigned by it. Of a report about no team, no rows.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> report = open_report(period="2026Q3", as_of="2026-10-12").on(team="Platform")
        >>> bool(may_be_theirs(report)["score"].is_monotonic_decreasing)
        True
    """
    found = report.table("candidate_teams", of=report.snapshot.whole)
    best = found.groupby("item_id")["score"].transform("max")
    likely = found["team"].eq(report.subject) & (found["score"] >= WORTH_ASKING * best)
    items = report.snapshot.whole.items[["item_id", "title", "service", "url"]]
    table = found[likely.to_numpy(dtype=bool)].merge(items, on="item_id", how="left")
    ordered = table.sort_values(["score", "item_id"], ascending=[False, True], ignore_index=True)
    return ordered[["item_id", "title", "service", "score", "evidence", "url"]]
