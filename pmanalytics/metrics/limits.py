"""Comparing months and groups: which differences are more than noise.

With twelve items a quarter, attainment moves by 15 points or more in every second quarter though
nothing has changed, and of twelve equal teams one is always last. So months are held against the
limits of their own chart, groups against the exact limits of their own size, and nothing is ranked.
"""

from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.errors import UsageError
from pmanalytics.metrics.completion import DUE, attainment
from pmanalytics.metrics.grouping import By, bring_forward, crossed, group_columns, sums
from pmanalytics.periods import period_names, periods_between
from pmanalytics.snapshots import Snapshot
from pmanalytics.statistics.binomial import funnel_limits
from pmanalytics.statistics.control_charts import (
    ENOUGH_POINTS,
    clipped_to_shares,
    individuals_chart,
    signals,
)

__all__ = ["attainment_trend", "funnel"]

MONTHS: Final = 24
TREND_TYPES: Final = {
    "period": "str", "due": "int64", "attainment": "float64", "centre": "float64",
    "lower": "float64", "upper": "float64", "signal": "str",
}  # fmt: skip
FUNNEL_TYPES: Final = {
    "due": "int64", "attainment": "float64", "expected": "float64", "lower_95": "float64",
    "upper_95": "float64", "lower_998": "float64", "upper_998": "float64", "signal": "str",
}  # fmt: skip


def attainment_trend(snapshot: Snapshot, *, by: By = None, months: int = MONTHS) -> pd.DataFrame:
    """Promises kept month by month, and whether a month is more than noise.

    One row per month, for at most `months` months, and group in which anything was due in them:
    period, due and attainment as in `attainment`, by the month of the due day. The last month is
    the last whole one before the end of the period and before the as-of date, so that all that was
    due in it has matured; the first one is that of the first due item. A month in which nothing was
    due keeps its row and has no attainment. The period does not restrict the months before it.

    centre, lower and upper are those of the chart of single values (XmR) over the months that are
    shown, limits clipped to 0 and 1. Fewer than 6 months with an attainment give none of them, 6 to
    11 give provisional ones: signal then starts with `provisional`, and is that word alone where
    there is none. Signals are `high` and `low` (outside the limits), `run_high` and `run_low`
    (eight months in a row on one side of the centre), `near_high` and `near_low` (three of four in
    a row nearer to the limit than to the centre); each stands at the month that completes it.
    Missing where there is no signal. Raises UsageError for less than one month. Method, section 4;
    NIST/SEMATECH handbook 6.3.2.2.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> pma.attainment_trend(q3)["period"].iloc[-1]
        '2026-09'
    """
    if months < 1:
        raise UsageError(f"A trend of {months} months shows nothing; ask for at least 1 month.")
    by = group_columns(by, snapshot.items)
    due = _due_items(snapshot, by)
    names = _month_names(snapshot, due["due_on"], months)
    met = (due["standing"] == "met").to_numpy(dtype=bool)
    groups = due[by].assign(period=period_names(due["due_on"], kind="month"))
    counts = sums(groups, {"due": np.ones(len(due), dtype=np.int64), "met": met})
    counts = counts[counts["period"].isin(names).to_numpy(dtype=bool)]
    table = crossed(counts[by].drop_duplicates(), "period", names)
    table = table.astype({"period": "str"}).merge(counts, on=[*by, "period"], how="left")
    table = table.fillna({"due": 0, "met": 0})
    share = table["met"] / table["due"].where(table["due"] > 0)
    table = table.assign(attainment=share, **_charted(share, len(names)))
    return bring_forward(table[[*TREND_TYPES, *by]].astype(TREND_TYPES), by)


def _due_items(snapshot: Snapshot, by: list[str]) -> pd.DataFrame:
    """What counts of the items that fell due before the as-of date."""
    needed = [*dict.fromkeys((*by, "due_on", "standing"))]
    standing = snapshot.items["standing"].to_numpy(dtype=object)
    due = np.logical_or.reduce([standing == word for word in DUE])
    return snapshot.items[needed][due & snapshot.items["matured"].to_numpy(dtype=bool)]


def _month_names(snapshot: Snapshot, due: pd.Series, months: int) -> list[str]:
    """The months that are over, from that of the first due item on."""
    if due.empty:
        return []
    ends = [snapshot.as_of - pd.Timedelta(days=1)]
    ends += [snapshot.period.end] if snapshot.period else []
    last = min(ends)
    over = [
        month.name
        for month in periods_between(due.min().date(), snapshot.as_of, kind="month")
        if month.end <= last
    ]
    return over[-months:]


def _charted(share: pd.Series, months: int) -> dict[str, pd.Series]:
    """Centre, limits and signals of shares, one run of months per group."""
    x = share.to_numpy(dtype=float).reshape(-1, max(months, 1))
    chart = individuals_chart(x)
    words = signals(x, chart).astype(object)
    few = np.isfinite(x).sum(axis=-1, keepdims=True) < ENOUGH_POINTS
    provisional = few & np.isfinite(x) & np.isfinite(chart.lower)
    told = np.where(words == "", "provisional", "provisional_" + words)
    words = np.where(provisional, told, words)
    words[words == ""] = None
    columns = {**clipped_to_shares(chart)._asdict(), "signal": words}
    return {name: pd.Series(np.ravel(part), index=share.index) for name, part in columns.items()}


def funnel(snapshot: Snapshot, *, by: By = None) -> pd.DataFrame:
    """Promises kept by group, beside what chance alone would let a group of its size keep.

    One row per group in the order of the names, with due and attainment of the cohort of
    `attainment`; expected, the attainment of all groups together; and the exact binomial limits
    around it at 95 % and 99.8 %. Where groups vary more than chance would let them (phi above 1),
    all limits are widened by the root of phi. signal is `low` or `high` outside the limits at
    99.8 %, where so few, or so many, met promises have a chance below one in a thousand, else
    missing. No signal says that no group stands out, and not that all are alike: of fewer than five
    groups that differ much none can stand out, because they make their own spread. Everything is
    missing where nothing was due. Formula: Spiegelhalter 2005, Statistics in Medicine 24:1185;
    method, section 4.

    Examples:
        >>> import pmanalytics as pma
        >>> q3 = pma.snapshot(pma.sample(), as_of="2026-10-12", period="2026Q3")
        >>> table = pma.funnel(q3, by="team")
        >>> table["expected"].dropna().unique().round(2).tolist()
        [0.6]
    """
    by = group_columns(by, snapshot.items)
    table = attainment(snapshot, by=by)
    due, met = table["due"].to_numpy(), table["met"].to_numpy()
    share = met.sum() / due.sum() if due.sum() else np.nan
    limits = funnel_limits(met, due, share=share)
    table = table.assign(
        expected=np.where(due > 0, share, np.nan),
        lower_95=limits.lower_95,
        upper_95=limits.upper_95,
        lower_998=limits.lower_998,
        upper_998=limits.upper_998,
        signal=pd.Series(limits.signal, index=table.index).map({-1: "low", 1: "high"}),
    )
    return bring_forward(table[[*FUNNEL_TYPES, *by]].astype(FUNNEL_TYPES), by)
