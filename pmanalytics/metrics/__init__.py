"""The metrics: pure functions from a snapshot to a tidy table.

Every public function of these modules is a metric: it takes a `Snapshot` and the keyword `by`, and
its docstring's first line is its title on pages, in workbooks and in the help.
"""

from pmanalytics.metrics import (
    backlogs,
    completion,
    discovery,
    durations,
    ownership,
    recurrence,
    similarity,
    weakness,
)
from pmanalytics.metrics.backlogs import *  # noqa: F403
from pmanalytics.metrics.completion import *  # noqa: F403
from pmanalytics.metrics.discovery import *  # noqa: F403
from pmanalytics.metrics.durations import *  # noqa: F403
from pmanalytics.metrics.ownership import *  # noqa: F403
from pmanalytics.metrics.recurrence import *  # noqa: F403
from pmanalytics.metrics.similarity import *  # noqa: F403
from pmanalytics.metrics.weakness import *  # noqa: F403

__all__ = [  # noqa: PLE0604 - each part is a list of names
    *completion.__all__,
    *durations.__all__,
    *backlogs.__all__,
    *ownership.__all__,
    *recurrence.__all__,
    *similarity.__all__,
    *weakness.__all__,
    *discovery.__all__,
]
