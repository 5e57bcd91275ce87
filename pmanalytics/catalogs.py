"""Catalogs: the registry files of other tools, read into services, teams and people.

Today that is the software catalog of Backstage, `catalog-info.yaml`. A further tool is a further
function from its entries to the same three tables.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import yaml

from pmanalytics.errors import InputError
from pmanalytics.tables import conform, empty
from pmanalytics.trackers.model import FileTables

__all__ = ["read_catalog"]

LARGEST_FILE: Final = 10_000_000
OWNED_KINDS: Final = ("component", "system", "api", "resource")
_NULL: Final = "tag:yaml.org,2002:null"


class _Loader(yaml.SafeLoader):
    """The safe loader, with every plain value as text: no dates, no `no` that becomes false.

    As in Backstage there are no merge keys, which a small file can make large with. The loader
    written in C is faster and dies of deep nesting, so this is the one written in Python.
    """


_Loader.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] == _NULL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class _Entity:
    """One entity of a catalog: its kind in lower case, its name and the line it begins in."""

    kind: str
    name: str
    line: int
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]

    @property
    def annotations(self) -> Mapping[str, Any]:
        return _mapping(self.metadata.get("annotations"))

    @property
    def profile(self) -> Mapping[str, Any]:
        return _mapping(self.spec.get("profile"))


def read_catalog(path: Path, *, name: str) -> FileTables:
    """Read a catalog of Backstage into services, teams and people.

    Components, systems, APIs and resources are services (of several with one name the component,
    then in that order); groups are teams, users and members of groups are people. `name` is how
    messages call the file. The column `row` holds the line in which the entity begins. An owner
    who is a person stands for that person's team, if the catalog knows one. Entities without a
    name are rejects; entities that say nothing about ownership are filtered. `rows` counts the
    rows of the tables, the filtered and the rejects, for one group gives many rows.

    Raises InputError when the file is no YAML or holds no entity.
    """
    content = _content(path, name)
    entities, rejects, filtered = _sorted_out(_documents(content, name), name)
    members = _members(entities)
    services, warnings = _services(entities, members, name)
    tables = {
        "services": _table(services, "services"),
        "teams": _table(_teams(entities), "teams"),
        "people": _table(_people(entities, members), "people"),
    }
    shadowed = sum(entity.kind in OWNED_KINDS for entity in entities) - len(services)
    filtered += shadowed
    return FileTables(
        name=name,
        format="backstage",
        source="backstage",
        sha256=hashlib.sha256(content).hexdigest(),
        rows=sum(map(len, tables.values())) + filtered + len(rejects),
        tables=tables,
        filtered=filtered,
        rejects=conform(pd.DataFrame(rejects), "rejects"),
        warnings=tuple(warnings),
        observed_at=pd.NaT,
    )


def _content(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{name} is larger than any catalog (10 MB); split it into several.")
        return path.read_bytes()
    except OSError as problem:
        raise InputError(
            f"{name} cannot be read ({problem.strerror}); check the file."
        ) from problem


def _documents(content: bytes, name: str) -> Iterator[tuple[int, Any]]:
    """Every document of a file, with the line in which it begins."""
    line = 1
    try:
        loader = _Loader(content)
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                line = node.start_mark.line + 1
                yield line, loader.construct_document(node)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else line
        raise _broken(name, line, problem.problem or problem.context) from problem
    except yaml.YAMLError as problem:
        raise _broken(name, line, "it is not text in UTF-8") from problem
    except (ValueError, TypeError, RecursionError) as problem:
        raise _broken(name, line, "a value cannot be understood") from problem


def _broken(name: str, line: int, fault: str | None) -> InputError:
    return InputError(f"{name} is not valid YAML in line {line}: {fault}; mend that line.")


def _sorted_out(
    documents: Iterator[tuple[int, Any]], name: str
) -> tuple[list[_Entity], list[dict[str, Any]], int]:
    """The entities, the rejects, and how many entities have nothing to do with ownership."""
    entities: list[_Entity] = []
    rejects: list[dict[str, Any]] = []
    filtered, recognised = 0, False
    for line, document in documents:
        if document is None:
            continue
        written = _mapping(document)
        kind = _text(written.get("kind")).casefold()
        metadata = _mapping(written.get("metadata"))
        recognised = recognised or bool(kind and "apiVersion" in written)
        title = _text(metadata.get("name"))
        if kind and title and kind not in (*OWNED_KINDS, "group", "user"):
            filtered += 1
        elif kind and title:
            entities.append(_Entity(kind, title, line, metadata, _mapping(written.get("spec"))))
        else:
            rule = "no_name" if kind else "no_entity"
            lacks = "metadata.name" if kind else "kind"
            detail = f"The entity that begins in line {line} has no {lacks}."
            rejects.append({"file": name, "row": line, "rule": rule, "detail": detail})
    if not recognised:
        raise InputError(
            f"{name} holds no entity of a Backstage catalog (apiVersion, kind, metadata.name); "
            "leave it out, or name the right file under [registry]."
        )
    return entities, rejects, filtered


def _services(
    entities: list[_Entity], members: Mapping[str, list[str]], name: str
) -> tuple[list[dict[str, Any]], list[str]]:
    owned = [entity for entity in entities if entity.kind in OWNED_KINDS]
    owned.sort(key=lambda entity: OWNED_KINDS.index(entity.kind))
    rows: dict[str, dict[str, Any]] = {}
    warnings = []
    for entity in owned:
        if entity.name in rows:
            continue
        team, doubt = _owner(_text(entity.spec.get("owner")), members)
        if doubt:
            warnings.append(f"{name}, line {entity.line}: the owner of {entity.name!r} {doubt}.")
        rows[entity.name] = {
            "row": entity.line,
            "service": entity.name,
            "team": team,
            "product": _name_of(_text(entity.spec.get("system"))) or None,
            "path": _text(entity.annotations.get("github.com/project-slug")) or None,
            "source": "backstage",
            "aliases": _aliases(
                entity,
                _text(entity.metadata.get("title")),
                _text(entity.annotations.get("pagerduty.com/service-id")),
            ),
        }
    return list(rows.values()), warnings


def _owner(reference: str, members: Mapping[str, list[str]]) -> tuple[str | None, str]:
    """The team that an owner reference means, and what is doubtful about it."""
    kind, _, rest = reference.rpartition(":")
    owner = _name_of(rest)
    if kind.casefold() != "user":
        return owner or None, ""
    teams = members.get(owner, [])
    if len(teams) == 1:
        return teams[0], ""
    reason = "several teams" if teams else "no team that the catalog knows"
    return None, f"is the person {owner!r}, who is in {reason}, so it counts as unowned"


def _members(entities: list[_Entity]) -> dict[str, list[str]]:
    """The teams of each person, from both ends of the relation."""
    found: dict[str, dict[str, None]] = {}
    for entity in entities:
        if entity.kind == "group":
            for person in _names(entity.spec.get("members")):
                found.setdefault(person, {})[entity.name] = None
        elif entity.kind == "user":
            for team in _names(entity.spec.get("memberOf")):
                found.setdefault(entity.name, {})[team] = None
    return {person: list(teams) for person, teams in found.items()}


def _teams(entities: list[_Entity]) -> Iterator[dict[str, Any]]:
    groups = [entity for entity in entities if entity.kind == "group"]
    above = {child: group.name for group in groups for child in _names(group.spec.get("children"))}
    for group in groups:
        projects = _text(group.annotations.get("jira/project-key")).split(",")
        parent = _name_of(_text(group.spec.get("parent"))) or above.get(group.name)
        titles = _text(group.metadata.get("title")), _text(group.profile.get("displayName"))
        for project in projects:
            yield {
                "row": group.line,
                "team": group.name,
                "project": project.strip() or None,
                "parent": parent,
                "aliases": _aliases(group, *titles),
            }


def _people(entities: list[_Entity], members: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    users = {entity.name: entity for entity in entities if entity.kind == "user"}
    lines = {
        person: group.line
        for group in reversed(entities)
        for person in _names(group.spec.get("members"))
        if group.kind == "group"
    }
    for person in {**users, **members}:
        user = users.get(person)
        written = (user.profile.get("displayName"), user.profile.get("email")) if user else ()
        for team in members.get(person, [""]):
            yield {
                "row": user.line if user else lines[person],
                "person": person,
                "team": team or None,
                "aliases": _aliases(user, *map(_text, written)) if user else None,
            }


def _table(rows: Any, table: str) -> pd.DataFrame:
    listed = list(rows)
    if not listed:
        return empty(table).assign(row=pd.Series(dtype="Int64"))
    frame = pd.DataFrame(listed)
    return conform(frame, table).assign(row=frame["row"].astype("Int64"))


def _aliases(entity: _Entity, *written: str) -> list[str]:
    return [name for name in dict.fromkeys(written) if name and name != entity.name]


def _names(references: object) -> list[str]:
    listed = references if isinstance(references, list) else []
    return [name for name in (_name_of(_text(reference)) for reference in listed) if name]


def _name_of(reference: str) -> str:
    """The name in a reference such as `group:default/team-a`."""
    return reference.rpartition(":")[2].rpartition("/")[2].strip()


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
