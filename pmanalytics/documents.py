"""Documents: postmortem documents brought together with the tickets and incidents of exports.

An action item of a document and the ticket that it links to are one item: the ticket stays, with
its key, state, dates and owners, and the document says which incident it came out of. The incident
of a document and an exported one with its id are one as well: what the export says counts, and the
document fills in what it lacks. What was brought together is kept in a table, so that a check can
list what does not fit.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from pmanalytics import registry
from pmanalytics.tables import conform, empty

__all__ = ["Together", "brought_together", "called", "concerned_tickets", "no_documents"]

# The columns of the table of documents, and their types.
_COLUMNS: Final = {
    "incident_id": "str", "document_item": "str", "item_id": "str", "title": "str", "state": "str",
    "links": "object", "strangers": "int64",
}  # fmt: skip
_ROLES: Final = ("engineering_manager", "product_manager")
_PARTICIPANT: Final = "participant"


@dataclass(frozen=True, eq=False)
class Together:
    """Tables after documents and exports were brought together.

    `items` and `incidents` are what is left, `gone_items` and `gone_incidents` the numbers of the
    files of the rows that are not, `attendance` who came to the reviews, `documented` which
    incidents documents give to tickets (item_id, incident_id), and `documents` the table that
    `no_documents` describes. `listed` says that incidents are known from an export, which has them
    all, and not from documents only.
    """

    items: pd.DataFrame
    incidents: pd.DataFrame
    gone_items: pd.Series
    gone_incidents: pd.Series
    attendance: pd.DataFrame
    documented: pd.DataFrame
    documents: pd.DataFrame
    listed: bool = True


def no_documents() -> pd.DataFrame:
    """The table of documents without a row.

    One row per action item of a document and item that it became: incident_id, document_item (its
    own name), item_id (that of the ticket, or its own), title, state and links (as the document has
    them); and one per document without a document_item: incident_id, strangers (how many attendees
    the registry does not know).
    """
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _COLUMNS.items()})


def brought_together(
    tables: Mapping[str, pd.DataFrame], attendees: pd.DataFrame, *, files: Collection[int]
) -> Together:
    """Let tickets stand for the items of documents that link to them, and exports for incidents.

    `tables` are those of all files, items and incidents with a column `_file`; `attendees` has the
    columns incident_id and person, and `files` the numbers of the files that are documents. An item
    that links to several known tickets goes into all of them; a key that several sources have is
    told by its address, or else by nothing.
    """
    items, incidents = tables["items"], tables["incidents"]
    attendance = tables["attendance"].drop(columns="_file", errors="ignore")
    if not files:
        none = pd.Series(dtype="int64")
        return Together(items, incidents, none, none, attendance, no_documents(), no_documents())
    spelling = _exported_names(incidents, incidents["_file"].isin(files))
    items, incidents, attendees = (
        frame.assign(incident_id=frame["incident_id"].replace(spelling).astype("str"))
        for frame in (items, incidents, attendees)
    )
    written = incidents["_file"].isin(files).to_numpy(dtype=bool)
    about = incidents.loc[written, "incident_id"].drop_duplicates()
    incidents, surplus = _filled(incidents, written)
    left, gone, pairs = _items_with_tickets(items, items["_file"].isin(files).to_numpy(bool))
    met, strangers = _attendance(attendees, teams=tables["teams"], people=tables["people"])
    own = pd.DataFrame({"incident_id": about, "strangers": about.map(strangers).fillna(0)})
    documents = pd.concat([own, pairs], ignore_index=True).reindex(columns=list(_COLUMNS))
    into = pairs[(pairs["item_id"] != pairs["document_item"]).to_numpy(dtype=bool)]
    return Together(
        items=left,
        incidents=incidents,
        gone_items=gone,
        gone_incidents=surplus,
        attendance=pd.concat([attendance, met]).drop_duplicates(ignore_index=True),
        documented=into[["item_id", "incident_id"]].dropna().drop_duplicates(ignore_index=True),
        documents=documents.astype(_COLUMNS),
        listed=not written.all(),
    )


def _exported_names(incidents: pd.DataFrame, written: pd.Series) -> dict[str, str]:
    """The ids of documents that exports write with other capitals."""
    known = incidents.loc[~written, "incident_id"].dropna().unique()
    exported = {name.strip().casefold(): name for name in known}
    told = incidents.loc[written, "incident_id"].dropna().unique()
    found = {name: exported.get(name.casefold(), name) for name in told}
    return {name: other for name, other in found.items() if name != other}


def _filled(incidents: pd.DataFrame, written: np.ndarray) -> tuple[pd.DataFrame, pd.Series]:
    """Incidents with what documents add to exported ones, and the file numbers of the documents."""
    own = incidents["incident_id"]
    gone = written & own.isin(own[~written]).to_numpy(dtype=bool)
    if not gone.any():
        return incidents, pd.Series(dtype="int64")
    told = incidents[gone].drop_duplicates("incident_id", keep="last").set_index("incident_id")
    left = incidents[~gone].reset_index(drop=True)
    fits = left["incident_id"].isin(told.index)
    filled = {}
    for column in told.columns.difference(["_file", "derived"]):
        added = told[column].reindex(left.loc[fits, "incident_id"]).set_axis(left.index[fits])
        filled[column] = left[column].where(left[column].notna(), added.reindex(left.index))
    return left.assign(**filled), incidents.loc[gone, "_file"]


def called(lines: pd.DataFrame) -> set[str]:
    """All names by which items of documents call their tickets: addresses and keys, folded."""
    named = (_names(url, links) for url, links in zip(lines["url"], lines["links"], strict=True))
    return {name for names in named for name in names}


def concerned_tickets(tickets: pd.DataFrame, names: Collection[str]) -> pd.Series:
    """The item_ids of the tickets that decide what names of documents mean.

    They are those that bear one of the names, and one of each of two repositories, for where there
    are several, bare numbers say nothing.
    """
    named, numbers = _ticket_names(tickets)
    bearing = [name.index[name.isin(names)] for name in (*named, numbers[1].dropna())]
    apart = numbers[0].dropna().drop_duplicates().index[:2]
    place = bearing[0].append([*bearing[1:], apart])
    return tickets.loc[place.unique(), "item_id"].drop_duplicates()


def _items_with_tickets(
    items: pd.DataFrame, written: np.ndarray
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Items without those that went into tickets, the file numbers of these, and who became who."""
    listed = items[written]
    named = [_names(url, links) for url, links in zip(listed["url"], listed["links"], strict=True)]
    known = _known_tickets(items[~written], {name for names in named for name in names})
    found = [list(dict.fromkeys(known[n] for n in names if n in known)) for names in named]
    became = [names or [own] for names, own in zip(found, listed["item_id"], strict=True)]
    pairs = pd.DataFrame(
        {
            "incident_id": listed["incident_id"],
            "document_item": listed["item_id"],
            "item_id": became,
            "title": listed["title"],
            "state": listed["state"],
            "links": [_texts(links) for links in listed["links"]],
            "strangers": 0,
        }
    ).explode("item_id", ignore_index=True)
    gone = listed.index[[bool(names) for names in found]]
    left = items.drop(index=gone).reset_index(drop=True)
    titles = pairs.drop_duplicates("item_id").set_index("item_id")["title"]
    title = left["title"].fillna(left["item_id"].map(titles).astype("str"))
    return left.assign(title=title), items.loc[gone, "_file"], pairs


def _names(url: object, links: object) -> list[str]:
    """The names by which an item of a document calls its tickets: addresses and keys, folded."""
    addresses = pd.Series([url] if isinstance(url, str) else [], dtype="str")
    keys = pd.Series(_texts(links), dtype="str")
    return [*_folded_addresses(addresses), *_folded(keys)]


def _known_tickets(tickets: pd.DataFrame, wanted: set[str]) -> Mapping[str, str]:
    """The item_id of the tickets that are asked for, by key and address that mean one only."""
    names, numbers = _ticket_names(tickets)
    # A bare number says nothing where several repositories were exported.
    if len(numbers[0].dropna().unique()) == 1:
        names.append(numbers[1].dropna())
    asked = pd.concat([name[name.isin(wanted)] for name in names])
    pairs = pd.DataFrame(
        {"name": asked, "item": tickets["item_id"].reindex(asked.index)}
    ).drop_duplicates()
    alone = pairs[~pairs["name"].duplicated(keep=False)]
    return dict(zip(alone["name"], alone["item"], strict=True))


def _ticket_names(tickets: pd.DataFrame) -> tuple[list[pd.Series], pd.DataFrame]:
    """The keys and the addresses of tickets, folded, and their repositories and numbers."""
    keys = tickets["key"].dropna()
    numbers = keys[keys.str.contains("#")].str.extract(r"^(.*)(#[0-9]+)$")
    return [_folded(keys), _folded_addresses(tickets["url"].dropna())], numbers


def _folded(keys: pd.Series) -> pd.Series:
    return keys.str.strip().str.casefold()


def _folded_addresses(urls: pd.Series) -> pd.Series:
    """Addresses without what leads to a place on the page."""
    return urls.str.replace(r"[?#].*$", "", regex=True).str.rstrip("/").str.casefold()


def _texts(cell: object) -> list[str]:
    return list(cell) if isinstance(cell, (list, np.ndarray)) else []


def _attendance(
    attendees: pd.DataFrame, *, teams: pd.DataFrame, people: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series]:
    """Who came to reviews, as roles: the managers that the registry names, and other participants.

    Takes the persons (incident_id, person) and the registry, and returns the table attendance, in
    which nobody is named, and how many persons of each incident the registry does not know. A
    manager of several teams has a row for each.
    """
    if attendees.empty:
        return empty("attendance"), pd.Series(dtype="int64")
    managers = pd.concat([teams[role] for role in _ROLES]).dropna()
    person = registry.people_spelling(people, more=managers.unique())
    met = pd.DataFrame(
        {"incident_id": attendees["incident_id"], "person": person.find(attendees["person"])}
    )
    found = []
    for role in _ROLES:
        leads = pd.DataFrame({"person": person.spell(teams[role]), "team": teams["team"]}).dropna()
        found.append(met.dropna().merge(leads.drop_duplicates(), on="person").assign(role=role))
    leading = pd.concat(found)["person"]
    others = met[~met["person"].isin(leading)]
    belonging = people.assign(person=person.spell(people["person"]))[["person", "team"]]
    belonging = belonging.dropna().drop_duplicates()
    found.append(others.merge(belonging, on="person", how="left").assign(role=_PARTICIPANT))
    table = pd.concat(found)[["incident_id", "role", "team"]].drop_duplicates()
    strangers = met[met["person"].isna()].groupby("incident_id").size()
    ordered = table.sort_values(["incident_id", "role", "team"], ignore_index=True)
    return conform(ordered, "attendance"), strangers
