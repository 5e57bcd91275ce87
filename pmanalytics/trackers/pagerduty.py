"""PagerDuty: the CSV of incidents, as its analytics export writes it.

Action items are not in it. Its priorities P1 to P5 stand for the severities 1 to 5, unless
`[source.severities]` says otherwise.
"""

from typing import Final

from pmanalytics.trackers.model import Header, Tracker
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_NEEDED: Final = frozenset(("incident_number", "created_at"))
_TELLING: Final = frozenset(
    ("service_name", "service_id", "escalation_policy_name", "urgency", "seconds_to_resolve")
)


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    return "incidents" if names >= _NEEDED and names & _TELLING else ""


TRACKER: Final = Tracker(
    name="pagerduty",
    title="PagerDuty, CSV of incidents",
    system="pagerduty",
    forms=("csv",),
    export="Analytics, Incidents, Download CSV",
    verified="the vendor's schema; no real file was seen",
    silent="action items, causes, reviews and the impact on customers",
    table_of=_table_of,
    columns={
        "incident_id": ("incident_number",),
        "title": ("description", "title"),
        "severity": ("priority_name", "priority"),
        "started_at": ("created_at",),
        "resolved_at": ("resolved_at",),
        "service": ("service_name",),
        "team": ("team_name",),
        "url": ("html_url", "url"),
    },
    severities={f"P{number}": f"sev{number}" for number in range(1, 6)},
    timezone="UTC",
)
