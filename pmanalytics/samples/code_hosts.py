"""The GitHub issues (REST, one JSON array) and the GitLab CSV of 18.4 and later.

GitHub counts pull requests among the issues, and the array also holds issues that have nothing to
do with a postmortem; the configuration keeps those out by their label.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pmanalytics.samples.company import BY_TEAM, people
from pmanalytics.samples.dice import Dice
from pmanalytics.samples.promises import Item
from pmanalytics.samples.rules import OBSERVED, ZONE
from pmanalytics.samples.whole import world
from pmanalytics.samples.wording import ORDINARY_ISSUES, PULL_REQUESTS, listed

__all__ = ["GITHUB_FILE", "GITLAB_FILE", "github_records", "gitlab_table"]

GITHUB_FILE: Final = "github-issues.json"
GITLAB_FILE: Final = "gitlab-issues.csv"
GITHUB_PROJECTS: Final = (
    *BY_TEAM["Notifications"].projects,
    *BY_TEAM["Drivers"].projects,
)
# Tickets of postmortems are numbered from 100 on; other issues and pull requests lie between them.
OTHER_NUMBERS: Final = 400
COLOURS: Final[Mapping[str, str]] = {"postmortem": "5319e7"}
GITLAB_HEADER: Final = listed(
    "ID,IID,Title,Description,Type,URL,State,Confidential,Locked,Milestone,Labels,Author,"
    "Author Username,Assignee,Assignee Username,Created At (UTC),Updated At (UTC),Closed At (UTC),"
    "Due Date,Start Date,Parent ID,Parent IID,Parent Title,Time Estimate,Time Spent,Weight"
)

Record = dict[str, Any]


def github_records() -> list[Record]:
    """All records of the array, newest first: tickets, ordinary issues and pull requests."""
    tickets = [_ticket(each) for each in world().items if each.source == "github"]
    others = [
        _other(number, title, pull=number >= len(ORDINARY_ISSUES))
        for number, title in enumerate((*ORDINARY_ISSUES, *PULL_REQUESTS))
    ]
    return sorted(
        [*tickets, *others], key=lambda each: (each["created_at"], each["id"]), reverse=True
    )


def gitlab_table() -> list[list[str]]:
    """Header and rows, sorted by title as GitLab sorts them."""
    items = [each for each in world().items if each.source == "gitlab"]
    rows = [_gitlab_row(each) for each in items]
    return [GITLAB_HEADER, *sorted(rows, key=lambda row: (row[2], row[5]))]


def _ticket(item: Item) -> Record:
    reasons = {"open": None, "done": "completed", "dropped": "not_planned"}
    record = _record(item.project, int(item.key.split("#")[1]), item.title, item.created)
    author = Dice(f"github {item.key}").pick(people())
    return {
        **record,
        "user": _user(author.login),
        "labels": [_label(name) for name in item.labels],
        "state": "open" if item.state == "open" else "closed",
        "state_reason": reasons[item.state],
        "assignee": _user(_login(item.owner)) if item.owner else None,
        "assignees": [_user(_login(item.owner))] if item.owner else [],
        "milestone": {"title": item.planned, "due_on": None} if item.planned else None,
        "updated_at": _utc(item.touched),
        "closed_at": _utc(item.closed),
        "body": "Agreed in the postmortem review.",
    }


def _other(number: int, title: str, *, pull: bool) -> Record:
    dice = Dice(f"other issue {number}")
    project = GITHUB_PROJECTS[number % len(GITHUB_PROJECTS)]
    created = datetime(2026, 1, 12, 10, 0, tzinfo=ZONE) + timedelta(
        days=dice.between(0, 250), minutes=dice.between(0, 480)
    )
    closed = created + timedelta(days=dice.between(1, 14)) if pull or dice.chance(0.4) else None
    record = _record(project, OTHER_NUMBERS + number, title, created, pull=pull)
    return {
        **record,
        "user": _user(dice.pick(people()).login),
        "labels": [_label("enhancement")] if dice.chance(0.5) else [],
        "state": "closed" if closed else "open",
        "state_reason": "completed" if closed and not pull else None,
        "updated_at": _utc(closed or created),
        "closed_at": _utc(closed),
    }


def _record(
    project: str, number: int, title: str, created: datetime, *, pull: bool = False
) -> Record:
    place = f"https://github.com/{project}"
    interface = f"https://api.github.com/repos/{project}"
    page = f"{place}/{'pull' if pull else 'issues'}/{number}"
    record: Record = {
        "url": f"{interface}/issues/{number}",
        "repository_url": interface,
        "html_url": page,
        "id": 2_100_000_000 + 1_000 * GITHUB_PROJECTS.index(project) + number,
        "number": number,
        "title": title,
        "user": None,
        "labels": [],
        "state": "open",
        "state_reason": None,
        "locked": False,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": number % 4,
        "created_at": _utc(created),
        "updated_at": _utc(created),
        "closed_at": None,
        "author_association": "MEMBER",
        "body": None,
    }
    if pull:
        record["draft"] = False
        record["pull_request"] = {"url": f"{interface}/pulls/{number}", "html_url": page}
    return record


def _user(login: str) -> Record:
    number = 9_000_000 + sum(ord(letter) * place for place, letter in enumerate(login, 1))
    return {"login": login, "id": number, "type": "User", "site_admin": False}


def _label(name: str) -> Record:
    number = 5_000_000 + sum(map(ord, name))
    return {"id": number, "name": name, "color": COLOURS.get(name, "ededed"), "default": False}


def _login(name: str) -> str:
    return next((each.login for each in people() if each.name == name), "")


def _utc(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None


def _gitlab_row(item: Item) -> list[str]:
    number = item.key.split("#")[1]
    author = Dice(f"gitlab {item.key}").pick(people())
    closed = item.closed if item.dated else None
    touched = item.touched or OBSERVED
    values = {
        "ID": str(80_000 + sum(map(ord, item.project)) % 89 * 1_000 + int(number)),
        "IID": number,
        "Title": item.title,
        "Description": "Agreed in the postmortem review.",
        "Type": "Issue",
        "URL": f"https://gitlab.example.com/{item.project}/-/issues/{number}",
        "State": "Open" if item.state == "open" else "Closed",
        "Confidential": "No",
        "Locked": "No",
        "Milestone": item.planned,
        "Labels": ",".join(item.labels),
        "Author": author.name,
        "Author Username": author.login,
        "Assignee": item.owner,
        "Assignee Username": _login(item.owner),
        "Created At (UTC)": _plain(item.created),
        "Updated At (UTC)": _plain(touched),
        "Closed At (UTC)": _plain(closed) if closed else "",
        "Due Date": item.promised.isoformat() if item.promised else "",
        "Time Estimate": "0",
        "Time Spent": "0",
    }
    return [values.get(name, "") for name in GITLAB_HEADER]


def _plain(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
