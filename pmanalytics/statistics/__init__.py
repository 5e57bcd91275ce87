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
from pmanalytics.statistics.intensities import Intensities, proportional_intensities
from pmanalytics.statistics.landmarks import Fates, fates_after
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
from pmanalytics.statistics.rates import (
    MantelHaenszel,
    Rate,
    RateRatio,
    attributable_fraction,
    event_rate,
    expected_by_chance,
    mantel_haenszel,
    rate_ratio,
    rate_ratio_p,
)
from pmanalytics.statistics.recurrent_events import MeanCumulative, mean_cumulative_function
from pmanalytics.statistics.shrinkage import (
    ShrunkMeans,
    ShrunkShares,
    james_stein,
    shrink_shares,
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
from pmanalytics.statistics.trends import (
    PowerLaw,
    TrendTest,
    laplace_trend,
    military_trend,
    power_law,
    reversals,
)
from pmanalytics.statistics.two_samples import LogRank, log_rank

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
    "Fates",
    "Funnel",
    "Intensities",
    "Interval",
    "LifeTable",
    "LogRank",
    "MantelHaenszel",
    "MeanCumulative",
    "Median",
    "MovingRange",
    "PowerLaw",
    "Rate",
    "RateRatio",
    "RestrictedMean",
    "ShrunkMeans",
    "ShrunkShares",
    "TrendTest",
    "add_tables",
    "attributable_fraction",
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
    "event_rate",
    "expected_by_chance",
    "fates_after",
    "first_day_reaching",
    "funnel_limits",
    "incidence_at",
    "individuals_chart",
    "james_stein",
    "kaplan_meier",
    "laney_chart",
    "laplace_trend",
    "life_table",
    "log_rank",
    "mantel_haenszel",
    "mean_cumulative_function",
    "median_with_limits",
    "military_trend",
    "moving_range",
    "newcombe_difference",
    "overdispersion",
    "p_chart",
    "power_law",
    "proportional_intensities",
    "rate_ratio",
    "rate_ratio_p",
    "restricted_mean",
    "reversals",
    "shrink_shares",
    "signals",
    "u_chart",
    "wilson",
]
