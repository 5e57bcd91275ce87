"""Shortcut: the CSV of stories.

Whether a story is completed stands in a column of its own and outranks the name of its state. An
archived story that is not completed is dropped, since nobody sees it any more. Times are local, and
the distance from UTC stands in another column of the same row; without one they are in UTC.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics.trackers.closing import closing
from pmanalytics.trackers.interpreting import missing
from pmanalytics.trackers.model import Completed, Export, Header, Tracker, Words
from pmanalytics.trackers.vocabulary import fold_word

__all__ = ["TRACKER"]

_KEY: Final = r"^[0-9]+$"
_NEEDED: Final = frozenset(("id", "name", "state"))
_TELLING: Final = frozenset(
    ("is_completed", "is_archived", "utc_offset", "moved_at", "epic_id", "iteration_id",
     "is_a_blocker", "epic_labels", "external_tickets")
)  # fmt: skip
_OFFSET: Final = r"^([+-])([0-9]{1,2}):?([0-9]{2})?$"
_TRUE: Final = ("true", "yes", "1")


def _table_of(header: Header) -> str:
    names = {fold_word(name) for name in header}
    return "items" if names >= _NEEDED and len(names & _TELLING) >= 2 else ""


def _complete(export: Export, columns: Mapping[str, pd.Series]) -> Completed:
    key = columns["key"].where(columns["key"].str.match(_KEY).fillna(value=False))
    moments = _moments(export, columns)
    found = closing(export, {**columns, **moments, "category": _category(export, columns)})
    added = {name: moment for name, moment in moments.items() if name != "closed_at"}
    if "planned" in columns and "planned" not in export.source.fields and "epic" in columns:
        added["planned"] = columns["planned"].fillna(columns["epic"])
    whole = found.completed(key=key)
    return replace(whole, columns={**whole.columns, **added})


def _category(export: Export, columns: Mapping[str, pd.Series]) -> pd.Series:
    completed = columns.get("category", missing(export)).str.lower()
    archived = columns.get("archived", missing(export)).str.lower().isin(_TRUE)
    category = missing(export).mask(completed.notna(), "open")
    category = category.mask(archived, "archived")
    return category.mask(completed.isin(_TRUE), "completed")


def _moments(export: Export, columns: Mapping[str, pd.Series]) -> dict[str, pd.Series]:
    """The moments in UTC, by the distance from it that each row names."""
    offset = columns.get("offset", missing(export))
    parts = offset.str.extract(_OFFSET)
    hours, minutes = (pd.to_numeric(parts[place]).fillna(0) for place in (1, 2))
    ahead = np.where(parts[0].eq("-"), -1, 1) * (hours * 60 + minutes)
    told = parts[0].notna()
    moments = {}
    for name in ("created_at", "updated_at", "closed_at"):
        if name in columns:
            local = columns[name].dt.tz_convert(export.timezone).dt.tz_localize(None)
            moved = (local - pd.to_timedelta(ahead, unit="min")).dt.tz_localize("UTC")
            moments[name] = columns[name].where(~told, moved.astype(columns[name].dtype))
    return moments


TRACKER: Final = Tracker(
    name="shortcut",
    title="Shortcut, CSV of stories",
    system="shortcut",
    forms=("csv", "xlsx"),
    export="Settings, Export, CSV of all stories; or on the page Stories: Export to CSV",
    verified=(
        "the columns from exports that others describe and from Linear's import tool; no real file "
        "was at hand"
    ),
    silent="dropped stories that are not archived, history, addresses and links",
    table_of=_table_of,
    columns={
        "key": ("id",),
        "title": ("name",),
        "status": ("state",),
        "category": ("is_completed",),
        "archived": ("is_archived",),
        "offset": ("utc_offset",),
        "owners": ("owners",),
        "labels": ("labels",),
        "team": ("team",),
        "project": ("project",),
        "priority": ("priority",),
        "severity": ("severity",),
        "planned": ("iteration", "epic"),
        "epic": ("epic",),
        "created_at": ("created_at",),
        "updated_at": ("updated_at",),
        "closed_at": ("completed_at",),
        "promised_on": ("due_date",),
    },
    words=Words(
        states={"unscheduled": "open", "ready for deploy": "open"},
        categories={"completed": "done", "open": "open", "archived": "dropped"},
        order=("category", "dates", "status"),
    ),
    dates=("%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "iso"),
    timezone="UTC",
    separators={"owners": ";", "labels": ";"},
    complete=_complete,
)
