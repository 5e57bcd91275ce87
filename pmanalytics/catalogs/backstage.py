"""Backstage: the software catalog, as `catalog-info.yaml` or as its API lists the entities.

Components, systems, APIs and resources are services; of several with one name the component counts,
then in that order. Groups are teams; users, and members of groups, are people. The system of an
entity is its product, and the domain of a system is that of the system. An owner without a kind is
a group. Backstage hands no owner down: a component without one is unowned, whoever owns its system.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pmanalytics.catalogs.documents import distinct, listed
from pmanalytics.catalogs.model import Catalog, Contents, Document, Entry, Owner, Reject
from pmanalytics.reading.nested import object_of, text_of

__all__ = ["CATALOG"]

_OWNED: Final = ("component", "system", "api", "resource")
_KNOWN: Final = (*_OWNED, "group", "user")


@dataclass(frozen=True)
class _Entity:
    """One entity: its kind in lower case, its name and the place where it begins."""

    kind: str
    name: str
    row: int
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]

    def annotation(self, name: str) -> str:
        return text_of(object_of(self.metadata, "annotations").get(name))

    def profile(self, name: str) -> str:
        return text_of(object_of(self.spec, "profile").get(name))

    def aliases(self, *written: str) -> tuple[str, ...]:
        return distinct((text_of(self.metadata.get("title")), *written), but=self.name)


def _holds(document: Any) -> bool:
    written = object_of(document)
    known = "backstage.io" in text_of(written.get("apiVersion"))
    return known and bool(text_of(written.get("kind")))


def _read(documents: Sequence[Document]) -> Contents:
    entities, rejects, filtered = _sorted_out(documents)
    services = list(_services(entities))
    rest = (_other(entity) for entity in entities if entity.kind not in _OWNED)
    shadowed = sum(entity.kind in _OWNED for entity in entities) - len(services)
    return Contents(
        entries=(*services, *rest), rejects=tuple(rejects), filtered=filtered + shadowed
    )


def _sorted_out(documents: Sequence[Document]) -> tuple[list[_Entity], list[Reject], int]:
    """The entities, the rejects, and how many entities have nothing to do with ownership."""
    entities: list[_Entity] = []
    rejects: list[Reject] = []
    filtered = 0
    for row, document in documents:
        kind = text_of(object_of(document).get("kind")).casefold()
        metadata = object_of(document, "metadata")
        name = text_of(metadata.get("name"))
        if kind and name and kind not in _KNOWN:
            filtered += 1
        elif kind and name:
            entities.append(_Entity(kind, name, row, metadata, object_of(document, "spec")))
        elif kind:
            rejects.append((row, "no_name", "the entity has no metadata.name"))
        else:
            rejects.append((row, "no_entity", "the document has no kind"))
    return entities, rejects, filtered


def _services(entities: list[_Entity]) -> Iterator[Entry]:
    owned = [entity for entity in entities if entity.kind in _OWNED]
    owned.sort(key=lambda entity: _OWNED.index(entity.kind))
    first: dict[str, _Entity] = {}
    for entity in owned:
        first.setdefault(entity.name, entity)
    yield from map(_service, first.values())


def _service(entity: _Entity) -> Entry:
    above = "domain" if entity.kind == "system" else "system"
    return Entry(
        kind="service",
        name=entity.name,
        row=entity.row,
        owners=_owners(text_of(entity.spec.get("owner"))),
        product=_name_of(text_of(entity.spec.get(above))),
        path=entity.annotation("github.com/project-slug")
        or entity.annotation("gitlab.com/project-slug"),
        aliases=entity.aliases(entity.annotation("pagerduty.com/service-id")),
    )


def _owners(reference: str) -> tuple[Owner, ...]:
    kind, name = reference.rpartition(":")[0], _name_of(reference)
    if not name:
        return ()
    return (Owner(name, "person" if kind.casefold() == "user" else "team"),)


def _other(entity: _Entity) -> Entry:
    """A group as a team, a user as a person."""
    if entity.kind == "user":
        return Entry(
            kind="person",
            name=entity.name,
            row=entity.row,
            teams=_names(entity.spec.get("memberOf")),
            aliases=entity.aliases(entity.profile("displayName"), entity.profile("email")),
        )
    projects = entity.annotation("jira/project-key").split(",")
    return Entry(
        kind="team",
        name=entity.name,
        row=entity.row,
        parents=distinct([_name_of(text_of(entity.spec.get("parent")))]),
        children=_names(entity.spec.get("children")),
        members=_names(entity.spec.get("members")),
        projects=distinct(project.strip() for project in projects),
        aliases=entity.aliases(entity.profile("displayName")),
    )


def _names(references: object) -> tuple[str, ...]:
    return distinct(_name_of(text_of(reference)) for reference in listed(references))


def _name_of(reference: str) -> str:
    """The name in a reference such as `group:default/team-a`."""
    return reference.rpartition(":")[2].rpartition("/")[2].strip()


CATALOG: Final = Catalog(
    name="backstage",
    title="Backstage, catalog-info.yaml or the entities of its API",
    source="backstage",
    forms=("yaml", "json"),
    export="the catalog-info.yaml files of the repositories, or GET /api/catalog/entities as JSON",
    verified="one real file with one component; the other kinds by the vendor's documentation",
    silent="build and operate roles, and when an owner was last confirmed",
    holds=_holds,
    read=_read,
)
