"""The words that readers see for the codes that the tables hold.

Pages, charts, workbooks and summaries say the same thing with the same words, so that a code such
as `dropped_late` is put into plain language once. Whatever comes from an export goes through
`plain` first: titles and names may hold control characters or marks that turn a line round.
"""

import re
from collections.abc import Mapping
from typing import Final

import pandas as pd

__all__ = [
    "COLUMNS",
    "COMPONENTS",
    "DASH",
    "GAPS",
    "LEVELS",
    "POPULATIONS",
    "STANDINGS",
    "column_label",
    "counted",
    "group_name",
    "missing_name",
    "percent",
    "plain",
]

DASH: Final = "\N{EN DASH}"

INTERVALS: Final[Mapping[str, str]] = {
    "cluster": "Intervals are Wilson intervals at 95%, widened because items of one incident share "
    "its fate.",
    "wilson": "Intervals are Wilson intervals at 95%.",
}

STANDINGS: Final[Mapping[str, str]] = {
    "met": "done in time",
    "late": "done late",
    "overdue": "open, overdue",
    "pending": "open, not yet due",
    "dropped_in_time": "dropped in time",
    "dropped_late": "dropped late",
    "no_target": "no target",
    "unknown": "cannot be judged",
}

GAPS: Final[Mapping[str, str]] = {
    "no_ticket": "only in a document, no ticket",
    "no_owner": "nobody: no person, no team",
    "person_only": "a person, but no team",
    "owner_inactive": "assigned to a person who left",
    "service_unowned": "its service has no owner",
    "multi_owned": "its service has several owners",
    "team_conflict": "its team does not own the service",
    "wrong_project": "ticket in another team's project",
    "unknown_team": "its team is not in the registry",
    "stale_registry": "ownership not confirmed for a year",
}

COMPONENTS: Final[Mapping[str, str]] = {
    "ticketed": "has a ticket",
    "right_project": "in the owning team's project",
    "labelled": "severity and date labels",
    "linked": "linked to its incident",
    "fresh": "updated lately",
    "planned": "planned in a sprint or milestone",
}

# column: (label, kind)
COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    # what tables are grouped by
    "severity": ("severity", "group"),
    "team": ("team", "group"),
    "service": ("service", "group"),
    "project": ("project", "group"),
    "product": ("product", "group"),
    "source": ("tracker", "group"),
    "kind": ("kind of action", "group"),
    "incident_period": ("period of the incident", "group"),
    "due_period": ("period in which it was due", "group"),
    "created_period": ("period in which it was created", "group"),
    "closed_period": ("period in which it was closed", "group"),
    "period": ("period", "group"),
    # standings, attainment
    "total": ("items", "integer"),
    "met": ("done in time", "integer"),
    "late": ("done late", "integer"),
    "overdue": ("open, overdue", "integer"),
    "pending": ("open, not yet due", "integer"),
    "dropped_in_time": ("dropped in time", "integer"),
    "dropped_late": ("dropped late", "integer"),
    "no_target": ("no target", "integer"),
    "unknown": ("cannot be judged", "integer"),
    "due": ("due", "integer"),
    "attainment": ("kept", "percent"),
    "low": ("from", "percent"),
    "high": ("to", "percent"),
    "bound_low": ("at least", "percent"),
    "bound_high": ("at most", "percent"),
    "waived": ("waived", "integer"),
    "attainment_adjusted": ("kept, with waivers", "percent"),
    # speed, completion_curve
    "n": ("items", "integer"),
    "items": ("items", "integer"),
    "done": ("done", "integer"),
    "dropped": ("dropped", "integer"),
    "open": ("open", "integer"),
    "done_by_15": ("done by day 15", "percent"),
    "done_by_30": ("done by day 30", "percent"),
    "done_by_90": ("done by day 90", "percent"),
    "done_by_target": ("done by its target", "percent"),
    "median_days": ("half done by day", "median"),
    "median_low": ("from day", "median"),
    "median_high": ("to day", "median"),
    "rmst_90": ("mean days open, of 90", "number"),
    "outcome": ("outcome", "code"),
    "day": ("day", "integer"),
    "at_risk": ("still open", "integer"),
    "events": ("closed that day", "integer"),
    "cumulative_incidence": ("closed so far", "percent"),
    # at_risk
    "age": ("day of age", "integer"),
    "days_left": ("days left", "integer"),
    "comparable": ("compared with", "text"),
    "like_it": ("like it, open then", "integer"),
    "made_it": ("of these, in time", "integer"),
    "chance": ("chance to miss", "percent"),
    "reading": ("what it says", "long"),
    # backlog, flow, attainment_trend, funnel
    "age_band": ("age in days", "text"),
    "opening": ("open at the start", "integer"),
    "new": ("new", "integer"),
    "reopened": ("reopened", "integer"),
    "closing": ("open at the end", "integer"),
    "centre": ("usual level", "percent"),
    "lower": ("lower limit", "percent"),
    "upper": ("upper limit", "percent"),
    "signal": ("signal", "signal"),
    "expected": ("expected", "percent"),
    "lower_95": ("lower 95% limit", "percent"),
    "upper_95": ("upper 95% limit", "percent"),
    "lower_998": ("lower 99.8% limit", "percent"),
    "upper_998": ("upper 99.8% limit", "percent"),
    # ownership
    "item_id": ("item", "key"),
    "code": ("gap", "gap"),
    "evidence": ("what shows it", "long"),
    "standing": ("standing", "standing"),
    "population": ("population", "population"),
    "with_gap": ("with a gap", "integer"),
    "rate": ("share", "percent"),
    "incidents": ("incidents", "integer"),
    "open_items": ("open items", "integer"),
    "overdue_items": ("overdue items", "integer"),
    "overdue_days": ("days overdue, summed", "integer"),
    "owned": ("had a team", "integer"),
    "owned_by_3": ("with a team by day 3", "percent"),
    "owned_by_7": ("with a team by day 7", "percent"),
    "owned_by_15": ("with a team by day 15", "percent"),
    "interrupted": ("without a team in between", "integer"),
    "unowned_days": ("days without a team, summed", "integer"),
    "undated": ("not dated", "integer"),
    "from_team": ("from team", "text"),
    "to_team": ("to team", "text"),
    "hand_offs": ("hand-offs", "integer"),
    "rank": ("rank", "integer"),
    "score": ("score", "score"),
    # recurrence
    "incident_id": ("incident", "key"),
    "repeat_of": ("return of", "key"),
    "level": ("found by", "level"),
    "days_between": ("days between", "integer"),
    "cause": ("cause in common", "text"),
    "open_before": ("open before", "integer"),
    "overdue_before": ("overdue before", "integer"),
    "preventive_open_before": ("preventive, open before", "integer"),
    "preventive_overdue_before": ("preventive, overdue before", "integer"),
    "repeats": ("repeats", "integer"),
    "within_days": ("within days", "integer"),
    # discoverability, participation
    "ticketed": (COMPONENTS["ticketed"], "percent"),
    "right_project": (COMPONENTS["right_project"], "percent"),
    "labelled": (COMPONENTS["labelled"], "percent"),
    "linked": (COMPONENTS["linked"], "percent"),
    "fresh": (COMPONENTS["fresh"], "percent"),
    "planned": (COMPONENTS["planned"], "percent"),
    "reviews": ("reviews", "integer"),
    "engineering_manager": ("with engineering manager", "integer"),
    "product_manager": ("with product manager", "integer"),
    "both": ("with both", "integer"),
    "candidates_present": ("candidate teams present", "integer"),
    "attainment_with": ("kept, both present", "percent"),
    "low_with": ("from", "percent"),
    "high_with": ("to", "percent"),
    "attainment_without": ("kept, not both", "percent"),
    "low_without": ("from", "percent"),
    "high_without": ("to", "percent"),
    "findable": ("easy to find", "percent"),
    "missing": ("what it lacks", "long"),
    # item_wording
    "word": ("word that shows it", "text"),
    # sentinels
    "sentinel": ("sign", "code"),
    "count": ("counted", "integer"),
    "of": ("of", "integer"),
    "share": ("share", "percent"),
    # review_timeliness
    "reviewed_in_time": ("reviewed in time", "integer"),
    "reviewed_late": ("reviewed late", "integer"),
    "not_reviewed": ("not reviewed", "integer"),
    "in_time": ("share in time", "percent"),
    "not_due": ("review still to come", "integer"),
    "published": ("postmortem published", "integer"),
    "not_published": ("not published", "integer"),
    # items, shown one by one
    "title": ("title", "long"),
    "due_on": ("due", "day"),
    "started_on": ("incident on", "day"),
    "closed_on": ("closed", "day"),
    "days": ("days", "integer"),
    "days_over": ("days over", "integer"),
    "url": ("ticket", "link"),
    # what the next file buys
    "question": ("question", "text"),
    "answered": ("answered", "flag"),
    "known": ("known for", "integer"),
    "concerned": ("of", "integer"),
    "input": ("what to add", "text"),
    "gain": ("more", "integer"),
    "sentence": ("what it buys", "long"),
    # files and rejected rows
    "path": ("file", "text"),
    "format": ("format", "code"),
    "rows": ("rows", "integer"),
    "filtered": ("left aside", "integer"),
    "duplicates": ("older copies", "integer"),
    "rejects": ("rejected", "integer"),
    "observed_at": ("exported", "text"),
    "file": ("file", "text"),
    "row": ("row", "integer"),
    "rule": ("rule", "code"),
    "detail": ("what was found", "long"),
}

LEVELS: Final[Mapping[str, str]] = {
    "L1": "named as a return",
    "L2": "same service and cause",
    "L3": "same ticket or text",
    "L4": "similar text",
}
POPULATIONS: Final[Mapping[str, str]] = {
    "open": "open items",
    "cohort": "fell due in the period, dropped ones included",
}

# Control characters, halves of surrogate pairs, and the marks that reorder text on the screen.
_HARMFUL: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def plain(value: object) -> str:
    r"""Text on one line, without control characters and without marks that reorder it.

    Examples:
        >>> plain("two\nlines \u202eand a mark")
        'two lines and a mark'
        >>> plain(pd.NA)
        ''
    """
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    # White space first: line breaks are control characters too, and stand for a blank.
    spaced = re.sub(r"\s+", " ", str(value))
    return " ".join(_HARMFUL.sub("", spaced).split())


def column_label(name: str) -> str:
    """The words above a column.

    Examples:
        >>> column_label("done_by_15"), column_label("no_ticket"), column_label("my_own")
        ('done by day 15', 'only in a document, no ticket', 'my own')
    """
    if name in COLUMNS:
        return COLUMNS[name][0]
    return GAPS.get(name, plain(name).replace("_", " "))


def missing_name(column: str) -> str:
    """What a reader sees where the column of a group is missing.

    Examples:
        >>> missing_name("team")
        'no team'
    """
    return f"no {column.replace('_', ' ')}"


def group_name(value: object, column: str) -> str:
    """What a reader sees for one value of a grouping column.

    Examples:
        >>> group_name("sev1", "severity"), group_name(None, "team")
        ('Sev-1', 'no team')
    """
    text = plain(value)
    if not text:
        return missing_name(column)
    severity = re.fullmatch(r"sev-?(\d)", text, re.IGNORECASE)
    return f"Sev-{severity[1]}" if severity else text


def percent(share: object) -> str:
    """A share between 0 and 1 as a whole percentage; a missing one is a dash.

    Examples:
        >>> percent(0.784), percent(None) == DASH
        ('78%', True)
    """
    if pd.isna(share):
        return DASH
    return f"{100 * float(share):.0f}%"  # type: ignore[arg-type]


def counted(number: object, noun: str) -> str:
    """A number with its noun, in the plural unless it is one.

    Examples:
        >>> counted(1, "item"), counted(1200, "item")
        ('1 item', '1,200 items')
    """
    return f"{int(number):,} {noun}{'' if number == 1 else 's'}"  # type: ignore[call-overload]
