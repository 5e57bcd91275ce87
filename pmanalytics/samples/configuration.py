"""The sample's `pmanalytics.toml` and its Backstage catalogue.

The configuration uses every key that there is, each with a word on what it is for, because it is
what people copy from.
"""

from typing import Final

from pmanalytics.samples.company import DEPARTMENTS, ORGANISATION, SERVICES, TEAMS, Service
from pmanalytics.samples.rules import HOLIDAYS, VERSIONS, Version
from pmanalytics.samples.whole import world

__all__ = ["catalog_text", "configuration_text"]

TEMPLATE: Final = """\
# The sample organisation of pmanalytics: a fictional parcel carrier.
# Everything in this file is optional, and paths are relative to it.

organisation = "{organisation}"           # the name on every page
timezone = "Europe/Berlin"                 # days are counted here
decisions = "decisions.csv"                # where answers, waivers and commitments are kept
store = "store"                            # where 'pmanalytics ingest' keeps what exports say
persons = false                            # true shows names of people on pages and in workbooks
sample = true                              # marks everything made from here as SAMPLE DATA

# --- Where the tickets are. One [[source]] for each export, or for several that are alike. ---

[[source]]
path = "jira-2026-07.csv"                  # a file, a folder or a glob
name = "jira"                              # the system; two exports of one system share the name
tracker = "jira_csv"                       # the format; needed only where recognition is ambiguous
table = "items"                            # what its rows are: "items" or "incidents"
timezone = "UTC"                           # of times written without one: the exporting account's
observed_at = 2026-07-08T06:00:00Z         # when the export was made; else its latest update
{jira}
[[source]]
path = "jira-2026-10.csv"                  # the next export; of a ticket in both, the newer copy co
name = "jira"
timezone = "UTC"
observed_at = 2026-10-12T06:00:00Z
{jira}
[[source]]
path = "github-issues.json"
name = "github"
observed_at = 2026-10-12T06:00:00Z
[source.where]                             # keep rows with one of these values; the rest is counted
labels = ["postmortem"]

[[source]]
path = "gitlab-issues.csv"
name = "gitlab"
observed_at = 2026-10-12T06:00:00Z

[[source]]
path = "postmortem-items.csv"              # items that live only in a document: no key, no ticket
name = "postmortems"
table = "items"
observed_at = 2026-10-12T06:00:00Z
date_formats = ["%Y-%m-%d %H:%M", "%Y-%m-%d"]   # how dates are written in files of no known tracker

[[source]]
path = "incidents.csv"
name = "incidents"
table = "incidents"
observed_at = 2026-10-12T06:00:00Z
[source.severities]                        # the incident tool's words = ours
Critical = "sev1"
Major = "sev2"
Minor = "sev3"

# --- How labels tie a ticket to its incident: patterns that fit the whole label. ---

[labels]
severity = "sev-?([0-5])"                  # sev1, sev-1, SEV1
date = "(\\\\d{{8}})"                          # the day of the incident, 20260312
kind = "(prevent|detect|mitigate|process)"

# --- Who owns what. Each may be a list of files. ---

[registry]
services = ["catalog-info.yaml", "services.csv"]
teams = "teams.csv"
people = "people.csv"
attendance = "attendance.csv"              # who came to the reviews

[calendar]                                 # for rules that count business days; or country = "DE"
holidays = [
{holidays}
]

# --- The policy. Each version holds for the incidents that start from its day on. ---
{policies}
# --- A waiver can also be written here instead of in decisions.csv. ---

{waivers}
# --- What `pmanalytics report` makes when no report is named. ---

[[report]]
name = "quarterly"
# period = "last-quarter"                  # else --period, else the last whole quarter
# each = "team"                            # would make one for each team
"""
JIRA: Final = """\
[source.fields]                            # our column = the export's column; only what differs
team = "Custom field (Owning team)"
service = "Custom field (Service)"
incident_id = "Custom field (Incident)"
kind = "Custom field (Action kind)"
[source.states]                            # the tracker's words = open, done or dropped
"Deployed to staging" = "open"
"Risk accepted" = "dropped"
[source.kinds]                             # its words for the kind of an action item
"Prevent recurrence" = "prevent"
"Detect faster" = "detect"
"Limit the damage" = "mitigate"
"Improve how we work" = "process"
[source.priorities]                        # its words for the priority
Highest = "p1"
High = "p2"
Medium = "p3"
Low = "p4"
"""


def configuration_text() -> str:
    """The whole file."""
    return TEMPLATE.format(
        organisation=ORGANISATION,
        jira=JIRA,
        holidays=_holidays(),
        policies="".join(_policy(version) for version in VERSIONS),
        waivers=_waivers(),
    )


def catalog_text() -> str:
    """The Backstage catalogue: the groups and the services, one document each."""
    documents = [_group(name, name, "department", "") for name in DEPARTMENTS]
    documents += [_group(team.slug, team.name, "team", team.department) for team in TEAMS]
    documents += [_component(each) for each in SERVICES if each.place == "catalog"]
    return "---\n".join(documents)


def _holidays() -> str:
    years = sorted({day.year for day in HOLIDAYS})
    lines = [", ".join(f"{day}" for day in HOLIDAYS if day.year == year) for year in years]
    return ",\n".join(f"  {line}" for line in lines) + ","


def _policy(version: Version) -> str:
    notes = {"incident_resolved": "              # or incident_started, item_created"}
    rules = [_rule(version, severity) for severity in version.days]
    lines = [
        "",
        "[[policy]]",
        f"effective = {version.effective}                     # the first day on which it holds",
        f'clock = "{version.clock}"{notes.get(version.clock, "")}',
        "rules = [                                  # they may also name kind, priority, service",
        *(f"  {rule}," for rule in rules),
        "]",
    ]
    return "\n".join(lines) + "\n"


def _rule(version: Version, severity: str) -> str:
    unit = ', unit = "business"' if severity in version.business else ""
    return f'{{severity = "{severity}", days = {version.days[severity]}{unit}}}'


def _waivers() -> str:
    return "".join(
        f'[[waiver]]\nitem = "{each.item.item_id}"\nuntil = {each.until}\n'
        f'granted = {each.granted}\nreason = "{each.reason}"\n\n'
        for each in world().specials.waivers
        if each.configured
    )


def _group(name: str, title: str, kind: str, parent: str) -> str:
    above = f"  parent: {parent.lower()}\n" if parent else ""
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Group\n"
        f"metadata:\n  name: {name.lower()}\n"
        f"spec:\n  type: {kind}\n  profile:\n    displayName: {title}\n{above}  children: []\n"
    )


def _component(service: Service) -> str:
    owner = f"  owner: group:default/{_slug(service.teams[0])}\n" if service.teams else ""
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
        f"metadata:\n  name: {service.name}\n  annotations:\n"
        f"    github.com/project-slug: example-parcels/{service.name}\n"
        f"spec:\n  type: service\n  lifecycle: production\n{owner}  system: {service.system}\n"
    )


def _slug(team: str) -> str:
    return team.lower().replace(" ", "-")
