"""Trials: questions that take more than one snapshot.

How two periods compare, how gaps of ownership came and went, what another policy would have kept,
and whether the chances and the candidate teams of the past came true.
"""

from pmanalytics.trials import candidates, comparing, deadlines, gap_trends, policies
from pmanalytics.trials.candidates import *  # noqa: F403
from pmanalytics.trials.comparing import *  # noqa: F403
from pmanalytics.trials.deadlines import *  # noqa: F403
from pmanalytics.trials.gap_trends import *  # noqa: F403
from pmanalytics.trials.policies import *  # noqa: F403

__all__ = [  # noqa: PLE0604 - each part is a list of names
    *comparing.__all__,
    *deadlines.__all__,
    *gap_trends.__all__,
    *policies.__all__,
    *candidates.__all__,
]
