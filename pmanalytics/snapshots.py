"""The snapshot: the state of the world as known on one day, every item judged.

This is the one place where a clock and the policy meet the items. What was closed, granted,
published or registered after the as-of date does not exist here, so that last quarter's report can
be made again and gives last quarter's numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from pmanalytics import deciding, linking, registry, rewinding
from pmanalytics.changes import among, places
from pmanalytics.datasets import Dataset
from pmanalytics.errors import UsageError, nearest
from pmanalytics.judging import judged
from pmanalytics.labels import label_values
from pmanalytics.periods import YEARS, Period, parse_period, period_names
from pmanalytics.policy import Policy
from pmanalytics.settings import Settings
from pmanalytics.tables import DATED_INCIDENTS, conform
from pmanalytics.words import whole_letters

__all__ = ["Snapshot", "default_as_of", "snapshot"]


# The columns that mean the same in every table; `kind` and `source`, say, do not.
SHARED = ("team", "service", "severity", "incident_id", "incident_period", "product")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What was known on the as-of date; every metric takes one.

    `items` and `incidents` have the columns of `pma.columns()` under `snapshot.items` and
    `snapshot.incidents`; the registry holds only rows that were valid on the day
    (`former_people` are those who left before), and decisions only those made by then (those about
    items by item_id, for a merged item that of the one it lives on in).

    `events` are the changes of state up to then, and `field_changes` those of all other fields
    (owner, team, severity, promised_on), of items and incidents, as the sources tell them, with the
    teams that were decided as the field owner_team; `memberships` are who was in which team until
    then, and when; `merged` has the item that each merged one lives on in, by item_id and by key.
    """

    items: pd.DataFrame
    incidents: pd.DataFrame
    services: pd.DataFrame
    teams: pd.DataFrame
    people: pd.DataFrame
    former_people: pd.DataFrame
    attendance: pd.DataFrame
    decisions: pd.DataFrame
    events: pd.DataFrame
    field_changes: pd.DataFrame
    memberships: pd.DataFrame
    as_of: date
    period: Period | None
    settings: Settings
    policy: Policy
    merged: Mapping[str, str] = field(default_factory=dict)
    _whole: "Snapshot | None" = None
    # What it was narrowed to: columns, each with the values that were kept.
    _narrowed: tuple[tuple[str, list[Any]], ...] = ()

    def __repr__(self) -> str:
        period = f", {self.period.name}" if self.period else ""
        return f"Snapshot({len(self.items):,} items as of {self.as_of}{period})"

    @property
    def whole(self) -> "Snapshot":
        """The snapshot before any narrowing: ownership and repeats are found in all of it."""
        return self._whole or self

    @property
    def narrowed(self) -> tuple[tuple[str, list[Any]], ...]:
        """The columns that `where` narrowed by, each with the values that it kept."""
        return self._narrowed

    def where(self, mask: pd.Series | None = None, **values: Any) -> "Snapshot":
        """Narrow to some items, by a mask over `items` or by values of columns.

        A value is compared whole; a list of values keeps any of them. Values also narrow the
        other tables that have the column. Raises UsageError for a column that items lack.
        """
        if mask is not None:
            aligned = mask.reindex(self.items.index).fillna(value=False).to_numpy(dtype=bool)
            return replace(self, items=self.items[aligned], _whole=self.whole)._sound()
        narrowed = self
        for column, value in values.items():
            narrowed = narrowed._where_value(column, value)
        return narrowed

    def _where_value(self, column: str, value: Any) -> "Snapshot":
        if column not in self.items:
            hint = nearest(column, list(self.items.columns))
            raise UsageError(f"Items have no column {column!r} to narrow by{hint}")
        if str(self.items[column].dtype).startswith("list"):
            raise UsageError(
                f"Column {column!r} holds several values in a cell; narrow by a mask instead."
            )
        several = value if isinstance(value, (list, tuple, set, pd.Series)) else [value]
        wanted = [whole_letters(one) if isinstance(one, str) else one for one in several]
        tables = ("items", "incidents", "services", "teams", "people", "attendance", "decisions")
        frames = {name: getattr(self, name) for name in tables}
        kept: dict[str, Any] = {
            name: frame[frame[column].isin(wanted)]
            for name, frame in frames.items()
            if column in frame and (name == "items" or column in SHARED)
        }
        narrowed = (*self._narrowed, (column, wanted))
        return replace(self, **kept, _whole=self.whole, _narrowed=narrowed)._sound()

    def _sound(self) -> "Snapshot":
        of_items, told = self.items["item_id"], self.field_changes
        known = among(told["subject"], of_items)
        known |= among(told["subject"], self.incidents["incident_id"])
        events = self.events[among(self.events["subject"], of_items)]
        return replace(self, events=events, field_changes=told[known])


def snapshot(
    data: Dataset,
    *,
    as_of: str | date,
    period: str | Period | None = None,
    policy: Policy | None = None,
) -> Snapshot:
    """Judge every item as of one day.

    `as_of` is a local date in the configured time zone; what happened later does not exist.
    `period` (see `parse_period`) restricts attainment and funnel and gives the grouping of the
    period columns. `policy` is tried instead of the configured one. Raises UsageError for a date
    that is none, one that lies before all data, and for items that are there more than once.
    """
    demand_data(data.items["created_at"], as_day(as_of), zone=data.settings.timezone)
    return snapshot_of_part(data, as_of=as_of, period=period, policy=policy)


def snapshot_of_part(
    data: Dataset,
    *,
    as_of: str | date,
    period: str | Period | None = None,
    policy: Policy | None = None,
) -> Snapshot:
    """A snapshot of some of the items, which may all be later than the day; see `snapshot`."""
    day = as_day(as_of)
    chosen = parse_period(period, as_of=day) if period else None
    zone, rules = data.settings.timezone, policy or data.settings.policy
    kind = chosen.grouping if chosen else "quarter"
    incidents = _incidents_on(data.incidents, day, zone=zone, kind=kind)
    services, teams, people = registry.registry_on(
        data.services, data.teams, data.people, as_of=day
    )
    incidents = linking.spelled(incidents, services=services, teams=teams)
    items, events = rewinding.items_on(data, day)
    decisions = deciding.decisions_on(data.decisions, items, day)
    items, events = deciding.decided_items(items, events, decisions, zone=zone)
    items = linking.spelled(items, services=services, teams=teams)
    items = _placed(items, incidents, services, teams, people, data.settings)
    items, handed = deciding.decided_teams(
        items, decisions, services=services, teams=teams, zone=zone
    )
    everybody = registry.people_until(data.people, services, teams, as_of=day)
    rules = _spelled_policy(rules, services)
    items, decisions, merged = judged(
        items,
        incidents=incidents,
        decisions=decisions,
        policy=rules,
        settings=data.settings,
        as_of=day,
        period=chosen,
    )
    return Snapshot(
        items=items,
        incidents=incidents,
        services=services,
        teams=teams,
        people=people,
        former_people=_left(everybody, people, day),
        attendance=data.attendance[among(data.attendance["incident_id"], incidents["incident_id"])],
        decisions=decisions,
        events=events[among(events["subject"], items["item_id"])],
        field_changes=rewinding.field_changes_on(data, items, incidents, day, decided=handed),
        memberships=everybody.dropna(subset=["person", "team"]).reset_index(drop=True),
        as_of=day,
        period=chosen,
        settings=data.settings,
        policy=rules,
        merged=merged,
    )


def default_as_of(data: Dataset) -> date:
    """Find the last day on which every source is known: the as-of date when none is given.

    It is the oldest, over the sources that hold items, of their newest observation, as a local
    date. Raises UsageError when no file says when it was made and none holds a date.
    """
    files = data.files[data.files["items"].fillna(0) > 0]
    newest = files.groupby("source")["observed_at"].max().dropna()
    if newest.empty:
        newest = data.files["observed_at"].dropna()
    if newest.empty:
        raise UsageError(
            "No file says when it was made and none holds a date; give the as-of date, like "
            "--as-of 2026-10-20."
        )
    return newest.min().tz_convert(data.settings.timezone).date()


def as_day(as_of: str | date) -> date:
    """Read an as-of date; raises UsageError for what is none."""
    try:
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    except ValueError as problem:
        raise _no_day(as_of) from problem
    day = day.date() if isinstance(day, datetime) else day
    if day.year not in YEARS:
        raise _no_day(as_of)
    return day


def _no_day(as_of: str | date) -> UsageError:
    return UsageError(f"{str(as_of)!r} is not an as-of date; write it like 2026-10-20.")


def demand_data(created: pd.Series, day: date, *, zone: str) -> None:
    """Raise UsageError for a day before all moments at which items were created."""
    first = created.min()
    if created.isna().any() or pd.isna(first):
        return
    first_day = first.tz_convert(zone).date()
    if day < first_day:
        raise UsageError(
            f"The as-of date {day} lies before all data: the first item dates from {first_day}; "
            "give a later one."
        )


def _incidents_on(incidents: pd.DataFrame, day: date, *, zone: str, kind: Any) -> pd.DataFrame:
    end = rewinding.end_of(day, zone)
    known = incidents[~(incidents["started_at"] >= end)].copy()
    for column in ("resolved_at", "postmortem_published_at", "reviewed_at"):
        known[column] = known[column].where(known[column] < end)
    known["started_on"] = rewinding.local_days(known["started_at"], zone)
    known["resolved_on"] = rewinding.local_days(known["resolved_at"], zone)
    known["incident_period"] = period_names(known["started_on"], kind=kind)
    return conform(known.reset_index(drop=True), DATED_INCIDENTS)


def _spelled_policy(policy: Policy, services: pd.DataFrame) -> Policy:
    """The policy with the services of its rules as the registry writes them."""
    named = [rule.service for version in policy.versions for rule in version.rules]
    written = pd.Series([name for name in named if name], dtype="str")
    spelled = dict(zip(written, registry.service_spelling(services).spell(written), strict=True))
    if all(name == right for name, right in spelled.items()):
        return policy
    versions = [
        replace(
            version,
            rules=tuple(
                replace(rule, service=spelled.get(rule.service, rule.service))
                for rule in version.rules
            ),
        )
        for version in policy.versions
    ]
    return Policy(tuple(versions))


def _left(everybody: pd.DataFrame, present: pd.DataFrame, day: date) -> pd.DataFrame:
    """People who were in the registry once and are in no team on the day."""
    ended = everybody[(everybody["until"] < pd.Timestamp(day)).to_numpy(dtype=bool)]
    return ended[~registry.known_people(ended["person"], present)].reset_index(drop=True)


def _placed(
    items: pd.DataFrame,
    incidents: pd.DataFrame,
    services: pd.DataFrame,
    teams: pd.DataFrame,
    people: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Give each item the severity, service, kind and team that it is judged by."""
    place = places(items["incident_id"], incidents["incident_id"])
    own = incidents[["severity", "service"]].reset_index(drop=True).reindex(place)
    own = own.set_axis(items.index)
    labels = label_values(items, labels=settings.labels)
    placed = items.assign(
        severity=own["severity"].fillna(items["severity"]).fillna(labels["severity"]),
        service=items["service"].fillna(own["service"]),
        kind=items["kind"].fillna(labels["kind"]),
    )
    owning = linking.owning_team(placed, services=services, teams=teams, people=people)
    return placed.assign(team=owning["team"], team_rule=owning["team_rule"])
