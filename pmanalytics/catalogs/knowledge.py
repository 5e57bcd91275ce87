"""Knowledge: what all registry files together say, which is needed to read one of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from pmanalytics.catalogs.documents import distinct
from pmanalytics.catalogs.model import Entry, Owner
from pmanalytics.catalogs.opening import OpenedCatalog
from pmanalytics.names import Spelling, fold, spelling_of
from pmanalytics.registry import RANKS
from pmanalytics.trackers.model import FileTables

__all__ = ["Knowledge", "Place", "knowledge_of"]

# Catalogs whose paths begin with owner/repository.
_SLUGS: Final = ("backstage", "cortex", "opslevel")
# What may stand above a service.
_ABOVE: Final = ("service", "domain")
Named = tuple[str, list[str]]


@dataclass(frozen=True)
class Place:
    """Where the code of a service lives; `slug` when the path begins with owner/repository."""

    service: str
    path: str
    slug: bool


@dataclass(frozen=True, eq=False)
class Knowledge:
    """People with their teams, teams, paths of services, and what is above what.

    `services` are those of the most trusted sources, with which others may share an alias.
    `entries` leads from a source and a folded name to a service or domain, `above` from a kind and
    a name to those that call it their child, and `teams_by_person` from a person, as the registry
    writes the name.
    """

    people: Spelling
    teams: Spelling
    services: Spelling
    teams_by_person: Mapping[str, tuple[str, ...]]
    places: tuple[Place, ...]
    entries: Mapping[tuple[str, str], Entry]
    above: Mapping[tuple[str, str], tuple[str, ...]]

    def teams_of(self, owner: Owner) -> tuple[str, ...]:
        """The team that an owner is or stands for; nothing when that is none or not one."""
        if owner.kind == "team":
            return (owner.name,)
        person = self.people.names.get(fold(owner.name))
        if person is not None or owner.kind == "person":
            teams = self.teams_by_person.get(person or "", ())
            return teams if len(teams) == 1 else ()
        team = self.teams.names.get(fold(owner.name))
        return (team,) if team else ()

    def as_known(self, source: str, entry: Entry) -> Entry:
        """A service under the name that a more trusted source gives it.

        Such a source may know it by the id that it has here, as Backstage does with PagerDuty's.
        """
        if source not in RANKS or fold(entry.name) in self.services.names:
            return entry
        names = {self.services.names.get(fold(alias)) for alias in entry.aliases} - {None}
        if len(names) != 1:
            return entry
        return replace(entry, name=str(names.pop()), aliases=(entry.name, *entry.aliases))

    def owners_of(self, source: str, entry: Entry) -> tuple[tuple[Owner, ...], bool]:
        """The owners of an entry with those that it inherits, and whether a parent is unknown.

        Everything above hands down what it appends; the nearest that has something to fall back on
        serves an entry that has no owner else.
        """
        own, unknown = list(entry.owners), False
        fallback: list[Owner] = []
        seen, level = {entry.name}, [entry]
        while level:
            names = distinct(name for each in level for name in self._parents(each))
            fresh = [name for name in names if name not in seen]
            seen.update(fresh)
            found = [self.entries.get((source, fold(name))) for name in fresh]
            unknown = unknown or None in found
            level = [each for each in found if each is not None]
            handed = [owner for each in level for owner in each.owners]
            own += [owner for owner in handed if owner.passed_on == "append"]
            fallback = fallback or [owner for owner in handed if owner.passed_on == "fallback"]
        return tuple(dict.fromkeys(own)) or tuple(fallback), unknown

    def _parents(self, entry: Entry) -> tuple[str, ...]:
        return distinct((*entry.parents, *self.above.get(("domain", entry.name), ())))


def knowledge_of(opened: Sequence[OpenedCatalog], known: Iterable[FileTables]) -> Knowledge:
    """What catalogs and the tables of other files say together."""
    tables = list(known)
    entries = [(file.catalog.source, entry) for file in opened for entry in file.contents.entries]
    persons = [*_persons(entry for _, entry in entries), *_persons_of(tables)]
    people = spelling_of((name, aliases) for name, aliases, _ in persons)
    teams: dict[str, dict[str, None]] = {}
    for name, _, team in persons:
        if team:
            teams.setdefault(people.names.get(fold(name), name), {})[team] = None
    team_names = [*_team_names(entry for _, entry in entries), *_team_names_of(tables)]
    spelling = spelling_of(team_names)
    trusted = [(e.name, list(e.aliases)) for s, e in entries if e.kind == "service" and _first(s)]
    return Knowledge(
        people=people,
        teams=spelling,
        services=spelling_of([*trusted, *_service_names_of(tables)]),
        teams_by_person={
            person: distinct(spelling.names.get(fold(team), team) for team in found)
            for person, found in teams.items()
        },
        places=tuple(dict.fromkeys((*_places(entries), *_places_of(tables)))),
        entries={(source, fold(e.name)): e for source, e in entries if e.kind in _ABOVE},
        above=_above(entry for _, entry in entries),
    )


def _above(entries: Iterable[Entry]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    above: dict[tuple[str, str], dict[str, None]] = {}
    for entry in entries:
        for child in entry.children:
            kind = "team" if entry.kind == "team" else "domain"
            above.setdefault((kind, child), {})[entry.name] = None
    return {child: tuple(parents) for child, parents in above.items()}


def _persons(entries: Iterable[Entry]) -> Iterator[tuple[str, list[str], str]]:
    for entry in entries:
        yield from ((person, [], entry.name) for person in entry.members)
        if entry.kind == "person":
            yield from ((entry.name, list(entry.aliases), team) for team in entry.teams or ("",))


def _team_names(entries: Iterable[Entry]) -> Iterator[Named]:
    for entry in entries:
        if entry.kind == "team":
            yield entry.name, list(entry.aliases)


def _places(entries: Iterable[tuple[str, Entry]]) -> Iterator[Place]:
    for source, entry in entries:
        if entry.kind == "service" and entry.path:
            yield Place(entry.name, entry.path, slug=source in _SLUGS)


def _persons_of(tables: Iterable[FileTables]) -> Iterator[tuple[str, list[str], str]]:
    """People of our own tables; a row that has an end is history and says nothing of today."""
    for row in _rows(tables, "people", "person"):
        if pd.isna(row.get("until")):
            yield str(row["person"]), _aliases(row), _said(row, "team")


def _team_names_of(tables: Sequence[FileTables]) -> Iterator[Named]:
    for row in _rows(tables, "teams", "team"):
        yield str(row["team"]), _aliases(row)
    for name in ("services", "people"):
        yield from ((str(row["team"]), []) for row in _rows(tables, name, "team"))


def _service_names_of(tables: Iterable[FileTables]) -> Iterator[Named]:
    for row in _rows(tables, "services", "service"):
        if _first(_said(row, "source")):
            yield str(row["service"]), _aliases(row)


def _first(source: str) -> bool:
    return source.casefold() not in RANKS


def _places_of(tables: Iterable[FileTables]) -> Iterator[Place]:
    for row in _rows(tables, "services", "service"):
        source, path = _said(row, "source"), _said(row, "path")
        if path:
            yield Place(str(row["service"]), path, slug=source.casefold() in _SLUGS)


def _rows(tables: Iterable[FileTables], name: str, needed: str) -> Iterator[Mapping[str, object]]:
    for part in tables:
        if name in part.tables and needed in part.tables[name]:
            yield from part.tables[name].dropna(subset=[needed]).to_dict("records")


def _aliases(row: Mapping[str, object]) -> list[str]:
    aliases = row.get("aliases")
    return list(aliases) if isinstance(aliases, list) else []


def _said(row: Mapping[str, object], column: str) -> str:
    value = row.get(column)
    return value if isinstance(value, str) else ""
