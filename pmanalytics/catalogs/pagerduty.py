"""PagerDuty: services, teams and users as its REST API lists them, in one file or several.

A service belongs to its teams; without any, to the teams of its escalation policy where the answer
holds them. Disabled services are filtered, for nobody is called for them. Pages of one list may
stand one after the other. Incidents are no catalog: a tracker reads them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pmanalytics.catalogs.documents import distinct
from pmanalytics.catalogs.model import Catalog, Contents, Document, Entry, Owner, Reject
from pmanalytics.reading.nested import object_of, objects, text_of

__all__ = ["CATALOG"]

_LISTS: Final = {"services": "service", "teams": "team", "users": "user"}
_KINDS: Final = frozenset(_LISTS.values())


def _holds(document: Any) -> bool:
    return any(_is_one(record, kind) for record, kind in _records(document))


def _is_one(record: Any, kind: str) -> bool:
    """Something of PagerDuty has an id and a type, and is no ticket."""
    said = object_of(record)
    typed = text_of(said.get("type")) in {kind, f"{kind}_reference"} and kind in _KINDS
    named = bool(text_of(said.get("id")) and _name_of(said))
    return typed and named and "incident_number" not in said


def _records(document: Any) -> Iterator[tuple[Any, str]]:
    """Each thing in a document, with the kind that it should be."""
    said = object_of(document)
    lists = [name for name in _LISTS if isinstance(said.get(name), list)]
    # A single service has a list of teams, too; an answer of the API has no type.
    if lists and "type" not in said:
        for name in lists:
            yield from ((record, _LISTS[name]) for record in said[name])
    else:
        yield document, text_of(said.get("type")).removesuffix("_reference")


def _read(documents: Sequence[Document]) -> Contents:
    entries: list[Entry] = []
    rejects: list[Reject] = []
    filtered = 0
    records = [each for _, document in documents for each in _records(document)]
    for row, (record, kind) in enumerate(records, start=1):
        if not _is_one(record, kind):
            detail = "the record is no service, team or user with an id and a name"
            rejects.append((row, "no_entity", detail))
        elif kind == "service" and text_of(record.get("status")).casefold() == "disabled":
            filtered += 1
        else:
            entries.append(_entry(row, record, kind))
    return Contents(entries=tuple(entries), rejects=tuple(rejects), filtered=filtered)


def _entry(row: int, record: Mapping[str, Any], kind: str) -> Entry:
    name = _name_of(record)
    written = (text_of(record.get("id")), text_of(record.get("email")))
    aliases = distinct(written, but=name)
    if kind == "team":
        parent = _name_of(object_of(record, "parent"))
        return Entry(kind="team", name=name, row=row, parents=distinct([parent]), aliases=aliases)
    teams = _teams(record)
    if kind == "user":
        return Entry(kind="person", name=name, row=row, teams=teams, aliases=aliases)
    owners = teams or _teams(object_of(record, "escalation_policy"))
    return Entry(
        kind="service", name=name, row=row, owners=tuple(map(Owner, owners)), aliases=aliases
    )


def _teams(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the teams that a record refers to; their ids are aliases of the teams."""
    return distinct(
        _name_of(team) or text_of(team.get("id")) for team in objects(record.get("teams"))
    )


def _name_of(record: Mapping[str, Any]) -> str:
    return text_of(record.get("name")) or text_of(record.get("summary"))


CATALOG: Final = Catalog(
    name="pagerduty_services",
    title="PagerDuty, services, teams and users as JSON",
    source="pagerduty",
    forms=("json",),
    export="GET /services, GET /teams and GET /users of its REST API, all pages",
    verified="the vendor's documentation; no real file was seen",
    silent="products, paths, build and operate roles, and when an owner was last confirmed",
    holds=_holds,
    read=_read,
)
