"""The columns of trials and comparisons, which take several snapshots."""

from collections.abc import Mapping
from typing import Final

__all__ = ["TRIED"]

# column: (label, kind)
TRIED: Final[Mapping[str, tuple[str, str]]] = {
    # compared
    "change": ("change", "code"),
    "change_low": ("change, from", "points"),
    "change_high": ("change, to", "points"),
    # restatements
    "table": ("table", "text"),
    "column": ("column", "text"),
    "then": ("as then known", "text"),
    "now": ("as known now", "text"),
    # at_risk_calibration
    "band": ("chance that was given", "text"),
    "predicted": ("chance on average", "percent"),
    "missed": ("missed their day", "integer"),
    # gap_trend
    "described": ("described by then", "integer"),
    # try_policy
    "tried_due": ("due, as tried", "integer"),
    "tried_met": ("in time, as tried", "integer"),
    "tried_attainment": ("could have been kept", "percent"),
    "tried_low": ("as tried, from", "percent"),
    "tried_high": ("as tried, to", "percent"),
    "not_yet": ("due day still to come", "integer"),
    # evaluate_candidates
    "method": ("found by", "text"),
    "top_1": ("team was first", "percent"),
    "top_1_low": ("first, from", "percent"),
    "top_1_high": ("first, to", "percent"),
    "top_3": ("team among the first three", "percent"),
    "top_3_low": ("first three, from", "percent"),
    "top_3_high": ("first three, to", "percent"),
    "proposed": ("with a proposal", "integer"),
    "coverage": ("share with a proposal", "percent"),
    "precision": ("proposals that were right", "percent"),
    "precision_low": ("right, from", "percent"),
    "precision_high": ("right, to", "percent"),
}
