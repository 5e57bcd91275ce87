"""What the tables of incidents that return say.

That work was open when an incident returned is all that is known; no sentence says more.
"""

from typing import Final

import pandas as pd

from pmanalytics.metrics.recurrence_words import repeat_sentences
from pmanalytics.reporting.showing.sentences.parts import (
    MAXIMUM_GROUPS,
    Said,
    Sentences,
    group_names,
    interval_words,
    total_of,
)
from pmanalytics.words import counted, group_name, percent

__all__ = ["RETURNS"]


def _repeats(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No incident is known to be the return of an earlier one.",)
    returned = table.drop_duplicates("incident_id")
    open_before = table.loc[table["open_before"].fillna(0) > 0, "incident_id"].nunique()
    overdue = table.loc[table["overdue_before"].fillna(0) > 0, "incident_id"].nunique()
    single = len(returned) == 1
    told = f"{len(returned):,} {'incident was' if single else 'incidents were'} the return of"
    if not open_before:
        return (f"{told} an earlier one; no work from the earlier one was open.",)
    late = "it was overdue" if overdue else "it was not overdue"
    if single:
        return (f"{told} an earlier one; work from that one was still open, and {late}.",)
    of_them = f"for {open_before:,} of them work from the earlier one was still open"
    return (f"{told} an earlier one; {of_them}, for {overdue or 'none'} it was overdue.",)


def _repeat_rate(table: pd.DataFrame) -> Sentences:
    rows = table[(table["within_days"].eq(90) & table["rate"].notna()).to_numpy(dtype=bool)]
    if rows.empty or len(rows) > MAXIMUM_GROUPS:
        return ()
    groups = group_names(rows, "incidents")
    rates = [
        percent(row["rate"]) + interval_words(row["low"], row["high"]) for _, row in rows.iterrows()
    ]
    if not groups.any():
        share, _, limits = rates[0].partition(",")
        return (f"{share} of incidents returned within 90 days{limits and ','}{limits}.",)
    told = [f"{group} {rate}" for group, rate in zip(groups, rates, strict=True)]
    return (f"Incidents that returned within 90 days: {'; '.join(told)}.",)


def _weak_services(table: pd.DataFrame) -> Sentences:
    weak = table[(table["repeats"] > 0).to_numpy(dtype=bool)]
    if weak.empty:
        return ("No service had a repeat.",)
    repeats, first = total_of(weak, "repeats"), weak.iloc[0]
    most = f"{int(first['repeats']):,} of them in {group_name(first['service'], 'service')}"
    overdue = total_of(weak, "overdue_items")
    return (
        f"{counted(repeats, 'repeat')} in {counted(len(weak), 'service')}, {most}; "
        f"{counted(overdue, 'overdue item')} concern these services.",
    )


def _mean_cumulative(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No incident of a service is known.",)
    last = table.iloc[-1]
    if int(table["at_risk"].max()) == 1:
        # An average over one service is its count.
        return (f"{counted(last['mean'], 'incident')} by day {int(last['day']):,}.",)
    watched = counted(table["at_risk"].max(), "service")
    limits = ""
    if pd.notna(last["low"]) and pd.notna(last["high"]):
        limits = f", 95% interval {last['low']:.1f} to {last['high']:.1f}"
    return (
        f"By day {int(last['day']):,}, a service had had {last['mean']:.1f} incidents on average"
        f"{limits} ({watched} watched).",
    )


def _repeat_exposure(table: pd.DataFrame) -> Sentences:
    return tuple(table["reading"].tail(1))


def _repeats_while_open(table: pd.DataFrame) -> Sentences:
    return repeat_sentences(table)[:MAXIMUM_GROUPS]


def _quieter_services(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No service has been quiet for 90 days since its preventive items were done.",)
    before = table[(table["expected"] > 0).to_numpy(dtype=bool)]
    quiet = "had no repeat for 90 days or more since the preventive items were done"
    told = f"{counted(len(table), 'service')} {quiet}; {len(before):,} of them had one before"
    if before.empty:
        return (f"{told}.",)
    return (f"{told}, and the chance to be as quiet is {percent(before['chance'].min())} or more.",)


RETURNS: Final[Said] = {
    "mean_cumulative": _mean_cumulative,
    "quieter_services": _quieter_services,
    "repeat_exposure": _repeat_exposure,
    "repeat_rate": _repeat_rate,
    "repeats": _repeats,
    "repeats_while_open": _repeats_while_open,
    "weak_services": _weak_services,
}
