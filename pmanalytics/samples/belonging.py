"""Who answers for every action item, and what is unclear about it.

Each item is given one profile, which says how the ticket was filed. The gaps of an item are those
of its profile and those of the service that it concerns, and nothing else, so that the planted gaps
can be read off this page.
"""

from collections.abc import Callable, Mapping
from typing import Final

from pmanalytics.samples.company import (
    BY_SERVICE,
    BY_TEAM,
    OUTSIDERS,
    SERVICES,
    SHARED_PROJECT,
    TEAMS,
    UNKNOWN_TEAMS,
    Service,
    people,
)
from pmanalytics.samples.dice import Dice
from pmanalytics.samples.promises import Item

__all__ = ["DOCUMENTS", "belong"]

Filing = Callable[[Item, Dice], None]

DOCUMENTS: Final = "postmortems"
NATURE_GAPS: Final[Mapping[str, str]] = {
    "unowned": "service_unowned",
    "multi_owned": "multi_owned",
    "stale": "stale_registry",
}
ORDER: Final = (
    "no_ticket", "no_owner", "person_only", "owner_inactive", "service_unowned",
    "multi_owned", "team_conflict", "wrong_project", "unknown_team", "stale_registry",
)  # fmt: skip
# How many open items are filed in each unclear way.
PLANTED: Final = (
    ("only in a document", 8),
    ("only in a document, nobody's", 2),
    ("in another team's project", 3),
    ("under another team", 4),
    ("under a department", 2),
    ("under an unknown team", 3),
    ("nobody's", 4),
    ("a contractor's alone", 2),
    ("a person's of two teams", 2),
    ("a former colleague's", 4),
    ("a former colleague's alone", 2),
    ("a colleague's alone", 2),
    ("of a contested service", 3),
)
# Of the closed items, out of a hundred; the rest is filed as it should be.
CLOSED_SHARES: Final = (
    ("only in a document", 6),
    ("in another team's project", 5),
    ("under another team", 2),
    ("under an unknown team", 2),
    ("a former colleague's", 3),
)
# This team keeps its postmortem work in the backlog of another one.
MISFILING_TEAM: Final = "Depots"
MISFILED_UNDER: Final = "ROUTE"
MISFILED_SHARE: Final = 0.65
JIRA_TEAMS: Final = tuple(team for team in TEAMS if team.tracker == "jira")
# Nothing happens to the last one: a service without owner, incidents and items is planted too.
FORMER: Final = [each.name for each in people() if each.until]
CONTESTED: Final = ("returns-portal", "document-store")
NOBODYS: Final = ("partner-webhooks", "address-book", "legacy-rates")


def belong(items: list[Item]) -> None:
    """Give every item its service, team, project, source, owner and gaps."""
    dice = Dice("belonging")
    for item in items:
        item.service = _concerned(item, dice)
    profiles = _dealt(items, dice)
    for item in items:
        FILED[profiles.get(id(item), "")](item, dice)
        _write_service(item, dice)
        _fit_tracker(item)


def _concerned(item: Item, dice: Dice) -> str:
    """Mostly the service of the incident, sometimes one that it depends on."""
    elsewhere = dice.chance(0.15)
    other = dice.pick([each.name for each in SERVICES if _clear(each) and _in_jira(each)])
    if item.incident is None:
        return other
    if item.special or not elsewhere or not item.incident.service:
        return item.incident.service
    return other


def _clear(service: Service) -> bool:
    return service.nature in ("", "stale")


def _in_jira(service: Service) -> bool:
    return bool(service.teams) and BY_TEAM[service.teams[0]].tracker == "jira"


def _dealt(items: list[Item], dice: Dice) -> dict[int, str]:
    profiles: dict[int, str] = {}
    free = [item for item in dice.shuffled(items) if item.incident and not item.special]
    for item in free:
        if item.state != "open":
            profiles[id(item)] = _closed_profile(item, dice)
    still_open = [item for item in free if item.state == "open"]
    for item in still_open:
        if _team_of(item) == MISFILING_TEAM and dice.chance(MISFILED_SHARE):
            profiles[id(item)] = "in another team's project"
    for profile, count in PLANTED:
        fitting = [each for each in still_open if id(each) not in profiles and _fits(each, profile)]
        profiles.update((id(item), profile) for item in fitting[:count])
    return profiles


def _closed_profile(item: Item, dice: Dice) -> str:
    draw = dice.between(1, 100)
    if _team_of(item) == MISFILING_TEAM and draw <= 45:
        return "in another team's project"
    for profile, share in CLOSED_SHARES:
        if draw <= share:
            return profile if _fits(item, profile) else ""
        draw -= share
    return ""


def _team_of(item: Item) -> str:
    teams = BY_SERVICE[item.service].teams if item.service else ()
    return teams[0] if len(teams) == 1 else ""


def _fits(item: Item, profile: str) -> bool:
    """The profiles of clear services need one; the others may change the service."""
    service = BY_SERVICE.get(item.service)
    if profile in ("under another team", "under a department"):
        return service is not None and _clear(service) and _in_jira(service)
    if profile in ("in another team's project", "a former colleague's", "only in a document"):
        return service is not None and _clear(service)
    return service is None or _clear(service) or service.nature == "unowned"


def _settle(item: Item, gaps: tuple[str, ...] = ()) -> None:
    nature = BY_SERVICE[item.service].nature if item.service else ""
    found = {*gaps, NATURE_GAPS[nature]} if nature else set(gaps)
    item.gaps = tuple(code for code in ORDER if code in found)


def _as_it_should_be(item: Item, dice: Dice) -> None:
    service = BY_SERVICE.get(item.service)
    if service is None or service.nature == "unowned":
        team = dice.pick(JIRA_TEAMS) if service is None else BY_TEAM["Site Reliability"]
    else:
        team = BY_TEAM[dice.pick(service.teams) if service.nature else service.teams[0]]
    item.source = team.tracker
    item.project = dice.pick(team.projects) if dice.chance(0.3) else team.projects[0]
    unmapped = service is None or not service.teams or item.project == SHARED_PROJECT
    if team.tracker == "jira" and (unmapped or dice.chance(0.7)):
        item.team_written = _spelled(team.name, dice)
    item.owner = _member(team.name, dice) if dice.chance(0.75) else ""
    _settle(item)


def _spelled(team: str, dice: Dice) -> str:
    if not dice.chance(0.2):
        return team
    return dice.pick([team.lower().replace(" ", "-"), team.upper(), *BY_TEAM[team].aliases])


def _member(team: str, dice: Dice) -> str:
    return dice.pick(
        [each.name for each in people() if each.teams == (team,) and each.until is None]
    )


def _in_another_project(item: Item, dice: Dice) -> None:
    service = BY_SERVICE[item.service]
    own = {project for team in service.teams for project in BY_TEAM[team].projects}
    others = [team.projects[0] for team in JIRA_TEAMS if team.projects[0] not in own]
    item.source, item.team_written = "jira", service.teams[0]
    depots = service.teams[0] == MISFILING_TEAM
    item.project = MISFILED_UNDER if depots else dice.pick(others)
    item.owner = _member(service.teams[0], dice) if dice.chance(0.6) else ""
    _settle(item, ("wrong_project",))


def _under_another_team(item: Item, dice: Dice) -> None:
    service = BY_SERVICE[item.service]
    others = [team.name for team in JIRA_TEAMS if team.name not in service.teams]
    item.source, item.team_written = "jira", dice.pick(others)
    item.project = BY_TEAM[service.teams[0]].projects[0]
    _settle(item, ("team_conflict",))


def _under_a_department(item: Item, dice: Dice) -> None:
    team = BY_TEAM[BY_SERVICE[item.service].teams[0]]
    item.source, item.team_written, item.project = "jira", team.department, team.projects[0]
    item.owner = _member(team.name, dice)
    _settle(item)


def _make_nobodys(item: Item, dice: Dice) -> None:
    """Let the item concern a service that nobody owns, unless it concerns none."""
    if item.service and BY_SERVICE[item.service].nature != "unowned":
        item.service = dice.pick(NOBODYS)
    item.source, item.project, item.team_written, item.owner = "jira", SHARED_PROJECT, "", ""


def _under_an_unknown_team(item: Item, dice: Dice) -> None:
    _make_nobodys(item, dice)
    item.team_written = dice.pick(UNKNOWN_TEAMS)
    item.project = dice.pick(JIRA_TEAMS).projects[0]
    _settle(item, ("unknown_team",))


def _nobodys(item: Item, dice: Dice) -> None:
    _make_nobodys(item, dice)
    _settle(item, ("no_owner",))


def _a_former_colleagues(item: Item, dice: Dice) -> None:
    _as_it_should_be(item, dice)
    item.owner = dice.pick(FORMER)
    _settle(item, ("owner_inactive",))


def _alone(names: list[str], *gaps: str) -> Filing:
    """Filed with a person and nothing else; the team can be known where the person has one."""

    def file(item: Item, dice: Dice) -> None:
        _make_nobodys(item, dice)
        item.owner = dice.pick(names)
        _settle(item, gaps)

    return file


def _of_a_contested_service(item: Item, dice: Dice) -> None:
    """A second row of the registry names another team, and the ticket one of the two."""
    item.service = dice.pick(CONTESTED)
    team = BY_SERVICE[item.service].teams[0]
    item.source, item.team_written, item.project = "jira", team, BY_TEAM[team].projects[0]
    _settle(item)


def _in_a_document(item: Item, dice: Dice) -> None:
    item.source = DOCUMENTS
    item.team_written = BY_SERVICE[item.service].teams[0] if dice.chance(0.5) else ""
    _settle(item, ("no_ticket",))


def _in_a_document_nobodys(item: Item, dice: Dice) -> None:
    _make_nobodys(item, dice)
    item.source, item.project = DOCUMENTS, ""
    _settle(item, ("no_ticket", "no_owner"))


_STAYING: Final = [each for each in people() if each.until is None]

FILED: Final[Mapping[str, Filing]] = {
    "": _as_it_should_be,
    "only in a document": _in_a_document,
    "only in a document, nobody's": _in_a_document_nobodys,
    "in another team's project": _in_another_project,
    "under another team": _under_another_team,
    "under a department": _under_a_department,
    "under an unknown team": _under_an_unknown_team,
    "nobody's": _nobodys,
    "of a contested service": _of_a_contested_service,
    "a former colleague's": _a_former_colleagues,
    "a former colleague's alone": _alone(FORMER, "person_only", "owner_inactive"),
    "a contractor's alone": _alone(list(OUTSIDERS), "person_only"),
    "a person's of two teams": _alone(
        [each.name for each in _STAYING if len(each.teams) > 1], "person_only"
    ),
    "a colleague's alone": _alone([each.name for each in _STAYING if len(each.teams) == 1]),
}


def _write_service(item: Item, dice: Dice) -> None:
    """The ticket names the service where it is not the incident's, and often where it is."""
    said = item.incident.service if item.incident else ""
    item.service_written = ""
    if item.service != said or (item.source == "jira" and dice.chance(0.55)):
        spelled = item.service.replace("-", " ").title()
        item.service_written = spelled if dice.chance(0.08) else item.service


def _fit_tracker(item: Item) -> None:
    """A GitLab issue is open or closed; whatever was to be dropped there was done instead."""
    if item.source == "gitlab" and item.state == "dropped":
        item.state = "done"
        item.standing = {"dropped_in_time": "met", "dropped_late": "late"}.get(
            item.standing, item.standing
        )
