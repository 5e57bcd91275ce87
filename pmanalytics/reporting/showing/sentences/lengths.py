"""What the tables of speed and of open work say."""

from typing import Final

import pandas as pd

from pmanalytics import words
from pmanalytics.reporting.showing.sentences.parts import (
    MAXIMUM_GROUPS,
    Said,
    Sentences,
    group_names,
    total_of,
)
from pmanalytics.words import counted, percent

__all__ = ["LENGTHS"]


def _speed(table: pd.DataFrame) -> Sentences:
    rows = table[table["n"] > 0]
    if rows.empty:
        return ("No item has a day on which its clock started.",)
    if len(rows) > MAXIMUM_GROUPS:
        return ()
    starts = [f"{group} " if group else "" for group in group_names(rows, "n")]
    shares = [
        f"{start}{percent(row['done_by_15'])} and {percent(row['done_by_30'])} of "
        f"{counted(row['n'], 'item')}"
        for start, (_, row) in zip(starts, rows.iterrows(), strict=True)
    ]
    halves = [
        f"{start}{'not reached' if pd.isna(days) else f'day {days:.0f}'}"
        for start, days in zip(starts, rows["median_days"], strict=True)
    ]
    return (
        f"Done by day 15 and by day 30: {'; '.join(shares)}.",
        f"Half of them were done by: {'; '.join(halves)}.",
    )


def _backlog(table: pd.DataFrame) -> Sentences:
    items, overdue = total_of(table, "items"), total_of(table, "overdue")
    if not items:
        return ("Nothing is open.",)
    is_are = "is" if items == 1 else "are"
    return (f"{counted(items, 'item')} {is_are} open, {overdue:,} of them past the policy date.",)


def _flow(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ()
    # The last period is still running on the as-of date; the one before it is whole.
    periods = list(dict.fromkeys(table["period"]))
    last = table[table["period"] == periods[-2:][0]]
    names = ("new", "reopened", "done", "dropped", "closing")
    new, again, done, dropped, closing = (total_of(last, name) for name in names)
    came = f"{new:,} new" + (f" and {again:,} reopened" if again else "")
    went = f"{done:,} done" + (f" and {dropped:,} dropped" if dropped else "")
    period = words.plain(last["period"].iloc[0])
    return (f"In {period}: {came}; {went}; {closing:,} open at the end.",)


def _at_risk(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No open item has its policy date still to come.",)
    first = f"{table['due_on'].min():%Y-%m-%d}"
    likely = int((table["chance"] > 1 / 2).sum())
    if len(table) == 1:
        missed = "; most items like it missed their day" if likely else ""
        return (f"1 open item will be due, on {first}{missed}.",)
    missed = f"; for {likely:,} of them, most items like them missed their day" if likely else ""
    return (f"{counted(len(table), 'open item')} will be due, the next on {first}{missed}.",)


def _due_items(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No figure of promises rests on fewer than ten items.",)
    return (f"{counted(len(table), 'item')}, by name, because a share of so few says little.",)


def _oldest_overdue(table: pd.DataFrame) -> Sentences:
    # A list that names the kind of each item is of every kind; the other is of preventive ones.
    kind = "item" if "kind" in table else "preventive item"
    if table.empty:
        return (f"No {kind} is overdue.",)
    grave, days = int(table["severity"].eq("sev1").sum()), counted(table["days_over"].max(), "day")
    if len(table) == 1:
        return (f"1 {'Sev-1 ' if grave else ''}{kind}, overdue for {days}.",)
    named = f", {grave:,} of them Sev-1" if grave else ""
    return (f"{counted(len(table), kind)}{named}; the longest overdue for {days}.",)


def _due_burn_up(table: pd.DataFrame) -> Sentences:
    if table.empty or not table["due"].iloc[-1]:
        return ("Nothing falls due in the period.",)
    return ()


LENGTHS: Final[Said] = {
    "at_risk": _at_risk,
    "backlog": _backlog,
    "completion_curve": lambda table: (),  # noqa: ARG005 the curve is said by the speed
    "due_burn_up": _due_burn_up,
    "due_items": _due_items,
    "flow": _flow,
    "oldest_overdue": _oldest_overdue,
    "speed": _speed,
}
