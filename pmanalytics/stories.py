"""Stories: what became of one item, from its creation to its last closing, as far as data tell.

A change is recorded (a source says when it happened), observed (two successive exports differ, and
it happened by the day of the later one at the latest) or decided (by people, in the decisions).
"""

from typing import Any, Final

import pandas as pd

from pmanalytics.changes import CLOSED, state_changes
from pmanalytics.datasets import Dataset
from pmanalytics.decisions import OF_ITEMS, item_of, resolved
from pmanalytics.differences import BETWEEN_PERSONS, observed_changes
from pmanalytics.disappearances import LISTED
from pmanalytics.errors import UsageError, nearest
from pmanalytics.pseudonyms import pseudonym, secret
from pmanalytics.registry import people_spelling
from pmanalytics.rewinding import local_days
from pmanalytics.words import plain, whole_letters

__all__ = ["history"]

COLUMNS: Final = {
    "at": "datetime64[us, UTC]", "event": "str", "before": "str", "after": "str", "days": "Int64",
    "basis": "str",
}  # fmt: skip
SOMEBODY: Final = "somebody"
MOST_COMPARED: Final = 10_000  # names among which a mistyped one is looked for
# What is told of a change, by the word of the table events.
WORDS: Final = {
    "owner": "assigned", "team": "handed_on", "promised_on": "promised", LISTED: "gone",
}  # fmt: skip


def history(data: Dataset, item: str) -> pd.DataFrame:
    """The story of one item: created, put off, handed on, closed, reopened, and what was decided.

    `item` is an item_id, or a key that only one item has. Returns one row per event, oldest first:
    at (UTC), event, before, after, days and basis. The event is created; done, dropped or reopened;
    promised (days is how much later the new date is), handed_on (to another team), assigned,
    gone (an export that should hold the item does not), severity or another field that a source
    keeps a history of; or the kind of a decision. The basis
    is recorded, observed (at is the day of the export that first said so, before which it happened)
    or decided. Persons are `somebody` unless the settings allow their names, or pseudonyms.

    A closing that nobody dates is not there. Raises UsageError for an item that is not known.

    Examples:
        >>> import pmanalytics as pma
        >>> history(pma.sample(), "PAY-142")[["event", "basis"]].to_numpy().tolist()
        [['created', 'recorded'], ['done', 'recorded'], ['reopened', 'observed']]
    """
    name = item_named(data, item)
    own = _only(data, name)
    parts = [_created(own), _states(own), _fields(data, name), _decided(data, name)]
    told = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    told = told.reindex(columns=list(COLUMNS)).astype(COLUMNS)
    for column in ("before", "after"):
        persons = told["event"].eq("assigned") & told[column].notna()
        told.loc[persons, column] = [_shown(data, text) for text in told.loc[persons, column]]
    return told.sort_values("at", kind="stable", ignore_index=True)


def _shown(data: Dataset, persons: str) -> str:
    """Persons as the settings let them be shown: by name, by pseudonym, or not at all."""
    if data.settings.persons is True:
        return persons
    if not data.settings.persons:
        return SOMEBODY
    spelling, key = people_spelling(data.people), secret()
    # A name that is known as it stands may hold a comma; other texts with one are several names.
    whole = pd.Series([persons], dtype="str")
    names = whole if spelling.find(whole).notna().all() else persons.split(BETWEEN_PERSONS)
    spelled = spelling.spell(pd.Series(names, dtype="str"))
    return BETWEEN_PERSONS.join(pseudonym(name, key=key) for name in spelled)


def item_named(data: Dataset, item: str) -> str:
    """The item_id of the item that somebody names; raises UsageError where there is none."""
    item = whole_letters(item)
    found = item_of(pd.Series([item], dtype="str"), data.items)[0]
    if pd.isna(found):
        several = data.items.loc[data.items["key"].eq(item).fillna(value=False), "item_id"]
        if len(several):
            names = ", ".join(several)
            raise UsageError(f"Several items have the key {item!r}; name one of {names}.")
        known = [*data.items["item_id"], *data.items["key"].dropna()]
        hint = nearest(item, known) if len(known) < MOST_COMPARED else ""
        hint = hint if hint.startswith("; did") else "; name an item_id, or a key of the tracker."
        raise UsageError(f"There is no item {plain(item)!r}{hint}")
    return str(found)


def _only(data: Dataset, name: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The item, its older copies and its recorded events."""
    frames = ((data.items, "item_id"), (data.observations, "item_id"), (data.events, "subject"))
    item, older, events = (
        frame[frame[column].eq(name).fillna(value=False).to_numpy(dtype=bool)]
        for frame, column in frames
    )
    return item, older, events


def _created(own: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    created = own[0]["created_at"].dropna()
    return pd.DataFrame({"at": created, "event": "created", "basis": "recorded"})


def _states(own: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    item, older, events = own
    changes = state_changes(item, older, events)
    dated = pd.concat([item["closed_at"], older["closed_at"], events["at"]]).dropna()
    basis = changes["at"].isin(dated).map({True: "recorded", False: "observed"})
    words = changes["after"].where(changes["after"].isin(CLOSED), "reopened")
    return changes[["at", "before", "after"]].assign(event=words, basis=basis)


def _fields(data: Dataset, name: str) -> pd.DataFrame:
    recorded = data.events[~data.events["field"].eq("state").to_numpy(dtype=bool)]
    # What an export says at all shows in its other items.
    observed = observed_changes(data.items, data.observations, data.events)
    told = pd.concat(
        [recorded.assign(basis="recorded"), observed.assign(basis="observed")], ignore_index=True
    )
    told = told[told["subject"].eq(name).to_numpy(dtype=bool)]
    told["basis"] = told["basis"].mask(told["field"].eq(LISTED), "observed")
    promised = told["field"].eq("promised_on")
    days = [
        pd.to_datetime(told[name].where(promised), errors="coerce", format="ISO8601")
        for name in ("before", "after")
    ]
    told["days"] = (days[1] - days[0]).dt.days.astype("Int64")
    return told.assign(event=told["field"].replace(WORDS)).drop(columns=["subject", "field"])


def _decided(data: Dataset, name: str) -> pd.DataFrame:
    """The decisions on an item, at the beginning of their local day."""
    made = data.decisions[data.decisions["kind"].isin(OF_ITEMS).to_numpy(dtype=bool)]
    made = resolved(made.dropna(subset=["decided_on", "subject"]), data.items)
    made = made[made["subject"].eq(name).to_numpy(dtype=bool)]
    zone = data.settings.timezone
    at = made["decided_on"].dt.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    until = made["until"].dt.strftime("%Y-%m-%d")
    return pd.DataFrame(
        {
            "at": at.dt.tz_convert("UTC"),
            "event": made["kind"],
            "after": made["value"].fillna(until),
            "basis": "decided",
        }
    )


def history_text(data: Dataset, item: str) -> str:
    """The story of an item as lines for a terminal, days being local; see `history`."""
    name, story = item_named(data, item), history(data, item)
    own, _, _ = _only(data, name)
    row = own.iloc[0]
    slips = story.loc[story["event"].eq("promised") & (story["days"] > 0), "days"]
    head = [f"{name}: {row['title']}" if pd.notna(row["title"]) else name]
    head.append(", ".join(_now(row)) or "no export says how it stands")
    days = local_days(story["at"], data.settings.timezone).dt.strftime("%Y-%m-%d")
    width = len("2026-10-12")
    lines = [
        f"{day:<{width}}  {_sentence(event)}"
        for day, event in zip(days, story.to_dict("records"), strict=True)
    ]
    if len(slips):
        times = "once" if len(slips) == 1 else f"{len(slips)} times"
        lines.append(f"{'':<{width}}  put off {times}, by {int(slips.sum())} days in all")
    return "\n".join(plain(line) for line in [*head, *lines])


def _now(row: pd.Series) -> list[str]:
    """How an item stands, in a few words."""
    said = [str(row["state"])] if pd.notna(row["state"]) else []
    if row["state"] in CLOSED and pd.isna(row["closed_at"]):
        said[0] += " (no export dates it)"
    said += [f"team {row['team']}"] if pd.notna(row["team"]) else []
    if pd.notna(row["promised_on"]):
        said.append(f"promised for {row['promised_on']:%Y-%m-%d}")
    if pd.notna(row["observed_at"]):
        said.append(f"last seen in an export of {row['observed_at']:%Y-%m-%d}")
    return said


def _sentence(event: dict[str, Any]) -> str:
    """One event in words."""
    before, after = (
        event[name] if isinstance(event[name], str) else "nothing" for name in ("before", "after")
    )
    if event["basis"] == "decided":
        return f"decided: {event['event']}" + (f" {after}" if after != "nothing" else "")
    by_then = " by then, as an export says" if event["basis"] == "observed" else ""
    if event["event"] == "gone":
        return "gone from the export"
    if event["event"] in ("created", "reopened", *CLOSED):
        return f"{event['event']}{by_then}"
    moved = f"from {before} to {after}"
    if event["event"] == "promised":
        days = "" if pd.isna(event["days"]) else f" ({int(event['days']):+d} days)"
        return f"promised date {moved}{days}{by_then}"
    if event["event"] == "assigned" and SOMEBODY in (before, after):
        other = " else" if before == after else ""
        moved = f"to {'nobody' if after == 'nothing' else after}{other}"
    return f"{event['event'].replace('_', ' ')} {moved}{by_then}"
