"""The policy: how many days after its incident an action item may take.

A policy is a list of versions, each in force from a day on, each with rules of which the most
specific one wins. Origin: the PagerDuty postmortem guide (accountability) asks for 15 days after a
Sev-1 and 30 days after a Sev-2, and that is the default.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import ClassVar, Final, Literal

import numpy as np
import pandas as pd

from pmanalytics.errors import ConfigurationError

__all__ = [
    "DEFAULT_POLICY",
    "Policy",
    "PolicyVersion",
    "Rule",
    "Waiver",
    "describe_policy",
    "due_days",
    "match_rules",
]

Clock = Literal["incident_resolved", "incident_started", "postmortem_published", "item_created"]
Unit = Literal["calendar", "business"]

MOST_DAYS: Final = 9999  # more are no promise, and from the last moments on there are no dates
CONDITIONS: Final = ("severity", "kind", "priority", "service")
CLOCK_WORDS: Final = {
    "incident_resolved": "the incident was resolved",
    "incident_started": "the incident began",
    "postmortem_published": "the postmortem was published",
    "item_created": "the ticket was created",
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How many days an item may take when it meets every condition that is given."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    days: int
    unit: Unit = "calendar"
    severity: str | None = None
    kind: str | None = None
    priority: str | None = None
    service: str | None = None

    def __post_init__(self) -> None:
        written = re.fullmatch(
            r"(?:sev(?:erity)?)?[\s_-]*([0-9])", self.severity or "", re.IGNORECASE
        )
        if written:
            object.__setattr__(self, "severity", f"sev{written[1]}")
        if not 0 <= self.days <= MOST_DAYS:
            raise ConfigurationError(
                f"A rule asks for {self.days} days; give a number from 0 to {MOST_DAYS}."
            )

    @property
    def conditions(self) -> dict[str, str]:
        """The conditions that are given: column and value."""
        values = {name: getattr(self, name) for name in CONDITIONS}
        return {name: value for name, value in values.items() if value is not None}

    def __str__(self) -> str:
        unit = "business days" if self.unit == "business" else "days"
        named = " ".join(f"{name} {value}" for name, value in self.conditions.items())
        return f"{named or 'every item'}: {self.days} {unit}"


@dataclass(frozen=True, kw_only=True)
class PolicyVersion:
    """The rules in force from one day on, and the moment from which days are counted."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    rules: tuple[Rule, ...]
    effective: date | None = None
    clock: Clock = "incident_resolved"

    def __post_init__(self) -> None:
        name = f"The policy effective {self.effective or 'at all times'}"
        if not self.rules:
            raise ConfigurationError(
                f'{name} has no rules; add at least one, like {{severity = "sev1", days = 15}}.'
            )
        for one, other in combinations(self.rules, 2):
            if self._ambiguous(one, other):
                raise ConfigurationError(
                    f"{name} has two rules that fit the same item equally well, "
                    f"({one}) and ({other}); add a rule that names the conditions of both."
                )

    def _ambiguous(self, one: Rule, other: Rule) -> bool:
        a, b = one.conditions, other.conditions
        if len(a) != len(b) or any(a[name] != b[name] for name in a.keys() & b.keys()):
            return False
        both = a | b
        return not any(
            len(a) < len(rule.conditions) and rule.conditions.items() <= both.items()
            for rule in self.rules
        )


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A decision that one item may take longer, until a day."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    item: str
    until: date
    granted: date
    reason: str = ""


@dataclass(frozen=True)
class Policy:
    """All versions of the policy, oldest first."""

    versions: tuple[PolicyVersion, ...]

    def __post_init__(self) -> None:
        if not self.versions:
            raise ConfigurationError("A policy needs at least one version; add a [[policy]] table.")
        ordered = sorted(self.versions, key=lambda version: version.effective or date.min)
        object.__setattr__(self, "versions", tuple(ordered))
        days = [version.effective for version in self.versions]
        for day in days:
            if days.count(day) > 1:
                raise ConfigurationError(
                    f"Two versions of the policy are effective from {day or 'the beginning'}; "
                    "give each its own day."
                )


DEFAULT_POLICY: Final = Policy(
    (PolicyVersion(rules=(Rule(severity="sev1", days=15), Rule(severity="sev2", days=30))),)
)


def match_rules(policy: Policy, items: pd.DataFrame, *, started_on: pd.Series) -> pd.DataFrame:
    """Find the version and the rule that judge each item.

    `items` has the columns severity, kind, priority and service; `started_on` is the local day on
    which the incident began, which chooses the version. Among the rules that fit, the one with
    the most conditions wins. Returns, with the index of `items`: policy (the effective day of the
    version, missing when it holds for all times), clock (of the version, or of the oldest one for
    what began before it), target_days and unit (missing without a version or a rule).
    """
    clock = np.full(len(items), policy.versions[0].clock, dtype=object)
    effective = np.full(len(items), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    days = np.full(len(items), -1, dtype=np.int64)
    unit = np.full(len(items), None, dtype=object)
    folded = {name: _folded(items[name]) for name in _conditions_used(policy)}
    for version in policy.versions:
        chosen = _in_force(version, started_on)
        clock[chosen], days[chosen], unit[chosen] = version.clock, -1, None
        effective[chosen] = np.datetime64(version.effective or "NaT", "us")
        for rule in sorted(version.rules, key=lambda rule: len(rule.conditions)):
            fits = chosen.copy()
            for name, value in rule.conditions.items():
                fits &= (folded[name] == _fold(value)).to_numpy(dtype=bool)
            days[fits], unit[fits] = rule.days, rule.unit
    found = pd.DataFrame(
        {"policy": effective, "clock": clock, "target_days": days, "unit": unit}, index=items.index
    )
    found["target_days"] = found["target_days"].astype("Int64").mask(found["target_days"] < 0)
    return found.astype({"clock": "str", "unit": "str"})


def _fold(text: str) -> str:
    """Names and words without what people vary: case, and what stands between words."""
    return re.sub(r"[\s_-]+", "-", text.strip()).casefold()


def _folded(values: pd.Series) -> pd.Series:
    codes, distinct = pd.factorize(values)
    found = np.array([*map(_fold, distinct), None], dtype=object)
    return pd.Series(found[codes], index=values.index)


def _conditions_used(policy: Policy) -> set[str]:
    return {name for v in policy.versions for rule in v.rules for name in rule.conditions}


def _in_force(version: PolicyVersion, started_on: pd.Series) -> np.ndarray:
    if version.effective is None:
        return np.ones(len(started_on), dtype=bool)
    return (started_on >= pd.Timestamp(version.effective)).to_numpy(dtype=bool)


def due_days(
    start: pd.Series, days: pd.Series, *, unit: pd.Series, holidays: tuple[date, ...] = ()
) -> pd.Series:
    """Count target days from a start day to the due day, in calendar or business days.

    The start day is day 0. A business target that starts on a weekend or holiday starts on the
    next business day. Missing where the start or the target is missing.

    Examples:
        >>> start = pd.Series(pd.to_datetime(["2026-01-05", "2026-01-05"]))
        >>> unit = pd.Series(["calendar", "business"])
        >>> due_days(start, pd.Series([15, 15]), unit=unit).dt.day.tolist()
        [20, 26]
    """
    known = (start.notna() & days.notna()).to_numpy()
    first = start.to_numpy(dtype="datetime64[D]")[known]
    count = days[known].to_numpy(dtype=np.int64)
    business = (unit[known] == "business").to_numpy(dtype=bool)
    due = first + count.astype("timedelta64[D]")
    due[business] = np.busday_offset(
        first[business],
        count[business],
        roll="forward",
        holidays=np.array(holidays, dtype="datetime64[D]"),
    )
    result = np.full(len(start), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    result[known] = due
    return pd.Series(result, index=start.index)


def describe_policy(policy: Policy) -> tuple[str, ...]:
    """Say the policy in sentences, one for each version.

    Examples:
        >>> describe_policy(DEFAULT_POLICY)[0]
        'At all times: sev1 15 days, sev2 30 days after the incident was resolved.'
    """
    sentences = []
    for version in policy.versions:
        since = f"Incidents from {version.effective} on" if version.effective else "At all times"
        rules = ", ".join(_spoken(rule) for rule in version.rules)
        sentences.append(f"{since}: {rules} after {CLOCK_WORDS[version.clock]}.")
    return tuple(sentences)


def _spoken(rule: Rule) -> str:
    unit = "business days" if rule.unit == "business" else "days"
    named = " ".join(rule.conditions.values()) or "every item"
    return f"{named} {rule.days} {unit}"
