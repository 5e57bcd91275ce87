"""What readers see for the codes that the tables hold."""

from collections.abc import Mapping
from typing import Final

__all__ = [
    "COMPONENTS",
    "GAPS",
    "INTERVALS",
    "LEVELS",
    "NEWS",
    "POPULATIONS",
    "RETURNS",
    "SIGNALS",
    "STANDINGS",
]

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

# What makes a month of a control chart more than noise.
SIGNALS: Final[Mapping[str, str]] = {
    "high": "above the limit",
    "low": "below the limit",
    "run_high": "eight months in a row above the usual level",
    "run_low": "eight months in a row below the usual level",
    "near_high": "three of four months near the upper limit",
    "near_low": "three of four months near the lower limit",
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

LEVELS: Final[Mapping[str, str]] = {
    "L1": "named as a return",
    "L2": "same service and cause",
    "L3": "same ticket or text",
    "L4": "similar text",
}

NEWS: Final[Mapping[str, str]] = {
    "due_next": "due next",
    "newly_overdue": "newly overdue",
    "newly_unowned": "newly without a team",
    "came_back": "came back",
    "newly_done": "done",
}

POPULATIONS: Final[Mapping[str, str]] = {
    "open": "open items",
    "cohort": "fell due in the period, dropped ones included",
}

# The state of the preventive items of the earlier incident at the moment of the return, in the
# order in which they are tested.
RETURNS: Final[Mapping[str, str]] = {
    "overdue": "while a preventive item was overdue",
    "open": "while a preventive item was open, not yet due",
    "closed": "after the preventive items were done, so that the fix did not hold",
    "dropped": "after the preventive items were dropped",
    "none": "without a preventive item",
    "unknown": "where the data do not tell what was open",
}
