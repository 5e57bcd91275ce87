"""Current: what stands now, by all decisions and by the trackers, beside which answers are put."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

import pandas as pd

from pmanalytics import registry
from pmanalytics.answers.differing import Asked, Values, values_of
from pmanalytics.answers.model import GROUPS
from pmanalytics.changes import among
from pmanalytics.datasets import Dataset, decisions_of
from pmanalytics.decisions import OF_ITEMS, item_of, sound
from pmanalytics.names import Spelling, as_written
from pmanalytics.rewinding import local_days
from pmanalytics.snapshots import Snapshot, snapshot
from pmanalytics.tables import conform
from pmanalytics.workbook.cells import cell_text
from pmanalytics.workbook.given import given_answers, given_verdicts
from pmanalytics.workbook.layout import DECISIONS, VERDICTS, key_of

__all__ = ["KINDS_OF", "Current", "Fact", "current_state", "known_keys", "with_recorded"]

# The kinds of decision that the answers of a group become.
KINDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "promised": ("promised",),
    "team": ("owner_team",),
    "decision": tuple(DECISIONS.values()),
    "note": ("note",),
    "verdict": tuple(VERDICTS.values()),
}
_PAIR: Final = ("incident_id", "repeat_of")


@dataclass(frozen=True)
class Fact:
    """What is known of an item now; `tracker_state` is what its tracker says, before decisions."""

    item_id: str
    title: str
    tracker_state: str
    promised_on: str
    team: str
    team_rule: str
    created_on: date | None
    closed_on: date | None
    due_on: date | None
    adjusted_due_on: date | None


@dataclass(frozen=True, eq=False)
class Current:
    """What stands now.

    `facts` are those of the items that a workbook asks about, by hidden key (an item that was
    merged into another one has the facts of that one), `pairs` the incidents of a pair by its key,
    with what contradicts it. `answers` has the values of a group by what it is about, `decided_on`
    the day of the last decision on it.
    """

    facts: Mapping[str, Fact]
    pairs: Mapping[str, tuple[str, str]]
    incidents: pd.DataFrame
    answers: Mapping[tuple[str, ...], Values]
    decided_on: Mapping[tuple[str, ...], date]
    teams: Spelling

    def about(self, ask: Asked) -> tuple[str, ...] | None:
        """What an answer is about: an item, or two incidents; None when nobody knows it."""
        if ask.row.record == "repeat":
            return self.pairs.get(ask.row.key)
        fact = self.facts.get(ask.row.key)
        return (fact.item_id,) if fact else None

    def stands(self, ask: Asked) -> Values:
        """What stands now in the places that an answer was given in."""
        empty = ("",) * len(ask.answered)
        stands = self.answers.get((ask.group, *(self.about(ask) or ())), empty)
        return (self.spelled(stands[0]),) if ask.group == "team" else stands

    def spelled(self, team: str) -> str:
        """A team as the registry writes it, else as it is."""
        named = self._offered.get(team, team)
        return str(self.teams.spell(pd.Series([named], dtype="str")).iloc[0])

    @cached_property
    def _offered(self) -> dict[str, str]:
        """The teams of the registry by what a cell shows of them, which may be less."""
        return {cell_text(name): name for name in self.teams.names.values()}

    def title(self, incident: str) -> str:
        """The title of an incident, empty when it has none or nobody knows it."""
        known = incident in self.incidents.index
        return cell_text(self.incidents["title"][incident]) if known else ""


def with_recorded(data: Dataset) -> Dataset:
    """The dataset with what the decisions file holds by now beside what it held when it was read.

    Raises InputError when the file cannot be read: without it nobody knows what stands.
    """
    every = pd.concat([data.decisions, decisions_of(data.settings)], ignore_index=True)
    fresh = ~every.duplicated().to_numpy()
    fresh[: len(data.decisions)] = True
    ordered = every[fresh].sort_values("decided_on", kind="stable", ignore_index=True)
    return replace(data, decisions=conform(ordered, "decisions"))


def known_keys(data: Dataset) -> dict[str, str]:
    """The item_id of every item by the hidden key of its row."""
    return {key_of(name): name for name in data.items["item_id"].dropna()}


def current_state(data: Dataset, asks: Iterable[Asked], *, day: date) -> Current:
    """Look up what stands now for what is asked; `day` is the last one that anything is decided on.

    `data` have all decisions (`with_recorded`). The trackers are taken as their newest exports
    have them, whatever the day on which a workbook was given out.
    """
    asks = list(asks)
    keys = known_keys(data)
    wanted = {ask.row.key: keys.get(ask.row.key) for ask in asks if ask.row.record == "item"}
    named = pd.Series([name for name in wanted.values() if name], dtype="str")
    now = snapshot(data, as_of=max([day, *_observed(data)]))
    lives_on = _lives_on(data, now, named)
    made = _resolved(data, lives_on)
    facts = _facts(data, now, set(map(lives_on.get, named)))
    found = {key: facts.get(lives_on.get(name, "")) for key, name in wanted.items() if name}
    return Current(
        facts={key: fact for key, fact in found.items() if fact},
        pairs=_pairs(data, [ask for ask in asks if ask.row.record == "repeat"]),
        incidents=data.incidents.drop_duplicates("incident_id").set_index("incident_id"),
        answers=_answers(made, data),
        decided_on=_days(made),
        teams=registry.team_spelling(now.teams, now.services),
    )


def _lives_on(data: Dataset, now: Snapshot, named: pd.Series) -> dict[str, str]:
    """The item that each name and each subject of a decision lives on in."""
    of_items = data.decisions["kind"].isin(OF_ITEMS).to_numpy(dtype=bool)
    names = pd.concat([named, data.decisions.loc[of_items, "subject"].dropna()]).drop_duplicates()
    found = item_of(names, data.items).fillna(names)
    return {name: now.merged.get(item, item) for name, item in zip(names, found, strict=True)}


def _resolved(data: Dataset, lives_on: Mapping[str, str]) -> pd.DataFrame:
    """The decisions by what they are about now: the item, or the incidents as they are written."""
    made = sound(data.decisions)
    of_items, of_pairs = (
        made["kind"].isin(kinds).to_numpy(dtype=bool) for kinds in (OF_ITEMS, KINDS_OF["verdict"])
    )
    names = data.incidents["incident_id"]
    later, earlier = (as_written(made[column], names) for column in ("subject", "value"))
    subject = made["subject"].mask(of_items, made["subject"].map(lives_on)).mask(of_pairs, later)
    made = made.assign(
        subject=subject.astype("str"), value=made["value"].mask(of_pairs, earlier).astype("str")
    )
    return made.dropna(subset=["subject"])


def _observed(data: Dataset) -> list[date]:
    """The day of the newest export, if any has one."""
    moments = pd.concat([data.files["observed_at"], data.items["updated_at"]])
    days = local_days(moments.dropna(), data.settings.timezone)
    return [days.max().date()] if len(days) else []


def _facts(data: Dataset, now: Snapshot, names: set[str | None]) -> dict[str, Fact]:
    wanted = pd.Series(sorted(filter(None, names)), dtype="str")
    items = now.items[among(now.items["item_id"], wanted)]
    tracked = data.items[among(data.items["item_id"], wanted)].set_index("item_id")["state"]
    created = local_days(items["created_at"], data.settings.timezone)
    return {
        item.item_id: Fact(
            item_id=item.item_id,
            title=cell_text(item.title),
            tracker_state=cell_text(tracked[item.item_id]),
            promised_on=cell_text(_day(item.promised_on)),
            team=cell_text(item.team),
            team_rule=cell_text(item.team_rule),
            created_on=_day(came),
            closed_on=_day(item.closed_on),
            due_on=_day(item.due_on),
            adjusted_due_on=_day(item.adjusted_due_on),
        )
        for item, came in zip(items.itertuples(), created, strict=True)
    }


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else value.date()


def _pairs(data: Dataset, asks: list[Asked]) -> dict[str, tuple[str, str]]:
    """The incidents of each pair, found by the texts that the baseline has for them."""
    names = data.incidents["incident_id"].dropna() if asks else []
    named = {cell_text(name): name for name in names}
    found = {}
    for ask in asks:
        pair = tuple(named.get(ask.facts[name].strip(), "") for name in _PAIR)
        if all(pair) and key_of(*pair) == ask.row.key:
            found[ask.row.key] = (pair[0], pair[1])
    return found


def _answers(made: pd.DataFrame, data: Dataset) -> dict[tuple[str, ...], Values]:
    found = {}
    for record, table in (
        ("item", given_answers(made, data.items)),
        ("repeat", given_verdicts(made, data.incidents)),
    ):
        for about, cells in zip(table.index, table.to_dict("records"), strict=True):
            names = about if isinstance(about, tuple) else (about,)
            for group in GROUPS[record]:
                found[group, *names] = values_of(cells, group, record=record)
    return found


def _days(made: pd.DataFrame) -> dict[tuple[str, ...], date]:
    """The last day on which a group was decided, by group and what it is about."""
    days: dict[tuple[str, ...], date] = {}
    for group, kinds in KINDS_OF.items():
        names = ["subject", "value"] if group == "verdict" else ["subject"]
        of_group = made[made["kind"].isin(kinds).to_numpy(dtype=bool)]
        last = of_group.groupby(names)["decided_on"].max() if len(of_group) else pd.Series()
        for about, day in last.items():
            days[group, *(about if isinstance(about, tuple) else (about,))] = day.date()
    return days
