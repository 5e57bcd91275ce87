"""Statistics: arrays in, numbers out.

The first layer. It knows nothing of action items, tables or policies, and needs only numpy and
scipy, so each formula can be held against published values. What is estimated from many rows is
estimated from counts that add up, so that parts of a large dataset can be counted apart.
"""

from pmanalytics.statistics.binomial import (
    Funnel,
    binomial_limits,
    chance_of_change,
    clopper_pearson,
    funnel_limits,
    overdispersion,
)
from pmanalytics.statistics.bootstrap import cluster_bootstrap, cluster_bootstrap_share
from pmanalytics.statistics.control_charts import (
    ENOUGH_POINTS,
    FEWEST_POINTS,
    Chart,
    MovingRange,
    clipped_to_shares,
    individuals_chart,
    laney_chart,
    moving_range,
    p_chart,
    signals,
    u_chart,
)
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
    "ENOUGH_POINTS",
    "FEWEST_POINTS",
    "OPEN",
    "Chart",
    "Curve",
    "DesignEffect",
    "Difference",
    "Funnel",
    "Interval",
    "LifeTable",
    "Median",
    "MovingRange",
    "RestrictedMean",
    "add_tables",
    "binomial_limits",
    "chance_of_change",
    "clipped_to_shares",
    "clopper_pearson",
    "cluster_bootstrap",
    "cluster_bootstrap_share",
    "cluster_wilson",
    "cumulative_incidence",
    "design_effect",
    "design_effect_from_sums",
    "first_day_reaching",
    "funnel_limits",
    "incidence_at",
    "individuals_chart",
    "kaplan_meier",
    "laney_chart",
    "life_table",
    "median_with_limits",
    "moving_range",
    "newcombe_difference",
    "overdispersion",
    "p_chart",
    "restricted_mean",
    "signals",
    "u_chart",
    "wilson",
]
