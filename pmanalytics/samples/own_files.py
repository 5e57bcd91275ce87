"""The files that have the product's own columns: incidents, attendance, registry, decisions.

Also the action items that never left their postmortem document, and so have no key.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from pmanalytics.samples.belonging import DOCUMENTS
from pmanalytics.samples.company import (
    BY_SERVICE,
    DEPARTMENTS,
    SERVICES,
    TEAMS,
    Person,
    Team,
    people,
)
from pmanalytics.samples.dice import Dice
from pmanalytics.samples.outages import Incident
from pmanalytics.samples.promises import Item
from pmanalytics.samples.whole import world
from pmanalytics.samples.wording import listed

__all__ = [
    "attendance_table",
    "decisions_table",
    "documents_table",
    "incidents_table",
    "people_table",
    "services_table",
    "teams_table",
]

Rows = list[list[str]]
SEVERITY_WORDS: Final = {"sev1": "Critical", "sev2": "Major", "sev3": "Minor"}
COMMITMENTS: Final = (
    (
        date(2026, 1, 20),
        "label-printing",
        "Two engineers work on the connection handling of label-printing until it holds",
        date(2026, 6, 30),
        "Head of Logistics Engineering",
        "Quarterly review 2025Q4",
    ),
    (
        date(2026, 4, 21),
        "tickets of Depots",
        "The Depots team moves its postmortem tickets into its own project",
        date(2026, 7, 31),
        "Head of Logistics Engineering",
        "Quarterly review 2026Q1",
    ),
    (
        date(2026, 7, 21),
        "services without an owner",
        "Every service in the catalogue has one owning team",
        date(2026, 10, 31),
        "Chief Technology Officer",
        "Quarterly review 2026Q2",
    ),
)


def incidents_table() -> Rows:
    """Every incident; the severity is in the words of the company's own incident tool."""
    header = listed(
        "incident_id,title,summary,severity,started_at,resolved_at,service,causes,repeat_of,"
        "product,impact_minutes,customers_affected,url,postmortem_url,postmortem_published_at,"
        "reviewed_at"
    )
    return [header, *(_incident_row(each) for each in world().incidents)]


def _incident_row(incident: Incident) -> list[str]:
    place = "https://incidents.example.com"
    minutes = ""
    if incident.resolved:
        minutes = str(int((incident.resolved - incident.started).total_seconds() // 60))
    document = f"{place}/postmortems/{incident.incident_id}" if incident.published else ""
    return [
        incident.incident_id,
        incident.title,
        _summary(incident),
        SEVERITY_WORDS[incident.severity],
        _utc(incident.started),
        _utc(incident.resolved),
        incident.service,
        ";".join(incident.causes),
        incident.repeat_of,
        BY_SERVICE[incident.service].system if incident.service else "",
        minutes,
        str(incident.customers),
        f"{place}/{incident.incident_id}",
        document,
        _utc(incident.published),
        _utc(incident.reviewed),
    ]


def _summary(incident: Incident) -> str:
    cause = incident.causes[0].replace("-", " ")
    felt = f"About {incident.customers} customers noticed it."
    return f"Contributing cause: {cause}. {felt}"


def attendance_table() -> Rows:
    """Who came to the reviews; product managers came less often than engineering managers."""
    rows = [["incident_id", "role", "team"]]
    for incident in world().incidents:
        dice = Dice(f"review of {incident.incident_id}")
        teams = BY_SERVICE[incident.service].teams if incident.service else ()
        if incident.reviewed is None:
            continue
        for team in teams or ("Site Reliability",):
            shares = (("engineering_manager", 0.8), ("product_manager", 0.45), ("engineer", 0.95))
            rows += [
                [incident.incident_id, role, team] for role, share in shares if dice.chance(share)
            ]
    return rows


def documents_table() -> Rows:
    """The items that live only in a postmortem document; their times are local, without a zone."""
    header = listed(
        "item_id,key,title,kind,state,owners,team,service,incident_id,created_at,promised_on,"
        "closed_at,url"
    )
    items = [each for each in world().items if each.source == DOCUMENTS]
    return [header, *(_document_row(each) for each in items)]


def _document_row(item: Item) -> list[str]:
    closed = item.closed if item.dated else None
    return [
        item.item_id,
        "",
        item.title,
        item.kind if item.kind_written else "",
        item.state,
        item.owner,
        item.team_written,
        item.service_written,
        item.incident_field,
        f"{item.created:%Y-%m-%d %H:%M}",
        item.promised.isoformat() if item.promised else "",
        f"{closed:%Y-%m-%d %H:%M}" if closed else "",
        f"https://incidents.example.com/postmortems/{item.incident_field}",
    ]


def services_table() -> Rows:
    """The services that the catalogue does not hold, or whose ownership was confirmed by hand."""
    rows = [["service", "team", "role", "product", "since", "until", "verified_on"]]
    for service in SERVICES:
        if service.place == "catalog":
            continue
        verified = service.verified.isoformat() if service.verified else ""
        owners = [(each.team, each.role, each.until) for each in service.owners]
        for team, role, until in owners or [("", "", None)]:
            last = until.isoformat() if until else ""
            rows.append([service.name, team, role, service.system, "", last, verified])
    return rows


def teams_table() -> Rows:
    """Every team with each of its projects, and the departments above them."""
    header = listed("team,project,parent,engineering_manager,product_manager,aliases")
    rows = [[name, "", "", "", "", ""] for name in DEPARTMENTS]
    for team in TEAMS:
        manager, product = _managers(team)
        rows += [
            [team.name, project, team.department, manager, product, ";".join(team.aliases)]
            for project in team.projects
        ]
    return [header, *rows]


def _managers(team: Team) -> tuple[str, str]:
    names = [each.name for each in people() if each.teams == (team.name,) and each.until is None]
    return names[-1], names[-2]


def people_table() -> Rows:
    """Everybody, with the login as another spelling of the name; some have left."""
    rows = [["person", "team", "aliases", "since", "until"]]
    for person in people():
        rows += [[person.name, team, person.login, *_stay(person)] for team in person.teams]
    return rows


def _stay(person: Person) -> Iterable[str]:
    return "2023-01-01", person.until.isoformat() if person.until else ""


def decisions_table() -> Rows:
    """The waivers that were granted, and what leadership committed itself to."""
    header = listed("decided_on,subject,kind,value,until,reason,role,origin")
    rows = [
        [
            each.granted.isoformat(),
            each.item.item_id,
            "waiver",
            "",
            each.until.isoformat(),
            each.reason,
            "Engineering manager",
            "Weekly incident review",
        ]
        for each in world().specials.waivers
        if not each.configured
    ]
    rows += [
        [day.isoformat(), subject, "commitment", value, until.isoformat(), "", role, origin]
        for day, subject, value, until, role, origin in COMMITMENTS
    ]
    return [header, *sorted(rows)]


def _utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else ""
