"""Figures: a metric's table in, a plotly figure out, without any arithmetic on the way.

Every function takes either the table that its metric returns or a snapshot, in which case it calls
the metric itself. An empty table gives a figure that says so in one sentence. Each figure carries a
text alternative in `figure.layout.meta["alt"]`; titles belong to the page that shows it.
"""

from pmanalytics.charts.backlogs import plot_backlog, plot_flow
from pmanalytics.charts.completion import plot_attainment, plot_standings
from pmanalytics.charts.cumulative import plot_burn_up, plot_cumulative_flow
from pmanalytics.charts.curves import plot_completion_curve
from pmanalytics.charts.exposures import plot_repeat_exposure
from pmanalytics.charts.funnels import plot_funnel
from pmanalytics.charts.gaps import plot_gap_trend
from pmanalytics.charts.maps import plot_hand_offs, plot_overdue_map
from pmanalytics.charts.ownership import plot_discoverability, plot_gap_rates, plot_unowned_services
from pmanalytics.charts.recurrence import plot_repeats
from pmanalytics.charts.returns import plot_mean_cumulative
from pmanalytics.charts.reviews import plot_review_timeliness
from pmanalytics.charts.trends import plot_attainment_trend
from pmanalytics.charts.weakness import plot_weak_services

__all__ = [
    "plot_attainment",
    "plot_attainment_trend",
    "plot_backlog",
    "plot_burn_up",
    "plot_completion_curve",
    "plot_cumulative_flow",
    "plot_discoverability",
    "plot_flow",
    "plot_funnel",
    "plot_gap_rates",
    "plot_gap_trend",
    "plot_hand_offs",
    "plot_mean_cumulative",
    "plot_overdue_map",
    "plot_repeat_exposure",
    "plot_repeats",
    "plot_review_timeliness",
    "plot_standings",
    "plot_unowned_services",
    "plot_weak_services",
]
