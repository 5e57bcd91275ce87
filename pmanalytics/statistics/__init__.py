"""Statistics: arrays in, numbers out.

The first layer. It knows nothing of action items, tables or policies, and needs only numpy, so each
formula can be held against published values. What is estimated from many rows is estimated from
counts that add up, so that parts of a large dataset can be counted apart.
"""

from pmanalytics.statistics.life_tables import (
    DONE,
    DROPPED,
    OPEN,
    LifeTable,
    add_tables,
    life_table,
)
from pmanalytics.statistics.proportions import (
    DesignEffect,
    Difference,
    Interval,
    cluster_wilson,
    design_effect,
    design_effect_from_sums,
    hybrid_difference,
    newcombe_difference,
    wilson,
)
from pmanalytics.statistics.survival import (
    Curve,
    Median,
    RestrictedMean,
    cumulative_incidence,
    first_day_reaching,
    incidence_at,
    kaplan_meier,
    median_with_limits,
    restricted_mean,
)

__all__ = [
    "DONE",
    "DROPPED",
    "OPEN",
    "Curve",
    "DesignEffect",
    "Difference",
    "Interval",
    "LifeTable",
    "Median",
    "RestrictedMean",
    "add_tables",
    "cluster_wilson",
    "cumulative_incidence",
    "design_effect",
    "design_effect_from_sums",
    "first_day_reaching",
    "hybrid_difference",
    "incidence_at",
    "kaplan_meier",
    "life_table",
    "median_with_limits",
    "newcombe_difference",
    "restricted_mean",
    "wilson",
]
