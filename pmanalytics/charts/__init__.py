"""Figures: a metric's table in, a plotly figure out, without any arithmetic on the way.

Every function takes either the table that its metric returns or a snapshot, in which case it calls
the metric itself. An empty table gives a figure that says so in one sentence. Each figure carries a
text alternative in `figure.layout.meta["alt"]`; titles belong to the page that shows it.
"""

from pmanalytics.charts.backlogs import plot_backlog, plot_flow
from pmanalytics.charts.completion import plot_attainment, plot_standings
from pmanalytics.charts.curves import plot_completion_curve
from pmanalytics.charts.ownership import (
    plot_discoverability,
    plot_gap_rates,
    plot_unowned_services,
)
from pmanalytics.charts.recurrence import plot_repeats

__all__ = [
    "plot_attainment",
    "plot_backlog",
    "plot_completion_curve",
    "plot_discoverability",
    "plot_flow",
    "plot_gap_rates",
    "plot_repeats",
    "plot_standings",
    "plot_unowned_services",
]
