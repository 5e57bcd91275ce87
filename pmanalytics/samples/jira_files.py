"""The two Jira exports, in the form of Jira Cloud's "CSV (all fields)" in English.

A field with several values repeats its column as often as the fullest row needs, dates have neither
seconds nor zone (the exporting account lives in UTC), and the second export leaves out what was
closed before the year began, as a saved filter does.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from pmanalytics.samples.company import TEAMS, people
from pmanalytics.samples.dice import Dice
from pmanalytics.samples.promises import Item, certain
from pmanalytics.samples.rules import OBSERVED, OBSERVED_BEFORE, ZONE
from pmanalytics.samples.whole import world
from pmanalytics.samples.wording import COMMENTS, listed

__all__ = ["FIRST_EXPORT", "SECOND_EXPORT", "JiraExport", "first_export", "second_export"]

FIRST_EXPORT: Final = "jira-2026-07.csv"
SECOND_EXPORT: Final = "jira-2026-10.csv"
FILTER_SINCE: Final = datetime(2026, 1, 1, tzinfo=ZONE)
MONTHS: Final = listed("Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec")
KIND_WORDS: Final = {
    "prevent": "Prevent recurrence",
    "detect": "Detect faster",
    "mitigate": "Limit the damage",
    "process": "Improve how we work",
}
SINGLE: Final = listed(
    "Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Project type,"
    "Project lead,Project lead id,Project description,Priority,Resolution,Assignee,Assignee Id,"
    "Reporter,Reporter Id,Creator,Creator Id,Created,Updated,Last Viewed,Resolved,Due date,Votes"
)
REPEATED_FIRST: Final = ("Labels",)
MIDDLE: Final = listed(
    "Description,Environment,Original estimate,Remaining Estimate,Time Spent,Work Ratio,"
    "Security Level"
)
REPEATED_NEXT: Final = ("Outward issue link (Duplicate)", "Outward issue link (Relates)")
CUSTOM: Final = listed(
    "Custom field (Action kind),Custom field (Incident),Custom field (Owning team),"
    "Custom field (Service),Custom field (Story Points)"
)
REPEATED_LAST: Final = ("Sprint", "Comment")
LAST: Final = listed("Parent,Parent key,Parent summary,Status Category,Status Category Changed")

Cells = dict[str, str | list[str]]


@dataclass(frozen=True)
class JiraExport:
    """One file: its table, and what a reader must find in it."""

    table: list[list[str]]
    items: tuple[Item, ...]
    repeated: int = 0
    rejected: tuple[int, ...] = ()


def first_export() -> JiraExport:
    """Everything that existed in July, as it stood then."""
    items = [each for each in _tickets() if each.created < OBSERVED_BEFORE]
    return JiraExport(_table([_row(each, OBSERVED_BEFORE) for each in items]), tuple(items))


def second_export() -> JiraExport:
    """What is open in October or was touched this year, with three rows that are damaged."""
    items = [each for each in _tickets() if each.state == "open" or _touched(each) >= FILTER_SINCE]
    rows = [_row(each, OBSERVED) for each in items]
    table = _table([*rows, rows[41], _impossible(rows[17])])
    # The download broke off inside the last row.
    table.append(["Bring the on-call handbook up to date", "SRE-998", "20998", "Task"])
    return JiraExport(table, tuple(items), 1, (len(table) - 1, len(table)))


def _tickets() -> list[Item]:
    return [each for each in world().tickets if each.source == "jira"]


def _touched(item: Item) -> datetime:
    return certain(item.touched)


def _impossible(row: Cells) -> Cells:
    key = {"Summary": "Check the alarm chain of the depots", "Issue key": "SRE-997"}
    return {**row, **key, "Issue id": "20997", "Created": "31/Feb/26 10:00 AM", "Updated": ""}


def _table(rows: Sequence[Cells]) -> list[list[str]]:
    columns = [(name, 1) for name in SINGLE]
    for names, following in (
        (REPEATED_FIRST, MIDDLE),
        (REPEATED_NEXT, CUSTOM),
        (REPEATED_LAST, LAST),
    ):
        columns += [(name, _widest(rows, name)) for name in names]
        columns += [(name, 1) for name in following]
    header = [name for name, width in columns for _ in range(width)]
    return [
        header,
        *(
            [cell for name, width in columns for cell in _cells(row.get(name, ""), width)]
            for row in rows
        ),
    ]


def _widest(rows: Iterable[Cells], name: str) -> int:
    return max(len(value) for row in rows if isinstance(value := row.get(name, ""), list))


def _cells(value: str | list[str], width: int) -> list[str]:
    if isinstance(value, str):
        return [value] * width if width == 1 else [value, *[""] * (width - 1)]
    return [*value, *[""] * (width - len(value))]


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    utc = moment.astimezone(UTC)
    half = "AM" if utc.hour < 12 else "PM"
    return f"{_day(utc.date())} {utc.hour % 12 or 12}:{utc.minute:02} {half}"


def _day(day: date) -> str:
    return f"{day.day:02}/{MONTHS[day.month - 1]}/{day:%y}"


def _account(name: str) -> str:
    """An account id as Jira makes them; nothing can be read from it."""
    return "712020:" + hashlib.sha256(name.encode()).hexdigest()[:24] if name else ""


def _row(item: Item, observed: datetime) -> Cells:
    dice = Dice(f"jira row {item.key}")
    lead = _lead(item.project)
    reporter = dice.pick(people()).name
    return {
        "Summary": item.title,
        "Issue key": item.key,
        "Issue id": str(10_000 + sum(map(ord, item.project)) * 100 + int(item.key.split("-")[1])),
        "Issue Type": dice.pick(("Task", "Task", "Story", "Bug")),
        "Project key": item.project,
        "Project name": _project_name(item.project),
        "Project type": "software",
        "Project lead": lead,
        "Project lead id": _account(lead),
        "Priority": {"sev1": "Highest", "sev2": "High", "sev3": "Medium"}.get(item.severity, "Low"),
        "Assignee": item.owner,
        "Assignee Id": _account(item.owner),
        "Reporter": reporter,
        "Reporter Id": _account(reporter),
        "Creator": reporter,
        "Creator Id": _account(reporter),
        "Created": _moment(item.created),
        "Due date": _moment(_midnight(item.promised)),
        "Votes": "0",
        "Labels": list(item.labels),
        "Description": _description(item),
        "Outward issue link (Duplicate)": [item.duplicates.key] if item.duplicates else [],
        "Outward issue link (Relates)": list(item.linked_keys),
        "Custom field (Action kind)": KIND_WORDS[item.kind] if item.kind_written else "",
        "Custom field (Incident)": item.incident_field,
        "Custom field (Owning team)": item.team_written,
        "Custom field (Service)": item.service_written,
        "Custom field (Story Points)": dice.pick(("", "", "1.0", "2.0", "3.0", "5.0")),
        "Sprint": [item.planned] if item.planned else [],
        "Comment": _comments(item, dice, observed),
        "Parent": "31007" if item.parent else "",
        "Parent key": item.parent,
        "Parent summary": item.incident.title if item.parent and item.incident else "",
        **_progress(item, observed, dice),
    }


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _project_name(project: str) -> str:
    teams = [team.name for team in TEAMS if project in team.projects]
    return teams[0] if len(teams) == 1 else "Operations"


def _lead(project: str) -> str:
    team = next(team for team in TEAMS if project in team.projects)
    return next(each.name for each in people() if each.teams == (team.name,) and not each.until)


def _description(item: Item) -> str:
    if item.rule != "field" or item.incident is None:
        return ""
    kind = "Agreed in the review" if item.incident.reviewed else "Written down after the incident"
    return f"{kind} of {item.incident.incident_id}.\n\nh3. Done when\n* the change is live"


def _comments(item: Item, dice: Dice, observed: datetime) -> list[str]:
    author = _account(dice.pick(people()).name)
    last = min(_touched(item), observed)
    count = dice.pick((0, 0, 1, 1, 2, 3))
    return [
        f"{_moment(item.created + (last - item.created) * number / (count + 1))};{author};{text}"
        for number, text in enumerate(dice.shuffled(COMMENTS)[:count], 1)
    ]


def _progress(item: Item, observed: datetime, dice: Dice) -> dict[str, str]:
    """Status, resolution and the dates of change, as they stood when the export was made."""
    first = item.first_closed if observed == OBSERVED_BEFORE else None
    closed = first or (item.closed if item.closed and item.closed < observed else None)
    if closed is None:
        updated = _touched(item)
        if updated >= observed:
            updated = min(item.created + timedelta(days=dice.between(1, 20)), observed)
            updated = max(updated, item.created)
        status, category = dice.pick(OPEN_STATUSES)
        return {
            "Status": status,
            "Status Category": category,
            "Status Category Changed": _moment(item.created),
            "Updated": _moment(updated),
        }
    status, resolution = _ending(item, dice)
    resolved = "" if resolution == "" or not item.dated else _moment(closed)
    return {
        "Status": status,
        "Resolution": resolution,
        "Status Category": "Done",
        "Status Category Changed": _moment(closed) if item.dated else "",
        "Resolved": resolved,
        "Updated": _moment(_touched(item) if closed == item.closed else closed),
    }


OPEN_STATUSES: Final = (
    ("To Do", "To Do"),
    ("To Do", "To Do"),
    ("Backlog", "To Do"),
    ("In Progress", "In Progress"),
    ("In Review", "In Progress"),
    # The configuration says that this is not the end, whatever the category says.
    ("Deployed to staging", "Done"),
)
DROPPED: Final = (("Done", "Won't Do"), ("Closed", "Won't Fix"), ("Risk accepted", "Done"))


def _ending(item: Item, dice: Dice) -> tuple[str, str]:
    if item.special.startswith("duplicate of"):
        return "Closed", "Duplicate"
    if item.state == "dropped":
        return dice.pick(DROPPED)
    # Some workflows never set the resolution: only the category tells the end.
    return dice.pick((("Done", "Done"), ("Done", "Done"), ("Closed", "Fixed"), ("Done", "")))
