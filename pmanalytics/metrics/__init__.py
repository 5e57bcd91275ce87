"""The metrics: pure functions from a snapshot to a tidy table.

Every public function of these modules is a metric: it takes a `Snapshot` and the keyword `by`, and
its docstring's first line is its title on pages, in workbooks and in the help.
"""

from collections.abc import Mapping
from typing import Final

from pmanalytics.metrics import (
    assignments,
    backlogs,
    burn_ups,
    caveats,
    completion,
    deadlines,
    decided,
    discovery,
    durations,
    exposures,
    limits,
    nominations,
    ownership,
    phrasing,
    recurrence,
    returning,
    reviews,
    safeguards,
    similarity,
    threats,
    weakness,
)
from pmanalytics.metrics.additive import Additive
from pmanalytics.metrics.assignments import *  # noqa: F403
from pmanalytics.metrics.backlogs import *  # noqa: F403
from pmanalytics.metrics.burn_ups import *  # noqa: F403
from pmanalytics.metrics.caveats import *  # noqa: F403
from pmanalytics.metrics.completion import *  # noqa: F403
from pmanalytics.metrics.deadlines import *  # noqa: F403
from pmanalytics.metrics.decided import *  # noqa: F403
from pmanalytics.metrics.discovery import *  # noqa: F403
from pmanalytics.metrics.durations import *  # noqa: F403
from pmanalytics.metrics.exposures import *  # noqa: F403
from pmanalytics.metrics.limits import *  # noqa: F403
from pmanalytics.metrics.nominations import *  # noqa: F403
from pmanalytics.metrics.ownership import *  # noqa: F403
from pmanalytics.metrics.phrasing import *  # noqa: F403
from pmanalytics.metrics.recurrence import *  # noqa: F403
from pmanalytics.metrics.returning import *  # noqa: F403
from pmanalytics.metrics.reviews import *  # noqa: F403
from pmanalytics.metrics.safeguards import *  # noqa: F403
from pmanalytics.metrics.similarity import *  # noqa: F403
from pmanalytics.metrics.threats import *  # noqa: F403
from pmanalytics.metrics.weakness import *  # noqa: F403

# What people look for, and the metrics that tell of it.
SUBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Promises kept": (*completion.__all__, *limits.__all__, *caveats.__all__, *safeguards.__all__),
    "Speed, and what is open": (
        *(*durations.__all__, *deadlines.__all__, *backlogs.__all__, *burn_ups.__all__),
    ),
    "Ownership": (*ownership.__all__, *assignments.__all__, *nominations.__all__),
    "Incidents that return": (
        *(*recurrence.__all__, *returning.__all__, *exposures.__all__),
        *(*weakness.__all__, *threats.__all__, *similarity.__all__),
    ),
    "Reviews and how items are written": (
        *(*reviews.__all__, *discovery.__all__, *phrasing.__all__),
    ),
    "Decisions": (*decided.__all__,),
}

# The metrics whose tables are made of counts that add up over parts of the items, by name.
ADDITIVE: Final[Mapping[str, Additive]] = {
    made.name: made
    for module in (completion, durations, backlogs, ownership, discovery)
    for made in module.ADDITIVE
}

__all__ = [  # noqa: PLE0604 - each part is a list of names
    *completion.__all__,
    *limits.__all__,
    *caveats.__all__,
    *durations.__all__,
    *deadlines.__all__,
    *backlogs.__all__,
    *burn_ups.__all__,
    *ownership.__all__,
    *assignments.__all__,
    *nominations.__all__,
    *recurrence.__all__,
    *similarity.__all__,
    *returning.__all__,
    *exposures.__all__,
    *weakness.__all__,
    *threats.__all__,
    *discovery.__all__,
    *reviews.__all__,
    *phrasing.__all__,
    *safeguards.__all__,
    *decided.__all__,
]
