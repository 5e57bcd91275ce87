"""Unfollowed: the decisions in force that the tracker of an item does not follow yet.

Decisions are few and items are many, so that what loops here loops over decisions.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from pmanalytics import registry
from pmanalytics.answers.telling import Ticket, Told, short_text
from pmanalytics.changes import among
from pmanalytics.datasets import Dataset
from pmanalytics.decisions import OF_ITEMS, faults, resolved
from pmanalytics.rewinding import end_of, local_days
from pmanalytics.tables import conform
from pmanalytics.words import plain

__all__ = ["decisions_in_force", "unfollowed_tickets"]

# Of the kinds that concern one matter, the one that was decided last is in force. A waiver holds
# until it is over, and neither drops what goes on nor keeps what was dropped.
_MATTERS: Final[Mapping[str, str]] = {
    "drop": "end",
    "keep": "end",
    "waiver": "waiver",
    "promised": "day",
    "owner_team": "team",
    "note": "note",
}
# The kinds in the order in which they are told, and those that are left of a ticket to be dropped.
_ORDER: Final = ("drop", "promised", "owner_team", "waiver", "note")
_OF_DROPPED: Final = ("drop", "note")

Row = Mapping[str, Any]


def decisions_in_force(
    data: Dataset, decisions: pd.DataFrame | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The last decision on each matter of each item, and those that are none, in sentences.

    Decisions of the dataset and `decisions` count together. Of these only `decisions` are returned
    and spoken of, where they are given. A subject is an item_id, teams are spelled as the registry
    does.
    """
    more = conform(pd.DataFrame() if decisions is None else decisions, "decisions")
    parts = [data.decisions.assign(asked=decisions is None), more.assign(asked=True)]
    together = pd.concat(parts, ignore_index=True)
    together = together[together["kind"].isin(OF_ITEMS).to_numpy(dtype=bool)]
    unsound = dict(faults(together))
    sound = ~np.isin(np.arange(len(together)), list(unsound))
    wrong = together[~sound].assign(fault=list(unsound.values()))
    made = together[sound].sort_values("decided_on", kind="stable", ignore_index=True)
    made = resolved(made, data.items)
    known = among(made["subject"], data.items["item_id"])
    ignored = _ignored(_asked(wrong), _asked(made[~known]))
    made = made[known].assign(matter=made["kind"].map(_MATTERS))
    made = made.drop_duplicates(["subject", "matter"], keep="last")
    teams = registry.team_spelling(data.teams, data.services).spell(made["value"])
    value = made["value"].mask(made["kind"].eq("owner_team").to_numpy(dtype=bool), teams)
    return _asked(made.assign(value=value)), ignored


def _asked(made: pd.DataFrame) -> pd.DataFrame:
    return made[made["asked"].to_numpy(dtype=bool)]


def _ignored(wrong: pd.DataFrame, unknown: pd.DataFrame) -> tuple[str, ...]:
    told = [
        f"The decision about {plain(subject) or 'nothing'} does not count. {fault}"
        for subject, fault in zip(wrong["subject"], wrong["fault"], strict=True)
    ]
    if names := sorted({plain(subject) for subject in unknown["subject"]}):
        told.append(f"Decisions about {', '.join(names)} mean no ticket of these exports.")
    return tuple(told)


def unfollowed_tickets(data: Dataset, made: pd.DataFrame) -> list[Ticket]:
    """The tickets whose tracker does not follow what is in force, by source, project and number.

    `made` is what `decisions_in_force` returns.
    """
    concerned = data.items[among(data.items["item_id"], made["subject"])]
    concerned = concerned.drop_duplicates("item_id")
    items = {str(row["item_id"]): row for row in concerned.to_dict("records")}
    zone = data.settings.timezone
    observed = dict(
        zip(concerned["item_id"], local_days(concerned["observed_at"], zone), strict=True)
    )
    changed = _last_changes(data.events, made["subject"])
    news: dict[str, list[Row]] = {}
    for row in made.to_dict("records"):
        name = str(row["subject"])
        reopened = name in changed and changed[name] >= end_of(row["decided_on"], zone)
        if _is_news(row, items[name], observed=observed[name], reopened=reopened):
            news.setdefault(name, []).append(row)
    return sorted((_ticket(items[name], rows) for name, rows in news.items()), key=_place)


def _last_changes(events: pd.DataFrame, subjects: pd.Series) -> dict[str, pd.Timestamp]:
    """When each ticket was last closed or opened again in its tracker."""
    told = events[among(events["subject"], subjects)]
    told = told[told["field"].eq("state").to_numpy(dtype=bool)]
    return told.groupby("subject")["at"].max().dropna().to_dict()


def _is_news(row: Row, item: Row, *, observed: pd.Timestamp, reopened: bool) -> bool:
    """Whether a decision in force differs from what the tracker says of the item."""
    kind = row["kind"]
    if kind == "note":
        return True
    if item["state"] != "open":
        return False
    if kind == "drop":
        # What a tracker says after a decision counts: here, that the work goes on.
        return not reopened
    if kind == "promised":
        return bool(row["until"] != item["promised_on"])
    if kind == "owner_team":
        return bool(row["value"] != item["team"])
    return kind == "waiver" and not row["until"] < observed


def _ticket(item: Row, rows: Iterable[Row]) -> Ticket:
    by_kind = {row["kind"]: row for row in rows}
    kinds = _OF_DROPPED if "drop" in by_kind else _ORDER
    return Ticket(
        item_id=str(item["item_id"]),
        **{name: _text(item[name]) for name in ("source", "key", "url", "title")},
        told=tuple(_told(by_kind[kind]) for kind in kinds if kind in by_kind),
    )


def _told(row: Row) -> Told:
    return Told(
        row["kind"],
        decided_on=f"{row['decided_on']:%Y-%m-%d}",
        value=short_text(row["value"]),
        until="" if pd.isna(row["until"]) else f"{row['until']:%Y-%m-%d}",
        reason=short_text(row["reason"]),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _place(ticket: Ticket) -> tuple[str, str, int, str]:
    """Where a ticket stands among others: 9 before 10."""
    parts = re.fullmatch(r"(.*?)([0-9]{1,18})", ticket.key)
    project, number = (parts[1], int(parts[2])) if parts else (ticket.key, 0)
    return ticket.source, project, number, ticket.item_id
