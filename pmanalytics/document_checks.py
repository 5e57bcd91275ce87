"""Checks of postmortem documents against tickets: what either side does not know of the other."""

from collections.abc import Callable, Iterable
from typing import Final

import pandas as pd

from pmanalytics.datasets import Dataset

__all__ = ["document_findings"]

Finding = tuple[str, str, str, int, str]

_MOST_NAMED: Final = 3
_CLOSED: Final = ("done", "dropped")
_PROJECT: Final = r"^(.+)[-#][0-9]+$"


def _only_in_documents(data: Dataset) -> Iterable[Finding]:
    """Action items that are written in a document, and that name no ticket."""
    listed = _listed(data)
    without = listed[~listed["links"].map(bool).to_numpy(dtype=bool)]
    for incident, rows in without.groupby("incident_id", sort=True):
        detail = f"Its document lists action items without a ticket: {_some(rows['title'])}."
        yield "warning", "only_in_document", str(incident), len(rows), detail


def _not_in_document(data: Dataset) -> Iterable[Finding]:
    """Tickets that name an incident whose document does not list them."""
    known = data.documents["incident_id"].dropna()
    tickets = data.items[data.items["key"].notna() & data.items["incident_id"].isin(known)]
    pairs = _listed(data)[["item_id", "incident_id"]].drop_duplicates()
    found = tickets.merge(pairs, on=["item_id", "incident_id"], how="left", indicator=True)
    missing = found[found["_merge"].eq("left_only")]
    for incident, rows in missing.groupby("incident_id", sort=True):
        detail = f"Tickets name it, and its document does not list them: {_some(rows['key'])}."
        yield "warning", "not_in_document", str(incident), len(rows), detail


def _broken_links(data: Dataset) -> Iterable[Finding]:
    """Tickets that a document links to and that are not there, though their project is."""
    links = _listed(data)[["incident_id", "document_item", "links"]].explode("links").dropna()
    links = links.drop_duplicates()
    keys = data.items["key"].dropna().str.casefold()
    projects = data.items["project"].dropna().str.casefold().unique()
    named = links["links"].astype("str").str.casefold()
    project = named.str.extract(_PROJECT, expand=False)
    broken = links[(project.isin(projects) & ~named.isin(keys)).to_numpy(dtype=bool)]
    for link, rows in broken.groupby("links", sort=True):
        incidents = ", ".join(sorted(rows["incident_id"].unique()))
        detail = (
            f"The document of {incidents} links to it, and the exports of its project do not hold "
            "it; export all tickets, or mend the link."
        )
        yield "warning", "broken_link", str(link), len(rows), detail


def _states_differ(data: Dataset) -> Iterable[Finding]:
    """Items that the document calls done while the ticket is open, and the reverse."""
    listed = _listed(data).dropna(subset=["state"])
    joined = listed[listed["item_id"] != listed["document_item"]]
    both = joined.merge(data.items[["item_id", "state", "key"]], on="item_id", suffixes=("", "_of"))
    both = both.dropna(subset=["state_of"])
    closed = both["state"].isin(_CLOSED), both["state_of"].isin(_CLOSED)
    differ = both[(closed[0] != closed[1]).to_numpy(dtype=bool)]
    for row in differ.itertuples():
        detail = (
            f"The document of {row.incident_id} says {row.state}, and the ticket says "
            f"{row.state_of}, which counts."
        )
        yield "warning", "state_differs", row.key, 1, detail


def _unmarked(data: Dataset) -> Iterable[Finding]:
    """Items of documents that count as open because nothing says what became of them."""
    own = data.items[data.items["item_id"].isin(_listed(data)["document_item"])]
    unmarked = own["status"].isna() & own["state"].eq("open")
    if unmarked.any():
        detail = (
            "They have neither a check box nor a word for their state nor a ticket, and count as "
            "open."
        )
        yield "warning", "unmarked_item", "items of documents", int(unmarked.sum()), detail


def _strangers(data: Dataset) -> Iterable[Finding]:
    """Attendees of reviews that the registry does not know, by their number."""
    told = data.documents[(data.documents["strangers"] > 0).to_numpy(dtype=bool)]
    named = data.people["person"].notna().any() or data.teams[list(_MANAGERS)].notna().any(
        axis=None
    )
    if len(told) and named:
        number = int(told["strangers"].sum())
        detail = (
            f"The documents of {len(told)} incidents name {number} attendees that the registry "
            "does not know; add them, or their aliases, to people."
        )
        yield "warning", "unknown_attendee", "attendees of reviews", 0, detail


_MANAGERS: Final = ("engineering_manager", "product_manager")


def _listed(data: Dataset) -> pd.DataFrame:
    """The rows of the table of documents that are about an action item."""
    return data.documents[data.documents["document_item"].notna().to_numpy(dtype=bool)]


def _some(names: pd.Series) -> str:
    shown = ", ".join(repr(name[:80]) for name in names.dropna().head(_MOST_NAMED))
    more = len(names) - min(len(names.dropna()), _MOST_NAMED)
    return f"{shown} and {more:,} more" if more else shown


def document_findings(data: Dataset) -> Iterable[Finding]:
    """What documents and tickets do not know of each other, as findings of `check`."""
    for rule in _RULES if len(data.documents) else ():
        yield from rule(data)


_RULES: Final[tuple[Callable[[Dataset], Iterable[Finding]], ...]] = (
    _only_in_documents,
    _not_in_document,
    _broken_links,
    _states_differ,
    _unmarked,
    _strangers,
)
