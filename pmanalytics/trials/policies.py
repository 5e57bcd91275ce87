"""Policies tried on the past: which promises would have been kept under other days.

The policy enters in the snapshot and nowhere else, so a trial is two snapshots of one day and a
join. Nobody worked towards the days that are tried: the answer is what could have been kept, and
not what should be promised.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final, get_args

import numpy as np
import pandas as pd

from pmanalytics.datasets import Dataset
from pmanalytics.errors import ConfigurationError, UsageError, nearest
from pmanalytics.metrics.completion import (
    DUE,
    MOMENTS,
    Interval,
    cluster_moments,
    demand_interval,
    effective_number,
)
from pmanalytics.metrics.grouping import By, bring_forward, crossed, group_columns, sums
from pmanalytics.periods import Period, parse_period
from pmanalytics.policy import Policy, PolicyVersion, Rule
from pmanalytics.settings import ActionKind
from pmanalytics.snapshots import Snapshot, snapshot
from pmanalytics.statistics.proportions import wilson

__all__ = ["parse_tries", "try_policy"]

FORM: Final = re.compile(r"([^=]+)=\s*(?:(\d{1,4})\s*(b?)|(-))", re.IGNORECASE)
SEVERITY: Final = re.compile(r"sev(?:erity)?[\s_-]*\d", re.IGNORECASE)
EXAMPLES: Final = (
    "sev1=20, sev2=30b for business days, sev2/prevent=45, all=60, or sev3=- for no target"
)
COUNTS: Final = ("due", "met", "tried_due", "tried_met", "not_yet")
TRIAL_TYPES: Final = {
    "period": "str", "due": "int64", "met": "int64", "attainment": "float64", "low": "float64",
    "high": "float64", "tried_due": "int64", "tried_met": "int64", "tried_attainment": "float64",
    "tried_low": "float64", "tried_high": "float64", "not_yet": "int64",
}  # fmt: skip


def try_policy(
    data: Dataset,
    *,
    as_of: str | date,
    tries: Policy | str | Iterable[str],
    periods: int = 4,
    by: By = "severity",
    interval: Interval = "wilson",
) -> pd.DataFrame:
    """Promises of the past quarters as they were kept, and as they would have been otherwise.

    One row per group and quarter, for the last `periods` whole quarters before the as-of date:
    period, due, met and attainment (as in `attainment`) with low and high at 95 %, and the same of
    the same items under the policy that is tried. The quarter of an item is that of its due day
    under the policy that was in force; of one that had no target, of the tried one. An item enters
    when its due days under both policies are past; `not_yet` counts those that are left out
    because one of them is not. Both sides leave out what was dropped by their own due day, and
    what has no target in them, so that the numbers due may differ. Shares are between 0 and 1,
    missing when nothing was due. `interval` is as in `attainment`.

    `tries` is a policy or texts for `parse_tries`. It says what could have been kept, not what
    should be promised: nobody worked towards the days that are tried. Raises UsageError for a text
    that says no rule, for another interval, for fewer than one quarter, and for an as-of date as
    `snapshot` does.

    Examples:
        >>> import pmanalytics as pma
        >>> table = pma.try_policy(pma.sample(), as_of="2026-10-12", tries=["sev1=20"])
        >>> bool((table["tried_met"] >= table["met"]).all())
        True
    """
    if periods < 1:
        raise UsageError(f"A trial over {periods} quarters tells nothing; give 1 or more.")
    demand_interval(interval)
    now = snapshot(data, as_of=as_of)
    by = group_columns(by, now.items)
    if not isinstance(tries, Policy):
        tries = parse_tries(tries, policy=data.settings.policy)
    then = snapshot(data, as_of=now.as_of, policy=tries)
    chosen = _past_quarters(now.as_of, periods)
    names = [period.name for period in chosen]
    items = _same_items(now, then)
    items = items[items["period"].isin(names)]
    counts = sums(items[[*by, "period"]], {name: items[name] for name in COUNTS})
    table = crossed(counts[by].drop_duplicates(), "period", names)
    table = table.merge(counts, on=[*by, "period"], how="left")
    table = table.fillna(dict.fromkeys(COUNTS, 0))
    for side in ("", "tried_"):
        due, met = table[f"{side}due"].astype("int64"), table[f"{side}met"].astype("int64")
        table[f"{side}attainment"] = met / due.where(due > 0)
        trials = due if interval == "wilson" else _effective(items, table, side, [*by, "period"])
        limits = wilson(table[f"{side}attainment"] * trials, trials)
        table[f"{side}low"], table[f"{side}high"] = limits
    return bring_forward(table[[*by, *TRIAL_TYPES]].astype(TRIAL_TYPES), by)


def _effective(items: pd.DataFrame, table: pd.DataFrame, side: str, by: list[str]) -> pd.Series:
    """How many independent items tell as much as those due in each row of the table."""
    due, met = (items[f"{side}{name}"].to_numpy(dtype=bool) for name in ("due", "met"))
    moments = cluster_moments(items, due=due, met=met, by=by)
    known = table[by].merge(moments, on=by, how="left")
    return effective_number(known[list(MOMENTS)].fillna(0))


def _past_quarters(day: date, periods: int) -> list[Period]:
    """The last whole quarters before a day, the oldest first."""
    found = [parse_period("last-quarter", as_of=day)]
    while len(found) < periods:
        found.append(parse_period("last-quarter", as_of=found[-1].start))
    return found[::-1]


def _same_items(now: Snapshot, then: Snapshot) -> pd.DataFrame:
    """Each item with its quarter, and whether it was due and met under either policy."""
    other = then.items.drop_duplicates("item_id").set_index("item_id")
    other = other[["standing", "due_on", "matured", "due_period"]].reindex(now.items["item_id"])
    other = other.set_axis(now.items.index)
    quarter = now.items["due_period"].fillna(other["due_period"])
    past = [
        (side["due_on"].isna() | side["matured"].eq(other=True)).to_numpy(dtype=bool)
        for side in (now.items, other)
    ]
    both = np.logical_and(*past)
    return now.items.assign(
        period=quarter,
        due=both & now.items["standing"].isin(DUE).to_numpy(),
        met=both & (now.items["standing"] == "met").to_numpy(dtype=bool),
        tried_due=both & other["standing"].isin(DUE).to_numpy(),
        tried_met=both & (other["standing"] == "met").to_numpy(dtype=bool),
        not_yet=~both,
    )


def parse_tries(tries: str | Iterable[str], *, policy: Policy) -> Policy:
    """The policy with the rules that are tried in place of its own, in each of its versions.

    A try names a severity, a kind, both or `all`, and days: `sev1=20`, `sev2=30b` for business
    days, `sev2/prevent=45`, `sev3=-` for no target. It takes the place of the rule with the same
    conditions, or is added; rules with other conditions stay, and the most specific one wins.
    Raises UsageError for text that says none of this, and for a version left without rules.

    Examples:
        >>> import pmanalytics as pma
        >>> policy = pma.parse_tries(["sev1=20", "sev2=30b"], policy=pma.DEFAULT_POLICY)
        >>> pma.describe_policy(policy)[0]
        'At all times: sev1 20 days, sev2 30 business days after the incident was resolved.'
    """
    texts = [tries] if isinstance(tries, str) else list(tries)
    tried = [_parsed(text) for text in texts]
    for n, (conditions, _) in enumerate(tried):
        if conditions in [other for other, _ in tried[:n]]:
            raise UsageError(f"{texts[n]!r} is tried beside another number of days; give one.")
    return Policy(tuple(_with_tries(version, tried) for version in policy.versions))


def _with_tries(
    version: PolicyVersion, tried: list[tuple[dict[str, str], Rule | None]]
) -> PolicyVersion:
    replaced = [conditions for conditions, _ in tried]
    rules = [rule for rule in version.rules if rule.conditions not in replaced]
    rules += [rule for _, rule in tried if rule]
    if not rules:
        raise UsageError("A policy without any rule cannot be tried; leave one rule its days.")
    ordered = sorted(rules, key=lambda rule: sorted(rule.conditions.items()))
    try:
        return replace(version, rules=tuple(ordered))
    except ConfigurationError as problem:
        raise UsageError(f"These rules cannot be tried together: {problem}") from problem


def _parsed(text: str) -> tuple[dict[str, str], Rule | None]:
    """The conditions that a text names, and the rule to try for them."""
    found = FORM.fullmatch(text.strip())
    if not found:
        raise UsageError(f"{text!r} is no rule to try; write it like {EXAMPLES}.")
    named, days, business, _ = found.groups()
    given: dict[str, str] = {}
    words = [part.strip().casefold() for part in named.split("/")]
    for word in () if words == ["all"] else words:
        name = _condition(word, text)
        if name in given:
            raise UsageError(f"{text!r} names two of a kind; write it like {EXAMPLES}.")
        given[name] = word
    rule = Rule(days=int(days or 0), unit="business" if business else "calendar", **given)
    return rule.conditions, rule if days else None


def _condition(word: str, text: str) -> str:
    if SEVERITY.fullmatch(word):
        return "severity"
    kinds = list(get_args(ActionKind))
    if word in kinds:
        return "kind"
    raise UsageError(
        f"{text!r} names {word!r}, which is neither a severity like sev1 nor a kind of action"
        f"{nearest(word, kinds)}"
    )
