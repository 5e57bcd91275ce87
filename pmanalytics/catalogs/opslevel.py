"""OpsLevel: `opslevel.yml`, one service (or component) per document.

The owner is the alias of a team. A document about a repository alone says nothing about services
and is filtered. The system of a service is its product where it names no product.
"""

from collections.abc import Sequence
from typing import Any, Final

from pmanalytics.catalogs.documents import distinct, texts
from pmanalytics.catalogs.model import Catalog, Contents, Document, Entry, Owner, Reject
from pmanalytics.reading.nested import object_of, objects, text_of

__all__ = ["CATALOG"]

_SERVICES: Final = ("service", "component")
_TELLING: Final = ("owner", "lifecycle", "tier")


def _holds(document: Any) -> bool:
    said = object_of(document)
    parts = [object_of(said, name) for name in (*_SERVICES, "repository")]
    return any(part and ("version" in said or part.keys() & set(_TELLING)) for part in parts)


def _read(documents: Sequence[Document]) -> Contents:
    entries: list[Entry] = []
    rejects: list[Reject] = []
    filtered = 0
    for row, document in documents:
        service = next((found for name in _SERVICES if (found := object_of(document, name))), None)
        if service and text_of(service.get("name")):
            entries.append(_service(row, service))
        elif service:
            rejects.append((row, "no_name", "the service has no name"))
        elif object_of(document, "repository"):
            filtered += 1
        else:
            rejects.append((row, "no_entity", "the document has neither service nor repository"))
    return Contents(entries=tuple(entries), rejects=tuple(rejects), filtered=filtered)


def _service(row: int, service: Any) -> Entry:
    name, owner = text_of(service.get("name")), text_of(service.get("owner"))
    return Entry(
        kind="service",
        name=name,
        row=row,
        owners=(Owner(owner),) if owner else (),
        product=text_of(service.get("product")) or text_of(service.get("system")),
        path=_path(service),
        aliases=distinct(texts(service.get("aliases")), but=name),
    )


def _path(service: Any) -> str:
    """The first repository, such as `github.com:shop/checkout`, and the folder in it."""
    for repository in objects(service.get("repositories")):
        slug = text_of(repository.get("name")).rpartition(":")[2]
        if slug:
            return f"{slug}/{text_of(repository.get('path')).strip('/')}".strip("/")
    return ""


CATALOG: Final = Catalog(
    name="opslevel",
    title="OpsLevel, opslevel.yml",
    source="opslevel",
    forms=("yaml",),
    export="the opslevel.yml files of the repositories, also one after the other with --- between",
    verified="the vendor's documentation; no real file was seen",
    silent="teams and people, build and operate roles, and when an owner was last confirmed",
    holds=_holds,
    read=_read,
)
