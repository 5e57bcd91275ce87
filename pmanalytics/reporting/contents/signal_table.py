"""Signals: what the tests of a report find, and what they do not find, in one table.

A reader looks at many figures and sees a pattern in every one. Here each question is put to one
test, and the answer is said in a sentence: a signal, no signal, or too few data to tell. Nothing is
called a change because two numbers differ.
"""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.publication import published
from pmanalytics.reporting.contents.answers import incidents_of
from pmanalytics.reporting.contents.looks import (
    FEW,
    NO,
    YES,
    Look,
    looks_at_gaps,
    looks_at_promises,
    looks_at_returns,
    looks_at_reviews,
)
from pmanalytics.reporting.opening import Report
from pmanalytics.statistics.rates import rate_ratio_p
from pmanalytics.statistics.trends import laplace_trend
from pmanalytics.words import counted, percent, plain

__all__ = ["signals"]

COLUMNS: Final = ("question", "test", "found", "signal", "exhibit")
LEVEL: Final = 0.05
ENOUGH: Final = 10  # cases, before a share of them is compared
FEWEST_MOVES: Final = 6
NEAR_DAYS: Final = 3  # the due day and the two before, as `sentinels` counts them
POINTS: Final = {
    "high": "above its limits",
    "low": "below its limits",
    "run_high": "the eighth in a row above the usual level",
    "run_low": "the eighth in a row below the usual level",
    "near_high": "the third of four near the upper limit",
    "near_low": "the third of four near the lower limit",
}


def signals(report: Report) -> pd.DataFrame:
    """Which signals the tests of a report find, and which they do not.

    One row per question, in the order of the page: question, test, found (a sentence), signal
    (`yes`, `no` or `too few`) and exhibit (the name of the one that shows it). Tested are: promises
    kept against the period before (Newcombe), by month (XmR) and by team (funnel at 99.8 %); items
    that came against those that went (binomial); gaps in ownership, incidents that came back and
    reviews held in time against the period before (Newcombe); repeats while preventive work was
    open (Mantel-Haenszel); how often incidents come (Laplace); services that got quieter (exact
    Poisson, times the number of services); closings just before the due day, and items written down
    per Sev-1 incident (Wilson). All but the funnel at 5 %: of twenty questions in which nothing
    happened, about one shows a signal. A question about which the data say nothing has no row.

    Examples:
        >>> from pmanalytics.reporting.opening import open_report
        >>> table = signals(open_report(period="2026Q3", as_of="2026-10-12"))
        >>> set(table["signal"]) <= {"yes", "no", "too few"}
        True
    """
    rows = [look for ask in LOOKS for look in ask(report)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype("str")


def _months(report: Report) -> Iterator[Look]:
    trend = report.table("attainment_trend")
    months = int(trend["attainment"].notna().sum())
    told = trend["signal"].fillna("").astype("str")
    firm = trend[told.isin(list(POINTS)).to_numpy(dtype=bool)]
    period = report.snapshot.period
    since = f"{period.start:%Y-%m}" if period else ""
    lately = firm[(firm["period"] >= since).to_numpy(dtype=bool)]
    if not trend["lower"].notna().any():
        found = f"{counted(months, 'month')} with promises due; six are needed for limits."
        signal = FEW
    elif len(lately):
        points = zip(lately["period"], lately["signal"], strict=True)
        found = "; ".join(f"{month} is {POINTS[word]}" for month, word in points) + "."
        signal = YES
    elif told.str.startswith("provisional").any():
        found, signal = f"{counted(months, 'month')}: the limits are provisional below 12.", FEW
    else:
        earlier = f"; {counted(len(firm), 'earlier month')} did" if len(firm) else ""
        found, signal = f"Of {months:,} months, none of this period stands out{earlier}.", NO
    asked = ("promises kept, month by month", "chart of single values (XmR)")
    yield (*asked, found, signal, "attainment_trend")


def _teams(report: Report) -> Iterator[Look]:
    table = published(report.table("funnel", by="team"))
    if len(table) < 2:
        return
    enough = table[(table["due"] >= ENOUGH).to_numpy(dtype=bool)]
    out = int(enough["signal"].notna().sum())
    known = f"{counted(len(enough), 'team')} with ten or more items due"
    found = {
        FEW: f"There {'is' if len(enough) == 1 else 'are'} {known}; a comparison needs two.",
        NO: f"Of {known}, none stands out from the others.",
        YES: f"Of {known}, {out:,} stand outside of what chance lets expect of their size.",
    }
    signal = FEW if len(enough) < 2 else YES if out else NO
    yield "teams beside each other", "funnel at 99.8%", found[signal], signal, "funnel_by_team"


def _moves(report: Report) -> Iterator[Look]:
    table, period = report.table("flow"), report.snapshot.period
    rows = table[table["period"].eq(period.name if period else "").to_numpy(dtype=bool)]
    for row in rows.to_dict("records"):
        came, went = row["new"] + row["reopened"], row["done"] + row["dropped"]
        few = came + went < FEWEST_MOVES
        signal = FEW if few else YES if rate_ratio_p(came, 1, went, 1) < LEVEL else NO
        said = {FEW: "too few to tell", NO: "the difference is within chance", YES: "beyond chance"}
        found = f"{counted(came, 'item')} came and {went:,} went: {said[signal]}."
        yield "items that came and went", "exact binomial", found, signal, "flow"


def _while_open(report: Report) -> Iterator[Look]:
    row = report.table("repeat_exposure").iloc[-1]
    if not row["repeats_while"] + row["repeats_otherwise"]:
        return
    known = pd.notna(row["rate_ratio"]) and pd.notna(row["low"])
    signal = FEW if not known else YES if row["low"] > 1 or row["high"] < 1 else NO
    # Out of its table, the sentence has to say what open time is.
    found = str(row["reading"]).replace(
        "fell into open time", "came while preventive work was open"
    )
    yield "repeats while preventive work was open", "ratio of rates (Mantel-Haenszel)", found, (
        signal
    ), "repeat_exposure"  # fmt: skip


def _arrivals(report: Report) -> Iterator[Look]:
    began = incidents_of(report.snapshot)["started_on"].sort_values()
    if began.empty:
        return
    # The first one begins the watch, and proves nothing.
    days = (began - began.iloc[0]).dt.days.to_numpy(dtype=float)
    end = (pd.Timestamp(report.snapshot.as_of) - began.iloc[0]).days
    test = laplace_trend(days[days > 0], end=max(end, 1))
    since = f"{counted(len(began), 'incident')} since {began.iloc[0]:%Y-%m}"
    found, signal = {
        "too few": (f"{since}: too few to tell.", FEW),
        "no trend": (f"{since}: they come neither faster nor more rarely.", NO),
        "worsening": (f"{since}: they come faster, or more of them are recorded.", YES),
        "improving": (f"{since}: they come more rarely, or fewer of them are recorded.", YES),
    }[test.verdict]
    yield "how often incidents come", "trend (Laplace)", found, signal, "mean_cumulative"


def _quieter(report: Report) -> Iterator[Look]:
    table = report.table("quieter_services")
    tried = table[(table["expected"] > 0).to_numpy(dtype=bool)]
    if table.empty:
        return
    beyond = tried[(tried["chance"] * len(tried) < LEVEL).to_numpy(dtype=bool)]
    names = ", ".join(map(plain, beyond["service"]))
    what = "without a repeat since the preventive items were done"
    found = {
        FEW: f"{counted(len(table), 'service')} {what}; none had a repeat before.",
        NO: f"{counted(len(tried), 'service')} with repeats before and {what}: chance explains it.",
        YES: f"{names}: {what}, longer than chance explains. What made it so is not shown.",
    }
    signal = FEW if tried.empty else YES if len(beyond) else NO
    yield "services that got quieter", "exact Poisson, times the services tried", found[signal], (
        signal
    ), "quieter_services"  # fmt: skip


def _near_due(report: Report) -> Iterator[Look]:
    row = report.table("sentinels").set_index("sentinel").loc["closed_near_due"]
    if not row["of"]:
        return
    even = _even_spread(report)
    signal = FEW if row["of"] < ENOUGH else YES if row["low"] > even else NO
    said = {FEW: "too few to tell", NO: "not clearly more", YES: "clearly more"}
    found = (
        f"{row['count']:,} of {row['of']:,} items done in time were closed on the due day or the "
        f"two before ({percent(row['share'])}); an even spread puts {percent(even)} there: "
        f"{said[signal]}."
    )
    yield "closings just before the due day", "interval (Wilson)", found, signal, "sentinels"


def _even_spread(report: Report) -> float:
    """The share of the days up to the due day that its last three are, over the items in time."""
    items = report.snapshot.items
    met = items[(items["matured"] & items["standing"].eq("met")).to_numpy(dtype=bool)]
    days = (met["due_on"] - met["clock_on"]).dt.days.to_numpy(dtype=float) + 1
    return float(np.minimum(NEAR_DAYS / days, 1).mean())


def _written_down(report: Report) -> Iterator[Look]:
    row = report.table("sentinels").set_index("sentinel").loc["fewer_items_per_sev1"]
    if pd.isna(row["of"]) or not row["of"]:
        return
    signal = FEW if row["of"] < FEWEST_MOVES else YES if row["low"] > 1 / 2 else NO
    said = {FEW: "too few to tell", NO: "no more than chance", YES: "more than chance"}
    found = (
        f"{row['count']:,} of {counted(row['of'], 'recent Sev-1 incident')} have fewer items than "
        f"half of the earlier ones had: {said[signal]}."
    )
    yield "items written down per Sev-1 incident", "interval (Wilson)", found, signal, "sentinels"


LOOKS: Final[tuple[Callable[[Report], Iterator[Look]], ...]] = (
    looks_at_promises, _months, _teams, _moves, looks_at_gaps, looks_at_returns, _while_open,
    _arrivals, _quieter, looks_at_reviews, _near_due, _written_down,
)  # fmt: skip
