"""What a table says, in sentences: the summary of a report is computed, never typed.

One function per metric; each takes the metric's table, as it is shown, and gives at most a few
sentences. They state counts and shares of work, compare no teams and name no persons. A table
whose metric is not listed here has no sentences.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from pmanalytics import words
from pmanalytics.words import counted, percent

__all__ = ["findings", "metric_of"]

Sentences = tuple[str, ...]
MAXIMUM_GROUPS: Final = 4


def metric_of(name: str, known: Mapping[str, Any] | None = None) -> str:
    """The metric that an exhibit's name stands for: itself, or the longest beginning of it.

    Examples:
        >>> metric_of("attainment_by_severity"), metric_of("my_own")
        ('attainment', '')
    """
    metrics = SENTENCES if known is None else known
    fitting = [metric for metric in metrics if name == metric or name.startswith(f"{metric}_")]
    return max(fitting, key=len, default="")


def findings(table: pd.DataFrame, name: str) -> Sentences:
    """State in sentences what the table of a metric shows.

    Examples:
        >>> table = pd.DataFrame({"severity": ["sev1"], "due": [4], "met": [3], "low": [0.3],
        ...                       "high": [0.95], "attainment": [0.75]})
        >>> findings(table, "attainment")
        ('3 of 4 promises due were kept (75%): Sev-1 3 of 4 (75%, 95% interval 30 to 95%).',)
    """
    build = SENTENCES.get(metric_of(name))
    if build is None:
        return ()
    try:
        return build(table)
    except KeyError:
        # A notebook may show a selection of columns; what cannot be said is not said.
        return ()


def _groups(table: pd.DataFrame, first: str) -> pd.Series:
    columns = [str(name) for name in table.columns]
    grouping = columns[: columns.index(first)] if first in columns else []
    names = [", ".join(_named(row, grouping)) for _, row in table.iterrows()]
    return pd.Series(names, index=table.index, dtype=object)


def _named(row: pd.Series, grouping: list[str]) -> list[str]:
    return [words.group_name(row[column], column) for column in grouping]


def _total(table: pd.DataFrame, column: str) -> int:
    return int(table[column].fillna(0).sum())


def _interval(low: Any, high: Any) -> str:
    if pd.isna(low) or pd.isna(high):
        return ""
    first = percent(low).removesuffix("%")
    return f", 95% interval {first} to {percent(high)}"


def _attainment(table: pd.DataFrame) -> Sentences:
    due, met = _total(table, "due"), _total(table, "met")
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
        for group, (_, row) in zip(_groups(rows, "due"), rows.iterrows(), strict=True)
    ]
    overall = f"{met:,} of {due:,} promises due were kept"
    # A share that was withheld, because a group is small, is not given by way of the sum either.
    shown = f"{overall} ({percent(met / due)})" if rows["attainment"].notna().all() else overall
    return (f"{shown}: {'; '.join(parts)}.",)


def _kept(row: pd.Series, unit: str = "") -> str:
    counts = f"{int(row['met']):,} of {int(row['due']):,}{unit}"
    if pd.isna(row["attainment"]):
        return counts
    return f"{counts} ({percent(row['attainment'])}{_interval(row['low'], row['high'])})"


def _attainment_over_time(table: pd.DataFrame) -> Sentences:
    rows = table[table["due"] > 0].tail(2)
    names = list(_groups(rows, "due"))
    shares = [
        f"{percent(row['met'] / row['due'])} of {int(row['due']):,}" for _, row in rows.iterrows()
    ]
    before = f", after {shares[0]} in {names[0]}" if len(rows) > 1 else ""
    return (f"In {names[-1]}, {shares[-1]} promises due were kept{before}.",)


def _standings(table: pd.DataFrame) -> Sentences:
    total = _total(table, "total")
    if not total:
        return ("There are no action items.",)
    parts = [
        f"{_total(table, code):,} {text}"
        for code, text in words.STANDINGS.items()
        if _total(table, code)
    ]
    return (f"Of {counted(total, 'action item')}: {'; '.join(parts)}.",)


def _speed(table: pd.DataFrame) -> Sentences:
    rows = table[table["n"] > 0]
    if rows.empty or len(rows) > MAXIMUM_GROUPS:
        return ()
    starts = [f"{group} " if group else "" for group in _groups(rows, "n")]
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
    items, overdue = _total(table, "items"), _total(table, "overdue")
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
    new, again, done, dropped, closing = (_total(last, name) for name in names)
    came = f"{new:,} new" + (f" and {again:,} reopened" if again else "")
    went = f"{done:,} done" + (f" and {dropped:,} dropped" if dropped else "")
    period = words.plain(last["period"].iloc[0])
    return (f"In {period}: {came}; {went}; {closing:,} open at the end.",)


def _signals(table: pd.DataFrame) -> Sentences:
    if not table["attainment"].notna().any():
        return ()
    limits = "lower" if "lower" in table else "lower_998"
    if not table[limits].notna().any():
        return ("There are too few points to tell a signal from chance.",)
    said = table["signal"].fillna("").astype("str").str.strip()
    found = int(said.str.removeprefix("provisional").ne("").sum())
    verb = "stands" if found == 1 else "stand"
    told = f"{counted(found, 'point')} {verb} out by more than chance would give."
    lead = told if found else "No point stands out by more than chance would give."
    if said.str.startswith("provisional").any():
        return (lead, "The limits are provisional, because they rest on fewer than 12 points.")
    return (lead,)


def _ownership_gaps(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("Ownership is clear for every open item.",)
    codes = table["code"].value_counts()
    commonest = [f"{words.GAPS.get(code, code)} ({n:,})" for code, n in codes.head(3).items()]
    return (f"The most frequent gaps in ownership: {'; '.join(commonest)}.",)


def _gap_rates(table: pd.DataFrame) -> Sentences:
    opened = table[table["population"] == "open"]
    items, gaps = _total(opened, "items"), _total(opened, "with_gap")
    if not items:
        return ()
    share = percent(gaps / items)
    return (f"{gaps:,} of {counted(items, 'open item')} ({share}) have a gap in ownership.",)


def _unowned_services(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("Every service has an owner.",)
    verb = "has" if len(table) == 1 else "have"
    return (
        f"{counted(len(table), 'service')} {verb} no owner; "
        f"{counted(_total(table, 'open_items'), 'open item')} and "
        f"{counted(_total(table, 'incidents'), 'incident')} concern them.",
    )


def _repeats(table: pd.DataFrame) -> Sentences:
    if table.empty:
        return ("No incident was the return of an earlier one.",)
    returned = table.drop_duplicates("incident_id")
    open_before = table.loc[table["open_before"].fillna(0) > 0, "incident_id"].nunique()
    overdue = table.loc[table["overdue_before"].fillna(0) > 0, "incident_id"].nunique()
    was_were = "incident was" if len(returned) == 1 else "incidents were"
    return (
        f"{len(returned):,} {was_were} the return of an earlier one; for {open_before:,} of them "
        f"work from the earlier one was still open, for {overdue:,} it was overdue.",
    )


def _repeat_rate(table: pd.DataFrame) -> Sentences:
    row = table[table["within_days"] == 90]
    if len(row) != 1 or pd.isna(row["rate"].iloc[0]):
        return ()
    rate, low, high = (row[name].iloc[0] for name in ("rate", "low", "high"))
    return (f"{percent(rate)} of incidents returned within 90 days{_interval(low, high)}.",)


def _discoverability(table: pd.DataFrame) -> Sentences:
    if len(table) != 1 or not table["items"].iloc[0]:
        return ()
    row = table.iloc[0]
    parts = "; ".join(
        f"{text} {percent(row[name])}"
        for name, text in words.COMPONENTS.items()
        if pd.notna(row[name])
    )
    return (f"Of {counted(row['items'], 'open item')}: {parts}.",)


def _participation(table: pd.DataFrame) -> Sentences:
    if len(table) != 1 or not table["reviews"].iloc[0] or pd.isna(table["both"].iloc[0]):
        return ()
    row = table.iloc[0]
    both, reviews = int(row["both"]), counted(row["reviews"], "review")
    said = f"The engineering and the product manager of the service were at {both:,} of {reviews}."
    if pd.isna(row["attainment_with"]) or pd.isna(row["attainment_without"]):
        return (said,)
    kept = [
        f"{percent(row[f'attainment_{arm}'])}{_interval(row[f'low_{arm}'], row[f'high_{arm}'])}"
        for arm in ("with", "without")
    ]
    return (
        said,
        f"Promises kept after such reviews: {kept[0]}; after all others: {kept[1]}. This is an "
        "association; it does not show that their presence made the difference.",
    )


def _review_timeliness(table: pd.DataFrame) -> Sentences:
    due = _total(table, "due")
    if not due or table["reviewed_in_time"].isna().all():
        return ()
    held, missing = _total(table, "reviewed_in_time"), _total(table, "not_reviewed")
    was_were = "was" if missing == 1 else "were"
    return (
        f"{held:,} of {counted(due, 'review')} that were due were held in time, "
        f"{missing:,} {was_were} not held.",
    )


def _next_inputs(table: pd.DataFrame) -> Sentences:
    questions = table.drop_duplicates("question")
    answered = int(questions["answered"].sum())
    useful = table.dropna(subset=["sentence"]).sort_values("gain", ascending=False, kind="stable")
    inputs = useful["sentence"].str.split(": ", n=1).str[0]
    most = useful["sentence"][~inputs.duplicated()].head(3)
    return (f"{answered} of {len(questions)} questions can be answered with these data.", *most)


SENTENCES: Final[Mapping[str, Callable[[pd.DataFrame], Sentences]]] = {
    "attainment": _attainment,
    "attainment_trend": _signals,
    "backlog": _backlog,
    "completion_curve": lambda table: (),  # noqa: ARG005 the curve is said by the speed
    "discoverability": _discoverability,
    "flow": _flow,
    "funnel": _signals,
    "gap_rates": _gap_rates,
    "next_inputs": _next_inputs,
    "ownership_gaps": _ownership_gaps,
    "participation": _participation,
    "repeat_rate": _repeat_rate,
    "repeats": _repeats,
    "review_timeliness": _review_timeliness,
    "speed": _speed,
    "standings": _standings,
    "unowned_services": _unowned_services,
}
