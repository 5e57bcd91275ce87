"""What the tables of promises kept say."""

from typing import Final

import pandas as pd

from pmanalytics import words
from pmanalytics.reporting.showing.sentences.parts import (
    MAXIMUM_GROUPS,
    Said,
    Sentences,
    group_names,
    interval_words,
    total_of,
)
from pmanalytics.words import counted, percent

__all__ = ["PROMISES"]

# What each sentinel counts, behind its k of n.
SIGNS: Final = {
    "closed_near_due": "items done in time were closed on the due day or the two before",
    "dropped_after_due": "dropped items were dropped after their due day",
    "downgraded_after_publication": "items had their severity lowered after publication",
    "reopened_within_30_days": "done items were reopened within 30 days",
    "waived_after_due": "waivers came after the due day",
    "fewer_items_per_sev1": "recent Sev-1 incidents with fewer items than most earlier ones",
}


def _attainment(table: pd.DataFrame) -> Sentences:
    due, met = total_of(table, "due"), total_of(table, "met")
    if not due:
        return ("No item had its policy date in this period.",)
    grouping = str(table.columns[0])
    if grouping.endswith("_period"):
        return _attainment_over_time(table)
    rows = table[table["due"] > 0]
    if len(rows) > MAXIMUM_GROUPS:
        return ()
    if grouping == "due":
        return (f"{_kept(rows.iloc[0], unit=' promises due were kept')}.",)
    parts = [
        f"{group} {_kept(row)}"
        for group, (_, row) in zip(group_names(rows, "due"), rows.iterrows(), strict=True)
    ]
    overall = f"{met:,} of {due:,} promises due were kept"
    # A share that was withheld, because a group is small, is not given by way of the sum either.
    shown = f"{overall} ({percent(met / due)})" if rows["attainment"].notna().all() else overall
    return (f"{shown}: {'; '.join(parts)}.",)


def _kept(row: pd.Series, unit: str = "") -> str:
    counts = f"{int(row['met']):,} of {int(row['due']):,}{unit}"
    if pd.isna(row["attainment"]):
        return counts
    return f"{counts} ({percent(row['attainment'])}{interval_words(row['low'], row['high'])})"


def _attainment_over_time(table: pd.DataFrame) -> Sentences:
    rows = table[table["due"] > 0].tail(2)
    names = list(group_names(rows, "due"))
    counts = [f"{int(row['met']):,} of {int(row['due']):,}" for row in rows.to_dict("records")]
    shares = [percent(share) for share in rows["met"] / rows["due"]]
    before = f", after {counts[0]} ({shares[0]}) in {names[0]}" if len(rows) > 1 else ""
    return (f"In {names[-1]}, {counts[-1]} promises due were kept ({shares[-1]}){before}.",)


def _standings(table: pd.DataFrame) -> Sentences:
    total = total_of(table, "total")
    if not total:
        return ("There are no action items.",)
    parts = [
        f"{total_of(table, code):,} {text}"
        for code, text in words.STANDINGS.items()
        if total_of(table, code)
    ]
    return (f"Of {counted(total, 'action item')}: {'; '.join(parts)}.",)


def _trend(table: pd.DataFrame) -> Sentences:
    return _standing_out(table, "month", limits="lower")


def _funnel(table: pd.DataFrame) -> Sentences:
    if table["attainment"].notna().sum() == 1:
        return ("Only one group has enough items due to be compared.",)
    return _standing_out(table, "group", limits="lower_998")


def _standing_out(table: pd.DataFrame, noun: str, *, limits: str) -> Sentences:
    if not table["attainment"].notna().any():
        return ()
    if not table[limits].notna().any():
        return (f"There are too few {noun}s to tell a signal from chance.",)
    said = table["signal"].fillna("").astype("str").str.strip()
    found = int(said.str.removeprefix("provisional").ne("").sum())
    verb = "stands" if found == 1 else "stand"
    told = f"{counted(found, noun)} {verb} out by more than chance would give."
    first = told if found else f"No {noun} stands out by more than chance would give."
    if said.str.startswith("provisional").any():
        return (first, "The limits are provisional, because they rest on fewer than 12 points.")
    return (first,)


def _unknowns(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No item lacks what it needs to be judged.",)
    most = table.groupby("reason")["items"].sum().sort_values(ascending=False, kind="stable")
    named = [f"{words.plain(reason).replace('_', ' ')} {n:,}" for reason, n in most.items()]
    return (f"What items lack to be judged: {'; '.join(named)}.",)


def _sentinels(table: pd.DataFrame) -> Sentences:
    known = table[(table["count"].fillna(0) > 0).to_numpy(dtype=bool)]
    if known.empty:
        return ("None of the signs that promises are met on paper was seen.",)
    told = [
        f"{row['count']:,} of {row['of']:,} {SIGNS.get(row['sentinel'], row['sentinel'])}"
        for row in known.to_dict("records")
    ]
    return (f"Seen, and each has innocent reasons too: {'; '.join(told)}.",)


def _reopenings(table: pd.DataFrame) -> Sentences:
    once, again = total_of(table, "done_once"), total_of(table, "reopened")
    if not once:
        return ()
    was_were = "was" if again == 1 else "were"
    kept = total_of(table, "met_then_reopened")
    told = f"; {kept:,} of these had been done in time" if kept else ""
    return (f"{again:,} of {counted(once, 'item')} that {was_were} done came back open{told}.",)


PROMISES: Final[Said] = {
    "attainment": _attainment,
    "attainment_trend": _trend,
    "funnel": _funnel,
    "reopenings": _reopenings,
    "sentinels": _sentinels,
    "standings": _standings,
    "unknowns": _unknowns,
}
