"""PagerDuty's CSV of incidents, from its analytics.

The priority (P1, SEV-1) is what comes closest to a severity. Times are UTC without saying so.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.reading.sheets import Sheet
from pmanalytics.trackers.model import Findings, Tracker

__all__ = ["PAGERDUTY"]


def _recognise(header: frozenset[str]) -> bool:
    return {"incident_number", "service_name", "created_at"} <= header and bool(
        {"resolved_at", "escalation_policy_name", "urgency", "priority_name"} & header
    )


def _states(sheet: Sheet, rows: pd.DataFrame) -> Findings:  # noqa: ARG001
    """Incidents have no state in our tables: what is not resolved has no end."""
    nothing = pd.Series(index=rows.index, dtype="str")
    return Findings(state=nothing, unknown=np.zeros(len(rows), dtype=bool))


PAGERDUTY: Final = Tracker(
    name="pagerduty",
    title="PagerDuty incidents, CSV",
    system="pagerduty",
    form="csv",
    table="incidents",
    recognise=_recognise,
    columns={
        "incident_id": ("incident_number", "id"),
        "title": ("description", "title"),
        "severity": ("priority_name", "priority"),
        "started_at": ("created_at",),
        "resolved_at": ("resolved_at",),
        "service": ("service_name",),
        "team": ("team_name",),
        "url": ("html_url", "url"),
    },
    states=_states,
    dates=("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "ISO8601"),
    zone="UTC",
    how_to_export="Analytics > Insights > Incidents > Download CSV",
    verified="vendor documentation",
    cannot_say="contributing causes, the postmortem, action items",
)
