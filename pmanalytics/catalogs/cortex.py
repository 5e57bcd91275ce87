"""Cortex: entity descriptors, which are OpenAPI files with `x-cortex-` fields under `info`.

Entities of the type domain are no services: they give services their product and hand owners down
as each owner says (NONE, APPEND, FALLBACK). Entities of the type team are teams with their members.
All other types are services. A group of GitHub or GitLab counts by its name without the
organisation.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pmanalytics.catalogs.documents import distinct, texts
from pmanalytics.catalogs.model import Catalog, Contents, Document, Entry, Owner, Reject
from pmanalytics.reading.nested import inner, object_of, objects, text_of

__all__ = ["CATALOG"]

_PARENTS: Final = ("x-cortex-parents", "x-cortex-domain-parents")
_HOSTS: Final = ("github", "gitlab", "azure", "bitbucket")
_PASSED_ON: Final[Mapping[str, Literal["none", "append", "fallback"]]] = {
    "none": "none",
    "append": "append",
    "fallback": "fallback",
}


def _holds(document: Any) -> bool:
    info = object_of(document, "info")
    return any(isinstance(key, str) and key.startswith("x-cortex-") for key in info)


def _read(documents: Sequence[Document]) -> Contents:
    entries: list[Entry] = []
    rejects: list[Reject] = []
    for row, document in documents:
        info = object_of(document, "info")
        if text_of(info.get("x-cortex-tag")):
            entries.append(_entry(row, info))
        else:
            rejects.append((row, "no_name", "the entity has no x-cortex-tag under info"))
    return Contents(entries=tuple(entries), rejects=tuple(rejects))


def _entry(row: int, info: Mapping[str, Any]) -> Entry:
    name = text_of(info.get("x-cortex-tag"))
    kind = text_of(info.get("x-cortex-type")).casefold()
    parents = distinct(tag for key in _PARENTS for tag in _tags(info.get(key)))
    people = objects(inner(info, "x-cortex-team", "members"))
    return Entry(
        kind="team" if kind == "team" else "domain" if kind == "domain" else "service",
        name=name,
        row=row,
        owners=tuple(owner for given in _owners(info) if (owner := _owner(given)).name),
        parents=parents,
        children=_tags(info.get("x-cortex-children")),
        members=distinct(text_of(person.get("email")) for person in people),
        product=parents[0] if parents else "",
        path=_path(info),
        aliases=distinct(
            (text_of(info.get("title")), _called(info), *_groups(info, kind)), but=name
        ),
    )


def _owners(info: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return objects(info.get("x-cortex-owners"))


def _owner(given: Mapping[str, Any]) -> Owner:
    passed_on = _PASSED_ON.get(text_of(given.get("inheritance")).casefold(), "none")
    if text_of(given.get("type")).casefold() == "email":
        return Owner(text_of(given.get("email")) or text_of(given.get("name")), "person", passed_on)
    return Owner(text_of(given.get("name")).rpartition("/")[2], "team", passed_on)


def _groups(info: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    """What a team is called elsewhere; of other entities, groups are labels."""
    if kind != "team":
        return ()
    groups = objects(inner(info, "x-cortex-team", "groups"))
    return texts([text_of(group.get("name")).rpartition("/")[2] for group in groups])


def _called(info: Mapping[str, Any]) -> str:
    """The id of the service in PagerDuty for which somebody is called."""
    return text_of(object_of(info, "x-cortex-oncall", "pagerduty").get("id"))


def _tags(references: object) -> tuple[str, ...]:
    return distinct(text_of(reference.get("tag")) for reference in objects(references))


def _path(info: Mapping[str, Any]) -> str:
    for host in _HOSTS:
        place = object_of(info, "x-cortex-git", host)
        if text_of(place.get("repository")):
            folder = text_of(place.get("basepath")).strip("/")
            return f"{text_of(place.get('repository'))}/{folder}".strip("/")
    return ""


CATALOG: Final = Catalog(
    name="cortex",
    title="Cortex, entity descriptors (cortex.yaml)",
    source="cortex",
    forms=("yaml", "json"),
    export="the cortex.yaml files of the repositories, or the descriptors of its API",
    verified="the vendor's documentation; no real file was seen",
    silent="build and operate roles, and when an owner was last confirmed",
    holds=_holds,
    read=_read,
)
